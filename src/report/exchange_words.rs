//! What was said and heard on connections, in words.

use std::time::Duration;

use super::cause;
use super::exchange::{Contradiction, Exchange, Heard};
use super::fact::Entry;
use super::times::{clock, time};
use super::visible::{forward, quote_short, show};
use crate::facts::{Excerpt, Expected, Mismatch, Speech, Spot};
use crate::text::width;

/// Of what was said or heard at once, this many lines are shown; all of them if they take no more room than this.
const LINES: usize = 4;
const ROOM: usize = 100;
/// An answer that took longer says so.
const SLOW: Duration = Duration::from_millis(100);

/// `"reserve" → "RESERVED 1 3" "abc"`
pub(super) fn exchange(exchange: &Exchange, began: Duration) -> String {
    let said = exchange.said.as_ref().map(|said| format!("{} ", lines(said))).unwrap_or_default();
    if exchange.heard.is_empty() {
        return said.trim_end().to_owned();
    }
    let took = exchange.heard.last().map_or(Duration::ZERO, |(at, _)| at.saturating_sub(began));
    let took = if took >= SLOW { format!(" after {}", time(took)) } else { String::new() };
    format!("{said}→ {}{took}", heard(exchange))
}

/// Two exchanges that do not fit each other, the earlier one first.
pub(super) fn contradiction(both: &Contradiction) -> String {
    let Contradiction { earlier, failed, asked, mismatch } = both;
    let before = answered(earlier, earlier);
    // What was never answered counts from when it was said.
    let since = if ended(failed).is_some() { asked.unwrap_or(failed).at } else { last_heard(failed) };
    let at = last_heard(earlier);
    let later = time(since.saturating_sub(at));
    let after = match (failed.exchange(), ended(failed)) {
        (Some(_), Some(how)) => {
            let said = asked.unwrap_or(failed).exchange().and_then(|exchange| exchange.said.as_ref());
            let said = said.map(|said| format!(" to {}", lines(said))).unwrap_or_default();
            format!("{} had no answer{said}: {how}", failed.nodes.concat())
        }
        _ => answered(failed, asked.unwrap_or(failed)),
    };
    let wanted = mismatch.map(wanted).unwrap_or_default();
    format!("{before} at {}; {later} later {after}{wanted}.", clock(at))
}

/// When the last of an answer came.
fn last_heard(entry: &Entry) -> Duration {
    let heard = entry.exchange().and_then(|exchange| exchange.heard.last());
    heard.map_or(entry.at, |(at, _)| *at)
}

/// `n1 answered "delete 7" with "DELETED"`
fn answered(answer: &Entry, asked: &Entry) -> String {
    let node = answer.nodes.concat();
    let said = asked.exchange().and_then(|exchange| exchange.said.as_ref());
    let heard = answer.exchange().map(heard).unwrap_or_default();
    match said {
        Some(said) => format!("{node} answered {} with {heard}", lines(said)),
        None => format!("{node} said {heard}"),
    }
}

/// Why nothing more came, where that is what is wrong.
fn ended(entry: &Entry) -> Option<String> {
    let heard = &entry.exchange()?.heard;
    match &heard[..] {
        [(_, Heard::Else(Speech::Ended { cause }))] => Some(cause::name(*cause).to_owned()),
        _ => None,
    }
}

/// What should have come instead, in a few words; a difference that needs more stands below.
fn wanted(mismatch: &Mismatch) -> String {
    match (&mismatch.path, &mismatch.expected) {
        (Spot::Line(_), Expected::Value(value)) => format!(", where {} was expected", show(value)),
        (Spot::Line(_), Expected::Words(words)) => format!(", where {words} was expected"),
        (Spot::Seconds, Expected::Words(words)) => {
            let took = mismatch.actual.as_ref().map(|took| format!("that took {took} s, ")).unwrap_or_default();
            format!("; {took}not {words}")
        }
        (Spot::Then, _) => ", where nothing more was expected".to_owned(),
        (spot, _) => format!(", and `{spot}` is not as expected"),
    }
}

fn heard(exchange: &Exchange) -> String {
    let mut all: Vec<String> = exchange
        .heard
        .iter()
        .map(|(_, heard)| match heard {
            Heard::Text(text) => lines(text),
            Heard::Else(Speech::Silence { time: waited }) => format!("nothing for {}", time(*waited)),
            Heard::Else(Speech::Ended { cause }) => cause::name(*cause).to_owned(),
            Heard::Else(_) => String::new(),
        })
        .collect();
    let more = all.len().saturating_sub(LINES + 1);
    if more > 0 {
        // The last of them is what comes next to what follows.
        all.splice(LINES - 1..all.len() - 1, [format!("… {} more …", more + 1)]);
    }
    all.join(" ")
}

/// Each line in quotes, without its end. What has no line end is shown with what it has.
pub(super) fn lines(text: &Excerpt) -> String {
    let whole = text.bytes <= text.text.len();
    let ended = text.text.strip_suffix("\r\n").filter(|_| whole);
    let Some(body) = ended.filter(|body| body.matches('\n').count() == body.matches("\r\n").count()) else {
        return quote_short(ended.unwrap_or(&text.text), text.bytes);
    };
    let all: Vec<&str> = body.split("\r\n").collect();
    // The one that is left out may be the one that decides. Each takes two quotes and a blank.
    let fit = all.len() <= ROOM / 3 && all.iter().map(|line| width(line) + 3).sum::<usize>() <= ROOM;
    let most = if fit { all.len() } else { LINES };
    let shown = all.iter().take(most).enumerate();
    // The first line says what it is; what follows may be long.
    let shown = shown.map(|(at, line)| if at == 0 { quote_short(line, line.len()) } else { quote_start(line) });
    let shown: Vec<String> = shown.collect();
    let more = all.len().saturating_sub(most);
    let more = if more > 0 { format!(" … {more} more") } else { String::new() };
    format!("{}{more}", shown.join(" "))
}

/// A text in quotes, or its beginning.
fn quote_start(text: &str) -> String {
    const SHOWN: usize = 32;
    let (shown, whole) = forward(text, SHOWN);
    let more = if whole { "" } else { "…" };
    format!("\"{shown}{more}\"")
}
