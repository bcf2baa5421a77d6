//! Where a value went that a node should have given and did not: which node sent it to which, as the record of messages
//! has it. Only what can be told apart from everything else is looked for, and what is not found is not told.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde_json::Value as Json;

use super::card_told::listed;
use super::fact::{Asked, Entry as Done};
use super::run_state::RunState;
use super::times::clock;
use super::trail::Trail;
use super::visible::forward;
use crate::facts::{Answered, Conversation, Expected, Failure, Finding, Mismatch, Operation, Source, Spot};
use crate::messages::decode::Content;
use crate::messages::{Entry, Fate, Forms, Kind, Message, ReadError, Record};

/// A word with letters and digits of this length is not there by chance.
const WORD: usize = 12;
/// More of a word than this is not looked for: it may be broken into lines.
const MOST: usize = 48;
/// Shorter values are the same by chance, whatever key stands beside them.
const SHORTEST: usize = 4;
/// A key of so many letters and digits is looked for by itself, if no message had it before the test did.
const MARK: usize = 5;
/// Between a key and its value in one record there is no more than this.
const GAP: usize = 32;
/// More messages than this are not looked through.
const MESSAGES: usize = 20_000;
/// Bytes that are recorded of a body.
pub(super) const RECORDED: u64 = 4096;

/// Which nodes sent the value, and whom.
#[derive(Debug, PartialEq, Eq)]
pub struct Carried {
    pub value: String,
    /// For each receiver the first message that it got or, if it got none, the first that was sent; in order of time.
    pub sent: Vec<Sent>,
    /// Those of the nodes that failed to give it to which no node sent it.
    pub never: Vec<String>,
    /// Those that got none of what was sent, and to which it was sent no earlier.
    pub not_before: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub from: String,
    pub to: String,
    pub at: Duration,
    pub arrived: Arrived,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    Yes,
    /// By the time of the failure it had not.
    NotYet,
    Lost,
}

impl Arrived {
    /// What had become of a message by then.
    pub(super) fn of(entry: &Entry, by: Duration) -> Arrived {
        match (entry.fate, entry.ended) {
            (Some(Fate::HandedOver), Some(ended)) if ended <= by => Arrived::Yes,
            (Some(Fate::Lost { .. } | Fate::CutShort), Some(ended)) if ended <= by => Arrived::Lost,
            _ => Arrived::NotYet,
        }
    }
}

/// What is looked for.
struct Wanted {
    value: Text,
    /// The key of the value, where the value alone may be that of many.
    key: Option<Text>,
    /// The key has had other values: its own stands right behind it.
    adjoining: bool,
    /// Who should have given it.
    nodes: Vec<String>,
    /// From when it was known to when it was missed.
    when: Range<Duration>,
    /// When the test named it first. A message of before that has it by chance, and then so may others.
    first: Option<Duration>,
}

struct Text {
    text: String,
    forms: Forms,
}

impl Text {
    fn of(text: &str) -> Option<Text> {
        Some(Text { text: text.to_owned(), forms: Forms::of(text)? })
    }
}

impl Carried {
    /// `folder` is the run's. None if nothing can be told.
    pub fn of(failure: &Failure, state: &RunState, folder: &Path) -> Option<Carried> {
        let wanted = Wanted::of(failure.what.finding(), state)?;
        let record = Record::open(folder).ok()??;
        wanted.look(&record).ok()?
    }

