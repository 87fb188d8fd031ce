//! Runs one child process and says what it took.

use super::load::Output;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How much of a child's output is looked at: the summary is its last line, or is followed by a few for each test that
/// failed.
const TAIL: u64 = 1 << 18;

/// How long a child may take: several times what the longest should.
const LIMIT: Duration = Duration::from_secs(60);

/// What a child took, and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// From before it was started until it was gone.
    pub(crate) wall: Duration,
    /// The most memory that it had resident at once, in bytes, where the system says.
    pub(crate) peak: Option<u64>,
    /// Whether it had to be killed, as it did not end.
    pub(crate) killed: bool,
    /// Whether it succeeded.
    pub(crate) status: ExitStatus,
    /// The end of its standard output.
    pub(crate) tail: String,
}

/// Takes out of a child's environment what cargo put into this one's, and what tests and backtraces listen to.
pub(crate) fn clean(command: &mut Command) -> &mut Command {
    const DISTURBING: [&str; 8] =
        ["RUST_", "CARGO_", "NEXTEST", "ASYNC_HARNESS_", "TOKIO_", "LD_LIBRARY_PATH", "MALLOC_", "TEST"];
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if DISTURBING.iter().any(|start| name_text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command to its end.
///
/// # Errors
///
/// If it cannot be run, or its output not kept.
pub(crate) fn run(mut command: Command, to: Output, file: &Path) -> Result<Ended, String> {
    let program = command.get_program().to_owned();
    let failed = |error: io::Error| format!("running {} failed: {error}", program.display());
    clean(&mut command).stdin(Stdio::null());
    let keeping = match to {
        Output::File => Keeping::in_file(&mut command, file),
        Output::Pipe => Keeping::from_pipe(&mut command),
    };
    let keeping = keeping.map_err(|error| format!("keeping what it prints failed: {error}"))?;

    let begin = Instant::now();
    let child = command.spawn().map_err(failed)?;
    let limit = Limit::set(child.id());
    let (status, peak) = wait(child).map_err(failed)?;
    let wall = begin.elapsed();
    let killed = limit.lift();

    // The command has the other end of a pipe.
    drop(command);
    let tail = keeping.tail().map_err(failed)?;
    Ok(Ended { wall, peak, killed, status, tail: String::from_utf8_lossy(&tail).into_owned() })
}

/// Where the output of a child is while it runs.
enum Keeping {
    File(File),
    Reader(JoinHandle<io::Result<Vec<u8>>>),
}

impl Keeping {
    fn in_file(command: &mut Command, file: &Path) -> io::Result<Self> {
        let out = File::options().read(true).write(true).create(true).truncate(true).open(file)?;
        command.stdout(out.try_clone()?).stderr(out.try_clone()?);
        Ok(Keeping::File(out))
    }

    fn from_pipe(command: &mut Command) -> io::Result<Self> {
        let (mut from, to) = io::pipe()?;
        command.stdout(to.try_clone()?).stderr(to);
        let reader = thread::spawn(move || {
            let mut text = Vec::new();
            from.read_to_end(&mut text)?;
            Ok(text)
        });
        Ok(Keeping::Reader(reader))
    }

    /// The end of what was printed.
    fn tail(self) -> io::Result<Vec<u8>> {
        let mut tail = Vec::new();
        match self {
            Keeping::File(mut out) => {
                let length = out.metadata()?.len();
                out.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
                out.read_to_end(&mut tail)?;
            }
            Keeping::Reader(reader) => {
                tail = reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader panicked")))?;
                tail.drain(..tail.len().saturating_sub(TAIL as usize));
            }
        }
        Ok(tail)
    }
}

/// A thread that kills a child which does not end.
struct Limit {
    ended: Sender<()>,
    thread: JoinHandle<bool>,
}

impl Limit {
    fn set(child: u32) -> Self {
        let (ended, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let late = told.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
            // Whoever waits for the child cannot kill it too, and this program does without `unsafe`.
            late && Command::new("kill").args(["-KILL", &child.to_string()]).status().is_ok()
        });
        Limit { ended, thread }
    }

    /// Answers whether the child has been killed.
    fn lift(self) -> bool {
        // It does not listen any more if it has killed the child.
        let _ = self.ended.send(());
        self.thread.join().unwrap_or(false)
    }
}

#[cfg(unix)]
fn wait(mut child: Child) -> io::Result<(ExitStatus, Option<u64>)> {
    use wait4::Wait4;
    let used = child.wait4()?;
    // On Linux a process begins with the peak of the one that started it, which then hides a smaller one of its own.
    let peak = Some(used.rusage.maxrss).filter(|peak| own_peak().is_none_or(|own| own < *peak));
    Ok((used.status, peak))
}

/// The most memory that this process had resident at once, in bytes, where `/proc` says.
#[cfg(unix)]
fn own_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(not(unix))]
fn wait(mut child: Child) -> io::Result<(ExitStatus, Option<u64>)> {
    Ok((child.wait()?, None))
}
