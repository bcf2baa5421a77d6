//! The rows of the log pane: interleaved, or each line in its node's column. A window of rows is drawn by hand: list
//! and paragraph widgets measure everything that they are given.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::super::theme::{Look, Sign, Theme};
use super::index::{Index, OWN};
use super::pane::{LogPane, SIDEWAYS};
use super::row::Text;
use super::view::Line;
use crate::text::{cut, pad, width, wrap};

/// Mark, time, and a gap of two.
const TIME: u16 = 11;
/// Narrower than this, a column shows too little of a line.
const NARROWEST: u16 = 24;
const LONGEST_NAME: usize = 12;

/// How an area is divided.
pub(super) struct Sheet<'a> {
    theme: &'a Theme,
    area: Rect,
    /// The widest name, in columns.
    name: usize,
    /// Sources in the order of their columns, and the width of each; empty when interleaved.
    columns: Vec<u16>,
    column: u16,
}

/// A line on its way to a row.
struct Row<'a> {
    line: &'a Line,
    text: &'a Text,
    y: u16,
    /// The reader is on it; `cursor` says whether that is shown.
    current: bool,
    cursor: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(pane: &LogPane, index: &Index, names: &[String], theme: &'a Theme, area: Rect) -> Sheet<'a> {
        let name = names.iter().map(|name| width(name)).max().unwrap_or(0).clamp(2, LONGEST_NAME);
        let mut sheet = Sheet { theme, area, name, columns: Vec::new(), column: 0 };
        if pane.columns {
            let shown = |source: &u16| {
                pane.node.is_none() || index.node(*source).map(|node| &node.name) == pane.node.as_ref()
            };
            let columns: Vec<u16> = index.by_name().into_iter().filter(shown).collect();
            let count = u16::try_from(columns.len()).unwrap_or(u16::MAX);
            let column = area.width.saturating_sub(TIME).checked_div(count).unwrap_or(0);
            if column >= NARROWEST {
                (sheet.columns, sheet.column) = (columns, column);
            }
        }
        sheet
    }

    /// For lines, without the head.
    pub(super) fn rows(&self) -> usize {
        usize::from(self.area.height.saturating_sub(u16::from(!self.columns.is_empty())))
    }

    pub(super) fn draw(&self, pane: &mut LogPane, index: &Index, lines: &[Line], focused: bool, buf: &mut Buffer) {
        let by_name = index.by_name();
        let mut y = self.area.y;
        if !self.columns.is_empty() {
            self.head(index, &by_name, y, buf);
            y += 1;
        }
        let texts: Vec<Text> = lines.iter().map(|line| self.text(line)).collect();
        let further = std::mem::take(&mut pane.further);
        if further > 0 {
            // Some of the longest line stays visible. Shorter lines that come later do not pull the view back.
            let longest = texts.iter().map(|text| width(&text.plain)).max().unwrap_or(0);
            let furthest = longest.saturating_sub(1) / SIDEWAYS * SIDEWAYS;
            pane.left = pane.left.max(furthest.min(pane.left + further));
        }
        for (number, (line, text)) in lines.iter().zip(&texts).enumerate() {
            let current = number == pane.row;
            let row = Row { line, text, y, current, cursor: current && focused };
            self.row(pane, index, &by_name, &row, buf);
            y += 1;
        }
    }

    fn text(&self, line: &Line) -> Text {
        let base = if line.place.source == OWN { Look::Own } else { Look::Text };
        Text::new(&line.raw, self.theme.style(base), self.theme.style(Look::Dim), self.theme)
    }

    fn head(&self, index: &Index, by_name: &[u16], y: u16, buf: &mut Buffer) {
        for (number, source) in self.columns.iter().enumerate() {
            let Some(node) = index.node(*source) else {
                continue;
            };
            // Two columns less: the bar before it, the gap behind it.
            let name = cut(&node.name, usize::from(self.column) - 2);
            let x = self.column_x(number) + 2;
            buf.set_string(x, y, name, self.theme.style(node_look(by_name, *source)).add_modifier(Modifier::BOLD));
        }
    }

    fn column_x(&self, number: usize) -> u16 {
        // All columns together are no wider than the area.
        self.area.x + TIME + number as u16 * self.column
    }

    fn row(&self, pane: &LogPane, index: &Index, by_name: &[u16], row: &Row, buf: &mut Buffer) {
        let Row { line, text, y, current, cursor } = *row;
        let area = self.area;
        let theme = self.theme;
        let look = if line.place.source == OWN { Look::Own } else { node_look(by_name, line.place.source) };
        let room = usize::from(area.width);
        if pane.marks.contains(&line.place) {
            buf.set_stringn(area.x, y, theme.sign(Sign::Mark), room, theme.style(Look::Hint));
        }
        let at = Duration::from_micros(line.place.at).as_secs_f64();
        let time = format!("{at:>+8.3}");
        buf.set_stringn(area.x + 1, y, time, room.saturating_sub(1), theme.style(Look::Dim));
        let bar = theme.sign(Sign::Bar);
        let column = self.columns.iter().position(|source| *source == line.place.source);
        let (x, end) = match column {
            Some(column) => {
                let x = self.column_x(column);
                buf.set_string(x, y, bar, theme.style(look));
                // A column's gap keeps it from its neighbour.
                (x + 2, x + self.column - 1)
            }
            None => {
                let name = match index.node(line.place.source) {
                    Some(node) => cut(&node.name, LONGEST_NAME),
                    None => "**".to_owned(),
                };
                let x = area.x + TIME;
                let head = format!("{} {bar} ", pad(&name, self.name));
                buf.set_stringn(x, y, &head, room.saturating_sub(usize::from(TIME)), theme.style(look));
                (x + width(&head) as u16, area.right())
            }
        };
        if cursor {
            buf.set_style(Rect::new(area.x, y, area.width, 1), theme.style(Look::Cursor));
        }
        let found = pane.search.as_ref().map(|search| search.ranges(&text.plain)).unwrap_or_default();
        let mut style = theme.style(if current { Look::Found } else { Look::Match });
        if cursor {
            // On the reversed line a match has its own colours, or stands out by not being reversed.
            style = style.remove_modifier(Modifier::REVERSED);
        }
        text.draw(pane.left, &found, style, Rect::new(x, y, end.saturating_sub(x), 1), buf);
        if cursor && found.is_empty() {
            // In one colour from end to end: reversed, the text's own colours would look like stains.
            buf.set_style(Rect::new(area.x, y, area.width, 1), theme.style(Look::Cursor));
        }
    }
}

fn node_look(by_name: &[u16], source: u16) -> Look {
    Look::Node(by_name.iter().position(|known| *known == source).unwrap_or(0))
}

/// A sentence instead of lines.
pub(super) fn notice(text: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let room = usize::from(area.width).saturating_sub(2);
    let lines = if room == 0 { Vec::new() } else { wrap(text, room, 0) };
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        buf.set_stringn(area.x + 1, y, line, room, theme.style(Look::Dim));
    }
}
