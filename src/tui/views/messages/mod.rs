//! The view of messages: lifelines with arrows between them, and the words of each row beside them; below, the chosen row
//! in full.
//!
//! | file | what it draws |
//! |---|---|
//! | `columns` | where everything stands |
//! | `lifelines` | the nodes as they are in a row, and its arrow |
//! | `chosen` | the chosen row in full, and a message as a whole |

mod chosen;
mod columns;
mod lifelines;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use self::columns::Columns;
use self::lifelines::Row;
use super::{framed, indented, notes, put, title};
use crate::report::times::clock;
use crate::text::{clean, cut, width};
use crate::tui::app::App;
use crate::tui::find::{Highlight, highlight};
use crate::tui::messages::{Drawn, Item, Loaded, MessagesPane, Reader, State, Told};
use crate::tui::more::Hidden;
use crate::tui::paint::{self, Piece};
use crate::tui::theme::{Look, Sign, Theme};

/// With fewer lines the groups have none.
const ROOM_FOR_GROUPS: u16 = 12;
/// The sign of the chosen row stands before its time.
const SIGN: u16 = 2;

pub(super) fn draw(pane: &mut MessagesPane, app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let more = match pane.state_mut() {
        State::Reading => {
            notes::message(theme, indented(inside(area)), buffer, "Reading what the nodes said to each other.");
            String::new()
        }
        State::Nothing(why) => {
            notes::message(theme, indented(inside(area)), buffer, why);
            String::new()
        }
        State::Read(reader) => {
            let shown = read(reader, theme, inside(area), buffer);
            heading(pane, shown)
        }
    };
    let room = usize::from(area.width).saturating_sub("┌ Messages   ┐".chars().count());
    let more = cut(&more, room).replace('…', theme.sign(Sign::Ellipsis));
    framed(title("Messages", &more, true, theme), true, theme, area, buffer);
}

fn inside(area: Rect) -> Rect {
    Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(2) }
}

/// What is shown of how much, and what is going on.
fn heading(pane: &MessagesPane, shown: Option<(Duration, Duration)>) -> String {
    let Some(reader) = pane.reader() else { return String::new() };
    let mut parts = Vec::new();
    if let Some((from, to)) = shown {
        parts.push(format!("{} to {}", clock(from), clock(to)));
    }
    parts.extend(reader.search_status().map(|status| format!("found: {status}")));
    parts.extend(pane.progress().map(|hundredths| format!("{hundredths}% looked through")));
    let query = pane.query();
    if !query.filter.is_empty() {
        parts.push(format!("only {}", clean(&query.filter)));
    }
    if !query.lines.is_empty() {
        let more = if reader.arranged().more_lines { ", the first 10,000" } else { "" };
        parts.push(format!("log lines with {}{more}", clean(&query.lines)));
    }
    parts.push(match reader.arranged().exchanges {
        1 => "1 exchange".to_owned(),
        all => format!("{all} exchanges"),
    });
    if reader.follows() && pane.is_live() {
        parts.push("following".to_owned());
    }
    if reader.loaded().missed {
        parts.push("some went by unrecorded".to_owned());
    }
    if reader.loaded().forgotten {
        parts.push("the oldest are no longer kept".to_owned());
    }
    parts.join(", ")
}

