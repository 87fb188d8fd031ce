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

mod in_capitals {
    async_harness::main!(Threads = 4);
}

mod of_a_test {
    async_harness::main!(flavor = "multi_thread", serial);
}

mod nothing {
    async_harness::main!(,);
}

mod in_parentheses {
    async_harness::main!((threads = 4));
}

mod a_path {
    async_harness::main!(crate = "elsewhere");
}

fn main() {}
