//! The links between nodes: what they add to a round trip, and how soon a partition holds.

use std::net::{Ipv4Addr, SocketAddr, TcpListener as Port};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lsfr::network::{Network, Policy};
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
async fn network() -> Result<(Network, Vec<TcpListener>)> {
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
    let network = Network::new(&nodes, &ports, 1, None)?;
    for (node, _) in &nodes {
        network.open(node)?;
    }
    Ok((network, listeners))
}

fn name(node: usize) -> String {
    format!("n{}", node + 1)
}

// ---------------------------------------------------------------- a round trip

/// A message there and back, with nothing else under way: directly, and through a link, in turn.
pub(super) fn round_trip() -> Result<Vec<Row>> {
    let (mut direct, mut linked) = (Vec::new(), Vec::new());
    runtime()?.block_on(async {
        let (network, mut listeners) = network().await?;
        let echo = listeners.remove(1);
        let address = echo.local_addr()?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = echo.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        for _ in 0..ROUNDS {
            direct.push(trips(address).await?);
            linked.push(trips(network.address("n1", "n2")).await?);
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    let (direct, linked) = (median(direct), median(linked));
    let made_of = format!("{linked:.3} ms, directly {direct:.3} ms");
    let what = "round trip through a link, added at the median";
    Ok(vec![Row { what, figure: linked - direct, budget: 0.2, unit: "ms", made_of }])
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
    let (network, listeners) = network().await?;
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
