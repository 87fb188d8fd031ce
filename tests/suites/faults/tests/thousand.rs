//! A thousand tests.

macro_rules! thousand {
    ($($hundreds:ident)*) => { $( mod $hundreds { thousand!(@ h0 h1 h2 h3 h4 h5 h6 h7 h8 h9); } )* };
    (@ $($tens:ident)*) => { $( mod $tens { thousand!(@@ t0 t1 t2 t3 t4 t5 t6 t7 t8 t9); } )* };
    (@@ $($name:ident)*) => { $(
        #[async_harness::async_test]
        async fn $name() {
            println!("{}::{}", module_path!(), stringify!($name));
            tokio::task::yield_now().await;
        }
    )* };
}

thousand!(m0 m1 m2 m3 m4 m5 m6 m7 m8 m9);

async_harness::main!();
