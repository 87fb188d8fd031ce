//! Keeps one client from using up the service: a bucket of tokens for each, refilled steadily.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Past this many buckets the full ones are thrown away: a full bucket and none are the same.
const SWEEP_AT: usize = 10_000;

/// Buckets of tokens by client.
#[derive(Debug)]
pub struct Limiter {
    burst: u32,
    refill: Duration,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// When the bucket would be full again: the state of a bucket in one number (a "generic cell rate algorithm").
#[derive(Debug, Clone, Copy)]
struct Bucket {
    full_at: Instant,
}

impl Limiter {
    /// So many requests at once, and one more after each `refill`.
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { burst, refill, buckets: Mutex::default() }
    }

    /// Takes a token of a client's.
    ///
    /// # Errors
    ///
    /// How long until there is one.
    pub fn take(&self, client: &str) -> Result<(), Duration> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, bucket| bucket.full_at > now);
        }
        let full_at = buckets.get(client).map_or(now, |bucket| bucket.full_at.max(now)) + self.refill;
        let empty_at = now + self.refill * self.burst;
        if full_at > empty_at {
            return Err(full_at - empty_at);
        }
        buckets.insert(client.to_owned(), Bucket { full_at });
        Ok(())
    }
}
