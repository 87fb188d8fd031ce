// Here nothing takes the place of rustc's own attribute.
#[test]
fn adds_up() {
    assert_eq!(1 + 1, 2);
}

mod inner {
    use super::super::test;

    #[test]
    fn is_moved() {}
}
