//! Time and crashes, which walks keep away from or meet rarely.

use std::collections::{BTreeMap, BTreeSet};

use super::super::beliefs::{Beliefs, Judged, Model, Setup};
use super::super::kind::Takes;
use super::super::operation::{Answer, Asked, Holding, JobState, Outcome, Span, Subject, Text};
use super::{OPERATIONS, Queue};

struct Watched {
    queue: Beliefs<Queue>,
    steps: usize,
}

/// One that has a job with the number 1, put at 0, with these seconds of delay and time to run.
fn with_a_job(delay: u32, time_to_run: u32) -> Watched {
    let told = OPERATIONS.iter().flat_map(|kind| kind.outcomes.iter().map(|outcome| (kind.word, *outcome)));
    let queue = Beliefs::new(Queue::default(), Setup { versions: false, told: told.collect() });
    let mut watched = Watched { queue, steps: 0 };
    let numbers = [(Takes::Delay, delay), (Takes::TimeToRun, time_to_run), (Takes::Priority, 7)];
    let put = Asked { value: Some("body".into()), numbers: numbers.into(), ..watched.asked("put", 0) };
    watched.answer(&put, Answer { job: Some("1".into()), ..Answer::of(Outcome::Ok) });
    watched
}

fn shown() -> Answer {
    Answer { value: Some("body".into()), job: Some("1".into()), ..Answer::of(Outcome::Ok) }
}

impl Watched {
    /// An operation of worker 0 at this time, on job 1 if it is on one.
    fn asked(&mut self, word: &'static str, at: u64) -> Asked {
        self.steps += 1;
        let kind = OPERATIONS.iter().find(|kind| kind.word == word).unwrap();
        let job = kind.takes(Takes::Job).then(|| Text::from("1"));
        Asked { number: self.steps, at: Span::at(at), word, job, numbers: BTreeMap::new(), ..Asked::default() }
    }

    fn answer(&mut self, asked: &Asked, answer: Answer) {
        assert_eq!(self.queue.answered(asked, &answer), Judged::Possible, "{asked:?}");
    }

    fn done(&mut self, word: &'static str, at: u64, answer: Answer) {
        let asked = self.asked(word, at);
        self.answer(&asked, answer);
    }

    /// How an operation may end.
    fn may(&mut self, word: &'static str, at: u64) -> Vec<Outcome> {
        let asked = self.asked(word, at);
        let outcomes: BTreeSet<Outcome> = self.queue.rights(&asked).iter().map(|right| right.outcome).collect();
        outcomes.into_iter().collect()
    }
}

#[test]
fn a_time_to_run_ends_in_its_second() {
    let mut watched = with_a_job(0, 2);
    watched.done("reserve_now", 100, shown());
    assert_eq!(watched.may("touch", 2000), [Outcome::Ok]);
    assert_eq!(watched.may("touch", 2500), [Outcome::Ok, Outcome::Absent]);
    assert_eq!(watched.may("touch", 3200), [Outcome::Absent]);
    assert_eq!(watched.may("delete", 3200), [Outcome::Ok]);
    watched.done("touch", 1000, Answer::of(Outcome::Ok));
    assert_eq!(watched.may("release", 2900), [Outcome::Ok]);
}

#[test]
fn a_worker_may_be_warned_in_the_last_second() {
    let mut watched = with_a_job(0, 3);
    watched.done("reserve_now", 0, shown());
    assert_eq!(watched.may("reserve_now", 1900), [Outcome::Empty]);
    assert_eq!(watched.may("reserve_now", 2100), [Outcome::Empty, Outcome::Soon]);
    assert_eq!(watched.may("reserve_now", 4100), [Outcome::Ok]);
}

#[test]
fn a_delay_ends_in_its_second_also_over_a_crash() {
    let mut watched = with_a_job(5, 60);
    assert_eq!(watched.may("reserve_now", 4900), [Outcome::Empty]);
    assert_eq!(watched.may("reserve_now", 5500), [Outcome::Ok, Outcome::Empty]);
    assert_eq!(watched.may("reserve_now", 6100), [Outcome::Ok]);
    watched.queue.restarted().unwrap();
    assert_eq!(watched.may("peek_delayed", 3900), [Outcome::Ok]);
    assert_eq!(watched.may("reserve_now", 6900), [Outcome::Ok, Outcome::Empty]);
    assert_eq!(watched.may("reserve_now", 7100), [Outcome::Ok]);
}

#[test]
fn a_gone_worker_has_its_job_until_that_is_noticed() {
    let mut watched = with_a_job(0, 60);
    watched.done("reserve_now", 0, shown());
    watched.done("disconnect", 100, Answer::of(Outcome::Ok));
    assert_eq!(watched.may("touch", 200), [Outcome::Absent]);
    assert_eq!(watched.may("delete", 200), [Outcome::Ok, Outcome::Absent]);
    assert_eq!(watched.may("delete", 5200), [Outcome::Ok]);
    // An answer decides.
    watched.done("reserve_now", 300, shown());
    assert_eq!(watched.may("delete", 400), [Outcome::Ok]);
}

#[test]
fn a_job_that_was_taken_by_its_number_may_be_where_it_was_after_a_crash() {
    let mut watched = with_a_job(0, 60);
    watched.done("reserve_now", 0, shown());
    watched.done("bury", 10, Answer::of(Outcome::Ok));
    watched.done("reserve_job", 20, shown());
    watched.queue.restarted().unwrap();
    let job = |state| Holding::Job { state, tube: 0, priority: 0 };
    let may_be = watched.queue.holds(&Subject::Job("1".into()));
    assert_eq!(may_be, [job(JobState::Ready), job(JobState::Buried)]);
    assert_eq!(watched.may("kick_job", 30), [Outcome::Ok, Outcome::Absent]);
}

#[test]
fn a_put_that_nobody_answered_is_found_by_its_body() {
    let mut watched = with_a_job(0, 60);
    let put = Asked { value: Some("other".into()), ..watched.asked("put", 10) };
    watched.queue.unanswered(&put).unwrap();
    watched.queue.restarted().unwrap();
    let other = Answer { value: Some("other".into()), job: Some("2".into()), ..Answer::of(Outcome::Ok) };
    // Its priority of 0 comes before that of 7.
    let reserve = watched.asked("reserve_now", 20);
    assert_eq!(watched.queue.rights(&reserve).len(), 2);
    let twice = Answer { job: Some("1".into()), ..other.clone() };
    assert!(matches!(watched.queue.answered(&reserve, &twice), Judged::Impossible(_)));
    watched.answer(&reserve, other);
    assert_eq!(watched.queue.jobs(), ["1".into(), "2".into()].into());
}
