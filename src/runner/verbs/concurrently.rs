//! `concurrently`: many copies of the same steps, a bounded number of them at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use minijinja::value::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use crate::cluster::Expired;
use crate::scenario::expr::{Kept, Scope};
use crate::scenario::verbs::concurrently::{Beside, Concurrently};

use super::super::Run;
use super::super::doubt::surest;
use super::super::steps::{Frame, Interpreter, count};
use super::super::stop::{Failed, Stop};
use super::phrases::data;
use crate::facts::{Answered, CopyEnd, Event, Finding, Operation, Refused, Spread, Unanswered, What, in_other_ways};

/// Copies that start at once. Each one that ends lets one more in, and so does some time, up to `in_flight`. Otherwise a
/// listen backlog of 5, which some languages have, would overflow, and the kernel would add a pause of a second.
const FIRST: u64 = 4;
/// How long none has to end for one more to start: requests that all wait for the same thing are under way together, too.
const ONE_MORE: Duration = Duration::from_millis(10);
/// However slow the program: no copy starts after this.
const LONGEST: Duration = Duration::from_secs(60);

/// After a wrong answer others are asked for this much longer, as long as each takes no more than that: when wrong answers
/// came, and what the others were, says more than the first of them.
const GO_ON: Duration = Duration::from_secs(1);
const QUICK: Duration = Duration::from_millis(500);

/// How often is told how far they are, at most.
const PROGRESS: Duration = Duration::from_millis(500);

/// How many copies may be under way: `FIRST`, one more for each that ended and for each `ONE_MORE`, and never more than
/// `in_flight`.
struct Gate {
    in_flight: u64,
    let_in: u64,
    more: Interval,
}

impl Gate {
    fn new(in_flight: u64) -> Gate {
        let mut more = interval(ONE_MORE);
        more.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Gate { in_flight, let_in: FIRST, more }
    }

    fn lets_in(&self, running: usize, ended: u64) -> bool {
        (running as u64) < self.in_flight.min(self.let_in + ended)
    }

    /// Whether time alone still opens it further.
    fn opens(&self, ended: u64) -> bool {
        self.let_in + ended < self.in_flight
    }

    async fn open_further(&mut self) {
        self.more.tick().await;
        self.let_in += 1;
    }
}

/// Tells how far the copies are, each `PROGRESS` at most.
struct Progress<'a> {
    run: &'a Run,
    copies: u64,
    sent_before: u64,
    told: Instant,
    folder: Option<u64>,
}

impl Progress<'_> {
    fn of(run: &Run, copies: u64) -> Progress<'_> {
        Progress { run, copies, sent_before: run.traffic.sent(), told: Instant::now(), folder: None }
    }

    fn tell(&mut self, ended: u64) {
        if self.told.elapsed() < PROGRESS {
            return;
        }
        self.told = Instant::now();
        self.folder = self.run.traffic.folder().or(self.folder);
        let sent = self.run.traffic.sent() - self.sent_before;
        self.run.emit(Event::Copies { ended, of: self.copies, sent, folder: self.folder });
    }
}

/// Copies that ended, by how.
#[derive(Default)]
struct Ended {
    count: u64,
    passed: Vec<(u64, Kept)>,
    unanswered: BTreeMap<Unanswered, usize>,
    /// Those of the unanswered that only say that nobody leads.
    refused: Vec<Refused>,
    failed: Vec<(u64, Box<Failed>)>,
    /// All of them, with when they ended since the run began.
    ends: Vec<(Duration, CopyEnd)>,
    /// How long the slowest of them took.
    slowest: Duration,
}

/// A copy that ended.
struct Copy {
    number: u64,
    took: Duration,
    result: Result<Kept, Stop>,
}

