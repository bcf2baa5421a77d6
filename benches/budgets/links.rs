//! The links between nodes: what they add to a round trip, also while they are recorded, how much they carry then, and
//! how soon a partition holds.

use std::net::{Ipv4Addr, SocketAddr, TcpListener as Port};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lsfr::messages::{Kind, Record, Recording};
use lsfr::network::{Network, Policy, Tap};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::{ROUNDS, Result, Row, median, milliseconds};

const NODES: usize = 5;
const TRIPS: usize = 2000;
const MESSAGE: usize = 128;

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// A network of nodes that listen here, all links open.
async fn network(tap: Option<Arc<dyn Tap>>) -> Result<(Network, Vec<TcpListener>)> {
    let mut listeners = Vec::new();
    for _ in 0..NODES {
        listeners.push(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?);
    }
    let free = (0..Network::ports(NODES)).map(|_| Port::bind((Ipv4Addr::LOCALHOST, 0)));
    let free = free.collect::<Result<Vec<_>, _>>()?;
    let ports = free.iter().map(|port| Ok(port.local_addr()?.port())).collect::<Result<Vec<u16>>>()?;
    drop(free);
    let nodes = listeners.iter().enumerate();
    let nodes = nodes.map(|(at, listener)| Ok((name(at), listener.local_addr()?)));
    let nodes = nodes.collect::<Result<Vec<(String, SocketAddr)>>>()?;
    let network = Network::new(&nodes, &ports, 1, tap)?;
    for (node, _) in &nodes {
        network.open(node)?;
    }
    Ok((network, listeners))
}

fn name(node: usize) -> String {
    format!("n{}", node + 1)
}

// ---------------------------------------------------------------- a round trip

