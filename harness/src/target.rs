//! The words for the target that tests are compiled into.

/// A target of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its package, where cargo builds it.
    pub(crate) package: Option<&'static str>,
    /// The file that is its root.
    pub(crate) root: &'static str,
}

#[cfg(any(test, feature = "junit", feature = "timings"))]
impl Target {
    /// Its name, as cargo makes it of the root: that of the file, or of the folder that a `main.rs` stands in; the package's
    /// for its library and its own executable.
    pub(crate) fn name(self) -> &'static str {
        let mut parts = self.root.rsplit(['/', '\\']);
        let file = parts.next().unwrap_or(self.root);
        let folder = parts.next().unwrap_or("");
        match (file, folder) {
            ("lib.rs" | "main.rs", "src") => self.package.unwrap_or("tests"),
            ("main.rs", folder) => folder,
            (file, _) => file.strip_suffix(".rs").unwrap_or(file),
        }
    }

    /// The name of a file of its own: a package's library and its own executable share a name.
    #[cfg(any(test, feature = "timings"))]
    pub(crate) fn file_name(self) -> String {
        let bin = if self.root.ends_with("src/main.rs") { "bin-" } else { "" };
        format!("{bin}{}", self.name())
    }

    /// What nextest calls it: the package for its library, else both names.
    pub(crate) fn id(self) -> String {
        let name = self.name();
        match self.package {
            Some(package) if self.root.ends_with("src/main.rs") => format!("{package}::bin/{name}"),
            Some(package) if package != name => format!("{package}::{name}"),
            Some(package) if !self.root.ends_with("src/lib.rs") => format!("{package}::{name}"),
            _ => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_called_as_cargo_and_nextest_call_it() {
        for (root, name, id) in [
            ("tests/orders.rs", "orders", "shop::orders"),
            ("shop/tests/orders/main.rs", "orders", "shop::orders"),
            ("shop/src/lib.rs", "shop", "shop"),
            ("src/main.rs", "shop", "shop::bin/shop"),
            ("tests/shop.rs", "shop", "shop::shop"),
            ("shop\\tests\\orders.rs", "orders", "shop::orders"),
        ] {
            let target = Target { package: Some("shop"), root };
            assert_eq!((target.name(), target.id().as_str()), (name, id), "{root}");
        }
        assert_eq!(Target { package: None, root: "x.rs" }.id(), "x");
    }
}
