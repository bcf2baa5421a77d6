//! Sequences in which changes of the members go wrong if one rule is missing, each played with the right program and with
//! one that lacks the rule.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::{Asked, Place};
use super::runs::run;
use super::*;

/// A cluster with nothing broken but what a recipe breaks.
fn quiet(all: usize, members: usize, bug: Bug) -> Simulation {
    let mut simulation = Simulation::new(1, all, members, bug);
    simulation.unreliable = false;
    simulation.rules = false;
    simulation.pass(3000);
    simulation
}

fn node(number: usize) -> NodeId {
    format!("n{number}").into()
}

impl Simulation {
    fn pass(&mut self, milliseconds: u64) {
        self.run_until(self.now + ms(milliseconds));
    }

    fn raft(&self, id: &NodeId) -> &Raft {
        self.nodes[id].raft.as_ref().expect("it is up")
    }

    /// The newest leader of all, or the only one of these.
    fn leader_of(&self, side: &[NodeId]) -> Option<NodeId> {
        let leaders = self.leaders().into_iter().filter(|id| side.contains(id));
        leaders.max_by_key(|id| self.raft(id).leads())
    }

    /// Nodes can speak to those of their own side, and to nobody else. What is under way between sides is lost.
    fn divide(&mut self, sides: &[&[NodeId]]) {
        let side_of = |id: &NodeId| sides.iter().position(|side| side.contains(id));
        let ids = self.ids();
        self.cut.clear();
        for (from, to) in ids.iter().flat_map(|from| ids.iter().map(move |to| (from, to))) {
            if side_of(from).is_none() || side_of(from) != side_of(to) {
                self.cut.insert((from.clone(), to.clone()));
            }
        }
        self.held.clear();
    }

    fn join_all(&mut self) {
        self.cut.clear();
        self.held.clear();
    }

    fn asks(&mut self, leader: &NodeId, change: &Change) -> Option<Asked> {
        let mut asked = None;
        self.with(leader, |raft, now| asked = Some(raft.change(change, now)));
        asked
    }

    fn changes_to(&mut self, change: &Change) {
        let leader = self.leader_of(&self.ids()).expect("there is a leader");
        assert!(matches!(self.asks(&leader, change), Some(Asked::Appended(_) | Asked::Learning)));
        self.pass(3000);
    }

    fn write_at(&mut self, leader: &NodeId) -> Option<Place> {
        self.proposed += 1;
        let value = Bytes::from(self.proposed.to_string());
        let mut place = None;
        self.with(leader, |raft, _| place = raft.propose(Operation::Put { key: "k".into(), value }.into()));
        place
    }

    /// Whether a write at one of these is committed within some seconds.
    fn serve(&mut self, side: &[NodeId]) -> bool {
        for _ in 0..20 {
            let place = self.leader_of(side).and_then(|leader| self.write_at(&leader));
            self.pass(500);
            if place.is_some_and(|place| self.checks.has_committed(place)) {
                return true;
            }
        }
        false
    }
}

/// Whether the promises hold.
fn holds(recipe: fn(Bug) -> bool, bug: Bug) -> bool {
    catch_unwind(AssertUnwindSafe(|| recipe(bug))).unwrap_or(false)
}

/// A leader without a majority adds n4; the others go on without that; then n4 and another are gone, and two of three are
/// a majority.
fn configuration_rolled_back(bug: Bug) -> bool {
    let mut simulation = quiet(4, 3, bug);
    let old = simulation.leader_of(&simulation.ids()).expect("there is a leader");
    let others: Vec<NodeId> = (1..=3).map(node).filter(|id| *id != old).collect();
    simulation.divide(&[&[old.clone(), node(4)], &others]);
    simulation.asks(&old, &Change::Add(node(4)));
    simulation.pass(200);
    assert!(simulation.raft(&old).members().contains(&node(4)), "it counts as soon as it is in the log");
    assert!(simulation.serve(&others));
    simulation.crash(&node(4));
    simulation.join_all();
    simulation.pass(3000);
    simulation.crash(&others[1]);
    assert!(simulation.serve(&[old.clone(), others[0].clone()]) || bug != Bug::None);
    simulation.crash(&others[0]);
    simulation.start(&others[1]);
    simulation.serve(&[old, others[1].clone()])
}

#[test]
fn a_configuration_that_is_cut_off_counts_no_more() {
    assert!(holds(configuration_rolled_back, Bug::None));
    assert!(!holds(configuration_rolled_back, Bug::ConfigurationNotRolledBack));
}

