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

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::gate::Gate;
use super::piece::{Inlet, Piece, What, queue};

/// A target that accepts does so at once; one that does not may as well be down.
const DIAL: Duration = Duration::from_secs(1);
const READ: usize = 16 << 10;

/// What has gone through one flow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicUsize,
    pub(super) bytes: AtomicU64,
    pub(super) held: Arc<AtomicU64>,
}

/// A direction of a connection.
#[derive(Debug)]
pub(super) struct Direction {
    pub(super) gate: Gate,
    pub(super) counters: Arc<Counters>,
}

/// The connection is to end with RST.
#[derive(Debug)]
struct Reset;

/// Carries a connection to its end. `forward` is the direction away from whoever dialled, `back` that of the answers.
pub(super) async fn carry(mut client: TcpStream, target: SocketAddr, forward: Direction, back: Direction, seed: u64) {
    let counters = [Arc::clone(&forward.counters), Arc::clone(&back.counters)];
    for counters in &counters {
        counters.connections.fetch_add(1, Ordering::Relaxed);
    }
    let _count = Counted(counters);
    // A failure costs time only.
    let _: io::Result<()> = client.set_nodelay(true);
    if relay(&mut client, target, forward, back, seed).await.is_err() {
        let _: io::Result<()> = client.set_zero_linger();
    }
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
) -> Result<(), Reset> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (client_read, client_write) = client.split();
    let (inlet, outlet) = queue(&forward.counters.held, ChaCha8Rng::seed_from_u64(rng.next_u64()));
    let mut reset = pin!(forward.gate.clone().reset());
    let beyond = async {
        // Not dialled while cut: the target must not even see that somebody called.
        tokio::select! {
            open = forward.gate.open() => open.map_err(|_| Reset)?,
            () = reset.as_mut() => return Err(Reset),
        }
        let Ok(Ok(mut server)) = timeout(DIAL, TcpStream::connect(target)).await else { return Err(Reset) };
        let _: io::Result<()> = server.set_nodelay(true);
        let (server_read, server_write) = server.split();
        let (answers, answers_out) = queue(&back.counters.held, ChaCha8Rng::seed_from_u64(rng.next_u64()));
        let pumps = async {
            tokio::try_join!(write(outlet, server_write, forward), write(answers_out, client_write, back)).map(drop)
        };
        let result = tokio::select! {
            result = pumps => result,
            never = read(server_read, answers) => match never {},
            () = reset => Err(Reset),
        };
        if result.is_err() {
            let _: io::Result<()> = server.set_zero_linger();
        }
        result
    };
    tokio::select! {
        result = beyond => result,
        never = read(client_read, inlet) => match never {},
    }
}

/// Moves what comes off a socket into its queue, up to its end.
async fn read(socket: ReadHalf<'_>, mut inlet: Inlet) -> Infallible {
    let mut buffer = vec![0; READ];
    loop {
        let read = match socket.readable().await {
            Ok(()) => socket.try_read(&mut buffer),
            Err(error) => Err(error),
        };
        let now = Instant::now();
        match read {
            Ok(0) => {
                inlet.put(What::Fin, now).await;
                break;
            }
            Ok(length) => inlet.put(What::Bytes(buffer[..length].to_vec()), now).await,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => {
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
) -> Result<(), Reset> {
    let mut previous = Instant::now();
    while let Some(piece) = pieces.recv().await {
        previous = leave(&mut direction.gate, &piece, previous).await?;
        match &piece.what {
            What::Bytes(bytes) => {
                if !send(&mut direction, &socket, bytes).await? {
                    // The reader at the other end is gone. What it sent before may still be on its way back.
                    return Ok(());
                }
            }
            What::Fin => {
                let _: io::Result<()> = socket.shutdown().await;
                return Ok(());
            }
            What::Reset => return Err(Reset),
        }
    }
    Ok(())
}

/// Waits until a piece may leave, and returns when it did.
async fn leave(gate: &mut Gate, piece: &Piece, previous: Instant) -> Result<Instant, Reset> {
    loop {
        gate.open().await.map_err(|_| Reset)?;
        let (due, now) = (piece.due(gate.slow(), previous), Instant::now());
        if due <= now {
            return Ok(due);
        }
        tokio::select! {
            () = sleep_until(due) => {}
            changed = gate.changed() => changed.map_err(|_| Reset)?,
        }
    }
}

/// Writes bytes, as many as the socket takes at a time: a cut in between holds the rest. False when nobody reads them.
async fn send(direction: &mut Direction, socket: &WriteHalf<'_>, mut bytes: &[u8]) -> Result<bool, Reset> {
    while !bytes.is_empty() {
        direction.gate.open().await.map_err(|_| Reset)?;
        match socket.try_write(bytes) {
            Ok(written) => {
                direction.counters.bytes.fetch_add(written as u64, Ordering::Relaxed);
                bytes = &bytes[written..];
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if socket.writable().await.is_err() {
                    return Ok(false);
                }
            }
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}
