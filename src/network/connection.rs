//! One connection through a link: two pumps, each a reader, a queue and a writer that asks the policy.
//!
//! Bytes inside a stream are never dropped with the stream going on: a peer would read nonsense. What cannot be
//! delivered ends the connection with RST. The ends of streams travel in the queue behind the bytes before them, so a cut
//! holds them, too, and a node that is killed on the far side of a cut stays silent.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::gate::{Closed, Gate};
use super::piece::{Inlet, Piece, What, queue};
use super::tap::{Connection, Ending, Farewell, Hold, Reporter, Tap, Way};

/// A target that accepts does so at once; one that does not may as well be down.
const DIAL: Duration = Duration::from_secs(1);
const READ: usize = 16 << 10;

/// What has gone through one flow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicUsize,
    pub(super) sent: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) held: Arc<AtomicU64>,
}

/// A direction of a connection.
#[derive(Debug)]
pub(super) struct Direction {
    pub(super) gate: Gate,
    pub(super) counters: Arc<Counters>,
}

/// The connection is to end with RST, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reset {
    ByPolicy,
    ByNode,
    Unreachable,
    NetworkGone,
}

impl From<Closed> for Reset {
    fn from(closed: Closed) -> Reset {
        match closed {
            Closed::Reset => Reset::ByPolicy,
            Closed::NetworkGone => Reset::NetworkGone,
        }
    }
}

impl From<Reset> for Ending {
    fn from(reset: Reset) -> Ending {
        match reset {
            Reset::ByPolicy => Ending::ResetByPolicy,
            Reset::ByNode => Ending::ResetByNode,
            Reset::Unreachable => Ending::Unreachable,
            Reset::NetworkGone => Ending::NetworkGone,
        }
    }
}

/// What is reported of a connection, and to whom.
#[derive(Debug)]
pub(super) struct Tapped {
    pub(super) tap: Option<Arc<dyn Tap>>,
    pub(super) connection: Arc<Connection>,
}

impl Tapped {
    fn reporter(&self, way: Way) -> Reporter {
        Reporter::new(self.tap.clone(), &self.connection, way)
    }
}

/// Carries a connection to its end. `forward` is the direction away from whoever dialled, `back` that of the answers.
pub(super) async fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    forward: Direction,
    back: Direction,
    seed: u64,
    tapped: Tapped,
) {
    let counters = [Arc::clone(&forward.counters), Arc::clone(&back.counters)];
    for counters in &counters {
        counters.connections.fetch_add(1, Ordering::Relaxed);
    }
    let _count = Counted(counters);
    // Dropped before it: a connection that is no longer counted has been reported.
    let mut farewell = Farewell::new(tapped.tap.clone(), &tapped.connection);
    // A failure costs time only.
    let _: io::Result<()> = client.set_nodelay(true);
    farewell.ending = match relay(&mut client, target, forward, back, seed, &tapped).await {
        Ok(()) => Ending::Closed,
        Err(reset) => {
            let _: io::Result<()> = client.set_zero_linger();
            reset.into()
        }
    };
}

struct Counted([Arc<Counters>; 2]);

