//! The axis, what holds for all nodes, a lane and a state for each, and below them what was wrong.

use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{common, states};
use crate::facts::NodeStatus;
use crate::report::condition::{Condition, Reach};
use crate::report::timeline::{Lane, Timeline};
use crate::text::{clean, width};
use crate::tui::cluster::{Axis, ClusterPane, Drawn, Scene, Wrong};
use crate::tui::more::Hidden;
use crate::tui::paint;
use crate::tui::theme::{Look, Sign, Theme};

/// Columns of the states, on a narrow screen, on a usual one, on a wide one.
const STATES: [(u16, u16); 3] = [(160, 44), (110, 34), (0, 18)];
/// Rows that are kept for what is below the lanes before lanes are spaced out.
const BELOW: u16 = 16;

/// Where everything stands.
struct Places {
    /// The row of what holds for all nodes; empty where nothing ever does.
    common: Rect,
    /// A row for each lane that is in sight.
    rows: Rect,
    pitch: u16,
    first: usize,
    names: u16,
    lanes: Rect,
    states: Rect,
    /// Rows for what was wrong.
    wrong: u16,
}

impl Places {
    fn new(scene: &Scene, nodes: &[String], chosen: usize, area: Rect) -> Self {
        let count = u16::try_from(nodes.len()).unwrap_or(u16::MAX);
        let names = nodes.iter().map(|node| width(node)).max().unwrap_or(0).clamp(2, 12) as u16 + 3;
        let axis = u16::from(scene.timeline.is_some());
        let common = u16::from(scene.timeline.is_some_and(common::is_anything));
        let above = axis + common;
        let room = area.height.saturating_sub(above);
        let wrong = u16::try_from(scene.wrong.len()).unwrap_or(u16::MAX).min(room.saturating_sub(count) / 2).min(4);
        // What was wrong must be in sight, whatever else is.
        let wrong = wrong.max(u16::from(!scene.wrong.is_empty() && room > 2));
        let pitch = if room >= 2 * count + wrong + BELOW { 2 } else { 1 };
        let shown = count.min(room.saturating_sub(wrong)).max(1);
        let states = STATES.iter().find(|(from, _)| area.width >= *from).map_or(0, |(_, columns)| *columns);
        let lanes = if axis == 0 { 0 } else { area.width.saturating_sub(names + states + 3) };
        let rows = Rect { y: area.y + above, height: (shown - 1) * pitch + 1, ..area };
        let first = (chosen + 1).saturating_sub(usize::from(shown));
        let lanes = Rect { x: area.x + names, width: lanes, ..rows };
        let states_x = if axis == 0 { lanes.x } else { lanes.right() + 3 };
        let states = Rect { x: states_x, width: area.right().saturating_sub(states_x), ..rows };
        let common = Rect { y: area.y + axis, height: common, ..area };
        Self { common, rows, pitch, first, names, lanes, states, wrong }
    }

    /// The rows of lanes that are in sight, each with the lane's number.
    fn in_sight(&self) -> impl Iterator<Item = (usize, u16)> {
        (self.rows.y..self.rows.bottom())
            .step_by(usize::from(self.pitch))
            .zip(self.first..)
            .map(|(y, lane)| (lane, y))
    }
}

