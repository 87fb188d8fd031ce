//! Trying again: how often, how long apart, and when not at all. The clock is tokio's, and stands still.

use async_harness::prelude::*;
use shipments::retry::{Advice, Failure, Retry};
use std::cell::Cell;
use std::future::pending;
use std::time::Duration;
use tokio::time::Instant;

const RETRY: Retry = Retry {
    attempts: 4,
    timeout: Duration::from_secs(5),
    base: Duration::from_millis(200),
    cap: Duration::from_millis(500),
};

#[derive(Debug, Clone, PartialEq)]
enum Fault {
    Refused,
    Busy,
    BusyFor(Duration),
    TimedOut,
}

impl Failure for Fault {
    fn timed_out(_: Duration) -> Self {
        Self::TimedOut
    }

    fn advice(&self) -> Advice {
        match self {
            Self::Refused => Advice::GiveUp,
            Self::Busy | Self::TimedOut => Advice::TryAgain,
            Self::BusyFor(wait) => Advice::TryAfter(*wait),
        }
    }
}

/// What comes of failing in this way every time, after how many attempts, and how long that takes.
async fn failing_with(fault: Fault) -> (u32, Duration) {
    let (count, start) = (Cell::new(0), Instant::now());
    let attempt = |_| {
        count.set(count.get() + 1);
        let fault = fault.clone();
        async { Err::<(), Fault>(fault) }
    };
    let result = RETRY.run(attempt).await;
    assert_eq!(result, Err(fault.clone()));
    (count.get(), start.elapsed())
}

#[async_test(start_paused = true)]
async fn what_works_is_not_tried_again() {
    let start = Instant::now();
    assert_eq!(RETRY.run(|attempt| async move { Ok::<_, Fault>(attempt) }).await, Ok(1));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[async_test(start_paused = true)]
async fn the_first_success_ends_it() {
    let result = RETRY.run(|attempt| async move { if attempt < 3 { Err(Fault::Busy) } else { Ok(attempt) } });
    assert_eq!(result.await, Ok(3));
}

#[async_test(start_paused = true)]
#[case::no_further_one_after_a_refusal(Fault::Refused, 1, 0)]
#[case::with_waits_that_double_up_to_the_cap(Fault::Busy, 4, 200 + 400 + 500)]
#[case::with_the_wait_that_is_asked_for(Fault::BusyFor(Duration::from_millis(450)), 4, 450 + 450 + 500)]
#[case::with_the_usual_wait_for_who_asks_for_less(Fault::BusyFor(Duration::from_millis(1)), 4, 200 + 400 + 500)]
#[case::no_further_one_for_who_asks_for_too_much(Fault::BusyFor(Duration::from_secs(30)), 1, 0)]
async fn what_keeps_failing_gets_its_attempts(
    #[case] fault: Fault,
    #[case] attempts: u32,
    #[case] millis: u64,
) {
    assert_eq!(failing_with(fault).await, (attempts, Duration::from_millis(millis)));
}

#[async_test(start_paused = true)]
async fn there_is_no_wait_after_the_last_attempt() {
    let once = Retry { attempts: 1, ..RETRY };
    let start = Instant::now();
    let result = once.run(|_| async { Err::<(), _>(Fault::Busy) }).await;
    assert_eq!(result, Err(Fault::Busy));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[async_test(start_paused = true)]
async fn an_attempt_that_hangs_is_given_up_in_time() {
    let start = Instant::now();
    let result = RETRY.in_time(pending::<Result<(), Fault>>()).await;
    assert_eq!(result, Err(Fault::TimedOut));
    assert_eq!(start.elapsed(), Duration::from_secs(5));
}

#[async_test(start_paused = true)]
async fn attempts_that_hang_are_tried_again() {
    let start = Instant::now();
    let result = RETRY.run(|_| RETRY.in_time(pending::<Result<(), Fault>>())).await;
    assert_eq!(result, Err(Fault::TimedOut));
    assert_eq!(start.elapsed(), 4 * Duration::from_secs(5) + Duration::from_millis(1_100));
}

#[async_test(start_paused = true)]
async fn an_answer_in_the_last_moment_counts() {
    let late = async {
        tokio::time::sleep(Duration::from_millis(4_999)).await;
        Ok::<_, Fault>("answer")
    };
    assert_eq!(RETRY.in_time(late).await, Ok("answer"));
}

#[async_test(start_paused = true)]
async fn a_day_of_retries_takes_no_time() {
    let patient = Retry { attempts: 1_440, cap: Duration::from_secs(60), ..RETRY };
    let start = Instant::now();
    let result = patient.run(|_| async { Err::<(), _>(Fault::Busy) }).await;
    assert_eq!(result, Err(Fault::Busy));
    assert!(start.elapsed() > Duration::from_secs(23 * 60 * 60));
}

#[async_harness::test]
fn no_wait_overflows() {
    let slow = Retry { cap: Duration::MAX, base: Duration::from_secs(u64::MAX / 2), ..RETRY };
    assert_eq!(slow.wait_after(u32::MAX), Duration::MAX);
    assert_eq!(RETRY.wait_after(0), RETRY.base);
}
