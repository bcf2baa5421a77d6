//! What the events of a run have said so far: the one place where they are folded into a state. Cards, summaries and
//! the app read it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::cluster_state::ClusterState;
use super::rest::Rest;
use super::timeline::Timeline;
use super::trail::Trail;
use crate::facts::{Event, Stamped, TestVerdict};

#[derive(Debug, Default)]
pub struct RunState {
    seed: u64,
    faults: Option<BTreeSet<u32>>,
    folder: String,
    /// The running stage, or the last one.
    stage: String,
    /// Its tests, in order. One that has not ended counts as not run.
    tests: Vec<(String, TestVerdict)>,
    test_began: Duration,
    trail: Trail,
    /// Shared with whatever shows it; a change makes a new one.
    cluster: Arc<ClusterState>,
    /// As it was before the latest event.
    before: Arc<ClusterState>,
    /// The cluster through the running test, or the last one.
    timeline: Timeline,
    /// Nothing that comes from now on belongs to the previous test.
    over: bool,
}

impl RunState {
    /// Takes the next event.
    pub fn event(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        if let Event::RunStarted(started) = &stamped.event {
            let (folder, faults) = (started.folder.clone(), started.faults.clone());
            *self = Self { seed: started.seed, folder, faults, ..Self::default() };
        }
        // Not when a test starts: what is repaired or started between two tests belongs to the second.
        if std::mem::take(&mut self.over) {
            self.forget_test();
        }
        self.before = Arc::clone(&self.cluster);
        if ClusterState::is_changed_by(&stamped.event) {
            Arc::make_mut(&mut self.cluster).event(stamped);
        }
        self.timeline.event(stamped, &self.cluster);
        match &stamped.event {
            Event::Node { node, what } => self.trail.node(at, node, what),
            Event::Operation(operation) => self.trail.operation(operation),
            Event::Spoken(spoken) => self.trail.spoken(spoken),
            Event::Links(links) => self.trail.links(at, links),
            Event::Says { node, text, .. } => self.trail.says(at, node, text),
            Event::Silent { node, since } => self.trail.silent(node, *since),
            Event::AnswersAgain { node } => self.trail.answers_again(at, node),
            Event::Note { text } => self.trail.note(at, text),
            Event::Load(load) => self.trail.load(at, load),
            Event::TestStarted { .. } => self.test_began = at,
            Event::StageStarted { stage, tests, .. } => {
                self.stage.clone_from(stage);
                self.tests = tests.iter().map(|test| (test.clone(), TestVerdict::NotRun)).collect();
                self.forget_test();
            }
            Event::TestAgain { .. } => self.forget_test(),
            Event::TestEnded { test, verdict, .. } => {
                self.judged(test, verdict.kind());
                // Its card is first made from what led here.
                self.over = true;
            }
            Event::NotStarted(_) => self.over = true,
            Event::RunStarted(_)
            | Event::BuildStarted { .. }
            | Event::BuildEnded { .. }
            | Event::StepStarted { .. }
            | Event::Copies { .. }
            | Event::Walking(_)
            | Event::UnderWay { .. }
            | Event::AnotherCluster
            | Event::LeftUp(_)
            | Event::StageEnded { .. }
            | Event::RunEnded { .. } => {}
        }
    }

    fn judged(&mut self, test: &str, verdict: TestVerdict) {
        match self.tests.iter_mut().find(|(name, _)| name == test) {
            Some((_, came)) => *came = verdict,
            None => self.tests.push((test.to_owned(), verdict)),
        }
    }

    fn forget_test(&mut self) {
        self.trail.clear();
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The numbers of the only faults of workloads that happen, if not all do.
    pub fn faults(&self) -> Option<&BTreeSet<u32>> {
        self.faults.as_ref()
    }

    /// The run's folder, relative to the challenge directory.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// What has become of the other tests of this stage, if it is the last one that began and any of them was judged.
    /// What has not ended yet counts as not run.
    pub fn rest(&self, stage: &str, test: &str) -> Option<Rest> {
        let tests = self.tests.iter().map(|(name, verdict)| (name.as_str(), *verdict));
        if stage == self.stage { Rest::of(test, tests) } else { None }
    }

    /// When the running test, or the last one, began.
    pub fn test_began(&self) -> Duration {
        self.test_began
    }

    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// The nodes and links, as they are now.
    pub fn cluster(&self) -> &Arc<ClusterState> {
        &self.cluster
    }

    /// As they were before the latest event.
    pub fn before(&self) -> &ClusterState {
        &self.before
    }

    /// The cluster through the running test, or the last one.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// As they were at a moment of this test, since a test may go on after a wrong answer. None for a single node.
    pub fn cluster_at(&self, moment: Duration) -> Option<&ClusterState> {
        self.timeline.at(moment).map(Arc::as_ref).filter(|cluster| cluster.size() > 1)
    }

    /// The state after all events of a recorded run.
    pub fn replayed<'e>(events: impl IntoIterator<Item = &'e Stamped>) -> Self {
        let mut state = Self::default();
        events.into_iter().for_each(|stamped| state.event(stamped));
        state
    }
}
