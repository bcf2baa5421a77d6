//! A work queue.

mod walks;

use std::collections::{BTreeMap, BTreeSet};

use super::super::*;
use super::Simulated;

/// What is wrong with a queue, by what finds it.
macro_rules! bugs {
    ($($list:ident: $($bug:ident),+;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Bug {
            None,
            $($($bug,)+)+
        }

        $(const $list: &[Bug] = &[$(Bug::$bug),+];)+
    };
}

bugs! {
    OF_ORDER: PriorityIgnored, PriorityAsText, EqualsByNewest, ReleaseKeepsPriority, ReleasedStandLast, ReleaseIgnoresDelay, ReleaseByAnyone, TouchByAnyone, PeekReserves,
        PeekReadyShowsOldest, PeekDelayedShowsOldest, DeleteByAnyone, DeleteOnlyReserved, DeleteKeeps, IdsOfTheLiving,
        BodyCut, BodyTrimmed, GoneWorkerKeepsJobs, GoneWorkerBuries;
    OF_TUBES: PeekInAllTubes, FirstTubeFirst, AllTubesWatched, WatchCountsTwice, LastTubeIgnored, IgnoreForgotten,
        UseWatches, PauseIgnored, PauseRefusesPeek, PausePutEnds, NewWorkerWatchesOld;
    OF_JOBS_ASIDE: PeekBuriedShowsUrgent, BuryKeepsPriority, BuriedLastFirst, KickTakesBoth, KickInAllTubes, KickOneMore,
        KickJobTakesReserved, KickJobOnlyBuried, ReserveJobOnlyReady, ReserveJobTakesReserved;
    OF_NUMBERS: AllUrgent, ReadyCountsReserved, TotalCountsLiving, ReservesNotCounted, KicksNotCounted, BuriesNotCounted,
        DelayOfPut, DelayedReleaseKeepsPriority;
    OVER_A_CRASH: PutLost, DeleteLost, BuryLost, KickLost, DelayedReleaseLost, BuriedPriorityLost, TubeLost, DelayLost,
        ReservedLost, IdsRestart;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Reserved(Worker),
    Delayed,
    Buried,
}

#[derive(Debug, Clone)]
struct SimJob {
    id: u64,
    tube: Key,
    priority: u32,
    delay: u32,
    ttr: u32,
    body: String,
    state: State,
    /// When it is due, where it is delayed; its place in the line, where it is buried or ready.
    since: u64,
    counts: [u32; 4],
}

const RESERVES: usize = 0;
const RELEASES: usize = 1;
const BURIES: usize = 2;
const KICKS: usize = 3;

/// All jobs in one list, which is looked through each time.
struct List {
    bug: Bug,
    jobs: Vec<SimJob>,
    disk: Vec<SimJob>,
    newest: u64,
    line: u64,
    used: BTreeMap<Worker, Key>,
    watched: BTreeMap<Worker, Vec<Key>>,
    paused: BTreeSet<Key>,
    totals: BTreeMap<Key, u32>,
}

impl List {
    fn new(bug: Bug) -> Self {
        Self {
            bug,
            jobs: Vec::new(),
            disk: Vec::new(),
            newest: 0,
            line: 0,
            used: BTreeMap::new(),
            watched: BTreeMap::new(),
            paused: BTreeSet::new(),
            totals: BTreeMap::new(),
        }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == bug
    }

    fn used(&self, worker: Worker) -> Key {
        self.used.get(&worker).copied().unwrap_or(0)
    }

    fn watched(&mut self, worker: Worker) -> &mut Vec<Key> {
        self.watched.entry(worker).or_insert_with(|| vec![0])
    }

    fn next_in_line(&mut self) -> u64 {
        self.line += 1;
        self.line
    }

    fn is_one(&self, tube: Key) -> bool {
        tube == 0
            || self.jobs.iter().any(|job| job.tube == tube)
            || self.used.values().any(|used| *used == tube)
            || self.watched.values().any(|watched| watched.contains(&tube))
    }

    fn drop_tubes(&mut self) {
        let gone: Vec<Key> = (1..10).filter(|tube| !self.is_one(*tube)).collect();
        for tube in gone {
            self.paused.remove(&tube);
            self.totals.remove(&tube);
        }
    }

    /// Writes a job to the disk as it is now, or that it is gone.
    fn keep(&mut self, id: u64, lost: Bug) {
        if self.has(lost) {
            return;
        }
        self.disk.retain(|job| job.id != id);
        self.disk.extend(self.jobs.iter().filter(|job| job.id == id).cloned());
    }

    fn rank(&self, job: &SimJob) -> (u64, u64) {
        let priority = match self.bug {
            Bug::PriorityIgnored => 0,
            Bug::PriorityAsText => format!("{}0000000000", job.priority)[..9].parse().unwrap(),
            _ => u64::from(job.priority),
        };
        let order = match self.bug {
            Bug::EqualsByNewest => u64::MAX - job.id,
            Bug::ReleasedStandLast => job.since,
            _ => job.id,
        };
        (priority, order)
    }

    fn first_ready(&self, tubes: &[Key], obey: bool) -> Option<usize> {
        let mut tubes: Vec<Key> = tubes.to_vec();
        tubes.sort_unstable();
        let ready = |tube: &Key| {
            let open = !obey || !self.paused.contains(tube) || self.has(Bug::PauseIgnored);
            let those =
                self.jobs.iter().enumerate().filter(|(_, job)| job.tube == *tube && job.state == State::Ready);
            let first = those.filter(|_| open).min_by_key(|(_, job)| self.rank(job));
            first.map(|(at, job)| (self.rank(job), at))
        };
        let mut firsts = tubes.iter().filter_map(ready);
        let first = if self.has(Bug::FirstTubeFirst) { firsts.next() } else { firsts.min() };
        first.map(|(_, at)| at)
    }

    fn of_state(&self, tube: Key, state: State, anywhere: Bug) -> Vec<usize> {
        let is = |job: &SimJob| job.state == state && (job.tube == tube || self.has(anywhere));
        let mut those: Vec<usize> = (0..self.jobs.len()).filter(|at| is(&self.jobs[*at])).collect();
        those.sort_by_key(|at| self.jobs[*at].since);
        those
    }

    fn shown(&self, at: Option<usize>) -> Answer {
        let Some(at) = at else { return Answer::of(Outcome::Absent) };
        let job = &self.jobs[at];
        Answer {
            value: Some(job.body.as_str().into()),
            job: Some(job.id.to_string().into()),
            ..Answer::of(Outcome::Ok)
        }
    }

    fn reserve(&mut self, at: Option<usize>, by: Worker, none: Outcome) -> Answer {
        let Some(at) = at else { return Answer::of(none) };
        self.jobs[at].state = State::Reserved(by);
        if !self.has(Bug::ReservesNotCounted) {
            self.jobs[at].counts[RESERVES] += 1;
        }
        self.shown(Some(at))
    }

    fn put(&mut self, asked: &Asked) -> Answer {
        let number = |part| asked.numbers.get(&part).copied().unwrap_or_default();
        self.newest = if self.has(Bug::IdsOfTheLiving) {
            self.jobs.iter().map(|job| job.id).max().unwrap_or_default() + 1
        } else {
            self.newest + 1
        };
        let (tube, delay, id) = (self.used(asked.by), number(Takes::Delay), self.newest);
        let body = asked.value.as_deref().unwrap_or_default();
        let body = match self.bug {
            Bug::BodyCut => body.chars().take(4096).collect(),
            Bug::BodyTrimmed => body.trim().to_owned(),
            _ => body.to_owned(),
        };
        if self.has(Bug::PausePutEnds) {
            self.paused.remove(&tube);
        }
        let (state, since) = match delay {
            0 => (State::Ready, self.next_in_line()),
            _ => (State::Delayed, asked.at.sent + u64::from(delay) * 1000),
        };
        let (priority, ttr) = (number(Takes::Priority), number(Takes::TimeToRun));
        self.jobs.push(SimJob { id, tube, priority, delay, ttr, body, state, since, counts: [0; 4] });
        *self.totals.entry(tube).or_default() += 1;
        self.keep(id, Bug::PutLost);
        Answer { job: Some(id.to_string().into()), ..Answer::of(Outcome::Ok) }
    }

    fn of_job(&mut self, asked: &Asked) -> Answer {
        let id: u64 = asked.job.as_deref().unwrap_or_default().parse().unwrap();
        let absent = Answer::of(Outcome::Absent);
        let Some(at) = self.jobs.iter().position(|job| job.id == id) else { return absent };
        let state = self.jobs[at].state;
        let (mine, held) = (state == State::Reserved(asked.by), matches!(state, State::Reserved(_)));
        let number = |part| asked.numbers.get(&part).copied().unwrap_or_default();
        match asked.word {
            "peek" => return self.shown(Some(at)),
            "stats_job" => return self.told(at),
            "reserve_job" => {
                let takes = match self.bug {
                    Bug::ReserveJobOnlyReady => state == State::Ready,
                    Bug::ReserveJobTakesReserved => true,
                    _ => !held,
                };
                return self.reserve(Some(at).filter(|_| takes), asked.by, Outcome::Absent);
            }
            "delete" => {
                let takes = match self.bug {
                    Bug::DeleteByAnyone => true,
                    Bug::DeleteOnlyReserved => mine,
                    _ => mine || !held,
                };
                if !takes {
                    return absent;
                }
                if self.has(Bug::DeleteKeeps) {
                    self.jobs[at].state = State::Buried;
                } else {
                    self.jobs.remove(at);
                }
                self.keep(id, Bug::DeleteLost);
            }
            "touch" if mine || held && self.has(Bug::TouchByAnyone) => {}
            "release" if mine || held && self.has(Bug::ReleaseByAnyone) => {
                let (priority, delay) = (number(Takes::Priority), number(Takes::Delay));
                let keeps =
                    self.has(Bug::ReleaseKeepsPriority) || delay > 0 && self.has(Bug::DelayedReleaseKeepsPriority);
                let (line, bug) = (self.next_in_line(), self.bug);
                let job = &mut self.jobs[at];
                job.counts[RELEASES] += 1;
                job.delay = if bug == Bug::DelayOfPut { job.delay } else { delay };
                job.priority = if keeps { job.priority } else { priority };
                (job.state, job.since) = match delay {
                    0 => (State::Ready, line),
                    _ if bug == Bug::ReleaseIgnoresDelay => (State::Ready, line),
                    _ => (State::Delayed, asked.at.sent + u64::from(delay) * 1000),
                };
                if delay > 0 {
                    self.keep(id, Bug::DelayedReleaseLost);
                }
            }
            "bury" if mine => {
                let line = self.next_in_line();
                let keeps = self.has(Bug::BuryKeepsPriority);
                let since = match self.bug {
                    Bug::BuriedLastFirst => u64::MAX - line,
                    Bug::PeekBuriedShowsUrgent => u64::from(number(Takes::Priority)),
                    _ => line,
                };
                let (counted, forgets) = (!self.has(Bug::BuriesNotCounted), self.has(Bug::BuriedPriorityLost));
                let job = &mut self.jobs[at];
                job.counts[BURIES] += u32::from(counted);
                (job.state, job.since) = (State::Buried, since);
                let was = job.priority;
                job.priority = if keeps { was } else { number(Takes::Priority) };
                let now = job.priority;
                job.priority = if forgets { was } else { now };
                self.keep(id, Bug::BuryLost);
                self.jobs[at].priority = now;
            }
            "kick_job" => {
                let takes = match self.bug {
                    Bug::KickJobTakesReserved => state != State::Ready,
                    Bug::KickJobOnlyBuried => state == State::Buried,
                    _ => matches!(state, State::Buried | State::Delayed),
                };
                if !takes {
                    return absent;
                }
                self.kick(at);
            }
            _ => return absent,
        }
        Answer::of(Outcome::Ok)
    }

    fn kick(&mut self, at: usize) {
        let line = self.next_in_line();
        let counted = !self.has(Bug::KicksNotCounted);
        let job = &mut self.jobs[at];
        (job.state, job.since) = (State::Ready, line);
        job.counts[KICKS] += u32::from(counted);
        let id = job.id;
        self.keep(id, Bug::KickLost);
    }

    fn kick_many(&mut self, asked: &Asked) -> Answer {
        let tube = self.used(asked.by);
        let mut those = self.of_state(tube, State::Buried, Bug::KickInAllTubes);
        if those.is_empty() || self.has(Bug::KickTakesBoth) {
            let delayed = self.of_state(tube, State::Delayed, Bug::KickInAllTubes);
            those.extend(delayed);
        }
        let count = asked.numbers[&Takes::Count] as usize + usize::from(self.has(Bug::KickOneMore));
        those.truncate(count);
        those.iter().for_each(|at| self.kick(*at));
        Answer { value: Some(those.len().to_string().into()), ..Answer::of(Outcome::Ok) }
    }

    fn told(&self, at: usize) -> Answer {
        let job = &self.jobs[at];
        let state = match job.state {
            State::Ready => "ready",
            State::Reserved(_) => "reserved",
            State::Delayed => "delayed",
            State::Buried => "buried",
        };
        let number = |number: u32| Text::from(number.to_string());
        let stats = [
            (Stat::State, state.into()),
            (Stat::Tube, tube_name(job.tube).into()),
            (Stat::Priority, number(job.priority)),
            (Stat::TimeToRun, number(job.ttr)),
            (Stat::Delay, number(job.delay)),
            (Stat::Reserves, number(job.counts[RESERVES])),
            (Stat::Releases, number(job.counts[RELEASES])),
            (Stat::Buries, number(job.counts[BURIES])),
            (Stat::Kicks, number(job.counts[KICKS])),
        ];
        Answer { stats: stats.into(), ..Answer::of(Outcome::Ok) }
    }

    fn count(&self, tube: Option<Key>) -> Answer {
        if tube.is_some_and(|tube| !self.is_one(tube)) {
            return Answer::of(Outcome::Absent);
        }
        let of = |job: &&SimJob| tube.is_none_or(|tube| job.tube == tube);
        let count = |is: &dyn Fn(&SimJob) -> bool| -> Text {
            self.jobs.iter().filter(of).filter(|job| is(job)).count().to_string().into()
        };
        let reserved = |job: &SimJob| matches!(job.state, State::Reserved(_));
        let ready = |job: &SimJob| job.state == State::Ready || self.has(Bug::ReadyCountsReserved) && reserved(job);
        let urgent = |job: &SimJob| job.state == State::Ready && (job.priority < 1024 || self.has(Bug::AllUrgent));
        let total: u32 = match tube {
            Some(tube) => self.totals.get(&tube).copied().unwrap_or_default(),
            None => self.newest as u32,
        };
        let total = if self.has(Bug::TotalCountsLiving) { count(&|_| true) } else { total.to_string().into() };
        let stats = [
            (Stat::Ready, count(&ready)),
            (Stat::Urgent, count(&urgent)),
            (Stat::Reserved, count(&reserved)),
            (Stat::Delayed, count(&|job| job.state == State::Delayed)),
            (Stat::Buried, count(&|job| job.state == State::Buried)),
            (Stat::Total, total),
        ];
        let stats = stats.into_iter().filter(|(stat, _)| tube.is_some() || *stat != Stat::Total);
        Answer { stats: stats.collect(), ..Answer::of(Outcome::Ok) }
    }

    fn of_worker(&mut self, asked: &Asked) -> Answer {
        let (by, tube) = (asked.by, asked.key.unwrap_or_default());
        let (twice, last, forgets) =
            (self.has(Bug::WatchCountsTwice), self.has(Bug::LastTubeIgnored), self.has(Bug::IgnoreForgotten));
        let value = |value: String| Answer { value: Some(value.into()), ..Answer::of(Outcome::Ok) };
        match asked.word {
            "use" => {
                self.used.insert(by, tube);
                if self.has(Bug::UseWatches) {
                    self.watched(by).push(tube);
                }
                value(tube_name(tube))
            }
            "used" => value(tube_name(self.used(by))),
            "watch" => {
                let watched = self.watched(by);
                if twice || !watched.contains(&tube) {
                    watched.push(tube);
                }
                value(watched.len().to_string())
            }
            "ignore" => {
                let watched = self.watched(by);
                if *watched == [tube] && !last {
                    return Answer::of(Outcome::Unmet);
                }
                let left = watched.iter().filter(|one| **one != tube).count();
                if !forgets {
                    watched.retain(|one| *one != tube);
                }
                value(left.to_string())
            }
            _ => {
                let mut names: Vec<String> = self.watched(by).iter().copied().map(tube_name).collect();
                names.sort();
                value(names.join(" "))
            }
        }
    }

    fn leave(&mut self, by: Worker) -> Answer {
        let state = match self.bug {
            Bug::GoneWorkerKeepsJobs => State::Reserved(by + 100),
            Bug::GoneWorkerBuries => State::Buried,
            _ => State::Ready,
        };
        self.jobs.iter_mut().filter(|job| job.state == State::Reserved(by)).for_each(|job| job.state = state);
        if !self.has(Bug::NewWorkerWatchesOld) {
            self.watched.remove(&by);
        }
        self.used.remove(&by);
        Answer::of(Outcome::Ok)
    }
}

impl Simulated for List {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let used = self.used(asked.by);
        let answer = match asked.word {
            "put" => self.put(asked),
            "reserve" | "reserve_now" => {
                let watched = self.watched(asked.by).clone();
                let all = self.has(Bug::AllTubesWatched);
                let first = self.first_ready(if all { &[0, 1, 2] } else { &watched }, true);
                self.reserve(first, asked.by, Outcome::Empty)
            }
            "peek_ready" => {
                let tubes = if self.has(Bug::PeekInAllTubes) { vec![0, 1, 2] } else { vec![used] };
                let first = match self.bug {
                    Bug::PeekReadyShowsOldest => self.of_state(used, State::Ready, Bug::None).into_iter().min(),
                    _ => self.first_ready(&tubes, self.has(Bug::PauseRefusesPeek)),
                };
                if self.has(Bug::PeekReserves) {
                    self.reserve(first, 100, Outcome::Absent)
                } else {
                    self.shown(first)
                }
            }
            "peek_delayed" => {
                let delayed = self.of_state(used, State::Delayed, Bug::PeekInAllTubes);
                let oldest = self.has(Bug::PeekDelayedShowsOldest);
                self.shown(if oldest { delayed.iter().min().copied() } else { delayed.first().copied() })
            }
            "peek_buried" => {
                let buried = self.of_state(used, State::Buried, Bug::PeekInAllTubes);
                self.shown(buried.first().copied())
            }
            "kick" => self.kick_many(asked),
            "disconnect" => self.leave(asked.by),
            "use" | "used" | "watch" | "ignore" | "watched" => self.of_worker(asked),
            "pause" => {
                let tube = asked.key.unwrap_or_default();
                if self.is_one(tube) {
                    self.paused.insert(tube);
                }
                Answer::of(if self.is_one(tube) { Outcome::Ok } else { Outcome::Absent })
            }
            "stats" => self.count(None),
            "stats_tube" => self.count(asked.key),
            _ => self.of_job(asked),
        };
        self.drop_tubes();
        answer
    }

    fn crash(&mut self) {
        self.jobs = self.disk.clone();
        let (tube, delay, reserved) =
            (self.has(Bug::TubeLost), self.has(Bug::DelayLost), self.has(Bug::ReservedLost));
        for job in &mut self.jobs {
            job.tube = if tube { 0 } else { job.tube };
            if job.state == State::Delayed && delay {
                job.state = State::Ready;
            }
        }
        // What nobody asks for: the counters go on, and the buried stand in another order.
        self.jobs.reverse();
        if reserved {
            self.jobs.retain(|job| job.counts[RESERVES] == 0);
        }
        self.newest = match self.bug {
            Bug::IdsRestart => 0,
            _ => self.jobs.iter().map(|job| job.id).max().unwrap_or_default(),
        };
        (self.used, self.watched, self.paused) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        self.totals.clear();
        self.disk = self.jobs.clone();
    }
}