/// Returns from when to when the rows in sight are.
fn read(reader: &mut Reader, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Option<(Duration, Duration)> {
    if reader.items().is_empty() {
        let text = if reader.query().filter.is_empty() {
            "No node has said anything yet."
        } else {
            "Nothing fits the filter. esc ends it."
        };
        notes::message(theme, indented(area), buffer, text);
        return None;
    }
    let below = chosen::height(reader, area);
    let picture = Rect { height: area.height - below, ..area };
    let shown = rows(reader, theme, picture, buffer);
    if below > 0 {
        let rest = Rect { y: picture.bottom(), height: below, ..area };
        chosen::draw(reader, theme, rest, buffer);
    }
    shown
}

fn rows(reader: &mut Reader, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Option<(Duration, Duration)> {
    let times = clock(reader.loaded().end()).len() as u16 + SIGN + 1;
    let loaded = reader.loaded().clone();
    let columns = Columns::new(area, &loaded.nodes, times, reader.first_node());
    reader.set_beyond(columns.beyond(loaded.nodes.len()));
    let mut area = area;
    if loaded.groups.iter().any(|group| !group.is_empty()) && area.height > ROOM_FOR_GROUPS {
        groups(&loaded.groups, &columns, theme, Rect { height: 1, ..area }, buffer);
        area = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    heads(&loaded.nodes, &columns, theme, Rect { height: 1, ..area }, buffer);
    above_words(&loaded, &columns, theme, Rect { height: 1, ..area }, buffer);
    let all = reader.items().len();
    let tall = usize::from(area.height.saturating_sub(1));
    let room = if all > tall { tall.saturating_sub(1) } else { tall };
    let window = reader.window(room, area.y + 1);
    let hidden = Hidden::of_text(window.start, all, room);
    let last = Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width - 1, height: 1 };
    if room < tall {
        hidden.draw(theme, last, buffer);
    }
    let items: Vec<Item> = reader.items()[window.clone()].to_vec();
    let mut before: Option<String> = None;
    for (number, item) in items.iter().enumerate() {
        let y = area.y + 1 + number as u16;
        let is_chosen = window.start + number == reader.chosen();
        let sign = sign(reader, *item, theme);
        let pattern = reader.search().and_then(|search| search.pattern.clone());
        let told = reader.told(*item).clone();
        let at = clock(told.at);
        let is_said = before.as_ref() == Some(&at) && !is_chosen || told.drawn == Drawn::Gap;
        let time = if is_said { String::new() } else { at.clone() };
        before = Some(at);
        let row = Row { columns: &columns, loaded: &loaded, theme, at: told.at, y };
        row.draw(&told.drawn, buffer);
        let head = Rect { x: columns.times, y, width: times, height: 1 };
        let mark = if is_chosen { theme.sign(Sign::Current) } else { " " };
        let pieces: [Piece; 2] = [
            (mark.into(), theme.style(Look::Focus)),
            (
                format!("{time:>width$} ", width = usize::from(times) - 2).into(),
                theme.style(if is_chosen { Look::Strong } else { Look::Dim }),
            ),
        ];
        paint::put(buffer, head, theme, &pieces);
        let (text, place) = Words { columns: &columns, theme, sign, chosen: is_chosen, y }.draw(&told, buffer);
        let found = pattern.map_or_else(Vec::new, |pattern| pattern.ranges(&text));
        let look = if is_chosen { Look::Found } else { Look::Match };
        let found: Vec<Highlight> = found.into_iter().map(|range| (range, look)).collect();
        highlight(buffer, place, theme, &text, &found);
    }
    in_sight(reader, &window)
}

fn in_sight(reader: &Reader, window: &Range<usize>) -> Option<(Duration, Duration)> {
    let items = &reader.items()[window.clone()];
    Some((reader.at(*items.first()?), reader.at(*items.last()?)))
}

/// Before the words: whether the row unfolds, or is a part of one that is.
fn sign(reader: &Reader, item: Item, theme: &Theme) -> &'static str {
    match item {
        Item::Row(row) if reader.arranged().rows[row as usize].is_folded() => theme.sign(Sign::Folded),
        Item::Asks(run) if reader.arranged().asks[run as usize].len() > 1 => theme.sign(Sign::Folded),
        Item::Part(..) | Item::Message(..) | Item::Ask(..) => theme.sign(Sign::Bar),
        _ => " ",
    }
}

/// The names above the columns.
fn heads(names: &[String], columns: &Columns, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut head = |x: u16, name: &str, room: u16, look: Look| {
        let name = cut(&clean(name), usize::from(room.max(1))).replace('…', theme.sign(Sign::Ellipsis));
        let half = (width(&name) as u16).saturating_sub(1) / 2;
        let style = theme.style(look).add_modifier(Modifier::BOLD);
        put(theme, buffer, Rect { x: x.saturating_sub(half), width: room, ..area }, &name, style);
    };
    // A little to the left, where there is nothing but times.
    head(columns.clients.saturating_sub(2), "clients", 7, Look::Own);
    for (place, x) in columns.nodes.iter().enumerate() {
        let node = place + columns.first;
        head(*x, &names[node], columns.pitch.saturating_sub(1), Look::Node(node));
    }
}

/// Above the words: which nodes have no column, or what is not said in each row.
fn above_words(loaded: &Loaded, columns: &Columns, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let place = Rect { x: columns.words, width: columns.right.saturating_sub(columns.words), ..area };
    let text = match (columns.beyond(loaded.nodes.len()), &loaded.usual) {
        (0, None) => return,
        (0, Some(usual)) => format!("unnamed: {}", usual.request),
        (beyond, _) => format!("{} {beyond} more nodes", theme.sign(Sign::Sent)),
    };
    let text = cut(&text, usize::from(place.width)).replace('…', theme.sign(Sign::Ellipsis));
    put(theme, buffer, place, &text, theme.style(Look::Dim));
}

/// Above the names: the groups that nodes beside each other are in.
fn groups(groups: &[String], columns: &Columns, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let end = columns.first + columns.nodes.len();
    let shown = &groups[columns.first.min(groups.len())..end.min(groups.len())];
    let mut place = 0;
    for group in shown.chunk_by(|one, other| one == other) {
        let (begin, last) = (columns.nodes[place], columns.nodes[place + group.len() - 1]);
        place += group.len();
        if group[0].is_empty() {
            continue;
        }
        let wide = last + 1 - begin;
        let line = theme.sign(Sign::Rule);
        let name = cut(&group[0], usize::from(columns.pitch - 1).max(usize::from(wide)));
        let text = match usize::from(wide).checked_sub(width(&name) + 2) {
            Some(left) => format!("{} {name} {}", line.repeat(left / 2), line.repeat(left - left / 2)),
            None => name,
        };
        let text = text.replace('…', theme.sign(Sign::Ellipsis));
        let place = Rect { x: begin, width: wide.max(columns.pitch - 1), ..area };
        put(theme, buffer, place, &text, theme.style(Look::Dim));
    }
}

/// What is written beside an arrow.
struct Words<'a> {
    columns: &'a Columns,
    theme: &'a Theme,
    /// Before the words.
    sign: &'static str,
    chosen: bool,
    y: u16,
}

