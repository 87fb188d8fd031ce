//! Generated tokens placed on the user's, so that rustc's own errors about them point there.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The arguments of the attribute that is expanded. Those of `#[name = "value"]` are none: rustc says so itself, and hands the
/// value in all the same.
pub(crate) fn arguments(tokens: TokenStream) -> TokenStream {
    let mut each = tokens.clone().into_iter();
    let is_literal = matches!((each.next(), each.next()), (Some(TokenTree::Literal(_)), None));
    let is_value = |text: String| text.contains('=') && !text.contains('(');
    match is_literal && Span::call_site().source_text().is_some_and(is_value) {
        true => TokenStream::new(),
        false => tokens,
    }
}

/// The tokens placed on `first`, the last of them on `last`: an expression of them spans from one to the other.
pub(crate) fn spanning(tokens: TokenStream, first: Span, last: Span) -> TokenStream {
    let mut tokens: Vec<_> = tokens.into_iter().map(|token| placed(token, first)).collect();
    if let Some(token) = tokens.last_mut() {
        token.set_span(last);
    }
    tokens.into_iter().collect()
}

/// `function(argument)` from `first` to `last`; the argument itself stays where it is.
pub(crate) fn enclosing(
    function: TokenStream,
    argument: TokenStream,
    (first, last): (Span, Span),
) -> TokenStream {
    let mut argument = Group::new(Delimiter::Parenthesis, argument);
    argument.set_span(last);
    let function = spanning(function, first, first);
    quote!(#function #argument)
}

/// Where tokens begin and end, with names as they are at `names`; that place itself if there are none.
pub(crate) fn ends(tokens: impl ToTokens, names: Span) -> (Span, Span) {
    let mut spans = tokens.into_token_stream().into_iter().map(|token| names.located_at(token.span()));
    let first = spans.next().unwrap_or(names);
    (first, spans.last().unwrap_or(first))
}

fn placed(token: TokenTree, span: Span) -> TokenTree {
    let mut token = match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), spanning(group.stream(), span, span)).into(),
        other => other,
    };
    token.set_span(span);
    token
}
