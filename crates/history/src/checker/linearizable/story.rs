//! What went wrong with a register, told by the few operations that prove it.

use std::time::Duration;

use crate::explain::Story;
use crate::explain::clauses::{Clauses, Tense, asks, left, saw, sets};
use crate::{Action, History, Operation, Outcome, Text, phrases};

pub(super) fn story(history: &History, key: &Text, few: Vec<u32>) -> Story {
    let few: Vec<usize> = few.into_iter().map(|place| place as usize).collect();
    // Including those that were refused: a value may have come from one.
    let all = (0..history.operations.len()).filter(|place| history.operations[*place].key == *key).collect();
    let clauses = Clauses::new(history, key, &few);
    Teller { history, key, initial: history.initial.get(key), all, few, clauses }.story()
}

struct Teller<'a> {
    history: &'a History,
    key: &'a Text,
    initial: Option<&'a Text>,
    /// Every operation on the key.
    all: Vec<usize>,
    /// Those that prove it.
    few: Vec<usize>,
    clauses: Clauses<'a>,
}

/// At most this many writes of which nobody knew yet whether they were done are added to those that prove it.
const MOST_OPEN: usize = 6;

/// A value, or None: the key is absent.
type Value<'a> = Option<&'a Text>;

impl<'a> Teller<'a> {
    fn story(&self) -> Story {
        let told = match &self.unmet()[..] {
            [] => self.seen(),
            [unmet] => self.unmet_story(*unmet),
            _ => None,
        };
        let mut story = told.unwrap_or_else(|| self.any_story());
        // The proof needs one source for each value that was seen. If there are other sources that may have been done,
        // a reader will ask about them.
        let mut open: Vec<usize> = story.places.iter().flat_map(|place| self.open_sources(*place)).collect();
        open.sort_by_key(|place| (std::cmp::Reverse(self.op(*place).called), *place));
        open.dedup();
        open.retain(|place| !story.places.contains(place));
        story.places.extend(open.into_iter().take(MOST_OPEN));
        story
    }

    /// What may have set the value that an operation saw, and had no answer when that operation returned. That nothing
    /// is there needs no explanation.
    fn open_sources(&self, place: usize) -> Vec<usize> {
        let (Some(Some(value)), Some(returned)) = (saw(self.op(place)), self.op(place).returned) else {
            return Vec::new();
        };
        self.sources(Some(value))
            .into_iter()
            .filter(|source| *source != place && self.op(*source).called <= returned && self.end(*source) > returned)
            .collect()
    }

    /// What set a value, or may have.
    fn sources(&self, value: Value<'a>) -> Vec<usize> {
        self.all.iter().copied().filter(|place| sets(self.op(*place)) == Some(value)).collect()
    }

    /// Until when it can have been done.
    fn end(&self, place: usize) -> Duration {
        let operation = self.op(place);
        operation.returned.filter(|_| operation.outcome != Outcome::Unknown).unwrap_or(Duration::MAX)
    }

