//! Stands in where there are no worker processes.

use super::{Death, Start};
use crate::mailbox::Receiver;
use crate::wire::{Answer, Request};
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whether there are worker processes on this platform.
pub(crate) const AVAILABLE: bool = false;

/// A process that cannot be.
pub(crate) struct Process(Infallible);

/// The way to one.
#[derive(Debug)]
pub(crate) struct Control(Infallible);

/// What a process was heard to do.
#[allow(dead_code, reason = "nothing is heard")]
pub(crate) enum News {
    Said(Answer),
    Gone,
    Late,
}

/// The run, as its worker process sees it.
pub(crate) struct Parent(Infallible);

/// What is said to it.
#[derive(Debug, Clone)]
pub(crate) struct Answers(Infallible);

fn unsupported<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there are no worker processes on this platform"))
}

impl Process {
    pub(crate) fn start(_: Start) -> io::Result<Self> {
        unsupported()
    }

    pub(crate) fn control(&self) -> &Arc<Control> {
        match self.0 {}
    }

    pub(crate) fn hear(&mut self, _: Option<Instant>) -> News {
        match self.0 {}
    }

    pub(crate) fn printed(&mut self) -> Vec<u8> {
        match self.0 {}
    }

    pub(crate) fn printed_meanwhile(&self) -> Vec<u8> {
        match self.0 {}
    }

    pub(crate) fn kill(self) -> (Death, Vec<u8>) {
        match self.0 {}
    }

    pub(crate) fn let_go(self, _: Duration) -> (Death, Vec<u8>) {
        match self.0 {}
    }
}

impl Control {
    pub(crate) fn say(&self, _: &Request) -> io::Result<()> {
        match self.0 {}
    }
}

impl Parent {
    pub(crate) fn find() -> io::Result<Self> {
        unsupported()
    }

    pub(crate) fn answers(&self) -> Answers {
        match self.0 {}
    }

    pub(crate) fn first(&mut self) -> Option<Request> {
        match self.0 {}
    }

    pub(crate) fn listen(self, _: impl Fn() + Send + 'static) -> io::Result<Receiver<Request>> {
        match self.0 {}
    }
}

impl Answers {
    pub(crate) fn say(&self, _: &Answer) {
        match self.0 {}
    }

    pub(crate) fn agree(&self, _: &Answer) {
        match self.0 {}
    }

    pub(crate) fn prepare(&self) {
        match self.0 {}
    }

    pub(crate) fn settle(&self) {
        match self.0 {}
    }
}
