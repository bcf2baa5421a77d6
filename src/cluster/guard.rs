//! The guard: a small process between lsfr and one start of a node, so that nothing of the node outlives lsfr,
//! however lsfr dies. It is lsfr's own binary, run as the hidden `lsfr __guard`.
//!
//! It starts the program, obeys orders from its stdin and reports on its stdout (see [`super::wire`]). The end of
//! stdin means that lsfr is gone: it kills the tree and follows. There is no async runtime here, because one guard
//! is started for each start of a node and must cost next to nothing.

use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{self, Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, setsid};

use super::flood::Flood;
use super::limits::{self, Limits};
use super::redirect::{self, Redirect};
use super::stopping::{Ending, Stopper};
use super::tree;
use super::wire::{Launch, Order, Report};
use crate::facts::ExitStatus;

/// What a guard calls itself, in its arguments and to the kernel: `pkill lsfr` must miss it.
pub const NAME: &str = "node-guard";

/// The hidden argument that makes lsfr a guard.
pub const ARGUMENT: &str = "__guard";

/// Runs the guard; `lsfr __guard` is nothing else. Everything it needs comes through stdin.
pub fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    {
        let _ = nix::sys::prctl::set_name(c"node-guard");
        let _ = nix::sys::prctl::set_child_subreaper(true);
    }
    // A guard with one dead thread would neither obey nor report. As a whole it may die: lsfr, which is a subreaper
    // too, kills what it leaves.
    std::panic::set_hook(Box::new(|_| process::exit(1)));
    outlive_signals();
    let _ = setsid();

    let mut orders = io::stdin().lock();
    let mut line = String::new();
    let launch = match orders.read_line(&mut line) {
        Ok(1..) => match serde_json::from_str::<Launch>(&line) {
            Ok(launch) => launch,
            Err(_) => return ExitCode::FAILURE,
        },
        _ => return ExitCode::FAILURE,
    };
    drop(orders);

    // Before the program can replace them.
    let flood = Arc::new(Flood::open(&launch));
    let pid = match start(&launch) {
        Ok(started) => started,
        Err(error) => {
            report(&Report::NotStarted { errno: error.raw_os_error(), message: error.to_string() });
            return ExitCode::SUCCESS;
        }
    };
    report(&Report::Started { pid });
    let stopper = Arc::new(Stopper::new(launch.port));
    let obeying = Arc::clone(&stopper);
    thread::spawn(move || obey(pid, &obeying));
    thread::spawn(move || watch(pid, &launch.limits));
    let watching = Arc::clone(&flood);
    thread::spawn(move || watching.watch(pid));
    let status = reap(Pid::from_raw(pid), &stopper);
    flood.end();
    report(&Report::Empty { status });
    // The other threads block for good; the end of the process ends them.
    ExitCode::SUCCESS
}

/// Handlers, and not SIG_IGN or a blocked mask: both of those would be inherited by the program, and a handler is
/// reset by exec. It also undoes what lsfr itself inherited, such as an ignored SIGHUP under nohup.
fn outlive_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let ignored = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        let _ = signal_hook::flag::register(signal, Arc::clone(&ignored));
    }
}

/// A start may meet run.sh in the middle of being written by an editor or a compiler; that passes.
const BUSY_FOR: Duration = Duration::from_secs(1);

fn start(launch: &Launch) -> io::Result<i32> {
    let redirect = Redirect::open(launch)?;
    redirect::limit_files(launch);
    let deadline = Instant::now() + BUSY_FOR;
    loop {
        let mut command = Command::new(&launch.program);
        redirect.apply(&mut command)?;
        let started = command
            .args(&launch.args)
            .current_dir(&launch.dir)
            // A group of its own: `kill 0` in run.sh must not reach the guard.
            .process_group(0)
            .spawn();
        match started {
            Ok(child) => return Ok(child.id() as i32),
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Follows orders until they end, and then kills everything.
fn obey(program: i32, stopper: &Stopper) {
    let me = process::id() as i32;
    let mut paused = false;
    for line in io::stdin().lock().lines() {
        let Ok(order) = line.map_err(drop).and_then(|line| serde_json::from_str::<Order>(&line).map_err(drop)) else {
            break;
        };
        match order {
            Order::Term => {
                stopper.stop(program);
                // A stopped process sees no signal until it goes on.
                if paused {
                    tree::resume(me);
                }
            }
            Order::Pause => {
                tree::pause(me);
                paused = true;
            }
            Order::Resume => {
                tree::resume(me);
                paused = false;
            }
            Order::Kill => break,
        }
        report(&Report::Done);
    }
    kill_tree(program);
}

/// Kills until the main thread ends the process: only that thread can tell that no child is left.
pub(crate) fn kill_tree(program: i32) -> ! {
    let me = process::id() as i32;
    let mut pause = Duration::from_millis(1);
    loop {
        tree::signal_all(me, Signal::SIGKILL);
        // Where there is no subreaper, what has lost its parent is out of the tree but still in the program's group.
        if cfg!(not(target_os = "linux")) {
            let _ = killpg(Pid::from_raw(program), Signal::SIGKILL);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn watch(program: i32, limits: &Limits) {
    loop {
        thread::sleep(limits::EVERY);
        if let Some(over) = limits::check(process::id() as i32, limits) {
            report(&Report::OverLimit(over));
            kill_tree(program);
        }
    }
}

/// Waits until there is no child left: the tree is empty then, because whatever loses its parent becomes a child of
/// the guard. Returns how the program itself ended.
fn reap(main: Pid, stopper: &Stopper) -> ExitStatus {
    let mut main_status = None;
    let mut told = false;
    loop {
        // Once run.sh has ended, look before blocking: its end is worth reporting only if others live on.
        let flags = (main_status.is_some() && !told).then_some(WaitPidFlag::WNOHANG);
        match waitpid(None::<Pid>, flags) {
            Ok(WaitStatus::Exited(pid, code)) => {
                if pid == main {
                    main_status = Some(ExitStatus::Code(code));
                }
                stopper.ended(pid.as_raw(), Ending::Otherwise);
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                if pid == main {
                    main_status = Some(ExitStatus::Signal(signal as i32));
                }
                let of_sigterm = signal == Signal::SIGTERM;
                stopper.ended(pid.as_raw(), if of_sigterm { Ending::OfSigterm } else { Ending::Otherwise });
            }
            Ok(WaitStatus::StillAlive) => {
                told = true;
                if let Some(status) = main_status {
                    report(&Report::MainExited(status));
                }
            }
            Ok(_) | Err(Errno::EINTR) => {}
            // A child died of a real-time signal, which nix cannot name. It has been reaped all the same.
            Err(Errno::EINVAL) => {
                if main_status.is_none() && !super::process::children(process::id() as i32).contains(&main.as_raw()) {
                    main_status = Some(ExitStatus::Signal(0));
                }
            }
            Err(_) => break,
        }
    }
    #[cfg(not(target_os = "linux"))]
    while killpg(main, None).is_ok() {
        // No subreaper here: background children belong to init, but they still share the program's group.
        thread::sleep(Duration::from_millis(10));
    }
    main_status.unwrap_or(ExitStatus::Signal(0))
}

pub(crate) fn report(report: &Report) {
    let Ok(mut line) = serde_json::to_string(report) else {
        return;
    };
    line.push('\n');
    // Without lsfr nobody listens; the end of the orders says so better than this error would.
    let _ = io::stdout().lock().write_all(line.as_bytes());
}
