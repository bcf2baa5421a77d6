//! A cluster of real processes that are started, stopped, killed, paused, killed from outside, cut off and connected
//! again in any order: after each of a thousand steps the engine knows how every node and every link is, and in the end
//! nothing is left.
//!
//! Steps are drawn from a seed, which every failure names; `LSFR_STEPS_SEED` repeats them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use lsfr::cluster::{Cluster, ClusterSpec, GrantedTime, Limits, NodeState, Patience};
use lsfr::network::{Flow, Network, Policy, Slow};
use lsfr::scenario::draw::{Draw, Stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::sleep;

use super::support::{self, LSFR, PATIENCE};

const STEPS: usize = 1000;
const NODES: usize = 4;

fn seed() -> String {
    std::env::var("LSFR_STEPS_SEED").unwrap_or_else(|_| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        (now.as_nanos() % 1_000_000).to_string()
    })
}

/// The nodes' servers answer each other through the links, and a helper of each runs beside it.
fn place() -> TempDir {
    let temp = tempfile::Builder::new().prefix("lsfr-steps-").tempdir().unwrap();
    let run_sh = temp.path().join("run.sh");
    fs::write(&run_sh, format!("#!/bin/sh\nsleep 1000 &\nexec '{LSFR}' __reference kv-store \"$@\"\n")).unwrap();
    fs::set_permissions(&run_sh, fs::Permissions::from_mode(0o755)).unwrap();
    temp
}

async fn cluster(place: &Path) -> Cluster {
    let spec = ClusterSpec {
        challenge_dir: place.to_owned(),
        run_dir: place.join("run"),
        data_dir: place.join("data"),
        nodes: (1..=NODES).map(|number| format!("n{number}")).collect(),
        arguments: Vec::new(),
        guard: LSFR.into(),
        seed: 1,
        started_at: Instant::now(),
        patience: Patience::default(),
        limits: Limits::default(),
        time: GrantedTime::begin(),
        tap: None,
    };
    let (events, _) = unbounded_channel();
    Cluster::new(spec, events).await.unwrap()
}

/// What must be true.
#[derive(Debug, Clone, PartialEq)]
struct Model {
    nodes: Vec<State>,
    cut: BTreeSet<Flow>,
    slow: BTreeSet<Flow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Down,
    Up,
    Paused,
    /// It was killed, and not by lsfr.
    Exited,
}

struct Walk {
    cluster: Cluster,
    model: Model,
    draw: Stream,
}

impl Walk {
    fn network(&self) -> &Network {
        self.cluster.network().unwrap()
    }

    fn name(&self, node: usize) -> String {
        self.cluster.nodes()[node].clone()
    }

    fn one(&mut self) -> usize {
        self.draw.below(NODES as u64) as usize
    }

    fn flow(&mut self) -> Flow {
        let from = self.one();
        let to = (from + 1 + self.draw.below(NODES as u64 - 1) as usize) % NODES;
        (self.name(from), self.name(to))
    }

    fn runs(&self, node: usize) -> bool {
        matches!(self.model.nodes[node], State::Up | State::Paused)
    }

