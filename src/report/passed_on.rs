//! What nodes sent each other of the values by which a history is impossible: who sent which value to whom, and whether
//! it was sent again to a node that had answered, or stood twice in one message. A write that is sent once and one that is
//! made twice of one request look the same in the history.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use history::{Action, Explanation, History, Outcome};
use memchr::memmem::find;

use super::card_told::listed;
use super::carried::{Arrived, RECORDED};
use super::diff::plural;
use super::run_state::RunState;
use super::times::clock;
use crate::facts::Violation;
use crate::messages::{Entry, Fate, Kind, Pair, ReadError, Record};

/// More of a record than this is not looked through.
const BYTES: u64 = 64 << 20;
/// A value that is in more messages than this is sent all the time: when it is says nothing.
const MESSAGES: usize = 500;
/// Senders of a value that are told.
const SENDERS: usize = 2;
/// So many times are told one by one.
const TIMES: usize = 3;

/// The ways of the values, that of the wrong answer first.
#[derive(Debug, PartialEq, Eq)]
pub struct PassedOn(Vec<Way>);

/// Who sent a value of a key, in order of time.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    key: String,
    value: String,
    senders: Vec<Sender>,
    /// Some message has it, or another one that begins like it.
    unsure: bool,
    /// All messages are on record from end to end: it was sent no more often than is known.
    is_all: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Sender {
    node: String,
    /// To each receiver the first that arrived there or, if none did, the first.
    sent: Vec<Sent>,
    /// When it was sent to a node that had answered by then or, where answers are not known, that had got it.
    again: Vec<(String, Duration)>,
    /// Messages that have it, in all.
    messages: usize,
    /// All of those had answered.
    answered: bool,
    /// The first message that has it more than once.
    repeated: Option<Repeated>,
}

#[derive(Debug, PartialEq, Eq)]
struct Sent {
    to: String,
    at: Duration,
    arrived: Arrived,
    /// From when on the sender may know that the receiver has it.
    known: Option<Duration>,
}

#[derive(Debug, PartialEq, Eq)]
struct Repeated {
    to: String,
    at: Duration,
    times: usize,
}

impl PassedOn {
    /// `project` is the challenge directory. None if nothing can be told.
    pub fn of(violation: &Violation, state: &RunState, project: &Path) -> Option<PassedOn> {
        let told = &violation.explanation;
        let values = values(told);
        if values.is_empty() {
            return None;
        }
        let culprit = told.operations.get(told.culprit)?;
        let until = culprit.returned.unwrap_or(culprit.called);
        let file = File::open(project.join(&violation.history)).ok()?;
        let history = History::read(BufReader::new(file)).ok()?;
        let written = written(&history, &told.key, until);
        let pair = |value: &&'_ str| Pair::of(&told.key, value, written.keys().copied());
        let pairs: Vec<(&str, Pair)> = values.iter().filter_map(|value| Some((*value, pair(value)?))).collect();
        if pairs.is_empty() {
            return None;
        }
        let record = Record::open(&project.join(state.folder())).ok()??;
        // Nobody sends a value before somebody writes it, unless it comes from nowhere.
        let began = history.operations.iter().map(|operation| operation.called).min()?;
        let since = values.iter().map(|value| written.get(value).copied().unwrap_or(began)).min()?;
        // What is gone from the record may be the first of it.
        record.entries().first().filter(|first| first.began <= since)?;
        let ways = look(&record, &told.key, &pairs, since, until).ok()??;
        Some(PassedOn(ways)).filter(|passed_on| !passed_on.0.is_empty())
    }

    /// ``Between nodes: n4 sent `a-3 = 20-1` to n1 and n2, once each, at +0.906.``
    pub fn words(&self) -> String {
        let all: Vec<String> = self.0.iter().map(Way::words).collect();
        format!("Between nodes: {}", all.join(" "))
    }
}

