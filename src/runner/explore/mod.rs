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

use crate::facts::{Event, Shown, Walking, What};
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
        match self.walk(&mut playing, model, explore, &mut scope.draw().next(), &mut count).await? {
            Done::Wrong(wrong) => Err(self.walked(playing, *wrong, (model, explore), timeout, count).await?),
            Done::Right => self.ended(&count, false),
            Done::GaveUp => self.ended(&count, true),
        }
    }

    fn ended(&self, count: &Count, gave_up: bool) -> Result<(), Stop> {
        let Count { operations, crashes } = *count;
        self.run.emit(Event::Walking(Walking::Ended { operations, crashes, gave_up }));
        Ok(())
    }

    /// Draws and does steps until one goes wrong, or it is enough.
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
        let mut told = Instant::now();
        while count.operations < explore.operations && deadline.as_ref().is_none_or(|one| one.passed().is_none()) {
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
        Ok(Done::Right)
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
        let (steps, wrong, command) = match shrunk.found {
            Some(found) => (found.steps, found.wrong, Some(found.command)),
            None => (told::sliced(&steps, &wrong.about, done), wrong, None),
        };
        let walk = told::Told { model: &explore.model, count, at, shown: shrunk.shown, command }.walk(steps, &wrong);
        let what = What::Walked { walk: Box::new(walk), last: Box::new(wrong.what) };
        Ok(Stop::failed(what))
    }
}
