//! Forty tests that print beside each other, two hundred lines each; they fail if `LOUD` says so.

use async_harness::async_test;

macro_rules! loud {
    ($($tens:ident)*) => { $( mod $tens { loud!(@ t0 t1 t2 t3 t4 t5 t6 t7 t8 t9); } )* };
    (@ $($name:ident)*) => { $(
        #[async_harness::async_test]
        async fn $name() {
            super::print_all(concat!(module_path!(), "::", stringify!($name))).await;
        }
    )* };
}

loud!(m0 m1 m2 m3);

async fn print_all(path: &'static str) {
    let (_, name) = path.split_once("::").unwrap();
    for number in 0..200 {
        if number % 50 == 49 {
            let print = move || println!("{name} {number}");
            tokio::task::spawn_blocking(print).await.unwrap();
        } else {
            println!("{name} {number}");
        }
        if number % 10 == 9 {
            tokio::task::yield_now().await;
        }
    }
    if std::env::var_os("LOUD").is_some() {
        std::panic::resume_unwind(Box::new("without a word"));
    }
}

#[async_test]
async fn quiet() {}

async_harness::main!();
