//! A walk on a cluster: an operation is asked, of one node after the other, until it is decided, and nodes are lost and
//! come back meanwhile.

use std::collections::VecDeque;
use std::time::Duration;

use model::{Asked, Which};
use tokio::time::sleep;

use crate::cluster::NodeState;
use crate::facts::{Answered, Cause, Finding, What};
use crate::scenario::model::Operation;

use super::super::doubt::Doubt;
use super::super::http::Exchange;
use super::super::stop::Stop;
use super::ask::Came;
use super::place::Place;

/// How long an operation may stay undecided, in granted time. By then every cluster that keeps what the guides promise
/// has elected and serves.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it is until it is asked again.
const PAUSE: Duration = Duration::from_millis(30);

/// What came of asking.
pub(super) enum Decided {
    Came {
        came: Box<Came>,
        /// How often it was asked before.
        before: u32,
    },
    /// It cannot be asked again, and may be done at any later time.
    Open,
    Unserved(Stop),
}

/// The nodes of a cluster.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    /// Those that are down, the longest first.
    down: VecDeque<String>,
    /// The one that answered last.
    last: Option<String>,
}

impl Nodes {
    pub(super) fn answered(&mut self, came: &Came) {
        if let Came::Http(exchange) = came {
            self.last = Some(exchange.operation.node.clone());
        }
    }

    /// The one to lose.
    pub(super) fn which(&self, which: Which, place: &Place<'_>) -> Option<String> {
        let up = place.up();
        match (which, &self.last) {
            (Which::Last, Some(last)) if up.contains(last) => Some(last.clone()),
            (Which::Last, _) => up.first().cloned(),
            (Which::One(number), _) => nth(&up, usize::from(number)),
        }
    }

    pub(super) fn lost(&mut self, node: String) {
        self.down.push_back(node);
    }

    pub(super) fn next_back(&mut self) -> Option<String> {
        self.down.pop_front()
    }
}

fn nth(nodes: &[String], number: usize) -> Option<String> {
    (!nodes.is_empty()).then(|| nodes[number % nodes.len()].clone())
}

impl Place<'_> {
    pub(super) fn up(&self) -> Vec<String> {
        let up = |node: &&String| self.cluster.state(node) == NodeState::Up;
        self.cluster.nodes().iter().filter(up).cloned().collect()
    }

    /// Asks until an answer says whether it is done. All that is sent has one name, or changes nothing.
    pub(super) async fn decide(&self, operation: &Operation, asked: &Asked, via: u8) -> Result<Decided, Stop> {
        let deadline = self.run.time.deadline(PATIENCE);
        let may_repeat = !operation.kind.changes || operation.is_named();
        let mut before = 0;
        loop {
            let up = self.up();
            // The test itself lets a majority live.
            let node = nth(&up, usize::from(via) + before as usize).unwrap_or_else(|| self.node.clone());
            let came = self.ask(&node, &mut None, operation, asked).await?;
            let Came::Http(exchange) = &came else { return Err(Stop::pack("a walk on a cluster asks by requests")) };
            if !is_undecided(exchange, operation) {
                return Ok(Decided::Came { came: Box::new(came), before });
            }
            if !may_repeat && !never_came(exchange) {
                return Ok(Decided::Open);
            }
            before += 1;
            if deadline.passed().is_some() {
                return Ok(Decided::Unserved(unserved(came, before)));
            }
            sleep(PAUSE).await;
        }
    }
}

/// Whether the answer leaves open what became of it.
fn is_undecided(exchange: &Exchange, operation: &Operation) -> bool {
    match (&exchange.operation.result, &exchange.reply) {
        (_, Some(reply)) => super::ask::fits(&operation.undecided, reply.answer()),
        (Answered::NoAnswer { cause, .. }, None) => {
            cause.breaks() || matches!(cause, Cause::TimedOut | Cause::TooManyRedirects)
        }
        (Answered::Answer(_), None) => false,
    }
}

/// Whether nobody had it: it was refused, or sent on for ever.
fn never_came(exchange: &Exchange) -> bool {
    let nobody = |cause: Cause| matches!(cause, Cause::Refused | Cause::TooManyRedirects);
    matches!(exchange.operation.result, Answered::NoAnswer { cause, .. } if nobody(cause))
}

fn unserved(came: Came, attempts: u32) -> Stop {
    let last = match came {
        Came::Http(exchange) => Finding::Answer { operation: Box::new(exchange.operation), mismatches: Vec::new() },
        Came::Lines(_) | Came::Left => Finding::Value { sentence: "There was no answer.".to_owned() },
    };
    let last = Box::new(What::Found(last));
    let what = What::NotInTime { within: PATIENCE, attempts, last, seen: Vec::new(), starved: false };
    Stop::not_judged(what, Doubt::Unserved(PATIENCE))
}
