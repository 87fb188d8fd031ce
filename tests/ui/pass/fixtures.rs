//! Every form of a fixture, and every way to hold one.
#![deny(warnings)]

use async_harness::{async_test, fixture, fixture as renamed};
use std::fmt::Display;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

static STARTED: AtomicU32 = AtomicU32::new(0);

#[derive(Clone, Debug)]
pub struct Server {
    url: String,
}

/// A server, one for all.
#[fixture(scope = "session", teardown = stop)]
async fn server() -> Result<Server, io::Error> {
    STARTED.fetch_add(1, Ordering::Relaxed);
    Ok(Server { url: "http://server".to_owned() })
}

async fn stop(server: Server) -> Result<(), String> {
    drop(server.url);
    Ok(())
}

#[fixture(scope = "module", runtime = "any")]
pub(crate) fn schema(server: &Server) -> Box<dyn Display + Send + Sync> {
    Box::new(format!("{}/schema", server.url))
}

#[fixture(scope = "worker", teardown = self::elsewhere::close,)]
async fn database(server: &Server) -> io::Result<Vec<u8>> {
    Ok(server.url.clone().into_bytes())
}

mod elsewhere {
    pub async fn close(database: Vec<u8>) {
        drop(database);
    }

    use async_harness::fixture;

    #[fixture]
    pub fn port() -> u16 {
        80
    }

    pub mod harness {
        pub use async_harness::*;
    }
}

#[fixture()]
async fn client(server: &Server, #[from(schema)] s: &dyn Display, database: &mut Vec<u8>) -> String {
    database.push(b'!');
    format!("{} {s}", server.url)
}

#[fixture(serial(ledger, mailbox), parallel(clock), scope = "test", runtime = "session")]
fn keyed(mut client: String) -> Option<String> {
    client.push('!');
    Some(client)
}

#[renamed]
fn unit() {}

#[fixture(crate = "elsewhere::harness")]
#[cfg_attr(all(), doc = "Found elsewhere.")]
async fn result() -> std::result::Result<(), ()> {
    Ok(())
}

#[fixture]
#[cfg(any())]
fn left_out() -> Nothing {
    nothing_of_the_kind()
}

#[fixture]
#[allow(non_snake_case)]
fn Upper() -> &'static str {
    "upper"
}

#[fixture]
fn r#type() -> i32 {
    7
}

#[async_test]
async fn borrowed(server: &Server, schema: &dyn Display, client: &str, database: &[u8]) {
    assert_eq!(STARTED.load(Ordering::Relaxed), 1);
    assert_eq!(server.url, "http://server");
    assert_eq!(schema.to_string(), "http://server/schema");
    assert_eq!(client, "http://server http://server/schema");
    assert!(database.ends_with(b"!"));
    tokio::task::yield_now().await;
}

#[async_test]
async fn borrowed_mutably(client: &mut String, database: &mut Vec<u8>) -> Result<(), String> {
    client.clear();
    database.clear();
    Ok(())
}

#[async_test(runtime = "fresh")]
async fn taken(mut client: String, _unit: ()) {
    client.clear();
}

#[async_harness::test(runtime = "session")]
fn in_a_sync_test(_server: &Server, keyed: Option<String>) {
    assert!(keyed.unwrap().ends_with('!'));
}

#[async_test]
async fn from_another_path(#[from(elsewhere::port)] port: u16, #[from(crate::Upper)] _: &str) {
    assert_eq!(port, 80);
}

#[async_test]
async fn twice(client: &str, #[from(client)] again: &String) {
    assert_eq!(client, again);
}

#[async_test]
async fn patterns(#[from(server)] Server { url }: &Server, r#type: &i32, _type: &i32) {
    assert_eq!(url, "http://server");
    let _ = r#type;
}

#[async_test]
async fn opaque(client: &impl Display, #[from(Upper)] upper: impl Display) {
    assert_eq!(format!("{client}{upper}"), "http://server http://server/schemaupper");
}

#[async_test]
#[case("server")]
async fn named_lifetimes<'a, 'b: 'a>(client: &'a str, #[case] part: &'b str) -> Result<(), String> {
    assert!(client.contains(part));
    Ok(())
}

#[async_harness::test]
fn unused(unit: (), _result: &()) {
    unit
}

#[async_test(crate = "elsewhere::harness")]
async fn found_elsewhere(client: String) {
    drop(client);
}

#[async_test]
async fn around() {
    #[fixture]
    fn local() -> u8 {
        1
    }

    #[async_test]
    async fn inside(local: u8) {
        assert_eq!(local, 1);
    }
}

mod by_macros {
    use super::{async_test, fixture};

    macro_rules! one {
        ($fixture:ident, $ty:ty, $test:ident) => {
            #[fixture(scope = "session")]
            fn $fixture() -> Result<$ty, String> {
                Ok(<$ty>::default())
            }

            #[async_test]
            async fn $test($fixture: &$ty) {
                assert_eq!(*$fixture, <$ty>::default());
            }
        };
    }

    one!(number, u8, takes_a_number);
    one!(text, String, takes_a_text);
}

#[fixture]
fn trimmed<'a: 'b, 'b>(client: &'a str, #[from(elsewhere::port)] _port: &'b u16) -> std::borrow::Cow<'static, str> {
    client.trim().to_owned().into()
}

type Shortest = Box<dyn for<'a> Fn(&'a str) -> &'a str>;

#[fixture]
async fn functions() -> Result<(fn(&str) -> &str, Shortest, Box<dyn Fn(&u8) -> &u8 + 'static>), &'static str> {
    Ok((str::trim, Box::new(str::trim_end), Box::new(|number| number)))
}

#[async_test]
async fn types_that_borrow_from_whoever_calls(
    trimmed: &str,
    functions: &(fn(&str) -> &str, Shortest, Box<dyn Fn(&u8) -> &u8>),
) -> Result<(), &'static str> {
    assert_eq!(functions.0(trimmed), functions.1(trimmed));
    assert_eq!(functions.2(&1), &1);
    Ok(())
}

#[async_harness::test]
fn borrows_its_error<'a>(trimmed: &'a str) -> Result<(), &'a str> {
    if trimmed.is_empty() { Err(trimmed) } else { Ok(()) }
}

#[async_harness::test]
#[case("a")]
fn borrows_for_ever<'a: 'static, 'b>(#[case] text: &'a str, trimmed: &'b str) {
    assert_ne!(text, trimmed);
}

async_harness::main!();
