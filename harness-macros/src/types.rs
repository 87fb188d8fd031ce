//! What can be seen of a type by its tokens alone, before rustc says it in several places of the generated code.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericArgument, Lifetime, Path, PathArguments, Type, TypeParamBound};

/// What keeps a type from being one whose values are kept.
pub(crate) enum Flaw {
    /// An `impl Trait`: it has no name.
    Unnamed(TokenStream),
    /// A reference or a lifetime that is not `'static`.
    Borrowed(TokenStream),
    /// A `_`, of which rustc says so itself.
    Unwritten,
}

impl Flaw {
    /// The first of a type. What functions take and return is the concern of whoever calls them.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::ImplTrait(_) => Some(Self::Unnamed(ty.to_token_stream())),
            Type::Infer(_) => Some(Self::Unwritten),
            Type::Reference(reference) => match &reference.lifetime {
                Some(lifetime) if lifetime.ident == "static" => Self::of(&reference.elem),
                _ => Some(Self::Borrowed(ty.to_token_stream())),
            },
            Type::Array(array) => Self::of(&array.elem),
            Type::Slice(slice) => Self::of(&slice.elem),
            Type::Ptr(pointer) => Self::of(&pointer.elem),
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Tuple(tuple) => tuple.elems.iter().find_map(Self::of),
            Type::Path(path) => {
                path.qself.as_ref().and_then(|own| Self::of(&own.ty)).or_else(|| Self::of_path(&path.path))
            }
            Type::TraitObject(object) => object.bounds.iter().find_map(Self::of_bound),
            _ => None,
        }
    }

    fn of_path(path: &Path) -> Option<Self> {
        path.segments.iter().find_map(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().find_map(Self::of_argument),
            PathArguments::None | PathArguments::Parenthesized(_) => None,
        })
    }

    fn of_argument(argument: &GenericArgument) -> Option<Self> {
        match argument {
            GenericArgument::Type(ty) => Self::of(ty),
            GenericArgument::AssocType(assoc) => Self::of(&assoc.ty),
            GenericArgument::Lifetime(lifetime) => Self::of_lifetime(lifetime),
            _ => None,
        }
    }

    fn of_bound(bound: &TypeParamBound) -> Option<Self> {
        match bound {
            // What `for<'a>` brings with it borrows from nobody.
            TypeParamBound::Trait(bound) if bound.lifetimes.is_none() => Self::of_path(&bound.path),
            TypeParamBound::Lifetime(lifetime) => Self::of_lifetime(lifetime),
            _ => None,
        }
    }

    fn of_lifetime(lifetime: &Lifetime) -> Option<Self> {
        (lifetime.ident != "static").then(|| Self::Borrowed(lifetime.to_token_stream()))
    }
}

/// A type that a value cannot have.
#[derive(Clone, Copy)]
pub(crate) enum Unsized {
    Object,
    Slice,
    Str,
}

impl Unsized {
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::TraitObject(_) => Some(Self::Object),
            Type::Slice(_) => Some(Self::Slice),
            Type::Path(path) if path.path.is_ident("str") => Some(Self::Str),
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            _ => None,
        }
    }

    /// What owns such a value.
    pub(crate) fn owned(self) -> &'static str {
        match self {
            Self::Object => "Box<dyn ..>",
            Self::Slice => "Vec<..>",
            Self::Str => "String",
        }
    }

    /// What borrows such a value.
    pub(crate) fn borrowed(self) -> &'static str {
        match self {
            Self::Object => "&dyn ..",
            Self::Slice => "&[..]",
            Self::Str => "&str",
        }
    }
}