impl Drop for Counted {
    fn drop(&mut self) {
        for counters in &self.0 {
            counters.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

async fn relay(
    client: &mut TcpStream,
    target: SocketAddr,
    mut forward: Direction,
    back: Direction,
    seed: u64,
    tapped: &Tapped,
) -> Result<(), Reset> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (client_read, client_write) = client.split();
    let (inlet, outlet) = queue(&forward.counters.held, ChaCha8Rng::seed_from_u64(rng.next_u64()));
    let mut reset = pin!(forward.gate.clone().reset());
    let (ahead, answered) = (tapped.reporter(Way::Forward), tapped.reporter(Way::Back));
    let (client_reader, server_reader) = (ahead.clone(), answered.clone());
    let (asked, returned) = (Arc::clone(&forward.counters), Arc::clone(&back.counters));
    let beyond = async {
        if forward.gate.is_shut() {
            ahead.held(Hold::Cut);
        }
        // Not dialled while cut: the target must not even see that somebody called.
        tokio::select! {
            open = forward.gate.open() => open?,
            closed = reset.as_mut() => return Err(closed.into()),
        }
        let Ok(Ok(mut server)) = timeout(DIAL, TcpStream::connect(target)).await else {
            return Err(Reset::Unreachable);
        };
        let _: io::Result<()> = server.set_nodelay(true);
        let (server_read, server_write) = server.split();
        let (answers, answers_out) = queue(&back.counters.held, ChaCha8Rng::seed_from_u64(rng.next_u64()));
        let pumps = async {
            let forward = write(outlet, server_write, forward, ahead);
            tokio::try_join!(forward, write(answers_out, client_write, back, answered)).map(drop)
        };
        let result = tokio::select! {
            result = pumps => result,
            never = read(server_read, answers, server_reader, &returned) => match never {},
            closed = reset => Err(closed.into()),
        };
        if result.is_err() {
            let _: io::Result<()> = server.set_zero_linger();
        }
        result
    };
    tokio::select! {
        result = beyond => result,
        never = read(client_read, inlet, client_reader, &asked) => match never {},
    }
}

/// Moves what comes off a socket into its queue, up to its end.
async fn read(socket: ReadHalf<'_>, mut inlet: Inlet, mut reporter: Reporter, counters: &Counters) -> Infallible {
    let mut buffer = vec![0; READ];
    loop {
        let read = match socket.readable().await {
            Ok(()) => socket.try_read(&mut buffer),
            Err(error) => Err(error),
        };
        let now = Instant::now();
        match read {
            Ok(0) => {
                reporter.sender_ended(now.into_std(), false);
                inlet.put(What::Fin, now).await;
                break;
            }
            Ok(length) => {
                let bytes = Bytes::copy_from_slice(&buffer[..length]);
                counters.sent.fetch_add(length as u64, Ordering::Relaxed);
                reporter.came(now.into_std(), &bytes);
                inlet.put(What::Bytes(bytes), now).await;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => {
                reporter.sender_ended(now.into_std(), true);
                inlet.put(What::Reset, now).await;
                break;
            }
        }
    }
    std::future::pending().await
}

/// Lets each piece leave when the policy says so. Returns when the stream has come to its end.
async fn write(
    mut pieces: mpsc::UnboundedReceiver<Piece>,
    mut socket: WriteHalf<'_>,
    mut direction: Direction,
    mut reporter: Reporter,
) -> Result<(), Reset> {
    let mut previous = Instant::now();
    while let Some(piece) = pieces.recv().await {
        previous = leave(&mut direction.gate, &piece, previous, &reporter).await?;
        match &piece.what {
            What::Bytes(bytes) => {
                if !send(&mut direction, &socket, bytes, &mut reporter).await? {
                    reporter.receiver_gone();
                    // The reader at the other end is gone. What it sent before may still be on its way back.
                    return Ok(());
                }
            }
            What::Fin => {
                let _: io::Result<()> = socket.shutdown().await;
                return Ok(());
            }
            What::Reset => return Err(Reset::ByNode),
        }
    }
    Ok(())
}

/// Waits until a piece may leave, and returns when it did.
async fn leave(gate: &mut Gate, piece: &Piece, previous: Instant, reporter: &Reporter) -> Result<Instant, Reset> {
    loop {
        open(gate, reporter).await?;
        let (due, now) = (piece.due(gate.slow(), previous), Instant::now());
        if due <= now {
            return Ok(due);
        }
        reporter.held(Hold::Slow);
        tokio::select! {
            () = sleep_until(due) => {}
            changed = gate.changed() => changed?,
        }
    }
}

/// Waits until the flow is not cut, and reports it if there is anything to wait for.
async fn open(gate: &mut Gate, reporter: &Reporter) -> Result<(), Closed> {
    if gate.is_shut() {
        reporter.held(Hold::Cut);
    }
    gate.open().await
}

/// Writes bytes, as many as the socket takes at a time: a cut in between holds the rest. False when nobody reads them.
async fn send(
    direction: &mut Direction,
    socket: &WriteHalf<'_>,
    mut bytes: &[u8],
    reporter: &mut Reporter,
) -> Result<bool, Reset> {
    while !bytes.is_empty() {
        open(&mut direction.gate, reporter).await?;
        match socket.try_write(bytes) {
            Ok(written) => {
                direction.counters.bytes.fetch_add(written as u64, Ordering::Relaxed);
                reporter.handed_over(written);
                bytes = &bytes[written..];
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                reporter.held(Hold::Full);
                if socket.writable().await.is_err() {
                    return Ok(false);
                }
            }
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}
