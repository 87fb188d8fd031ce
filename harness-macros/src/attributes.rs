//! The attributes of an item, sorted by who reads them.

use crate::keys::Lock;
use quote::ToTokens;
use syn::Attribute;

/// Who reads an attribute.
pub(crate) enum Role {
    /// rustc, before us: `cfg` and `cfg_attr`.
    Cfg,
    /// A test attribute, by its name.
    Test,
    Lock(Lock),
    Ignore,
    ShouldPanic,
    /// Whoever it belongs to; it stays with the function.
    Other,
}

impl Role {
    /// Goes by the last segment of a path, for `#[async_harness::serial]` and for an import alike.
    pub(crate) fn of(attribute: &Attribute) -> Self {
        let path = attribute.path();
        let Some(last) = path.segments.last() else { return Self::Other };
        let builtin = path.leading_colon.is_none() && path.segments.len() == 1;
        if last.ident == "test" || last.ident == "async_test" {
            Self::Test
        } else if last.ident == "serial" {
            Self::Lock(Lock::Serial)
        } else if last.ident == "parallel" {
            Self::Lock(Lock::Parallel)
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

/// The attributes that a test attribute found on its function.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(crate) tests: Vec<Attribute>,
    pub(crate) locks: Vec<(Lock, Attribute)>,
    pub(crate) ignore: Vec<Attribute>,
    pub(crate) should_panic: Vec<Attribute>,
    pub(crate) others: Vec<Attribute>,
}

impl Sorted {
    pub(crate) fn new(attributes: Vec<Attribute>) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            match Role::of(&attribute) {
                Role::Test => sorted.tests.push(attribute),
                Role::Lock(lock) => sorted.locks.push((lock, attribute)),
                Role::Ignore => sorted.ignore.push(attribute),
                Role::ShouldPanic => sorted.should_panic.push(attribute),
                Role::Cfg | Role::Other => sorted.others.push(attribute),
            }
        }
        sorted
    }
}

pub(crate) fn has_cfg(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| matches!(Role::of(attribute), Role::Cfg))
}

/// The attributes with `cfg` and `cfg_attr` first and `own` after them: rustc then resolves those before it comes
/// back to us, whereas below an attribute macro they arrive unexpanded.
pub(crate) fn hoist_cfg(
    attributes: &[Attribute],
    own: impl ToTokens,
    rest: impl ToTokens,
) -> proc_macro2::TokenStream {
    let is_cfg = |attribute: &&Attribute| matches!(Role::of(attribute), Role::Cfg);
    let cfgs = attributes.iter().filter(is_cfg);
    let others = attributes.iter().filter(|attribute| !is_cfg(attribute));
    quote::quote!(#(#cfgs)* #own #(#others)* #rest)
}
