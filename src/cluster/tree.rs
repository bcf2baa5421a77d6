//! Trees of processes: who is in one, signals to all of it, what it uses, and what is left of one whose guard was
//! killed.
//!
//! A tree changes while it is read. Whatever must reach all of it therefore reads it again until nothing new is in
//! it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use super::process::{self, Process, Stat};

/// One process of a tree, as it was when the tree was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) process: Process,
    pub(crate) parent: i32,
    pub(crate) stopped: bool,
}

/// The living descendants of a process, parents before children. The process itself is not among them.
pub(crate) fn members(root: i32) -> Vec<Member> {
    let mut found = process::children(root);
    let mut seen: HashSet<i32> = found.iter().copied().collect();
    let mut next = 0;
    while next < found.len() {
        for child in process::children(found[next]) {
            // A pid that is reused while the tree is read could close a circle.
            if seen.insert(child) {
                found.push(child);
            }
        }
        next += 1;
    }
    let living = |pid: i32| process::stat(pid).filter(|stat| !stat.ended()).map(|stat| (pid, stat));
    let member = |(pid, stat): (i32, Stat)| Member {
        process: Process { pid, start: stat.start },
        parent: stat.parent,
        stopped: stat.stopped(),
    };
    found.into_iter().filter_map(living).map(member).collect()
}

/// The same, for when a missed child would be missed for good: while others end, the kernel's list of children may
/// leave one out.
pub(crate) fn settled_members(root: i32) -> Vec<Member> {
    /// A program that makes processes all the time never settles.
    const READINGS: usize = 5;
    let mut last = members(root);
    for _ in 1..READINGS {
        let again = members(root);
        if again == last {
            break;
        }
        last = again;
    }
    last
}

pub(crate) fn descendants(root: i32) -> Vec<i32> {
    members(root).into_iter().map(|member| member.process.pid).collect()
}

/// Sends a signal that lets no process make another to each process of the tree, until a reading finds none that has
/// not had it.
pub(crate) fn signal_all(root: i32, signal: Signal) {
    let mut told = HashSet::new();
    loop {
        let fresh: Vec<Process> =
            members(root).iter().map(|member| member.process).filter(|process| told.insert(*process)).collect();
        if fresh.is_empty() {
            return;
        }
        fresh.into_iter().for_each(|process| process.signal(signal));
    }
}

/// Lets every process of the tree go on. Those that are made from then on were never stopped; a program that makes
/// them all the time would otherwise be signalled for ever.
pub(crate) fn resume(root: i32) {
    let mut told = HashSet::new();
    // One deep in a system call is not stopped yet, but would be once it returns.
    let mut waiting = members(root);
    while !waiting.is_empty() {
        for member in waiting {
            told.insert(member.process);
            member.process.signal(Signal::SIGCONT);
        }
        waiting = members(root);
        waiting.retain(|member| member.stopped && !told.contains(&member.process));
    }
}

/// Stops every process of the tree and returns when none runs. A process deep in a system call cannot be stopped; after
/// a second it is left to stop when the call returns.
pub(crate) fn pause(root: i32) {
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        signal_all(root, Signal::SIGSTOP);
        let all_stopped = descendants(root)
            .into_iter()
            .all(|pid| process::stat(pid).is_none_or(|stat| stat.stopped() || stat.ended()));
        if all_stopped || Instant::now() >= deadline {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// "python3 (pid 4121)", for each process of the tree.
pub(crate) fn names(root: i32) -> Vec<String> {
    descendants(root)
        .into_iter()
        .map(|pid| match process::name(pid) {
            Some(name) => format!("{name} (pid {pid})"),
            None => format!("pid {pid}"),
        })
        .collect()
}

/// The living guards this process has started. Held while one is being started, so that a sweep never takes a guard
/// that has a session of its own but is not listed yet for an orphan.
static GUARDS: Mutex<Option<HashSet<i32>>> = Mutex::new(None);

fn guards() -> MutexGuard<'static, Option<HashSet<i32>>> {
    GUARDS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn start_guard<T, E>(start: impl FnOnce() -> Result<(i32, T), E>) -> Result<(i32, T), E> {
    // What a killed guard leaves must come to lsfr, not to init.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(true);
    let mut guards = guards();
    let (pid, guard) = start()?;
    guards.get_or_insert_default().insert(pid);
    Ok((pid, guard))
}

pub(crate) fn guard_ended(pid: i32) {
    guards().get_or_insert_default().remove(&pid);
}

/// Stops whatever runs below the guards of this process, and returns what that was.
pub(crate) fn stop_all_guarded() -> HashSet<i32> {
    // Held, so that no guard is started that nobody sees.
    let mut guards = guards();
    let guards = guards.get_or_insert_default();
    let mut stopped = HashSet::new();
    loop {
        let running = |pid: &i32| process::stat(*pid).is_some_and(|stat| !stat.stopped());
        let tree = guards.iter().flat_map(|guard| descendants(*guard));
        let fresh: Vec<i32> = tree.filter(|pid| !stopped.contains(pid)).filter(running).collect();
        if fresh.is_empty() {
            return stopped;
        }
        for pid in fresh {
            let _ = kill(Pid::from_raw(pid), Signal::SIGSTOP);
            stopped.insert(pid);
        }
    }
}

/// What a program that lsfr opened for the learner has in its environment: an editor or a browser that detaches itself
/// becomes a child of lsfr as well, and is not a guard's orphan.
pub(crate) const OPENED: &str = "LSFR_OPENED";

/// Kills what a killed guard left behind. Its tree has come to lsfr, a subreaper too; what distinguishes it from lsfr's
/// other children is the session: a guard's tree never shares lsfr's, and of the others only what was opened for the
/// learner has a session of its own. Blocks until nothing is left, a few milliseconds; after 5 s it gives up on what
/// cannot be killed.
pub(crate) fn kill_orphans() {
    let me = std::process::id() as i32;
    let Some(my_session) = process::stat(me).map(|stat| stat.session) else {
        return;
    };
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let mut guards = guards();
        let known = guards.get_or_insert_default();
        let orphans: Vec<i32> = process::children(me)
            .into_iter()
            .filter(|pid| !known.contains(pid))
            .filter(|pid| process::stat(*pid).is_some_and(|stat| stat.session != my_session))
            .filter(|pid| !process::has_variable(*pid, OPENED))
            .collect();
        for orphan in &orphans {
            let pid = Pid::from_raw(*orphan);
            let _ = kill(pid, Signal::SIGKILL);
            signal_all(*orphan, Signal::SIGKILL);
            let _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
        }
        drop(guards);
        if orphans.is_empty() || Instant::now() >= deadline {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}
