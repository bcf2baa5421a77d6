//! Whether queues kept what they were given: nothing that was acknowledged is lost, nothing is delivered that nobody
//! put, nothing comes back after its deletion was acknowledged. A message that is delivered twice is counted, but is
//! not a violation: "at least once" allows that. (The `total-queue` of Jepsen, with deletions.)

mod story;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::{Checker, Limits, conclusion};
use crate::explain::{Story, explanation};
use crate::{Action, Counts, History, Judgement, Object, Outcome, QueueCounts, Text, Verdict, phrases};

/// Queues keep what they are given until it is taken or deleted.
#[derive(Debug, Clone, Copy)]
pub struct TotalQueue;

impl Checker for TotalQueue {
    fn name(&self) -> &'static str {
        "total_queue"
    }

    fn promise(&self) -> &'static str {
        "no message is lost, none comes that nobody put, and none comes back after its deletion was answered"
    }

    fn object(&self) -> Object {
        Object::Queue
    }

    fn judge(&self, history: &History, _: &Limits) -> Judgement {
        let mut queues: BTreeMap<usize, Queue<'_>> = BTreeMap::new();
        let mut firsts: HashMap<&Text, usize> = HashMap::new();
        let mut counts = Counts::default();
        for (place, operation) in history.operations.iter().enumerate() {
            if operation.action.object() == Object::Queue {
                counts.add(operation.outcome);
                let first = *firsts.entry(&operation.key).or_insert(place);
                queues.entry(first).or_insert_with(|| Queue::new(history, &operation.key)).add(place);
            }
        }
        counts.keys = queues.len();
        let mut sum = QueueCounts::default();
        let mut verdict = Verdict::Ok;
        for queue in queues.values() {
            let judged = queue.judge(&mut sum);
            verdict = verdict.and(judged);
        }
        let queue = (!queues.is_empty()).then_some(sum);
        conclusion(verdict, counts, queue)
    }
}

/// The operations on one message, by what they did to it.
#[derive(Default)]
struct Message {
    puts: Vec<usize>,
    /// May have been put.
    perhaps_put: usize,
    takes: Vec<usize>,
    deletions: Vec<usize>,
    perhaps_deleted: usize,
}

struct Queue<'a> {
    history: &'a History,
    name: &'a Text,
    places: Vec<usize>,
    messages: HashMap<&'a Text, Message>,
    /// In this queue, messages are deleted after they are taken, and come back if they are not.
    deletes: bool,
    /// Takes without an answer.
    perhaps_taken: usize,
}

impl<'a> Queue<'a> {
    fn new(history: &'a History, name: &'a Text) -> Self {
        Self { history, name, places: Vec::new(), messages: HashMap::new(), deletes: false, perhaps_taken: 0 }
    }

    fn add(&mut self, place: usize) {
        self.places.push(place);
        let operation = &self.history.operations[place];
        let outcome = operation.outcome;
        match &operation.action {
            Action::Put { value } => {
                let message = self.messages.entry(value).or_default();
                match outcome {
                    Outcome::Ok => message.puts.push(place),
                    Outcome::Unknown => message.perhaps_put += 1,
                    Outcome::No | Outcome::Unmet => {}
                }
            }
            Action::Take { value: Some(value) } if outcome == Outcome::Ok => {
                self.messages.entry(value).or_default().takes.push(place);
            }
            Action::Take { .. } => self.perhaps_taken += usize::from(outcome == Outcome::Unknown),
            Action::Ack { value } => {
                self.deletes = true;
                let message = self.messages.entry(value).or_default();
                match outcome {
                    Outcome::Ok => message.deletions.push(place),
                    Outcome::Unknown => message.perhaps_deleted += 1,
                    Outcome::No | Outcome::Unmet => {}
                }
            }
            _ => {}
        }
    }

    fn judge(&self, counts: &mut QueueCounts) -> Verdict {
        for message in self.messages.values() {
            let sent = message.puts.len() + message.perhaps_put;
            counts.put += message.puts.len();
            counts.delivered += message.takes.len();
            counts.deleted += message.deletions.len();
            counts.duplicated += message.takes.len().saturating_sub(sent.max(1));
            counts.recovered += message.takes.len().saturating_sub(message.puts.len()).min(message.perhaps_put);
        }
        let missing = self.missing();
        let lost = match missing {
            Some(missing) => {
                // A take without an answer may have removed its message.
                let excused = if self.deletes && self.history.drained { 0 } else { self.perhaps_taken };
                let excused = excused.min(missing.count);
                counts.lost += missing.count - excused;
                counts.excused += excused;
                (missing.count > excused).then_some(missing)
            }
            None => None,
        };
        if let Some(take) = self.wrong_take() {
            return take;
        }
        match (lost, self.is_drained()) {
            (Some(missing), _) => self.violation(story::lost(self.history, self.name, &self.places, &missing)),
            (None, false) if self.messages.values().any(|message| !message.puts.is_empty()) => Verdict::Unknown {
                reason: format!(
                    "Whether messages of `{}` were lost cannot be said: it was not emptied at the end of the history.",
                    phrases::shown(self.name)
                ),
            },
            (None, _) => Verdict::Ok,
        }
    }

