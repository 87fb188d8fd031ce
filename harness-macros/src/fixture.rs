//! What `#[fixture]` leaves behind: a type of the function's name, and in a `const _` block the function, untouched but
//! for our attributes on its parameters, with what makes the type a fixture.

use crate::attributes::{Role, Sorted};
use crate::block::{self, block};
use crate::call;
use crate::errors::Errors;
use crate::expand::{Entered, deprecations, enter, held, in_own_words};
use crate::fixture_args::{FixtureArgs, Runtime, Scope};
use crate::function::{Function, Noun};
use crate::given::Given;
use crate::moved::on_fixture;
use crate::numbers::duration_tokens;
use crate::parameters::Parameter;
use crate::registration::{needs, place};
use crate::spans::{enclosing, ends, spanning};
use crate::types::{Flaw, Unsized, stand_in};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Expr, ExprLit, GenericArgument, Lit, Meta, PathArguments, ReturnType, Type};

pub(crate) fn expand(tokens: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = FixtureArgs::read(tokens, &mut errors);
    let (krate, private) = (args.krate(), block::private());
    let Entered { mut function, mut attrs } = match enter(Noun::Fixture, item, &mut errors) {
        Ok(entered) => entered,
        Err(left) => return left,
    };
    let parameters = Parameter::read_all(Noun::Fixture, &mut function.sig, &mut errors);
    refuse_attributes(&mut attrs, &function, &mut errors);
    let instead = check_output(&private, &function, &mut errors);

    let deprecated: Vec<_> =
        attrs.others.extract_if(.., |attribute| attribute.path().is_ident("deprecated")).collect();
    let deprecations = deprecations(&mut attrs.others, &deprecated);
    let ty = ty(attrs.others.iter().chain(&deprecated), &function);
    let held = held(&attrs.others, &function, &errors);
    let fixture = Fixture {
        krate: &krate,
        private: &private,
        args: &args,
        function: &function,
        parameters: &parameters,
        attrs: &attrs,
        instead,
    };
    let is_whole = errors.is_empty() && fixture.instead.is_none();
    let implementation = if is_whole { fixture.implementation() } else { fixture.beside_an_error() };
    quote! {
        #ty
        #deprecations
        const _: () = { #held #implementation };
        #errors
    }
}

/// The type that stands for the fixture. In braces, as the name of a unit struct could not be a parameter's.
fn ty<'a>(attrs: impl Iterator<Item = &'a Attribute>, function: &Function) -> TokenStream {
    let Function { vis, sig, .. } = function;
    let name = &sig.ident;
    let kept = attrs.filter(|attribute| {
        ["doc", "allow", "deprecated"].iter().any(|kept| attribute.path().is_ident(kept))
    });
    // Where the name is taken, rustc says so at it.
    let item = quote_spanned!(Span::call_site().located_at(name.span())=> struct #name {});
    quote! {
        #(#kept)*
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations, missing_copy_implementations)]
        #vis #item
    }
}

/// A fixture is no test.
fn refuse_attributes(attrs: &mut Sorted, function: &Function, errors: &mut Errors) {
    for attribute in &attrs.tests {
        let message = match Role::of(attribute) {
            Role::Fixture => "`#[fixture]` is given twice: remove one",
            _ => "a function is a test or a fixture: remove one of the two attributes",
        };
        errors.at(in_own_words(attribute, function), message);
    }
    for case in &attrs.cases {
        errors.at(case.attribute.path(), "cases are for tests: a fixture has one value");
    }
    for marks in attrs.all_marks() {
        let locks = marks.locks.iter().map(|(_, attribute)| attribute);
        let rest = marks.ignore.iter().chain(&marks.should_panic).chain(&marks.xfail);
        for attribute in locks.chain(rest) {
            let name =
                attribute.path().segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            let tokens = match &attribute.meta {
                Meta::List(list) => list.tokens.clone(),
                Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
            };
            errors.at(in_own_words(attribute, function), on_fixture(&name, &tokens));
        }
    }
    for once in attrs.others.extract_if(.., |attribute| attribute.path().is_ident("once")) {
        errors.at(once.path(), "write `#[fixture(scope = \"session\")]` instead");
    }
}