impl Interpreter<'_> {
    pub(super) async fn concurrently(
        &self,
        many: &Concurrently,
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let copies = count(&many.copies, scope)?;
        let mut gate = Gate::new(count(&many.in_flight, scope)?.clamp(1, 64));
        let at_least = count(&many.at_least, scope)?;
        let after = match &many.beside {
            Some(beside) => count(&beside.after, scope)?,
            None => 0,
        };
        let unanswered = many.unanswered.as_ref().map(|expect| expect.resolve(scope)).transpose()?;
        let inner = Frame { many: gate.in_flight > 1, unanswered, quiet: true, ..frame.clone() };
        let outer = Frame { many: true, ..frame.clone() };
        let start = scope.fork();
        let copy = async |number: u64| {
            let mut own = start.fork();
            own.set(&many.name, number);
            let frame = inner.round(number);
            let began = Instant::now();
            let result = self.steps(&many.steps, &mut own, &frame).await.map(|()| own.own_names());
            Copy { number, took: began.elapsed(), result }
        };

        let mut running = FuturesUnordered::new();
        let mut ended = Ended::default();
        let over = Notify::new();
        let mut beside = many.beside.as_ref().map(|beside| Box::pin(self.beside(beside, scope, &outer, &over)));
        let (mut besides_turn, mut out_of_time) = (false, false);
        let (began, mut next) = (Instant::now(), 0);
        let deadline = self.run.time.deadline(LONGEST);
        let mut progress = (!frame.quiet).then(|| Progress::of(self.run, copies));
        loop {
            if let Some(progress) = &mut progress {
                progress.tell(ended.count);
            }
            let expired = deadline.passed();
            out_of_time |= expired.is_some_and(Expired::is_starved);
            // The steps beside the copies run while there are copies.
            let waiting = beside.is_some() && !besides_turn;
            let enough = ended.enough(many.during, began, at_least) && !waiting;
            let going_on = !enough && expired.is_none() && ended.goes_on(self.run.began.elapsed());
            while going_on && next < copies && gate.lets_in(running.len(), ended.count) {
                running.push(copy(next));
                next += 1;
            }
            let opens = next < copies && gate.opens(ended.count);
            // If fewer copies end than these steps wait for, they run when all have ended.
            besides_turn |= ended.count >= after || running.is_empty();
            if running.is_empty() {
                over.notify_one();
            }
            match &mut beside {
                None if running.is_empty() => break,
                None => tokio::select! {
                    Some(one) = running.next() => ended.take(one, self.run.began.elapsed())?,
                    () = gate.open_further(), if opens => {}
                },
                Some(steps) => tokio::select! {
                    result = steps, if besides_turn => {
                        beside = None;
                        result?;
                    }
                    Some(one) = running.next(), if !running.is_empty() => {
                        ended.take(one, self.run.began.elapsed())?;
                    }
                    () = gate.open_further(), if opens => {}
                },
            }
        }
        drop(running);
        drop(beside);
        let in_turn = gate.in_flight == 1;
        let passed = ended.verdict(next, at_least, many, out_of_time, in_turn)?;
        if let Some(name) = &many.keep {
            // Their values are counted twice while both lists exist.
            let all: Vec<Value> = passed.iter().map(|(_, kept)| kept.names.clone()).collect();
            let sources = passed.iter().map(|(_, kept)| kept.source.clone()).collect();
            scope.save_list(name, all, sources)?;
        }
        Ok(())
    }

    /// The steps beside the copies; again and again, if the pack says so, until it is told that these are over.
    async fn beside(&self, beside: &Beside, scope: &mut Scope, frame: &Frame, over: &Notify) -> Result<(), Stop> {
        loop {
            self.steps(&beside.steps, scope, frame).await?;
            let Some(every) = beside.every else { return Ok(()) };
            if timeout(every, over.notified()).await.is_ok() {
                return Ok(());
            }
        }
    }
}

pub(super) fn describe(many: &Concurrently) -> String {
    format!("{} at once, {} in flight", data(&many.copies), data(&many.in_flight))
}

impl Ended {
    /// Whether no more need to begin: the time that they were to go on for is over, and enough have passed.
    fn enough(&self, during: Option<Duration>, began: Instant, at_least: u64) -> bool {
        during.is_some_and(|during| began.elapsed() >= during) && self.passed.len() as u64 >= at_least
    }

    /// Whether more may begin: none failed, or all that did got wrong answers, a short time ago, and none is slow.
    fn goes_on(&self, now: Duration) -> bool {
        if self.failed.is_empty() {
            return true;
        }
        let first = self.ends.iter().find(|(_, end)| *end == CopyEnd::Failed);
        let first = first.map_or(now, |(at, _)| *at);
        let is_answer = |what: &What| {
            let answers = what.finding().wrong_answers();
            let answered = |(operation, _): &(&Operation, _)| matches!(operation.result, Answered::Answer(_));
            !answers.is_empty() && answers.iter().all(answered)
        };
        let quick = self.slowest < QUICK && now.saturating_sub(first) < GO_ON;
        quick && self.failed.iter().all(|(_, failed)| is_answer(&failed.what))
    }

