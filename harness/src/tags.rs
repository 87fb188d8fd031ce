//! Decides which tests an expression of tags means, as `not slow and (db or net)`, and which tags are known. The syntax of
//! expressions is that of pytest's `-m`.

mod expression;
mod known;

pub(crate) use expression::{BadExpression, Expression};
pub(crate) use known::{Known, nearest, unused_words};
