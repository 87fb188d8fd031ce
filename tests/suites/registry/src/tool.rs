//! A program whose unit tests run under the harness.

#[cfg(not(test))]
fn main() {
    println!("{}", greeting());
}

fn greeting() -> &'static str {
    "hello"
}

#[cfg(test)]
mod tests {
    #[async_harness::async_test]
    async fn greets() {
        assert_eq!(super::greeting(), "hello");
    }
}

#[cfg(test)]
async_harness::main!();
