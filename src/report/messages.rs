//! Messages between nodes, in words: a row of them on a line, and a diagram. Whatever is in here is cleaned.

mod bytes;
mod details;
mod diagram;
mod usual;

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::times::{clock, time};
use crate::messages::decode::Content;
use crate::messages::fold::{Exchange, Row};
use crate::messages::{Ended, Entry, Fate, Loss, Message, ReadError, Record};
use crate::network::Hold;
use crate::text::{clean, shortened, size};

use bytes::{compact, is_unreadable, text_in, values_in};
pub use details::{DetailLine, Role, details};
pub use diagram::Diagram;
pub use usual::{Usual, usual};

/// Bytes of a body in a line.
const BODY: usize = 120;

/// A message as it was read, with its fate if that is known.
type Recorded = (Message, Option<Ended>);

/// One row, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWords {
    pub at: Duration,
    pub from: Ends,
    pub to: Ends,
    /// `POST /raft/vote {"term":2}  200 {"granted":true}  0.9 ms`, in parts with the blanks between them.
    pub parts: Vec<(Part, String)>,
    /// What happened to it on its way: `held 628 ms by a cut, handed over at +2.060`. Empty if nothing did.
    pub fate: String,
    pub arrival: Arrival,
}

/// Whom a row is from, or whom to. One of the two can be several nodes, if the row stands for several messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    pub nodes: Vec<String>,
    /// They are all but the one at the other end.
    pub all_others: bool,
}

impl Ends {
    /// `of`: how many nodes there are.
    fn new(nodes: &[&str], of: usize) -> Ends {
        let all_others = nodes.len() > 1 && nodes.len() + 1 == of;
        Ends { nodes: nodes.iter().map(|node| clean(node)).collect(), all_others }
    }

    pub fn one(node: &str) -> Ends {
        Ends { nodes: vec![clean(node)], all_others: false }
    }
}

/// `n1, n2`, or `all`.
impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all_others { f.write_str("all") } else { f.write_str(&self.nodes.join(", ")) }
    }
}

/// What a stretch of the words about a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `POST /raft/vote`, `200`
    Kind,
    Body,
    /// How long it took, how often it came.
    Count,
}

/// How a message arrived, as a picture shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// At once, whatever became of its answer.
    AtOnce,
    /// It was held, or has not arrived.
    Held,
    /// It never will.
    Lost,
}

impl Arrival {
    fn of(ended: Option<&Ended>) -> Arrival {
        match ended {
            Some(Ended { fate: Fate::Lost { .. }, .. }) => Arrival::Lost,
            Some(Ended { fate: Fate::HandedOver | Fate::CutShort, held: None, .. }) => Arrival::AtOnce,
            _ => Arrival::Held,
        }
    }
}