    /// `n2 sent "abc" to n1 and n3 at +0.799, and it arrived.`
    pub fn words(&self) -> String {
        const SHOWN: usize = 24;
        let (shown, whole) = forward(&self.value, SHOWN);
        let value = format!("\"{shown}{}\"", if whole { "" } else { "…" });
        let mut hops: Vec<(&Sent, Vec<String>)> = Vec::new();
        for sent in &self.sent {
            let like = |other: &Sent| {
                (&other.from, clock(other.at), other.arrived) == (&sent.from, clock(sent.at), sent.arrived)
            };
            match hops.last_mut().filter(|(other, _)| like(other)) {
                Some((_, to)) => to.push(sent.to.clone()),
                None => hops.push((sent, vec![sent.to.clone()])),
            }
        }
        let all_arrived = self.sent.iter().all(|sent| sent.arrived == Arrived::Yes);
        let mut from = None;
        let hop = |(sent, to): (&Sent, Vec<String>)| {
            let what = if from.is_none() { format!("sent {value} ") } else { "sent it ".to_owned() };
            let who = if from.as_ref() == Some(&sent.from) { String::new() } else { format!("{} {what}", sent.from) };
            from = Some(sent.from.clone());
            let how = match sent.arrived {
                _ if all_arrived => "",
                Arrived::Yes => " (arrived)",
                Arrived::NotYet => " (not arrived)",
                Arrived::Lost => " (lost)",
            };
            format!("{who}to {} at {}{how}", listed(&to), clock(sent.at))
        };
        let hops: Vec<String> = hops.into_iter().map(hop).collect();
        let arrived = if all_arrived { ", and it arrived" } else { "" };
        let never = match &self.never[..] {
            [] => String::new(),
            nodes => format!(" No node sent it to {}.", listed(nodes)),
        };
        let not_before = match &self.not_before[..] {
            [] => String::new(),
            nodes => format!(" Before that no node had sent it to {}.", listed(nodes)),
        };
        format!("Between nodes: {}{arrived}.{never}{not_before}", listed(&hops))
    }
}

impl Wanted {
    fn of(finding: &Finding, state: &RunState) -> Option<Wanted> {
        match finding {
            Finding::Answer { operation, mismatches } => Self::of_answers(&[(operation, mismatches)], state)
                .or_else(|| Self::of_missing(operation, mismatches, state.trail())),
            Finding::Answers { .. } => Self::of_answers(&finding.wrong_answers(), state),
            Finding::Conversation(talk) => Self::of_talk(talk, state),
            _ => None,
        }
    }

    /// A text on a connection, or the text that the answer was for which it was expected.
    fn of_talk(talk: &Conversation, state: &RunState) -> Option<Wanted> {
        let Mismatch { expected, source, .. } = talk.mismatches.first()?;
        let expected = if let Expected::Value(Json::String(text)) = expected { random(text) } else { None };
        // What follows a command is the body.
        let said = source.as_ref().and_then(|source| match source {
            Source::Heard { said: Some(said), .. } => said.text.split("\r\n").skip(1).find_map(random),
            _ => None,
        });
        let value = expected.or(said)?;
        Some(Wanted {
            value: Text::of(value)?,
            key: None,
            adjoining: false,
            nodes: vec![talk.node.clone()],
            when: state.test_began()..talk.when,
            first: None,
        })
    }

    /// The body that was expected of several nodes for one path, or of one.
    fn of_answers(all: &[(&Operation, &[Mismatch])], state: &RunState) -> Option<Wanted> {
        let answered = all.iter().filter(|(operation, _)| matches!(operation.result, Answered::Answer(_)));
        let differ: Vec<(Done, &str)> = answered
            .filter(|(operation, _)| operation.method == "GET")
            .filter_map(|(operation, mismatches)| Some((Done::from_operation(operation), body(mismatches)?)))
            .collect();
        let (first, value) = differ.first()?;
        let item = first.request()?.item();
        if differ
            .iter()
            .any(|(done, other)| done.request().is_none_or(|asked| asked.item() != item) || other != value)
        {
            return None;
        }
        let written = Written::of(state.trail(), item, value);
        let (value, key, adjoining, since) = match random(value) {
            Some(value) if !written.elsewhere => (value, None, false, written.since.unwrap_or(state.test_began())),
            _ => {
                let key = item.rsplit('/').next().filter(|key| has_random(key))?;
                if value.len() < SHORTEST || value.len() > MOST || written.is_ambiguous {
                    return None;
                }
                (*value, Some(Text::of(key)?), written.others, written.since?)
            }
        };
        let until = differ.iter().map(|(done, _)| done.end()).max()?;
        let nodes = differ.iter().filter_map(|(done, _)| done.nodes.last().cloned()).collect();
        Some(Wanted { value: Text::of(value)?, key, adjoining, nodes, when: since..until, first: None })
    }

