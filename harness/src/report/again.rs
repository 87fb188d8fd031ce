//! The command that runs a test again and no other, to be pasted into a shell.

use crate::outcome::Failure;
use crate::settings::{Isolation, KeepHistory, Settings};
use crate::target::{Kind, Target};
use crate::test::{Ignore, Test};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// How tests of a target are run again.
#[derive(Debug, Clone)]
pub(super) struct Again {
    target: Target,
    isolation: Isolation,
    timeout: Option<Duration>,
    /// Whether a later run knows what failed in this one.
    remembers: bool,
}

/// The commands, each of which begins alike.
#[derive(Debug)]
pub(super) struct Commands<'a> {
    again: &'a Again,
    start: String,
}

impl Again {
    /// Of this target, which was run with these settings.
    pub(super) fn new(target: Target, settings: &Settings) -> Self {
        Again {
            target,
            isolation: settings.isolation,
            timeout: settings.timeout,
            remembers: settings.history != KeepHistory::Nowhere,
        }
    }

    /// The commands, where cargo has built the target: for any other way of building it there is none that could be known.
    pub(super) fn commands(&self) -> Option<Commands<'_>> {
        let package = self.target.package?;
        let manifest = || fs::read_to_string(Path::new(self.target.folder?).join("Cargo.toml")).ok();
        let executable = std::env::current_exe().unwrap_or_default();
        let (target, profile) = (target(self.target, &manifest), profile(&executable));
        let start = format!("cargo test{profile} -p {} {target} --", quoted(package));
        Some(Commands { again: self, start })
    }
}

impl Commands<'_> {
    /// The command for one test, which failed for this.
    pub(super) fn of(&self, test: &Test, failure: &Failure) -> String {
        let Again { isolation, timeout, .. } = *self.again;
        let mut command = self.start.clone();
        if test.ignore() != Ignore::No {
            command.push_str(" --include-ignored");
        }
        if isolation == Isolation::Processes {
            command.push_str(" --isolate");
        }
        match failure {
            Failure::TimeLimit => command.push_str(" --ensure-time"),
            Failure::Because(reason) if reason.contains("timed out after ") => {
                // A test's own limit is not that of its fixtures.
                let counts = reason.starts_with("fixture ") || test.options().timeout.is_none();
                if let Some(limit) = timeout.filter(|_| counts) {
                    command.push_str(&format!(" --timeout {}", as_an_argument(limit)));
                }
            }
            _ => {}
        }
        command + " --exact " + &quoted(test.name())
    }

    /// The command for all that failed, some of which may be marked as ignored, if a later run knows which these are.
    pub(super) fn of_all(&self, any_ignored: bool) -> Option<String> {
        let too = if any_ignored { " --include-ignored" } else { "" };
        self.again.remembers.then(|| format!("{}{too} --last-failed", self.start))
    }
}

/// How cargo is told which target.
fn target(target: Target, manifest: &dyn Fn() -> Option<String>) -> String {
    let flag = match target.kind() {
        Kind::Library => return "--lib".to_owned(),
        Kind::Program => "--bin",
        Kind::Example => "--example",
        Kind::Test => "--test",
        Kind::Benchmark => "--bench",
    };
    let name = target.program.map_or_else(|| name(target, manifest), str::to_owned);
    format!("{flag} {}", quoted(&name))
}

/// The name of a target that tests: mostly that of its file. Where it is not, the manifest has it; failing that a pattern
/// stands for it, since the name of its crate does not tell dashes from underscores.
fn name(target: Target, manifest: &dyn Fn() -> Option<String>) -> String {
    let is_it = |name: &str| target.krate.is_none_or(|krate| name.replace('-', "_") == krate);
    let by_file = target.name();
    if is_it(by_file) {
        return by_file.to_owned();
    }
    for line in manifest().unwrap_or_default().lines() {
        let Some(("name", value)) = line.split_once('=').map(|(key, value)| (key.trim(), value)) else {
            continue;
        };
        let value = value.split_once('#').map_or(value, |(value, _)| value);
        let name = value.trim().trim_matches(['"', '\'']);
        if is_it(name) {
            return name.to_owned();
        }
    }
    target.krate.unwrap_or(by_file).replace('_', "?")
}

/// The flag for the profile, by the folder that cargo puts its executables into.
fn profile(executable: &Path) -> String {
    let folder = executable.parent().filter(|folder| folder.ends_with("deps"));
    match folder.and_then(Path::parent).and_then(Path::file_name).and_then(OsStr::to_str) {
        None | Some("debug") => String::new(),
        Some("release") => " --release".to_owned(),
        Some(profile) => format!(" --profile {}", quoted(profile)),
    }
}

/// A duration as the command line takes it.
fn as_an_argument(duration: Duration) -> String {
    match (duration.as_micros(), duration.subsec_micros()) {
        (_, 0) => format!("{}s", duration.as_secs()),
        (all, _) if all.is_multiple_of(1_000) => format!("{}ms", all / 1_000),
        (all, _) => format!("{all}us"),
    }
}

