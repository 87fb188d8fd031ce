//! Parcels: their limits, and the weight that is paid for.

use crate::support::samples::{parcel, with, without};
use serde_json::Value;
use shipments::issues::Issues;
use shipments::parcel::{Lane, Parcel, ParcelForm};

fn check(form: Value) -> Result<Parcel, Vec<String>> {
    let form: ParcelForm = serde_json::from_value(form).unwrap();
    let mut issues = Issues::default();
    let parcel = form.check("parcel", &mut issues);
    let said = issues.list().iter().map(|issue| format!("{} {}", issue.field, issue.code)).collect();
    parcel.ok_or(said)
}

#[async_harness::test]
fn sides_may_come_in_any_order() {
    assert_eq!(Parcel::new(1, [100, 300, 200]), Parcel::new(1, [300, 200, 100]));
}

#[async_harness::test]
fn girth_is_once_around_the_shorter_sides() {
    assert_eq!(Parcel::new(1, [100, 300, 200]).length_and_girth_mm(), 300 + 2 * (200 + 100));
}

#[async_harness::test]
fn a_heavy_parcel_pays_for_its_weight() {
    assert_eq!(Parcel::new(9_000, [300, 200, 100]).billable_g(Lane::International), 9_000);
}

#[async_harness::test]
fn a_bulky_parcel_pays_for_its_room() {
    // 60 x 50 x 40 cm are 120,000 cm³: 24 kg by air, 20 kg by road.
    let pillows = Parcel::new(2_000, [600, 500, 400]);
    assert_eq!(pillows.billable_g(Lane::International), 24_000);
    assert_eq!(pillows.billable_g(Lane::Domestic), 20_000);
}

#[async_harness::test]
fn weight_is_rounded_up_to_a_hundred_grams() {
    assert_eq!(Parcel::new(1_201, [10, 10, 10]).billable_g(Lane::Domestic), 1_300);
    assert_eq!(Parcel::new(1_200, [10, 10, 10]).billable_g(Lane::Domestic), 1_200);
}

#[async_harness::test]
fn a_feather_is_still_something() {
    assert_eq!(Parcel::new(1, [1, 1, 1]).dimensional_g(Lane::Domestic), 1);
    assert_eq!(Parcel::new(1, [1, 1, 1]).billable_g(Lane::Domestic), 100);
}

#[async_harness::test]
fn the_largest_parcel_does_not_overflow() {
    assert_eq!(Parcel::new(1, [u32::MAX, 1_000, 1_000]).dimensional_g(Lane::International), 858_993_459_000);
}

#[async_harness::test]
fn a_parcel_without_numbers_needs_all_of_them() {
    let said = check(Value::Object(serde_json::Map::new())).unwrap_err();
    assert_eq!(
        said,
        [
            "parcel.weight_g required",
            "parcel.length_mm required",
            "parcel.width_mm required",
            "parcel.height_mm required"
        ]
    );
}

#[async_harness::test]
fn nothing_weighs_nothing() {
    assert_eq!(check(with(parcel(), "/weight_g", 0)).unwrap_err(), ["parcel.weight_g out_of_range"]);
    assert_eq!(check(with(parcel(), "/weight_g", -5)).unwrap_err(), ["parcel.weight_g out_of_range"]);
}

#[async_harness::test]
fn seventy_kilograms_is_the_most() {
    assert!(check(with(parcel(), "/weight_g", 70_000)).is_ok());
    assert_eq!(check(with(parcel(), "/weight_g", 70_001)).unwrap_err(), ["parcel.weight_g out_of_range"]);
}

#[async_harness::test]
fn a_number_past_32_bits_is_not_wrapped() {
    let said = check(with(parcel(), "/weight_g", (1_i64 << 32) + 100)).unwrap_err();
    assert_eq!(said, ["parcel.weight_g out_of_range"]);
}

#[async_harness::test]
fn a_side_of_a_metre_and_a_half_is_the_longest() {
    assert!(check(with(parcel(), "/height_mm", 1_500)).is_ok());
    assert_eq!(check(with(parcel(), "/height_mm", 1_501)).unwrap_err(), ["parcel.height_mm out_of_range"]);
}

#[async_harness::test]
fn three_metres_of_length_and_girth_is_the_most() {
    let long = with(with(parcel(), "/length_mm", 1_500), "/width_mm", 500);
    assert!(check(with(long.clone(), "/height_mm", 250)).is_ok());
    assert_eq!(check(with(long, "/height_mm", 251)).unwrap_err(), ["parcel too_large"]);
}

#[async_harness::test]
fn one_missing_side_is_one_issue() {
    assert_eq!(check(without(parcel(), "/width_mm")).unwrap_err(), ["parcel.width_mm required"]);
}
