//! Makes the pictures of `docs/pictures/`: `cargo run -p async-harness-tests --bin pictures`.
//!
//! They show the suite `shop` as it runs on this machine: on a terminal of its own, and in a Chromium. Times are others in
//! each run, so the pictures are made anew only when what they show has changed.

#[cfg(target_os = "linux")]
mod demo;
#[cfg(target_os = "linux")]
mod svg;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    demo::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    panic!("pictures are made on Linux, for a terminal of their own");
}
