//! The history view: an axis, faults and lanes on it, and below them the details of the chosen operation.
//!
//! | file | what it draws |
//! |---|---|
//! | `axis` | times, what is left out between them, faults |
//! | `bars` | operations |
//! | `details` | the chosen operation, what the picture proves, and the legend |

mod axis;
mod bars;
mod details;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use self::details::Details;
use super::{framed, indented, notes, put, title};
use crate::text::{clean, clusters, cut, width, wrap};
use crate::tui::history::{Bar, Drawn, HistoryPane, Reader, State};
use crate::tui::more::Hidden;
use crate::tui::paint;
use crate::tui::theme::{Look, Sign, Theme};

/// From this many columns on, lanes say `client`.
const ROOMY: u16 = 100;
/// Rows of the axis.
const AXIS: u16 = 2;
/// Rows of the details that are always there: the chosen operation. Where the area has more rows than `LOW`, they may
/// take most of what the picture and they share.
const DETAILS: u16 = 5;
const LOW: u16 = 18;

pub(super) fn draw(pane: &mut HistoryPane, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    match pane.state_mut() {
        State::Reading => message("Reading the history.", theme, area, buffer),
        State::Unreadable(reason) => message(reason, theme, area, buffer),
        State::Read(reader) => {
            let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 };
            picture(reader, theme, indented(inner), buffer);
            let room = usize::from(area.width).saturating_sub("┌ History   ┐".chars().count());
            let more = cut(&heading(reader), room).replace('…', theme.sign(Sign::Ellipsis));
            framed(title("History", &more, true, theme), true, theme, area, buffer);
        }
    }
}

fn message(text: &str, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let inner = framed(title("History", "", true, theme), true, theme, area, buffer);
    notes::message(theme, inner, buffer, text);
}

/// What is shown of how much.
fn heading(reader: &Reader) -> String {
    let shown = reader.lanes().rows.iter().map(Vec::len).sum::<usize>();
    let of = match reader.only() {
        Some((key, _)) if reader.keys() == 1 => clean(key),
        Some((key, number)) => format!("{} ({number} of {} keys)", clean(key), reader.keys()),
        None => format!("all {} keys", reader.keys()),
    };
    let operations = if shown == 1 { "operation" } else { "operations" };
    format!("{of}, {shown} {operations}")
}

/// After the name of a lane: a blank, the sign of one of the proof, and another blank.
const PROOF: usize = 3;

/// How the rows are shared out.
struct Rows {
    faults: u16,
    lanes: usize,
    /// Rows from a lane to the next.
    pitch: u16,
}

fn share(area: Rect, lanes: usize, faults: usize, details: u16) -> Rows {
    let most = match area.height {
        0..14 => 1,
        14..26 => 2,
        _ => 4,
    };
    let faults = most.min(faults) as u16;
    // A row below the lanes says how they are ordered.
    let both = area.height.saturating_sub(AXIS + faults + 1);
    let details = if area.height < LOW { DETAILS } else { details.min(both * 3 / 5).max(DETAILS) };
    let room = both.saturating_sub(details);
    // Where there is plenty of room, lanes are spaced out.
    let pitch = if usize::from(room) >= 2 * lanes + 8 { 2 } else { 1 };
    Rows { faults, lanes: lanes.min(usize::from(room)), pitch }
}

/// A part of the picture that is on the screen.
struct Window<'a> {
    theme: &'a Theme,
    /// Without the names of the lanes.
    area: Rect,
    /// The first column of the picture that is in it.
    left: usize,
}

impl Window<'_> {
    /// Puts text at a column of the picture, as much of it as is in sight.
    fn put(&self, buffer: &mut Buffer, column: usize, text: &str, style: Style) {
        let seen = self.left..self.left + usize::from(self.area.width);
        if seen.contains(&column) && column + width(text) <= seen.end {
            let area = Rect { x: self.area.x + (column - self.left) as u16, width: width(text) as u16, ..self.area };
            return paint::put(buffer, area, self.theme, &[(text.into(), style)]);
        }
        let mut at = column;
        for (_, cluster) in clusters(text) {
            let wide = width(cluster);
            if at >= self.left && at + wide <= self.left + usize::from(self.area.width) {
                let x = self.area.x + (at - self.left) as u16;
                let cell = Rect::new(x, self.area.y, wide as u16, 1);
                paint::put(buffer, cell, self.theme, &[(cluster.into(), style)]);
            }
            at += wide;
        }
    }

    fn sees(&self, column: usize) -> bool {
        (self.left..self.left + usize::from(self.area.width)).contains(&column)
    }
}

