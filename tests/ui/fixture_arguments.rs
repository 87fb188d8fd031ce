use async_harness::fixture;

async fn stop(_: ()) {}

#[fixture(scope = session)]
fn without_quotes() {}

#[fixture(scope = "class")]
fn unknown_scope() {}

#[fixture(scope = "function")]
fn scope_of_pytest() {}

#[fixture(session)]
fn bare_scope() {}

#[fixture(scope)]
fn scope_without_a_value() {}

#[fixture(once)]
fn once_of_rstest() {}

#[fixture(autouse = true)]
fn autouse() {}

#[fixture(lifetime = "long")]
fn unknown() {}

#[fixture("session")]
fn literal() {}

#[fixture(scope = "test", scope = "worker")]
fn twice() {}

#[fixture(teardown = "stop")]
fn teardown_in_quotes() {}

#[fixture(teardown = |value| async move { drop(value) })]
fn teardown_as_a_closure() {}

#[fixture(teardown)]
fn teardown_without_a_value() {}

#[fixture(runtime = "fresh")]
fn unknown_runtime() {}

#[fixture(runtime = "any")]
fn runtime_of_a_short_one() {}

#[fixture(serial)]
fn no_key() {}

#[fixture(serial())]
fn no_key_in_parentheses() {}

#[fixture(serial("my db"), parallel(a::b, 7, type))]
fn keys() {}

#[fixture(serial(a, a), parallel(a))]
fn keys_twice() {}

#[fixture(serial = "a")]
fn key_as_a_value() {}

#[fixture(crate = async_harness)]
fn crate_without_quotes() {}

#[fixture(scope = "sesion", teardown = 1, colour = "red")]
fn three_mistakes() {}

#[fixture(teardown = stop)]
fn legal() {}

#[fixture(tags(slow), retries = 2)]
fn arguments_of_tests() {}

#[fixture = "session"]
fn a_value() {}

#[fixture(scope("session"))]
fn scope_in_parentheses() {}

#[fixture(scope = "Session")]
fn scope_in_capitals() {}

#[fixture(params = [1, 2], name = "other")]
fn arguments_of_pytest() {}

#[fixture(timeout = "1.5s")]
fn timeout_with_a_fraction() {}

#[fixture(teardown = stop())]
fn teardown_called() {}

fn main() {}
