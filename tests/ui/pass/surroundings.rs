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

#[::async_harness::fixture(scope = "session", teardown = dropped)]
async fn context() -> ::std::result::Result<u8, ::std::string::String> {
    ::std::result::Result::Ok(1)
}

async fn dropped(_: u8) {}

#[::async_harness::fixture(serial(Test))]
fn held(context: &u8) -> ::std::string::String {
    ::std::string::ToString::to_string(context)
}

/// A fixture that others may name.
#[::async_harness::fixture]
pub fn public() -> u8 {
    2
}

#[::async_harness::async_test]
async fn needs(context: &u8, held: &mut ::std::string::String, public: u8) {
    held.clear();
    let _ = (context, public);
}

#[::async_harness::test]
#[case("1", 2, 2 + 1)]
#[case::xfail("2", 3, { ::std::convert::identity(4) })]
#[::async_harness::xfail]
pub(crate) fn value(#[case] held: u8, #[case] context: u8, #[case] value: u8, public: &u8) {
    ::std::assert!(held == 1 && context < value && *public == 2);
}

#[::async_harness::async_test]
async fn literal(#[values(1, 2)] __value: u8, #[values("a")] __held_0: ::std::string::String, held: &str) {
    ::std::assert!(__value > 0 && !__held_0.is_empty() && !held.is_empty());
}

#[::async_harness::test_factory]
fn factory() -> [::async_harness::TestCase; 1] {
    [::async_harness::TestCase::new("name", || async {})]
}

macro_rules! fixtures {
    ($($name:ident: $ty:ty = $value:literal, $test:ident;)*) => {
        $(
            #[::async_harness::fixture]
            fn $name() -> $ty {
                $value
            }

            #[::async_harness::async_test]
            #[case($value)]
            async fn $test(#[case] value: $ty, $name: &$ty) {
                ::std::assert_eq!(value, *$name);
            }
        )*
    };
}

fixtures! {
    made_number: u8 = 1, uses_a_number;
    made_letter: char = 'a', uses_a_letter;
}

::async_harness::main!();
