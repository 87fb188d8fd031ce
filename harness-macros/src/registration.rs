//! What registers a test: its description, and a function that makes it ready to run.

use crate::block::block;
use crate::call::{self, Call};
use crate::cases::Instance;
use crate::function::Function;
use crate::parameters::{Access, Fixture, Parameter};
use crate::runtime::Runtime;
use crate::spans::{enclosing, ends, spanning};
use crate::traits::Traits;
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

/// A function that is one test or several, all of them legal.
pub(crate) struct Registration<'a> {
    /// The path of the harness.
    pub(crate) krate: &'a TokenStream,
    /// What its `__private` is called here.
    pub(crate) private: &'a TokenStream,
    pub(crate) function: &'a Function,
    pub(crate) parameters: &'a [Parameter],
    pub(crate) body: &'a Body,
    /// Fields of the harness's `Test`, from the arguments.
    pub(crate) fields: Option<TokenStream>,
}

pub(crate) enum Body {
    Sync,
    Async(Runtime),
}

impl Registration<'_> {
    /// All that registers the tests.
    pub(crate) fn tokens(&self, instances: &[Instance]) -> TokenStream {
        let private = self.private;
        let statics = self.own("__NEEDS", "");
        // A static of its own: rustc tells a panic in it once.
        let needs = needs(private, &quote!(#private::Scope::Test), self.parameters);
        let count = needs.len();
        let shared = (count > 0).then(|| quote!(#[allow(non_upper_case_globals)] static #statics: [#private::Need; #count] = [#(#needs),*];));
        let needs = (count > 0).then(|| quote!(needs: &#statics,));
        let mut converts = false;
        let (functions, tests): (Vec<_>, Vec<_>) = (0_usize..)
            .zip(instances)
            .map(|(index, instance)| {
                let suffix = if instances.len() > 1 { format!("_{index}") } else { String::new() };
                let call = call::call(private, self.function, self.parameters, &instance.arguments);
                converts |= call.converts;
                self.test(instance, call, &suffix, needs.as_ref())
            })
            .unzip();
        let conversions = converts.then(|| {
            quote! {
                #[allow(unused_imports)]
                use #private::{Parsed as _, ParsedOrWhy as _, Unparsed as _};
            }
        });
        block(self.krate, &quote!(#conversions #shared #(#functions)*), &tests)
    }

    /// The functions of one test, and what is registered of it.
    fn test(
        &self,
        instance: &Instance,
        call: Call,
        suffix: &str,
        needs: Option<&TokenStream>,
    ) -> (TokenStream, TokenStream) {
        let Self { private, function, fields, .. } = self;
        // What is an argument now stood in parentheses of its own.
        let braces = call.computes.then(|| quote!(#[allow(unused_braces, unused_parens)]));
        // Nobody else has the fixture while it is borrowed: the plan has seen to that.
        let guards = call.excludes.then(|| quote!(#[allow(clippy::await_holding_refcell_ref)]));

        // Functions, as closures would each bring a second one with them, to be called through a pointer.
        let start = self.own("__start", suffix);
        let lends = self.lends(&call);
        let name = if lends { call::guard_name } else { call::held_name };
        let (pattern, held) = call::held(private, self.parameters, name);
        let (lifetime, parameter) = match needs {
            Some(_) if lends => {
                (Some(quote!(<'__lent>)), Some(quote!(#pattern: &'__lent #private::Lent<'_, #held>)))
            }
            Some(_) => (None, Some(quote!(#pattern: #held))),
            None => (None, None),
        };
        // Nobody has written that type.
        let complex = needs.map(|_| quote!(#[allow(clippy::type_complexity)]));
        let (output, run) = self.run(call);
        let prepare = needs.map(|_| {
            let prepare = self.own("__prepare", suffix);
            let with = match self.body {
                Body::Sync => quote!(prepare_sync),
                Body::Async(_) if lends => quote!(prepare_borrower::<#held>),
                Body::Async(_) => quote!(prepare),
            };
            let mut start_there = start.clone();
            if let Some(fixture) = self.parameters.iter().find_map(Parameter::fixture) {
                start_there.set_span(fixture.span());
            }
            quote! {
                fn #prepare(context: #private::Context) -> #private::Prepare {
                    #private::#with(context, #start_there)
                }
            }
        });
        let body = self.body(suffix, needs.is_some());
        let described =
            described(private, &function.sig.ident, &instance.name, instance.place, &instance.traits);
        let functions = quote! {
            #braces
            #guards
            #complex
            fn #start #lifetime(#parameter) -> #private::#output { #run }
            #prepare
        };
        let registered = quote! {
            #private::Registered {
                test: #private::Test { #described #fields #needs ..#private::Test::PLAIN },
                body: #body,
            }
        };
        (functions, registered)
    }

    fn own(&self, what: &str, suffix: &str) -> Ident {
        own(what, &self.function.sig.ident, suffix)
    }

    /// Whether the test is lent its fixtures, instead of being given what holds them.
    fn lends(&self, call: &Call) -> bool {
        call.borrows_only && matches!(self.body, Body::Async(_))
    }

    fn body(&self, suffix: &str, prepared: bool) -> TokenStream {
        let private = self.private;
        let start = self.own("__start", suffix);
        let prepare = self.own("__prepare", suffix);
        let runtime = match self.body {
            Body::Sync => quote!(#private::Runtime::None),
            Body::Async(runtime) => runtime.tokens(private),
        };
        match self.body {
            _ if prepared => quote!(#private::Body::Prepared { runtime: #runtime, prepare: #prepare }),
            Body::Sync => quote!(#private::Body::Sync(#start)),
            Body::Async(_) => quote!(#private::Body::Async { runtime: #runtime, start: #start }),
        }
    }

    /// The call of the function up to its verdict, and what that is. The call is placed on the return type: there rustc
    /// then says that a type is no result of a test.
    fn run(&self, call: Call) -> (TokenStream, TokenStream) {
        let private = self.private;
        let lends = self.lends(&call);
        let Call { guards, call, prepares, .. } = call;
        let place = ends(self.function.output(), self.function.sig.ident.span());
        match self.body {
            Body::Async(_) => {
                let future = match prepares && !lends {
                    true => quote!(async move { #guards #call.await }),
                    false => call,
                };
                let future = enclosing(quote!(#private::Boxed::new), future, place);
                let output = if lends { quote!(Borrower<'__lent>) } else { quote!(Start) };
                (output, quote!(#private::reported(#future)))
            }
            Body::Sync if self.parameters.is_empty() => {
                let result = spanning(call, place.0, place.1);
                (quote!(ExitCode), quote!(#private::report(#result)))
            }
            Body::Sync => {
                let result = enclosing(quote!(::core::convert::identity), call, place);
                (quote!(ExitCode), quote!(#guards #private::report(#result)))
            }
        }
    }
}

/// The fields of the harness's `Test` that every test has, and those of its traits. `suffix` is what its name has after
/// that of the function.
pub(crate) fn described(
    private: &TokenStream,
    name: &Ident,
    suffix: &str,
    at: Option<Span>,
    traits: &Traits,
) -> TokenStream {
    let text = format!("{}{suffix}", shown(name));
    let own_length = Literal::usize_unsuffixed(text.len());
    let place = place(private, at.unwrap_or_else(|| name.span()));
    let traits = traits.field(private);
    quote! {
        path: #private::TestPath::new(::core::concat!(::core::module_path!(), "::", #text)),
        own_length: #own_length,
        place: #place,
        #traits
    }
}

/// The name of an item beside the user's function. It has that function's in it, so that it is not that, and not one that
/// the function may use.
pub(crate) fn own(what: &str, function: &Ident, suffix: &str) -> Ident {
    // Not placed on that function, of which rustc would tell otherwise what is wrong with this.
    format_ident!("{what}_of_{}{suffix}", function.unraw(), span = Span::call_site())
}

/// A name as rustc shows it: with `r#` where it would be a keyword without.
fn shown(name: &Ident) -> String {
    let raw = name.to_string();
    match raw.strip_prefix("r#") {
        Some(plain) if syn::parse_str::<Ident>(plain).is_ok() => plain.to_owned(),
        _ => raw,
    }
}

/// The harness's `Place` of a token.
pub(crate) fn place(private: &TokenStream, span: Span) -> TokenStream {
    // `line!()` gives the place of its own tokens, unless those come from a macro.
    let place = quote_spanned! {span=>
        file: ::core::file!(), line: ::core::line!(), column: ::core::column!()
    };
    quote!(#private::Place { #place })
}

/// The harness's `Need` of each fixture, placed on the user's token: there rustc then says that it cannot be had.
/// `scope` is whose parameters they are.
pub(crate) fn needs(
    private: &TokenStream,
    scope: &TokenStream,
    parameters: &[Parameter],
) -> Vec<TokenStream> {
    let fixtures = parameters.iter().filter_map(Parameter::fixture);
    let need = |fixture: &Fixture| {
        let access = match fixture.access {
            Access::Borrow => quote!(Borrow),
            Access::BorrowMut => quote!(BorrowMut),
            Access::Take => quote!(Take),
        };
        let span = fixture.span();
        let need = spanning(quote!(#private::need::), span, span);
        let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#scope, #private::NeedAccess::#access));
        arguments.set_span(span);
        let fixture = fixture.generic(private);
        quote!(#need #fixture #arguments)
    };
    fixtures.map(need).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_raw_only_where_it_has_to_be() {
        for (name, expected) in [("r#plain", "plain"), ("plain", "plain"), ("r#async", "r#async")] {
            assert_eq!(shown(&syn::parse_str(name).expect("a name")), expected);
        }
    }
}
