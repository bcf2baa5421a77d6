//! What a test and a run may use, and how every step stays interruptible.
//!
//! A pack is data from anywhere, and a few words of it can ask for a billion rounds. So whatever a test makes lsfr do
//! is counted: its steps, its events, its time, what lsfr writes for it, and (in [`crate::scenario::memory`]) what it
//! keeps in memory. The limits are far above what honest tests need; whoever passes one has made a mistake, which is
//! reported at the step that passed it. The files and the memory of the program under test have limits of their own.

use std::convert::Infallible;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::task::yield_now;
use tokio::time::{MissedTickBehavior, interval};

use crate::scenario::limits::Limits;
use crate::scenario::{Place, Step};

use super::Run;
use super::stop::Stop;
use crate::facts::{Answered, Event, Excerpt, Speech};

/// Steps that wait for nothing yield after this time, for instance to the handling of a signal.
const TURN: Duration = Duration::from_millis(10);
/// How often the limits are checked that can be passed while no step begins.
const LOOK: Duration = Duration::from_millis(100);

/// The counters of a run and of the test under way.
#[derive(Debug)]
pub(super) struct Budget {
    test: Mutex<Used>,
    run: Mutex<Used>,
    /// When the run's task began its turn, in nanoseconds since `began`.
    turn: AtomicU64,
    began: Instant,
    /// How long the run stood still for a look by hand.
    waited: Mutex<Duration>,
    /// The step that began last, to name it when a limit is passed beside the steps.
    last: Mutex<Option<Place>>,
}

#[derive(Debug)]
struct Used {
    limits: Limits,
    steps: u64,
    events: u64,
    written: u64,
    began: Instant,
}

impl Used {
    fn new(limits: Limits) -> Self {
        Self { limits, steps: 0, events: 0, written: 0, began: Instant::now() }
    }

    /// The limit that was passed, in words.
    fn passed(&self) -> Option<String> {
        let Limits { steps, events, written, time } = self.limits;
        if self.steps > steps {
            Some(format!("more than {steps} steps"))
        } else if self.events > events {
            Some(format!("more than {events} events"))
        } else if self.written > written {
            Some(format!("more than {} MB of events and files", written >> 20))
        } else if self.began.elapsed() > time {
            Some(format!("more than {} minutes", time.as_secs() / 60))
        } else {
            None
        }
    }
}

impl Budget {
    pub(super) fn new(test: Limits, run: Limits) -> Self {
        let (test, run) = (Mutex::new(Used::new(test)), Mutex::new(Used::new(run)));
        Self {
            test,
            run,
            turn: AtomicU64::new(0),
            began: Instant::now(),
            waited: Mutex::default(),
            last: Mutex::default(),
        }
    }

    fn both(&self, count: impl Fn(&mut Used)) {
        count(&mut lock(&self.test));
        count(&mut lock(&self.run));
    }

    #[cfg(test)]
    pub(super) fn steps(&self) -> u64 {
        lock(&self.test).steps
    }

    /// A test begins, with nothing used so far.
    pub(super) fn test_begins(&self) {
        let mut test = lock(&self.test);
        *test = Used::new(test.limits);
        *lock(&self.last) = None;
    }

    /// The run stood still for so long, which is nobody's time.
    pub(super) fn stood_still(&self, time: Duration) {
        *lock(&self.waited) += time;
        self.both(|used| used.began += time);
    }

    pub(super) fn waited(&self) -> Duration {
        *lock(&self.waited)
    }

    pub(super) fn event(&self, bytes: usize) {
        self.both(|used| {
            used.events += 1;
            used.written = used.written.saturating_add(bytes as u64);
        });
    }

    /// lsfr has written, or kept, a file of this many bytes.
    pub(super) fn wrote(&self, bytes: u64) {
        self.both(|used| used.written = used.written.saturating_add(bytes));
    }

    fn overrun(&self) -> Option<Stop> {
        let of = |who: &str, used: &Mutex<Used>| Some(format!("this {who} takes {}", lock(used).passed()?));
        let what = of("test", &self.test).or_else(|| of("run", &self.run))?;
        Some(Stop::pack(format!("{what}, which is not allowed: something in it never ends, or is far too large")))
    }

    /// Must be polled beside the steps, whenever they are.
    pub(super) fn turns(&self) -> impl Future<Output = Infallible> + '_ {
        std::future::poll_fn(|_| {
            self.turn.store(self.since_began(), Ordering::Relaxed);
            Poll::Pending
        })
    }

    fn since_began(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn turn_is_over(&self) -> bool {
        let turn = Duration::from_nanos(self.since_began().saturating_sub(self.turn.load(Ordering::Relaxed)));
        turn > TURN
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    /// Counts a step that is about to begin. Steps wait here for slow readers of events, and yield to others; every
    /// loop comes through here.
    pub(super) async fn step_begins(&self, step: &Step) -> Result<(), Stop> {
        self.budget.both(|used| used.steps += 1);
        if let Some(overrun) = self.budget.overrun() {
            return Err(overrun.at(step));
        }
        *lock(&self.budget.last) = Some(step.place.clone());
        self.sink.room().await;
        if self.budget.turn_is_over() {
            // This wakes only when the whole task has yielded: no other copy of these steps goes on meanwhile.
            yield_now().await;
        }
        Ok(())
    }

    /// Waits until a limit is passed while no step begins: by one long step, or by what goes on beside them.
    pub(super) async fn overrun(&self) -> Stop {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if let Some(overrun) = self.budget.overrun() {
                return match &*lock(&self.budget.last) {
                    Some(place) => overrun.at_place(place),
                    None => overrun,
                };
            }
        }
    }
}

/// About how many bytes an event takes, in memory and in its record.
pub(super) fn weight(event: &Event) -> usize {
    const FRAME: usize = 200;
    let excerpt = |excerpt: &Excerpt| excerpt.text.len();
    let headers =
        |headers: &[(String, String)]| headers.iter().map(|(name, value)| name.len() + value.len() + 8).sum();
    let text: usize = match event {
        Event::StepStarted { text }
        | Event::Note { text }
        | Event::Says { text, .. }
        | Event::UnderWay { what: text, .. } => text.len(),
        Event::Links(links) => links.text.len() + 16 * (links.cut.len() + links.slow.len()),
        Event::Operation(operation) => {
            let sent: usize = headers(&operation.headers);
            let answer = match &operation.result {
                Answered::Answer(answer) => headers(&answer.headers) + excerpt(&answer.body),
                Answered::NoAnswer { detail, .. } => detail.len(),
            };
            operation.path.len() + sent + operation.body.as_ref().map_or(0, excerpt) + answer
        }
        Event::Spoken(spoken) => match &spoken.what {
            Speech::Sent { text } | Speech::Received { text } => excerpt(text),
            _ => 0,
        },
        // All others come once per test, or are lsfr's own and short.
        _ => 0,
    };
    FRAME + text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_by_hand_takes_nobodys_time() {
        let limits = Limits { steps: 1, events: 1, written: 1, time: Duration::ZERO };
        let budget = Budget::new(limits, limits);
        assert!(budget.overrun().is_some(), "all of its time is used up");
        budget.stood_still(Duration::from_secs(3600));
        assert!(budget.overrun().is_none());
        assert_eq!(budget.waited(), Duration::from_secs(3600));
    }
}
