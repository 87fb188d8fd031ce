//! The store: what survives, what is refused, and what happens together.

use crate::support::fixtures::*;
use crate::support::{Options, samples};
use anyhow::Result;
use async_harness::prelude::*;
use shipments::account::{Account, ApiKey, digest};
use shipments::ledger::Posting;
use shipments::money::{Currency, Money};
use shipments::shipment::State;
use shipments::store::{Store, StoreError};
use shipments::timestamp::Timestamp;
use sqlx::{Connection, SqliteConnection};

const NOW: Timestamp = Timestamp::from_secs(1_000);

fn account(id: &str) -> Account {
    Account {
        id: id.to_owned(),
        name: "Acme".to_owned(),
        currency: Currency::Eur,
        margin_bp: 0,
        balance: Money::zero(Currency::Eur),
        created_at: NOW,
    }
}

fn deposit(amount: i64) -> Posting {
    Posting::deposit(Money::new(amount, Currency::Eur), "wire")
}

#[async_test]
async fn a_new_store_answers() -> Result<(), StoreError> {
    Store::open("sqlite::memory:").await?.ping().await
}

#[async_test]
async fn an_image_is_a_store_of_its_own(store: &Store) -> Result<()> {
    store.add_account(&account("acc_1")).await?;
    let copy = Store::of_image(&store.image().await?).await?;
    store.add_account(&account("acc_2")).await?;
    assert!(copy.account("acc_1").await?.is_some());
    assert!(copy.account("acc_2").await?.is_none());
    let (key, secret) = ApiKey::issue("laptop", NOW);
    assert!(copy.add_key("acc_none", &key, &digest(&secret)).await.is_err(), "it forgot its foreign keys");
    Ok(())
}

#[async_test]
async fn what_is_no_image_is_refused() {
    let error = Store::of_image(b"").await.unwrap_err();
    assert_eq!(error.to_string(), "failed reading an image");
}

#[async_test]
async fn two_stores_in_memory_are_two() -> Result<()> {
    let (one, two) = (Store::open("sqlite::memory:").await?, Store::open("sqlite::memory:").await?);
    one.add_account(&account("acc_1")).await?;
    assert_eq!(two.account("acc_1").await?, None);
    Ok(())
}

#[async_test]
async fn a_file_is_found_again(database_url: &str) -> Result<()> {
    let store = Store::open(database_url).await?;
    store.add_account(&account("acc_1")).await?;
    store.deposit("acc_1", &deposit(500), NOW).await?;
    store.close().await;
    let again = Store::open(database_url).await?;
    let found = again.account("acc_1").await?.expect("the account is gone");
    assert_eq!(found.balance, Money::new(500, Currency::Eur));
    again.close().await;
    Ok(())
}

#[async_test]
async fn a_database_of_a_later_version_is_left_alone(database_url: &str) -> Result<()> {
    let mut connection = SqliteConnection::connect(database_url).await?;
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut connection).await?;
    connection.close().await?;
    let error = Store::open(database_url).await.unwrap_err();
    assert_eq!(error.to_string(), "the database has schema 99, this version knows 3: start the newer one");
    Ok(())
}

#[async_test]
async fn a_database_of_the_first_version_is_brought_up_to_date(tmp_dir: &TmpDir) -> Result<()> {
    let path = tmp_dir.path().join("shipments.db");
    std::fs::File::create(&path)?;
    let database_url = &format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(database_url).await?;
    let first = include_str!("../../src/store/migrations/0001_core.sql");
    sqlx::raw_sql(first).execute(&mut connection).await?;
    let rows = "PRAGMA user_version = 1;
        INSERT INTO accounts VALUES ('acc_1', 'Acme', 'EUR', 0, 700, 1000);";
    sqlx::raw_sql(rows).execute(&mut connection).await?;
    connection.close().await?;
    let store = Store::open(database_url).await?;
    assert_eq!(store.account("acc_1").await?.map(|account| account.balance.amount), Some(700));
    assert!(store.events("shp_none").await?.is_empty(), "the second script did not run");
    store.close().await;
    Ok(())
}

#[async_test]
async fn a_folder_is_not_a_database(tmp_dir: &TmpDir) {
    let error = Store::open(&format!("sqlite://{}", tmp_dir.path().display())).await.unwrap_err();
    assert_eq!(error.to_string(), "failed opening the database");
    assert!(std::error::Error::source(&error).is_some());
}

