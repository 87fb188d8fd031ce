//! Every misuse of the attributes is an error on the user's own token, and every legal form compiles and passes.

#[test]
fn misuse_is_told_at_the_users_token() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}

#[test]
fn legal_forms_compile_and_pass() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}
