//! The parameters of a test or a fixture: where each gets its argument from.

use crate::errors::Errors;
use crate::function::Noun;
use crate::spans::spanning;
use crate::types::{Unsized, is_future, lifetime};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, FnArg, Generics, Lifetime, Meta, Pat, PatIdent, PatType, Path, Signature, Token, Type,
    WherePredicate,
};

pub(crate) struct Parameter {
    /// What its pattern binds, if that is all it does.
    pub(crate) name: Option<Ident>,
    pattern: Pat,
    pub(crate) ty: Type,
    pub(crate) source: Source,
}

/// Where the argument comes from.
pub(crate) enum Source {
    Fixture(Fixture),
    Case,
    Values(Vec<Expr>),
    /// Nobody knows; that is told.
    Unknown,
}

pub(crate) struct Fixture {
    /// In the user's tokens, as rustc says so there when there is no such fixture.
    pub(crate) path: TokenStream,
    pub(crate) access: Access,
}

/// How it holds its fixture, which its type says.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Access {
    Borrow,
    BorrowMut,
    Take,
}

/// The attributes of a parameter that are ours.
#[derive(Default)]
struct Ours {
    from: Option<Attribute>,
    case: Option<Attribute>,
    values: Option<Attribute>,
}

impl Parameter {
    /// Reads the parameters of a function, and leaves it without our attributes on them.
    pub(crate) fn read_all(noun: Noun, sig: &mut Signature, errors: &mut Errors) -> Vec<Self> {
        let bounds = static_bounds(&sig.generics);
        let mut parameters = Vec::new();
        for input in &mut sig.inputs {
            match input {
                FnArg::Typed(parameter) => parameters.push(Self::read(noun, parameter, errors)),
                FnArg::Receiver(_) => {}
            }
        }
        check_twice(&parameters, errors);
        check_bounds(&parameters, &bounds, errors);
        parameters
    }

    fn read(noun: Noun, parameter: &mut PatType, errors: &mut Errors) -> Self {
        let ours = Ours::take(noun, &mut parameter.attrs, errors);
        let name = match &*parameter.pat {
            Pat::Ident(PatIdent { by_ref: None, subpat: None, ident, .. }) => Some(ident.clone()),
            _ => None,
        };
        let source = ours.source(parameter, name.as_ref(), errors);
        Self { name, pattern: (*parameter.pat).clone(), ty: (*parameter.ty).clone(), source }
    }

    /// The fixture that it is.
    pub(crate) fn fixture(&self) -> Option<&Fixture> {
        match &self.source {
            Source::Fixture(fixture) => Some(fixture),
            _ => None,
        }
    }

    /// Notes a mistake in it, at its pattern.
    pub(crate) fn error(&self, errors: &mut Errors, message: &str) {
        errors.at(&self.pattern, message);
    }
}

