//! `main!`: the entry of a test target.

use crate::errors::Errors;
use crate::list;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Error;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

/// Expands `path to async_harness; settings`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let krate: TokenStream = input.by_ref().take_while(|token| !is_end(token)).collect();

    let mut errors = Errors::default();
    let settings = Settings::read(input.collect(), &mut errors);
    let Settings { allow_empty } = settings;
    // With a mistake in the settings there is a `main` all the same, for there to be no second message.
    quote! {
        fn main() -> #krate::__private::ExitCode {
            #krate::__private::main(&#krate::__private::Suite {
                root: ::core::file!(),
                package: ::core::option_env!("CARGO_PKG_NAME"),
                allow_empty: #allow_empty,
            })
        }
        #errors
    }
}

#[derive(Default)]
struct Settings {
    allow_empty: bool,
}

impl Settings {
    fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        list::read(tokens, errors, |input, _| settings.read_one(input));
        settings
    }

    fn read_one(&mut self, input: ParseStream) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected a setting: there is `allow_empty`"));
        }
        let key = input.call(Ident::parse_any)?;
        if key != "allow_empty" {
            return Err(Error::new(key.span(), format!("unknown setting `{key}`: there is `allow_empty`")));
        }
        if !input.is_empty() && !input.peek(syn::Token![,]) {
            return Err(input.error("`allow_empty` takes no value: write `main!(allow_empty)`"));
        }
        if std::mem::replace(&mut self.allow_empty, true) {
            return Err(Error::new(key.span(), "`allow_empty` is given twice: remove one"));
        }
        Ok(())
    }
}
