//! The attributes of an item, sorted by who reads them.

use crate::keys::Lock;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token, parse_quote};

/// Who reads an attribute.
pub(crate) enum Role {
    /// rustc, before us: `cfg` and `cfg_attr`.
    Cfg,
    /// A test attribute, by its name.
    Test,
    Fixture,
    Case,
    Lock(Lock),
    Xfail,
    Ignore,
    ShouldPanic,
    /// Whoever it belongs to; it stays with the function.
    Other,
}

impl Role {
    /// Goes by the last segment of a path, for `#[async_harness::serial]` and for an import alike.
    pub(crate) fn of(attribute: &Attribute) -> Self {
        Self::of_path(attribute.path())
    }

    fn of_path(path: &Path) -> Self {
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else {
            return Self::Other;
        };
        let local = path.leading_colon.is_none();
        let builtin = local && path.segments.len() == 1;
        // `case::name`: the name of a case may be anything.
        if local && first.ident == "case" && path.segments.len() <= 2 {
            Self::Case
        } else if last.ident == "test" || last.ident == "async_test" || last.ident == "test_factory" {
            Self::Test
        } else if last.ident == "fixture" {
            Self::Fixture
        } else if last.ident == "serial" {
            Self::Lock(Lock::Serial)
        } else if last.ident == "parallel" {
            Self::Lock(Lock::Parallel)
        } else if last.ident == "xfail" {
            Self::Xfail
        } else if builtin && (last.ident == "cfg" || last.ident == "cfg_attr") {
            Self::Cfg
        } else if builtin && last.ident == "ignore" {
            Self::Ignore
        } else if builtin && last.ident == "should_panic" {
            Self::ShouldPanic
        } else {
            Self::Other
        }
    }
}

/// The attributes that were found on a function.
#[derive(Default)]
pub(crate) struct Sorted {
    /// Test attributes and `#[fixture]`.
    pub(crate) tests: Vec<Attribute>,
    pub(crate) marks: Marks,
    pub(crate) cases: Vec<CaseAttribute>,
    pub(crate) others: Vec<Attribute>,
}

/// What says something of a test, or of one case of it.
#[derive(Default, Clone)]
pub(crate) struct Marks {
    pub(crate) locks: Vec<(Lock, Attribute)>,
    pub(crate) ignore: Vec<Attribute>,
    pub(crate) should_panic: Vec<Attribute>,
    pub(crate) xfail: Vec<Attribute>,
}

/// `#[case(..)]` and what follows it, up to the next.
pub(crate) struct CaseAttribute {
    pub(crate) attribute: Attribute,
    /// One of these holds at a time; there are several with a `#[cfg_attr]`.
    pub(crate) variants: Vec<Variant>,
}

/// A case as some `cfg`s make it.
#[derive(Default, Clone)]
pub(crate) struct Variant {
    /// Predicates, all of which have to hold.
    pub(crate) cfgs: Vec<TokenStream>,
    pub(crate) marks: Marks,
}

impl Sorted {
    pub(crate) fn new(attributes: Vec<Attribute>) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            match (Role::of(&attribute), sorted.cases.last_mut()) {
                (Role::Test | Role::Fixture, _) => sorted.tests.push(attribute),
                (Role::Case, _) => {
                    sorted.cases.push(CaseAttribute { attribute, variants: vec![Variant::default()] });
                }
                (Role::Cfg, Some(case)) => sorted.others.extend(case.read_cfg(attribute)),
                (_, None) => sorted.others.extend(sorted.marks.add(attribute)),
                (_, Some(case)) => {
                    let add = |variant: &mut Variant| variant.marks.add(attribute.clone());
                    let rest: Vec<_> = case.variants.iter_mut().map(add).collect();
                    sorted.others.extend(rest.into_iter().next().flatten());
                }
            }
        }
        sorted
    }

    /// All marks of the item, whichever case they are for.
    pub(crate) fn all_marks(&self) -> impl Iterator<Item = &Marks> {
        let of_cases = self.cases.iter().flat_map(|case| case.variants.iter().map(|variant| &variant.marks));
        std::iter::once(&self.marks).chain(of_cases)
    }
}

impl Marks {
    /// Takes an attribute that is one of these, and gives any other back.
    fn add(&mut self, attribute: Attribute) -> Option<Attribute> {
        match Role::of(&attribute) {
            Role::Lock(lock) => self.locks.push((lock, attribute)),
            Role::Ignore => self.ignore.push(attribute),
            Role::ShouldPanic => self.should_panic.push(attribute),
            Role::Xfail => self.xfail.push(attribute),
            Role::Cfg | Role::Test | Role::Fixture | Role::Case | Role::Other => return Some(attribute),
        }
        None
    }

    pub(crate) fn is_empty(&self) -> bool {
        let Self { locks, ignore, should_panic, xfail } = self;
        locks.is_empty() && ignore.is_empty() && should_panic.is_empty() && xfail.is_empty()
    }

