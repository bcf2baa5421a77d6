//! The text of a guide as a search reads it: what the renderer adds is not part of it, nor are the line breaks.

use std::ops::Range;

use crate::markdown::{Line, Role, to_plain};
use crate::text::width;
use crate::tui::find::{JOINT, Pattern};

/// Where a search has found something: in each row that it touches, which bytes. Never empty.
pub(super) type Match = Vec<(usize, Range<usize>)>;

/// What can be searched, and where each character of it is drawn.
#[derive(Debug, Default)]
pub(super) struct Text {
    chars: Vec<char>,
    /// The row of each, and its bytes in that row.
    places: Vec<(usize, Range<usize>)>,
}

impl Text {
    /// Marks that the renderer adds are not part of it: bars of quotes and code, backticks.
    pub(super) fn new(rows: &[Line], columns: usize) -> Self {
        let mut text = Self::default();
        for (at, row) in rows.iter().enumerate() {
            let mut byte = 0;
            for span in row {
                let bar = matches!(span.text.trim_end(), "│" | "┃");
                if !bar && !matches!(span.role, Role::CodeBar | Role::Continued) {
                    for (offset, c) in span.text.char_indices().filter(|(_, c)| *c != '`') {
                        let start = byte + offset;
                        text.push(if c.is_whitespace() { ' ' } else { c }, at, start..start + c.len_utf8());
                    }
                }
                byte += span.text.len();
            }
            // A word is broken only where it fills its row; a wide character may leave the last column free.
            let full = width(&to_plain(row)) + 1 >= columns;
            let end = match rows.get(at + 1) {
                Some(next) if next.is_empty() || is_code(row) != is_code(next) => '\n',
                Some(next) if is_heading(row) != is_heading(next) => '\n',
                Some(next) if full && (!is_code(row) || goes_on(next)) => JOINT,
                _ => ' ',
            };
            text.push(end, at, byte..byte);
        }
        text
    }

    /// Blanks in a row count once.
    fn push(&mut self, c: char, row: usize, bytes: Range<usize>) {
        if c == ' ' && self.chars.last().is_none_or(|last| matches!(*last, ' ' | '\n' | JOINT)) {
            return;
        }
        self.chars.push(c);
        self.places.push((row, bytes));
    }

    pub(super) fn find(&self, pattern: &Pattern) -> Vec<Match> {
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

fn is_code(row: &Line) -> bool {
    row.iter().any(|span| span.role == Role::CodeBar)
}

fn is_heading(row: &Line) -> bool {
    row.iter().any(|span| matches!(span.role, Role::Heading(_)))
}

/// The row continues the line of code above it.
fn goes_on(row: &Line) -> bool {
    row.iter().any(|span| span.role == Role::Continued)
}
