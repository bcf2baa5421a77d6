//! Whatever is between lsfr and a program, one SIGTERM reaches the program.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lsfr::cluster::{ClusterSpec, StopError, read_window};
use lsfr::facts::{ExitStatus, NodeEventKind, Signalled};

use super::cluster::Bench;
use super::support::Project;

/// Writes down each SIGTERM. After the first it no longer listens, and waits for longer than any sender may wait before
/// a second; with the argument `busy` it goes on listening, and works for that long. With `helper` it needs another
/// process to end, which dies of a SIGTERM.
const PROGRAM: &str = r#"
import os, signal, socket, subprocess, sys, threading, time
port = int([a for a in sys.argv if a.startswith("--port=")][0][7:])

def heard(word):
    with open("heard", "a") as file: file.write(word + "\n")

helper = None
if "helper" in sys.argv:
    pipe = subprocess.PIPE
    helper = subprocess.Popen(["cat"], stdin=pipe, stdout=pipe)

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

def end():
    signal.sigwait([signal.SIGTERM])
    heard("SIGTERM")
    if "busy" in sys.argv:
        done = time.monotonic() + 1.6
        while time.monotonic() < done: pass
        again = signal.sigpending()
    else:
        listener.shutdown(socket.SHUT_RDWR)
        again = signal.sigtimedwait([signal.SIGTERM], 1.6)
    if again: heard("SIGTERM again")
    if helper:
        try:
            helper.stdin.write(b"saved\n"); helper.stdin.flush()
            heard("helper " + helper.stdout.readline().decode().strip())
        except BrokenPipeError: heard("the helper is gone")
    os._exit(9 if again else 0)

threading.Thread(target=end).start()
while True:
    try: listener.accept()
    except OSError: break
"#;

/// Starts the program and passes the signal on to it or not, and waits for its end or not.
const RUNNER: &str = r#"
import os, signal, subprocess, sys
passes, waits = "passes" in sys.argv, "waits" in sys.argv
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
unblock = lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
program = subprocess.Popen([sys.executable, "program.py"] + sys.argv[1:], preexec_fn=unblock)
signal.sigwait([signal.SIGTERM])
if passes: program.send_signal(signal.SIGTERM)
sys.exit(program.wait() if waits else 0)
"#;

async fn bench(run_sh: &str, change: impl FnOnce(&mut ClusterSpec)) -> Bench {
    let bench = Bench::with(&format!("#!/bin/sh\n{run_sh}\n"), change).await;
    for (name, text) in [("program.py", PROGRAM), ("runner.py", RUNNER)] {
        fs::write(bench.dir.path().join("challenge").join(name), text).unwrap();
    }
    bench
}

fn heard(bench: &Bench) -> String {
    fs::read_to_string(bench.dir.path().join("challenge/heard")).unwrap().trim().replace('\n', ", ")
}

/// Starts, stops, and returns who was signalled.
async fn stopped(bench: &mut Bench, paused: bool) -> (ExitStatus, Vec<Signalled>) {
    bench.cluster.start("n1").await.unwrap();
    if paused {
        bench.cluster.pause("n1").await.unwrap();
    }
    let status = bench.cluster.stop("n1").await.unwrap().status;
    bench.assert_empty("stop");
    match bench.next(|kind| matches!(kind, NodeEventKind::Stopped { .. })).await {
        NodeEventKind::Stopped { signalled, .. } => (status, signalled),
        _ => unreachable!(),
    }
}

fn names(signalled: &[Signalled]) -> Vec<&str> {
    signalled.iter().map(|one| one.file.as_deref().unwrap_or(&one.name)).collect()
}

