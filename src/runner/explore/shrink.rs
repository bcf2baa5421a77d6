//! Looks for the fewest steps that still lead to a wrong answer, on fresh nodes, for as long as there is time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use futures_util::future::join_all;
use model::{About, Shrinker, Step, Tail, tails};
use tokio::sync::watch;

use crate::cluster::{Cluster, ClusterSpec, Deadline};
use crate::facts::{Event, Shown, WalkStep, Walking, What};
use crate::scenario::model::Model;
use crate::scenario::verbs::explore::Explore;

use super::super::Run;
use super::super::http::Clients;
use super::super::stop::Stop;
use super::place::{self, Folder, Place};
use super::play::{Done, Playing, Wrong};

/// How long is looked, in granted time, for fewer steps than [`FEW`], and how long for so many.
const LONG: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(30);
/// A card of so many steps is read at a glance.
const FEW: usize = 8;
/// A sequence that does not always go wrong is done so often before it counts as right.
const TRIES: u32 = 3;
/// So many sequences are done side by side at most, each on a node of its own.
const MOST_LANES: usize = 4;

pub(super) struct Shrinking<'a> {
    run: &'a Run,
    spec: &'a ClusterSpec,
    model: &'a Model,
    explore: &'a Explore,
    timeout: Duration,
    /// When it ends with few steps, and with many.
    deadlines: [Deadline; 2],
    /// What went wrong in the walk: other failures are not looked for.
    first: &'a What,
    lanes: usize,
    /// Nodes that were started.
    nodes: AtomicU32,
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
    /// How the node was started.
    pub(super) command: Vec<String>,
    folder: Folder,
}

/// A sequence to do, and how often at most.
struct Candidate {
    steps: Vec<Step>,
    tries: u32,
}

/// Where a sequence went wrong, at which try, and what was done until then.
struct Ran {
    at: usize,
    tried: u32,
    found: Found,
}

/// Sequences that are done side by side. The first of them that goes wrong is looked for.
struct Round<'a> {
    deadline: &'a Deadline,
    /// The first that has gone wrong so far: later ones need not go on.
    wrong: watch::Sender<usize>,
}

impl<'a> Shrinking<'a> {
    pub(super) fn new(
        run: &'a Run,
        spec: &'a ClusterSpec,
        (model, explore): (&'a Model, &'a Explore),
        timeout: Duration,
        first: &'a What,
    ) -> Self {
        let deadlines = [LONG, LONGEST].map(|long| run.time.deadline(long));
        let lanes = available_parallelism().map_or(1, usize::from).min(MOST_LANES);
        Self { run, spec, model, explore, timeout, deadlines, first, lanes, nodes: AtomicU32::new(0) }
    }

    /// `steps` ended in a wrong answer, which was about this.
    pub(super) async fn shrink(self, steps: &[Step], about: &About) -> Result<Shrunk, Stop> {
        let mut tried = 0;
        let Some((candidate, mut found)) = self.again(tails(steps, about), &mut tried).await? else {
            return Ok(Shrunk { shown: Shown::Slice { tried }, found: None });
        };
        let Candidate { steps: first, tries } = candidate;
        let mut shrinker = Shrinker::new(first);
        let shown = loop {
            let ahead = shrinker.ahead(self.lanes);
            if ahead.is_empty() {
                break Shown::Shrunk { tried };
            }
            if self.deadline(shrinker.best().len()).passed().is_some() {
                break Shown::ShrunkInTime { tried };
            }
            let round: Vec<Candidate> = ahead.into_iter().map(|steps| Candidate { steps, tries }).collect();
            let wrong = self.first_wrong(&round, self.deadline(shrinker.best().len())).await?;
            let right = wrong.as_ref().map_or(round.len(), |(lane, _)| *lane);
            shrinker.tell(right, wrong.as_ref().map(|(_, ran)| (ran.at, &ran.found.wrong.about)));
            tried += right as u32;
            if let Some((_, ran)) = wrong {
                tried += 1;
                found = ran.found;
                let (left, of) = (shrinker.best().len(), steps.len());
                self.run.emit(Event::Walking(Walking::Shrinking { left, of }));
            }
        };
        Ok(Shrunk { shown, found: Some(found) })
    }

    fn deadline(&self, left: usize) -> &Deadline {
        &self.deadlines[usize::from(left > FEW)]
    }

