//! One request to a node and what came of it.
//!
//! A node has two clients for each of its starts. One keeps connections alive, as most clients do; the other makes
//! a connection for each request. A server may close an idle connection at any moment, also while the next
//! request is on its way, so a request that fails on a kept connection and may be repeated (RFC 9110, 9.2.2) is
//! sent once more on a connection of its own before the program is blamed. Requests that must not be repeated
//! never use a kept connection.

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::cluster::{Cluster, Deadline, GrantedTime};
use crate::scenario;
use crate::scenario::answer::{MAX_HEADERS, tells_its_end};

use crate::facts::{Answer, Answered, Cause, Excerpt, Operation, OperationId, Part};

/// The largest answer that is read.
const MAX_ANSWER: usize = 16 << 20;
/// The most memory that is reserved for an answer before it has come.
const MAX_ROOM: usize = 2 << 20;
/// How long a connection may be idle and still be used. Short, so that few servers close it first.
const KEPT: Duration = Duration::from_secs(1);

/// What to send.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Bytes>,
    pub(super) timeout: Duration,
}

/// An answer in full, beside its excerpt in the [`Operation`].
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// It ended where it said that it would. Otherwise the end of its connection was its end, as HTTP/1.0 has it.
    pub(super) is_measured: bool,
}

impl Reply {
    pub(super) fn answer(&self) -> scenario::answer::Answer<'_> {
        scenario::answer::Answer { status: self.status, headers: &self.headers, body: &self.body }
    }
}

/// A request with what came of it.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) operation: Operation,
    pub(super) sent: Option<Bytes>,
    pub(super) reply: Option<Reply>,
    /// The step expects no answer.
    pub(super) wanted_error: bool,
}

/// Numbers the requests of a run. Clones share the count: clients last as long as a cluster, and a run has several
/// clusters.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers(Arc<AtomicU64>);

