//! Says whether something is drawn on the terminal that must not stay there, for those who end the process in a hurry.
//!
//! What is drawn stands below the cursor, so that it takes no count of lines to take it away.

use std::sync::atomic::{AtomicI32, Ordering};

/// Takes away what is drawn: clears from the beginning of the cursor's line to the end of the screen.
pub(crate) const CLEAR: &[u8] = b"\r\x1b[J";

/// No descriptor.
const NOTHING: i32 = -1;

static DRAWN_ON: AtomicI32 = AtomicI32::new(NOTHING);

/// Something is drawn on the terminal that this descriptor is of, until `clean` is said.
#[cfg(feature = "progress")]
pub(crate) fn drawn_on(descriptor: i32) {
    DRAWN_ON.store(descriptor, Ordering::Release);
}

/// Nothing is drawn any more.
#[cfg(feature = "progress")]
pub(crate) fn clean() {
    DRAWN_ON.store(NOTHING, Ordering::Release);
}

/// Where to write [`CLEAR`] before the process ends; nobody else does. May be asked in a handler of a signal.
pub(crate) fn take() -> Option<i32> {
    let descriptor = DRAWN_ON.swap(NOTHING, Ordering::AcqRel);
    (descriptor != NOTHING).then_some(descriptor)
}
