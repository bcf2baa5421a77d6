//! The left of a row: the lifelines of the nodes as they are then, and arrows from one to others, or from several to one.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::columns::Columns;
use crate::facts::NodeStatus;
use crate::report::condition::Condition;
use crate::text::clean;
use crate::tui::messages::{Drawn, End, Loaded, Stroke};
use crate::tui::theme::{Look, Theme};

/// What a lifeline is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// It is not there.
    None,
    Up,
    /// It leads; leaders of terms that follow one another differ.
    Leads {
        odd: bool,
    },
    Paused,
    Starting,
}

impl Line {
    fn of(condition: Option<Condition>) -> Line {
        let Some(condition) = condition else { return Line::None };
        match condition.status {
            NodeStatus::Down | NodeStatus::Ended => Line::None,
            NodeStatus::Paused => Line::Paused,
            NodeStatus::Starting => Line::Starting,
            NodeStatus::Up | NodeStatus::Silent if condition.leads => {
                Line::Leads { odd: condition.term.unwrap_or(1) % 2 == 1 }
            }
            NodeStatus::Up | NodeStatus::Silent => Line::Up,
        }
    }

    /// Alone, and where an arrow passes.
    fn signs(self, ascii: bool) -> [&'static str; 2] {
        match (self, ascii) {
            (Line::None, _) => [" "; 2],
            (Line::Up, _) => ["│", "┼"],
            (Line::Leads { odd: false }, false) => ["║", "╫"],
            (Line::Leads { odd: true }, false) => ["┃", "╂"],
            (Line::Leads { odd: false }, true) => ["H"; 2],
            (Line::Leads { odd: true }, true) => ["#"; 2],
            (Line::Paused | Line::Starting, _) => ["┆", "┼"],
        }
    }

    /// The same while nothing begins.
    fn in_gap(self) -> &'static str {
        if self == Line::None { " " } else { "┊" }
    }

    fn look(self, node: usize) -> Look {
        match self {
            Line::Leads { .. } => Look::Node(node),
            Line::None | Line::Up | Line::Paused | Line::Starting => Look::Frame,
        }
    }
}

/// A row of the screen.
pub(super) struct Row<'a> {
    pub(super) columns: &'a Columns,
    pub(super) loaded: &'a Loaded,
    pub(super) theme: &'a Theme,
    pub(super) at: Duration,
    pub(super) y: u16,
}

