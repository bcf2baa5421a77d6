//! A guide in rows of one width, with what the pane asks of them: sections, links and code to stop at, text to search,
//! and places that outlive a change of width.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::text;
use crate::markdown::{Code, Heading, Line, Link, Medium, render};
use crate::tui::find::Text;

#[derive(Debug)]
pub(super) struct Layout {
    pub(super) columns: usize,
    pub(super) medium: Medium,
    pub(super) rows: Vec<Line>,
    pub(super) links: Vec<Link>,
    pub(super) codes: Vec<Code>,
    pub(super) stops: Vec<Stop>,
    pub(super) text: Text,
    headings: Vec<Heading>,
    /// How many letters and digits come before each row.
    letters: Vec<usize>,
}

/// A link in the text or a block of code, however many rows it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) target: Target,
    pub(super) rows: Range<usize>,
}

/// An index into [`Layout::links`] or [`Layout::codes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Link(usize),
    Code(usize),
}

/// A place in a guide, the same at any width and after changes to other sections: this many letters after the start of
/// a heading's row. Wrapping moves blanks, bars and bullets, but no letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The slug of the last heading at or before it.
    section: Option<String>,
    letters: usize,
}

impl Layout {
    pub(super) fn new(source: &str, columns: usize, medium: Medium) -> Self {
        let document = render(source, columns, medium);
        let rows = document.lines;
        Self {
            columns,
            medium,
            stops: stops(&rows, &document.codes),
            text: text::of_rows(&rows, columns),
            letters: letters(&rows),
            rows,
            links: document.links,
            codes: document.codes,
            headings: document.headings,
        }
    }

    /// The rows from a heading to the next of its level or above.
    pub(super) fn section(&self, slug: &str) -> Option<Range<usize>> {
        let at = self.headings.iter().position(|heading| heading.slug == slug)?;
        let heading = &self.headings[at];
        let next = self.headings[at + 1..].iter().find(|next| next.level <= heading.level);
        let mut end = next.map_or(self.rows.len(), |next| next.line);
        while end > heading.line + 1 && self.rows[end - 1].is_empty() {
            end -= 1;
        }
        Some(heading.line..end)
    }

    pub(super) fn place(&self, row: usize) -> Place {
        let heading = self.headings.partition_point(|heading| heading.line <= row).checked_sub(1);
        let heading = heading.map(|at| &self.headings[at]);
        let letters = self.letters.get(row).or(self.letters.last()).copied().unwrap_or(0);
        let before = heading.map_or(0, |heading| self.letters[heading.line]);
        Place { section: heading.map(|heading| heading.slug.clone()), letters: letters.saturating_sub(before) }
    }

    /// The row of a place; of one in a section that is no more, the first.
    pub(super) fn row(&self, place: &Place) -> usize {
        let (before, next) = match &place.section {
            None => (0, 0),
            Some(slug) => match self.headings.iter().position(|heading| heading.slug == *slug) {
                Some(at) => (self.letters[self.headings[at].line], at + 1),
                None => return 0,
            },
        };
        let wanted = before.saturating_add(place.letters);
        let row = self.letters.partition_point(|letters| *letters <= wanted).saturating_sub(1);
        // A table that became a list repeats its head: never beyond the section.
        let end = self.headings.get(next).map_or(self.rows.len(), |heading| heading.line);
        row.min(end.saturating_sub(1))
    }
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
fn stops(rows: &[Line], codes: &[Code]) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    let mut open = None;
    for (at, row) in rows.iter().enumerate() {
        for span in row.iter().filter(|span| !span.text.trim().is_empty()) {
            match (span.link, stops.last_mut()) {
                (Some(link), Some(stop)) if open == Some(link) => stop.rows.end = at + 1,
                (Some(link), _) => stops.push(Stop { target: Target::Link(link), rows: at..at + 1 }),
                (None, _) => {}
            }
            open = span.link;
        }
        if row.is_empty() {
            open = None;
        }
    }
    stops.extend(
        codes.iter().enumerate().map(|(at, code)| Stop { target: Target::Code(at), rows: code.lines.clone() }),
    );
    // Links in one row stay in their order.
    stops.sort_by_key(|stop| stop.rows.start);
    stops
}