    /// The key that was not there where it should have been, since it was written last, or since somebody began to write it
    /// along with others.
    fn of_missing(operation: &Operation, mismatches: &[Mismatch], trail: &Trail) -> Option<Wanted> {
        const MISSING: u16 = 404;
        let is_missing = matches!(&operation.result, Answered::Answer(answer) if answer.status == MISSING);
        let is_wrong = mismatches.iter().any(|mismatch| mismatch.path == Spot::Status);
        let missed = Done::from_operation(operation);
        let key = missed.request()?.item().rsplit('/').next().filter(|key| key.len() >= MARK && is_word(key))?;
        let names = |done: &&Done| {
            done.request().is_some_and(|asked| {
                asked.path.contains(key) || asked.sent.as_ref().is_some_and(|sent| sent.contains(key))
            })
        };
        let wrote = |done: &&Done| done.request().is_some_and(Asked::is_write) && done.began < missed.end();
        let naming: Vec<&Done> = trail.entries().filter(names).collect();
        let texts = |asked: &Asked| [Some(asked.path.clone()), asked.sent.clone()].into_iter().flatten();
        if naming.iter().filter_map(|done| done.request()).flat_map(texts).any(|text| is_longer(&text, key)) {
            return None;
        }
        let since = naming.iter().copied().filter(wrote).map(|done| done.began).max()?;
        let first = naming.iter().map(|done| done.began).min();
        (is_missing && is_wrong && operation.method == "GET").then_some(Wanted {
            value: Text::of(key)?,
            key: None,
            adjoining: false,
            nodes: missed.nodes.last().cloned().into_iter().collect(),
            when: since..missed.end(),
            first,
        })
    }

    fn look(&self, record: &Record) -> Result<Option<Carried>, ReadError> {
        let entries: Vec<&Entry> = record.entries().iter().filter(|entry| self.when.contains(&entry.began)).collect();
        if entries.len() > MESSAGES || self.is_by_chance(record)? {
            return Ok(None);
        }
        let mut sent: BTreeMap<&str, Sent> = BTreeMap::new();
        let mut carriers: Vec<Content> = Vec::new();
        for entry in &entries {
            if !self.may_be_in(&record.raw(entry)?) {
                continue;
            }
            let (message, _) = record.message(entry)?;
            // Who asks for a key does not give it.
            if !self.is_in(&message) || self.first.is_some() && message.head.starts_with("GET ") {
                continue;
            }
            if !carriers.contains(&message.content) {
                carriers.push(message.content);
            }
            let arrived = Arrived::of(entry, self.when.end);
            let one = Sent { from: entry.from.to_string(), to: entry.to.to_string(), at: entry.began, arrived };
            match sent.get(&*entry.to) {
                Some(before) if before.arrived == Arrived::Yes || arrived != Arrived::Yes => {}
                _ => drop(sent.insert(&entry.to, one)),
            }
        }
        if sent.is_empty() {
            return Ok(None);
        }
        let (mut never, mut not_before) = (Vec::new(), Vec::new());
        for node in self.nodes.iter().collect::<BTreeSet<_>>() {
            let sent_it = sent.values().any(|sent| sent.from == *node);
            let told = match sent.get(&**node) {
                None if !sent_it => &mut never,
                // Of a value, who has it may have had it for long.
                Some(sent) if sent.arrived != Arrived::Yes && !sent_it && self.first.is_some() => &mut not_before,
                _ => continue,
            };
            if is_all_known(record, &entries, node, &carriers)? {
                told.push(node.clone());
            }
        }
        let mut sent: Vec<Sent> = sent.into_values().collect();
        // What came within one millisecond was sent at once.
        sent.sort_by(|a, b| (a.at.as_millis(), &a.from, &a.to).cmp(&(b.at.as_millis(), &b.from, &b.to)));
        Ok(Some(Carried { value: self.value.text.clone(), sent, never, not_before }))
    }

