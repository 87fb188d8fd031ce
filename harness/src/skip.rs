//! `skip!`: ends the running test as ignored, from any depth.
//!
//! Where it is called in a task or on a thread, what reaches the test is not what it unwinds with: tokio and std make an error of
//! that. A test that fails by such an error was skipped; one that fails by anything else has failed, whatever was skipped before.

use crate::capture;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

/// What a skip unwinds with.
pub(crate) struct Skipped(String);

thread_local! {
    /// Whether this thread tells what a test has returned.
    static TELLS: Cell<bool> = const { Cell::new(false) };
    /// The skip that was in what it told last.
    static TOLD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The skips in tasks, the task's number and the reason of each: in an error of tokio's that number is all that can be read.
static IN_TASKS: Mutex<VecDeque<(String, String)>> = Mutex::new(VecDeque::new());

/// How many of them are remembered: a test may catch as many as it likes.
const REMEMBERED: usize = 1024;

impl Skipped {
    /// The reason, if this is the payload of a skip, or of a panic about one in a task.
    pub(crate) fn reason(payload: &(dyn Any + Send)) -> Option<String> {
        if let Some(skipped) = payload.downcast_ref::<Skipped>() {
            return Some(skipped.0.clone());
        }
        let message = payload.downcast_ref::<&str>().copied();
        in_a_task(message.or_else(|| payload.downcast_ref::<String>().map(String::as_str))?)
    }

    /// Passes a skip on.
    pub(crate) fn again(reason: String) -> ! {
        match tokio::task::try_id() {
            Some(task) => {
                let mut all = IN_TASKS.lock().unwrap_or_else(PoisonError::into_inner);
                if all.len() == REMEMBERED {
                    all.pop_front();
                }
                all.push_back((task.to_string(), reason.clone()));
            }
            None => capture::skip(&reason),
        }
        resume_unwind(Box::new(Skipped(reason)))
    }
}

/// An error that a test returns is dropped once it is told, with all that is in it.
impl Drop for Skipped {
    fn drop(&mut self) {
        if TELLS.get() {
            TOLD.set(Some(std::mem::take(&mut self.0)));
        }
    }
}

/// The reason of the skip in a task that this text is about.
pub(crate) fn in_a_task(text: &str) -> Option<String> {
    if !text.contains("panicked") && !text.contains("JoinError") {
        return None;
    }
    let all = IN_TASKS.lock().unwrap_or_else(PoisonError::into_inner);
    let is_about = |task: &str| {
        text.contains(&format!("JoinError::Panic(Id({task})"))
            || text.contains(&format!("task {task} panicked"))
    };
    all.iter().find(|(task, _)| is_about(task)).map(|(_, reason)| reason.clone())
}

/// Whether this text is about a thread that has panicked with anything but text, as one does that skips.
pub(crate) fn may_be_of_a_thread(text: &str) -> bool {
    text.contains("Any { .. }")
}

/// Tells what a test has returned.
pub(crate) fn tell<T>(result: impl FnOnce() -> T) -> T {
    /// Also where what is told panics.
    struct Tells;
    impl Drop for Tells {
        fn drop(&mut self) {
            TELLS.set(false);
        }
    }
    TOLD.take();
    TELLS.set(true);
    let _tells = Tells;
    result()
}

/// The reason of the skip that was in what this thread told last.
pub(crate) fn told() -> Option<String> {
    TOLD.take()
}

/// What `skip!` calls.
pub fn skip(reason: String) -> ! {
    Skipped::again(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn payload(task: impl FnOnce() -> String) -> Option<String> {
        let payload =
            catch_unwind(AssertUnwindSafe(|| std::panic::panic_any(task()))).expect_err("it panics");
        Skipped::reason(&*payload)
    }

    #[test]
    fn a_panic_about_a_skipped_task_is_that_skip_and_no_other_is() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().build().expect("there is memory for a runtime");
        let of = |reason: &str| {
            let reason = reason.to_owned();
            runtime.block_on(runtime.spawn(async { skip(reason) })).expect_err("it skips")
        };
        let (one, two) = (of("one"), of("two"));
        assert_eq!(
            payload(|| format!("called `Result::unwrap()` on an `Err` value: {one:?}")).as_deref(),
            Some("one")
        );
        assert_eq!(payload(|| format!("it did not work: {two}")).as_deref(), Some("two"));
        let blocking =
            runtime.block_on(runtime.spawn_blocking(|| skip("three".to_owned()))).expect_err("it skips");
        assert_eq!(payload(|| format!("{blocking:?}")).as_deref(), Some("three"));
        assert_eq!(payload(|| "a task panicked".to_owned()), None);
        let other = runtime.block_on(runtime.spawn(async { panic!("no") })).expect_err("it panics");
        assert_eq!(payload(|| format!("{other:?}")), None);
    }

    #[test]
    fn a_skip_in_what_is_told_is_found_and_none_before_it() {
        let error = || catch_unwind(|| skip("no cable".to_owned())).expect_err("it skips");
        drop(error());
        assert_eq!(told(), None);
        let returned = error();
        tell(|| drop(returned));
        assert_eq!(told().as_deref(), Some("no cable"));
        tell(|| ());
        assert_eq!(told(), None);
    }
}
