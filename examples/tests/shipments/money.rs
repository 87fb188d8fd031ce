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
#[case::euros_with_cents(eur(1250), "12.50 EUR")]
#[case::cents_alone(eur(5), "0.05 EUR")]
#[case::yen_have_no_minor_unit(jpy(1500), "1500 JPY")]
#[case::less_than_one_below_zero_keeps_its_sign(eur(-5), "-0.05 EUR")]
#[case::more_than_one_below_zero(eur(-123), "-1.23 EUR")]
#[case::the_smallest_amount(eur(i64::MIN), "-92233720368547758.08 EUR")]
fn amounts_are_shown_in_major_units(#[case] money: Money, #[case] shown: &str) {
    assert_eq!(money.to_string(), shown);
}

#[async_harness::test]
fn what_is_shown_can_be_read_again(
    #[values(0, 1, -7, -99, 123_456, i64::MAX)] amount: i64,
    #[values(Currency::Eur, Currency::Gbp, Currency::Jpy)] currency: Currency,
) -> Result<()> {
    let money = Money::new(amount, currency);
    assert_eq!(money.to_string().parse::<Money>()?, money);
    Ok(())
}

#[async_harness::test]
fn a_missing_decimal_place_is_not_guessed() {
    let error = "12.5 EUR".parse::<Money>().unwrap_err();
    assert_eq!(error, MoneyError::Malformed("12.5 EUR".to_owned()));
    assert!("12 EUR".parse::<Money>().is_err());
}

#[async_harness::test]
#[case::nothing("")]
#[case::no_currency("12.50")]
#[case::no_amount("EUR")]
#[case::a_space_for_an_amount(" EUR")]
#[case::two_signs("--1.00 EUR")]
#[case::a_comma("1,00 EUR")]
#[case::an_exponent("1e2.00 EUR")]
#[case::no_major_unit(".50 EUR")]
#[case::digits_of_another_script("１.00 EUR")]
#[case::yen_with_decimals("12.00 JPY")]
fn what_is_no_amount_is_not_read(#[case] text: &str) {
    assert!(text.parse::<Money>().is_err());
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
#[case::half_a_cent_is_rounded_up(500, 250, 513)] // 2.5 % of 5.00 is 12.5 cents.
#[case::less_is_rounded_down(498, 250, 510)] // 2.5 % of 4.98 is 12.45 cents.
#[case::none_changes_nothing(777, 0, 777)]
#[case::all_of_it_doubles(777, 10_000, 1_554)]
fn a_margin_is_charged_in_whole_cents(
    #[case] cents: i64,
    #[case] margin_bp: u32,
    #[case] charged: i64,
) -> Result<()> {
    assert_eq!(eur(cents).with_margin(margin_bp)?, eur(charged));
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
