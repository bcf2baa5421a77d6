//! What happened to the program in each test of a run, so that it can be compared with runs with other seeds.
//!
//! With another seed other nodes are hit, and other nodes lead. A moment is therefore also described by the role of the
//! node it happened to, "the leader" or "a follower", and two moments are alike when that is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::Reporter;
use super::card::{Card, Subject};
use super::cluster_state::ClusterState;
use super::phrases::links_words;
use super::run_state::RunState;
use crate::facts::{Event, Latency, Links, LoadEvent, NodeEventKind, Stamped, TestVerdict, Verb};
use crate::text::clean;

/// This many moments are kept for one test.
const MOST: usize = 500;

/// One run.
#[derive(Debug, Clone, Default)]
pub struct Story {
    pub tests: Vec<TestStory>,
}

/// One test of a run.
#[derive(Debug, Clone, Default)]
pub struct TestStory {
    pub stage: String,
    pub test: String,
    pub verdict: TestVerdict,
    /// The failure in a line.
    pub said: Option<String>,
    /// The command that runs it again as it was.
    pub again: Option<String>,
    pub moments: Vec<Moment>,
    /// How often a node began to lead; none where no node was asked for its role.
    pub elections: Option<usize>,
    /// How often each node came back.
    pub restarts: BTreeMap<String, usize>,
    pub latency: Option<Latency>,
}

/// Something that was done to the program, or a significant thing that it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// Since the test began.
    #[serde(with = "crate::seconds")]
    pub at: Duration,
    /// `kill of the leader`: alike in runs with different seeds.
    pub kind: String,
    /// `KILL n2`
    pub text: String,
}

impl TestStory {
    /// What was done to it, without what it did itself.
    pub fn faults(&self) -> impl Iterator<Item = &Moment> {
        self.moments.iter().filter(|moment| moment.kind != LEADS)
    }
}

/// A node begins to lead. That counts as its own doing, whatever brought it about.
const LEADS: &str = "a node begins to lead";
/// A node whose role nobody knows.
const UNKNOWN: &str = "a node";

/// Listens to a run. Clones share what was heard.
#[derive(Debug, Clone, Default)]
pub struct Listener {
    heard: Arc<Mutex<Heard>>,
}

#[derive(Debug, Default)]
struct Heard {
    story: Story,
    /// Names of the pack's roles.
    roles: BTreeSet<String>,
    test: Option<(TestStory, Duration)>,
}

impl Listener {
    pub fn new(roles: impl IntoIterator<Item = String>) -> Self {
        let heard = Heard { roles: roles.into_iter().collect(), ..Heard::default() };
        Self { heard: Arc::new(Mutex::new(heard)) }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was heard so far.
    pub fn take(&self) -> Story {
        std::mem::take(&mut self.heard().story)
    }
}

impl Reporter for Listener {
    fn event(&mut self, stamped: &Stamped, state: &RunState) {
        self.heard().event(stamped, state);
    }

