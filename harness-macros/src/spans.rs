//! Generated tokens placed on the user's, so that rustc's own errors about them point there.

use proc_macro2::{Group, Span, TokenStream, TokenTree};

/// The tokens placed on `first`, the last of them on `last`: an expression of them spans from one to the other.
pub(crate) fn spanning(tokens: TokenStream, first: Span, last: Span) -> TokenStream {
    let mut tokens: Vec<_> = tokens.into_iter().map(|token| placed(token, first)).collect();
    if let Some(token) = tokens.last_mut() {
        token.set_span(last);
    }
    tokens.into_iter().collect()
}

fn placed(token: TokenTree, span: Span) -> TokenTree {
    let mut token = match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), spanning(group.stream(), span, span)).into(),
        other => other,
    };
    token.set_span(span);
    token
}
