async_harness::main!(allow_empty, threads = 0, in_flight = "auto", fail_fast, task_panics = "fail", isolate, debug_async,);
