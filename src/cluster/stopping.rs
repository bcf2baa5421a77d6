//! Stopping a program: exactly one SIGTERM must reach it, as if a person had sent it, whatever is between it and the
//! guard.
//!
//! Many programs end at once when a second one comes, so it must not go to every process; and whatever is in front of
//! the program may pass it on (npm, uv), die of it without a word (a shell, `go run`), or wait for its child first (a
//! shell with a trap). So the signal is sent in this order, to each process at most once:
//!
//! * At once, to the children of the guard.
//! * What a signalled process leaves when it ends comes to the guard, which is a subreaper. If the process died of the
//!   signal, it passed nothing on, and what it left gets the signal at once; if it ended in another way, what is still
//!   alive [`PASSED_ON`] later gets it.
//! * To whoever listens on the node's port, [`HELD_BACK`] after the first, unless it has stopped listening: then it has
//!   got the signal.
//!
//! The last two wait while the program is at work, [`AT_WORK`] at most: it may have got the signal and be saving, or,
//! on a busy machine, still be waiting for a processor to handle it.
//!
//! So what the program itself has started gets no signal while the program lives: the program may still need it.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::process;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::guard::report;
use super::process::{Process, Script, is_at_work, name, script};
use super::sockets;
use super::tree::{self, Member};
use super::wire::Report;
use crate::facts::Signalled;

/// This long after the end of a process that may have passed the signal on.
const PASSED_ON: Duration = Duration::from_millis(500);

/// This long after the first signals, to the program itself.
const HELD_BACK: Duration = Duration::from_secs(1);

/// How much longer a program that is at work is left alone, and how often that is checked.
const AT_WORK: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How a child of the guard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    OfSigterm,
    Otherwise,
}

#[derive(Debug, Clone, Copy)]
struct Ended {
    pid: i32,
    ending: Ending,
}

/// What the reaping thread and the obeying thread know of the stop, if there is one.
#[derive(Debug)]
pub(crate) struct Stopper {
    port: Option<u16>,
    endings: OnceLock<Sender<Ended>>,
}

impl Stopper {
    pub(crate) fn new(port: Option<u16>) -> Stopper {
        Stopper { port, endings: OnceLock::new() }
    }

    /// Sends the first signals; a thread goes on from there.
    pub(crate) fn stop(&self, main: i32) {
        let (sender, endings) = channel();
        // Before the tree is read: an end that nobody is told of must show in it.
        if self.endings.set(sender).is_err() {
            return;
        }
        let root = process::id() as i32;
        let tree = tree::settled_members(root);
        let listeners = self.port.map_or_else(Vec::new, |port| listeners(port, root, &tree));
        let begun = Instant::now();
        let (plan, first) = Plan::new(root, &tree, &listeners, begun);
        let stop = Stop { plan, begun, root, main, port: self.port, listeners };
        for process in first {
            stop.signal(process, Duration::ZERO);
        }
        thread::spawn(move || stop.go_on(&endings));
    }

    /// A child of the guard has ended, and what it left has come to the guard.
    pub(crate) fn ended(&self, pid: i32, ending: Ending) {
        if let Some(endings) = self.endings.get() {
            // The thread ends only with the guard.
            let _ = endings.send(Ended { pid, ending });
        }
    }
}

/// Those that listen and have nobody above them that does: the others have inherited the socket. None are looked for
/// where all are signalled at once.
fn listeners(port: u16, root: i32, tree: &[Member]) -> Vec<Process> {
    if tree.iter().all(|member| member.parent == root) {
        return Vec::new();
    }
    let pids: Vec<i32> = tree.iter().map(|member| member.process.pid).collect();
    let holders: HashSet<i32> = sockets::holders(port, &pids).into_iter().collect();
    let mut below: HashSet<i32> = HashSet::new();
    let mut topmost = Vec::new();
    // Parents come first.
    for Member { process, parent, .. } in tree {
        if below.contains(parent) {
            below.insert(process.pid);
        } else if holders.contains(&process.pid) {
            below.insert(process.pid);
            topmost.push(*process);
        }
    }
    topmost
}

struct Stop {
    plan: Plan,
    begun: Instant,
    root: i32,
    main: i32,
    port: Option<u16>,
    listeners: Vec<Process>,
}

