use async_harness::{async_test, fixture, serial, test_factory};

#[async_test(timeout = 5)]
async fn timeout_without_a_unit() {}

#[async_test(timeout = "5")]
async fn timeout_without_a_unit_in_quotes() {}

#[async_test(timeout = "soon")]
async fn timeout_in_words() {}

#[async_test(timeout = "-5s")]
async fn timeout_in_the_past() {}

#[async_test(timeout = "0s")]
async fn no_time() {}

#[async_test(timeout)]
async fn timeout_without_a_value() {}

#[async_test(timeout = "5s", timeout = "6s")]
async fn timeout_twice() {}

#[async_harness::test(retries = "2")]
fn retries_of_another_type() {}

#[async_harness::test(retries = -1)]
fn fewer_than_no_retries() {}

#[async_harness::test(retries = 2u32)]
fn retries_with_a_suffix() {}

#[async_harness::test(retries = 4294967296)]
fn too_many_retries() {}

#[async_harness::test(retries = 1, retries = 1)]
fn retries_twice() {}

#[async_test(group = "")]
async fn no_group() {}

#[async_test(group = database)]
async fn group_without_quotes() {}

#[async_test(group("database"))]
async fn group_in_parentheses() {}

#[async_test(group = "a", group = "b")]
async fn two_groups() {}

#[async_test(threads_required = 0)]
async fn no_threads() {}

#[async_test(threads_required = "4")]
async fn threads_of_another_type() {}

#[async_test(threads_required = 4, threads_required = 4)]
async fn threads_twice() {}

#[async_test(group = "a", threads_required = 2)]
#[serial]
async fn on_no_worker() {}

#[async_test(group = "a")]
#[case(1)]
#[case(2)]
#[serial]
async fn one_case_on_no_worker(#[case] _n: u32) {}

#[test_factory(threads_required = 2)]
#[serial]
fn made_on_no_worker() -> Vec<async_harness::TestCase> {
    Vec::new()
}

#[test_factory(timeout = "soon", retries = 0.5)]
fn made_in_time() -> Vec<async_harness::TestCase> {
    Vec::new()
}

#[fixture(timeout = 30)]
fn set_up_without_a_unit() {}

#[fixture(timeout = "0ms")]
fn set_up_in_no_time() {}

#[fixture(timeout = "1s", timeout = "1s")]
fn set_up_in_two_times() {}

#[async_test(timeout = "later", retries = no, group = 1, threads_required = 0)]
async fn four_mistakes() {}

#[async_test(timeout = 1.5)]
async fn timeout_with_a_fraction() {}

#[async_test(timeout = "1.5s")]
async fn timeout_with_a_fraction_in_quotes() {}

#[async_test(timeout = Duration::from_secs(5))]
async fn timeout_to_be_computed() {}

#[async_test(timeout = concat!("5", "s"))]
async fn timeout_by_a_macro() {}

#[async_test(timeout = b"5s")]
async fn timeout_in_bytes() {}

#[async_test(retries = true)]
async fn retries_as_a_switch() {}

#[async_test(retry = 3, timeout_ms = 300)]
async fn options_of_others() {}

#[async_test(threads_required = 99999999999999999999)]
async fn more_threads_than_there_can_be() {}

#[async_test(group = 'a')]
async fn group_of_one_letter() {}

#[async_test(task_panics)]
async fn task_panics_without_a_value() {}

#[async_test(task_panics = "panic")]
async fn task_panics_in_other_words() {}

fn main() {}
