//! The engine: a whole run, and the starts of nodes.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use lsfr::cluster::{self, Cluster, ClusterSpec, GrantedTime, Limits, Patience};
use lsfr::facts::{Event, NodeEventKind, Stamped};
use lsfr::report::records;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::sync::mpsc;

use super::{LSFR, ROUNDS, Result, Row, median, milliseconds, project};

// ---------------------------------------------------------------- a whole run

/// Names the file in which a stand-in records what its nodes used.
pub(super) const ACCOUNT: &str = "LSFR_BENCH_ACCOUNT";

/// `lsfr test crash-recovery --so-far` with the reference.
///
/// Its processor time without the program's: the system reports what `lsfr` and everything below it used, but not what
/// part of that the nodes used. Each guard knows that at its end, when all of its nodes' processes have been waited
/// for. So this binary stands in for `lsfr` here, the same code: its guards are itself too, and write it down.
pub(super) fn test() -> Result<Vec<Row>> {
    let mut seconds = [const { Vec::new() }; 3];
    for seed in 1..=ROUNDS {
        let run = one_test(seed)?;
        for (figures, time) in seconds.iter_mut().zip(run) {
            figures.push(time.as_secs_f64());
        }
    }
    let [wall, cpu, idle] = seconds.map(median);
    let row = |what, figure, budget| Row { what, figure, budget, unit: "s", made_of: String::new() };
    Ok(vec![
        row("lsfr test crash-recovery --so-far", wall, 5.0),
        row("  user and system time of lsfr and its guards", cpu, 2.0),
        row("  no request unanswered, no node changing", idle, 0.2),
    ])
}

/// Wall time, processor time of lsfr and its guards, and the time in which lsfr kept everyone waiting.
fn one_test(seed: u64) -> Result<[Duration; 3]> {
    let project = project()?;
    let account = project.path().join("account");
    fs::write(&account, "")?;
    let used_before = processor_time(UsageWho::RUSAGE_CHILDREN)?;
    let began = Instant::now();
    let ran = Command::new(env::current_exe()?)
        .args(["test", "crash-recovery", "--so-far", "--seed", &seed.to_string()])
        .current_dir(project.path())
        .env(ACCOUNT, &account)
        .stdin(Stdio::null())
        .output()?;
    let wall = began.elapsed();
    let used = processor_time(UsageWho::RUSAGE_CHILDREN)? - used_before;
    if !ran.status.success() {
        io::stderr().write_all(&ran.stdout)?;
        io::stderr().write_all(&ran.stderr)?;
        return Err(format!("lsfr test ended with {}, so its time means nothing.", ran.status).into());
    }
    let by_nodes = fs::read_to_string(&account)?.lines().map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    let recorded = records::latest(project.path()).ok_or("the run left no record")?;
    let busy = waited_for_others(recorded.events()?.collect());
    Ok([wall, used - Duration::from_micros(by_nodes), wall - busy])
}

pub(super) fn stand_in(account: &OsStr) -> ExitCode {
    let ended = lsfr::cli::main();
    if env::args().nth(1).is_some_and(|word| word == cluster::guard::ARGUMENT)
        && let Ok(used) = processor_time(UsageWho::RUSAGE_CHILDREN)
        && let Ok(mut file) = OpenOptions::new().append(true).open(account)
    {
        // One write, so that guards that end at once do not mix.
        let _ = file.write_all(format!("{}\n", used.as_micros()).as_bytes());
    }
    ended
}

/// Processor time, user and system together.
fn processor_time(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who)?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(microseconds)?))
}

/// How long at least one request was unanswered, or one node starting or stopping.
fn waited_for_others(mut events: Vec<Stamped>) -> Duration {
    events.sort_by_key(|stamped| stamped.at);
    let mut times = Vec::new();
    let mut stopping = Duration::ZERO;
    let mut before = Duration::ZERO;
    for Stamped { at, event } in events {
        match event {
            Event::Operation(operation) => times.push((operation.called, operation.called + operation.took)),
            Event::Node { what: NodeEventKind::Ready { after }, .. } => times.push((at.saturating_sub(after), at)),
            Event::Node { what: NodeEventKind::Stopping, .. } => stopping = at,
            Event::Node { what: NodeEventKind::Stopped { .. }, .. } => times.push((stopping, at)),
            // A kill is reported when it is done, and a stage's last nodes end, unreported, before the stage's end is
            // reported. Both began right after the previous event.
            Event::Node { what: NodeEventKind::Killed, .. } | Event::StageEnded { .. } => times.push((before, at)),
            _ => {}
        }
        before = at;
    }
    times.sort();
    let mut total = Duration::ZERO;
    let mut counted = Duration::ZERO;
    for (from, to) in times {
        total += to.saturating_sub(from.max(counted));
        counted = counted.max(to);
    }
    total
}

