//! An executable, of a name with a dash, with a test that fails.

#[cfg(not(test))]
fn main() {}

#[cfg(test)]
mod tests {
    #[async_harness::test]
    fn fails_in_the_tool() {
        panic!("no tool");
    }
}

#[cfg(test)]
async_harness::main!();
