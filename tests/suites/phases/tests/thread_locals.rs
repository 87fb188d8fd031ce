//! Tests that leave something in thread-locals, whose destructors take their time.

use async_harness::{async_test, serial, test};
use std::cell::RefCell;
use std::time::Duration;
use trace::{Span, begin, number};

/// Is dropped with its thread.
struct Left {
    _span: Span,
}

impl Drop for Left {
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(number("MILLISECONDS").unwrap_or(20) as u64));
        println!("dropped with its thread");
    }
}

thread_local! {
    static LEFT: RefCell<Vec<Left>> = const { RefCell::new(Vec::new()) };
}

macro_rules! tests {
    ($($name:ident)*) => { $(
        #[async_test]
        async fn $name() {
            LEFT.with_borrow_mut(|left| left.push(Left { _span: begin(stringify!($name)) }));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    )* };
}

tests!(one two three four);

#[test]
#[serial]
fn last() {
    let _span = begin("last");
}

async_harness::main!();
