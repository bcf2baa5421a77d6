//! lsfr ended by force at random moments: whatever ends it, no process and no port of the project is left, lsfr.yaml
//! is whole, and the next command works.
//!
//! Moments and order are drawn from a seed, which every failure names; `LSFR_ABORTS_SEED` repeats it. The machine's own
//! timing still differs, so repeat a failure more than once.

use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use lsfr::cluster;
use lsfr::facts::{Event, Verdict};
use lsfr::project::Project;
use lsfr::report::records;
use lsfr::scenario::draw::{Draw, Stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::support::{self, LSFR, PATIENCE, eventually};

const ABORTS: usize = 100;
/// Projects that run at once: their ports must not meet either.
const AT_ONCE: usize = 4;

const YAML: &str = "\
# mine
challenge: kv-store
colour: green
stages:
  current: persistence   # nearly there
  completed:
    - http-api
";

/// The body of run.sh; LSFR is the reference server. Each is a way in which processes get away.
const SHAPES: [&str; 6] = [
    "exec LSFR \"$@\"",
    "LSFR \"$@\"",
    "sleep 1000 &\nLSFR \"$@\" &\nwait",
    "setsid sleep 1000 &\nsetsid LSFR \"$@\" &\nwait",
    "sh -c '(sleep 1000 &)'\nsh -c '(setsid LSFR \"$@\" &)' sh \"$@\"\nsleep 1000",
    // Only its arguments show whose it is.
    "(cd / && env -i setsid sh -c 'sleep 1000; :' \"$PWD\" &)\nexec LSFR \"$@\"",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Abort {
    Signal(Signal),
    InterruptTwice,
    /// What `pkill -KILL lsfr` does: it takes the servers along, which are lsfr's binary too.
    ByName,
    Guard,
}

const EVERY_ABORT: [Abort; 7] = [
    Abort::Signal(Signal::SIGINT),
    Abort::InterruptTwice,
    Abort::Signal(Signal::SIGTERM),
    Abort::Signal(Signal::SIGHUP),
    Abort::Signal(Signal::SIGKILL),
    Abort::ByName,
    Abort::Guard,
];

fn seed() -> String {
    std::env::var("LSFR_ABORTS_SEED").unwrap_or_else(|_| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        (now.as_nanos() % 1_000_000).to_string()
    })
}

/// A learner's directory, with a temporary folder of its own for `lsfr try` and `lsfr check`.
struct Place {
    temp: TempDir,
}

impl Place {
    fn new(shape: &str, yaml: &str) -> Place {
        let temp = tempfile::Builder::new().prefix("lsfr-aborts-").tempdir().unwrap();
        let place = Place { temp };
        fs::create_dir(place.dir()).unwrap();
        fs::create_dir(place.tmp()).unwrap();
        fs::write(place.dir().join("lsfr.yaml"), yaml).unwrap();
        let run_sh = place.dir().join("run.sh");
        let body = shape.replace("LSFR", &format!("{LSFR} __reference kv-store"));
        fs::write(&run_sh, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&run_sh, fs::Permissions::from_mode(0o755)).unwrap();
        place
    }

    fn dir(&self) -> PathBuf {
        self.temp.path().join("project")
    }

    fn tmp(&self) -> PathBuf {
        self.temp.path().join("tmp")
    }

    fn lsfr(&self, args: &[&str]) -> Command {
        let mut command = Command::new(LSFR);
        command
            .args(args)
            .current_dir(self.dir())
            // Shows whose a process is, wherever it went: the environment is inherited.
            .env("LSFR_ABORTS", self.temp.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn spawn(&self, args: &[&str]) -> Child {
        self.lsfr(args).spawn().unwrap()
    }

    /// Living processes that belong here: (pid, name).
    fn alive(&self) -> Vec<(i32, String)> {
        support::alive(self.temp.path())
    }

    fn named(&self, name: &str) -> Vec<i32> {
        self.alive().into_iter().filter(|(_, other)| other == name).map(|(pid, _)| pid).collect()
    }

    /// Ports that runs here have had.
    fn ports(&self) -> HashSet<u16> {
        let logs = records::list(&self.dir()).into_iter().map(|run| run.join("logs/n1.log"));
        let text =
            logs.filter_map(|log| fs::read(log).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let starts = text.flat_map(|text| {
            text.lines()
                .filter_map(|line| line.strip_prefix("--- lsfr: START n1 port ")?.parse().ok())
                .collect::<Vec<u16>>()
        });
        starts.collect()
    }

    /// Nothing listens there, or somebody who has nothing to do with this project: the port's block may be lent out
    /// again by now.
    fn is_let_go(&self, port: u16) -> bool {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            || cluster::owner(port).is_some_and(|owner| self.alive().iter().all(|(pid, _)| *pid != owner.pid))
    }

    /// If lsfr is asked to end in a way that lets it clean up, it is the last to go.
    fn assert_gone_already(&self, after: &str) {
        assert_eq!(self.alive(), [], "at the end of lsfr, {after}");
    }

    fn assert_nothing_left(&self, after: &str) {
        eventually(&format!("no process is left after {after}"), || {
            let alive = self.alive();
            if alive.is_empty() { Ok(()) } else { Err(format!("{alive:?}")) }
        });
        for port in self.ports() {
            eventually(&format!("port {port} is let go after {after}"), || {
                if self.is_let_go(port) { Ok(()) } else { Err("it is bound".to_owned()) }
            });
        }
    }

    /// The program is right, so no abort may be reported as its failure.
    fn assert_no_blame(&self, after: &str) {
        let runs = records::list(&self.dir()).into_iter().filter_map(|folder| records::load(&folder).ok());
        for event in runs.filter_map(|run| run.events().ok()).flatten() {
            if let Event::TestEnded { test, verdict: Verdict::Failed(failure), .. } = event.event {
                panic!("{after}: \"{test}\" was told as failed: {:?}", failure.what);
            }
        }
    }

    fn assert_usable(&self, after: &str, yaml: &[&str]) {
        let text = fs::read_to_string(self.dir().join("lsfr.yaml")).unwrap();
        assert!(yaml.contains(&text.as_str()), "{after}: lsfr.yaml is now\n{text}");
        Project::find(&self.dir()).unwrap_or_else(|error| panic!("{after}: {error}"));
        let status = self.lsfr(&["status"]).status().unwrap();
        assert_eq!(status.code(), Some(0), "lsfr status after {after}");
    }
}

impl Drop for Place {
    /// A failed assertion must not leave behind what it found.
    fn drop(&mut self) {
        for (pid, _) in self.alive() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

fn send(child: &Child, signal: Signal) {
    // It may have ended already, but not been waited for: the pid is still its own.
    kill(Pid::from_raw(child.id() as i32), signal).unwrap();
}

fn ended(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn must_end(child: &mut Child, after: &str) -> ExitStatus {
    ended(child, PATIENCE).unwrap_or_else(|| {
        let _ = child.kill();
        let _ = child.wait();
        panic!("lsfr did not end after {after}");
    })
}

/// Aborts a running lsfr and returns how it ended.
fn abort(place: &Place, child: &mut Child, how: Abort, draw: &mut Stream, after: &str) -> ExitStatus {
    match how {
        Abort::Signal(signal) => send(child, signal),
        Abort::InterruptTwice => {
            send(child, Signal::SIGINT);
            thread::sleep(Duration::from_millis(draw.below(400)));
            send(child, Signal::SIGINT);
        }
        Abort::ByName => {
            for pid in place.named("lsfr") {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
        Abort::Guard => {
            let guard = place.named("node-guard").first().copied();
            if let Some(guard) = guard {
                let _ = kill(Pid::from_raw(guard), Signal::SIGKILL);
            }
            // A process that had done its work is not missed: the run goes on.
            if let Some(status) = ended(child, Duration::from_millis(500)) {
                return status;
            }
            send(child, Signal::SIGINT);
        }
    }
    must_end(child, after)
}

fn assert_exit(status: ExitStatus, how: Abort, after: &str) {
    let fine = match how {
        // It may have been done before the signal came.
        Abort::Signal(Signal::SIGKILL) | Abort::ByName => {
            status.signal() == Some(Signal::SIGKILL as i32) || status.code() == Some(0)
        }
        Abort::Guard => matches!(status.code(), Some(0 | 3 | 130)) || status.signal() == Some(Signal::SIGINT as i32),
        // Before lsfr listens for signals there is nothing to clean up, and the system ends it.
        Abort::Signal(signal) => matches!(status.code(), Some(0 | 130)) || status.signal() == Some(signal as i32),
        Abort::InterruptTwice => {
            matches!(status.code(), Some(0 | 130)) || status.signal() == Some(Signal::SIGINT as i32)
        }
    };
    assert!(fine, "{after}: it ended with {status}");
}

#[test]
fn a_hundred_aborts_leave_nothing() {
    let seed = seed();
    println!("LSFR_ABORTS_SEED={seed}");
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= ABORTS {
                        return;
                    }
                    one_abort(&seed, number);
                }
            });
        }
    });
}

fn one_abort(seed: &str, number: usize) {
    let how = EVERY_ABORT[number % EVERY_ABORT.len()];
    let shape = SHAPES[number / EVERY_ABORT.len() % SHAPES.len()];
    let mut draw = Draw::new(format!("{seed}/{number}")).next();
    let args: &[&str] = match draw.below(3) {
        0 => &["next"],
        1 => &["test", "crash-recovery"],
        _ => &["test", "crash-recovery", "--so-far"],
    };
    // A third in the first moments, where folders, locks and guards are made.
    let moment = Duration::from_millis(if draw.below(3) == 0 { draw.below(100) } else { draw.below(1500) });
    let after = format!("abort {number} of seed {seed}: {how:?} after {moment:?} of {args:?}, run.sh:\n{shape}\n");

    let place = Place::new(shape, YAML);
    let mut child = place.spawn(args);
    thread::sleep(moment);
    let status = abort(&place, &mut child, how, &mut draw, &after);
    if status.code() == Some(130) && how != Abort::InterruptTwice {
        place.assert_gone_already(&after);
    }
    place.assert_nothing_left(&after);
    assert_exit(status, how, &after);
    if how != Abort::ByName {
        // Where the servers are killed by name, lsfr may see one die before its own turn comes.
        place.assert_no_blame(&after);
    }
    let advanced = YAML
        .replace("current: persistence", "current: crash-recovery")
        .replace("- http-api\n", "- http-api\n    - persistence\n");
    place.assert_usable(&after, &[YAML, &advanced]);
}

#[test]
fn an_abort_of_next_leaves_lsfr_yaml_whole() {
    let seed = seed();
    let first = YAML.replace("persistence", "http-api").replace("  completed:\n    - http-api\n", "");
    let place = Place::new(SHAPES[0], &first);
    // `next` compares times to see whether the program has changed since; records have whole seconds.
    let run_sh = fs::File::open(place.dir().join("run.sh")).unwrap();
    run_sh.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    assert_eq!(place.lsfr(&["test"]).status().unwrap().code(), Some(0));
    let mut moves = 0;
    for number in 0..30 {
        let mut draw = Draw::new(format!("{seed}/next/{number}")).next();
        let moment = Duration::from_micros(draw.below(40_000));
        let after = format!("abort {number} of next, seed {seed}: SIGKILL after {moment:?}");
        let mut child = place.spawn(&["next"]);
        thread::sleep(moment);
        send(&child, Signal::SIGKILL);
        must_end(&mut child, &after);
        place.assert_nothing_left(&after);
        let text = fs::read_to_string(place.dir().join("lsfr.yaml")).unwrap();
        if text != first {
            let config = Project::find(&place.dir()).unwrap().config;
            assert_eq!(config.current.as_deref(), Some("persistence"), "{after}:\n{text}");
            assert_eq!(config.completed, ["http-api"], "{after}:\n{text}");
            assert!(text.starts_with("# mine\n") && text.contains("# nearly there\n"), "{after}:\n{text}");
            moves += 1;
        }
        place.assert_usable(&after, &[&text]);
        fs::write(place.dir().join("lsfr.yaml"), &first).unwrap();
    }
    println!("{moves} of 30 had moved on");
}

/// A build that leaves processes behind in every way and does not end.
const BUILD: &str =
    "sleep 1000 & setsid sleep 1000 & sh -c '(sleep 1000 &)'; (setsid sh -c 'sleep 1000; :' &); sleep 1000";

#[test]
fn an_aborted_build_leaves_nothing() {
    for how in EVERY_ABORT {
        let place = Place::new(SHAPES[0], &format!("{YAML}build: {BUILD:?}\n"));
        let after = format!("{how:?} in a build");
        let mut child = place.spawn(&["test"]);
        eventually("the build runs", || {
            let sleeping = place.named("sleep").len();
            if sleeping == 5 { Ok(()) } else { Err(format!("{sleeping} of 5 sleep")) }
        });
        let status = abort(&place, &mut child, how, &mut Draw::new("build").next(), &after);
        if matches!(status.code(), Some(3 | 130)) && how != Abort::InterruptTwice {
            place.assert_gone_already(&after);
        }
        place.assert_nothing_left(&after);
        assert_exit(status, how, &after);
        if how == Abort::Guard {
            assert_eq!(status.code(), Some(3), "{after}");
        }
        place.assert_no_blame(&after);
        fs::write(place.dir().join("lsfr.yaml"), YAML).unwrap();
        place.assert_usable(&after, &[YAML]);
    }
}

#[test]
fn an_aborted_try_leaves_nothing_and_no_folder() {
    throw_away("try", &["try"]);
}

#[test]
fn an_aborted_check_leaves_nothing_and_no_folder() {
    let program = format!("{LSFR} __reference kv-store");
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/challenges/kv-store");
    throw_away("check", &["check", pack, "--program", &program]);
}

fn throw_away(name: &str, args: &[&str]) {
    let seed = seed();
    for number in 0..12 {
        let signal = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL][number % 3];
        let mut draw = Draw::new(format!("{seed}/{name}/{number}")).next();
        let moment = Duration::from_millis(if number < 6 { draw.below(150) } else { draw.below(1200) });
        let after = format!("abort {number} of {name}, seed {seed}: {signal} after {moment:?}");
        let place = Place::new(SHAPES[0], YAML);
        let mut child = place.lsfr(args).env("TMPDIR", place.tmp()).spawn().unwrap();
        thread::sleep(moment);
        send(&child, signal);
        let status = must_end(&mut child, &after);
        place.assert_nothing_left(&after);
        assert_exit(status, Abort::Signal(signal), &after);
        if signal != Signal::SIGKILL {
            let left: Vec<String> = fs::read_dir(place.tmp())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            assert_eq!(left, [] as [String; 0], "{after}");
        }
    }
}