impl Numbers {
    fn next(&self) -> OperationId {
        OperationId(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// HTTP clients, a pair for each start of a node.
#[derive(Debug)]
pub(super) struct Clients {
    time: GrantedTime,
    numbers: Numbers,
    nodes: Mutex<HashMap<String, Arc<Pair>>>,
}

#[derive(Debug)]
struct Pair {
    kept: reqwest::Client,
    fresh: reqwest::Client,
}

impl Pair {
    fn new() -> Result<Self, reqwest::Error> {
        let builder = || {
            // Nothing between the test and the program: no proxy from the environment, no retries, no redirects.
            reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .http1_only()
                // Folded lines are obsolete but valid (RFC 9112, 5.2), and nothing limits the number of headers.
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http1_max_headers(MAX_HEADERS)
                .tcp_nodelay(true)
        };
        Ok(Self {
            kept: builder().pool_idle_timeout(KEPT).pool_max_idle_per_host(64).build()?,
            fresh: builder().pool_max_idle_per_host(0).build()?,
        })
    }
}

impl Clients {
    pub(super) fn new(time: &GrantedTime, numbers: &Numbers) -> Self {
        Self { time: time.clone(), numbers: numbers.clone(), nodes: Mutex::default() }
    }

    fn pair(&self, node: &str) -> Result<Arc<Pair>, reqwest::Error> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = nodes.get(node) {
            return Ok(pair.clone());
        }
        let pair = Arc::new(Pair::new()?);
        nodes.insert(node.to_owned(), pair.clone());
        Ok(pair)
    }

    /// Closes the idle connections to a node, before it is stopped: a port with connections that the node has to
    /// close itself stays taken for a minute.
    pub(super) fn close(&self, node: &str) {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner).remove(node);
    }

    /// Sends one request to a node, without following redirects. `began` is the run's start.
    ///
    /// A node that is killed while it answers ends its connections. An answer whose only end that is may be cut short,
    /// and nobody can tell.
    pub(super) async fn ask(&self, cluster: &Cluster, node: &str, request: &Request, began: Instant) -> Exchange {
        let kills = cluster.kills(node);
        let asked = kills.now();
        let mut exchange = self.send(node, cluster.address(node), request, began).await;
        if kills.happened_since(asked)
            && let Some(reply) = exchange.reply.take_if(|reply| !reply.is_measured)
        {
            let part = Some(Part { promised: None, came: reply.body.len() as u64 });
            let detail = "the program was killed, and its answer had no other end than the connection's".to_owned();
            exchange.operation.result = Answered::NoAnswer { cause: Cause::HalfAnswer, detail, part, starved: false };
        }
        exchange
    }

    async fn send(&self, node: &str, address: SocketAddr, request: &Request, began: Instant) -> Exchange {
        let called = Instant::now();
        let result = match self.pair(node) {
            Ok(pair) => exchange(&pair, address, request, &self.time.deadline(request.timeout)).await,
            Err(error) => Err(NoAnswer::local(error.to_string())),
        };
        let (result, reply) = match result {
            Ok(reply) => (Answered::Answer(shown(&reply)), Some(reply)),
            Err(NoAnswer { cause, detail, part, starved }) => {
                (Answered::NoAnswer { cause, detail, part, starved }, None)
            }
        };
        let operation = self.operation(node, address, request, (called, began), result);
        Exchange { operation, sent: request.body.clone(), reply, wanted_error: false }
    }

    /// A request that nobody waits for any longer. `called`: when it was sent; `began`: the run's start.
    pub(super) fn abandoned(
        &self,
        cluster: &Cluster,
        node: &str,
        request: &Request,
        (called, began): (Instant, Instant),
    ) -> Operation {
        let result =
            Answered::NoAnswer { cause: Cause::Abandoned, detail: String::new(), part: None, starved: false };
        self.operation(node, cluster.address(node), request, (called, began), result)
    }

    fn operation(
        &self,
        node: &str,
        address: SocketAddr,
        request: &Request,
        (called, began): (Instant, Instant),
        result: Answered,
    ) -> Operation {
        Operation {
            id: Some(self.numbers.next()),
            node: node.to_owned(),
            address: address.to_string(),
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            body: request.body.as_deref().map(Excerpt::new),
            hops: Vec::new(),
            called: called.duration_since(began),
            took: called.elapsed(),
            result,
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
struct NoAnswer {
    cause: Cause,
    detail: String,
    part: Option<Part>,
    starved: bool,
}

impl NoAnswer {
    fn local(detail: String) -> Self {
        Self { cause: Cause::Local, detail, part: None, starved: false }
    }
}

async fn exchange(
    pair: &Pair,
    address: SocketAddr,
    request: &Request,
    deadline: &Deadline,
) -> Result<Reply, NoAnswer> {
    let attempt = async |client: &reqwest::Client| {
        let mut part = None;
        match deadline.limit(once(client, address, request, &mut part)).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err((cause, detail))) => Err(NoAnswer { cause, detail, part, starved: false }),
            Err(expired) => {
                let detail = format!("no complete answer within {:?}", request.timeout);
                Err(NoAnswer { cause: Cause::TimedOut, detail, part, starved: expired.is_starved() })
            }
        }
    };
    if !repeatable(request) {
        return attempt(&pair.fresh).await;
    }
    match attempt(&pair.kept).await {
        // A program that ended during the first attempt refuses the second: the first attempt's error says more.
        Err(first @ NoAnswer { cause: Cause::Closed | Cause::Reset, .. }) => match attempt(&pair.fresh).await {
            Err(NoAnswer { cause: Cause::Refused, .. }) => Err(first),
            result => result,
        },
        result => result,
    }
}

/// Whether a request may be sent twice without anyone noticing.
fn repeatable(request: &Request) -> bool {
    let conditional = request.headers.iter().any(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name.starts_with("if-") || name == "idempotency-key"
    });
    matches!(request.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE") && !conditional
}

/// `part` is what has come so far; it stays readable for a caller that has stopped waiting.
async fn once(
    client: &reqwest::Client,
    address: SocketAddr,
    request: &Request,
    part: &mut Option<Part>,
) -> Result<Reply, (Cause, String)> {
    let local = |error: String| (Cause::Local, error);
    let url = Url::parse(&format!("http://{address}{}", request.path)).map_err(|error| local(error.to_string()))?;
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| local(error.to_string()))?;
    let mut headers = HeaderMap::new();
    if let Some(body) = &request.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(reqwest::header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| local(error.to_string()))?;
        let value = HeaderValue::from_str(value).map_err(|error| local(error.to_string()))?;
        headers.insert(name, value);
    }
    let mut built = client.request(method, url).headers(headers);
    if let Some(body) = &request.body {
        built = built.body(body.clone());
    }
    let mut response = built.send().await.map_err(|error| cause(&error, false))?;
    let promised = response.content_length();
    *part = Some(Part { promised, came: 0 });
    // Reserves room for all of it at once, but does not take the program's word for huge lengths.
    let room = promised.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default();
    let mut body = BytesMut::with_capacity(room.min(MAX_ROOM));
    while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error, true))? {
        body.extend_from_slice(&chunk);
        *part = Some(Part { promised, came: body.len() as u64 });
        if body.len() > MAX_ANSWER {
            return Err((Cause::TooLarge, format!("more than {} MB of answer", MAX_ANSWER >> 20)));
        }
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let is_measured = tells_its_end(promised, &headers);
    Ok(Reply { status: status.as_u16(), headers, body: body.freeze(), is_measured })
}

/// What went wrong, from the errors below reqwest's. `answering`: the head of an answer had come.
fn cause(error: &reqwest::Error, answering: bool) -> (Cause, String) {
    let first: &(dyn Error + 'static) = error;
    let chain: Vec<_> = std::iter::successors(Some(first), |&error| error.source()).collect();
    let detail = chain.last().map_or_else(String::new, ToString::to_string);
    let io = chain.iter().rev().find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind);
    let hyper = chain.iter().find_map(|error| error.downcast_ref::<hyper::Error>());
    let cause = match io {
        Some(io::ErrorKind::ConnectionRefused) => Cause::Refused,
        Some(io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse) => Cause::Local,
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted) => {
            Cause::Reset
        }
        Some(io::ErrorKind::TimedOut) => Cause::TimedOut,
        Some(io::ErrorKind::UnexpectedEof) if answering => Cause::HalfAnswer,
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Cause::Garbage,
        _ if error.is_connect() => Cause::Local,
        _ => match hyper {
            Some(hyper) if hyper.is_parse() || hyper.is_parse_status() || hyper.is_parse_too_large() => {
                Cause::Garbage
            }
            _ if answering => Cause::HalfAnswer,
            _ => Cause::Closed,
        },
    };
    (cause, detail)
}

