//! Tests made of one function: cases, values, factories, and what is said of each of them.

use async_harness::{TestCase, async_test, fixture, parallel, serial, test_factory, xfail};
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use trace::begin;

mod names {
    use super::*;

    #[async_test]
    #[case("US", 5)]
    #[case::germany("DE", 12)]
    #[case::r#loop("FR", 13)]
    async fn rates(#[case] country: &str, #[case] days: u32) {
        assert_eq!(country.len(), 2);
        assert!(days >= 5);
    }

    #[async_harness::test]
    #[case(1)]
    #[case(2)]
    #[case(3)]
    #[case(4)]
    #[case(5)]
    #[case::six(6)]
    #[case(7)]
    #[case(8)]
    #[case(9)]
    #[case(10)]
    #[case(11)]
    fn many(#[case] number: usize) {
        static SEEN: Mutex<Option<HashSet<usize>>> = Mutex::new(None);
        assert!(SEEN.lock().unwrap().get_or_insert_default().insert(number), "{number} came twice");
    }

    #[async_test]
    async fn values(#[values(1, 2)] a: u32, #[values("x", "a b")] b: &str) {
        assert!(a < 3 && !b.is_empty());
    }

    #[async_test]
    async fn ten(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9 + 1)] n: i32) {
        assert!((0..=10).contains(&n));
    }

    #[async_harness::test]
    #[case::small(1)]
    #[case::large(1000)]
    fn both(#[case] base: u64, #[values(1 + 1, -3_i64, std::cmp::max(4, 5))] more: i64) {
        assert!(base as i64 + more > -3);
    }

    #[derive(Debug, PartialEq)]
    pub enum Kind {
        Air,
        Road(u8),
    }

    #[async_test]
    #[case(vec![1, 2], Some(Kind::Air))]
    #[case(Vec::new(), None)]
    async fn expressions(
        #[case] list: Vec<u8>,
        #[case] kind: Option<Kind>,
        #[values(Kind::Road(2), Kind::Air)] by: Kind,
    ) {
        assert_eq!(list.is_empty(), kind.is_none());
        assert!(by == Kind::Road(2) || by == Kind::Air);
    }
}

/// A literal becomes what the parameter asks for.
mod parsed {
    use super::*;

    #[async_test]
    #[case("127.0.0.1", "10.0.0.1:80", 4)]
    #[case("::1", "[::1]:8080", 6)]
    async fn addresses(#[case] ip: IpAddr, #[case] address: SocketAddr, #[case] version: u8) {
        assert_eq!(ip.is_ipv4(), version == 4);
        assert_eq!(address.is_ipv4(), version == 4);
    }

    #[async_harness::test]
    #[case("a/b", "text", "text")]
    fn texts(#[case] path: PathBuf, #[case] owned: String, #[case] borrowed: &str) {
        assert_eq!((path.as_path(), owned.as_str()), (Path::new("a/b"), borrowed));
    }

    #[async_test]
    async fn numbers(#[values("1", "2.5")] number: f64) {
        assert!(number > 0.5);
    }

    mod wrong {
        use super::*;

        #[async_harness::test]
        #[case("no address")]
        fn addresses(#[case] ip: IpAddr) {
            panic!("got {ip}");
        }
    }
}

/// An attribute after a case is that case's; one before all of them is everybody's.
mod marked {
    use super::*;

    #[async_test]
    #[case(1)]
    #[case(2)]
    #[ignore = "the second"]
    #[case(3)]
    async fn ignored(#[case] n: u32) {
        assert!(n != 2);
    }

    #[async_test]
    #[case(1)]
    #[case::bad(0)]
    #[should_panic(expected = "zero")]
    async fn panics(#[case] n: u32) {
        assert!(n != 0, "zero");
    }

    #[async_harness::test]
    #[case(1)]
    #[case(0)]
    #[xfail = "zero is known"]
    fn fails(#[case] n: u32) {
        assert!(n != 0, "zero");
    }

    /// A plain `#[cfg]` is the whole function's, wherever it stands: rustc reads it first.
    #[async_test]
    #[case(1)]
    #[cfg_attr(any(), case(2))]
    #[cfg_attr(all(), case(3))]
    async fn compiled(#[case] n: u32) {
        assert!(n != 2);
    }

    #[async_test]
    #[case(1)]
    #[cfg(any())]
    #[case(2)]
    async fn left_out(#[case] n: u32) {
        assert!(n > 2);
    }

    #[async_test]
    #[case("serial_1")]
    #[serial]
    #[case("free_2")]
    #[case("serial_3")]
    #[serial]
    async fn serially(#[case] name: &'static str) {
        let _span = begin(name);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }

    #[async_test]
    #[serial(ledger)]
    #[case("keyed_1")]
    #[case("keyed_2")]
    #[case("keyed_3")]
    async fn keyed(#[case] name: &'static str) {
        let _span = begin(name);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    #[async_test]
    #[case("keyed_4")]
    #[serial(ledger)]
    #[case("reader_5")]
    #[parallel(ledger)]
    async fn keyed_one_by_one(#[case] name: &'static str) {
        let _span = begin(name);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

mod with_fixtures {
    use super::*;

    #[fixture(scope = "session")]
    async fn base() -> u32 {
        begin("base");
        100
    }

    #[fixture]
    async fn own(base: &u32) -> u32 {
        begin("own");
        *base + 1
    }

    #[async_test]
    #[case::one(1, 101)]
    #[case::two(2, 102)]
    async fn product(#[case] a: u32, own: u32, #[values(0, 1)] b: u32, #[case] sum: u32, base: &u32) {
        assert_eq!((own, *base), (101, 100));
        assert_eq!(a + base, sum);
        assert!(b < 2);
    }
}

mod factories {
    use super::*;

    #[test_factory]
    fn thousand() -> Vec<TestCase> {
        let test = |n: usize| {
            TestCase::new(format!("n{n:03}"), move || async move {
                tokio::task::yield_now().await;
                assert!(n < 1000);
            })
        };
        (0..1000).map(test).collect()
    }

    #[test_factory]
    #[serial(ledger)]
    fn keyed() -> Vec<TestCase> {
        ["keyed_6", "keyed_7", "keyed_8"]
            .into_iter()
            .map(|name| {
                TestCase::new(name, move || async move {
                    let _span = begin(name);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                })
            })
            .collect()
    }

    #[test_factory]
    fn results() -> impl IntoIterator<Item = TestCase> {
        [
            TestCase::new("fine", || async { Ok::<(), String>(()) }),
            TestCase::new("bad: it says \"no\"", || async { Err::<(), _>("no".to_owned()) }),
            TestCase::new("mod::like", || async {}),
            TestCase::new("two\nlines", || async {}),
        ]
    }

    #[test_factory]
    fn nothing() -> Vec<TestCase> {
        Vec::new()
    }
}

/// Known failures.
mod known {
    use super::*;

    #[async_test]
    #[xfail]
    async fn fails() {
        panic!("as ever");
    }

    #[async_test]
    #[xfail = "the carrier's fault"]
    async fn fails_with_a_reason() -> Result<(), String> {
        Err("as ever".to_owned())
    }

    #[xfail]
    #[async_harness::test]
    fn fails_and_is_sync() {
        panic!("as ever");
    }

    #[async_test]
    #[xfail = "skips today"]
    async fn skips() {
        async_harness::skip!("not here");
    }

    mod fixed {
        use super::*;

        #[async_test]
        #[xfail = "was the carrier's fault"]
        async fn passes() {}

        #[async_harness::test]
        #[xfail]
        fn passes_too() {}
    }
}

async_harness::main!();
