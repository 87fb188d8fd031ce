use super::*;
use crate::fixture::Teardown;
use crate::place::Place;
use crate::test::Traits;

const PLACE: Place = Place { file: "tests/api.rs", line: 1, column: 1 };

const fn fixture(
    path: &'static str,
    scope: Scope,
    kind: FixtureKind,
    runtime: FixtureRuntime,
    keys: &'static [Key],
    needs: &'static [Need],
) -> FixtureDecl {
    FixtureDecl {
        path,
        place: PLACE,
        doc: "",
        scope,
        kind,
        runtime,
        teardown: Teardown::No,
        timeout: None,
        keys,
        needs,
    }
}

const TAKEN: Need = Need { fixture: || &USER, access: NeedAccess::Take };
const MUT: Need = Need { fixture: || &USER, access: NeedAccess::BorrowMut };
const GUESTS: Need = borrow(|| &GUEST);
const HEIRS: Need = borrow(|| &HEIR);
const USERS: Need = borrow(|| &USER);
const RENAMERS: Need = borrow(|| &RENAMER);
const TWINS: Need = borrow(|| &TWIN);

const fn borrow(fixture: fn() -> &'static FixtureDecl) -> Need {
    Need { fixture, access: NeedAccess::Borrow }
}

const LEDGER: &[Key] = &[Key { name: "ledger", access: Access::Exclusive }];
const READS: &[Key] =
    &[Key { name: "ledger", access: Access::Shared }, Key { name: "net", access: Access::Shared }];

use FixtureKind::{Async, Sync};
use FixtureRuntime::{Any, Inferred};
static SERVER: FixtureDecl = fixture("c::server", Scope::Session, Async, Inferred, &[], &[]);
static POOL: FixtureDecl = fixture("c::pool", Scope::Session, Async, Inferred, LEDGER, &[borrow(|| &SERVER)]);
static ADDRESS: FixtureDecl = fixture("c::address", Scope::Session, Sync, Any, &[], &[borrow(|| &SERVER)]);
static SETTINGS: FixtureDecl = fixture("c::settings", Scope::Session, Sync, Inferred, &[], &[]);
static TUNED: FixtureDecl = fixture("c::tuned", Scope::Session, Sync, FixtureRuntime::Session, &[], &[]);
static CLIENT: FixtureDecl = fixture("c::client", Scope::Test, Async, Inferred, READS, &[borrow(|| &POOL)]);
static USER: FixtureDecl = fixture("c::user", Scope::Test, Sync, Inferred, &[], &[]);
static GUEST: FixtureDecl = fixture("c::guest", Scope::Test, Sync, Inferred, &[], &[borrow(|| &USER)]);
static HEIR: FixtureDecl = fixture("c::heir", Scope::Test, Sync, Inferred, &[], &[TAKEN]);
static RENAMER: FixtureDecl = fixture("c::renamer", Scope::Test, Sync, Inferred, &[], &[MUT]);
static TWIN: FixtureDecl = fixture("c::twin", Scope::Test, Sync, Inferred, &[], &[MUT, USERS]);
static CHICKEN: FixtureDecl = fixture("c::chicken", Scope::Test, Sync, Inferred, &[], &[borrow(|| &EGG)]);
static EGG: FixtureDecl = fixture("c::egg", Scope::Test, Sync, Inferred, &[], &[borrow(|| &CHICKEN)]);

