//! `#[serial]` and `#[parallel]`: which tests a test may run beside.

use crate::errors::Errors;
use crate::list;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Lit, Meta, Path, Token, token};

/// Which of the two attributes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lock {
    Serial,
    Parallel,
}

impl Lock {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Parallel => "parallel",
        }
    }
}

/// Where a key is written: `#[serial(key)]`, or `serial(key)` in `#[fixture(..)]`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Attribute,
    Argument,
}

impl Shape {
    /// The whole as it should be written.
    fn show(self, lock: Lock, key: &str) -> String {
        match self {
            Self::Attribute => format!("#[{}({key})]", lock.name()),
            Self::Argument => format!("{}({key})", lock.name()),
        }
    }
}

/// What all of a test's `#[serial]` and `#[parallel]` amount to.
#[derive(Clone)]
pub(crate) enum Concurrency {
    Parallel,
    Keyed(Vec<Key>),
    Exclusive,
}

#[derive(Clone)]
pub(crate) struct Key {
    name: Ident,
    lock: Lock,
}

/// What the attributes say, one after another.
#[derive(Default)]
struct Said {
    keys: Vec<Key>,
    serial: Option<TokenStream>,
    parallel: Option<TokenStream>,
}

impl Concurrency {
    /// The union of the attributes.
    pub(crate) fn read(attributes: &[(Lock, Attribute)], errors: &mut Errors) -> Self {
        let mut said = Said::default();
        for (lock, attribute) in attributes {
            said.read(*lock, attribute, errors);
        }
        said.sum(errors)
    }

