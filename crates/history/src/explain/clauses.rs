//! What one operation said, as a clause.

use std::time::Duration;

use super::super::phrases::{clock, decimals, shown};
use super::super::{Action, History, Operation, Outcome, Text};

/// What an operation found, if it found anything. An absent key is None.
pub(crate) fn saw(operation: &Operation) -> Option<Option<&Text>> {
    match &operation.action {
        Action::Read { value } if operation.outcome == Outcome::Ok => Some(value.as_ref()),
        Action::CompareAndSet { from, .. } if operation.outcome == Outcome::Ok => Some(from.as_ref()),
        _ => None,
    }
}

/// What an operation asks to be there afterwards, whether it was done or not.
pub(crate) fn asks(operation: &Operation) -> Option<Option<&Text>> {
    match &operation.action {
        Action::Write { value } => Some(Some(value)),
        Action::Delete => Some(None),
        Action::CompareAndSet { to, .. } => Some(to.as_ref()),
        _ => None,
    }
}

/// What an operation set, or may have set.
pub(crate) fn sets(operation: &Operation) -> Option<Option<&Text>> {
    asks(operation).filter(|_| matches!(operation.outcome, Outcome::Ok | Outcome::Unknown))
}

/// What was there at its end, if it is known to have been done.
pub(crate) fn left(operation: &Operation) -> Option<Option<&Text>> {
    if operation.outcome != Outcome::Ok {
        return None;
    }
    sets(operation).or_else(|| saw(operation))
}

/// Words about the operations of one key.
pub(crate) struct Clauses<'a> {
    history: &'a History,
    key: String,
    /// Enough decimals that times that differ look different.
    decimals: usize,
}

/// Whether something happened before what the sentence is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Tense {
    Past,
    /// And who did it: the node that the sentence is about is "it".
    Perfect(Option<usize>),
}

impl<'a> Clauses<'a> {
    pub(crate) fn new(history: &'a History, key: &Text, places: &[usize]) -> Self {
        let mut times: Vec<Duration> = places
            .iter()
            .flat_map(|place| {
                let operation = &history.operations[*place];
                [Some(operation.called), operation.returned].into_iter().flatten()
            })
            .collect();
        times.sort_unstable();
        times.dedup();
        let decimals = decimals(&times);
        Self { history, key: shown(key), decimals }
    }

    pub(crate) fn operation(&self, place: usize) -> &'a Operation {
        &self.history.operations[place]
    }

    pub(crate) fn key(&self) -> String {
        format!("`{}`", self.key)
    }

    pub(crate) fn value(&self, value: Option<&Text>) -> String {
        value.map_or("absent".to_owned(), |value| format!("`{}`", shown(value)))
    }

    /// `` `x = 7` ``
    pub(crate) fn equation(&self, value: &str) -> String {
        format!("`{} = {}`", self.key, shown(value))
    }

    pub(crate) fn called(&self, place: usize) -> String {
        clock(self.operation(place).called, self.decimals)
    }

    pub(crate) fn returned(&self, place: usize) -> String {
        self.operation(place).returned.map_or("the end".to_owned(), |at| clock(at, self.decimals))
    }

    /// Who answered.
    pub(crate) fn who(&self, place: usize) -> String {
        self.operation(place).node.as_deref().map_or("the system".to_owned(), shown)
    }

    /// Who answered, and the verb with what is done to it in this tense: `n3 had answered`.
    fn verb(&self, place: usize, verb: &str, tense: Tense) -> String {
        match tense {
            Tense::Past => format!("{} {verb}", self.who(place)),
            Tense::Perfect(Some(about)) if self.operation(about).node == self.operation(place).node => {
                format!("it had {verb}")
            }
            Tense::Perfect(_) => format!("{} had {verb}", self.who(place)),
        }
    }

    /// ``n3 answered `x = 7` at +3.20s``
    pub(crate) fn said(&self, place: usize, tense: Tense) -> String {
        let operation = self.operation(place);
        let (key, at) = (self.key(), self.returned(place));
        let verb = |verb| self.verb(place, verb, tense);
        match (&operation.action, operation.outcome) {
            (Action::Read { value: Some(value) }, _) => {
                format!("{} {} at {at}", verb("answered"), self.equation(value))
            }
            (Action::Read { value: None }, _) => format!("{} at {at} that {key} was absent", verb("answered")),
            (Action::CompareAndSet { from, .. }, Outcome::Unmet) => match from {
                Some(from) => format!("{} at {at} that {key} was not `{}`", verb("answered"), shown(from)),
                None => format!("{} at {at} that {key} was there already", verb("answered")),
            },
            (Action::Put { value }, _) => format!("{} the message `{}` at {at}", verb("acknowledged"), shown(value)),
            (Action::Take { value: Some(value) }, _) => {
                format!("{} the message `{}` at {at}", verb("delivered"), shown(value))
            }
            (Action::Take { value: None }, _) => format!("{} at {at} that {key} was empty", verb("answered")),
            (Action::Ack { value }, _) => {
                format!("{} the deletion of `{}` at {at}", verb("acknowledged"), shown(value))
            }
            (Action::Write { value }, _) => format!("{} {} at {at}", verb("acknowledged"), self.equation(value)),
            (_, _) => format!("{} {} at {at}", verb("acknowledged"), self.change(place)),
        }
    }

    /// ``the change of `x` from `5` to `7` ``
    pub(crate) fn change(&self, place: usize) -> String {
        let key = self.key();
        match &self.operation(place).action {
            Action::CompareAndSet { from: Some(from), to: Some(to) } => {
                format!("the change of {key} from `{}` to `{}`", shown(from), shown(to))
            }
            Action::CompareAndSet { from: None, to: Some(to) } => format!("the creation of {key} as `{}`", shown(to)),
            Action::CompareAndSet { from: Some(from), to: None } => {
                format!("the deletion of {}", self.equation(from))
            }
            Action::Write { value } => format!("the write of {}", self.equation(value)),
            Action::Delete | Action::CompareAndSet { .. } => format!("the deletion of {key}"),
            _ => format!("an operation on {key}"),
        }
    }
}