impl Words<'_> {
    fn style(&self, look: Look) -> Style {
        let style = self.theme.style(look);
        if self.chosen { style.patch(self.theme.style(Look::Cursor)) } else { style }
    }

    /// Returns what was written, and where.
    fn draw(&self, told: &Told, buffer: &mut Buffer) -> (String, Rect) {
        let Words { columns, theme, y, .. } = *self;
        let sign = Rect::new(columns.words.saturating_sub(2), y, 2, 1);
        put(theme, buffer, sign, self.sign, theme.style(Look::Focus));
        let place = Rect { x: columns.words, y, width: columns.right.saturating_sub(columns.words), height: 1 };
        let parts = shortened(told.in_row(), usize::from(place.width));
        let text: String = parts.iter().map(|(_, text)| &**text).collect();
        let left = usize::from(place.width).saturating_sub(width(&text));
        let mut pieces: Vec<Piece> = parts.into_iter().map(|(look, text)| (text, self.style(look))).collect();
        if matches!(told.drawn, Drawn::Rule) {
            let line = format!(" {}", theme.sign(Sign::Rule).repeat(left.saturating_sub(1)));
            pieces.push((line.into(), theme.style(Look::Frame)));
        } else if self.chosen {
            pieces.push((" ".repeat(left).into(), self.style(Look::Text)));
        }
        paint::put(buffer, place, theme, &pieces);
        (text, place)
    }
}

/// Where not all fits, the last part of a path is enough of it: what is in a message tells more.
fn shortened(parts: &[(Look, String)], room: usize) -> Vec<(Look, Cow<'static, str>)> {
    let all: usize = parts.iter().map(|(_, text)| width(text)).sum();
    let short = |(number, (look, text)): (usize, &(Look, String))| {
        let last = text.strip_prefix("POST ").and_then(|path| Some(&path[path.rfind('/')?..]));
        let last = last.filter(|last| number == 0 && all > room && !last.contains(' '));
        (*look, Cow::Owned(last.unwrap_or(text).to_owned()))
    };
    parts.iter().enumerate().map(short).collect()
}
