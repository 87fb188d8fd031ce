//! The arguments of `#[fixture(...)]`.

use crate::errors::Errors;
use crate::given::{self, Given, krate, set, value};
use crate::keys::{Key, Lock, Shape};
use crate::list;
use crate::numbers::duration;
use proc_macro2::{Group, Ident, TokenStream};
use std::time::Duration;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Path, token};

const ALL: &str = "`scope`, `teardown`, `timeout`, `serial`, `parallel`, `runtime` and `crate`";

/// How long an instance lives, shortest first.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Scope {
    Test,
    Worker,
    Module,
    Session,
}

/// `runtime = ".."`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Runtime {
    Any,
    Session,
}

/// What was given, each argument at most once and with a value of its own type.
#[derive(Default)]
pub(crate) struct FixtureArgs {
    krate: Option<Given<TokenStream>>,
    scope: Option<Given<Scope>>,
    pub(crate) teardown: Option<Given<Path>>,
    pub(crate) runtime: Option<Given<Runtime>>,
    pub(crate) timeout: Option<Given<Duration>>,
    pub(crate) keys: Vec<Key>,
}

impl FixtureArgs {
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        list::read(tokens, errors, |input, errors| args.read_one(input, errors));
        if let Some(Given { key, value: Runtime::Any }) = &args.runtime
            && args.scope() == Scope::Test
        {
            errors.at(
                key,
                "a fixture of scope `test` does not choose the runtime of its tests: remove `runtime`",
            );
        }
        args
    }

    /// Where the harness is to be found: `::async_harness`, unless `crate = ".."` says otherwise.
    pub(crate) fn krate(&self) -> TokenStream {
        given::found(self.krate.as_ref())
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope.as_ref().map_or(Scope::Test, |given| given.value)
    }

    fn read_one(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format!("expected an argument: there are {ALL}")));
        }
        let key = input.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "scope" => set(&mut self.scope, key, |key| scope(key, input)),
            "teardown" => set(&mut self.teardown, key, |key| teardown(key, input)),
            "timeout" => set(&mut self.timeout, key, |key| Ok(duration(key, input)?.0)),
            "runtime" => set(&mut self.runtime, key, |key| runtime(key, input)),
            "crate" => set(&mut self.krate, key, |key| krate(key, input)),
            "serial" => self.read_keys(Lock::Serial, &key, input, errors),
            "parallel" => self.read_keys(Lock::Parallel, &key, input, errors),
            unknown => Err(Error::new(
                key.span(),
                match (unknown, Scope::from_name(unknown)) {
                    (_, Some(scope)) => format!("write `scope = \"{}\"`", scope.name()),
                    ("once", _) => "write `scope = \"session\"`".to_owned(),
                    (
                        "retries" | "tags" | "group" | "threads_required" | "task_panics" | "flavor"
                        | "worker_threads" | "start_paused" | "unhandled_panic",
                        _,
                    ) => format!("`{unknown}` is for tests: it is an argument of `#[async_test(..)]`"),
                    ("params", _) => {
                        "a fixture has one value: a test of several has `#[values(..)]` before a parameter"
                            .to_owned()
                    }
                    ("autouse", _) => {
                        "a fixture is used by whoever names it in a parameter: there is no `autouse`"
                            .to_owned()
                    }
                    _ => format!("unknown argument `{unknown}`: there are {ALL}"),
                },
            )),
        }
    }

    /// Reads `(key, ...)`.
    fn read_keys(
        &mut self,
        lock: Lock,
        name: &Ident,
        input: ParseStream,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let group = if input.peek(token::Paren) { Some(input.parse::<Group>()?) } else { None };
        let Some(group) = group.filter(|group| !group.stream().is_empty()) else {
            let message = format!("a fixture hands keys to its tests: write `{name}(key)`");
            return Err(Error::new(name.span(), message));
        };
        list::read(group.stream(), errors, |input, errors| {
            Key::read(lock, Shape::Argument, input)?.add(&mut self.keys, errors);
            Ok(())
        });
        Ok(())
    }
}

impl Scope {
    fn from_name(name: &str) -> Option<Self> {
        [Self::Test, Self::Worker, Self::Module, Self::Session].into_iter().find(|scope| scope.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Worker => "worker",
            Self::Module => "module",
            Self::Session => "session",
        }
    }

    /// The name of its variant.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Test => "Test",
            Self::Worker => "Worker",
            Self::Module => "Module",
            Self::Session => "Session",
        }
    }
}

fn scope(key: &Ident, input: ParseStream) -> syn::Result<Scope> {
    let lit: LitStr = value(key, input, "`scope = \"session\"`")?;
    let given = lit.value();
    Scope::from_name(&given).ok_or_else(|| {
        let all = "there are `test`, `worker`, `module` and `session`";
        let message = match given.as_str() {
            "function" => "the scope `function` is called `test` here".to_owned(),
            "package" | "global" => format!("the scope `{given}` is called `session` here"),
            _ => format!("unknown scope `{given}`: {all}"),
        };
        Error::new(lit.span(), message)
    })
}

fn teardown(key: &Ident, input: ParseStream) -> syn::Result<Path> {
    value(key, input, "`teardown = stop`, the name of an `async fn` that takes the value")
}

fn runtime(key: &Ident, input: ParseStream) -> syn::Result<Runtime> {
    let lit: LitStr = value(key, input, "`runtime = \"any\"`")?;
    match lit.value().as_str() {
        "any" => Ok(Runtime::Any),
        "session" => Ok(Runtime::Session),
        given => {
            Err(Error::new(lit.span(), format!("unknown runtime `{given}`: there are `any` and `session`")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    /// What the arguments say, or the messages about them.
    fn said(args: TokenStream) -> String {
        let mut errors = Errors::default();
        let args = FixtureArgs::read(args, &mut errors);
        if !errors.is_empty() {
            return errors.lines();
        }
        let teardown = if args.teardown.is_some() { ", torn down" } else { "" };
        let timeout =
            args.timeout.as_ref().map(|given| format!(", {:?} at most", given.value)).unwrap_or_default();
        let runtime = match args.runtime.as_ref().map(|given| given.value) {
            None => "",
            Some(Runtime::Any) => ", any runtime",
            Some(Runtime::Session) => ", session runtime",
        };
        format!("{}{teardown}{timeout}{runtime}, {} keys", args.scope().name(), args.keys.len())
    }

    #[test]
    fn arguments_are_read_in_any_order() {
        let table = [
            (quote!(), "test, 0 keys"),
            (quote!(scope = "session"), "session, 0 keys"),
            (quote!(teardown = a::b, scope = "worker",), "worker, torn down, 0 keys"),
            (quote!(runtime = "any", scope = "module"), "module, any runtime, 0 keys"),
            (quote!(runtime = "session"), "test, session runtime, 0 keys"),
            (quote!(timeout = "1m 30s"), "test, 90s at most, 0 keys"),
            (quote!(serial(a, b), crate = "x", parallel(c)), "test, 3 keys"),
        ];
        for (args, expected) in table {
            assert_eq!(said(args.clone()), expected, "{args}");
        }
    }

    #[test]
    fn a_mistake_hides_no_other() {
        let lines = said(quote!(scope = "sesion", teardown, serial, parallel(a, a), runtime = any, ,));
        for part in
            ["`sesion`", "`teardown`", "`serial(key)`", "key `a`", "`runtime`", "expected an argument"]
        {
            assert!(lines.contains(part), "no {part} in {lines}");
        }
        assert_eq!(lines.lines().count(), 6, "{lines}");
    }
}
