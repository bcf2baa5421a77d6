//! The nodes of a run and the links between them, as its events report them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::cluster_now::{ClusterNow, Deed, NodeLine, OUTSIDE};
use super::describe::Describe;
use super::fold::TOGETHER;
use crate::facts::{Event, ExitStatus, Links, NodeEventKind, NodeStatus, Stamped, Verb, Verdict};

/// What is known of a node now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeNow {
    Starting,
    Up,
    /// It runs, but answers nothing.
    Silent {
        since: Duration,
    },
    Paused,
    /// Stopped or killed by the test.
    Down,
    /// It ended by itself, and how.
    Ended {
        at: Duration,
        how: Ending,
    },
}

impl NodeNow {
    /// It does not do what a node must, and no test made it so.
    pub fn is_unwell(&self) -> bool {
        matches!(self, NodeNow::Silent { .. } | NodeNow::Ended { .. })
    }
}

/// How a node ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Exited(ExitStatus),
    /// It passed a limit, in a sentence.
    OverLimit(String),
}

/// What a node says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Says {
    pub text: String,
    pub role: String,
    pub term: Option<u64>,
    /// In that term.
    pub leads: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    now: NodeNow,
    says: Option<Says>,
    /// By what it said last, even if it has ended since: a node stays in its group.
    group: String,
    /// Since when both are so.
    since: Duration,
    /// How often it became ready.
    starts: usize,
}

/// Something that was done to nodes or links.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub at: Duration,
    /// The nodes it was done to; none where it was done to links.
    pub nodes: Vec<String>,
    pub what: DoneWhat,
}

#[derive(Debug, Clone, PartialEq)]
pub enum DoneWhat {
    Node(NodeEventKind),
    Links(Arc<Links>),
}

impl Done {
    pub fn verb(&self) -> Verb {
        match &self.what {
            DoneWhat::Node(what) => Verb::from_event(what),
            DoneWhat::Links(links) => links.verb,
        }
    }
}

/// What the events so far say of the cluster that they are about: the newest one.
///
/// Every change leaves the state before it to whoever keeps it, so a copy shares whatever did not change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterState {
    nodes: BTreeMap<Arc<str>, Arc<Known>>,
    links: Arc<Links>,
    /// By group: the members by what its last leader said. Empty where a pack has no members.
    members: Arc<BTreeMap<String, Members>>,
    /// What all nodes do together.
    under_way: Option<Arc<str>>,
    deeds: VecDeque<Arc<Done>>,
    /// The latest test that an event was about.
    test: Arc<str>,
    at: Duration,
    /// The next event about a node will be about another cluster.
    over: bool,
    /// Until another test starts, the nodes of the one that failed stay up.
    left_up: bool,
}

/// The members of a group by what the leader of a term said.
#[derive(Debug, Clone, PartialEq)]
struct Members {
    of: Option<u64>,
    nodes: Vec<String>,
}

/// What was done last, and how much of it is kept.
const KEPT: usize = 40;

impl ClusterState {
    pub(super) fn is_changed_by(event: &Event) -> bool {
        matches!(
            event,
            Event::RunStarted(_)
                | Event::StageStarted { .. }
                | Event::AnotherCluster
                | Event::TestAgain { .. }
                | Event::TestStarted { .. }
                | Event::NotStarted(_)
                | Event::Node { .. }
                | Event::Says { .. }
                | Event::Silent { .. }
                | Event::AnswersAgain { .. }
                | Event::UnderWay { .. }
                | Event::Links(_)
                | Event::TestEnded { .. }
                | Event::LeftUp(_)
        )
    }

    /// Whether this event changed nodes or links.
    pub(super) fn is_of_nodes(event: &Event) -> bool {
        matches!(
            event,
            Event::Node { .. }
                | Event::Says { .. }
                | Event::Silent { .. }
                | Event::AnswersAgain { .. }
                | Event::UnderWay { .. }
                | Event::Links(_)
        )
    }

