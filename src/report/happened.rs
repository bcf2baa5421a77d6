//! What happened to a request, a connection or a program, as the end of a sentence that names it: `got status 500 instead of 200`.

use super::visible::show;
use crate::facts::{Answered, Cause, Conversation, Expected, FailureKind, Finding, Mismatch, Operation, Spot};

/// None where the finding has sentences of its own.
pub(super) fn happened(finding: &Finding) -> Option<String> {
    match finding {
        Finding::Answer { operation, mismatches } => Some(answer(operation, mismatches)),
        Finding::Conversation(talk) => Some(conversation(talk, finding.kind())),
        Finding::Command { mismatches, .. } => Some(command(mismatches, finding.kind())),
        _ => None,
    }
}

pub(super) fn answer(operation: &Operation, mismatches: &[Mismatch]) -> String {
    let status = match &operation.result {
        Answered::NoAnswer { cause, .. } => return unanswered(*cause).to_owned(),
        Answered::Answer(answer) => answer.status,
    };
    let Some(Mismatch { path, expected, actual, .. }) = mismatches.first() else {
        return format!("got status {status}");
    };
    match path {
        Spot::Status => format!("got status {status} instead of {}", wanted(expected)),
        Spot::Error => "got an answer where the connection should have failed".to_owned(),
        path => {
            let (place, kind) = match path {
                Spot::Header(header) => (format!("`{header}`"), " header"),
                Spot::Body(path) => (path.clone(), ""),
                path => (format!("`{path}`"), ""),
            };
            match actual {
                None => format!("got status {status} without the {place}{kind}"),
                Some(_) => format!("got status {status}, but another {place}{kind} than expected"),
            }
        }
    }
}

fn unanswered(cause: Cause) -> &'static str {
    match cause {
        Cause::Refused => "was refused: nothing listens there",
        Cause::Reset => "got no answer: the connection was reset",
        Cause::Closed => "got no answer: the connection was closed",
        Cause::HalfAnswer => "got half an answer: the connection was closed in the middle of it",
        Cause::TimedOut => "got no complete answer in time",
        Cause::Garbage => "got an answer that is not HTTP",
        Cause::TooLarge => "got an answer that is too large",
        Cause::TooManyRedirects => "was redirected in a circle",
        Cause::ForeignRedirect => "was redirected to an address that belongs to no node",
        Cause::Local => "could not be sent",
        Cause::Abandoned => "had no answer yet",
    }
}

fn conversation(talk: &Conversation, kind: FailureKind) -> String {
    let node = &talk.node;
    match (talk.cause, talk.mismatches.first()) {
        (Some(Cause::Refused), _) => unanswered(Cause::Refused).to_owned(),
        (Some(Cause::Reset), _) => "lost its connection, which was reset".to_owned(),
        (Some(Cause::Closed | Cause::HalfAnswer), _) => format!("lost its connection, which {node} closed"),
        (Some(Cause::TimedOut), _) => "did not hear all of the answer in time".to_owned(),
        (Some(_), _) => "did not hear what it waited for".to_owned(),
        (None, Some(Mismatch { expected, actual: Some(actual), .. })) if kind == FailureKind::WrongLine => {
            format!("heard {} instead of {}", show(actual), wanted(expected))
        }
        (None, _) => match kind {
            FailureKind::Early => "got its answer too early",
            FailureKind::Late => "got its answer too late",
            FailureKind::Unexpected => "heard something that nothing had asked for",
            _ => "heard something other than expected",
        }
        .to_owned(),
    }
}

fn command(mismatches: &[Mismatch], kind: FailureKind) -> String {
    match (kind, mismatches.first()) {
        (FailureKind::WrongExit, Some(Mismatch { expected, actual: Some(actual), .. })) => match actual.as_str() {
            Some(signal) => format!("was {signal}"),
            None => format!("ended with status {actual} instead of {}", wanted(expected)),
        },
        (FailureKind::WrongExit | FailureKind::WrongOutput, _) => "did something other than expected".to_owned(),
        _ => "did not run to completion".to_owned(),
    }
}

fn wanted(expected: &Expected) -> String {
    match expected {
        Expected::Value(value) => show(value),
        Expected::Words(words) => words.clone(),
    }
}
