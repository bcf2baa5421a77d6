//! Histories as lines of JSON, one object a line; [`FORMAT_PAGE`] is the reference for whoever writes them.
//!
//! Whatever the reader does not understand it refuses, with the line: leaving out an operation, or misreading a time,
//! would silently change the verdict.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use self::texts::Texts;
use super::exact::{self, Finer};
use super::{Action, Bank, Fault, FaultKind, History, Object, Operation, Text};
use crate::seconds;
use crate::text::BYTE_ORDER_MARK;

mod operation_line;
mod steps;
mod texts;
mod value;

/// The version of the format, in the first line of each file that lsfr writes.
pub const FORMAT: u32 = 1;

/// What the lines of a file are, in Markdown: for whoever writes one.
pub const FORMAT_PAGE: &str = include_str!("../format.md");

/// At most this many broken lines are reported.
const MOST_BROKEN: usize = 10;

/// Why a file is not a history.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be read to its end.
    #[error("the history could not be read: {0}")]
    Io(#[from] io::Error),
    /// Lines that are broken, the first ten at most.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Broken(Vec<BrokenLine>),
}

/// A line that says nothing, or something impossible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct BrokenLine {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl History {
    /// Writes the history: a line about it, then faults and operations.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let header =
            Header { history: FORMAT, initial: self.initial.clone(), drained: self.drained, bank: self.bank };
        let mut line = |value: &dyn erased::Json| -> io::Result<()> {
            let mut text = value.json()?;
            text.push(b'\n');
            out.write_all(&text)
        };
        line(&header)?;
        for fault in &self.faults {
            line(&FaultLine::from(fault))?;
        }
        for operation in &self.operations {
            line(operation)?;
        }
        Ok(())
    }

    /// Reads a history. Empty lines are left out.
    pub fn read(mut from: impl BufRead) -> Result<Self, ReadError> {
        let mut history = History::default();
        let mut texts = Texts::default();
        let mut finer_times = Finer::default();
        let mut broken = Vec::new();
        let mut objects: BTreeMap<Text, (Object, usize)> = BTreeMap::new();
        let mut text = Vec::new();
        let mut number = 0;
        loop {
            text.clear();
            if from.read_until(b'\n', &mut text)? == 0 {
                break;
            }
            number += 1;
            if number == 1 && text.starts_with(BYTE_ORDER_MARK.as_bytes()) {
                text.drain(..BYTE_ORDER_MARK.len());
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let first = history.operations.is_empty() && history.faults.is_empty() && broken.is_empty();
            let parsed = parse(&text, first).and_then(|line| match line {
                Line::Header(header) => {
                    history.initial = header.initial;
                    history.drained = header.drained;
                    history.bank = header.bank;
                    Ok(())
                }
                Line::Fault(fault) => {
                    history.faults.push(fault);
                    Ok(())
                }
                Line::Operation(operation, finer) => {
                    let mut operation = *operation;
                    let times = [Some(operation.called), operation.returned].into_iter().flatten();
                    times.zip(finer).for_each(|(time, rest)| finer_times.add(time, rest, number));
                    texts.share(&mut operation);
                    let object = operation.action.object();
                    for key in operation.keys() {
                        let (known, line) = match objects.get(key) {
                            Some(known) => *known,
                            None => *objects.entry(key.clone()).or_insert((object, number)),
                        };
                        if known != object {
                            return Err(format!(
                                "`{key}` is {} here, and {} in line {line}: it can be one of them",
                                one(object),
                                one(known)
                            ));
                        }
                    }
                    history.operations.push(operation);
                    Ok(())
                }
            });
            if let Err(mut message) = parsed {
                if !text.ends_with(b"\n") && serde_json::from_slice::<serde_json::Value>(&text).is_err() {
                    message = "the line is cut short: whoever wrote this file was stopped before its end".to_owned();
                }
                broken.push(BrokenLine { line: number, message });
                if broken.len() == MOST_BROKEN {
                    break;
                }
            }
        }
        if broken.is_empty() {
            broken = finer_times.lost(&history.operations);
            broken.truncate(MOST_BROKEN);
        }
        if broken.is_empty() { Ok(history) } else { Err(ReadError::Broken(broken)) }
    }
}

fn one(object: Object) -> &'static str {
    match object {
        Object::Register => "a register",
        Object::Queue => "a queue",
        Object::Lists => "a list",
        Object::Accounts => "an account",
    }
}

/// Serialize as an object, for lines of several types.
mod erased {
    use std::io;

