//! Tables that fit: columns give up width from the widest down, and a table that is too narrow even so becomes a list
//! of its rows.

use pulldown_cmark::Alignment;

use super::wrap::wrap;
use super::{Line, Role, Span, to_plain};
use crate::text::width;

const BETWEEN: &str = " │ ";
/// A column is not squeezed below this: words broken into pieces of four letters cannot be read.
const LEAST: usize = 6;

pub(super) struct Table {
    alignments: Vec<Alignment>,
    /// The first is the head.
    rows: Vec<Vec<Line>>,
    row: Vec<Line>,
}

impl Table {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, rows: Vec::new(), row: Vec::new() }
    }

    pub(super) fn cell(&mut self, cell: Line) {
        self.row.push(cell);
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    pub(super) fn lines(&self, room: usize) -> Vec<Line> {
        match self.widths(room) {
            Some(widths) => self.grid(&widths),
            None => self.list(room),
        }
    }

    /// How wide each column is, if they all fit side by side.
    fn widths(&self, room: usize) -> Option<Vec<usize>> {
        let columns = self.alignments.len();
        let room = room.checked_sub(columns.saturating_sub(1) * width(BETWEEN))?;
        let natural: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| width(&to_plain(cell))).max().unwrap_or(0).clamp(1, room.max(1))
            })
            .collect();
        if natural.iter().map(|natural| LEAST.min(*natural)).sum::<usize>() > room {
            return None;
        }
        let mut widths = natural;
        let mut total: usize = widths.iter().sum();
        while total > room {
            let widest = widths.iter_mut().max()?;
            *widest -= 1;
            total -= 1;
        }
        Some(widths)
    }

    fn grid(&self, widths: &[usize]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<Vec<Line>> = widths
                .iter()
                .enumerate()
                .map(|(at, width)| row.get(at).map_or_else(Vec::new, |cell| wrap(cell, *width)))
                .collect();
            for at in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
                let mut line = Line::new();
                for (column, cell) in cells.iter().enumerate() {
                    if column > 0 {
                        line.push(Span::new(BETWEEN, Role::Rule));
                    }
                    let content = cell.get(at).cloned().unwrap_or_default();
                    let free = widths[column].saturating_sub(width(&to_plain(&content)));
                    let before = match self.alignments[column] {
                        Alignment::Right => free,
                        Alignment::Center => free / 2,
                        Alignment::None | Alignment::Left => 0,
                    };
                    line.push(Span::new(" ".repeat(before), Role::Text));
                    line.extend(content);
                    if column + 1 < cells.len() {
                        line.push(Span::new(" ".repeat(free - before), Role::Text));
                    }
                }
                lines.push(line);
            }
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                lines.push(vec![Span::new(rules.join("─┼─"), Role::Rule)]);
            }
        }
        lines
    }

    /// Each row as lines of `head: cell`.
    fn list(&self, room: usize) -> Vec<Line> {
        let Some((head, rows)) = self.rows.split_first() else { return Vec::new() };
        // A table with only a head still says what it is about.
        if rows.is_empty() {
            return head.iter().flat_map(|cell| wrap(cell, room)).collect();
        }
        let mut lines = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                lines.push(Line::new());
            }
            for (title, cell) in head.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                let mut entry = title.clone();
                if !entry.is_empty() {
                    entry.push(Span::new(": ", Role::TableHead));
                }
                entry.extend(cell.iter().cloned());
                lines.extend(wrap(&entry, room));
            }
        }
        lines
    }
}
