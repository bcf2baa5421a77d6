//! The cluster through a test: how it was at any moment, and what changed when.
//!
//! A timeline keeps the state after each change. A state shares with the one before whatever did not change, so it
//! takes about a kilobyte, and going back in time is a lookup: nothing is folded again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::cluster_state::ClusterState;
use super::condition::{Common, Condition, conditions};
use crate::facts::{Event, Stamped};

/// States that are kept of one test; beyond that, its beginning is forgotten.
const OF_TEST: usize = 5_000;
/// States that are kept of all tests of a run; beyond that, its first tests are forgotten.
const OF_RUN: usize = 20_000;

/// One test.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    stage: String,
    test: String,
    began: Duration,
    ended: Option<Duration>,
    /// After each change, and since when; the first is how the test found it.
    states: VecDeque<(Duration, Arc<ClusterState>)>,
    /// In the order of their names.
    lanes: Vec<Lane>,
    /// What held for all nodes alike, which the lanes leave out; each with since when.
    common: VecDeque<(Duration, Common)>,
    /// When lanes or links changed.
    changes: VecDeque<Duration>,
}

/// A node through the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub node: Arc<str>,
    pub stretches: VecDeque<Stretch>,
}

/// What a node was from a moment on, up to the next stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Duration,
    pub is: Condition,
}

impl Timeline {
    /// Takes the next event of a run, and the cluster after it.
    pub fn event(&mut self, stamped: &Stamped, cluster: &Arc<ClusterState>) {
        let at = stamped.at;
        match &stamped.event {
            Event::TestStarted { stage, test } => {
                *self = Self { stage: stage.clone(), test: test.clone(), began: at, ..Self::default() };
                self.push(at, cluster);
            }
            // What ends its nodes afterwards is not part of it.
            _ if self.ended.is_some() => {}
            Event::TestEnded { .. } => self.ended = Some(at),
            event if ClusterState::is_of_nodes(event) => self.push(at, cluster),
            _ => {}
        }
    }

    fn push(&mut self, at: Duration, cluster: &Arc<ClusterState>) {
        // The cluster of an earlier test, which failed; this test will have another.
        if cluster.is_over() || cluster.size() == 0 {
            return;
        }
        let at = self.states.back().map_or(at, |(last, _)| at.max(*last));
        let relinked = self.states.back().is_some_and(|(_, last)| !Arc::ptr_eq(last.links(), cluster.links()));
        let mut changed = relinked;
        let (common, each) = conditions(cluster);
        for (node, is) in each {
            changed |= self.note(node, Stretch { from: at, is });
        }
        if self.common.back().is_none_or(|(_, last)| *last != common) {
            self.common.push_back((at, common));
        }
        if changed && self.changes.back() != Some(&at) {
            self.changes.push_back(at);
        }
        self.states.push_back((at, Arc::clone(cluster)));
        if self.states.len() > OF_TEST {
            self.states.pop_front();
            self.forget();
        }
    }

    /// Whether that is news.
    fn note(&mut self, node: &Arc<str>, stretch: Stretch) -> bool {
        match self.lanes.binary_search_by(|lane| lane.node.cmp(node)) {
            Ok(lane) => {
                let stretches = &mut self.lanes[lane].stretches;
                let news = stretches.back().is_none_or(|last| last.is != stretch.is);
                // Of several at one moment, the last is what it was then.
                if news && stretches.back().is_some_and(|last| last.from == stretch.from) {
                    stretches.pop_back();
                }
                if news {
                    stretches.push_back(stretch);
                }
                news
            }
            Err(place) => {
                self.lanes.insert(place, Lane { node: Arc::clone(node), stretches: [stretch].into() });
                true
            }
        }
    }

    /// Forgets what was before the first state that is kept.
    fn forget(&mut self) {
        let Some((first, _)) = self.states.front() else { return };
        self.began = *first;
        for lane in &mut self.lanes {
            while lane.stretches.get(1).is_some_and(|second| second.from <= *first) {
                lane.stretches.pop_front();
            }
        }
        while self.common.get(1).is_some_and(|(second, _)| second <= first) {
            self.common.pop_front();
        }
        while self.changes.front().is_some_and(|change| change < first) {
            self.changes.pop_front();
        }
    }