    /// Whether nodes sent it before the test had named it.
    fn is_by_chance(&self, record: &Record) -> Result<bool, ReadError> {
        let Some(first) = self.first else { return Ok(false) };
        let before = record.entries().iter().take_while(|entry| entry.began < first);
        for entry in before.take(MESSAGES) {
            if self.may_be_in(&record.raw(entry)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn may_be_in(&self, line: &[u8]) -> bool {
        self.value.forms.is_in(line) && self.key.as_ref().is_none_or(|key| key.forms.is_in(line))
    }

    fn is_in(&self, message: &Message) -> bool {
        let Some(key) = &self.key else { return true };
        let text = format!("{}\n{}", message.head, message.body);
        let text = text.as_bytes();
        let mut values = self.value.forms.places(text);
        if !self.adjoining {
            return true;
        }
        values.any(|value| {
            key.forms.places(text).any(|key| {
                key.end <= value.start && value.start - key.end <= GAP && !holds_word(&text[key.end..value.start])
            })
        })
    }
}

/// What the test has written to a path.
#[derive(Default)]
struct Written {
    /// When this value was.
    since: Option<Duration>,
    /// Other values were, too.
    others: bool,
    /// The value, or one that has it within, was written to other paths.
    elsewhere: bool,
    /// Another path begins with this one.
    is_ambiguous: bool,
}

impl Written {
    fn of(trail: &Trail, item: &str, value: &str) -> Written {
        let mut written = Written::default();
        for (done, asked) in trail.entries().filter_map(|done| Some((done, done.request()?))) {
            written.is_ambiguous |= asked.item() != item && asked.item().starts_with(item);
            let sent = asked.sent.as_deref().filter(|_| asked.is_write());
            match sent {
                Some(sent) if asked.item() == item && sent == value => {
                    written.since = written.since.or(Some(done.began));
                }
                Some(sent) if sent.contains(value) => written.elsewhere = true,
                _ => {}
            }
            written.others |=
                asked.item() == item && asked.is_write() && asked.method != "DELETE" && sent != Some(value);
        }
        written
    }
}

/// The body that was expected, where another one came.
fn body(mismatches: &[Mismatch]) -> Option<&str> {
    mismatches.iter().find_map(|mismatch| match (&mismatch.path, &mismatch.expected) {
        (Spot::Body(_), Expected::Value(Json::String(text))) => Some(text.as_str()),
        _ => None,
    })
}

/// What to look for of a value that is not there by chance: all of it, or the beginning of a long word.
fn random(value: &str) -> Option<&str> {
    let is_word = || value.chars().all(|c| c.is_ascii_alphanumeric());
    match value.get(..MOST) {
        _ if !has_random(value) => None,
        None => Some(value),
        Some(_) if value.len() == MOST => Some(value),
        Some(beginning) => is_word().then_some(beginning),
    }
}

/// Whether it has a word of letters and digits that is not there by chance.
fn has_random(text: &str) -> bool {
    let is_random = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        word.len() >= WORD && digits > 0 && digits < word.len()
    };
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_random)
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a text has a key that this one is a part of.
fn is_longer(text: &str, key: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(key)
        .any(|(at, _)| is_letter(text[..at].chars().next_back()) || is_letter(text[at + key.len()..].chars().next()))
}

fn holds_word(bytes: &[u8]) -> bool {
    bytes.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| word.len() >= WORD)
}

/// Whether all that this node was sent is on record, as text or in messages of a kind in which the value was found: what is
/// packed in some other way may hold it.
fn is_all_known(record: &Record, entries: &[&Entry], node: &str, carriers: &[Content]) -> Result<bool, ReadError> {
    for entry in entries.iter().filter(|entry| &*entry.to == node) {
        if matches!(entry.kind, Kind::Http2 | Kind::Bytes | Kind::Unrecorded) {
            return Ok(false);
        }
        let (message, _) = record.message(entry)?;
        let is_whole = message.length <= RECORDED && message.body.is_empty() == (message.length == 0);
        if !is_whole || !carriers.contains(&message.content) && !is_readable(&message.body) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Text, perhaps with a few bytes before it that say how long it is: not what was packed, of which most is unreadable.
fn is_readable(body: &str) -> bool {
    let unreadable = |c: &char| *c == '\u{fffd}' || c.is_control() && !c.is_whitespace();
    4 * body.chars().filter(unreadable).count() <= body.chars().count()
}

#[cfg(test)]
#[path = "carried_tests.rs"]
mod tests;
