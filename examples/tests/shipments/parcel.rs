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
#[case::a_heavy_one_for_its_weight(9_000, [300, 200, 100], 9_000, 9_000)]
// 60 x 50 x 40 cm are 120,000 cm³: 24 kg by air, 20 kg by road.
#[case::a_bulky_one_for_its_room(2_000, [600, 500, 400], 20_000, 24_000)]
#[case::whole_hundreds_as_they_are(1_200, [10, 10, 10], 1_200, 1_200)]
#[case::a_gram_more_for_the_next_hundred(1_201, [10, 10, 10], 1_300, 1_300)]
#[case::a_feather_for_the_least(1, [1, 1, 1], 100, 100)]
fn a_parcel_pays(#[case] grams: u32, #[case] sides: [u32; 3], #[case] by_road: u64, #[case] by_air: u64) {
    let parcel = Parcel::new(grams, sides);
    assert_eq!(parcel.billable_g(Lane::Domestic), by_road);
    assert_eq!(parcel.billable_g(Lane::International), by_air);
}

#[async_harness::test]
fn a_feather_still_takes_room() {
    assert_eq!(Parcel::new(1, [1, 1, 1]).dimensional_g(Lane::Domestic), 1);
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
fn a_number_out_of_range_is_told(
    #[values("weight_g", "length_mm", "width_mm", "height_mm")] field: &str,
    // The last one would fit if it were cut to 32 bits.
    #[values(0, -5, 70_001, (1_i64 << 32) + 100)] number: i64,
) {
    let said = check(with(parcel(), &format!("/{field}"), number)).unwrap_err();
    assert_eq!(said, [format!("parcel.{field} out_of_range")]);
}

#[async_harness::test]
#[case::seventy_kilograms_is_the_most("/weight_g", 70_000)]
#[case::a_gram_is_the_least("/weight_g", 1)]
#[case::a_side_of_a_metre_and_a_half_is_the_longest("/height_mm", 1_500)]
#[case::a_millimetre_is_the_shortest("/height_mm", 1)]
fn a_number_at_its_limit_is_taken(#[case] pointer: &str, #[case] number: u32) {
    assert!(check(with(parcel(), pointer, number)).is_ok());
}

#[async_harness::test]
fn a_side_past_a_metre_and_a_half_is_too_long() {
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
