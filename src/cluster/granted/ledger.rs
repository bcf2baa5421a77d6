//! What was taken from the program, and when. Pure: others measure.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::machine::Others;
use super::waits::Wait;

/// A timer that is later than this is a moment in which lsfr stood still: stopped, suspended, or without a processor.
pub(super) const STANDSTILL: Duration = Duration::from_millis(50);
/// How far back the use of the machine by others is counted.
const LATELY: Duration = Duration::from_secs(1);

/// What was measured between two samples.
#[derive(Debug)]
pub(super) struct Interval {
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) waits: Vec<Wait>,
    /// None where the system does not say.
    pub(super) others: Option<Others>,
    /// By how much lsfr's own timers were late, in all and at most.
    pub(super) late: Duration,
    pub(super) latest: Duration,
}

/// Who waited for a processor, and for how long. No name means lsfr itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    pub who: Option<Arc<str>>,
    pub time: Duration,
    pub of: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// In order of time. Intervals in which nothing was taken are left out.
    taken: Vec<Taken>,
    /// The intervals of the last second, and what others used of the machine.
    lately: VecDeque<(Instant, Instant, f64)>,
}

#[derive(Debug)]
struct Taken {
    from: Instant,
    to: Instant,
    credit: Duration,
    who: Option<Arc<str>>,
    latest: Duration,
}

impl Ledger {
    pub(super) fn add(&mut self, interval: Interval) {
        let length = interval.to.saturating_duration_since(interval.from);
        let (mut credit, mut who) = longest(&interval, length);
        let stood = interval.latest >= STANDSTILL || interval.others.is_none();
        if stood && interval.late >= credit {
            (credit, who) = (interval.late.min(length), None);
        }
        let latest = if interval.latest >= STANDSTILL { interval.latest } else { Duration::ZERO };
        if !credit.is_zero() || !latest.is_zero() {
            self.taken.push(Taken { from: interval.from, to: interval.to, credit, who, latest });
        }
        if let Some(others) = interval.others {
            self.lately.push_back((interval.from, interval.to, others.share));
            while self.lately.front().is_some_and(|(_, to, _)| *to + LATELY < interval.to) {
                self.lately.pop_front();
            }
        }
    }

    pub(super) fn credit(&self, from: Instant, to: Instant) -> Duration {
        let all: Duration = self.within(from, to).map(|(_, credit)| credit).sum();
        all.min(to.saturating_duration_since(from))
    }

    pub(super) fn waited(&self, from: Instant, to: Instant) -> Option<Waited> {
        let mut totals: Vec<(&Option<Arc<str>>, Duration)> = Vec::new();
        for (taken, credit) in self.within(from, to) {
            match totals.iter_mut().find(|(who, _)| *who == &taken.who) {
                Some((_, time)) => *time += credit,
                None => totals.push((&taken.who, credit)),
            }
        }
        let (who, time) = totals.into_iter().max_by_key(|(_, time)| *time).filter(|(_, time)| !time.is_zero())?;
        let of = to.saturating_duration_since(from);
        Some(Waited { who: who.clone(), time: time.min(of), of })
    }

    /// Of all stretches of this length between two moments, the one in which most was taken, and who waited longest in
    /// it.
    pub(super) fn worst(&self, from: Instant, to: Instant, length: Duration) -> Option<Waited> {
        let ends = self.taken.iter().rev().skip_while(|taken| taken.from >= to).take_while(|taken| taken.to > from);
        let stretches = ends.filter_map(|taken| self.waited(taken.to.checked_sub(length)?, taken.to));
        stretches.max_by_key(|waited| waited.time)
    }

    pub(super) fn late(&self, from: Instant) -> Duration {
        self.taken
            .iter()
            .rev()
            .take_while(|taken| taken.to > from)
            .map(|taken| taken.latest)
            .max()
            .unwrap_or_default()
    }

    pub(super) fn others(&self) -> Option<f64> {
        let length = |(from, to, _): &(Instant, Instant, f64)| to.saturating_duration_since(*from).as_secs_f64();
        let all: f64 = self.lately.iter().map(length).sum();
        (all > 0.0).then(|| self.lately.iter().map(|one| one.2 * length(one)).sum::<f64>() / all)
    }

    /// What was taken in this time; an interval that reaches beyond it counts in part.
    fn within(&self, from: Instant, to: Instant) -> impl Iterator<Item = (&Taken, Duration)> {
        let newest_first = self.taken.iter().rev().skip_while(move |taken| taken.from >= to);
        newest_first.take_while(move |taken| taken.to > from).map(move |taken| {
            let inside = taken.to.min(to).saturating_duration_since(taken.from.max(from));
            let length = taken.to.saturating_duration_since(taken.from);
            (taken, taken.credit.mul_f64(inside.as_secs_f64() / length.as_secs_f64().max(1e-9)))
        })
    }
}

