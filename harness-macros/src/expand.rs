//! What a test attribute leaves behind.
//!
//! The user's function goes, untouched, with its registration into a `const _` block, beside a phantom `#[test]` that
//! rustc drops under `harness = false`, fails loudly without it, and is what an editor hangs its lens on.

use crate::args::Args;
use crate::attributes::{self, Sorted};
use crate::builtin::{Ignore, ShouldPanic};
use crate::errors::Errors;
use crate::function::Function;
use crate::keys::Concurrency;
use crate::spans::spanning;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Path, Visibility};

/// Which of the two test attributes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Door {
    AsyncTest,
    Test,
}

impl Door {
    fn name(self) -> &'static str {
        match self {
            Self::AsyncTest => "async_test",
            Self::Test => "test",
        }
    }
}

/// A test, all of it legal.
struct Test {
    ignore: Ignore,
    should_panic: ShouldPanic,
    concurrency: Concurrency,
    body: Body,
}

enum Body {
    Sync,
    Async(crate::runtime::Runtime),
}

pub(crate) fn expand(door: Door, tokens: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::read(tokens.clone(), &mut errors);
    let krate = args.krate();

    let mut function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
    };
    if attributes::has_cfg(&function.attrs) {
        let name = Ident::new(door.name(), Span::call_site());
        let own =
            if tokens.is_empty() { quote!(#[#krate::#name]) } else { quote!(#[#krate::#name(#tokens)]) };
        return attributes::hoist_cfg(&function.attrs, own, &function);
    }
    let attrs = Sorted::new(std::mem::take(&mut function.attrs));
    if let Some(receiver) = function.receiver() {
        errors.at(receiver, "a test is a free function: move it out of the `impl`");
        let others = &attrs.others;
        return quote!(#(#others)* #function #errors);
    }

    let test = read(door, args, &function, &attrs, &mut errors);
    let private = quote!(#krate::__private);
    let uses = uses(&attrs);
    let held = held(&attrs.others, &function, &errors);
    let registration = errors.is_empty().then(|| registration(&private, &function, &test));
    let phantom = phantom(&attrs.others, &function.sig.ident);
    quote! {
        const _: () = { #uses #held #registration };
        #phantom
        #errors
    }
}

/// Reads everything that is said about the test, and notes what cannot be.
fn read(door: Door, args: Args, function: &Function, attrs: &Sorted, errors: &mut Errors) -> Test {
    let ignore = Ignore::read(&attrs.ignore, errors);
    let should_panic = ShouldPanic::read(&attrs.should_panic, errors);
    let concurrency = Concurrency::read(&attrs.locks, errors);
    for second in &attrs.tests {
        errors.at(
            in_own_words(second, function),
            format!("a function is a test once: keep `#[{}]` and remove this", door.name()),
        );
    }
    function.check(errors);
    if let Some(output) = function.output().filter(|_| should_panic.is_yes()) {
        errors.at(output, "functions using `#[should_panic]` must return `()`");
    }
    let body = if function.is_async() {
        Body::Async(args.runtime(errors))
    } else {
        // Where another test attribute has been at work, it is to blame for the missing `async`.
        if door == Door::Test {
            args.refuse_runtime(errors);
        } else if attrs.tests.is_empty() {
            errors.at(
                function.sig.fn_token,
                "`#[async_test]` needs an `async fn`; for a plain one use `#[async_harness::test]`",
            );
        }
        Body::Sync
    };
    Test { ignore, should_panic, concurrency, body }
}

/// The path of an attribute, shown as the user's even where another macro has written it.
fn in_own_words(attribute: &Attribute, function: &Function) -> TokenStream {
    let user = function.sig.ident.span();
    attribute
        .path()
        .to_token_stream()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().resolved_at(user));
            token
        })
        .collect()
}

/// Makes the imports of the attributes that were read here count as used: rustc has not seen those attributes.
fn uses(attrs: &Sorted) -> TokenStream {
    let paths = attrs.locks.iter().map(|(_, attribute)| attribute.path()).filter(|path| !is_moved(path));
    quote!(#(#[allow(unused_imports)] use #paths as _;)*)
}

/// Whether `#[serial]` wrote this path itself when it moved below the test attribute.
fn is_moved(path: &Path) -> bool {
    path.segments.iter().rev().nth(1).is_some_and(|segment| segment.ident == "__private")
}

/// The user's function, with lints off that a test that rustc knows would not meet. They stand first, so that the
/// user's own come out on top.
fn held(attrs: &[Attribute], function: &Function, errors: &Errors) -> TokenStream {
    let unused_async = function.is_async().then(|| quote!(#[allow(clippy::unused_async)]));
    let unreachable = match function.vis {
        Visibility::Inherited => None,
        Visibility::Public(_) | Visibility::Restricted(_) => Some(quote!(#[allow(unreachable_pub)])),
    };
    let dead = (!errors.is_empty()).then(|| quote!(#[allow(dead_code)]));
    quote!(#unused_async #unreachable #dead #(#attrs)* #function)
}

fn registration(private: &TokenStream, function: &Function, test: &Test) -> TokenStream {
    let Test { ignore, should_panic, concurrency, body } = test;
    let name = &function.sig.ident;
    let text = name.to_string();
    // `line!()` gives the place of its own tokens, unless those come from a macro.
    let place = quote_spanned! {name.span()=>
        file: ::core::file!(), line: ::core::line!(), column: ::core::column!()
    };
    let ignore = ignore.tokens(private);
    let should_panic = should_panic.tokens(private);
    let concurrency = concurrency.tokens(private);
    let (output, call) = call(private, function);
    let body = match body {
        Body::Sync => quote!(#private::Body::Sync(__start)),
        Body::Async(runtime) => {
            let runtime = runtime.tokens(private);
            quote!(#private::Body::Async { runtime: #runtime, start: __start })
        }
    };
    // A function, as a closure would bring a second one with it, to be called through a pointer.
    quote! {
        fn __start() -> #private::#output { #call }
        #private::inventory::submit! {
            #private::Registered {
                test: #private::Test {
                    path: ::core::concat!(::core::module_path!(), "::", #text),
                    place: #private::Place { #place },
                    ignore: #ignore,
                    should_panic: #should_panic,
                    concurrency: #concurrency,
                },
                body: #body,
            }
        }
    }
}

/// The call of the function up to its verdict, and what that is. `name()` is placed on the return type: there rustc
/// then says that a type is no result of a test.
fn call(private: &TokenStream, function: &Function) -> (TokenStream, TokenStream) {
    let name = &function.sig.ident;
    let output = function.output().map(ToTokens::to_token_stream).unwrap_or_default();
    let first = output.clone().into_iter().next().map_or(name.span(), |token| token.span());
    let last = output.into_iter().last().map_or(name.span(), |token| token.span());
    let place = |tokens| spanning(tokens, name.span().located_at(first), last);
    if function.is_async() {
        let future = place(quote!(#private::Box::new(#name())));
        (quote!(Start), quote!(#private::reported(#future)))
    } else {
        let result = place(quote!(#name()));
        (quote!(ExitCode), quote!(#private::report(#result)))
    }
}

/// The `#[test]` that stands in for the user's where `harness = false` is missing.
fn phantom(attrs: &[Attribute], name: &Ident) -> TokenStream {
    let kept = attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc") || attribute.path().is_ident("allow"));
    quote! {
        #(#kept)*
        #[::core::prelude::v1::test]
        fn #name() {
            ::core::panic!("set `harness = false` for this target, in its section of Cargo.toml: `[[test]]`, `[lib]` or `[[bin]]`")
        }
    }
}
