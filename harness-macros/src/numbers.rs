//! The values of arguments that are numbers or durations.

use crate::duration;
use crate::given::value;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::str::FromStr;
use std::time::Duration;
use syn::parse::ParseStream;
use syn::{Error, LitInt, LitStr, Token};

/// Whether 0 is a value.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Zero {
    Allowed,
    Refused,
}

/// Reads `= 2` as a number without a suffix.
pub(crate) fn number<T: FromStr + PartialEq + From<u8>>(
    key: &Ident,
    input: ParseStream,
    zero: Zero,
    example: &str,
) -> syn::Result<T> {
    if input.peek(Token![=]) && input.peek2(Token![-]) {
        input.parse::<Token![=]>()?;
        let minus: Token![-] = input.parse()?;
        return Err(Error::new(minus.span, format!("`{key}` must not be negative: write {example}")));
    }
    let lit: LitInt = value(key, input, example)?;
    match lit.base10_digits().parse::<T>() {
        Ok(number) if number == T::from(0) && zero == Zero::Refused => {
            Err(Error::new(lit.span(), format!("`{key}` must not be 0")))
        }
        Ok(number) if lit.suffix().is_empty() => Ok(number),
        _ => Err(Error::new(lit.span(), format!("not a value for `{key}`: write {example}"))),
    }
}

/// Reads `= "5s"`; gives the text as well.
pub(crate) fn duration(key: &Ident, input: ParseStream) -> syn::Result<(Duration, LitStr)> {
    let example = format!("`{key} = \"5s\"`");
    if input.peek(Token![=]) && input.peek2(LitInt) {
        input.parse::<Token![=]>()?;
        let lit: LitInt = input.parse()?;
        let message = format!("a duration has a unit: write `{key} = \"{}s\"`", lit.base10_digits());
        return Err(Error::new(lit.span(), message));
    }
    let lit: LitStr = value(key, input, &example)?;
    let text = lit.value();
    let message = match duration::parse(&text) {
        Some(Duration::ZERO) => format!("`{key}` must not be 0"),
        Some(duration) => return Ok((duration, lit)),
        None if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("a duration has a unit: write `{key} = \"{text}s\"`")
        }
        None => format!("not a duration, like `30s`, `500ms` or `1m 30s`: write {example}"),
    };
    Err(Error::new(lit.span(), message))
}

/// A duration as an expression.
pub(crate) fn duration_tokens(duration: Duration) -> TokenStream {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}