    /// A field of the harness's `Traits`, unless it is what it is anyway; `private` is the path of its `__private`.
    pub(crate) fn field(&self, private: &TokenStream) -> Option<TokenStream> {
        match self {
            Self::Parallel => None,
            Self::Exclusive => Some(quote!(concurrency: #private::Concurrency::Exclusive,)),
            Self::Keyed(keys) => {
                let keys = keys.iter().map(|key| key.tokens(private));
                Some(quote!(concurrency: #private::Concurrency::Keyed(&[#(#keys),*]),))
            }
        }
    }
}

impl Key {
    /// The harness's own `Key`; `private` is the path of its `__private`.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        let name = self.name.unraw().to_string();
        match self.lock {
            Lock::Serial => quote!(#private::Key { name: #name, access: #private::Access::Exclusive }),
            Lock::Parallel => quote!(#private::Key { name: #name, access: #private::Access::Shared }),
        }
    }

    /// Adds a key to others, unless it is there already.
    pub(crate) fn add(self, keys: &mut Vec<Self>, errors: &mut Errors) {
        let Self { name, lock } = &self;
        match keys.iter().find(|other| other.name == *name) {
            None => keys.push(self),
            Some(other) if other.lock == *lock => {
                errors.at(name, format!("key `{name}` is given twice: remove one"));
            }
            Some(_) => {
                errors.at(name, format!("key `{name}` is in `serial` and in `parallel`: remove it from one"));
            }
        }
    }

    /// Reads one key, or says what is written instead of one.
    pub(crate) fn read(lock: Lock, shape: Shape, input: ParseStream) -> syn::Result<Self> {
        key(lock, shape, input).map(|name| Self { name, lock })
    }
}

impl Said {
    fn read(&mut self, lock: Lock, attribute: &Attribute, errors: &mut Errors) {
        let attr = lock.name();
        match &attribute.meta {
            Meta::Path(path) => {
                let bare = match lock {
                    Lock::Serial => &mut self.serial,
                    Lock::Parallel => &mut self.parallel,
                };
                if bare.is_some() {
                    errors.at(path, format!("`#[{attr}]` is given twice: remove one"));
                }
                *bare = Some(path.to_token_stream());
            }
            Meta::List(list) if list.tokens.is_empty() => errors.at(
                list,
                format!(
                    "`#[{attr}()]` names no key: {}",
                    match lock {
                        Lock::Serial =>
                            "write `#[serial(key)]`, or `#[serial]` to run beside no other test at all",
                        Lock::Parallel => "write `#[parallel(key)]`",
                    }
                ),
            ),
            Meta::List(list) => list::read(list.tokens.clone(), errors, |input, errors| {
                let key = Key::read(lock, Shape::Attribute, input)?;
                key.add(&mut self.keys, errors);
                Ok(())
            }),
            Meta::NameValue(pair) => {
                errors.at(pair, format!("keys stand in parentheses: write `#[{attr}(key)]`"));
            }
        }
    }

    fn sum(self, errors: &mut Errors) -> Concurrency {
        match self {
            Self { serial: Some(path), keys, .. } if !keys.is_empty() => {
                errors
                    .at(path, "a bare `#[serial]` already runs beside no other test: remove it, or the keys");
                Concurrency::Exclusive
            }
            Self { serial: Some(_), parallel: Some(path), .. } => {
                errors.at(path, "`#[parallel]` contradicts `#[serial]`: remove one");
                Concurrency::Exclusive
            }
            Self { serial: Some(_), .. } => Concurrency::Exclusive,
            Self { keys, .. } if keys.is_empty() => Concurrency::Parallel,
            Self { keys, .. } => Concurrency::Keyed(keys),
        }
    }
}

fn key(lock: Lock, shape: Shape, input: ParseStream) -> syn::Result<Ident> {
    let attr = lock.name();
    let named = if shape == Shape::Attribute { format!("#[{attr}]") } else { attr.to_owned() };
    let example = || format!("a key is an identifier, such as `{}`", shape.show(lock, "database"));
    let write = |key: &str| format!("a key is an identifier: write `{}`", shape.show(lock, key));
    if input.peek(Lit) {
        let lit: Lit = input.parse()?;
        return Err(Error::new(
            lit.span(),
            match &lit {
                Lit::Str(text) => write(&identifier(&text.value())),
                _ => example(),
            },
        ));
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error(example()));
    }
    if input.peek2(Token![::]) {
        let path = input.call(Path::parse_mod_style)?;
        let parts: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let message = format!("a key is one identifier, not a path: write `{}`", parts.join("_"));
        return Err(Error::new_spanned(path, message));
    }
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![-]) || input.peek(Token![.]) {
        let (span, mut text) = (name.span(), name.to_string());
        while !input.is_empty() && !input.peek(Token![,]) {
            text += &input.parse::<TokenTree>()?.to_string();
        }
        let message = format!("a key is one identifier: write `{}`", identifier(&text));
        return Err(Error::new(span, message));
    }
    if input.peek(Token![=]) {
        return Err(Error::new(
            name.span(),
            match name.to_string().as_str() {
                "crate" if shape == Shape::Attribute => {
                    format!("`{named}` takes keys and no options: give `crate = \"..\"` to `#[async_test]`")
                }
                option => format!("`{named}` takes keys and no options: remove `{option} = ..`"),
            },
        ));
    }
    if input.peek(token::Paren) {
        return Err(Error::new(name.span(), write(&name.to_string())));
    }
    if syn::parse2::<Ident>(quote!(#name)).is_err() {
        return Err(Error::new(name.span(), format!("`{name}` is a keyword: a key is any other identifier")));
    }
    Ok(name)
}

/// `text` with whatever an identifier cannot hold replaced.
fn identifier(text: &str) -> String {
    let name: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if syn::parse_str::<Ident>(&name).is_ok() { name } else { "key".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::Sorted;
    use syn::parse_quote;

    /// What the attributes amount to, or the messages about them.
    fn amount_to(attributes: Vec<Attribute>) -> String {
        let mut errors = Errors::default();
        let concurrency = Concurrency::read(&Sorted::new(attributes).marks.locks, &mut errors);
        if !errors.is_empty() {
            return errors.lines();
        }
        match concurrency {
            Concurrency::Parallel => "parallel".to_owned(),
            Concurrency::Exclusive => "exclusive".to_owned(),
            Concurrency::Keyed(keys) => {
                let keys = keys.iter().map(|Key { name, lock }| format!("{} {name}", lock.name()));
                keys.collect::<Vec<_>>().join(", ")
            }
        }
    }

    #[test]
    fn attributes_add_up() {
        let table: [(Vec<Attribute>, &str); 9] = [
            (vec![], "parallel"),
            (parse_quote!(#[parallel]), "parallel"),
            (parse_quote!(#[serial]), "exclusive"),
            (parse_quote!(#[other::path::serial]), "exclusive"),
            (parse_quote!(#[serial(a)]), "serial a"),
            (parse_quote!(#[serial(b, a,)] #[serial(c)]), "serial b, serial a, serial c"),
            (parse_quote!(#[serial(a)] #[parallel(b)]), "serial a, parallel b"),
            (parse_quote!(#[parallel] #[serial(a)]), "serial a"),
            (parse_quote!(#[serial(r#type)]), "serial r#type"),
        ];
        for (attributes, expected) in table {
            assert_eq!(amount_to(attributes), expected);
        }
    }

    #[test]
    fn a_string_becomes_the_identifier_nearest_to_it() {
        for (text, expected) in [("db", "db"), ("my db", "my_db"), ("a-b", "a_b"), ("7", "key"), ("", "key")]
        {
            assert_eq!(identifier(text), expected, "{text}");
        }
    }
}
