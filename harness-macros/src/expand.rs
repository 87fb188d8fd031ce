//! What a test attribute leaves behind.
//!
//! The user's function goes, untouched but for our attributes on its parameters, with its registration into a `const _`
//! block, beside a phantom `#[test]` that rustc drops under `harness = false`, fails loudly without it, and is what an
//! editor hangs its lens on.

use crate::args::Args;
use crate::attributes::{Role, Sorted};
use crate::block;
use crate::cases::{self, Instance};
use crate::errors::Errors;
use crate::function::{Function, Noun};
use crate::parameters::Parameter;
use crate::registration::{Body, Registration};
use crate::types::{Flaw, Unsized};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Meta, Path, Visibility};

/// Which of the two test attributes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Door {
    AsyncTest,
    Test,
}

impl Door {
    fn name(self) -> &'static str {
        match self {
            Self::AsyncTest => "async_test",
            Self::Test => "test",
        }
    }
}

pub(crate) fn expand(door: Door, tokens: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::read(tokens, &mut errors);
    let (krate, private) = (args.krate(), block::private());
    let Entered { mut function, mut attrs } = match enter(Noun::Test, item, &mut errors) {
        Ok(entered) => entered,
        Err(left) => return left,
    };

    let parameters = Parameter::read_all(Noun::Test, &mut function.sig, &mut errors);
    let instances = cases::instances(&attrs, &parameters, &mut errors);
    let fields = args.fields(&private);
    if instances.iter().any(|instance| instance.traits.is_exclusive()) {
        args.options.refuse_workers(&mut errors);
    }
    let body = read(door, args, &function, &attrs, &parameters, &mut errors);
    check_output(&function, &instances, &parameters, &mut errors);
    let uses = uses(&attrs);
    let deprecations = deprecations(&mut attrs.others, &[]);
    let held = held(&attrs.others, &function, &errors);
    let registration = errors.is_empty().then(|| {
        let registration = Registration {
            krate: &krate,
            private: &private,
            function: &function,
            parameters: &parameters,
            body: &body,
            fields,
        };
        registration.tokens(&instances)
    });
    let phantom = phantom(&attrs.others, &function.sig.ident);
    quote! {
        #deprecations
        const _: () = { #uses #held #registration };
        #phantom
        #errors
    }
}

/// A function and its attributes.
pub(crate) struct Entered {
    pub(crate) function: Function,
    pub(crate) attrs: Sorted,
}

/// Reads the function that an attribute of ours stands on.
///
/// # Errors
///
/// What is to be left behind, where that is all that can be read.
pub(crate) fn enter(noun: Noun, item: TokenStream, errors: &mut Errors) -> Result<Entered, TokenStream> {
    let mut function = Function::read(noun, item.clone()).map_err(|error| {
        let error = error.to_compile_error();
        quote!(#item #error)
    })?;
    let mut attrs = Sorted::new(std::mem::take(&mut function.attrs));
    for (attribute, advice) in attrs.misplaced() {
        errors.at(attribute.path(), advice);
    }
    for (_, attribute) in attrs.all_marks().flat_map(|marks| &marks.locks) {
        let path = attribute.path();
        if noun != Noun::Fixture && is_of_serial_test(path) {
            let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            errors.at(
                path,
                format!("serial_test knows nothing of the harness's keys: write `#[async_harness::{name}]`"),
            );
        }
    }
    if let Some(semicolon) = function.missing_body() {
        errors.at(semicolon, format!("{} needs a body", noun.a()));
        return Err(errors.to_token_stream());
    }
    if let Some(receiver) = function.receiver() {
        errors.at(receiver, format!("{} is a free function: move it out of the `impl`", noun.a()));
        function.strip_parameters();
        let others = &attrs.others;
        return Err(quote!(#(#others)* #function #errors));
    }
    function.check(noun, errors);
    Ok(Entered { function, attrs })
}

/// Reads what the function is and runs on, and notes what cannot be.
fn read(
    door: Door,
    args: Args,
    function: &Function,
    attrs: &Sorted,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Body {
    for second in &attrs.tests {
        let message = match Role::of(second) {
            Role::Fixture => "a function is a test or a fixture: remove one of the two attributes".to_owned(),
            _ => format!("a function is a test once: keep `#[{}]` and remove this", door.name()),
        };
        errors.at(in_own_words(second, function), message);
    }
    if function.is_async() {
        return Body::Async(args.runtime(errors));
    }
    // Where another test attribute has been at work, it is to blame for the missing `async`.
    if door == Door::Test {
        args.refuse_runtime(errors);
        if !parameters.iter().any(|parameter| parameter.fixture().is_some()) {
            args.refuse_choice(errors);
        }
    } else if attrs.tests.is_empty() {
        errors.at(
            function.sig.fn_token,
            "`#[async_test]` needs an `async fn`; for a plain one use `#[async_harness::test]`",
        );
    }
    Body::Sync
}

fn check_output(function: &Function, instances: &[Instance], parameters: &[Parameter], errors: &mut Errors) {
    let Some(output) = function.output() else { return };
    // As in libtest, a test that should panic returns nothing.
    if instances.iter().any(|instance| instance.traits.should_panic.is_yes()) {
        errors.at(output, "functions using `#[should_panic]` must return `()`");
    }
    if Unsized::of(output).is_some() {
        errors.instead(output, "a value of this type cannot be returned: a test returns `()` or a `Result`");
    }
    let mut parameters = parameters.iter().map(Parameter::fixture).peekable();
    let lent =
        function.is_async() && parameters.peek().is_some() && parameters.all(|fixture| fixture.is_some());
    if let Some(Flaw::Borrowed(what)) = Flaw::of(output).filter(|_| lent) {
        errors.at(
            what,
            "fixtures are taken back before the result is told: return it without borrowing it from one",
        );
    }
}

/// The path of an attribute, shown as the user's even where another macro has written it.
pub(crate) fn in_own_words(attribute: &Attribute, function: &Function) -> TokenStream {
    let user = function.sig.ident.span();
    attribute
        .path()
        .to_token_stream()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().resolved_at(user));
            token
        })
        .collect()
}

/// Makes the imports of the attributes that were read here count as used: rustc has not seen those attributes.
pub(crate) fn uses(attrs: &Sorted) -> TokenStream {
    let locks = attrs.all_marks().flat_map(|marks| marks.locks.iter().map(|(_, attribute)| attribute));
    let xfails = attrs.all_marks().flat_map(|marks| &marks.xfail);
    let paths =
        locks.chain(xfails).map(Attribute::path).filter(|path| !is_moved(path) && !is_of_serial_test(path));
    // At the path, as rustc shows all of it where the path leads nowhere: most often an attribute that is not imported.
    let uses = paths.map(|path| {
        let import = quote_spanned!(path.span()=> use #path as _;);
        quote!(#[allow(unused_imports)] #import)
    });
    quote!(#(#uses)*)
}

/// Whether this is the path of a lock that knows nothing of the harness's keys.
fn is_of_serial_test(path: &Path) -> bool {
    path.segments.first().is_some_and(|first| first.ident == "serial_test")
}

/// Whether `#[serial]` wrote this path itself when it moved below the test attribute.
fn is_moved(path: &Path) -> bool {
    path.segments.iter().rev().nth(1).is_some_and(|segment| segment.ident == "__private")
}

/// What allows the code beside a function to name what is deprecated: the function itself, of which its users are to hear,
/// or a fixture, where the user has said so.
pub(crate) fn deprecations(attrs: &mut Vec<Attribute>, taken: &[Attribute]) -> TokenStream {
    let says = |attribute: &mut Attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("allow") || list.path.is_ident("expect") => {
            list.tokens.clone().into_iter().any(|token| token.to_string() == "deprecated")
        }
        _ => false,
    };
    let said: Vec<_> = attrs.extract_if(.., says).collect();
    let own = attrs.iter().chain(taken).any(|attribute| attribute.path().is_ident("deprecated"));
    let own = own.then(|| quote!(#[allow(deprecated)]));
    quote!(#own #(#said)*)
}

/// The user's function, with lints off that a test that rustc knows would not meet. They stand first, so that the
/// user's own come out on top.
pub(crate) fn held(attrs: &[Attribute], function: &Function, errors: &Errors) -> TokenStream {
    if errors.are_instead() {
        return TokenStream::new();
    }
    let kind = match function.is_async() {
        true => quote!(#[allow(clippy::unused_async, clippy::future_not_send)]),
        false => quote!(#[allow(clippy::missing_const_for_fn)]),
    };
    // Whoever asks for fixtures does not choose their types.
    let parameters = (!function.sig.inputs.is_empty()).then(|| {
        quote!(#[allow(
            clippy::needless_pass_by_value, clippy::ref_option, clippy::trivially_copy_pass_by_ref, clippy::too_many_arguments
        )])
    });
    let unreachable = match function.vis {
        Visibility::Inherited => None,
        Visibility::Public(_) | Visibility::Restricted(_) => Some(quote!(#[allow(unreachable_pub)])),
    };
    let dead = (!errors.is_empty()).then(|| quote!(#[allow(dead_code)]));
    quote!(#kind #parameters #unreachable #dead #(#attrs)* #function)
}

/// The `#[test]` that stands in for the user's where `harness = false` is missing.
pub(crate) fn phantom(attrs: &[Attribute], name: &Ident) -> TokenStream {
    let kept = attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc") || attribute.path().is_ident("allow"));
    quote! {
        #(#kept)*
        #[::core::prelude::v1::test]
        fn #name() {
            ::core::panic!("set `harness = false` for this target, in its section of Cargo.toml: `[[test]]`, `[lib]` or `[[bin]]`")
        }
    }
}
