use async_harness::{async_test, test_factory};

#[async_test(tags)]
async fn no_parentheses() {}

#[async_test(tags())]
async fn no_tags() {}

#[async_test(tags = "slow")]
async fn a_value() {}

#[async_test(tag(slow))]
async fn one_tag() {}

#[async_test(tags(slow), tags(db))]
async fn two_lists() {}

#[async_test(tags(slow, db, "slow"))]
async fn a_tag_twice() {}

#[async_test(tags(serial))]
async fn a_tag_of_serial() {}

#[async_test(tags("xfail"))]
async fn a_tag_of_xfail() {}

#[async_test(tags(and, "or"))]
async fn words_of_expressions() {}

#[async_test(tags(""))]
async fn an_empty_tag() {}

#[async_test(tags("needs db", "a|b", "(x)"))]
async fn tags_that_no_expression_can_name() {}

#[async_test(tags(needs-db))]
async fn a_tag_without_quotes() {}

#[async_test(tags(db::slow))]
async fn a_path() {}

#[async_test(tags(priority = 1, speed(slow)))]
async fn tags_with_values() {}

#[async_test(tags(1, 'a'))]
async fn other_literals() {}

#[test_factory(tags())]
fn made() -> Vec<async_harness::TestCase> {
    Vec::new()
}

mod declared {
    async_harness::main!(tags(slow, serial, 7));
}

fn main() {}
