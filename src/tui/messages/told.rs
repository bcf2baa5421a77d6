//! What there is to say of a row of the picture, and how it is drawn. Everything in here is cleaned.

use std::time::Duration;

use super::arrange::{Arrival, Note, PrintedLine};
use super::{Item, Reader};
use crate::messages::fold::{Exchange, Row};
use crate::messages::{Entry, Fate, ReadError};
use crate::network::Hold;
use crate::report::messages::{Arrival as Arrives, Part, RowWords, Usual, message_words, row_words};
use crate::report::own_lines::{Kind, OwnLine};
use crate::report::times::{clock, time};
use crate::text::clean;
use crate::tui::theme::Look;

/// What comes so many times is routine: it stands back.
const ROUTINE: usize = 12;

/// A row in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: Duration,
    pub drawn: Drawn,
    /// All that there is to say on a line.
    pub parts: Vec<(Look, String)>,
    /// The same without what most rows would say alike. None if that is all.
    pub brief: Option<Vec<(Look, String)>>,
}

/// What a row is in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// From one to one or several, or from several to one.
    Arrow { from: Vec<End>, to: Vec<End>, stroke: Stroke },
    /// A test begins or fails.
    Rule,
    /// Something is done to nodes or links.
    Deed,
    /// At the lifelines of these nodes.
    Mark(Vec<String>),
    /// Nothing happens for a while.
    Gap,
}

/// Where an arrow begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Clients,
    Node(String),
}

/// How an arrow arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    AtOnce,
    /// After it was held.
    Late,
    /// It is held on its way; its arrival is another row, if it has one.
    Stopped,
    Lost,
}

impl Told {
    fn new(at: Duration, drawn: Drawn, parts: Vec<(Look, String)>) -> Told {
        Told { at, drawn, parts, brief: None }
    }

    pub fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// What stands in the row.
    pub fn in_row(&self) -> &[(Look, String)] {
        self.brief.as_ref().unwrap_or(&self.parts)
    }
}

pub(super) fn of(reader: &Reader, item: Item) -> Told {
    match item {
        Item::Row(row) => folded(reader, &reader.arranged().rows[row as usize]),
        Item::Part(row, part) => folded(reader, &Row { exchanges: vec![reader.exchange(row, part)] }),
        Item::Message(row, part, answer) => single(reader, reader.exchange(row, part), answer),
        Item::Arrival(arrivals) => arrival(reader, &reader.arranged().arrivals[arrivals as usize]),
        Item::Note(note) => of_note(&reader.arranged().notes[note as usize]),
        Item::Asks(run) => asks(reader, &reader.arranged().asks[run as usize]),
        Item::Ask(run, one) => ask(reader, own(reader, reader.arranged().asks[run as usize][one as usize])),
        Item::Line(line) => {
            let PrintedLine { at, node, text } = reader.arranged().lines[line as usize].clone();
            let parts = vec![(Look::Text, format!("{node} {text}"))];
            Told::new(at, Drawn::Mark(vec![node]), parts)
        }
        Item::Gap(gap) => {
            Told::new(gap.at(), Drawn::Gap, vec![(Look::Dim, format!("nothing new for {}", time(gap.length())))])
        }
    }
}

fn own(reader: &Reader, place: u32) -> &OwnLine {
    &reader.loaded().own[place as usize]
}

fn folded(reader: &Reader, row: &Row) -> Told {
    let loaded = reader.loaded();
    let entry = &loaded.record.entries()[row.first().message];
    let mut told = told(entry, row_words(&loaded.record, row, loaded.nodes.len()), loaded.usual.as_ref());
    if row.exchanges.len() >= ROUTINE {
        for (look, _) in told.parts.iter_mut().chain(told.brief.iter_mut().flatten()) {
            *look = if *look == Look::Text { Look::Dim } else { *look };
        }
    }
    told
}

fn single(reader: &Reader, exchange: Exchange, answer: bool) -> Told {
    let record = &reader.loaded().record;
    let place = exchange.answer.filter(|_| answer).unwrap_or(exchange.message);
    let entry = &record.entries()[place];
    told(entry, message_words(record, entry), None)
}

