//! The function a test attribute stands on: its signature parsed, its body carried through unread.

use crate::errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, ReturnType, Signature, Token, Type, Visibility};

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

    /// What it returns, if that is not `()`.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, output) if is_unit(output) => None,
            ReturnType::Type(_, output) => Some(output),
        }
    }

    /// Notes what keeps it from being called with nothing but its name.
    pub(crate) fn check(&self, errors: &mut Errors) {
        let Signature { constness, unsafety, abi, generics, inputs, .. } = &self.sig;
        if let Some(constness) = constness {
            errors.at(constness, "a test runs once, at run time: remove `const`");
        }
        if let Some(unsafety) = unsafety {
            errors.at(
                unsafety,
                "a test is safe to call: remove `unsafe` here and put an `unsafe` block into its body",
            );
        }
        if let Some(abi) = abi {
            errors.at(abi, "a test is called from Rust: remove `extern`");
        }
        if !generics.params.is_empty() {
            errors.at(&generics.params, "a test has no generic parameters: nothing would choose them");
        }
        if !inputs.is_empty() {
            errors.at(inputs, "a test takes no arguments");
        }
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !starts_function(&input.fork()) {
            return Err(input.error("only a function can be a test"));
        }
        let sig = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("a test needs a body"));
        }
        let body = input.parse()?;
        if input.is_empty() {
            Ok(Self { attrs, vis, sig, body })
        } else {
            Err(input.error("expected a function"))
        }
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
