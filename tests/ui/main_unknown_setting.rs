async_harness::main!(timeout = "5s");