#[async_test]
async fn an_id_is_used_once(store: &Store) -> Result<()> {
    store.add_account(&account("acc_1")).await?;
    let error = store.add_account(&account("acc_1")).await.unwrap_err();
    assert!(error.is_duplicate());
    Ok(())
}

#[async_test]
async fn a_key_needs_an_account(store: &Store) -> Result<()> {
    let (key, secret) = ApiKey::issue("laptop", NOW);
    let error = store.add_key("acc_none", &key, &digest(&secret)).await.unwrap_err();
    assert!(!error.is_duplicate());
    Ok(())
}

#[async_test]
async fn a_secret_is_kept_nowhere(
    #[from(app_on_disk)] app: &App,
    database_url: &str,
    tmp_dir: &TmpDir,
) -> Result<()> {
    let customer = app.customer("EUR").await;
    // A copy in one file: the database itself may still have half of it in its log.
    let copy = tmp_dir.path().join("copy.db");
    let mut connection = SqliteConnection::connect(database_url).await?;
    sqlx::raw_sql(&format!("VACUUM INTO '{}'", copy.display())).execute(&mut connection).await?;
    connection.close().await?;
    let kept = std::fs::read(copy)?;
    let found = |needle: &str| kept.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(found(&digest(&customer.key)), "the digest is not where it is looked for");
    assert!(!found(&customer.key));
    Ok(())
}

#[async_test]
async fn a_deposit_in_another_currency_enters_nothing(store: &Store) -> Result<()> {
    store.add_account(&account("acc_1")).await?;
    let dollars = Posting::deposit(Money::new(100, Currency::Usd), "wire");
    assert_eq!(store.deposit("acc_1", &dollars, NOW).await?, None);
    assert!(store.book().await?.is_empty());
    Ok(())
}

#[async_test]
async fn a_state_moves_only_from_where_it_was_seen(app: &App, customer: &Customer) -> Result<()> {
    let id = customer.draft().await;
    let store = &app.service.store;
    assert!(!store.move_shipment(&id, State::Priced, State::Cancelled, NOW).await?);
    assert!(store.move_shipment(&id, State::Draft, State::Cancelled, NOW).await?);
    assert!(!store.move_shipment(&id, State::Draft, State::Priced, NOW).await?);
    assert_eq!(customer.state(&id).await, "cancelled");
    Ok(())
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn deposits_from_all_sides_add_up(#[from(store_on_disk)] store: &Store) -> Result<()> {
    store.add_account(&account("acc_1")).await?;
    let deposits: Vec<_> = (1..=10)
        .map(|amount| {
            let store = store.clone();
            tokio::spawn(async move { store.deposit("acc_1", &deposit(amount), NOW).await })
        })
        .collect();
    for deposit in deposits {
        assert!(deposit.await??.is_some());
    }
    let left = shipments::ledger::reconcile(&store.book().await?)?;
    assert_eq!(left, Some(Money::new(55, Currency::Eur)));
    Ok(())
}

#[async_test]
async fn a_service_finds_everything_after_a_restart(
    #[from(app_on_disk)] app: &App,
    carrier: &FakeCarrier,
    database_url: &str,
) -> Result<()> {
    carrier.sells();
    let customer = app.customer_with(10_000).await;
    let id = customer.bought().await;
    let before = customer.get(&format!("/v1/shipments/{id}")).await.expect(200);
    app.service.store.close().await;
    let store = Store::open(database_url).await?;
    let app = App::start(&store, carrier);
    let path = format!("/v1/shipments/{id}");
    let after = app.request("GET", &path, Some(&customer.key), &[], None).await.expect(200);
    assert_eq!(after, before);
    app.service.store.close().await;
    Ok(())
}

#[async_test]
#[ignore = "a soak: two thousand shipments and every page of them"]
async fn long_lists_stay_fast(store: &Store, carrier: &FakeCarrier) -> Result<()> {
    let app = App::start_with(store, Options { burst: 10_000, ..Options::new(carrier) });
    let customer = app.customer("EUR").await;
    for _ in 0..2_000 {
        customer.create(samples::shipment()).await;
    }
    let start = std::time::Instant::now();
    let page = customer.get("/v1/shipments?limit=100").await.expect(200);
    assert!(page["next"].is_string());
    assert!(start.elapsed() < std::time::Duration::from_millis(200));
    Ok(())
}
