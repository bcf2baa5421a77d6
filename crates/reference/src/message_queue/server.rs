//! The server's life: recover, listen, serve, stop.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{Duration, sleep};

use super::super::kv_store::Journal;
use super::super::port;
use super::super::start::AddressBook;
use super::bug::Bug;
use super::change::Change;
use super::cluster::Cluster;
use super::connection::{Connection, End};
use super::keeper::Keeper;
use super::log::{Found, Log};
use super::queue::{Client, Queue, State};
use super::service::{Event, Service};

#[derive(Debug, thiserror::Error)]
pub(super) enum ServerError {
    #[error("cannot listen on {address}: {source}. Does another program use the port?")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot wait for signals: {0}")]
    Signals(io::Error),
    #[error("cannot read the log: {0}")]
    Log(io::Error),
    #[error("cannot join the cluster: {0}")]
    Journal(String),
    #[error("stopped, because the log cannot be written: {0}")]
    Write(io::Error),
}

/// Serves the jobs in `folder` on 127.0.0.1 until SIGTERM or SIGINT.
pub(super) async fn run(number: u16, folder: &Path, book: Option<AddressBook>, bug: Bug) -> Result<(), ServerError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServerError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServerError::Signals)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, number));
    let failed = |source| ServerError::Listen { address, source };
    // Listening when the data is loaded.
    let socket = port::bind(address).map_err(failed)?;
    let (events, inbox) = channel();
    let mut queue = Queue::new(bug);
    let mut journal = None;
    let keeper = match book {
        None => Keeper::Alone(recover(folder, &mut queue, bug).map_err(ServerError::Log)?),
        Some(book) => {
            let peers = book.peers.clone();
            let opened = Journal::open(folder, book, bug.of_the_journal()).map_err(ServerError::Journal)?;
            let opened = Arc::new(opened);
            journal = Some(Arc::clone(&opened));
            Keeper::Cluster(Cluster::start(&opened, peers, events.clone(), bug))
        }
    };
    let (ended, mut end) = oneshot::channel();
    let service = Service::new(queue, keeper, bug);
    std::thread::spawn(move || {
        let _ = ended.send(service.run(&inbox));
    });
    let listener = port::listen(socket).map_err(failed)?;
    say!("listening on {}", listener.local_addr().map_err(failed)?);

    let mut next: Client = 1;
    loop {
        tokio::select! {
            stream = port::accept(&listener) => {
                tokio::spawn(serve(stream, next, events.clone(), journal.clone(), bug));
                next += 1;
            }
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            ended = &mut end => return ended.unwrap_or(Ok(())).map_err(ServerError::Write),
        }
    }
    say!("stopping");
    // Every answer that was given is on the disk already; what waits is not answered.
    let _ = events.send(Event::Stop);
    let ended = end.await.unwrap_or(Ok(())).map_err(ServerError::Write);
    if let Some(journal) = journal {
        journal.close();
    }
    ended
}

fn recover(folder: &Path, queue: &mut Queue, bug: Bug) -> io::Result<Log> {
    let Found { mut log, changes, dropped } = Log::open(folder, bug)?;
    say!("replayed {} changes", changes.len());
    if dropped > 0 {
        say!("dropped {dropped} bytes of a record cut short at the end of the log");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
    for mut change in changes {
        match (&mut change, bug) {
            (Change::Put { created, .. }, Bug::DelaysRestart) => *created = now,
            (Change::Release { id, at, .. }, Bug::ReleaseDueFromPut) => {
                *at = queue.jobs.get(id).map_or(*at, |job| job.created);
            }
            _ => {}
        }
        queue.apply(&change);
    }
    if bug == Bug::SecondStartRestartsDelays {
        for (id, job) in queue.jobs.iter().filter(|(_, job)| matches!(job.state, State::Delayed { .. })) {
            log.add(&Change::Release { id: *id, pri: job.pri, delay: job.delay, at: now });
        }
        log.flush()?;
    }
    if bug == Bug::IdsRestart {
        queue.forget_ids();
    }
    Ok(log)
}

async fn serve(stream: TcpStream, client: Client, events: Sender<Event>, journal: Option<Arc<Journal>>, bug: Bug) {
    // An answer must not wait for the acknowledgement of the last one. A failure costs time only.
    let _: io::Result<()> = stream.set_nodelay(true);
    if let Some(journal) = journal
        && is_peer(&stream).await
    {
        return serve_peer(stream, journal).await;
    }
    let (end, mut ended) = oneshot::channel();
    let _ = events.send(Event::Opened { client, end });
    let mut connection = Connection { stream, buffer: BytesMut::new(), client, events: events.clone(), bug };
    let end = tokio::select! {
        // An error is the connection's own: it has ended, and that is all there is to say.
        end = connection.serve() => end,
        _ = &mut ended => Ok(End::Gone),
    };
    let unnoticed = match end {
        Ok(End::Quit) => bug == Bug::QuitKeepsJobs,
        Ok(End::Gone) => false,
        Err(_) => bug == Bug::ResetKeepsJobs,
    };
    if !unnoticed {
        let _ = events.send(Event::Closed(client));
    }
}

/// Nodes talk to each other over HTTP, on the port that clients use. No command begins like that.
const PEER: &[u8] = b"POST ";

async fn is_peer(stream: &TcpStream) -> bool {
    let mut begins = [0; PEER.len()];
    loop {
        match stream.peek(&mut begins).await {
            Ok(read) if read == PEER.len() || begins[..read] != PEER[..read] || read == 0 => return begins == PEER,
            // The rest of the word has not come yet.
            Ok(_) => sleep(Duration::from_millis(1)).await,
            Err(_) => return false,
        }
    }
}

async fn serve_peer(stream: TcpStream, journal: Arc<Journal>) {
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let journal = Arc::clone(&journal);
        async move {
            if let Ok(body) = request.into_body().collect().await {
                journal.receive(&body.to_bytes());
            }
            Ok::<_, Infallible>(hyper::Response::new(Full::<Bytes>::default()))
        }
    });
    // An error means that the peer went away; it asks again.
    let _: hyper::Result<()> = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
