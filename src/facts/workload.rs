//! What a workload does: its clients and faults, as totals.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::seconds;

/// Something about a workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// The workload's.
    pub name: String,
    #[serde(flatten)]
    pub what: LoadEvent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LoadEvent {
    /// Its clients are at work; `text` is how many, and at what.
    Began { text: String },
    /// Operations so far: done, certainly not done, and open; and faults that have ended.
    Progress { ok: u64, no: u64, unknown: u64, faults: u32 },
    /// A fault begins, as it was drawn. What it does to nodes and links is reported as events of theirs.
    Fault {
        number: u32,
        /// `pause n2`
        text: String,
        /// The nodes it touches: for a partition, the smaller side.
        nodes: Vec<String>,
        #[serde(with = "seconds")]
        lasts: Duration,
        /// The role whose holder it was aimed at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aimed_at: Option<String>,
    },
    /// All is healed; now a write must succeed, and every key must be read.
    Settling {
        #[serde(with = "seconds")]
        within: Duration,
    },
    /// It is over. `history`: the file, relative to the challenge directory.
    Ended { ok: u64, no: u64, unknown: u64, faults: u32, latency: Latency, history: String },
    /// Its history was judged.
    Judged {
        with: String,
        verdict: HistoryVerdict,
        text: String,
        #[serde(with = "seconds")]
        took: Duration,
    },
}

/// What a checker found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryVerdict {
    Ok,
    Violation,
    /// It could not decide.
    Unknown,
}

impl HistoryVerdict {
    pub fn word(self) -> &'static str {
        match self {
            HistoryVerdict::Ok => "ok",
            HistoryVerdict::Violation => "violation",
            HistoryVerdict::Unknown => "unknown",
        }
    }
}

/// Latencies of the operations that succeeded, redirects included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    pub operations: u64,
    /// In milliseconds, like the others.
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operations == 0 {
            return f.write_str("none succeeded");
        }
        let ms = |ms: f64| if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") };
        write!(f, "p50 {}, p95 {}, p99 {}, max {}", ms(self.p50), ms(self.p95), ms(self.p99), ms(self.max))
    }
}
