use async_harness::async_test;

#[async_test]
#[ignore("slow")]
async fn ignore_in_parentheses() {}

#[async_test]
#[ignore = 1]
async fn ignore_of_another_type() {}

#[async_test]
#[should_panic("why")]
async fn panic_without_expected() {}

#[async_test]
#[should_panic(expect = "why")]
async fn panic_with_a_slip() {}

#[async_test]
#[should_panic(expected = 1)]
async fn panic_of_another_type() {}

#[async_test]
#[should_panic]
#[should_panic(expected = "why")]
async fn panics_twice() {}

#[async_test]
#[should_panic]
async fn panics_and_returns() -> Result<(), String> {
    Ok(())
}

#[async_test]
#[ignore()]
async fn ignore_with_no_reason() {}

#[ignore(slow)]
#[async_test]
async fn ignore_above() {}

#[async_test]
#[should_panic()]
async fn panic_with_nothing() {}

#[async_test]
#[should_panic(expected("why"))]
async fn panic_in_parentheses() {}

fn main() {}
