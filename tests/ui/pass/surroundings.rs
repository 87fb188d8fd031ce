//! Generated code relies on no name in scope and meets no lint.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    warnings,
    future_incompatible,
    let_underscore,
    missing_docs,
    nonstandard_style,
    rust_2018_idioms,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_results
)]

mod core {}
mod std {}
mod tokio {}

struct Test;
struct Registered;
struct Runtime;
struct Body;
struct Builder;
enum Option {
    None,
}

#[::async_harness::async_test]
#[::async_harness::serial(Test)]
async fn shadowed() {
    let _ = (Test, Registered, Runtime, Body, Builder, Option::None);
}

#[::async_harness::async_test(flavor = "local", name = "builder")]
pub async fn builder() -> ::std::result::Result<(), ::std::string::String> {
    ::std::result::Result::Ok(())
}

#[::async_harness::test]
pub(crate) fn start() -> ::std::process::ExitCode {
    ::std::process::ExitCode::SUCCESS
}

#[::async_harness::test]
fn file() {}

#[::async_harness::test]
#[::async_harness::serial]
fn serial() {}

mod r#mod {
    use ::async_harness::test;

    #[test]
    fn r#type() {}

    pub(super) mod inner {
        #[::async_harness::async_test]
        pub(in crate::r#mod) async fn name() {}
    }
}

#[::async_harness::test]
fn around() {
    mod local {
        #[::async_harness::async_test]
        async fn inside() {}
    }
    #[::async_harness::async_test]
    async fn directly_inside() {}
}

macro_rules! tests {
    ($($(#[$meta:meta])* $vis:vis $name:ident -> $output:ty = $why:literal $body:block)*) => {
        $($(#[$meta])* #[::async_harness::async_test] #[ignore = $why] $vis async fn $name() -> $output $body)*
    };
}

tests! {
    /// Made by a macro.
    #[::async_harness::serial(made)]
    made -> () = "why" {}
    pub made_public -> ::std::result::Result<(), ()> = "why" { ::std::result::Result::Ok(()) }
}

macro_rules! item {
    ($item:item) => {
        #[::async_harness::async_test]
        $item
    };
}

item! {
    async fn whole() {}
}

::async_harness::main!();
