use super::super::Files;
use super::super::tests::InMemory;
use super::*;
use crate::fixture::{FixtureKind, FixtureRuntime, Need, NeedAccess, Scope, Teardown};
use crate::place::Place;
use crate::target::Target;
use crate::test::{Concurrency, Options, Traits};

const PLAIN: FixtureDecl = FixtureDecl {
    path: "",
    place: Place { file: "tests/a.rs", line: 1, column: 1 },
    doc: "",
    scope: Scope::Test,
    kind: FixtureKind::Sync,
    runtime: FixtureRuntime::Inferred,
    teardown: Teardown::No,
    timeout: None,
    keys: &[],
    needs: &[],
};

static USED: FixtureDecl = FixtureDecl { path: "x::used", ..PLAIN };
static BELOW: FixtureDecl = FixtureDecl { path: "x::below", ..PLAIN };
static ALONE: FixtureDecl = FixtureDecl {
    path: "x::m::alone",
    needs: &[Need { fixture: || &INNER, access: NeedAccess::Borrow }],
    ..PLAIN
};
static INNER: FixtureDecl =
    FixtureDecl { path: "x::inner", place: Place { line: 9, ..PLAIN.place }, ..PLAIN };
static SHARED: FixtureDecl =
    FixtureDecl { path: "x::shared", place: Place { file: "tests/common.rs", ..PLAIN.place }, ..PLAIN };
static USER: FixtureDecl = FixtureDecl {
    path: "x::user",
    needs: &[Need { fixture: || &BELOW, access: NeedAccess::Borrow }],
    ..PLAIN
};
static ENV: FixtureDecl = FixtureDecl {
    path: "async_harness::fixtures::env",
    place: Place { file: BUILT_IN, line: 1, column: 1 },
    keys: &[Key { name: "env", access: Access::Exclusive }],
    ..PLAIN
};

fn keyed(path: &'static str, line: u32, keys: &'static [Key]) -> &'static Test {
    let traits: &'static Traits =
        Box::leak(Box::new(Traits { concurrency: Concurrency::Keyed(keys), ..Traits::PLAIN }));
    let place = Place { file: "tests/a.rs", line, column: 1 };
    Box::leak(Box::new(Test {
        path: crate::test::TestPath::new(path),
        place,
        traits: Some(traits),
        ..Test::PLAIN
    }))
}

fn uses(needs: &'static [Need]) -> &'static Test {
    const DB: Options = Options { tags: &["db"], ..Options::PLAIN };
    Box::leak(Box::new(Test {
        path: crate::test::TestPath::new("x::t"),
        needs,
        options: Some(&DB),
        ..Test::PLAIN
    }))
}

fn check(
    tests: Vec<&'static Test>,
    fixtures: Vec<&'static FixtureDecl>,
    tags: &[&'static str],
    expected: expect_test::Expect,
) {
    let files: &dyn Files = &InMemory::new([]);
    let target = Target { root: "tests/a.rs", ..Target::UNKNOWN };
    let patient =
        Patient { target, folders: Vec::new(), tests, factories: Vec::new(), fixtures, tags, files };
    let section = look_at_tests(&patient, &|file| file == "tests/common.rs");
    let facts = section.facts.iter().map(|fact| format!("{}: {}\n", fact.name, fact.value));
    let findings = section.findings.iter();
    let findings = findings
        .map(|finding| format!("{}: {}\n", finding.place.as_deref().unwrap_or_default(), finding.what));
    expected.assert_eq(&facts.chain(findings).collect::<String>());
}

#[test]
fn fixtures_that_nobody_uses_are_found() {
    let test = uses(&[
        Need { fixture: || &USED, access: NeedAccess::Borrow },
        Need { fixture: || &USER, access: NeedAccess::Borrow },
    ]);
    check(
        vec![test],
        vec![&INNER, &USED, &BELOW, &ALONE, &USER, &SHARED],
        &[],
        expect_test::expect![[r#"
            not used here: 1 fixture in files that other targets have as well
            tests/a.rs:1:1: no test uses fixture `m::alone`: remove it, or ask for it by a parameter
            tests/a.rs:9:1: no test uses fixture `inner`, nor `m::alone`, which asks for it: remove both, or ask for either by a parameter
        "#]],
    );
}

#[test]
fn keys_that_keep_nothing_apart_are_found() {
    const LEDGER: Key = Key { name: "ledger", access: Access::Exclusive };
    const LEDGR: Key = Key { name: "ledgr", access: Access::Exclusive };
    const RATES: Key = Key { name: "rates", access: Access::Shared };
    let env = uses(&[Need { fixture: || &ENV, access: NeedAccess::Borrow }]);
    check(
        vec![
            keyed("x::a", 1, &[LEDGER, RATES]),
            keyed("x::b", 2, &[LEDGER]),
            keyed("x::c", 3, &[LEDGR]),
            keyed("x::d", 4, &[RATES]),
            env,
        ],
        vec![],
        &[],
        expect_test::expect![[r#"
            tests/a.rs:3:1: only `c` has key `ledgr`, which keeps it apart from no other test of this target: did you mean `ledger`?
            tests/a.rs:1:1: key `rates` is held by 2 tests, all as `#[parallel(rates)]`: it keeps none of them apart from another
        "#]],
    );
}

#[test]
fn tags_that_nobody_bears_are_found() {
    check(
        vec![uses(&[])],
        vec![],
        &["db", "slow"],
        expect_test::expect![[r#"
            tests/a.rs: no test has the tag `slow`, which `main!` declares: remove it there
        "#]],
    );
}
