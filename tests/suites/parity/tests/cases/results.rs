//! What tests return.

use crate::attributes::{async_test, test};
use std::fmt;
use std::process::ExitCode;

#[test]
fn ok() -> Result<(), String> {
    Ok(())
}

#[async_test]
async fn ok_async() -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}

#[test]
fn err() -> Result<(), String> {
    println!("on its way");
    Err("a sync error".to_owned())
}

#[async_test]
async fn err_async() -> Result<(), Box<dyn std::error::Error>> {
    "x1".parse::<u8>()?;
    Ok(())
}

struct Multiline;

impl fmt::Debug for Multiline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one line\n\n  and another")
    }
}

#[async_test]
async fn err_of_lines() -> Result<(), Multiline> {
    Err(Multiline)
}

#[test]
fn code_of_success() -> ExitCode {
    ExitCode::SUCCESS
}

#[async_test]
async fn code_of_failure() -> ExitCode {
    ExitCode::from(3)
}
