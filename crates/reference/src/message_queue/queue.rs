//! Jobs and tubes: the state that commands look at and change.
//!
//! A job is in one of four states, and [`Queue::place`] is the only function that moves it: it takes the job out of where
//! it stands and puts it where its new state belongs. What outlives a crash is said as [`Change`]; reservations do not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;

use super::bug::Bug;
use super::change::Change;

pub(super) type JobId = u64;
pub(super) type Client = u64;
/// Milliseconds since 1970, by a clock that does not go back while the process lives.
pub(super) type Time = u64;

/// Below this a job is urgent.
const URGENT: u32 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Ready,
    Reserved {
        by: Client,
        until: Time,
    },
    Delayed {
        until: Time,
    },
    /// The first buried has the smallest number.
    Buried {
        number: u64,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) tube: Arc<str>,
    pub(super) pri: u32,
    /// Of the last put or release.
    pub(super) delay: u32,
    pub(super) ttr: u32,
    pub(super) body: Bytes,
    pub(super) state: State,
    pub(super) created: Time,
    pub(super) counts: Counts,
}

/// How often something has happened to a job.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) reserves: u64,
    pub(super) timeouts: u64,
    pub(super) releases: u64,
    pub(super) buries: u64,
    pub(super) kicks: u64,
}

/// A job's place among the ready ones.
type Rank = (u64, JobId);

#[derive(Clone, Debug, Default)]
pub(super) struct Tube {
    pub(super) ready: BTreeSet<Rank>,
    pub(super) urgent: u64,
    pub(super) reserved: u64,
    pub(super) delayed: BTreeSet<(Time, JobId)>,
    pub(super) buried: BTreeMap<u64, JobId>,
    pub(super) total: u64,
    pub(super) deletes: u64,
    /// The seconds of the pause, and its end.
    pub(super) pause: Option<(u32, Time)>,
    pub(super) users: u64,
    pub(super) watchers: u64,
}

impl Tube {
    /// It is empty, and no client uses or watches it.
    fn is_unused(&self) -> bool {
        let jobs = self.ready.len() + self.delayed.len() + self.buried.len();
        jobs == 0 && self.reserved == 0 && self.users == 0 && self.watchers == 0
    }
}

#[derive(Clone, Debug)]
pub(super) struct Queue {
    pub(super) jobs: HashMap<JobId, Job>,
    pub(super) tubes: BTreeMap<Arc<str>, Tube>,
    /// Of all reserved jobs, by their deadlines.
    deadlines: BTreeSet<(Time, JobId)>,
    newest: JobId,
    buried: u64,
    pub(super) total: u64,
    pub(super) timeouts: u64,
    /// Only for `pause-end-serves-one`: a pause has just ended.
    pub(super) pause_over: bool,
    /// Only for `first-deadline-stays` and `touch-keeps-place`.
    first_deadlines: HashMap<JobId, Time>,
    bug: Bug,
}

impl Queue {
    pub(super) fn new(bug: Bug) -> Queue {
        Queue {
            jobs: HashMap::new(),
            tubes: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            newest: 0,
            buried: 0,
            total: 0,
            timeouts: 0,
            pause_over: false,
            first_deadlines: HashMap::new(),
            bug,
        }
    }

    pub(super) fn next_id(&self) -> JobId {
        match self.bug {
            Bug::IdsOfTheLiving => self.jobs.keys().max().map_or(1, |newest| newest + 1),
            _ => self.newest + 1,
        }
    }

    /// Only for `ids-restart`.
    pub(super) fn forget_ids(&mut self) {
        self.newest = 0;
    }

    pub(super) fn tube(&mut self, name: &Arc<str>) -> &mut Tube {
        self.tubes.entry(name.clone()).or_default()
    }

    /// Forgets the tube when nothing is left of it.
    pub(super) fn drop_if_unused(&mut self, name: &Arc<str>) {
        if self.tubes.get(name).is_some_and(Tube::is_unused) {
            self.tubes.remove(name);
        }
    }

