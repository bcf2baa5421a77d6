//! Search in text as it is shown: literal, ignoring case unless a capital is typed, and across the line breaks that
//! wrapping made.

mod list;
mod search;
mod text;

use std::ops::Range;

pub use self::list::{Before, ListSearch, nearest, step};
pub use self::search::{Highlight, Search, Way, highlight};
pub use self::text::Text;

/// A line break that may be between two words or inside a long one: it matches both a blank and nothing.
pub const JOINT: char = '\0';

/// What is looked for. Each run of blanks in it matches a blank or the end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    chars: Vec<char>,
    any_case: bool,
}

impl Pattern {
    /// None where nothing but blanks was typed. Backticks are left out, as they are from the text: they only say what
    /// is code.
    pub fn new(typed: &str) -> Option<Self> {
        let mut chars: Vec<char> = Vec::new();
        for c in typed.chars().filter(|c| *c != '`') {
            match c.is_whitespace() {
                true if chars.last() == Some(&' ') => {}
                true => chars.push(' '),
                false => chars.push(c),
            }
        }
        let blank = chars.iter().all(|c| *c == ' ');
        let any_case = !chars.iter().any(|c| c.is_uppercase());
        (!blank).then_some(Self { chars, any_case })
    }

    /// Every place where it is found, in order; none overlap.
    pub fn find(&self, text: &[char]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            match self.end(text, at) {
                Some(end) => {
                    found.push(at..end);
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }

    /// Where a match that begins at `start` ends.
    fn end(&self, text: &[char], start: usize) -> Option<usize> {
        let mut at = start;
        for wanted in &self.chars {
            if *wanted != ' ' && at > start {
                while text.get(at) == Some(&JOINT) {
                    at += 1;
                }
            }
            if !self.same(*wanted, *text.get(at)?) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    fn same(&self, wanted: char, c: char) -> bool {
        wanted == c || wanted == ' ' && c == JOINT || self.any_case && wanted.to_lowercase().eq(c.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(typed: &str, text: &str) -> Vec<(usize, usize)> {
        let text: Vec<char> = text.chars().collect();
        let found = Pattern::new(typed).map_or_else(Vec::new, |pattern| pattern.find(&text));
        found.into_iter().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn a_capital_makes_case_count() {
        assert_eq!(find("put", "PUT put Put"), [(0, 3), (4, 7), (8, 11)]);
        assert_eq!(find("PUT", "PUT put Put"), [(0, 3)]);
        assert_eq!(find("über", "ÜBER"), [(0, 4)]);
    }

    #[test]
    fn text_is_literal_and_matches_do_not_overlap() {
        assert_eq!(find("a.b*", "axb a.b*"), [(4, 8)]);
        assert_eq!(find("aa", "aaaaa"), [(0, 2), (2, 4)]);
        assert!(find("  ", "a  b").is_empty());
        assert!(find("", "a").is_empty());
        assert!(find("`", "a").is_empty());
    }

    #[test]
    fn a_joint_is_a_blank_or_nothing() {
        assert_eq!(find("one two", "one\0two"), [(0, 7)]);
        assert_eq!(find("onetwo", "one\0two"), [(0, 7)]);
        assert_eq!(find("one  two", "one two"), [(0, 7)]);
        assert!(find("onetwo", "one two").is_empty());
        assert!(find("one two", "one\ntwo").is_empty());
    }
}
