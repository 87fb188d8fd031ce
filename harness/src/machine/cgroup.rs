//! What control groups allow a process, of either version.

use std::path::{Path, PathBuf};

/// Where they are.
const ROOT: &str = "/sys/fs/cgroup";

/// No group is given as much memory: version 1 says so where there is no limit.
const NO_LIMIT: u64 = 1 << 60;

/// The limits of a process: the smallest of its group and of all above it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Limits {
    /// Cores, where there is a quota.
    pub(super) cpu: Option<f64>,
    /// Bytes.
    pub(super) memory: Option<u64>,
}

impl Limits {
    /// The limits of the process of which `/proc/self/cgroup` says this.
    pub(super) fn read(groups: &str, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut limits = Limits::default();
        for line in groups.lines() {
            let mut parts = line.splitn(3, ':');
            let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let has = |name: &str| controllers.split(',').any(|other| other == name);
            // What is mounted may begin at the process's own group, so that its path leads nowhere: then the top counts.
            if controllers.is_empty() {
                for group in groups_of(ROOT, path) {
                    limits.cpu_at_most(read(&group.join("cpu.max")).as_deref().and_then(quota));
                    limits.memory_at_most(read(&group.join("memory.max")).as_deref().and_then(number));
                }
            }
            if has("cpu") {
                let mounted = format!("{ROOT}/{controllers}");
                for group in
                    groups_of(&mounted, path).into_iter().chain(groups_of(&format!("{ROOT}/cpu"), path))
                {
                    let quota = read(&group.join("cpu.cfs_quota_us")).as_deref().and_then(number);
                    let period = read(&group.join("cpu.cfs_period_us")).as_deref().and_then(number);
                    limits.cpu_at_most(quota.zip(period).and_then(|(quota, period)| cores(quota, period)));
                }
            }
            if has("memory") {
                for group in groups_of(&format!("{ROOT}/memory"), path) {
                    let limit = read(&group.join("memory.limit_in_bytes")).as_deref().and_then(number);
                    limits.memory_at_most(limit.filter(|limit| *limit < NO_LIMIT));
                }
            }
        }
        limits
    }

    fn cpu_at_most(&mut self, cores: Option<f64>) {
        self.cpu = match (self.cpu, cores) {
            (Some(cpu), Some(cores)) => Some(cpu.min(cores)),
            (cpu, cores) => cpu.or(cores),
        };
    }

    fn memory_at_most(&mut self, bytes: Option<u64>) {
        self.memory = match (self.memory, bytes) {
            (Some(memory), Some(bytes)) => Some(memory.min(bytes)),
            (memory, bytes) => memory.or(bytes),
        };
    }
}

/// A group and all above it.
fn groups_of(root: &str, path: &str) -> Vec<PathBuf> {
    let root = Path::new(root);
    let group = root.join(path.trim_start_matches('/'));
    group.ancestors().take_while(|group| group.starts_with(root)).map(Path::to_owned).collect()
}

/// `max 100000`, or `150000 100000`.
fn quota(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    cores(number(quota)?, number(period)?)
}

fn cores(quota: u64, period: u64) -> Option<f64> {
    (period > 0).then(|| quota as f64 / period as f64)
}

/// Whatever is no number means no limit: `max`, `-1`.
fn number(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(groups: &str, files: &[(&str, &str)], cpu: Option<f64>, memory: Option<u64>) {
        let read = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(ROOT).join(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        assert_eq!(Limits::read(groups, &read), Limits { cpu, memory }, "{groups}");
    }

    #[test]
    fn the_smallest_limit_on_the_way_up_counts() {
        check(
            "0::/a/b\n",
            &[
                ("a/b/cpu.max", "max 100000\n"),
                ("a/cpu.max", "50000 100000"),
                ("cpu.max", "200000 100000"),
                ("a/b/memory.max", "4096\n"),
                ("a/memory.max", "max"),
            ],
            Some(0.5),
            Some(4096),
        );
        check("0::/../b\n", &[("cpu.max", "100000 100000")], Some(1.0), None);
    }

    #[test]
    fn version_one_is_read_as_well() {
        check(
            "4:cpu,cpuacct:/a\n3:memory:/a\n2:pids:/a\n",
            &[
                ("cpu,cpuacct/a/cpu.cfs_quota_us", "-1"),
                ("cpu,cpuacct/a/cpu.cfs_period_us", "100000"),
                ("cpu/cpu.cfs_quota_us", "300000"),
                ("cpu/cpu.cfs_period_us", "100000"),
                ("memory/a/memory.limit_in_bytes", "9223372036854771712"),
                ("memory/memory.limit_in_bytes", "1024"),
            ],
            Some(3.0),
            Some(1024),
        );
    }

    #[test]
    fn where_nothing_is_said_there_is_no_limit() {
        check("", &[], None, None);
        check("nonsense\n0::\n", &[("cpu.max", "1")], None, None);
    }
}
