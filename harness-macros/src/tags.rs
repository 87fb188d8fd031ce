//! `tags(slow, "needs-db")`: words that tests are chosen by.

use crate::errors::Errors;
use crate::list;
use proc_macro2::{Group, Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Path, Token, token};

/// What tests have by what they are.
const BUILT_IN: [&str; 2] = ["serial", "xfail"];

/// The words of an expression about tags.
const OPERATORS: [&str; 3] = ["and", "or", "not"];

/// Reads `(tag, ...)` after the word `tags`, each tag at most once.
pub(crate) fn read(key: &Ident, input: ParseStream, errors: &mut Errors) -> syn::Result<Vec<LitStr>> {
    let group = if input.peek(token::Paren) { Some(input.parse::<Group>()?) } else { None };
    let Some(group) = group.filter(|group| !group.stream().is_empty()) else {
        return Err(Error::new(key.span(), format!("`{key}` takes names: write `{key}(slow)`")));
    };
    let mut tags = Vec::<LitStr>::new();
    list::read(group.stream(), errors, |input, _| {
        let tag = tag(input)?;
        if tags.iter().any(|other| other.value() == tag.value()) {
            let message = format!("tag `{}` is given twice: remove one", tag.value());
            return Err(Error::new(tag.span(), message));
        }
        tags.push(tag);
        Ok(())
    });
    Ok(tags)
}

fn tag(input: ParseStream) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        let lit: LitStr = input.parse()?;
        return checked(lit.value(), lit.span());
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error("a tag is an identifier or in quotes, such as `tags(slow, \"needs-db\")`"));
    }
    if input.peek2(Token![::]) {
        let path = input.call(Path::parse_mod_style)?;
        let parts: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let message = format!("a tag is one identifier, not a path: write `{}`", parts.join("_"));
        return Err(Error::new_spanned(path, message));
    }
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![-]) {
        let message = format!("a tag is one identifier: put it in quotes, as in `\"{name}-..\"`");
        return Err(Error::new(name.span(), message));
    }
    if input.peek(Token![=]) || input.peek(token::Paren) {
        return Err(Error::new(name.span(), format!("a tag has no value: write `{name}`")));
    }
    checked(name.unraw().to_string(), name.span())
}

/// A tag, if an expression can name it and it is not taken.
fn checked(tag: String, span: Span) -> syn::Result<LitStr> {
    let is_fit = |c: char| !(c.is_whitespace() || c.is_control() || "()\"',&|!=".contains(c));
    let message = if BUILT_IN.contains(&tag.as_str()) {
        format!("`{tag}` is a tag by itself, of each test with `#[{tag}]`: remove it here")
    } else if OPERATORS.contains(&tag.as_str()) {
        format!("`{tag}` is a word of the expressions of `-m`: name the tag otherwise")
    } else if tag.is_empty() {
        "a tag must not be empty".to_owned()
    } else if !tag.chars().all(is_fit) {
        let fit: String = tag.chars().map(|c| if is_fit(c) { c } else { '-' }).collect();
        format!("a tag has no spaces and none of `()\"',&|!=`, for `-m` to name it: write `\"{fit}\"`")
    } else {
        return Ok(LitStr::new(&tag, span));
    };
    Err(Error::new(span, message))
}
