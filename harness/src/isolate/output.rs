//! What a process prints: one pipe for standard output and standard error, so that their order is kept, read by a thread
//! of its own.
//!
//! A pipe is a queue. So to have all that was printed up to now, the run puts a mark into the same pipe and waits until
//! the reader has come across it: whatever the process, its C code or its children wrote before stands before it. The
//! process takes no part in this, and may be dead.

use crate::aside;
use crate::capture::{Kept, Stream};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The run's end of a pipe that a process prints to.
pub(super) struct Output {
    writer: PipeWriter,
    read: Arc<Shared>,
}

struct Shared {
    tape: Mutex<Tape>,
    marked: Condvar,
}

#[derive(Default)]
struct Tape {
    /// What was printed, in bounded memory.
    kept: Kept,
    /// The mark that is under way, until it is found; and what was read last, which it may begin in.
    mark: Option<Vec<u8>>,
    end: Vec<u8>,
    /// What was printed up to the mark that was found, until it is taken.
    found: Option<Vec<u8>>,
    /// Whether nothing more can be read.
    over: bool,
}

/// How much is read at once: what a pipe holds.
const CHUNK: usize = 64 * 1024;

/// How long to leave a pipe alone that is full and must not be waited for: the process may have said so.
const PAUSE: Duration = Duration::from_millis(1);

impl Output {
    /// A pipe, and its other end for a process.
    ///
    /// # Errors
    ///
    /// If the system has no pipe or no thread to give.
    pub(super) fn new() -> io::Result<(Self, PipeWriter)> {
        let (reader, writer) = pipe()?;
        let read = Arc::new(Shared { tape: Mutex::default(), marked: Condvar::new() });
        let shared = Arc::clone(&read);
        aside::start("test-output", move || shared.fill(reader))?;
        let other = writer.try_clone()?;
        Ok((Output { writer, read }, other))
    }

    /// Everything printed up to now and not taken yet.
    pub(super) fn so_far(&mut self) -> Vec<u8> {
        let mark = new_mark();
        self.read.lock().mark = Some(mark.clone());
        let marked = self.write(&mark);
        let tape = self.read.lock();
        let in_vain = |tape: &mut Tape| marked.is_ok() && tape.found.is_none() && !tape.over;
        let mut tape = self.read.marked.wait_while(tape, in_vain).unwrap_or_else(PoisonError::into_inner);
        tape.found.take().unwrap_or_else(|| tape.take())
    }

    /// What has been read and not taken yet.
    pub(super) fn take(&self) -> Vec<u8> {
        self.read.lock().take()
    }

    /// Writes a mark, which fits a pipe in one piece.
    fn write(&mut self, mark: &[u8]) -> io::Result<()> {
        loop {
            match self.writer.write(mark) {
                // Both ends are one open file to the system, and a test may have made that one not wait.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return written.map(|_| ()),
            }
        }
    }
}

