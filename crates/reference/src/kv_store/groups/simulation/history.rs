//! Whether a small history of transactions is strictly serializable, by trying all orders.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// What keys have.
type State = BTreeMap<Arc<str>, String>;

/// One operation, and what it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Read {
        key: Arc<str>,
        saw: Option<String>,
    },
    Append {
        key: Arc<str>,
        value: String,
        saw: Option<String>,
    },
    /// The key had this value, or was missing.
    Check {
        key: Arc<str>,
        wanted: Option<String>,
    },
}

/// How a transaction ended, for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It happened, and what it saw counts.
    Done,
    /// A check did not hold.
    CheckFailed,
    /// It may have happened, at any time from its call on, and nobody knows what it saw.
    Unknown,
}

/// A transaction, as its client saw it. One that gave way is none: nothing happened.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) called: Duration,
    pub(super) returned: Duration,
    pub(super) acts: Vec<Act>,
    pub(super) end: End,
}

/// Finds an order in which each follows all that had returned before it was called, and sees what those before it did.
pub(super) fn is_serializable(history: &[Past]) -> bool {
    assert!(history.len() <= 64, "one bit for each");
    search(history, 0, &State::new(), &mut HashSet::new())
}

fn search(history: &[Past], done: u64, state: &State, tried: &mut HashSet<(u64, State)>) -> bool {
    let left = || history.iter().enumerate().filter(|(at, _)| done & 1 << at == 0);
    if left().all(|(_, past)| past.end == End::Unknown) {
        return true;
    }
    if !tried.insert((done, state.clone())) {
        return false;
    }
    let returned = |past: &Past| if past.end == End::Unknown { Duration::MAX } else { past.returned };
    let first = left().map(|(_, past)| returned(past)).min().unwrap_or_default();
    let mut may_be_next = left().filter(|(_, past)| past.called <= first);
    may_be_next
        .any(|(at, past)| after(past, state).is_some_and(|state| search(history, done | 1 << at, &state, tried)))
}

/// The state after the transaction; `None` if it cannot have seen that state.
fn after(past: &Past, state: &State) -> Option<State> {
    let mut next = state.clone();
    let mut held = true;
    for act in &past.acts {
        let (key, saw) = match act {
            Act::Read { key, saw } => (key, saw),
            Act::Check { key, wanted } => {
                held &= next.get(key) == wanted.as_ref();
                continue;
            }
            Act::Append { key, value, saw } => {
                next.entry(key.clone()).or_default().push_str(value);
                (key, saw)
            }
        };
        if past.end == End::Done && next.get(key) != saw.as_ref() {
            return None;
        }
    }
    match past.end {
        End::CheckFailed => (!held).then(|| state.clone()),
        End::Done => held.then_some(next),
        // With a check that does not hold it would have changed nothing.
        End::Unknown => Some(if held { next } else { state.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(called: u64, returned: u64, acts: Vec<Act>, end: End) -> Past {
        Past { called: Duration::from_millis(called), returned: Duration::from_millis(returned), acts, end }
    }

    fn read(key: &str, saw: &str) -> Act {
        Act::Read { key: key.into(), saw: (!saw.is_empty()).then(|| saw.to_owned()) }
    }

    fn append(key: &str, value: &str, saw: &str) -> Act {
        Act::Append { key: key.into(), value: value.into(), saw: Some(saw.into()) }
    }

    #[test]
    fn orders_are_found_where_there_are_some_and_only_there() {
        let skewed = [
            past(0, 9, vec![read("a", ""), append("b", "1", "1")], End::Done),
            past(0, 9, vec![read("b", ""), append("a", "2", "2")], End::Done),
        ];
        assert!(!is_serializable(&skewed), "write skew");
        let mut one_sees_the_other = skewed.clone();
        one_sees_the_other[1].acts[0] = read("b", "1");
        assert!(is_serializable(&one_sees_the_other));
        let write = past(0, 3, vec![append("a", "1", "1"), append("b", "1", "1")], End::Done);
        let old = past(4, 9, vec![read("a", "")], End::Done);
        assert!(!is_serializable(&[write.clone(), old.clone()]), "it had returned");
        assert!(is_serializable(&[Past { returned: Duration::from_millis(5), ..write.clone() }, old.clone()]));
        assert!(is_serializable(&[Past { end: End::Unknown, ..write.clone() }, old]));
        let half = past(1, 9, vec![read("a", "1"), read("b", "")], End::Done);
        assert!(!is_serializable(&[Past { end: End::Unknown, ..write.clone() }, half]), "half of it");
        let check = Act::Check { key: "a".into(), wanted: None };
        assert!(is_serializable(&[write.clone(), past(4, 9, vec![check.clone()], End::CheckFailed)]));
        assert!(!is_serializable(&[write, past(4, 9, vec![check], End::Done)]));
    }
}
