mod switches {
    async_harness::main!(allow_empty = true, 1, isolate = 1, fail_fast(), retries_isolated false);
}

mod without_values {
    async_harness::main!(threads, in_flight, timeout, slow_timeout, retries, dist, maxfail, task_panics, tags);
}

mod of_other_types {
    async_harness::main!(
        threads = "8",
        in_flight = many,
        timeout = 60,
        slow_timeout = forever,
        retries = 2.5,
        maxfail = 3u8,
        dist = scope,
        task_panics = true,
        tags = "slow",
    );
}

mod out_of_range {
    async_harness::main!(
        threads = -1,
        in_flight = 0,
        timeout = "0s",
        slow_timeout = "soon",
        retries = -1,
        maxfail = 0,
        tags(),
    );
}

mod too_large {
    async_harness::main!(retries = 4294967296, timeout = "99999999999999999999h");
}

mod unknown_words {
    async_harness::main!(in_flight = "all", dist = "loadscope", task_panics = "abort", timeout = "60");
}

mod no_comma {
    async_harness::main!(threads = 4 retries = 1);
}

mod to_be_computed {
    async_harness::main!(timeout = "5s".into(), threads = 2 * 2);
}

mod in_other_words {
    async_harness::main!(threads = "auto", maxfail = true, tags(a = 1));
}

fn main() {}