    /// The wrong answer once more, by as few of the last steps as show it, and how often these are done from now on.
    async fn again(&self, tails: Vec<Tail>, tried: &mut u32) -> Result<Option<(Candidate, Found)>, Stop> {
        let candidate = |tail: Tail| Candidate { steps: tail.steps, tries: if tail.is_whole { TRIES } else { 1 } };
        let mut candidates = tails.into_iter().map(candidate);
        loop {
            let mut round: Vec<Candidate> = candidates.by_ref().take(self.lanes).collect();
            let many = self.deadline(usize::MAX);
            if round.is_empty() || many.passed().is_some() {
                return Ok(None);
            }
            let Some((lane, ran)) = self.first_wrong(&round, many).await? else {
                *tried += round.len() as u32;
                continue;
            };
            *tried += lane as u32 + 1;
            let mut steps = round.swap_remove(lane).steps;
            steps.truncate(ran.at + 1);
            // What goes wrong at once most likely always does.
            let tries = if ran.tried == 1 { 1 } else { TRIES };
            return Ok(Some((Candidate { steps, tries }, ran.found)));
        }
    }

    /// The first of these sequences that goes wrong, and how. Those after it count as not done.
    async fn first_wrong(&self, round: &[Candidate], deadline: &Deadline) -> Result<Option<(usize, Ran)>, Stop> {
        let sides = Round { deadline, wrong: watch::Sender::new(usize::MAX) };
        let lanes = round.iter().enumerate().map(|(lane, candidate)| self.goes_wrong(candidate, lane, &sides));
        for (lane, ran) in join_all(lanes).await.into_iter().enumerate() {
            if let Some(ran) = ran? {
                return Ok(Some((lane, ran)));
            }
        }
        Ok(None)
    }

    /// Does these steps on a fresh node, several times if need be.
    async fn goes_wrong(&self, candidate: &Candidate, lane: usize, round: &Round<'_>) -> Result<Option<Ran>, Stop> {
        for tried in 1..=candidate.tries {
            if round.deadline.passed().is_some() || *round.wrong.borrow() < lane {
                break;
            }
            if let Some((at, found)) = self.run_once(&candidate.steps, lane, round).await? {
                round.wrong.send_modify(|first| *first = lane.min(*first));
                return Ok(Some(Ran { at, tried, found }));
            }
        }
        Ok(None)
    }

    async fn run_once(&self, steps: &[Step], lane: usize, round: &Round<'_>) -> Result<Option<(usize, Found)>, Stop> {
        let number = self.nodes.fetch_add(1, Ordering::Relaxed) + 1;
        let (cluster, folder) = place::fresh(self.run, self.spec, number).await?;
        let clients = Clients::new(&self.run.time, &self.run.requests);
        let mut wrong = round.wrong.subscribe();
        let followed = tokio::select! {
            biased;
            followed = round.deadline.limit(follow(self.playing(&cluster, &clients), steps)) => followed.ok(),
            _ = wrong.wait_for(|first| *first < lane) => None,
        };
        let command = cluster.command_line(cluster.nodes().first().map_or("", String::as_str));
        cluster.shutdown().await;
        let Some((at, steps, wrong)) = followed.transpose()?.flatten() else { return Ok(None) };
        let found = Found { steps, wrong, command, folder };
        Ok(is_alike(self.first, &found.wrong.what).then_some((at, found)))
    }

    fn playing<'p>(&'p self, cluster: &'p Cluster, clients: &'p Clients) -> Playing<'p> {
        let node = cluster.nodes().first().cloned().unwrap_or_default();
        let place = Place {
            run: self.run,
            cluster,
            clients,
            node,
            timeout: self.timeout,
            several: self.explore.workers > 1,
            quiet: true,
            watch: None,
            follow: false,
        };
        Playing::new(place, self.model, self.explore)
    }
}

impl Found {
    /// What is shown of it. What nodes printed stays for the card, and an empty folder for whoever does the steps by hand.
    pub(super) fn kept(self, nodes: &[String]) -> (Vec<WalkStep>, Wrong, Vec<String>) {
        // Without them the card has no last words, and its command needs one word more.
        let _ = self.folder.keep(nodes);
        (self.steps, self.wrong, self.command)
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
