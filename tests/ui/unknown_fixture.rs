use async_harness::{async_test, fixture};

fn number() -> u8 {
    1
}

mod client {
    #[async_harness::fixture]
    pub fn session() {}
}

struct Database;

#[async_test]
async fn unknown(nowhere: &str) {
    let _ = nowhere;
}

#[async_harness::test]
fn unknown_in_a_sync_test(_nowhere: u8) {}

#[fixture]
fn unknown_in_a_fixture(first: &str, nowhere: &str) {
    let _ = (first, nowhere);
}

#[async_test]
#[case(1)]
#[case(2)]
async fn unknown_in_cases(#[case] n: u8, nowhere: &mut str) {
    let _ = (n, nowhere);
}

#[async_test]
async fn function(number: u8) {
    let _ = number;
}

#[async_test]
async fn module(client: u8) {
    let _ = client;
}

#[async_test]
async fn not_imported(session: ()) {
    session
}

#[async_test]
async fn unknown_path(#[from(client::nowhere)] it: u8) {
    let _ = it;
}

#[async_harness::test]
fn a_type(#[from(Database)] database: &Database) {
    let _ = database;
}

#[async_test]
async fn a_type_to_change(#[from(Database)] database: &mut Database) {
    let _ = database;
}

#[async_test]
async fn a_type_to_take(#[from(Database)] database: Database) {
    let _ = database;
}

#[fixture]
fn a_type_in_a_fixture(#[from(Database)] text: &str) {
    let _ = text;
}

mod other {
    #[async_harness::fixture]
    fn hidden() {}
}

#[async_test]
async fn private(#[from(other::hidden)] hidden: ()) {
    hidden
}

#[async_harness::test]
fn built_in_not_imported(tmp_dir: &async_harness::fixtures::TmpDir) {
    let _ = tmp_dir;
}

fn main() {
    let _ = (Database, number());
}
