//! What attributes say of a test beside its arguments: ignored, panicking, failing, alone.

use crate::attributes::Marks;
use crate::builtin::{Ignore, ShouldPanic};
use crate::errors::Errors;
use crate::keys::Concurrency;
use crate::xfail::Xfail;
use proc_macro2::TokenStream;
use quote::quote;

#[derive(Clone)]
pub(crate) struct Traits {
    ignore: Ignore,
    pub(crate) should_panic: ShouldPanic,
    concurrency: Concurrency,
    xfail: Xfail,
}

impl Traits {
    pub(crate) fn read(marks: &Marks, errors: &mut Errors) -> Self {
        let should_panic = ShouldPanic::read(&marks.should_panic, errors);
        if let Some(xfail) = marks.xfail.first().filter(|_| should_panic.is_yes()) {
            errors.at(
                xfail.path(),
                "`#[xfail]` contradicts `#[should_panic]`, by which a panic is a success: remove one",
            );
        }
        Self {
            ignore: Ignore::read(&marks.ignore, errors),
            should_panic,
            concurrency: Concurrency::read(&marks.locks, errors),
            xfail: Xfail::read(&marks.xfail, errors),
        }
    }

    /// Whether it is a bare `#[serial]`.
    pub(crate) fn is_exclusive(&self) -> bool {
        matches!(self.concurrency, Concurrency::Exclusive)
    }

    /// A field of the harness's `Test`, unless there is nothing to say; `private` is the path of its `__private`.
    pub(crate) fn field(&self, private: &TokenStream) -> Option<TokenStream> {
        let fields = [
            self.ignore.field(private),
            self.should_panic.field(private),
            self.concurrency.field(private),
            self.xfail.field(private),
        ];
        fields.iter().any(Option::is_some).then(|| {
            let traits = quote!(&#private::Traits { #(#fields)* ..#private::Traits::PLAIN });
            quote!(traits: ::core::option::Option::Some(#traits),)
        })
    }
}
