//! Whether a failure proves anything: one that a busy machine explains is not judged.
//!
//! What a program did wrong is judged whatever the load: a wrong value, a refused connection, a node that ended. A
//! deadline runs on granted time (see [`crate::cluster::GrantedTime`]), so missing it is judged too, unless the program
//! never got that time. That leaves two ways in which a right program can give a wrong answer on a busy machine. A
//! cluster whose nodes were not run for a moment holds a new election, and answers like one that has not settled. And
//! when lsfr does a step late, the moment that the step expects something of may be over.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::cluster::{GrantedTime, Waited};

use super::stop::Failed;
use crate::facts::{Answered, Cause, EarlyEnd, Finding, Operation, Refused, ShortWalk, Unanswered, What};

/// While others use less than this share of the machine, it is quiet enough.
pub(super) const BUSY: f64 = 0.25;
/// How long to wait for that, and how often to look. Each look covers the last second.
const QUIET_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_secs(1);
/// A node that waited for a processor for this long in one stretch may have caused an election...
const MOMENT: Duration = Duration::from_millis(100);
const STRETCH: Duration = Duration::from_millis(300);
/// ...if that was within this time before the request, or before its answer came. The same waiting spread over all of
/// that time hardly delays a heartbeat, and would excuse wrong answers on any machine where something else runs.
const BEFORE: Duration = Duration::from_secs(2);

/// Why a failure is not judged.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Doubt {
    /// The program was not granted the time that it may take.
    Starved(Option<Waited>),
    /// A node was not run for a moment, after which a cluster may hold a new election.
    Unsettled(Waited),
    /// lsfr did a step late, in a test that depends on when it does.
    Late(Duration),
    /// lsfr could not follow all that nodes sent each other.
    Unfollowed,
    /// A walk could not go on: nobody had an answer that decides for so long. Other tests judge that.
    Unserved(Duration),
    /// A walk ended before it had judged enough.
    Short(ShortWalk),
}

/// What is known of the machine when a test has failed.
pub(super) struct Circumstances<'a> {
    /// Who waited longest since the test began.
    waited: Option<Waited>,
    /// The same around an answer, if there are several nodes and the wait was long enough. Looked for between two times
    /// of the run, since a test may go on for long after an answer that failed it.
    around: Box<dyn Fn(Duration, Duration) -> Option<Waited> + 'a>,
    /// By how much lsfr was late, if at all, since the moment on which the test depends.
    late: Option<Duration>,
}

impl<'a> Circumstances<'a> {
    /// `run`: when the run began; `test`: when this test did; `timed`: since when it matters that lsfr does its steps in time.
    pub(super) fn read(
        time: &'a GrantedTime,
        run: Instant,
        test: Instant,
        nodes: usize,
        timed: Option<Instant>,
    ) -> Self {
        let around = move |from: Duration, to: Duration| {
            let waited = time.worst(run + from.saturating_sub(BEFORE), run + to, STRETCH);
            waited.filter(|waited| nodes > 1 && waited.time > MOMENT)
        };
        let late = timed.map(|timed| time.late(timed)).filter(|late| !late.is_zero());
        Self { waited: time.waited(test, Instant::now()), around: Box::new(around), late }
    }

    /// Why this failure proves nothing, if so. Of several answers or copies, one that proves something is enough.
    pub(super) fn doubt(&self, what: &What) -> Option<Doubt> {
        match what.waited() {
            // The deadline for all attempts decides, whatever the last attempt found.
            Some(starved) => self.starved(starved),
            None => self.of_finding(what.finding()),
        }
    }

    fn starved(&self, starved: bool) -> Option<Doubt> {
        starved.then(|| Doubt::Starved(self.waited.clone()))
    }

