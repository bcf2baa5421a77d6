//! `mark` and `traffic`: how much nodes have sent each other since some moment. Bytes are counted by the links
//! themselves, messages by whoever records them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::{Instant, sleep};

use crate::facts::{self, Counted, Expected, Finding, Mismatch, PairSum};
use crate::messages::CountId;
use crate::network::Network;
use crate::scenario::expr::Scope;
use crate::scenario::matcher::Matcher;
use crate::scenario::verbs::traffic::{Each, Mark, Traffic};

use super::super::steps::{Interpreter, count};
use super::super::stop::Stop;

/// A message may be under way of which it cannot be told yet what it is. After this time it never will.
const DECIDED: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(20);
/// Where messages were missed, there may be any number of them.
const ANY: u64 = 1 << 40;

/// The moments that a test has named.
#[derive(Debug, Default)]
pub(in crate::runner) struct Marks(Mutex<BTreeMap<String, Marked>>);

/// A moment, and what had been sent by then.
#[derive(Debug, Clone)]
struct Marked {
    at: Duration,
    count: CountId,
    sent: BTreeMap<(String, String), u64>,
}

/// What was counted, and what it must be.
struct Limit<'a> {
    path: &'static str,
    is: &'a Matcher<Json>,
    sum: u64,
    /// There may be more.
    missed: bool,
}

impl Interpreter<'_> {
    pub(super) fn mark(&self, mark: &Mark) -> Result<(), Stop> {
        let network = self.links_between()?;
        let count = self.run.messages.begin_count();
        let count = count.ok_or_else(|| Stop::fault("messages between nodes are not recorded"))?;
        let at = self.run.since_start(Instant::now());
        let marked = Marked { at, count, sent: sent(network, self.cluster()?.nodes()) };
        self.marks.0.lock().unwrap_or_else(PoisonError::into_inner).insert(mark.0.clone(), marked);
        Ok(())
    }

    pub(super) async fn traffic(&self, traffic: &Traffic, scope: &Scope) -> Result<(), Stop> {
        let marked = self.marks.0.lock().unwrap_or_else(PoisonError::into_inner).get(&traffic.since).cloned();
        let marked = marked.ok_or_else(|| Stop::pack(format!("the mark `{}` was not set", traffic.since)))?;
        let resolve = |is: &Option<Matcher<_>>| is.as_ref().map(|is| is.resolve(scope)).transpose();
        let (messages_are, bytes_are) = (resolve(&traffic.messages)?, resolve(&traffic.bytes)?);
        let operations = self.operations_of(traffic.each.as_ref(), scope).await?;
        let messages = match messages_are {
            Some(_) => Some(self.counted(marked.count).await?),
            None => None,
        };
        let bytes = since(&marked.sent, &sent(self.links_between()?, self.cluster()?.nodes()));
        let mut found = facts::Traffic {
            mark: traffic.since.clone(),
            since: marked.at,
            until: self.run.since_start(Instant::now()),
            operations,
            bytes,
            messages,
            unsure: false,
            mismatches: Vec::new(),
        };
        let unrecognised = !found.unrecognised().is_empty();
        let missed = found.messages.as_ref().is_some_and(|counted| counted.missed);
        let count = found.messages.as_ref().map(Counted::all);
        let limits = [
            messages_are.as_ref().zip(count).map(|(is, sum)| Limit { path: "messages", is, sum, missed }),
            bytes_are.as_ref().map(|is| Limit { path: "bytes", is, sum: found.all_bytes(), missed: false }),
        ];
        if unrecognised && !missed {
            return Err(Stop::failed(Finding::Traffic(Box::new(found))));
        }
        for limit in limits.into_iter().flatten() {
            match limit.exceeded(operations) {
                Exceeded::No => {}
                Exceeded::Perhaps(mismatch) => {
                    found.unsure = true;
                    found.mismatches.push(mismatch);
                }
                Exceeded::Yes(mismatch) => found.mismatches.insert(0, mismatch),
            }
        }
        // What is certain is enough.
        found.unsure &= found.mismatches.len() == 1;
        if found.mismatches.is_empty() { Ok(()) } else { Err(Stop::failed(Finding::Traffic(Box::new(found)))) }
    }

    fn links_between(&self) -> Result<&Network, Stop> {
        self.cluster()?.network().ok_or_else(|| Stop::pack("a single node has nobody to send anything to"))
    }

    /// How many operations the traffic was for. Those that came to nothing count, too: they had their messages.
    async fn operations_of(&self, each: Option<&Each>, scope: &Scope) -> Result<Option<u64>, Stop> {
        let operations = match each {
            None => return Ok(None),
            Some(Each::Of(data)) => count(data, scope)?,
            Some(Each::Workload(name)) => self.await_load(name).await?.history().await.operations.len() as u64,
        };
        if operations == 0 {
            return Err(Stop::pack("there were no operations: nothing can be said for each of them"));
        }
        Ok(Some(operations))
    }

    async fn counted(&self, id: CountId) -> Result<Counted, Stop> {
        let deadline = self.run.time.deadline(DECIDED);
        loop {
            let messages = Arc::clone(&self.run.messages);
            let counted = tokio::task::spawn_blocking(move || messages.counted(id)).await;
            let counted = counted.ok().flatten();
            let counted = counted.ok_or_else(|| Stop::fault("messages between nodes could not be counted"))?;
            if counted.unrecognised.is_empty() || deadline.passed().is_some() {
                return Ok(counted);
            }
            sleep(LOOK).await;
        }
    }
}