/// Draws it, and returns how many rows that took.
pub(super) fn draw(pane: &mut ClusterPane, scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) -> u16 {
    let nodes = names(scene);
    let chosen = pane.chosen(scene);
    let shown: Vec<String> = nodes.iter().map(|node| clean(node)).collect();
    let places = Places::new(scene, &shown, chosen, area);
    let axis = scene.timeline.map(|timeline| {
        let columns = usize::from(places.lanes.width);
        let from = timeline.began();
        if scene.live { Axis::growing(from, scene.end, columns) } else { Axis::new(from, scene.end, columns) }
    });
    for (number, y) in places.in_sight() {
        let Some(name) = shown.get(number) else { break };
        let row = |area: Rect| Rect { y, height: 1, ..area };
        head(name, number, number == chosen, theme, Rect { width: places.names, ..row(area) }, buffer);
        let lane = scene.timeline.and_then(|timeline| timeline.lanes().get(number));
        if let (Some(lane), Some(axis)) = (lane, &axis) {
            let cursor = axis.column(scene.until);
            let of_node = scene.wrong.iter().filter(|wrong| wrong.node.as_ref() == Some(&nodes[number]));
            let taken = [cursor].into_iter().chain(of_node.map(|wrong| axis.column(wrong.moment()))).collect();
            let brush = Brush { theme, area: row(places.lanes), axis, number, cursor, taken };
            brush.lane(lane, scene.end, buffer);
            brush.wrong(scene, &nodes[number], buffer);
            wall(places.lanes.right() + 1, y, theme, buffer);
        }
        let is = lane.and_then(|lane| Some(lane.stretches[lane.place(scene.until)?].is));
        if let Some(line) = scene.cluster.nodes.iter().find(|line| line.node == nodes[number]) {
            states::draw(line, is, scene.until, theme, row(places.states), buffer);
        }
    }
    let mut y = places.rows.bottom();
    if let Some(axis) = &axis {
        let row = Rect { y: area.y, height: 1, ..places.lanes };
        ticks(axis, scene.until, theme, row, buffer);
        let hidden = (places.first, nodes.len().saturating_sub(places.first + places.in_sight().count()));
        Hidden::of_counts(hidden.0, hidden.1).draw(theme, Rect { y: area.y, height: 1, ..places.states }, buffer);
        spaces(axis, scene.until, &places, theme, buffer);
        if let Some(timeline) = scene.timeline.filter(|_| places.common.height > 0) {
            let row = |area: Rect| Rect { y: places.common.y, height: 1, ..area };
            let head = Rect { width: places.names, ..row(area) };
            super::put(theme, buffer, head, " all", theme.style(Look::Dim));
            let cursor = axis.column(scene.until);
            let taken = vec![cursor];
            let brush = Brush { theme, area: row(places.lanes), axis, number: 0, cursor, taken };
            common::draw(timeline, scene, &brush, row(places.states), buffer);
            wall(places.lanes.right() + 1, places.common.y, theme, buffer);
        }
        for wrong in scene.wrong.iter().take(usize::from(places.wrong)) {
            let number = nodes.iter().position(|node| Some(node) == wrong.node.as_ref());
            let name = number.map(|number| (shown[number].as_str(), number));
            let head = Rect { y, height: 1, width: places.names, ..area };
            super::wrong::head(wrong, name, theme, head, buffer);
            super::wrong::draw(wrong, axis, scene.until, theme, Rect { y, height: 1, ..places.lanes }, buffer);
            y += 1;
        }
    }
    let test = scene.timeline.map(Timeline::test).unwrap_or_default();
    pane.set_drawn(Drawn {
        lanes: places.lanes,
        rows: places.rows,
        pitch: places.pitch,
        first: places.first,
        axis,
        moment: scene.until,
        end: scene.end,
        test: (test.0.to_owned(), test.1.to_owned()),
        nodes,
        chosen,
        stops: stops(scene),
    });
    y - area.y
}

/// All nodes of the test, also those that come later.
fn names(scene: &Scene) -> Vec<String> {
    match scene.timeline {
        Some(timeline) => timeline.lanes().iter().map(|lane| lane.node.to_string()).collect(),
        None => scene.cluster.nodes.iter().map(|node| node.node.clone()).collect(),
    }
}

fn stops(scene: &Scene) -> Vec<Duration> {
    let changes = scene.timeline.iter().flat_map(|timeline| timeline.changes()).copied();
    let mut stops: Vec<Duration> = changes.chain(scene.wrong.iter().map(Wrong::moment)).collect();
    stops.sort_unstable();
    stops.dedup();
    stops
}

fn head(name: &str, number: usize, chosen: bool, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let sign = if chosen { theme.sign(Sign::Current) } else { " " };
    let style = theme.style(Look::Node(number));
    let style = if chosen { style.add_modifier(Modifier::BOLD) } else { style };
    paint::put(buffer, area, theme, &[(sign.into(), theme.style(Look::Focus)), (name.into(), style)]);
}

/// Between the lanes and the states.
fn wall(x: u16, y: u16, theme: &Theme, buffer: &mut Buffer) {
    let place = Rect { x, y, width: 1, height: 1 };
    super::put(theme, buffer, place, theme.sign(Sign::Wall), theme.style(Look::Frame));
}

/// Round times, each beginning in its column, and the moment.
fn ticks(axis: &Axis, until: Duration, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let cursor = axis.column(until);
    for (column, text) in axis.ticks() {
        // A blank on both sides of the moment.
        let clear = column > cursor + 1 || column + text.len() < cursor;
        if clear && column + text.len() <= axis.columns {
            let place = Rect { x: area.x + column as u16, width: text.len() as u16, ..area };
            super::put(theme, buffer, place, &text, theme.style(Look::Dim));
        }
    }
    let place = Rect { x: area.x + cursor as u16, width: 1, ..area };
    super::put(theme, buffer, place, theme.sign(Sign::Down), theme.style(Look::Focus));
}

