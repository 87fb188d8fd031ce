//! The export for the accountants: one file on disk, which all tests here share as all accountants do.
//!
//! Readers run beside each other; a test that replaces the file has it for itself.

use crate::support::Options;
use crate::support::fixtures::*;
use async_harness::prelude::*;
use serde_json::json;
use shipments::export;
use shipments::ledger::{Entry, Kind};
use shipments::money::{Currency, Money};
use shipments::store::Store;
use shipments::timestamp::Timestamp;
use std::path::{Path, PathBuf};

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

/// The file that the accountants read: at first the export of a day with one purchase.
#[fixture(scope = "module", teardown = remove)]
fn first_export() -> std::io::Result<PathBuf> {
    // Two runs at the same time have a file each.
    let name = format!("ledger-{}.csv", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    export::write(&path, &[entry("label bought")])?;
    Ok(path)
}

async fn remove(path: PathBuf) -> std::io::Result<()> {
    std::fs::remove_file(path)
}

/// What the accountants find in it.
#[fixture(parallel(ledger_export))]
fn file(first_export: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(first_export)
}

/// The file, for a test that replaces it: nobody else's meanwhile, and afterwards as it was.
#[fixture(serial(ledger_export), teardown = put_back)]
fn export_path(first_export: &Path) -> PathBuf {
    first_export.to_path_buf()
}

async fn put_back(path: PathBuf) -> std::io::Result<()> {
    export::write(&path, &[entry("label bought")])
}

/// A service that exports there.
#[fixture]
async fn exporter(export_path: &Path, store: &Store, carrier: &FakeCarrier) -> App {
    App::start_with(store, Options { export: export_path.to_path_buf(), ..Options::new(carrier) })
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
#[case::a_comma_is_quoted("one, two", "\"one, two\"")]
#[case::a_quote_is_doubled("the \"big\" one", "\"the \"\"big\"\" one\"")]
#[case::a_formula_becomes_text("=1+1", "'=1+1")]
#[case::a_function_becomes_text("@SUM(A1)", "'@SUM(A1)")]
#[case::a_minus_becomes_text("-cmd", "'-cmd")]
fn a_memo_is_written_so_that_a_spreadsheet_does_no_harm(#[case] given: &str, #[case] written: &str) {
    assert_eq!(memo(given), written);
}

#[async_harness::test]
fn an_empty_book_is_a_header() {
    assert_eq!(export::csv(&[]), "id,account,kind,amount,currency,balance_after,shipment,memo,at\r\n");
}

#[async_harness::test]
fn the_header_names_every_column(file: &str) {
    let header = file.lines().next().unwrap();
    assert_eq!(header, "id,account,kind,amount,currency,balance_after,shipment,memo,at");
    assert!(file.lines().all(|line| line.split(',').count() == header.split(',').count()));
}

#[async_harness::test]
fn amounts_are_exported_in_minor_units(file: &str) {
    let row = file.lines().nth(1).unwrap();
    assert_eq!(row.split(',').skip(3).take(3).collect::<Vec<_>>(), ["-750", "EUR", "250"]);
}

#[async_harness::test]
fn every_line_ends_as_the_standard_wants_it(file: &str) {
    assert!(file.ends_with("\r\n"));
    assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
}

#[async_test]
async fn an_export_replaces_the_one_before(exporter: &App, export_path: &Path) -> std::io::Result<()> {
    exporter.customer_with(100).await;
    exporter.customer_with(200).await;
    let reply = exporter.admin("POST", "/v1/ledger/export", None).await.expect(200);
    assert_eq!(reply, json!({ "entries": 2 }));
    let file = std::fs::read_to_string(export_path)?;
    assert_eq!(file.lines().count(), 3);
    assert!(!file.contains("label bought"));
    Ok(())
}

#[async_test]
async fn the_accounts_do_not_mingle_in_the_export(exporter: &App, export_path: &Path) -> std::io::Result<()> {
    let (one, two) = (exporter.customer("EUR").await, exporter.customer("EUR").await);
    for customer in [&one, &two, &one] {
        customer.pay_in(10).await;
    }
    exporter.admin("POST", "/v1/ledger/export", None).await.expect(200);
    let file = std::fs::read_to_string(export_path)?;
    let owners: Vec<&str> = file.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(owners, [&one.id, &one.id, &two.id]);
    Ok(())
}

#[async_harness::test]
fn a_reader_never_finds_half_an_export(export_path: &Path) {
    let (short, long) = (vec![entry("a")], vec![entry("b"); 200]);
    let whole = [export::csv(&short), export::csv(&long)];
    export::write(export_path, &short).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..5 {
                export::write(export_path, &long).unwrap();
                export::write(export_path, &short).unwrap();
            }
        });
        while !writer.is_finished() {
            let file = std::fs::read_to_string(export_path).unwrap();
            assert!(whole.contains(&file), "{} bytes", file.len());
        }
    });
}

#[async_test]
async fn a_folder_that_is_not_there_is_our_fault(store: &Store, carrier: &FakeCarrier, tmp_dir: &TmpDir) {
    let export = tmp_dir.path().join("missing/ledger.csv");
    let app = App::start_with(store, Options { export, ..Options::new(carrier) });
    let problem = app.admin("POST", "/v1/ledger/export", None).await.problem(500, "internal");
    assert_eq!(problem["detail"], "something went wrong on our side");
}

#[async_test]
async fn only_the_operator_exports(app: &App) {
    app.customer("EUR").await.act("/v1/ledger/export").await.problem(401, "unauthorized");
}
