//! Tells the black-box tests what ran when: a line at the begin and at the end of a test, in a file that all processes of
//! a run append to.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a test waits for another to run beside it.
const PATIENCE: Duration = Duration::from_secs(20);

static RUNNING: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// A test that is running, from [`begin`] until it is dropped.
pub struct Span {
    name: &'static str,
}

/// Says that a test begins.
pub fn begin(name: &'static str) -> Span {
    let running = RUNNING.fetch_add(1, Ordering::SeqCst) + 1;
    PEAK.fetch_max(running, Ordering::SeqCst);
    write("begin", name);
    Span { name }
}

impl Drop for Span {
    fn drop(&mut self) {
        write("end", self.name);
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits until so many tests of this process have been running at once, and then a little for one too many.
pub async fn until_running(tests: usize) {
    let begin = Instant::now();
    while PEAK.load(Ordering::SeqCst) < tests {
        assert!(begin.elapsed() < PATIENCE, "there were never {tests} tests at once");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// The value of a variable of the environment, where it is a number.
pub fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// One write, so that lines of several processes do not mix: `begin NAME PID TID`.
fn write(what: &str, name: &str) {
    let Some(path) = std::env::var_os("SUITE_TRACE") else { return };
    // `PID/task/TID` on Linux.
    let thread = std::fs::read_link("/proc/thread-self").unwrap_or_default();
    let mut ids = thread.iter().filter_map(|part| part.to_str()?.parse::<u32>().ok());
    let (pid, tid) = (ids.next().unwrap_or(0), ids.next().unwrap_or(0));
    let line = format!("{what} {name} {pid} {tid}\n");
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the trace can be written");
}
