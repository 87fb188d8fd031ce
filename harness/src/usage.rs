//! What this process uses: time of its cores, and memory.
//!
//! Read from `/proc`, so that it needs no code that the compiler cannot check; elsewhere than on Linux it is not known.

use crate::event::Usage;
use crate::hygiene;
use std::time::Duration;

/// What the process has used so far, where the system says it.
pub(crate) fn now() -> Option<Usage> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(Usage { cpu: cpu(&stat)?, peak_memory: peak_memory(&status)? })
}

/// Time of all cores and memory, of this process and of its children: those that run, and, of their time, those that it has
/// waited for.
pub(crate) fn with_children() -> Option<(Duration, u64)> {
    let (mut time, mut memory) = of("self")?;
    for child in hygiene::children() {
        // One that has ended meanwhile is counted with this process.
        let (of_child, its_memory) = of(&child.to_string()).unwrap_or_default();
        time = time.saturating_add(of_child);
        memory = memory.saturating_add(its_memory);
    }
    Some((time, memory))
}

fn of(process: &str) -> Option<(Duration, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    // A process that is dead and not waited for has no memory.
    Some((cpu(&stat)?, kilobytes(&status, "VmRSS:").unwrap_or(0)))
}

/// How often a second the kernel counts for its users, on every architecture that Rust's standard library runs on.
const TICKS: u64 = 100;

/// The four times of `proc_pid_stat(5)`: in code of users and of the kernel, for the process and its children.
fn cpu(stat: &str) -> Option<Duration> {
    // The name of the program stands in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_ascii_whitespace().skip(11).take(4).map(str::parse::<u64>);
    let ticks = ticks.sum::<Result<u64, _>>().ok()?;
    Some(Duration::from_millis(ticks.saturating_mul(1000 / TICKS)))
}

fn peak_memory(status: &str) -> Option<u64> {
    kilobytes(status, "VmHWM:")
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        let stat = "42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 150 25 3 2 20 0 1 0 99";
        assert_eq!(cpu(stat), Some(Duration::from_millis(1800)));
        assert_eq!(peak_memory("Name:\tx\nVmHWM:\t    8916 kB\nVmRSS:\t 1 kB\n"), Some(8916 * 1024));
        assert_eq!((cpu("42 (a"), peak_memory("Name:\tx\n")), (None, None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_used_something() {
        let usage = now().expect("the system says it");
        assert!(usage.peak_memory > 100_000, "{usage:?}");
        let (cpu, memory) = with_children().expect("the system says it");
        assert!(cpu >= usage.cpu && memory > 100_000, "{cpu:?} {memory}");
    }
}