    /// Takes the next event of a run.
    pub(super) fn event(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        match &stamped.event {
            Event::RunStarted(_) => *self = Self::default(),
            // Each stage has a cluster of its own. The one before is shown until there is another.
            Event::StageStarted { .. } | Event::AnotherCluster | Event::TestAgain { .. } | Event::NotStarted(_) => {
                self.over = true
            }
            Event::TestStarted { test, .. } => {
                self.test = test.as_str().into();
                self.over |= std::mem::take(&mut self.left_up);
            }
            Event::LeftUp(_) => (self.over, self.left_up) = (false, true),
            Event::Node { node, what } => {
                if std::mem::take(&mut self.over) {
                    self.forget();
                }
                self.node(at, node, what);
            }
            Event::Says { node, text, role, term, leads, group, members } => {
                let (text, role, group) = (text.clone(), role.clone(), group.clone());
                let before = self.members.get(&group).and_then(|members| members.of);
                // A leader of an earlier term may not have heard yet that it is none.
                if !members.is_empty() && *term >= before {
                    let members = Members { of: *term, nodes: members.clone() };
                    Arc::make_mut(&mut self.members).insert(group.clone(), members);
                }
                self.says(at, node, group, Says { text, role, term: *term, leads: *leads });
            }
            Event::Silent { node, since } => self.silent(at, node, *since),
            Event::AnswersAgain { node } => self.answers_again(at, node),
            Event::Links(links) => self.relink(at, links),
            Event::UnderWay { what, ended } => {
                (self.at, self.under_way) = (at, (!ended).then(|| what.as_str().into()));
            }
            Event::TestEnded { verdict, .. } => {
                // A failure takes its cluster with it.
                self.over |= matches!(verdict, Verdict::Failed(_) | Verdict::NotJudged { .. });
                self.at = at;
            }
            _ => {}
        }
    }

    fn node(&mut self, at: Duration, node: &str, what: &NodeEventKind) {
        self.at = at;
        if let Some(now) = state_after(at, what) {
            let new = || Arc::new(Known { now: now.clone(), says: None, group: String::new(), since: at, starts: 0 });
            let known = Arc::make_mut(self.nodes.entry(node.into()).or_insert_with(new));
            known.starts += usize::from(matches!(what, NodeEventKind::Ready { .. }));
            // What it said before it ended is no longer true.
            if !matches!(now, NodeNow::Up | NodeNow::Paused) {
                known.says = None;
            }
            (known.now, known.since) = (now, at);
        }
        // A beginning is covered by the event of its end.
        if matches!(what, NodeEventKind::Started { .. } | NodeEventKind::Stopping) {
            return;
        }
        match self.deeds.back_mut() {
            Some(last)
                if last.verb() == Verb::from_event(what)
                    && at.saturating_sub(last.at) < TOGETHER
                    && !last.nodes.is_empty()
                    && !last.nodes.iter().any(|other| other == node) =>
            {
                Arc::make_mut(last).nodes.push(node.to_owned());
            }
            _ => self.deed(Done { at, nodes: vec![node.to_owned()], what: DoneWhat::Node(what.clone()) }),
        }
    }

    /// What a node says of itself has changed.
    fn says(&mut self, at: Duration, node: &str, group: String, says: Says) {
        self.at = at;
        self.answers_again(at, node);
        if let Some(known) = self.known(node) {
            (known.says, known.group, known.since) = (Some(says), group, at);
        }
    }

    /// What it said before is kept: if it answers again, that may still be true.
    fn silent(&mut self, at: Duration, node: &str, since: Duration) {
        self.at = at;
        if let Some(known) = self.known(node).filter(|known| known.now == NodeNow::Up) {
            (known.now, known.since) = (NodeNow::Silent { since }, since);
        }
    }

    fn answers_again(&mut self, at: Duration, node: &str) {
        self.at = at;
        if let Some(known) = self.known(node).filter(|known| matches!(known.now, NodeNow::Silent { .. })) {
            (known.now, known.since) = (NodeNow::Up, at);
        }
    }

    fn relink(&mut self, at: Duration, links: &Links) {
        self.at = at;
        self.links = Arc::new(links.clone());
        self.deed(Done { at, nodes: Vec::new(), what: DoneWhat::Links(Arc::clone(&self.links)) });
    }

    fn known(&mut self, node: &str) -> Option<&mut Known> {
        self.nodes.get_mut(node).map(Arc::make_mut)
    }