fn shown(reply: &Reply) -> Answer {
    let headers = reply.headers.iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Answer {
        status: reply.status,
        headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: Excerpt::new(&reply.body),
        unsettled: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Serves each connection by writing `answers` in turn, one for each request, and then closing it.
    async fn server(answers: &'static [&'static [u8]]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    for answer in answers {
                        if socket.read(&mut buffer).await.unwrap_or(0) == 0 {
                            return;
                        }
                        let _ = socket.write_all(answer).await;
                    }
                });
            }
        });
        address
    }

    async fn get(address: SocketAddr) -> Exchange {
        get_with(&Clients::new(&GrantedTime::begin(), &Numbers::default()), address).await
    }

    async fn get_with(clients: &Clients, address: SocketAddr) -> Exchange {
        let request = Request {
            method: "GET".into(),
            path: "/kv/a".into(),
            headers: Vec::new(),
            body: None,
            timeout: Duration::from_millis(500),
        };
        clients.send("n1", address, &request, Instant::now()).await
    }

    fn cause_of(exchange: &Exchange) -> Option<Cause> {
        match exchange.operation.result {
            Answered::NoAnswer { cause, .. } => Some(cause),
            Answered::Answer(_) => None,
        }
    }

    #[tokio::test]
    async fn any_http_framing_is_understood() {
        let answers: [&[&[u8]]; 6] = [
            &[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"],
            &[b"HTTP/1.0 200 Fine\r\n\r\nx"],
            &[b"HTTP/1.1 200 \r\ntransfer-encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"],
            &[b"HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 1\r\nConnection: close\r\nX-More: 1\r\n\r\nx"],
            &[b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx"],
            &[b"HTTP/1.1 200 OK\r\nX-Note: one\r\n\ttwo\r\nContent-Length: 1\r\n\r\nx"],
        ];
        let many = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 1\r\n\r\nx", "X-More: 1\r\n".repeat(120));
        let many: &'static [u8] = many.leak().as_bytes();
        let many: &'static [&'static [u8]] = vec![many].leak();
        for answer in answers.into_iter().chain([many]) {
            let exchange = get(server(answer).await).await;
            let reply = exchange.reply.unwrap_or_else(|| panic!("{:?}", exchange.operation.result));
            assert_eq!((reply.status, &reply.body[..]), (200, &b"x"[..]));
        }
    }

    #[tokio::test]
    async fn a_server_that_closes_without_a_word_is_asked_again() {
        // The server closes each connection after one answer and does not say so.
        let address = server(&[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"]).await;
        let clients = Clients::new(&GrantedTime::begin(), &Numbers::default());
        for _ in 0..50 {
            let exchange = get_with(&clients, address).await;
            assert_eq!(cause_of(&exchange), None, "{:?}", exchange.operation.result);
        }
    }

    #[tokio::test]
    async fn what_came_of_a_broken_answer_is_counted() {
        let cases: [(&'static [&'static [u8]], Option<Part>); 5] = [
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhalf"], Some(Part { promised: Some(6), came: 4 })),
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhalf", b""], Some(Part { promised: Some(6), came: 4 })),
            (&[b"HTTP/1.1 200 OK\r\n\r\nhalf", b""], Some(Part { promised: None, came: 4 })),
            (&[b"HTTP/1.1 200 OK\r\nContent-Le"], None),
            (&[b"", b""], None),
        ];
        for (answers, wanted) in cases {
            let exchange = get(server(answers).await).await;
            let Answered::NoAnswer { part, cause, .. } = exchange.operation.result else { panic!("{exchange:?}") };
            assert_eq!(part, wanted, "{cause:?}");
        }
    }

    #[tokio::test]
    async fn each_way_to_fail_has_its_name() {
        let cases: [(&'static [&'static [u8]], Cause); 5] = [
            (&[b""], Cause::Closed),
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"], Cause::HalfAnswer),
            (&[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"], Cause::HalfAnswer),
            (&[b"hello there, this is no HTTP\r\n\r\n"], Cause::Garbage),
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b"never"], Cause::TimedOut),
        ];
        for (answers, wanted) in cases {
            let exchange = get(server(answers).await).await;
            assert_eq!(cause_of(&exchange), Some(wanted), "{:?}", exchange.operation.result);
        }
        let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = unused.local_addr().unwrap();
        drop(unused);
        assert_eq!(cause_of(&get(address).await), Some(Cause::Refused));
    }
}
