//! A string that stands for a value of another type: `#[case("10.0.0.1")] ip: IpAddr`.
//!
//! Which of the three it is depends on the type of the parameter, which only the compiler knows. `(&&literal).value()`
//! finds the first that holds: the type is parsed and its error says why, it is parsed, or it is left to the compiler to
//! say that it is no string.

use std::any::type_name;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::str::FromStr;

/// A string literal given to a parameter of type `T`.
pub struct Literal<T> {
    text: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Literal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Literal<T> {}

impl<T> Literal<T> {
    /// A literal.
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        Self { text, of: PhantomData }
    }
}

/// It is parsed, and an error says why.
pub trait ParsedOrWhy {
    /// The type of the parameter.
    type Value;
    /// The value that the literal stands for.
    fn value(&self) -> Self::Value;
}

/// It is parsed.
pub trait Parsed {
    /// The type of the parameter.
    type Value;
    /// The value that the literal stands for.
    fn value(&self) -> Self::Value;
}

/// It is a string after all, or a mistake.
pub trait Unparsed: Copy {
    /// The literal.
    fn value(self) -> &'static str;
}

impl<T: FromStr<Err: Debug>> ParsedOrWhy for &Literal<T> {
    type Value = T;

    #[track_caller]
    fn value(&self) -> T {
        match self.text.parse() {
            Ok(value) => value,
            Err(error) => panic!("cannot parse {:?} as `{}`: {error:?}", self.text, type_name::<T>()),
        }
    }
}

impl<T: FromStr> Parsed for Literal<T> {
    type Value = T;

    #[track_caller]
    fn value(&self) -> T {
        match self.text.parse() {
            Ok(value) => value,
            Err(_) => panic!("cannot parse {:?} as `{}`", self.text, type_name::<T>()),
        }
    }
}

impl<T> Unparsed for Literal<T> {
    fn value(self) -> &'static str {
        self.text
    }
}
