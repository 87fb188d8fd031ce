//! Tests in modules, files and groups, and such as count for several.

use std::time::Duration;
use trace::begin;

#[path = "units/elsewhere.rs"]
mod elsewhere;

/// Long enough for the other workers to take something else meanwhile.
fn run(name: &'static str) {
    let _span = begin(name);
    std::thread::sleep(Duration::from_millis(2));
}

macro_rules! tests {
    ($module:ident: $($name:ident)*) => {
        mod $module {
            $(
                #[async_harness::test]
                fn $name() {
                    crate::run(concat!(module_path!(), "::", stringify!($name)));
                }
            )*
        }
    };
}
pub(crate) use tests;

tests! { one: a b c d e f }
tests! { two: a b c d e f }
tests! { three: a b c d e f }

/// Tests with arguments.
macro_rules! with_arguments {
    ($($name:ident ($($argument:tt)*))*) => { $(
        #[async_harness::test($($argument)*)]
        fn $name() {
            run(concat!("units::", stringify!($name)));
        }
    )* };
}

with_arguments! {
    red_1 (group = "red")
    red_2 (group = "red")
    red_3 (group = "red")
    red_4 (group = "red")
    blue_1 (group = "blue")
    blue_2 (group = "blue")
    blue_3 (group = "blue")
    blue_4 (group = "blue")
    heavy_2_a (threads_required = 2)
    heavy_2_b (threads_required = 2)
    heavy_2_c (threads_required = 2)
    heavy_3_a (threads_required = 3)
    heavy_3_b (threads_required = 3)
    heavy_99_a (threads_required = 99)
    heavy_99_b (threads_required = 99)
}

async_harness::main!();
