//! Tests in modules, files and groups, and such as count for several.

use async_harness::__private::{Body, ExitCode, Options, Place, Registered, Test, inventory};
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
macro_rules! with_options {
    ($($name:ident $(group $group:literal)? $(threads $threads:literal)?;)*) => { $(
        inventory::submit! {
            Registered {
                test: Test {
                    path: concat!("units::", stringify!($name)),
                    module: "units",
                    place: Place { file: file!(), line: line!(), column: 1 },
                    options: Some(&Options {
                        $(group: Some($group),)?
                        $(threads_required: $threads,)?
                        ..Options::PLAIN
                    }),
                    ..Test::PLAIN
                },
                body: Body::Sync(|| {
                    run(concat!("units::", stringify!($name)));
                    ExitCode::SUCCESS
                }),
            }
        }
    )* };
}

with_options! {
    red_1 group "red";
    red_2 group "red";
    red_3 group "red";
    red_4 group "red";
    blue_1 group "blue";
    blue_2 group "blue";
    blue_3 group "blue";
    blue_4 group "blue";
    heavy_2_a threads 2;
    heavy_2_b threads 2;
    heavy_2_c threads 2;
    heavy_3_a threads 3;
    heavy_3_b threads 3;
    heavy_99_a threads 99;
    heavy_99_b threads 99;
}

async_harness::main!();
