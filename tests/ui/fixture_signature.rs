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

#[fixture]
fn without_a_size() -> dyn Fn() {
    unreachable!()
}

#[fixture]
fn slice() -> [u8] {
    unreachable!()
}

#[fixture]
async fn text() -> Result<str, ()> {
    unreachable!()
}

#[fixture]
fn opaque_inside() -> Option<impl Iterator<Item = u8>> {
    Some([1].into_iter())
}

#[fixture]
fn opaque_deep_inside() -> Result<Vec<impl Iterator<Item = u8>>, ()> {
    Ok(vec![[1].into_iter()])
}

#[fixture]
fn opaque_future() -> impl Future<Output = u8> {
    async { 1 }
}

#[fixture]
fn borrowed_from_nobody() -> &u8 {
    &1
}

#[fixture]
fn borrowed_inside() -> Option<&u8> {
    None
}

#[fixture]
fn borrowed_beside(list: &Vec<u8>) -> (usize, &u8) {
    (list.len(), &list[0])
}

#[fixture]
fn borrowed_by_name<'a>(list: &'a Vec<u8>) -> &'a u8 {
    &list[0]
}

#[fixture]
fn borrowed_by_an_unknown_name() -> &'a u8 {
    &1
}

#[fixture]
fn borrowed_in_a_type(list: &Vec<u8>) -> std::slice::Iter<'_, u8> {
    list.iter()
}

#[fixture]
fn borrowed_in_an_object(list: &Vec<u8>) -> Box<dyn Iterator<Item = u8> + '_> {
    Box::new(list.iter().copied())
}

#[fixture]
fn borrowed_error(list: &Vec<u8>) -> Result<u8, &str> {
    Ok(list[0])
}

#[fixture]
fn unwritten() -> _ {
    1
}

struct Taken;

#[fixture]
#[allow(non_snake_case)]
fn Taken() {}

#[fixture]
fn bodiless();

fn main() {}
