//! Requests and conversations of the running test, as lines: the same request with the same outcome, repeated within one
//! step, shares the line of the first.

use std::collections::HashMap;
use std::time::Duration;

use super::cause;
use super::own_lines::{Ask, Asked, Came, Change, Kind, OwnLine, line, request_words};
use super::phrases::speech_words;
use super::times::time;
use crate::facts::{Answered, Operation, OperationId, Speech, Spoken};
use crate::text::clean;

/// Different requests of one step that may be repeated: as many as nodes that are asked in turn, and some more.
const KINDS: usize = 32;
/// An answer that took this long says so.
const SLOW: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(super) struct Requests {
    /// What was asked since the running step began, with the lines of that.
    recent: Vec<(Same, usize)>,
    /// Of the running test.
    lines: HashMap<OperationId, Asking>,
    spoken: Vec<(String, Duration, usize)>,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asking {
    pub(super) line: usize,
    /// The line is that of an earlier one.
    pub(super) repeats: bool,
}

/// What makes two requests the same.
#[derive(Debug, PartialEq)]
struct Same {
    node: String,
    body: Option<String>,
    asked: Asked,
}

impl Same {
    fn new(operation: &Operation) -> Same {
        Same {
            node: operation.node.clone(),
            body: operation.body.as_ref().map(|body| body.text.clone()),
            asked: asked(operation),
        }
    }
}

fn asked(operation: &Operation) -> Asked {
    Asked {
        ask: Ask::Http { method: operation.method.clone(), path: operation.path.clone() },
        came: match &operation.result {
            Answered::Answer(answer) => Came::Answer(answer.status),
            Answered::NoAnswer { cause, .. } => Came::Nothing(*cause),
        },
    }
}

impl Requests {
    /// Another test begins.
    pub(super) fn forget(&mut self) {
        *self = Requests::default();
    }

    /// Another step begins, or something was done to the nodes: what comes now is not what came before.
    pub(super) fn no_more_repeats(&mut self) {
        self.recent.clear();
    }

    pub(super) fn operation(&mut self, operation: &Operation, next: usize) -> Vec<Change> {
        let same = Same::new(operation);
        let known = self.recent.iter().find(|(other, _)| *other == same).map(|(_, line)| *line);
        let asking = Asking { line: known.unwrap_or(next), repeats: known.is_some() };
        if let Some(id) = operation.id {
            self.lines.insert(id, asking);
        }
        if let Some(line) = known {
            return vec![Change::Repeated { line, at: operation.called }];
        }
        if self.recent.len() == KINDS {
            self.recent.remove(0);
        }
        self.recent.push((same, next));
        vec![Change::New(request_line(operation))]
    }

    pub(super) fn spoken(&mut self, spoken: &Spoken, next: usize) {
        self.spoken.push((spoken.connection.clone(), spoken.when, next));
    }

    pub(super) fn line_of(&self, operation: &Operation) -> Option<Asking> {
        self.lines.get(&operation.id?).copied()
    }

    pub(super) fn line_said(&self, connection: &str, when: Duration) -> Option<usize> {
        let said = self.spoken.iter().rev().find(|(on, at, _)| on == connection && *at == when);
        said.map(|(_, _, line)| *line)
    }
}

pub(super) fn request_line(operation: &Operation) -> OwnLine {
    let line = line(operation.called, Some(&operation.node), Kind::Request, request_words(operation));
    OwnLine { asked: Some(asked(operation)), ..line }
}

/// `200`, `timed out after 5.0 s`
pub(super) fn outcome_words(operation: &Operation) -> String {
    let how = match &operation.result {
        Answered::Answer(answer) => answer.status.to_string(),
        Answered::NoAnswer { cause, .. } => cause::name(*cause).to_owned(),
    };
    if operation.took < SLOW { how } else { format!("{how} after {}", time(operation.took)) }
}

pub(super) fn speech_line(spoken: &Spoken) -> OwnLine {
    let kind = match &spoken.what {
        Speech::Sent { .. } | Speech::Closed { .. } => Kind::Sent,
        Speech::Received { .. } | Speech::Ended { .. } => Kind::Received,
        Speech::Opened | Speech::Silence { .. } => Kind::Remark,
    };
    let text = format!("{}: {}", clean(&spoken.connection), speech_words(&spoken.what).1);
    line(spoken.when, Some(&spoken.node), kind, text)
}
