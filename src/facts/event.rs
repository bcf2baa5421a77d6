//! What a run reports: one stream of events, in the order in which they happen. Times count from the start of the run.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::conversation::Spoken;
use super::links::Links;
use super::node::{NodeEventKind, Output};
use super::operation::Operation;
use super::verdict::{Outcome, StageVerdict, Verdict};
use super::walk::Walking;
use super::workload::Load;
use crate::seconds;

/// An event and when it happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stamped {
    #[serde(with = "seconds")]
    pub at: Duration,
    #[serde(flatten)]
    pub event: Event,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    RunStarted(RunStarted),
    BuildStarted {
        command: String,
    },
    BuildEnded {
        status: String,
        passed: bool,
        #[serde(with = "seconds")]
        took: Duration,
        /// The last lines it printed, cleaned.
        tail: Vec<String>,
    },
    StageStarted {
        stage: String,
        title: String,
        tests: Vec<String>,
    },
    NotStarted(NotStarted),
    /// The cluster is at its end without a failure: the test that has begun has a cluster of its own.
    AnotherCluster,
    TestStarted {
        stage: String,
        test: String,
    },
    /// A step begins; `text` is what it does, for people.
    StepStarted {
        text: String,
    },
    Node {
        node: String,
        #[serde(flatten)]
        what: NodeEventKind,
    },
    Operation(Operation),
    Spoken(Spoken),
    /// The links between nodes were changed.
    Links(Links),
    /// What a node says of itself has changed: `leader, term 3`.
    Says {
        node: String,
        text: String,
        /// The role in that: `leader`. Empty in a record of a version that did not record it separately.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        role: String,
        /// The term in that, and whether the node leads in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<u64>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        leads: bool,
        /// The group that it belongs to, which the text begins with. Empty where all nodes are one cluster.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        group: String,
        /// The members of its cluster by what it says, if it leads and the pack has members.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        members: Vec<String>,
    },
    /// A running node has not answered since then when asked what it is.
    Silent {
        node: String,
        #[serde(with = "seconds")]
        since: Duration,
    },
    /// A node that was silent answers again.
    AnswersAgain {
        node: String,
    },
    /// By what most nodes answer, all of them have begun something together, or are done with it: `keys on the move`.
    UnderWay {
        what: String,
        ended: bool,
    },
    /// How far the copies of `concurrently` are, while they take long.
    Copies {
        ended: u64,
        of: u64,
        /// Bytes of values that were sent to nodes.
        sent: u64,
        /// What the largest folder of a node took on the disk when it was last measured, if that was done meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        folder: Option<u64>,
    },
    /// How far a walk at random is, while it takes long, and its end.
    Walking(Walking),
    /// A workload: what its clients and faults do, as totals. Its operations are only in its history.
    Load(Load),
    /// Something lsfr did or chose on its own: a random choice, a fresh cluster, a restart between tests.
    Note {
        text: String,
    },
    /// A test cannot be judged, and is tried once more when the machine is quieter: after this it starts over.
    TestAgain {
        stage: String,
        test: String,
        reason: String,
    },
    TestEnded {
        stage: String,
        test: String,
        verdict: Verdict,
        #[serde(with = "seconds")]
        took: Duration,
    },
    /// A test failed, and its nodes stay up for a look by hand, as it left them. Until they are ended nothing else
    /// happens.
    LeftUp(LeftUp),
    StageEnded {
        stage: String,
        verdict: StageVerdict,
        #[serde(with = "seconds")]
        took: Duration,
    },
    RunEnded {
        outcome: Outcome,
        #[serde(with = "seconds")]
        took: Duration,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunStarted {
    pub version: String,
    pub challenge: String,
    pub stages: Vec<String>,
    pub seed: u64,
    /// The run's folder, relative to the challenge directory.
    pub folder: String,
    /// Local time, `2026-11-23T12:03:01+01:00`.
    pub time: String,
    /// The numbers of the only faults of workloads that happen, if not all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<BTreeSet<u32>>,
}

/// Nodes for a look by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftUp {
    pub stage: String,
    pub test: String,
    /// All of the cluster's, also those that the test stopped.
    pub nodes: Vec<NodeAddress>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeAddress {
    pub node: String,
    pub address: SocketAddr,
}

/// The program could not be built or started: no test of this stage, or of this stage and all later ones, could be
/// tried. No test failed because of it; those tests are reported as not run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotStarted {
    /// The stage that would have been tested.
    pub stage: String,
    pub why: Blocked,
    /// Why this is not judged: a slow machine may have caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<String>,
}

/// What a program did not get past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Blocked {
    Build {
        command: String,
        status: String,
        #[serde(default, with = "seconds")]
        took: Duration,
        said: Output,
    },
    /// `sentence` says all that is known; `command` is `./run.sh` with its arguments.
    Start { node: String, sentence: String, command: Vec<String>, said: Output },
}
