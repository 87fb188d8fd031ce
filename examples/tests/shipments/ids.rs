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
fn one_wrong_digit_is_found(
    #[values("RR473124828GB", "RR473124820GB", "RR473124839GB", "RR573124829GB")] wrong: &str,
) {
    assert!(!is_tracking_number(wrong));
}

#[async_harness::test]
fn two_digits_the_wrong_way_round_are_found() {
    assert!(!is_tracking_number("RR471324829GB"));
}

#[async_harness::test]
#[case::ten_is_written_0("SH000000080NL")]
#[case::eleven_is_written_5("SH000000005NL")]
fn check_digits_of_two_digits_have_their_own_rule(#[case] number: &str) {
    assert!(is_tracking_number(number));
}

#[async_harness::test]
#[case::nothing("")]
#[case::a_short_country("RR473124829G")]
#[case::a_long_country("RR473124829GBX")]
#[case::small_letters("rr473124829gb")]
#[case::a_digit_for_a_letter("4R473124829GB")]
#[case::a_letter_for_a_digit("RR47312482AGB")]
#[case::a_letter_of_two_bytes("RR47312482éB")]
fn what_has_another_form_is_no_tracking_number(#[case] text: &str) {
    assert!(!is_tracking_number(text));
}
