//! The circuit breaker and the limiter: both count, and both forget with time. The clock is tokio's, and stands still.
//!
//! Nothing here asks for a carrier or a store: whoever waits for a socket while the clock stands still finds it jump to
//! the next time-out.

use async_harness::prelude::*;
use shipments::breaker::{Breaker, Open};
use shipments::limiter::Limiter;
use std::time::Duration;
use tokio::time::advance;

const COOL_DOWN: Duration = Duration::from_secs(30);

/// A breaker that three failures open, after these answers.
fn breaker_after(answers: &str) -> Breaker {
    let breaker = Breaker::new(3, COOL_DOWN);
    for answer in answers.chars() {
        let permit = breaker.admit().unwrap();
        if answer == '+' { permit.succeeded() } else { permit.failed() }
    }
    breaker
}

#[async_test(start_paused = true)]
#[case::two_failures("--")]
#[case::a_success_between_failures("--+--")]
#[case::failures_far_apart("-+--+-+--")]
async fn it_stays_closed_after(#[case] answers: &str) {
    assert!(breaker_after(answers).admit().is_ok());
}

#[async_test(start_paused = true)]
async fn three_failures_in_a_row_open_it() {
    assert_eq!(breaker_after("---").admit().unwrap_err(), Open { retry_after: COOL_DOWN });
}

#[async_test(start_paused = true)]
async fn it_says_how_long_it_rests() {
    let breaker = breaker_after("---");
    advance(Duration::from_secs(20)).await;
    assert_eq!(breaker.admit().unwrap_err(), Open { retry_after: Duration::from_secs(10) });
}

#[async_test(start_paused = true)]
async fn after_its_rest_one_request_goes_through() {
    let breaker = breaker_after("---");
    advance(COOL_DOWN).await;
    let probe = breaker.admit().unwrap();
    assert!(breaker.admit().is_err(), "a second one went through");
    probe.succeeded();
    assert!(breaker.admit().is_ok());
}

#[async_test(start_paused = true)]
async fn a_probe_that_fails_opens_it_again() {
    let breaker = breaker_after("---");
    advance(COOL_DOWN).await;
    breaker.admit().unwrap().failed();
    assert_eq!(breaker.admit().unwrap_err(), Open { retry_after: COOL_DOWN });
}

#[async_test(start_paused = true)]
async fn a_probe_that_is_given_up_makes_room_for_another() {
    let breaker = breaker_after("---");
    advance(COOL_DOWN).await;
    drop(breaker.admit().unwrap());
    assert!(breaker.admit().is_ok());
}

#[async_test(start_paused = true)]
async fn late_failures_do_not_prolong_its_rest() {
    let breaker = breaker_after("--");
    let (one, two) = (breaker.admit().unwrap(), breaker.admit().unwrap());
    one.failed();
    advance(Duration::from_secs(20)).await;
    two.failed();
    assert_eq!(breaker.admit().unwrap_err(), Open { retry_after: Duration::from_secs(10) });
}

#[async_test(start_paused = true)]
async fn a_burst_is_let_through_and_no_more() {
    let limiter = Limiter::new(3, Duration::from_secs(1));
    for _ in 0..3 {
        assert_eq!(limiter.take("acme"), Ok(()));
    }
    assert_eq!(limiter.take("acme"), Err(Duration::from_secs(1)));
}

#[async_test(start_paused = true)]
async fn a_token_comes_back_each_second() {
    let limiter = Limiter::new(2, Duration::from_secs(1));
    for _ in 0..2 {
        limiter.take("acme").unwrap();
    }
    advance(Duration::from_millis(400)).await;
    assert_eq!(limiter.take("acme"), Err(Duration::from_millis(600)));
    advance(Duration::from_millis(600)).await;
    assert_eq!(limiter.take("acme"), Ok(()));
    assert!(limiter.take("acme").is_err());
}

#[async_test(start_paused = true)]
async fn no_client_pays_for_another() {
    let limiter = Limiter::new(1, Duration::from_secs(1));
    limiter.take("acme").unwrap();
    assert_eq!(limiter.take("globex"), Ok(()));
}

#[async_test(start_paused = true)]
async fn a_long_rest_earns_no_more_than_a_burst() {
    let limiter = Limiter::new(2, Duration::from_secs(1));
    limiter.take("acme").unwrap();
    advance(Duration::from_secs(3_600)).await;
    assert_eq!([limiter.take("acme"), limiter.take("acme")], [Ok(()), Ok(())]);
    assert!(limiter.take("acme").is_err());
}
