mod a_switch {
    async_harness::main!(allow_empty, allow_empty);
}

mod a_value {
    async_harness::main!(timeout = "5s", timeout = "6s", tags(a), tags(b));
}

mod in_two_ways {
    async_harness::main!(fail_fast, maxfail = 3);
}

mod in_two_ways_the_other_way_round {
    async_harness::main!(maxfail = 1, fail_fast);
}

mod a_tag {
    async_harness::main!(tags(db, "db"));
}

fn main() {}