    pub(super) trait Json {
        fn json(&self) -> io::Result<Vec<u8>>;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> io::Result<Vec<u8>> {
            Ok(serde_json::to_vec(self)?)
        }
    }
}

enum Line {
    Header(Header),
    Fault(Fault),
    /// With what its times have beyond nanoseconds, in order.
    Operation(Box<Operation>, Vec<String>),
}

/// What a line is, recognised by the one key that only such lines have, and the numbers of an operation as they are
/// written.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Probe<'a> {
    history: Option<serde::de::IgnoredAny>,
    fault: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    called: Option<&'a RawValue>,
    returned: Option<&'a RawValue>,
    value: Option<&'a RawValue>,
    from: Option<&'a RawValue>,
    to: Option<&'a RawValue>,
    steps: Option<&'a RawValue>,
}

impl Probe<'_> {
    /// Gives an operation the numbers as they are written, and says what its times have beyond nanoseconds.
    fn exact(&self, operation: &mut Operation) -> Result<Vec<String>, String> {
        let number = |json: Option<&RawValue>| json.and_then(|json| exact::value(json.get()));
        match &mut operation.action {
            Action::Read { value } | Action::Take { value } => *value = number(self.value).or(value.take()),
            Action::Write { value } | Action::Put { value } | Action::Ack { value } => {
                *value = number(self.value).unwrap_or_else(|| value.clone());
            }
            Action::CompareAndSet { from, to } => {
                *from = number(self.from).or(from.take());
                *to = number(self.to).or(to.take());
            }
            Action::Transaction { steps } => steps::as_written(self.steps, steps)?,
            Action::Delete | Action::Transfer { .. } | Action::Balances { .. } => {}
        }
        let time = |json: Option<&RawValue>| json.map(|json| exact::time(json.get())).transpose();
        let (called, returned) = (time(self.called)?, time(self.returned)?);
        if called > returned && returned.is_some() {
            return Err("it returned before it was called".to_owned());
        }
        operation.called = called.as_ref().map_or(operation.called, |(time, _)| *time);
        operation.returned = returned.as_ref().map(|(time, _)| *time);
        Ok([called, returned].into_iter().flatten().map(|(_, finer)| finer).collect())
    }
}

fn parse(text: &[u8], first: bool) -> Result<Line, String> {
    let said = |error: serde_json::Error| {
        // Each line is parsed by itself: the parser's own line is always 1.
        let message = error.to_string();
        match message.rsplit_once(" at line ") {
            Some((message, _)) if error.column() > 0 => format!("{message} (column {})", error.column()),
            Some((message, _)) => message.to_owned(),
            None => message,
        }
    };
    let probe: Probe = serde_json::from_slice(text).map_err(said)?;
    if probe.history.is_some() {
        if !first {
            return Err("`history` says how to read the file: it can only be in the first line".to_owned());
        }
        let header: Header = serde_json::from_slice(text).map_err(said)?;
        if header.history != FORMAT {
            return Err(format!(
                "this is format {}, and this lsfr reads format {FORMAT}: a newer lsfr may read it",
                header.history
            ));
        }
        return Ok(Line::Header(header));
    }
    if probe.fault.is_some() {
        let fault: FaultLine = serde_json::from_slice(text).map_err(said)?;
        if fault.to.is_some_and(|to| to < fault.from) {
            return Err("the fault ends before it begins".to_owned());
        }
        return Ok(Line::Fault(fault.into()));
    }
    let mut operation: Operation = serde_json::from_slice(text).map_err(said)?;
    let finer = probe.exact(&mut operation)?;
    Ok(Line::Operation(Box::new(operation), finer))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    history: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    initial: BTreeMap<Text, Text>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    drained: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    bank: Bank,
}

fn is_default(bank: &Bank) -> bool {
    *bank == Bank::default()
}

/// A [`Fault`] as a line: its kind is the key that distinguishes it from an operation.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultLine {
    fault: FaultKind,
    what: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<Text>,
    #[serde(with = "seconds")]
    from: Duration,
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    to: Option<Duration>,
}

impl From<&Fault> for FaultLine {
    fn from(fault: &Fault) -> Self {
        let Fault { kind, what, nodes, from, to } = fault.clone();
        Self { fault: kind, what, nodes, from, to }
    }
}

impl From<FaultLine> for Fault {
    fn from(line: FaultLine) -> Self {
        let FaultLine { fault, what, nodes, from, to } = line;
        Self { kind: fault, what, nodes, from, to }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
