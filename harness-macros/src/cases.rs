//! `#[case(..)]` and `#[values(..)]`: the tests that one function is, with their names, which are those of rstest.

use crate::attributes::Sorted;
use crate::errors::Errors;
use crate::parameters::{Parameter, Source};
use crate::traits::Traits;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Meta, Token};

/// One of the tests that a function is.
#[derive(Clone)]
pub(crate) struct Instance {
    /// What follows the function's name, `::` included.
    pub(crate) name: String,
    /// Where it is written, if that is not the function itself.
    pub(crate) place: Option<Span>,
    pub(crate) traits: Traits,
    /// For each parameter its argument, unless it is a fixture.
    pub(crate) arguments: Vec<Option<Expr>>,
}

/// All the tests that the attributes and parameters make of a function.
pub(crate) fn instances(attrs: &Sorted, parameters: &[Parameter], errors: &mut Errors) -> Vec<Instance> {
    let traits = Traits::read(&attrs.marks, errors);
    let plain =
        Instance { name: String::new(), place: None, traits, arguments: vec![None; parameters.len()] };
    let mut instances = cases(attrs, parameters, &plain, errors).unwrap_or_else(|| vec![plain]);
    for (index, parameter) in parameters.iter().enumerate() {
        if let Source::Values(values) = &parameter.source {
            instances = product(&instances, index, parameter, values);
        }
    }
    instances
}

/// An instance for each case, or nothing where there are none.
fn cases(
    attrs: &Sorted,
    parameters: &[Parameter],
    plain: &Instance,
    errors: &mut Errors,
) -> Option<Vec<Instance>> {
    let is_case = |parameter: &Parameter| matches!(parameter.source, Source::Case);
    let indices: Vec<_> = (0..parameters.len()).filter(|index| is_case(&parameters[*index])).collect();
    if attrs.cases.is_empty() {
        if let Some(first) = indices.first() {
            parameters[*first]
                .error(errors, "there is no case: write `#[case(..)]` below the test attribute");
        }
        return None;
    }
    if let (Some(first), true) = (attrs.cases.first(), indices.is_empty()) {
        let message = "no parameter takes this: write `#[case]` before one, as in `fn f(#[case] n: u32)`";
        errors.at(first.attribute.path(), message);
        return None;
    }

    let digits = attrs.cases.len().to_string().len();
    let mut instances = Vec::new();
    for (number, case) in (1..).zip(&attrs.cases) {
        let path = case.attribute.path();
        if path.segments.len() > 2 {
            errors.at(path, "the name of a case is one identifier: write `#[case::name(..)]`");
            continue;
        }
        let description = path.segments.iter().nth(1).map(|segment| segment.ident.unraw());
        let Some(values) = errors.take(arguments(&case.attribute)) else { continue };
        if values.len() != indices.len() {
            errors.at(path, wrong_number(indices.len(), values.len()));
            continue;
        }
        let mut arguments = plain.arguments.clone();
        for (index, value) in indices.iter().zip(values) {
            arguments[*index] = Some(value);
        }
        let traits = if case.marks.is_empty() {
            plain.traits.clone()
        } else {
            Traits::read(&attrs.marks.with(&case.marks), errors)
        };
        let name = format!("::{}", case_name(number, digits, description.as_ref()));
        instances.push(Instance { name, place: Some(path.span()), traits, arguments });
    }
    Some(instances)
}

fn arguments(attribute: &Attribute) -> syn::Result<Vec<Expr>> {
    let list = match &attribute.meta {
        Meta::List(list) => list,
        meta => return Err(syn::Error::new_spanned(meta, "a case has arguments: write `#[case(..)]`")),
    };
    let values = list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    Ok(values.into_iter().collect())
}

fn wrong_number(wanted: usize, given: usize) -> String {
    let plural = if wanted == 1 { "" } else { "s" };
    format!(
        "this test expects {wanted} argument{plural}, one for each `#[case]` parameter, and this case has {given}"
    )
}

/// Each instance with each value.
fn product(instances: &[Instance], index: usize, parameter: &Parameter, values: &[Expr]) -> Vec<Instance> {
    let Some(name) = &parameter.name else { return instances.to_vec() };
    let name = name.unraw().to_string();
    let digits = values.len().to_string().len();
    let mut all = Vec::new();
    for instance in instances {
        for (number, value) in (1..).zip(values) {
            let mut instance = instance.clone();
            instance.name += &format!("::{}", value_name(&name, number, digits, value));
            instance.arguments[index] = Some(value.clone());
            all.push(instance);
        }
    }
    all
}

fn case_name(number: usize, digits: usize, description: Option<&Ident>) -> String {
    let description = description.map(|name| format!("_{name}")).unwrap_or_default();
    format!("case_{number:0digits$}{description}")
}

fn value_name(parameter: &str, number: usize, digits: usize, value: &Expr) -> String {
    let text = sanitized(&value.to_token_stream().to_string());
    format!("{parameter}_{number:0digits$}_{text:.64}")
}

