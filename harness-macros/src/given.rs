//! An argument of an attribute: `key = value`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Error, LitStr, Path, Token};

/// An argument as the user wrote it: its name, for messages about it, and what it says.
pub(crate) struct Given<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// Reads the value of an argument that may be given once.
pub(crate) fn set<T>(
    field: &mut Option<Given<T>>,
    key: Ident,
    read: impl FnOnce(&Ident) -> syn::Result<T>,
) -> syn::Result<()> {
    if field.is_some() {
        return Err(Error::new(key.span(), format!("`{key}` is given twice: remove one")));
    }
    let value = read(&key)?;
    *field = Some(Given { key, value });
    Ok(())
}

/// Reads `= value`; `example` is the whole argument in the form wanted.
pub(crate) fn value<T: Parse>(key: &Ident, input: ParseStream, example: &str) -> syn::Result<T> {
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(key.span(), format!("`{key}` takes a value: write {example}")));
    }
    let at = input.span();
    input.parse().map_err(|_| Error::new(at, format!("not a value for `{key}`: write {example}")))
}

/// Reads the value of `crate = ".."`.
pub(crate) fn krate(key: &Ident, input: ParseStream) -> syn::Result<TokenStream> {
    let example = "`crate = \"async_harness\"`";
    let lit: LitStr = value(key, input, example)?;
    lit.parse_with(Path::parse_mod_style)
        .map(Path::into_token_stream)
        .map_err(|_| Error::new(lit.span(), format!("not a path to async-harness: write {example}")))
}

/// Where the harness is to be found: `::async_harness`, unless `crate = ".."` says otherwise.
pub(crate) fn found(krate: Option<&Given<TokenStream>>) -> TokenStream {
    krate.map_or_else(|| quote!(::async_harness), |given| given.value.clone())
}
