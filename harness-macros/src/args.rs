//! The arguments of `#[async_test(...)]`: those of `#[tokio::test]`, with its meaning, and ours.

use crate::errors::Errors;
use crate::given::{self, Given, krate, set, value};
use crate::list;
use crate::options::Options;
use crate::runtime::{Flavor, Runtime, UnhandledPanic};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, LitBool, LitInt, LitStr, Token};

const ALL: &str = "`timeout`, `retries`, `tags`, `group`, `threads_required`, `task_panics`, `runtime`, `flavor`, `worker_threads`, \
                   `start_paused`, `name`, `unhandled_panic` and `crate`";

/// `runtime = ".."`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum On {
    Fresh,
    Session,
}

/// What was given, each argument at most once and with a value of its own type; whether they go together is for
/// [`Args::runtime`] to say.
#[derive(Default)]
pub(crate) struct Args {
    krate: Option<Given<TokenStream>>,
    pub(crate) flavor: Option<Given<(Flavor, LitStr)>>,
    pub(crate) worker_threads: Option<Given<LitInt>>,
    pub(crate) start_paused: Option<Given<LitBool>>,
    pub(crate) name: Option<Given<LitStr>>,
    pub(crate) unhandled_panic: Option<Given<UnhandledPanic>>,
    pub(crate) on: Option<Given<On>>,
    pub(crate) options: Options,
}

impl Args {
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        list::read(tokens, errors, |input, errors| args.read_one(input, errors));
        args
    }

    /// Where the harness is to be found: `::async_harness`, unless `crate = ".."` says otherwise.
    pub(crate) fn krate(&self) -> TokenStream {
        given::found(self.krate.as_ref())
    }

    /// Which runtime the test insists on and its options, as fields of the harness's `Test`; `private` is the path of its
    /// `__private`.
    pub(crate) fn fields(&self, private: &TokenStream) -> Option<TokenStream> {
        let on = self.on.as_ref().map(|given| match given.value {
            On::Fresh => quote!(on: #private::RuntimeChoice::Fresh,),
            On::Session => quote!(on: #private::RuntimeChoice::Session,),
        });
        match (on, self.options.field(private)) {
            (None, None) => None,
            (on, options) => Some(quote!(#on #options)),
        }
    }

    /// The runtime that the arguments amount to.
    pub(crate) fn runtime(self, errors: &mut Errors) -> Runtime {
        Runtime::new(self, errors)
    }

    /// A plain function runs without a runtime, so whatever is said of one is a misunderstanding.
    pub(crate) fn refuse_runtime(&self, errors: &mut Errors) {
        for key in self.about_its_runtime() {
            errors.at(
                key,
                format!(
                    "`{key}` is about a runtime, and a plain `fn` runs without one: make it an `async fn`"
                ),
            );
        }
    }

    /// A plain function without fixtures does not care where it runs.
    pub(crate) fn refuse_choice(&self, errors: &mut Errors) {
        if let Some(Given { key, .. }) = &self.on {
            errors.at(
                key,
                "`runtime` is for what awaits: this plain `fn` has no fixtures and runs without one, so remove it",
            );
        }
    }

    /// The arguments that say how a runtime of the test's own is built.
    pub(crate) fn about_its_runtime(&self) -> impl Iterator<Item = &Ident> {
        fn key<T>(given: Option<&Given<T>>) -> Option<&Ident> {
            given.map(|given| &given.key)
        }
        let keys = [
            key(self.flavor.as_ref()),
            key(self.worker_threads.as_ref()),
            key(self.start_paused.as_ref()),
            key(self.name.as_ref()),
            key(self.unhandled_panic.as_ref()),
        ];
        keys.into_iter().flatten()
    }

    fn read_one(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format!("expected an argument: there are {ALL}")));
        }
        let key = input.call(Ident::parse_any)?;
        if let Some(read) = self.options.read_one(&key, input, errors) {
            return read;
        }
        match key.to_string().as_str() {
            "flavor" => set(&mut self.flavor, key, |key| flavor(key, input)),
            "worker_threads" => set(&mut self.worker_threads, key, |key| worker_threads(key, input)),
            "start_paused" => {
                set(&mut self.start_paused, key, |key| value(key, input, "`start_paused = true`"))
            }
            "name" => set(&mut self.name, key, |key| name(key, input)),
            "unhandled_panic" => set(&mut self.unhandled_panic, key, |key| unhandled_panic(key, input)),
            "runtime" => set(&mut self.on, key, |key| on(key, input)),
            "crate" => set(&mut self.krate, key, |key| krate(key, input)),
            "tag" => Err(Error::new(key.span(), "write `tags(..)`")),
            "core_threads" => Err(Error::new(key.span(), "`core_threads` is now called `worker_threads`")),
            attribute @ ("serial" | "parallel" | "ignore" | "should_panic" | "xfail" | "case") => {
                let said = rest_of(input)?;
                let message = format!(
                    "`{attribute}` is an attribute of its own: write `#[{attribute}{said}]` on the function"
                );
                Err(Error::new(key.span(), message))
            }
            of_fixture @ ("scope" | "teardown") => {
                let message =
                    format!("`{of_fixture}` is for fixtures: it is an argument of `#[fixture(..)]`");
                Err(Error::new(key.span(), message))
            }
            old => Err(Error::new(
                key.span(),
                match Flavor::from_old_name(old) {
                    Some(flavor) => format!("write `flavor = \"{}\"`", flavor.name()),
                    None => format!("unknown argument `{old}`: there are {ALL}"),
                },
            )),
        }
    }
}

