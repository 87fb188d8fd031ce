async_harness::main!(allow_empty = true, 1);
