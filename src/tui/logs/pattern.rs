//! What a reader looks for: a regex, or the words themselves if they are not one.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::lines::shown;
use super::paths::Paths;

#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

/// What was typed says it all.
impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    /// None for an empty text. A capital letter in it makes case matter.
    pub fn new(text: &str) -> Option<Pattern> {
        if text.is_empty() {
            return None;
        }
        let build = |regex: &str| RegexBuilder::new(regex).case_insensitive(!has_capital(text)).build();
        // The second time, only a literal that is longer than any regex may be fails.
        let regex = build(text).or_else(|_| build(&regex::escape(text))).ok()?;
        Some(Pattern { text: text.to_owned(), regex })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is in a line as the line is shown.
    pub(super) fn fits(&self, raw: &[u8], paths: &Paths) -> bool {
        // Cleaning ten million lines takes far longer than searching them, and most need none.
        let plain = raw.iter().all(|byte| (b' '..=b'~').contains(byte)) && !paths.are_in(raw);
        match std::str::from_utf8(raw) {
            Ok(text) if plain => self.regex.is_match(text),
            _ => self.regex.is_match(&shown(raw, paths)),
        }
    }

    /// Whether it is in text that is cleaned, or never shown.
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    pub fn ranges(&self, shown: &str) -> Vec<Range<usize>> {
        self.regex.find_iter(shown).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }
}

/// Letters after a backslash are the regex's own: `\S` does not ask for a capital.
fn has_capital(text: &str) -> bool {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter.is_uppercase() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, line: &str) -> bool {
        Pattern::new(pattern).unwrap().fits(line.as_bytes(), &Paths::default())
    }

    #[test]
    fn capitals_count_where_there_is_one() {
        assert!(fits("put", "PUT /kv"));
        assert!(!fits("Put", "PUT /kv"));
        assert!(fits(r"\Sut", "PUT /kv"));
        assert!(Pattern::new("").is_none());
    }

    #[test]
    fn what_is_no_regex_is_taken_as_it_stands() {
        assert!(fits("a(b", "xa(by"));
        assert!(!fits("a(b", "ab"));
        assert!(fits("^GET .* 200$", "GET /kv/a 200"));
    }

    #[test]
    fn a_line_is_searched_as_it_is_shown() {
        assert!(fits("^red$", "\u{1b}[31mred\u{1b}[0m"));
        assert!(fits("␀", "a\0b"));
        assert!(!fits("31", "\u{1b}[31mred"));
    }
}