    /// Does one thing, and says what. Whatever cannot be done to a node in its present state must be refused.
    async fn step(&mut self) -> String {
        let node = self.one();
        let name = self.name(node);
        match self.draw.below(16) {
            0..=3 => {
                let started = self.cluster.start(&name).await;
                match self.model.nodes[node] {
                    State::Down | State::Exited => drop(started.unwrap()),
                    // Whether it runs already is for the caller to know; it is the same node afterwards.
                    State::Up | State::Paused => {}
                }
                if !self.runs(node) {
                    self.model.nodes[node] = State::Up;
                }
                format!("start {name}")
            }
            4 => {
                assert_eq!(self.cluster.stop(&name).await.is_ok(), self.runs(node), "stop {name}");
                self.down(node);
                format!("stop {name}")
            }
            5..=6 => {
                assert_eq!(self.cluster.kill(&name).await.is_ok(), self.runs(node), "kill {name}");
                self.down(node);
                format!("kill {name}")
            }
            7 => {
                self.cluster.crash_all().await.unwrap();
                (0..NODES).for_each(|node| self.down(node));
                "crash all".to_owned()
            }
            8 => {
                assert_eq!(self.cluster.pause(&name).await.is_ok(), self.runs(node), "pause {name}");
                if self.runs(node) {
                    self.model.nodes[node] = State::Paused;
                }
                format!("pause {name}")
            }
            9 => {
                assert_eq!(self.cluster.resume(&name).await.is_ok(), self.runs(node), "resume {name}");
                if self.runs(node) {
                    self.model.nodes[node] = State::Up;
                }
                format!("resume {name}")
            }
            10 => {
                if self.runs(node) {
                    self.kill_from_outside(&name);
                    self.model.nodes[node] = State::Exited;
                }
                format!("kill {name} from outside")
            }
            11..=12 => {
                let (from, to) = self.flow();
                self.network().change(|policy| policy.cut(&from, &to));
                let told = format!("cut {from} -> {to}");
                self.model.cut.insert((from, to));
                told
            }
            13 => {
                let (from, to) = self.flow();
                let slow = Slow { delay: Duration::from_millis(3), ..Slow::default() };
                self.network().change(|policy| policy.slow(&from, &to, slow));
                let told = format!("slow {from} -> {to}");
                self.model.slow.insert((from, to));
                told
            }
            14 => {
                let (one, other) = self.flow();
                self.network().change(|policy| policy.reset(&one, &other));
                format!("reset {one}, {other}")
            }
            _ => {
                self.network().change(Policy::clear);
                self.model.cut.clear();
                self.model.slow.clear();
                "heal".to_owned()
            }
        }
    }

    /// A node that was down keeps the reason for it.
    fn down(&mut self, node: usize) {
        if self.runs(node) {
            self.model.nodes[node] = State::Down;
        }
    }

    /// SIGKILL to a node's server and all below it, as somebody at a shell might do it. Its guard stays.
    fn kill_from_outside(&self, name: &str) {
        let ours = descendants(std::process::id());
        let mark = format!("--id={name}");
        let server = ours.iter().find(|pid| {
            let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            arguments.contains("__reference") && arguments.split('\0').any(|one| one == mark)
        });
        let server = *server.unwrap_or_else(|| panic!("no process runs {name}"));
        for pid in descendants(server).into_iter().chain([server]) {
            kill(Pid::from_raw(pid as i32), Signal::SIGKILL).unwrap();
        }
    }

    /// The engine agrees with the model about every node.
    fn states(&self) -> Result<(), String> {
        for (node, wanted) in self.model.nodes.iter().enumerate() {
            let state = self.cluster.state(&self.name(node));
            let same = match wanted {
                State::Down => state == NodeState::Down,
                State::Up => state == NodeState::Up,
                State::Paused => state == NodeState::Paused,
                State::Exited => matches!(state, NodeState::Exited { .. }),
            };
            if !same {
                return Err(format!("{} is {state:?}, and should be {wanted:?}", self.name(node)));
            }
        }
        Ok(())
    }

    /// A node's port, and every link to it, accepts if it runs and refuses if not.
    fn ports(&self) -> Result<(), String> {
        for node in 0..NODES {
            let name = self.name(node);
            let others = self.cluster.nodes().iter().filter(|other| **other != name);
            let links = others.map(|other| (self.network().address(other, &name), format!("the link from {other}")));
            for (address, what) in links.chain([(self.cluster.address(&name), "the port".to_owned())]) {
                let accepts = TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok();
                if accepts != self.runs(node) {
                    let verb = if accepts { "accepts" } else { "refuses" };
                    return Err(format!("{what} of {name} {verb}, and it is {:?}", self.model.nodes[node]));
                }
            }
        }
        Ok(())
    }

    fn policy(&self) {
        let policy = self.network().policy();
        assert_eq!(policy.cuts().cloned().collect::<BTreeSet<_>>(), self.model.cut);
        assert_eq!(policy.slows().map(|(flow, _)| flow.clone()).collect::<BTreeSet<_>>(), self.model.slow);
    }

