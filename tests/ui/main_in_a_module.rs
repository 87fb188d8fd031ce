mod inner {
    async_harness::main!(timeout = "5s");
}

async_harness::main!();
