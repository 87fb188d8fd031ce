#[test]
fn never_runs() {}

fn main() {}
