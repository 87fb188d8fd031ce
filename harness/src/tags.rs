//! Decides which tests an expression of tags means, as `not slow and (db or net)`, and which tags are known. The syntax of
//! expressions is that of pytest's `-m`.

mod expression;
mod known;

pub(crate) use expression::{BadExpression, Expression};
#[cfg(feature = "doctor")]
pub(crate) use known::nearest;
pub(crate) use known::{Known, unused_words};
