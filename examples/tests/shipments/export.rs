//! The export for the accountants: one file on disk, which all tests here share as all accountants do.
//!
//! Readers run beside each other; a test that replaces the file has it for itself.

use crate::support::{App, Options, TempDir};
use async_harness::prelude::*;
use serde_json::json;
use shipments::export;
use shipments::ledger::{Entry, Kind};
use shipments::money::{Currency, Money};
use shipments::timestamp::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Once;

fn entry(memo: &str) -> Entry {
    Entry {
        id: "led_1".to_owned(),
        account_id: "acc_1".to_owned(),
        kind: Kind::Purchase,
        amount: Money::new(-750, Currency::Eur),
        balance_after: Money::new(250, Currency::Eur),
        shipment_id: Some("shp_1".to_owned()),
        memo: memo.to_owned(),
        at: Timestamp::from_secs(0),
    }
}

/// The file that the accountants read.
fn path() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger.csv")
}

/// What the accountants find in it: at first the export of a day with one purchase.
fn read() -> String {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| export::write(&path(), &[entry("label bought")]).unwrap());
    std::fs::read_to_string(path()).unwrap()
}

/// Puts the first export back, when a test that replaced it is over.
struct Restore(String);

impl Drop for Restore {
    fn drop(&mut self) {
        std::fs::write(path(), &self.0).unwrap();
    }
}

/// The memo's field as it is written.
fn memo(memo: &str) -> String {
    let csv = export::csv(&[entry(memo)]);
    let row = csv.split_once("\r\n").unwrap().1;
    row.strip_prefix("led_1,acc_1,purchase,-750,EUR,250,shp_1,")
        .and_then(|rest| rest.strip_suffix(",1970-01-01T00:00:00Z\r\n"))
        .unwrap()
        .to_owned()
}

#[async_harness::test]
fn a_comma_is_quoted() {
    assert_eq!(memo("one, two"), "\"one, two\"");
}

#[async_harness::test]
fn a_quote_is_doubled() {
    assert_eq!(memo("the \"big\" one"), "\"the \"\"big\"\" one\"");
}

#[async_harness::test]
fn a_formula_becomes_text() {
    assert_eq!(memo("=1+1"), "'=1+1");
    assert_eq!(memo("@SUM(A1)"), "'@SUM(A1)");
    assert_eq!(memo("-cmd"), "'-cmd");
}

#[async_harness::test]
fn an_empty_book_is_a_header() {
    assert_eq!(export::csv(&[]), "id,account,kind,amount,currency,balance_after,shipment,memo,at\r\n");
}

#[async_harness::test]
#[parallel(ledger_export)]
fn the_header_names_every_column() {
    let file = read();
    let header = file.lines().next().unwrap();
    assert_eq!(header, "id,account,kind,amount,currency,balance_after,shipment,memo,at");
    assert!(file.lines().all(|line| line.split(',').count() == header.split(',').count()));
}

#[async_harness::test]
#[parallel(ledger_export)]
fn amounts_are_exported_in_minor_units() {
    let file = read();
    let row = file.lines().nth(1).unwrap();
    assert_eq!(row.split(',').skip(3).take(3).collect::<Vec<_>>(), ["-750", "EUR", "250"]);
}

#[async_harness::test]
#[parallel(ledger_export)]
fn every_line_ends_as_the_standard_wants_it() {
    let file = read();
    assert!(file.ends_with("\r\n"));
    assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
}

#[async_test]
#[serial(ledger_export)]
async fn an_export_replaces_the_one_before() {
    let _restore = Restore(read());
    let app = App::start_with(Options { export: path(), ..Options::default() }).await;
    app.customer_with(100).await;
    app.customer_with(200).await;
    let reply = app.admin("POST", "/v1/ledger/export", None).await.expect(200);
    assert_eq!(reply, json!({ "entries": 2 }));
    let file = read();
    assert_eq!(file.lines().count(), 3);
    assert!(!file.contains("label bought"));
}

#[async_test]
#[serial(ledger_export)]
async fn the_accounts_do_not_mingle_in_the_export() {
    let _restore = Restore(read());
    let app = App::start_with(Options { export: path(), ..Options::default() }).await;
    let (one, two) = (app.customer("EUR").await, app.customer("EUR").await);
    for customer in [&one, &two, &one] {
        customer.pay_in(10).await;
    }
    app.admin("POST", "/v1/ledger/export", None).await.expect(200);
    let file = read();
    let owners: Vec<&str> = file.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(owners, [&one.id, &one.id, &two.id]);
}

#[async_harness::test]
#[serial(ledger_export)]
fn a_reader_never_finds_half_an_export() {
    let _restore = Restore(read());
    let (short, long) = (vec![entry("a")], vec![entry("b"); 200]);
    let whole = [export::csv(&short), export::csv(&long)];
    export::write(&path(), &short).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..5 {
                export::write(&path(), &long).unwrap();
                export::write(&path(), &short).unwrap();
            }
        });
        while !writer.is_finished() {
            let file = std::fs::read_to_string(path()).unwrap();
            assert!(whole.contains(&file), "{} bytes", file.len());
        }
    });
}

#[async_test]
async fn a_folder_that_is_not_there_is_our_fault() {
    let dir = TempDir::new();
    let export = dir.path().join("missing/ledger.csv");
    let app = App::start_with(Options { export, ..Options::default() }).await;
    let problem = app.admin("POST", "/v1/ledger/export", None).await.problem(500, "internal");
    assert_eq!(problem["detail"], "something went wrong on our side");
}

#[async_test]
async fn only_the_operator_exports() {
    let app = App::start().await;
    app.customer("EUR").await.act("/v1/ledger/export").await.problem(401, "unauthorized");
}
