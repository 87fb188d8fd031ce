//! A library with a test that fails.

#[cfg(test)]
mod tests {
    #[async_harness::test]
    fn fails_in_the_library() {
        panic!("no library");
    }
}

#[cfg(test)]
async_harness::main!();