    fn deed(&mut self, deed: Done) {
        if self.deeds.len() == KEPT {
            self.deeds.pop_front();
        }
        self.deeds.push_back(Arc::new(deed));
    }

    /// Forgets the cluster: the next one is new.
    fn forget(&mut self) {
        *self = Self { test: std::mem::take(&mut self.test), at: self.at, ..Self::default() };
    }

    /// A failure or another stage ended it; it is shown until there is another.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// When it became what it is now.
    pub fn at(&self) -> Duration {
        self.at
    }

    pub fn node_now(&self, node: &str) -> Option<&NodeNow> {
        Some(&self.nodes.get(node)?.now)
    }

    /// What a node last said of itself; none for a node that has ended since.
    pub fn node_says(&self, node: &str) -> Option<&Says> {
        self.nodes.get(node)?.says.as_ref()
    }

    /// The nodes that say something of themselves.
    pub fn saying(&self) -> impl Iterator<Item = (&str, &Says)> {
        self.nodes.iter().filter_map(|(node, known)| Some((&**node, known.says.as_ref()?)))
    }

    /// How often a node became ready.
    pub fn starts(&self, node: &str) -> usize {
        self.nodes.get(node).map_or(0, |known| known.starts)
    }

    /// How many nodes it has, as far as they have been started.
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The latest test that an event was about; empty before the first.
    pub fn test(&self) -> &str {
        &self.test
    }

    /// What all nodes do together, in the pack's words.
    pub(super) fn under_way(&self) -> Option<&Arc<str>> {
        self.under_way.as_ref()
    }

    /// The links as they are.
    pub(super) fn links(&self) -> &Arc<Links> {
        &self.links
    }

    /// Each node with what it does, and what it said of itself last.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&Arc<str>, NodeStatus, Option<&Says>)> {
        self.nodes.iter().map(|(node, known)| (node, known.now.status(), known.says.as_ref()))
    }

    /// Ready to be shown as what several nodes make together. None for a single node.
    pub fn now(&self, words: &dyn Describe) -> Option<ClusterNow> {
        (self.nodes.len() > 1).then(|| self.shown(words))
    }

    /// Ready to be shown, however many nodes there are.
    pub fn shown(&self, words: &dyn Describe) -> ClusterNow {
        let line = |(node, known): (&Arc<str>, &Arc<Known>)| {
            let state = known.now.status();
            let how = match &known.now {
                NodeNow::Ended { how, .. } => words.ending(how),
                _ => String::new(),
            };
            // Its last answer says nothing about what it is now.
            let says = known.says.clone().filter(|_| state != NodeStatus::Silent).unwrap_or_default();
            let Says { text, role, term, leads } = says;
            let group = known.group.clone();
            let members = self.members.get(&group);
            let outside = members.is_some_and(|members| !members.nodes.iter().any(|member| **member == **node));
            let text = match (outside, text.as_str()) {
                (false, _) => text,
                (true, "") => OUTSIDE.to_owned(),
                (true, text) => format!("{text}, {OUTSIDE}"),
            };
            NodeLine {
                node: node.to_string(),
                state,
                how,
                says: text,
                role,
                term,
                leads,
                group,
                outside,
                since: known.since,
            }
        };
        let deed = |done: &Arc<Done>| Deed {
            at: done.at,
            verb: done.verb(),
            nodes: done.nodes.clone(),
            text: words.done(done),
        };
        ClusterNow {
            at: self.at,
            nodes: self.nodes.iter().map(line).collect(),
            cut: self.links.cut.clone(),
            slow: self.links.slow.clone(),
            under_way: self.under_way.as_deref().map(str::to_owned),
            deeds: self.deeds.iter().map(deed).collect(),
        }
    }
}

impl NodeNow {
    fn status(&self) -> NodeStatus {
        match self {
            NodeNow::Starting => NodeStatus::Starting,
            NodeNow::Up => NodeStatus::Up,
            NodeNow::Silent { .. } => NodeStatus::Silent,
            NodeNow::Paused => NodeStatus::Paused,
            NodeNow::Down => NodeStatus::Down,
            NodeNow::Ended { .. } => NodeStatus::Ended,
        }
    }
}

