//! The ledger as a file for the accountants: CSV after RFC 4180, one file, replaced as a whole.

use crate::ledger::Entry;
use std::io::{self, Write};
use std::path::Path;

const HEADER: &str = "id,account,kind,amount,currency,balance_after,shipment,memo,at";

/// The entries as CSV, under a header.
pub fn csv(entries: &[Entry]) -> String {
    let mut out = String::from(HEADER);
    out.push_str("\r\n");
    for entry in entries {
        let row = [
            entry.id.clone(),
            entry.account_id.clone(),
            entry.kind.to_string(),
            entry.amount.amount.to_string(),
            entry.amount.currency.to_string(),
            entry.balance_after.amount.to_string(),
            entry.shipment_id.clone().unwrap_or_default(),
            entry.memo.clone(),
            entry.at.to_string(),
        ];
        out.push_str(&row.map(|field| quoted(&field)).join(","));
        out.push_str("\r\n");
    }
    out
}

fn quoted(field: &str) -> String {
    // A spreadsheet runs a cell that starts like a formula; the quote in front makes it text. Numbers are ours.
    let is_formula =
        field.starts_with(['=', '+', '@']) || (field.starts_with('-') && field.parse::<i64>().is_err());
    let field = if is_formula { format!("'{field}") } else { field.to_owned() };
    if field.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

/// Replaces the file: a reader finds the old one or the new one, never half of either.
///
/// # Errors
///
/// Those of writing beside it and of renaming.
pub fn write(path: &Path, entries: &[Entry]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = std::fs::File::create(&part)?;
    file.write_all(csv(entries).as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}
