//! Where a shipment is: asked by its account, told by the carrier.

use super::Service;
use crate::account::Account;
use crate::carrier::CarrierError;
use crate::error::Error;
use crate::shipment::State;
use crate::tracking::Event;
use serde::{Deserialize, Serialize};

/// What a webhook of the carrier says.
#[derive(Debug, Deserialize)]
pub struct Notice {
    /// The shipment it is about.
    pub tracking_number: String,
    /// What happened to it.
    #[serde(flatten)]
    pub event: Event,
}

/// What came of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Applied {
    /// It was new.
    Applied {
        /// Where the shipment is now.
        state: State,
    },
    /// It was told before.
    Repeated,
    /// No shipment of ours. Not an error: the carrier would send it again and again.
    Unknown,
}

impl Service {
    /// The events that are known of a shipment, in the order in which they happened.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn events(&self, account: &Account, id: &str) -> Result<Vec<Event>, Error> {
        let shipment = self.shipment(account, id).await?;
        Ok(self.store.events(&shipment.id).await?)
    }

    /// Asks the carrier for what its webhooks may have failed to tell.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], also for the label of a shipment that was never bought; [`Error::Carrier`],
    /// [`Error::Store`].
    pub async fn refresh(&self, account: &Account, id: &str) -> Result<Vec<Event>, Error> {
        let shipment = self.shipment(account, id).await?;
        let label = shipment.label.as_ref().ok_or(Error::NotFound("label"))?;
        let events = match self.carrier.events(&label.tracking_number).await {
            // Before its first scan a parcel is nothing to the carrier.
            Err(CarrierError::Unknown) => Vec::new(),
            events => events?,
        };
        self.store.add_events(&shipment, &events, self.clock.now()).await?;
        Ok(self.store.events(&shipment.id).await?)
    }

    /// Takes note of what the carrier tells.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn take_notice(&self, notice: &Notice) -> Result<Applied, Error> {
        let Some(shipment) = self.store.shipment_by_tracking(&notice.tracking_number).await? else {
            tracing::warn!(notice.tracking_number, "a webhook about no shipment of ours");
            return Ok(Applied::Unknown);
        };
        let events = std::slice::from_ref(&notice.event);
        let (new, state) = self.store.add_events(&shipment, events, self.clock.now()).await?;
        Ok(if new == 0 { Applied::Repeated } else { Applied::Applied { state } })
    }
}
