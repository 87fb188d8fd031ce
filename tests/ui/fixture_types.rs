use async_harness::{async_test, fixture};
use std::cell::Cell;
use std::rc::Rc;

struct Silent;

#[fixture(scope = "session")]
fn not_shared() -> Rc<u8> {
    Rc::new(1)
}

struct Pool {
    _connections: Cell<u8>,
}

#[fixture(scope = "module")]
async fn not_shared_inside() -> Pool {
    Pool { _connections: Cell::new(1) }
}

#[fixture(scope = "worker")]
fn not_sent() -> Result<Rc<u8>, ()> {
    Ok(Rc::new(1))
}

#[fixture]
fn error_without_debug() -> Result<u8, Silent> {
    Err(Silent)
}

#[fixture(teardown = stop_sync)]
fn torn_down_by_a_sync_function() -> u8 {
    1
}

fn stop_sync(_: u8) {}

#[fixture(teardown = stop_number)]
fn torn_down_by_another_type() -> String {
    String::new()
}

async fn stop_number(_: u8) {}

#[fixture(teardown = stop_with_a_number)]
fn torn_down_with_a_number() -> u8 {
    1
}

async fn stop_with_a_number(number: u8) -> u8 {
    number
}

#[fixture(teardown = stop_silently)]
fn torn_down_silently() -> u8 {
    1
}

async fn stop_silently(_: u8) -> Result<(), Silent> {
    Ok(())
}

#[fixture(teardown = nothing_of_the_kind)]
fn torn_down_by_nothing() -> u8 {
    1
}

#[fixture]
fn number() -> u8 {
    1
}

#[async_test]
async fn of_another_type(number: &u16) {
    let _ = number;
}

#[async_test]
async fn of_another_type_taken(number: String) {
    let _ = number;
}

#[fixture]
fn of_another_type_in_a_fixture(number: &str) {
    let _ = number;
}

#[async_test]
async fn for_ever(number: &'static u8) {
    let _ = number;
}

#[fixture(teardown = stop_nothing)]
fn torn_down_without_it() -> u8 {
    1
}

async fn stop_nothing() {}

#[fixture(teardown = stop_two)]
fn torn_down_with_more() -> u8 {
    1
}

async fn stop_two(_: u8, _: u8) {}

#[fixture(teardown = STOP)]
fn torn_down_by_a_constant() -> u8 {
    1
}

const STOP: u8 = 1;

#[async_test]
async fn borrowed_inside(number: Option<&u8>) {
    let _ = number;
}

#[async_test]
async fn shared(number: std::sync::Arc<u8>) {
    let _ = number;
}

#[async_test]
#[allow(unused_parens)]
async fn for_ever_in_parentheses(number: (&'static u8)) {
    let _ = number;
}

#[async_test]
async fn for_ever_by_a_bound<'a: 'static>(number: &'a u8) {
    let _ = number;
}

#[async_harness::test]
fn for_ever_by_a_clause<'a>(number: &'a u8)
where
    'a: 'static,
{
    let _ = number;
}

#[fixture]
fn for_ever_in_a_fixture<'a: 'static>(number: &'a u8) {
    let _ = number;
}

#[fixture]
fn unnamed() -> impl Fn() {
    || ()
}

#[async_test]
async fn uses_it_unnamed(unnamed: &dyn Fn()) {
    unnamed();
}

#[fixture]
fn borrowed() -> &str {
    ""
}

#[async_harness::test]
fn uses_it_borrowed(borrowed: &str) {
    let _ = borrowed;
}

#[fixture]
fn of_no_size() -> [u8] {
    [1]
}

#[fixture]
fn uses_it_of_no_size(of_no_size: &[u8]) {
    let _ = of_no_size;
}

#[fixture]
fn unwritten() -> Vec<_> {
    vec![1_u8]
}

#[async_test]
async fn uses_it_unwritten(unwritten: &[u8]) {
    let _ = unwritten;
}

fn main() {}
