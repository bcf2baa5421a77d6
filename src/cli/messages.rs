//! `lsfr messages`: what the nodes of a run said to each other, along with what lsfr did.

use std::io::{BufWriter, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use regex::Regex;
use serde_json::{Map, Value};

use crate::messages::fold::{self, Exchange, Row};
use crate::messages::{Ended, Message, ReadError, Record};
use crate::report::messages::{Arrival, Diagram, RowWords, nodes, row_words, searched};
use crate::report::own_lines::{self, Kind, OwnLine};
use crate::text::{clean, is_invisible, pad};

use super::args::{Drawn, MessagesArgs};
use super::{Exit, Problem, Result, replay};
use crate::session::Session;

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Problem::own(error)
    }
}

pub(super) fn run(args: &MessagesArgs) -> Result {
    let session = Session::open()?;
    let run = replay::find(&session.project.dir, args.run.as_deref())?;
    let Some(record) = Record::open(&run.folder)? else {
        let name = clean(&run.folder.file_name().unwrap_or_default().to_string_lossy());
        return Err(Problem::usage(format!(
            "there are no messages in {name}: no two of its nodes could speak to each other, or it was made by an older \
             version of lsfr, which did not record them"
        )));
    };
    if args.from.zip(args.to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::usage("--from is later than --to"));
    }
    let known = nodes(record.entries());
    if let Some((one, other)) = &args.between
        && let Some(unknown) = [one, other].into_iter().find(|node| !known.contains(&node.as_str()))
    {
        let known = known.join(", ");
        return Err(Problem::usage(clean(&format!("no node {unknown} has said anything; there are {known}"))));
    }
    let exchanges = wanted(&record, args)?;
    let mut out = BufWriter::new(anstream::stdout().lock());
    match args.format {
        Drawn::Json => json(&mut out, &record, &exchanges)?,
        Drawn::Text | Drawn::Mermaid => {
            let own = own_lines::without_requests(run.events().map_err(Problem::own)?);
            let breaks: Vec<Duration> = own.iter().filter(|line| line.parts_messages()).map(|line| line.at).collect();
            let rows = fold::fold(record.entries(), &exchanges, &breaks);
            let own: Vec<OwnLine> = own.into_iter().filter(|line| is_wanted(line, args)).collect();
            let lines = Lines { record: &record, rows: &rows, own: &own, nodes: known.len() };
            match args.format {
                Drawn::Mermaid => diagram(&mut out, &lines, &known)?,
                _ => text(&mut out, &lines)?,
            }
        }
    }
    out.flush()?;
    Ok(Exit::Passed)
}

/// The exchanges that were asked for.
fn wanted(record: &Record, args: &MessagesArgs) -> Result<Vec<Exchange>> {
    let entries = record.entries();
    let (from, to) = (args.from.unwrap_or(Duration::ZERO), args.to.unwrap_or(Duration::MAX));
    let mut wanted = fold::exchanges(entries);
    wanted.retain(|exchange| exchange.touches(entries, from, to));
    if let Some((one, other)) = &args.between {
        wanted.retain(|exchange| {
            let entry = &entries[exchange.message];
            let pair = (&*entry.from, &*entry.to);
            pair == (one, other) || pair == (other, one)
        });
    }
    let Some(pattern) = &args.grep else { return Ok(wanted) };
    let mut matching = Vec::new();
    for exchange in wanted {
        if pattern.is_match(&searched(record, exchange)?) {
            matching.push(exchange);
        }
    }
    Ok(matching)
}

/// What lsfr did stands between the messages, within the same time.
fn is_wanted(line: &OwnLine, args: &MessagesArgs) -> bool {
    args.from.is_none_or(|from| line.at >= from)
        && args.to.is_none_or(|to| line.at <= to)
        && args.grep.as_ref().is_none_or(|pattern| pattern.is_match(&line.text))
}

/// What is shown, in order of time.
struct Lines<'a> {
    record: &'a Record,
    rows: &'a [Row],
    own: &'a [OwnLine],
    nodes: usize,
}

enum Line<'a> {
    Row(RowWords),
    Own(&'a OwnLine),
}