/// What others took from the node that waited longest.
fn longest(interval: &Interval, length: Duration) -> (Duration, Option<Arc<str>>) {
    let Some(others) = &interval.others else { return (Duration::ZERO, None) };
    let waited = |wait: &Wait| {
        // Where that is not known, it is taken to be the part of the machine that others used.
        let least = if wait.in_part { length.mul_f64(others.share) } else { Duration::ZERO };
        wait.time.max(least).min(length)
    };
    let longest = interval.waits.iter().max_by_key(|wait| waited(wait));
    let Some(wait) = longest else { return (Duration::ZERO, None) };
    let credit = waited(wait).min(others.time);
    (credit, (!credit.is_zero()).then(|| Arc::clone(&wait.who)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn others(time: u32, share: f64) -> Option<Others> {
        Some(Others { time: time * MS, share })
    }

    fn wait(who: &str, time: u32, in_part: bool) -> Wait {
        Wait { who: who.into(), time: time * MS, in_part }
    }

    /// A ledger of intervals of 100 ms, one after the other.
    fn ledger(start: Instant, intervals: &[(&[Wait], Option<Others>, u32)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (at, (waits, others, late)) in (0..).zip(intervals) {
            let from = start + 100 * at * MS;
            let late = *late * MS;
            let to = from + 100 * MS;
            ledger.add(Interval { from, to, waits: waits.to_vec(), others: *others, late, latest: late });
        }
        ledger
    }

    fn one(waits: &[Wait], others: Option<Others>, late: u32) -> Duration {
        let start = Instant::now();
        ledger(start, &[(waits, others, late)]).credit(start, start + 100 * MS)
    }

    #[test]
    fn what_others_used_while_a_node_waited_was_taken() {
        assert_eq!(one(&[wait("n1", 60, false), wait("n2", 20, false)], others(150, 0.75), 0), 60 * MS);
        assert_eq!(one(&[wait("n1", 90, false)], others(30, 0.15), 0), 30 * MS, "most of it waited for itself");
        assert_eq!(one(&[wait("n1", 540, false)], others(190, 0.95), 0), 100 * MS, "six threads wait at once");
    }

    #[test]
    fn nobody_is_excused_by_one_of_the_two_alone() {
        assert_eq!(one(&[wait("n1", 90, false)], others(0, 0.0), 0), Duration::ZERO, "a busy program");
        assert_eq!(one(&[wait("n1", 0, false)], others(200, 1.0), 0), Duration::ZERO, "a program that does nothing");
        assert_eq!(one(&[], others(200, 1.0), 0), Duration::ZERO);
    }

    #[test]
    fn what_is_not_known_is_the_others_share() {
        assert_eq!(one(&[wait("n1", 0, true)], others(100, 0.5), 0), 50 * MS);
        assert_eq!(one(&[wait("n1", 80, true)], others(100, 0.5), 0), 80 * MS);
    }

    #[test]
    fn a_standstill_of_lsfr_is_always_credit() {
        assert_eq!(one(&[wait("n1", 0, false)], others(0, 0.0), 70), 70 * MS);
        assert_eq!(one(&[wait("n1", 0, false)], others(0, 0.0), 49), Duration::ZERO);
        assert_eq!(one(&[wait("n1", 0, false)], None, 30), 30 * MS, "where the system tells nothing else");
        assert_eq!(one(&[wait("n1", 90, false)], others(100, 0.5), 70), 90 * MS, "not both together");
    }

    #[test]
    fn only_what_was_taken_in_that_time_counts() {
        let start = Instant::now();
        let busy: &[Wait] = &[wait("n1", 60, false)];
        let other: &[Wait] = &[wait("n2", 100, false)];
        let ledger =
            ledger(start, &[(busy, others(200, 1.0), 0), (&[], others(0, 0.0), 0), (other, others(200, 1.0), 0)]);
        let at = |ms: u32| start + ms * MS;
        assert_eq!(ledger.credit(at(0), at(300)), 160 * MS);
        assert_eq!(ledger.credit(at(50), at(250)), 80 * MS);
        assert_eq!(ledger.credit(at(100), at(200)), Duration::ZERO);
        let waited = ledger.waited(at(0), at(300)).unwrap();
        assert_eq!((waited.who.as_deref(), waited.time, waited.of), (Some("n2"), 100 * MS, 300 * MS));
        assert_eq!(ledger.waited(at(100), at(200)), None);
        assert!(ledger.others().is_some_and(|share| (share - 2.0 / 3.0).abs() < 1e-9));
    }

    #[test]
    fn a_stretch_without_a_processor_is_told_from_a_little_now_and_then() {
        let start = Instant::now();
        let (little, much): (&[Wait], &[Wait]) = (&[wait("n1", 15, false)], &[wait("n2", 70, false)]);
        let all = || others(200, 1.0);
        let worst = |ledger: &Ledger| ledger.worst(start, start + 1000 * MS, 300 * MS).map(|waited| waited.time);
        let calm = ledger(start, &[(little, all(), 0); 10]);
        assert_eq!(worst(&calm), Some(45 * MS));
        let mut intervals = [(little, all(), 0); 10];
        intervals[4] = (much, all(), 0);
        intervals[5] = (much, all(), 0);
        assert_eq!(worst(&ledger(start, &intervals)), Some(140 * MS));
        assert_eq!(worst(&Ledger::default()), None);
    }

    #[test]
    fn lateness_is_told_since_a_moment() {
        let start = Instant::now();
        let ledger = ledger(start, &[(&[], others(0, 0.0), 80), (&[], others(0, 0.0), 20)]);
        assert_eq!(ledger.late(start), 80 * MS);
        assert_eq!(ledger.late(start + 100 * MS), Duration::ZERO);
    }
}
