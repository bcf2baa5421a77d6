//! The tests of the stage that is shown: what failed before any of them on top, live while they run, and how each went.

use std::borrow::Cow;
use std::time::Instant;

use chrono::Local;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::Window;
use super::paint;
use crate::report::card::{Card, Subject};
use crate::report::times::time;
use crate::text::{clean, width, wrap};
use crate::tui::action::{Action, Pane};
use crate::tui::entries::{Entry, name_of, said_of};
use crate::tui::find::{Highlight, ListSearch, highlight};
use crate::tui::keymap::Keymap;
use crate::tui::progress;
use crate::tui::results::State;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::{TestView, Workbench};

/// Rows that a failure may take below its test, and its head where that is no name.
const SUMMARY: usize = 3;
const HEAD: usize = 2;

/// What stands beside the pane's name: what failed before any test, one cause of all failures, or how many passed;
/// nothing as long as the tests are not known.
pub(super) fn count(bench: &Workbench, List { entries, .. }: &List, theme: &Theme) -> String {
    if let Some(Entry::Cause { card }) = entries.first() {
        return format!("{} {}", theme.sign(cause_sign(card)), label(card.subject).to_lowercase());
    }
    let mut bad = entries.iter().filter(|entry| entry.is_bad() && !matches!(entry, Entry::Test { inside: true, .. }));
    if let (Some(Entry::Group { tests, .. }), None) = (bad.next(), bad.next()) {
        return format!("{} {}, one cause", theme.sign(Sign::Failed), tests.len());
    }
    let tests = bench.tests();
    if tests.is_empty() {
        return String::new();
    }
    let passed = tests.iter().filter(|test| matches!(test.state, State::Passed(_))).count();
    format!("{passed}/{}", tests.len())
}

/// The list of a frame: the entries, and which of them the cursor is on.
pub(super) struct List<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) chosen: usize,
}

impl<'a> List<'a> {
    pub(super) fn of(bench: &'a Workbench) -> Self {
        let entries = bench.entries();
        Self { chosen: bench.chosen(&entries), entries }
    }

    /// Those that a search finds.
    pub(super) fn found(&self, search: &ListSearch) -> Vec<usize> {
        search.found(self.entries.iter().map(Entry::texts))
    }
}

struct Row {
    text: String,
    look: Look,
    right: String,
    /// The entry that it belongs to, and whether it is selected with it: a name's rows are, what is below is not.
    entry: Option<usize>,
    head: bool,
    /// The first of its entry.
    first: bool,
}

impl Row {
    fn new(look: Look, text: impl Into<String>) -> Self {
        Self { text: text.into(), look, right: String::new(), entry: None, head: false, first: false }
    }

    fn right(self, right: impl Into<String>) -> Self {
        Self { right: right.into(), ..self }
    }
}

/// What the rows are made with.
pub(super) struct Writer<'a> {
    pub(super) bench: &'a Workbench,
    pub(super) theme: &'a Theme,
    pub(super) keymap: &'a Keymap,
    pub(super) now: Instant,
    /// Of the rows: the last one of the pane stays free, so that no text touches the frame.
    pub(super) columns: usize,
}

