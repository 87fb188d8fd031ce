//! The type of a fixture is as visible as the fixture.

mod private {
    struct Value;

    #[async_harness::fixture]
    pub fn value() -> Value {
        Value
    }

    #[async_harness::fixture(scope = "session")]
    pub async fn perhaps() -> Result<Value, ()> {
        Ok(Value)
    }
}

fn main() {}
