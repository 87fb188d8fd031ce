mod unknown {
    async_harness::main!(colour = "red");
}

mod in_other_words {
    async_harness::main!(test_threads = 8);
}

mod of_a_run {
    async_harness::main!(shuffle);
}

mod no_setting {
    async_harness::main!("threads");
}

fn main() {}
