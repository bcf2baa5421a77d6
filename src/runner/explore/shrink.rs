//! Looks for the fewest steps that still lead to a wrong answer, on fresh nodes, for as long as there is time.

use std::time::Duration;

use model::{About, Shrinker, Step, tails};

use crate::cluster::{ClusterSpec, Deadline};
use crate::facts::{Event, Shown, WalkStep, Walking, What};
use crate::scenario::model::Model;
use crate::scenario::verbs::explore::Explore;

use super::super::Run;
use super::super::http::Clients;
use super::super::stop::Stop;
use super::place::{self, Place};
use super::play::{Done, Playing, Wrong};

/// How long is looked, in granted time.
const LONGEST: Duration = Duration::from_secs(10);
/// A sequence that does not always go wrong is done so often before it counts as right.
const TRIES: u32 = 3;
/// Of what is tried first, the last are done again so often: all steps that have to do with it, and all steps.
const SURE: usize = 2;

pub(super) struct Shrinking<'a> {
    run: &'a Run,
    spec: &'a ClusterSpec,
    model: &'a Model,
    explore: &'a Explore,
    timeout: Duration,
    deadline: Deadline,
    /// What went wrong in the walk: other failures are not looked for.
    first: &'a What,
    /// Sequences that were tried, and nodes that were started for them.
    tried: u32,
    nodes: u32,
    tries: u32,
}

/// What is shown of a walk.
pub(super) struct Shrunk {
    pub(super) shown: Shown,
    /// Steps that led to a wrong answer, and that; none where it did not come again.
    pub(super) found: Option<Found>,
}

pub(super) struct Found {
    pub(super) steps: Vec<WalkStep>,
    pub(super) wrong: Wrong,
    /// The node's number and how it was started.
    number: u32,
    pub(super) command: Vec<String>,
}

/// Where a sequence went wrong, and what was done until then.
struct Ran {
    at: usize,
    found: Found,
}

impl<'a> Shrinking<'a> {
    pub(super) fn new(
        run: &'a Run,
        spec: &'a ClusterSpec,
        (model, explore): (&'a Model, &'a Explore),
        timeout: Duration,
        first: &'a What,
    ) -> Self {
        let deadline = run.time.deadline(LONGEST);
        Self { run, spec, model, explore, timeout, deadline, first, tried: 0, nodes: 0, tries: TRIES }
    }

    /// `steps` ended in a wrong answer, which was about this.
    pub(super) async fn shrink(mut self, steps: &[Step], about: &About) -> Result<Shrunk, Stop> {
        let shrunk = self.shrunk(steps, about).await?;
        if let Some(found) = &shrunk.found {
            // For whoever does these steps by hand. Without it the command that is shown needs one word more.
            let _ = place::empty_folder(self.run, self.spec, found.number);
        }
        Ok(shrunk)
    }

    async fn shrunk(&mut self, steps: &[Step], about: &About) -> Result<Shrunk, Stop> {
        let of = steps.len();
        let Some((first, mut found)) = self.again(steps, about).await? else {
            return Ok(Shrunk { shown: Shown::Slice { tried: self.tried }, found: None });
        };
        let mut shrinker = Shrinker::new(first);
        while let Some(candidate) = shrinker.candidate() {
            if self.deadline.passed().is_some() {
                return Ok(Shrunk { shown: Shown::ShrunkInTime { tried: self.tried }, found: Some(found) });
            }
            let ran = self.goes_wrong(candidate).await?;
            shrinker.tell(ran.as_ref().map(|ran| ran.at));
            if let Some(ran) = ran {
                found = ran.found;
                self.run.emit(Event::Walking(Walking::Shrinking { left: shrinker.best().len(), of }));
            }
        }
        Ok(Shrunk { shown: Shown::Shrunk { tried: self.tried }, found: Some(found) })
    }

    /// The wrong answer once more, by as few of the last steps as show it.
    async fn again(&mut self, steps: &[Step], about: &About) -> Result<Option<(Vec<Step>, Found)>, Stop> {
        let tails = tails(steps, about);
        let few = tails.len().saturating_sub(SURE);
        for (number, mut tail) in tails.into_iter().enumerate() {
            self.tries = if number < few { 1 } else { TRIES };
            let before = self.nodes;
            if let Some(ran) = self.goes_wrong(&tail).await? {
                // What goes wrong at once most likely always does.
                self.tries = if self.nodes == before + 1 { 1 } else { TRIES };
                tail.truncate(ran.at + 1);
                return Ok(Some((tail, ran.found)));
            }
        }
        Ok(None)
    }

    /// Does these steps on a fresh node, several times if need be.
    async fn goes_wrong(&mut self, steps: &[Step]) -> Result<Option<Ran>, Stop> {
        self.tried += 1;
        for _ in 0..self.tries {
            if self.deadline.passed().is_some() {
                return Ok(None);
            }
            if let Some(ran) = self.run_once(steps).await? {
                return Ok(Some(ran));
            }
        }
        Ok(None)
    }

    async fn run_once(&mut self, steps: &[Step]) -> Result<Option<Ran>, Stop> {
        self.nodes += 1;
        let number = self.nodes;
        let cluster = place::fresh(self.run, self.spec, number).await?;
        let clients = Clients::new(&self.run.time, &self.run.requests);
        let node = cluster.nodes().first().cloned().unwrap_or_default();
        let place = Place {
            run: self.run,
            cluster: &cluster,
            clients: &clients,
            node,
            timeout: self.timeout,
            several: self.explore.workers > 1,
            quiet: true,
            watch: None,
            follow: false,
        };
        let ran = self.deadline.limit(follow(Playing::new(place, self.model, self.explore), steps)).await;
        let command = cluster.command_line(cluster.nodes().first().map_or("", String::as_str));
        place::end(self.run, cluster, number).await;
        let Ok(ran) = ran else { return Ok(None) };
        let Some((at, steps, wrong)) = ran? else { return Ok(None) };
        let found = Found { steps, wrong, number, command };
        Ok(is_alike(self.first, &found.wrong.what).then_some(Ran { at, found }))
    }
}

/// Follows steps until one goes wrong: which, what was done, and what was wrong.
async fn follow(mut playing: Playing<'_>, steps: &[Step]) -> Result<Option<(usize, Vec<WalkStep>, Wrong)>, Stop> {
    match playing.place.start(&playing.place.node).await {
        Err(Stop::Failed(_)) => return Ok(None),
        started => started?,
    }
    for (at, step) in steps.iter().enumerate() {
        match playing.step(step).await? {
            Done::Right => {}
            Done::GaveUp(_) => return Ok(None),
            Done::Wrong(wrong) => {
                let steps = playing.done.into_iter().map(|(_, step)| step).collect();
                return Ok(Some((at, steps, *wrong)));
            }
        }
    }
    Ok(None)
}

/// Whether both went wrong in the same way. In which way a connection breaks is chance.
fn is_alike(one: &What, other: &What) -> bool {
    let broken = |what: &What| what.finding().is_broken_connection();
    one.kind() == other.kind() || broken(one) && broken(other)
}
