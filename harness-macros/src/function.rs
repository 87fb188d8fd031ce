//! The function an attribute stands on: its signature parsed, its body carried through unread.

use crate::errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, GenericParam, ReturnType, Safety, Signature, Token, Type, Visibility};

/// What a function is to become.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Noun {
    Test,
    Fixture,
    Factory,
}

impl Noun {
    /// With its article, as messages begin.
    pub(crate) fn a(self) -> &'static str {
        match self {
            Self::Test => "a test",
            Self::Fixture => "a fixture",
            Self::Factory => "a test factory",
        }
    }
}

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    body: TokenTree,
}

impl Function {
    pub(crate) fn is_async(&self) -> bool {
        self.sig.asyncness.is_some()
    }

    /// The first parameter, if it is a `self`: then this is a method, and nothing but a method may take its place.
    pub(crate) fn receiver(&self) -> Option<&FnArg> {
        self.sig.inputs.first().filter(|input| matches!(input, FnArg::Receiver(_)))
    }

    /// The `;` that stands in the place of its body.
    pub(crate) fn missing_body(&self) -> Option<&TokenTree> {
        Some(&self.body).filter(|body| matches!(body, TokenTree::Punct(_)))
    }

    /// Takes our attributes off its parameters, where nobody reads them.
    pub(crate) fn strip_parameters(&mut self) {
        for input in &mut self.sig.inputs {
            if let FnArg::Typed(parameter) = input {
                let ours = |attribute: &Attribute| {
                    ["from", "case", "values"].iter().any(|name| attribute.path().is_ident(name))
                };
                parameter.attrs.retain(|attribute| !ours(attribute));
            }
        }
    }

    /// What it returns, if that is not `()`.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, output) if is_unit(output) => None,
            ReturnType::Type(_, output) => Some(output),
        }
    }

    /// Notes what keeps it from being called with nothing but its name and arguments.
    pub(crate) fn check(&self, noun: Noun, errors: &mut Errors) {
        let a = noun.a();
        let Signature { constness, safety, abi, generics, .. } = &self.sig;
        if let Some(constness) = constness {
            errors.at(constness, format!("{a} runs at run time: remove `const`"));
        }
        if let Safety::Unsafe(unsafety) = safety {
            errors.at(
                unsafety,
                format!("{a} is safe to call: remove `unsafe` here and put an `unsafe` block into its body"),
            );
        }
        if let Some(abi) = abi {
            errors.at(abi, format!("{a} is called from Rust: remove `extern`"));
        }
        // Lifetimes are nobody's choice.
        let chosen =
            |param: &&GenericParam| noun == Noun::Factory || !matches!(param, GenericParam::Lifetime(_));
        if generics.params.iter().any(|param| chosen(&param)) {
            errors.at(&generics.params, format!("{a} has no generic parameters: nothing would choose them"));
        }
    }

    /// Reads an item that has to be a function.
    pub(crate) fn read(noun: Noun, item: TokenStream) -> syn::Result<Self> {
        let a = noun.a();
        let read = |input: ParseStream| {
            let attrs = input.call(Attribute::parse_outer)?;
            let vis = input.parse()?;
            if !starts_function(&input.fork()) {
                return Err(input.error(format!("only a function can be {a}")));
            }
            let sig = input.parse()?;
            let body = input.parse()?;
            if input.is_empty() {
                Ok(Self { attrs, vis, sig, body })
            } else {
                Err(input.error("expected a function"))
            }
        };
        read.parse2(item)
    }
}

impl ToTokens for Function {
    /// The function without its attributes.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs: _, vis, sig, body } = self;
        vis.to_tokens(tokens);
        sig.to_tokens(tokens);
        body.to_tokens(tokens);
    }
}

fn starts_function(input: ParseStream) -> bool {
    let qualifier = |input: ParseStream| {
        input.peek(Token![const])
            || input.peek(Token![async])
            || input.peek(Token![unsafe])
            || input.peek(Token![extern])
            || input.peek(syn::LitStr)
    };
    while qualifier(input) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
    input.peek(Token![fn])
}

fn is_unit(ty: &Type) -> bool {
    match ty {
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        Type::Group(group) => is_unit(&group.elem),
        _ => false,
    }
}
