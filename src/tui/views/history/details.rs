//! The chosen operation, what the marked ones prove, and what the signs mean.

use std::time::Duration;

use history::{Operation, Outcome};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::report::times::{clock, time};
use crate::text::{clean, wrap};
use crate::tui::history::Reader;
use crate::tui::history::labels::{clause, did, end, note, outcome, who};
use crate::tui::paint::{self, Piece};
use crate::tui::theme::{End, Look, Sign, Theme};
use crate::tui::views::next;

/// From this many columns on, why it is impossible is shown to the right of the details.
const BESIDE: u16 = 110;
/// Longer lines are hard to read.
const WIDEST: usize = 100;
/// Faults that are named in the details.
const FAULTS: usize = 3;
/// Columns of a label in the details.
const LABEL: usize = 11;

/// A row of the details.
type Row = Vec<(String, Look)>;

/// The details in so many columns: what the chosen operation was, and the rest beside it or below.
pub(super) struct Details {
    about: Vec<Row>,
    rest: Vec<Row>,
    beside: bool,
}

impl Details {
    pub(super) fn new(reader: &Reader, theme: &Theme, columns: u16) -> Self {
        let beside = columns >= BESIDE;
        let room = usize::from(if beside { columns / 2 } else { columns }).saturating_sub(1).min(WIDEST);
        let (mut about, why) = (about(reader, theme, room), why(reader, room));
        let why = why.into_iter().chain(reader.next_question().into_iter().flat_map(|text| next(text, room)));
        let (enough, legend) = (enough(reader, room), legend(reader, theme, room));
        if beside {
            let gap = std::iter::once(Row::new());
            return Self { about, rest: why.chain(enough).chain(gap).chain(legend).collect(), beside };
        }
        // Where there is little room, what to do comes before the details.
        let details = about.split_off(1);
        Self { about, rest: why.chain(details).chain(enough).chain(legend).collect(), beside }
    }

    /// How many rows they take.
    pub(super) fn rows(&self) -> u16 {
        let (about, rest) = (self.about.len(), self.rest.len());
        u16::try_from(if self.beside { about.max(rest) } else { about + rest }).unwrap_or(u16::MAX)
    }

    pub(super) fn draw(&self, theme: &Theme, area: Rect, buffer: &mut Buffer) {
        if self.beside {
            let half = area.width / 2;
            rows(&self.about, theme, Rect { width: half - 1, ..area }, buffer);
            return rows(&self.rest, theme, Rect { x: area.x + half, width: area.width - half, ..area }, buffer);
        }
        let blank = (self.rows() < area.height).then(Row::new);
        let all: Vec<Row> = self.about.iter().cloned().chain(blank).chain(self.rest.iter().cloned()).collect();
        rows(&all, theme, area, buffer);
    }
}

/// What there is no room for is left out from below, and counted.
fn rows(rows: &[Row], theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let tall = usize::from(area.height);
    let fits = if rows.len() > tall { tall.saturating_sub(1) } else { rows.len() };
    for (row, line) in rows[..fits].iter().zip(area.rows()) {
        let pieces: Vec<Piece> = row.iter().map(|(text, look)| (text.as_str().into(), theme.style(*look))).collect();
        paint::put(buffer, line, theme, &pieces);
    }
    if fits < rows.len()
        && let Some(last) = area.rows().next_back()
    {
        let said = format!("{} {} more: a larger window has them", theme.sign(Sign::Ellipsis), rows.len() - fits);
        paint::put(buffer, last, theme, &[(said.into(), theme.style(Look::Dim))]);
    }
}

fn about(reader: &Reader, theme: &Theme, columns: usize) -> Vec<Row> {
    let operation = reader.chosen_operation();
    let (sign, look, role) = match reader.chosen() {
        place if reader.is_culprit(place) => (theme.sign(Sign::Failed), Look::Bad, "cannot be"),
        place if reader.is_marked(place) => (theme.sign(Sign::Proof), Look::Strong, "part of the proof"),
        _ if reader.has_marks() => (theme.sign(Sign::Open), Look::Strong, "not needed for the proof"),
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

/// Why it is impossible.
fn why(reader: &Reader, columns: usize) -> Vec<Row> {
    wrap(&clean(reader.sentence()), columns, 0).into_iter().map(|line| vec![(line, Look::Text)]).collect()
}

/// Why it takes no more than what is marked to see that: other answers may look just as wrong.
fn enough(reader: &Reader, columns: usize) -> Vec<Row> {
    let text = match reader.marks() {
        0 => return Vec::new(),
        1 => "The marked one is enough: nothing explains it, whatever others did.".to_owned(),
        marks => format!("The {marks} marked ones are enough: no order explains them, whatever others did."),
    };
    wrap(&text, columns, 0).into_iter().map(|line| vec![(line, Look::Dim)]).collect()
}

/// What the signs mean that occur.
fn legend(reader: &Reader, theme: &Theme, columns: usize) -> Vec<Row> {
    let bar = |marked, end| theme.bar(marked, end).concat();
    let shown = || reader.lanes().rows.iter().flatten();
    let ends = |wanted: End| shown().any(|place| end(&reader.history().operations[*place]) == wanted);
    let is_broken = reader.sheet().is_some_and(|sheet| sheet.axis.breaks(0, sheet.columns).next().is_some());
    let edges = theme.sign(Sign::Break).repeat(2);
    let entries = [
        (shown().any(|place| reader.is_marked(*place)), bar(true, End::Done), Look::Strong, "proof"),
        (shown().any(|place| reader.is_culprit(*place)), theme.sign(Sign::Failed).to_owned(), Look::Bad, "cannot be"),
        (ends(End::Done), bar(false, End::Done), Look::Text, "done"),
        (ends(End::NotDone), bar(false, End::NotDone), Look::Dim, "not done"),
        (ends(End::Unknown), bar(false, End::Unknown), Look::Dim, "unknown"),
        (is_broken, edges, Look::Dim, "left out"),
    ];
    let occurring = entries.into_iter().filter(|(occurs, ..)| *occurs);
    super::super::legend(occurring.map(|(_, sign, look, name)| (sign, look, name)), columns)
}