/// The moment goes on between lanes that are spaced out.
fn spaces(axis: &Axis, until: Duration, places: &Places, theme: &Theme, buffer: &mut Buffer) {
    let x = places.lanes.x + axis.column(until) as u16;
    let between = (places.rows.y..places.rows.bottom()).filter(|y| !(y - places.rows.y).is_multiple_of(places.pitch));
    for y in between {
        buffer.set_string(x, y, theme.sign(Sign::Edge), theme.style(Look::Focus));
    }
}

/// Draws a lane.
pub(super) struct Brush<'a> {
    pub theme: &'a Theme,
    pub area: Rect,
    pub axis: &'a Axis,
    /// The node's.
    pub number: usize,
    /// The column of the moment.
    pub cursor: usize,
    /// Columns that no word may cover: of the moment, and of what was wrong.
    pub taken: Vec<usize>,
}

impl Brush<'_> {
    fn put(&self, column: usize, sign: &str, style: Style, buffer: &mut Buffer) {
        // No column is beyond the axis, which is as wide as the area.
        buffer.set_stringn(self.area.x + column as u16, self.area.y, sign, 1, style);
    }

    fn lane(&self, lane: &Lane, end: Duration, buffer: &mut Buffer) {
        let behind = self.axis.column(end) + 1;
        let mut at_cursor = " ";
        for (place, stretch) in lane.stretches.iter().enumerate() {
            let next = lane.stretches.get(place + 1).map(|next| next.from);
            let columns = self.axis.column(stretch.from)..next.map_or(behind, |next| self.axis.column(next));
            let (sign, style) = self.line(stretch.is);
            if columns.contains(&self.cursor) {
                at_cursor = sign;
            }
            self.stretch(columns, sign, style, &labels(stretch.is), buffer);
        }
        self.marks(lane, behind, buffer);
        self.moment(at_cursor, buffer);
    }

    /// A stretch of a lane, and in it the first of these words that has room.
    pub(super) fn stretch(
        &self,
        columns: Range<usize>,
        sign: &str,
        style: Style,
        words: &[String],
        buffer: &mut Buffer,
    ) {
        columns.clone().for_each(|column| self.put(column, sign, style, buffer));
        if let Some((column, word)) = word(words, columns, &self.taken) {
            buffer.set_string(self.area.x + column as u16, self.area.y, word, style);
        }
    }

    /// The moment, on a lane that shows this there: only a mark stays legible.
    pub(super) fn moment(&self, line: &str, buffer: &mut Buffer) {
        let cell = &mut buffer[(self.area.x + self.cursor as u16, self.area.y)];
        if cell.symbol() == line {
            cell.set_symbol(self.theme.sign(Sign::Edge)).set_style(self.theme.style(Look::Focus));
        } else {
            cell.set_style(self.theme.style(Look::Cursor));
        }
    }

    /// Where this node was wrong.
    fn wrong(&self, scene: &Scene, node: &str, buffer: &mut Buffer) {
        // The wrong answer last, so that nothing covers it.
        for wrong in scene.wrong.iter().rev().filter(|wrong| wrong.node.as_deref() == Some(node)) {
            let (sign, look) = super::wrong::sign(wrong);
            let column = self.axis.column(wrong.moment());
            let style = self.theme.style(look);
            let style = if column == self.cursor { style.patch(self.theme.style(Look::Cursor)) } else { style };
            self.put(column, self.theme.sign(sign), style, buffer);
        }
    }

    fn line(&self, is: Condition) -> (&'static str, Style) {
        let (sign, look) = match (is.status, is.reach) {
            (NodeStatus::Down | NodeStatus::Ended, _) => return (" ", self.theme.style(Look::Dim)),
            (NodeStatus::Starting, _) => (Sign::Open, Look::Busy),
            (NodeStatus::Silent, _) => (Sign::Unjudged, Look::Unsure),
            (NodeStatus::Paused, _) => (Sign::LanePaused, Look::Unsure),
            (NodeStatus::Up, Reach::Minority) => (Sign::Fault, Look::Unsure),
            (NodeStatus::Up, _) if is.slow => (Sign::LaneSlow, Look::Unsure),
            (NodeStatus::Up, Reach::Most) if is.leads => (Sign::LaneLeadsPart, Look::Node(self.number)),
            (NodeStatus::Up, Reach::All) if is.leads => (Sign::LaneLeads, Look::Node(self.number)),
            (NodeStatus::Up, Reach::Most) => (Sign::LanePart, Look::Node(self.number)),
            (NodeStatus::Up, Reach::All) => (Sign::Lane, Look::Node(self.number)),
        };
        let style = self.theme.style(look);
        (self.theme.sign(sign), if is.leads { style.add_modifier(Modifier::BOLD) } else { style })
    }

    /// Where it went down, and where it was up again.
    fn marks(&self, lane: &Lane, behind: usize, buffer: &mut Buffer) {
        let is_gone = |status| matches!(status, NodeStatus::Down | NodeStatus::Ended);
        let mut gone = false;
        let mut last = None;
        for pair in lane.stretches.iter().zip(lane.stretches.iter().skip(1)) {
            let (before, stretch) = (pair.0.is.status, pair.1);
            let column = self.axis.column(stretch.from);
            let (sign, look) = match stretch.is.status {
                NodeStatus::Ended if !is_gone(before) => (Sign::Stopped, Look::Bad),
                NodeStatus::Down if !is_gone(before) => (Sign::Stopped, Look::Unsure),
                NodeStatus::Up
                    if gone && matches!(before, NodeStatus::Starting | NodeStatus::Down | NodeStatus::Ended) =>
                {
                    (Sign::Running, Look::Node(self.number))
                }
                _ => continue,
            };
            gone = sign == Sign::Stopped;
            // Both in one column: the second moves on.
            let column = if last == Some(column) && !gone { (column + 1).min(behind - 1) } else { column };
            self.put(column, self.theme.sign(sign), self.theme.style(look), buffer);
            last = Some(column);
        }
    }
}

