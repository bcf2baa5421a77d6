//! Nodes as real processes: every way a program can be started, ended and left behind.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use lsfr::cluster::{
    Cluster, ClusterSpec, GrantedTime, Limits, NodeError, NodeEvent, NodeState, Patience, StartError, StopError,
    Unstartable, read_window, stand_still,
};
use lsfr::facts::{ExitStatus, NodeEventKind};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Accepts connections for ever; with the argument `graceful`, ends with 0 on SIGTERM; with `deaf`, ignores it.
const SERVER: &str = r#"
import os, signal, socket, sys, threading
port = int([a for a in sys.argv if a.startswith("--port=")][0][7:])
if "graceful" in sys.argv:
    # A handler would run after accept() if the signal came just before it; a thread that waits for it misses none.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    threading.Thread(target=lambda: (signal.sigwait([signal.SIGTERM]), os._exit(0)), daemon=True).start()
if "deaf" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "elsewhere" in sys.argv: port = 0
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", port))
s.listen()
print("listening", flush=True)
while True: s.accept()
"#;

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) cluster: Cluster,
    events: UnboundedReceiver<NodeEvent>,
}

fn spec(dir: &Path, nodes: &[&str]) -> ClusterSpec {
    ClusterSpec {
        challenge_dir: dir.join("challenge"),
        run_dir: dir.join("run"),
        data_dir: dir.join("run/data"),
        nodes: nodes.iter().map(|node| (*node).to_owned()).collect(),
        arguments: Vec::new(),
        guard: env!("CARGO_BIN_EXE_lsfr").into(),
        seed: 1,
        started_at: Instant::now(),
        patience: Patience::default(),
        limits: Limits::default(),
        time: GrantedTime::begin(),
        tap: None,
    }
}

impl Bench {
    pub(crate) async fn new(run_sh: &str) -> Bench {
        Bench::with(run_sh, |_| {}).await
    }

    pub(crate) async fn with(run_sh: &str, change: impl FnOnce(&mut ClusterSpec)) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let challenge = dir.path().join("challenge");
        fs::create_dir(&challenge).unwrap();
        fs::write(challenge.join("server.py"), SERVER).unwrap();
        fs::write(challenge.join("run.sh"), run_sh).unwrap();
        fs::set_permissions(challenge.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        let mut spec = spec(dir.path(), &["n1"]);
        change(&mut spec);
        let (sender, events) = unbounded_channel();
        let cluster = Cluster::new(spec, sender).await.unwrap();
        Bench { dir, cluster, events }
    }

    /// Events so far, by the word of their kind.
    fn kinds(&mut self) -> Vec<String> {
        let mut kinds = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            let json = serde_json::to_value(&event.kind).unwrap();
            kinds.push(json["kind"].as_str().unwrap().to_owned());
        }
        kinds
    }

    pub(crate) async fn next(&mut self, wanted: impl Fn(&NodeEventKind) -> bool) -> NodeEventKind {
        loop {
            let event = tokio::time::timeout(Duration::from_secs(10), self.events.recv());
            let kind = event.await.expect("no such event in 10 s").unwrap().kind;
            if wanted(&kind) {
                return kind;
            }
        }
    }

    /// Living processes in the challenge directory, as (pid, state).
    pub(crate) fn alive(&self) -> Vec<(i32, char)> {
        alive_in(self.dir.path())
    }

    pub(crate) fn assert_empty(&self, after: &str) {
        assert_eq!(self.alive(), [], "left after {after}");
    }

    async fn start_error(&self) -> StartError {
        let error = self.cluster.start("n1").await.unwrap_err();
        self.assert_empty("a start that failed");
        assert_eq!(self.cluster.state("n1"), NodeState::Down);
        error
    }
}

fn alive_in(dir: &Path) -> Vec<(i32, char)> {
    let challenge = dir.join("challenge").canonicalize().unwrap();
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let cwd = fs::read_link(entry.path().join("cwd")).ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let state = stat.rsplit(") ").next()?.chars().next()?;
            (cwd == challenge && state != 'Z').then_some((pid, state))
        })
        .collect()
}

pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

const EXEC: &str = "#!/bin/sh\nexec python3 server.py \"$@\"\n";
const GRACEFUL: &str = "#!/bin/sh\nexec python3 server.py graceful \"$@\"\n";

