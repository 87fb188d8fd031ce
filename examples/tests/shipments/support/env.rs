//! The process's environment, lent to one test at a time.

/// Variables that are set while it lives, with all other `SHIPMENTS_*` unset; then everything is as it was.
///
/// Only `#[serial]` tests may use it: they run when nothing else does.
pub(crate) struct Vars(Vec<(String, String)>);

impl Vars {
    pub(crate) fn set<'a>(vars: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let before = ours();
        change(&before, |name, _| unset(name));
        for (name, value) in vars {
            put(name, value);
        }
        Self(before)
    }
}

impl Drop for Vars {
    fn drop(&mut self) {
        change(&ours(), |name, _| unset(name));
        change(&self.0, put);
    }
}

fn ours() -> Vec<(String, String)> {
    std::env::vars().filter(|(name, _)| name.starts_with("SHIPMENTS_")).collect()
}

fn change(vars: &[(String, String)], how: impl Fn(&str, &str)) {
    for (name, value) in vars {
        how(name, value);
    }
}

#[allow(unsafe_code, reason = "there is no safe way to set a variable of the process")]
fn put(name: &str, value: &str) {
    // SAFETY: a serial test runs in a phase of its own, on the main thread, with no other test beside it.
    unsafe { std::env::set_var(name, value) }
}

#[allow(unsafe_code, reason = "there is no safe way to unset a variable of the process")]
fn unset(name: &str) {
    // SAFETY: as in `put`.
    unsafe { std::env::remove_var(name) }
}
