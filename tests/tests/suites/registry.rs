//! What is found at start-up, in all kinds of targets, and what is said where that cannot be right.

use async_harness_tests::{normal, suite};
use expect_test::{Expect, expect};

fn check_list(target: &str, wanted: Expect) {
    wanted.assert_eq(&suite(target).args(["--list"]).run().exits_with(0).stdout);
    assert!(suite(target).run().exits_with(0).stdout.contains("; 0 failed;"));
}

#[test]
fn two_tests_of_one_name_are_an_error_that_names_both_places() {
    for args in ["", "--list", "twice", "--exact twice", "-n 0", "--format json"] {
        let output = suite("duplicates").line(args).run().exits_with(101);
        expect![[r#"
            error: two tests are named `twice`: at registry/tests/duplicates.rs:10:14 and at registry/tests/duplicates.rs:15:14; rename one, or put it into a module
        "#]]
        .assert_eq(&output.stderr);
        assert_eq!(output.stdout, "", "something ran all the same");
    }
}

#[test]
fn a_target_without_tests_is_an_error() {
    for args in ["", "--list", "some_filter", "--ignored"] {
        let output = suite("none").line(args).run().exits_with(101);
        assert!(output.stderr.starts_with("error: no tests are registered: "), "{}", output.all());
        assert!(output.stderr.contains("`async_harness::main!(allow_empty)`"), "{}", output.all());
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn a_target_without_tests_is_fine_where_that_is_said() {
    let output = suite("empty").run().exits_with(0);
    expect![[r#"

        running 0 tests

        test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in [time]s

    "#]]
    .assert_eq(&normal(&output.stdout));
    assert_eq!(suite("empty").args(["--list", "--format", "terse"]).run().exits_with(0).stdout, "");
}

#[test]
fn a_filter_that_leaves_no_test_is_no_error() {
    let output = suite("renamed").args(["nothing_of_this_name"]).run().exits_with(0);
    assert!(output.stdout.contains("3 filtered out"), "{}", output.all());
}

#[test]
fn a_forgotten_setting_fails_loudly() {
    let output = suite("forgotten").run().exits_with(101);
    let results = output.results();
    let section = results.section("would_pass").unwrap();
    assert!(
        section.contains("panicked at registry/tests/forgotten.rs:5:1:\nset `harness = false` "),
        "{section}"
    );
}

#[test]
fn a_library_has_its_unit_tests_run() {
    check_list(
        "registry",
        expect![[r#"
            tests::adds: test
            tests::adds_in_time: test

            2 tests, 0 benchmarks
        "#]],
    );
}

#[test]
fn a_program_has_its_unit_tests_run() {
    check_list(
        "tool",
        expect![[r#"
            tests::greets: test

            1 test, 0 benchmarks
        "#]],
    );
}

#[test]
fn the_harness_may_have_another_name() {
    check_list(
        "renamed",
        expect![[r#"
            names_the_crate: test
            names_the_crate_below: test
            sync_names_the_crate: test

            3 tests, 0 benchmarks
        "#]],
    );
}

#[test]
fn names_are_those_of_libtest() {
    let list = |target| suite(target).args(["--list", "--format", "terse"]).run().exits_with(0).stdout;
    let judge = list("judge");
    assert_eq!(list("ours"), judge);
    assert!(judge.contains("cases::outer::r#match::in_a_raw_module: test\n"));
    assert!(judge.contains("cases::r#async: test\n"));
}
