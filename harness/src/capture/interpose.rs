//! The process's own `write`, `writev` and `pthread_create`, in front of the C library's.
//!
//! A symbol that the executable defines wins over the same symbol of a shared
//! library, for every caller that goes through the symbol: std's `print!` and `eprint!`, raw calls of `libc::write`.
//! The C library's own `printf` does not, and is not captured.
#![allow(unsafe_code)]

use super::kept::Stream;
use super::recording::{Mark, forked_away, keep};
use libc::{c_int, c_void, iovec, size_t, ssize_t};
use std::sync::Once;

/// Whether output can be captured in this build.
pub(crate) const AVAILABLE: bool = true;

/// Whether it is known of each thread that it is started.
pub(super) const KNOWS_THREADS: bool = cfg!(all(target_env = "gnu", not(target_feature = "crt-static")));

/// Keeps the linker from dropping the symbols that nothing in this crate calls.
#[used]
static WRITE: unsafe extern "C" fn(c_int, *const c_void, size_t) -> ssize_t = write;
#[used]
static WRITEV: unsafe extern "C" fn(c_int, *const iovec, c_int) -> ssize_t = writev;

/// Has to be called before the first recording.
pub(super) fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        extern "C" fn forked() {
            forked_away();
        }
        // SAFETY: the handler stores to an atomic and to a thread-local without a destructor, which is allowed in a
        // forked child. Failing to register it (out of memory) costs only the output of such a child.
        unsafe { libc::pthread_atfork(None, None, Some(forked)) };
    });
}

fn recorded(fd: c_int) -> Option<Stream> {
    match fd {
        libc::STDOUT_FILENO => Some(Stream::Out),
        libc::STDERR_FILENO => Some(Stream::Err),
        _ => None,
    }
}

/// [`Vec::extend_from_slice`] as the C library would do it: that takes 400 instructions of unoptimised code for a line.
pub(super) fn append(kept: &mut Vec<u8>, bytes: &[u8]) {
    let length = kept.len();
    kept.reserve(bytes.len());
    let end = kept.as_mut_ptr().wrapping_add(length);
    // SAFETY: there is room for so many bytes behind those that the vector has, and nobody else has the vector.
    unsafe { libc::memcpy(end.cast(), bytes.as_ptr().cast(), bytes.len()) };
    // SAFETY: they have been written just now.
    unsafe { kept.set_len(length + bytes.len()) };
}

/// `write(2)`.
///
/// # Safety
///
/// As for `write(2)`: `data` is readable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: c_int, data: *const c_void, len: size_t) -> ssize_t {
    // This runs unoptimised, once for each line that a test prints: hence no call that can be spared.
    if let Some(stream) = recorded(fd)
        && !data.is_null()
        && len <= isize::MAX as size_t
    {
        // SAFETY: the caller promises `len` readable bytes at `data`, which is not null, and `len` fits an `isize`.
        let bytes = unsafe { &*std::ptr::slice_from_raw_parts(data.cast::<u8>(), len) };
        if keep(stream, bytes) {
            return len.cast_signed();
        }
    }
    // SAFETY: the same call with the same arguments, for which the caller answers; it sets `errno` as `write` does.
    (unsafe { libc::syscall(libc::SYS_write, fd, data, len) }) as ssize_t
}

/// `writev(2)`.
///
/// # Safety
///
/// As for `writev(2)`: `parts` points to `count` buffers, each readable for its length.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    if let Some(stream) = recorded(fd)
        && !parts.is_null()
        && let Ok(count) = usize::try_from(count)
    {
        // SAFETY: the caller promises `count` buffers at `parts`, which is not null.
        let parts = unsafe { std::slice::from_raw_parts(parts, count) };
        let mut bytes = Vec::new();
        for part in parts.iter().filter(|part| part.iov_len > 0) {
            // SAFETY: the caller promises that each buffer is readable for its length.
            let part = unsafe { std::slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len) };
            bytes.extend_from_slice(part);
        }
        if keep(stream, &bytes) {
            return bytes.len().cast_signed();
        }
    }
    // SAFETY: the same call with the same arguments, for which the caller answers; it sets `errno` as `writev` does.
    (unsafe { libc::syscall(libc::SYS_writev, fd, parts, count) }) as ssize_t
}

/// Gives each thread that a test starts the mark of the thread that started it.
#[cfg(all(target_env = "gnu", not(target_feature = "crt-static")))]
mod threads {
    use super::super::recording::starts_thread;
    use super::Mark;
    use libc::{c_int, c_void, pthread_attr_t, pthread_t};
    use std::sync::OnceLock;

    type Start = extern "C" fn(*mut c_void) -> *mut c_void;
    type Create = unsafe extern "C" fn(*mut pthread_t, *const pthread_attr_t, Start, *mut c_void) -> c_int;

    #[used]
    static CREATE: Create = pthread_create;

    /// What a marked thread is started with.
    struct Marked {
        mark: Mark,
        start: Start,
        argument: *mut c_void,
    }

    /// `pthread_create(3)`.
    ///
    /// # Safety
    ///
    /// As for `pthread_create(3)`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn pthread_create(
        thread: *mut pthread_t,
        attributes: *const pthread_attr_t,
        start: Start,
        argument: *mut c_void,
    ) -> c_int {
        let Some(create) = next() else { return libc::EAGAIN };
        starts_thread();
        let Some(mark) = Mark::to_inherit() else {
            // SAFETY: the same call with the same arguments, for which the caller answers.
            return unsafe { create(thread, attributes, start, argument) };
        };
        mark.thread_starts();
        let marked = Box::into_raw(Box::new(Marked { mark, start, argument })).cast();
        // SAFETY: `thread` and `attributes` are the caller's; `begin` takes the box that is handed to it.
        let status = unsafe { create(thread, attributes, begin, marked) };
        if status != 0 {
            // SAFETY: no thread was started, so the box made above still has no other owner.
            drop(unsafe { Box::from_raw(marked.cast::<Marked>()) });
        }
        status
    }

    extern "C" fn begin(marked: *mut c_void) -> *mut c_void {
        // SAFETY: `pthread_create` above made this box for this thread alone.
        let marked = unsafe { Box::from_raw(marked.cast::<Marked>()) };
        let Marked { mark, start, argument } = *marked;
        mark.adopt();
        mark.thread_begins();
        let result = start(argument);
        mark.thread_ends();
        result
    }

    /// The C library's `pthread_create`.
    fn next() -> Option<Create> {
        static NEXT: OnceLock<Option<Create>> = OnceLock::new();
        *NEXT.get_or_init(|| {
            // SAFETY: the name ends with a nul byte; looking a symbol up has no other requirement.
            let symbol = unsafe { libc::dlsym(libc::RTLD_NEXT, c"pthread_create".as_ptr()) };
            // SAFETY: the symbol of this name has this signature on every Unix; null is `None`.
            unsafe { std::mem::transmute::<*mut c_void, Option<Create>>(symbol) }
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    /// Prints as code does that goes straight to the descriptor.
    pub(in super::super) fn write_to_stdout(bytes: &[u8]) {
        // SAFETY: the slice is readable for its length.
        let written = unsafe { super::write(libc::STDOUT_FILENO, bytes.as_ptr().cast(), bytes.len()) };
        assert_eq!(usize::try_from(written), Ok(bytes.len()));
    }
}
