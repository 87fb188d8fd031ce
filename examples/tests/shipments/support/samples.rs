//! Requests as good customers send them.

use serde_json::{Value, json};

/// From Berlin to Utrecht: across a border, without states.
pub(crate) fn shipment() -> Value {
    json!({ "from": berlin(), "to": utrecht(), "parcel": parcel() })
}

pub(crate) fn shipment_with(reference: &str) -> Value {
    with(shipment(), "/reference", reference)
}

pub(crate) fn berlin() -> Value {
    json!({
        "name": "Acme GmbH", "street": "Torstraße 1", "city": "Berlin", "postal_code": "10119", "country": "DE",
    })
}

pub(crate) fn utrecht() -> Value {
    json!({
        "name": "Jan Smit", "street": "Oudegracht 5", "city": "Utrecht", "postal_code": "3511 AB",
        "country": "NL",
    })
}

pub(crate) fn oakland() -> Value {
    json!({
        "name": "Jo Doe", "street": "1 Broadway", "city": "Oakland", "state": "CA", "postal_code": "94607",
        "country": "US",
    })
}

/// 1.2 kg, 30 x 20 x 10 cm: as light as it looks.
pub(crate) fn parcel() -> Value {
    json!({ "weight_g": 1_200, "length_mm": 300, "width_mm": 200, "height_mm": 100 })
}

/// The same with another value at a JSON pointer; its last step may be new.
pub(crate) fn with(mut value: Value, pointer: &str, new: impl Into<Value>) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[field] = new.into();
    value
}

/// The same without what is at a JSON pointer.
pub(crate) fn without(mut value: Value, pointer: &str) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field).unwrap();
    value
}

/// What the carrier tells by webhook.
pub(crate) fn notice(id: &str, tracking_number: &str, status: &str, occurred_at: &str) -> Value {
    json!({
        "id": id, "tracking_number": tracking_number, "status": status, "location": "Utrecht",
        "occurred_at": occurred_at,
    })
}
