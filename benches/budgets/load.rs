//! Clients of workloads: how many operations they do, against a bare loop over the same connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::header::HOST;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use lsfr::challenge::{self, Origin};
use lsfr::scenario::load::Kind;
use lsfr::workload::{Crew, Directory, KeySet, Plan};
use tokio::net::{TcpListener, TcpStream};

use super::{ROUNDS, Result, Row, median};

const CLIENTS: u32 = 16;
const FOR: Duration = Duration::from_secs(1);

/// Both loops, in turn, against a server that does nothing.
pub(super) fn load() -> Result<Vec<Row>> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let address = server().await?;
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(bare_rate(address).await?);
            ours.push(our_rate(address).await?);
        }
        let (ours, bare) = (median(ours), median(bare));
        let made_of = format!("{ours:.0} operations a second, a bare loop {bare:.0}");
        Ok(vec![Row {
            what: "rate of a bare loop over that of a workload",
            figure: bare / ours,
            budget: 2.0,
            unit: "",
            made_of,
        }])
    })
}

async fn server() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = service_fn(async |request: Request<Incoming>| {
                // It is read, as any server would.
                let _ = request.into_body().collect().await;
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"a value"))))
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    });
    Ok(address)
}

/// Operations a second of clients that only send requests and read answers.
async fn bare_rate(address: SocketAddr) -> Result<f64> {
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (mut requests, mover) = handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
        tokio::spawn(mover);
        let (stop, done) = (stop.clone(), done.clone());
        clients.push(tokio::spawn(async move {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                let request = match number % 2 {
                    0 => Request::get("/kv/a").header(HOST, "localhost").body(Full::default()),
                    _ => Request::put("/kv/a").header(HOST, "localhost").body(Full::from(number.to_string())),
                };
                let Ok(request) = request else { return };
                let Ok(answer) = requests.send_request(request).await else { return };
                if answer.into_body().collect().await.is_ok() && requests.ready().await.is_ok() {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    let began = Instant::now();
    tokio::time::sleep(FOR).await;
    let rate = done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await?;
    }
    Ok(rate)
}

/// Operations a second of a workload: chosen, sent, understood and recorded.
async fn our_rate(address: SocketAddr) -> Result<f64> {
    let challenge = challenge::load(&Origin::BuiltIn("kv-store".to_owned()))
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<String>())?;
    let plan = Plan {
        kills: Vec::new(),
        operations: challenge.operations.clone(),
        directory: Directory::new([("n1", address)], []),
        homes: vec!["n1".to_owned()],
        clients: CLIENTS,
        keys: KeySet::Drawn { count: 5, fresh_after: None },
        mix: vec![(Kind::Read, 1), (Kind::Write, 1)],
        rate: None,
        timeout: Duration::from_secs(5),
        draw: "load".to_owned(),
        began: Instant::now(),
    };
    let mut crew = Crew::start(&plan)?;
    let began = Instant::now();
    tokio::time::sleep(FOR).await;
    let rate = crew.tally().ok as f64 / began.elapsed().as_secs_f64();
    crew.stop();
    crew.ended().await;
    Ok(rate)
}