/// A message there and back, with nothing else under way: directly, through a link, and through one that is recorded, in
/// turn.
pub(super) fn round_trip() -> Result<Vec<Row>> {
    let (mut direct, mut linked, mut recorded) = (Vec::new(), Vec::new(), Vec::new());
    let folder = tempfile::tempdir()?;
    let recording = Recording::new(folder.path(), Instant::now());
    runtime()?.block_on(async {
        let (plain, plain_listeners) = network(None).await?;
        let (tapped, tapped_listeners) = network(recording.tap(&names())).await?;
        let address = plain_listeners[1].local_addr()?;
        for echo in plain_listeners.into_iter().chain(tapped_listeners) {
            tokio::spawn(async move {
                while let Ok((stream, _)) = echo.accept().await {
                    tokio::spawn(answer(stream));
                }
            });
        }
        for _ in 0..ROUNDS {
            direct.push(trips(address).await?);
            linked.push(trips(plain.address("n1", "n2")).await?);
            recorded.push(trips(tapped.address("n1", "n2")).await?);
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    recording.finish()?;
    let direct = median(direct);
    let row = |what, through: f64| {
        let made_of = format!("{through:.3} ms, directly {direct:.3} ms");
        Row { what, figure: through - direct, budget: 0.2, unit: "ms", made_of }
    };
    Ok(vec![
        row("round trip through a link, added at the median", median(linked)),
        row("the same while messages are recorded", median(recorded)),
    ])
}

fn names() -> Vec<String> {
    (0..NODES).map(name).collect()
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut message = [0; MESSAGE];
    loop {
        stream.read_exact(&mut message).await?;
        stream.write_all(&message).await?;
    }
}

/// The median round trip, in milliseconds.
async fn trips(address: SocketAddr) -> Result<f64> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut message = [7; MESSAGE];
    let mut times = Vec::with_capacity(TRIPS);
    for _ in 0..TRIPS {
        let began = Instant::now();
        stream.write_all(&message).await?;
        stream.read_exact(&mut message).await?;
        times.push(milliseconds(began.elapsed()));
    }
    Ok(median(times))
}

// ---------------------------------------------------------------- throughput

/// Messages a second that are offered: requests and answers on each of the twenty links, at a steady rate.
const OFFERED: u32 = 20_000;
const LINKS: u32 = 20;
const LOAD_LASTS: Duration = Duration::from_secs(2);
const REQUEST: &[u8] =
    b"POST /raft/append HTTP/1.1\r\nhost: n2\r\ncontent-type: application/json\r\ncontent-length: 92\r\n\r\n\
    {\"term\":12,\"leader\":\"n1\",\"previous\":{\"index\":5120,\"term\":11},\"entries\":[],\"committed\":5119   }";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n{\"term\":12,\"success\":true}";

/// How many messages a second get through at a load of many, with and without a record of them.
pub(super) fn recorded() -> Result<Vec<Row>> {
    let (mut plain, mut recorded, mut lost, mut all) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        plain.push(runtime()?.block_on(load(None))?);
        let folder = tempfile::tempdir()?;
        let recording = Recording::new(folder.path(), Instant::now());
        recorded.push(runtime()?.block_on(load(recording.tap(&names())))?);
        recording.finish()?;
        let record = Record::open(folder.path())?.ok_or("nothing was recorded")?;
        all += record.entries().len();
        lost += record.entries().iter().filter(|entry| entry.kind == Kind::Unrecorded).count();
    }
    let (plain, recorded) = (median(plain), median(recorded));
    let made_of = format!("{recorded:.0} messages/s, unrecorded {plain:.0}; {lost} gaps among {all}");
    let what = "throughput that recording costs";
    Ok(vec![Row { what, figure: 100.0 * (1.0 - recorded / plain), budget: 10.0, unit: "%", made_of }])
}

/// Messages a second.
async fn load(tap: Option<Arc<dyn Tap>>) -> Result<f64> {
    let (network, listeners) = network(tap).await?;
    let passed = Arc::new(AtomicU64::new(0));
    let mut clients = Vec::new();
    for (to, listener) in listeners.iter().enumerate() {
        for from in (0..NODES).filter(|from| *from != to) {
            let mut stream = TcpStream::connect(network.address(&name(from), &name(to))).await?;
            stream.set_nodelay(true)?;
            let (mut server, _) = timeout(Duration::from_secs(5), listener.accept()).await??;
            server.set_nodelay(true)?;
            tokio::spawn(async move {
                let mut request = vec![0; REQUEST.len()];
                while server.read_exact(&mut request).await.is_ok() {
                    if server.write_all(ANSWER).await.is_err() {
                        return;
                    }
                }
            });
            let passed = Arc::clone(&passed);
            clients.push(tokio::spawn(async move {
                let mut turns = tokio::time::interval(Duration::from_secs(1) * 2 * LINKS / OFFERED);
                let end = Instant::now() + LOAD_LASTS;
                let mut answer = vec![0; ANSWER.len()];
                while Instant::now() < end {
                    turns.tick().await;
                    stream.write_all(REQUEST).await?;
                    stream.read_exact(&mut answer).await?;
                    passed.fetch_add(2, Ordering::Relaxed);
                }
                Ok::<_, std::io::Error>(())
            }));
        }
    }
    let began = Instant::now();
    for client in clients {
        client.await??;
    }
    Ok(passed.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64())
}

// ---------------------------------------------------------------- a partition

/// What one flow's receiver has seen.
#[derive(Default)]
struct Flow {
    /// When the last message came, in nanoseconds since the start.
    last: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    out_of_order: AtomicBool,
}

/// Two nodes are cut off from three while numbered messages go through all twenty links. How long until the last of
/// them comes through a link that is cut (none, where no message came after the cut); how long until all that was held
/// has come, in order, after healing.
pub(super) fn partition() -> Result<Vec<Row>> {
    let (mut holds, mut healed, mut held) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (hold, heal, messages) = runtime()?.block_on(one_partition())?;
        holds.push(milliseconds(hold));
        healed.push(milliseconds(heal));
        held = held.max(messages);
    }
    let row = |what, figure, budget, made_of| Row { what, figure, budget, unit: "ms", made_of };
    Ok(vec![
        row("a partition holds on all links after", median(holds), 1.0, String::new()),
        row("held messages are delivered after", median(healed), 100.0, format!("{held} of them, in order")),
    ])
}

async fn one_partition() -> Result<(Duration, Duration, u64)> {
    let (network, listeners) = network(None).await?;
    let start = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let mut flows = Vec::new();
    for (to, listener) in listeners.iter().enumerate() {
        for from in (0..NODES).filter(|from| *from != to) {
            let mut stream = TcpStream::connect(network.address(&name(from), &name(to))).await?;
            stream.set_nodelay(true)?;
            let (incoming, _) = timeout(Duration::from_secs(5), listener.accept()).await??;
            let flow = Arc::new(Flow::default());
            tokio::spawn(receive(incoming, Arc::clone(&flow), start));
            let (counted, stop) = (Arc::clone(&flow), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = counted.sent.fetch_add(1, Ordering::Relaxed);
                    if stream.write_all(&number.to_le_bytes()).await.is_err() {
                        return;
                    }
                    // Steady, and not so much that a receiver is late because it is busy.
                    if number % 4 == 3 {
                        sleep(Duration::from_millis(1)).await;
                    } else {
                        tokio::task::yield_now().await;
                    }
                }
                // Kept until the receiver has all.
                sleep(Duration::from_secs(10)).await;
            });
            flows.push((from < 2, to < 2, flow));
        }
    }
    sleep(Duration::from_millis(100)).await;
    let cut_at = start.elapsed();
    network.change(|policy| {
        for (one, other) in (0..2).flat_map(|one| (2..NODES).map(move |other| (one, other))) {
            policy.cut(&name(one), &name(other));
            policy.cut(&name(other), &name(one));
        }
    });
    sleep(Duration::from_millis(200)).await;
    let cut = || flows.iter().filter(|(from, to, _)| from != to).map(|(.., flow)| flow);
    let last = cut().map(|flow| flow.last.load(Ordering::Relaxed)).max().unwrap_or(0);
    let hold = Duration::from_nanos(last).saturating_sub(cut_at);
    stop.store(true, Ordering::Relaxed);
    sleep(Duration::from_millis(20)).await;
    let missing = || -> u64 {
        cut().map(|flow| flow.sent.load(Ordering::Relaxed) - flow.received.load(Ordering::Relaxed)).sum()
    };
    let held = missing();
    let heal_at = Instant::now();
    network.change(Policy::clear);
    while missing() > 0 {
        if heal_at.elapsed() > Duration::from_secs(5) {
            return Err("what a cut held did not come after it was healed".into());
        }
        sleep(Duration::from_micros(200)).await;
    }
    let heal = heal_at.elapsed();
    if held == 0 || flows.iter().any(|(.., flow)| flow.out_of_order.load(Ordering::Relaxed)) {
        return Err("a link did not hold, or changed the order of bytes".into());
    }
    Ok((hold, heal, held))
}

async fn receive(mut stream: TcpStream, flow: Arc<Flow>, start: Instant) {
    let mut number = [0; 8];
    while stream.read_exact(&mut number).await.is_ok() {
        let now = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        flow.last.store(now, Ordering::Relaxed);
        if u64::from_le_bytes(number) != flow.received.fetch_add(1, Ordering::Relaxed) {
            flow.out_of_order.store(true, Ordering::Relaxed);
        }
    }
}
