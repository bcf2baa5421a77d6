//! Granted time: how long the program could have run, which on a busy machine is less than the clock says.
//!
//! A program misses a deadline because it is wrong, or because other work on the machine took the processor from it. So
//! deadlines run on the time that the program was granted: the clock's, less the credit for what was taken
//! ([`ledger`]). Every 100 ms two figures are read: how long the tasks of each node waited for a processor ([`waits`]),
//! and how much processor time others used ([`machine`]). The smaller of the two counts as taken. The first alone would
//! excuse a busy program, whose tasks wait for each other; the second alone would excuse a program that does nothing.
//! Waiting for a disk never counts.
//!
//! When three times the limit has passed by the clock and the program still has not had its time, the machine is too
//! busy to judge: [`Expired::Starved`].

mod ledger;
mod machine;
mod waits;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;

pub use ledger::Waited;
use ledger::{Interval, Ledger};
use machine::Reading;
use waits::Trees;

/// How often the system is asked.
const SAMPLE: Duration = Duration::from_millis(100);
/// How often timers are looked at.
const LOOK: Duration = Duration::from_millis(10);
/// A sample younger than this is not taken again: there is nothing new to learn.
const FRESH: Duration = Duration::from_millis(5);

/// How a deadline passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// The program was granted all of its time.
    Granted,
    /// Three times as long has passed, and the program has not had its time.
    Starved,
}

impl Expired {
    pub fn is_starved(self) -> bool {
        self == Expired::Starved
    }
}

/// The time granted to all programs of a run. Cloning it is cheap; measuring ends with the last clone.
#[derive(Debug, Clone)]
pub struct GrantedTime(Arc<Measured>);

#[derive(Debug)]
struct Measured {
    shared: Arc<Shared>,
    looking: tokio::task::JoinHandle<()>,
}

/// The ledger has a lock of its own, so that whoever only looks at the clock does not wait while the system is asked.
#[derive(Debug)]
struct Shared {
    sampler: Mutex<Sampler>,
    ledger: Mutex<Ledger>,
}

#[derive(Debug)]
struct Sampler {
    trees: Trees,
    reading: Option<Reading>,
    sampled: Instant,
    /// When lsfr was last seen to be running. That is checked every [`LOOK`], so a longer gap is time in which it was
    /// not.
    looked: Instant,
    /// Since the last sample: how long lsfr did not run, in all and at most.
    late: Duration,
    latest: Duration,
}

impl GrantedTime {
    /// How many times its limit a wait lasts at most, by the clock.
    pub const MOST: u32 = 3;

    /// Begins to measure. Must be called within a runtime.
    pub fn begin() -> Self {
        let sampler = Sampler {
            trees: Trees::default(),
            reading: Reading::take(Duration::ZERO),
            sampled: Instant::now(),
            looked: Instant::now(),
            late: Duration::ZERO,
            latest: Duration::ZERO,
        };
        let shared = Arc::new(Shared { sampler: Mutex::new(sampler), ledger: Mutex::default() });
        let seen = Arc::clone(&shared);
        let looking = tokio::spawn(async move {
            loop {
                sleep(LOOK).await;
                let mut sampler = lock(&seen.sampler);
                sampler.look();
                if sampler.sampled.elapsed() >= SAMPLE {
                    let interval = sampler.sample();
                    lock(&seen.ledger).add(interval);
                }
            }
        });
        Self(Arc::new(Measured { shared, looking }))
    }

    /// From now on the tree below this guard is part of the program; `who` is its name for people.
    pub(crate) fn add(&self, guard: i32, who: &str) {
        lock(&self.0.shared.sampler).trees.add(guard, who);
    }

    /// That guard has ended.
    pub(crate) fn remove(&self, guard: i32) {
        lock(&self.0.shared.sampler).trees.remove(guard);
    }

    /// What was taken from the program between two moments.
    pub fn credit(&self, from: Instant, to: Instant) -> Duration {
        self.fresh().credit(from, to)
    }

    /// The time that the program has been granted since then.
    pub fn since(&self, from: Instant) -> Duration {
        let now = Instant::now();
        now.saturating_duration_since(from).saturating_sub(self.credit(from, now))
    }

    /// Who waited longest for a processor between two moments, if anyone did.
    pub fn waited(&self, from: Instant, to: Instant) -> Option<Waited> {
        self.fresh().waited(from, to)
    }

    /// Of all stretches of this length between two moments, the one in which most was taken, and who waited longest in
    /// it.
    pub fn worst(&self, from: Instant, to: Instant, length: Duration) -> Option<Waited> {
        self.fresh().worst(from, to, length)
    }

    /// By how much one of lsfr's own timers was late since then, at most; nothing if it is not worth reporting.
    pub fn late(&self, from: Instant) -> Duration {
        self.fresh().late(from)
    }