fn told(entry: &Entry, words: Result<RowWords, ReadError>, usual: Option<&Usual>) -> Told {
    let words = match words {
        Ok(words) => words,
        Err(error) => {
            let [from, to] = [&entry.from, &entry.to].map(|node| vec![End::Node(clean(node))]);
            let drawn = Drawn::Arrow { from, to, stroke: Stroke::AtOnce };
            return Told::new(entry.began, drawn, vec![(Look::Bad, clean(&error.to_string()))]);
        }
    };
    let stroke = match words.arrival {
        Arrives::AtOnce => Stroke::AtOnce,
        Arrives::Lost => Stroke::Lost,
        Arrives::Held => match (entry.held, entry.fate) {
            (Some(Hold::Slow | Hold::Full), Some(Fate::HandedOver | Fate::CutShort)) => Stroke::Late,
            (None, Some(Fate::CutShort)) => Stroke::AtOnce,
            _ => Stroke::Stopped,
        },
    };
    let mut parts = shown(&words.parts, entry);
    let mut brief = usual.and_then(|usual| briefly(&words.parts, &parts, usual));
    if !words.fate.is_empty() {
        let fate = (Look::Unsure, format!("  {}", words.fate));
        brief.iter_mut().for_each(|brief| brief.push(fate.clone()));
        parts.push(fate);
    }
    let [from, to] = [words.from, words.to].map(|ends| ends.nodes.into_iter().map(End::Node).collect());
    Told { at: words.at, drawn: Drawn::Arrow { from, to, stroke }, parts, brief }
}

/// The words of a row as they are shown. The first body is the message's own; what answers it goes the other way.
fn shown(parts: &[(Part, String)], entry: &Entry) -> Vec<(Look, String)> {
    let shown = |(number, (part, text)): (usize, &(Part, String))| match part {
        Part::Kind => (Look::Text, text.clone()),
        Part::Body if number < 2 => (Look::Dim, plainly(text, &entry.from, &entry.to)),
        Part::Body => (Look::Dim, plainly(text, &entry.to, &entry.from)),
        Part::Count => (Look::Dim, text.clone()),
    };
    parts.iter().enumerate().map(shown).collect()
}

/// A usual request by what is in it, and its answer only if that says more than the usual one. None of another request,
/// and of one with nothing in it.
fn briefly(parts: &[(Part, String)], shown: &[(Look, String)], usual: &Usual) -> Option<Vec<(Look, String)>> {
    let [(Part::Kind, request), (Part::Body, _), ..] = parts else { return None };
    if *request != usual.request {
        return None;
    }
    let mut brief = vec![(Look::Text, shown[1].1.trim_start().to_owned())];
    for (number, (part, text)) in parts.iter().enumerate().skip(2) {
        let has_body = parts.get(number + 1).is_some_and(|(next, _)| *next == Part::Body);
        let says_no_more = *part == Part::Kind && text.trim_start() == usual.answer && !has_body;
        if !says_no_more {
            brief.push(shown[number].clone());
        }
    }
    Some(brief)
}

/// Members of JSON that say who sent a message or whom to.
const SENDER: [&str; 3] = ["from", "src", "sender"];
const RECEIVER: [&str; 3] = ["to", "dst", "dest"];

/// Members that say no more than that something is in a message.
const WRAPPERS: [&str; 3] = ["\"body\":{", "\"payload\":{", "\"data\":{"];

/// A body without what its arrow says, and without what only says that it is JSON.
fn plainly(body: &str, from: &str, to: &str) -> String {
    let senders = SENDER.iter().map(|name| format!("\"{name}\":\"{from}\""));
    let receivers = RECEIVER.iter().map(|name| format!("\"{name}\":\"{to}\""));
    let known = senders.chain(receivers).fold(body.to_owned(), |body, member| {
        body.replace(&format!("{member},"), "").replace(&format!(",{member}"), "")
    });
    brief(&WRAPPERS.iter().fold(known, |body, wrapper| body.replace(wrapper, "{")))
}

