//! One run of a child process: in an environment of its own, within a time limit, with all that it prints.

use crate::build::temporary_folder;
use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

/// What a child inherits. Of everything else nothing, so that a run does not depend on who starts it.
const INHERITED: [&str; 11] = [
    "CARGO_HOME",
    "CARGO_NET_OFFLINE",
    "HOME",
    "LD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "PATH",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "USER",
];

/// A process to run.
#[derive(Debug, Clone)]
pub struct Run {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
    limit: Duration,
}

/// What came of a process.
#[derive(Debug)]
pub struct Output {
    /// What it wrote to standard output; bytes that are no text are replaced.
    pub stdout: String,
    /// The same for standard error.
    pub stderr: String,
    /// How it ended.
    pub status: ExitStatus,
    /// How long it took.
    pub took: Duration,
}

impl Run {
    /// A run of this executable, of a minute at most.
    pub fn new(program: &Path) -> Self {
        let limit = Duration::from_secs(60);
        Run { program: program.to_owned(), args: Vec::new(), env: Vec::new(), folder: None, limit }
    }

    /// The same with further arguments.
    #[must_use]
    pub fn args<T: Into<OsString>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// The same with arguments as they stand on a command line, without quotes.
    #[must_use]
    pub fn line(self, args: &str) -> Self {
        self.args(args.split_whitespace())
    }

    /// The same with a variable in its environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The same in this folder.
    #[must_use]
    pub fn inside(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// The same with another time limit, in seconds.
    #[must_use]
    pub fn limit(mut self, seconds: u64) -> Self {
        self.limit = Duration::from_secs(seconds);
        self
    }

    /// The same run through a shell, which sees it as `"$0" "$@"`: for redirections.
    #[must_use]
    pub fn through_shell(self, script: &str) -> Self {
        let words = [OsString::from("-c"), script.into(), self.program.clone().into()];
        Run { program: "sh".into(), args: words.into_iter().chain(self.args).collect(), ..self }
    }

    /// Runs it to its end.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or takes longer than its limit; it is killed then, with what it started.
    pub fn run(self) -> Output {
        let begin = Instant::now();
        let mut child = self.start();
        let stdout = read(child.stdout.take());
        let stderr = read(child.stderr.take());
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break Some(status);
            }
            if begin.elapsed() > self.limit {
                kill_group(&mut child);
                break None;
            }
            sleep(Duration::from_millis(1));
        };
        let took = begin.elapsed();
        let text = |reader: JoinHandle<Vec<u8>>| {
            let bytes = reader.join().expect("a pipe can be read");
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        let Some(status) = status else {
            panic!(
                "{:?} {:?} took longer than {:?}:\n{stdout}\n{stderr}",
                self.program, self.args, self.limit
            );
        };
        Output { stdout, stderr, status, took }
    }

    pub(crate) fn longest(&self) -> Duration {
        self.limit
    }

    fn start(&self) -> Child {
        self.spawn(Stdio::piped(), Stdio::piped())
    }

    pub(crate) fn spawn(&self, stdout: Stdio, stderr: Stdio) -> Child {
        let inherited = INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().envs(inherited);
        // Nor does one run depend on those before it.
        command.env("ASYNC_HARNESS_HISTORY", "off");
        // What it leaves among temporary files is left where `cargo clean` finds it.
        command.env("TMPDIR", temporary_folder());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).process_group(0);
        match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{:?} cannot be started: {error}", self.program),
        }
    }
}

impl Output {
    /// Whether it exited with code 0.
    pub fn passed(&self) -> bool {
        self.status.success()
    }

    /// The exit code; 128 and the signal's number, as a shell says it, where a signal ended the process.
    pub fn code(&self) -> i32 {
        code(self.status)
    }

    /// Both streams with their names, to show when a test of ours fails.
    pub fn all(&self) -> String {
        format!("exit {}\n== stdout\n{}\n== stderr\n{}", self.code(), self.stdout, self.stderr)
    }

    /// The same run, checked to have ended with this code.
    ///
    /// # Panics
    ///
    /// If it ended with another.
    #[must_use]
    pub fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{}", self.all());
        self
    }
}

pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

fn read(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        }
        bytes
    })
}

/// Ends the process and everything it started: what is left of it would keep its pipes open.
pub(crate) fn kill_group(child: &mut Child) {
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-9", "--", &group]).status().expect("there is a `kill`");
    child.wait().expect("a killed child can be waited for");
}
