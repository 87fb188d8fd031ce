//! `#[serial]` or `#[parallel]` above the test attribute: it moves below, where the test attribute reads it.

use crate::args::Args;
use crate::attributes::{self, Role};
use crate::errors::Errors;
use crate::function::Function;
use crate::keys::Lock;
use crate::spans::spanning;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Meta, Path};

/// The item with the attribute moved, or as it was beside an error.
pub(crate) fn expand(lock: Lock, tokens: &TokenStream, item: TokenStream) -> TokenStream {
    let split = |input: ParseStream| Ok((input.call(Attribute::parse_outer)?, input.parse::<TokenStream>()?));
    let (attrs, rest) = match split.parse2(item.clone()) {
        Ok(split) => split,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
    };
    // Shown as the user's own, without a note on the macro.
    let user = rest.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let span = Span::call_site().resolved_at(user);

    let position = attrs.iter().position(|attribute| matches!(Role::of(attribute), Role::Test));
    let krate = position.map_or_else(|| Args::default().krate(), |at| krate(&attrs[at]));
    let own = own(lock, tokens, &krate, span);
    if attributes::has_cfg(&attrs) {
        return attributes::hoist_cfg(&attrs, own, rest);
    }
    let error = match position {
        Some(at) if !is_foreign(attrs[at].path()) => {
            let (above, below) = attrs.split_at(at + 1);
            return quote!(#(#above)* #own #(#below)* #rest);
        }
        Some(at) => {
            let other = shown(attrs[at].path());
            format!(
                "`#[{}]` belongs on a test of async-harness: put `#[async_test]` in place of {other}",
                lock.name()
            )
        }
        None => match syn::parse2::<Function>(item.clone()) {
            Ok(function) if function.is_async() => {
                format!("`#[{}]` belongs on a test: put `#[async_test]` on the function", lock.name())
            }
            Ok(_) => format!(
                "`#[{}]` belongs on a test: put `#[async_harness::test]` on the function",
                lock.name()
            ),
            Err(_) => format!("`#[{}]` belongs on a function that is a test", lock.name()),
        },
    };
    let error = syn::Error::new(span, error).to_compile_error();
    quote!(#item #error)
}

/// The attribute under a path that shows the test attribute that rustc has seen the user's.
fn own(lock: Lock, tokens: &TokenStream, krate: &TokenStream, span: Span) -> TokenStream {
    let name = Ident::new(lock.name(), span);
    let tokens = match tokens.is_empty() {
        false => quote_spanned!(span=> (#tokens)),
        // `#[serial()]` has no tokens either, and is not `#[serial]`.
        true if span.source_text().is_some_and(|text| text.contains('(')) => quote_spanned!(span=> ()),
        true => TokenStream::new(),
    };
    let krate = spanning(krate.clone(), span, span);
    quote_spanned!(span=> #[#krate::__private::#name #tokens])
}

/// Where the test attribute finds the harness.
fn krate(test: &Attribute) -> TokenStream {
    let tokens = match &test.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    // Mistakes are told when the test attribute itself is read.
    Args::read(tokens, &mut Errors::default()).krate()
}

/// Whether this is a test attribute of somebody else, known by its crate. A bare `test` may well be ours.
fn is_foreign(path: &Path) -> bool {
    const CRATES: [&str; 9] =
        ["core", "std", "tokio", "actix_rt", "actix_web", "async_std", "futures_test", "sqlx", "test_log"];
    match path.segments.first() {
        Some(first) if path.segments.len() > 1 => CRATES.iter().any(|name| first.ident == name),
        _ => false,
    }
}

/// The attribute as the user wrote it, which nobody can know of the one that other test attributes end up as.
fn shown(path: &Path) -> String {
    match path.segments.first() {
        Some(first) if first.ident == "core" || first.ident == "std" => "the other test attribute".to_owned(),
        _ => format!("`#[{}]`", path.to_token_stream().to_string().replace(' ', "")),
    }
}
