//! Cancelling a shipment, with its money back if it was bought.

use super::Service;
use crate::account::Account;
use crate::error::Error;
use crate::metrics;
use crate::shipment::{Shipment, State};

impl Service {
    /// Cancels a shipment that the carrier does not have yet.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::WrongState`] once it is under way, [`Error::Changed`] if it got under way
    /// meanwhile, [`Error::Carrier`] with everything as it was, [`Error::Store`].
    pub async fn cancel(&self, account: &Account, id: &str) -> Result<Shipment, Error> {
        let shipment = self.shipment(account, id).await?;
        shipment.state.becomes(State::Cancelled)?;
        let done = match &shipment.label {
            None => {
                let now = self.clock.now();
                self.store.move_shipment(id, shipment.state, State::Cancelled, now).await?
            }
            Some(label) => {
                // First the carrier: money is given back for a label only once nobody can use it.
                self.carrier.void(&label.tracking_number).await?;
                let refunded = self.store.refund(&shipment, self.clock.now()).await?;
                if refunded {
                    metrics::LABELS_CANCELLED.increment();
                }
                refunded
            }
        };
        if done { self.shipment(account, id).await } else { Err(Error::Changed) }
    }
}