impl<'a> Lines<'a> {
    fn each(&self, mut show: impl FnMut(Line<'a>) -> Result<()>) -> Result<()> {
        let mut own = self.own.iter().peekable();
        for row in self.rows {
            let words = row_words(self.record, row, self.nodes)?;
            while let Some(line) = own.next_if(|line| line.at <= words.at) {
                show(Line::Own(line))?;
            }
            show(Line::Row(words))?;
        }
        own.try_for_each(|line| show(Line::Own(line)))
    }
}

fn text(out: &mut impl Write, lines: &Lines<'_>) -> Result<()> {
    if lines.rows.is_empty() {
        writeln!(out, "No messages.")?;
    }
    lines.each(|line| match line {
        Line::Own(own) => {
            Ok(write_line(out, own.at, speaker(own).unwrap_or("**"), &own.text, AnsiColor::Cyan.on_default())?)
        }
        Line::Row(words) => {
            let style = match words.arrival {
                Arrival::AtOnce => Style::new(),
                Arrival::Held => AnsiColor::Yellow.on_default(),
                Arrival::Lost => AnsiColor::Red.on_default(),
            };
            let who = format!("{} → {}", words.from, words.to);
            let fate = if words.fate.is_empty() { String::new() } else { format!("  {}", words.fate) };
            Ok(write_line(out, words.at, &who, &format!("{}{fate}", words.what()), style)?)
        }
    })
}

/// The node of which something is remarked.
fn speaker(own: &OwnLine) -> Option<&str> {
    match (own.kind, &own.nodes[..]) {
        (Kind::Remark, [node]) => Some(node),
        _ => None,
    }
}

fn write_line(out: &mut impl Write, at: Duration, who: &str, what: &str, style: Style) -> std::io::Result<()> {
    let (dim, who) = (Style::new().dimmed(), pad(who, 8));
    writeln!(out, "{dim}{:>+9.3}{dim:#}  {style}{who} {what}{style:#}", at.as_secs_f64())
}

fn diagram(out: &mut impl Write, lines: &Lines<'_>, nodes: &[&str]) -> Result<()> {
    let mut diagram = Diagram::new(nodes);
    lines.each(|line| {
        match line {
            Line::Row(words) => diagram.row(&words),
            // Tests that begin and end are not a picture's concern.
            Line::Own(own) if matches!(own.kind, Kind::Deed | Kind::Remark) => diagram.note(speaker(own), &own.text),
            Line::Own(_) => {}
        }
        Ok(())
    })?;
    Ok(out.write_all(diagram.finish().as_bytes())?)
}

/// A line for each message, with what became of it.
fn json(out: &mut impl Write, record: &Record, exchanges: &[Exchange]) -> Result<()> {
    let mut places: Vec<usize> =
        exchanges.iter().flat_map(|exchange| [Some(exchange.message), exchange.answer]).flatten().collect();
    places.sort_unstable();
    for place in places {
        let (message, ended) = record.message(&record.entries()[place])?;
        writeln!(out, "{}", inert(&joined(&message, ended.as_ref())?.to_string()))?;
    }
    Ok(())
}

/// Both lines of a message as one: the time of its fate is `ended`.
fn joined(message: &Message, ended: Option<&Ended>) -> Result<Value> {
    let object = |value: serde_json::Result<Value>| match value {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Ok(Map::new()),
        Err(error) => Err(Problem::own(error)),
    };
    let mut all = object(serde_json::to_value(message))?;
    for (name, value) in ended.map_or(Ok(Map::new()), |ended| object(serde_json::to_value(ended)))? {
        let name = if name == "at" { "ended".to_owned() } else { name };
        all.insert(name, value);
    }
    Ok(Value::Object(all))
}

/// JSON in which no character does anything to a terminal. JSON itself escapes only some of those, and they can only
/// stand in its texts.
fn inert(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_control() || is_invisible(c) {
            inert.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            inert.push(c);
        }
    }
    inert
}

/// `+1.2`, seconds since the run's start.
pub(super) fn moment(text: &str) -> std::result::Result<Duration, String> {
    let seconds = text.strip_prefix('+').unwrap_or(text);
    let seconds: Option<f64> = seconds.strip_suffix('s').unwrap_or(seconds).parse().ok();
    let moment = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    moment.ok_or_else(|| "a time is seconds since the run's start, such as +1.2".to_owned())
}

/// `n1,n2`
pub(super) fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once(',') {
        Some((one, other)) if !one.is_empty() && !other.is_empty() && !other.contains(',') && one != other => {
            Ok((one.to_owned(), other.to_owned()))
        }
        _ => Err("name two nodes, such as n1,n2".to_owned()),
    }
}

pub(super) fn pattern(text: &str) -> std::result::Result<Regex, String> {
    Regex::new(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_and_pairs_are_two_nodes() {
        assert_eq!(moment("+1.25"), Ok(Duration::from_millis(1250)));
        assert_eq!(moment("3s"), Ok(Duration::from_secs(3)));
        for wrong in ["", "+", "-1", "soon", "1e400", "nan"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
        assert_eq!(pair("n1,n2"), Ok(("n1".to_owned(), "n2".to_owned())));
        for wrong in ["n1", "n1,", ",n2", "n1,n1", "n1,n2,n3"] {
            assert!(pair(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn json_does_nothing_to_a_terminal_and_says_the_same() {
        let value = serde_json::json!({ "a\u{9b}": "\u{1b}[2J\u{7f}\u{9d}0;x\u{202e}ä世" });
        let inert = inert(&value.to_string());
        assert!(!inert.contains(|c: char| c.is_control() || is_invisible(c)), "{inert}");
        assert_eq!(serde_json::from_str::<Value>(&inert).unwrap(), value);
    }
}
