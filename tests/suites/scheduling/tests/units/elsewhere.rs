//! Two modules in one file.

use crate::tests;

tests! { first: a b c d e }
tests! { second: a b c d e }
