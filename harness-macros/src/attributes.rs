//! The attributes of an item, sorted by who reads them.
//!
//! There is no `cfg` and no `cfg_attr` among them: rustc resolves those of an item before any attribute macro.

use crate::keys::Lock;
use syn::{Attribute, Meta};

/// Who reads an attribute.
pub(crate) enum Role {
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
        let path = attribute.path();
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else {
            return Self::Other;
        };
        let local = path.leading_colon.is_none();
        let builtin = local && path.segments.len() == 1;
        // `case::name`: the name of a case may be anything.
        if local && first.ident == "case" {
            Self::Case
        } else if ["test", "async_test", "test_factory", "rstest"].iter().any(|test| last.ident == test) {
            Self::Test
        } else if last.ident == "fixture" {
            Self::Fixture
        } else if last.ident == "serial" {
            Self::Lock(Lock::Serial)
        } else if last.ident == "parallel" {
            Self::Lock(Lock::Parallel)
        } else if last.ident == "xfail" {
            Self::Xfail
        } else if builtin && last.ident == "ignore" {
            Self::Ignore
        } else if builtin && last.ident == "should_panic" {
            Self::ShouldPanic
        } else {
            Self::Other
        }
    }
}

/// What to do about an attribute that means something in another place, or to others.
fn advice(attribute: &Attribute) -> Option<&'static str> {
    match attribute.path().get_ident()?.to_string().as_str() {
        "values" => Some("`#[values(..)]` stands before a parameter: write `fn f(#[values(1, 2)] n: u32)`"),
        "from" => Some("`#[from(..)]` stands before a parameter: write `fn f(#[from(path)] name: &T)`"),
        "test_case" => {
            Some("write `#[case(..)]`, and `#[case]` before each parameter that takes an argument of it")
        }
        "awt" => Some("remove this: an async fixture has been awaited before its users start"),
        // rstest's; that of others takes a number.
        "timeout" => match &attribute.meta {
            Meta::List(list) if list.tokens.to_string().contains("Duration") => {
                Some("write it as an argument: `timeout = \"5s\"`")
            }
            _ => None,
        },
        _ => None,
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
    pub(crate) marks: Marks,
}

impl Sorted {
    pub(crate) fn new(attributes: Vec<Attribute>) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            match Role::of(&attribute) {
                Role::Test | Role::Fixture => sorted.tests.push(attribute),
                Role::Case => sorted.cases.push(CaseAttribute { attribute, marks: Marks::default() }),
                _ => {
                    let marks = sorted.cases.last_mut().map_or(&mut sorted.marks, |case| &mut case.marks);
                    sorted.others.extend(marks.add(attribute));
                }
            }
        }
        sorted
    }

    /// Takes out what nobody would read here, each with what to do about it.
    pub(crate) fn misplaced(&mut self) -> Vec<(Attribute, &'static str)> {
        let misplaced = |attribute: &mut Attribute| advice(attribute).is_some();
        let misplaced: Vec<_> = self.others.extract_if(.., misplaced).collect();
        misplaced
            .into_iter()
            .filter_map(|attribute| advice(&attribute).map(|advice| (attribute, advice)))
            .collect()
    }

    /// All marks of the item, whichever case they are for.
    pub(crate) fn all_marks(&self) -> impl Iterator<Item = &Marks> {
        std::iter::once(&self.marks).chain(self.cases.iter().map(|case| &case.marks))
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
            Role::Test | Role::Fixture | Role::Case | Role::Other => return Some(attribute),
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