/// What a fixture returns is kept, so its type has a size and a name, and borrows nothing. The type that stands in where that
/// is not so.
fn check_output(private: &TokenStream, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    let ReturnType::Type(_, output) = &function.sig.output else { return None };
    let value = value_of(output).unwrap_or(output);
    if let Some(kind) = Unsized::of(value) {
        let owned = kind.owned();
        errors.instead(value, format!("a value of this type cannot be returned: return `{owned}`"));
        return Some(stand_in(private, value));
    }
    match Flaw::of(output)? {
        Flaw::Unnamed(ty) => {
            errors.instead(
                ty,
                "the type of a fixture needs a name: return a type of yours, or a `Box<dyn ..>`",
            );
        }
        Flaw::Borrowed(ty) => {
            errors.instead(ty, "a fixture gives its value away: return it without borrowing it from another");
        }
        Flaw::Unwritten => {}
    }
    Some(stand_in(private, value))
}

/// The type of the value, where that stands in a `Result`.
fn value_of(output: &Type) -> Option<&Type> {
    match &result_of(output)?.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// The type as a path, if that is a `Result`.
fn result_of(output: &Type) -> Option<&syn::Path> {
    match output {
        Type::Path(path) if path.path.segments.last()?.ident == "Result" => Some(&path.path),
        Type::Group(group) => result_of(&group.elem),
        Type::Paren(paren) => result_of(&paren.elem),
        _ => None,
    }
}

/// A fixture.
struct Fixture<'a> {
    krate: &'a TokenStream,
    private: &'a TokenStream,
    args: &'a FixtureArgs,
    function: &'a Function,
    parameters: &'a [Parameter],
    attrs: &'a Sorted,
    /// The type of the value in place of one that cannot be.
    instead: Option<TokenStream>,
}