    pub fn is_of(&self, stage: &str, test: &str) -> bool {
        self.stage == stage && self.test == test
    }

    /// Its stage, and its name.
    pub fn test(&self) -> (&str, &str) {
        (&self.stage, &self.test)
    }

    /// When the test began; later, where its beginning is not kept.
    pub fn began(&self) -> Duration {
        self.began
    }

    /// None while the test runs, or if its end was not recorded.
    pub fn ended(&self) -> Option<Duration> {
        self.ended
    }

    /// When the last change came that is known of.
    pub fn last(&self) -> Duration {
        self.states.back().map_or(self.began, |(at, _)| *at)
    }

    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// What held for all nodes alike, each with since when, in order.
    pub fn common(&self) -> &VecDeque<(Duration, Common)> {
        &self.common
    }

    /// When lanes or links changed, in order.
    pub fn changes(&self) -> &VecDeque<Duration> {
        &self.changes
    }

    /// The cluster at a moment; none before there was one.
    pub fn at(&self, moment: Duration) -> Option<&Arc<ClusterState>> {
        let known = self.states.partition_point(|(at, _)| *at <= moment);
        self.states.get(known.checked_sub(1)?).map(|(_, state)| state)
    }
}

impl Timeline {
    /// The states up to a moment, the last one first, each with since when.
    pub(super) fn back_from(&self, moment: Duration) -> impl Iterator<Item = (Duration, &ClusterState)> {
        let known = self.states.partition_point(|(at, _)| *at <= moment);
        self.states.range(..known).rev().map(|(at, state)| (*at, &**state))
    }
}

impl Lane {
    /// What the node was at a moment; none before it was there.
    pub fn at(&self, moment: Duration) -> Option<Condition> {
        self.place(moment).map(|place| self.stretches[place].is)
    }

    /// The place of the stretch that a moment is in; none before the first.
    pub fn place(&self, moment: Duration) -> Option<usize> {
        self.stretches.partition_point(|stretch| stretch.from <= moment).checked_sub(1)
    }
}

/// The tests of a run, each with its timeline, in the order in which they ran.
#[derive(Debug, Clone, Default)]
pub struct Timelines {
    tests: VecDeque<Timeline>,
}

impl Timelines {
    /// Takes the next event of a run, and the cluster after it.
    pub fn event(&mut self, stamped: &Stamped, cluster: &Arc<ClusterState>) {
        match &stamped.event {
            Event::RunStarted(_) => self.tests.clear(),
            Event::TestStarted { stage, test } => {
                // Of a test that is tried again, only the last attempt counts.
                self.tests.retain(|known| !known.is_of(stage, test));
                self.tests.push_back(Timeline::default());
                while self.tests.len() > 1 && self.tests.iter().map(|test| test.states.len()).sum::<usize>() > OF_RUN
                {
                    self.tests.pop_front();
                }
            }
            _ => {}
        }
        if let Some(test) = self.tests.back_mut() {
            test.event(stamped, cluster);
        }
    }

    /// Of a test; none if it did not run, or if it is forgotten.
    pub fn of(&self, stage: &str, test: &str) -> Option<&Timeline> {
        self.tests.iter().find(|known| known.is_of(stage, test))
    }

    /// Of the test that ran at a moment.
    pub fn at(&self, moment: Duration) -> Option<&Timeline> {
        let latest = self.tests.iter().rev().find(|test| test.began <= moment);
        latest.filter(|test| test.ended.is_none_or(|ended| moment <= ended))
    }

    /// Whether some test is known to have had so many nodes at least.
    pub fn had(&self, nodes: usize) -> bool {
        self.tests.iter().any(|test| test.lanes().len() >= nodes)
    }

    /// Of the test that runs, or ran last.
    pub fn latest(&self) -> Option<&Timeline> {
        self.tests.back()
    }
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
