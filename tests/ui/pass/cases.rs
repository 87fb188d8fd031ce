//! Cases and values: names, arguments, attributes of single cases.
#![deny(warnings)]

use async_harness::{async_test, fixture, parallel, serial, xfail};
use std::borrow::Cow;
use std::net::IpAddr;
use std::num::NonZeroU8;
use std::time::Duration;

#[fixture]
fn client() -> String {
    "client".to_owned()
}

#[fixture]
async fn port() -> u16 {
    80
}

#[async_test]
#[case("US", 5)]
#[case::germany("DE", 12)]
async fn rates(#[case] country: &str, #[case] days: u32, client: String) {
    assert!(country.len() == 2 && days > 1 && client == "client");
}

#[async_test]
#[case(1)]
async fn alone(#[case] n: u8) {
    assert_eq!(n, 1);
}

#[async_harness::test]
#[case(1)]
#[case(2)]
#[case(3)]
#[case(4)]
#[case(5)]
#[case(6)]
#[case(7)]
#[case(8)]
#[case(9)]
#[case::r#type(10,)]
fn ten(#[case] n: u8) -> Result<(), String> {
    if n > 10 { Err("more than ten".to_owned()) } else { Ok(()) }
}

#[async_test]
#[case::test(1)]
#[case::serial(2)]
async fn names_that_mean_something_else(#[case] n: u8) {
    let _ = n;
}

#[async_test]
async fn values(#[values(1, 5)] n: u32, #[values("a", "foo bar", "x::y")] s: &str) {
    assert!(n > 0 && !s.is_empty());
}

#[async_test]
#[case(1)]
#[case::b(2)]
async fn both(#[values(7, 8)] m: u8, port: &mut u16, #[case] n: u8, #[values(true)] _k: bool) {
    assert!(m > n && *port == 80);
    *port = 81;
}

#[async_harness::test]
fn expressions(
    #[values(-1, 0x1F, 'a' as i32, i32::MAX, { 1 + 1 }, [1, 2][0], ((|| 3)()), "four".len() as i32)] v: i32,
) {
    assert_ne!(v, 0);
}

#[async_test]
#[case(&String::from("temporary"), Duration::from_secs(1))]
#[case(format!("{}", 1).as_str(), tokio::time::timeout(Duration::ZERO, async { 1 }).await.map_or(Duration::ZERO, Duration::from_secs))]
async fn computed_on_the_runtime(#[case] text: &str, #[case] duration: Duration) {
    assert!(!text.is_empty() && duration < Duration::from_secs(2));
}

type Name = &'static str;

#[async_test]
#[case("10.0.0.1", "7", "text", "name", "3", "opaque")]
#[case(IpAddr::from([10, 0, 0, 1]), NonZeroU8::MIN, String::new(), "", None.unwrap_or(1), "c".to_owned())]
async fn strings_of_other_types(
    #[case] ip: IpAddr,
    #[case] n: NonZeroU8,
    #[case] text: String,
    #[case] name: Name,
    #[case] bare: i64,
    #[case] opaque: impl Into<Cow<'static, str>> + Cloneable,
) {
    assert!(ip.is_ipv4() && n.get() > 0 && text.len() < 5 && name.len() < 5 && bare > 0);
    let _ = opaque.into();
}

trait Cloneable {}

impl<T: Clone> Cloneable for T {}

#[async_test]
#[case("1")]
#[case("x")]
#[should_panic(expected = r#"cannot parse "x" as `u8`: ParseIntError { kind: InvalidDigit }"#)]
async fn wrong_string(#[case] n: u8) {
    assert_eq!(n, 1);
}

/// Attributes that follow a case are of that case.
#[async_test]
#[case(1)]
#[ignore]
#[case(2)]
#[should_panic(expected = "two")]
/// Documented in between.
#[case::three(3)]
#[serial]
#[case(4)]
#[xfail = "why"]
#[cfg_attr(any(), case(5))]
#[cfg_attr(all(), case(6))]
#[cfg_attr(all(), ignore = "why", serial(a))]
#[cfg_attr(any(), nothing_of_the_kind, should_panic)]
#[case(7)]
#[parallel(ledger)]
#[cfg(all())]
#[cfg_attr(all(), allow(unused_mut))]
async fn attributes(#[case] mut n: u8) {
    match n {
        2 => panic!("two"),
        4 => panic!("as expected"),
        5 => unreachable!("left out"),
        _ => {}
    }
}

#[serial(ledger)]
#[async_test]
#[ignore = "all of them"]
#[case(1)]
#[case(2)]
#[ignore = "this one"]
#[serial(mailbox)]
async fn attributes_of_all(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[cfg_attr(all(), ignore)]
#[case(1)]
#[cfg(all())]
async fn conditional(#[case] n: u8) {
    let _ = n;
}

macro_rules! cases {
    ($name:ident: $($value:expr),*; $ty:ty) => {
        #[async_test]
        $(#[case($value)])*
        async fn $name(#[case] value: $ty) {
            let _: $ty = value;
        }
    };
}

cases!(by_a_macro: 1, 2 + 3; u8);
cases!(by_a_macro_of_strings: "1", "2"; u8);

async_harness::main!();
