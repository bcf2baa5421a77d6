//! What must hold at all times, whatever a test does: at most one node leads in a term, and no node's term goes back.
//!
//! Every node that is up is asked again and again while a test runs, and what the test itself asks counts too. Only
//! answers whose requests did not overlap are compared where their order matters: of two requests under way at once,
//! either may have been answered first.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::Value as Json;
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

use crate::challenge::{Monitor, UnderWay};
use crate::cluster::{Cluster, NodeState};
use crate::scenario::Expect;
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::scenario::verbs::MAX_NODES;
use crate::text::clean;

use super::Run;
use super::http::{Clients, Exchange, Request};
use super::stop::{Failed, Stop};
use super::together::Together;
use super::verbs::http::{Looked, compare};
use crate::facts::{Event, Finding, Operation, What};

/// How long one answer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// A node that has answered nothing for this long is silent. What that means is for tests to judge.
const SILENT: Duration = Duration::from_millis(500);

/// Watches one cluster: what its nodes said is kept across tests, as their data is.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    monitor: &'a Monitor,
    path: String,
    leads: Expect<Json>,
    /// Terms outlast restarts in this stage.
    over_restarts: bool,
    /// In stages that have such a thing.
    together: Option<Together<'a>>,
    memory: Mutex<Memory>,
    broken: Notify,
}

#[derive(Debug, Default)]
struct Memory {
    /// By group and term: the first answer from a node that leads in it. Without groups the name is empty.
    leaders: BTreeMap<(String, u64), Operation>,
    /// By node: its highest term, and the first answer with that term.
    terms: BTreeMap<String, (u64, Operation)>,
    /// By node: what it says, and who is a member by that.
    says: BTreeMap<String, (String, Vec<String>)>,
    silences: BTreeMap<String, Silence>,
    breach: Option<What>,
}

