use async_harness::{async_test, fixture, serial};

#[fixture]
fn client() {}

#[async_test]
#[case(1)]
async fn no_parameters() {}

#[async_test]
#[case(1)]
async fn no_case_parameters(client: ()) {
    client
}

#[async_test]
async fn no_cases(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case(1)]
#[case(1, 2)]
#[case::none()]
async fn wrong_numbers(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case(1)]
async fn one_of_two(#[case] n: u8, #[case] m: u8) {
    let _ = (n, m);
}

#[async_test]
#[case]
#[case = 1]
async fn no_arguments(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case(1 +)]
#[case(1 2)]
async fn no_expressions(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case(1)]
async fn arguments_of_a_parameter(#[case(1)] n: u8) {
    let _ = n;
}

#[async_test]
#[case("abc", 1)]
#[case(1, 'c')]
async fn of_another_type(#[case] n: &str, #[case] m: u8) {
    let _ = (n, m);
}

struct Opaque;

#[async_test]
#[case("abc")]
async fn a_string_that_is_none(#[case] opaque: Opaque) {
    let _ = opaque;
}

#[case(1)]
#[async_test]
async fn above(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case(1)]
#[should_panic]
async fn panics_and_returns(#[case] n: u8) -> Result<(), String> {
    let _ = n;
    Ok(())
}

#[async_test]
#[serial(a, a)]
#[case(1)]
#[serial("b")]
#[case(2)]
#[ignore(1)]
#[serial(a)]
async fn attributes(#[case] n: u8) {
    let _ = n;
}

#[async_test]
async fn no_values(#[values] a: u8, #[values()] b: u8, #[values = 1] c: u8, #[values(1 2)] d: u8) {
    let _ = (a, b, c, d);
}

#[async_test]
async fn values_without_a_name(#[values((1, 2))] (a, b): (u8, u8), #[values(1)] _: u8) {
    let _ = (a, b);
}

#[async_test]
async fn values_of_another_type(#[values(1, "a", 'b')] n: u8) {
    let _ = n;
}

#[async_test]
#[case(1)]
async fn result(#[case] n: u8) -> u8 {
    n
}

#[async_harness::test]
#[case(1)]
#[case(2)]
fn sync_result(#[case] n: u8) -> Option<u8> {
    Some(n)
}

#[async_test]
#[case::a::b(1)]
async fn name_of_several_words(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[values(1, 2)]
async fn values_of_the_function() {}

#[async_test]
#[timeout(std::time::Duration::from_secs(1))]
#[awt]
async fn attributes_of_rstest() {}

#[async_test]
#[case(let x = 1)]
async fn a_statement(#[case] n: u8) {
    let _ = n;
}

#[async_harness::test]
#[case(std::future::ready(1).await)]
fn awaited_in_a_sync_test(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case("1".parse()?)]
async fn a_question(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case("a")]
async fn unsized_parameters(#[case] a: str, #[values("b")] b: [u8], #[values("c")] c: dyn Fn()) {
    let _ = (a, b, c);
}

#[async_test]
#[case::a = 1]
async fn a_value_of_a_name(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[test_case(1)]
async fn cases_of_another_crate(n: u8) {
    let _ = n;
}

#[async_test]
async fn values_in_one(#[values(0..3)] a: u8, #[values([1, 2])] b: u8) {
    let _ = (a, b);
}

#[async_test]
async fn values_of_nothing(#[values(,)] a: u8) {
    let _ = a;
}

#[async_test]
async fn values_by_another_name(#[value(1)] a: u8) {
    let _ = a;
}

#[async_test]
#[values(1)]
#[case(1)]
async fn values_above_cases(#[case] n: u8) {
    let _ = n;
}

fn main() {}
