//! Tests that take their time.

use crate::attributes::{async_test, test};
use std::time::Duration;

#[async_test]
async fn for_a_moment() {
    println!("good night");
    tokio::time::sleep(Duration::from_millis(60)).await;
}

#[test]
fn on_the_thread() {
    std::thread::sleep(Duration::from_millis(60));
}
