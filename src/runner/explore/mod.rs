//! A walk at random: operations drawn from the seed, each answer judged by a model, and the few of them that lead to a
//! wrong answer.

mod ask;
mod cluster;
mod place;
mod play;
mod shrink;
mod told;
mod transaction;

use std::time::{Duration, Instant};

use model::{Act, Drawer, Plan, Step};

use crate::cluster::Deadline;
use crate::facts::{EarlyEnd, Event, Finding, ShortWalk, Shown, Walking, What};
use crate::scenario::draw::Stream;
use crate::scenario::expr::Scope;
use crate::scenario::model::Model;
use crate::scenario::verbs::explore::Explore;

use super::steps::{Frame, Interpreter};
use super::stop::Stop;
use place::Place;
pub use place::SHRUNK;
use play::{Done, Playing, Wrong};
use shrink::Shrinking;

/// For so long it goes on, in granted time, until enough is judged: a program may take seconds for each answer.
const PATIENCE: Duration = Duration::from_secs(240);
/// How often is told how far it is, at most.
const PROGRESS: Duration = Duration::from_millis(500);

/// How far a walk is.
#[derive(Debug, Default)]
struct Count {
    operations: usize,
    crashes: usize,
}

impl Count {
    fn add(&mut self, step: &Step) {
        self.operations += usize::from(step.operation().is_some());
        self.crashes += usize::from(!matches!(step.act, Act::Ask(_) | Act::Return));
    }
}

/// A walk in which nothing was wrong, if that says too little.
fn short(judged: usize, wanted: usize, early: Option<EarlyEnd>, took: Duration) -> Option<ShortWalk> {
    let end = early.unwrap_or(EarlyEnd::Time);
    (judged < wanted).then_some(ShortWalk { judged, wanted, took, end })
}

impl Interpreter<'_> {
    pub(super) async fn explore(&self, explore: &Explore, scope: &Scope, frame: &Frame) -> Result<(), Stop> {
        let Some(model) = self.models.get(&explore.model) else {
            return Err(Stop::pack(format!("challenge.yaml has no model `{}`", explore.model)));
        };
        let cluster = self.cluster()?;
        let Some(node) = cluster.nodes().first() else { return Err(Stop::pack("a walk needs a node")) };
        let is_cluster = cluster.nodes().len() > 1;
        let timeout = self.timeout(explore.timeout, frame);
        let place = Place {
            run: self.run,
            cluster,
            clients: self.clients,
            node: node.clone(),
            timeout,
            several: explore.workers > 1,
            quiet: false,
            watch: self.watch,
            follow: is_cluster,
        };
        let mut playing = Playing::new(place, model, explore);
        let mut count = Count::default();
        let began = Instant::now();
        let early = match self.walk(&mut playing, model, explore, &mut scope.draw().next(), &mut count).await? {
            Done::Wrong(wrong) => {
                return Err(self.walked(playing, *wrong, (model, explore), timeout, count).await?);
            }
            Done::Right => (count.operations < explore.operations).then_some(EarlyEnd::Time),
            Done::GaveUp(end) => Some(end),
        };
        if let Some(short) = short(playing.judged, explore.at_least, early, began.elapsed()) {
            return Err(Stop::failed(Finding::ShortWalk(short)));
        }
        let (Count { operations, crashes }, judged) = (count, playing.judged);
        self.run.emit(Event::Walking(Walking::Ended { operations, crashes, judged, early }));
        Ok(())
    }

    /// Draws and does steps until one goes wrong, or it is enough. Time alone does not end it before enough is judged,
    /// unless that takes very long.
    async fn walk(
        &self,
        playing: &mut Playing<'_>,
        model: &Model,
        explore: &Explore,
        stream: &mut Stream,
        count: &mut Count,
    ) -> Result<Done, Stop> {
        let mut drawer = Drawer::new(Plan {
            mix: explore.mix.clone(),
            keys: explore.keys,
            workers: explore.workers,
            values: model.values,
            vary: explore.vary,
            crashes: explore.crashes,
            nodes: explore.nodes,
            named: model.named(),
        });
        let deadline = explore.during.map(|during| self.run.time.deadline(during));
        let longest = self.run.time.deadline(explore.during.unwrap_or_default().max(PATIENCE));
        let is_over = |deadline: &Deadline| deadline.passed().is_some();
        let mut told = Instant::now();
        loop {
            let enough = playing.judged >= explore.at_least;
            let over = count.operations >= explore.operations || deadline.as_ref().is_some_and(is_over);
            if over && (enough || is_over(&longest)) {
                return Ok(Done::Right);
            }
            if enough {
                drawer.enough();
            }
            let step = drawer.next(&playing.player, playing.now(), &mut |n| stream.below(n));
            count.add(&step);
            match playing.step(&step).await? {
                Done::Right => {}
                ended => return Ok(ended),
            }
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                let (done, of) = (count.operations, explore.operations);
                self.run.emit(Event::Walking(Walking::Operations { done, of }));
            }
        }
    }

    /// The failure of a walk, with the few steps that lead to it.
    async fn walked(
        &self,
        playing: Playing<'_>,
        wrong: Wrong,
        (model, explore): (&Model, &Explore),
        timeout: Duration,
        count: Count,
    ) -> Result<Stop, Stop> {
        let done = playing.done;
        let steps: Vec<Step> = done.iter().map(|(step, _)| step.clone()).collect();
        let at = wrong.at;
        if playing.place.follow {
            let (model, shown) = (&*explore.model, Shown::OfCluster);
            let walk = told::Told { model, count, at, shown, command: None }
                .walk(told::sliced(&steps, &wrong.about, done), &wrong);
            return Ok(Stop::failed(What::Walked { walk: Box::new(walk), last: Box::new(wrong.what) }));
        }
        let Some(spec) = &self.spec else { return Err(Stop::fault("a walk has no cluster to go on with")) };
        self.shrinking.begin();
        let shrinking = Shrinking::new(self.run, spec, (model, explore), timeout, &wrong.what);
        let shrunk = shrinking.shrink(&steps, &wrong.about).await?;
        let (steps, wrong, command) = match shrunk.found.map(|found| found.kept(&spec.nodes)) {
            Some((steps, wrong, command)) => (steps, wrong, Some(command)),
            None => (told::sliced(&steps, &wrong.about, done), wrong, None),
        };
        let walk = told::Told { model: &explore.model, count, at, shown: shrunk.shown, command }.walk(steps, &wrong);
        let what = What::Walked { walk: Box::new(walk), last: Box::new(wrong.what) };
        Ok(Stop::failed(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_says_something_once_enough_was_judged() {
        let of = |judged, early| short(judged, 50, early, Duration::ZERO).map(|short| short.end);
        for early in [EarlyEnd::Time, EarlyEnd::Open, EarlyEnd::Undecided] {
            assert_eq!(of(49, Some(early)), Some(early));
            assert_eq!(of(50, Some(early)), None);
        }
        assert_eq!((of(49, None), of(50, None)), (Some(EarlyEnd::Time), None));
    }
}
