//! What this process runs on: versions, cores and limits, and the files of the system.
//!
//! Read from `/proc` and the control groups, so that it needs no code that the compiler cannot check; elsewhere than on
//! Linux most of it is not known.

mod cgroup;
mod elf;

use crate::doctor::{Files, Section, Severity};
use cgroup::Limits;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of the system.
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> Option<String> {
        // A pipe with the name of a source would be waited for.
        self.exists(path).then(|| fs::read_to_string(path).ok()).flatten()
    }

    fn exists(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn list(&self, folder: &Path) -> Vec<(String, bool)> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let named = entries.filter_map(|entry| {
            // A link to a folder is not followed: it may lead in a circle.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            Some((entry.file_name().into_string().ok()?, is_folder))
        });
        let mut named: Vec<_> = named.collect();
        crate::sorted::sort_by(&mut named, |a, b| a.0 < b.0);
        named
    }
}

/// What the tests are made with and run on.
pub(crate) fn versions(folders: &[PathBuf]) -> Section {
    let mut section = Section::new("versions", "");
    section.fact("async-harness", env!("CARGO_PKG_VERSION"));
    let rustc = std::env::current_exe().ok().and_then(|executable| elf::rustc(&executable));
    section.fact("rustc", rustc.unwrap_or_else(|| "not known: the executable does not say".to_owned()));
    let locks = folders.iter().flat_map(|folder| folder.ancestors()).map(|folder| folder.join("Cargo.lock"));
    let tokio =
        locks.filter_map(|lock| fs::read_to_string(lock).ok()).map(|lock| locked(&lock, "tokio")).next();
    section.fact(
        "tokio",
        match tokio.as_deref() {
            None => "not known: there is no Cargo.lock".to_owned(),
            Some([]) => "not known: Cargo.lock does not name it".to_owned(),
            Some(versions) => format!("{}, by Cargo.lock", versions.join(" and ")),
        },
    );
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
    let kernel = kernel.map_or_else(|_| String::new(), |release| format!(", kernel {}", release.trim()));
    section.fact("system", format!("{} {}{kernel}", std::env::consts::OS, std::env::consts::ARCH));
    section
}

/// The versions of a package that a lock file names.
fn locked(lock: &str, package: &str) -> Vec<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    let mut versions = Vec::new();
    while lines.by_ref().any(|line| line.trim() == name) {
        let version = lines.next().and_then(|line| line.trim().strip_prefix("version = \""));
        versions.extend(version.map(|version| version.trim_end_matches('"').to_owned()));
    }
    versions
}

/// What the process may use, where so many tests may be alive at once.
pub(crate) fn limits(tests: usize) -> Section {
    let read = |path: &Path| fs::read_to_string(path).ok();
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    limits_of(tests, cores, &read)
}

/// How many descriptors a test may need: an async one with a few connections.
const DESCRIPTORS: u64 = 16;

fn limits_of(tests: usize, cores: usize, read: &dyn Fn(&Path) -> Option<String>) -> Section {
    let mut section = Section::new("this process", "");
    let proc = |name: &str| read(&Path::new("/proc/self").join(name));
    let status = proc("status").unwrap_or_default();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).map(str::trim);
    let allowed = allowed.map_or_else(String::new, |list| format!(", of those numbered {list}"));
    section.fact("cores", format!("{cores}{allowed}"));
    let Limits { cpu, memory } = Limits::read(&proc("cgroup").unwrap_or_default(), read);
    section
        .fact("processor quota", cpu.map_or_else(|| "none".to_owned(), |cores| format!("{cores:.2} cores")));
    let memory_info = read(Path::new("/proc/meminfo")).unwrap_or_default();
    let total = memory_info.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let total = total.and_then(|total| total.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    let total =
        total.map_or_else(|| "not known".to_owned(), |kilobytes| size(kilobytes.saturating_mul(1024)));
    let limit = memory.map_or_else(|| "no limit".to_owned(), |bytes| format!("limited to {}", size(bytes)));
    section.fact("memory", format!("{limit}, the machine has {total}"));
    let limits = proc("limits").unwrap_or_default();
    match row(&limits, "Max open files") {
        None => section.fact("open files", "not known"),
        Some((soft, hard)) => {
            section.fact("open files", format!("{soft}, which can be raised to {hard}"));
            let wanted = (tests as u64).saturating_mul(DESCRIPTORS).saturating_add(64);
            if soft.parse::<u64>().is_ok_and(|soft| soft < wanted) {
                let what = format!(
                    "{soft} open files are few for {tests} tests at once: `ulimit -n {wanted}` before the run makes \
                     room"
                );
                section.find(Severity::Warning, None, what);
            }
        }
    }
    section
}

/// The soft and the hard limit of a row of `/proc/self/limits`.
fn row<'l>(limits: &'l str, name: &str) -> Option<(&'l str, &'l str)> {
    let mut words = limits.lines().find_map(|line| line.strip_prefix(name))?.split_ascii_whitespace();
    Some((words.next()?, words.next()?))
}

fn size(bytes: u64) -> String {
    let mebibytes = bytes / (1 << 20);
    if mebibytes >= 10 * 1024 { format!("{} GiB", mebibytes / 1024) } else { format!("{mebibytes} MiB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_read() {
        assert_eq!(Disk.read(Path::new("/dev/null")), None);
    }

    #[test]
    fn the_kernels_words_are_read() {
        let files = [
            ("/proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-3,8\n"),
            ("/proc/self/cgroup", "0::/a\n"),
            ("/sys/fs/cgroup/a/cpu.max", "150000 100000\n"),
            ("/sys/fs/cgroup/a/memory.max", "536870912\n"),
            ("/proc/meminfo", "MemTotal:       25165824 kB\nMemFree: 1 kB\n"),
            (
                "/proc/self/limits",
                "Limit   Soft Limit  Hard Limit  Units\nMax open files     256     4096     files\n",
            ),
        ];
        let read = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        let section = limits_of(32, 5, &read);
        let facts: Vec<_> =
            section.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect();
        assert_eq!(
            facts,
            [
                "cores: 5, of those numbered 0-3,8",
                "processor quota: 1.50 cores",
                "memory: limited to 512 MiB, the machine has 24 GiB",
                "open files: 256, which can be raised to 4096",
            ]
        );
        assert!(section.findings[0].what.contains("`ulimit -n 576`"), "{:?}", section.findings);
        assert!(limits_of(8, 5, &read).findings.is_empty());
        assert_eq!(limits_of(8, 5, &|_| None).facts[0].value, "5");
    }

    #[test]
    fn a_lock_file_names_versions() {
        let lock = "[[package]]\nname = \"tokio\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"tokio-util\"\n\
                    version = \"9\"\n[[package]]\nname = \"tokio\"\nversion = \"0.2.0\"\n";
        assert_eq!(locked(lock, "tokio"), ["1.2.3", "0.2.0"]);
        assert_eq!(locked(lock, "hyper"), [""; 0]);
    }
}