/// Questions that a node has not answered, one after the other.
#[derive(Debug)]
struct Silence {
    /// When the first of them was asked.
    since: Duration,
    told: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        monitor: &'a Monitor,
        over_restarts: bool,
        under_way: Option<&'a UnderWay>,
    ) -> Result<Self, Stop> {
        let scope = Scope::new(Draw::new(""));
        Ok(Self {
            monitor,
            path: monitor.path.text(&scope)?,
            leads: monitor.leads.resolve(&scope)?,
            over_restarts,
            together: under_way.map(Together::new).transpose()?,
            memory: Mutex::default(),
            broken: Notify::new(),
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks every node that is up, for as long as it is polled.
    pub(super) async fn ask(&self, run: &Run, cluster: &Cluster, clients: &Clients) -> Infallible {
        let nodes = cluster.nodes().iter().map(async |node| {
            let mut ticks = interval(self.monitor.every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if cluster.state(node) != NodeState::Up {
                    self.memory().silences.remove(node);
                    continue;
                }
                let request = Request {
                    method: self.monitor.method.clone(),
                    path: self.path.clone(),
                    headers: Vec::new(),
                    body: None,
                    timeout: PATIENCE,
                };
                let exchange = clients.ask(cluster, node, &request, run.began).await;
                // A node that was paused or killed meanwhile owes no answer.
                if exchange.reply.is_some() || cluster.state(node) == NodeState::Up {
                    self.heard(run, &exchange);
                }
                self.saw(run, &exchange);
            }
        });
        let together = async {
            match &self.together {
                Some(together) => match together.ask(run, cluster, clients).await {},
                None => std::future::pending().await,
            }
        };
        let (_, never) = join(join_all(nodes), together).await;
        never
    }

    /// Waits until something that must hold at all times does not.
    pub(super) async fn breach(&self) -> Failed {
        loop {
            let broken = self.broken.notified();
            if let Some(failed) = self.take_breach() {
                return failed;
            }
            broken.await;
        }
    }

    pub(super) fn take_breach(&self) -> Option<Failed> {
        let what = self.memory().breach.take()?;
        Some(Failed { what, hints: self.monitor.hints.clone(), ..Failed::nowhere() })
    }

    /// A node is started: in stages before terms are kept, its terms may start over, and then so may everyone's.
    pub(super) fn started(&self) {
        if !self.over_restarts {
            let mut memory = self.memory();
            memory.leaders.clear();
            memory.terms.clear();
        }
    }

    /// Reports when a node falls silent, and when it answers again.
    fn heard(&self, run: &Run, exchange: &Exchange) {
        let Operation { node, called, took, .. } = &exchange.operation;
        let mut memory = self.memory();
        let event = if exchange.reply.is_some() {
            memory.answered(node).then(|| Event::AnswersAgain { node: node.clone() })
        } else {
            memory.unanswered(node, *called, *took).map(|since| Event::Silent { node: node.clone(), since })
        };
        drop(memory);
        if let Some(event) = event {
            run.emit(event);
        }
    }

    /// Judges an answer, whoever asked. Answers without the fields that are looked for are for tests to judge.
    pub(super) fn saw(&self, run: &Run, exchange: &Exchange) {
        if let Some(together) = &self.together {
            together.saw(run, exchange);
        }
        let operation = &exchange.operation;
        if operation.path != self.path || operation.method != self.monitor.method || exchange.reply.is_none() {
            return;
        }
        let leads = compare(&self.leads, exchange).is_empty();
        let scope = Looked::names(exchange, &Scope::new(Draw::new("")));
        let term = self.monitor.term.eval(&scope).ok().and_then(|term| u64::try_from(term).ok());
        // A node that says no group, as in earlier stages, is in the only one.
        let group = self.monitor.group.as_ref().and_then(|group| group.eval(&scope).ok());
        let group = group.map(|group| clean(&group.to_string())).unwrap_or_default();
        if let Some(text) = self.monitor.says.as_ref().and_then(|says| says.text(&scope).ok()) {
            // As packs write it, what a node says begins with its role.
            let role = text.split(',').next().unwrap_or_default().trim().to_owned();
            let text = if group.is_empty() { text } else { format!("{group} {text}") };
            let members = if leads { self.members(&scope) } else { Vec::new() };
            let now = (text.clone(), members.clone());
            let before = self.memory().says.insert(operation.node.clone(), now.clone());
            if before != Some(now) {
                let (node, group) = (operation.node.clone(), group.clone());
                run.emit(Event::Says { node, text, role, term, leads, group, members });
            }
        }
        let Some(term) = term else { return };
        let mut memory = self.memory();
        if let Some(breach) = memory.add(&group, term, leads, operation) {
            memory.breach.get_or_insert(breach);
            drop(memory);
            self.broken.notify_waiters();
        }
    }

    /// The members that an answer names; none where it names no list of names.
    fn members(&self, scope: &Scope) -> Vec<String> {
        let named = self.monitor.members.as_ref().and_then(|members| members.eval(scope).ok());
        let listed = named.as_ref().and_then(|value| value.try_iter().ok());
        listed.into_iter().flatten().map(|name| clean(&name.to_string())).take(MAX_NODES as usize).collect()
    }
}

impl Memory {
    /// Since when this node has been silent, if that is news.
    fn unanswered(&mut self, node: &str, called: Duration, took: Duration) -> Option<Duration> {
        let silence = self.silences.entry(node.to_owned()).or_insert(Silence { since: called, told: false });
        let news = !silence.told && called + took >= silence.since + SILENT;
        silence.told |= news;
        news.then_some(silence.since)
    }

    /// Whether that is news: its silence was reported.
    fn answered(&mut self, node: &str) -> bool {
        self.silences.remove(node).is_some_and(|silence| silence.told)
    }

    /// What this answer and an earlier one break together.
    fn add(&mut self, group: &str, term: u64, leads: bool, operation: &Operation) -> Option<What> {
        let node = &operation.node;
        let mut breach = None;
        if leads {
            let led = (group.to_owned(), term);
            match self.leaders.get(&led) {
                Some(first) if first.node != *node => {
                    let of = if group.is_empty() { String::new() } else { format!(" of {group}") };
                    let sentence = format!(
                        "Two nodes led in term {term}{of}: {} said so first, and then {node} did. A term has one leader at most.",
                        first.node
                    );
                    breach = Some(What::Found(Finding::Breach {
                        sentence,
                        proof: vec![first.clone(), operation.clone()],
                    }));
                }
                Some(_) => {}
                None => {
                    self.leaders.insert(led, operation.clone());
                }
            }
        }
        match self.terms.get(node) {
            Some((highest, first)) if term < *highest => {
                if first.called + first.took <= operation.called {
                    let sentence = format!(
                        "The term of {node} went back: it was {highest}, and then {term}. A term never falls."
                    );
                    let proof = vec![first.clone(), operation.clone()];
                    breach = breach.or(Some(What::Found(Finding::Breach { sentence, proof })));
                }
            }
            Some((highest, _)) if term == *highest => {}
            _ => {
                self.terms.insert(node.clone(), (term, operation.clone()));
            }
        }
        breach
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Answered, Excerpt};

    /// An answer of `node`, asked at `called` ms and got at `returned` ms.
    fn answer(node: &str, called: u64, returned: u64) -> Operation {
        Operation {
            id: None,
            node: node.into(),
            address: "127.0.0.1:24011".into(),
            method: "GET".into(),
            path: "/cluster/info".into(),
            headers: Vec::new(),
            body: None,
            hops: Vec::new(),
            called: Duration::from_millis(called),
            took: Duration::from_millis(returned - called),
            result: Answered::Answer(Answer {
                status: 200,
                headers: Vec::new(),
                body: Excerpt::new(b""),
                unsettled: false,
            }),
        }
    }

    fn sentence(breach: Option<What>) -> String {
        match breach {
            Some(What::Found(Finding::Breach { sentence, proof })) => {
                assert_eq!(proof.len(), 2);
                sentence
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_term_has_one_leader_however_far_apart_they_say_so() {
        let mut memory = Memory::default();
        assert!(memory.add("", 3, true, &answer("n1", 0, 1)).is_none());
        assert!(
            memory.add("", 4, true, &answer("n2", 10, 11)).is_none(),
            "an old leader may still say that it leads"
        );
        assert!(memory.add("", 3, true, &answer("n1", 20, 21)).is_none());
        assert!(memory.add("", 4, false, &answer("n3", 20, 21)).is_none());
        let told = sentence(memory.add("", 4, true, &answer("n3", 9_000, 9_001)));
        assert!(told.starts_with("Two nodes led in term 4: n2 said so first, and then n3"), "{told}");
    }

    #[test]
    fn a_node_is_silent_when_it_has_answered_nothing_for_a_while() {
        let ms = Duration::from_millis;
        let mut memory = Memory::default();
        assert_eq!(memory.unanswered("n1", ms(8400), ms(1)), None, "one refusal may be that of a restart");
        assert!(!memory.answered("n1"), "nothing was told, so nothing is taken back");
        assert_eq!(
            memory.unanswered("n1", ms(8500), ms(1000)),
            Some(ms(8500)),
            "a question that timed out is enough"
        );
        assert_eq!(memory.unanswered("n1", ms(9600), ms(1000)), None, "it is told once");
        assert_eq!(memory.unanswered("n2", ms(9600), ms(1)), None);
        assert_eq!(memory.unanswered("n2", ms(10_100), ms(1)), Some(ms(9600)));
        assert!(memory.answered("n1") && !memory.answered("n1"));
    }

    #[test]
    fn a_term_goes_back_only_where_the_order_of_answers_is_certain() {
        let mut memory = Memory::default();
        assert!(memory.add("", 5, false, &answer("n1", 0, 10)).is_none());
        assert!(memory.add("", 4, false, &answer("n1", 9, 20)).is_none(), "the requests overlap");
        assert!(memory.add("", 4, false, &answer("n2", 30, 31)).is_none(), "another node");
        assert!(memory.add("", 5, false, &answer("n1", 30, 31)).is_none());
        let told = sentence(memory.add("", 4, false, &answer("n1", 40, 41)));
        assert!(told.starts_with("The term of n1 went back: it was 5, and then 4."), "{told}");
    }
}