/// The value of the wrong answer, and the one that it should have been, where each is one: of the others that were known
/// before it was asked for, the last. Of a write that was refused, what it would have written comes first: a leader that
/// made it twice may have refused the second.
fn values(told: &Explanation) -> Vec<&str> {
    let Some(culprit) = told.operations.get(told.culprit) else { return Vec::new() };
    let (wrong, right) = match (&culprit.action, culprit.outcome) {
        (Action::Read { value }, Outcome::Ok) => {
            let known = told.operations.iter().filter(|operation| {
                operation.outcome == Outcome::Ok && operation.returned.is_some_and(|at| at <= culprit.called)
            });
            let others = known.filter_map(|operation| Some((operation.returned, held(&operation.action)?)));
            let right = others.filter(|(_, other)| Some(*other) != value.as_deref()).max();
            (value.as_deref(), right.map(|(_, other)| other))
        }
        (Action::CompareAndSet { from, to }, Outcome::Unmet) => (to.as_deref(), from.as_deref()),
        _ => (None, None),
    };
    wrong.into_iter().chain(right).collect()
}

/// All values that were written to the key by then, and since when each may be there.
fn written<'h>(history: &'h History, key: &str, until: Duration) -> BTreeMap<&'h str, Duration> {
    let mut written: BTreeMap<&str, Duration> = BTreeMap::new();
    for operation in history.operations.iter().filter(|operation| &*operation.key == key && operation.called <= until)
    {
        let (Action::Write { value } | Action::CompareAndSet { to: Some(value), .. }) = &operation.action else {
            continue;
        };
        let since = written.entry(value).or_insert(operation.called);
        *since = operation.called.min(*since);
    }
    written
}

/// What a key held after an operation that was done.
fn held(action: &Action) -> Option<&str> {
    match action {
        Action::Read { value } => value.as_deref(),
        Action::Write { value } => Some(value),
        Action::CompareAndSet { to, .. } => to.as_deref(),
        _ => None,
    }
}

/// None where there is too much to look through.
fn look(
    record: &Record,
    key: &str,
    pairs: &[(&str, Pair)],
    since: Duration,
    until: Duration,
) -> Result<Option<Vec<Way>>, ReadError> {
    let mut is_all = true;
    let may_have = |line: &[u8]| {
        is_all &= is_whole(line);
        pairs.iter().any(|(_, pair)| pair.may_be_in(line))
    };
    let Some(found) = record.scan(&(since..until), BYTES, may_have)? else { return Ok(None) };
    if found.len() > MESSAGES {
        return Ok(None);
    }
    let answers = answers(record, &found);
    let way = |(value, _): &(&str, Pair)| Way {
        key: key.to_owned(),
        value: (*value).to_owned(),
        senders: Vec::new(),
        unsure: false,
        is_all: true,
    };
    let mut ways: Vec<Way> = pairs.iter().map(way).collect();
    for entry in found {
        let (message, _) = record.message(entry)?;
        let text = format!("{}\n{}", message.head, message.body);
        let known = match entry.kind {
            Kind::HttpRequest => entry.exchange.and_then(|exchange| answers.get(&exchange).copied()),
            _ => entry.ended.filter(|_| entry.fate == Some(Fate::HandedOver)),
        };
        for ((_, pair), way) in pairs.iter().zip(&mut ways) {
            match pair.times_in(text.as_bytes()) {
                Some(0) => {}
                Some(times) => way.add(entry, times, known, until),
                None => way.unsure = true,
            }
        }
    }
    ways.iter_mut().for_each(|way| way.is_all = is_all);
    ways.retain(|way| !way.unsure && !way.senders.is_empty());
    Ok(Some(ways))
}

