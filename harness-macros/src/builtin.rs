//! `#[ignore]` and `#[should_panic]`, which rustc reads on tests of its own only.

use crate::errors::Errors;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaNameValue, Token};

#[derive(Clone)]
pub(crate) enum Ignore {
    No,
    Yes,
    /// A string, or a macro that makes one.
    Because(TokenStream),
}

#[derive(Clone)]
pub(crate) enum ShouldPanic {
    No,
    Yes,
    With(Literal),
}

impl Ignore {
    /// Several are fine, as one may come from a `cfg_attr`; the first that says why is the one shown.
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut ignore = Self::No;
        for attribute in attributes {
            match &attribute.meta {
                Meta::Path(_) if matches!(ignore, Self::No) => ignore = Self::Yes,
                Meta::Path(_) => {}
                Meta::NameValue(pair) if is_text(&pair.value) => {
                    if !matches!(ignore, Self::Because(_)) {
                        ignore = Self::Because(pair.value.to_token_stream());
                    }
                }
                meta => errors.at(meta, "write `#[ignore]` or `#[ignore = \"why\"]`"),
            }
        }
        ignore
    }

    /// A field of the harness's `Traits`, unless it is what it is anyway; `private` is the path of its `__private`.
    pub(crate) fn field(&self, private: &TokenStream) -> Option<TokenStream> {
        match self {
            Self::No => None,
            Self::Yes => Some(quote!(ignore: #private::Ignore::Yes,)),
            Self::Because(why) => Some(quote!(ignore: #private::Ignore::Because(#why),)),
        }
    }
}

impl ShouldPanic {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let [attribute, rest @ ..] = attributes else { return Self::No };
        for second in rest {
            // test_case writes each attribute twice.
            if second.meta.to_token_stream().to_string() != attribute.meta.to_token_stream().to_string() {
                errors.at(&second.meta, "`#[should_panic]` is given twice: remove one");
            }
        }
        match &attribute.meta {
            Meta::Path(_) => return Self::Yes,
            Meta::NameValue(pair) => {
                if let Some(expected) = string(pair) {
                    return Self::With(expected);
                }
            }
            Meta::List(list) => {
                let pairs = list.parse_args_with(Punctuated::<MetaNameValue, Token![,]>::parse_terminated);
                if let Ok(pairs) = pairs
                    && pairs.len() == 1
                    && pairs[0].path.is_ident("expected")
                    && let Some(expected) = string(&pairs[0])
                {
                    return Self::With(expected);
                }
            }
        }
        errors.at(
            &attribute.meta,
            "write `#[should_panic]` or `#[should_panic(expected = \"part of the message\")]`",
        );
        Self::Yes
    }

    pub(crate) fn is_yes(&self) -> bool {
        !matches!(self, Self::No)
    }

    /// A field of the harness's `Traits`, unless it is what it is anyway; `private` is the path of its `__private`.
    pub(crate) fn field(&self, private: &TokenStream) -> Option<TokenStream> {
        match self {
            Self::No => None,
            Self::Yes => Some(quote!(should_panic: #private::ShouldPanic::Yes,)),
            Self::With(message) => Some(quote!(should_panic: #private::ShouldPanic::With(#message),)),
        }
    }
}

/// Whether a value is a string, or may be one, as `concat!(..)`.
fn is_text(value: &Expr) -> bool {
    match value {
        Expr::Group(group) => is_text(&group.expr),
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) | Expr::Macro(_) => true,
        _ => false,
    }
}

/// The string that is given as a value, also through a macro.
pub(crate) fn string(pair: &MetaNameValue) -> Option<Literal> {
    let mut value = &pair.value;
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.token()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::ToTokens;
    use syn::parse_quote;

    fn ignore(attributes: &[Attribute]) -> String {
        let mut errors = Errors::default();
        let ignore = Ignore::read(attributes, &mut errors).field(&quote!(p));
        if errors.is_empty() {
            ignore.into_token_stream().to_string().replace(' ', "")
        } else {
            errors.lines()
        }
    }

    #[test]
    fn the_first_reason_to_ignore_a_test_is_the_one_shown() {
        assert_eq!(ignore(&[]), "");
        assert_eq!(ignore(&[parse_quote!(#[ignore])]), "ignore:p::Ignore::Yes,");
        let several = [parse_quote!(#[ignore]), parse_quote!(#[ignore = "a"]), parse_quote!(#[ignore = "b"])];
        assert_eq!(ignore(&several), "ignore:p::Ignore::Because(\"a\"),");
        let made = [parse_quote!(#[ignore = concat!("a", "b")])];
        assert_eq!(ignore(&made), "ignore:p::Ignore::Because(concat!(\"a\",\"b\")),");
    }

    #[test]
    fn should_panic_takes_the_message_in_either_form() {
        let table: [(Attribute, &str); 4] = [
            (parse_quote!(#[should_panic]), "should_panic:p::ShouldPanic::Yes,"),
            (parse_quote!(#[should_panic = "a"]), "should_panic:p::ShouldPanic::With(\"a\"),"),
            (parse_quote!(#[should_panic(expected = "a")]), "should_panic:p::ShouldPanic::With(\"a\"),"),
            (parse_quote!(#[should_panic(expected = "a",)]), "should_panic:p::ShouldPanic::With(\"a\"),"),
        ];
        for (attribute, expected) in table {
            let mut errors = Errors::default();
            let read = ShouldPanic::read(&[attribute], &mut errors).field(&quote!(p));
            assert_eq!(read.into_token_stream().to_string().replace(' ', ""), expected);
            assert!(errors.is_empty());
        }
    }
}