fn names(fixtures: &[&'static FixtureDecl]) -> String {
    fixtures.iter().map(|fixture| fixture.name()).collect::<Vec<_>>().join(" ")
}

fn test(on: RuntimeChoice, needs: &'static [Need]) -> Test {
    Test {
        path: crate::test::TestPath::new("c::books"),
        place: PLACE,
        on,
        needs,
        traits: Some(const { &Traits { concurrency: Concurrency::Keyed(READS), ..Traits::PLAIN } }),
        ..Test::PLAIN
    }
}

#[test]
fn a_closure_holds_each_fixture_once_after_what_it_needs() {
    assert_eq!(names(&closure(&[borrow(|| &CLIENT), borrow(|| &SERVER)]).unwrap()), "server pool client");
    assert_eq!(names(&closure(&[]).unwrap()), "");
}

#[test]
fn what_follows_is_remembered_for_the_same_needs_only() {
    use OwnKind::{No, Yes};
    use RuntimeChoice::{Fresh, Inferred};
    const CLIENT_USED: &[Need] = &[borrow(|| &CLIENT)];
    const USER_TWICE: &[Need] = &[USERS, USERS];
    const USER_TAKEN_TOO: &[Need] = &[TAKEN, USERS];
    let mut settling = Settling::default();
    let mut after = |needs, on, kind, expected: &str| {
        let test = Box::leak(Box::new(test(on, needs)));
        let Settled { fixtures, session, fits } = settling.of(test, kind).unwrap();
        assert_eq!(format!("{} {session} {fits}", names(fixtures)), expected);
    };
    after(&[], Inferred, No, " false true");
    after(CLIENT_USED, Inferred, No, "server pool client true true");
    after(CLIENT_USED, Inferred, No, "server pool client true true");
    after(CLIENT_USED, Inferred, Yes, "server pool client true false");
    after(CLIENT_USED, Fresh, Yes, "server pool client false true");
    after(&[USERS], Inferred, No, "user false true");
    after(USER_TWICE, Inferred, No, "user false true");
    after(USER_TAKEN_TOO, Inferred, No, "user false false");
    after(&[], Inferred, No, " false true");
}

#[test]
fn fixtures_that_need_each_other_are_named() {
    let error = closure(&[borrow(|| &USER), borrow(|| &EGG)]).unwrap_err();
    assert_eq!(error.to_string(), "fixtures need each other: `egg` -> `chicken` -> `egg`");
}

#[test]
fn a_test_holds_the_keys_of_its_fixtures_and_alone_what_anyone_wants_alone() {
    let fixtures = closure(&[borrow(|| &CLIENT)]).unwrap();
    let held = keys(Concurrency::Keyed(READS), &fixtures);
    let held: Vec<_> = held.iter().map(|key| (key.name, key.access)).collect();
    assert_eq!(held, [("ledger", Access::Exclusive), ("net", Access::Shared)]);
    assert_eq!(*keys(Concurrency::Keyed(READS), &[&USER]), *READS);
    assert!(keys(Concurrency::Parallel, &[]).is_empty());
}

#[test]
fn an_async_fixture_that_outlives_a_test_brings_it_to_the_session_runtime() {
    let brings = |needs: &[Need]| session_fixture(needs).map(FixtureDecl::name);
    assert_eq!(brings(&[borrow(|| &CLIENT)]), Some("pool"));
    assert_eq!(brings(&[borrow(|| &SERVER)]), Some("server"));
    assert_eq!(brings(&[borrow(|| &TUNED)]), Some("tuned"));
    assert_eq!(brings(&[borrow(|| &ADDRESS), borrow(|| &SETTINGS), borrow(|| &GUEST)]), None);
}

#[test]
fn a_test_may_insist_on_a_runtime() {
    const NEEDS: &[Need] = &[borrow(|| &SERVER)];
    assert!(on_session(&test(RuntimeChoice::Inferred, NEEDS)));
    assert!(!on_session(&test(RuntimeChoice::Fresh, NEEDS)));
    assert!(on_session(&test(RuntimeChoice::Session, &[])));
    assert!(!on_session(&test(RuntimeChoice::Inferred, &[])));
}

#[test]
fn a_runtime_of_its_own_kind_contradicts_a_session_fixture_unless_it_is_insisted_on() {
    const NEEDS: &[Need] = &[borrow(|| &SERVER)];
    let fixtures = closure(NEEDS).unwrap();
    let checked = |on, kind| check(&test(on, NEEDS), kind, &fixtures).map_err(|error| error.to_string());
    let message = checked(RuntimeChoice::Inferred, OwnKind::Yes).unwrap_err();
    assert!(
        message.starts_with("test `books` asks for a runtime of its own kind, but fixture `server`"),
        "{message}"
    );
    assert_eq!(checked(RuntimeChoice::Fresh, OwnKind::Yes), Ok(()));
    assert_eq!(checked(RuntimeChoice::Inferred, OwnKind::No), Ok(()));
}

#[test]
fn what_is_taken_is_used_by_nobody_else() {
    let checked = |needs: &'static [Need]| {
        let fixtures = closure(needs).unwrap();
        check(&test(RuntimeChoice::Inferred, needs), OwnKind::No, &fixtures)
            .map_err(|error| error.to_string())
    };
    assert_eq!(checked(&[TAKEN]), Ok(()));
    assert_eq!(
        checked(&[TAKEN, GUESTS]).unwrap_err(),
        "fixture `user` is taken by value for test `books`, which uses it a second time: borrow it with `&`"
    );
    assert_eq!(checked(&[HEIRS]), Ok(()));
    assert!(checked(&[HEIRS, USERS]).is_err());
    assert_eq!(checked(&[MUT, GUESTS]), Ok(()));
    assert!(checked(&[MUT, TAKEN]).is_err());
    assert_eq!(
        checked(&[USERS, MUT]).unwrap_err(),
        "test `books` takes fixture `user` by `&mut`, but has it as another parameter too: keep one"
    );
    assert_eq!(checked(&[USERS, USERS, RENAMERS]), Ok(()), "a set-up is over when the test begins");
    assert_eq!(
        checked(&[TWINS]).unwrap_err(),
        "fixture `twin` of test `books` takes fixture `user` by `&mut`, but has it as another parameter too: keep one"
    );
}
