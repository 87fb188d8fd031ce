//! The run as its worker process sees it.

use super::system;
use crate::aside;
use crate::mailbox::{Receiver, mailbox};
use crate::wire::{Answer, Request};
use std::io::{self, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The run, which has started this process.
pub(crate) struct Parent {
    requests: BufReader<UnixStream>,
    answers: Answers,
}

/// What is said to the run.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    stream: Arc<Mutex<UnixStream>>,
    noted: Arc<Noted>,
}

/// What the run has noted of that, so that it may now be done.
#[derive(Debug, Default)]
struct Noted {
    count: Mutex<usize>,
    more: Condvar,
}

impl Noted {
    fn add(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.more.notify_all();
    }

    fn take(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count =
            self.more.wait_while(count, |count| *count == 0).unwrap_or_else(PoisonError::into_inner);
        *count -= 1;
    }
}

impl Parent {
    /// Finds the run at the other end of standard input, and leaves an empty one for tests. Has to be called before
    /// anything else runs.
    ///
    /// # Errors
    ///
    /// If there is no run: a user has started this process.
    pub(crate) fn find() -> io::Result<Self> {
        // The copy is closed in whatever this process executes, and is neither of the descriptors that tests know.
        let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        stream.peer_addr()?;
        system::empty_stdin()?;
        system::do_not_stop_in_the_background();
        system::print_by_lines();
        let answers = Answers { stream: Arc::new(Mutex::new(stream.try_clone()?)), noted: Arc::default() };
        Ok(Parent { requests: BufReader::new(stream), answers })
    }

    /// The way to it.
    pub(crate) fn answers(&self) -> Answers {
        self.answers.clone()
    }

    /// The first request of all.
    pub(crate) fn first(&mut self) -> Option<Request> {
        Request::read(&mut self.requests)
    }

    /// Hears the others on a thread of its own. An interrupt and what has been noted are passed on from there at once; where the run
    /// is gone the process ends, whatever it is at.
    ///
    /// # Errors
    ///
    /// If there is no thread to be had.
    pub(crate) fn listen(
        mut self,
        on_interrupt: impl Fn() + Send + 'static,
    ) -> io::Result<Receiver<Request>> {
        let (sender, requests) = mailbox();
        aside::start("test-requests", move || {
            while let Some(request) = self.first() {
                match request {
                    Request::Interrupt => on_interrupt(),
                    Request::Noted => self.answers.noted.add(),
                    // The main thread is about to end the process.
                    request => drop(sender.send(request)),
                }
            }
            system::end_with_group();
        })?;
        Ok(requests)
    }
}

impl Answers {
    /// Says something to the run. Where that is gone, so is this process. Where a test has closed the descriptor, by which
    /// another file may be known now, the process ends as well: the thread that listens keeps the channel open while it waits,
    /// and the run would wait for an answer.
    pub(crate) fn say(&self, answer: &Answer) {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.peer_addr().is_err() {
            system::end_unheard();
        }
        if stream.write_all(&answer.to_bytes()).is_err() {
            system::end_with_group();
        }
    }

    /// Says something that the run has to know before this process goes on, and waits until it does.
    pub(crate) fn agree(&self, answer: &Answer) {
        self.say(answer);
        self.noted.take();
    }

    /// Has what is printed find its reader, whatever was done to it before.
    pub(crate) fn prepare(&self) {
        system::wait_for_reader();
    }

    /// Brings out what C code has printed.
    pub(crate) fn settle(&self) {
        system::flush();
    }
}
