//! The rows of the log pane: interleaved, or each line in its node's column; what was done to nodes as rules across. A
//! window of rows is drawn by hand: list and paragraph widgets measure everything that they are given.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::super::paint::write;
use super::super::theme::{Look, Sign, Theme};
use super::columns::TIME;
use super::index::{Index, Own};
use super::moves::Placed;
use super::pane::{LogPane, SIDEWAYS};
use super::row::{Flow, Text};
use super::view::Line;
use crate::report::own_lines::Kind;
use crate::report::times::clock;
use crate::text::{cut, pad, width, wrap};

const LONGEST_NAME: usize = 12;
/// Of a rule, before its text: the line, and a blank.
const LEAD: u16 = 5;

/// How an area is divided.
pub(super) struct Sheet<'a> {
    theme: &'a Theme,
    index: &'a Index,
    area: Rect,
    by_name: Vec<u16>,
    /// The widest name, in columns.
    name: usize,
    /// Sources in the order of their columns, and the width of each; empty when interleaved.
    columns: Vec<u16>,
    column: u16,
    wrap: bool,
}

/// Where a line's text goes, and what stands before it.
struct Cell<'a> {
    x: u16,
    end: u16,
    before: Before<'a>,
    /// Of the name and the sign.
    look: Look,
}

enum Before<'a> {
    /// The line goes across.
    Rule,
    Name(&'a str, Sign),
    /// In a column, which has the name.
    Sign(Sign),
}

