//! The axis, a lane and a state for each node, and below them what was wrong.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::facts::NodeStatus;
use crate::report::cluster_now::NodeLine;
use crate::report::condition::{Condition, Reach};
use crate::report::timeline::{Lane, Timeline};
use crate::report::times::time;
use crate::text::{clean, cut, width};
use crate::tui::cluster::{Axis, ClusterPane, Drawn, Scene, Wrong};
use crate::tui::paint;
use crate::tui::theme::{Look, Sign, Theme};

/// Columns of the states, on a narrow screen, on a usual one, on a wide one.
const STATES: [(u16, u16); 3] = [(160, 44), (110, 34), (0, 18)];
/// From this many columns of a state on, it also says for how long it has been so.
const LASTING: u16 = 30;
/// Rows that are kept for what is below the lanes before lanes are spaced out.
const BELOW: u16 = 16;

/// Where everything stands.
struct Places {
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
        let names = nodes.iter().map(|node| width(node)).max().unwrap_or(0).min(12) as u16 + 3;
        let axis = u16::from(scene.timeline.is_some());
        let room = area.height.saturating_sub(axis);
        let wrong = u16::try_from(scene.wrong.len()).unwrap_or(u16::MAX).min(room.saturating_sub(count) / 2).min(4);
        // What was wrong must be in sight, whatever else is.
        let wrong = wrong.max(u16::from(!scene.wrong.is_empty() && room > 2));
        let pitch = if room >= 2 * count + wrong + BELOW { 2 } else { 1 };
        let shown = count.min(room.saturating_sub(wrong)).max(1);
        let states = STATES.iter().find(|(from, _)| area.width >= *from).map_or(0, |(_, columns)| *columns);
        let lanes = if axis == 0 { 0 } else { area.width.saturating_sub(names + states + 3) };
        let rows = Rect { y: area.y + axis, height: (shown - 1) * pitch + 1, ..area };
        let first = (chosen + 1).saturating_sub(usize::from(shown));
        let lanes = Rect { x: area.x + names, width: lanes, ..rows };
        let states_x = if axis == 0 { lanes.x } else { lanes.right() + 3 };
        let states = Rect { x: states_x, width: area.right().saturating_sub(states_x), ..rows };
        Self { rows, pitch, first, names, lanes, states, wrong }
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
            Brush { theme, area: row(places.lanes), axis, number, cursor }.lane(lane, scene.end, buffer);
            let wall = Rect { x: places.lanes.right() + 1, width: 1, ..row(area) };
            super::put(theme, buffer, wall, theme.sign(Sign::Wall), theme.style(Look::Frame));
        }
        let is = lane.and_then(|lane| Some(lane.stretches[lane.place(scene.until)?].is));
        if let Some(line) = scene.cluster.nodes.iter().find(|line| line.node == nodes[number]) {
            state(line, is, scene.until, theme, row(places.states), buffer);
        }
    }
    let mut y = places.rows.bottom();
    if let Some(axis) = &axis {
        let row = Rect { y: area.y, height: 1, ..places.lanes };
        ticks(axis, scene.until, theme, row, buffer);
        spaces(axis, scene.until, &places, theme, buffer);
        for wrong in scene.wrong.iter().take(usize::from(places.wrong)) {
            let area = Rect { y, height: 1, x: area.x, width: places.lanes.right().saturating_sub(area.x) };
            operation(wrong, axis, scene.until, places.lanes, theme, area, buffer);
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

/// What a node is at the moment.
fn state(line: &NodeLine, is: Option<Condition>, until: Duration, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (text, look) = standing(line, is);
    let mut pieces = vec![(text.into(), theme.style(look))];
    let lasted = until.saturating_sub(line.since);
    if area.width >= LASTING && lasted >= Duration::from_millis(1) {
        pieces.push((format!("  for {}", time(lasted)).into(), theme.style(Look::Dim)));
    }
    paint::put(buffer, area, theme, &pieces);
}

fn standing(line: &NodeLine, is: Option<Condition>) -> (String, Look) {
    let role = match line.term {
        Some(term) if !line.role.is_empty() && line.leads => format!("{} {term}", clean(&line.role).to_uppercase()),
        Some(term) if !line.role.is_empty() => format!("{} {term}", clean(&line.role)),
        _ => clean(&line.says),
    };
    let faults = is.map(faults).unwrap_or_default();
    let with =
        |what: &str| [what, &faults].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    match line.state {
        NodeStatus::Up if line.leads => (with(&role), Look::Strong),
        NodeStatus::Up if role.is_empty() && faults.is_empty() => ("up".to_owned(), Look::Text),
        NodeStatus::Up => (with(&role), if faults.is_empty() { Look::Text } else { Look::Unsure }),
        NodeStatus::Paused | NodeStatus::Silent => (with(&clean(&line.state_words())), Look::Unsure),
        NodeStatus::Starting => (line.state.word().to_owned(), Look::Busy),
        NodeStatus::Down => (line.state.word().to_owned(), Look::Dim),
        NodeStatus::Ended => (clean(&line.how), Look::Bad),
    }
}

/// What is wrong with its links.
fn faults(is: Condition) -> String {
    match (is.reach, is.slow) {
        (Reach::Minority, _) => "cut off",
        (_, true) => "slow",
        _ => "",
    }
    .to_owned()
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
struct Brush<'a> {
    theme: &'a Theme,
    area: Rect,
    axis: &'a Axis,
    /// The node's.
    number: usize,
    /// The column of the moment.
    cursor: usize,
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
            let from = self.axis.column(stretch.from);
            let to = next.map_or(behind, |next| self.axis.column(next));
            let (sign, style) = self.line(stretch.is);
            (from..to).for_each(|column| self.put(column, sign, style, buffer));
            if (from..to).contains(&self.cursor) {
                at_cursor = sign;
            }
            let label = labels(stretch.is).into_iter().find(|label| width(label) + 2 <= to.saturating_sub(from));
            if let Some(label) = label {
                buffer.set_string(self.area.x + from as u16 + 1, self.area.y, label, style);
            }
        }
        self.marks(lane, behind, buffer);
        let cell = &mut buffer[(self.area.x + self.cursor as u16, self.area.y)];
        if cell.symbol() == at_cursor {
            cell.set_symbol(self.theme.sign(Sign::Edge)).set_style(self.theme.style(Look::Focus));
        } else {
            // A mark or a letter stays legible.
            cell.set_style(self.theme.style(Look::Cursor));
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
                NodeStatus::Ended if !is_gone(before) => (Sign::Failed, Look::Bad),
                NodeStatus::Down if !is_gone(before) => (Sign::Failed, Look::Unsure),
                NodeStatus::Up
                    if gone && matches!(before, NodeStatus::Starting | NodeStatus::Down | NodeStatus::Ended) =>
                {
                    (Sign::Running, Look::Node(self.number))
                }
                _ => continue,
            };
            gone = sign == Sign::Failed;
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

/// An operation at its place: its words to the left of it, or where there is more room.
fn operation(
    wrong: &Wrong,
    axis: &Axis,
    until: Duration,
    lanes: Rect,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let column = |at: Duration| lanes.x + axis.column(at) as u16;
    let (from, to) = (column(wrong.from), wrong.to.map_or(lanes.right() - 1, column));
    let cursor = column(until);
    buffer.set_string(cursor, area.y, theme.sign(Sign::Edge), theme.style(Look::Focus));
    let look = if wrong.culprit { Look::Bad } else { Look::Strong };
    let style = theme.style(look);
    let [begin, line, end] = theme.bar(wrong.culprit, wrong.to.is_none());
    let bar = match usize::from(to - from) {
        0 => theme.sign(if wrong.culprit { Sign::Failed } else { Sign::Proof }).to_owned(),
        columns => format!("{begin}{}{end}", line.repeat(columns - 1)),
    };
    buffer.set_string(from, area.y, bar, style);
    let sign = theme.sign(if wrong.culprit { Sign::Failed } else { Sign::Proof });
    let (left, right) =
        (usize::from(from - area.x).saturating_sub(3), usize::from(area.right() - to).saturating_sub(3));
    let words = format!("{} {sign}", cut(&wrong.text, left.max(right).saturating_sub(2)));
    let place = if width(&words) <= left || left >= right {
        Rect { x: area.x + 1, width: left as u16, ..area }
    } else {
        Rect { x: to + 2, width: right as u16, ..area }
    };
    super::put(theme, buffer, place, &words, style);
}
