//! The attributes of async-harness, which re-exports them; depend on that one.

mod args;
mod attributes;
mod builtin;
mod errors;
mod expand;
mod function;
mod keys;
mod list;
mod main_fn;
mod moved;
mod runtime;

use expand::Door;
use keys::Lock;
use proc_macro::TokenStream;

/// An async test.
#[proc_macro_attribute]
pub fn async_test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Door::AsyncTest, args.into(), item.into()).into()
}

/// A test, async or not.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Door::Test, args.into(), item.into()).into()
}

/// Keeps a test from running beside others.
#[proc_macro_attribute]
pub fn serial(args: TokenStream, item: TokenStream) -> TokenStream {
    moved::expand(Lock::Serial, &args.into(), item.into()).into()
}

/// Keeps a test from running beside those that are `#[serial]` with the same key.
#[proc_macro_attribute]
pub fn parallel(args: TokenStream, item: TokenStream) -> TokenStream {
    moved::expand(Lock::Parallel, &args.into(), item.into()).into()
}

/// Writes the `main` of a test target; `async_harness::main!` calls it.
#[doc(hidden)]
#[proc_macro]
pub fn __main(input: TokenStream) -> TokenStream {
    main_fn::expand(input.into()).into()
}