impl Ours {
    fn take(noun: Noun, attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Self {
        let mut ours = Self::default();
        for attribute in std::mem::take(attributes) {
            let path = attribute.path();
            let field = if path.is_ident("from") {
                &mut ours.from
            } else if path.is_ident("case") {
                &mut ours.case
            } else if path.is_ident("values") {
                &mut ours.values
            } else {
                match advice(path) {
                    Some(advice) => errors.at(path, advice),
                    None => attributes.push(attribute),
                }
                continue;
            };
            let name = path.to_token_stream().to_string();
            if noun == Noun::Fixture && name != "from" {
                errors.at(path, format!("`#[{name}]` is for tests: a fixture takes other fixtures only"));
            } else if field.is_some() {
                errors.at(path, format!("`#[{name}]` is given twice: remove one"));
            } else {
                *field = Some(attribute);
            }
        }
        ours
    }

    fn source(self, parameter: &PatType, name: Option<&Ident>, errors: &mut Errors) -> Source {
        let given = [&self.from, &self.case, &self.values].into_iter().flatten();
        if let Some(second) = given.skip(1).last() {
            errors.at(
                second.path(),
                "a parameter gets its argument from one place: keep one of `#[case]`, `#[values]` and `#[from]`",
            );
            return Source::Unknown;
        }
        let source = match self {
            Self { values: Some(values), .. } => values_of(&values, parameter, name).map(Source::Values),
            Self { case: Some(case), .. } => {
                errors.take(is_bare(&case));
                Ok(Source::Case)
            }
            Self { from: Some(from), .. } => path_of(&from).map(|path| fixture(path, &parameter.ty)),
            _ => fixture_name(&parameter.pat, name).map(|path| fixture(path, &parameter.ty)),
        };
        let source = errors.take(source).unwrap_or(Source::Unknown);
        let ty = &*parameter.ty;
        if let Some(kind) = Unsized::of(ty) {
            errors.instead(ty, format!("a value of this type cannot be passed: write `{}`", kind.borrowed()));
        }
        if let Source::Fixture(_) = source {
            if let Some(lifetime) = lifetime(ty).filter(|lifetime| lifetime.ident == "static") {
                errors
                    .at(lifetime, "a fixture is borrowed for as long as the function runs: remove `'static`");
            }
            if is_future(ty) {
                errors.at(
                    ty,
                    "an async fixture has been awaited before its users start: write the type of its value",
                );
            }
        }
        source
    }
}

fn fixture(path: TokenStream, ty: &Type) -> Source {
    Source::Fixture(Fixture { path, access: Access::of(ty) })
}

impl Access {
    fn of(ty: &Type) -> Self {
        match ty {
            Type::Reference(reference) if reference.mutability.is_some() => Self::BorrowMut,
            Type::Reference(_) => Self::Borrow,
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            _ => Self::Take,
        }
    }
}

/// The fixture that a pattern names: itself without a leading underscore.
fn fixture_name(pattern: &Pat, name: Option<&Ident>) -> syn::Result<TokenStream> {
    let Some(ident) = name else {
        let message =
            "a parameter's name picks the fixture: give it one, or write `#[from(fixture)]` before it";
        return Err(syn::Error::new_spanned(pattern, message));
    };
    let text = ident.to_string();
    let Some(bare) = text.strip_prefix('_') else { return Ok(ident.to_token_stream()) };
    if let Ok(mut bare) = syn::parse_str::<Ident>(bare) {
        bare.set_span(ident.span());
        return Ok(bare.to_token_stream());
    }
    if !bare.is_empty() && syn::parse_str::<Ident>(&format!("r#{bare}")).is_ok() {
        return Ok(format_ident!("r#{bare}", span = ident.span()).to_token_stream());
    }
    let message = format!("no fixture can be named `{bare}`: write `#[from(fixture)]` before it");
    Err(syn::Error::new(ident.span(), message))
}

fn path_of(from: &Attribute) -> syn::Result<TokenStream> {
    let wanted = "write `#[from(path::to::fixture)]`";
    let Meta::List(list) = &from.meta else { return Err(syn::Error::new_spanned(&from.meta, wanted)) };
    match list.parse_args_with(Path::parse_mod_style) {
        Ok(path) => Ok(path.to_token_stream()),
        Err(_) if list.tokens.is_empty() => Err(syn::Error::new_spanned(&from.meta, wanted)),
        Err(_) => Err(syn::Error::new_spanned(&list.tokens, wanted)),
    }
}

fn is_bare(case: &Attribute) -> syn::Result<()> {
    match &case.meta {
        Meta::Path(_) => Ok(()),
        meta => {
            let message =
                "on a parameter it is `#[case]`: the arguments stand above the function, `#[case(..)]`";
            Err(syn::Error::new_spanned(meta, message))
        }
    }
}

fn values_of(values: &Attribute, parameter: &PatType, name: Option<&Ident>) -> syn::Result<Vec<Expr>> {
    let none = "a parameter has values: write `#[values(1, 2)]`";
    let Meta::List(list) = &values.meta else { return Err(syn::Error::new_spanned(&values.meta, none)) };
    let list = list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    if list.is_empty() {
        return Err(syn::Error::new_spanned(&values.meta, none));
    }
    if name.is_none() {
        let message = "a parameter with `#[values]` needs a name, which is part of the name of the tests";
        return Err(syn::Error::new_spanned(&parameter.pat, message));
    }
    Ok(list.into_iter().collect())
}

/// What to do about an attribute that stands on parameters elsewhere.
fn advice(path: &Path) -> Option<&'static str> {
    match path.get_ident()?.unraw().to_string().as_str() {
        "cfg" | "cfg_attr" => Some("a parameter cannot depend on a `cfg`: put it on the function"),
        "future" | "awt" => Some("remove this: an async fixture has been awaited before its users start"),
        "with" | "default" => {
            Some("a fixture takes no arguments: write a second fixture, and pick it with `#[from(..)]`")
        }
        "value" => Some("write `#[values(..)]`"),
        "cases" => Some("write `#[case]`"),
        "fixture" => Some("a parameter's name picks the fixture: remove this, or write `#[from(path)]`"),
        "files" => Some("tests for files are made by a `#[test_factory]`"),
        "ignore" | "notrace" | "context" | "by_ref" => {
            Some("there is no such attribute for a parameter: remove it")
        }
        _ => None,
    }
}

/// A fixture that somebody wants for itself cannot be had a second time.
fn check_twice(parameters: &[Parameter], errors: &mut Errors) {
    let fixtures: Vec<_> =
        parameters.iter().filter_map(|parameter| Some((parameter, parameter.fixture()?))).collect();
    for (index, (parameter, fixture)) in fixtures.iter().enumerate() {
        let path = fixture.path.to_string();
        let same = |(_, other): &&(&Parameter, &Fixture)| other.path.to_string() == path;
        let Some((_, first)) = fixtures[..index].iter().find(same) else { continue };
        if first.access != Access::Borrow || fixture.access != Access::Borrow {
            let path = path.replace(' ', "");
            parameter.error(errors, &format!("`{path}` is there twice, which only `&` allows: keep one"));
        }
    }
}

