//! Addresses: what each country asks for, and how its postal codes are written.

use crate::support::samples::{berlin, oakland, utrecht, with, without};
use anyhow::Result;
use async_harness::TestCase;
use async_harness::prelude::*;
use serde_json::Value;
use shipments::address::{Address, AddressForm};
use shipments::issues::Issues;
use shipments::postal::Country;
use std::path::{Path, PathBuf};

/// The address, or `field code` of what is wrong with it.
fn check(form: Value) -> Result<Address, Vec<String>> {
    let form: AddressForm = serde_json::from_value(form).unwrap();
    let mut issues = Issues::default();
    let address = form.check("to", &mut issues);
    let said = issues.list().iter().map(|issue| format!("{} {}", issue.field, issue.code)).collect();
    address.ok_or(said)
}

#[async_harness::test]
fn a_whole_address_is_taken_as_it_is() {
    let address = check(berlin()).unwrap();
    assert_eq!(address.name, "Acme GmbH");
    assert_eq!(address.street, "Torstraße 1");
    assert_eq!(address.country, Country::De);
    assert_eq!(address.state, None);
}

#[async_harness::test]
fn spaces_around_the_edges_are_dropped() {
    let address = check(with(berlin(), "/city", "  Berlin ")).unwrap();
    assert_eq!(address.city, "Berlin");
}

#[async_harness::test]
fn everything_missing_is_said_at_once() {
    let said = check(Value::Object(serde_json::Map::new())).unwrap_err();
    assert_eq!(said, ["to.name required", "to.street required", "to.city required", "to.country required"]);
}

#[async_harness::test]
#[case::no_country(without(berlin(), "/country"), "to.country required")]
#[case::a_country_that_is_not_served(with(berlin(), "/country", "AQ"), "to.country country")]
#[case::a_name_that_fits_no_label(with(berlin(), "/name", "ä".repeat(61)), "to.name too_long")]
#[case::a_line_break(with(berlin(), "/street", "Torstraße 1\n2. Hof"), "to.street control_character")]
#[case::a_code_of_the_neighbours(with(berlin(), "/postal_code", "3511 AB"), "to.postal_code postal_code")]
#[case::america_without_a_state(without(oakland(), "/state"), "to.state required")]
#[case::a_state_in_full(with(oakland(), "/state", "California"), "to.state state")]
fn what_cannot_be_printed_is_told(#[case] form: Value, #[case] issue: &str) {
    assert_eq!(check(form).unwrap_err(), [issue]);
}

#[async_harness::test]
fn a_country_may_be_given_in_small_letters() {
    assert_eq!(check(with(berlin(), "/country", "de")).unwrap().country, Country::De);
}

#[async_harness::test]
fn a_name_may_fill_the_label() {
    assert!(check(with(berlin(), "/name", "ä".repeat(60))).is_ok());
}

#[async_harness::test]
fn an_empty_second_line_is_none() {
    assert_eq!(check(with(berlin(), "/street2", "  ")).unwrap().street2, None);
}

#[async_harness::test]
fn a_state_is_written_in_capitals() {
    assert_eq!(check(with(oakland(), "/state", "ca")).unwrap().state.as_deref(), Some("CA"));
}

#[async_harness::test]
fn a_state_is_dropped_where_there_are_none() {
    assert_eq!(check(with(utrecht(), "/state", "UT")).unwrap().state, None);
}

#[async_harness::test]
#[case::dutch_ones_get_their_space(Country::Nl, "3511ab", "3511 AB")]
#[case::canadian_ones_alternate(Country::Ca, "k1a0b1", "K1A 0B1")]
#[case::american_ones_have_five_digits(Country::Us, "94607", "94607")]
#[case::american_ones_may_have_four_more(Country::Us, "946071234", "94607-1234")]
#[case::japanese_ones_get_their_hyphen(Country::Jp, "1000001", "100-0001")]
#[case::german_ones_may_start_with_a_zero(Country::De, "01067", "01067")]
fn a_code_is_written_as_in_its_country(#[case] country: Country, #[case] raw: &str, #[case] written: &str) {
    assert_eq!(country.postal_code(raw).as_deref(), Some(written));
}

#[async_harness::test]
#[case::no_dutch_one_starts_with_a_zero(Country::Nl, "0511 AB")]
#[case::canadian_ones_alternate(Country::Ca, "K1A 0BB")]
#[case::american_ones_do_not_end_with_two_digits(Country::Us, "94607-12")]
#[case::german_ones_start_at_01(Country::De, "00123")]
#[case::french_ones_start_at_01(Country::Fr, "00123")]
#[case::digits_of_other_scripts_are_not_digits(Country::De, "１０１１９")]
fn what_is_no_code_is_refused(#[case] country: Country, #[case] raw: &str) {
    assert_eq!(country.postal_code(raw), None);
}

#[async_harness::test]
fn letters_that_are_misread_are_in_no_canadian_code(
    #[values("D1A 0B1", "K1O 0B1", "K1A 0Q1", "W1A 0B1", "Z1A 0B1")] code: &str,
) {
    assert_eq!(Country::Ca.postal_code(code), None);
}

#[async_harness::test]
fn british_codes_take_six_forms(
    #[values("M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB")] code: &str,
    #[values("", " ", "-")] separator: &str,
) {
    let raw = code.replace(' ', separator);
    assert_eq!(Country::Gb.postal_code(&raw).as_deref(), Some(code));
}

/// A test for each file in `addresses`: what a customer sent, and what is to be printed.
///
/// The next country, or the next complaint, is one more file.
#[test_factory]
fn an_address_of_a_customer() -> Vec<TestCase> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shipments/addresses");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let test = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        TestCase::new(name, move || {
            let file = file.clone();
            async move { is_printed_as_kept(&file) }
        })
    };
    files.into_iter().map(test).collect()
}

fn is_printed_as_kept(file: &Path) -> Result<()> {
    let mut sample: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let address = check(sample["sent"].take()).unwrap();
    assert_eq!(serde_json::to_value(address)?, sample["kept"], "{}", sample["about"]);
    Ok(())
}

#[async_harness::test]
fn an_address_is_kept_as_it_was_checked() -> Result<()> {
    let address = check(oakland()).unwrap();
    let kept = serde_json::to_string(&address)?;
    assert_eq!(serde_json::from_str::<Address>(&kept)?, address);
    Ok(())
}
