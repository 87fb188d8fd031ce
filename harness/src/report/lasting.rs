//! Files that are open for the whole run, whatever tests do to descriptors meanwhile.

use std::fs::File;
use std::io::{self, Write};

/// A file that is written while tests run. It is never closed, for a test may have done that, and std ends a process that
/// closes a descriptor again; and nothing is written where its descriptor has become another file's.
#[derive(Debug)]
pub(super) struct Lasting {
    file: &'static File,
    identity: Identity,
}

/// What tells a file from any other: a device and a number there.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(file: &File) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    file.metadata().map(|file| (file.dev(), file.ino()))
}

/// Unknown here: every file is the one that it was.
#[cfg(not(unix))]
#[derive(Debug, PartialEq)]
struct Identity;

#[cfg(not(unix))]
fn identity(_: &File) -> io::Result<Identity> {
    Ok(Identity)
}

impl Lasting {
    /// Takes a file for good.
    ///
    /// # Errors
    ///
    /// If the system cannot say what file it is.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let identity = identity(&file)?;
        Ok(Lasting { file: Box::leak(Box::new(file)), identity })
    }

    fn open(&self) -> io::Result<&'static File> {
        match identity(self.file)? == self.identity {
            true => Ok(self.file),
            false => Err(io::Error::other("a test has closed its descriptor")),
        }
    }
}

impl Write for Lasting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
pub(super) use copy::Copied;

#[cfg(unix)]
mod copy {
    use super::{Lasting, identity};
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::fd::{AsFd, AsRawFd};

    /// Writes to a copy of a descriptor, which is neither 1 nor 2: so it is never captured, and a test that closes or redirects
    /// those leaves it alone. Where a test has closed the copy, another is made of what it was a copy of.
    #[derive(Debug)]
    pub(in super::super) struct Copied<S> {
        of: S,
        copy: Lasting,
    }

    impl<S: AsFd> Copied<S> {
        /// Copies a descriptor.
        ///
        /// # Errors
        ///
        /// If it is not open, or the system has no other to give.
        pub(in super::super) fn new(of: S) -> io::Result<Self> {
            let copy = Lasting::new(File::from(of.as_fd().try_clone_to_owned()?))?;
            Ok(Copied { of, copy })
        }

        /// The number of the copy.
        pub(in super::super) fn number(&self) -> i32 {
            self.copy.file.as_raw_fd()
        }
    }

    impl<S: AsFd> Write for Copied<S> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Looked at once: a test may take its place at any time, and what fails here is lost.
            if let Ok(mut file) = self.copy.open() {
                return file.write(bytes);
            }
            let again = File::from(self.of.as_fd().try_clone_to_owned()?);
            if identity(&again)? == self.copy.identity {
                self.copy = Lasting::new(again)?;
            }
            self.copy.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::io::{PipeWriter, Read, pipe};
        use std::os::fd::OwnedFd;

        fn of(writer: PipeWriter) -> Copied<File> {
            Copied::new(File::from(OwnedFd::from(writer))).unwrap()
        }

        /// What a test may have made of a descriptor.
        fn another() -> File {
            File::open("/dev/null").unwrap()
        }

        #[test]
        fn what_is_written_arrives_though_the_copy_has_become_another_file() {
            let (mut reader, writer) = pipe().unwrap();
            let mut copied = of(writer);
            copied.write_all(b"one ").unwrap();
            copied.copy.file = Box::leak(Box::new(another()));
            copied.write_all(b"two ").unwrap();
            copied.write_all(b"three").unwrap();
            let mut text = [0; "one two three".len()];
            reader.read_exact(&mut text).unwrap();
            assert_eq!(text, *b"one two three");
        }

        #[test]
        fn where_neither_is_the_file_any_more_nothing_is_written_and_that_is_an_error() {
            let (_reader, writer) = pipe().unwrap();
            let mut copied = of(writer);
            copied.copy.file = Box::leak(Box::new(another()));
            copied.of = another();
            assert_eq!(copied.write(b"lost").unwrap_err().to_string(), "a test has closed its descriptor");
        }
    }
}
