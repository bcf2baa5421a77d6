//! How long the tasks of each tree waited for a processor: the second figure of `/proc/PID/task/TID/schedstat`, the time
//! that a task could have run and did not.
//!
//! `/proc/PID/schedstat` is of the main thread alone, so every task is read. How long a task waited that has ended
//! since the last look is lost; then the tree's waiting is known only in part.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::{process, tree};

/// The trees below the living guards of a run, as they were last read.
#[derive(Debug, Default)]
pub(super) struct Trees {
    guards: BTreeMap<i32, (Arc<str>, Tree)>,
}

#[derive(Debug, Default)]
struct Tree {
    /// By process and task: waited so far, in nanoseconds.
    tasks: HashMap<(i32, i32), u64>,
    /// Used by processes that have ended.
    ended: Duration,
    /// A process could not be asked.
    unknown: bool,
    used: Duration,
}

/// How long a tree has waited since it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) who: Arc<str>,
    pub(super) time: Duration,
    /// Some of its tasks have ended, or cannot be asked: it may have waited longer.
    pub(super) in_part: bool,
}

impl Trees {
    pub(super) fn add(&mut self, guard: i32, who: &str) {
        self.guards.insert(guard, (who.into(), Tree::default()));
    }

    pub(super) fn remove(&mut self, guard: i32) {
        self.guards.remove(&guard);
    }

    /// Reads all of them: how long each has waited since the last time, and what all have used so far.
    pub(super) fn read(&mut self) -> (Vec<Wait>, Duration) {
        let mut used = Duration::ZERO;
        let mut waits = Vec::with_capacity(self.guards.len());
        for (guard, (who, last)) in &mut self.guards {
            let tree = Tree::read(*guard);
            used += tree.used;
            let (time, in_part) = tree.since(last);
            waits.push(Wait { who: Arc::clone(who), time, in_part });
            *last = tree;
        }
        (waits, used)
    }
}

impl Tree {
    fn read(guard: i32) -> Self {
        let mut tree = Tree::default();
        if let Some(stat) = process::stat(guard) {
            tree.ended = stat.children_cpu;
            tree.used = stat.cpu + stat.children_cpu;
        }
        for pid in tree::descendants(guard) {
            if let Some(stat) = process::stat(pid) {
                tree.ended += stat.children_cpu;
                tree.used += stat.cpu + stat.children_cpu;
            }
            tree.unknown |= !tree.tasks_of(pid);
        }
        tree
    }

    /// False if it could not be asked.
    fn tasks_of(&mut self, pid: i32) -> bool {
        let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return false };
        let mut told = false;
        for task in tasks.flatten() {
            let Some(tid) = task.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let schedstat = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            if let Some(waited) = waited(&schedstat) {
                self.tasks.insert((pid, tid), waited);
                told = true;
            }
        }
        told
    }

    /// How long it has waited since then, and whether that is known only in part.
    fn since(&self, before: &Tree) -> (Duration, bool) {
        let grown = self.tasks.iter().map(|(task, waited)| {
            let before = before.tasks.get(task).copied().unwrap_or(0);
            waited.saturating_sub(before)
        });
        let time = Duration::from_nanos(grown.sum());
        let vanished = before.tasks.keys().any(|task| !self.tasks.contains_key(task));
        (time, vanished || self.unknown || self.ended > before.ended)
    }
}

fn waited(schedstat: &str) -> Option<u64> {
    schedstat.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn tree(tasks: &[((i32, i32), u64)], ended: u64) -> Tree {
        Tree { tasks: tasks.iter().copied().collect(), ended: Duration::from_millis(ended), ..Tree::default() }
    }

    #[test]
    fn all_tasks_count_and_what_ended_is_not_known() {
        let before = tree(&[((7, 7), 1_000_000), ((7, 8), 5_000_000)], 0);
        let more = tree(&[((7, 7), 3_000_000), ((7, 8), 6_000_000), ((9, 9), 4_000_000)], 0);
        assert_eq!(more.since(&before), (Duration::from_millis(7), false));
        let fewer = tree(&[((7, 7), 3_000_000)], 0);
        assert_eq!(fewer.since(&before), (Duration::from_millis(2), true), "a task has ended");
        let forked = tree(&[((7, 7), 1_000_000), ((7, 8), 5_000_000)], 10);
        assert_eq!(forked.since(&before), (Duration::ZERO, true), "a child came and went");
    }

    #[test]
    fn this_process_can_be_asked() {
        let mut tree = Tree::default();
        assert!(tree.tasks_of(std::process::id() as i32));
        assert!(!tree.tasks.is_empty());
        assert_eq!(waited("101090 2800257 2\n"), Some(2_800_257));
        assert_eq!(waited(""), None);
    }
}
