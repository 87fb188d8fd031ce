//! Hands things from threads to one that waits for them. It is what `std::sync::mpsc` is; but nothing here is optimised in
//! the suites that it ends up in, and each type that goes through a channel of std's is 30 kB of code there.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Makes a box for things that are taken out in the order in which they were put in.
pub(crate) fn mailbox<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State { things: VecDeque::new(), senders: 1, received: true }),
        changed: Condvar::new(),
    });
    (Sender { shared: Arc::clone(&shared) }, Receiver { shared })
}

#[derive(Debug)]
struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    things: VecDeque<T>,
    senders: usize,
    /// Whether there is somebody to take things out.
    received: bool,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that things are put into.
#[derive(Debug)]
pub(crate) struct Sender<T> {
    shared: Arc<Shared<T>>,
}

/// Why something was put in in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NobodyWaits;

impl<T> Sender<T> {
    /// Puts something in.
    ///
    /// # Errors
    ///
    /// If nobody will take it out.
    pub(crate) fn send(&self, thing: T) -> Result<(), NobodyWaits> {
        let mut state = self.shared.lock();
        if !state.received {
            return Err(NobodyWaits);
        }
        state.things.push_back(thing);
        drop(state);
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.lock().senders += 1;
        Sender { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.lock().senders -= 1;
        self.shared.changed.notify_one();
    }
}

/// The end that things come out of.
#[derive(Debug)]
pub(crate) struct Receiver<T> {
    shared: Arc<Shared<T>>,
}

/// Why nothing came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nothing {
    /// It did not come in time.
    Late,
    /// Nothing will come any more.
    Over,
}

impl<T> Receiver<T> {
    /// Waits for the next thing, until then or for ever.
    ///
    /// # Errors
    ///
    /// [`Nothing`]; what has been put in before is had even when it is late, or over.
    pub(crate) fn receive(&self, until: Option<Instant>) -> Result<T, Nothing> {
        let mut state = self.shared.lock();
        loop {
            if let Some(thing) = state.things.pop_front() {
                return Ok(thing);
            }
            if state.senders == 0 {
                return Err(Nothing::Over);
            }
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return Err(Nothing::Late),
                Some(left) => {
                    let waited = self.shared.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.lock().received = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_a_moment() -> Option<Instant> {
        Some(Instant::now() + Duration::from_millis(20))
    }

    #[test]
    fn things_come_out_in_their_order_and_the_last_sender_ends_it() {
        let (sender, receiver) = mailbox();
        let another = sender.clone();
        let thread = std::thread::spawn(move || (0..100).for_each(|number| sender.send(number).unwrap()));
        (0..100).for_each(|number| assert_eq!(receiver.receive(None), Ok(number)));
        thread.join().unwrap();
        assert_eq!(receiver.receive(in_a_moment()), Err(Nothing::Late));
        another.send(100).unwrap();
        drop(another);
        assert_eq!(receiver.receive(Some(Instant::now())), Ok(100));
        assert_eq!(receiver.receive(None), Err(Nothing::Over));
    }

    #[test]
    fn whoever_waits_hears_of_the_end() {
        let (sender, receiver) = mailbox::<()>();
        let thread = std::thread::spawn(move || receiver.receive(None));
        drop(sender);
        assert_eq!(thread.join().unwrap(), Err(Nothing::Over));
    }

    #[test]
    fn nothing_is_put_in_where_nobody_waits() {
        let (sender, receiver) = mailbox();
        drop(receiver);
        assert_eq!(sender.send(()), Err(NobodyWaits));
    }
}
