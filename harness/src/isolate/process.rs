//! A worker process as its run sees it.

use super::output::Output;
use super::{ARGUMENT, Death, Start, UNHEARD, system};
use crate::aside;
use crate::mailbox::{Nothing, Receiver, Sender, mailbox};
use crate::settings::Capture;
use crate::wire::{Answer, Request};
use std::ffi::OsString;
use std::io::{self, BufReader, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Whether there are worker processes on this platform.
pub(crate) const AVAILABLE: bool = true;

/// How long the other half of an end may take: a dead process is not heard of any more, and one that is not heard of is
/// about to die.
const GRACE: Duration = Duration::from_millis(500);

/// How long the system may take to end a process: one that waits for a broken disk cannot be ended.
const DYING: Duration = Duration::from_secs(10);

/// A worker process. One that is dropped is killed.
pub(crate) struct Process {
    child: Child,
    control: Arc<Control>,
    heard: Receiver<Heard>,
    output: Option<Output>,
    /// Whether it is known to be dead.
    dead: bool,
    /// Whether it is known to say nothing more.
    closed: bool,
    /// Whether the system has been asked to forget it.
    buried: bool,
}

/// The way to a process, for whoever has something to say to it.
#[derive(Debug)]
pub(crate) struct Control {
    stream: Mutex<UnixStream>,
}

/// What a process was heard to do.
pub(crate) enum News {
    /// It says this.
    Said(Answer),
    /// It is dead, or cannot be heard any more.
    Gone,
    /// It has said nothing in time.
    Late,
}

enum Heard {
    Said(Answer),
    /// It says nothing more.
    Closed,
    Dead,
}

impl Process {
    /// Starts a process and tells it who it is.
    ///
    /// # Errors
    ///
    /// If the system has no process, no pipe, or no thread to give.
    pub(crate) fn start(start: Start) -> io::Result<Self> {
        let (own, other) = UnixStream::pair()?;
        let mut command = Command::new(executable()?);
        let mut arguments = std::env::args_os();
        command.arg0(arguments.next().unwrap_or_else(|| OsString::from("test")));
        command.arg(ARGUMENT).args(arguments);
        command.stdin(Stdio::from(OwnedFd::from(other)));
        // Its own group: a Ctrl-C is for the run, which tells it; and its children can be ended with it.
        command.process_group(0);
        let output = match start.capture {
            Capture::No => None,
            Capture::Yes => {
                let (output, writer) = Output::new()?;
                command.stdout(writer.try_clone()?).stderr(writer);
                Some(output)
            }
        };
        let reader = own.try_clone()?;
        let child = command.spawn()?;
        // The run's copies of the process's ends go with this.
        drop(command);
        let (sender, heard) = mailbox();
        let control = Arc::new(Control { stream: Mutex::new(own) });
        let process = Process { child, control, heard, output, dead: false, closed: false, buried: false };
        process.hear_from(reader, sender)?;
        // One that is dead already is heard of soon.
        let _ = process.control.say(&Request::Begin(start.begin));
        Ok(process)
    }

    /// Starts the two threads that hear of the process: what it says, and that it is dead. The latter alone is certain: a
    /// child that a test has forked keeps the channel open.
    fn hear_from(&self, reader: UnixStream, sender: Sender<Heard>) -> io::Result<()> {
        let said = sender.clone();
        aside::start("test-answers", move || {
            let mut reader = BufReader::new(reader);
            while let Some(answer) = Answer::read(&mut reader) {
                if said.send(Heard::Said(answer)).is_err() {
                    return;
                }
            }
            let _ = said.send(Heard::Closed);
        })?;
        let child = self.child.id();
        aside::start("test-process", move || {
            system::wait_for_death(child);
            let _ = sender.send(Heard::Dead);
        })?;
        Ok(())
    }

    /// The way to it.
    pub(crate) fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Waits for what it says or does next, in the order in which that happened.
    pub(crate) fn hear(&mut self, until: Option<Instant>) -> News {
        loop {
            let half = self.dead || self.closed;
            let until = if half { Instant::now().checked_add(GRACE) } else { until };
            match self.heard.receive(until) {
                Ok(Heard::Said(answer)) => return News::Said(answer),
                Ok(Heard::Dead) => {
                    self.dead = true;
                    // What is left of its group may keep the channel open.
                    system::kill_group(self.child.id());
                }
                Ok(Heard::Closed) => self.closed = true,
                Err(Nothing::Late) if !half => return News::Late,
                Err(_) => return News::Gone,
            }
            if self.dead && self.closed {
                return News::Gone;
            }
        }
    }

    /// What it and its children have printed, up to now.
    pub(crate) fn printed(&mut self) -> Vec<u8> {
        self.output.as_mut().map(Output::so_far).unwrap_or_default()
    }

    /// What of that has arrived by now, which is enough where there is nobody to name for it.
    pub(crate) fn printed_meanwhile(&self) -> Vec<u8> {
        self.output.as_ref().map(Output::take).unwrap_or_default()
    }

    /// Ends it, if it is not dead, and what is left of its group; says how it died, and what was printed until then.
    pub(crate) fn kill(mut self) -> (Death, Vec<u8>) {
        let by_itself = self.dead;
        self.end_group();
        let death = self.bury();
        (if by_itself { death } else { Death::Mute }, self.printed())
    }

    /// Waits until it has ended by itself, and leaves its children alone; one that takes longer is killed.
    pub(crate) fn let_go(mut self, patience: Duration) -> (Death, Vec<u8>) {
        self.wait_until_dead(patience);
        if !self.dead {
            return self.kill();
        }
        let death = self.bury();
        (death, self.printed())
    }

    fn wait_until_dead(&mut self, patience: Duration) {
        let until = Instant::now().checked_add(patience);
        while !self.dead {
            match self.heard.receive(until) {
                Ok(Heard::Dead) => self.dead = true,
                Ok(_) => {}
                Err(Nothing::Late) => return,
                Err(Nothing::Over) => {
                    // The thread that waits for it could not be started.
                    system::wait_for_death(self.child.id());
                    self.dead = true;
                }
            }
        }
    }

    fn end_group(&mut self) {
        system::kill_group(self.child.id());
        self.wait_until_dead(DYING);
    }

    /// Lets the system forget it.
    fn bury(&mut self) -> Death {
        self.buried = true;
        if !self.dead {
            // The system does not come to end it, and waiting could take for ever.
            return Death::Mute;
        }
        match self.child.wait() {
            Ok(status) => match (status.signal(), status.code()) {
                (Some(signal), _) => Death::Signal(signal),
                (None, Some(UNHEARD)) => Death::Mute,
                (None, Some(code)) => Death::Exit(code),
                (None, None) => Death::Mute,
            },
            Err(_) => Death::Mute,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.buried {
            self.end_group();
            self.bury();
        }
        // Whoever reads there has read all that there will be.
        let _ = self.control.lock().shutdown(Shutdown::Both);
    }
}

impl Control {
    /// Says something to the process.
    ///
    /// # Errors
    ///
    /// If it is gone, which is heard in another way as well.
    pub(crate) fn say(&self, request: &Request) -> io::Result<()> {
        self.lock().write_all(&request.to_bytes())
    }

    fn lock(&self) -> MutexGuard<'_, UnixStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// This executable: the very file that is running, where the system can say so, if there is another at its path by now.
fn executable() -> io::Result<PathBuf> {
    let path = std::env::current_exe();
    let running = Path::new("/proc/self/exe");
    let file = |path: &Path| path.metadata().map(|file| (file.dev(), file.ino())).ok();
    match (file(running), &path) {
        (Some(itself), Ok(path)) if file(path) == Some(itself) => Ok(path.clone()),
        (Some(_), _) => Ok(running.to_owned()),
        (None, _) => path,
    }
}