/// Every shape of tree that has escaped some supervisor.
const SHAPES: [(&str, &str); 6] = [
    ("exec", EXEC),
    ("no exec", "#!/bin/sh\npython3 server.py \"$@\"\nexit 3\n"),
    ("background children", "#!/bin/sh\nsleep 1000 &\npython3 server.py \"$@\" &\nwait\n"),
    ("setsid", "#!/bin/sh\nsetsid sleep 1000 &\nsetsid python3 server.py \"$@\" &\nwait\n"),
    (
        "double fork",
        "#!/bin/sh\n(setsid sh -c 'sleep 1000 & python3 server.py \"$@\" & wait' sh \"$@\" &)\nsleep 1000\n",
    ),
    (
        "nohup, and run.sh ends",
        "#!/bin/sh\nnohup sleep 1000 >/dev/null 2>&1 &\nnohup python3 server.py \"$@\" &\nexit 0\n",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn kill_leaves_nothing_whatever_the_shape_of_the_tree() {
    for (shape, run_sh) in SHAPES {
        let mut bench = Bench::new(run_sh).await;
        let started = bench.cluster.start("n1").await.unwrap();
        assert_eq!(bench.cluster.state("n1"), NodeState::Up);
        assert_eq!(started.port, bench.cluster.address("n1").port());
        assert!(!bench.alive().is_empty());
        bench.cluster.kill("n1").await.unwrap();
        bench.assert_empty(shape);
        assert!(TcpStream::connect(bench.cluster.address("n1")).is_err());
        assert_eq!(bench.cluster.state("n1"), NodeState::Down);
        // And the same node starts again, on the same port.
        assert_eq!(bench.cluster.start("n1").await.unwrap().port, started.port, "{shape}");
        bench.cluster.shutdown().await;
        bench.assert_empty(shape);
        let mut kinds = bench.kinds();
        kinds.retain(|kind| kind != "main-exited");
        assert_eq!(kinds, ["started", "ready", "killed", "started", "ready"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_cluster_leaves_nothing() {
    for (shape, run_sh) in SHAPES {
        let Bench { dir, cluster, .. } = Bench::new(run_sh).await;
        cluster.start("n1").await.unwrap();
        drop(cluster);
        until(shape, || alive_in(dir.path()).is_empty()).await;
    }
}

/// The guard of whatever is alive: run.sh may have ended, but it has the guard above it somewhere.
fn guard_above(mut pid: i32) -> i32 {
    while fs::read_to_string(format!("/proc/{pid}/comm")).unwrap() != "node-guard\n" {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let rest = stat.rsplit(") ").next().unwrap();
        pid = rest.split(' ').nth(1).unwrap().parse().unwrap();
    }
    pid
}

/// It obeys no order any more: lsfr ends the tree itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_stands_still_leaves_nothing() {
    let (shape, run_sh) = SHAPES[3];
    let bench = Bench::new(run_sh).await;
    bench.cluster.start("n1").await.unwrap();
    kill(Pid::from_raw(guard_above(bench.alive()[0].0)), Signal::SIGSTOP).unwrap();
    bench.cluster.shutdown().await;
    bench.assert_empty(shape);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_guard_leaves_nothing() {
    for (shape, run_sh) in SHAPES {
        let mut bench = Bench::new(run_sh).await;
        let started = bench.cluster.start("n1").await.unwrap();
        let guard = guard_above(bench.alive()[0].0);
        assert_ne!(guard, started.pid);
        // What a shell or a service manager sends does not harm it.
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            kill(Pid::from_raw(guard), signal).unwrap();
        }
        bench.cluster.pause("n1").await.unwrap();
        bench.cluster.resume("n1").await.unwrap();
        kill(Pid::from_raw(guard), Signal::SIGKILL).unwrap();
        bench.next(|kind| matches!(kind, NodeEventKind::GuardLost)).await;
        bench.assert_empty(shape);
        bench.cluster.start("n1").await.unwrap();
        bench.cluster.shutdown().await;
        bench.assert_empty(shape);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_waits_for_a_clean_end() {
    let mut bench = Bench::new(GRACEFUL).await;
    bench.cluster.start("n1").await.unwrap();
    let stopped = bench.cluster.stop("n1").await.unwrap();
    assert_eq!(stopped.status, ExitStatus::Code(0));
    bench.assert_empty("stop");
    assert_eq!(bench.kinds(), ["started", "ready", "stopping", "stopped"]);
    assert!(matches!(
        bench.cluster.stop("n1").await,
        Err(StopError::Node(NodeError::NotRunning { status: None, .. }))
    ));
    // A paused node is asked to stop too.
    bench.cluster.start("n1").await.unwrap();
    bench.cluster.pause("n1").await.unwrap();
    let stopped = bench.cluster.stop("n1").await.unwrap();
    assert_eq!(stopped.status, ExitStatus::Code(0));
    bench.assert_empty("stop while paused");
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_kills_what_ignores_sigterm_and_says_so() {
    let bench = Bench::with("#!/bin/sh\nexec python3 server.py deaf \"$@\"\n", |spec| {
        spec.patience.stop = Duration::from_millis(200);
    })
    .await;
    bench.cluster.start("n1").await.unwrap();
    let error = bench.cluster.stop("n1").await.unwrap_err();
    let StopError::TooSlow { alive, .. } = &error else {
        panic!("{error}");
    };
    assert!(alive.len() == 1 && alive[0].starts_with("python"), "{error}");
    bench.assert_empty("a stop that took too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_stops_every_process_and_resume_wakes_them() {
    let mut bench = Bench::new(SHAPES[3].1).await;
    bench.cluster.start("n1").await.unwrap();
    bench.cluster.pause("n1").await.unwrap();
    assert_eq!(bench.cluster.state("n1"), NodeState::Paused);
    let alive = bench.alive();
    assert!(alive.len() >= 3, "{alive:?}");
    assert!(alive.iter().all(|(_, state)| *state == 'T'), "{alive:?}");
    bench.cluster.resume("n1").await.unwrap();
    assert_eq!(bench.cluster.state("n1"), NodeState::Up);
    until("all resumed", || bench.alive().iter().all(|(_, state)| *state != 'T')).await;
    bench.cluster.pause("n1").await.unwrap();
    bench.cluster.kill("n1").await.unwrap();
    bench.assert_empty("kill while paused");
    assert_eq!(bench.kinds(), ["started", "ready", "paused", "resumed", "paused", "killed"]);
    assert!(bench.cluster.pause("n1").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_stand_still_with_lsfr_and_only_those_that_ran_go_on() {
    let bench = Bench::with(SHAPES[3].1, |spec| spec.nodes = ["n1", "n2"].map(str::to_owned).to_vec()).await;
    let pid = bench.cluster.start("n1").await.unwrap().pid;
    bench.cluster.start("n2").await.unwrap();
    bench.cluster.pause("n2").await.unwrap();
    let stopped = || bench.alive().iter().filter(|(_, state)| *state == 'T').count();
    let (paused, all) = (stopped(), bench.alive().len());
    assert!(paused >= 3 && all > paused, "{paused} of {all}");
    stand_still(|| {
        // A process stops a moment after it has been told to.
        let deadline = Instant::now() + Duration::from_secs(10);
        while stopped() < all && Instant::now() < deadline {}
        assert_eq!(stopped(), all);
    })
    .await;
    until("what ran runs", || stopped() == paused).await;
    assert!(bench.alive().iter().any(|(other, state)| *other == pid && *state != 'T'));
    bench.cluster.shutdown().await;
    bench.assert_empty("a stand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_all_kills_every_node() {
    let bench = Bench::with(SHAPES[1].1, |spec| {
        spec.nodes = ["n1", "n2", "n3"].map(str::to_owned).to_vec();
    })
    .await;
    let cluster = &bench.cluster;
    let (one, two) = tokio::join!(cluster.start("n1"), cluster.start("n2"));
    assert_ne!(one.unwrap().port, two.unwrap().port);
    assert!(matches!(cluster.start("n1").await, Err(StartError::AlreadyRunning { .. })));
    cluster.crash_all().await.unwrap();
    bench.assert_empty("crash_all");
    for node in cluster.nodes() {
        assert_eq!(cluster.state(node), NodeState::Down);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_nobody_asked_for_is_told() {
    let mut bench = Bench::new("#!/bin/sh\npython3 server.py \"$@\" &\necho $! > pid\nwait $!\nexit 7\n").await;
    bench.cluster.start("n1").await.unwrap();
    let pid = fs::read_to_string(bench.dir.path().join("challenge/pid")).unwrap();
    kill(Pid::from_raw(pid.trim().parse().unwrap()), Signal::SIGKILL).unwrap();
    let exited = bench.next(|kind| matches!(kind, NodeEventKind::Exited { .. })).await;
    let status = ExitStatus::Code(7);
    assert_eq!(exited, NodeEventKind::Exited { status });
    assert_eq!(bench.cluster.state("n1"), NodeState::Exited { status });
    assert!(matches!(
        bench.cluster.kill("n1").await,
        Err(NodeError::NotRunning { status: Some(found), .. }) if found == status
    ));
    bench.cluster.start("n1").await.unwrap();
    bench.cluster.shutdown().await;
    bench.assert_empty("shutdown");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_end_is_an_error_with_the_last_words() {
    let bench = Bench::new("#!/bin/sh\necho one\necho two >&2\nkill -SEGV $$\n").await;
    match bench.start_error().await {
        StartError::ExitedAtOnce { status, said, .. } => {
            assert_eq!(status, ExitStatus::Signal(11));
            assert_eq!(said.lines, ["one", "two"]);
        }
        error => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reason_why_run_sh_cannot_start_is_named() {
    let cause = async |run_sh: &str, change: fn(&Path)| {
        let bench = Bench::new(run_sh).await;
        change(&bench.dir.path().join("challenge/run.sh"));
        match bench.start_error().await {
            StartError::Unstartable { cause, .. } => cause,
            error => panic!("{error}"),
        }
    };
    let nothing = |_: &Path| {};
    assert_eq!(cause(EXEC, |path| fs::remove_file(path).unwrap()).await, Unstartable::Missing);
    let unset = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(cause(EXEC, unset).await, Unstartable::NotExecutable);
    assert_eq!(cause("#!/no/such/sh\n", nothing).await, Unstartable::NoInterpreter("/no/such/sh".to_owned()));
    assert_eq!(
        cause("#!/usr/bin/env no-such-thing-9\n", nothing).await,
        Unstartable::NoInterpreter("no-such-thing-9".to_owned())
    );
    assert_eq!(cause("#!/bin/sh\r\necho\r\n", nothing).await, Unstartable::WindowsLineEnd);
    assert_eq!(cause("echo hello\n", nothing).await, Unstartable::ExecFormat { empty: false, text: true });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_listens_elsewhere_is_told_where() {
    let bench = Bench::with("#!/bin/sh\npython3 server.py elsewhere \"$@\"\n", |spec| {
        spec.patience.first_start = Duration::from_millis(1500)
    })
    .await;
    match bench.start_error().await {
        StartError::NeverListened { elsewhere, .. } => {
            assert_eq!(elsewhere.len(), 1);
            assert!(elsewhere[0].ip().is_loopback());
        }
        error => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_names_its_owner() {
    let bench = Bench::new(EXEC).await;
    let taken = TcpListener::bind(bench.cluster.address("n1")).unwrap();
    match bench.start_error().await {
        StartError::PortTaken { owner, .. } => {
            assert_eq!(owner.unwrap().pid, std::process::id() as i32);
        }
        error => panic!("{error}"),
    }
    drop(taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_interrupts_a_start() {
    let bench = Bench::new("#!/bin/sh\nsleep 1000\n").await;
    let begun = Instant::now();
    let (start, ()) = tokio::join!(bench.cluster.start("n1"), async {
        until("run.sh runs", || !bench.alive().is_empty()).await;
        bench.cluster.shutdown().await;
    });
    assert!(matches!(start, Err(StartError::Interrupted { .. })));
    assert!(begun.elapsed() < Duration::from_secs(10));
    bench.assert_empty("shutdown");
    assert!(bench.cluster.start("n1").await.is_err());
    bench.assert_empty("a start after shutdown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_over_a_limit_is_killed_with_a_sentence() {
    type Change = fn(&mut ClusterSpec);
    let cases: [(&str, Change, &str); 3] = [
        (
            "for i in 1 2 3 4 5 6; do sleep 1000 & done; exec python3 server.py \"$@\"",
            |spec| spec.limits.processes = 5,
            "processes at once; the limit is 5, so lsfr killed it.",
        ),
        (
            "sh -c 'while :; do echo 0123456789; done' & exec python3 server.py \"$@\"",
            |spec| spec.limits.log = 100_000,
            "the limit is 100000 bytes",
        ),
        (
            "exec python3 -c \"x = b'x' * 50000000; exec(open('server.py').read())\" \"$@\"",
            |spec| spec.limits.memory = 30_000_000,
            "of memory; the limit is 30 MB",
        ),
    ];
    for (run_sh, limits, words) in cases {
        let mut bench = Bench::with(&format!("#!/bin/sh\n{run_sh}\n"), limits).await;
        let sentence = match bench.cluster.start("n1").await {
            Ok(_) => match bench.next(|kind| matches!(kind, NodeEventKind::OverLimit { .. })).await {
                NodeEventKind::OverLimit { sentence } => sentence,
                kind => panic!("{kind:?}"),
            },
            // The limit may be passed before the port accepts.
            Err(error) => error.to_string(),
        };
        assert!(sentence.contains(words), "{sentence}");
        bench.assert_empty(words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_killed_for_its_limit_while_it_stops_has_not_stopped() {
    let deaf = "signal.signal(signal.SIGTERM, lambda *_: [print('x' * 10000, flush=True) for _ in range(10**9)])";
    let run_sh =
        format!("#!/bin/sh\nexec python3 -c \"import signal; {deaf}; exec(open('server.py').read())\" \"$@\"\n");
    let mut bench = Bench::with(&run_sh, |spec| spec.limits.log = 1_000_000).await;
    bench.cluster.start("n1").await.unwrap();
    let error = bench.cluster.stop("n1").await.unwrap_err();
    assert!(matches!(&error, StopError::OverLimit { sentence, .. } if sentence.contains("limit is 1 MB")), "{error}");
    bench.next(|kind| matches!(kind, NodeEventKind::OverLimit { .. })).await;
    bench.assert_empty("a stop that passed a limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_starts_with_fresh_signals_and_cannot_hit_its_guard() {
    let run_sh = "#!/bin/sh\ngrep -E 'Sig(Blk|Ign)' /proc/self/status\nreadlink /proc/self/fd/0\necho $PYTHONUNBUFFERED $*\nkill -9 0\n";
    let bench = Bench::new(run_sh).await;
    let StartError::ExitedAtOnce { status, said, .. } = bench.start_error().await else {
        panic!("it should have killed itself");
    };
    assert_eq!(status, ExitStatus::Signal(9));
    for line in &said.lines[..2] {
        let (_, mask) = line.split_once('\t').unwrap();
        // Bits 31 and 32 are glibc's own, which its posix_spawn sets.
        let mask = u64::from_str_radix(mask, 16).unwrap() & !0x1_8000_0000;
        assert_eq!(mask, 0, "{line}");
    }
    let expected = ["/dev/null".to_owned(), format!("1 {}", bench.cluster.command_line("n1")[1..].join(" "))];
    assert_eq!(said.lines[2..], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_lie_between_the_events_around_them() {
    let bench = Bench::new(EXEC).await;
    bench.cluster.start("n1").await.unwrap();
    let printed = || read_window(&bench.dir.path().join("run"), "n1", Duration::ZERO, Duration::MAX, 9).unwrap();
    until("it has printed", || printed().iter().any(|line| line.text == "listening")).await;
    bench.cluster.kill("n1").await.unwrap();
    let lines = printed();
    let told: Vec<(&str, bool)> = lines.iter().map(|line| (line.text.as_str(), line.own)).collect();
    let start = format!("START n1 port {}", bench.cluster.address("n1").port());
    assert_eq!(told, [(start.as_str(), true), ("listening", false), ("KILL n1", true)]);
    assert!(lines[0].at < lines[1].at && lines[1].at < lines[2].at, "{lines:?}");
    // The time window before the kill ends before it.
    let before = read_window(&bench.dir.path().join("run"), "n1", lines[1].at, lines[1].at, 9).unwrap();
    assert_eq!(before, lines[1..2]);
}

/// Work that has nothing to do with the cluster; each process ends with this, and by itself after a minute.
struct OtherWork(Vec<Child>);

impl OtherWork {
    fn begin() -> OtherWork {
        let processes = 2 * std::thread::available_parallelism().unwrap().get();
        let spin = |_| Command::new("timeout").args(["60", "sh", "-c", "while :; do :; done"]).spawn().unwrap();
        OtherWork((0..processes).map(spin).collect())
    }
}

impl Drop for OtherWork {
    fn drop(&mut self) {
        for process in &mut self.0 {
            // `timeout` passes it on, which SIGKILL would not be.
            kill(Pid::from_raw(process.id() as i32), Signal::SIGTERM).unwrap();
            process.wait().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_work_takes_from_a_node_is_credited() {
    let mut time = None;
    // More than there are cores, or the scheduler may give each of them a core.
    let work = "sh -c 'while :; do :; done' &\n".repeat(4);
    let bench = Bench::with(&format!("#!/bin/sh\n{work}exec python3 server.py \"$@\"\n"), |spec| {
        time = Some(spec.time.clone())
    })
    .await;
    let time = time.unwrap();
    bench.cluster.start("n1").await.unwrap();
    let began = Instant::now();
    let _others = OtherWork::begin();
    let enough = Duration::from_millis(300);
    until("credit", || time.credit(began, Instant::now()) > enough).await;
    let now = Instant::now();
    let waited = time.waited(began, now).unwrap();
    assert!(waited.time > Duration::ZERO && waited.time <= waited.of, "{waited:?}");
    assert!(time.since(began) <= began.elapsed() - enough);
}
