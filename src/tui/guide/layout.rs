//! A guide in rows of one width, with what the pane asks of them: sections, links, code that is too wide, text to
//! search, and places that outlive a change of width.

use std::ops::Range;

use crate::markdown::{Heading, Line, Link, Role, Span, render, to_plain};
use crate::text::{breaks, width};
use crate::tui::find::{JOINT, Pattern};

/// Where a search has found something: in each row that it touches, which bytes. Never empty.
pub(super) type Match = Vec<(usize, Range<usize>)>;

#[derive(Debug)]
pub(super) struct Layout {
    pub(super) columns: usize,
    pub(super) rows: Vec<Line>,
    pub(super) links: Vec<Link>,
    pub(super) stops: Vec<Stop>,
    /// How far the widest row of code reaches beyond the width.
    pub(super) overhang: usize,
    headings: Vec<Heading>,
    /// Rows of the guide itself, without the list of its links.
    own: usize,
    /// How many letters and digits come before each row.
    letters: Vec<usize>,
    text: Text,
}

/// A link in the text, however many rows it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    /// An index into [`Layout::links`].
    pub(super) link: usize,
    pub(super) rows: Range<usize>,
}

/// A place in a guide, the same at any width: this many letters after the start of a heading's row. Wrapping moves
/// blanks, bars and bullets, but no letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// How many headings are at or before it.
    headings: usize,
    letters: usize,
}

/// What can be searched, and where each character of it is drawn.
#[derive(Debug, Default)]
struct Text {
    chars: Vec<char>,
    /// The row of each, and its bytes in that row.
    places: Vec<(usize, Range<usize>)>,
}

impl Layout {
    pub(super) fn new(source: &str, columns: usize) -> Self {
        let document = render(source, columns);
        let own = document.lines.len();
        let list: Vec<Line> = document.link_list().iter().flat_map(|line| hang(line, columns)).collect();
        let mut rows = document.lines;
        if !list.is_empty() {
            rows.push(Line::new());
            rows.extend(list);
        }
        let code = rows.iter().filter(|row| is_code(row)).map(|row| width(&to_plain(row))).max().unwrap_or(0);
        let letters = letters(&rows);
        Self {
            columns,
            stops: stops(&rows),
            overhang: code.saturating_sub(columns),
            text: Text::new(&rows, columns),
            rows,
            links: document.links,
            headings: document.headings,
            own,
            letters,
        }
    }

    /// The rows from a heading to the next of its level or above.
    pub(super) fn section(&self, slug: &str) -> Option<Range<usize>> {
        let at = self.headings.iter().position(|heading| heading.slug == slug)?;
        let heading = &self.headings[at];
        let next = self.headings[at + 1..].iter().find(|next| next.level <= heading.level);
        let mut end = next.map_or(self.own, |next| next.line);
        while end > heading.line + 1 && self.rows[end - 1].is_empty() {
            end -= 1;
        }
        Some(heading.line..end)
    }

    pub(super) fn place(&self, row: usize) -> Place {
        let headings = self.headings.partition_point(|heading| heading.line <= row);
        let letters = self.letters.get(row).or(self.letters.last()).copied().unwrap_or(0);
        Place { headings, letters: letters.saturating_sub(self.letters_before(headings)) }
    }

    pub(super) fn row(&self, place: Place) -> usize {
        let wanted = self.letters_before(place.headings) + place.letters;
        let row = self.letters.partition_point(|letters| *letters <= wanted).saturating_sub(1);
        // A table that became a list repeats its head: never beyond the section.
        let end = self.headings.get(place.headings).map_or(self.rows.len(), |heading| heading.line);
        row.min(end.saturating_sub(1))
    }

    fn letters_before(&self, headings: usize) -> usize {
        let heading = headings.checked_sub(1).and_then(|at| self.headings.get(at));
        heading.map_or(0, |heading| self.letters[heading.line])
    }

    pub(super) fn find(&self, pattern: &Pattern) -> Vec<Match> {
        let matches = pattern.find(&self.text.chars).into_iter().map(|found| self.text.drawn(found));
        matches.filter(|found| !found.is_empty()).collect()
    }
}

impl Text {
    /// Marks that the renderer adds are not part of it: bars of quotes, numbers of links, backticks of code.
    fn new(rows: &[Line], columns: usize) -> Self {
        let mut text = Self::default();
        for (at, row) in rows.iter().enumerate() {
            let mut byte = 0;
            for span in row {
                let bar = matches!(span.text.trim_end(), "│" | "┃");
                if !bar && span.role != Role::LinkNumber {
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
                _ if full && !is_code(row) => JOINT,
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

pub(super) fn is_code(row: &Line) -> bool {
    row.iter().any(|span| span.role == Role::CodeBlock)
}

fn letters(rows: &[Line]) -> Vec<usize> {
    let mut all = 0;
    let mut before = Vec::with_capacity(rows.len());
    for row in rows {
        before.push(all);
        all += row.iter().flat_map(|span| span.text.chars()).filter(|c| c.is_alphanumeric()).count();
    }
    before
}

/// Neighbouring spans of one link are one stop, even across rows.
fn stops(rows: &[Line]) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    let mut open = None;
    for (at, row) in rows.iter().enumerate() {
        for span in row.iter().filter(|span| !span.text.trim().is_empty()) {
            match (span.link, stops.last_mut()) {
                (Some(link), Some(stop)) if open == Some(link) => stop.rows.end = at + 1,
                (Some(link), _) => stops.push(Stop { link, rows: at..at + 1 }),
                (None, _) => {}
            }
            open = span.link;
        }
        if row.is_empty() {
            open = None;
        }
    }
    stops
}

/// An entry of the list of links, its address broken where it must be.
fn hang(line: &Line, columns: usize) -> Vec<Line> {
    let [number, address] = &line[..] else { return vec![line.clone()] };
    let indent = width(&number.text);
    let room = columns.saturating_sub(indent);
    let piece = |(at, range): (usize, Range<usize>)| {
        let blank = Span { text: " ".repeat(indent), role: Role::Text, link: None };
        let before = if at == 0 { number.clone() } else { blank };
        vec![before, Span { text: address.text[range].to_owned(), ..address.clone() }]
    };
    breaks(&address.text, room, room).into_iter().enumerate().map(piece).collect()
}
