//! Buying a label: first the money, then the carrier, and the money back when that fails.

use super::Service;
use crate::account::Account;
use crate::error::Error;
use crate::metrics;
use crate::shipment::Shipment;
use crate::store::Purchase;

impl Service {
    /// Buys the label of a shipment at one of its rates.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for the shipment or the rate, [`Error::WrongState`], [`Error::RateExpired`],
    /// [`Error::NotEnough`], [`Error::Carrier`] after the money was given back, [`Error::Store`].
    pub async fn buy(&self, account: &Account, id: &str, rate_id: &str) -> Result<Shipment, Error> {
        let purchase = self.store.begin_purchase(account, id, rate_id, self.clock.now()).await?;
        // A task of its own: a client that goes away drops our future, but must not leave a purchase half done.
        let service = self.clone();
        tokio::spawn(async move { service.finish(&purchase).await }).await??;
        self.shipment(account, id).await
    }

    /// Finishes the purchases that a crash left half done. Tells how many of them there were.
    ///
    /// Call it before the first request is served: it cannot tell them from those that are under way.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; what the carrier says only decides whether a purchase is completed or undone.
    pub async fn resume_purchases(&self) -> Result<usize, Error> {
        let open = self.store.open_purchases().await?;
        for purchase in &open {
            match self.finish(purchase).await {
                Err(Error::Carrier(error)) => {
                    tracing::warn!(purchase.shipment.id, %error, "a purchase was undone");
                }
                finished => finished?,
            }
        }
        Ok(open.len())
    }

    async fn finish(&self, purchase: &Purchase) -> Result<(), Error> {
        let Purchase { shipment, rate } = purchase;
        // The key is made of what is bought. If an answer is lost and the purchase undone, then buying at the same rate
        // again finds the same label, and the carrier charges us once.
        let key = format!("{}:{}", shipment.id, rate.id);
        match self.carrier.buy(shipment, &rate.carrier_ref, &key).await {
            Ok(bought) => {
                self.store.complete_purchase(&shipment.id, &bought, self.clock.now()).await?;
                metrics::LABELS_BOUGHT.increment();
                tracing::info!(shipment.id, bought.tracking_number, price = %rate.price, "label bought");
                Ok(())
            }
            Err(error) => {
                self.store.undo_purchase(purchase, self.clock.now()).await?;
                Err(error.into())
            }
        }
    }
}
