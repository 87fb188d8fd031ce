use async_harness::async_test;

#[async_test(colour = "red")]
async fn unknown() {}

#[async_test(threads)]
async fn unknown_flag() {}

#[async_test("multi_thread")]
async fn literal() {}

#[async_test(flavor = "current_thread", flavor = "local")]
async fn twice() {}

#[async_test(flavor = "single")]
async fn unknown_flavor() {}

#[async_test(flavor = 1)]
async fn flavor_of_another_type() {}

#[async_test(flavor)]
async fn flavor_without_a_value() {}

#[async_test(flavor("local"))]
async fn flavor_in_parentheses() {}

#[async_test(flavor = )]
async fn flavor_without_a_value_after_all() {}

#[async_test(flavor = "multi_thread", worker_threads = 0)]
async fn no_workers() {}

#[async_test(flavor = "multi_thread", worker_threads = "2")]
async fn workers_of_another_type() {}

#[async_test(flavor = "multi_thread", worker_threads = 2u8)]
async fn workers_of_another_size() {}

#[async_test(flavor = "multi_thread", worker_threads = 1 + 1)]
async fn workers_to_be_computed() {}

#[async_test(start_paused = "true")]
async fn paused_of_another_type() {}

#[async_test(start_paused)]
async fn paused_without_a_value() {}

#[async_test(name = shipments)]
async fn name_of_another_type() {}

#[async_test(name = "")]
async fn no_name() {}

#[async_test(unhandled_panic = "abort")]
async fn unknown_behaviour() {}

#[async_test(runtime = "shared")]
async fn unknown_runtime() {}

#[async_test(runtime)]
async fn runtime_without_a_value() {}

#[async_test(crate = async_harness)]
async fn path_without_quotes() {}

#[async_test(crate = "async-harness")]
async fn not_a_path() {}

#[async_test(flavor = "loca", start_paused = 1, taste = "sweet")]
async fn three_mistakes() {}

#[async_test(serial(db), ignore = "why", should_panic)]
async fn attributes_as_arguments() {}

#[async_test(scope = "session")]
async fn an_argument_of_fixtures() {}

#[async_test = "5s"]
async fn a_value() {}

#[async_test(timeout("5s"))]
async fn timeout_in_parentheses() {}

#[async_test(timeout: "5s")]
async fn a_colon() {}

#[async_test(timeout = "5s"; retries = 1)]
async fn a_semicolon() {}

#[async_test((timeout = "5s"))]
async fn parentheses_twice() {}

#[async_test(timeout = "5s",,)]
async fn two_commas() {}

#[async_test(timeout == "5s")]
async fn two_equal_signs() {}

#[async_test(tokio::flavor = "local")]
async fn a_path() {}

#[async_test(r#flavor = "local")]
async fn a_raw_identifier() {}

#[async_test(flavor = "multi_thread", worker_threads = -2)]
async fn fewer_than_no_workers() {}

#[async_test(crate = "")]
async fn no_path() {}

#[async_test(crate = "a<b>")]
async fn a_path_with_arguments() {}

#[async_test(xfail, parallel, expected = "why")]
async fn marks_as_arguments() {}

#[async_test(from(client), values(1), fixture(client))]
async fn attributes_of_parameters_as_arguments() {}

#[async_harness::test(flavor = "multi_thread")]
fn a_flavor_of_nothing() {}

fn main() {}