/// An expression as part of a name. Two may come out the same; the number tells them apart.
fn sanitized(expression: &str) -> String {
    let mut name = String::new();
    for c in expression.chars() {
        match c {
            '"' | '\'' => name.push_str("__"),
            ':' | '(' | ')' | '{' | '}' | '[' | ']' | ',' | '.' | '*' | '+' | '/' | '-' | '%' | '^' | '!'
            | '&' | '|' => name.push('_'),
            c if unicode_ident::is_xid_continue(c) => name.push(c),
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::{Function, Noun};
    use quote::quote;

    /// The names of a function's tests, or the messages about it.
    fn names(item: proc_macro2::TokenStream) -> String {
        let mut errors = Errors::default();
        let mut function = Function::read(Noun::Test, item).expect("a function");
        let attrs = Sorted::new(std::mem::take(&mut function.attrs));
        let parameters = Parameter::read_all(Noun::Test, &mut function.sig, &mut errors);
        let instances = instances(&attrs, &parameters, &mut errors);
        if errors.is_empty() {
            instances.iter().map(|instance| format!("f{}", instance.name)).collect::<Vec<_>>().join(" ")
        } else {
            errors.lines()
        }
    }

    #[test]
    fn tests_are_named_as_rstest_names_them() {
        let table = [
            (
                quote!(
                    fn f() {}
                ),
                "f",
            ),
            (
                quote!(
                    #[case(1)]
                    fn f(#[case] n: u8) {}
                ),
                "f::case_1",
            ),
            (
                quote!(
                    #[case(1)]
                    #[case::two(2)]
                    fn f(#[case] n: u8) {}
                ),
                "f::case_1 f::case_2_two",
            ),
            (
                quote!(
                    #[case::_x(1)]
                    fn f(#[case] n: u8) {}
                ),
                "f::case_1__x",
            ),
            (
                quote!(
                    fn f(#[values(1, 5)] n: u8) {}
                ),
                "f::n_1_1 f::n_2_5",
            ),
            (
                quote!(
                    fn f(#[values(1)] _n: u8) {}
                ),
                "f::_n_1_1",
            ),
            (
                quote!(
                    fn f(#[values(1)] mut n: u8) {}
                ),
                "f::n_1_1",
            ),
            (
                quote!(
                    fn f(#[values(1, 2)] n: u8, #[values(true)] b: bool) {}
                ),
                "f::n_1_1::b_1_true f::n_2_2::b_1_true",
            ),
            (
                quote!(
                    #[case(1)]
                    #[case::b(2)]
                    fn f(#[values(7, 8)] m: u8, #[case] n: u8) {}
                ),
                "f::case_1::m_1_7 f::case_1::m_2_8 f::case_2_b::m_1_7 f::case_2_b::m_2_8",
            ),
        ];
        for (item, expected) in table {
            assert_eq!(names(item.clone()), expected, "{item}");
        }
    }

    #[test]
    fn numbers_have_as_many_digits_as_the_last() {
        let cases = (0..10).map(|_| quote!(#[case(1)]));
        let names = names(quote!(#(#cases)* fn f(#[case] n: u8) {}));
        assert!(names.starts_with("f::case_01 f::case_02 ") && names.ends_with(" f::case_10"), "{names}");
    }

    #[test]
    fn values_become_parts_of_names() {
        let long = "x".repeat(70);
        let table = [
            ("1.5", "1_5"),
            ("- 1", "_1"),
            ("\" foo bar \"", "__foobar__"),
            ("'a'", "__a__"),
            ("\"x::y\"", "__x__y__"),
            ("\"\"", "____"),
            ("vec ! [1 , 2] . len ()", "vec__1_2__len__"),
            ("- 1i32 as usize == 3", "_1i32asusize3"),
            ("|| 1", "__1"),
            ("\"\u{e9}-\u{df}?\"", "__\u{e9}_\u{df}__"),
            (&long, &long),
        ];
        for (expression, expected) in table {
            assert_eq!(sanitized(expression), expected, "{expression}");
        }
        let value = syn::parse_str(&long).expect("an expression");
        assert_eq!(value_name("n", 3, 2, &value), format!("n_03_{}", "x".repeat(64)));
    }

    #[test]
    fn a_case_has_an_argument_for_each_parameter() {
        let lines = names(quote!(
            #[case(1)]
            #[case(1, 2)]
            #[case]
            #[case(1 2)]
            #[case::a::b(1)]
            fn f(#[case] n: u8) {}
        ));
        for part in ["this case has 2", "write `#[case(..)]`", "expected `,`", "one identifier"] {
            assert!(lines.contains(part), "no {part} in {lines}");
        }
        assert_eq!(lines.lines().count(), 4, "{lines}");
        assert!(
            names(quote!(
                #[case(1)]
                fn f() {}
            ))
            .starts_with("no parameter takes this")
        );
        assert!(
            names(quote!(
                fn f(#[case] n: u8) {}
            ))
            .starts_with("there is no case")
        );
    }
}
