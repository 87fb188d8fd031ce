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

#[async_test]
async fn reference_pattern(&a: &u8) {
    let _ = a;
}

#[async_test]
async fn bound_pattern(a @ _: u8) {
    let _ = a;
}

#[async_test]
async fn from_no_path(#[from(number<u8>)] a: u8, #[from(number())] b: u8, #[from(a)] #[from(b)] c: u8) {
    let _ = (a, b, c);
}

#[fixture]
fn number() -> u8 {
    1
}

#[async_test]
async fn without_a_size(number: [u8]) {
    let _ = number;
}

#[async_test]
async fn awaited_by_the_test(number: impl Future<Output = u8>) {
    let _ = number;
}

#[async_test]
async fn attributes_by_other_names(#[fixture] number: &u8, #[cases] a: u8) {
    let _ = (number, a);
}

#[async_test]
async fn placeholder(number: &_) {
    let _ = number;
}

fn main() {}
