//! Asking what a shipment would cost.

use super::Service;
use crate::account::Account;
use crate::error::Error;
use crate::rates::{Rate, Terms};
use crate::shipment::State;

impl Service {
    /// Asks the carrier, and keeps its rates in the place of those that there were.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::WrongState`] once it is bought or cancelled, [`Error::Changed`] if it became so
    /// meanwhile, [`Error::Carrier`], [`Error::Store`].
    pub async fn price(&self, account: &Account, id: &str) -> Result<Vec<Rate>, Error> {
        let shipment = self.shipment(account, id).await?;
        shipment.state.becomes(State::Priced)?;
        let offers = self.carrier.offers(&shipment, account.currency).await?;
        let now = self.clock.now();
        let terms = Terms { currency: account.currency, margin_bp: account.margin_bp, ttl: self.rate_ttl };
        let rates = terms.rates(offers, now);
        let kept = self.store.replace_rates(&shipment, &rates, now).await?;
        if kept { Ok(rates) } else { Err(Error::Changed) }
    }

    /// The rates that were given last, those that have expired included.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn rates(&self, account: &Account, id: &str) -> Result<Vec<Rate>, Error> {
        let shipment = self.shipment(account, id).await?;
        Ok(self.store.rates(&shipment.id, account.currency).await?)
    }
}
