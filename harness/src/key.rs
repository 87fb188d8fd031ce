//! The words for keys, which keep tests apart.

/// A name that tests share in `#[serial(name)]` and `#[parallel(name)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The name as written.
    pub name: &'static str,
    /// How the test holds it.
    pub access: Access,
}

/// How a test holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Alone: `#[serial(key)]`.
    Exclusive,
    /// Beside other readers: `#[parallel(key)]`.
    Shared,
}