fn state_after(at: Duration, what: &NodeEventKind) -> Option<NodeNow> {
    match what {
        NodeEventKind::Started { .. } => Some(NodeNow::Starting),
        NodeEventKind::Ready { .. } | NodeEventKind::Resumed => Some(NodeNow::Up),
        NodeEventKind::StartFailed { .. }
        | NodeEventKind::Stopped { .. }
        | NodeEventKind::Killed
        | NodeEventKind::GuardLost => Some(NodeNow::Down),
        NodeEventKind::Paused => Some(NodeNow::Paused),
        NodeEventKind::Exited { status } => Some(NodeNow::Ended { at, how: Ending::Exited(*status) }),
        NodeEventKind::OverLimit { sentence } => {
            Some(NodeNow::Ended { at, how: Ending::OverLimit(sentence.clone()) })
        }
        NodeEventKind::Stopping | NodeEventKind::MainExited { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::ExitStatus;
    use crate::facts::Verb;
    use crate::report::describe::English;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn told(events: impl IntoIterator<Item = (u64, Event)>) -> ClusterState {
        let mut state = ClusterState::default();
        events.into_iter().for_each(|(at, event)| state.event(&Stamped { at: ms(at), event }));
        state
    }

    fn node(node: &str, what: NodeEventKind) -> Event {
        Event::Node { node: node.into(), what }
    }

    fn up(name: &str, at: u64) -> [(u64, Event); 2] {
        let started = NodeEventKind::Started { pid: 1, port: 24011 };
        [(at, node(name, started)), (at + 40, node(name, NodeEventKind::Ready { after: ms(40) }))]
    }

    fn says(name: &str, text: &str) -> Event {
        Event::Says {
            node: name.into(),
            text: text.into(),
            role: String::new(),
            term: None,
            leads: false,
            group: String::new(),
            members: Vec::new(),
        }
    }

    fn lines(state: &ClusterState) -> Vec<String> {
        let nodes = state.now(&English).unwrap().nodes;
        let line = |node: NodeLine| {
            format!("{} {} {} {} {}", node.node, node.state.word(), node.how, node.says, node.since.as_millis())
        };
        nodes.into_iter().map(line).collect()
    }

    #[test]
    fn who_is_no_member_is_told_by_the_latest_leader_of_the_same_cluster() {
        let leader = |name: &str, term, members: &[&str]| Event::Says {
            node: name.into(),
            text: format!("leader, term {term}"),
            role: "leader".into(),
            term: Some(term),
            leads: true,
            group: String::new(),
            members: members.iter().map(|member| (*member).to_owned()).collect(),
        };
        let begun = || up("n1", 0).into_iter().chain(up("n2", 1)).chain(up("n3", 2));
        let said = |state: &ClusterState| -> Vec<(bool, String)> {
            state.now(&English).unwrap().nodes.into_iter().map(|node| (node.outside, node.says)).collect()
        };
        let none = told(begun().chain([(100, says("n1", "leader, term 3"))]));
        assert!(said(&none).iter().all(|(outside, _)| !outside), "a pack need not say who is a member");
        let mut state = told(begun().chain([
            (100, says("n3", "follower, term 3")),
            (110, leader("n1", 3, &["n1", "n2"])),
            (120, leader("n2", 2, &["n1", "n2", "n3"])),
        ]));
        let outside = [
            (false, "leader, term 3".to_owned()),
            (false, "leader, term 2".to_owned()),
            (true, "follower, term 3, not a member".to_owned()),
        ];
        assert_eq!(said(&state), outside, "an old leader may not have heard of the change");
        state.event(&Stamped { at: ms(200), event: Event::AnotherCluster });
        begun().chain([(300, leader("n2", 1, &["n2", "n3"]))]).for_each(|(at, event)| {
            state.event(&Stamped { at: ms(200 + at), event });
        });
        let outside =
            [(true, "not a member".to_owned()), (false, "leader, term 1".to_owned()), (false, String::new())];
        assert_eq!(said(&state), outside, "terms begin anew");
    }

    #[test]
    fn each_group_has_members_of_its_own() {
        let leader = |name: &str, group: &str, term| Event::Says {
            node: name.into(),
            text: format!("{group} leader, term {term}"),
            role: "leader".into(),
            term: Some(term),
            leads: true,
            group: group.into(),
            members: vec![name.to_owned()],
        };
        let begun = up("n1", 0).into_iter().chain(up("n2", 1)).chain(up("n3", 2));
        let state = told(begun.chain([(100, leader("n1", "g1", 7)), (110, leader("n2", "g2", 2))]));
        let nodes = state.now(&English).unwrap().nodes;
        let said: Vec<_> = nodes.iter().map(|node| (node.group.as_str(), node.outside, node.says.as_str())).collect();
        let of = |group, says| (group, false, says);
        assert_eq!(said, [of("g1", "g1 leader, term 7"), of("g2", "g2 leader, term 2"), of("", "")]);
    }

    #[test]
    fn a_node_that_ended_says_nothing_any_more_and_one_that_is_paused_said_it() {
        let events = up("n1", 0).into_iter().chain(up("n2", 1)).chain(up("n3", 2)).chain([
            (100, says("n1", "leader, term 3")),
            (110, says("n2", "follower, term 3")),
            (120, says("n3", "follower, term 3")),
            (300, node("n1", NodeEventKind::Paused)),
            (400, node("n2", NodeEventKind::Killed)),
            (500, node("n3", NodeEventKind::Exited { status: ExitStatus::Code(1) })),
        ]);
        let state = told(events);
        assert_eq!(lines(&state), ["n1 paused  leader, term 3 300", "n2 down   400", "n3 ended exit status 1  500"]);
        assert_eq!(state.now(&English).unwrap().at, ms(500));
    }

    #[test]
    fn a_node_that_answers_nothing_is_told_as_silent_and_not_by_its_last_answer() {
        let silent = |node: &str, since| Event::Silent { node: node.into(), since: ms(since) };
        let mut state = told(up("n1", 0).into_iter().chain(up("n2", 1)).chain([
            (100, says("n1", "leader, term 3")),
            (900, silent("n1", 400)),
            // Paused while it was asked: that is the test's doing, and already shown as such.
            (910, node("n2", NodeEventKind::Paused)),
            (920, silent("n2", 410)),
        ]));
        assert_eq!(lines(&state), ["n1 silent   400", "n2 paused   910"]);
        assert_eq!(state.now(&English).unwrap().nodes[0].state_words(), "silent since +0.400");
        state.event(&Stamped { at: ms(1500), event: Event::AnswersAgain { node: "n1".into() } });
        assert_eq!(lines(&state)[0], "n1 up  leader, term 3 1500");
    }

    #[test]
    fn what_is_done_to_nodes_together_is_one_deed() {
        let state = told(up("n1", 0).into_iter().chain(up("n2", 1)).chain([
            (1000, node("n1", NodeEventKind::Killed)),
            (2000, Event::Links(Links { verb: Verb::Isolate, text: "isolate n2".into(), ..Links::default() })),
            (2050, node("n2", NodeEventKind::Killed)),
        ]));
        let deeds: Vec<String> = state
            .now(&English)
            .unwrap()
            .deeds
            .iter()
            .map(|deed| format!("{} {} {} {}", deed.at.as_millis(), deed.verb, deed.nodes.join(","), deed.text))
            .collect();
        assert_eq!(deeds, ["40 START n1,n2 ", "1000 KILL n1 ", "2000 ISOLATE  n2", "2050 KILL n2 "]);
    }

    #[test]
    fn the_cluster_of_a_stage_is_there_until_the_next_one_starts() {
        let stage = |stage: &str| Event::StageStarted { stage: stage.into(), title: String::new(), tests: vec![] };
        let mut state = told(up("n1", 0).into_iter().chain(up("n2", 1)));
        state.event(&Stamped { at: ms(100), event: stage("next") });
        assert_eq!(state.size(), 2);
        let [(_, started), _] = up("n1", 200);
        state.event(&Stamped { at: ms(200), event: started });
        assert_eq!(state.size(), 1);
        assert!(state.now(&English).is_none(), "a single node is not a cluster");
    }
}
