//! What `#[test_factory]` leaves behind: the function with its registration, beside the phantom of a test.

use crate::args::Args;
use crate::block::{self, block};
use crate::errors::Errors;
use crate::expand::{Entered, deprecations, enter, held, in_own_words, phantom, uses};
use crate::function::Noun;
use crate::registration::{described, own};
use crate::spans::{enclosing, ends};
use crate::traits::Traits;
use crate::types::Unsized;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn expand(tokens: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::read(tokens, &mut errors);
    let (krate, private) = (args.krate(), block::private());
    let Entered { mut function, mut attrs } = match enter(Noun::Factory, item, &mut errors) {
        Ok(entered) => entered,
        Err(left) => return left,
    };
    function.strip_parameters();
    let sig = &function.sig;
    for second in &attrs.tests {
        errors.at(
            in_own_words(second, &function),
            "a test factory is no test itself: remove one of the two attributes",
        );
    }
    for case in &attrs.cases {
        errors.at(
            case.attribute.path(),
            "cases are for tests: a test factory makes one for each element that it returns",
        );
    }
    if !sig.inputs.is_empty() {
        errors.at(&sig.inputs, "a test factory takes no arguments: it runs before anything is set up");
    }
    if let Some(asyncness) = sig.asyncness {
        errors.at(asyncness, "a test factory runs before there is any runtime: remove `async`");
    }
    let returns = "a test factory returns the tests that it makes: `-> Vec<TestCase>`";
    match function.output() {
        None => errors.at(&sig.ident, returns),
        Some(output) if Unsized::of(output).is_some() => errors.instead(output, returns),
        Some(_) => {}
    }
    let fields = args.fields(&private);
    let traits = Traits::read(&attrs.marks, &mut errors);
    if traits.is_exclusive() {
        args.options.refuse_workers(&mut errors);
    }
    let runtime = args.runtime(&mut errors);

    let uses = uses(&attrs);
    let deprecations = deprecations(&mut attrs.others, &[]);
    let held = held(&attrs.others, &function, &errors);
    let registration = errors.is_empty().then(|| {
        let name = &sig.ident;
        let runtime = runtime.tokens(&private);
        let described = described(&private, name, "", None, &traits);
        let place = ends(function.output(), name.span());
        let made = enclosing(quote!(::core::convert::identity), quote!(#name()), place);
        let making = own("__make", name, "");
        let make = quote! {
            fn #making() -> #private::Vec<#private::TestCase> { #private::test_cases(#made) }
        };
        let registered = quote! {
            #private::RegisteredFactory {
                test: #private::Test { #described #fields ..#private::Test::PLAIN },
                runtime: #runtime,
                make: #making,
            }
        };
        block(&krate, &make, &[registered])
    });
    let phantom = phantom(&attrs.others, &sig.ident);
    quote! {
        #deprecations
        const _: () = { #uses #held #registration };
        #phantom
        #errors
    }
}
