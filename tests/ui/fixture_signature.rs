use async_harness::{async_test, fixture};

#[fixture]
unsafe fn dangerous() {}

#[fixture]
const fn constant() {}

#[fixture]
extern "C" fn foreign() {}

#[fixture]
fn generic<T: Default>() -> T {
    T::default()
}

#[fixture]
fn opaque() -> impl Iterator<Item = u8> {
    [1].into_iter()
}

#[fixture]
fn perhaps_opaque() -> Result<impl Iterator<Item = u8>, ()> {
    Ok([1].into_iter())
}

#[fixture]
fn list() -> Vec<u8> {
    vec![1]
}

#[fixture]
fn borrowed(list: &Vec<u8>) -> &u8 {
    &list[0]
}

struct Suite;

impl Suite {
    #[fixture]
    fn method(&self) {}
}

#[fixture]
struct NotAFunction;

#[fixture]
static NOT_A_FUNCTION: u8 = 0;

// Those who use it are told nothing: there is such a fixture.
#[async_test]
async fn uses_a_fixture_with_a_mistake(dangerous: ()) {
    dangerous
}

fn main() {}
