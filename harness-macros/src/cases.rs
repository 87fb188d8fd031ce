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
