//! One link: a port that is kept for the whole run, and a listener on it while its target accepts.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::connection::{Counters, Direction, Tapped, carry};
use super::gate::Gate;
use super::policy::Policy;
use super::tap::{Connection, Tap};

/// Connections that may wait for an accept.
const BACKLOG: u32 = 1024;
/// Where `from` dials `to`.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) from: Arc<str>,
    pub(super) to: Arc<str>,
    pub(super) address: SocketAddr,
    target: SocketAddr,
    forward: Arc<Counters>,
    back: Arc<Counters>,
    policy: watch::Receiver<Arc<Policy>>,
    /// Bound and never listening: it keeps the port while the listener beside it is closed, so that connects are refused and
    /// nobody else gets them.
    _keeper: TcpSocket,
    acceptor: Mutex<Option<JoinHandle<()>>>,
    /// Numbers connections, so that each makes its own random draws.
    seed: Arc<AtomicU64>,
    /// Bounds the connections that it carries or holds at once.
    room: Arc<Semaphore>,
    tap: Option<Arc<dyn Tap>>,
}

/// Numbers the connections of all links.
static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

impl Link {
    #[expect(clippy::too_many_arguments, reason = "a link is what it lies between")]
    pub(super) fn new(
        from: &Arc<str>,
        to: &Arc<str>,
        address: SocketAddr,
        target: SocketAddr,
        forward: Arc<Counters>,
        back: Arc<Counters>,
        policy: watch::Receiver<Arc<Policy>>,
        seed: u64,
        room: usize,
        tap: Option<Arc<dyn Tap>>,
    ) -> io::Result<Link> {
        Ok(Link {
            from: Arc::clone(from),
            to: Arc::clone(to),
            address,
            target,
            forward,
            back,
            policy,
            _keeper: bound(address)?,
            acceptor: Mutex::default(),
            seed: Arc::new(AtomicU64::new(seed)),
            room: Arc::new(Semaphore::new(room)),
            tap,
        })
    }

    /// Accepts from now on.
    pub(super) fn open(self: &Arc<Self>) -> io::Result<()> {
        let mut acceptor = self.acceptor.lock().unwrap_or_else(PoisonError::into_inner);
        if acceptor.is_none() {
            let listener = bound(self.address)?.listen(BACKLOG)?;
            *acceptor = Some(tokio::spawn(accept(Arc::clone(self), listener)));
        }
        Ok(())
    }

    /// Refuses from now on. Connections go on to their own ends.
    pub(super) async fn close(&self) {
        let acceptor = self.acceptor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(acceptor) = acceptor {
            acceptor.abort();
            // Being aborted is what was asked for.
            let _ = acceptor.await;
        }
    }

    /// As `close`, for when nothing can be awaited.
    pub(super) fn abandon(&self) {
        let acceptor = self.acceptor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(acceptor) = acceptor {
            acceptor.abort();
        }
    }
}

/// SO_REUSEADDR lets the listener stand beside the keeper.
fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept(link: Arc<Link>, listener: TcpListener) {
    loop {
        // The semaphore is never closed.
        let Ok(room) = Arc::clone(&link.room).acquire_owned().await else { return };
        let client = match listener.accept().await {
            Ok((client, _)) => client,
            // Out of file descriptors, or a client that has gone already: the next try may do better, and the wait keeps it
            // from spinning.
            Err(_) => {
                sleep(Duration::from_millis(5)).await;
                continue;
            }
        };
        let direction = |from, to, counters: &Arc<Counters>| Direction {
            gate: Gate::new(link.policy.clone(), from, to),
            counters: Arc::clone(counters),
        };
        let forward = direction(&link.from, &link.to, &link.forward);
        let back = direction(&link.to, &link.from, &link.back);
        let seed = link.seed.fetch_add(1, Ordering::Relaxed);
        let target = link.target;
        let (from, to) = (Arc::clone(&link.from), Arc::clone(&link.to));
        let number = CONNECTIONS.fetch_add(1, Ordering::Relaxed);
        let tapped = Tapped { tap: link.tap.clone(), connection: Arc::new(Connection { number, from, to }) };
        // The dial is the connection's own: a slow one must not keep others from being accepted.
        tokio::spawn(async move {
            carry(client, target, forward, back, seed, tapped).await;
            drop(room);
        });
    }
}
