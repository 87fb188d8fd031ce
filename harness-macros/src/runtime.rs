//! The runtime that a test asked for.

use crate::args::{Args, On};
use crate::errors::Errors;
use crate::given::Given;
use crate::spans::spanning;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

/// What builds the runtime: nothing special, or a builder with settings.
pub(crate) enum Runtime {
    CurrentThread,
    Built(Builder),
    Local(Builder),
}

/// A call of one of the two constructors of tokio's `Builder`, and of its methods.
pub(crate) struct Builder {
    /// `new_multi_thread` has the span of the flavor, where its absence is to be told.
    constructor: Ident,
    settings: Vec<Setting>,
}

/// A method of tokio's `Builder`, which is the argument's own token, and what it is given.
struct Setting {
    method: Ident,
    value: Value,
}

enum Value {
    Plain(TokenStream),
    UnhandledPanic(UnhandledPanic),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
    Local,
}

impl Flavor {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::CurrentThread, Self::MultiThread, Self::Local].into_iter().find(|flavor| flavor.name() == name)
    }

    /// The flavor behind a name that tokio once had for it, or that is its name but stands where an argument should.
    pub(crate) fn from_old_name(name: &str) -> Option<Self> {
        match name {
            "basic_scheduler" | "single_thread" | "single_threaded" => Some(Self::CurrentThread),
            "threaded_scheduler" | "multi_threaded" => Some(Self::MultiThread),
            _ => Self::from_name(name),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CurrentThread => "current_thread",
            Self::MultiThread => "multi_thread",
            Self::Local => "local",
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum UnhandledPanic {
    Ignore,
    ShutdownRuntime,
}

impl UnhandledPanic {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "ignore" => Some(Self::Ignore),
            "shutdown_runtime" => Some(Self::ShutdownRuntime),
            _ => None,
        }
    }
}

impl Runtime {
    /// Checks that the arguments go together.
    pub(crate) fn new(args: Args, errors: &mut Errors) -> Self {
        if args.on.as_ref().is_some_and(|given| given.value == On::Session) {
            for key in args.about_its_runtime() {
                errors.at(
                    key,
                    format!(
                        "`{key}` is for a runtime of the test's own, and `runtime = \"session\"` runs it on the one that \
                         tests share: remove one"
                    ),
                );
            }
            return Self::CurrentThread;
        }
        let flavor = args.flavor.as_ref().map_or(Flavor::CurrentThread, |given| given.value.0);
        if flavor == Flavor::MultiThread {
            needs_one_thread(args.start_paused.as_ref(), errors);
            needs_one_thread(args.unhandled_panic.as_ref(), errors);
        } else if let Some(Given { key, .. }) = &args.worker_threads {
            errors.at(key, "`worker_threads` needs `flavor = \"multi_thread\"`");
        }

        let builder = Builder {
            constructor: match args.flavor {
                Some(Given { value: (Flavor::MultiThread, lit), .. }) => at(&lit, "new_multi_thread"),
                _ => Ident::new("new_current_thread", Span::mixed_site()),
            },
            settings: [
                args.worker_threads.map(|given| given.setting(|value| Value::Plain(quote!(#value)))),
                args.start_paused.map(|given| given.setting(|value| Value::Plain(quote!(#value)))),
                args.name.map(|given| given.setting(|value| Value::Plain(quote!(#value)))),
                args.unhandled_panic.map(|given| given.setting(Value::UnhandledPanic)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        match flavor {
            Flavor::Local => Self::Local(builder),
            Flavor::CurrentThread if builder.settings.is_empty() => Self::CurrentThread,
            Flavor::CurrentThread | Flavor::MultiThread => Self::Built(builder),
        }
    }

    /// The runtime as the harness's `Runtime`; `private` is the path of its `__private`.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::CurrentThread => quote!(#private::Runtime::CurrentThread),
            Self::Built(builder) => {
                let builder = builder.tokens(private);
                quote!(#private::Runtime::Built(#builder))
            }
            Self::Local(builder) => {
                let builder = builder.tokens(private);
                quote!(#private::Runtime::Local(#builder))
            }
        }
    }
}

impl Builder {
    fn tokens(&self, private: &TokenStream) -> TokenStream {
        let Self { constructor, settings } = self;
        let span = constructor.span();
        let new = spanning(quote!(#private::Builder::#constructor()), span, span);
        // Not `mixed_site`: rustc would then show the whole attribute for an error about the receiver of a method.
        let local = settings.first().map_or(span, |setting| setting.method.span());
        let builder = Ident::new("__builder", local);
        let settings = settings.iter().map(|setting| setting.tokens(&builder, private));
        // Where tokio has the method it is inherent and wins, and the import is not used.
        quote! {
            || {
                #[allow(unused_imports)]
                use #private::MissingOptions as _;
                #[allow(unused_mut)]
                let mut #builder = #new;
                #(let _ = #settings;)*
                #builder
            }
        }
    }
}

impl Setting {
    /// The call, placed on the argument: that is where rustc then says what tokio was built without.
    fn tokens(&self, builder: &Ident, private: &TokenStream) -> TokenStream {
        let Self { method, value } = self;
        let span = method.span();
        let value = match value {
            Value::Plain(value) => quote!(#value),
            Value::UnhandledPanic(UnhandledPanic::Ignore) => quote!(#private::UnhandledPanic::Ignore),
            Value::UnhandledPanic(UnhandledPanic::ShutdownRuntime) => {
                quote!(#private::UnhandledPanic::ShutdownRuntime)
            }
        };
        let builder = Ident::new("__builder", builder.span().located_at(span));
        let call = spanning(quote!(.#method(#value)), span, span);
        quote!(#builder #call)
    }
}

impl<T> Given<T> {
    fn setting(self, value: impl FnOnce(T) -> Value) -> Setting {
        Setting { method: self.key, value: value(self.value) }
    }
}

fn needs_one_thread<T>(given: Option<&Given<T>>, errors: &mut Errors) {
    if let Some(Given { key, .. }) = given {
        let message =
            format!("`{key}` needs a runtime of one thread: remove it, or `flavor = \"multi_thread\"`");
        errors.at(key, message);
    }
}

fn at(lit: &LitStr, name: &str) -> Ident {
    Ident::new(name, lit.span())
}

#[cfg(test)]
impl std::fmt::Display for Runtime {
    /// The calls that build it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, Builder { constructor, settings }) = match self {
            Self::CurrentThread => return f.write_str("plain"),
            Self::Built(builder) => ("built", builder),
            Self::Local(builder) => ("local", builder),
        };
        write!(f, "{kind}: {constructor}")?;
        settings.iter().try_for_each(|setting| write!(f, ", {}", setting.method))
    }
}