    /// A request through one link is answered if nothing is in its way, and not if it or its answer is cut.
    fn request(&mut self) -> Result<(), String> {
        let (from, to) = self.flow();
        let target = self.cluster.nodes().iter().position(|node| *node == to).unwrap();
        if self.model.nodes[target] != State::Up {
            return Ok(());
        }
        let back = (to.clone(), from.clone());
        let is_cut = self.model.cut.contains(&(from.clone(), to.clone())) || self.model.cut.contains(&back);
        let patience = if is_cut { Duration::from_millis(20) } else { Duration::from_secs(2) };
        let answered = ask(self.network().address(&from, &to), patience);
        if answered == is_cut {
            let outcome = if answered { "was answered" } else { "was not answered" };
            return Err(format!("a request from {from} to {to} {outcome}"));
        }
        Ok(())
    }
}

/// Whether `GET /cluster/info` is answered with 200.
fn ask(address: SocketAddr, patience: Duration) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    stream.set_read_timeout(Some(patience)).unwrap();
    let request = "GET /cluster/info HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n";
    if stream.write_all(request.as_bytes()).is_err() {
        return false;
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200")
}

/// All living processes below this one.
fn descendants(ancestor: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let parents: Vec<(u32, u32)> = entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let mut fields = stat.rsplit(") ").next()?.split(' ');
            let ended = fields.next()?.starts_with(['Z', 'X']);
            (!ended).then_some((pid, fields.next()?.parse().ok()?))
        })
        .collect();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, above)| *above == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found.split_off(1)
}

/// The engine hears of a node's end, and a listener opens, a moment after it happened.
async fn soon(what: &str, mut holds: impl FnMut() -> Result<(), String>) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(instead) = holds() {
        assert!(Instant::now() < deadline, "{what}: {instead}");
        sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_steps_in_any_order_leave_the_engine_consistent() {
    let seed = seed();
    println!("LSFR_STEPS_SEED={seed}");
    let place = place();
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let mut walk = Walk {
        cluster: cluster(place.path()).await,
        model: Model { nodes: vec![State::Down; NODES], cut: BTreeSet::new(), slow: BTreeSet::new() },
        draw: Draw::new(&*seed).next(),
    };
    for number in 1..=STEPS {
        let told = walk.step().await;
        let at = format!("seed {seed}, step {number}, {told}");
        soon(&at, || walk.states()).await;
        soon(&at, || walk.ports()).await;
        walk.policy();
        tokio::task::block_in_place(|| walk.request()).unwrap_or_else(|instead| panic!("{at}: {instead}"));
    }

    // With all nodes gone and nothing held back, every connection comes to its end.
    walk.network().change(Policy::clear);
    walk.cluster.crash_all().await.unwrap();
    let flows = || {
        let names = walk.cluster.nodes();
        names.iter().flat_map(|from| names.iter().map(move |to| (from, to))).filter(|(from, to)| from != to)
    };
    soon(&format!("seed {seed}, at the end"), || {
        let left = flows().map(|(from, to)| (from, to, walk.network().traffic(from, to)));
        let left: Vec<_> = left.filter(|(_, _, traffic)| traffic.connections > 0 || traffic.held > 0).collect();
        if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
    })
    .await;
    let ports: Vec<u16> = flows().map(|(from, to)| walk.network().address(from, to).port()).collect();
    walk.cluster.shutdown().await;
    drop(walk);
    soon("a port is free again", || {
        let taken = ports.iter().find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, **port)).is_err());
        taken.map_or(Ok(()), |port| Err(format!("{port} is taken")))
    })
    .await;
    soon("tasks have ended", || {
        let alive = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        if alive <= tasks { Ok(()) } else { Err(format!("{alive} tasks are alive, {tasks} were before")) }
    })
    .await;
    assert_eq!(support::alive(&place.path().canonicalize().unwrap()), []);
}
