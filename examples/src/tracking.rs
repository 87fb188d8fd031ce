//! Where a shipment is: the carrier's events, and the number they go by.

use crate::shipment::State;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What the carrier saw happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Handed over.
    Accepted,
    /// On its way.
    InTransit,
    /// On the last van.
    OutForDelivery,
    /// Arrived.
    Delivered,
    /// Back at its sender's.
    Returned,
    /// Held up: customs, weather, nobody home.
    Exception,
    /// Something this version does not know; carriers add words without asking.
    #[serde(other)]
    Unknown,
}

impl Status {
    /// Its name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::InTransit => "in_transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Exception => "exception",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a name; one that is not known is [`Status::Unknown`].
    pub fn from_name(name: &str) -> Self {
        let all = [
            Self::Accepted,
            Self::InTransit,
            Self::OutForDelivery,
            Self::Delivered,
            Self::Returned,
            Self::Exception,
        ];
        all.into_iter().find(|status| status.name() == name).unwrap_or(Self::Unknown)
    }

    /// The state that it puts a shipment in, if it says anything about that.
    pub fn state(self) -> Option<State> {
        match self {
            Self::Accepted | Self::InTransit | Self::OutForDelivery => Some(State::InTransit),
            Self::Delivered => Some(State::Delivered),
            Self::Returned => Some(State::Returned),
            Self::Exception | Self::Unknown => None,
        }
    }
}

/// Something that happened to a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The carrier's id: the same event may be told more than once.
    pub id: String,
    /// What happened.
    pub status: Status,
    /// Where, if the carrier says.
    #[serde(default)]
    pub location: Option<String>,
    /// When.
    pub occurred_at: Timestamp,
}

/// Where a shipment is after some events, from a state it was in.
///
/// Events come late and in any order. It does not matter: states only lead forwards, and an event that would lead
/// backwards changes nothing.
pub fn state_after(state: State, events: &[Event]) -> State {
    let told = events.iter().filter_map(|event| event.status.state());
    told.fold(state, |state, next| state.becomes(next).unwrap_or(state))
}

/// Whether a tracking number is one after UPU S10: two letters, eight digits, a check digit, a country.
pub fn is_tracking_number(number: &str) -> bool {
    const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
    let bytes = number.as_bytes();
    if bytes.len() != 13 {
        return false;
    }
    let letters = [bytes[0], bytes[1], bytes[11], bytes[12]];
    let digits = &bytes[2..11];
    if !letters.iter().all(u8::is_ascii_uppercase) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    u32::from(digits[8] - b'0') == check
}