impl<'a> Sheet<'a> {
    /// `columns`: the nodes that have one, if lines are not interleaved.
    pub(super) fn new(
        pane: &LogPane,
        index: &'a Index,
        columns: Option<&[String]>,
        theme: &'a Theme,
        area: Rect,
    ) -> Sheet<'a> {
        let by_name = index.by_name();
        let named = |source: &&u16, names: &[String]| index.node(**source).is_some_and(|it| names.contains(&it.name));
        let columns: Vec<u16> = columns
            .map_or(Vec::new(), |names| by_name.iter().filter(|source| named(source, names)).copied().collect());
        let count = u16::try_from(columns.len()).unwrap_or(u16::MAX);
        let column = area.width.saturating_sub(TIME).checked_div(count).unwrap_or(0);
        let name = pane.nodes.iter().map(|name| width(name)).max().unwrap_or(0).clamp(2, LONGEST_NAME);
        Sheet { theme, index, area, by_name, name, columns, column, wrap: pane.wrap }
    }

    /// For lines, without the head.
    pub(super) fn height(&self) -> usize {
        usize::from(self.area.height.saturating_sub(u16::from(!self.columns.is_empty())))
    }

    /// The rows that a line takes.
    pub(super) fn rows_of(&self, line: &Line) -> usize {
        if !self.wrap {
            return 1;
        }
        let cell = self.cell(line);
        self.text(line).rows(usize::from(cell.end.saturating_sub(cell.x)), self.height())
    }

    pub(super) fn draw(&self, pane: &mut LogPane, lines: &[Placed], focused: bool, buf: &mut Buffer) {
        let mut y = self.area.y;
        if !self.columns.is_empty() {
            self.head(y, buf);
            y += 1;
        }
        let texts: Vec<Text> = lines.iter().map(|placed| self.text(&placed.line)).collect();
        let further = std::mem::take(&mut pane.further);
        if further > 0 {
            // Some of the longest line stays visible. Shorter lines that come later do not pull the view back.
            let longest = texts.iter().map(|text| width(&text.plain)).max().unwrap_or(0);
            let furthest = longest.saturating_sub(1) / SIDEWAYS * SIDEWAYS;
            pane.left = pane.left.max(furthest.min(pane.left + further));
        }
        for (placed, text) in lines.iter().zip(&texts) {
            let rows = u16::try_from(placed.rows - placed.hidden).unwrap_or(u16::MAX);
            let rows = rows.min(self.area.bottom().saturating_sub(y));
            let area = Rect { y, height: rows, ..self.area };
            self.line(pane, placed, text, focused, area, buf);
            y += rows;
        }
    }

    fn text(&self, line: &Line) -> Text {
        let style = |look| self.theme.style(look);
        let Some(own) = self.index.own_at(line.place) else {
            return Text::printed(&line.raw, style(Look::Text), style(Look::Dim), self.theme, &self.index.paths);
        };
        let repeated = || {
            let until = clock(Duration::from_micros(own.until));
            (format!("  ×{}, the last at {until}", own.times), style(Look::Dim))
        };
        let note = (own.times > 1).then(repeated);
        Text::own(&line.raw.text(), style(own_look(own)), note, self.theme)
    }

    fn head(&self, y: u16, buf: &mut Buffer) {
        for (number, source) in self.columns.iter().enumerate() {
            let Some(node) = self.index.node(*source) else {
                continue;
            };
            // Two columns less: the bar before it, the gap behind it.
            let name = cut(&node.name, usize::from(self.column).saturating_sub(2));
            let x = self.column_x(number) + 2;
            let style = self.theme.style(self.look_of(&node.name)).add_modifier(Modifier::BOLD);
            let room = usize::from(self.area.right().saturating_sub(x));
            write(buf, (x, y), &name, room, style);
        }
    }

    fn column_x(&self, number: usize) -> u16 {
        // All columns together are no wider than the area.
        self.area.x + TIME + number as u16 * self.column
    }

    fn cell(&self, line: &Line) -> Cell<'a> {
        let area = self.area;
        let (name, sign) = match self.index.own_at(line.place) {
            Some(Own { kind: kind @ (Kind::Chapter | Kind::Deed), wrong, .. }) => {
                let look = match (wrong, kind) {
                    (true, _) => Look::Bad,
                    (_, Kind::Chapter) => Look::Frame,
                    _ => Look::Own,
                };
                return Cell { x: area.x + TIME + LEAD, end: area.right(), before: Before::Rule, look };
            }
            Some(own) => (self.index.one_node(own), own_sign(own.kind)),
            None => (self.index.node(line.place.source).map(|node| node.name.as_str()), Sign::Bar),
        };
        let look = name.map_or(Look::Own, |name| self.look_of(name));
        let in_column = |source: &u16| self.index.node(*source).is_some_and(|node| Some(node.name.as_str()) == name);
        if let Some(column) = self.columns.iter().position(in_column) {
            let x = self.column_x(column);
            // A column's gap keeps it from its neighbour.
            return Cell { x: x + 2, end: x + self.column - 1, before: Before::Sign(sign), look };
        }
        let x = area.x + TIME + self.name as u16 + 3;
        Cell { x, end: area.right(), before: Before::Name(name.unwrap_or_default(), sign), look }
    }

    /// A number for the colour of each node.
    fn look_of(&self, name: &str) -> Look {
        let named = |source: &u16| self.index.node(*source).is_some_and(|node| node.name == name);
        self.by_name.iter().position(named).map_or(Look::Own, Look::Node)
    }

    fn line(&self, pane: &LogPane, placed: &Placed, text: &Text, focused: bool, area: Rect, buf: &mut Buffer) {
        let line = &placed.line;
        let theme = self.theme;
        let cursor = placed.current && focused;
        let cell = self.cell(line);
        let first = placed.hidden == 0 && area.height > 0;
        if first {
            self.mark(pane, line, area, buf);
            let at = Duration::from_micros(line.place.at).as_secs_f64();
            let time = format!("{at:>+8.3}");
            let room = usize::from(area.width).saturating_sub(1);
            write(buf, (area.x + 1, area.y), &time, room, theme.style(Look::Dim));
        }
        if cursor {
            buf.set_style(area, theme.style(Look::Cursor));
        }
        self.before(&cell, text, first, cursor, area, buf);
        let found = pane.search.as_ref().map(|search| search.ranges(&text.plain)).unwrap_or_default();
        let mut style = theme.style(if placed.current { Look::Found } else { Look::Match });
        if cursor {
            // On the reversed line a match has its own colours, or stands out by not being reversed.
            style = style.remove_modifier(Modifier::REVERSED);
        }
        let end = cell.end.min(area.right());
        let inside = Rect { x: cell.x, width: end.saturating_sub(cell.x), ..area };
        let flow = if self.wrap {
            Flow::Wrapped { hidden: placed.hidden, most: self.height() }
        } else {
            Flow::Cut { left: pane.left }
        };
        text.draw(flow, &found, style, theme, inside, buf);
        if cursor && found.is_empty() {
            // In one colour from end to end: reversed, the text's own colours would look like stains.
            buf.set_style(area, theme.style(Look::Cursor));
        }
    }

    /// At the left edge: what the reader marked, what failed, what the reader came to see.
    fn mark(&self, pane: &LogPane, line: &Line, area: Rect, buf: &mut Buffer) {
        let wrong = self.index.own_at(line.place).is_some_and(|own| own.wrong);
        let (sign, look) = if pane.marks.contains(&line.place) {
            (Sign::Mark, Look::Hint)
        } else if wrong {
            (Sign::Failed, Look::Bad)
        } else if pane.target == Some(line.place) {
            (Sign::Current, Look::Hint)
        } else {
            return;
        };
        write(buf, (area.x, area.y), self.theme.sign(sign), usize::from(area.width), self.theme.style(look));
    }

    fn before(&self, cell: &Cell, text: &Text, first: bool, cursor: bool, area: Rect, buf: &mut Buffer) {
        let theme = self.theme;
        let style = if cursor { Style::new() } else { theme.style(cell.look) };
        let mut put = |x: u16, y: u16, text: &str, style| {
            if x < area.right() {
                write(buf, (x, y), text, usize::from(area.right() - x), style);
            }
        };
        let bar = theme.sign(Sign::Bar);
        match cell.before {
            Before::Rule if first => {
                let rule = theme.sign(Sign::Rule);
                put(cell.x - LEAD, area.y, &rule.repeat(usize::from(LEAD) - 1), style);
                let taken = text.width() + 1;
                let room = usize::from(cell.end.saturating_sub(cell.x));
                if let Some(rest) = room.checked_sub(taken) {
                    put(cell.x + taken as u16, area.y, &rule.repeat(rest), style);
                }
            }
            Before::Rule => {}
            Before::Name(name, sign) => {
                let x = area.x + TIME;
                let name = if first { pad(&cut(name, LONGEST_NAME), self.name) } else { " ".repeat(self.name) };
                if first {
                    put(x, area.y, &format!("{name} {}", theme.sign(sign)), style);
                }
                for y in area.top() + u16::from(first)..area.bottom() {
                    put(x + self.name as u16 + 1, y, bar, style);
                }
            }
            Before::Sign(sign) => {
                for y in area.top()..area.bottom() {
                    let sign = if first && y == area.top() { theme.sign(sign) } else { bar };
                    put(cell.x - 2, y, sign, style);
                }
            }
        }
    }
}

fn own_sign(kind: Kind) -> Sign {
    match kind {
        Kind::Request | Kind::Sent => Sign::Sent,
        Kind::Received => Sign::Received,
        Kind::Remark | Kind::Chapter | Kind::Deed => Sign::Open,
    }
}

fn own_look(own: &Own) -> Look {
    match own.kind {
        _ if own.wrong => Look::Bad,
        Kind::Chapter => Look::Strong,
        Kind::Deed | Kind::Request | Kind::Sent | Kind::Received | Kind::Remark => Look::Own,
    }
}

/// A sentence instead of lines.
pub(super) fn notice(text: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let room = usize::from(area.width).saturating_sub(2);
    let lines = if room == 0 { Vec::new() } else { wrap(text, room, 0) };
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        write(buf, (area.x + 1, y), line, room, theme.style(Look::Dim));
    }
}
