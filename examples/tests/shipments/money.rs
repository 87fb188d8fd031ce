//! Amounts, how they are written, and that currencies do not mix.

use anyhow::Result;
use shipments::money::{Currency, Money, MoneyError};

const fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::Eur)
}

const fn jpy(amount: i64) -> Money {
    Money::new(amount, Currency::Jpy)
}

#[async_harness::test]
fn amounts_are_shown_in_major_units() {
    assert_eq!(eur(1250).to_string(), "12.50 EUR");
    assert_eq!(eur(5).to_string(), "0.05 EUR");
}

#[async_harness::test]
fn yen_have_no_minor_unit() {
    assert_eq!(jpy(1500).to_string(), "1500 JPY");
}

#[async_harness::test]
fn less_than_one_below_zero_keeps_its_sign() {
    assert_eq!(eur(-5).to_string(), "-0.05 EUR");
    assert_eq!(eur(-123).to_string(), "-1.23 EUR");
}

#[async_harness::test]
fn the_smallest_amount_can_be_shown() {
    assert_eq!(eur(i64::MIN).to_string(), "-92233720368547758.08 EUR");
}

#[async_harness::test]
fn what_is_shown_can_be_read_again() -> Result<()> {
    for money in [eur(0), eur(1), eur(-99), eur(123_456), jpy(0), jpy(-7)] {
        assert_eq!(money.to_string().parse::<Money>()?, money);
    }
    Ok(())
}

#[async_harness::test]
fn a_missing_decimal_place_is_not_guessed() {
    let error = "12.5 EUR".parse::<Money>().unwrap_err();
    assert_eq!(error, MoneyError::Malformed("12.5 EUR".to_owned()));
    assert!("12 EUR".parse::<Money>().is_err());
}

#[async_harness::test]
fn yen_take_no_decimals() {
    assert!("12.00 JPY".parse::<Money>().is_err());
}

#[async_harness::test]
fn words_are_not_amounts() {
    for text in ["", "12.50", "EUR", " EUR", "--1.00 EUR", "1,00 EUR", "1e2.00 EUR", ".50 EUR", "１.00 EUR"]
    {
        assert!(text.parse::<Money>().is_err(), "{text:?} was read");
    }
}

#[async_harness::test]
fn an_unknown_currency_is_named() {
    let error = "1.00 XYZ".parse::<Money>().unwrap_err();
    assert_eq!(error.to_string(), "currency must be one of CAD, EUR, GBP, JPY, USD (was \"XYZ\")");
}

#[async_harness::test]
fn two_currencies_do_not_add_up() {
    let error = eur(1).checked_add(jpy(1)).unwrap_err();
    assert_eq!(error, MoneyError::Mixed { left: Currency::Eur, right: Currency::Jpy });
}

#[async_harness::test]
#[should_panic(expected = "cannot add JPY to EUR")]
fn adding_two_currencies_without_a_check_panics() {
    let _ = eur(1) + jpy(1);
}

#[async_harness::test]
fn a_sum_that_does_not_fit_is_an_error() {
    assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::OutOfRange));
}

#[async_harness::test]
fn a_sum_of_nothing_has_no_currency() {
    assert_eq!([eur(1), eur(2), eur(-5)].into_iter().sum::<Option<Money>>(), Some(eur(-2)));
    assert_eq!([].into_iter().sum::<Option<Money>>(), None);
}

#[async_harness::test]
fn a_margin_rounds_half_a_cent_up() -> Result<()> {
    // 2.5 % of 5.00 is 12.5 cents.
    assert_eq!(eur(500).with_margin(250)?, eur(513));
    // 2.5 % of 4.98 is 12.45 cents.
    assert_eq!(eur(498).with_margin(250)?, eur(510));
    Ok(())
}

#[async_harness::test]
fn no_margin_changes_nothing() -> Result<()> {
    assert_eq!(eur(777).with_margin(0)?, eur(777));
    Ok(())
}

#[async_harness::test]
fn a_margin_past_what_fits_is_an_error() {
    assert_eq!(eur(i64::MAX).with_margin(1), Err(MoneyError::OutOfRange));
}

#[async_harness::test]
fn a_currency_travels_as_its_code() -> Result<()> {
    assert_eq!(serde_json::to_string(&eur(5))?, r#"{"amount":5,"currency":"EUR"}"#);
    assert!(serde_json::from_str::<Money>(r#"{"amount":5,"currency":"eur"}"#).is_err());
    assert!(serde_json::from_str::<Money>(r#"{"amount":5.5,"currency":"EUR"}"#).is_err());
    Ok(())
}
