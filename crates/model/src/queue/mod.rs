//! A work queue: jobs in tubes, and the workers that have them.

mod job;
mod stats;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::beliefs::Machine;
use super::kind::{Takes, tube_name};
use super::operation::{Answer, Asked, Holding, Key, Outcome, Right, Span, Subject, Text, Token, Worker};
use job::{Job, Place, Window};

pub(crate) use table::OPERATIONS;

/// No job has this number or one above it.
const NEVER: u64 = 4_000_000_000;
/// The server notices in so many milliseconds that a worker has gone: as long as an answer may take.
const NOTICED: u64 = 5000;

/// The number of the step that put a job: jobs are in the order in which they were put.
type Put = usize;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Queue {
    jobs: BTreeMap<Put, Arc<Job>>,
    /// Those that are not as a new one is.
    workers: BTreeMap<Worker, Tubes>,
    pauses: BTreeMap<Key, Window>,
    totals: stats::Totals,
    /// The job whose number the answer tells.
    told: Option<Put>,
    /// The numbers that no new job may have.
    ids: Arc<BTreeSet<Text>>,
}

/// The tubes of a worker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Tubes {
    used: Key,
    watched: BTreeSet<Key>,
}

impl Default for Tubes {
    fn default() -> Self {
        Self { used: 0, watched: [0].into() }
    }
}

type Outcomes = Vec<(Right, Queue)>;

impl Queue {
    fn job(&mut self, put: Put) -> Option<&mut Job> {
        self.jobs.get_mut(&put).map(Arc::make_mut)
    }

    fn with(&self, put: Put, change: impl FnOnce(&mut Job)) -> Self {
        let mut queue = self.clone();
        if let Some(job) = queue.job(put) {
            change(job);
        }
        queue
    }

    fn tubes(&self, worker: Worker) -> Tubes {
        self.workers.get(&worker).cloned().unwrap_or_default()
    }

    fn set_tubes(&mut self, worker: Worker, tubes: Tubes) {
        if tubes == Tubes::default() {
            self.workers.remove(&worker);
        } else {
            self.workers.insert(worker, tubes);
        }
    }

    /// Whether a tube certainly is one. Of an empty one that nobody uses or watches it is open.
    fn exists(&self, tube: Key) -> bool {
        tube == 0
            || self.jobs.values().any(|job| job.tube == tube)
            || self.workers.values().any(|tubes| tubes.used == tube || tubes.watched.contains(&tube))
    }

    /// What may have happened by itself until this was done.
    fn advanced(&self, at: Span) -> Vec<Self> {
        let mut states = vec![self.clone()];
        let mut happens = |due: Window, happen: &dyn Fn(&mut Queue)| match due.is_over(at) {
            Some(false) => {}
            Some(true) => states.iter_mut().for_each(happen),
            None => {
                let happened = states.iter().cloned().map(|mut state| {
                    happen(&mut state);
                    state
                });
                let happened: Vec<Self> = happened.collect();
                states.extend(happened);
            }
        };
        for (put, job) in &self.jobs {
            if let Some(due) = job.place.due() {
                happens(due, &|queue| {
                    if let Some(job) = queue.job(*put) {
                        job.expire();
                    }
                });
            }
        }
        for (tube, due) in &self.pauses {
            happens(*due, &|queue| {
                queue.pauses.remove(tube);
            });
        }
        states
    }

    /// What may be left of tubes that may be gone.
    fn without_gone_tubes(mut self) -> Vec<Self> {
        let kept = std::mem::take(&mut self.totals);
        self.totals = kept.without(|tube| !self.exists(tube));
        let gone: Vec<Key> = self.pauses.keys().copied().filter(|tube| !self.exists(*tube)).collect();
        let mut states = vec![self];
        for tube in gone {
            let mut without = states.clone();
            without.iter_mut().for_each(|state| {
                state.pauses.remove(&tube);
            });
            states.extend(without);
        }
        states
    }

    /// Of these jobs each that may be the first.
    fn firsts(&self, among: &[Put], is_before: impl Fn(Put, Put) -> bool) -> Vec<Put> {
        let is_first = |put: &Put| !among.iter().any(|other| is_before(*other, *put));
        among.iter().copied().filter(is_first).collect()
    }

    fn puts(&self, of: impl Fn(&Job) -> bool) -> Vec<Put> {
        self.jobs.iter().filter(|(_, job)| of(job)).map(|(put, _)| *put).collect()
    }

    /// Each ready job that may be the first of those in these tubes.
    fn first_ready(&self, of: impl Fn(Key) -> bool) -> Vec<Put> {
        let ready = self.puts(|job| job.place == Place::Ready && of(job.tube));
        self.firsts(&ready, |one, other| self.jobs[&one].is_before(one, &self.jobs[&other], other))
    }

