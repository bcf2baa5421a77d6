//! What was answered to requests with an Idempotency-Key. It is part of the state, like the values: every node that has
//! applied the same log has the same answers, even after a crash or a change of leader.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::groups::Slot;
use super::map::Outcome;
use super::record::RequestId;

/// How long an answer is kept, in seconds. A minute more than promised: a leader's clock may be ahead of the previous
/// leader's.
const KEPT: u64 = 11 * 60;

/// Answers by the id of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    outcomes: HashMap<Arc<str>, (Outcome, Slot)>,
    /// All of them, oldest first, with the time that each was given at.
    ages: VecDeque<(u64, Arc<str>)>,
}

impl Answers {
    pub(super) fn get(&self, id: &str) -> Option<Outcome> {
        self.outcomes.get(id).map(|(outcome, _)| outcome.clone())
    }

    /// Keeps the answer to a request that has none yet, with the slot of its key, and forgets those that are too old. Only the times in the log
    /// count, and they never go back: if a leader's clock is behind, the previous leader's latest time counts.
    pub(super) fn keep(&mut self, request: &RequestId, outcome: Outcome, slot: Slot) {
        let now = self.ages.back().map_or(request.at, |(newest, _)| request.at.max(*newest));
        while let Some((_, id)) = self.ages.front().filter(|(at, _)| *at + KEPT < now) {
            self.outcomes.remove(id);
            self.ages.pop_front();
        }
        self.outcomes.insert(request.id.clone(), (outcome, slot));
        self.ages.push_back((now, request.id.clone()));
    }

    /// Only for `keeps-few-ids`.
    pub(super) fn forget_all_but(&mut self, newest: usize) {
        while self.ages.len() > newest
            && let Some((_, id)) = self.ages.pop_front()
        {
            self.outcomes.remove(&id);
        }
    }

    /// All of them in the order in which they were kept.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RequestId, Outcome, Slot)> {
        let whole = |(at, id): &(u64, Arc<str>)| {
            let (outcome, slot) = self.outcomes.get(id)?;
            Some((RequestId { id: id.clone(), at: *at }, outcome.clone(), *slot))
        };
        self.ages.iter().filter_map(whole)
    }

    /// Forgets those to requests for keys of this slot: another group has them.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.outcomes.retain(|_, (_, of)| *of != slot);
        self.ages.retain(|(_, id)| self.outcomes.contains_key(id));
    }

    pub(super) fn len(&self) -> usize {
        self.ages.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str, at: u64) -> RequestId {
        RequestId { id: id.into(), at }
    }

    #[test]
    fn an_answer_is_kept_for_ten_minutes_of_the_log_whatever_its_clocks_say() {
        let (mut answers, slot) = (Answers::default(), Slot::of("k"));
        answers.keep(&request("first", 1000), Outcome::Stored(1), slot);
        answers.keep(&request("second", 1300), Outcome::ConditionFailed, slot);
        // Another leader, whose clock is behind.
        answers.keep(&request("third", 900), Outcome::Done, slot);
        answers.keep(&request("fourth", 1600), Outcome::Done, slot);
        assert_eq!(answers.get("first"), Some(Outcome::Stored(1)));
        answers.keep(&request("fifth", 1661), Outcome::Done, slot);
        assert_eq!(answers.get("first"), None);
        assert_eq!(answers.get("second"), Some(Outcome::ConditionFailed));
        assert_eq!(answers.get("third"), Some(Outcome::Done));
        answers.keep(&request("last", 9000), Outcome::Done, slot);
        let left: Vec<_> = answers.iter().collect();
        assert_eq!((left, answers.len()), (vec![(request("last", 9000), Outcome::Done, slot)], 1));
    }
    #[test]
    fn answers_go_with_the_slot_of_their_key() {
        let mut answers = Answers::default();
        let (a, b) = (Slot::of("a"), Slot::of("b"));
        for (id, slot) in [("1", a), ("2", b), ("3", a)] {
            answers.keep(&request(id, 7), Outcome::Done, slot);
        }
        answers.forget(a);
        let left: Vec<_> = answers.iter().collect();
        assert_eq!((left, answers.len()), (vec![(request("2", 7), Outcome::Done, b)], 1));
        answers.keep(&request("1", 8), Outcome::ConditionFailed, a);
        assert_eq!(answers.get("1"), Some(Outcome::ConditionFailed));
    }
}
