//! A line to each peer: messages to it go in order, in requests to `/raft/messages`, over one connection that is kept
//! open. Each line is a task of its own, so that a silent peer delays nobody but itself.
//!
//! A request is answered when the peer has taken it, not when it has done anything; replies come as messages, over
//! the peer's own line. What cannot be delivered is dropped: Raft asks again.
//!
//! Pieces of snapshots have a second line to each peer, with more patience: on a slow link a heartbeat does not wait for
//! one.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::super::super::start::AddressBook;
use super::super::bug::Bug;
use super::super::raft::{Message, NodeId};
use super::wire;

/// Where peers take messages.
pub(in super::super) const PATH: &str = "/raft/messages";

/// A call that takes longer is given up, and its connection with it: answers would come in the wrong order.
const CALL: Duration = Duration::from_millis(200);

/// How often `tail-cut-by-old-message` sends a request.
const AGAIN: usize = 4;
/// And how long it waits before each.
const PAUSE: Duration = Duration::from_millis(300);

/// The least that a line carries, in bytes per millisecond: a call with large values takes longer.
const SLOWEST: u64 = 1 << 10;

/// A call with a piece of a snapshot may take this long.
const PIECE: Duration = Duration::from_secs(5);

/// Messages that wait for the line. What a leader has to say when it is full is old by the time that it could go.
const QUEUE: usize = 64;

/// A request is full at this many bytes.
const REQUEST: usize = 2 << 20;

pub(super) struct Lines {
    queues: HashMap<NodeId, mpsc::Sender<Message>>,
    pieces: HashMap<NodeId, mpsc::Sender<Message>>,
    absent: Absent,
}

/// Peers that a seeded bug leaves out of account: who has ended, or who is silent.
type Absent = Arc<Mutex<BTreeSet<NodeId>>>;

impl Lines {
    /// Starts the tasks. They end when this is dropped.
    pub(super) fn new(book: &AddressBook, bug: Bug) -> Lines {
        let absent = Absent::default();
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        let line = |(peer, address): (&NodeId, &SocketAddr)| {
            let (queue, messages) = mpsc::channel(QUEUE);
            match bug {
                Bug::HeartbeatsOneByOne => tokio::spawn(run_in_turn(*address, messages, turn.clone())),
                Bug::TailCutByOldMessage => tokio::spawn(run_with_repeats(*address, messages)),
                _ => tokio::spawn(run(peer.clone(), *address, messages, absent.clone(), bug)),
            };
            (peer.clone(), queue)
        };
        let line_of_pieces = |(peer, address): (&NodeId, &SocketAddr)| {
            // One piece at a time is under way. A second one is the first again.
            let (queue, pieces) = mpsc::channel(1);
            let patience = if bug == Bug::SnapshotSentWhole { CALL } else { PIECE };
            tokio::spawn(run_with_pieces(*address, pieces, patience));
            (peer.clone(), queue)
        };
        Lines {
            queues: book.peers.iter().map(line).collect(),
            pieces: book.peers.iter().map(line_of_pieces).collect(),
            absent,
        }
    }

