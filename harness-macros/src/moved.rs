//! `#[serial]`, `#[parallel]` or `#[xfail]` above the test attribute: it moves below, where the test attribute reads it.

use crate::args::Args;
use crate::attributes::Role;
use crate::errors::Errors;
use crate::function::{Function, Noun};
use crate::spans::spanning;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Meta, Path};

/// The item with the attribute moved, or as it was beside an error.
pub(crate) fn expand(name: &str, tokens: &TokenStream, item: TokenStream) -> TokenStream {
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
    let own = own(name, tokens, &krate, span);
    let renamed = renamed(name, span);
    let error = match position {
        _ if position.is_none() && renamed.is_some() => {
            let other = renamed.unwrap_or_default();
            format!(
                "the test attribute knows `#[{name}]` by this name only, not as `#[{other}]`: import it without `as`"
            )
        }
        Some(at) if !is_foreign(attrs[at].path()) => {
            let (above, below) = attrs.split_at(at + 1);
            return quote!(#(#above)* #own #(#below)* #rest);
        }
        Some(at) => {
            let other = shown(attrs[at].path());
            format!("`#[{name}]` belongs on a test of async-harness: put `#[async_test]` in place of {other}")
        }
        None if attrs.iter().any(|attribute| matches!(Role::of(attribute), Role::Fixture)) => {
            on_fixture(name, tokens)
        }
        None => match Function::read(Noun::Test, item.clone()) {
            Ok(function) => {
                let test = if function.is_async() { "async_test" } else { "async_harness::test" };
                let unknown = attrs.iter().find(|attribute| may_be_a_test(attribute));
                let unknown = unknown.map(|attribute| {
                    let other = shown(attribute.path());
                    format!(". If {other} is that under another name, import it without `as`")
                });
                let unknown = unknown.unwrap_or_default();
                format!("`#[{name}]` belongs on a test: put `#[{test}]` on the function{unknown}")
            }
            Err(_) => format!("`#[{name}]` belongs on a function that is a test"),
        },
    };
    let error = syn::Error::new(span, error).to_compile_error();
    quote!(#item #error)
}

/// What the user has called the attribute, if not by its name.
fn renamed(name: &str, span: Span) -> Option<String> {
    let text = span.source_text()?;
    let path = text.trim_start_matches(['#', '[']).split(['(', ']', '=']).next()?;
    let last = path.rsplit("::").next()?.trim();
    let is_name = syn::parse_str::<Ident>(last).is_ok();
    (is_name && last != name).then(|| last.to_owned())
}

/// Whether an attribute may be a test attribute that was imported under another name: it is none that rustc knows.
fn may_be_a_test(attribute: &Attribute) -> bool {
    const KNOWN: [&str; 16] = [
        "allow",
        "cfg",
        "cfg_attr",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "ignore",
        "inline",
        "must_use",
        "should_panic",
        "track_caller",
        "values",
        "warn",
    ];
    let name = attribute.path().get_ident().map(Ident::to_string);
    name.is_some_and(|name| !KNOWN.contains(&name.as_str())) && matches!(Role::of(attribute), Role::Other)
}

/// What to do about the attribute on a fixture.
pub(crate) fn on_fixture(name: &str, tokens: &TokenStream) -> String {
    match name {
        "serial" | "parallel" => {
            let keys = if tokens.is_empty() { "key".to_owned() } else { tokens.to_string() };
            format!("a fixture hands keys to its tests: write `#[fixture({name}({keys}))]`")
        }
        _ => format!("`#[{name}]` is for tests, and this is a fixture: remove it"),
    }
}

/// The attribute under a path that shows the test attribute that rustc has seen the user's.
fn own(name: &str, tokens: &TokenStream, krate: &TokenStream, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
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
    let (first, last) = (path.segments.first(), path.segments.last());
    last.is_some_and(|last| last.ident == "rstest")
        || path.segments.len() > 1 && first.is_some_and(|first| CRATES.iter().any(|name| first.ident == name))
}

/// The attribute as the user wrote it, which nobody can know of the one that other test attributes end up as.
fn shown(path: &Path) -> String {
    match path.segments.first() {
        Some(first) if first.ident == "core" || first.ident == "std" => "the other test attribute".to_owned(),
        _ => format!("`#[{}]`", path.to_token_stream().to_string().replace(' ', "")),
    }
}
