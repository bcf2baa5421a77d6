//! What a failed test failed at, in the lines: the answer that was wrong is marked where it stands.

use std::time::Duration;

use history::{Action, Operation, Outcome, Text};

use super::cause;
use super::diff::differences;
use super::own_lines::{Change, Kind, OwnLine, line};
use super::own_requests::{Requests, request_line};
use crate::facts::{Conversation, Finding, Mismatch, Ran, Violation, What};

/// `at`: when the test ended.
pub(super) fn wrong_lines(what: &What, at: Duration, requests: &Requests) -> Vec<Change> {
    let finding = what.finding();
    match finding {
        Finding::Conversation(talk) => vec![conversation(talk, requests)],
        Finding::Command { ran, mismatches } => vec![program(at, ran, None, mismatches)],
        Finding::Cases { first, .. } => vec![program(at, &first.ran, Some(&first.name), &first.mismatches)],
        Finding::Violation(violation) => operations(violation),
        Finding::Answer { .. } | Finding::Answers { .. } | Finding::Breach { .. } => finding
            .requests()
            .into_iter()
            .flat_map(|operation| match requests.line_of(operation) {
                Some(asking) if asking.repeats => vec![
                    Change::Taken { line: asking.line },
                    Change::New(OwnLine { wrong: true, ..request_line(operation) }),
                ],
                Some(asking) => vec![Change::Wrong { line: asking.line }],
                None => Vec::new(),
            })
            .collect(),
        // It has a line already, of a start that failed or a node that ended; or it happened at no single moment.
        Finding::Node { .. }
        | Finding::TooFew { .. }
        | Finding::NoRole { .. }
        | Finding::DiskUsage { .. }
        | Finding::Traffic(_)
        | Finding::Undecided { .. }
        | Finding::ShortWalk(_)
        | Finding::Value { .. }
        | Finding::Compared { .. } => Vec::new(),
    }
}

fn conversation(talk: &Conversation, requests: &Requests) -> Change {
    if let Some(line) = requests.line_said(&talk.connection, talk.when) {
        return Change::Wrong { line };
    }
    let what = talk.sentence.clone().or_else(|| talk.cause.map(|cause| cause::name(cause).to_owned()));
    let text = format!("{}: {}", talk.connection, what.unwrap_or_else(|| "nothing more came in time".to_owned()));
    Change::New(OwnLine { wrong: true, ..line(talk.when, Some(&talk.node), Kind::Received, text) })
}

/// A program that went wrong stands where it was started, above what it printed.
fn program(at: Duration, ran: &Ran, name: Option<&String>, mismatches: &[Mismatch]) -> Change {
    let difference = mismatches.first().and_then(|first| differences(first).into_iter().next());
    let difference = difference.map(|it| format!("{}: expected {}, actual {}", it.path, it.expected, it.actual));
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    let what = difference.or_else(|| ran.sentence.clone()).unwrap_or_default();
    let began = ran.began.unwrap_or(at);
    Change::New(OwnLine { wrong: true, ..line(began, None, Kind::Remark, format!("{name}{what}")) })
}

/// The operations of a history that show that it cannot be. Its others are only in the history.
fn operations(violation: &Violation) -> Vec<Change> {
    let explanation = &violation.explanation;
    let of = |(number, operation): (usize, &Operation)| {
        let node = operation.node.as_ref().map(ToString::to_string);
        let text = format!("client {}: {}", operation.client, did(operation));
        Change::New(OwnLine {
            wrong: number == explanation.culprit,
            ..line(operation.called, node.as_ref(), Kind::Request, text)
        })
    };
    explanation.operations.iter().enumerate().map(of).collect()
}

/// What a client of a workload asked for, and what it was told.
fn did(operation: &Operation) -> String {
    let key = &operation.key;
    let maybe = |value: &Option<Text>| value.as_ref().map_or_else(|| "absent".to_owned(), ToString::to_string);
    let known = operation.outcome == Outcome::Ok;
    let outcome = match operation.outcome {
        Outcome::Ok => "",
        Outcome::No | Outcome::Unmet => "  not done",
        Outcome::Unknown => "  no clear answer",
    };
    let did = match &operation.action {
        Action::Read { value } if known => format!("read {key}: {}", maybe(value)),
        Action::Read { .. } => format!("read {key}"),
        Action::Write { value } => format!("write {key}: {value}"),
        Action::CompareAndSet { from, to } => format!("change {key} from {} to {}", maybe(from), maybe(to)),
        Action::Delete => format!("delete {key}"),
        Action::Put { value } => format!("put into {key}: {value}"),
        Action::Take { value } if known => format!("take from {key}: {}", maybe(value)),
        Action::Take { .. } => format!("take from {key}"),
        Action::Ack { value } => format!("delete from {key}: {value}"),
        Action::Transaction { .. } => operation.steps_in_short(),
        Action::Transfer { from, to, amount } => format!("transfer {amount} from {from} to {to}"),
        Action::Balances { balances } if known => {
            let each: Vec<String> =
                balances.iter().map(|(account, balance)| format!("{account} {balance}")).collect();
            format!("read all accounts: {}", each.join(", "))
        }
        Action::Balances { .. } => "read all accounts".to_owned(),
    };
    did + outcome
}