/// The bug of single-server changes: two leaders each change the same four members by one, and neither has committed an
/// entry of its term.
fn two_changes_of_four(bug: Bug) -> bool {
    let mut simulation = quiet(5, 4, bug);
    let old = simulation.leader_of(&simulation.ids()).expect("there is a leader");
    simulation.serve(std::slice::from_ref(&old));
    let rest: Vec<NodeId> = (1..=4).map(node).filter(|id| *id != old).collect();
    simulation.divide(&[&[old.clone(), node(5)], &rest]);
    simulation.asks(&old, &Change::Add(node(5)));
    let new = loop {
        simulation.pass(10);
        if let Some(new) = simulation.leader_of(&rest) {
            break new;
        }
    };
    let far = rest.iter().find(|id| **id != new).expect("there are three").clone();
    let near: Vec<NodeId> = rest.iter().filter(|id| **id != far).cloned().collect();
    simulation.divide(&[&[old.clone(), node(5)], &near]);
    simulation.pass(100);
    simulation.asks(&new, &Change::Remove(old.clone()));
    simulation.serve(&near);
    // The committed entries are checked against those of any leader that there may be now.
    let all = [old, node(5), far];
    simulation.divide(&[&all]);
    simulation.serve(&all);
    simulation.join_all();
    let ids = simulation.ids();
    simulation.serve(&ids)
}

#[test]
fn a_leader_that_has_committed_nothing_yet_changes_nothing() {
    assert!(holds(two_changes_of_four, Bug::None));
    assert!(!holds(two_changes_of_four, Bug::ChangeBeforeOwnEntry));
}

/// n3 is down while all its fellow members are exchanged, and those it knows are gone when it returns.
fn unknown_leader(bug: Bug) -> bool {
    let mut simulation = quiet(5, 3, bug);
    simulation.crash(&node(3));
    simulation.pass(3000);
    for change in [Change::Add(node(4)), Change::Add(node(5)), Change::Remove(node(1)), Change::Remove(node(2))] {
        simulation.changes_to(&change);
    }
    simulation.crash(&node(1));
    simulation.crash(&node(2));
    simulation.pass(3000);
    simulation.start(&node(3));
    simulation.crash(&node(5));
    simulation.serve(&[node(3), node(4)])
}

#[test]
fn a_node_hears_a_leader_that_it_has_never_heard_of() {
    assert!(holds(unknown_leader, Bug::None));
    assert!(!holds(unknown_leader, Bug::UnknownNodesDropped));
}

/// A node is removed while it is cut off, and returns.
fn disruption(bug: Bug) -> bool {
    let mut simulation = quiet(3, 3, bug);
    let leader = simulation.leader_of(&simulation.ids()).expect("there is a leader");
    let term = simulation.raft(&leader).leads();
    let gone = (1..=3).map(node).find(|id| *id != leader).expect("there are three");
    let rest: Vec<NodeId> = simulation.ids().into_iter().filter(|id| *id != gone).collect();
    simulation.divide(&[&rest, std::slice::from_ref(&gone)]);
    simulation.pass(3000);
    simulation.changes_to(&Change::Remove(gone.clone()));
    simulation.join_all();
    simulation.pass(10_000);
    assert!(!simulation.raft(&gone).is_member(), "it is told");
    simulation.raft(&leader).leads() == term
}

#[test]
fn a_node_that_was_removed_disturbs_nobody() {
    assert!(holds(disruption, Bug::None));
    assert!(!holds(disruption, Bug::RemovedNodeDeposes));
}

/// The leader removes itself: the others have one that it has chosen, long before their time-outs end.
#[test]
fn a_leader_that_removes_itself_makes_another_stand() {
    let mut simulation = quiet(4, 4, Bug::None);
    let ids = simulation.ids();
    let old = simulation.leader_of(&ids).expect("there is a leader");
    simulation.asks(&old, &Change::Remove(old.clone()));
    simulation.pass(300);
    let new = simulation.leader_of(&ids).expect("there is a leader");
    assert_ne!(new, old);
    assert!(simulation.serve(&ids));
    assert!(!simulation.raft(&old).is_member());
}

/// Of two members one removes itself, and crashes when only it knows: nobody else can be elected without it, and it still
/// stands.
#[test]
fn who_alone_knows_of_its_removal_still_stands() {
    let mut simulation = quiet(2, 2, Bug::None);
    let ids = simulation.ids();
    let old = simulation.leader_of(&ids).expect("there is a leader");
    simulation.divide(&[]);
    simulation.asks(&old, &Change::Remove(old.clone()));
    simulation.pass(500);
    simulation.crash(&old);
    simulation.join_all();
    simulation.start(&old);
    assert!(simulation.serve(&ids));
    let left: Members = ids.iter().filter(|id| **id != old).cloned().collect();
    assert_eq!(simulation.raft(&ids[0]).members(), &left);
}

/// The simulation is worth something only if it finds what is wrong.
#[test]
fn runs_with_faults_find_what_breaks_a_promise() {
    let bugs = [
        Bug::MajorityFromFlags,
        Bug::ConfigurationNotStored,
        Bug::ConfigurationNotInSnapshot,
        Bug::TwoChangesAtOnce,
        Bug::RemovedLeaderCountsItself,
        Bug::PiecesMixed,
    ];
    for bug in bugs {
        let found = (0..40).find(|seed| catch_unwind(|| run(*seed, 5, 3, bug)).is_err());
        println!("{bug:?}: seed {found:?}");
        assert!(found.is_some(), "{bug:?} is not found");
    }
}
