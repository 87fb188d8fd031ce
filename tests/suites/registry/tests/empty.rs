//! No test is registered, as is said to be fine.

async_harness::main!(allow_empty);
