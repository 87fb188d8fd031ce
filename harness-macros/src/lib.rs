//! The attributes of async-harness.
