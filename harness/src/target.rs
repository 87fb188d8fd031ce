//! The words for the target that tests are compiled into.

/// A target of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The file that is its root, as rustc was given it.
    pub root: &'static str,
    /// Its package, where cargo builds it.
    pub package: Option<&'static str>,
    /// The folder of the package, when it was built.
    pub folder: Option<&'static str>,
    /// The crate that it is: its name with underscores for dashes.
    pub krate: Option<&'static str>,
    /// Its name, if it is an executable or an example.
    pub program: Option<&'static str>,
    /// Whether it is a test or a benchmark of its own.
    pub is_test: bool,
}

/// What a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The library of its package.
    Library,
    /// An executable.
    Program,
    /// An example.
    Example,
    /// Tests.
    Test,
    /// Benchmarks.
    Benchmark,
}

impl Target {
    /// A target of which nothing is known but its root: what generated code starts from.
    pub const UNKNOWN: Self =
        Self { root: "", package: None, folder: None, krate: None, program: None, is_test: false };

    /// What it is for. cargo says whether it is a test or a program, and no more; the rest is told by the folder it is in.
    pub(crate) fn kind(self) -> Kind {
        match (self.is_test, self.program.is_some()) {
            (true, _) if self.is_in("benches") => Kind::Benchmark,
            (true, _) => Kind::Test,
            (false, true) if self.is_in("examples") => Kind::Example,
            (false, true) => Kind::Program,
            (false, false) => Kind::Library,
        }
    }

    /// Whether its root stands in this folder, or is the `main.rs` of a folder in it that has the target's name.
    fn is_in(self, folder: &str) -> bool {
        let mut folders = self.root.rsplit(['/', '\\']).skip(1);
        let (inner, outer) = (folders.next().unwrap_or_default(), folders.next().unwrap_or_default());
        let is_own = || self.krate.is_some_and(|krate| inner.replace('-', "_") == krate);
        inner == folder || outer == folder && is_own()
    }

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

    /// The name of a file of its own within its package: targets of different kinds may share a name.
    #[cfg(any(feature = "junit", feature = "timings", test))]
    pub(crate) fn file_name(self) -> String {
        let kind = match self.kind() {
            Kind::Library => "lib-",
            Kind::Program => "bin-",
            Kind::Example => "example-",
            Kind::Test => "",
            Kind::Benchmark => "bench-",
        };
        // Of two targets of one kind a manifest may call both otherwise than their roots, and the roots may share a name.
        let name = self.name();
        let other =
            self.program.or(self.krate).filter(|other| other.replace('-', "_") != name.replace('-', "_"));
        format!("{kind}{}", other.unwrap_or(name))
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
            let target = Target { package: Some("shop"), root, ..Target::UNKNOWN };
            assert_eq!((target.name(), target.id().as_str()), (name, id), "{root}");
        }
        assert_eq!(Target { root: "x.rs", ..Target::UNKNOWN }.id(), "x");
    }

    #[test]
    fn each_target_of_a_package_has_a_file_name_of_its_own() {
        let shop =
            |root, krate| Target { package: Some("my-shop"), root, krate: Some(krate), ..Target::UNKNOWN };
        let test = |root, krate| Target { is_test: true, ..shop(root, krate) };
        let program = |root, krate, program| Target { program: Some(program), ..shop(root, krate) };
        for (target, name) in [
            (shop("src/lib.rs", "my_shop"), "lib-my-shop"),
            (program("src/main.rs", "my_shop", "my-shop"), "bin-my-shop"),
            (program("src/main.rs", "server", "server"), "bin-server"),
            (program("src/bin/tool.rs", "tool", "tool"), "bin-tool"),
            (program("examples/tour.rs", "tour", "tour"), "example-tour"),
            (test("tests/my-shop.rs", "my_shop"), "my-shop"),
            (test("tests/orders/main.rs", "orders"), "orders"),
            (test("benches/orders.rs", "orders"), "bench-orders"),
            (test("tests/paid/run.rs", "paid"), "paid"),
            (test("tests/free/run.rs", "free"), "free"),
        ] {
            assert_eq!(target.file_name(), name, "{}", target.root);
        }
        assert_eq!(Target { root: "x.rs", is_test: true, ..Target::UNKNOWN }.file_name(), "x");
    }

    #[test]
    fn what_a_target_is_for_is_told_by_cargo_and_by_its_folder() {
        for (root, krate, program, kind) in [
            ("shop/src/lib.rs", "shop", None, Kind::Library),
            ("shop/src/main.rs", "shop", Some("shop"), Kind::Program),
            ("src/bin/tool.rs", "tool", Some("tool"), Kind::Program),
            ("examples/tour/main.rs", "tour", Some("tour"), Kind::Example),
            ("shop/examples/tour.rs", "tour", Some("tour"), Kind::Example),
            // The package itself is called so.
            ("examples/src/main.rs", "shop", Some("shop"), Kind::Program),
        ] {
            let target = Target { root, program, krate: Some(krate), ..Target::UNKNOWN };
            assert_eq!(target.kind(), kind, "{root}");
        }
        for (root, kind) in [
            ("tests/orders/main.rs", Kind::Test),
            ("odd/place.rs", Kind::Test),
            ("benches/speed.rs", Kind::Benchmark),
        ] {
            assert_eq!(Target { root, is_test: true, ..Target::UNKNOWN }.kind(), kind, "{root}");
        }
    }
}
