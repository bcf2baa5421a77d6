//! The history view: times, faults and lanes, and below them the details of the chosen operation.

use std::time::Duration;

use history::{Fault, Operation, Outcome};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{framed, indented, notes, put, title};
use crate::report::times::{clock, time};
use crate::text::{clean, clusters, cut, width, wrap};
use crate::tui::history::labels::{clause, did, label, note, outcome, verb, who};
use crate::tui::history::{Bar, Drawn, HistoryPane, Reader, Sheet, State};
use crate::tui::paint::{self, Piece};
use crate::tui::theme::{Look, Sign, Theme};

/// From this many columns on, why it is impossible is shown to the right of the details.
const BESIDE: u16 = 110;
/// From this many columns on, lanes say `client`.
const ROOMY: u16 = 100;
/// Longer lines are hard to read.
const WIDEST: usize = 100;
/// Rows of the details that are always there.
const DETAILS: u16 = 4;
/// From the end of an operation to the sign after it.
const SIGN: usize = 2;
/// Faults that are named in the details.
const FAULTS: usize = 3;
/// Columns of a label in the details.
const LABEL: usize = 11;

pub(super) fn draw(pane: &mut HistoryPane, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    match pane.state_mut() {
        State::Reading => message("Reading the history.", theme, area, buffer),
        State::Unreadable(reason) => message(reason, theme, area, buffer),
        State::Read(reader) => {
            // The times in its title are known once it is drawn.
            let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 };
            let seen = picture(reader, theme, indented(inner), buffer);
            let room = usize::from(area.width).saturating_sub("┌ History   ┐".chars().count());
            // The times give way.
            let more = [heading(reader, seen), heading(reader, None)].into_iter().find(|more| width(more) <= room);
            let more =
                cut(&more.unwrap_or_else(|| heading(reader, None)), room).replace('…', theme.sign(Sign::Ellipsis));
            framed(title("History", &more, true, theme), true, theme, area, buffer);
        }
    }
}

fn message(text: &str, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let inner = framed(title("History", "", true, theme), true, theme, area, buffer);
    notes::message(theme, inner, buffer, text);
}

/// What is shown of how much, and the times that are in sight.
fn heading(reader: &Reader, seen: Option<(Duration, Duration)>) -> String {
    let shown = reader.lanes().rows.iter().map(Vec::len).sum::<usize>();
    let of = match reader.only() {
        Some((key, _)) if reader.keys() == 1 => clean(key),
        Some((key, number)) => format!("{} ({number} of {} keys)", clean(key), reader.keys()),
        None => format!("all {} keys", reader.keys()),
    };
    let operations = if shown == 1 { "operation" } else { "operations" };
    let seen = seen.map_or_else(String::new, |(from, to)| format!("  {} to {}", clock(from), clock(to)));
    format!("{of}, {shown} {operations}{seen}")
}

/// A row of the details.
type Row = Vec<(String, Look)>;

/// How the rows are shared out.
struct Rows {
    faults: u16,
    lanes: usize,
    /// Rows from a lane to the next.
    pitch: u16,
}

