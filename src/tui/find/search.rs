//! A search in rows of text: what it has found, and which of it the reader is at.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::Pattern;
use super::text::{Match, Text};
use crate::text::width;
use crate::tui::theme::{Look, Theme};

#[derive(Debug)]
pub struct Search {
    pattern: Option<Pattern>,
    matches: Vec<Match>,
    current: usize,
}

/// To the match after, or to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Next,
    Previous,
}

/// Bytes of a row that were found, and how they look.
pub type Highlight = (Range<usize>, Look);

impl Search {
    pub fn new(typed: &str) -> Self {
        Self { pattern: Pattern::new(typed), matches: Vec::new(), current: 0 }
    }

    /// A layout of another width has the same matches in other places.
    pub fn run(&mut self, text: &Text) {
        self.matches = self.pattern.as_ref().map_or_else(Vec::new, |pattern| text.find(pattern));
        self.current = self.current.min(self.matches.len().saturating_sub(1));
    }

    /// To the first match from this row on, or else to the first of all.
    pub fn go_on_from(&mut self, row: usize) {
        self.current = self.matches.iter().position(|found| found[0].0 >= row).unwrap_or(0);
    }

    /// To another match, round and round. Whether there is one.
    pub fn step(&mut self, way: Way) -> bool {
        let all = self.matches.len();
        if all > 0 {
            self.current = match way {
                Way::Next => (self.current + 1) % all,
                Way::Previous => (self.current + all - 1) % all,
            };
        }
        all > 0
    }

    /// The rows of the match that the reader is at.
    pub fn rows(&self) -> Option<Range<usize>> {
        let found = self.matches.get(self.current)?;
        Some(found.first()?.0..found.last()?.0 + 1)
    }

    /// `2 of 7`, or `no match`; none before anything is typed.
    pub fn status(&self) -> Option<String> {
        self.pattern.as_ref()?;
        Some(match self.matches.len() {
            0 => "no match".to_owned(),
            all => format!("{} of {all}", self.current + 1),
        })
    }

    /// What was found in a row, from left to right.
    pub fn highlights(&self, row: usize) -> Vec<Highlight> {
        let mut highlights: Vec<Highlight> = Vec::new();
        for (number, found) in self.matches.iter().enumerate() {
            let look = if number == self.current { Look::Found } else { Look::Match };
            let here = found.iter().filter(|(at, _)| *at == row);
            highlights.extend(here.map(|(_, bytes)| (bytes.clone(), look)));
        }
        // Of text in two columns, a match may come after another and stand before it.
        highlights.sort_by_key(|(bytes, _)| bytes.start);
        highlights
    }
}

/// Shows in a row that was drawn what was found in it.
pub fn highlight(buffer: &mut Buffer, row: Rect, theme: &Theme, text: &str, found: &[Highlight]) {
    for (bytes, look) in found {
        let (Some(before), Some(matched)) = (text.get(..bytes.start), text.get(bytes.clone())) else { continue };
        let columns = |text: &str| u16::try_from(width(text)).unwrap_or(u16::MAX);
        let place = Rect { x: row.x.saturating_add(columns(before)), width: columns(matched), height: 1, ..row };
        let place = place.intersection(row).intersection(buffer.area);
        for position in place.positions() {
            let cell = &mut buffer[position];
            let mut style = theme.style(*look);
            if cell.modifier.contains(Modifier::REVERSED) {
                // Under a cursor it has its own colours, or stands out by not being reversed.
                style = style.remove_modifier(Modifier::REVERSED);
            }
            cell.set_style(style);
        }
    }
}