/// Whether the line of a message has all of its body: of what is long only the beginning is recorded, and of what is old not
/// even that is kept.
fn is_whole(line: &[u8]) -> bool {
    // Within a text its quotes would be escaped.
    const LENGTH: &[u8] = b"\"length\":";
    const BODY: &[u8] = b"\"body\":";
    let Some(at) = find(line, LENGTH) else { return true };
    let digits = line[at + LENGTH.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    let length =
        digits.fold(0, |length: u64, digit| length.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    length == 0 || length <= RECORDED && find(line, BODY).is_some()
}

/// When the answers to these requests were handed over.
fn answers(record: &Record, requests: &[&Entry]) -> HashMap<(u32, u32), Duration> {
    let wanted: BTreeSet<(u32, u32)> = requests.iter().filter_map(|entry| entry.exchange).collect();
    let answer = |entry: &Entry| {
        let is_one = entry.kind == Kind::HttpAnswer && entry.fate == Some(Fate::HandedOver);
        Some((entry.exchange.filter(|exchange| is_one && wanted.contains(exchange))?, entry.ended?))
    };
    record.entries().iter().filter_map(answer).collect()
}

impl Way {
    /// A message that has the value. `known`: from when on its sender may know that it came.
    fn add(&mut self, entry: &Entry, times: usize, known: Option<Duration>, until: Duration) {
        let place = self.senders.iter().position(|sender| sender.node == *entry.from).unwrap_or_else(|| {
            self.senders.push(Sender {
                node: entry.from.to_string(),
                sent: Vec::new(),
                again: Vec::new(),
                messages: 0,
                answered: true,
                repeated: None,
            });
            self.senders.len() - 1
        });
        let sender = &mut self.senders[place];
        sender.messages += 1;
        if times > 1 && sender.repeated.is_none() {
            sender.repeated = Some(Repeated { to: entry.to.to_string(), at: entry.began, times });
        }
        let sent = Sent { to: entry.to.to_string(), at: entry.began, arrived: Arrived::of(entry, until), known };
        match sender.sent.iter_mut().find(|before| before.to == *entry.to) {
            None => sender.sent.push(sent),
            Some(before) if before.known.is_some_and(|known| known <= entry.began) => {
                sender.again.push((entry.to.to_string(), entry.began));
                sender.answered &= entry.kind == Kind::HttpRequest;
            }
            Some(before) if before.arrived != Arrived::Yes && sent.arrived == Arrived::Yes => *before = sent,
            Some(before) => before.known = before.known.into_iter().chain(known).min(),
        }
    }

    fn words(&self) -> String {
        let name = format!("`{} = {}`", self.key, self.value);
        let told = self.senders.iter().take(SENDERS).enumerate();
        let mut sentences: Vec<String> =
            told.map(|(at, sender)| sender.words(if at == 0 { &name } else { "it" }, self.is_all)).collect();
        let more = self.senders.len().saturating_sub(SENDERS);
        if more > 0 {
            sentences.push(format!("{more} more {} it.", plural(more, "node sent", "nodes sent")));
        }
        sentences.join(" ")
    }
}

impl Sender {
    /// `is_all`: what is not known did not happen.
    fn words(&self, what: &str, is_all: bool) -> String {
        let mut to: Vec<String> = self.sent.iter().map(|sent| sent.to.clone()).collect();
        to.sort();
        let times: Vec<Duration> = self.sent.iter().map(|sent| sent.at).collect();
        let each = match to.len() {
            all if !is_all || self.messages > all => "",
            1 => ", once,",
            _ => ", once each,",
        };
        let first = format!("{} sent {what} to {}{each} {}", self.node, listed(&to), span(&times));
        let missing = self.sent.iter().filter(|sent| is_all && sent.arrived != Arrived::Yes);
        let missing: Vec<String> = missing.map(|sent| sent.to.clone()).collect();
        let missing = if missing.is_empty() {
            String::new()
        } else {
            format!("; it did not arrive at {} by then", listed(&missing))
        };
        let repeated = self.repeated.as_ref().map(|Repeated { to, at, times }| {
            let often = if *times == 2 { "twice".to_owned() } else { format!("{times} times") };
            format!(" Its message to {to} at {} has it {often}.", clock(*at))
        });
        format!("{first}{}{missing}.{}", self.told_again(), repeated.unwrap_or_default())
    }

    fn told_again(&self) -> String {
        let that = if self.answered { "that had already answered" } else { "that already had it" };
        let receivers: BTreeSet<&str> = self.again.iter().map(|(to, _)| to.as_str()).collect();
        let nodes = plural(receivers.len(), "a node", "nodes");
        let times: Vec<Duration> = self.again.iter().map(|(_, at)| *at).collect();
        match &times[..] {
            [] => String::new(),
            few if few.len() <= TIMES => {
                let times: Vec<String> = few.iter().map(|at| clock(*at)).collect();
                format!(", and again to {nodes} {that}, at {}", listed(&times))
            }
            many => format!(", and {} times again to {nodes} {that}, {}", many.len(), span(many)),
        }
    }
}

/// `at +0.906`, or `from +0.906 to +1.038`
fn span(times: &[Duration]) -> String {
    let (first, last) = (times.iter().min().copied().map(clock), times.iter().max().copied().map(clock));
    match (first.unwrap_or_default(), last.unwrap_or_default()) {
        (first, last) if first == last => format!("at {first}"),
        (first, last) => format!("from {first} to {last}"),
    }
}

#[cfg(test)]
#[path = "passed_on_tests.rs"]
mod tests;
