//! Checkers: each decides whether a history keeps one promise, and explains why it does not.
//!
//! To add one, write a file here with a type that implements [`Checker`], and add its line to [`CHECKERS`]. Whatever
//! names checkers (scenarios, their documentation) takes them from there.

mod bank;
mod linearizable;
mod list_append;
mod total_queue;

use std::fmt::Debug;
use std::time::Duration;

pub use bank::BankTotal;
pub use linearizable::Linearizable;
pub use list_append::ListAppend;
pub use total_queue::TotalQueue;

use crate::History;
use crate::operation::Object;
use crate::verdict::{Counts, Judgement, QueueCounts, Verdict};

/// Every checker. Of several for the same objects, [`judge`] asks the first.
pub const CHECKERS: &[&dyn Checker] =
    &[&Linearizable, &TotalQueue, &ListAppend::STRICT, &ListAppend::SERIALIZABLE, &BankTotal];

/// Decides whether a history can have happened, if the system keeps a promise.
///
/// ```
/// use history::{History, Limits, Object, checker};
///
/// let checker = checker("total_queue").expect("it is in the table");
/// assert_eq!(checker.object(), Object::Queue);
/// println!("{}: {}", checker.promise(), checker.judge(&History::default(), &Limits::default()).sentence());
/// ```
pub trait Checker: Debug + Sync {
    /// What it is called, in letters and `_`.
    fn name(&self) -> &'static str;

    /// What it promises, as a clause that can follow its name and a colon.
    fn promise(&self) -> &'static str;

    /// What it judges. Operations on anything else are left out.
    fn object(&self) -> Object;

    /// Judges the history. Where the promise is broken, the verdict holds the explanation.
    fn judge(&self, history: &History, limits: &Limits) -> Judgement;
}

/// What judging may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The time for everything. Explaining a violation that was found late takes at most two seconds more.
    pub time: Duration,
    /// Bytes for what the search has seen, all keys together.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(20), memory: 1 << 30 }
    }
}

/// The checker of this name.
pub fn checker(name: &str) -> Option<&'static dyn Checker> {
    CHECKERS.iter().copied().find(|checker| checker.name() == name)
}

/// Judges registers, queues, lists and accounts, each by the first checker for its kind.
pub fn judge(history: &History, limits: &Limits) -> Judgement {
    judge_with(&[], history, limits)
}

/// The same, where some things are to be judged by these checkers.
///
/// ```
/// use history::{History, Limits, ListAppend, Verdict, judge, judge_with};
///
/// let stale = r#"
/// {"client":1,"op":"txn","steps":[{"append":"a","value":3}],"called":1,"returned":2,"outcome":"ok"}
/// {"client":2,"op":"txn","steps":[{"get":"a","value":[]}],"called":3,"returned":4,"outcome":"ok"}
/// "#;
/// let history = History::read(stale.as_bytes())?;
/// assert!(matches!(judge(&history, &Limits::default()).verdict, Verdict::Violation(_)));
/// let serializable = judge_with(&[&ListAppend::SERIALIZABLE], &history, &Limits::default());
/// assert_eq!(serializable.verdict, Verdict::Ok);
/// assert!(serializable.order.is_some_and(|order| !order.real_time));
/// # Ok::<(), history::file::ReadError>(())
/// ```
pub fn judge_with(checkers: &[&dyn Checker], history: &History, limits: &Limits) -> Judgement {
    let occurs = |object| history.operations.iter().any(|operation| operation.action.object() == object);
    let objects = Object::ALL.into_iter().filter(|object| occurs(*object));
    let all = || checkers.iter().chain(CHECKERS);
    let judges = objects.filter_map(|object| all().find(|checker| checker.object() == object));
    let judged = judges.map(|checker| checker.judge(history, limits));
    judged.reduce(Judgement::and).unwrap_or_else(|| conclusion(Verdict::Ok, Counts::default(), None))
}

/// The final verdict on these operations: if nothing was answered, that the history can have happened says nothing.
fn conclusion(verdict: Verdict, counts: Counts, queue: Option<QueueCounts>) -> Judgement {
    let reason = match counts.operations {
        _ if counts.ok > 0 => return Judgement { verdict, counts, queue, order: None },
        0 => "There are no operations to judge.".to_owned(),
        1 => "The one operation was not done, as far as is known: there is nothing to judge.".to_owned(),
        all => format!("None of the {all} operations was done, as far as is known: there is nothing to judge."),
    };
    // A violation is a violation even so: a condition was wrongly called unmet, though nothing was done.
    Judgement { verdict: Verdict::Unknown { reason }.and(verdict), counts, queue, order: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::history;

    #[test]
    fn each_checker_is_found_by_its_name_and_each_object_has_one() {
        for one in CHECKERS {
            let found = checker(one.name()).unwrap();
            assert_eq!((found.name(), found.promise()), (one.name(), one.promise()));
            assert!(one.name().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", one.name());
            assert!(!one.promise().is_empty() && !one.promise().ends_with('.'), "{}", one.promise());
        }
        for object in Object::ALL {
            assert!(CHECKERS.iter().any(|checker| checker.object() == object), "{object:?}");
        }
        assert!(checker("linearisable").is_none());
    }

    #[test]
    fn no_checker_passes_what_holds_nothing_that_it_judges() {
        let (registers, queues) = ("c1 n1 write 7 1-2", "c1 n1 put m 1-2\nc1 n1 take - 3-4");
        for checker in CHECKERS {
            let others = match checker.object() {
                Object::Register => queues,
                Object::Queue | Object::Lists | Object::Accounts => registers,
            };
            for text in ["", others] {
                let Judgement { verdict, counts, .. } = checker.judge(&history(text), &Limits::default());
                let reason = "There are no operations to judge.".to_owned();
                assert_eq!((verdict, counts), (Verdict::Unknown { reason }, Counts::default()), "{}", checker.name());
            }
        }
    }

    #[test]
    fn registers_and_queues_of_one_history_are_judged_together() {
        let fine = "c1 n1 write 7 1-2\nc2 n1 put m 1-2\nc2 n1 take m 3-4\nc2 n1 take - 5-6";
        let judged = judge(&history(fine), &Limits::default());
        assert_eq!(judged.verdict, Verdict::Ok);
        assert_eq!((judged.counts.operations, judged.counts.keys), (4, 2));
        assert_eq!(judged.queue.map(|queue| queue.delivered), Some(1));
        let stale = judge(&history(&format!("{fine}\nc3 n1 read - 7-8")), &Limits::default());
        let Verdict::Violation(explanation) = stale.verdict else { panic!("{:?}", stale.verdict) };
        assert_eq!((&*explanation.key, stale.counts.operations), ("x", 5));
    }
}
