//! Text that stands in rows, as a search reads it: line breaks are no part of it.

use std::ops::Range;

use super::{JOINT, Pattern};

/// Where a search has found something: in each row that it touches, which bytes. Never empty.
pub(super) type Match = Vec<(usize, Range<usize>)>;

/// What can be searched, and where each character of it is drawn.
#[derive(Debug, Default)]
pub struct Text {
    chars: Vec<char>,
    /// The row of each, and its bytes in that row.
    places: Vec<(usize, Range<usize>)>,
}

impl Text {
    /// A stretch of a row that begins at this byte of it. Backticks only say what is code.
    pub fn push(&mut self, stretch: &str, row: usize, from: usize) {
        for (offset, c) in stretch.char_indices().filter(|(_, c)| *c != '`') {
            let start = from + offset;
            self.push_char(if c.is_whitespace() { ' ' } else { c }, row, start..start + c.len_utf8());
        }
    }

    /// The end of a row: a blank, nothing that matches, or a [`JOINT`].
    pub fn end(&mut self, end: char, row: usize, at: usize) {
        self.push_char(end, row, at..at);
    }

    /// Blanks in a row count once.
    fn push_char(&mut self, c: char, row: usize, bytes: Range<usize>) {
        if c == ' ' && self.chars.last().is_none_or(|last| matches!(*last, ' ' | '\n' | JOINT)) {
            return;
        }
        self.chars.push(c);
        self.places.push((row, bytes));
    }

    pub fn find(&self, pattern: &Pattern) -> Vec<Match> {
        let matches = pattern.find(&self.chars).into_iter().map(|found| self.drawn(found));
        matches.filter(|found| !found.is_empty()).collect()
    }

    fn drawn(&self, found: Range<usize>) -> Match {
        let mut drawn = Match::new();
        for (row, bytes) in &self.places[found] {
            match drawn.last_mut() {
                Some((last, so_far)) if last == row => so_far.end = bytes.end,
                _ => drawn.push((*row, bytes.clone())),
            }
        }
        drawn.retain(|(_, bytes)| !bytes.is_empty());
        drawn
    }
}
