//! `skip!`: ends the running test as ignored, from any depth.

use std::any::Any;
use std::cell::RefCell;
use std::panic::resume_unwind;

/// What a skip unwinds with.
pub(crate) struct Skipped(String);

thread_local! {
    /// The reason that a task or a callee gave on this thread; whoever caught the unwinding may have turned it into
    /// something else.
    static REASON: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl Skipped {
    /// The reason, if this is the payload of a skip.
    pub(crate) fn reason(payload: &(dyn Any + Send)) -> Option<String> {
        payload.downcast_ref::<Skipped>().map(|skipped| skipped.0.clone())
    }

    /// Passes a skip on.
    pub(crate) fn again(reason: String) -> ! {
        REASON.replace(Some(reason.clone()));
        resume_unwind(Box::new(Skipped(reason)))
    }

    /// The reason that was given on this thread since the last call.
    pub(crate) fn take() -> Option<String> {
        REASON.take()
    }
}

/// What `skip!` calls.
pub fn skip(reason: String) -> ! {
    Skipped::again(reason)
}
