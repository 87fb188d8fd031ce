//! `main!`: the entry of a test target, and what its runs are told.

use crate::errors::Errors;
use crate::given::{Given, value};
use crate::list;
use crate::numbers::{Zero, duration, number};
use crate::tags;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Token};

const ALL: &str = "`threads`, `in_flight`, `isolate`, `dist`, `timeout`, `slow_timeout`, `retries`, `retries_isolated`, \
                   `fail_fast`, `maxfail`, `task_panics`, `debug_async`, `tags` and `allow_empty`";

/// Expands `path to async_harness; settings`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let krate: TokenStream = input.by_ref().take_while(|token| !is_end(token)).collect();

    let mut errors = Errors::default();
    let settings = Settings::read(input.collect(), &mut errors);
    let allow_empty = settings.keys.iter().any(|key| key == "allow_empty");
    let Settings { told, tags, .. } = settings;
    let told = told.iter().map(|Given { key, value }| {
        let key = key.to_string();
        quote!((#key, #value))
    });
    // With a mistake in the settings there is a `main` all the same, for there to be no second message.
    let is_entry = errors.is_empty().then(|| {
        quote! {
            const _: () = #krate::__private::entry(crate::main);
            const _: () = #krate::__private::root(::core::module_path!());
        }
    });
    quote! {
        #is_entry
        fn main() -> #krate::__private::Exit {
            #krate::__private::main(&#krate::__private::Suite {
                target: #krate::__private::Target {
                    root: ::core::file!(),
                    package: ::core::option_env!("CARGO_PKG_NAME"),
                    folder: ::core::option_env!("CARGO_MANIFEST_DIR"),
                    krate: ::core::option_env!("CARGO_CRATE_NAME"),
                    // cargo sets the one for executables and examples alone, and the other for tests and benchmarks.
                    program: ::core::option_env!("CARGO_BIN_NAME"),
                    is_test: ::core::option_env!("CARGO_TARGET_TMPDIR").is_some(),
                },
                allow_empty: #allow_empty,
                settings: &[#(#told),*],
                tags: &[#(#tags),*],
            })
        }
        #errors
    }
}

/// What was given, each key at most once. The harness gets values as text, as it does from the command line and from
/// variables; here they are checked, so that a mistake is told by the compiler.
#[derive(Default)]
struct Settings {
    keys: Vec<Ident>,
    told: Vec<Given<String>>,
    tags: Vec<LitStr>,
}

impl Settings {
    fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        list::read(tokens, errors, |input, errors| settings.read_one(input, errors));
        settings
    }

    fn read_one(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format!("expected a setting: there are {ALL}")));
        }
        let key = input.call(Ident::parse_any)?;
        let name = key.to_string();
        if self.keys.contains(&key) {
            let advice = if name == "tags" { "put all tags into one" } else { "remove one" };
            return Err(Error::new(key.span(), format!("`{key}` is given twice: {advice}")));
        }
        self.keys.push(key.clone());
        let text = match name.as_str() {
            "allow_empty" => return switch(&key, input),
            "tags" => {
                self.tags = tags::read(&key, input, errors)?;
                return Ok(());
            }
            "isolate" | "retries_isolated" | "fail_fast" | "debug_async" => {
                switch(&key, input)?;
                "1".to_owned()
            }
            "threads" => number::<usize>(&key, input, Zero::Allowed, "`threads = 8`")?.to_string(),
            "maxfail" => number::<usize>(&key, input, Zero::Refused, "`maxfail = 3`")?.to_string(),
            "retries" => number::<u32>(&key, input, Zero::Allowed, "`retries = 2`")?.to_string(),
            "in_flight" => in_flight(&key, input)?,
            "timeout" | "slow_timeout" => duration(&key, input)?.1.value(),
            "dist" => word(&key, input, &["load", "scope", "file", "group"])?,
            "task_panics" => word(&key, input, &["fail", "ignore"])?,
            _ => {
                let message = match name.as_str() {
                    "test_threads" | "workers" => "write `threads = 8`".to_owned(),
                    "no_resume" | "last_failed" | "failed_first" | "repeat" | "partition" | "shuffle" => {
                        format!("`{key}` is for a run, not for a target: give it on the command line")
                    }
                    _ => format!("unknown setting `{key}`: there are {ALL}"),
                };
                return Err(Error::new(key.span(), message));
            }
        };
        self.add(key, text)
    }

    fn add(&mut self, key: Ident, value: String) -> syn::Result<()> {
        // Two ways to say one thing.
        let key_of_harness = if key == "fail_fast" { Ident::new("maxfail", key.span()) } else { key.clone() };
        if self.told.iter().any(|given| given.key == key_of_harness) {
            let message = "`fail_fast` is `maxfail = 1`: remove one of the two";
            return Err(Error::new(key.span(), message));
        }
        self.told.push(Given { key: key_of_harness, value });
        Ok(())
    }
}

fn switch(key: &Ident, input: ParseStream) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error(format!("`{key}` takes no value: write `main!({key})`")))
}

fn in_flight(key: &Ident, input: ParseStream) -> syn::Result<String> {
    let example = "`in_flight = 64` or `in_flight = \"auto\"`";
    if input.peek(Token![=]) && input.peek2(LitStr) {
        let lit: LitStr = value(key, input, example)?;
        return match lit.value().as_str() {
            "auto" => Ok(lit.value()),
            _ => Err(Error::new(lit.span(), format!("not a value for `{key}`: write {example}"))),
        };
    }
    number::<usize>(key, input, Zero::Refused, example).map(|number| number.to_string())
}

/// Reads `= "word"`, one of these.
fn word(key: &Ident, input: ParseStream, words: &[&str]) -> syn::Result<String> {
    let lit: LitStr = value(key, input, &format!("`{key} = \"{}\"`", words[0]))?;
    let given = lit.value();
    if words.contains(&given.as_str()) {
        return Ok(given);
    }
    let all: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    let message = format!("unknown value `{given}` of `{key}`: there are {}", all.join(", "));
    Err(Error::new(lit.span(), message))
}
