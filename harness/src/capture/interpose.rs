//! The process's own `write`, `writev` and `pthread_create`, in front of the C library's.
//!
//! A symbol that the executable defines wins over the same symbol of a shared
//! library, for every caller that goes through the symbol: std's `print!` and `eprint!`, raw calls of `libc::write`.
//! The C library's own `printf` does not, and is not captured.
//!
//! Beside them the lock and the room that each line takes on its way: what needs `unsafe` here stands in this file and in
//! [`roll`].
#![allow(unsafe_code)]

mod roll;

pub(super) use roll::Roll;

use super::kept::Stream;
use super::recording::{Mark, forked_away, keep, may_keep};
use libc::{c_int, c_void, iovec, pthread_mutex_t, size_t, ssize_t};
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
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

/// A mutex of the C library, which is optimised where std's is not: with a guard that one is 298 instructions for a line, and
/// this one a third of that. Whoever waits sleeps, as with std's. A panic does not poison it.
// In this order, for a value that stands first is looked at with some instructions more.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Lock<T> {
    mutex: UnsafeCell<pthread_mutex_t>,
    value: UnsafeCell<T>,
}

// SAFETY: only the thread that holds the mutex gets at the value.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(super) const fn new(value: T) -> Self {
        Lock { mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER), value: UnsafeCell::new(value) }
    }

    /// Waits until nobody else has it.
    #[inline(always)]
    pub(super) fn lock(&'static self) -> Locked<T> {
        // SAFETY: the mutex was initialised for good and is never moved. One of this type cannot fail to be locked.
        unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
        Locked { lock: self, of_this_thread: PhantomData }
    }

    /// Locks it, unless somebody has it.
    pub(super) fn try_lock(&'static self) -> Option<Locked<T>> {
        // SAFETY: as above.
        let status = unsafe { libc::pthread_mutex_trylock(self.mutex.get()) };
        // Made only then: in the end it unlocks.
        (status == 0).then(|| Locked { lock: self, of_this_thread: PhantomData })
    }
}

/// Unlocks in the end, on the thread that has locked.
#[derive(Debug)]
pub(super) struct Locked<T: 'static> {
    lock: &'static Lock<T>,
    of_this_thread: PhantomData<*mut ()>,
}

impl<T> Deref for Locked<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: this thread holds the mutex.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Locked<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this thread holds the mutex, and this is borrowed for it alone.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Locked<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: this thread holds the mutex.
        unsafe { libc::pthread_mutex_unlock(self.lock.mutex.get()) };
    }
}

/// `write(2)`.
///
/// # Safety
///
/// As for `write(2)`: `data` is readable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: c_int, data: *const c_void, len: size_t) -> ssize_t {
    // This runs unoptimised, once for each line that a test prints: hence no call that can be spared. `is_null` is one.
    if let libc::STDOUT_FILENO | libc::STDERR_FILENO = fd
        && data as usize != 0
        && len <= isize::MAX as size_t
    {
        let stream = if fd == libc::STDOUT_FILENO { Stream::Out } else { Stream::Err };
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
        && may_keep()
        && !parts.is_null()
        && (0..=libc::UIO_MAXIOV).contains(&count)
    {
        // SAFETY: the caller promises `count` buffers at `parts`, which is not null.
        let parts = unsafe { std::slice::from_raw_parts(parts, count as usize) };
        // The parts come out as one, and to bring them together nothing may be allocated.
        let mut all = Roll::<{ isize::MAX as usize }>::new();
        let has_all = parts.iter().filter(|part| part.iov_len > 0).all(|part| {
            // The system refuses the rest of these in its own words.
            !part.iov_base.is_null() && part.iov_len <= isize::MAX as usize && {
                // SAFETY: the caller promises that each buffer is readable for its length, which fits an `isize`.
                all.extend(unsafe { std::slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len) })
            }
        });
        if has_all && keep(stream, all.bytes()) {
            return all.len().cast_signed();
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
    use super::{Lock, c_int, c_void, iovec};
    use std::thread;

    /// Prints as code does that goes straight to the descriptor.
    pub(in super::super) fn write_to_stdout(bytes: &[u8]) {
        // SAFETY: the slice is readable for its length.
        let written = unsafe { super::write(libc::STDOUT_FILENO, bytes.as_ptr().cast(), bytes.len()) };
        assert_eq!(usize::try_from(written), Ok(bytes.len()));
    }

    /// Prints all of them at once; the error is a number of the system's.
    pub(in super::super) fn write_parts(parts: &[&[u8]]) -> Result<usize, i32> {
        let parts: Vec<_> = parts.iter().map(|part| (part.as_ptr().cast_mut().cast(), part.len())).collect();
        write_all(&parts)
    }

    /// Prints something, and something that is nowhere.
    pub(in super::super) fn write_nowhere() -> Result<usize, i32> {
        write_all(&[(std::ptr::null_mut(), 1), (c"a".as_ptr().cast_mut().cast(), 1)])
    }

    fn write_all(parts: &[(*mut c_void, usize)]) -> Result<usize, i32> {
        let parts: Vec<_> =
            parts.iter().map(|(base, len)| iovec { iov_base: *base, iov_len: *len }).collect();
        let count = c_int::try_from(parts.len()).unwrap();
        // SAFETY: each part is readable for its length, or nowhere, which the system says.
        let written = unsafe { super::writev(libc::STDOUT_FILENO, parts.as_ptr(), count) };
        usize::try_from(written).map_err(|_| std::io::Error::last_os_error().raw_os_error().unwrap())
    }

    #[test]
    fn a_lock_is_had_by_one_thread_at_a_time_and_given_back_by_one_that_panics() {
        static LOCK: Lock<usize> = Lock::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| *LOCK.lock() += 1));
            }
        });
        let held = LOCK.lock();
        assert_eq!(*held, 4000);
        // Twice: whoever did not get it must not give it back either.
        for _ in 0..2 {
            assert!(thread::scope(|scope| scope.spawn(|| LOCK.try_lock().is_none()).join().unwrap()));
        }
        drop(held);
        let panicked = thread::spawn(|| {
            let _held = LOCK.lock();
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(panicked.join().is_err() && LOCK.try_lock().is_some());
    }
}
