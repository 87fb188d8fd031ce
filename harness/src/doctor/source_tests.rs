use super::*;

/// Functions as `scope/name #[attribute] (condition)`, then modules and calls.
fn check(text: &str, expected: &str) {
    let source = Source::read(text.to_owned());
    let scope = |mut scope: usize| {
        let mut path = String::new();
        while let Some(parent) = source.scopes[scope].parent {
            path = format!("{}/{path}", source.scopes[scope].module.as_deref().unwrap_or("_"));
            scope = parent;
        }
        path
    };
    let condition = |condition: &Condition| match condition {
        Condition { never: true, .. } => " (never)".to_owned(),
        Condition { perhaps, .. } if perhaps.is_empty() => String::new(),
        Condition { perhaps, .. } => format!(" ({})", perhaps.join("; ")),
    };
    let function = |function: &Function| {
        let attributes: Vec<_> = function.attributes.iter().map(Attribute::shown).collect();
        let within = match function.within {
            Within::Code => String::new(),
            Within::Call(call) => format!("{}! ", source.calls[call].path.join("::")),
            Within::Rules(rules) => format!("{}!! ", source.macros[rules].name),
        };
        let held = source.scopes[function.scope].condition.and(&function.condition);
        format!(
            "{within}{}{} {}{}",
            scope(function.scope),
            function.name,
            attributes.join(" "),
            condition(&held)
        )
    };
    let module = |module: &Declared| {
        let paths: String =
            module.paths.iter().map(|(path, held)| format!(" at {path}{}", condition(held))).collect();
        let held = source.scopes[module.scope].condition.and(&module.condition);
        format!("mod {}{}{paths}{}", scope(module.scope), module.name, condition(&held))
    };
    let functions = source.functions.iter().map(function);
    let all: Vec<_> = functions.chain(source.modules.iter().map(module)).collect();
    assert_eq!(all.join(", "), expected, "of {text}");
}

#[test]
fn functions_are_found_with_their_attributes() {
    check(
        "#[test] fn a() {} fn b() {} #[x] pub(crate) async unsafe extern \"C\" fn c() {}",
        "a #[test], c #[x]",
    );
    check(
        "#[test]\n/// doc\n#[ignore = \"x\"] // why\nconst fn a<T>() where T: Fn() {}",
        "a #[test] #[ignore]",
    );
    check("#[derive(X)] struct S; fn a() {} #[test] fn r#b() {}", "b #[test]");
    check(
        "impl X { #[test] fn a(&self) {} } trait T { #[x] fn b(); #[y] fn c() {} }",
        "_/a #[test], _/b #[x], _/c #[y]",
    );
    check("fn a() { { #[test] fn b() {} } } #[test] fn c() {}", "_/_/b #[test], c #[test]");
    check("#[test] fn a(#[case] x: u8, #[values(1)] y: u8) {} fn b() {}", "a #[test]");
    check("static S: &str = \"#[test] fn a() {}\"; /* #[test] fn b() {} */ // #[test] fn c() {}", "");
    check("/// ```\n/// #[test]\n/// fn a() {}\n/// ```\nfn b() {}", "");
    check("#[test] static X: u8 = 1; fn a() {}", "");
    check("fn a(f: fn(u8)) {} #[test] fn b() { if !(true) {} }", "b #[test]");
}

