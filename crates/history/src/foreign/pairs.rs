//! Histories in which an operation is two events: its call, and its return. They are in order, so that of two events with
//! the same time the first came first.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::file::BrokenLine;
use crate::{Action, History, Operation, Outcome, Text};

/// What an event says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Invoke,
    Ok,
    Fail,
    /// Nobody knows whether it was done, nor whether it still will be.
    Info,
}

impl Kind {
    pub(super) fn of(word: &str) -> Option<Kind> {
        match word {
            "invoke" => Some(Kind::Invoke),
            "ok" => Some(Kind::Ok),
            "fail" => Some(Kind::Fail),
            "info" => Some(Kind::Info),
            _ => None,
        }
    }
}

/// An event of one process.
pub(super) struct Event {
    pub(super) line: usize,
    pub(super) process: u32,
    pub(super) kind: Kind,
    pub(super) key: Text,
    /// What is asked for or, in an [`Kind::Ok`], what was done.
    pub(super) action: Action,
    pub(super) time: Option<u64>,
    /// How a [`Kind::Fail`] ended.
    pub(super) failed: Outcome,
    pub(super) note: Option<String>,
}

/// Collects events.
#[derive(Default)]
pub(super) struct Pairs {
    history: History,
    /// The operation of each process that has not returned, and the line of its call.
    open: BTreeMap<u32, (usize, usize)>,
    last: u64,
}

impl Pairs {
    pub(super) fn add(&mut self, event: Event) -> Result<(), BrokenLine> {
        let broken = |message: String| Err(BrokenLine { line: event.line, message });
        // Without times, each event is a microsecond after the one before it.
        let time = event.time.unwrap_or(self.last + 1_000).max(self.last + 1);
        self.last = time;
        let time = Duration::from_nanos(time);
        if event.kind == Kind::Invoke {
            if let Some((_, line)) = self.open.insert(event.process, (self.history.operations.len(), event.line)) {
                return broken(format!("process {} is still at what it began in line {line}", event.process));
            }
            self.history.operations.push(Operation {
                client: event.process,
                node: None,
                key: event.key,
                action: event.action,
                called: time,
                returned: None,
                outcome: Outcome::Unknown,
                note: None,
            });
            return Ok(());
        }
        let Some((place, _)) = self.open.remove(&event.process) else {
            return broken(format!("process {} had not begun what ends here", event.process));
        };
        let operation = &mut self.history.operations[place];
        operation.returned = Some(time);
        operation.note = event.note;
        operation.outcome = match event.kind {
            Kind::Ok => {
                operation.action = event.action;
                Outcome::Ok
            }
            Kind::Fail => event.failed,
            Kind::Info | Kind::Invoke => Outcome::Unknown,
        };
        Ok(())
    }

    pub(super) fn history(self) -> History {
        self.history
    }
}
