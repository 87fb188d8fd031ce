//! The carrier's own words: what goes over the wire, and nowhere else.

use crate::money::{Currency, Money};
use crate::rates::Offer;
use crate::shipment::Shipment;
use crate::tracking::Event;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub(super) struct RateRequest<'a> {
    from_country: &'a str,
    from_postal_code: &'a str,
    to_country: &'a str,
    to_postal_code: &'a str,
    billable_g: u64,
    currency: Currency,
}

impl<'a> RateRequest<'a> {
    pub(super) fn new(shipment: &'a Shipment, currency: Currency) -> Self {
        Self {
            from_country: shipment.from.country.code(),
            from_postal_code: &shipment.from.postal_code,
            to_country: shipment.to.country.code(),
            to_postal_code: &shipment.to.postal_code,
            billable_g: shipment.billable_g(),
            currency,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RateReply {
    pub(super) rates: Vec<WireRate>,
}

#[derive(Deserialize)]
pub(super) struct WireRate {
    id: String,
    service: String,
    amount: i64,
    currency: Currency,
    days: u32,
}

impl From<WireRate> for Offer {
    fn from(rate: WireRate) -> Self {
        Self {
            carrier_ref: rate.id,
            service: rate.service,
            cost: Money::new(rate.amount, rate.currency),
            days: rate.days,
        }
    }
}

#[derive(Serialize)]
pub(super) struct LabelRequest<'a> {
    pub(super) rate: &'a str,
    pub(super) from: &'a crate::address::Address,
    pub(super) to: &'a crate::address::Address,
    pub(super) parcel: &'a crate::parcel::Parcel,
}

#[derive(Deserialize)]
pub(super) struct LabelReply {
    pub(super) tracking_number: String,
    pub(super) label_url: String,
}

#[derive(Deserialize)]
pub(super) struct TrackingReply {
    pub(super) events: Vec<Event>,
}

/// What the carrier says with a 4xx.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
}