impl Fixture<'_> {
    fn implementation(&self) -> TokenStream {
        let Self { private, function, .. } = self;
        let name = &function.sig.ident;
        let decl = self.decl();
        let set_up = self.set_up();
        let tear_down = self.tear_down();
        let store = self.store();
        let implementation = self.with(&[decl, set_up, tear_down, store]);
        let registered = quote! {
            #private::RegisteredFixture { decl: <#name as #private::Fixture>::decl }
        };
        block(self.krate, &implementation, &[registered])
    }

    /// For a fixture with a mistake, so that its users are not told that there is none. It stands beside the error, and so never
    /// runs.
    fn beside_an_error(&self) -> TokenStream {
        block(self.krate, &self.with(&[0; 4].map(|_| quote!({ ::core::unreachable!() }))), &[])
    }

    fn with(&self, [decl, set_up, tear_down, store]: &[TokenStream; 4]) -> TokenStream {
        let Self { private, function, .. } = self;
        let name = &function.sig.ident;
        let scope = self.scope();
        let teardown = self.teardown();
        let value = self.value();
        let (context, value_name) = (context(), self.value_name());
        // There rustc then says that a type is private, or no `Result`.
        let (first, last) = ends(function.output(), self.names());
        let (ty, end) = (spanning(quote!(type Value =), first, first), spanning(quote!(;), last, last));
        let own = spanning(quote!(Self::Value), first, last);
        quote! {
            impl #private::Named for #name {
                type Fixture = Self;
            }
            impl #private::Fixture for #name {
                #ty #value #end
                const SCOPE: #private::Scope = #scope;
                const TEARDOWN: #private::Teardown = #teardown;
                fn decl() -> &'static #private::FixtureDecl #decl
                #[allow(unused_variables, clippy::await_holding_refcell_ref)]
                fn set_up(#context: #private::Context) -> #private::SetUp<#own> #set_up
                #[allow(unused_variables)]
                fn tear_down(#value_name: #own) -> #private::TearDown #tear_down
                #[allow(unused_variables)]
                fn store(#value_name: #own) -> #private::Stored #store
            }
        }
    }

    fn scope(&self) -> TokenStream {
        let private = self.private;
        let scope = format_ident!("{}", self.args.scope().variant());
        quote!(#private::Scope::#scope)
    }

    fn teardown(&self) -> TokenStream {
        let private = self.private;
        let teardown = if self.args.teardown.is_some() { quote!(Yes) } else { quote!(No) };
        quote!(#private::Teardown::#teardown)
    }

    fn value(&self) -> TokenStream {
        let private = self.private;
        if let Some(instead) = &self.instead {
            return instead.clone();
        }
        match &self.function.sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, output) => match result_of(output) {
                Some(_) => {
                    let (first, _) = ends(output, self.names());
                    let fallible = spanning(quote!(#private::Fallible), first, first);
                    quote!(<#output as #fallible>::Value)
                }
                None => output.to_token_stream(),
            },
        }
    }

    fn decl(&self) -> TokenStream {
        let Self { private, args, function, parameters, attrs, .. } = self;
        let text = function.sig.ident.to_string();
        let place = place(private, function.sig.ident.span());
        let doc = doc(&attrs.others);
        let kind = if function.is_async() { quote!(Async) } else { quote!(Sync) };
        let runtime = match &args.runtime {
            None => quote!(Inferred),
            Some(Given { value: Runtime::Any, .. }) => quote!(Any),
            Some(Given { value: Runtime::Session, .. }) => quote!(Session),
        };
        let timeout = match &args.timeout {
            None => quote!(None),
            Some(given) => {
                let duration = duration_tokens(given.value);
                quote!(Some(#duration))
            }
        };
        let keys = args.keys.iter().map(|key| key.tokens(private));
        let scope = self.scope();
        let teardown = self.teardown();
        let needs = needs(private, &scope, parameters);
        let count = needs.len();
        quote! {
            {
                static NEEDS: [#private::Need; #count] = [#(#needs),*];
                static DECL: #private::FixtureDecl = #private::FixtureDecl {
                    path: ::core::concat!(::core::module_path!(), "::", #text),
                    place: #place,
                    doc: #doc,
                    scope: #scope,
                    kind: #private::FixtureKind::#kind,
                    runtime: #private::FixtureRuntime::#runtime,
                    teardown: #teardown,
                    timeout: ::core::option::Option::#timeout,
                    keys: &[#(#keys),*],
                    needs: &NEEDS,
                };
                &DECL
            }
        }
    }

    fn set_up(&self) -> TokenStream {
        let Self { private, function, parameters, .. } = self;
        let context = context();
        let gets = parameters.iter().enumerate().filter_map(|(index, parameter)| {
            let fixture = parameter.fixture()?.generic(private);
            let held = call::held_name(index);
            Some(quote!(let #held = #context.fixture::#fixture().await?;))
        });
        let none = vec![None; parameters.len()];
        let call::Call { guards, call, .. } = call::call(private, function, parameters, &none);
        let call = if function.is_async() { quote!(#call.await) } else { call };
        let value = match &function.sig.output {
            ReturnType::Type(_, output) if result_of(output).is_some() => {
                let returned = enclosing(quote!(::core::convert::identity), call, ends(output, self.names()));
                quote!(#private::checked(<Self as #private::Fixture>::decl, #returned))
            }
            _ => quote!(::core::result::Result::<Self::Value, #private::Broken>::Ok(#call)),
        };
        quote!({ #private::Boxed::pin(async move { #(#gets)* #guards #value }) })
    }

    fn tear_down(&self) -> TokenStream {
        let private = self.private;
        let value = self.value_name();
        let Some(Given { value: path, .. }) = &self.args.teardown else {
            return quote!({ #private::dropped(#value) });
        };
        let place = ends(path, self.names());
        let argument = Ident::new("__value", place.0);
        let call = enclosing(path.to_token_stream(), quote!(#argument), place);
        let torn_down = enclosing(quote!(#private::torn_down), call, place);
        quote!({ #torn_down })
    }

    fn store(&self) -> TokenStream {
        let private = self.private;
        let store = match self.args.scope() {
            Scope::Test => quote!(own),
            Scope::Worker => quote!(of_worker),
            Scope::Module | Scope::Session => quote!(shared),
        };
        let value = self.value_name();
        let place = ends(self.function.output(), self.names());
        let value = enclosing(quote!(::core::convert::identity), quote!(#value), place);
        quote!({ #private::#store(#value) })
    }

    /// Names as they are where the function is written. With those of a macro rustc would show the whole attribute
    /// for an error about one.
    fn names(&self) -> Span {
        self.function.sig.ident.span()
    }

    fn value_name(&self) -> Ident {
        Ident::new("__value", self.names())
    }
}

fn context() -> Ident {
    Ident::new("__context", Span::mixed_site())
}

/// The text of the doc comments, a line each.
fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines = lines.map(|line| line.strip_prefix(' ').map_or(line.clone(), str::to_owned));
    lines.collect::<Vec<_>>().join("\n")
}