impl Stop {
    fn go_on(mut self, endings: &Receiver<Ended>) {
        loop {
            let told = match self.plan.next_due() {
                Some(due) => endings.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => endings.recv().map_err(RecvTimeoutError::from),
            };
            let signal = match told {
                Ok(ended) if cfg!(not(target_os = "linux")) && ended.pid == self.main => {
                    self.signal_group(ended.ending);
                    Vec::new()
                }
                Ok(ended) => {
                    // A shell may leave many, which end together.
                    let all: Vec<Ended> = iter::once(ended).chain(endings.try_iter()).collect();
                    let (tree, now) = (tree::settled_members(self.root), Instant::now());
                    all.into_iter().flat_map(|ended| self.plan.ended(ended, &tree, now)).collect()
                }
                Err(RecvTimeoutError::Timeout) => {
                    let tree = tree::members(self.root);
                    let at_work = tree.iter().any(|member| is_at_work(member.process.pid));
                    let mut due = self.plan.due(Instant::now(), at_work);
                    due.retain(|process| !self.has_heard(*process));
                    due
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            for process in signal {
                self.signal(process, self.begun.elapsed());
            }
        }
    }

    /// A program that stops listening has begun to stop, wherever its signal came from.
    fn has_heard(&self, process: Process) -> bool {
        let listens = |port| !sockets::holders(port, &[process.pid]).is_empty();
        self.listeners.contains(&process) && !self.port.is_some_and(listens)
    }

    /// Where there is no subreaper, what has lost its parent is not a child of the guard, but is still in the program's
    /// group.
    fn signal_group(&self, ending: Ending) {
        if ending == Ending::Otherwise {
            thread::sleep(PASSED_ON);
        }
        if killpg(Pid::from_raw(self.main), Signal::SIGTERM).is_ok() {
            let (name, after) = ("the rest of its process group".to_owned(), self.begun.elapsed());
            report(&Report::Signalled(Signalled { pid: self.main, name, file: None, after, alone: false }));
        }
    }

    fn signal(&self, process: Process, after: Duration) {
        if !process.lives() {
            return;
        }
        let (name, file) = match script(process.pid) {
            Some(Script { interpreter, file }) => (interpreter, Some(file)),
            None => (name(process.pid).unwrap_or_else(|| "a process".to_owned()), None),
        };
        // Reported first, then done: with its last process the guard ends, too.
        let alone = self.plan.is_alone(process);
        report(&Report::Signalled(Signalled { pid: process.pid, name, file, after, alone }));
        process.signal(Signal::SIGTERM);
    }
}

#[derive(Debug)]
struct Later {
    process: Process,
    due: Instant,
    /// As late as this, if the program is at work.
    latest: Instant,
}

impl Later {
    fn new(process: Process, due: Instant) -> Later {
        Later { process, due, latest: due + AT_WORK }
    }
}

/// Who has been signalled and who will be. It knows only what it is given, so it can be tested without processes.
#[derive(Debug)]
struct Plan {
    root: i32,
    /// Whose child each process was before it came to the guard, as far as that was seen.
    parents: HashMap<Process, Process>,
    /// All that were ever seen.
    seen: HashSet<Process>,
    signalled: HashSet<Process>,
    /// Of those, the guard's children whose end has not been reported yet.
    awaited: HashMap<i32, Process>,
    /// Who else is to be signalled, and when.
    later: Vec<Later>,
}

impl Plan {
    /// And whom to signal at once.
    fn new(root: i32, tree: &[Member], listeners: &[Process], now: Instant) -> (Plan, Vec<Process>) {
        let mut plan = Plan {
            root,
            parents: HashMap::new(),
            seen: HashSet::new(),
            signalled: HashSet::new(),
            awaited: HashMap::new(),
            later: listeners.iter().map(|process| Later::new(*process, now + HELD_BACK)).collect(),
        };
        plan.learn(tree);
        let first = plan.children(tree);
        plan.mark(&first);
        (plan, first)
    }

    fn next_due(&self) -> Option<Instant> {
        self.later.iter().map(|later| later.due).min()
    }

    fn is_alone(&self, process: Process) -> bool {
        self.seen.iter().all(|other| *other == process)
    }

    /// Whom to signal now that time has passed.
    fn due(&mut self, now: Instant, at_work: bool) -> Vec<Process> {
        let mut due = Vec::new();
        self.later.retain_mut(|later| {
            if self.signalled.contains(&later.process) {
                return false;
            }
            if later.due <= now && at_work && now < later.latest {
                later.due = now + LOOK_AGAIN;
            }
            let waits = later.due > now;
            if !waits && !due.contains(&later.process) {
                due.push(later.process);
            }
            waits
        });
        self.mark(&due);
        due
    }

    /// Whom to signal now that one has ended and the tree looks like this.
    fn ended(&mut self, ended: Ended, tree: &[Member], now: Instant) -> Vec<Process> {
        let mut at_once = Vec::new();
        if let Some(gone) = self.awaited.remove(&ended.pid) {
            for child in self.children(tree) {
                if self.signalled.contains(&child) {
                    continue;
                }
                let lives = |process: Process| tree.iter().any(|member| member.process == process);
                match self.left_by(child, lives) {
                    Some(parent) if parent == gone && ended.ending == Ending::OfSigterm => at_once.push(child),
                    // What was between the two has ended. The one above may still need the one below.
                    Some(parent) if lives(parent) => {}
                    // It may have got the signal already. So may one that was never seen before.
                    Some(_) | None => self.later.push(Later::new(child, now + PASSED_ON)),
                }
            }
        }
        self.learn(tree);
        self.mark(&at_once);
        at_once
    }

    /// The nearest process above one that lives or was signalled, in the tree as it was when they were seen.
    fn left_by(&self, child: Process, lives: impl Fn(Process) -> bool) -> Option<Process> {
        let mut parent = *self.parents.get(&child)?;
        while !self.signalled.contains(&parent) && !lives(parent) {
            parent = *self.parents.get(&parent)?;
        }
        Some(parent)
    }

    fn children(&self, tree: &[Member]) -> Vec<Process> {
        tree.iter().filter(|member| member.parent == self.root).map(|member| member.process).collect()
    }

    fn mark(&mut self, signalled: &[Process]) {
        self.signalled.extend(signalled);
        self.awaited.extend(signalled.iter().map(|process| (process.pid, *process)));
    }

    fn learn(&mut self, tree: &[Member]) {
        let known: HashMap<i32, Process> = tree.iter().map(|member| (member.process.pid, member.process)).collect();
        for member in tree {
            self.seen.insert(member.process);
            // Whoever is a child of the guard now keeps the parent that it had.
            if let Some(parent) = known.get(&member.parent) {
                self.parents.insert(member.process, *parent);
            }
        }
    }
}

#[cfg(test)]
#[path = "stopping_tests.rs"]
mod tests;
