//! Which test the cluster view shows, and which moment of it.

use std::time::{Duration, Instant};

use super::wrong::{self, Wrong};
use super::{ClusterPane, Stand};
use crate::report::card::Card;
use crate::report::cluster_now::ClusterNow;
use crate::report::describe::English;
use crate::report::timeline::Timeline;
use crate::tui::workbench::Workbench;

/// A cluster to show.
#[derive(Debug)]
pub struct Scene<'a> {
    /// At the moment.
    pub cluster: ClusterNow,
    /// The moment that it shows, since the run began: how long a node has been in its state is counted up to here.
    pub until: Duration,
    pub moment: Moment,
    /// The test's name.
    pub test: String,
    /// None of a run whose events are not at hand: then there is only this one moment.
    pub timeline: Option<&'a Timeline>,
    /// How far the test has come.
    pub end: Duration,
    /// It goes on.
    pub live: bool,
    /// What the failure is about, the wrong answer first.
    pub wrong: Vec<Wrong>,
    /// What to ask next of that failure.
    pub next: Option<String>,
}

impl Scene<'_> {
    /// How many nodes it has at any time.
    pub fn size(&self) -> usize {
        self.timeline.map_or(0, |timeline| timeline.lanes().len()).max(self.cluster.nodes.len())
    }
}

/// Which moment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Now,
    /// When the answer was wrong, or when the test failed.
    Failure,
    /// The end of a test.
    Last,
    /// Any other.
    Then,
}

impl ClusterPane {
    /// What it shows. `card` is the failure beneath it. None if no node is known of.
    pub fn scene<'a>(&self, bench: &'a Workbench, card: Option<&Card>, now: Instant) -> Option<Scene<'a>> {
        let pinned = match &self.stand {
            Stand::At { test: Some((stage, test)), .. } => bench.timelines.of(stage, test),
            _ => None,
        };
        let is_of = |card: &Card| pinned.is_none_or(|timeline| timeline.is_of(&card.stage, &card.test));
        if card.is_some_and(is_of) {
            return self.of_failure(bench, card);
        }
        let elapsed = bench.elapsed(now);
        let latest = bench.timelines.latest();
        if let Some(timeline) = pinned {
            let is_latest = latest.is_some_and(|latest| latest.test() == timeline.test());
            let card =
                bench.chosen_card().filter(|card| (card.stage.as_str(), card.test.as_str()) == timeline.test());
            return self.of_test(timeline, card.filter(|_| elapsed.is_none()), elapsed.filter(|_| is_latest));
        }
        if elapsed.is_none()
            && let Some(card) = bench.chosen_card()
            && let Some(scene) = self.of_failure(bench, Some(card))
        {
            return Some(scene);
        }
        latest.and_then(|latest| self.of_test(latest, None, elapsed)).or_else(|| self.still(bench, elapsed))
    }

    fn of_failure<'a>(&self, bench: &'a Workbench, card: Option<&Card>) -> Option<Scene<'a>> {
        let card = card?;
        // The timelines are those of one run.
        let is_of_run = bench.logged.as_deref().is_some_and(|run| run == bench.course.dir.join(&card.records));
        let timeline = bench.timelines.of(&card.stage, &card.test).filter(|_| is_of_run);
        if let Some(scene) = timeline.and_then(|timeline| self.of_test(timeline, Some(card), None)) {
            return Some(scene);
        }
        let cluster = card.cluster.clone()?;
        let until = card.moment().max(cluster.at);
        let test = card.title().to_owned();
        let (wrong, next) = (wrong::operations(card), card.next.clone());
        let moment = Moment::Failure;
        Some(Scene { cluster, until, moment, test, timeline: None, end: until, live: false, wrong, next })
    }

    fn of_test<'a>(
        &self,
        timeline: &'a Timeline,
        card: Option<&Card>,
        elapsed: Option<Duration>,
    ) -> Option<Scene<'a>> {
        if timeline.lanes().is_empty() {
            return None;
        }
        let live = elapsed.filter(|_| timeline.ended().is_none());
        let end = timeline.ended().or(live).unwrap_or_default().max(timeline.last());
        let wrong = card.map(wrong::operations).unwrap_or_default();
        // Where nothing shows when it was wrong, that is when the test failed.
        let failed = card.map(|card| wrong.first().map_or(card.moment(), Wrong::moment).min(end));
        let until = match &self.stand {
            Stand::Opened => failed.unwrap_or(end),
            Stand::End => end,
            Stand::At { moment, .. } => *moment,
        };
        let until = until.clamp(timeline.began().min(end), end);
        let moment = match () {
            () if failed == Some(until) => Moment::Failure,
            () if until < end => Moment::Then,
            () if live.is_some() => Moment::Now,
            () => Moment::Last,
        };
        let cluster = timeline.at(until).map(|cluster| cluster.shown(&English));
        let cluster = cluster.unwrap_or_else(|| ClusterNow { at: until, ..ClusterNow::default() });
        let test = timeline.test().1.to_owned();
        let next = card.and_then(|card| card.next.clone());
        Some(Scene { cluster, until, moment, test, timeline: Some(timeline), end, live: live.is_some(), wrong, next })
    }

    /// Nodes without a test: the cluster as it is known last.
    fn still<'a>(&self, bench: &'a Workbench, elapsed: Option<Duration>) -> Option<Scene<'a>> {
        if bench.cluster.size() == 0 {
            return None;
        }
        let cluster = bench.cluster.shown(&English);
        let until = elapsed.unwrap_or_default().max(cluster.at);
        let moment = if elapsed.is_some() { Moment::Now } else { Moment::Last };
        let (test, wrong) = (bench.cluster.test().to_owned(), Vec::new());
        let (live, next) = (elapsed.is_some(), None);
        Some(Scene { cluster, until, moment, test, timeline: None, end: until, live, wrong, next })
    }
}