    /// Empty except with a bug.
    pub(super) fn absent(&self) -> BTreeSet<NodeId> {
        self.absent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Never waits. The message is lost when the line is full or the peer unknown.
    pub(super) fn send(&self, to: &NodeId, message: Message) {
        let lines = if message.piece.is_empty() { &self.queues } else { &self.pieces };
        if let Some(queue) = lines.get(to) {
            let _ = queue.try_send(message);
        }
    }
}

async fn run(peer: NodeId, address: SocketAddr, mut messages: mpsc::Receiver<Message>, absent: Absent, bug: Bug) {
    let mut connection = None;
    while let Some(body) = next_request(&mut messages).await {
        let patience = CALL + Duration::from_millis(body.len() as u64 / SLOWEST);
        let called = timeout(patience, send(address, connection, body)).await;
        let (silent, refused) = (called.is_err(), matches!(called, Ok(Err(_))));
        // Too late, refused, or cut off.
        connection = called.ok().and_then(Result::ok);
        let is_absent = match bug {
            Bug::MajorityOfTheLiving | Bug::RedirectsForEver => refused,
            Bug::MajorityOfTheReachable => silent,
            _ => continue,
        };
        let mut absent = absent.lock().unwrap_or_else(PoisonError::into_inner);
        if is_absent {
            absent.insert(peer.clone());
        } else {
            absent.remove(&peer);
        }
    }
}

async fn run_with_pieces(address: SocketAddr, mut pieces: mpsc::Receiver<Message>, patience: Duration) {
    let mut connection = None;
    while let Some(body) = next_request(&mut pieces).await {
        connection = timeout(patience, send(address, connection, body)).await.ok().and_then(Result::ok);
    }
}

/// `heartbeats-one-by-one`: one peer at a time, for as long as it takes.
async fn run_in_turn(address: SocketAddr, mut messages: mpsc::Receiver<Message>, turn: Arc<tokio::sync::Mutex<()>>) {
    let mut connection = None;
    while let Some(body) = next_request(&mut messages).await {
        let _turn = turn.lock().await;
        connection = send(address, connection, body).await.ok();
    }
}

/// `tail-cut-by-old-message`: a request that is not answered in time is sent again, over a connection of its own, while
/// newer ones go on.
async fn run_with_repeats(address: SocketAddr, mut messages: mpsc::Receiver<Message>) {
    let (mut connection, mut repeats) = (None, JoinSet::new());
    while let Some(body) = next_request(&mut messages).await {
        while repeats.try_join_next().is_some() {}
        let called = timeout(CALL, send(address, connection, body.clone())).await;
        let is_late = called.is_err();
        connection = called.ok().and_then(Result::ok);
        if is_late {
            repeats.spawn(async move {
                for _ in 0..AGAIN {
                    sleep(PAUSE).await;
                    if timeout(CALL, send(address, None, body.clone())).await.is_ok() {
                        return;
                    }
                }
            });
        }
    }
}

/// Everything that waits, as far as it fits.
async fn next_request(messages: &mut mpsc::Receiver<Message>) -> Option<Bytes> {
    let mut body = Vec::new();
    wire::encode(messages.recv().await?, &mut body);
    while body.len() < REQUEST
        && let Ok(next) = messages.try_recv()
    {
        wire::encode(next, &mut body);
    }
    Some(body.into())
}

/// Returns when whoever listens there has answered, or refused. Only for `stuck-on-silent-peer`.
pub(super) async fn ask(address: SocketAddr) {
    let _ = send(address, None, Bytes::new()).await;
}

/// Sends messages. Returns the connection when it can be used again.
async fn send(
    address: SocketAddr,
    kept: Option<Connection>,
    body: Bytes,
) -> Result<Connection, Box<dyn Error + Send + Sync>> {
    post(address, PATH, kept, body).await.map(|(connection, _)| connection)
}

/// One to a peer.
pub(in super::super) struct Connection {
    requests: SendRequest<Full<Bytes>>,
    /// Moves the bytes; ends when this is dropped, and the connection with it.
    _mover: JoinSet<()>,
}

/// Sends one request. Returns the connection, which can be used again then, and the answer.
pub(in super::super) async fn post(
    address: SocketAddr,
    path: &str,
    kept: Option<Connection>,
    body: Bytes,
) -> Result<(Connection, Bytes), Box<dyn Error + Send + Sync>> {
    let mut connection = match kept.filter(|kept| !kept.requests.is_closed()) {
        Some(kept) => kept,
        None => connect(address).await?,
    };
    connection.requests.ready().await?;
    let request = Request::post(path)
        .header(HOST, address.to_string())
        .header(CONTENT_TYPE, "application/octet-stream")
        .body(Full::new(body))?;
    let answer = connection.requests.send_request(request).await?;
    let answer = answer.into_body().collect().await?.to_bytes();
    Ok((connection, answer))
}

async fn connect(address: SocketAddr) -> Result<Connection, Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (requests, mover) = http1::handshake(TokioIo::new(stream)).await?;
    let mut movers = JoinSet::new();
    movers.spawn(async {
        // An error ends the call that is under way, which reports it.
        let _: hyper::Result<()> = mover.await;
    });
    Ok(Connection { requests, _mover: movers })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use hyper::server;
    use hyper::service::service_fn;
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::super::super::super::start::Pace;
    use super::super::super::raft::Body;
    use super::*;

    fn message(term: u64) -> Message {
        Message { from: "n1".into(), term, body: Body::Outdated, entries: Vec::new(), piece: Bytes::new() }
    }

    /// A peer that takes what comes, connection after connection.
    async fn take(listener: TcpListener, taken: mpsc::UnboundedSender<Vec<Message>>) {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service_fn(|request: Request<hyper::body::Incoming>| async {
                let body = request.into_body().collect().await.unwrap().to_bytes();
                taken.send(wire::decode(&body).unwrap()).unwrap();
                Ok::<_, Infallible>(hyper::Response::new(Full::<Bytes>::default()))
            });
            // Ends when the line is dropped.
            let _ = server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        }
    }

    #[tokio::test]
    async fn a_silent_peer_delays_nobody_else_and_loses_its_connection() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peers = [("n2", &silent), ("n3", &good)]
            .map(|(peer, listener)| (NodeId::from(peer), listener.local_addr().unwrap()));
        let members = ["n1", "n2", "n3"].map(NodeId::from).into();
        let book = AddressBook { id: "n1".into(), peers: peers.into(), members, pace: Pace::USUAL };
        let (taken, mut arrived) = mpsc::unbounded_channel();
        tokio::spawn(take(good, taken));
        let lines = Lines::new(&book, Bug::None);

        for term in 1..=1000 {
            lines.send(&"n2".into(), message(term));
        }
        let sent: Vec<Message> = (1..=20).map(message).collect();
        for message in &sent {
            lines.send(&"n3".into(), message.clone());
        }
        let all = async {
            let mut all = Vec::new();
            while all.len() < sent.len() {
                all.extend(arrived.recv().await.unwrap());
            }
            all
        };
        assert_eq!(timeout(Duration::from_secs(5), all).await.unwrap(), sent);
        let (mut stream, _) = silent.accept().await.unwrap();
        let mut bytes = Vec::new();
        timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    }
}
