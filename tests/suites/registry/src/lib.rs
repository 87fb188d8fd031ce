//! A library whose unit tests run under the harness.

/// Adds.
pub fn add(a: u8, b: u8) -> u8 {
    a + b
}

#[cfg(test)]
mod tests {
    use super::add;
    use async_harness::{async_test, serial, test};

    #[test]
    fn adds() {
        assert_eq!(add(1, 2), 3);
    }

    #[async_test]
    #[serial]
    async fn adds_in_time() {
        tokio::task::yield_now().await;
        assert_eq!(add(2, 2), 4);
    }
}

#[cfg(test)]
async_harness::main!();
