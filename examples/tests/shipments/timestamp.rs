//! Times as they are written, and calendars as they are.

use anyhow::Result;
use shipments::clock::Clock;
use shipments::timestamp::Timestamp;
use std::time::Duration;

#[async_harness::test]
fn time_starts_in_1970() {
    assert_eq!(Timestamp::from_secs(0).to_string(), "1970-01-01T00:00:00Z");
}

#[async_harness::test]
fn a_day_in_our_time_is_read() -> Result<()> {
    assert_eq!("2026-03-01T12:00:00Z".parse::<Timestamp>()?.as_secs(), 1_772_366_400);
    Ok(())
}

#[async_harness::test]
#[case::every_four_years("2024-02-29T00:00:00Z")]
#[case::but_every_four_hundred("2000-02-29T23:59:59Z")]
fn a_leap_day_comes(#[case] text: &str) -> Result<()> {
    assert_eq!(text.parse::<Timestamp>()?.to_string(), text);
    Ok(())
}

#[async_harness::test]
fn every_day_of_four_centuries_is_itself() -> Result<()> {
    for day in (0..146_097).step_by(17) {
        let time = Timestamp::from_secs(day * 86_400 + 45_296);
        assert_eq!(time.to_string().parse::<Timestamp>()?, time);
    }
    Ok(())
}

#[async_harness::test]
#[case::nothing("")]
#[case::a_day("2026-03-01")]
#[case::no_zone("2026-03-01T12:00:00")]
#[case::another_zone("2026-03-01T12:00:00+01:00")]
#[case::a_space("2026-03-01 12:00:00Z")]
#[case::month_thirteen("2026-13-01T12:00:00Z")]
#[case::the_last_of_april_and_one("2026-04-31T12:00:00Z")]
#[case::a_leap_day_out_of_turn("2023-02-29T00:00:00Z")]
#[case::a_leap_day_of_a_century("2100-02-29T00:00:00Z")]
#[case::hour_twenty_four("2026-03-01T24:00:00Z")]
#[case::minute_sixty("2026-03-01T12:60:00Z")]
#[case::a_leap_second("2026-03-01T12:00:60Z")]
#[case::before_time_began("1969-12-31T23:59:59Z")]
#[case::a_sign("2026-03-01T12:00:+0Z")]
#[case::a_digit_of_another_script("２026-03-01T12:00:0Z")]
fn what_is_not_a_time_is_refused(#[case] text: &str) {
    assert!(text.parse::<Timestamp>().is_err());
}

#[async_harness::test]
fn a_wrong_time_is_shown_beside_the_right_form() {
    let error = "yesterday".parse::<Timestamp>().unwrap_err();
    assert_eq!(error.to_string(), "time must be in UTC, like 2026-03-01T12:00:00Z (was \"yesterday\")");
}

#[async_harness::test]
fn times_are_in_order_and_have_a_distance() {
    let (early, late) = (Timestamp::from_secs(100), Timestamp::from_secs(160));
    assert!(early < late);
    assert_eq!(early.distance(late), Duration::from_secs(60));
    assert_eq!(late.distance(early), Duration::from_secs(60));
    assert_eq!(early.after(Duration::from_secs(60)), late);
}

#[async_harness::test]
fn for_ever_does_not_overflow() {
    assert_eq!(Timestamp::from_secs(100).after(Duration::MAX).as_secs(), i64::MAX);
}

#[async_harness::test]
fn a_clock_by_hand_stands_still() {
    let (clock, hand) = Clock::by_hand(Timestamp::from_secs(1_000));
    assert_eq!(clock.now(), clock.now());
    hand.advance(Duration::from_millis(2_500));
    assert_eq!(clock.now().as_secs(), 1_002);
}

#[async_harness::test]
fn the_system_clock_is_in_this_century() {
    let now = Clock::system().now().to_string();
    assert!(now.starts_with("20"), "{now}");
}