    fn of_finding(&self, finding: &Finding) -> Option<Doubt> {
        match finding {
            Finding::Answer { operation, .. } => self.of_operation(operation),
            // The answer that should not have come is one that matches.
            Finding::Answers { too_many: true, .. } => None,
            Finding::Answers { others, .. } => {
                let mut doubts = others.iter().map(|(operation, _)| self.of_operation(operation));
                let first = doubts.next()??;
                doubts.all(|doubt| doubt.is_some()).then_some(first)
            }
            Finding::Conversation(talk) => {
                let timed = matches!(talk.cause, None | Some(Cause::TimedOut));
                self.starved(talk.starved)
                    .or_else(|| self.unsettled(talk.unsettled, talk.when, talk.when))
                    .or_else(|| self.late.filter(|_| timed).map(Doubt::Late))
            }
            Finding::NoRole { starved, .. } | Finding::Undecided { starved, .. } | Finding::Node { starved, .. } => {
                self.starved(*starved)
            }
            Finding::TooFew { passed, wanted, starved, unanswered, refused } => {
                let timed_out = unanswered.iter().filter(|(how, _)| *how == Unanswered::Starved);
                let timed_out: usize = timed_out.map(|(_, count)| count).sum();
                self.starved(*starved).or_else(|| self.of_refused(refused, wanted.saturating_sub(passed + timed_out)))
            }
            Finding::Traffic(traffic) => traffic.unsure.then_some(Doubt::Unfollowed),
            Finding::Command { ran, .. } => self.starved(ran.starved),
            Finding::Cases { first, .. } => self.starved(first.ran.starved),
            Finding::Value { .. } | Finding::Compared { .. } => self.late.map(Doubt::Late),
            Finding::ShortWalk(short) => Some(Doubt::Short(short.clone())),
            Finding::Breach { .. } | Finding::Violation(_) | Finding::DiskUsage { .. } => None,
        }
    }

    fn of_operation(&self, operation: &Operation) -> Option<Doubt> {
        match &operation.result {
            Answered::NoAnswer { starved, .. } => self.starved(*starved),
            Answered::Answer(answer) => {
                let (from, to) = (operation.called, operation.called + operation.took);
                self.unsettled(answer.unsettled, from, to).or_else(|| self.late.map(Doubt::Late))
            }
        }
    }

    /// Whether so many more would have been served, had the cluster not held another election.
    fn of_refused(&self, refused: &[Refused], short: usize) -> Option<Doubt> {
        let excused = refused.iter().filter_map(|one| (self.around)(one.called, one.came));
        let excused: Vec<Waited> = excused.take(short).collect();
        if excused.len() < short {
            return None;
        }
        excused.into_iter().max_by_key(|waited| waited.time).map(Doubt::Unsettled)
    }

    fn unsettled(&self, unsettled: bool, from: Duration, to: Duration) -> Option<Doubt> {
        if unsettled { (self.around)(from, to).map(Doubt::Unsettled) } else { None }
    }
}

/// How much a failure proves, strongest first, before it is known how busy the machine was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Proof {
    Certain,
    /// Unless lsfr was late, in a test where that matters.
    InTime,
    /// Unless the program was not granted its time, or the cluster was not settled.
    Undisturbed,
}

impl Proof {
    fn given_by(what: &What) -> Self {
        let doubt = |disturbed: bool, late: Option<Duration>| {
            let waited = Waited { who: None, time: MOMENT, of: MOMENT };
            let around = move |_, _| Some(waited.clone()).filter(|_| disturbed);
            Circumstances { waited: None, around: Box::new(around), late }.doubt(what)
        };
        match (doubt(true, None), doubt(false, Some(Duration::ZERO))) {
            (Some(_), _) => Proof::Undisturbed,
            (None, Some(_)) => Proof::InTime,
            (None, None) => Proof::Certain,
        }
    }
}

/// Takes out the failure that proves most; of those that prove equally much, the first.
pub(super) fn surest<T>(failures: &mut Vec<T>, failed: impl Fn(&T) -> &Failed) -> Option<T> {
    let proofs = failures.iter().map(|failure| Proof::given_by(&failed(failure).what)).enumerate();
    let (at, _) = proofs.min_by_key(|(_, proof)| *proof)?;
    Some(failures.remove(at))
}

/// How many more tests may be tried a second time: a run on a machine that stays busy must come to its end.
#[derive(Debug)]
pub(super) struct SecondTries(AtomicU32);