    /// Carries out what was decided, now or before a crash. For a job that no longer exists nothing needs to be done.
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Put { id, tube, pri, delay, ttr, created, body } => {
                let job = Job {
                    tube: tube.clone(),
                    pri: *pri,
                    delay: *delay,
                    ttr: *ttr,
                    body: body.clone(),
                    state: State::Ready,
                    created: *created,
                    counts: Counts::default(),
                };
                let until = match self.bug {
                    Bug::DelayIn32Bits => u64::from((created + u64::from(*delay) * 1000) as u32),
                    _ => created + u64::from(*delay) * 1000,
                };
                let tube = self.tube(tube);
                tube.total += 1;
                self.total += 1;
                self.newest = self.newest.max(*id);
                self.jobs.insert(*id, job);
                self.enter(*id, if *delay > 0 { State::Delayed { until } } else { State::Ready });
            }
            Change::Delete { id } => {
                self.leave(*id);
                if let Some(job) = self.jobs.remove(id) {
                    self.tube(&job.tube).deletes += 1;
                    self.drop_if_unused(&job.tube);
                }
            }
            Change::Release { id, pri, delay, at } => {
                let until = at + u64::from(*delay) * 1000;
                let delay = if self.bug == Bug::ReleaseWithoutDelay { 0 } else { *delay };
                let mut pri = *pri;
                if let Some(job) = self.jobs.get_mut(id) {
                    if self.bug == Bug::DelayedReleaseKeepsPriority && delay > 0 {
                        pri = job.pri;
                    }
                    job.delay = delay;
                    job.counts.releases += 1;
                }
                // Ready jobs stand in order of the priority: it changes while the job stands nowhere.
                self.rank(*id, pri);
                self.enter(*id, if delay > 0 { State::Delayed { until } } else { State::Ready });
            }
            Change::Bury { id, pri } => {
                self.buried += 1;
                let number = match self.bug {
                    Bug::BuriedByPriority => u64::from(*pri) << 32 | self.buried,
                    _ => self.buried,
                };
                if let Some(job) = self.jobs.get_mut(id) {
                    job.counts.buries += 1;
                }
                self.rank(*id, *pri);
                self.enter(*id, State::Buried { number });
            }
            Change::Kick { id } => {
                if let Some(job) = self.jobs.get_mut(id) {
                    job.counts.kicks += 1;
                }
                self.place(*id, State::Ready);
                if self.bug == Bug::KickEndsPause
                    && let Some(tube) = self.tube_of(*id)
                {
                    tube.pause = None;
                }
            }
        }
    }

    fn tube_of(&mut self, id: JobId) -> Option<&mut Tube> {
        self.tubes.get_mut(&self.jobs.get(&id)?.tube)
    }

    /// Moves a job to another state.
    pub(super) fn place(&mut self, id: JobId, state: State) {
        self.leave(id);
        self.enter(id, state);
    }

    /// Takes a job out of where it stands, and gives it another priority.
    fn rank(&mut self, id: JobId, pri: u32) {
        self.leave(id);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.pri = pri;
        }
    }

    fn leave(&mut self, id: JobId) {
        let Some(job) = self.jobs.get(&id) else { return };
        let tube = self.tubes.entry(job.tube.clone()).or_default();
        match job.state {
            State::Ready => {
                tube.ready.remove(&(order(job, self.bug), id));
                // Only with a bug are there fewer.
                tube.urgent = tube.urgent.saturating_sub(u64::from(is_urgent(job.pri, self.bug)));
            }
            State::Reserved { until, .. } => {
                tube.reserved -= 1;
                let place = match self.bug {
                    Bug::TouchKeepsPlace => self.first_deadlines.remove(&id).unwrap_or(until),
                    _ => until,
                };
                self.deadlines.remove(&(place, id));
            }
            State::Delayed { until } => {
                tube.delayed.remove(&(due(until, job.pri, self.bug), id));
            }
            State::Buried { number } => {
                tube.buried.remove(&number);
            }
        }
    }

    fn enter(&mut self, id: JobId, state: State) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.state = state;
        let tube = self.tubes.entry(job.tube.clone()).or_default();
        match state {
            State::Ready => {
                tube.ready.insert((order(job, self.bug), id));
                tube.urgent += u64::from(is_urgent(job.pri, self.bug));
            }
            State::Reserved { until, .. } => {
                job.counts.reserves += 1;
                tube.reserved += 1;
                self.deadlines.insert((until, id));
            }
            State::Delayed { until } => {
                tube.delayed.insert((due(until, job.pri, self.bug), id));
            }
            State::Buried { number } => {
                tube.buried.insert(number, id);
            }
        }
    }

    /// The ready job that comes first in these tubes.
    pub(super) fn first_ready<'a>(&self, tubes: impl Iterator<Item = &'a Arc<str>>, now: Time) -> Option<JobId> {
        let open = |tube: &&Tube| self.bug == Bug::PauseIgnored || tube.pause.is_none_or(|(_, end)| end <= now);
        let mut firsts = tubes.filter_map(|name| self.tubes.get(name).filter(open)?.ready.first());
        match self.bug {
            Bug::FirstTubeFirst => firsts.next(),
            _ => firsts.min(),
        }
        .map(|(_, id)| *id)
    }

    /// Reserves a job. Its time to run begins.
    pub(super) fn reserve(&mut self, id: JobId, by: Client, now: Time) {
        if let Some(job) = self.jobs.get(&id) {
            let mut until = match self.bug {
                Bug::TimeToRunIn32Bits => now + u64::from(job.ttr.wrapping_mul(1000)),
                _ => now + u64::from(job.ttr) * 1000,
            };
            if self.bug == Bug::FirstDeadlineStays {
                until = *self.first_deadlines.entry(id).or_insert(until);
            }
            self.place(id, State::Reserved { by, until });
        }
    }

    /// Restarts the time to run of a reserved job.
    pub(super) fn touch(&mut self, id: JobId, now: Time) {
        let Some(Job { state: State::Reserved { until, .. }, ttr, .. }) = self.jobs.get_mut(&id) else { return };
        if self.bug == Bug::TouchKeepsPlace {
            self.first_deadlines.entry(id).or_insert(*until);
            *until = now + u64::from(*ttr) * 1000;
            return;
        }
        self.deadlines.remove(&(*until, id));
        let from = if self.bug == Bug::TouchAddsUp { *until } else { now };
        *until = from + u64::from(*ttr) * 1000;
        self.deadlines.insert((*until, id));
    }

    /// Takes jobs back whose time to run is over, and makes those ready whose delay is; whether there were any.
    pub(super) fn advance(&mut self, now: Time) -> bool {
        let mut any = false;
        while let Some((until, id)) = self.first_deadline()
            && until <= now
        {
            any = true;
            self.timeouts += 1;
            if let Some(job) = self.jobs.get_mut(&id) {
                job.counts.timeouts += 1;
                if self.bug == Bug::ExpiredLast {
                    job.pri = u32::MAX;
                }
            }
            self.place(id, State::Ready);
        }
        let mut over = Vec::new();
        for tube in self.tubes.values_mut() {
            let due =
                tube.delayed.iter().take_while(|(until, _)| *until <= now || self.bug == Bug::DelayedByPriority);
            over.extend(due.map(|(_, id)| *id));
            if tube.pause.is_some_and(|(_, end)| end <= now) {
                tube.pause = None;
                self.pause_over = true;
                any = true;
            }
        }
        for id in over {
            // Only with a bug are they not in the order of their times.
            if !matches!(self.jobs.get(&id), Some(Job { state: State::Delayed { until }, .. }) if *until <= now) {
                break;
            }
            any = true;
            self.place(id, State::Ready);
            self.mistake_end_of_delay(id);
        }
        any
    }

    /// What only bugs do when a delay is over.
    fn mistake_end_of_delay(&mut self, id: JobId) {
        let bug = self.bug;
        let urgent = self.jobs.get(&id).is_some_and(|job| is_urgent(job.pri, bug));
        match (bug, self.tube_of(id)) {
            (Bug::DelayEndsPause, Some(tube)) => tube.pause = None,
            (Bug::DueNotUrgent, Some(tube)) => tube.urgent = tube.urgent.saturating_sub(u64::from(urgent)),
            _ => {}
        }
    }

    /// The first of the deadlines, and its job.
    fn first_deadline(&self) -> Option<(Time, JobId)> {
        let &(place, id) = self.deadlines.first()?;
        // Only with a bug does the place say another time.
        match self.jobs.get(&id).map(|job| job.state) {
            Some(State::Reserved { until, .. }) => Some((until, id)),
            _ => Some((place, id)),
        }
    }

    /// When [`Queue::advance`] has something to do next.
    pub(super) fn next(&self) -> Option<Time> {
        let job = self.first_deadline().map(|(until, _)| until);
        let tubes = self.tubes.values().flat_map(|tube| {
            let delayed = tube.delayed.first().map(|(until, id)| match self.jobs.get(id).map(|job| job.state) {
                Some(State::Delayed { until }) => until,
                _ => *until,
            });
            [delayed, tube.pause.map(|(_, end)| end)].into_iter().flatten()
        });
        job.into_iter().chain(tubes).min()
    }
}

fn is_urgent(pri: u32, bug: Bug) -> bool {
    pri < URGENT || bug == Bug::AllUrgent
}

/// What ready jobs are sorted by, before their ids.
fn order(job: &Job, bug: Bug) -> u64 {
    let pri = u64::from(job.pri);
    match bug {
        Bug::PriorityIgnored => 0,
        Bug::DelayedBehindEquals => pri << 1 | u64::from(job.delay > 0),
        // As texts: the first digits decide.
        Bug::PriorityAsText => {
            let digits = format!("{pri}0000000000");
            digits[..9].parse().unwrap_or(0)
        }
        _ => pri,
    }
}

fn due(until: Time, pri: u32, bug: Bug) -> Time {
    if bug == Bug::DelayedByPriority { u64::from(pri) } else { until }
}
