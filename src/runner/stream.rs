//! The stream of events from a run to whoever listens.
//!
//! A run does not wait for its reader, because waiting would distort the times of tests. But events that are made
//! faster than they are read take up memory, and a pack can make them without end, so the number of bytes in flight is
//! limited. Whoever makes many events waits in [`Sink::room`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, mpsc};

use crate::facts::Stamped;

/// At most this many bytes may be in flight. Honest tests stay far below it, however slow a terminal is.
const MOST: usize = 32 << 20;

/// Where a run sends its events.
#[derive(Debug, Clone)]
pub struct Sink {
    sender: mpsc::UnboundedSender<(usize, Stamped)>,
    way: Arc<Way>,
}

/// Where they are read.
#[derive(Debug)]
pub struct Events {
    receiver: mpsc::UnboundedReceiver<(usize, Stamped)>,
    way: Arc<Way>,
}

#[derive(Debug, Default)]
struct Way {
    bytes: AtomicUsize,
    less: Notify,
    /// Nobody reads any more.
    over: AtomicBool,
}

pub fn stream() -> (Sink, Events) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let way = Arc::new(Way::default());
    (Sink { sender, way: Arc::clone(&way) }, Events { receiver, way })
}

impl Sink {
    /// Sends an event that takes about this many bytes.
    pub(super) fn send(&self, bytes: usize, event: Stamped) {
        self.way.bytes.fetch_add(bytes, Ordering::Relaxed);
        // That nobody listens is not a reason to stop.
        let _ = self.sender.send((bytes, event));
    }

    /// Waits until more may be sent.
    pub(super) async fn room(&self) {
        while self.is_full() {
            let less = self.way.less.notified();
            // Checked again: a read that came before that line woke nobody.
            if self.is_full() {
                less.await;
            }
        }
    }

    fn is_full(&self) -> bool {
        self.way.bytes.load(Ordering::Relaxed) > MOST && !self.way.over.load(Ordering::Relaxed)
    }
}

impl Events {
    /// The next event; none when the run is over and all have been read.
    pub async fn recv(&mut self) -> Option<Stamped> {
        let (bytes, event) = self.receiver.recv().await?;
        Some(self.read(bytes, event))
    }

    /// The next event, if there already is one.
    pub fn try_recv(&mut self) -> Option<Stamped> {
        let (bytes, event) = self.receiver.try_recv().ok()?;
        Some(self.read(bytes, event))
    }

    fn read(&self, bytes: usize, event: Stamped) -> Stamped {
        let before = self.way.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if before > MOST {
            self.way.less.notify_waiters();
        }
        event
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.way.over.store(true, Ordering::Relaxed);
        self.way.less.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::facts::Event;

    fn note() -> Stamped {
        Stamped { at: Duration::ZERO, event: Event::Note { text: String::new() } }
    }

    #[tokio::test]
    async fn a_full_stream_has_room_again_when_it_is_read() {
        let (sink, mut events) = stream();
        sink.room().await;
        sink.send(MOST, note());
        sink.send(1, note());
        let room = sink.room();
        tokio::pin!(room);
        assert!(futures_util::poll!(&mut room).is_pending());
        events.recv().await.unwrap();
        room.await;
    }

    #[tokio::test]
    async fn nobody_waits_for_a_reader_that_has_gone() {
        let (sink, events) = stream();
        sink.send(MOST + 1, note());
        let room = sink.room();
        tokio::pin!(room);
        assert!(futures_util::poll!(&mut room).is_pending());
        drop(events);
        room.await;
        sink.room().await;
    }
}
