//! `#[xfail]`: a test that is known to fail.

use crate::errors::Errors;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Attribute, Meta};

#[derive(Clone)]
pub(crate) enum Xfail {
    No,
    Yes,
    Because(Literal),
}

impl Xfail {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let [attribute, rest @ ..] = attributes else { return Self::No };
        for second in rest {
            errors.at(second.path(), "`#[xfail]` is given twice: remove one");
        }
        let why = match &attribute.meta {
            Meta::Path(_) => return Self::Yes,
            Meta::NameValue(pair) => crate::builtin::string(pair),
            // What `#[xfail = ".."]` has to be written as where rustc reads it first.
            Meta::List(list) => list.parse_args::<syn::LitStr>().ok().map(|lit| lit.token()),
        };
        if why.is_none() {
            errors.at(&attribute.meta, "write `#[xfail]` or `#[xfail = \"why\"]`");
        }
        why.map_or(Self::Yes, Self::Because)
    }

    /// A field of the harness's `Traits`, unless it is what it is anyway; `private` is the path of its `__private`.
    pub(crate) fn field(&self, private: &TokenStream) -> Option<TokenStream> {
        match self {
            Self::No => None,
            Self::Yes => Some(quote!(xfail: #private::Xfail::Yes,)),
            Self::Because(why) => Some(quote!(xfail: #private::Xfail::Because(#why),)),
        }
    }
}