    /// Each job that a `reserve` may give.
    fn next_for(&self, worker: Worker) -> Vec<Put> {
        let tubes = self.tubes(worker);
        self.first_ready(|tube| tubes.watched.contains(&tube) && !self.pauses.contains_key(&tube))
    }

    fn was_due_first(&self, one: Put, other: Put) -> bool {
        match (self.jobs[&one].place, self.jobs[&other].place) {
            (Place::Delayed { due: mine }, Place::Delayed { due: theirs }) => mine.is_before(theirs),
            (Place::Buried { at: Some(mine) }, Place::Buried { at: Some(theirs) }) => mine < theirs,
            _ => false,
        }
    }

    /// The delayed or the buried jobs of a tube.
    fn aside(&self, tube: Key, buried: bool) -> Vec<Put> {
        let is_aside = |place| match place {
            Place::Buried { .. } => buried,
            Place::Delayed { .. } => !buried,
            _ => false,
        };
        self.puts(|job| job.tube == tube && is_aside(job.place))
    }

    /// An answer with a job's number and body.
    fn shown(&self, put: Put, mut after: Self) -> (Right, Self) {
        let job = &self.jobs[&put];
        let number = match job.id {
            Some(id) => Token::Is(text(id)),
            None => {
                after.told = Some(put);
                Token::New(Arc::new(self.jobs().into_iter().collect()))
            }
        };
        (Right { value: Some(job.body.clone()), job: number, ..Right::of(Outcome::Ok) }, after)
    }

    /// The job that the operation names, if there is one. One whose number nobody has told may be it.
    fn named(&self, asked: &Asked) -> Vec<(Option<Put>, Self)> {
        let id = asked.job.as_ref().and_then(|id| id.parse::<u64>().ok()).filter(|id| *id < NEVER);
        let Some(id) = id else { return vec![(None, self.clone())] };
        if let Some((put, _)) = self.jobs.iter().find(|(_, job)| job.id == Some(id)) {
            return vec![(Some(*put), self.clone())];
        }
        let unknown = self.puts(|job| job.id.is_none()).into_iter();
        let bound = unknown.map(|put| (Some(put), self.with(put, |job| job.id = Some(id))));
        bound.chain([(None, self.clone())]).collect()
    }

    fn operation(&self, asked: &Asked) -> Outcomes {
        match asked.word {
            "put" => vec![self.put(asked)],
            "reserve" | "reserve_now" => self.reserve(asked),
            "peek_ready" => {
                let used = self.tubes(asked.by).used;
                self.look(&self.first_ready(|tube| tube == used))
            }
            "peek_delayed" | "peek_buried" => {
                let aside = self.aside(self.tubes(asked.by).used, asked.word == "peek_buried");
                self.look(&self.firsts(&aside, |one, other| self.was_due_first(one, other)))
            }
            "kick" => self.kick(asked),
            "disconnect" => vec![(Right::of(Outcome::Ok), self.without_worker(asked))],
            "use" | "used" | "watch" | "ignore" | "watched" => vec![self.of_worker(asked)],
            "pause" => self.pause(asked),
            "stats" | "stats_tube" => self.count(asked),
            _ => self.named(asked).into_iter().flat_map(|(put, queue)| queue.of_job(put, asked)).collect(),
        }
    }

    fn put(&self, asked: &Asked) -> (Right, Self) {
        let mut queue = self.clone();
        let tube = self.tubes(asked.by).used;
        let delay = asked.amount(Takes::Delay);
        let place = if delay == 0 { Place::Ready } else { Place::Delayed { due: Window::after(asked.at, delay) } };
        let body = asked.value.clone().unwrap_or_default();
        let mut job = Job::new(place, asked.amount(Takes::Priority), tube, body);
        (job.delay, job.time_to_run) = (Some(delay), asked.amount(Takes::TimeToRun).max(1));
        queue.jobs.insert(asked.number, Arc::new(job));
        queue.totals.add(tube);
        queue.told = Some(asked.number);
        (Right { job: Token::New(self.ids.clone()), ..Right::of(Outcome::Ok) }, queue)
    }

    fn reserve(&self, asked: &Asked) -> Outcomes {
        let next = self.next_for(asked.by);
        if !next.is_empty() {
            let reserved = |put| self.with(put, |job| job.reserve(asked.by, asked.at));
            return next.into_iter().map(|put| self.shown(put, reserved(put))).collect();
        }
        let warned = self.jobs.values().any(|job| job.place.may_warn(asked.by, asked.at));
        let nothing = [Outcome::Empty].into_iter().chain(warned.then_some(Outcome::Soon));
        nothing.map(|outcome| (Right::of(outcome), self.clone())).collect()
    }