/// What run.sh does, who must be signalled, and how long after the first signal the last may come at the earliest.
const SHAPES: [(&str, &[&str], u64); 8] = [
    ("exec python3 program.py \"$@\"", &["program.py"], 0),
    // A shell dies of it, silently.
    ("python3 program.py \"$@\"\nexit 3", &["run.sh", "program.py"], 0),
    ("python3 program.py \"$@\" &\np=$!\ntrap 'kill $p' TERM\nwait $p || wait $p", &["run.sh"], 0),
    // This trap is run when the program has ended.
    ("trap 'echo stopping' TERM\npython3 program.py \"$@\"", &["run.sh", "program.py"], 1000),
    // As npm and uv do.
    ("exec python3 runner.py passes waits \"$@\"", &["runner.py"], 0),
    ("exec python3 runner.py passes \"$@\"", &["runner.py"], 0),
    ("exec python3 runner.py \"$@\"", &["runner.py", "program.py"], 500),
    ("python3 program.py \"$@\" &\nexit 0", &["program.py"], 0),
];

async fn one_sigterm(paused: bool) {
    let shapes = SHAPES.map(|(run_sh, who, after)| async move {
        let mut bench = bench(run_sh, |_| {}).await;
        let (_, signalled) = stopped(&mut bench, paused).await;
        assert_eq!(heard(&bench), "SIGTERM", "{run_sh}");
        assert_eq!(names(&signalled), who, "{run_sh}");
        assert!(signalled[0].after.is_zero(), "{run_sh}: {signalled:?}");
        assert!(signalled.last().unwrap().after >= Duration::from_millis(after), "{run_sh}: {signalled:?}");
        assert_eq!(signalled[0].alone, who == ["program.py"], "{run_sh}: {signalled:?}");
    });
    futures_util::future::join_all(shapes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sigterm_reaches_the_program_whatever_stands_before_it() {
    one_sigterm(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sigterm_reaches_a_program_that_is_paused() {
    one_sigterm(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_works_on_its_end_is_not_told_again() {
    for runner in ["passes waits", "passes"] {
        let mut bench = bench(&format!("exec python3 runner.py {runner} busy \"$@\""), |_| {}).await;
        let (_, signalled) = stopped(&mut bench, false).await;
        assert_eq!(heard(&bench), "SIGTERM", "{runner}");
        assert_eq!(names(&signalled), ["runner.py"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_can_use_what_it_has_started_to_the_end() {
    let shapes = [
        "exec python3 program.py helper \"$@\"",
        "python3 program.py helper \"$@\"\nexit 3",
        "trap 'echo stopping' TERM\npython3 program.py helper \"$@\"",
        "exec python3 runner.py passes helper \"$@\"",
    ];
    let shapes = shapes.map(|run_sh| async move {
        let mut bench = bench(run_sh, |_| {}).await;
        stopped(&mut bench, false).await;
        assert_eq!(heard(&bench), "SIGTERM, helper saved", "{run_sh}");
    });
    futures_util::future::join_all(shapes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_shell_leaves_behind_is_told() {
    let run_sh =
        "(setsid sh -c 'sleep 1000 & python3 program.py \"$@\" & wait' sh \"$@\" &)\nsleep 1000 &\nsleep 1000";
    let mut bench = bench(run_sh, |_| {}).await;
    let (status, signalled) = stopped(&mut bench, false).await;
    assert_eq!(heard(&bench), "SIGTERM");
    let mut names = names(&signalled);
    names.sort_unstable();
    assert_eq!(names, ["program.py", "run.sh", "sh", "sleep", "sleep", "sleep"]);
    assert_eq!(status, ExitStatus::Signal(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_has_forgotten_ends_too() {
    let shapes = [
        // Dies of it, and has a process below it that listens as well.
        "exec python3 -c \"import os,socket,sys,time; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', int(sys.argv[1][7:]))); os.fork(); s.listen(); time.sleep(1000)\" \"$@\"",
        "sleep 1000 &\nexec python3 program.py \"$@\"",
    ];
    for run_sh in shapes {
        let mut bench = bench(run_sh, |_| {}).await;
        let (_, signalled) = stopped(&mut bench, false).await;
        assert_eq!(signalled.len(), 2, "{signalled:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_does_not_stop_is_told_who_was_asked() {
    let deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); exec(open('server.py').read())";
    let told = async |run_sh: &str| {
        let run_sh = run_sh.replace("deaf", &format!("python3 -c \"import signal; {deaf}\" \"$@\""));
        let bench = bench(&run_sh, |spec| spec.patience.stop = Duration::from_secs(4)).await;
        bench.cluster.start("n1").await.unwrap();
        let error = bench.cluster.stop("n1").await.unwrap_err();
        bench.assert_empty("a stop that took too long");
        let sentence = error.to_string();
        let StopError::TooSlow { signalled, .. } = error else { panic!("{error}") };
        (signalled, sentence)
    };
    let (plain, shell, trap) =
        tokio::join!(told("exec deaf"), told("deaf\nexit 0"), told("trap 'echo stopping' TERM\ndeaf"));
    assert_eq!(names(&plain.0), ["python3"]);
    assert!(plain.1.contains(") at once. Still running were: python3 (pid "), "{}", plain.1);
    // The shell is gone, and `exec` would help nothing.
    assert_eq!(names(&shell.0), ["run.sh", "python3"]);
    assert!(shell.1.contains(" SIGTERM went to run.sh (sh, pid "), "{}", shell.1);
    for (_, told) in [plain, shell] {
        assert!(
            told.ends_with("Make your program end on SIGTERM, together with everything it has started."),
            "{told}"
        );
    }
    assert_eq!(names(&trap.0), ["run.sh", "python3"]);
    assert!(trap.0[1].after >= Duration::from_secs(1), "{:?}", trap.0);
    assert!(trap.1.contains("start it with `exec` at the end of run.sh"), "{}", trap.1);
}

/// A store that saves at SIGTERM, and is ended by a second one before it has.
const STORE: &str = include_str!("../programs/saved_at_sigterm.py");

#[test]
fn a_runner_that_passes_signals_on_fails_no_test() {
    let project = Project::new();
    project.write("program.py", STORE);
    project.write("runner.py", RUNNER);
    project.run_sh("#!/bin/sh\nexec python3 runner.py passes waits \"$@\"\n");
    project.lsfr(["test", "persistence", "--only", "Values survive a restart"]).exits(0);
    project.assert_nothing_runs();
}

#[test]
fn a_card_names_who_was_signalled() {
    let project = Project::new();
    // Whatever it had is lost when it starts again.
    project.write("program.py", &STORE.replace("data.json", "data-%d.json\" % os.getpid() + \""));
    project.run_sh("#!/bin/sh\npython3 program.py \"$@\"\nexit 0\n");
    let said = project.lsfr(["test", "persistence", "--only", "Values survive a restart"]).exits(1);
    said.says(&["; SIGTERM to run.sh (sh, pid", ") at once, program.py (python3, pid "]);
}

/// A time that the test does not check.
const EVER: Duration = Duration::MAX;

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_makes_processes_all_the_time_can_be_paused_and_resumed() {
    let run_sh =
        "for i in 1 2 3 4 5 6 7 8; do sh -c 'while :; do /bin/true; done' & done\nexec python3 server.py \"$@\"";
    let bench = bench(run_sh, |_| {}).await;
    bench.cluster.start("n1").await.unwrap();
    for _ in 0..3 {
        bench.cluster.pause("n1").await.unwrap();
        bench.cluster.resume("n1").await.unwrap();
    }
    bench.cluster.kill("n1").await.unwrap();
    bench.assert_empty("kill");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_whose_first_thread_has_ended_is_alive_and_can_be_killed() {
    let program = "import ctypes, threading; threading.Thread(target=lambda: exec(open('server.py').read(), globals())).start(); ctypes.CDLL(None).pthread_exit(None)";
    let bench = bench(&format!("exec python3 -c \"{program}\" \"$@\""), |_| {}).await;
    bench.cluster.start("n1").await.unwrap();
    let run = bench.dir.path().join("run");
    super::cluster::until("it listens", || {
        let lines = read_window(Path::new(&run), "n1", Duration::ZERO, EVER, 9).unwrap();
        lines.iter().any(|line| line.text == "listening")
    })
    .await;
    bench.cluster.kill("n1").await.unwrap();
    bench.assert_empty("kill");
}
