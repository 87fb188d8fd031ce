//! Panics, wanted and unwanted.

use crate::attributes::{async_test, test};
use std::panic::{panic_any, resume_unwind};

#[test]
fn with_a_str() {
    panic!("just words");
}

#[async_test]
async fn with_a_string() {
    panic!("made of {} parts", 2);
}

#[test]
fn with_a_number() {
    panic_any(5_i32);
}

#[async_test]
async fn resumed() {
    println!("resumed after this");
    resume_unwind(Box::new("nobody prints this"));
}

#[async_test]
async fn of_an_assertion() {
    assert_eq!(1 + 1, 3, "sums of {}", "ones");
}

#[async_test]
async fn of_unwrap() {
    Err::<(), _>("nothing to unwrap").unwrap();
}

#[async_test]
async fn of_a_joined_task() {
    tokio::spawn(async { panic!("inside the task") }).await.unwrap();
}

#[async_test]
async fn of_a_blocking_task() {
    let joined = tokio::task::spawn_blocking(|| println!("blocking, and fine")).await;
    joined.unwrap();
    panic!("after a blocking task");
}

#[test]
fn of_a_caught_panic() {
    assert!(std::panic::catch_unwind(|| panic!("caught")).is_err());
}

#[test]
#[should_panic]
fn wanted() {
    panic!("as wanted");
}

#[async_test]
#[should_panic]
async fn wanted_async() {
    panic!("as wanted");
}

#[async_test]
#[should_panic(expected = "this part")]
async fn wanted_in_words() {
    panic!("of which this part is looked for");
}

#[test]
#[should_panic = "this part"]
fn wanted_in_words_by_name_and_value() {
    panic!("of which this part is looked for");
}

#[async_test]
#[should_panic(expected = "these \"words\"\n")]
async fn wanted_in_other_words() {
    println!("before");
    panic!("what it said\tinstead");
}

#[test]
#[should_panic(expected = "words")]
fn wanted_in_words_but_a_number() {
    panic_any(7_u8);
}

#[async_test]
#[should_panic]
async fn wanted_but_absent() {
    println!("nothing happened");
}

#[test]
#[should_panic(expected = "words")]
fn wanted_in_words_but_absent() {}

#[async_test]
#[should_panic]
#[ignore = "and ignored"]
async fn wanted_and_ignored() {}

#[async_test]
async fn in_a_destructor() {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            panic!("dropped with a bang");
        }
    }
    let _loud = Loud;
}