pub(super) fn draw(list: &List, writer: &Writer, area: Rect, buffer: &mut Buffer, targets: &mut Targets) {
    let Writer { bench, theme, columns, .. } = *writer;
    let List { entries, chosen } = list;
    let chosen = *chosen;
    let focused = bench.focus == Pane::Tests;
    let area = writer.head(area, buffer);
    // What to do first stands above the tests: below them it would be out of sight.
    let unknown = bench.run.is_none() && !bench.results.contains_key(&bench.shown);
    let mut rows = if unknown { writer.empty() } else { Vec::new() };
    if unknown && !entries.is_empty() {
        rows.push(Row::new(Look::Text, String::new()));
    }
    for (number, entry) in entries.iter().enumerate() {
        let own = writer.entry(entry).into_iter().enumerate();
        rows.extend(own.map(|(at, row)| Row { entry: Some(number), first: at == 0, ..row }));
    }
    // What runs is kept in sight; if nothing does, the cursor.
    let running = entries.iter().position(Entry::is_running);
    let look_at = running.filter(|_| !focused).unwrap_or(chosen);
    let of = |row: &Row| row.entry == Some(look_at);
    let start = rows.iter().position(of).unwrap_or(0);
    let end = rows.iter().rposition(of).map_or(start + 1, |last| last + 1);
    let window = Window::around(start..end, rows.len(), usize::from(area.height));
    let begun = |hidden: std::ops::Range<usize>| rows[hidden].iter().filter(|row| row.first).count();
    let inside = window.edges(theme, rows.len(), begun, area, buffer);
    let found = highlights(bench, list, &rows);
    for (at, place) in window.rows.zip(inside.rows()) {
        let row = &rows[at];
        if let Some(entry) = row.entry {
            targets.add(place, Target::Entry(entry));
        }
        let opens =
            row.entry.filter(|_| row.look == Look::Link).and_then(|entry| entries[entry].card()?.place.as_ref());
        let right = if row.right.is_empty() { String::new() } else { format!(" {}", row.right) };
        let room = columns.saturating_sub(width(&right));
        let left = Rect { width: room.try_into().unwrap_or(u16::MAX), ..place };
        // An indent is no part of what may be underlined.
        let (indent, text) = row.text.split_at(row.text.len() - row.text.trim_start().len());
        if let Some(opens) = opens {
            let named = Rect { x: left.x + width(indent) as u16, width: width(text) as u16, ..left };
            targets.add(named.intersection(left), Target::Place(opens.clone()));
        }
        let plain = theme.style(Look::Text);
        paint::put(buffer, left, theme, &[(indent.into(), plain), (text.into(), theme.style(row.look))]);
        let beside = Rect { x: place.x + left.width, width: width(&right).try_into().unwrap_or(u16::MAX), ..place };
        paint::put(buffer, beside, theme, &[(Cow::Owned(right), theme.style(Look::Dim))]);
        if focused && row.head && row.entry == Some(chosen) {
            buffer.set_style(place, theme.style(Look::Cursor));
        }
        highlight(buffer, left, theme, &row.text, found.get(at).map_or(&[], Vec::as_slice));
    }
}

/// What the search has found, for each row; nothing where no search is open.
fn highlights(bench: &Workbench, list: &List, rows: &[Row]) -> Vec<Vec<Highlight>> {
    let Some(search) = &bench.tests_search else { return Vec::new() };
    let mut highlights = vec![Vec::new(); rows.len()];
    for number in list.found(search) {
        let Some(start) = rows.iter().position(|row| row.entry == Some(number)) else { continue };
        let own = rows[start..].iter().take_while(|row| row.entry == Some(number)).count();
        let texts = rows[start..start + own].iter().map(|row| row.text.as_str());
        let look = if number == list.chosen { Look::Found } else { Look::Match };
        for (at, found) in search.highlights(texts, look).into_iter().enumerate() {
            highlights[start + at] = found;
        }
    }
    highlights
}

/// What held back all tests, in a word.
fn label(subject: Subject) -> &'static str {
    match subject {
        Subject::Test => "TEST",
        Subject::Build => "BUILD",
        Subject::Start => "START",
        Subject::Lsfr => "LSFR",
        Subject::Disk => "DISK",
        Subject::Folder => "FOLDER",
        Subject::Pack => "TESTS",
    }
}

/// What says nothing about the program is not judged.
fn cause_sign(card: &Card) -> Sign {
    if card.subject.is_of_the_program() && card.not_judged.is_none() { Sign::Failed } else { Sign::Unjudged }
}

