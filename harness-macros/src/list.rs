//! A comma-separated list in which a mistake in one element hides none in the next.

use crate::errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use syn::Token;
use syn::parse::{ParseStream, Parser};

/// Gives the input to `element` at the start of each element.
pub(crate) fn read(
    tokens: TokenStream,
    errors: &mut Errors,
    mut element: impl FnMut(ParseStream, &mut Errors) -> syn::Result<()>,
) {
    if tokens.is_empty() {
        return;
    }
    let whole = |input: ParseStream| {
        while !input.is_empty() {
            let read = element(input, errors).and_then(|()| at_end(input));
            errors.take(read);
            skip_past_comma(input)?;
        }
        Ok(())
    };
    let read = whole.parse2(tokens);
    errors.take(read);
}

fn at_end(input: ParseStream) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("expected `,`")) }
}

fn skip_past_comma(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() {
        if input.parse::<Option<Token![,]>>()?.is_some() {
            break;
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
