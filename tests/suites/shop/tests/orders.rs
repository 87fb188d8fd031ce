//! The suite of a shop, for pictures: one of everything that a report shows, in some seconds. One test fails.

use async_harness::fixtures::{TestInfo, test_info};
use async_harness::{TestCase, async_test, fixture, parallel, serial, skip, test_factory, xfail};
use std::time::{Duration, Instant};

/// So many milliseconds, or as many times as long as `SHOP_PACE` says.
fn long(milliseconds: u64) -> Duration {
    let pace = std::env::var("SHOP_PACE").map_or(1, |times| times.parse().expect("a pace is a number"));
    Duration::from_millis(milliseconds * pace)
}

/// Waits without a core, as for an answer.
async fn waits(milliseconds: u64) {
    tokio::time::sleep(long(milliseconds)).await;
}

/// Uses a core.
fn works(milliseconds: u64) {
    let end = Instant::now() + long(milliseconds);
    while Instant::now() < end {
        std::hint::black_box(end);
    }
}

struct Client(u16);

impl Client {
    /// Orders this many, and gives the total in cents.
    async fn order(&self, what: &str, count: u32) -> u32 {
        println!("POST http://localhost:{}/orders {{\"{what}\": {count}}}", self.0);
        waits(420).await;
        println!("201 Created");
        count * 1_990 - 10
    }
}

#[fixture(scope = "session", teardown = drop_database)]
async fn database() -> &'static str {
    waits(500).await;
    "orders"
}

async fn drop_database(_: &'static str) {
    waits(260).await;
}

#[fixture(scope = "session", teardown = stop)]
async fn server(database: &&'static str) -> u16 {
    assert_eq!(*database, "orders");
    works(60);
    waits(240).await;
    8080
}

async fn stop(_: u16) {
    waits(120).await;
}

#[fixture(scope = "worker")]
fn index() -> u32 {
    works(110);
    64
}

#[fixture]
async fn client(server: &u16) -> Client {
    waits(45).await;
    Client(*server)
}

mod carts {
    use super::*;

    #[async_test]
    #[case(1, 260)]
    #[case::full(40, 720)]
    #[case::too_full(41, 330)]
    async fn a_cart_is_paid(#[case] items: u32, #[case] takes: u64, client: &Client) {
        assert!(items > 0 && client.0 > 0);
        waits(takes).await;
    }
}

mod ledger {
    use super::*;

    #[async_test]
    #[serial(ledger)]
    #[case::day(480)]
    #[case::week(760)]
    #[case::month(1_100)]
    #[case::quarter(1_500)]
    #[case::year(2_300)]
    async fn a_period_is_closed(#[case] takes: u64, database: &&'static str) {
        assert_eq!(database.len(), 6);
        works(takes / 6);
        waits(takes * 5 / 6).await;
    }

    #[async_test]
    #[serial]
    async fn the_schema_is_migrated(database: &&'static str) {
        assert_eq!(database.len(), 6);
        waits(520).await;
        works(160);
    }

    #[async_test]
    #[serial]
    async fn the_year_is_archived() {
        works(120);
        waits(260).await;
    }
}

mod orders {
    use super::*;

    #[async_test]
    async fn two_kettles_are_ordered(client: &Client) {
        let total = client.order("kettle", 2).await;
        println!("to pay: {total}");
        assert_eq!(total, 3_980, "two kettles at 19.90");
    }

    #[async_test]
    async fn an_order_is_cancelled(client: &Client) {
        assert!(client.0 > 0);
        waits(380).await;
    }

    #[async_test]
    #[ignore = "takes an hour"]
    async fn a_year_of_orders_is_imported() {
        waits(3_600_000).await;
    }

    #[async_test]
    #[xfail = "rounds half a cent"]
    async fn a_discount_is_exact() {
        waits(200).await;
        assert_eq!(199 * 15 / 100 * 100, 199 * 15);
    }
}

mod rates {
    use super::*;

    #[async_test(retries = 1)]
    async fn a_carrier_is_found(test_info: &TestInfo) {
        waits(310).await;
        assert!(test_info.attempt() > 1, "no carrier has answered");
    }

    #[async_test]
    async fn the_carrier_itself_is_asked() {
        waits(90).await;
        skip!("no network");
    }

    #[async_test]
    #[case::austria("AT")]
    #[case::france("FR")]
    #[case::germany("DE")]
    #[case::italy("IT")]
    #[case::switzerland("CH")]
    async fn a_country_has_a_rate(#[case] country: &str, client: &Client) {
        assert!(client.0 > 0);
        waits(120 + 30 * u64::from(country.as_bytes()[1] % 16)).await;
    }
}

mod search {
    use super::*;

    #[test_factory]
    fn found() -> Vec<TestCase> {
        let words = [
            "apron", "bowl", "cup", "dish", "fork", "glass", "jug", "kettle", "ladle", "mug", "pan", "spoon",
        ];
        let test = |(place, word): (u64, &'static str)| {
            TestCase::new(word, async move || {
                works(20);
                waits(100 + 31 * (place * 7 % 12)).await;
            })
        };
        (0..).zip(words).map(test).collect()
    }

    #[async_test]
    #[case::one_word(190)]
    #[case::two_words(270)]
    #[case::a_typo(410)]
    async fn a_search_is_ranked(#[case] takes: u64, index: &u32) {
        assert_eq!(*index, 64);
        works(takes / 2);
        waits(takes / 2).await;
    }
}

mod shipments {
    use super::*;

    #[async_test]
    async fn labels_are_printed(client: &Client) {
        assert!(client.0 > 0);
        works(600);
        waits(1_300).await;
    }

    #[async_test]
    async fn a_parcel_is_followed(client: &Client) {
        assert!(client.0 > 0);
        waits(1_450).await;
    }
}

mod stock {
    use super::*;

    #[async_test]
    #[parallel(stock)]
    #[case::shelf(330)]
    #[case::cellar(450)]
    #[case::harbour(610)]
    async fn a_place_is_counted(#[case] takes: u64, database: &&'static str) {
        assert_eq!(database.len(), 6);
        waits(takes).await;
    }

    #[async_test]
    #[serial(stock)]
    async fn the_stock_is_moved(database: &&'static str) {
        assert_eq!(database.len(), 6);
        waits(780).await;
    }
}

async_harness::main!();
