//! Child processes that are still running. Read from `/proc`; elsewhere than on Linux nothing is known of them.

use crate::crash::had_children;
use std::fs::{read, read_dir, read_to_string};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A process that has been killed takes a moment to be dead.
const DYING: Duration = Duration::from_millis(50);

/// The child processes of this one, for whoever wants to know which of them tests have left behind.
#[derive(Debug)]
pub(crate) struct Children {
    /// Those that it had before, and those that have been named.
    known: Mutex<Vec<u32>>,
}

/// A child process that is still running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Child {
    pid: u32,
    command: String,
}

impl Children {
    /// Before the first test: those that there are now are not of tests.
    pub(crate) fn before_tests() -> Self {
        Children { known: Mutex::new(of_process()) }
    }

    /// Those that code on this thread has started and that are still running, each told once.
    pub(crate) fn left_by_this_thread(&self) -> Vec<Child> {
        self.left(|| pids(&read_to_string("/proc/thread-self/children").unwrap_or_default()))
    }

    /// Those that are still running, on whatever thread they were started, but for those told before.
    pub(crate) fn left_by_tests(&self) -> Vec<Child> {
        self.left(of_process)
    }

    fn left(&self, look: impl Fn() -> Vec<u32>) -> Vec<Child> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = Instant::now();
        loop {
            let left: Vec<_> =
                look().into_iter().filter(|pid| !known.contains(pid)).filter_map(running).collect();
            if left.is_empty() || begin.elapsed() > DYING {
                known.extend(left.iter().map(|child| child.pid));
                return left;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The child processes of this one, whosever they are.
pub(crate) fn children() -> Vec<u32> {
    of_process()
}

/// What is to be said of such children.
pub(crate) fn note_of(children: &[Child]) -> Option<String> {
    let named: Vec<_> =
        children.iter().map(|Child { pid, command }| format!("{pid} (`{command}`)")).collect();
    match children {
        [] => None,
        [_] => Some(format!("left a child process running: {}", named.join(", "))),
        _ => Some(format!("left {} child processes running: {}", children.len(), named.join(", "))),
    }
}

/// The kernel keeps children by the thread that started them, so all threads have to be asked. A process that has none is
/// known by one call to have none.
fn of_process() -> Vec<u32> {
    if !had_children() {
        return Vec::new();
    }
    let threads = read_dir("/proc/self/task").into_iter().flatten().flatten();
    threads
        .flat_map(|thread| pids(&read_to_string(thread.path().join("children")).unwrap_or_default()))
        .collect()
}

fn pids(text: &str) -> Vec<u32> {
    text.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// A process, unless it has ended and only waits to be asked for.
fn running(pid: u32) -> Option<Child> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let line = read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    is_running(&stat).then(|| Child { pid, command: command(&line) })
}

fn is_running(stat: &str) -> bool {
    // The name of the program stands in parentheses and may hold anything.
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_ascii_whitespace().next());
    state.is_some_and(|state| !matches!(state, "Z" | "X"))
}

/// How much of a command is shown.
const SHOWN: usize = 80;

/// The arguments end with a nul byte each.
fn command(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line).trim_end_matches('\0').replace(|c: char| c.is_control(), " ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(pid: u32, command: &str) -> Child {
        Child { pid, command: command.to_owned() }
    }

    #[test]
    fn the_dead_are_not_running() {
        assert!(is_running("7 (a) b) S 1 2"));
        assert!(!is_running("7 (sleep) Z 1 2"));
        assert!(!is_running("7"));
    }

    #[test]
    fn a_command_is_one_line_of_bounded_length() {
        assert_eq!(command(b"sleep\x0060\0"), "sleep 60");
        assert_eq!(command(b"sh\0-c\0a\nb\0"), "sh -c a b");
        assert_eq!(command(&[b'x'; 200]).len(), SHOWN + 3);
    }

    #[test]
    fn children_are_named_by_number_and_command() {
        assert_eq!(note_of(&[]), None);
        let one = note_of(&[child(7, "sleep 60")]);
        assert_eq!(one.as_deref(), Some("left a child process running: 7 (`sleep 60`)"));
        let two = note_of(&[child(7, "a"), child(8, "b")]);
        assert_eq!(two.as_deref(), Some("left 2 child processes running: 7 (`a`), 8 (`b`)"));
    }
}