fn share(area: Rect, lanes: usize, faults: usize) -> Rows {
    let most = match area.height {
        0..14 => 1,
        14..26 => 2,
        _ => 4,
    };
    let faults = most.min(faults) as u16;
    // The times, and a blank row.
    let room = area.height.saturating_sub(2 + faults + DETAILS);
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

/// Draws everything inside of the frame; returns the times that are in sight.
fn picture(reader: &mut Reader, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Option<(Duration, Duration)> {
    let names = name_width(reader, area.width);
    let room = area.width.saturating_sub(names);
    reader.lay_out(usize::from(room));
    let faults = stacked(reader.sheet()?, &reader.history().faults);
    let Rows { faults: fault_rows, lanes: shown, pitch } = share(area, reader.lanes().rows.len(), faults.len());
    reader.bring_lane(shown);
    let lanes = Rect { x: area.x + names, y: area.y + 1 + fault_rows, width: room, height: shown as u16 * pitch };
    reader.drawn(Drawn { bars: lanes, pitch: usize::from(pitch) });

    let reader = &*reader;
    let (sheet, (left, top)) = (reader.sheet()?, reader.origin());
    let window = |area: Rect| Window { theme, area, left };
    times(reader, sheet, &window(Rect { y: area.y, height: 1, ..lanes }), buffer);
    let heads = |y: u16| Rect { y, width: names, height: 1, ..area };
    for (row, faults) in faults.iter().take(usize::from(fault_rows)).enumerate() {
        let y = area.y + 1 + row as u16;
        if row == 0 && faults.iter().any(|stretch| stretch.from < left + usize::from(room) && stretch.to >= left) {
            put(theme, buffer, heads(y), "  faults", theme.style(Look::Dim));
        }
        let window = window(Rect { y, height: 1, ..lanes });
        faults.iter().for_each(|stretch| band(stretch, &reader.history().faults[stretch.place], &window, buffer));
    }
    let chosen = reader.lanes().lane_of(reader.chosen()).map(|(lane, _)| lane);
    for row in 0..shown {
        let (lane, y) = (top + row, lanes.y + row as u16 * pitch);
        let window = window(Rect { y, height: 1, ..lanes });
        // Behind the lanes, the edges of faults go on.
        for stretch in faults.iter().flatten() {
            window.put(buffer, stretch.from, theme.sign(Sign::Edge), theme.style(Look::Unsure));
            window.put(buffer, stretch.to, theme.sign(Sign::Edge), theme.style(Look::Unsure));
        }
        name(reader, lane, chosen == Some(lane), heads(y), theme, buffer);
        // What matters is drawn last, so that nothing covers it.
        let rank = |bar: &Bar| (bar.place == reader.chosen(), reader.is_marked(bar.place));
        let in_sight = |bar: &&Bar| bar.from < left + usize::from(room) && bar.to + SIGN >= left;
        let mut bars: Vec<&Bar> = sheet.bars.get(lane).into_iter().flatten().filter(in_sight).collect();
        bars.sort_by_key(|bar| rank(bar));
        bars.into_iter().for_each(|bar| draw_bar(reader, bar, &window, buffer));
    }
    let below = lanes.bottom() + u16::from(pitch == 1);
    details(reader, theme, Rect { y: below, height: area.bottom().saturating_sub(below), ..area }, buffer);
    sheet.between(left, left + usize::from(room))
}

/// Columns for the names of lanes.
fn name_width(reader: &Reader, columns: u16) -> u16 {
    let widest = reader.history().operations.iter().map(|operation| operation.client).max().unwrap_or(0);
    let word = if columns >= ROOMY { "client " } else { "c" };
    (2 + word.len() + widest.to_string().len() + 2).max("  faults  ".len()) as u16
}

/// Whose lane it is.
fn name(reader: &Reader, lane: usize, chosen: bool, area: Rect, theme: &Theme, buffer: &mut Buffer) {
    let Some(client) = reader.client_of(lane) else { return };
    let (sign, look) = if chosen { (theme.sign(Sign::Current), Look::Focus) } else { (" ", Look::Text) };
    let room = usize::from(area.width).saturating_sub(2 + client.to_string().len() + 2);
    let word = if room >= "client ".len() { "client " } else { "c" };
    put(theme, buffer, area, &format!("{sign} {word}{client}"), theme.style(look));
}

/// A fault in the picture, by its columns.
struct Stretch {
    /// In the history.
    place: usize,
    from: usize,
    to: usize,
}

/// Faults in as few rows as hold them.
fn stacked(sheet: &Sheet, faults: &[Fault]) -> Vec<Vec<Stretch>> {
    let stretch = |(place, fault)| sheet.fault(fault).map(|(from, to)| Stretch { place, from, to });
    let mut stretches: Vec<Stretch> = faults.iter().enumerate().filter_map(stretch).collect();
    stretches.sort_by_key(|stretch| stretch.from);
    let mut rows: Vec<Vec<Stretch>> = Vec::new();
    for stretch in stretches {
        match rows.iter_mut().find(|row| row.last().is_none_or(|last| last.to < stretch.from)) {
            Some(row) => row.push(stretch),
            None => rows.push(vec![stretch]),
        }
    }
    rows
}

fn band(stretch: &Stretch, fault: &Fault, window: &Window, buffer: &mut Buffer) {
    let (theme, style) = (window.theme, window.theme.style(Look::Unsure));
    let right = window.left + usize::from(window.area.width);
    let (from, to) = (stretch.from.max(window.left), (stretch.to + 1).min(right));
    let Some(room) = to.checked_sub(from).filter(|room| *room > 0) else { return };
    window.put(buffer, from, &theme.sign(Sign::Fault).repeat(room), style);
    let nodes = fault.nodes.iter().map(|node| clean(node)).collect::<Vec<_>>().join(",");
    let short = format!("{nodes} {}", fault.kind.word());
    // What fits between an end on each side.
    let words = [clause(&fault.what), short.trim().to_owned()];
    if let Some(words) = words.iter().find(|words| width(words) + 4 <= room) {
        window.put(buffer, from + 1, &format!(" {words} "), style);
    }
}

/// As many times as there is room for; those of the chosen operation first.
fn times(reader: &Reader, sheet: &Sheet, window: &Window, buffer: &mut Buffer) {
    let operation = reader.chosen_operation();
    let is_chosen = |at: Duration| at == operation.called || Some(at) == operation.returned;
    let columns = usize::from(window.area.width);
    let seen = || sheet.moments.iter().filter(|(_, column)| window.sees(*column));
    let all: Vec<Duration> = seen().map(|(at, _)| *at).collect();
    let decimals = decimals(&all);
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (at, column) in seen().filter(|(at, _)| is_chosen(*at)).chain(seen().filter(|(at, _)| !is_chosen(*at))) {
        let text = format!("+{:.decimals$}", at.as_secs_f64());
        let begin = (*column).min((window.left + columns).saturating_sub(text.len()));
        let end = begin + text.len();
        if taken.iter().any(|(from, to)| begin < to + 2 && *from < end + 2) {
            continue;
        }
        taken.push((begin, end));
        let look = if is_chosen(*at) { Look::Strong } else { Look::Dim };
        window.put(buffer, begin, &text, window.theme.style(look));
    }
}

/// Enough to tell these times apart, which are in order; with three, many calls and returns would have the same. A
/// history has microseconds.
fn decimals(times: &[Duration]) -> usize {
    let alike = |decimals: usize| {
        let shown = |at: Duration| format!("{:.decimals$}", at.as_secs_f64());
        times.windows(2).any(|pair| pair[0] != pair[1] && shown(pair[0]) == shown(pair[1]))
    };
    (4..6).find(|decimals| !alike(*decimals)).unwrap_or(6)
}

fn draw_bar(reader: &Reader, bar: &Bar, window: &Window, buffer: &mut Buffer) {
    let theme = window.theme;
    let operation = &reader.history().operations[bar.place];
    let (marked, culprit) = (reader.is_marked(bar.place), reader.is_culprit(bar.place));
    let open = operation.outcome == Outcome::Unknown;
    let look = match (culprit, marked) {
        (true, _) => Look::Bad,
        (_, true) => Look::Strong,
        _ if operation.outcome == Outcome::Ok => Look::Text,
        _ => Look::Dim,
    };
    let style = theme.style(if bar.place == reader.chosen() { Look::Cursor } else { look });
    let columns = bar.to - bar.from + 1;
    let [begin, line, end] = theme.bar(marked, open);
    let text = match columns {
        1 if culprit => theme.sign(Sign::Failed).to_owned(),
        1 if marked => theme.sign(Sign::Proof).to_owned(),
        1 => verb(operation, false).to_owned(),
        _ => {
            let inside = columns - 2;
            let label = label(operation, reader.zoom());
            let label = match width(&label) {
                0 => label,
                wide if wide + 2 <= inside => format!(" {label} "),
                wide if wide <= inside => label,
                _ => String::new(),
            };
            let free = inside - width(&label);
            // In something longer than the pane the words stay in sight.
            let before = if columns > usize::from(window.area.width) {
                window.left.saturating_sub(bar.from).min(free)
            } else {
                free / 2
            };
            format!("{begin}{}{label}{}{end}", line.repeat(before), line.repeat(free - before))
        }
    };
    window.put(buffer, bar.from, &text, style);
    if culprit && columns > 1 {
        window.put(buffer, bar.to + SIGN, theme.sign(Sign::Failed), theme.style(Look::Bad));
    }
}

/// The chosen operation, what was wrong meanwhile, and why it is impossible.
fn details(reader: &Reader, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let beside = area.width >= BESIDE;
    let columns = usize::from(if beside { area.width / 2 } else { area.width }).saturating_sub(1);
    let mut left = about(reader, theme, columns.min(WIDEST));
    let right = why(reader, theme, columns.min(WIDEST));
    if beside {
        let right_area = Rect { x: area.x + area.width / 2, width: area.width - area.width / 2, ..area };
        rows(&right, theme, right_area, buffer);
    } else {
        left.push(Row::new());
        left.extend(right);
    }
    let width = if beside { area.width / 2 - 1 } else { area.width };
    rows(&left, theme, Rect { width, ..area }, buffer);
}

fn rows(rows: &[Row], theme: &Theme, area: Rect, buffer: &mut Buffer) {
    for (row, line) in rows.iter().zip(area.rows()) {
        let pieces: Vec<Piece> = row.iter().map(|(text, look)| (text.as_str().into(), theme.style(*look))).collect();
        paint::put(buffer, line, theme, &pieces);
    }
}

fn about(reader: &Reader, theme: &Theme, columns: usize) -> Vec<Row> {
    let operation = reader.chosen_operation();
    let (sign, look, role) = match reader.chosen() {
        place if reader.is_culprit(place) => (theme.sign(Sign::Failed), Look::Bad, "cannot be"),
        place if reader.is_marked(place) => (theme.sign(Sign::Proof), Look::Strong, "proves it"),
        _ => (theme.sign(Sign::Open), Look::Strong, ""),
    };
    let mut out = vec![vec![
        (format!("{sign} {}", did(operation)), look),
        (if role.is_empty() { String::new() } else { format!("   {role}") }, Look::Dim),
    ]];
    let labelled = |name: &str, text: String| vec![(format!("  {name:<9}"), Look::Dim), (text, Look::Text)];
    let told = note(operation).map(|note| format!(" ({note})")).unwrap_or_default();
    out.push(labelled("client", who(operation)));
    out.push(labelled("outcome", format!("{}{told}", outcome(operation.outcome))));
    out.push(labelled("called", between(operation)));
    let until = operation.returned.filter(|_| operation.outcome != Outcome::Unknown).unwrap_or(Duration::MAX);
    let meanwhile = || reader.history().faults.iter().filter(|fault| fault.overlaps(operation.called, until));
    for (number, fault) in meanwhile().take(FAULTS).enumerate() {
        let to = fault.to.map_or("the end".to_owned(), clock);
        let text = format!("{}, {} to {to}", clause(&fault.what), clock(fault.from));
        for (line, text) in wrap(&text, columns.saturating_sub(LABEL).max(20), 2).into_iter().enumerate() {
            out.push(labelled(if number + line == 0 { "faults" } else { "" }, text));
        }
    }
    let more = meanwhile().count().saturating_sub(FAULTS);
    if more > 0 {
        out.push(labelled("", format!("and {more} more")));
    }
    out
}

/// When it was called and returned, in microseconds, which is what the history has.
fn between(operation: &Operation) -> String {
    let at = |at: Duration| format!("+{:.6}", at.as_secs_f64());
    let called = at(operation.called);
    match operation.returned {
        Some(returned) if operation.outcome == Outcome::Unknown => {
            format!("{called}, given up {} after {}", at(returned), time(returned.saturating_sub(operation.called)))
        }
        Some(returned) => {
            format!("{called}, returned {} after {}", at(returned), time(returned.saturating_sub(operation.called)))
        }
        None => format!("{called}, and still waited at the end"),
    }
}

fn why(reader: &Reader, theme: &Theme, columns: usize) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    for line in wrap(&clean(reader.sentence()), columns, 0) {
        out.push(vec![(line, Look::Text)]);
    }
    out.push(Row::new());
    let bar = |marked, open| theme.bar(marked, open).concat();
    let mut legend = vec![(bar(false, true), Look::Dim), (" no clear answer".to_owned(), Look::Dim)];
    if reader.has_marks() {
        legend.splice(
            0..0,
            [
                (bar(true, false), Look::Strong),
                (" proves it   ".to_owned(), Look::Dim),
                (theme.sign(Sign::Failed).to_owned(), Look::Bad),
                (" cannot be   ".to_owned(), Look::Dim),
            ],
        );
    }
    out.push(legend);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_times_look_the_same() {
        let micros = |all: &[u64]| all.iter().map(|at| Duration::from_micros(*at)).collect::<Vec<_>>();
        assert_eq!(decimals(&micros(&[10_717_900, 10_717_940, 11_000_000])), 5);
        assert_eq!(decimals(&micros(&[10_717_901, 10_717_904])), 6);
        assert_eq!(decimals(&micros(&[10_717_900, 10_718_000])), 4);
    }
}
