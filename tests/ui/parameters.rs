use async_harness::{async_test, fixture};

#[async_test]
async fn pattern((a, b): (u8, u8)) {
    let _ = (a, b);
}

#[async_test]
async fn wildcard(_: u8) {}

#[async_test]
async fn digit(_1: u8) {}

#[async_test]
async fn from_nothing(#[from] a: u8, #[from()] b: u8, #[from("number")] c: u8, #[from = number] d: u8) {
    let _ = (a, b, c, d);
}

#[async_test]
async fn from_two_places(#[case] #[values(1)] a: u8, #[values(1)] #[from(number)] b: u8) {
    let _ = (a, b);
}

#[async_test]
async fn twice(#[values(1)] #[values(2)] a: u8) {
    let _ = a;
}

#[async_test]
async fn attributes_of_rstest(
    #[future] a: u8,
    #[with(1)] b: u8,
    #[default(1)] c: u8,
    #[files("*.txt")] d: &str,
    #[notrace] e: u8,
) {
    let _ = (a, b, c, d, e);
}

#[async_test]
async fn conditional(#[cfg(unix)] a: u8) {
    let _ = a;
}

#[fixture]
fn fixture_of_cases(#[case] a: u8, #[values(1, 2)] b: u8) {
    let _ = (a, b);
}

fn main() {}
