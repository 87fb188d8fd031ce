//! What stands in a `const _` block beside the user's function: items, and what is registered.
//!
//! All of it is handed to a macro of the harness, by its path: so a harness that is not to be found there is told once.

use proc_macro2::TokenStream;
use quote::quote;

/// What the items call the harness's `__private`.
pub(crate) fn private() -> TokenStream {
    quote!(__harness)
}

/// The items, and the registration of each of these values.
pub(crate) fn block(krate: &TokenStream, items: &TokenStream, registered: &[TokenStream]) -> TokenStream {
    quote!(#krate::__private::block! { { #items } #({ #registered })* })
}