impl Writer<'_> {
    /// How far the run is, or what the results are of, above the list; returns what is left for that. In a low pane the
    /// header has to do.
    fn head(&self, area: Rect, buffer: &mut Buffer) -> Rect {
        let mut lines = match progress::of(self.bench, self.now) {
            Some(progress) => progress::lines(&progress, &self.bench.shown, self.theme, self.keymap, self.columns),
            None => {
                progress::rest(self.bench, self.theme, self.keymap, self.columns, Local::now()).into_iter().collect()
            }
        };
        lines.truncate(usize::from(area.height / 4));
        if lines.is_empty() {
            return area;
        }
        for (line, place) in lines.iter().zip(area.rows()) {
            let pieces: Vec<paint::Piece> =
                line.spans.iter().map(|span| (Cow::Borrowed(&*span.content), line.style.patch(span.style))).collect();
            paint::put(buffer, Rect { width: self.columns as u16, ..place }, self.theme, &pieces);
        }
        let used = lines.len() as u16 + 1;
        Rect { y: area.y + used, height: area.height - used, ..area }
    }

    fn entry(&self, entry: &Entry) -> Vec<Row> {
        match entry {
            Entry::Cause { card } => self.cause(card),
            Entry::Group { alike, card, tests, open } => {
                let head = format!("{} {}", self.theme.sign(Sign::Failed), clean(&alike.words()));
                let mut rows = self.lines(Look::Bad, &head, 2, HEAD);
                rows.iter_mut().for_each(|row| row.head = true);
                rows.extend(self.example(card));
                rows.extend(self.place(card));
                rows.push(self.fold(*open, &format!("{} tests", tests.len())));
                rows.push(self.next(card));
                rows
            }
            Entry::Test { test, card, inside } => self.test(*test, *card, *inside),
            Entry::Waiting { tests, cause, open } => {
                let count = tests.len();
                let text = format!("{count} tests {}", if cause.is_some() { "wait" } else { "not tried" });
                let mut row = self.fold(*open, &text);
                if !open {
                    row.text = format!("{} {text}", self.theme.sign(Sign::Open));
                }
                let mut rows = vec![Row { head: true, look: Look::Dim, ..row }];
                if let (None, Some(State::NotRun(reason))) = (cause, tests.first().map(|test| test.state)) {
                    rows.extend(self.lines(Look::Dim, &clean(reason), 0, SUMMARY));
                }
                rows
            }
        }
    }

    /// What stands for tests that are shown, or not, below it.
    fn fold(&self, open: bool, text: &str) -> Row {
        let (sign, does) = if open { (Sign::Unfolded, "closes") } else { (Sign::Folded, "opens") };
        let row = Row::new(Look::Text, format!("{} {text}", self.theme.sign(sign)));
        row.right(format!("{} {does}", self.keymap.shown(Action::Fold)))
    }

    fn cause(&self, card: &Card) -> Vec<Row> {
        let sign = cause_sign(card);
        let look = if sign == Sign::Failed { Look::Bad } else { Look::Unsure };
        let head = format!("{} {}  {}", self.theme.sign(sign), label(card.subject), name_of(card));
        let took = card.took.map(time).unwrap_or_default();
        // A long command must not push away what it said.
        let mut rows = self.named(look, &head, 2, 1, took);
        if let Some(reason) = &card.not_judged {
            rows.extend(self.lines(Look::Dim, &format!("not judged: {}", clean(reason)), 0, SUMMARY));
        }
        if let Some(said) = said_of(card) {
            rows.extend(self.lines(Look::Strong, &crate::text::clean_lines(said), 0, SUMMARY));
        }
        rows.extend(self.place(card));
        rows.push(self.next(card));
        rows
    }

    /// The line of the project that a failure names.
    fn place(&self, card: &Card) -> Option<Row> {
        let place = card.place.as_ref()?;
        let key = format!("{} opens", self.keymap.shown(Action::Edit));
        Some(Row::new(Look::Link, format!("  {}", clean(&place.to_string()))).right(key))
    }

    /// What explains what many tests have in common.
    fn next(&self, card: &Card) -> Row {
        let row = Row::new(Look::Dim, format!("  {} explains it", self.keymap.shown(Action::Open)));
        if card.hints.is_empty() { row } else { row.right(format!("{} hints", self.keymap.shown(Action::Hint))) }
    }

    /// A request of a group, as an example of all.
    fn example(&self, card: &Card) -> Option<Row> {
        let request = card.request.as_ref().map(|request| format!("{} {}", request.method, request.path));
        let file = || Some(card.program.as_ref()?.file.rsplit('/').next()?.to_owned());
        let text = clean(&request.or_else(file)?);
        let expected = card.differences.first().map(|difference| clean(&difference.expected));
        let row = Row::new(Look::Text, format!("  {text}"));
        // In a narrow pane the path says more.
        let expected = expected.filter(|expected| width(expected) + 2 * width("expected ") <= self.columns);
        Some(match expected {
            Some(expected) => row.right(format!("expected {expected}")),
            None => row,
        })
    }

    fn test(&self, test: TestView<'_>, card: Option<&Card>, inside: bool) -> Vec<Row> {
        let (sign, look, right) = match test.state {
            State::Open | State::NotRun(_) => (self.theme.sign(Sign::Open), Look::Dim, String::new()),
            State::Running => {
                let began = self.bench.run.as_ref().and_then(|run| run.test.as_ref());
                let took = self.now.saturating_duration_since(began.map_or(self.now, |(_, began)| *began));
                // Below a second, a clock only flickers.
                let shown = if took.as_secs() > 0 { format!("{} s", took.as_secs()) } else { String::new() };
                (self.theme.spinner(took), Look::Busy, shown)
            }
            State::Passed(took) => (self.theme.sign(Sign::Passed), Look::Good, time(*took)),
            State::Failed(took) => (self.theme.sign(Sign::Failed), Look::Bad, time(*took)),
            State::NotJudged(_) => (self.theme.sign(Sign::Unjudged), Look::Unsure, String::new()),
        };
        let (stage, moments) = (&self.bench.shown, &self.bench.moments);
        let look = match () {
            () if moments.flashes(stage, test.name, self.now) => Look::Found,
            // What it says is of the program as it was.
            () if is_judged(test.state) && !moments.is_current(stage, test.name) => Look::Dim,
            () => look,
        };
        let indent = if inside { 4 } else { 2 };
        let head = format!("{}{sign} {}", " ".repeat(indent - 2), clean(test.name));
        let mut rows = self.named(look, &head, indent, usize::MAX, right);
        let below = match test.state {
            // What these share stands above them.
            _ if inside => None,
            State::Running => self.bench.run.as_ref().map(|run| (clean(&run.step), Look::Dim, 1)),
            State::Failed(_) => card.map(|card| (card.summary(), Look::Text, SUMMARY)),
            State::NotJudged(reason) => Some((clean(reason), Look::Dim, SUMMARY)),
            State::NotRun(reason) if card.is_none() => {
                Some((format!("not tried: {}", clean(reason)), Look::Dim, SUMMARY))
            }
            State::Open | State::Passed(_) | State::NotRun(_) => None,
        };
        if let Some((text, look, most)) = below.filter(|(text, _, _)| !text.is_empty()) {
            rows.extend(self.lines(look, &text, 0, most));
        }
        rows
    }

    /// The rows of a name, which are selected with it; `right` stands at the end of the last, where it parts no words.
    fn named(&self, look: Look, text: &str, hanging: usize, most: usize, right: String) -> Vec<Row> {
        let taken = if right.is_empty() { 0 } else { width(&right) + 1 };
        let mut rows = self.wrapped(look, text, hanging, most, self.columns);
        if rows.last().is_some_and(|last| width(&last.text) + taken > self.columns) {
            rows = self.wrapped(look, text, hanging, most, self.columns.saturating_sub(taken).max(10));
        }
        rows.iter_mut().for_each(|row| row.head = true);
        if let Some(last) = rows.last_mut() {
            last.right = right;
        }
        rows
    }

    /// At most so many rows of text; below a name they are indented.
    fn lines(&self, look: Look, text: &str, hanging: usize, most: usize) -> Vec<Row> {
        if hanging > 0 {
            return self.wrapped(look, text, hanging, most, self.columns);
        }
        let mut rows = self.wrapped(look, text, 0, most, self.columns.saturating_sub(2).max(10));
        rows.iter_mut().for_each(|row| row.text.insert_str(0, "  "));
        rows
    }

    fn wrapped(&self, look: Look, text: &str, hanging: usize, most: usize, columns: usize) -> Vec<Row> {
        let mut lines = wrap(text, columns, hanging);
        if lines.len() > most {
            lines.truncate(most);
            lines[most - 1].push_str(self.theme.sign(Sign::Ellipsis));
        }
        lines.into_iter().map(|line| Row::new(look, line)).collect()
    }

    /// Nothing of the stage has been run yet, as far as that is known.
    fn empty(&self) -> Vec<Row> {
        let run = self.keymap.shown(Action::Run);
        let mut text = if self.bench.course.untouched {
            format!(
                "Read the guide and write your program; run.sh starts it ({} opens run.sh).",
                self.keymap.shown(Action::EditRunSh)
            )
        } else if self.bench.recorded {
            "These tests have not been run yet.".to_owned()
        } else {
            "Reading what the last run said.".to_owned()
        };
        text.push_str(&if self.bench.watch.on {
            format!("\n\n{run} runs the tests. So does every save of a file.")
        } else {
            format!("\n\n{run} runs the tests.")
        });
        let row = |text: String| Row::new(Look::Text, text);
        wrap(&text, self.columns, 0).into_iter().map(row).collect()
    }
}

fn is_judged(state: &State) -> bool {
    matches!(state, State::Passed(_) | State::Failed(_) | State::NotJudged(_))
}

#[cfg(test)]
mod tests;
