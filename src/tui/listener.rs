//! What the terminal sends, read by a thread of its own.
//!
//! crossterm's own stream goes through a thread, too, but once for each key. On a busy machine the rest of an answer that
//! has come as a whole is then late enough to look like something that was typed. Here nothing that is held back is let
//! go before it is certain that nothing more has arrived.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossterm::event::{self, EventStream};
use tokio::sync::mpsc;

use super::answers::{Answers, Heard};

/// How long nothing may come. Whoever stops the thread wakes it.
const LONG: Duration = Duration::from_secs(3600);
/// A look at what has arrived. crossterm does not look at all if no time is left for that, and does not sleep in the
/// last millisecond of a wait.
const LOOK: Duration = Duration::from_micros(50);

/// It takes all that is typed, of an editor too: it must be dropped before anybody else has the terminal.
pub(super) struct Listener {
    heard: mpsc::UnboundedReceiver<io::Result<Heard>>,
    stopped: Arc<AtomicBool>,
    /// Wakes the thread when it is dropped. Nothing is read from it.
    waker: Option<EventStream>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(super) fn start() -> Listener {
        // First: the thread has all of crossterm's input to itself while it waits.
        let waker = EventStream::new();
        let (to, heard) = mpsc::unbounded_channel();
        let stopped = Arc::new(AtomicBool::new(false));
        let stops = Arc::clone(&stopped);
        let thread = thread::spawn(move || listen(&stops, &to));
        Listener { heard, stopped, waker: Some(waker), thread: Some(thread) }
    }

    /// What came next; none once nothing more can come.
    pub(super) async fn next(&mut self) -> Option<io::Result<Heard>> {
        self.heard.recv().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        drop(self.waker.take());
        // It reads no more once it has ended.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(stopped: &AtomicBool, to: &mpsc::UnboundedSender<io::Result<Heard>>) {
    let mut answers = Answers::default();
    while !stopped.load(Ordering::SeqCst) {
        match turn(&mut answers) {
            Ok(heard) => heard.into_iter().for_each(|heard| drop(to.send(Ok(heard)))),
            Err(error) => return drop(to.send(Err(error))),
        }
    }
}

/// Waits for one input, or for the end of what is held back.
fn turn(answers: &mut Answers) -> io::Result<Vec<Heard>> {
    let arrived = match answers.until() {
        None => event::poll(LONG)?,
        Some(until) => {
            event::poll(LOOK)? || {
                thread::sleep(until.saturating_duration_since(Instant::now()));
                // Twice: one look may have been too late to be one.
                event::poll(LOOK)? || event::poll(LOOK)?
            }
        }
    };
    if arrived {
        return Ok(answers.take(event::read()?, Instant::now()));
    }
    Ok(answers.expire(Instant::now()))
}