    fn look(&self, at: &[Put]) -> Outcomes {
        if at.is_empty() {
            return vec![(Right::of(Outcome::Absent), self.clone())];
        }
        at.iter().map(|put| self.shown(*put, self.clone())).collect()
    }

    fn of_job(&self, put: Option<Put>, asked: &Asked) -> Outcomes {
        let done = |queue: Self| vec![(Right::of(Outcome::Ok), queue)];
        let absent = || vec![(Right::of(Outcome::Absent), self.clone())];
        let Some((put, job)) = put.and_then(|put| Some((put, self.jobs.get(&put)?))) else { return absent() };
        let mine = job.place.is_reserved_by(asked.by);
        let priority = asked.amount(Takes::Priority);
        match asked.word {
            "peek" => vec![self.shown(put, self.clone())],
            "stats_job" => vec![(stats::of_job(job), self.clone())],
            "reserve_job" if !job.place.is_reserved() => {
                let reserved = self.shown(put, self.with(put, |job| job.reserve(asked.by, asked.at)));
                // Whether a pause holds for it, too, is open.
                let paused = job.place == Place::Ready && self.pauses.contains_key(&job.tube);
                [reserved].into_iter().chain(absent().into_iter().filter(|_| paused)).collect()
            }
            "delete" if mine || !job.place.is_reserved() => {
                let mut queue = self.clone();
                queue.jobs.remove(&put);
                done(queue)
            }
            "touch" if mine => {
                let due = Window::after(asked.at, job.time_to_run);
                done(self.with(put, |job| job.place = Place::Reserved { by: asked.by, due }))
            }
            "release" if mine => {
                let delay = asked.amount(Takes::Delay);
                done(self.with(put, |job| {
                    job.count(|counts| counts.releases = counts.releases.map(|releases| releases + 1));
                    job.delay = job.delay.map(|_| delay);
                    if delay == 0 {
                        (job.place, job.priority) = (Place::Ready, priority);
                    } else {
                        job.keep(Place::Delayed { due: Window::after(asked.at, delay) }, priority);
                        job.delay = Some(delay);
                    }
                }))
            }
            "bury" if mine => done(self.with(put, |job| {
                job.count(|counts| counts.buries += 1);
                job.keep(Place::Buried { at: Some(asked.number) }, priority);
            })),
            "kick_job" if matches!(job.place, Place::Buried { .. } | Place::Delayed { .. }) => {
                done(self.with(put, kick))
            }
            _ => absent(),
        }
    }

    /// The queue after a kick of so many jobs, each way there is.
    fn kicked(&self, tube: Key, count: usize) -> BTreeSet<Self> {
        let buried = self.aside(tube, true);
        let is_buried = !buried.is_empty();
        let mut states: BTreeSet<Self> = [self.clone()].into();
        for _ in 0..count {
            let next = states.iter().flat_map(|state| {
                let aside = state.aside(tube, is_buried);
                let firsts = state.firsts(&aside, |one, other| state.was_due_first(one, other));
                firsts.into_iter().map(|put| state.with(put, kick)).collect::<Vec<_>>()
            });
            let next: BTreeSet<Self> = next.collect();
            if next.is_empty() {
                break;
            }
            states = next;
        }
        states
    }

    fn kickable(&self, tube: Key) -> usize {
        match self.aside(tube, true).len() {
            0 => self.aside(tube, false).len(),
            buried => buried,
        }
    }

    fn kick(&self, asked: &Asked) -> Outcomes {
        let tube = self.tubes(asked.by).used;
        let count = self.kickable(tube).min(asked.amount(Takes::Count) as usize);
        let right = Right { value: Some(count.to_string().into()), ..Right::of(Outcome::Ok) };
        self.kicked(tube, count).into_iter().map(|queue| (right.clone(), queue)).collect()
    }

    fn of_worker(&self, asked: &Asked) -> (Right, Self) {
        let mut tubes = self.tubes(asked.by);
        let tube = asked.key.unwrap_or_default();
        let value = |value: String| Right { value: Some(value.into()), ..Right::of(Outcome::Ok) };
        let names = |tubes: &BTreeSet<Key>| {
            let mut names: Vec<String> = tubes.iter().copied().map(tube_name).collect();
            names.sort();
            names.join(" ")
        };
        let right = match asked.word {
            "use" | "used" => {
                if asked.word == "use" {
                    tubes.used = tube;
                }
                value(tube_name(tubes.used))
            }
            "ignore" if tubes.watched.len() == 1 && tubes.watched.contains(&tube) => Right::of(Outcome::Unmet),
            "ignore" => {
                tubes.watched.remove(&tube);
                value(tubes.watched.len().to_string())
            }
            "watch" => {
                tubes.watched.insert(tube);
                value(tubes.watched.len().to_string())
            }
            _ => value(names(&tubes.watched)),
        };
        let mut queue = self.clone();
        queue.set_tubes(asked.by, tubes);
        (right, queue)
    }

