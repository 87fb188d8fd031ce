//! What a test may return.

use crate::skip;
use std::process::{ExitCode, Termination};

/// What a test may return: anything that implements [`Termination`].
#[diagnostic::on_unimplemented(
    message = "a test cannot return `{Self}`",
    label = "not a result of a test",
    note = "a test returns `()`, a `Result<(), E>` whose `E` is `Debug`, or whatever implements `std::process::Termination`"
)]
pub trait TestResult {
    /// Prints an error, as `main` would, and gives the code to exit with.
    fn report(self) -> ExitCode;
}

#[diagnostic::do_not_recommend]
impl<T: Termination> TestResult for T {
    fn report(self) -> ExitCode {
        // Most tests return nothing, and nothing is in that.
        if size_of::<T>() == 0 {
            let code = Termination::report(self);
            if code != ExitCode::SUCCESS {
                let _ = skip::told();
            }
            return code;
        }
        skip::tell(|| Termination::report(self))
    }
}