/// What an argument has beside its name, as it is written in an attribute.
fn rest_of(input: ParseStream) -> syn::Result<String> {
    let mut said = String::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse()? {
            TokenTree::Punct(punct) => said += &format!(" {punct} "),
            token => said += &token.to_string(),
        }
    }
    Ok(said)
}

fn flavor(key: &Ident, input: ParseStream) -> syn::Result<(Flavor, LitStr)> {
    let lit: LitStr = value(key, input, "`flavor = \"multi_thread\"`")?;
    let given = lit.value();
    match Flavor::from_name(&given) {
        Some(flavor) => Ok((flavor, lit)),
        None => Err(Error::new(
            lit.span(),
            match Flavor::from_old_name(&given) {
                Some(flavor) => format!("the flavor `{given}` is now called `{}`", flavor.name()),
                None => format!(
                    "unknown flavor `{given}`: there are `current_thread`, `multi_thread` and `local`"
                ),
            },
        )),
    }
}

fn worker_threads(key: &Ident, input: ParseStream) -> syn::Result<LitInt> {
    let example = "`worker_threads = 4`";
    let lit: LitInt = value(key, input, example)?;
    match lit.base10_parse::<usize>() {
        Ok(0) => Err(Error::new(lit.span(), "`worker_threads` must not be 0")),
        Ok(_) if matches!(lit.suffix(), "" | "usize") => Ok(lit),
        _ => Err(Error::new(lit.span(), format!("not a value for `{key}`: write {example}"))),
    }
}

fn name(key: &Ident, input: ParseStream) -> syn::Result<LitStr> {
    let lit: LitStr = value(key, input, "`name = \"shipments\"`")?;
    if lit.value().trim().is_empty() {
        return Err(Error::new(lit.span(), "`name` must not be empty"));
    }
    Ok(lit)
}

fn unhandled_panic(key: &Ident, input: ParseStream) -> syn::Result<UnhandledPanic> {
    let lit: LitStr = value(key, input, "`unhandled_panic = \"shutdown_runtime\"`")?;
    let given = lit.value();
    UnhandledPanic::from_name(&given).ok_or_else(|| {
        let message = format!("unknown behaviour `{given}`: there are `ignore` and `shutdown_runtime`");
        Error::new(lit.span(), message)
    })
}

fn on(key: &Ident, input: ParseStream) -> syn::Result<On> {
    let lit: LitStr = value(key, input, "`runtime = \"session\"`")?;
    match lit.value().as_str() {
        "fresh" => Ok(On::Fresh),
        "session" => Ok(On::Session),
        given => {
            Err(Error::new(lit.span(), format!("unknown runtime `{given}`: there are `fresh` and `session`")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the arguments amount to, or the messages about them.
    fn amount_to(args: TokenStream) -> String {
        let mut errors = Errors::default();
        let runtime = Args::read(args, &mut errors).runtime(&mut errors);
        if errors.is_empty() { runtime.to_string() } else { errors.lines() }
    }

    #[test]
    fn arguments_amount_to_a_runtime() {
        let table = [
            (quote!(), "plain"),
            (quote!(flavor = "current_thread"), "plain"),
            (quote!(crate = "elsewhere"), "plain"),
            (quote!(flavor = "local"), "local: new_current_thread"),
            (quote!(flavor = "local", start_paused = false,), "local: new_current_thread, start_paused"),
            (quote!(flavor = "multi_thread"), "built: new_multi_thread"),
            (quote!(worker_threads = 2, flavor = "multi_thread"), "built: new_multi_thread, worker_threads"),
            (quote!(name = "a", start_paused = true), "built: new_current_thread, start_paused, name"),
            (quote!(unhandled_panic = "ignore"), "built: new_current_thread, unhandled_panic"),
        ];
        for (args, expected) in table {
            assert_eq!(amount_to(args.clone()), expected, "{args}");
        }
    }

    #[test]
    fn a_mistake_hides_no_other() {
        let lines = amount_to(quote!(flavor = 1 + 1, worker_threads = 0, , start_paused = yes, name));
        for part in ["`flavor`", "`worker_threads`", "expected an argument", "`start_paused`", "`name`"] {
            assert!(lines.contains(part), "no {part} in {lines}");
        }
        assert_eq!(lines.lines().count(), 5, "{lines}");
    }

    #[test]
    fn nothing_panics_on_tokens_that_are_no_arguments() {
        for args in [quote!(,), quote!(=), quote!(a =), quote!((b)), quote!(flavor =, =), quote!('a' 'b)] {
            assert_ne!(amount_to(args.clone()), "plain", "{args}");
        }
    }

    #[test]
    fn the_harness_is_where_crate_says() {
        let krate = |args| Args::read(args, &mut Errors::default()).krate().to_string().replace(' ', "");
        assert_eq!(krate(quote!()), "::async_harness");
        assert_eq!(krate(quote!(crate = "crate::a::b")), "crate::a::b");
        assert_eq!(krate(quote!(nonsense, crate = "a")), "a");
    }
}
