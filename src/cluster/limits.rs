//! How much a node may use, and the sentence for one that used more.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{process, tree};

/// How often a guard looks.
pub(crate) const EVERY: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a node's log, over all its starts in a run; of each output of a program that is run to its end.
    pub log: u64,
    /// Bytes of resident memory of all processes of a node.
    pub memory: u64,
    pub processes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { log: 500_000_000, memory: 2_000_000_000, processes: 256 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Log,
    Memory,
    Processes,
}

/// A limit that was passed: in bytes, or in processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverLimit {
    pub what: What,
    pub used: u64,
    pub limit: u64,
}

impl OverLimit {
    /// For a program that is run to its end; `who` is it.
    pub fn sentence_of_program(&self, who: &str) -> String {
        match *self {
            OverLimit { what: What::Log, used, limit } => {
                format!("{who} printed {}; the limit is {}, so lsfr killed it.", bytes(used), bytes(limit))
            }
            other => other.sentence(who),
        }
    }

    pub fn sentence(&self, node: &str) -> String {
        let OverLimit { what, used, limit } = *self;
        match what {
            What::Log => format!(
                "{node} printed {} in this run; the limit is {}, so lsfr killed it. Print less for each request.",
                bytes(used),
                bytes(limit)
            ),
            What::Memory => {
                format!("{node} used {} of memory; the limit is {}, so lsfr killed it.", bytes(used), bytes(limit))
            }
            What::Processes => {
                format!("{node} ran {used} processes at once; the limit is {limit}, so lsfr killed it.")
            }
        }
    }
}

fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{count} bytes"),
        1_000_000..1_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// Looks once at everything below `root`. What it prints is looked at more often, see [`super::flood`].
pub(crate) fn check(root: i32, limits: &Limits) -> Option<OverLimit> {
    let over = |what, used, limit| (used > limit).then_some(OverLimit { what, used, limit });
    let pids = tree::descendants(root);
    if let Some(over) = over(What::Processes, pids.len() as u64, limits.processes) {
        return Some(over);
    }
    let resident = |shared_once| pids.iter().map(|pid| process::resident(*pid, shared_once)).sum::<u64>();
    // The cheap sum counts shared pages once for each process, which is unfair to a server that forks workers; it
    // only decides whether the fair one is worth its price.
    over(What::Memory, resident(false), limits.memory).and_then(|_| over(What::Memory, resident(true), limits.memory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_the_limit_and_the_figure() {
        let log = OverLimit { what: What::Log, used: 612_000_000, limit: 500_000_000 };
        assert!(log.sentence("n2").starts_with("n2 printed 612 MB in this run; the limit is 500 MB,"));
        assert_eq!(log.sentence_of_program("It"), "It printed 612 MB; the limit is 500 MB, so lsfr killed it.");
        let memory = OverLimit { what: What::Memory, used: 2_345_000_000, limit: 2_000_000_000 };
        assert_eq!(memory.sentence("n1"), "n1 used 2.3 GB of memory; the limit is 2.0 GB, so lsfr killed it.");
    }
}
