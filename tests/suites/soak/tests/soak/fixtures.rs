//! A fixture of each scope, which notes when it goes up and down.

use super::behave::named;
use super::notes::note;
use super::plan::Behaviour;
use async_harness::fixture;
use async_harness::fixtures::{TestInfo, test_info};
use std::time::Duration;

/// What a fixture holds.
pub struct Up {
    /// Whose it is.
    name: String,
}

impl Up {
    fn new(name: &str) -> Self {
        note("up", name);
        Up { name: name.to_owned() }
    }

    fn down(self) {
        note("down", &self.name);
    }
}

async fn close(up: Up) {
    tokio::time::sleep(Duration::from_millis(1)).await;
    up.down();
}

#[fixture(scope = "session", teardown = close)]
pub async fn session() -> Up {
    tokio::time::sleep(Duration::from_millis(3)).await;
    Up::new("session")
}

#[fixture(scope = "module", teardown = close)]
pub async fn module() -> Up {
    Up::new("module")
}

#[fixture(scope = "worker", teardown = close)]
pub fn own_of_worker() -> Up {
    Up::new("worker")
}

#[fixture(teardown = close_own)]
pub async fn own(test_info: &TestInfo) -> Result<Up, String> {
    match named(test_info.name()).behaviour {
        Behaviour::SetUpFails => Err("no luck on the way up".to_owned()),
        _ => Ok(Up::new(test_info.name())),
    }
}

async fn close_own(up: Up) -> Result<(), String> {
    let behaviour = named(&up.name).behaviour;
    up.down();
    match behaviour {
        Behaviour::TearDownFails | Behaviour::BothFail => Err("no luck on the way down".to_owned()),
        _ => Ok(()),
    }
}
