//! Seats are looked after at made-up times; hardly anything here sleeps.

use super::seat::Look;
use super::*;
use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Scope, Teardown};
use crate::outcome::Overdue;
use crate::place::Place;
use expect_test::{Expect, expect};
use std::fmt::Write;
use std::future::{pending, poll_fn};
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

fn ended<T>(why: Overdue) -> Poll<Result<T, Overran<T>>> {
    Poll::Ready(Err(Overran { why, came_to: None }))
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
fn what_blocks_until_its_limit_has_passed_is_late_although_nobody_has_asked_it() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| panic!("it has answered"));
    let mut context = Context::from_waker(Waker::noop());
    let passed = Duration::ZERO;
    for (limit, in_time) in [(Some(LIMIT), true), (None, true), (Some(passed), false)] {
        seat.begin();
        let expected = if in_time { Ok(7) } else { Err(Overdue::Late(passed)) };
        assert_eq!(seat.in_time(limit, || 7), expected);
        let expected = expected.map_err(|why| Overran { why, came_to: Some(7) });
        for doing in [Doing::SetUp(&POOL), Doing::TearDown(&POOL)] {
            let mut future = pin!(seat.limited(doing, limit, async { 7 }));
            assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(expected.clone()), "{doing:?}");
        }
        assert!(seat.end());
    }
}

#[test]
fn whoever_ends_in_time_is_not_late_because_the_watchdog_has_looked_since() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| panic!("it has answered"));
    seat.begin();
    let result = seat.in_time(Some(LIMIT), || {
        assert!(matches!(seat.look(Instant::now() + LIMIT), Look::Again(Some(_))));
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn what_has_set_something_up_meanwhile_is_still_asked_to_end() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| panic!("it has answered"));
    seat.begin();
    let outer = seat.limited(Doing::SetUp(&POOL), Some(LIMIT), async {
        assert!(matches!(seat.look(Instant::now() + LIMIT), Look::Again(Some(_))));
        assert_eq!(seat.limited(Doing::SetUp(&POOL), Some(LIMIT), async {}).await, Ok(()));
        pending::<()>().await;
    });
    let polled = pin!(outer).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, ended(Overdue::Late(LIMIT)));
}

#[test]
fn an_interrupted_test_is_not_told_that_it_was_late() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| {});
    seat.begin();
    let mut future = pin!(seat.limited(Doing::Test, Some(LIMIT), pending::<()>()));
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    seat.interrupt();
    assert!(matches!(seat.look(Instant::now()), Look::Again(Some(_))));
    assert_eq!(future.as_mut().poll(&mut context), ended(Overdue::Interrupted));
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
    assert_eq!(future.as_mut().poll(&mut context), ended(Overdue::Late(LIMIT)));
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
    seat.watched(Doing::Test, LIMIT, || {
        let now = Instant::now() + LIMIT;
        assert!(matches!(seat.look(now), Look::Again(Some(_))));
        let Look::Leave(left) = seat.look(now + LIMIT) else { panic!("it does not answer") };
        seat.tell(left);
        assert!(matches!(seat.look(now + LIMIT * 2), Look::Again(None)));
    });
    let (late, mut context) = (Overdue::Late(LIMIT), Context::from_waker(Waker::noop()));
    for limit in [None, Some(LIMIT)] {
        assert_eq!(seat.in_time(limit, || panic!("it begins")), Err::<(), _>(late));
        let set_up = pin!(seat.limited(Doing::SetUp(&POOL), limit, async { panic!("it begins") }));
        assert_eq!(set_up.poll(&mut context), ended::<()>(late));
        let mut turns = 2;
        let tear_down = poll_fn(|_| {
            turns -= 1;
            if turns == 0 { Poll::Ready(7) } else { Poll::Pending }
        });
        let mut tear_down = pin!(seat.limited(Doing::TearDown(&POOL), limit, tear_down));
        assert!(tear_down.as_mut().poll(&mut context).is_pending(), "what is up is torn down");
        let torn_down = tear_down.as_mut().poll(&mut context);
        assert_eq!(torn_down, Poll::Ready(Err(Overran { why: late, came_to: Some(7) })));
    }
    let waiting = seat.overdue(&context);
    assert_eq!(waiting, Some(late), "a test that comes back and waits ends");
    assert!(!seat.end());
    assert_eq!(told.load(Ordering::Relaxed), 1);
}

#[test]
fn an_interrupt_ends_what_waits_but_no_teardown() {
    let watchdog = Watchdog::new();
    let mut context = Context::from_waker(Waker::noop());
    for (doing, expected) in
        [(Doing::Test, ended(Overdue::Interrupted)), (Doing::TearDown(&POOL), Poll::Pending)]
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
    for limit in [None, Some(LIMIT)] {
        let watchdog = Watchdog::new();
        let seat = watchdog.seat(|_| {});
        seat.begin();
        let result = seat.in_time(limit, || {
            seat.interrupt();
            let now = Instant::now();
            assert!(matches!(seat.look(now), Look::Again(Some(_))));
            let Look::Leave(left) = seat.look(now + Duration::from_secs(1)) else {
                panic!("it does not answer, whose limit is {limit:?}")
            };
            assert_eq!(left.overdue, Overdue::Interrupted);
        });
        assert_eq!(result, Err(Overdue::Interrupted));
    }
}

#[test]
fn what_begins_after_an_interrupt_ends_where_it_waits() {
    let watchdog = Watchdog::new();
    let seat = watchdog.seat(|_| {});
    seat.begin();
    seat.interrupt();
    let mut future = pin!(seat.limited(Doing::Test, Some(LIMIT), pending::<()>()));
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, ended(Overdue::Interrupted));
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
    assert_eq!(result, Err(Overran { why: Overdue::Late(limit), came_to: None }));
    assert!(seat.end());
    assert_eq!(*left.lock().unwrap(), None);
}