/// The stages of clusters with the reference, which waits for elections and cuts: once, because that takes minutes.
pub(super) fn cluster() -> Result<Vec<Row>> {
    const SLOWEST: f64 = 40.0;
    let project = project()?;
    let began = Instant::now();
    let ran = Command::new(LSFR)
        .args(["test", "durability", "--so-far", "--seed", "1"])
        .current_dir(project.path())
        .stdin(Stdio::null())
        .output()?;
    let wall = began.elapsed().as_secs_f64();
    if !ran.status.success() {
        io::stderr().write_all(&ran.stdout)?;
        return Err(format!("lsfr test ended with {}, so its time means nothing.", ran.status).into());
    }
    let recorded = records::latest(project.path()).ok_or("the run left no record")?;
    let stages = recorded.events()?.filter_map(|stamped| match stamped.event {
        Event::StageEnded { stage, took, .. } => Some((took.as_secs_f64(), stage)),
        _ => None,
    });
    let (slowest, stage) = stages.max_by(|a, b| a.0.total_cmp(&b.0)).ok_or("the run had no stage")?;
    let row = |what, figure, budget, made_of| Row { what, figure, budget, unit: "s", made_of };
    Ok(vec![
        row("lsfr test durability --so-far", wall, 180.0, String::new()),
        row("  its slowest stage", slowest, SLOWEST, stage),
    ])
}

// ---------------------------------------------------------------- nodes

/// Killing and starting a node, by the cluster and by the bare loop in turn, with the same port and data.
pub(super) fn restart() -> Result<Vec<Row>> {
    let (project, runtime) = (project()?, tokio::runtime::Runtime::new()?);
    let cluster = runtime.block_on(start_cluster(project.path(), 1))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        runtime.block_on(async {
            cluster.start("n1").await?;
            let began = Instant::now();
            cluster.kill("n1").await?;
            cluster.start("n1").await?;
            ours.push(milliseconds(began.elapsed()));
            cluster.kill("n1").await.map_err(Box::<dyn Error>::from)
        })?;
        let first = Bare::start(&cluster, "n1", project.path())?;
        first.accepts();
        let began = Instant::now();
        drop(first);
        Bare::start(&cluster, "n1", project.path())?.accepts();
        bare.push(milliseconds(began.elapsed()));
    }
    runtime.block_on(cluster.shutdown());
    Ok(vec![over("restart of a node", median(ours), median(bare), 60.0)])
}

pub(super) fn five_nodes() -> Result<Vec<Row>> {
    let (project, runtime) = (project()?, tokio::runtime::Runtime::new()?);
    let cluster = runtime.block_on(start_cluster(project.path(), 5))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        runtime.block_on(async {
            let began = Instant::now();
            let starts = join_all(cluster.nodes().iter().map(|node| cluster.start(node))).await;
            starts.into_iter().collect::<Result<Vec<_>, _>>()?;
            ours.push(milliseconds(began.elapsed()));
            cluster.crash_all().await.map_err(Box::<dyn Error>::from)
        })?;
        let began = Instant::now();
        let starts = cluster.nodes().iter().map(|node| Bare::start(&cluster, node, project.path()));
        let nodes = starts.collect::<Result<Vec<_>>>()?;
        nodes.iter().for_each(Bare::accepts);
        bare.push(milliseconds(began.elapsed()));
    }
    runtime.block_on(cluster.shutdown());
    Ok(vec![over("five nodes ready", median(ours), median(bare), 100.0)])
}

fn over(what: &'static str, ours: f64, bare: f64, budget: f64) -> Row {
    let made_of = format!("{ours:.1} ms, a bare loop {bare:.1} ms");
    Row { what, figure: ours - bare, budget, unit: "ms", made_of }
}

async fn start_cluster(project: &Path, nodes: usize) -> Result<Cluster> {
    let spec = ClusterSpec {
        challenge_dir: project.to_owned(),
        run_dir: project.join("run"),
        data_dir: project.join("data"),
        nodes: (1..=nodes).map(|number| format!("n{number}")).collect(),
        arguments: Vec::new(),
        guard: LSFR.into(),
        seed: 1,
        started_at: Instant::now(),
        patience: Patience::default(),
        limits: Limits::default(),
        time: GrantedTime::begin(),
        tap: None,
    };
    let (events, _) = mpsc::unbounded_channel();
    Ok(Cluster::new(spec, events).await?)
}

/// A node without lsfr: started, asked each millisecond whether it accepts, and killed when dropped.
struct Bare {
    child: Child,
    address: SocketAddr,
}

impl Bare {
    fn start(cluster: &Cluster, node: &str, project: &Path) -> Result<Self> {
        let words = cluster.command_line(node);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(project).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Self { child: command.spawn()?, address: cluster.address(node) })
    }

    fn accepts(&self) {
        while TcpStream::connect(self.address).is_err() {
            sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It has ended where this fails, and nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
