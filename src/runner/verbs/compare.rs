//! `compare`, and how it shows values that are not as expected, however long they are.

use serde_json::Value as Json;

use crate::facts::{Excerpt, Expected, Finding, Mismatch, Source};
use crate::scenario::expr::Scope;
use crate::scenario::template::Data;
use crate::scenario::verbs::compare::Compare;
use crate::text::boundary;

use super::super::steps::Interpreter;
use super::super::stop::Stop;
use super::phrases::data;

/// How many bytes of a value a sentence quotes.
const SHOWN: usize = 160;
/// How many of these come before the first that differs.
const BEFORE: usize = 60;

impl Interpreter<'_> {
    pub(super) fn compare(&self, compare: &Compare, scope: &Scope) -> Result<(), Stop> {
        let actual = compare.value.json(scope)?;
        let wrong = compare.is.resolve(scope)?.check(&named(&compare.value), Some(&actual));
        match wrong.first() {
            None => Ok(()),
            Some(mismatch) => {
                let names: Vec<String> = compare.value.names().into_iter().chain(compare.is.names()).collect();
                Err(self.compared(mismatch, &actual, scope.sources(&names)))
            }
        }
    }

    /// A value that is not what it should be. If it is too long for a sentence, it is kept in a file.
    fn compared(&self, mismatch: &Mismatch, actual: &Json, sources: Vec<Source>) -> Stop {
        let expected = match &mismatch.expected {
            Expected::Value(value) => value.to_string(),
            Expected::Words(words) => words.clone(),
        };
        let actual = actual.to_string();
        let same = expected.bytes().zip(actual.bytes()).take_while(|(a, b)| a == b).count();
        let path = &mismatch.path;
        let (wanted, is) = (around(&expected, same), around(&actual, same));
        let mut sentence = format!("The comparison failed: {path} should be {wanted}, but is {is}.");
        let kept: Vec<String> = [(&expected, "expected"), (&actual, "actual")]
            .into_iter()
            .filter_map(|(text, what)| self.kept(text, what))
            .collect();
        if !kept.is_empty() {
            sentence.push_str(&format!(" All of it is in {}.", kept.join(" and ")));
        }
        Stop::failed(Finding::Compared { sentence, sources })
    }

    /// The file with the whole of a long text.
    fn kept(&self, text: &str, what: &str) -> Option<String> {
        if text.len() <= SHOWN {
            return None;
        }
        let mut excerpt = Excerpt { text: String::new(), bytes: text.len(), file: None };
        self.run.keep(&mut excerpt, text.as_bytes(), what);
        excerpt.file
    }
}

pub(super) fn describe(compare: &Compare) -> String {
    format!("compare {}", data(&compare.value))
}

/// Whose value it is, if it has a name. An expression is told by the step, which the card shows too.
fn named(value: &Data) -> String {
    let name = match value {
        Data::Text(template) => template.source().strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')),
        Data::Plain(_) | Data::List(_) | Data::Map(_) => None,
    };
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    name.filter(is_name).map_or_else(|| "the value".to_owned(), |name| format!("the value of `$({name})`"))
}

/// A text or, if it is long, the part around this byte.
fn around(text: &str, at: usize) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    let from = boundary(text, at.saturating_sub(BEFORE).min(text.len() - SHOWN));
    let to = boundary(text, from + SHOWN);
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
    format!("{before}{}{after} ({} bytes)", &text[from..to], text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_is_named_if_it_has_a_name() {
        assert_eq!(named(&Data::Plain(3.into())), "the value");
        let read = |text: &str| Data::Text(crate::scenario::template::Template::parse(text).unwrap());
        assert_eq!(named(&read("$(leader)")), "the value of `$(leader)`");
        assert_eq!(named(&read("$(same[1] | length)")), "the value");
        assert_eq!(named(&read("$(first) of $(second)")), "the value");
    }

    #[test]
    fn a_long_value_is_shown_around_the_first_difference() {
        assert_eq!(around("short", 3), "short");
        let long = format!("{}X{}", "é".repeat(1000), "b".repeat(1000));
        let shown = around(&long, 2000);
        assert!(shown.starts_with("…é") && shown.contains("éXb") && shown.ends_with("b… (3001 bytes)"), "{shown}");
        assert!(around(&long, 0).starts_with('é') && around(&long, 9999).contains("bb (3001 bytes)"));
    }
}
