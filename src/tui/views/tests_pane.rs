//! The tests of the stage that is shown: live while they run, and how each went.

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::put;
use crate::text::{clean, width, wrap};
use crate::tui::action::Action;
use crate::tui::keymap::Keymap;
use crate::tui::results::State;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::{Phase, TestView, Workbench};

/// Rows that a failure may take below its test.
const SUMMARY: usize = 3;

/// `3/5`; nothing as long as the tests are not known.
pub(super) fn count(bench: &Workbench) -> String {
    let tests = bench.tests();
    if tests.is_empty() {
        return String::new();
    }
    let passed = tests.iter().filter(|test| matches!(test.state, State::Passed(_))).count();
    format!("{passed}/{}", tests.len())
}

struct Row {
    text: String,
    style: Style,
    right: String,
    /// The test that it belongs to.
    test: Option<usize>,
}

pub(super) fn draw(
    bench: &Workbench,
    theme: &Theme,
    keymap: &Keymap,
    focused: bool,
    now: Instant,
    area: Rect,
    buffer: &mut Buffer,
    targets: &mut Targets,
) {
    let columns = usize::from(area.width);
    let mut rows = phase(bench, theme, now, columns);
    for (number, test) in bench.tests().iter().enumerate() {
        rows.extend(test_rows(bench, number, test, theme, now, columns));
    }
    if bench.run.is_none() && !bench.results.contains_key(&bench.shown) {
        rows.extend(empty(bench, theme, keymap, columns));
    }
    // What runs is kept in sight; if nothing does, the cursor.
    let running = bench.tests().iter().position(|test| *test.state == State::Running);
    let look_at = running.filter(|_| !focused).unwrap_or(bench.test);
    let of = |row: &Row| row.test == Some(look_at);
    let height = usize::from(area.height);
    let last = rows.iter().rposition(of).unwrap_or(0);
    let start = rows.iter().position(of).unwrap_or(0);
    // As far down as needed to show the whole test, and a little of what follows.
    let first = (last + 2).saturating_sub(height).min(start).min(rows.len().saturating_sub(height));
    for (row, place) in rows.iter().skip(first).zip(area.rows()) {
        if let Some(test) = row.test {
            targets.add(place, Target::Test(test));
        }
        let room = columns.saturating_sub(width(&row.right));
        put(theme, buffer, Rect { width: room.try_into().unwrap_or(u16::MAX), ..place }, &row.text, row.style);
        let right = Rect { x: place.x + room as u16, width: place.width - room as u16, ..place };
        put(theme, buffer, right, &row.right, theme.style(Look::Dim));
        if focused && row.test == Some(bench.test) && row.text.chars().next().is_some_and(|first| first != ' ') {
            buffer.set_style(place, theme.style(Look::Cursor));
        }
    }
}

/// What the run does that is not a test.
fn phase(bench: &Workbench, theme: &Theme, now: Instant, columns: usize) -> Vec<Row> {
    let Some(run) = &bench.run else { return Vec::new() };
    let sign = theme.spinner(bench.elapsed(now).unwrap_or_default());
    let text = match &run.phase {
        Phase::Preparing => format!("{sign} preparing"),
        Phase::Building(command) => format!("{sign} building: {}", clean(command)),
        Phase::Stopping => format!("{sign} ending the nodes"),
        Phase::Testing => match &run.stage {
            Some(stage) if *stage != bench.shown => {
                let test = run.test.as_ref().map(|(test, _)| format!(": {}", clean(test))).unwrap_or_default();
                format!("{sign} {stage}{test}")
            }
            _ => return Vec::new(),
        },
    };
    let style = theme.style(Look::Busy);
    let row = |text: String| Row { text, style, right: String::new(), test: None };
    wrap(&text, columns, 2).into_iter().take(3).map(row).chain([row(String::new())]).collect()
}