    /// The first delivery that is impossible.
    fn wrong_take(&self) -> Option<Verdict> {
        let mut wrong: Option<(Duration, usize, bool)> = None;
        for message in self.messages.values() {
            for &take in &message.takes {
                let operation = &self.history.operations[take];
                let returned = operation.returned.unwrap_or(Duration::MAX);
                let sent = self.sent_before(&operation.action, returned);
                let deleted = message.deletions.iter().filter(|deletion| {
                    self.history.operations[**deletion].returned.is_some_and(|at| at < operation.called)
                });
                let deleted = deleted.count();
                if (sent == 0 || deleted >= sent) && wrong.is_none_or(|(at, ..)| returned < at) {
                    wrong = Some((returned, take, sent > 0));
                }
            }
        }
        let (_, take, was_sent) = wrong?;
        let story = match was_sent {
            true => story::back(self.history, self.name, &self.places, take),
            false => story::invented(self.history, self.name, &self.places, take),
        };
        Some(self.violation(story))
    }

    fn violation(&self, story: Story) -> Verdict {
        Verdict::Violation(Box::new(explanation(self.history, self.name, story)))
    }

    /// How often the message of a take was sent, and not refused, before it was delivered.
    fn sent_before(&self, action: &Action, returned: Duration) -> usize {
        let Action::Take { value: Some(value) } = action else { return 0 };
        let message = &self.messages[value];
        let certain = message.puts.iter().filter(|put| self.history.operations[**put].called <= returned).count();
        if message.perhaps_put == 0 {
            return certain;
        }
        let perhaps = self.places.iter().filter(|place| {
            let operation = &self.history.operations[**place];
            operation.outcome == Outcome::Unknown
                && operation.called <= returned
                && matches!(&operation.action, Action::Put { value: put } if put == value)
        });
        certain + perhaps.count()
    }

    /// Messages that were acknowledged and are gone. None if the queue was not emptied.
    fn missing(&self) -> Option<Missing> {
        if !self.is_drained() {
            return None;
        }
        let mut missing = Missing { count: 0, first: 0, taken: None, empty: self.last_empty() };
        let mut first: Option<(Duration, usize)> = None;
        for message in self.messages.values() {
            // Whether every delivery must have ended in a deletion is known only if everything that was held was
            // released.
            let accounted = match (self.deletes, self.history.drained) {
                (true, true) => message.deletions.len() + message.perhaps_deleted,
                (true, false) => message.takes.len() + message.deletions.len() + message.perhaps_deleted,
                (false, _) => message.takes.len(),
            };
            let gone = message.puts.len().saturating_sub(accounted);
            missing.count += gone;
            if gone > 0 {
                let put =
                    message.puts.iter().map(|put| (self.history.operations[*put].returned.unwrap_or_default(), *put));
                let put = put.min();
                if put.is_some_and(|put| first.is_none_or(|first| put < first)) {
                    first = put;
                    missing.taken =
                        message.takes.iter().copied().max_by_key(|take| self.history.operations[*take].called);
                }
            }
        }
        missing.first = first.map_or(0, |(_, put)| put);
        Some(missing)
    }

    fn is_drained(&self) -> bool {
        self.history.drained
            || self.last_empty().is_some_and(|empty| {
                let called = self.history.operations[empty].called;
                self.places.iter().all(|place| {
                    let operation = &self.history.operations[*place];
                    let says_nothing = matches!(operation.action, Action::Take { value: None });
                    // An operation that may still be under way can have been done before, or never.
                    says_nothing
                        || operation.outcome != Outcome::Ok
                        || operation.returned.is_some_and(|at| at < called)
                })
            })
    }

    /// The last time that somebody wanted a message and there was none.
    fn last_empty(&self) -> Option<usize> {
        let empty = self.places.iter().copied().filter(|place| {
            let operation = &self.history.operations[*place];
            operation.outcome == Outcome::Ok && matches!(operation.action, Action::Take { value: None })
        });
        empty.max_by_key(|place| self.history.operations[*place].called)
    }
}

/// Messages that are gone.
pub(super) struct Missing {
    pub(super) count: usize,
    /// The put of the one that was acknowledged first, and its last delivery.
    pub(super) first: usize,
    pub(super) taken: Option<usize>,
    /// When the queue was found empty, if that is in the history.
    pub(super) empty: Option<usize>,
}