/// A type that can be kept, in place of one with a [`Flaw`] or of an [`Unsized`] one: near enough to it for the users of a
/// refused fixture to compile. `private` is the path of the harness's `__private`.
pub(crate) fn stand_in(private: &TokenStream, ty: &Type) -> TokenStream {
    let bounds = match ty {
        Type::Group(group) => return stand_in(private, &group.elem),
        Type::Paren(paren) => return stand_in(private, &paren.elem),
        Type::ImplTrait(ty) => &ty.bounds,
        Type::TraitObject(ty) => &ty.bounds,
        Type::Slice(slice) => {
            let element = stand_in(private, &slice.elem);
            return quote!(#private::Vec<#element>);
        }
        _ if Unsized::of(ty).is_some() => return quote!(#private::String),
        _ => {
            return match Flaw::of(ty) {
                None | Some(Flaw::Unwritten) => ty.to_token_stream(),
                Some(Flaw::Borrowed(_)) => for_ever(ty.to_token_stream()),
                Some(Flaw::Unnamed(_)) => quote!(()),
            };
        }
    };
    let bounds = bounds.iter().filter(|bound| matches!(bound, TypeParamBound::Trait(_)));
    quote!(#private::Boxed<dyn #(#bounds)+*>)
}

/// A type with `'static` for each lifetime that it names or leaves out.
fn for_ever(ty: TokenStream) -> TokenStream {
    // Those that `for<'a>` brings have to stay.
    if ty.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(name) if name == "for")) {
        return quote!(());
    }
    let is = |token: &TokenTree, c: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == c);
    let mut tokens = ty.into_iter().peekable();
    let mut result = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                result.extend([TokenTree::Group(Group::new(group.delimiter(), for_ever(group.stream())))]);
            }
            token if is(&token, '\'') => {
                tokens.next();
                result.extend(quote!('static));
            }
            token => {
                let is_bare = is(&token, '&') && !tokens.peek().is_some_and(|next| is(next, '\''));
                let lifetime = is_bare.then(|| quote!('static));
                result.extend(quote!(#token #lifetime));
            }
        }
    }
    result
}

/// The lifetime of a reference, if it has been given one.
pub(crate) fn lifetime(ty: &Type) -> Option<&Lifetime> {
    match ty {
        Type::Reference(reference) => reference.lifetime.as_ref(),
        Type::Group(group) => lifetime(&group.elem),
        Type::Paren(paren) => lifetime(&paren.elem),
        _ => None,
    }
}

/// Whether it is an `impl Future`.
pub(crate) fn is_future(ty: &Type) -> bool {
    let is_future = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == "Future"),
        _ => false,
    };
    matches!(ty, Type::ImplTrait(ty) if ty.bounds.iter().any(is_future))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(ty: &str) -> String {
        match Flaw::of(&syn::parse_str(ty).expect("a type")) {
            None => "none".to_owned(),
            Some(Flaw::Unnamed(tokens)) => format!("unnamed {tokens}"),
            Some(Flaw::Borrowed(tokens)) => format!("borrowed {tokens}"),
            Some(Flaw::Unwritten) => "unwritten".to_owned(),
        }
    }

    #[test]
    fn a_type_whose_values_are_kept_has_a_name_and_borrows_nothing() {
        let table = [
            ("u8", "none"),
            ("impl Get", "unnamed impl Get"),
            ("Option<Vec<impl Get>>", "unnamed impl Get"),
            ("Box<dyn Iterator<Item = impl Get>>", "unnamed impl Get"),
            ("Result<u8, &str>", "borrowed & str"),
            ("(u8, [&'a str; 2])", "borrowed & 'a str"),
            ("&'static [&u8]", "borrowed & u8"),
            ("Cow<'_, str>", "borrowed '_"),
            ("Box<dyn Get + 'a>", "borrowed 'a"),
            ("<Vec<&u8> as IntoIterator>::IntoIter", "borrowed & u8"),
            ("Vec<_>", "unwritten"),
            ("Cow<'static, str>", "none"),
            ("&'static dyn Get", "none"),
            ("fn(&u8) -> &u8", "none"),
            ("Box<dyn Fn(&u8) -> &u8 + Send + 'static>", "none"),
            ("Box<dyn for<'a> Get<&'a u8>>", "none"),
        ];
        for (ty, expected) in table {
            assert_eq!(flaw(ty), expected, "{ty}");
        }
    }

    #[test]
    fn a_type_that_cannot_be_kept_has_one_in_its_place() {
        let table = [
            ("u8", "u8"),
            ("&str", "& 'static str"),
            ("Cow<'a, [&u8]>", "Cow < 'static , [& 'static u8] >"),
            ("impl Get + 'a", "p :: Boxed < dyn Get >"),
            ("(dyn Get + Send)", "p :: Boxed < dyn Get + Send >"),
            ("[&'_ u8]", "p :: Vec < & 'static u8 >"),
            ("str", "p :: String"),
            ("Option<impl Get>", "()"),
            ("Vec<_>", "Vec < _ >"),
            ("&dyn for<'a> Get<&'a u8>", "()"),
        ];
        for (ty, expected) in table {
            let ty = syn::parse_str(ty).expect("a type");
            assert_eq!(stand_in(&quote!(p), &ty).to_string(), expected);
        }
    }

    #[test]
    fn only_the_outermost_type_has_to_have_a_size() {
        let table = [
            ("dyn Get", Some("Box<dyn ..>")),
            ("[u8]", Some("Vec<..>")),
            ("(str)", Some("String")),
            ("&str", None),
            ("Box<dyn Get>", None),
            ("[u8; 2]", None),
        ];
        for (ty, expected) in table {
            let found = Unsized::of(&syn::parse_str(ty).expect("a type"));
            assert_eq!(found.map(Unsized::owned), expected, "{ty}");
        }
    }
}
