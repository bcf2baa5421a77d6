//! The server's life: recover, listen, serve, stop.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::super::port;
use super::super::start::AddressBook;
use super::api::Api;
use super::bug::Bug;
use super::error::StorageError;
use super::groups::Grouping;
use super::store::Store;

/// How long requests in flight may take after SIGTERM.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub(super) enum ServerError {
    #[error("cannot listen on {address}: {source}. Does another program use the port?")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot wait for signals: {0}")]
    Signals(io::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("stopped, because the log cannot be written")]
    Writer,
}

/// Serves the values in `folder` on 127.0.0.1 until SIGTERM or SIGINT.
pub(super) async fn run(
    number: u16,
    folder: &Path,
    cluster: Option<(AddressBook, Option<Grouping>)>,
    bug: Bug,
) -> Result<(), ServerError> {
    let mut signals = Signals::new().map_err(ServerError::Signals)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, number));
    let failed = |source| ServerError::Listen { address, source };
    // Listening when the data is loaded.
    let socket = port::bind(address).map_err(failed)?;
    let store = Store::open(folder, cluster, bug)?;
    let listener = port::listen(socket).map_err(failed)?;
    say!("listening on {}", listener.local_addr().map_err(failed)?);

    let api = Arc::new(Api::new(store, bug));
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let end = loop {
        tokio::select! {
            stream = port::accept(&listener) => {
                connections.spawn(serve(stream, api.clone(), stopping.clone(), bug));
            }
            Some(_) = connections.join_next() => {}
            name = signals.next() => {
                say!("{name}: stopping");
                break Ok(());
            }
            () = api.store().failed() => break Err(ServerError::Writer),
        }
    };
    if bug == Bug::SavedBeforeRequestsEnd {
        api.store().close();
        // Widens the window: requests go on being acknowledged after the save.
        sleep(Duration::from_millis(300)).await;
    }
    api.store().stop();
    drop(listener);
    drop(stop);
    let all = async { while connections.join_next().await.is_some() {} };
    let patience = if bug == Bug::WaitsForOpenRequests { Duration::MAX } else { LAST_REQUESTS };
    if timeout(patience, all).await.is_err() {
        say!("dropped {} connections with a request still under way", connections.len());
        connections.shutdown().await;
    }
    if bug != Bug::SavedBeforeRequestsEnd {
        api.store().close();
    }
    end
}

/// Serves one connection, request after request, until either side ends it. When the server is stopping, the
/// request under way is the last.
async fn serve(stream: TcpStream, api: Arc<Api>, mut stopping: watch::Receiver<()>, bug: Bug) {
    // An answer in two packets must not wait for the acknowledgement of the first. A failure costs time only.
    let _: io::Result<()> = stream.set_nodelay(true);
    let answered = AtomicBool::new(false);
    let service = service_fn(|request| {
        let again = answered.swap(true, Ordering::Relaxed);
        let api = api.clone();
        async move {
            if again && bug == Bug::SecondRequestUnanswered {
                std::future::pending::<()>().await;
            }
            Ok::<_, Infallible>(api.answer(request).await)
        }
    });
    // A client may close its half when it has asked. A peer's last request before it died comes like that, too, and late
    // where a link held it: it is heard, as any server would hear it that reads one request after the other.
    let mut http = http1::Builder::new();
    let mut connection = pin!(http.half_close(true).serve_connection(TokioIo::new(stream), service));
    // An error means that the client went away or sent no HTTP; it has had its answer or wants none.
    tokio::select! {
        _ = connection.as_mut() => return,
        // The sender has been dropped: that is the signal.
        _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _: hyper::Result<()> = connection.await;
}

struct Signals {
    term: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals { term: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// The name of the next one.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