impl Row<'_> {
    fn line(&self, node: usize) -> Line {
        let timeline = self.loaded.timelines.at(self.at);
        let lanes = timeline.map_or(&[][..], |timeline| timeline.lanes());
        let lane = lanes.iter().find(|lane| *lane.node == *self.loaded.nodes[node]);
        Line::of(lane.and_then(|lane| lane.at(self.at)))
    }

    fn shown(&self) -> impl Iterator<Item = (usize, u16)> + '_ {
        self.columns.nodes.iter().enumerate().map(|(place, x)| (place + self.columns.first, *x))
    }

    fn put(&self, buffer: &mut Buffer, x: u16, sign: &str, style: Style) {
        if x < self.columns.right {
            buffer.set_string(x, self.y, sign, style);
        }
    }

    pub(super) fn draw(&self, drawn: &Drawn, buffer: &mut Buffer) {
        for (node, x) in self.shown() {
            let line = self.line(node);
            let sign = if *drawn == Drawn::Gap { line.in_gap() } else { line.signs(self.theme.ascii)[0] };
            self.put(buffer, x, sign, self.theme.style(line.look(node)));
        }
        match drawn {
            Drawn::Gap => {}
            Drawn::Arrow { from, to, stroke } => self.arrows(from, to, *stroke, buffer),
            Drawn::Rule => self.across("─", Look::Frame, buffer),
            Drawn::Deed => self.across("┄", Look::Own, buffer),
            Drawn::Mark(nodes) => {
                for (node, x) in self.shown().filter(|(node, _)| self.is_among(*node, nodes)) {
                    self.put(buffer, x, "◆", self.theme.style(Look::Node(node)));
                }
            }
        }
    }

    fn is_among(&self, node: usize, nodes: &[String]) -> bool {
        nodes.contains(&self.loaded.nodes[node])
    }

    /// A line through all columns; lifelines stay.
    fn across(&self, sign: &str, look: Look, buffer: &mut Buffer) {
        let style = self.theme.style(look);
        for x in self.columns.clients.saturating_sub(2)..self.columns.words.saturating_sub(1) {
            let is_free = buffer.cell((x, self.y)).is_some_and(|cell| cell.symbol() == " ");
            if is_free {
                self.put(buffer, x, sign, style);
            }
        }
    }

    fn column(&self, end: &End) -> (u16, Option<usize>) {
        match end {
            End::Clients => (self.columns.clients, None),
            End::Node(name) => {
                let node = self.loaded.nodes.iter().position(|known| clean(known) == *name);
                (node.map_or(self.columns.clients, |node| self.columns.towards(node)), node)
            }
        }
    }

    fn arrows(&self, from: &[End], to: &[End], stroke: Stroke, buffer: &mut Buffer) {
        let ends: Vec<u16> = to.iter().map(|end| self.column(end).0).collect();
        let mut begins: Vec<(u16, Option<usize>)> = from.iter().map(|end| self.column(end)).collect();
        // Those that are nearer are drawn over the arrows that pass them.
        let farthest = |begin: u16| ends.iter().map(|end| end.abs_diff(begin)).max();
        begins.sort_by_key(|(begin, _)| std::cmp::Reverse(farthest(*begin)));
        let style = |sender: Option<usize>| match (stroke, sender) {
            (Stroke::Lost | Stroke::Stopped, _) => self.theme.style(Look::Unsure),
            (_, Some(node)) => self.theme.style(Look::Node(node)),
            (_, None) => self.theme.style(Look::Own),
        };
        for (begin, sender) in &begins {
            self.line_to(*begin, &ends, stroke, style(*sender), buffer);
        }
        for (begin, sender) in begins {
            for end in ends.iter().filter(|end| **end != begin) {
                self.head(begin, *end, stroke, style(sender), buffer);
            }
            self.put(buffer, begin, if sender.is_some() { "●" } else { "○" }, style(sender));
        }
    }

    /// From one lifeline up to the farthest of others, on both sides.
    fn line_to(&self, begin: u16, ends: &[u16], stroke: Stroke, style: Style, buffer: &mut Buffer) {
        let right = ends.iter().copied().filter(|end| *end > begin).max();
        let left = ends.iter().copied().filter(|end| *end < begin).min();
        let dash = if matches!(stroke, Stroke::AtOnce | Stroke::Lost) { "─" } else { "┄" };
        let passes = left.map_or(begin, |left| left + 1)..right.unwrap_or(begin + 1);
        for x in passes.clone() {
            self.put(buffer, x, dash, style);
        }
        for (node, x) in self.shown().filter(|(_, x)| passes.contains(x)) {
            let line = self.line(node);
            if line != Line::None {
                self.put(buffer, x, line.signs(self.theme.ascii)[1], style);
            }
        }
    }

    /// The end of an arrow: at its lifeline, which stays; on its way, if it is held or lost.
    fn head(&self, begin: u16, end: u16, stroke: Stroke, style: Style, buffer: &mut Buffer) {
        let rightwards = end > begin;
        let at = if rightwards { end - 1 } else { end + 1 };
        if let Some((node, x)) = self.shown().find(|(_, x)| *x == end) {
            let line = self.line(node);
            self.put(buffer, x, line.signs(self.theme.ascii)[0], self.theme.style(line.look(node)));
        }
        let sign = match stroke {
            Stroke::AtOnce | Stroke::Late if rightwards => "▶",
            Stroke::AtOnce | Stroke::Late => "◀",
            Stroke::Stopped | Stroke::Lost => "╳",
        };
        self.put(buffer, at, sign, style);
    }
}
