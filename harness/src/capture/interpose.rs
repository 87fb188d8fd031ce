//! The process's own `write`, `writev` and `pthread_create`, in front of the C library's.
//!
//! A symbol that the executable defines wins over the same symbol of a shared
//! library, for every caller that goes through the symbol: std's `print!` and `eprint!`, raw calls of `libc::write`.
//! The C library's own `printf` does not, and is not captured.
//!
//! Beside them the lock and the room that each line takes on its way: what needs `unsafe` here stands in this file alone.
#![allow(unsafe_code)]

use super::kept::Stream;
use super::recording::{Mark, forked_away, keep};
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

/// [`Vec::extend_from_slice`] as the C library would do it: that takes 400 instructions of unoptimised code for a line.
/// Answers whether there was memory for it; where there is none, nothing is added.
pub(super) fn append(kept: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let length = kept.len();
    if kept.try_reserve(bytes.len()).is_err() {
        return false;
    }
    let end = kept.as_mut_ptr().wrapping_add(length);
    // SAFETY: there is room for so many bytes behind those that the vector has, and nobody else has the vector.
    unsafe { libc::memcpy(end.cast(), bytes.as_ptr().cast(), bytes.len()) };
    // SAFETY: they have been written just now.
    unsafe { kept.set_len(length + bytes.len()) };
    true
}

/// At most so many bytes, of which a vector is made in the end. To ask a vector whether it has room, and to tell it how long
/// it is, takes longer in unoptimised code than to copy a short line: that is kept beside it.
#[derive(Debug)]
pub(super) struct Roll<const LIMIT: usize> {
    /// Is longer than it says, except where it has just been told.
    bytes: Vec<u8>,
    /// Where in the vector the next byte goes.
    end: *mut u8,
    /// How many bytes more may go there, before the vector has to grow or the limit is met.
    room: usize,
}

// SAFETY: the pointer points into the vector, which comes along.
unsafe impl<const LIMIT: usize> Send for Roll<LIMIT> {}

/// How much room a roll has at least, once there is something on it.
const FIRST_ROOM: usize = 1024;

impl<const LIMIT: usize> Roll<LIMIT> {
    /// Nothing so far.
    pub(super) const fn new() -> Self {
        Roll { bytes: Vec::new(), end: std::ptr::dangling_mut(), room: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.capacity().min(LIMIT) - self.room
    }

    /// Adds these bytes, all of them or none; answers whether there was room.
    #[inline(always)]
    pub(super) fn append(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.room {
            return false;
        }
        // SAFETY: there is room for so many bytes, as has just been compared, and nobody else has the vector.
        unsafe { libc::memcpy(self.end.cast(), bytes.as_ptr().cast(), bytes.len()) };
        self.end = self.end.wrapping_add(bytes.len());
        self.room -= bytes.len();
        true
    }

    /// Adds these bytes, all of them or none; answers whether there was memory for them. They have to fit within the limit.
    pub(super) fn extend(&mut self, bytes: &[u8]) -> bool {
        if self.append(bytes) {
            return true;
        }
        let len = self.settle();
        if self.bytes.try_reserve(bytes.len().max(FIRST_ROOM)).is_err() {
            return false;
        }
        self.end = self.bytes.as_mut_ptr().wrapping_add(len);
        self.room = self.bytes.capacity().min(LIMIT) - len;
        assert!(self.append(bytes), "more bytes than the limit allows");
        true
    }

    /// Takes all of it.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.settle();
        std::mem::take(self).bytes
    }

    /// Tells the vector how long it is.
    fn settle(&mut self) -> usize {
        let len = self.len();
        // SAFETY: so many bytes have been written, none of them past the vector's capacity.
        unsafe { self.bytes.set_len(len) };
        len
    }
}

impl<const LIMIT: usize> Default for Roll<LIMIT> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const LIMIT: usize> Clone for Roll<LIMIT> {
    fn clone(&self) -> Self {
        // SAFETY: so many bytes of the vector have been written, and none is while it is borrowed.
        let bytes = unsafe { std::slice::from_raw_parts(self.bytes.as_ptr(), self.len()) };
        let mut clone = Self::new();
        // Where there is no memory for it, it is empty.
        clone.extend(bytes);
        clone
    }
}

/// A mutex of the C library, which is optimised where std's is not: with a guard that one is 298 instructions for a line, and
/// this one a third of that. Whoever waits sleeps, as with std's. A panic does not poison it.
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
    use super::{FIRST_ROOM, Lock, Roll};
    use std::thread;

    /// Prints as code does that goes straight to the descriptor.
    pub(in super::super) fn write_to_stdout(bytes: &[u8]) {
        // SAFETY: the slice is readable for its length.
        let written = unsafe { super::write(libc::STDOUT_FILENO, bytes.as_ptr().cast(), bytes.len()) };
        assert_eq!(usize::try_from(written), Ok(bytes.len()));
    }

    #[test]
    fn a_roll_takes_what_its_limit_allows_and_gives_it_back_in_order() {
        const LIMIT: usize = 3 * FIRST_ROOM + 1;
        let mut roll = Roll::<LIMIT>::new();
        assert!(roll.append(b"") && !roll.append(b"a"), "there is no room at first");
        let all: Vec<u8> = (0..=u8::MAX).cycle().take(LIMIT).collect();
        assert!(all.chunks(7).all(|part| roll.extend(part)));
        assert!(roll.len() == LIMIT && roll.append(b"") && !roll.append(b"a"), "it is full");
        let mut clone = roll.clone();
        assert!(roll.take() == all && clone.take() == all);
        assert!(roll.extend(b"again"));
        assert_eq!((roll.len(), roll.take(), roll.len()), (5, b"again".to_vec(), 0));
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
