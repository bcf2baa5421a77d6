//! An operation in words: in its bar, and in the details.

use history::{Action, Operation, Outcome, Text};

use super::Zoom;
use crate::text::{clean, cut};
use crate::tui::theme::End;

/// Columns of a value in a bar, and in the details.
const IN_BAR: usize = 16;
const IN_DETAILS: usize = 60;

fn shown(value: &str, columns: usize) -> String {
    // No character takes more than eight to be written.
    let beginning = value.char_indices().nth(8 * columns).map_or(value, |(end, _)| &value[..end]);
    cut(&clean(beginning), columns)
}

/// What can be written in its bar, the longest first: the first of them that has room is.
pub fn labels(operation: &Operation, zoom: Zoom) -> Vec<String> {
    let words = |long| {
        let value = |value: &str| shown(value, IN_BAR);
        let maybe = |of: &Option<Text>| of.as_ref().map_or("absent".to_owned(), |of| value(of));
        let verb = verb(operation, long);
        match &operation.action {
            Action::Read { .. } | Action::Take { .. } if operation.outcome != Outcome::Ok => verb.to_owned(),
            Action::Read { value: read } | Action::Take { value: read } => format!("{verb} {}", maybe(read)),
            Action::Write { value: written } | Action::Put { value: written } | Action::Ack { value: written } => {
                format!("{verb} {}", value(written))
            }
            Action::Delete => verb.to_owned(),
            Action::CompareAndSet { from, to } => format!("{verb} {}→{}", maybe(from), maybe(to)),
            Action::Transaction { .. } => cut(&operation.steps_in_short(), 2 * IN_BAR),
            Action::Transfer { from, to, amount } => format!("{verb} {}→{} {amount}", value(from), value(to)),
            Action::Balances { .. } if operation.outcome != Outcome::Ok => verb.to_owned(),
            Action::Balances { balances } => {
                format!("{verb} {}", balances.values().map(|balance| i128::from(*balance)).sum::<i128>())
            }
        }
    };
    let with_node = || operation.node.as_ref().map(|node| format!("{} {}", shown(node, IN_BAR), words(true)));
    match zoom {
        Zoom::Words => with_node().into_iter().chain([words(true), words(false)]).collect(),
        Zoom::Short => vec![words(false)],
        Zoom::Whole => Vec::new(),
    }
}

/// The longest of them.
pub fn label(operation: &Operation, zoom: Zoom) -> String {
    labels(operation, zoom).into_iter().next().unwrap_or_default()
}

/// Its kind: a word, or a letter.
pub fn verb(operation: &Operation, long: bool) -> &'static str {
    let (word, letter) = match &operation.action {
        Action::Read { .. } => ("read", "r"),
        Action::Write { .. } => ("write", "w"),
        Action::CompareAndSet { .. } => ("cas", "c"),
        Action::Delete => ("delete", "d"),
        Action::Put { .. } => ("put", "p"),
        Action::Take { .. } => ("take", "t"),
        Action::Ack { .. } => ("delete", "d"),
        Action::Transaction { .. } => ("transaction", "x"),
        Action::Transfer { .. } => ("transfer", "m"),
        Action::Balances { .. } => ("sum", "s"),
    };
    if long { word } else { letter }
}

/// What was asked, and as much of the answer as matters.
pub fn did(operation: &Operation) -> String {
    let key = shown(&operation.key, IN_DETAILS);
    let value = |value: &str| shown(value, IN_DETAILS);
    let maybe = |of: &Option<Text>| of.as_ref().map_or("absent".to_owned(), |of| value(of));
    match &operation.action {
        Action::Read { .. } if operation.outcome != Outcome::Ok => format!("read {key}"),
        Action::Read { value: read } => format!("read {key}: {}", maybe(read)),
        Action::Write { value: written } => format!("write {key}: {}", value(written)),
        Action::CompareAndSet { from, to } => format!("change {key} from {} to {}", maybe(from), maybe(to)),
        Action::Delete => format!("delete {key}"),
        Action::Put { value: put } => format!("put into {key}: {}", value(put)),
        Action::Take { .. } if operation.outcome != Outcome::Ok => format!("take from {key}"),
        Action::Take { value: None } => format!("take from {key}: nothing was there"),
        Action::Take { value: Some(taken) } => format!("take from {key}: {}", value(taken)),
        Action::Ack { value: deleted } => format!("delete from {key}: {}", value(deleted)),
        Action::Transaction { .. } => cut(&operation.steps_in_short(), 2 * IN_DETAILS),
        Action::Transfer { from, to, amount } => format!("transfer {amount} from {} to {}", value(from), value(to)),
        Action::Balances { .. } if operation.outcome != Outcome::Ok => "read all accounts".to_owned(),
        Action::Balances { balances } => {
            let each = balances.iter().map(|(account, balance)| format!("{} {balance}", value(account)));
            format!("read all accounts: {}", each.collect::<Vec<_>>().join(", "))
        }
    }
}

/// How its bar ends.
pub fn end(operation: &Operation) -> End {
    match operation.outcome {
        Outcome::Ok => End::Done,
        Outcome::No | Outcome::Unmet => End::NotDone,
        Outcome::Unknown => End::Unknown,
    }
}

/// How it ended, as far as its client knows.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "done",
        Outcome::No => "certainly not done",
        Outcome::Unmet => "not done: its condition was not met",
        Outcome::Unknown => "nobody knows whether it was done",
    }
}

/// The client, and the node that it dealt with.
pub fn who(operation: &Operation) -> String {
    let node = operation.node.as_deref().map(|node| shown(node, IN_DETAILS));
    let node = match (node, operation.outcome) {
        (None, _) => String::new(),
        (Some(node), Outcome::Unknown) => format!(", last asked {node}"),
        (Some(node), _) => format!(", answered by {node}"),
    };
    format!("{}{node}", operation.client)
}

/// What came back, in the words of the history.
pub fn note(operation: &Operation) -> Option<String> {
    operation.note.as_deref().map(|note| shown(note, IN_DETAILS))
}

/// A clause about a fault.
pub fn clause(text: &str) -> String {
    shown(text, 2 * IN_DETAILS)
}