fn test_rows(
    bench: &Workbench,
    number: usize,
    test: &TestView<'_>,
    theme: &Theme,
    now: Instant,
    columns: usize,
) -> Vec<Row> {
    let (sign, look, right) = match test.state {
        State::Open => (theme.sign(Sign::Open), Look::Dim, String::new()),
        State::Running => {
            let began = bench.run.as_ref().and_then(|run| run.test.as_ref()).map_or(now, |(_, began)| *began);
            let took = now.saturating_duration_since(began);
            // Below a second, a clock only flickers.
            let shown = if took.as_secs() > 0 { format!("{} s", took.as_secs()) } else { String::new() };
            (theme.spinner(took), Look::Busy, shown)
        }
        State::Passed(took) => (theme.sign(Sign::Passed), Look::Good, duration(*took)),
        State::Failed(took) => (theme.sign(Sign::Failed), Look::Bad, duration(*took)),
        State::NotJudged(_) | State::NotRun(_) => (theme.sign(Sign::Unjudged), Look::Unsure, String::new()),
    };
    let right = if right.is_empty() { right } else { format!(" {right}") };
    let style = theme.style(look);
    let name = clean(test.name);
    let room = columns.saturating_sub(2 + width(&right)).max(10);
    let mut rows: Vec<Row> = wrap(&name, room, 0)
        .into_iter()
        .enumerate()
        .map(|(line, text)| {
            let before = if line == 0 { sign } else { " " };
            let right = if line == 0 { right.clone() } else { String::new() };
            Row { text: format!("{before} {text}"), style, right, test: Some(number) }
        })
        .collect();
    let below = match test.state {
        State::Running => bench.run.as_ref().map(|run| (clean(&run.step), Look::Dim)),
        State::Failed(_) => {
            let card = bench.results.get(&bench.shown).and_then(|results| results.card(test.name));
            card.map(|card| (card.summary(), Look::Text))
        }
        State::NotJudged(reason) => Some((clean(reason), Look::Dim)),
        State::NotRun(reason) => Some((format!("not tried: {}", clean(reason)), Look::Dim)),
        State::Open | State::Passed(_) => None,
    };
    if let Some((text, look)) = below.filter(|(text, _)| !text.is_empty()) {
        let most = if *test.state == State::Running { 1 } else { SUMMARY };
        let mut lines = wrap(&text, columns.saturating_sub(2).max(10), 0);
        if lines.len() > most {
            lines.truncate(most);
            lines[most - 1].push_str(theme.sign(Sign::Ellipsis));
        }
        let style = theme.style(look);
        rows.extend(lines.into_iter().map(|line| Row {
            text: format!("  {line}"),
            style,
            right: String::new(),
            test: Some(number),
        }));
    }
    rows
}

fn duration(took: Duration) -> String {
    match took.as_millis() {
        ms if ms < 1000 => format!("{ms} ms"),
        ms if ms < 10_000 => format!("{:.1} s", took.as_secs_f64()),
        ms => format!("{} s", ms / 1000),
    }
}

/// Nothing of the stage has been run yet.
fn empty(bench: &Workbench, theme: &Theme, keymap: &Keymap, columns: usize) -> Vec<Row> {
    let run = keymap.shown(Action::Run);
    let mut text = if bench.course.untouched {
        format!(
            "Read the guide and write your program; run.sh starts it ({} opens run.sh).",
            keymap.shown(Action::EditRunSh)
        )
    } else {
        "These tests have not been run yet.".to_owned()
    };
    text.push_str(&if bench.watch.on {
        format!("\n\n{run} runs the tests. So does every save of a file.")
    } else {
        format!("\n\n{run} runs the tests.")
    });
    let row = |text: String| Row { text, style: theme.style(Look::Text), right: String::new(), test: None };
    let gap = if bench.tests().is_empty() { None } else { Some(row(String::new())) };
    gap.into_iter().chain(wrap(&text, columns, 0).into_iter().map(row)).collect()
}
