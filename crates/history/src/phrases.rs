//! Names, values and text from outside, in the form that sentences and pictures use.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::operation::Step;
use crate::{List, Text, text};

/// Columns of a name or value that is shown among others.
const MOST: usize = 32;
/// Columns of a clause.
const MOST_OF_CLAUSE: usize = 120;

/// Cleaned, its beginning if it is long.
pub(super) fn shown(text: &str) -> String {
    cleaned(text, MOST)
}

/// The same for a clause.
pub(super) fn sentence_part(text: &str) -> String {
    cleaned(text, MOST_OF_CLAUSE)
}

fn cleaned(text: &str, columns: usize) -> String {
    // More than can be shown need not be cleaned: no character takes more than eight columns.
    let beginning = text.char_indices().nth(8 * columns).map_or(text, |(end, _)| &text[..end]);
    text::cut(&text::clean(beginning), columns)
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// With a capital letter where the first word is one of ours; the name of a node stays as it is.
pub(super) fn capital_of_words(text: &str) -> String {
    if text.starts_with("the system") || text.starts_with("absent") { capital(text) } else { text.to_owned() }
}

/// `+3.20s`
pub(super) fn clock(at: Duration, decimals: usize) -> String {
    // Not as a double, which has no nanoseconds left for a time since 1970.
    let unit = 10_u128.pow(9 - decimals as u32);
    let rounded = (at.as_nanos() + unit / 2) / unit;
    let (seconds, rest) = (rounded / 10_u128.pow(decimals as u32), rounded % 10_u128.pow(decimals as u32));
    format!("+{seconds}.{rest:0decimals$}s")
}

/// Enough decimals that these times, which are in order and differ, can be told apart.
pub(super) fn decimals(times: &[Duration]) -> usize {
    let apart = |decimals: &usize| {
        let mut shown: Vec<String> = times.iter().map(|time| clock(*time, *decimals)).collect();
        shown.dedup();
        shown.len() == times.len()
    };
    (2..9).find(apart).unwrap_or(9)
}

/// Elements of a list that are shown, the last ones: what matters of a list is mostly its end.
const ELEMENTS: usize = 4;

/// `[1 2 3]`, `[… 5 6 7]`
pub(super) fn list(list: &List) -> String {
    let elements: Vec<String> = list.backwards().take(ELEMENTS).map(|element| shown(element)).collect();
    let skipped = if list.len() > ELEMENTS { "… " } else { "" };
    format!("[{skipped}{}]", elements.into_iter().rev().collect::<Vec<_>>().join(" "))
}

/// `a+3 b=[1 2]`: what a transaction appended, and what it found if that is known.
pub(super) fn steps(steps: &[Step], answered: bool) -> String {
    let step = |step: &Step| match step {
        Step::Append { key, element } => format!("{}+{}", shown(key), shown(element)),
        Step::Get { key, list: found } if answered => format!("{}={}", shown(key), list(found)),
        Step::Get { key, .. } => format!("{}?", shown(key)),
    };
    steps.iter().map(step).collect::<Vec<_>>().join(" ")
}

/// How a sentence and its picture call a transaction: by its place in the history.
pub(super) fn transaction(place: usize) -> String {
    format!("T{}", place + 1)
}

/// What accounts hold together. (As many as there are of the largest do not fit into 64 bits.)
pub(super) fn sum(balances: &BTreeMap<Text, i64>) -> i128 {
    balances.values().map(|balance| i128::from(*balance)).sum()
}
