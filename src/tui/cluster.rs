//! The cluster view: what each node does and says of itself, which links are cut or slow, and what was last done to
//! them.
//!
//! While a run is in flight it shows the cluster as it is; after that, as it was when the chosen test failed, or as
//! the run left it. Opened from a failure, it shows that failure's cluster and leads back to it.

use std::time::{Duration, Instant};

use super::scroll::Scroll;
use super::workbench::Workbench;
use crate::report::card::Card;
use crate::report::cluster_now::ClusterNow;
use crate::report::describe::English;

#[derive(Debug, Default)]
pub struct ClusterPane {
    first: usize,
    /// Rows of the last frame, and rows that there are.
    height: usize,
    rows: usize,
}

/// A cluster to show.
#[derive(Debug)]
pub struct Scene {
    pub cluster: ClusterNow,
    /// The moment that it shows, since the run began: how long a node has been in its state is counted up to here.
    pub until: Duration,
    pub moment: Moment,
    pub test: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Now,
    Failure,
    /// A test was the last to use it, and did not fail.
    Last,
}

impl ClusterPane {
    pub fn scroll(&mut self, scroll: Scroll) {
        self.first = scroll.apply(self.first, self.rows, self.height);
    }

    /// The first row to draw, of `rows` in a pane of `height`.
    pub fn first(&mut self, rows: usize, height: usize) -> usize {
        (self.rows, self.height) = (rows, height);
        self.first = self.first.min(rows.saturating_sub(height));
        self.first
    }

    /// What it shows: the cluster when `card`, the failure beneath it, happened; without one, the cluster now.
    pub fn scene(&self, bench: &Workbench, card: Option<&Card>, now: Instant) -> Option<Scene> {
        match card {
            Some(card) => of_failure(card),
            None => scene(bench, now),
        }
    }
}

/// The cluster to show when no failure is open; none if no test has used several nodes.
fn scene(bench: &Workbench, now: Instant) -> Option<Scene> {
    if let Some(elapsed) = bench.elapsed(now) {
        let cluster = bench.cluster.now(&English)?;
        let until = elapsed.max(cluster.at);
        return Some(Scene { cluster, until, moment: Moment::Now, test: bench.cluster.test().to_owned() });
    }
    bench.chosen_card().and_then(of_failure).or_else(|| {
        let cluster = bench.cluster.now(&English)?;
        Some(Scene { until: cluster.at, cluster, moment: Moment::Last, test: bench.cluster.test().to_owned() })
    })
}

fn of_failure(card: &Card) -> Option<Scene> {
    let cluster = card.cluster.clone()?;
    Some(Scene {
        until: card.moment().max(cluster.at),
        cluster,
        moment: Moment::Failure,
        test: card.title().to_owned(),
    })
}