#[test]
fn modules_are_found_with_their_conditions() {
    check("mod a; pub mod b { mod c; } #[path = \"x.rs\"] mod d;", "mod a, mod b/c, mod d at x.rs");
    check("#[cfg_attr(one, path = \"x.rs\")] mod a;", "mod a at x.rs (one)");
    check("#[cfg(any())] mod a { #[test] fn b() {} mod c; }", "a/b #[test] (never), mod a/c (never)");
    check("#[cfg(test)] mod a { #[test] fn b() {} }", "a/b #[test]");
    check(
        "mod a { #![cfg(not(test))] #[test] fn b() {} } #[test] fn c() {}",
        "a/b #[test] (never), c #[test]",
    );
    check("#![cfg(one)] #[test] fn a() {}", "a #[test] (one)");
    check("#[cfg(one)] mod a { #[cfg(two)] #[test] fn b() {} }", "a/b #[cfg] #[test] (one; two)");
    check(
        "#[cfg(any())] impl A<B, C> { #[test] fn a() {} } #[test] fn b() {}",
        "_/a #[test] (never), b #[test]",
    );
    check(
        "#[cfg(any())] fn a() { #[test] fn b() {} } #[test] fn c() {}",
        "a #[cfg] (never), _/b #[test] (never), c #[test]",
    );
    check("#[cfg(any())] use x::y; #[test] fn c() {}", "c #[test]");
    check("#[cfg(any())] const A: u8 = 1; mod b { #[test] fn c() {} }", "b/c #[test]");
}

#[test]
fn what_is_given_to_a_macro_is_told_apart() {
    check(
        "a::proptest! { #[test] fn b(x in 0..1) {} } #[test] fn c() {}",
        "a::proptest! b #[test], c #[test]",
    );
    // Without attributes as well, if the macro is given it and not a block that has it.
    check("a! { fn b() { fn c() {} } if d { fn e() {} } f! { fn g() {} } }", "a! b , a! g ");
    check("#[cfg(one)] a! { fn b() {} fn c() {} } fn d() {}", "a! b  (one), a! c  (one)");
    check("cfg_if! { if #[cfg(unix)] { mod a; } }", "mod _/a (what `cfg_if!` does)");
    check("macro_rules! m { () => { #[test] fn a() {} mod b; } } m!();", "m!! _/a #[test]");
    check(
        "macro_rules! m { ($name:ident) => { #[tokio::test] async fn $name() {} }; }",
        "m!! _/name #[tokio::test]",
    );
    check("fn a() { println!(\"{}\", { 1 }); assert!(1 != (2)); } #[test] fn b() {}", "b #[test]");
}

#[test]
fn whatever_the_text_there_is_an_end() {
    for text in [
        "#[",
        "#[test",
        "fn",
        "#[test] fn",
        "mod a {",
        "}}}",
        "((({",
        "use a::{b",
        "macro_rules! m",
        "m!(",
        "#![",
    ] {
        let _ = Source::read(text.to_owned());
        let _ = Source::read(format!("{text} #[test] fn a() {{}}"));
    }
    let deep = "{".repeat(200_000) + "#[test] fn a() {}" + &"mod b { ".repeat(1_000);
    assert_eq!(Source::read(deep).functions.len(), 1);
    let deep = format!("use {};", "a::{".repeat(100_000));
    let _ = Source::read(deep);
}

#[test]
fn imports_are_read_with_their_names() {
    let text = "use a::b; use c::{self, d as e, f::*, g::{h, i as _}}; pub(crate) use ::j::k; use self::l; extern crate m as n;";
    let source = Source::read(text.to_owned());
    let uses = source.scopes[0].uses.iter();
    let uses =
        uses.map(|import| format!("{}={}", import.name.as_deref().unwrap_or("*"), import.path.join("::")));
    assert_eq!(
        uses.collect::<Vec<_>>().join(" "),
        "b=a::b c=c e=c::d *=c::f h=c::g::h k=::j::k l=self::l n=::m"
    );
}

#[test]
fn a_main_is_found_at_the_top_only() {
    for (text, expected) in [
        ("fn main() {}", true),
        ("pub async fn main() {}", true),
        ("mod a { fn main() {} }", false),
        ("#[cfg(not(test))] fn main() {}", false),
        ("m! { fn main() {} }", false),
        ("// fn main() {}", false),
    ] {
        assert_eq!(Source::read(text.to_owned()).has_main, expected, "{text}");
    }
}