    /// Those of a case, with these for what the case says nothing of.
    pub(crate) fn with(&self, case: &Self) -> Self {
        let or = |own: &[Attribute], common: &[Attribute]| if own.is_empty() { common } else { own }.to_vec();
        Self {
            locks: self.locks.iter().chain(&case.locks).cloned().collect(),
            ignore: or(&case.ignore, &self.ignore),
            should_panic: or(&case.should_panic, &self.should_panic),
            xfail: or(&case.xfail, &self.xfail),
        }
    }
}

impl CaseAttribute {
    /// Reads a `cfg` or `cfg_attr` of the case, and gives back what belongs to the function.
    fn read_cfg(&mut self, attribute: Attribute) -> Option<Attribute> {
        if attribute.path().is_ident("cfg") {
            if let Meta::List(list) = &attribute.meta {
                self.variants.iter_mut().for_each(|variant| variant.cfgs.push(list.tokens.clone()));
            }
            return None;
        }
        let Some((predicate, metas)) = cfg_attr(&attribute) else { return Some(attribute) };
        let mut yes = self.variants.clone();
        let mut others = Vec::new();
        for variant in &mut yes {
            variant.cfgs.push(predicate.to_token_stream());
            others = metas.iter().filter_map(|meta| variant.marks.add(parse_quote!(#[#meta]))).collect();
        }
        if others.len() < metas.len() {
            self.variants.iter_mut().for_each(|variant| variant.cfgs.push(quote!(not(#predicate))));
            self.variants.extend(yes);
        }
        let others = others.iter().map(|attribute| &attribute.meta);
        (others.len() > 0).then(|| parse_quote!(#[cfg_attr(#predicate #(, #others)*)]))
    }
}

/// The predicate and the attributes of a `#[cfg_attr(..)]`.
fn cfg_attr(attribute: &Attribute) -> Option<(Meta, Vec<Meta>)> {
    let Meta::List(list) = &attribute.meta else { return None };
    let read = |input: ParseStream| {
        let predicate = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok((predicate, Punctuated::<Meta, Token![,]>::parse_terminated(input)?.into_iter().collect()))
    };
    read.parse2(list.tokens.clone()).ok().filter(|_| attribute.path().is_ident("cfg_attr"))
}

/// A `#[case]` inside of a `#[cfg_attr]`. rustc would look for a macro of that name.
pub(crate) fn conditional_case(attributes: &[Attribute]) -> Option<Path> {
    let metas = attributes.iter().filter_map(cfg_attr).flat_map(|(_, metas)| metas);
    metas.map(|meta| meta.path().clone()).find(|path| matches!(Role::of_path(path), Role::Case))
}

/// Those that stand above the first case: what follows is the case's.
fn above_cases(attributes: &[Attribute]) -> &[Attribute] {
    let is_case = |attribute: &Attribute| matches!(Role::of(attribute), Role::Case);
    let end = attributes.iter().position(is_case).unwrap_or(attributes.len());
    &attributes[..end]
}

pub(crate) fn has_cfg(attributes: &[Attribute]) -> bool {
    above_cases(attributes).iter().any(|attribute| matches!(Role::of(attribute), Role::Cfg))
}

/// The attributes with `cfg` and `cfg_attr` first and `own` after them: rustc then resolves those before it comes
/// back to us, whereas below an attribute macro they arrive unexpanded.
pub(crate) fn hoist_cfg(attributes: &[Attribute], own: impl ToTokens, rest: impl ToTokens) -> TokenStream {
    let (above, below) = attributes.split_at(above_cases(attributes).len());
    let is_cfg = |attribute: &&Attribute| matches!(Role::of(attribute), Role::Cfg);
    let cfgs = above.iter().filter(is_cfg).map(|attribute| readable(attribute.to_token_stream()));
    let others = above.iter().filter(|attribute| !is_cfg(attribute));
    quote!(#(#cfgs)* #own #(#others)* #(#below)* #rest)
}

/// `xfail = "why"` inside of a `cfg_attr` as `xfail("why")`: rustc calls a macro in that form only.
fn readable(tokens: TokenStream) -> TokenStream {
    let mut read: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let token = match token {
            TokenTree::Group(group) => {
                let mut new = Group::new(group.delimiter(), readable(group.stream()));
                new.set_span(group.span());
                TokenTree::Group(new)
            }
            TokenTree::Literal(why) if is_xfail(&read) => {
                read.pop();
                TokenTree::Group(Group::new(Delimiter::Parenthesis, why.into_token_stream()))
            }
            other => other,
        };
        read.push(token);
    }
    read.into_iter().collect()
}

/// Whether tokens end in `xfail =`.
fn is_xfail(tokens: &[TokenTree]) -> bool {
    match tokens {
        [.., TokenTree::Ident(name), TokenTree::Punct(eq)] => name == "xfail" && eq.as_char() == '=',
        _ => false,
    }
}
