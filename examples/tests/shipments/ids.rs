//! Names that never meet, and numbers that check themselves.

use shipments::account::digest;
use shipments::id;
use shipments::tracking::is_tracking_number;
use std::collections::HashSet;

#[async_harness::test]
fn an_id_says_what_it_names() {
    let id = id::new("shp");
    let (prefix, rest) = id.split_once('_').unwrap();
    assert_eq!((prefix, rest.len()), ("shp", 16));
}

#[async_harness::test]
fn no_two_ids_are_the_same() {
    let ids: HashSet<String> = (0..10_000).map(|_| id::new("shp")).collect();
    assert_eq!(ids.len(), 10_000);
}

#[async_harness::test]
fn letters_that_are_misread_are_in_no_id() {
    let ids: String = (0..1_000).map(|_| id::new("x")).collect();
    assert!(!ids.contains(['i', 'l', 'o', 'u']));
}

#[async_harness::test]
fn a_secret_is_longer_than_an_id() {
    assert!(id::secret("sk").len() > id::new("sk").len());
}

#[async_harness::test]
fn a_digest_is_sha_256_in_hex() {
    assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[async_harness::test]
fn the_example_of_the_postal_union_is_a_tracking_number() {
    assert!(is_tracking_number("RR473124829GB"));
}

#[async_harness::test]
fn one_wrong_digit_is_found() {
    for wrong in ["RR473124828GB", "RR473124820GB", "RR473124839GB", "RR573124829GB"] {
        assert!(!is_tracking_number(wrong), "{wrong}");
    }
}

#[async_harness::test]
fn two_digits_the_wrong_way_round_are_found() {
    assert!(!is_tracking_number("RR471324829GB"));
}

#[async_harness::test]
fn check_digits_of_ten_and_eleven_have_their_own_rule() {
    // A sum that leaves 1 would need the digit 10, which is written 0; one that leaves 0 is written 5.
    assert!(is_tracking_number("SH000000080NL"));
    assert!(is_tracking_number("SH000000005NL"));
}

#[async_harness::test]
fn what_has_another_form_is_no_tracking_number() {
    for text in [
        "",
        "RR473124829G",
        "RR473124829GBX",
        "rr473124829gb",
        "4R473124829GB",
        "RR47312482AGB",
        "RR47312482éB",
    ] {
        assert!(!is_tracking_number(text), "{text}");
    }
}