    fn take(&mut self, copy: Copy, now: Duration) -> Result<(), Stop> {
        let Copy { number, took, result } = copy;
        self.count += 1;
        self.slowest = self.slowest.max(took);
        let end = match result {
            Ok(names) => {
                self.passed.push((number, names));
                CopyEnd::Right
            }
            Err(Stop::Unanswered(how, refused)) => {
                *self.unanswered.entry(how).or_default() += 1;
                self.refused.extend(refused);
                CopyEnd::Unanswered(how)
            }
            Err(Stop::Failed(failed)) => {
                self.failed.push((number, failed));
                CopyEnd::Failed
            }
            Err(fault @ (Stop::Fault(_) | Stop::Pack(_))) => return Err(fault),
        };
        self.ends.push((now, end));
        Ok(())
    }

    /// The copies that passed, in order, where all is well. `starved`: no more were begun, because the time for all was
    /// up and the program was not granted it.
    fn verdict(
        mut self,
        started: u64,
        at_least: u64,
        many: &Concurrently,
        starved: bool,
        in_turn: bool,
    ) -> Result<Vec<(u64, Kept)>, Stop> {
        self.failed.sort_by_key(|(number, _)| *number);
        let count = self.failed.len();
        if let Some((number, mut failed)) = surest(&mut self.failed, |(_, failed)| failed) {
            let others = in_other_ways(&failed.what, self.failed.into_iter().map(|(_, failed)| failed.what));
            let first = Box::new(failed.what);
            let copy = format!("{} = {number}", many.name);
            let spread = Spread::of(&self.ends);
            failed.what = What::Copies { failed: count, of: started as usize, copy, first, in_turn, spread, others };
            return Err(Stop::Failed(failed));
        }
        if (self.passed.len() as u64) < at_least {
            // With these, enough would have passed.
            let short = self.unanswered.get(&Unanswered::Starved).copied().unwrap_or_default();
            let starved = starved || (self.passed.len() + short) as u64 >= at_least;
            let unanswered = self.unanswered.into_iter().collect();
            let (passed, wanted) = (self.passed.len(), at_least as usize);
            let refused = self.refused;
            return Err(Stop::failed(Finding::TooFew { passed, wanted, unanswered, starved, refused }));
        }
        self.passed.sort_by_key(|(number, _)| *number);
        Ok(self.passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Cause, Excerpt};
    use crate::scenario::draw::Draw;

    fn copy(number: u64, took: u64, finding: Option<Finding>) -> Copy {
        let kept = Scope::new(Draw::new("")).own_names();
        let result = finding.map_or(Ok(kept), |finding| Err(Stop::failed(finding)));
        Copy { number, took: Duration::from_millis(took), result }
    }

    fn wrong(result: Answered) -> Option<Finding> {
        let operation = Box::new(Operation::example("GET", result));
        Some(Finding::Answer { operation, mismatches: Vec::new() })
    }

    fn answered() -> Option<Finding> {
        let answer = Answer { status: 200, headers: Vec::new(), body: Excerpt::new(b"old"), unsettled: false };
        wrong(Answered::Answer(answer))
    }

    /// Whether others begin so long after these copies, the first of which ended after a second.
    fn goes_on(copies: Vec<Copy>, after: u64) -> bool {
        let mut ended = Ended::default();
        for copy in copies {
            ended.take(copy, Duration::from_secs(1)).unwrap();
        }
        ended.goes_on(Duration::from_secs(1) + Duration::from_millis(after))
    }

    #[test]
    fn others_go_on_after_a_wrong_answer_for_as_long_as_that_is_cheap() {
        let silent = Answered::NoAnswer { cause: Cause::TimedOut, detail: String::new(), part: None, starved: false };
        assert!(goes_on(vec![copy(0, 9000, None)], 60_000), "nothing is wrong yet");
        assert!(goes_on(vec![copy(0, 1, None), copy(1, 1, answered())], 999));
        assert!(!goes_on(vec![copy(0, 1, answered())], 1000), "that is long enough");
        assert!(!goes_on(vec![copy(0, 600, None), copy(1, 1, answered())], 1), "each takes long");
        assert!(!goes_on(vec![copy(0, 1, wrong(silent))], 1), "there was no answer");
        assert!(!goes_on(
            vec![copy(0, 1, answered()), copy(1, 1, Some(Finding::Value { sentence: String::new() }))],
            1
        ));
    }
}