impl Default for SecondTries {
    fn default() -> Self {
        Self(AtomicU32::new(3))
    }
}

impl SecondTries {
    /// False if there is none left.
    pub(super) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// Waits until others leave most of the machine to lsfr, but not for ever.
pub(super) async fn until_quiet(time: &GrantedTime) {
    let deadline = tokio::time::Instant::now() + QUIET_WITHIN;
    loop {
        sleep(LOOK).await;
        if time.others().is_none_or(|share| share < BUSY) || tokio::time::Instant::now() >= deadline {
            return;
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
        let waited = |waited: &Waited| {
            let who = waited.who.as_deref().unwrap_or("lsfr itself");
            format!("{who} waited {} of {} for a processor", seconds(waited.time), seconds(waited.of))
        };
        match self {
            Doubt::Starved(Some(who)) => write!(f, "the machine is busy with other work: {}", waited(who)),
            Doubt::Starved(None) => write!(f, "the machine is busy with other work"),
            Doubt::Unsettled(who) => {
                write!(
                    f,
                    "the cluster may have held another election: {} just before, because of other work",
                    waited(who)
                )
            }
            Doubt::Unfollowed => f.write_str("lsfr had no time to follow all that the nodes sent each other"),
            Doubt::Short(short) => {
                let ShortWalk { judged, wanted, .. } = short;
                write!(f, "the walk judged {judged} answers, and a verdict takes {wanted}: ")?;
                match short.end {
                    EarlyEnd::Time => write!(f, "its time was over after {}", seconds(short.took)),
                    EarlyEnd::Open => f.write_str("too much was open for the model to go on"),
                    EarlyEnd::Undecided => {
                        f.write_str("an operation that cannot be asked again may be done at any later time")
                    }
                }
            }
            Doubt::Unserved(time) => write!(
                f,
                "the walk could not go on: for {} no node said whether an operation is done",
                seconds(*time)
            ),
            Doubt::Late(late) => write!(
                f,
                "this test depends on when lsfr does each step, and lsfr was {} ms late with one",
                late.as_millis()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Conversation, Excerpt, Expected, Mismatch, Need, Ran};

    fn waited(ms: u64) -> Waited {
        Waited { who: Some("n3".into()), time: Duration::from_millis(ms), of: Duration::from_secs(4) }
    }

    fn busy() -> Circumstances<'static> {
        Circumstances { waited: Some(waited(1_800)), around: Box::new(|_, _| Some(waited(300))), late: None }
    }

    fn idle() -> Circumstances<'static> {
        Circumstances { waited: None, around: Box::new(|_, _| None), late: None }
    }

    fn late() -> Circumstances<'static> {
        Circumstances { late: Some(Duration::from_millis(80)), ..idle() }
    }

    fn operation(result: Answered) -> Operation {
        Operation::example("GET", result)
    }

    fn answer(unsettled: bool) -> Operation {
        operation(Answered::Answer(Answer { status: 503, headers: Vec::new(), body: Excerpt::new(b""), unsettled }))
    }

    fn silence(cause: Cause, starved: bool) -> Operation {
        operation(Answered::NoAnswer { cause, detail: String::new(), part: None, starved })
    }

    fn one(operation: Operation) -> What {
        let expected = Expected::Value(200.into());
        let mismatches = vec![Mismatch { path: "status".into(), expected, actual: Some(503.into()), source: None }];
        What::Found(Finding::Answer { operation: Box::new(operation), mismatches })
    }

    fn several(operations: Vec<Operation>) -> What {
        let others = operations.into_iter().map(|operation| (operation, Vec::new())).collect();
        What::Found(Finding::Answers { need: Need::All, fitted: Vec::new(), others, too_many: false })
    }

    fn value() -> What {
        What::Found(Finding::Value { sentence: "the answer has no `term`".to_owned() })
    }

    /// Fewer copies passed than must; `refused` were told at these seconds that nobody leads.
    fn few(passed: usize, wanted: usize, starved: bool, refused: Vec<u64>) -> What {
        let moment = |s: u64| Refused { called: Duration::from_secs(s), came: Duration::from_secs(s) };
        let unanswered = vec![(Unanswered::Status(503), refused.len()), (Unanswered::Cause(Cause::Reset), 2)];
        let refused = refused.into_iter().map(moment).collect();
        What::Found(Finding::TooFew { passed, wanted, unanswered, starved, refused })
    }

    fn not_in_time(last: What, starved: bool) -> What {
        let within = Duration::from_secs(3);
        What::NotInTime { within, attempts: 30, last: Box::new(last), seen: Vec::new(), starved }
    }

    #[test]
    fn what_the_program_did_is_judged_however_busy_the_machine_is() {
        let ended = What::Found(Finding::Node {
            node: "n1".into(),
            sentence: "n1 ended on its own".into(),
            said: Vec::new(),
            late: false,
            starved: false,
        });
        let breach = What::Found(Finding::Breach { sentence: "Two nodes led".into(), proof: Vec::new() });
        for what in [one(answer(false)), one(silence(Cause::Closed, false)), value(), ended, breach] {
            assert_eq!(busy().doubt(&what), None, "{what:?}");
        }
        let missed = not_in_time(one(answer(true)), false);
        assert_eq!(busy().doubt(&missed), None, "it had all of its time");
        assert_eq!(busy().doubt(&one(silence(Cause::TimedOut, false))), None, "so had this");
    }

    #[test]
    fn a_program_that_had_no_time_is_not_judged() {
        let ran = Ran { late: true, starved: true, ..Ran::default() };
        let few = few(1, 2, true, Vec::new());
        let command = What::Found(Finding::Command { ran, mismatches: Vec::new() });
        for what in [one(silence(Cause::TimedOut, true)), not_in_time(value(), true), few, command] {
            let doubt = busy().doubt(&what).unwrap_or_else(|| panic!("{what:?}"));
            assert_eq!(
                doubt.to_string(),
                "the machine is busy with other work: n3 waited 1.8 s of 4.0 s for a processor"
            );
        }
    }

    #[test]
    fn a_cluster_may_elect_anew_where_a_node_was_not_run() {
        let what = one(answer(true));
        assert!(matches!(busy().doubt(&what), Some(Doubt::Unsettled(_))));
        assert_eq!(idle().doubt(&what), None, "nothing was taken from any node");
        let held = What::DidNotHold { held: Duration::ZERO, wanted: Duration::ZERO, last: Box::new(what) };
        assert!(busy().doubt(&held).is_some());
    }

    #[test]
    fn a_load_that_an_electing_cluster_refused_is_not_judged() {
        // The nodes were not run at 10 s. What was refused long before that is the program's own doing.
        let around = |from: Duration, _| Some(waited(300)).filter(|_| from >= Duration::from_secs(10));
        let at_ten = Circumstances { around: Box::new(around), ..idle() };
        assert!(matches!(at_ten.doubt(&few(1, 4, false, vec![3, 10, 11, 11])), Some(Doubt::Unsettled(_))));
        assert_eq!(at_ten.doubt(&few(1, 4, false, vec![3, 5, 10, 11])), None, "with these two it has three of four");
        assert_eq!(at_ten.doubt(&few(0, 4, false, vec![])), None, "resets are no refusals");
        assert_eq!(idle().doubt(&few(0, 4, false, vec![10; 40])), None, "nothing was taken from any node");
    }

    #[test]
    fn a_walk_that_was_too_short_proves_nothing_on_any_machine() {
        let reason = |end| {
            let short = ShortWalk { judged: 3, wanted: 50, took: Duration::from_secs(61), end };
            idle().doubt(&What::Found(Finding::ShortWalk(short))).unwrap().to_string()
        };
        assert_eq!(
            reason(EarlyEnd::Time),
            "the walk judged 3 answers, and a verdict takes 50: its time was over after 61.0 s"
        );
        assert!(reason(EarlyEnd::Open).ends_with("too much was open for the model to go on"));
        assert!(reason(EarlyEnd::Undecided).contains("cannot be asked again"));
    }

    #[test]
    fn of_several_answers_one_that_is_certain_is_enough() {
        let silent = || silence(Cause::TimedOut, true);
        assert!(busy().doubt(&several(vec![answer(true), silent()])).is_some());
        assert_eq!(busy().doubt(&several(vec![answer(true), answer(false), silent()])), None);
        assert_eq!(busy().doubt(&several(Vec::new())), None);
        let others = vec![(answer(true), Vec::new())];
        let too_many =
            What::Found(Finding::Answers { need: Need::None, fitted: vec!["n1".into()], others, too_many: true });
        assert_eq!(busy().doubt(&too_many), None, "what n1 answered is wrong, whatever the others say");
    }

    #[test]
    fn what_counts_is_how_it_was_around_the_answer() {
        let s = Duration::from_secs;
        let around = |from: Duration, to: Duration| {
            assert_eq!((from, to), (s(5), s(7)));
            Some(waited(300))
        };
        let circumstances = Circumstances { around: Box::new(around), ..idle() };
        let early = Operation { called: s(5), took: s(2), ..answer(true) };
        assert!(matches!(circumstances.doubt(&one(early)), Some(Doubt::Unsettled(_))));
    }

    #[test]
    fn no_sentence_decides_what_is_judged() {
        use crate::facts::{Event, Stamped, Verdict};
        let failures = |events: Vec<Stamped>| -> Vec<What> {
            let what = |stamped: Stamped| match stamped.event {
                Event::TestEnded { verdict: Verdict::Failed(failure), .. } => Some(failure.what),
                _ => None,
            };
            events.into_iter().filter_map(what).collect()
        };
        for run in crate::facts::golden::recorded() {
            for (plain, scrambled) in failures(run.events()).iter().zip(&failures(run.scrambled())) {
                for circumstances in [busy(), idle(), late()] {
                    assert_eq!(circumstances.doubt(plain), circumstances.doubt(scrambled), "{}", run.name);
                }
                assert_eq!(Proof::given_by(plain), Proof::given_by(scrambled), "{}", run.name);
            }
        }
    }

    #[test]
    fn the_surest_of_several_failures_is_kept() {
        let failed = |what| Failed { what, ..Failed::nowhere() };
        let keep = |all: Vec<What>| surest(&mut all.into_iter().map(failed).collect(), |failed| failed).unwrap().what;
        let kept = keep(vec![one(answer(true)), one(silence(Cause::TimedOut, true)), value()]);
        assert!(matches!(kept, What::Found(Finding::Value { .. })));
        let kept = keep(vec![one(answer(true)), one(silence(Cause::TimedOut, true))]);
        assert!(
            matches!(kept, What::Found(Finding::Answer { operation, .. }) if matches!(operation.result, Answered::Answer(_)))
        );
        let reset = || one(silence(Cause::Reset, false));
        assert_eq!((Proof::given_by(&value()), Proof::given_by(&reset())), (Proof::InTime, Proof::Certain));
        assert!(
            matches!(keep(vec![value(), reset()]), What::Found(Finding::Answer { .. })),
            "lateness may explain a value"
        );
    }

    #[test]
    fn where_lsfr_was_late_a_moment_may_be_over() {
        let talk = |cause, starved| {
            What::Found(Finding::Conversation(Box::new(Conversation {
                connection: "p".into(),
                node: "n1".into(),
                address: "127.0.0.1:24011".into(),
                sent: Excerpt::new(b""),
                when: Duration::ZERO,
                mismatches: Vec::new(),
                about: Vec::new(),
                sentence: None,
                cause,
                late: false,
                starved,
                unsettled: false,
            })))
        };
        assert_eq!(late().doubt(&value()), Some(Doubt::Late(Duration::from_millis(80))));
        assert!(late().doubt(&one(answer(false))).is_some() && late().doubt(&talk(None, false)).is_some());
        assert_eq!(late().doubt(&one(silence(Cause::Closed, false))), None);
        assert_eq!(late().doubt(&talk(Some(Cause::Reset), false)), None);
        assert_eq!(busy().doubt(&talk(None, false)), None, "it does not depend on a moment");
    }
}