/// JSON without what only says that it is JSON: `term 2 entries []`. It may be cut off, and have other bytes around it.
fn brief(body: &str) -> String {
    if !body.contains("{\"") {
        return body.to_owned();
    }
    let mut brief = String::with_capacity(body.len());
    let (mut within, mut escaped) = (false, false);
    for c in body.chars() {
        let kept = match c {
            _ if escaped => {
                escaped = false;
                Some(c)
            }
            '\\' if within => {
                escaped = true;
                Some(c)
            }
            '"' => {
                within = !within;
                None
            }
            _ if within => Some(c),
            '{' | '}' => None,
            ':' | ',' => Some(' '),
            c => Some(c),
        };
        brief.extend(kept);
    }
    brief
}

/// What a cut had held back: handed over at last.
fn arrival(reader: &Reader, arrivals: &[Arrival]) -> Told {
    let (record, rows) = (&reader.loaded().record, &reader.arranged().rows);
    let (first, entries) = (arrivals[0], record.entries());
    let entry_of = |arrival: &Arrival| {
        let exchange = rows[arrival.row as usize].first();
        &entries[exchange.answer.filter(|_| arrival.answer).unwrap_or(exchange.message)]
    };
    let mut kinds: Vec<String> = Vec::new();
    for arrival in arrivals {
        let words = message_words(record, entry_of(arrival)).map(|words| words.parts);
        let kind = words.unwrap_or_default().into_iter().find(|(part, _)| *part == Part::Kind);
        let kind = kind.map_or_else(|| "message".to_owned(), |(_, kind)| kind);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if let Some(usual) = &reader.loaded().usual {
        kinds.retain(|kind| *kind != usual.request && *kind != usual.answer);
    }
    let gap = if kinds.is_empty() { "" } else { "  " };
    let times: usize = arrivals.iter().map(|arrival| rows[arrival.row as usize].exchanges.len()).sum();
    let times = if times > 1 { format!("{gap}×{times}  ") } else { gap.to_owned() };
    let began = arrivals.iter().map(|arrival| entry_of(arrival).began).min().unwrap_or_default();
    let waited = time(first.at.saturating_sub(began));
    let up_to = if arrivals.len() > 1 { "up to " } else { "" };
    let held = format!("handed over, held {up_to}{waited}, since {}", clock(began));
    let [from, to] = first.ends(&rows[first.row as usize], entries);
    let ends = |nodes: Vec<&str>| nodes.into_iter().map(|name| End::Node(clean(name))).collect();
    let (from, to) = (ends(from), ends(to));
    let parts = vec![(Look::Text, kinds.join(", ")), (Look::Dim, times), (Look::Unsure, held)];
    Told::new(first.at, Drawn::Arrow { from, to, stroke: Stroke::Late }, parts)
}

fn of_note(note: &Note) -> Told {
    let look = match (note.wrong, note.kind) {
        (true, _) => Look::Bad,
        (_, Kind::Remark) => Look::Text,
        _ => Look::Own,
    };
    let text = note.text.strip_prefix("SAYS ").unwrap_or(&note.text).to_owned();
    let (drawn, parts) = match note.kind {
        Kind::Chapter => (Drawn::Rule, vec![(look, text)]),
        Kind::Deed => (Drawn::Deed, vec![(look, text)]),
        _ => {
            let names = note.nodes.join(", ");
            let gap = if names.is_empty() { "" } else { " " };
            (Drawn::Mark(note.nodes.clone()), vec![(Look::Strong, format!("{names}{gap}")), (look, text)])
        }
    };
    Told::new(note.at, drawn, parts)
}

fn ask(reader: &Reader, line: &OwnLine) -> Told {
    let look = match line.wrong {
        true => Look::Bad,
        false if reader.loaded().is_on_subject(line) => Look::Strong,
        false => Look::Own,
    };
    let nodes = line.nodes.iter().cloned().map(End::Node);
    let drawn = match line.kind {
        Kind::Received => Drawn::Arrow {
            from: vec![nodes.clone().next().unwrap_or(End::Clients)],
            to: vec![End::Clients],
            stroke: Stroke::AtOnce,
        },
        _ => Drawn::Arrow { from: vec![End::Clients], to: nodes.collect(), stroke: Stroke::AtOnce },
    };
    Told::new(line.at, drawn, vec![(look, line.text.clone())])
}

fn asks(reader: &Reader, run: &[u32]) -> Told {
    let lines: Vec<&OwnLine> = run.iter().map(|place| own(reader, *place)).collect();
    let first = ask(reader, lines[0]);
    if lines.len() == 1 {
        return first;
    }
    let mut to: Vec<End> = Vec::new();
    for node in lines.iter().flat_map(|line| &line.nodes) {
        if !to.contains(&End::Node(node.clone())) {
            to.push(End::Node(node.clone()));
        }
    }
    let last = lines.last().map_or(first.at, |line| line.at);
    let times: u32 = lines.iter().map(|line| repeated(&line.text).1).sum();
    let parts = vec![
        (Look::Own, repeated(&lines[0].text).0.to_owned()),
        (Look::Dim, format!("  and others, ×{times} up to {}", clock(last))),
    ];
    Told::new(first.at, Drawn::Arrow { from: vec![End::Clients], to, stroke: Stroke::AtOnce }, parts)
}

/// What a line says, and how often that was.
fn repeated(text: &str) -> (&str, u32) {
    let repeated = text.rsplit_once("  ×").and_then(|(text, times)| Some((text, times.parse().ok()?)));
    repeated.unwrap_or((text, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_briefly_and_anything_else_as_it_is() {
        assert_eq!(brief(" {\"term\":2,\"entries\":[],\"who\":\"a, b: {c}\"}"), " term 2 entries [] who a, b: {c}");
        assert_eq!(brief("7·{\"vote\":{\"granted\":tr… (90 bytes)"), "7·vote granted tr… (90 bytes)");
        assert_eq!(brief("put {0} \"x\""), "put {0} \"x\"");
    }

    #[test]
    fn what_the_arrow_says_is_not_said_again() {
        let plainly = |body| plainly(body, "n1", "n2");
        assert_eq!(plainly(r#"{"from":"n1","term":2,"to":"n2"}"#), "term 2");
        assert_eq!(plainly(r#"{"src":"n2","leader":"n1"}"#), "src n2 leader n1", "it is not the sender's name");
        assert_eq!(plainly("from n1"), "from n1");
        assert_eq!(plainly(r#"{"term":2,"body":{"vote":{"granted":true}}}"#), "term 2 vote granted true");
        assert_eq!(plainly(r#"{"body":"text"}"#), "body text");
    }

    #[test]
    fn a_usual_request_is_told_by_what_is_in_it() {
        let usual = Usual { request: "POST /raft".into(), answer: "200" };
        let part = |part, text: &str| (part, text.to_owned());
        let brief = |parts: &[(Part, String)]| {
            let shown: Vec<(Look, String)> = parts.iter().map(|(_, text)| (Look::Text, text.clone())).collect();
            let brief = briefly(parts, &shown, &usual)?;
            Some(brief.into_iter().map(|(_, text)| text).collect::<String>())
        };
        let [request, body, ok, took] = [
            part(Part::Kind, "POST /raft"),
            part(Part::Body, " term 2"),
            part(Part::Kind, "  200"),
            part(Part::Count, "  1 ms"),
        ];
        let told = |parts: &[&(Part, String)]| brief(&parts.iter().copied().cloned().collect::<Vec<_>>());
        assert_eq!(told(&[&request, &body, &ok, &took]).as_deref(), Some("term 2  1 ms"));
        assert_eq!(told(&[&request, &body, &ok, &body]).as_deref(), Some("term 2  200 term 2"));
        let refused = part(Part::Kind, "  503");
        assert_eq!(told(&[&request, &body, &refused]).as_deref(), Some("term 2  503"));
        assert_eq!(told(&[&request, &ok]), None, "there is nothing else to tell it by");
        assert_eq!(told(&[&part(Part::Kind, "POST /ask"), &body]), None);
    }

    #[test]
    fn repeats_are_counted_once() {
        assert_eq!(repeated("GET /cluster/info  200  ×12"), ("GET /cluster/info  200", 12));
        assert_eq!(repeated("GET /a  ×b  200"), ("GET /a  ×b  200", 1));
    }
}