    fn card(&mut self, card: &Card) {
        let mut heard = self.heard();
        let ended =
            heard.story.tests.iter_mut().rev().find(|test| test.test == card.title() && test.stage == card.stage);
        if let Some(test) = ended {
            let title = card.explanation.as_ref().map(|explanation| clean(&explanation.sentence));
            test.said = Some(title.unwrap_or_else(|| card.summary())).filter(|said| !said.is_empty());
            test.again = Some(card.again.clone());
        }
    }
}

impl Heard {
    fn event(&mut self, stamped: &Stamped, state: &RunState) {
        match &stamped.event {
            // It holds back all tests and is listed among them.
            Event::NotStarted(event) => self.story.tests.push(TestStory {
                stage: event.stage.clone(),
                test: Subject::from_blocked(&event.why).title().unwrap_or_default().to_owned(),
                verdict: if event.not_judged.is_some() { TestVerdict::NotJudged } else { TestVerdict::Failed },
                ..TestStory::default()
            }),
            Event::TestStarted { stage, test } => {
                let story = TestStory { stage: stage.clone(), test: test.clone(), ..TestStory::default() };
                self.test = Some((story, stamped.at));
            }
            // The first attempt counts for nothing.
            Event::TestAgain { .. } => self.test = None,
            Event::Node { node, what } => self.node(stamped.at, node, what, state),
            Event::Links(links) => self.links(stamped.at, links, state.before()),
            Event::Says { node, text, role, .. } => {
                let before = state.before().node_says(node);
                let began = before.is_none_or(|before| before.role != *role);
                self.says(stamped.at, node, text, began && self.roles.contains(role));
            }
            Event::Load(load) => {
                if let (LoadEvent::Ended { latency, .. }, Some((test, _))) = (&load.what, &mut self.test) {
                    test.latency = Some(*latency);
                }
            }
            Event::TestEnded { verdict, .. } => {
                if let Some((mut test, _)) = self.test.take() {
                    test.verdict = verdict.kind();
                    self.story.tests.push(test);
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, at: Duration, kind: String, text: String) {
        if let Some((test, began)) = self.test.as_mut().filter(|(test, _)| test.moments.len() < MOST) {
            test.moments.push(Moment { at: at.saturating_sub(*began), kind, text: clean(&text) });
        }
    }

    /// What to call a node by its role.
    fn who(&self, node: &str, cluster: &ClusterState) -> Who {
        match cluster.node_says(node).map(|says| says.role.as_str()) {
            Some(role) if self.roles.contains(role) => Who::Holder(role.to_owned()),
            Some(role) if !role.is_empty() => Who::Other(role.to_owned()),
            _ if self.roles.is_empty() => Who::Node,
            _ => Who::Unknown,
        }
    }

    fn node(&mut self, at: Duration, node: &str, what: &NodeEventKind, state: &RunState) {
        let done = match what {
            NodeEventKind::Killed => "kill",
            NodeEventKind::Paused => "pause",
            NodeEventKind::Stopped { .. } => "stop",
            NodeEventKind::Exited { .. } => "end by itself",
            NodeEventKind::OverLimit { .. } => "limit passed",
            NodeEventKind::Ready { .. } => {
                if let Some((test, _)) = self.test.as_mut().filter(|_| state.cluster().starts(node) > 1) {
                    *test.restarts.entry(node.to_owned()).or_default() += 1;
                }
                return;
            }
            _ => return,
        };
        let who = self.who(node, state.before());
        let verb = Verb::from_event(what);
        let (of, whom) = match &who {
            Who::Holder(role) => (format!("the {role}"), format!(", the {role}")),
            Who::Other(role) => (format!("a {}", clean(role)), format!(", a {}", clean(role))),
            Who::Node => (clean(node), String::new()),
            Who::Unknown => (UNKNOWN.to_owned(), String::new()),
        };
        self.tell(at, format!("{done} of {of}"), format!("{verb} {node}{whom}"));
    }

    fn links(&mut self, at: Duration, links: &Links, cluster: &ClusterState) {
        let (verb, rest) = links_words(links);
        if verb == Verb::Heal {
            return;
        }
        let leader = cluster.saying().find(|(_, says)| self.roles.contains(&says.role));
        let whom = leader.map(|(node, says)| {
            let others = cluster.saying().count().saturating_sub(1);
            let cut = |(one, other): &&(String, String)| one == node || other == node;
            let away: BTreeSet<&String> =
                links.cut.iter().filter(cut).map(|(one, other)| if one == node { other } else { one }).collect();
            let slow = links.slow.iter().any(|link| link.from == *node || link.to == *node);
            let role = &says.role;
            match away.len() {
                0 if slow => format!("the {role} slowed down"),
                0 => format!("the {role} out of it"),
                away if 2 * away >= others => format!("the {role} cut off from most"),
                _ => format!("the {role} with most of them"),
            }
        });
        let whom = whom.map(|whom| format!(", {whom}")).unwrap_or_default();
        self.tell(at, format!("{}{whom}", verb.word()), format!("{verb} {rest}{whom}"));
    }

    /// `began`: it did not hold such a role before.
    fn says(&mut self, at: Duration, node: &str, text: &str, began: bool) {
        let Some((test, _)) = &mut self.test else { return };
        let elections = test.elections.get_or_insert(0);
        if began {
            *elections += 1;
            self.tell(at, LEADS.to_owned(), format!("{node} is {text}"));
        }
    }
}

/// The node that something was done to.
enum Who {
    /// Of a role that only one node has: the leader.
    Holder(String),
    /// Of another role: a follower.
    Other(String),
    /// There are no roles.
    Node,
    /// Its role is not known.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Failure, Verdict};

    fn at(ms: u64, event: Event) -> Stamped {
        Stamped { at: Duration::from_millis(ms), event }
    }

    fn says(node: &str, text: &str) -> Event {
        let role = text.split(',').next().unwrap().into();
        Event::Says {
            node: node.into(),
            text: text.into(),
            role,
            term: None,
            leads: false,
            group: String::new(),
            members: Vec::new(),
        }
    }

    fn node(node: &str, what: NodeEventKind) -> Event {
        Event::Node { node: node.into(), what }
    }

    #[test]
    fn moments_are_told_by_whom_they_hit() {
        let listener = Listener::new(["leader".to_owned()]);
        let (mut state, mut hears) = (RunState::default(), listener.clone());
        let mut tell = |stamped: &Stamped| {
            state.event(stamped);
            hears.event(stamped, &state);
        };
        let (stage, test) = ("s".to_owned(), "t".to_owned());
        let cut = |cut: &[(&str, &str)]| {
            let cut = cut.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
            Event::Links(Links { verb: Verb::Isolate, text: "isolate n2".into(), cut, slow: Vec::new() })
        };
        let ready = NodeEventKind::Ready { after: Duration::from_millis(5) };
        let verdict = Verdict::Passed;
        for (ms, event) in [
            (900, node("n1", ready.clone())),
            (900, node("n2", ready.clone())),
            (900, node("n3", ready.clone())),
            (1_000, Event::TestStarted { stage: stage.clone(), test: test.clone() }),
            (1_100, says("n1", "follower, term 1")),
            (1_100, says("n2", "leader, term 1")),
            (1_100, says("n3", "follower, term 1")),
            (1_200, says("n2", "leader, term 2")),
            (1_500, node("n1", NodeEventKind::Killed)),
            (1_700, node("n1", ready.clone())),
            (1_800, cut(&[("n2", "n1"), ("n1", "n2"), ("n2", "n3"), ("n3", "n2")])),
            (1_900, says("n3", "leader, term 3")),
            (2_000, Event::Links(Links { verb: Verb::Heal, text: "heal all".into(), ..Links::default() })),
            (2_500, node("n3", NodeEventKind::Paused)),
            (3_000, Event::TestEnded { stage, test, verdict, took: Duration::from_secs(2) }),
        ] {
            tell(&at(ms, event));
        }
        let story = listener.take();
        let test = &story.tests[0];
        let kinds: Vec<&str> = test.moments.iter().map(|moment| moment.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [LEADS, "kill of a follower", "isolate, the leader cut off from most", LEADS, "pause of the leader"]
        );
        assert_eq!((test.elections, test.restarts["n1"], test.verdict), (Some(2), 1, TestVerdict::Passed));
        assert_eq!(test.moments[1].text, "KILL n1, a follower");
        assert_eq!(test.moments[1].at, Duration::from_millis(500));
        assert!(listener.take().tests.is_empty());
    }

    #[test]
    fn what_came_of_a_test_that_is_tried_again_is_forgotten() {
        let listener = Listener::new(["leader".to_owned()]);
        let (mut state, mut hears) = (RunState::default(), listener.clone());
        let mut tell = |stamped: &Stamped| {
            state.event(stamped);
            hears.event(stamped, &state);
        };
        let (stage, test) = ("s".to_owned(), "t".to_owned());
        let started = || Event::TestStarted { stage: stage.clone(), test: test.clone() };
        let again = Event::TestAgain { stage: stage.clone(), test: test.clone(), reason: String::new() };
        for (ms, event) in [
            (1_000, started()),
            (1_100, says("n1", "leader, term 1")),
            (1_200, node("n1", NodeEventKind::Killed)),
            (1_300, again),
            (5_000, started()),
            (5_100, node("n1", NodeEventKind::Paused)),
        ] {
            tell(&at(ms, event));
        }
        let (stage, test) = (stage.clone(), test.clone());
        tell(&at(6_000, Event::TestEnded { stage, test, verdict: Verdict::Passed, took: Duration::ZERO }));
        let tests = listener.take().tests;
        assert_eq!(tests.len(), 1);
        assert_eq!(tests[0].moments.len(), 1, "{:?}", tests[0].moments);
        assert_eq!(tests[0].moments[0].at, Duration::from_millis(100));
    }

    #[test]
    fn a_failure_says_what_it_was_and_how_to_see_it_again() {
        let mut listener = Listener::default();
        let (mut state, mut hears) = (RunState::default(), listener.clone());
        let mut tell = |stamped: &Stamped| {
            state.event(stamped);
            hears.event(stamped, &state);
        };
        let (stage, test) = ("s".to_owned(), "t".to_owned());
        tell(&at(0, Event::TestStarted { stage: stage.clone(), test: test.clone() }));
        let failure = Failure {
            requirement: String::new(),
            proves: String::new(),
            step: None,
            what: crate::facts::What::Found(crate::facts::Finding::Value { sentence: "It differs.".into() }),
            hints: Vec::new(),
            commands: BTreeMap::new(),
        };
        let verdict = Verdict::Failed(Box::new(failure));
        tell(&at(5, Event::TestEnded { stage, test, verdict, took: Duration::ZERO }));
        listener.card(&Card::example("s", "t", &[]));
        let story = listener.take();
        assert_eq!(story.tests[0].verdict, TestVerdict::Failed);
        assert!(story.tests[0].said.is_some() && story.tests[0].again.is_some());
    }
}