/// A word as a shell takes it for one word and nothing else, on one line.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '/' | ',' | '+' | '=' | '@' | '%')
    };
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let quotes = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    if !word.contains(char::is_control) {
        return quotes(word);
    }
    // Shells do not agree on a way to write a line's end within a line, but all have this.
    let mut text = String::new();
    for c in word.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\\' => text.push_str("\\\\"),
            '%' => text.push_str("%%"),
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    text.push_str(&format!("\\{byte:03o}"));
                }
            }
            c => text.push(c),
        }
    }
    format!("\"$(printf {})\"", quotes(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings;
    use crate::test::{Options, Traits};

    const ORDERS: Target = Target {
        root: "shop/tests/orders.rs",
        package: Some("shop"),
        krate: Some("orders"),
        is_test: true,
        ..Target::UNKNOWN
    };

    fn target_of(target: Target, manifest: &str) -> String {
        super::target(target, &|| Some(manifest.to_owned()))
    }

    #[test]
    fn a_target_is_named_as_cargo_knows_it() {
        let lib = Target { root: "shop/src/lib.rs", krate: Some("shop"), is_test: false, ..ORDERS };
        let tool = Target { root: "src/bin/t.rs", krate: Some("a_tool"), program: Some("a-tool"), ..lib };
        let tour = Target { root: "examples/tour.rs", krate: Some("tour"), program: Some("tour"), ..lib };
        let folder = Target { root: "tests/over-all/main.rs", krate: Some("over_all"), ..ORDERS };
        let bench = Target { root: "benches/speed.rs", krate: Some("speed"), ..ORDERS };
        for (target, flags) in [
            (ORDERS, "--test orders"),
            (lib, "--lib"),
            (tool, "--bin a-tool"),
            (tour, "--example tour"),
            (folder, "--test over-all"),
            (bench, "--bench speed"),
        ] {
            assert_eq!(target_of(target, ""), flags);
        }
    }

    #[test]
    fn a_name_that_is_not_its_files_is_looked_up() {
        let odd = Target { root: "odd/place.rs", krate: Some("my_odd_name"), ..ORDERS };
        let manifest =
            "[package]\nname = \"shop\"\n[[test]]\n name='my-odd_name' # so\npath = \"odd/place.rs\"\n";
        assert_eq!(target_of(odd, manifest), "--test my-odd_name");
        assert_eq!(target_of(odd, "[package]\nname = \"shop\"\n"), "--test 'my?odd?name'");
    }

    #[test]
    fn a_profile_is_known_by_its_folder() {
        for (executable, flag) in [
            ("/w/target/debug/deps/orders-0123456789abcdef", ""),
            ("/w/target/release/deps/orders-0123456789abcdef", " --release"),
            ("/w/target/x86_64-unknown-linux-musl/fast/deps/orders-0123456789abcdef", " --profile fast"),
            ("/elsewhere/orders", ""),
            ("orders", ""),
            ("", ""),
        ] {
            assert_eq!(profile(Path::new(executable)), flag, "{executable}");
        }
    }

    #[test]
    fn the_command_has_the_flags_without_which_the_test_would_not_fail_again() {
        let late = || Failure::Because("timed out after 1.5s".to_owned());
        let traits = Box::leak(Box::new(Traits { ignore: Ignore::Yes, ..Traits::PLAIN }));
        let options =
            Box::leak(Box::new(Options { timeout: Some(Duration::from_secs(1)), ..Options::PLAIN }));
        let plain = Test { path: crate::test::TestPath::new("orders::books::a"), ..Test::PLAIN };
        let ignored = Test { traits: Some(traits), ..plain };
        let limited = Test { options: Some(options), ..plain };
        let check = |line: &str, test: &Test, failure: Failure, flags: &str| {
            let again = Again::new(ORDERS, &settings(line));
            let commands = Commands { again: &again, start: "cargo test --".to_owned() };
            assert_eq!(commands.of(test, &failure), format!("cargo test --{flags} --exact books::a"));
        };
        check("", &plain, Failure::Told, "");
        check("--include-ignored", &ignored, Failure::Told, " --include-ignored");
        check("--isolate", &plain, Failure::Told, " --isolate");
        check("--timeout 1500ms", &plain, Failure::Told, "");
        check("--timeout 1500ms", &plain, late(), " --timeout 1500ms");
        check("--timeout 1500ms", &limited, late(), "");
        let late_set_up =
            || Failure::Because("fixture `server` failed to set up: timed out after 1.5s".to_owned());
        check("--timeout 1500ms", &limited, late_set_up(), " --timeout 1500ms");
        check("", &limited, late_set_up(), "");
        check("--ensure-time", &plain, Failure::TimeLimit, " --ensure-time");

        let again = Again::new(ORDERS, &settings(""));
        let commands = Commands { again: &again, start: "cargo test --".to_owned() };
        assert_eq!(commands.of_all(false).unwrap(), "cargo test -- --last-failed");
        let all = commands.of_all(true).unwrap();
        assert_eq!(all, "cargo test -- --include-ignored --last-failed");
        let forgets = Again { remembers: false, ..again.clone() };
        let commands = Commands { again: &forgets, start: String::new() };
        assert_eq!(commands.of_all(false), None);
    }

    #[test]
    fn a_shell_takes_each_name_for_one_word() {
        for (name, word) in [
            ("orders::books", "orders::books"),
            ("größe::maß", "größe::maß"),
            ("f::with space", "'f::with space'"),
            ("f::it's $HOME", r"'f::it'\''s $HOME'"),
            ("f::<T>", "'f::<T>'"),
            ("f::a\nb\\ 5%'\x1b", r#""$(printf 'f::a\nb\\ 5%%'\''\033')""#),
            ("", "''"),
        ] {
            assert_eq!(quoted(name), word);
        }
    }
}