/// Draws everything inside of the frame.
fn picture(reader: &mut Reader, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let names = name_width(reader, area.width);
    let room = area.width.saturating_sub(names);
    reader.lay_out(usize::from(room));
    let Some(sheet) = reader.sheet() else { return };
    let faults = axis::stacked(sheet, &reader.history().faults);
    let about = Details::new(reader, theme, area.width);
    let Rows { faults: fault_rows, lanes: shown, pitch } =
        share(area, reader.lanes().rows.len(), faults.len(), about.rows());
    reader.bring_lane(shown);
    let lanes = Rect { x: area.x + names, y: area.y + AXIS + fault_rows, width: room, height: shown as u16 * pitch };
    reader.drawn(Drawn { bars: lanes, pitch: usize::from(pitch) });

    let reader = &*reader;
    let (Some(sheet), (left, top)) = (reader.sheet(), reader.origin()) else { return };
    let right = left + usize::from(room);
    let window = |y: u16| Window { theme, area: Rect { y, height: 1, ..lanes }, left };
    axis::times(reader, sheet, &window(area.y), buffer);
    axis::line(reader, sheet, &window(area.y + 1), buffer);
    let heads = |y: u16| Rect { y, width: names, height: 1, ..area };
    for (row, faults) in faults.iter().take(usize::from(fault_rows)).enumerate() {
        let y = area.y + AXIS + row as u16;
        if row == 0 && faults.iter().any(|stretch| stretch.from < right && stretch.to >= left) {
            put(theme, buffer, heads(y), "  faults", theme.style(Look::Dim));
        }
        faults
            .iter()
            .for_each(|stretch| axis::band(stretch, &reader.history().faults[stretch.place], &window(y), buffer));
    }
    let chosen = reader.lanes().lane_of(reader.chosen()).map(|(lane, _)| lane);
    for row in 0..shown {
        let (lane, y) = (top + row, lanes.y + row as u16 * pitch);
        let window = window(y);
        // Behind the operations, what is left out and the edges of faults go on.
        axis::breaks(sheet, &window, buffer);
        for column in faults.iter().flatten().flat_map(|stretch| [stretch.from, stretch.to]) {
            window.put(buffer, column, theme.sign(Sign::Edge), theme.style(Look::Unsure));
        }
        name(reader, lane, chosen == Some(lane), heads(y), theme, buffer);
        // What matters is drawn last, so that nothing covers it.
        let rank = |bar: &Bar| (bar.place == reader.chosen(), reader.is_marked(bar.place));
        let in_sight = |bar: &&Bar| bar.from < right && bar.to >= left;
        let mut lane: Vec<&Bar> = sheet.bars.get(lane).into_iter().flatten().filter(in_sight).collect();
        lane.sort_by_key(|bar| rank(bar));
        lane.into_iter().for_each(|bar| bars::draw(reader, sheet, bar, &window, buffer));
    }
    let below = lanes.bottom();
    order(reader, top, shown, Rect { y: below, height: 1, ..area }, theme, buffer);
    let details = Rect { y: below + 1, height: area.bottom().saturating_sub(below + 1), ..area };
    about.draw(theme, details, buffer);
}

/// In which order the lanes stand, and how many are out of sight.
fn order(reader: &Reader, top: usize, shown: usize, area: Rect, theme: &Theme, buffer: &mut Buffer) {
    let lanes = reader.lanes();
    let rest = match (lanes.shared, lanes.rows.len() - lanes.of_proof) {
        (_, 0) => "",
        (true, _) => ", then by when they began; several share a lane",
        (false, _) => ", then by number",
    };
    let text = match lanes.of_proof {
        0 if lanes.shared => "clients by when they began; several share a lane".to_owned(),
        0 => "clients by number".to_owned(),
        _ => format!(
            "{} clients of the proof{}{rest}",
            theme.sign(Sign::Proof),
            if rest.is_empty() { "" } else { " first" }
        ),
    };
    let hidden = Hidden::of_text(top, lanes.rows.len(), shown).pieces(theme);
    let hidden_columns: usize = hidden.iter().map(|(text, _)| width(text)).sum();
    // How many are hidden comes first: there is no room for all the rest on a narrow screen.
    let gap = if hidden.is_empty() { 0 } else { 3 };
    let room = usize::from(area.width).saturating_sub(2 + gap + hidden_columns);
    let text = if width(&text) <= room { text } else { wrap(&text, room, 0).swap_remove(0) };
    let dim = theme.style(Look::Dim);
    let words = [("  ".into(), dim), (text.into(), dim), (" ".repeat(gap).into(), dim)];
    paint::put(buffer, area, theme, &words.into_iter().chain(hidden).collect::<Vec<_>>());
}

/// Columns for the names of lanes.
fn name_width(reader: &Reader, columns: u16) -> u16 {
    let widest = reader.history().operations.iter().map(|operation| operation.client).max().unwrap_or(0);
    let word = if columns >= ROOMY { "client " } else { "c" };
    (2 + word.len() + widest.to_string().len() + PROOF).max("  faults  ".len()) as u16
}

/// Whose lane it is, and whether it is one of the proof.
fn name(reader: &Reader, lane: usize, chosen: bool, area: Rect, theme: &Theme, buffer: &mut Buffer) {
    let Some(client) = reader.client_of(lane) else { return };
    let (sign, look) = if chosen { (theme.sign(Sign::Current), Look::Focus) } else { (" ", Look::Text) };
    let room = usize::from(area.width).saturating_sub(2 + client.to_string().len() + PROOF);
    let word = if room >= "client ".len() { "client " } else { "c" };
    put(theme, buffer, area, &format!("{sign} {word}{client}"), theme.style(look));
    if lane < reader.lanes().of_proof {
        let place = Rect { x: area.right().saturating_sub(2), width: 1, ..area };
        put(theme, buffer, place, theme.sign(Sign::Proof), theme.style(Look::Strong));
    }
}
