//! What a queue counts.

use std::collections::BTreeMap;

use super::super::kind::{Stat, tube_name};
use super::super::operation::{Asked, Key, Outcome, Right, Text};
use super::job::{Job, Place};
use super::{Outcomes, Queue};

/// Below this a job is urgent.
const URGENT: u32 = 1024;

/// How many jobs were ever put into each tube.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Totals {
    /// None where it is open whether a tube was forgotten meanwhile.
    Of(BTreeMap<Key, Option<u32>>, u32),
    /// Nobody need know them: there was a crash.
    Open,
}

impl Default for Totals {
    fn default() -> Self {
        Self::Of(BTreeMap::new(), 0)
    }
}

impl Totals {
    pub(super) fn add(&mut self, tube: Key) {
        if let Totals::Of(tubes, all) = self {
            *all += 1;
            let total = tubes.entry(tube).or_insert(Some(0));
            *total = total.map(|total| total + 1);
        }
    }

    /// Those of tubes that may be gone are open.
    pub(super) fn without(mut self, is_gone: impl Fn(Key) -> bool) -> Self {
        if let Totals::Of(tubes, _) = &mut self {
            tubes.iter_mut().filter(|(tube, _)| is_gone(**tube)).for_each(|(_, total)| *total = None);
        }
        self
    }

    /// Of one tube, or of all.
    fn of(&self, tube: Option<Key>) -> Option<u32> {
        let Totals::Of(tubes, all) = self else { return None };
        match tube {
            Some(tube) => tubes.get(&tube).copied().unwrap_or(Some(0)),
            None => Some(*all),
        }
    }
}

fn told(stats: impl IntoIterator<Item = (Stat, Option<u32>)>) -> impl Iterator<Item = (Stat, Text)> {
    stats.into_iter().filter_map(|(stat, number)| Some((stat, number?.to_string().into())))
}

pub(super) fn of_job(job: &Job) -> Right {
    let counts = job.counts;
    let numbers = [
        (Stat::Priority, Some(job.priority)),
        (Stat::TimeToRun, Some(job.time_to_run)),
        (Stat::Delay, job.delay),
        (Stat::Reserves, counts.map(|counts| counts.reserves)),
        (Stat::Timeouts, counts.map(|counts| counts.timeouts)),
        (Stat::Releases, counts.and_then(|counts| counts.releases)),
        (Stat::Buries, counts.map(|counts| counts.buries)),
        (Stat::Kicks, counts.map(|counts| counts.kicks)),
    ];
    let words = [(Stat::State, job.place.state().word().into()), (Stat::Tube, tube_name(job.tube).into())];
    Right { stats: told(numbers).chain(words).collect(), ..Right::of(Outcome::Ok) }
}

impl Queue {
    /// `stats` and `stats_tube`.
    pub(super) fn count(&self, asked: &Asked) -> Outcomes {
        let tube = asked.key.filter(|_| asked.word == "stats_tube");
        let jobs = || self.jobs.values().filter(|job| tube.is_none_or(|tube| job.tube == tube));
        let count = |of: &dyn Fn(&Job) -> bool| Some(jobs().filter(|job| of(job)).count() as u32);
        let numbers = [
            (Stat::Ready, count(&|job| job.place == Place::Ready)),
            (Stat::Urgent, count(&|job| job.place == Place::Ready && job.priority < URGENT)),
            (Stat::Reserved, count(&|job| job.place.is_reserved())),
            (Stat::Delayed, count(&|job| matches!(job.place, Place::Delayed { .. }))),
            (Stat::Buried, count(&|job| matches!(job.place, Place::Buried { .. }))),
            (Stat::Total, self.totals.of(tube)),
        ];
        let told = Right { stats: told(numbers).collect(), ..Right::of(Outcome::Ok) };
        let absent = tube.filter(|tube| !self.exists(*tube)).map(|_| Right::of(Outcome::Absent));
        [told].into_iter().chain(absent).map(|right| (right, self.clone())).collect()
    }
}
