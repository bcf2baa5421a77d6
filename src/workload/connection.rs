//! A connection to a node, and one request over it.
//!
//! What matters is whether a request can have had an effect. One that was never written certainly has none; for one
//! that was, only an answer can tell.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::scenario::answer::{MAX_HEADERS, tells_its_end};

/// The largest answer that is read.
const MAX_ANSWER: usize = 16 << 20;

/// A connection with nothing under way.
#[derive(Debug)]
pub(super) struct Connection {
    requests: SendRequest<Full<Bytes>>,
    /// It has carried a request already.
    used: bool,
    /// Moves the bytes; ends when this is dropped, and the connection with it.
    _mover: JoinSet<()>,
}

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// It ended where it said that it would, rather than with its connection.
    pub(super) is_measured: bool,
}

/// Why there was no answer, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// No byte of the request left: it certainly had no effect.
    NotSent(String),
    /// It may have had one. `stale`: the connection had been used before and was closed without a byte of an answer, as
    /// by a server that closes after each.
    Open { why: String, stale: bool },
}

/// Nodes that close connections after an answer without saying so. A request on such a connection would be neither
/// done nor certainly not done.
#[derive(Debug)]
pub(super) struct Closers(Vec<AtomicBool>);

impl Closers {
    pub(super) fn new(nodes: usize) -> Self {
        Self((0..nodes).map(|_| AtomicBool::new(false)).collect())
    }

    pub(super) fn closes(&self, node: usize) -> bool {
        self.0[node].load(Ordering::Relaxed)
    }

    pub(super) fn found(&self, node: usize) {
        self.0[node].store(true, Ordering::Relaxed);
    }
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self, NoAnswer> {
        let failed = |error: io::Error| NoAnswer::NotSent(words(error.kind(), &error));
        let stream = TcpStream::connect(address).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let mut builder = http1::Builder::new();
        // What any client accepts, as `http` steps do.
        builder.max_headers(MAX_HEADERS).allow_obsolete_multiline_headers_in_responses(true);
        let handshake = builder.handshake(TokioIo::new(stream)).await;
        let (requests, mover) = handshake.map_err(|error| NoAnswer::NotSent(error.to_string()))?;
        let mut movers = JoinSet::new();
        movers.spawn(async {
            // An error ends the request that is under way, which reports it.
            let _: hyper::Result<()> = mover.await;
        });
        Ok(Self { requests, used: false, _mover: movers })
    }

    /// Whether another request can be sent, as far as one can know before.
    pub(super) async fn is_open(&mut self) -> bool {
        self.requests.ready().await.is_ok() && !self.requests.is_closed()
    }

    /// Sends a request and reads the answer. The connection comes back when it can be used again.
    pub(super) async fn send(mut self, request: Request<Full<Bytes>>) -> Result<(Reply, Option<Self>), NoAnswer> {
        let stale = self.used;
        let answer = match self.requests.try_send_request(request).await {
            Ok(answer) => answer,
            Err(mut error) => {
                if error.take_message().is_some() {
                    return Err(NoAnswer::NotSent("the connection was closed".to_owned()));
                }
                let error = error.into_error();
                let closed = error.is_incomplete_message() || io_kind(&error).is_some_and(is_broken);
                return Err(NoAnswer::Open { why: why(&error), stale: stale && closed });
            }
        };
        let reply = read(answer).await?;
        self.used = true;
        Ok((reply, Some(self)))
    }
}

async fn read(answer: Response<Incoming>) -> Result<Reply, NoAnswer> {
    let open = |why: &str| NoAnswer::Open { why: why.to_owned(), stale: false };
    let (head, mut incoming) = answer.into_parts();
    let is_measured = tells_its_end(incoming.size_hint().exact(), &head.headers);
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|_| open("half an answer"))?;
        if let Ok(data) = frame.into_data() {
            body.extend_from_slice(&data);
        }
        if body.len() > MAX_ANSWER {
            return Err(open("an answer of more than 16 MB"));
        }
    }
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: body.freeze(), is_measured })
}

fn why(error: &hyper::Error) -> String {
    match io_kind(error) {
        Some(kind) => words(kind, error),
        None if error.is_parse() => "something that is not HTTP".to_owned(),
        None if error.is_incomplete_message() => "closed without an answer".to_owned(),
        None => error.to_string(),
    }
}

fn io_kind(error: &hyper::Error) -> Option<io::ErrorKind> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        source = error.source();
    }
    None
}

fn is_broken(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted)
}

fn words(kind: io::ErrorKind, error: &dyn std::fmt::Display) -> String {
    match kind {
        io::ErrorKind::ConnectionRefused => "refused".to_owned(),
        kind if is_broken(kind) => "reset".to_owned(),
        io::ErrorKind::UnexpectedEof => "half an answer".to_owned(),
        _ => error.to_string(),
    }
}
