//! What travels through a link, piece by piece, and when each piece may leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;

use super::policy::Slow;

/// Bytes that one direction of a connection may hold before its reader stops, as a full socket buffer would make it.
const HELD: u32 = 256 << 10;
/// The first retransmission of TCP comes no earlier; each further one takes twice as long.
const RETRANSMISSION: Duration = Duration::from_millis(200);
/// A piece that is lost more often than this would be minutes late, and look like a cut.
const MOST_LOSSES: u32 = 6;

/// What came off a socket.
#[derive(Debug)]
pub(super) enum What {
    Bytes(Bytes),
    /// The sender has closed its half.
    Fin,
    /// The sender has reset the connection.
    Reset,
}

#[derive(Debug)]
pub(super) struct Piece {
    pub(super) what: What,
    pub(super) arrived: Instant,
    luck: Luck,
    _held: Option<Held>,
}

/// Drawn once for each piece, so that asking again when it is due gives the same answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Luck {
    /// From -1 to 1: where in the jitter it falls.
    jitter: f64,
    /// From 0 to 1: how often it is lost.
    loss: f64,
}

impl Luck {
    pub(super) fn draw(rng: &mut ChaCha8Rng) -> Luck {
        let mut unit = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        Luck { jitter: 2.0 * unit() - 1.0, loss: unit() }
    }

    /// How much later retransmissions make it, where a piece is lost with this chance.
    fn lateness(self, loss: f64) -> Duration {
        let mut losses = 0;
        let mut chance = loss;
        while losses < MOST_LOSSES && self.loss < chance {
            losses += 1;
            chance *= loss;
        }
        RETRANSMISSION * ((1 << losses) - 1)
    }
}

impl Piece {
    /// When it may leave, by how slow the flow is now and when the piece before it left. Never before that piece.
    pub(super) fn due(&self, slow: Option<Slow>, previous: Instant) -> Instant {
        due(self.arrived, self.len(), self.luck, slow, previous)
    }

    fn len(&self) -> usize {
        match &self.what {
            What::Bytes(bytes) => bytes.len(),
            What::Fin | What::Reset => 0,
        }
    }
}

fn due(arrived: Instant, bytes: usize, luck: Luck, slow: Option<Slow>, previous: Instant) -> Instant {
    let Some(slow) = slow else { return arrived.max(previous) };
    let jitter = slow.jitter.as_secs_f64() * luck.jitter;
    let delay = Duration::from_secs_f64((slow.delay.as_secs_f64() + jitter).max(0.0));
    let leaves = (arrived + delay + luck.lateness(slow.loss)).max(previous);
    match slow.rate {
        Some(rate) => leaves.max(previous + Duration::from_secs_f64(bytes as f64 / rate as f64)),
        None => leaves,
    }
}

/// Counts bytes as held for as long as it lives, and keeps their room.
#[derive(Debug)]
struct Held {
    bytes: u64,
    held: Arc<AtomicU64>,
    _room: OwnedSemaphorePermit,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Where a reader puts pieces.
#[derive(Debug)]
pub(super) struct Inlet {
    room: Arc<Semaphore>,
    held: Arc<AtomicU64>,
    pieces: mpsc::UnboundedSender<Piece>,
    rng: ChaCha8Rng,
}

/// Pieces on their way, bounded by their bytes. `held` counts those of the flow.
pub(super) fn queue(held: &Arc<AtomicU64>, rng: ChaCha8Rng) -> (Inlet, mpsc::UnboundedReceiver<Piece>) {
    let (pieces, outlet) = mpsc::unbounded_channel();
    (Inlet { room: Arc::new(Semaphore::new(HELD as usize)), held: Arc::clone(held), pieces, rng }, outlet)
}

impl Inlet {
    /// Waits for room. `arrived` is when the bytes came, not when there was room for them.
    pub(super) async fn put(&mut self, what: What, arrived: Instant) {
        let bytes = if let What::Bytes(bytes) = &what { bytes.len() as u64 } else { 0 };
        let held = match u32::try_from(bytes) {
            Ok(room @ 1..) => {
                // The semaphore is never closed.
                let Ok(permit) = Arc::clone(&self.room).acquire_many_owned(room.min(HELD)).await else { return };
                self.held.fetch_add(bytes, Ordering::Relaxed);
                Some(Held { bytes, held: Arc::clone(&self.held), _room: permit })
            }
            _ => None,
        };
        // Without a receiver the connection is over.
        let _ = self.pieces.send(Piece { what, arrived, luck: Luck::draw(&mut self.rng), _held: held });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    const LUCKY: Luck = Luck { jitter: 0.0, loss: 0.999 };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[tokio::test(start_paused = true)]
    async fn delay_counts_from_arrival_and_never_overtakes() {
        let start = Instant::now();
        let slow = Slow { delay: ms(100), jitter: ms(40), ..Slow::default() };
        let due = |at, jitter, previous| {
            due(start + ms(at), 10, Luck { jitter, loss: 1.0 }, Some(slow), start + ms(previous)) - start
        };
        assert_eq!(due(0, 0.0, 0), ms(100));
        assert_eq!(due(5, 0.0, 100), ms(105), "a burst is delayed once, not piece by piece");
        assert_eq!(due(0, 1.0, 0), ms(140));
        assert_eq!(due(10, -1.0, 140), ms(140), "order is kept");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_spaces_pieces_by_their_bytes() {
        let start = Instant::now();
        let slow = Slow { rate: Some(1000), ..Slow::default() };
        let first = due(start, 500, LUCKY, Some(slow), start);
        assert_eq!(first - start, ms(500));
        assert_eq!(due(start, 250, LUCKY, Some(slow), first) - start, ms(750));
        assert_eq!(due(start, 250, LUCKY, None, first), first, "healed, it leaves at once and in order");
    }

    #[test]
    fn losses_come_with_their_chance_and_double_the_wait() {
        let late = |loss| Luck { jitter: 0.0, loss }.lateness(0.1);
        assert_eq!([late(0.5), late(0.05), late(0.005)], [ms(0), ms(200), ms(600)]);
        assert_eq!(Luck { jitter: 0.0, loss: 0.0 }.lateness(0.9), RETRANSMISSION * 63);
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let lost = (0..10_000).filter(|_| Luck::draw(&mut rng).lateness(0.1) > ms(0)).count();
        assert!((850..1150).contains(&lost), "{lost}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_makes_its_reader_wait_and_counts_what_it_holds() {
        let held = Arc::new(AtomicU64::new(0));
        let (mut inlet, mut outlet) = queue(&held, ChaCha8Rng::seed_from_u64(1));
        for _ in 0..16 {
            inlet.put(What::Bytes(vec![0; 16 << 10].into()), Instant::now()).await;
        }
        assert_eq!(held.load(Ordering::Relaxed), 256 << 10);
        let more = inlet.put(What::Bytes(Bytes::from_static(&[1])), Instant::now());
        assert!(tokio::time::timeout(ms(50), more).await.is_err());
        drop(outlet.recv().await);
        assert_eq!(held.load(Ordering::Relaxed), 240 << 10);
        inlet.put(What::Bytes(Bytes::from_static(&[1])), Instant::now()).await;
        drop((inlet, outlet));
        assert_eq!(held.load(Ordering::Relaxed), 0);
    }
}
