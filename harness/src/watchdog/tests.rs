//! Seats are looked after at made-up times; hardly anything here sleeps.

use super::seat::Look;
use super::*;
use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Scope, Teardown};
use crate::outcome::Overdue;
use crate::place::Place;
use expect_test::{Expect, expect};
use std::fmt::Write;
use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

static POOL: FixtureDecl = FixtureDecl {
    path: "shop::pool",
    place: Place { file: "shop.rs", line: 1, column: 1 },
    doc: "",
    scope: Scope::Session,
    kind: FixtureKind::Async,
    timeout: None,
    runtime: FixtureRuntime::Inferred,
    teardown: Teardown::Yes,
    keys: &[],
    needs: &[],
};

const LIMIT: Duration = Duration::from_secs(3600);

/// Looks at a seat at these times, in milliseconds from the end of its limit.
fn looks(seat: &Seat, from: Instant, times: &[i64]) -> String {
    let mut said = String::new();
    for &time in times {
        let due = from + LIMIT;
        let now = match u64::try_from(time) {
            Ok(late) => due + Duration::from_millis(late),
            Err(_) => due - Duration::from_millis(time.unsigned_abs()),
        };
        let look = match seat.look(now) {
            Look::Again(None) => "never again".to_owned(),
            Look::Again(Some(_)) => "again".to_owned(),
            Look::Leave(left) => format!("leave: {}", left.overdue),
        };
        writeln!(said, "{time}: {look}").unwrap();
    }
    said
}

fn check(limit: Option<Duration>, times: &[i64], expected: Expect) {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| {});
    seat.begin();
    let mut future = pin!(seat.limited(Doing::Test, limit, pending::<()>()));
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    expected.assert_eq(&looks(&seat, Instant::now(), times));
}

#[test]
fn what_is_late_is_asked_to_end_and_left_behind_after_the_grace() {
    check(
        Some(LIMIT),
        &[-1_000, 10, 100, 211],
        expect![[r#"
            -1000: again
            10: again
            100: again
            211: leave: timed out after 3600s
        "#]],
    );
}

#[test]
fn nothing_is_due_without_a_limit() {
    check(
        None,
        &[10, 1_000_000],
        expect![[r#"
        10: never again
        1000000: never again
    "#]],
    );
}

#[test]
fn a_future_that_is_asked_ends_and_what_follows_has_its_own_time() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| panic!("it has answered"));
    seat.begin();
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(seat.limited(Doing::Test, Some(LIMIT), pending::<()>()));
    assert!(future.as_mut().poll(&mut context).is_pending());
    let late = Instant::now() + LIMIT;
    assert!(matches!(seat.look(late), Look::Again(Some(_))));
    assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(Err(Overdue::Late(LIMIT))));
    assert!(matches!(seat.look(late + LIMIT), Look::Again(None)));
    let mut teardown = pin!(seat.limited(Doing::Test, Some(LIMIT), pending::<()>()));
    assert!(teardown.as_mut().poll(&mut context).is_pending());
    assert!(seat.end());
}

#[test]
fn time_spent_waiting_for_others_is_not_counted() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| {});
    seat.begin();
    let mut future = pin!(seat.limited(Doing::Test, Some(LIMIT), seat.paused(pending::<()>())));
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert!(matches!(seat.look(Instant::now() + LIMIT * 2), Look::Again(None)));
}

#[test]
fn nothing_counts_that_a_thread_does_after_it_was_left_behind() {
    let told = Arc::new(AtomicUsize::new(0));
    let watchdog = Watchdog::new();
    let seat = watchdog.seat({
        let told = Arc::clone(&told);
        move |_| {
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    seat.begin();
    seat.watched(Doing::Test, Some(LIMIT), || {
        let now = Instant::now() + LIMIT;
        assert!(matches!(seat.look(now), Look::Again(Some(_))));
        let Look::Leave(left) = seat.look(now + LIMIT) else { panic!("it does not answer") };
        seat.tell(left);
        assert!(matches!(seat.look(now + LIMIT * 2), Look::Again(None)));
    });
    assert!(!seat.end());
    assert_eq!(told.load(Ordering::Relaxed), 1);
}

#[test]
fn an_interrupt_ends_what_waits_but_no_teardown() {
    let watchdog = Watchdog::new();
    let mut context = Context::from_waker(Waker::noop());
    for (doing, expected) in
        [(Doing::Test, Poll::Ready(Err(Overdue::Interrupted))), (Doing::TearDown(&POOL), Poll::Pending)]
    {
        let seat = watchdog.seat(|_| {});
        seat.begin();
        let mut future = pin!(seat.limited(doing, None, pending::<()>()));
        assert!(future.as_mut().poll(&mut context).is_pending());
        seat.interrupt();
        assert_eq!(future.as_mut().poll(&mut context), expected, "{doing:?}");
    }
}

#[test]
fn a_blocked_thread_is_left_behind_soon_after_an_interrupt() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| {});
    seat.begin();
    seat.interrupt();
    let now = Instant::now();
    assert!(matches!(seat.look(now), Look::Again(Some(_))));
    let Look::Leave(left) = seat.look(now + Duration::from_secs(1)) else { panic!("it does not answer") };
    assert_eq!(left.overdue, Overdue::Interrupted);
}

#[test]
fn a_teardown_after_an_interrupt_uses_up_no_grace_but_its_own() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| {});
    seat.begin();
    seat.interrupt();
    let now = Instant::now();
    assert!(matches!(seat.look(now - Duration::from_millis(500)), Look::Again(Some(_))));
    let mut teardown = pin!(seat.limited(Doing::TearDown(&POOL), None, std::future::ready(())));
    assert!(teardown.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    assert!(matches!(seat.look(now), Look::Again(Some(_))), "it has answered just now");
    assert!(matches!(seat.look(now + Duration::from_secs(1)), Look::Leave(_)));
}

#[test]
fn a_thread_that_blocks_although_the_run_is_to_end_is_left_behind_too() {
    let watchdog = Watchdog::new();
    watchdog.interrupt();
    let (left, told) = std::sync::mpsc::channel();
    let seat = watchdog.seat(move |it| left.send(it.overdue).unwrap());
    // Time for the watchdog to look in vain.
    std::thread::sleep(Duration::from_millis(20));
    seat.begin();
    assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(Overdue::Interrupted));
    assert!(!seat.end());
}

#[test]
fn the_watchdogs_thread_asks_by_itself() {
    let watchdog = Watchdog::new();
    let left = Arc::new(Mutex::new(None));
    let seat = watchdog.seat({
        let left = Arc::clone(&left);
        move |it| *left.lock().unwrap() = Some(it.overdue)
    });
    seat.begin();
    let limit = Duration::from_millis(1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let result = runtime.block_on(seat.limited(Doing::Test, Some(limit), pending::<()>()));
    assert_eq!(result, Err(Overdue::Late(limit)));
    assert!(seat.end());
    assert_eq!(*left.lock().unwrap(), None);
}