    fn op(&self, place: usize) -> &'a Operation {
        &self.history.operations[place]
    }

    /// The last answer, which made it certain.
    fn last(&self) -> usize {
        let answered = self.few.iter().filter(|place| self.op(**place).outcome == Outcome::Ok);
        answered.copied().max_by_key(|place| self.op(*place).returned).unwrap_or(self.few[0])
    }

    fn unmet(&self) -> Vec<usize> {
        self.few.iter().copied().filter(|place| self.op(*place).outcome == Outcome::Unmet).collect()
    }

    fn tell(&self, title: &'static str, culprit: usize, since: Duration, sentence: String) -> Story {
        Story { title, places: self.few.clone(), culprit, since, sentence }
    }

    /// Something was seen that cannot have been there.
    fn seen(&self) -> Option<Story> {
        let last = self.last();
        let value = saw(self.op(last))?;
        let sources = self.sources(value);
        if self.initial != value {
            if sources.is_empty() {
                return Some(self.unwritten(last, value));
            }
            let returned = self.op(last).returned?;
            if sources.iter().all(|source| self.op(*source).called > returned) {
                return Some(self.too_early(last, value, &sources));
            }
        }
        self.too_many_won(last, value, &sources).or_else(|| self.stale(last, value, &sources))
    }

    fn unwritten(&self, last: usize, value: Value<'a>) -> Story {
        let since = self.op(last).called;
        let said = self.clauses.said(last, Tense::Past);
        let Some(text) = value else {
            let held = self
                .initial
                .map_or(String::new(), |initial| format!(" It held `{}` at first.", phrases::shown(initial)));
            return self.tell("lost value", last, since, format!("{said}, and nobody had deleted it.{held}"));
        };
        let refused = self.all.iter().copied().filter(|place| {
            let operation = self.op(*place);
            asks(operation) == Some(value) && matches!(operation.outcome, Outcome::No | Outcome::Unmet)
        });
        if let Some(refused) = refused.max_by_key(|place| self.op(*place).called) {
            let at = self.clauses.returned(refused);
            // The refusal may have come after the answer.
            let before = self.op(refused).returned <= self.op(last).returned;
            let (joint, tense, had) =
                if before { ("though", Tense::Perfect(Some(last)), " had") } else { ("and", Tense::Past, "") };
            let who = self.clauses.who(refused);
            let who = if who == self.clauses.who(last) { "it".to_owned() } else { who };
            let told = match self.op(refused).outcome {
                Outcome::Unmet => {
                    let unmet = self.clauses.said(refused, tense);
                    format!("{joint} {unmet}, so that {} was not done", self.clauses.change(refused))
                }
                _ => {
                    let note = self.op(refused).note.as_deref().map(phrases::shown);
                    let note = note.map_or(String::new(), |note| format!(" ({note})"));
                    format!("{joint} {who}{had} refused {} at {at}{note}", self.clauses.change(refused))
                }
            };
            let since = since.min(self.op(refused).called);
            let mut story = self.tell(
                "refused, yet done",
                last,
                since,
                format!("{said}, {told}. Nobody else wrote {}.", self.clauses.value(value)),
            );
            story.places.push(refused);
            return story;
        }
        let elsewhere =
            self.history.operations.iter().find(|other| other.key != *self.key && sets(other) == Some(value));
        let written = format!("nobody ever wrote `{}` to {}", phrases::shown(text), self.clauses.key());
        match elsewhere {
            Some(other) => {
                let other = phrases::shown(&other.key);
                self.tell(
                    "value of another key",
                    last,
                    since,
                    format!("{said}, and {written}. It was written to `{other}`."),
                )
            }
            None => self.tell("value from nowhere", last, since, format!("{said}, and {written}.")),
        }
    }

    fn too_early(&self, last: usize, value: Value<'a>, sources: &[usize]) -> Story {
        let said = self.clauses.said(last, Tense::Past);
        let first = sources.iter().copied().min_by_key(|source| self.op(*source).called).unwrap_or(last);
        let (change, at) = (self.clauses.change(first), self.clauses.called(first));
        let told = match value {
            Some(_) => format!("{said}, before anybody had written it: {change} was sent at {at}."),
            None => format!("{said}, before anybody had deleted it: {change} was sent at {at}."),
        };
        let mut story = self.tell("value before it was written", last, self.op(last).called, told);
        story.places.push(first);
        story
    }

    /// More compare-and-sets found the value than the number of times it was there.
    fn too_many_won(&self, last: usize, value: Value<'a>, sources: &[usize]) -> Option<Story> {
        let wins = |place: usize| {
            let operation = self.op(place);
            matches!(operation.action, Action::CompareAndSet { .. }) && saw(operation) == Some(value)
        };
        let rest = self.few.iter().copied().filter(|place| *place != last && !sources.contains(place));
        let mut others: Vec<usize> = rest.collect();
        if others.is_empty() || !others.iter().chain([&last]).all(|place| wins(*place)) {
            return None;
        }
        others.sort_by_key(|place| self.op(*place).returned);
        let said: Vec<String> = others.iter().map(|place| self.clauses.said(*place, Tense::Past)).collect();
        let key = self.clauses.key();
        let why = match value {
            _ if others.len() > 1 => {
                let all = others.len() + 1;
                format!("{key} was not {} often enough for all {all} to have found it so.", self.clauses.value(value))
            }
            None if self.is_deleted() => {
                format!("Nothing deleted {key} in between, so only one of them can have found it absent.")
            }
            None => format!("Nothing ever deleted {key}, so only one of them can have found it absent."),
            Some(value) => {
                format!("`{}` was there once, so only one of them can have found it.", phrases::shown(value))
            }
        };
        let since = others.iter().chain([&last]).map(|place| self.op(*place).called).min().unwrap_or_default();
        let last_said = self.clauses.said(last, Tense::Past);
        let told = format!("{}, and {last_said}. {why}", said.join(", "));
        let title = if others.len() > 1 { "too many compare-and-sets won" } else { "two compare-and-sets won" };
        Some(self.tell(title, last, since, told))
    }

    /// The value had been there, and something else after it.
    fn stale(&self, last: usize, value: Value<'a>, sources: &[usize]) -> Option<Story> {
        let called = self.op(last).called;
        let newer = self.few.iter().copied().filter(|place| {
            *place != last
                && self.op(*place).returned.is_some_and(|returned| returned < called)
                && left(self.op(*place)).is_some_and(|left| left != value)
        });
        let newer = newer.max_by_key(|place| self.op(*place).returned)?;
        let new = left(self.op(newer))?;
        let between = self.between(newer, last, sources);
        let older = self.older(last, value, new, sources, &between)?;
        let said = self.clauses.said(last, Tense::Past);
        let had = self.clauses.said(newer, Tense::Perfect(Some(last)));
        let is_read = matches!(self.op(newer).action, Action::Read { .. });
        let title = match (&self.op(last).action, value, new) {
            (Action::CompareAndSet { .. }, ..) => "compare-and-set on an old value",
            (_, Some(_), None) => "deleted value returned",
            _ if is_read => "a read went back",
            _ if self.is_lost(new, last) => "lost write",
            _ => "stale read",
        };
        let since = self.op(newer).called;
        let mut story = self.tell(title, last, since, format!("{said}, after {had}.{older}"));
        story.places.extend(between.into_iter().take(MOST_OPEN));
        Some(story)
    }

    /// Those of the operations that may have been done after another had begun, and before the last one had returned.
    fn between(&self, newer: usize, last: usize, sources: &[usize]) -> Vec<usize> {
        let returned = self.op(last).returned;
        let may = |source: &usize| {
            *source != last && Some(self.op(*source).called) <= returned && self.end(*source) >= self.op(newer).called
        };
        sources.iter().copied().filter(may).collect()
    }

    /// Why one value is older than another, as a sentence with a blank before it; empty where it goes without saying.
    /// None if that is not the reason.
    fn older(
        &self,
        last: usize,
        old: Value<'a>,
        new: Value<'a>,
        sources: &[usize],
        between: &[usize],
    ) -> Option<String> {
        if self.leads_to(old, new) {
            return Some(String::new());
        }
        let several = sources.len() + usize::from(self.initial == old) > 1;
        if several {
            return Some(self.not_restored(old, between));
        }
        if self.initial == old {
            return Some(match old {
                None if self.is_deleted() => " Nothing deleted it in between.".to_owned(),
                None => " Nothing ever deleted it.".to_owned(),
                Some(old) => format!(" `{}` was there at first, and nobody wrote it again.", phrases::shown(old)),
            });
        }
        let (one, other) = self.in_order(last, old, new)?;
        let acknowledged = self.few.iter().any(|place| {
            self.op(*place).outcome == Outcome::Ok
                && asks(self.op(*place)) == Some(new)
                && self.op(*place).returned.is_some_and(|returned| returned < self.op(last).called)
        });
        if acknowledged && sets(self.op(one)) == Some(old) && sets(self.op(other)) == Some(new) {
            return Some(String::new());
        }
        let one = self.clauses.said(one, Tense::Perfect(None));
        let at = self.clauses.called(other);
        let other = match &self.op(other).action {
            Action::Read { .. } => {
                let who = self.clauses.who(other);
                format!("{who} was asked at {at}")
            }
            _ => format!("{} was sent at {at}", self.clauses.change(other)),
        };
        Some(format!(
            " {} is the older one: {one}, before {other}.",
            phrases::capital_of_words(&self.clauses.value(old))
        ))
    }

    /// Whether compare-and-sets changed one value into the other.
    fn leads_to(&self, old: Value<'a>, new: Value<'a>) -> bool {
        let mut from = new;
        for _ in 0..self.few.len() {
            let cas = self.few.iter().find(|place| {
                matches!(self.op(**place).action, Action::CompareAndSet { .. })
                    && sets(self.op(**place)) == Some(from)
            });
            let Some(Action::CompareAndSet { from: before, .. }) = cas.map(|place| &self.op(*place).action) else {
                return false;
            };
            if before.as_ref() == old {
                return true;
            }
            from = before.as_ref();
        }
        false
    }

    /// What could have brought a value back, but did not.
    fn not_restored(&self, old: Value<'a>, between: &[usize]) -> String {
        match (between, old) {
            ([], None) => " Nothing deleted it in between.".to_owned(),
            ([], Some(old)) => format!(" Nobody wrote `{}` in between.", phrases::shown(old)),
            ([one], _) => format!(
                " {} that was sent at {} may have been done in between, but no time for it explains all of \
                 these answers.",
                phrases::capital(&self.clauses.change(*one)),
                self.clauses.called(*one)
            ),
            (some, old) => {
                let what = match old {
                    None => format!("deletions of {}", self.clauses.key()),
                    Some(old) => format!("writes of {}", self.clauses.equation(old)),
                };
                format!(
                    " {} {what} may have been done in between, but no times for them explain all of these \
                     answers.",
                    some.len()
                )
            }
        }
    }

    /// An operation on one value that had ended when one on the other began. The plainest case is that both were
    /// written, one after the other.
    fn in_order(&self, last: usize, old: Value<'a>, new: Value<'a>) -> Option<(usize, usize)> {
        let of = |value: Value<'a>| {
            self.few.iter().copied().filter(move |place| {
                let operation = self.op(*place);
                *place != last && (sets(operation) == Some(value) || saw(operation) == Some(value))
            })
        };
        let mut reason = None;
        for one in of(old) {
            let Some(returned) = self.op(one).returned.filter(|_| self.op(one).outcome == Outcome::Ok) else {
                continue;
            };
            for other in of(new).filter(|other| self.op(*other).called > returned) {
                let writes = sets(self.op(one)) == Some(old) && sets(self.op(other)) == Some(new);
                if writes {
                    reason = Some((one, other));
                } else {
                    reason = reason.or(Some((one, other)));
                }
            }
        }
        reason
    }

    /// An answer that a condition did not hold, when it did.
    fn unmet_story(&self, unmet: usize) -> Option<Story> {
        let operation = self.op(unmet);
        let Action::CompareAndSet { from, .. } = &operation.action else { return None };
        let from = from.as_ref();
        let before = self.few.iter().copied().filter(|place| {
            left(self.op(*place)) == Some(from) && self.op(*place).returned.is_some_and(|at| at < operation.called)
        });
        let before = before.max_by_key(|place| self.op(*place).returned);
        let after = self.few.iter().copied().find(|place| {
            saw(self.op(*place)) == Some(from) && operation.returned.is_some_and(|at| at < self.op(*place).called)
        });
        let said = self.clauses.said(unmet, Tense::Past);
        let told = match (before, after, from) {
            (Some(before), None, Some(_)) => {
                format!(
                    "{said}, though {}. Nobody changed it in between.",
                    self.clauses.said(before, Tense::Perfect(Some(unmet)))
                )
            }
            (Some(before), None, None) => {
                format!(
                    "{said}, though {}. Nobody had written it since.",
                    self.clauses.said(before, Tense::Perfect(Some(unmet)))
                )
            }
            (Some(before), Some(after), Some(from)) => format!(
                "{said}, though {}, and {}. `{}` was written once.",
                self.clauses.said(before, Tense::Perfect(Some(unmet))),
                self.clauses.said(after, Tense::Past),
                phrases::shown(from),
            ),
            (None, None, None) if self.initial.is_none() => format!("{said}, and nobody had written it yet."),
            (None, _, Some(from)) if self.initial == Some(from) => {
                format!("{said}. It held that from the start, and nobody had changed it.")
            }
            _ => return None,
        };
        let since = before.map_or(operation.called, |before| self.op(before).called);
        Some(self.tell("refused without a reason", unmet, since, told))
    }

    /// Nothing shorter would be true.
    fn any_story(&self) -> Story {
        let unmet = self.unmet();
        let last =
            self.few.iter().copied().filter(|place| self.op(*place).outcome == Outcome::Ok || unmet.contains(place));
        let last = last.max_by_key(|place| self.op(*place).returned).unwrap_or(self.few[0]);
        let since = self.few.iter().map(|place| self.op(*place).called).min().unwrap_or_default();
        let told = format!(
            "No order of these {} operations on {} explains what was answered. The last answer: {}.",
            self.few.len(),
            self.clauses.key(),
            self.clauses.said(last, Tense::Past),
        );
        self.tell("no order explains it", last, since, told)
    }

    /// Somebody deletes the key, or may have.
    fn is_deleted(&self) -> bool {
        self.all.iter().any(|place| sets(self.op(*place)) == Some(None))
    }

    /// Nobody ever saw the value, though the key was read after it had gone.
    fn is_lost(&self, value: Value<'a>, last: usize) -> bool {
        let mut read = false;
        for place in &self.all {
            let operation = self.op(*place);
            match saw(operation) {
                Some(seen) if seen == value => return false,
                Some(_) => read |= *place != last && Some(operation.called) > self.op(last).returned,
                None => {}
            }
        }
        read
    }
}
