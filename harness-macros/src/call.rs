//! The call of the user's function with its arguments.
//!
//! What is passed stands at the type of its parameter, where rustc then says that it is of another.

use crate::function::Function;
use crate::parameters::{Access, Fixture, Parameter, Source};
use crate::spans::{enclosing, ends, spanning};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, ExprLit, Lit, Type, UnOp};

/// A call, taken apart.
pub(crate) struct Call {
    /// Borrows the fixtures for as long as the call lasts.
    pub(crate) guards: TokenStream,
    /// `name(arguments)`.
    pub(crate) call: TokenStream,
    /// Whether a future has to be made around the call, for there is something to be done on the test's runtime first.
    pub(crate) prepares: bool,
    /// Whether one of them is borrowed mutably.
    pub(crate) excludes: bool,
    /// Whether an argument is an expression of the user's that runs code.
    pub(crate) computes: bool,
    /// Whether an argument is a string for a parameter that may be of another type.
    pub(crate) converts: bool,
    /// Whether fixtures are borrowed, and nothing else is to be done before the call: then `guards` may be left out, where all of
    /// them are borrowed already.
    pub(crate) borrows_only: bool,
}

/// Calls the function with an expression for each parameter that is no fixture; `private` is the path of the harness's
/// `__private`.
pub(crate) fn call(
    private: &TokenStream,
    function: &Function,
    parameters: &[Parameter],
    values: &[Option<Expr>],
) -> Call {
    let mut call = Call {
        guards: TokenStream::new(),
        call: TokenStream::new(),
        prepares: false,
        excludes: false,
        computes: false,
        converts: false,
        borrows_only: false,
    };
    let mut arguments = Vec::new();
    for (index, (parameter, value)) in parameters.iter().zip(values).enumerate() {
        arguments.push(match (&parameter.source, value) {
            (Source::Fixture(fixture), _) => call.fixture(private, index, fixture, &parameter.ty),
            (_, Some(value)) => call.value(private, value, &parameter.ty),
            (_, None) => TokenStream::new(),
        });
    }
    let name = &function.sig.ident;
    call.call = quote!(#name(#(#arguments),*));
    let mut fixtures = parameters.iter().filter_map(Parameter::fixture).peekable();
    call.borrows_only = !call.computes
        && !call.converts
        && fixtures.peek().is_some()
        && fixtures.all(|fixture| fixture.access == Access::Borrow);
    call
}

/// The pattern of the fixtures of a test, each by the name that `name` gives it, and the type of all, held:
/// `Both(first, Both(second, ()))`. The type stands at the parameters, where rustc then says that one is no fixture.
pub(crate) fn held(
    private: &TokenStream,
    parameters: &[Parameter],
    name: fn(usize) -> Ident,
) -> (TokenStream, TokenStream) {
    let mut all = (quote!(()), quote!(()));
    let mut last = None;
    for (index, parameter) in parameters.iter().enumerate().rev() {
        let Some(fixture) = parameter.fixture() else { continue };
        let (pattern, ty) = all;
        let name = name(index);
        let held = held_type(private, fixture);
        let (span, last) = (fixture.span(), *last.get_or_insert(fixture.span()));
        let (open, close) = (spanning(quote!(#private::Both<), span, span), spanning(quote!(>), last, last));
        all = (quote!(#private::Both(#name, #pattern)), quote!(#open #held, #ty #close));
    }
    all
}

fn held_type(private: &TokenStream, fixture: &Fixture) -> TokenStream {
    let span = fixture.span();
    let held = spanning(quote!(#private::Held), span, span);
    let fixture = fixture.generic(private);
    quote!(#held #fixture)
}

pub(crate) fn held_name(index: usize) -> Ident {
    format_ident!("__held_{index}", span = Span::mixed_site())
}

pub(crate) fn guard_name(index: usize) -> Ident {
    format_ident!("__guard_{index}", span = Span::mixed_site())
}

impl Call {
    fn fixture(&mut self, private: &TokenStream, index: usize, fixture: &Fixture, ty: &Type) -> TokenStream {
        let held = held_name(index);
        let guard = guard_name(index);
        let (function, argument) = match fixture.access {
            Access::Borrow => {
                self.guards.extend(quote!(let #guard = &#held.borrow();));
                self.prepares = true;
                (quote!(::core::ops::Deref::deref), quote!(#guard))
            }
            Access::BorrowMut => {
                self.guards.extend(quote!(let mut #guard = #held.borrow_mut();));
                self.prepares = true;
                self.excludes = true;
                (quote!(::core::ops::DerefMut::deref_mut), quote!(&mut #guard))
            }
            Access::Take => (quote!(#private::Held::take), quote!(#held)),
        };
        enclosing(function, argument, ends(ty, fixture.span()))
    }

    fn value(&mut self, private: &TokenStream, value: &Expr, ty: &Type) -> TokenStream {
        if let Some(text) = string(value).filter(|_| may_be_parsed(ty)) {
            self.prepares = true;
            self.converts = true;
            let span = text.span();
            let literal = spanning(quote!(#private::Literal), span, span);
            let new = spanning(quote!(new), span, span);
            let mut receiver = Group::new(Delimiter::Parenthesis, quote!(&&#literal::<#ty>::#new(#text)));
            receiver.set_span(span);
            let value = spanning(quote!(.value()), span, span);
            return quote!(#receiver #value);
        }
        self.computes |= !is_constant(value);
        self.prepares |= self.computes;
        value.to_token_stream()
    }
}

/// Whether an expression runs no code.
fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Unary(unary) => matches!((unary.op, &*unary.expr), (UnOp::Neg(_), Expr::Lit(_))),
        Expr::Group(group) => is_constant(&group.expr),
        _ => false,
    }
}

fn string(value: &Expr) -> Option<&syn::LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        Expr::Group(group) => string(&group.expr),
        _ => None,
    }
}

/// Whether a type can be named where a string is to become a value of it, and is no reference.
fn may_be_parsed(ty: &Type) -> bool {
    match ty {
        Type::Path(_) | Type::Array(_) | Type::Tuple(_) => true,
        Type::Group(group) => may_be_parsed(&group.elem),
        Type::Paren(paren) => may_be_parsed(&paren.elem),
        _ => false,
    }
}
