//! The mistakes found in one item, told together.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;

/// Collects mistakes, so that fixing one does not merely uncover the next.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
    instead: bool,
}

impl Errors {
    /// Notes a mistake in `tokens`, which are the user's.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.all.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes a mistake that rustc would tell a second time, were the function left in its place.
    pub(crate) fn instead(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.at(tokens, message);
        self.instead = true;
    }

    /// Whether they stand in the place of the function.
    pub(crate) fn are_instead(&self) -> bool {
        self.instead
    }

    /// The value, or nothing and its mistake noted.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.all.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.all.iter().map(syn::Error::to_compile_error));
    }
}

#[cfg(test)]
impl Errors {
    /// The messages, a line each.
    pub(crate) fn lines(&self) -> String {
        self.all.iter().map(|error| format!("{error}\n")).collect()
    }
}