impl Shared {
    fn fill(&self, mut reader: PipeReader) {
        let mut chunk = vec![0; CHUNK];
        loop {
            match reader.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(len) => self.append(&chunk[..len]),
            }
        }
        self.lock().over = true;
        self.marked.notify_all();
    }

    fn append(&self, chunk: &[u8]) {
        if self.lock().append(chunk) {
            self.marked.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tape> {
        self.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tape {
    /// Adds what was read; answers whether the mark was found.
    fn append(&mut self, chunk: &[u8]) -> bool {
        let Some(mark) = &self.mark else {
            self.kept.append(Stream::Out, chunk);
            return false;
        };
        self.end.extend_from_slice(chunk);
        match find(&self.end, mark) {
            Some(at) => {
                self.kept.append(Stream::Out, &self.end[..at]);
                self.found = Some(self.kept.take().to_vec());
                self.kept.append(Stream::Out, &self.end[at + mark.len()..]);
                self.end.clear();
                self.mark = None;
                true
            }
            None => {
                // It may be read in two pieces.
                let whole = self.end.len().saturating_sub(mark.len());
                self.kept.append(Stream::Out, &self.end[..whole]);
                self.end.drain(..whole);
                false
            }
        }
    }

    /// Takes all that there is.
    fn take(&mut self) -> Vec<u8> {
        self.mark = None;
        self.kept.append(Stream::Out, &self.end);
        self.end.clear();
        self.kept.take().to_vec()
    }
}

/// Bytes that no process prints: they are made anew each time, by what nobody can know.
fn new_mark() -> Vec<u8> {
    let secret = RandomState::new();
    format!("\0async-harness {:016x}{:016x}\0", secret.hash_one(0), secret.hash_one(1)).into_bytes()
}

/// Where `mark` begins, whose first byte is rare in what is printed.
fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let mut begin = 0;
    while let Some(at) = bytes[begin..].iter().position(|byte| *byte == 0) {
        begin += at;
        if bytes[begin..].starts_with(mark) {
            return Some(begin);
        }
        begin += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_is_had_up_to_the_moment_of_asking() {
        let (mut output, mut process) = Output::new().unwrap();
        assert_eq!(output.so_far(), b"");
        for text in [&b"one\n"[..], b"\0\0", &[b'x'; 200_000], b"last"] {
            process.write_all(text).unwrap();
            assert!(output.so_far() == text);
        }
    }

    #[test]
    fn it_is_had_from_a_process_that_is_gone() {
        let (mut output, mut process) = Output::new().unwrap();
        process.write_all(b"to the end").unwrap();
        drop(process);
        assert_eq!(output.so_far(), b"to the end");
        assert_eq!(output.so_far(), b"");
    }

    #[test]
    fn what_comes_later_is_left_for_later() {
        let (mut output, mut process) = Output::new().unwrap();
        process.write_all(b"first").unwrap();
        assert_eq!(output.so_far(), b"first");
        process.write_all(b"between").unwrap();
        assert_eq!(output.so_far(), b"between");
        assert_eq!(output.take(), b"");
    }

    #[test]
    fn of_a_flood_beginning_and_end_are_had() {
        let (mut output, mut process) = Output::new().unwrap();
        let line = "flood ".repeat(200);
        (0..20_000).for_each(|nth| writeln!(process, "{nth} {line}").unwrap());
        let text = String::from_utf8(output.so_far()).unwrap();
        assert!(text.len() < 4 << 20, "{} bytes", text.len());
        assert!(
            text.starts_with("0 flood ")
                && text.trim_end().ends_with(&format!("\n19999 {}", line.trim_end()))
        );
        assert!(text.contains(" bytes of output are left out here]\n"));
        process.write_all(b"next").unwrap();
        assert_eq!(output.so_far(), b"next");
    }

    #[test]
    fn a_mark_is_found_in_whatever_pieces_it_is_read() {
        let mark = new_mark();
        let bytes = [b"before\0", &mark[..], b"\0after"].concat();
        for cut in 0..bytes.len() {
            let mut tape = Tape { mark: Some(mark.clone()), ..Tape::default() };
            let (first, second) = bytes.split_at(cut);
            assert_ne!(tape.append(first), tape.append(second), "cut at {cut}");
            assert_eq!(tape.found.take().as_deref(), Some(&b"before\0"[..]));
            assert_eq!(tape.take(), b"\0after");
        }
    }

    #[test]
    fn a_mark_is_found_wherever_it_begins() {
        let mark = new_mark();
        assert_ne!(mark, new_mark());
        for before in [&b""[..], b"\0", b"\0async-harness ", b"text"] {
            let bytes = [before, &mark, b"after"].concat();
            assert_eq!(find(&bytes, &mark), Some(before.len()));
            assert_eq!(find(&bytes[..before.len() + mark.len() - 1], &mark), None);
        }
    }
}