/// Whether a limit does not hold.
enum Exceeded {
    No,
    Perhaps(Mismatch),
    Yes(Mismatch),
}

impl Limit<'_> {
    fn exceeded(&self, operations: Option<u64>) -> Exceeded {
        let holds = |sum| self.is.check(self.path, Some(&each(sum, operations))).is_empty();
        match (holds(self.sum), self.missed.then(|| holds(ANY))) {
            (true, None | Some(true)) => Exceeded::No,
            (false, None | Some(false)) => Exceeded::Yes(self.mismatch(operations)),
            (true, Some(false)) | (false, Some(true)) => Exceeded::Perhaps(self.mismatch(operations)),
        }
    }

    fn mismatch(&self, operations: Option<u64>) -> Mismatch {
        let path = match operations {
            None => self.path.to_owned(),
            Some(_) => format!("{} for each operation", self.path),
        };
        let words = if self.path == "bytes" { self.is.describe_sizes() } else { self.is.describe() };
        let actual = Some(each(self.sum, operations));
        Mismatch { path: path.into(), expected: Expected::Words(words), actual, source: None }
    }
}

/// A sum, or what that is for each operation.
fn each(sum: u64, operations: Option<u64>) -> Json {
    match operations {
        None | Some(0) => sum.into(),
        Some(operations) if sum.is_multiple_of(operations) => (sum / operations).into(),
        Some(operations) => (sum as f64 / operations as f64).into(),
    }
}

/// The bytes that each node has sent to each other.
fn sent(network: &Network, nodes: &[String]) -> BTreeMap<(String, String), u64> {
    let pairs = nodes.iter().flat_map(|from| nodes.iter().map(move |to| (from, to)));
    let pairs = pairs.filter(|(from, to)| from != to);
    pairs.map(|(from, to)| ((from.clone(), to.clone()), network.traffic(from, to).sent)).collect()
}

/// What was sent in between, the most first.
fn since(before: &BTreeMap<(String, String), u64>, now: &BTreeMap<(String, String), u64>) -> Vec<PairSum> {
    let sum = |(pair, bytes): (&(String, String), &u64)| {
        let bytes = bytes.saturating_sub(before.get(pair).copied().unwrap_or_default());
        PairSum { from: pair.0.clone(), to: pair.1.clone(), messages: 0, bytes }
    };
    let mut sums: Vec<PairSum> = now.iter().map(sum).filter(|sum| sum.bytes > 0).collect();
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.bytes));
    sums
}

pub(super) fn describe_mark(mark: &Mark) -> String {
    format!("mark {}", mark.0)
}

pub(super) fn describe(traffic: &Traffic) -> String {
    let what = match (&traffic.messages, &traffic.bytes) {
        (Some(_), Some(_)) => "messages and bytes",
        (Some(_), None) => "messages",
        (None, _) => "bytes",
    };
    format!("count the {what} between nodes since {}", traffic.since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::matcher::{Comparison, Operator};

    fn compared(comparison: Comparison, limit: u64) -> Matcher<Json> {
        Matcher::All(vec![Operator::Compare(comparison, limit.into())])
    }

    /// Whether a limit on so many messages does not hold; `None` if that is not certain.
    fn exceeded(is: &Matcher<Json>, sum: u64, missed: bool, operations: Option<u64>) -> Option<bool> {
        match (Limit { path: "messages", is, sum, missed }.exceeded(operations)) {
            Exceeded::No => Some(false),
            Exceeded::Perhaps(_) => None,
            Exceeded::Yes(_) => Some(true),
        }
    }

    #[test]
    fn limits_are_for_all_or_for_each_operation() {
        let twelve = compared(Comparison::Lte, 12);
        assert_eq!(exceeded(&twelve, 12, false, None), Some(false));
        assert_eq!(exceeded(&twelve, 13, false, None), Some(true));
        assert_eq!(exceeded(&twelve, 240, false, Some(20)), Some(false));
        assert_eq!(exceeded(&twelve, 241, false, Some(20)), Some(true));
        assert_eq!(each(241, Some(20)), Json::from(12.05));
    }

    #[test]
    fn where_messages_were_missed_only_what_is_certain_counts() {
        let (most, least) = (compared(Comparison::Lte, 12), compared(Comparison::Gte, 12));
        assert_eq!(exceeded(&most, 13, true, None), Some(true), "more only makes it worse");
        assert_eq!(exceeded(&most, 12, true, None), None);
        assert_eq!(exceeded(&least, 12, true, None), Some(false));
        assert_eq!(exceeded(&least, 11, true, None), None);
    }
}
