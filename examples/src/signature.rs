//! The carrier's signature under a webhook: `t=1767225600,v1=5f0c…`, an HMAC over the time and the body.
//!
//! The time is signed along, so that a message that was overheard cannot be sent again next week.

use crate::timestamp::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::time::Duration;

/// How old or how far ahead a signature may be.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not in the form above.
    #[error("the signature must be like t=1767225600,v1=5f0c")]
    Malformed,
    /// Signed too long ago, or too far ahead.
    #[error("the signature is not of these five minutes")]
    Stale,
    /// Signed by somebody else, or changed on its way.
    #[error("the signature does not match")]
    Mismatch,
}

/// The signature of a body at a time.
pub fn sign(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let tag: String =
        mac(secret, at, body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={tag}", at.as_secs())
}

/// Checks a signature. Several `v1` are fine, one must match: the carrier signs with both secrets while it changes them.
///
/// # Errors
///
/// [`SignatureError`] if it is not to be believed.
pub fn verify(secret: &str, header: &str, body: &[u8], now: Timestamp) -> Result<(), SignatureError> {
    let mut at = None;
    let mut tags = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", secs)) => at = secs.parse().ok().map(Timestamp::from_secs),
            Some(("v1", tag)) => tags.push(unhex(tag).ok_or(SignatureError::Malformed)?),
            _ => {}
        }
    }
    let at = at.filter(|_| !tags.is_empty()).ok_or(SignatureError::Malformed)?;
    if now.distance(at) > TOLERANCE {
        return Err(SignatureError::Stale);
    }
    let matches = tags.iter().any(|tag| mac(secret, at, body).verify_slice(tag).is_ok());
    if matches { Ok(()) } else { Err(SignatureError::Mismatch) }
}

fn mac(secret: &str, at: Timestamp, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    mac.update(at.as_secs().to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
