//! No test is registered: the module with the tests was not declared.

async_harness::main!();