/// What can be written into a stretch, the longest first.
fn labels(is: Condition) -> Vec<String> {
    let what = match (is.status, is.reach) {
        (NodeStatus::Down | NodeStatus::Ended | NodeStatus::Starting, _) => return Vec::new(),
        (NodeStatus::Silent, _) => "silent",
        (NodeStatus::Paused, _) => "paused",
        (NodeStatus::Up, Reach::Minority) => "cut",
        (NodeStatus::Up, _) if is.slow => "slow",
        (NodeStatus::Up, _) => "",
    };
    let leads = match is.term {
        Some(term) if is.leads => format!("leads {term}"),
        _ if is.leads => "leads".to_owned(),
        _ => String::new(),
    };
    let both = if what.is_empty() || leads.is_empty() { String::new() } else { format!("{what}, {leads}") };
    let term = is.term.map(|term| term.to_string()).unwrap_or_default();
    let short = if what.is_empty() { term } else { String::new() };
    [both, if what.is_empty() { leads } else { what.to_owned() }, short]
        .into_iter()
        .filter(|label| !label.is_empty())
        .collect()
}

/// Where the longest of these words can stand in a stretch so that nothing splits it: at the beginning of the stretch,
/// or else behind the moment or what was wrong. Only the line is beside it.
fn word<'a>(words: &'a [String], columns: Range<usize>, taken: &[usize]) -> Option<(usize, &'a str)> {
    words.iter().find_map(|word| {
        let wide = width(word);
        let is_clear = |at: &usize| {
            let end = at + wide;
            *at > columns.start && end < columns.end && !taken.iter().any(|column| (*at..end).contains(column))
        };
        let places = [columns.start + 1].into_iter().chain(taken.iter().map(|column| column + 2));
        places.filter(is_clear).min().map(|at| (at, word.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_splits_no_word() {
        let words = ["cut, leads 3", "cut"].map(str::to_owned);
        for (cursor, placed) in [
            (0, Some((11, "cut, leads 3"))),
            (10, Some((11, "cut, leads 3"))),
            (11, Some((13, "cut, leads 3"))),
            (16, Some((18, "cut, leads 3"))),
            (17, Some((11, "cut"))),
            (22, Some((11, "cut"))),
            (23, Some((11, "cut, leads 3"))),
            (40, Some((11, "cut, leads 3"))),
        ] {
            assert_eq!(word(&words, 10..31, &[cursor]), placed, "{cursor}");
        }
        assert_eq!(word(&words, 10..15, &[12]), None, "there is no room on either side");
        assert_eq!(word(&words, 10..31, &[20, 12]), Some((14, "cut")), "between two");
    }
}
