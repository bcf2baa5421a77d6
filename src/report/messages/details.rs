//! A message as a whole, with the answer to it: when, what became of it, heads, bodies laid out.

use std::time::Duration;

use super::bytes::printable;
use super::{fate_words, kind_words};
use crate::messages::decode::Content;
use crate::messages::fold::Exchange;
use crate::messages::{Ended, Fate, Message, ReadError, Record};
use crate::report::times::{clock, time};
use crate::text::{clean, size};

/// What is less would be told as no time.
const AT_ONCE: Duration = Duration::from_micros(50);
/// Columns that a level of JSON is indented by.
const STEP: usize = 2;

/// What a line of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Who sent it to whom, and what it is.
    Title,
    /// When, and what became of it.
    Times,
    Trouble,
    Head,
    Body,
    /// What is not there.
    Missing,
}

pub type DetailLine = (Role, String);

/// An exchange with all that is kept of it, cleaned.
pub fn details(record: &Record, exchange: Exchange) -> Result<Vec<DetailLine>, ReadError> {
    let entries = record.entries();
    let mut lines = Vec::new();
    for place in [Some(exchange.message), exchange.answer].into_iter().flatten() {
        let (message, ended) = record.message(&entries[place])?;
        if !lines.is_empty() {
            lines.push((Role::Body, String::new()));
        }
        one(&message, ended.as_ref(), &mut lines);
    }
    Ok(lines)
}

fn one(message: &Message, ended: Option<&Ended>, lines: &mut Vec<DetailLine>) {
    let kind = match kind_words(message) {
        kind if kind.is_empty() => size(message.bytes),
        kind => kind,
    };
    let (from, to) = (clean(&message.from), clean(&message.to));
    lines.push((Role::Title, format!("{from} → {to}  {kind}")));
    let mut times = format!("came at {}", clock(message.began));
    if message.came > message.began {
        times.push_str(&format!(", its last byte {} later", time(message.came - message.began)));
    }
    if let Some(Ended { fate: Fate::HandedOver, held: None, at, .. }) = ended {
        times.push_str(&match at.saturating_sub(message.began) {
            took if took < AT_ONCE => ", handed over at once".to_owned(),
            took => format!(", handed over after {}", time(took)),
        });
    }
    times.push_str(&format!("; {} on connection {}", size(message.bytes), message.connection));
    lines.push((Role::Times, times));
    match fate_words(ended) {
        fate if fate.is_empty() => {}
        fate => lines.push((Role::Trouble, fate)),
    }
    lines.extend(message.head.lines().map(|line| (Role::Head, clean(line))));
    body(message, lines);
}

fn body(message: &Message, lines: &mut Vec<DetailLine>) {
    let left_out = message.length.saturating_sub(message.body.len() as u64);
    if message.body.is_empty() {
        if message.length > 0 {
            lines.push((Role::Missing, format!("Its body of {} is not kept.", size(message.length))));
        }
        return;
    }
    if !message.head.is_empty() {
        lines.push((Role::Body, String::new()));
    }
    let laid_out = match &message.content {
        Content::Bytes | Content::Unrecorded | Content::Http2 => vec![printable(&message.body)],
        _ if is_json(&message.body) => laid_out(&message.body),
        _ => readable(&message.body),
    };
    lines.extend(laid_out.into_iter().map(|line| (Role::Body, clean(&line))));
    if left_out > 0 {
        lines.push((Role::Missing, format!("{} more are not kept.", size(left_out))));
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// Lines of text; JSON in the midst of something else is laid out, too.
fn readable(body: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = body;
    while let Some(begin) = rest.find('{') {
        let mut values = serde_json::Deserializer::from_str(&rest[begin..]).into_iter::<serde::de::IgnoredAny>();
        let length = match values.next() {
            Some(Ok(_)) => values.byte_offset(),
            _ => break,
        };
        lines.extend(rest[..begin].lines().map(printable));
        lines.extend(laid_out(&rest[begin..begin + length]));
        rest = &rest[begin + length..];
    }
    lines.extend(rest.lines().map(printable));
    lines
}

/// Valid JSON with a line for each member. Numbers and the order of keys stay as they were written; what is empty stays
/// on its line.
fn laid_out(json: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut level, mut within, mut escaped) = (0_usize, false, false);
    let mut before = ' ';
    for c in super::compact(json).chars() {
        let indented = |level: usize| " ".repeat(level * STEP);
        let closes = !within && matches!(c, '}' | ']');
        if closes {
            level = level.saturating_sub(1);
        }
        let after_opening = !within && matches!(before, '{' | '[');
        if after_opening != closes && (after_opening || closes) {
            lines.push(indented(level));
        }
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if within => escaped = true,
            '"' => within = !within,
            _ if within => {}
            '{' | '[' => level += 1,
            ',' => lines.push(indented(level)),
            ':' => lines.last_mut().into_iter().for_each(|line| line.push(' ')),
            _ => {}
        }
        // What stands in a text opens nothing.
        before = if within { ' ' } else { c };
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_as_it_was_written() {
        let json = "{\"b\":1.0, \"a\":[ ], \"c\" : {\"d\":[1,\"x, {y} \\\" :\"]}}";
        let lines = [
            "{",
            "  \"b\": 1.0,",
            "  \"a\": [],",
            "  \"c\": {",
            "    \"d\": [",
            "      1,",
            "      \"x, {y} \\\" :\"",
            "    ]",
            "  }",
            "}",
        ];
        assert_eq!(laid_out(json), lines);
        assert_eq!(laid_out("[]"), ["[]"]);
        assert_eq!(laid_out("7"), ["7"]);
    }

    #[test]
    fn json_behind_its_length_is_laid_out_too() {
        assert_eq!(
            readable("\0\u{1}{\"a\":1}\u{2}{\"b\":2}rest"),
            ["·", "{", "  \"a\": 1", "}", "·", "{", "  \"b\": 2", "}", "rest"]
        );
        assert_eq!(readable("no {json\nat all"), ["no {json", "at all"]);
    }
}