    /// The share of the machine that others used lately; none where the system does not say.
    pub fn others(&self) -> Option<f64> {
        self.fresh().others()
    }

    /// A deadline for something that begins now.
    pub fn deadline(&self, limit: Duration) -> Deadline {
        Deadline { time: self.clone(), began: Instant::now(), limit }
    }

    /// The ledger up to this moment.
    fn fresh(&self) -> MutexGuard<'_, Ledger> {
        let Shared { sampler, ledger } = &*self.0.shared;
        let mut sampler = lock(sampler);
        let interval = (sampler.sampled.elapsed() >= FRESH).then(|| sampler.sample());
        let mut ledger = lock(ledger);
        if let Some(interval) = interval {
            ledger.add(interval);
        }
        ledger
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Measured {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

impl Sampler {
    fn look(&mut self) {
        let now = Instant::now();
        let late = now.saturating_duration_since(self.looked).saturating_sub(LOOK);
        self.looked = now;
        // Timers are exact to a millisecond; a little more is no standstill.
        if late >= LOOK {
            self.late += late;
        }
        self.latest = self.latest.max(late);
    }

    fn sample(&mut self) -> Interval {
        // After a standstill, whoever looks first notices it: a deadline may wake before the next look.
        self.look();
        let (waits, used) = self.trees.read();
        let reading = Reading::take(used);
        let others = self.reading.as_ref().zip(reading.as_ref()).map(|(before, now)| before.others(now));
        let now = Instant::now();
        self.reading = reading;
        Interval {
            from: std::mem::replace(&mut self.sampled, now),
            to: now,
            waits,
            others,
            late: std::mem::take(&mut self.late),
            latest: std::mem::take(&mut self.latest),
        }
    }
}

/// A limit on something, in granted time.
#[derive(Debug, Clone)]
pub struct Deadline {
    time: GrantedTime,
    began: Instant,
    limit: Duration,
}

impl Deadline {
    /// What is left of it, in granted time.
    pub fn left(&self) -> Duration {
        let left = |credit| (self.limit + credit).saturating_sub(self.began.elapsed());
        // What was taken since the last sample matters only where it makes the difference.
        let known = left(lock(&self.time.0.shared.ledger).credit(self.began, Instant::now()));
        if known > SAMPLE { known } else { left(self.time.credit(self.began, Instant::now())) }
    }

    /// Whether it has passed, and how.
    pub fn passed(&self) -> Option<Expired> {
        self.passed_after(Duration::ZERO)
    }

    /// Whether it will have passed after a pause, and how.
    pub fn passed_after(&self, pause: Duration) -> Option<Expired> {
        match self.left() {
            left if left <= pause => Some(Expired::Granted),
            _ if self.began.elapsed() >= self.limit * GrantedTime::MOST => Some(Expired::Starved),
            _ => None,
        }
    }

    /// Whichever of the two passes first.
    pub fn earlier(self, other: Option<&Deadline>) -> Deadline {
        match other {
            Some(other) if other.left() < self.left() => other.clone(),
            _ => self,
        }
    }

    /// Waits until it has passed.
    pub async fn expired(&self) -> Expired {
        loop {
            if let Some(expired) = self.passed() {
                return expired;
            }
            let most = (self.limit * GrantedTime::MOST).saturating_sub(self.began.elapsed());
            sleep(self.left().min(most)).await;
        }
    }

    /// The output of a future, unless the deadline passes first.
    pub async fn limit<T>(&self, future: impl Future<Output = T>) -> Result<T, Expired> {
        tokio::select! {
            biased;
            result = future => Ok(result),
            expired = self.expired() => Err(expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_in_which_lsfr_stands_still_is_no_part_of_a_deadline() {
        let time = GrantedTime::begin();
        let began = Instant::now();
        // Long enough that the rest of it is granted on a busy machine, too.
        let deadline = time.deadline(Duration::from_secs(1));
        // Nothing else runs on this thread meanwhile, and whoever asks next notices before any timer does.
        std::thread::sleep(Duration::from_millis(1_200));
        assert_eq!(deadline.passed(), None);
        assert!(time.credit(began, Instant::now()) >= Duration::from_millis(300));
        assert!(time.late(began) >= Duration::from_millis(300));
        assert_eq!(deadline.expired().await, Expired::Granted);
    }

    #[tokio::test]
    async fn what_is_done_in_time_is_given() {
        let time = GrantedTime::begin();
        assert_eq!(time.deadline(Duration::from_secs(60)).limit(async { 7 }).await, Ok(7));
        let never = time.deadline(Duration::from_millis(20)).limit(std::future::pending::<()>()).await;
        assert!(never.is_err());
        let (short, long) = (time.deadline(Duration::from_millis(1)), time.deadline(Duration::from_secs(60)));
        assert_eq!(long.earlier(Some(&short)).limit, Duration::from_millis(1));
    }
}