/// The lifetimes that are bound to be `'static`, each with its bound.
fn static_bounds(generics: &Generics) -> Vec<(Lifetime, Lifetime)> {
    let own = generics.lifetimes().map(|param| (&param.lifetime, &param.bounds));
    let clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let clause = clause.filter_map(|predicate| match predicate {
        WherePredicate::Lifetime(predicate) => Some((&predicate.lifetime, &predicate.bounds)),
        _ => None,
    });
    let is_static = |bound: &&Lifetime| bound.ident == "static";
    own.chain(clause)
        .filter_map(|(lifetime, bounds)| Some((lifetime.clone(), bounds.iter().find(is_static)?.clone())))
        .collect()
}

/// A fixture is taken back when the function has run.
fn check_bounds(parameters: &[Parameter], bounds: &[(Lifetime, Lifetime)], errors: &mut Errors) {
    let fixtures = parameters.iter().filter(|parameter| parameter.fixture().is_some());
    let lifetimes: Vec<_> = fixtures.filter_map(|parameter| lifetime(&parameter.ty)).collect();
    for (_, bound) in bounds.iter().filter(|(bound, _)| lifetimes.contains(&bound)) {
        errors.at(bound, "a fixture is borrowed for as long as the function runs: remove this bound");
    }
}

impl Fixture {
    /// Where errors about it belong.
    pub(crate) fn span(&self) -> Span {
        self.path.span()
    }

    /// It as the argument of a generic item: `<<path as Named>::Fixture>`. What is no fixture is no type at all in this
    /// form, and so is told once; and a function of its name cannot be taken for a constant.
    pub(crate) fn generic(&self, private: &TokenStream) -> TokenStream {
        let span = self.span();
        let path = &self.path;
        let (open, close) = (spanning(quote!(<<), span, span), spanning(quote!(>::Fixture>), span, span));
        let named = spanning(quote!(as #private::Named), span, span);
        quote!(#open #path #named #close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Function;
    use quote::quote;

    /// Where the arguments come from, or the messages about it.
    fn sources(parameters: TokenStream) -> String {
        let mut errors = Errors::default();
        let mut function = Function::read(Noun::Test, quote!(fn f(#parameters) {})).expect("a function");
        let parameters = Parameter::read_all(Noun::Test, &mut function.sig, &mut errors);
        if !errors.is_empty() {
            return errors.lines();
        }
        let shown = |parameter: &Parameter| match &parameter.source {
            Source::Fixture(Fixture { path, access }) => {
                let access = match access {
                    Access::Borrow => "&",
                    Access::BorrowMut => "&mut ",
                    Access::Take => "",
                };
                format!("{access}{}", path.to_string().replace(' ', ""))
            }
            Source::Case => "case".to_owned(),
            Source::Values(values) => format!("{} values", values.len()),
            Source::Unknown => "unknown".to_owned(),
        };
        parameters.iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_name_picks_the_fixture_and_the_type_how_it_is_held() {
        let table = [
            (quote!(client: &Client), "&client"),
            (quote!(client: &mut Client), "&mut client"),
            (quote!(client: Client), "client"),
            (quote!(mut client: Client), "client"),
            (quote!(_client: &dyn Get), "&client"),
            (quote!(__client: (&str)), "&_client"),
            (quote!(_type: u8), "r#type"),
            (quote!(r#type: u8), "r#type"),
            (quote!(#[from(a::b)] Client { url }: &Client), "&a::b"),
            (quote!(#[from(::a::b)] _: Client), "::a::b"),
            (quote!(#[case] (a, b): (u8, u8), #[values(1, 2,)] n: u8), "case, 2 values"),
            (quote!(a: &A, #[from(a)] b: &A), "&a, &a"),
        ];
        for (parameters, expected) in table {
            assert_eq!(sources(parameters.clone()), expected, "{parameters}");
        }
    }

    #[test]
    fn what_cannot_be_an_argument_is_told() {
        let table = [
            (quote!(_1: u8), "no fixture can be named `1`"),
            (quote!(_: u8), "a parameter's name picks the fixture"),
            (quote!(ref a: u8), "a parameter's name picks the fixture"),
            (quote!(#[from("a")] a: u8), "write `#[from(path::to::fixture)]`"),
            (quote!(#[case] #[from(a)] a: u8), "a parameter gets its argument from one place"),
            (quote!(#[values()] a: u8), "a parameter has values"),
            (quote!(#[values(1)] (a, b): (u8, u8)), "a parameter with `#[values]` needs a name"),
            (quote!(a: (&'static A)), "a fixture is borrowed for as long as the function runs"),
            (quote!(a: &mut A, _a: &A), "`a` is there twice"),
            (quote!(#[future] a: A), "remove this"),
        ];
        for (parameters, expected) in table {
            let lines = sources(parameters.clone());
            assert!(lines.starts_with(expected) && lines.lines().count() == 1, "{parameters}: {lines}");
        }
    }
}