impl RowWords {
    /// All of what it was.
    pub fn what(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// What there is to say of a row. `nodes` is how many there are.
pub fn row_words(record: &Record, row: &Row, nodes: usize) -> Result<RowWords, ReadError> {
    let entries = record.entries();
    let read = Read::new(record, row.first())?;
    let mut parts = read.parts();
    if row.is_folded() {
        let last = row.exchanges.last().map_or(Duration::ZERO, |last| entries[last.message].began);
        let mut count = format!("  ×{} up to {}", row.exchanges.len(), clock(last));
        if let Some(interval) = row.interval(entries) {
            let _ = write!(count, ", each {}", time(interval));
        }
        parts.push((Part::Count, count));
    } else if let Some(took) = read.took() {
        parts.push((Part::Count, format!("  {}", time(took))));
    }
    let fate = if row.is_folded() { read.fate_of_many(row, entries) } else { read.fate() };
    let (message, ended) = &read.message;
    Ok(RowWords {
        at: message.began,
        from: Ends::new(&row.senders(entries), nodes),
        to: Ends::new(&row.receivers(entries), nodes),
        parts,
        fate,
        arrival: Arrival::of(ended.as_ref()),
    })
}

/// The same of one message alone, without what answers it.
pub fn message_words(record: &Record, entry: &Entry) -> Result<RowWords, ReadError> {
    let (message, ended) = record.message(entry)?;
    Ok(RowWords {
        at: message.began,
        from: Ends::one(&message.from),
        to: Ends::one(&message.to),
        parts: message_parts(&message),
        fate: fate_words(ended.as_ref()),
        arrival: Arrival::of(ended.as_ref()),
    })
}

/// All that was said in an exchange, as it came: what a search looks through.
pub fn searched(record: &Record, exchange: Exchange) -> Result<String, ReadError> {
    let read = Read::new(record, exchange)?;
    let mut text = String::new();
    for (message, _) in [Some(&read.message), read.answer.as_ref()].into_iter().flatten() {
        let _ = writeln!(text, "{} {}\n{}\n{}", kind_words(message), message.to, message.head, message.body);
    }
    Ok(text)
}

/// An exchange that has been read.
struct Read {
    message: Recorded,
    answer: Option<Recorded>,
}

impl Read {
    fn new(record: &Record, exchange: Exchange) -> Result<Read, ReadError> {
        let read = |at: usize| record.message(&record.entries()[at]);
        Ok(Read { message: read(exchange.message)?, answer: exchange.answer.map(read).transpose()? })
    }

    fn parts(&self) -> Vec<(Part, String)> {
        let mut parts = message_parts(&self.message.0);
        if let Some((answer, _)) = &self.answer {
            let mut answer = message_parts(answer);
            if let Some((_, first)) = answer.first_mut() {
                first.insert_str(0, "  ");
            }
            parts.extend(answer);
        }
        parts
    }

    /// From the first byte of a request until its answer was handed over.
    fn took(&self) -> Option<Duration> {
        let (_, ended) = self.answer.as_ref()?;
        let ended = ended.filter(|ended| ended.fate == Fate::HandedOver)?;
        Some(ended.at.saturating_sub(self.message.0.began))
    }

    fn fate(&self) -> String {
        let mut fates = vec![fate_words(self.message.1.as_ref())];
        match &self.answer {
            Some((_, ended)) => fates.push(prefixed("its answer was ", fate_words(ended.as_ref()))),
            None if self.awaits_answer() => fates.push("no answer".to_owned()),
            None => {}
        }
        fates.retain(|fate| !fate.is_empty());
        fates.join("; ")
    }

    /// What is true of every one of a row.
    fn fate_of_many(&self, row: &Row, entries: &[Entry]) -> String {
        let last = |place: fn(&Exchange) -> Option<usize>| {
            let ended = row.exchanges.iter().filter_map(place).filter_map(|at| entries[at].ended);
            ended.max().unwrap_or_default()
        };
        let mut fates = vec![common_fate(self.message.1.as_ref(), last(|exchange| Some(exchange.message)))];
        match &self.answer {
            Some((_, ended)) => {
                let words = common_fate(ended.as_ref(), last(|exchange| exchange.answer));
                fates.push(prefixed("answers ", words));
            }
            None if self.awaits_answer() => fates.push("no answer".to_owned()),
            None => {}
        }
        fates.retain(|fate| !fate.is_empty());
        fates.join("; ")
    }

    /// It was handed over, and something else was to come.
    fn awaits_answer(&self) -> bool {
        let (message, ended) = &self.message;
        let arrived = ended.is_some_and(|ended| ended.fate == Fate::HandedOver);
        arrived && matches!(message.content, Content::HttpRequest { .. })
    }
}

fn prefixed(prefix: &str, words: String) -> String {
    if words.is_empty() { words } else { format!("{prefix}{words}") }
}

/// What a message is, without what is in it.
fn kind_words(message: &Message) -> String {
    match &message.content {
        Content::HttpRequest { method, path } => clean(&format!("{method} {path}")),
        Content::HttpAnswer { status } => status.to_string(),
        Content::Json | Content::FramedJson | Content::Text => String::new(),
        Content::Http2 => format!("HTTP/2, {}", size(message.bytes)),
        Content::Bytes => size(message.bytes),
        Content::Unrecorded => format!("{} that lsfr had no time to record", size(message.bytes)),
    }
}

fn message_parts(message: &Message) -> Vec<(Part, String)> {
    let (kind, body) = (kind_words(message), body_words(message));
    let gap = if kind.is_empty() || body.is_empty() { "" } else { " " };
    let mut parts = vec![(Part::Kind, kind), (Part::Body, format!("{gap}{body}"))];
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// Its body on one line, or the beginning of it.
fn body_words(message: &Message) -> String {
    let left_out = || message.length > message.body.len() as u64;
    let body = match &message.content {
        Content::Http2 | Content::Unrecorded => return String::new(),
        Content::Bytes => text_in(&message.body),
        _ if message.body.is_empty() && left_out() => return format!("({}, no longer kept)", size(message.length)),
        Content::Text => return shortened(&clean(&message.body), BODY),
        _ => one_line(&message.body),
    };
    let body = clean(&body);
    let short = shortened(&body, BODY);
    if short.len() < body.len() || (left_out() && message.content != Content::Bytes) {
        return format!(
            "{} ({})",
            short.strip_suffix('…').map_or(short.clone(), |cut| format!("{cut}…")),
            size(message.length)
        );
    }
    short
}

/// JSON without the spaces between its parts; anything else as it is.
fn one_line(body: &str) -> String {
    match serde_json::from_str::<Box<serde_json::value::RawValue>>(body) {
        Ok(_) => compact(body),
        // Binary with text in it, as messages behind their lengths have it.
        Err(_) if body.contains(|c| is_unreadable(c) && !c.is_ascii_whitespace()) => {
            values_in(body).unwrap_or_else(|| text_in(body))
        }
        Err(_) => body.to_owned(),
    }
}

/// What became of a message, if that is worth a word.
fn fate_words(ended: Option<&Ended>) -> String {
    let Some(ended) = ended else { return "not handed over yet".to_owned() };
    let held = ended.held.map(|held| (hold_words(held.by), time(ended.at.saturating_sub(held.since))));
    let at = clock(ended.at);
    match (ended.fate, held) {
        (Fate::HandedOver, None) => String::new(),
        (Fate::HandedOver, Some((by, waited))) => format!("held {waited} by {by}, handed over at {at}"),
        (Fate::CutShort, _) => "cut short by its sender".to_owned(),
        (Fate::Undelivered, Some((by, _))) => format!("held by {by} to the end"),
        (Fate::Undelivered, None) => "not handed over before the end".to_owned(),
        (Fate::Lost { why }, None) => format!("lost at {at}: {}", loss_words(why)),
        (Fate::Lost { why }, Some((by, waited))) => {
            format!("held {waited} by {by}, lost at {at}: {}", loss_words(why))
        }
    }
}

/// The same for many, whose times differ: the last of them is told.
fn common_fate(ended: Option<&Ended>, last: Duration) -> String {
    let Some(ended) = ended else { return "not handed over yet".to_owned() };
    let held = ended.held.map(|held| format!("held by {}", hold_words(held.by)));
    match (ended.fate, held) {
        (Fate::HandedOver, None) => String::new(),
        (Fate::HandedOver, Some(held)) => format!("{held}, handed over by {}", clock(last)),
        (Fate::CutShort, _) => "cut short by the sender".to_owned(),
        (Fate::Undelivered, Some(held)) => format!("{held} to the end"),
        (Fate::Undelivered, None) => "not handed over before the end".to_owned(),
        (Fate::Lost { why }, None) => format!("lost: {}", loss_words(why)),
        (Fate::Lost { why }, Some(held)) => format!("{held}, lost: {}", loss_words(why)),
    }
}

fn hold_words(by: Hold) -> &'static str {
    match by {
        Hold::Cut => "a cut",
        Hold::Slow => "a slow link",
        Hold::Full => "a receiver that did not read",
    }
}

fn loss_words(why: Loss) -> &'static str {
    match why {
        Loss::Reset => "the link was reset",
        Loss::ResetByNode => "a node reset the connection",
        Loss::ReceiverGone => "the receiver had closed the connection",
        Loss::Unreachable => "the receiver did not accept the connection",
    }
}

/// The nodes of a record, in their order.
pub fn nodes(entries: &[Entry]) -> Vec<&str> {
    let mut nodes: Vec<&str> = Vec::new();
    for entry in entries {
        for node in [&*entry.from, &*entry.to] {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
    }
    nodes.sort_by_key(|node| (node.len(), *node));
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_loses_its_spaces_and_nothing_else() {
        let json = "{ \"a\" : [1.0, 1e400 ],\n\t\"b \\\" c\": \" \\\\\" }";
        assert_eq!(one_line(json), "{\"a\":[1.0,1e400],\"b \\\" c\":\" \\\\\"}");
        assert_eq!(one_line("no { json }"), "no { json }");
    }

    #[test]
    fn what_happened_on_the_way_is_told_with_how_long_and_why() {
        let ms = Duration::from_millis;
        let ended = |fate, held: Option<Hold>| {
            let held = held.map(|by| crate::messages::Held { since: ms(1432), by });
            Some(Ended { id: crate::messages::MessageId(1), at: ms(2060), fate, held })
        };
        let lost = Fate::Lost { why: Loss::ReceiverGone };
        for (ended, words, common) in [
            (ended(Fate::HandedOver, None), "", ""),
            (
                ended(Fate::HandedOver, Some(Hold::Cut)),
                "held 628 ms by a cut, handed over at +2.060",
                "held by a cut, handed over by +3.000",
            ),
            (ended(Fate::Undelivered, Some(Hold::Cut)), "held by a cut to the end", "held by a cut to the end"),
            (
                ended(lost, Some(Hold::Full)),
                "held 628 ms by a receiver that did not read, lost at +2.060: the receiver had closed the connection",
                "held by a receiver that did not read, lost: the receiver had closed the connection",
            ),
            (ended(Fate::CutShort, None), "cut short by its sender", "cut short by the sender"),
            (None, "not handed over yet", "not handed over yet"),
        ] {
            assert_eq!(
                (fate_words(ended.as_ref()), common_fate(ended.as_ref(), ms(3000))),
                (words.to_owned(), common.to_owned())
            );
        }
    }
}
