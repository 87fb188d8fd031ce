//! Attributes stand above or below the test attribute, in any order.
#![deny(warnings)]

use async_harness::{async_test, parallel, serial};

/// Documented above.
#[async_test]
#[ignore]
async fn ignored() {}

#[ignore = "why"]
#[async_test]
/// Documented below.
async fn ignored_because() {}

#[async_test]
#[ignore]
#[ignore = "why"]
async fn ignored_twice() {}

#[async_test]
#[should_panic]
async fn panics() {
    panic!();
}

#[should_panic(expected = "gone")]
#[async_test]
async fn panics_with() -> () {
    panic!("all gone");
}

#[async_test]
#[should_panic = "gone"]
async fn panics_with_in_short() {
    panic!("all gone");
}

#[async_test]
#[serial]
async fn alone() {}

#[serial]
#[async_test]
async fn alone_above() {}

#[serial(a)]
#[async_test]
#[serial(b, c)]
#[parallel(d,)]
#[parallel]
async fn keyed() {}

#[parallel]
#[serial(a)]
#[async_harness::parallel(b)]
#[async_harness::test]
fn keyed_above() {}

#[async_test]
#[cfg_attr(all(), ignore, serial(a))]
#[cfg_attr(any(), nothing_of_the_kind)]
async fn conditional() {}

#[serial]
#[cfg_attr(all(), async_test)]
async fn conditionally_a_test() {}

#[serial(a)]
#[cfg_attr(all(), serial(b))]
#[async_test(flavor = "local")]
async fn conditional_above() {}

#[async_test]
#[cfg(any())]
async fn left_out() {
    nothing_of_the_kind();
}

#[serial]
#[cfg(any())]
#[async_test]
async fn left_out_above() {
    nothing_of_the_kind();
}

#[async_test]
#[allow(non_snake_case)]
#[expect(unused_variables)]
async fn Lints() {
    let unused = ();
}

async_harness::main!();
