//! The arguments of a test that say how it is run: `timeout`, `retries`, `tags`, `group`, `threads_required` and
//! `task_panics`.

use crate::errors::Errors;
use crate::given::{Given, set, value};
use crate::numbers::{Zero, duration, duration_tokens, number};
use crate::tags;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::time::Duration;
use syn::parse::ParseStream;
use syn::{Error, LitStr};

/// What was given, each argument at most once.
#[derive(Default)]
pub(crate) struct Options {
    timeout: Option<Given<Duration>>,
    retries: Option<Given<u32>>,
    tags: Option<Given<Vec<LitStr>>>,
    group: Option<Given<LitStr>>,
    threads_required: Option<Given<usize>>,
    task_panics: Option<Given<&'static str>>,
}

impl Options {
    /// Reads the rest of an argument that is one of these; nothing if it is another.
    pub(crate) fn read_one(
        &mut self,
        key: &Ident,
        input: ParseStream,
        errors: &mut Errors,
    ) -> Option<syn::Result<()>> {
        let at = key.clone();
        Some(match key.to_string().as_str() {
            "timeout" => set(&mut self.timeout, at, |key| Ok(duration(key, input)?.0)),
            "retries" => set(&mut self.retries, at, |key| number(key, input, Zero::Allowed, "`retries = 2`")),
            "tags" if self.tags.is_some() => {
                Err(Error::new(key.span(), "`tags` is given twice: put all tags into one"))
            }
            "tags" => set(&mut self.tags, at, |key| tags::read(key, input, errors)),
            "group" => set(&mut self.group, at, |key| group(key, input)),
            "threads_required" => set(&mut self.threads_required, at, |key| {
                number(key, input, Zero::Refused, "`threads_required = 4`")
            }),
            "task_panics" => set(&mut self.task_panics, at, |key| task_panics(key, input)),
            _ => return None,
        })
    }

    /// A test that runs alone on the main thread is on no worker and beside no other test.
    pub(crate) fn refuse_workers(&self, errors: &mut Errors) {
        let keys = [
            self.group.as_ref().map(|given| &given.key),
            self.threads_required.as_ref().map(|given| &given.key),
        ];
        for key in keys.into_iter().flatten() {
            errors.at(
                key,
                format!(
                    "`{key}` is about tests that run beside others, and a bare `#[serial]` runs alone on the main \
                     thread: remove one, or give `#[serial(key)]` a key"
                ),
            );
        }
    }

    /// A field of the harness's `Test`, if anything was given; `private` is the path of its `__private`.
    pub(crate) fn field(&self, private: &TokenStream) -> Option<TokenStream> {
        let some = |value: TokenStream| quote!(::core::option::Option::Some(#value));
        let fields = [
            self.timeout.as_ref().map(|given| ("timeout", some(duration_tokens(given.value)))),
            self.retries.as_ref().map(|given| {
                let retries = given.value;
                ("retries", some(quote!(#retries)))
            }),
            self.tags.as_ref().map(|given| {
                let tags = &given.value;
                ("tags", quote!(&[#(#tags),*]))
            }),
            self.group.as_ref().map(|given| {
                let group = &given.value;
                ("group", some(quote!(#group)))
            }),
            self.threads_required.as_ref().map(|given| {
                let threads = given.value;
                ("threads_required", quote!(#threads))
            }),
            self.task_panics.as_ref().map(|given| {
                let variant = quote::format_ident!("{}", given.value);
                ("task_panics", some(quote!(#private::TaskPanics::#variant)))
            }),
        ];
        let fields: Vec<_> = fields
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let name = quote::format_ident!("{name}");
                quote!(#name: #value,)
            })
            .collect();
        let rest = match fields.len() {
            0 => return None,
            // An update that updates nothing is a finding of clippy's.
            6 => None,
            _ => Some(quote!(..#private::Options::PLAIN)),
        };
        let options = some(quote!(&#private::Options { #(#fields)* #rest }));
        Some(quote!(options: #options,))
    }
}

/// The variant of the harness's `TaskPanics`.
fn task_panics(key: &Ident, input: ParseStream) -> syn::Result<&'static str> {
    let lit: LitStr = value(key, input, "`task_panics = \"fail\"`")?;
    match lit.value().as_str() {
        "fail" => Ok("Fail"),
        "ignore" => Ok("Ignored"),
        given => {
            Err(Error::new(lit.span(), format!("unknown word `{given}`: there are `fail` and `ignore`")))
        }
    }
}

fn group(key: &Ident, input: ParseStream) -> syn::Result<LitStr> {
    let lit: LitStr = value(key, input, "`group = \"database\"`")?;
    if lit.value().trim().is_empty() {
        return Err(Error::new(lit.span(), "`group` must not be empty"));
    }
    Ok(lit)
}
