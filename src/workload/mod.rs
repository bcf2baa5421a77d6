//! Clients that make histories: many of them do operations of a pack at random, and record what each was told and when.
//!
//! A client belongs to a node and follows redirects to others; one operation is all of that, from the call before its
//! first byte to the return after its last. What nobody can know is left open: an operation without an answer may have
//! been done, may be done later, or never, and whoever goes on after it is a new client.
//!
//! | module | holds |
//! |---|---|
//! | `directory` | which node is at which address |
//! | `operation` | what is sent, and what its answers mean |
//! | `connection` | a connection to a node, and one request over it |
//! | `exchange` | one operation: redirects, nodes that refuse, how it ended |
//! | `choice` | what a client does next, drawn from the seed |
//! | `work` | what its keys are, and what it has learnt of them |
//! | `client` | the loop of one client |
//! | `recorder` | what was done and told so far |
//! | `settle` | what must succeed when all is healed |
//! | `latency` | how long operations took |
//! | [`nemesis`] | faults on a schedule, drawn from the seed |

mod choice;
mod client;
mod connection;
mod directory;
mod exchange;
mod final_reads;
mod latency;
pub mod nemesis;
mod operation;
mod recorder;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transaction_tests;
mod work;

use std::sync::Arc;
use std::time::{Duration, Instant};

use history::{Object, Operation, Text};
use tokio::task::JoinSet;

use crate::cluster::{Deadline, Kills};
use crate::facts::{Asked, Latency};
use crate::scenario::load::{Kind, Operations};
use crate::scenario::verbs::workload::object;

pub use directory::Directory;

pub use final_reads::Unsettled;
pub use recorder::Tally;

use choice::Keys;
use client::Client;
use exchange::Speaker;
use operation::Compiled;
use recorder::Recorder;

/// Connections to one node that may be in the process of being made at once. A listen backlog of 5, which some
/// languages have, overflows otherwise, and the kernel answers with a pause of a second.
const HANDSHAKES: usize = 4;

/// What clients are to do.
#[derive(Debug, Clone)]
pub struct Plan {
    pub operations: Arc<Operations>,
    pub directory: Directory,
    /// Of each node, in the directory's order; none where nothing is killed.
    pub kills: Vec<Kills>,
    /// The nodes that clients belong to, by name; the clients are spread over them in turn.
    pub homes: Vec<String>,
    pub clients: u32,
    pub keys: KeySet,
    /// Kinds and their weights.
    pub mix: Vec<(Kind, u32)>,
    /// Operations a second, all clients together.
    pub rate: Option<u32>,
    /// For one operation.
    pub timeout: Duration,
    /// What the key of every draw begins with.
    pub draw: String,
    /// Times in the history count from here.
    pub began: Instant,
}

/// The keys that are in use at once.
#[derive(Debug, Clone)]
pub enum KeySet {
    /// So many, drawn from the seed. Each is replaced by a fresh one after `fresh_after` operations.
    Drawn { count: u32, fresh_after: Option<u32> },
    /// These, at least one.
    Given(Vec<Text>),
}

/// Clients at work. They end when this is dropped.
#[derive(Debug)]
pub struct Crew {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
    plan: Plan,
}

/// What all clients of a workload share.
#[derive(Debug)]
struct Shared {
    /// What the keys are.
    of: Object,
    operations: Vec<Compiled>,
    directory: Directory,
    keys: Keys,
    recorder: Recorder,
    /// One for each node.
    handshakes: Vec<tokio::sync::Semaphore>,
    closers: connection::Closers,
    kills: Vec<Kills>,
    stopped: tokio::sync::watch::Sender<bool>,
    timeout: Duration,
}

impl Crew {
    /// Starts the clients. An error is the pack's or lsfr's own. Must be called within a runtime.
    pub fn start(plan: &Plan) -> Result<Crew, String> {
        let shared = Arc::new(Shared::new(plan)?);
        let homes: Vec<usize> = plan.homes.iter().filter_map(|name| plan.directory.place(name)).collect();
        if homes.is_empty() {
            return Err("there is no node for the clients of a workload to live at".to_owned());
        }
        let mut clients = JoinSet::new();
        let begin = tokio::time::Instant::now();
        for number in 0..plan.clients {
            let home = homes[number as usize % homes.len()];
            let speaker = Speaker::new(shared.clone(), home);
            clients.spawn(Client::new(plan, shared.clone(), speaker, number).run(begin));
        }
        Ok(Crew { shared, clients, plan: plan.clone() })
    }

    /// Operations that have ended so far, by how.
    pub fn tally(&self) -> Tally {
        self.shared.recorder.tally()
    }

    /// Something that no node may answer, in a sentence.
    pub fn wrong(&self) -> Option<String> {
        self.shared.recorder.wrong()
    }

    /// From now on no client begins another operation.
    pub fn stop(&self) {
        self.shared.stopped.send_replace(true);
    }

    /// Waits until every client has its last answer. They must have been stopped.
    pub async fn ended(&mut self) {
        while self.clients.join_next().await.is_some() {}
    }

    /// When all is healed: a write must succeed before the deadline, and every key be read through every node.
    pub async fn settle(&self, deadline: &Deadline) -> Result<(), Unsettled> {
        final_reads::settle(&self.plan, &self.shared, deadline).await
    }

    /// What every client did so far, in the order of the calls.
    pub fn operations(&self) -> Vec<Operation> {
        self.shared.recorder.operations()
    }

    /// How long the operations that succeeded took.
    pub fn latency(&self) -> Latency {
        self.shared.recorder.latency()
    }

    /// The nodes that were asked in an operation of the history, where one alone did not do it.
    pub fn asked(&self, operation: &Operation) -> Vec<Asked> {
        let asked = self.shared.recorder.asked(operation).into_iter();
        asked
            .map(|(at, asked)| Asked {
                node: self.shared.directory.name(asked.node).to_string(),
                at,
                answer: asked.answer,
            })
            .collect()
    }

    /// A request as it was sent for an operation of the history: method, path and body.
    pub fn request(&self, operation: &Operation) -> Option<Sent> {
        operation::request_of(&self.shared.operations, operation)
    }
}

/// A request, for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub method: String,
    pub path: String,
    /// Those that are the same for each operation of its kind.
    pub headers: Vec<(String, String)>,
    /// Names of those that were not, and whose values no history holds.
    pub lost: Vec<String>,
    pub body: Option<String>,
}

impl Shared {
    fn new(plan: &Plan) -> Result<Self, String> {
        let operations = plan.operations.iter().map(|(kind, operation)| Compiled::new(*kind, operation));
        let nodes = plan.directory.len();
        Ok(Self {
            of: object(&plan.mix),
            operations: operations.collect::<Result<_, _>>()?,
            directory: plan.directory.clone(),
            keys: Keys::new(&plan.draw, &plan.keys),
            recorder: Recorder::new(plan.began, plan.clients, plan.clients + final_reads::READERS),
            handshakes: (0..nodes).map(|_| tokio::sync::Semaphore::new(HANDSHAKES)).collect(),
            closers: connection::Closers::new(nodes),
            kills: plan.kills.clone(),
            stopped: tokio::sync::watch::Sender::new(false),
            timeout: plan.timeout,
        })
    }

    fn operation(&self, kind: Kind) -> Result<&Compiled, String> {
        let kind = kind.operation();
        let found = self.operations.iter().find(|operation| operation.kind == kind);
        found.ok_or_else(|| format!("the pack has no operation `{}`", kind.word()))
    }
}