    fn pause(&self, asked: &Asked) -> Outcomes {
        let tube = asked.key.unwrap_or_default();
        let mut paused = self.clone();
        paused.pauses.insert(tube, Window::after(asked.at, asked.amount(Takes::Seconds)));
        let absent = (Right::of(Outcome::Absent), self.clone());
        let absent = [absent].into_iter().filter(|_| !self.exists(tube));
        [(Right::of(Outcome::Ok), paused)].into_iter().chain(absent).collect()
    }

    fn without_worker(&self, asked: &Asked) -> Self {
        let mut queue = self.clone();
        queue.workers.remove(&asked.by);
        let due = Window::soon(asked.at, NOTICED);
        for job in queue.jobs.values_mut().filter(|job| job.place.is_reserved_by(asked.by)) {
            Arc::make_mut(job).place = Place::Left { due };
        }
        queue
    }
}

fn kick(job: &mut Job) {
    job.count(|counts| counts.kicks += 1);
    job.keep(Place::Ready, job.priority);
}

fn text(id: u64) -> Text {
    id.to_string().into()
}

impl Machine for Queue {
    fn outcomes(&self, asked: &Asked) -> Outcomes {
        let before = self.advanced(asked.at).into_iter();
        let after = before.flat_map(|queue| queue.operation(asked));
        after
            .flat_map(|(right, queue)| {
                queue.without_gone_tubes().into_iter().map(move |queue| (right.clone(), queue))
            })
            .collect()
    }

    /// Of several jobs some may have been kicked.
    fn interrupted(&self, asked: &Asked) -> Vec<Self> {
        let done = if asked.word == "kick" {
            let tube = self.tubes(asked.by).used;
            let most = self.kickable(tube).min(asked.amount(Takes::Count) as usize);
            (1..=most).flat_map(|count| self.kicked(tube, count)).collect()
        } else {
            self.outcomes(asked).into_iter().map(|(_, queue)| Self { told: None, ..queue }).collect::<Vec<_>>()
        };
        done.into_iter().chain([self.clone()]).collect()
    }

    fn restarted(&self) -> Vec<Self> {
        let ids: BTreeSet<Text> = self.jobs().into_iter().collect();
        let bare = Self { jobs: BTreeMap::new(), ids: Arc::new(ids), pauses: self.pauses.clone(), ..Self::default() };
        let mut states = vec![Self { totals: stats::Totals::Open, ..bare }];
        for (put, job) in &self.jobs {
            let with = |queue: &Self, job: Job| {
                let mut queue = queue.clone();
                queue.jobs.insert(*put, Arc::new(job));
                queue
            };
            let ways = job.restarted();
            states = states.iter().flat_map(|queue| ways.iter().map(|job| with(queue, job.clone()))).collect();
        }
        for tube in self.pauses.keys() {
            let mut without = states.clone();
            without.iter_mut().for_each(|queue| {
                queue.pauses.remove(tube);
            });
            states.extend(without);
        }
        states
    }

    fn waits(&self, asked: &Asked) -> bool {
        asked.word == "reserve" && self.advanced(asked.at).iter().any(|queue| queue.next_for(asked.by).is_empty())
    }

    fn learn(&mut self, _: &Asked, answer: &Answer, _: &Right) {
        let id = answer.job.as_ref().and_then(|id| Some((id, id.parse().ok()?)));
        if let (Some(put), Some((text, id))) = (self.told.take(), id) {
            if let Some(job) = self.job(put) {
                job.id = Some(id);
            }
            Arc::make_mut(&mut self.ids).insert(text.clone());
        }
    }

    fn reserved(&self, worker: Worker) -> usize {
        // Those of a worker that has gone are as open.
        let is_open = |place: Place| place.is_reserved_by(worker) || matches!(place, Place::Left { .. });
        self.jobs.values().filter(|job| is_open(job.place)).count()
    }

    fn jobs(&self) -> Vec<Text> {
        self.jobs.values().filter_map(|job| job.id).map(text).collect()
    }

    fn holds(&self, subject: &Subject) -> Option<Holding> {
        let Subject::Job(id) = subject else { return None };
        let job = self.jobs.values().find(|job| job.id.is_some_and(|one| *text(one) == **id));
        Some(job.map_or(Holding::Nothing, |job| Holding::Job {
            state: job.place.state(),
            tube: job.tube,
            priority: job.priority,
        }))
    }
}
