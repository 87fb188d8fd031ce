use async_harness::fixture;

#[fixture]
pub fn registration() -> String {
    "registered".to_owned()
}

#[fixture]
pub fn connection() -> String {
    "connected".to_owned()
}
