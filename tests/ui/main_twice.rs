async_harness::main!(allow_empty, allow_empty);
