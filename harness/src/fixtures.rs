//! The fixtures that come with the harness. They are imported and used like any other:
//!
//! ```no_run
//! use async_harness::async_test;
//! use async_harness::fixtures::{TmpDir, tmp_dir};
//!
//! #[async_test]
//! async fn writes_a_report(tmp_dir: &TmpDir) -> std::io::Result<()> {
//!     std::fs::write(tmp_dir.path().join("report.txt"), "all is well")
//! }
//! # fn main() {}
//! ```

mod changes;
mod current_dir;
mod env_vars;
mod info;
mod place;
mod tmp;

pub use current_dir::{CurrentDir, cwd};
pub use env_vars::{EnvVars, env};
pub use info::{TestInfo, test_info};
pub use place::{Worker, worker};
pub use tmp::{TmpDir, tmp_dir};

pub(crate) use changes::put_back;

use crate::fixture::{BUILT_IN, FixtureDecl, FixtureKind, FixtureRuntime, Scope, Teardown};
use crate::instance::{Broken, Context, Fixture};
use crate::key::{Access, Key};
use crate::place::Place;

/// The name that this run shares with no other, for its worker processes.
pub(crate) fn run_id() -> &'static str {
    place::run_id()
}

/// Takes that over in a worker process.
pub(crate) fn share_run_id(run_id: String) {
    place::share_run_id(run_id);
}

/// All of them.
pub(crate) fn built_in() -> [&'static FixtureDecl; 5] {
    [cwd::decl(), env::decl(), test_info::decl(), tmp_dir::decl(), worker::decl()]
}

/// The declaration of a built-in fixture, which needs no other.
const fn declared(
    path: &'static str,
    line: u32,
    doc: &'static str,
    scope: Scope,
    teardown: Teardown,
    keys: &'static [Key],
) -> FixtureDecl {
    FixtureDecl {
        path,
        place: Place { file: BUILT_IN, line, column: 1 },
        doc,
        scope,
        kind: FixtureKind::Sync,
        runtime: FixtureRuntime::Inferred,
        teardown,
        timeout: None,
        keys,
        needs: &[],
    }
}

const fn alone(name: &'static str) -> Key {
    Key { name, access: Access::Exclusive }
}

/// What an attempt says of itself; a shared fixture has none, which the macro's check of scopes rules out.
fn of_attempt<T>(
    context: &Context,
    fixture: &'static FixtureDecl,
    make: impl FnOnce(&crate::instance::AttemptContext) -> T,
) -> Result<T, Broken> {
    context
        .attempt()
        .map(make)
        .ok_or_else(|| Broken { fixture, error: Some("it belongs to a test".to_owned()) })
}
