//! `skip!`: ends the running test as ignored, from any depth.

use crate::capture;
use std::any::Any;
use std::panic::resume_unwind;

/// What a skip unwinds with.
pub(crate) struct Skipped(String);

impl Skipped {
    /// The reason, if this is the payload of a skip.
    pub(crate) fn reason(payload: &(dyn Any + Send)) -> Option<String> {
        payload.downcast_ref::<Skipped>().map(|skipped| skipped.0.clone())
    }

    /// Passes a skip on.
    pub(crate) fn again(reason: String) -> ! {
        // A task or a thread hands on its panic as something else; the test is told of the reason beside that.
        capture::skip(&reason);
        resume_unwind(Box::new(Skipped(reason)))
    }
}

/// What `skip!` calls.
pub fn skip(reason: String) -> ! {
    Skipped::again(reason)
}
