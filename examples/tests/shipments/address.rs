//! Addresses: what each country asks for, and how its postal codes are written.

use crate::support::samples::{berlin, oakland, utrecht, with, without};
use anyhow::Result;
use serde_json::Value;
use shipments::address::{Address, AddressForm};
use shipments::issues::Issues;
use shipments::postal::Country;

/// The address, or `field code` of what is wrong with it.
fn check(form: Value) -> Result<Address, Vec<String>> {
    let form: AddressForm = serde_json::from_value(form).unwrap();
    let mut issues = Issues::default();
    let address = form.check("to", &mut issues);
    let said = issues.list().iter().map(|issue| format!("{} {}", issue.field, issue.code)).collect();
    address.ok_or(said)
}

fn postal_code(country: Country, raw: &str) -> Option<String> {
    country.postal_code(raw)
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
fn without_a_country_nothing_is_said_of_the_postal_code() {
    let said = check(without(berlin(), "/country")).unwrap_err();
    assert_eq!(said, ["to.country required"]);
}

#[async_harness::test]
fn a_country_that_is_not_served_is_refused() {
    assert_eq!(check(with(berlin(), "/country", "AQ")).unwrap_err(), ["to.country country"]);
}

#[async_harness::test]
fn a_country_may_be_given_in_small_letters() {
    assert_eq!(check(with(berlin(), "/country", "de")).unwrap().country, Country::De);
}

#[async_harness::test]
fn a_name_must_fit_the_label() {
    assert!(check(with(berlin(), "/name", "ä".repeat(60))).is_ok());
    assert_eq!(check(with(berlin(), "/name", "ä".repeat(61))).unwrap_err(), ["to.name too_long"]);
}

#[async_harness::test]
fn a_line_break_cannot_be_printed() {
    let said = check(with(berlin(), "/street", "Torstraße 1\n2. Hof")).unwrap_err();
    assert_eq!(said, ["to.street control_character"]);
}

#[async_harness::test]
fn an_empty_second_line_is_none() {
    assert_eq!(check(with(berlin(), "/street2", "  ")).unwrap().street2, None);
}

#[async_harness::test]
fn the_united_states_need_a_state() {
    assert_eq!(check(without(oakland(), "/state")).unwrap_err(), ["to.state required"]);
}

#[async_harness::test]
fn a_state_is_two_letters() {
    assert_eq!(check(with(oakland(), "/state", "ca")).unwrap().state.as_deref(), Some("CA"));
    assert_eq!(check(with(oakland(), "/state", "California")).unwrap_err(), ["to.state state"]);
}

#[async_harness::test]
fn a_state_is_dropped_where_there_are_none() {
    assert_eq!(check(with(utrecht(), "/state", "UT")).unwrap().state, None);
}

#[async_harness::test]
fn a_code_of_the_neighbours_is_refused() {
    assert_eq!(check(with(berlin(), "/postal_code", "3511 AB")).unwrap_err(), ["to.postal_code postal_code"]);
}

#[async_harness::test]
fn dutch_codes_get_their_space() {
    assert_eq!(postal_code(Country::Nl, "3511ab").as_deref(), Some("3511 AB"));
    assert_eq!(postal_code(Country::Nl, "0511 AB"), None);
}

#[async_harness::test]
fn canadian_codes_alternate() {
    assert_eq!(postal_code(Country::Ca, "k1a0b1").as_deref(), Some("K1A 0B1"));
    assert_eq!(postal_code(Country::Ca, "K1A 0BB"), None);
}

#[async_harness::test]
fn letters_that_are_misread_are_in_no_canadian_code() {
    for code in ["D1A 0B1", "K1O 0B1", "K1A 0Q1", "W1A 0B1", "Z1A 0B1"] {
        assert_eq!(postal_code(Country::Ca, code), None, "{code}");
    }
}

#[async_harness::test]
fn british_codes_take_six_forms() {
    for code in ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB"] {
        assert_eq!(postal_code(Country::Gb, code).as_deref(), Some(code));
        assert_eq!(postal_code(Country::Gb, &code.replace(' ', "")).as_deref(), Some(code));
    }
}

#[async_harness::test]
fn american_codes_may_have_four_more_digits() {
    assert_eq!(postal_code(Country::Us, "94607").as_deref(), Some("94607"));
    assert_eq!(postal_code(Country::Us, "946071234").as_deref(), Some("94607-1234"));
    assert_eq!(postal_code(Country::Us, "94607-12"), None);
}

#[async_harness::test]
fn japanese_codes_get_their_hyphen() {
    assert_eq!(postal_code(Country::Jp, "1000001").as_deref(), Some("100-0001"));
}

#[async_harness::test]
fn german_and_french_codes_do_not_start_with_two_zeros() {
    assert_eq!(postal_code(Country::De, "01067").as_deref(), Some("01067"));
    assert_eq!(postal_code(Country::De, "00123"), None);
    assert_eq!(postal_code(Country::Fr, "00123"), None);
}

#[async_harness::test]
fn digits_of_other_scripts_are_not_digits() {
    assert_eq!(postal_code(Country::De, "１０１１９"), None);
}

#[async_harness::test]
fn an_address_is_kept_as_it_was_checked() -> Result<()> {
    let address = check(oakland()).unwrap();
    let kept = serde_json::to_string(&address)?;
    assert_eq!(serde_json::from_str::<Address>(&kept)?, address);
    Ok(())
}
