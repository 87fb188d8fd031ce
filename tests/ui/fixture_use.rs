use async_harness::{async_test, fixture};

#[fixture(scope = "session")]
fn server() -> String {
    String::new()
}

#[fixture(scope = "module")]
fn schema() -> String {
    String::new()
}

#[fixture(scope = "worker")]
fn database() -> String {
    String::new()
}

#[fixture]
fn client() -> String {
    String::new()
}

#[fixture(teardown = close)]
fn socket() -> String {
    String::new()
}

async fn close(_: String) {}

#[fixture(scope = "session")]
fn longer_than_a_test(client: &str) {
    let _ = client;
}

#[fixture(scope = "session")]
fn longer_than_a_worker(server: &str, database: &str) {
    let _ = (server, database);
}

#[fixture(scope = "session")]
fn longer_than_a_module(schema: &str) {
    let _ = schema;
}

#[fixture(scope = "module")]
fn longer_than_a_worker_too(#[from(database)] db: &str) {
    let _ = db;
}

#[fixture(scope = "module")]
fn longer_than_a_test_too(client: &str) {
    let _ = client;
}

#[fixture(scope = "worker")]
fn longer_than_a_test_as_well(client: &str) {
    let _ = client;
}

#[async_test]
async fn changes_what_others_use(server: &mut String, schema: &mut String) {
    let _ = (server, schema);
}

#[fixture]
fn changes_what_others_use_too(#[from(crate::server)] s: &mut String) {
    let _ = s;
}

#[async_harness::test]
fn takes_what_others_use(server: String, schema: String, database: String) {
    let _ = (server, schema, database);
}

#[async_test]
async fn takes_what_is_torn_down(socket: String) {
    let _ = socket;
}

#[async_test]
#[case(1)]
#[case(2)]
async fn takes_in_cases(socket: String, #[case] n: u8) {
    let _ = (socket, n);
}

#[async_test]
async fn twice(client: &mut String, #[from(client)] again: &str) {
    let _ = (client, again);
}

#[async_test]
async fn twice_taken(client: String, _client: String) {
    let _ = client;
}

fn main() {}
