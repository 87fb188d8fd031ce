async_harness::main!(allow_empty);
