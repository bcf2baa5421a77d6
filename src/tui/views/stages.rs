//! The list of stages under the headings of their parts.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::Window;
use super::put;
use crate::facts::StageVerdict;
use crate::text::{clean, width};
use crate::tui::event::StageRow;
use crate::tui::find::highlight;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::Workbench;
use crate::tui::{paint, progress};

/// Where titles begin in a pane that is wide enough for them: after most keys.
const TITLES: usize = 30;

enum Row<'a> {
    Part(&'a str),
    Stage(&'a StageRow),
}

pub(super) fn draw(
    bench: &Workbench,
    theme: &Theme,
    focused: bool,
    area: Rect,
    buffer: &mut Buffer,
    targets: &mut Targets,
) {
    let mut rows = Vec::new();
    let mut part = None;
    for stage in &bench.course.stages {
        if part != Some(&stage.part) {
            part = Some(&stage.part);
            rows.push(Row::Part(&stage.part));
        }
        rows.push(Row::Stage(stage));
    }
    let shown = rows.iter().position(|row| matches!(row, Row::Stage(stage) if stage.key == bench.shown)).unwrap_or(0);
    // In the middle, as far as the ends of the list allow.
    let height = usize::from(area.height);
    let around = (height / 2).saturating_sub(2);
    let window =
        Window::around(shown.saturating_sub(around)..(shown + 1 + around).min(rows.len()), rows.len(), height);
    let stages =
        |hidden: std::ops::Range<usize>| rows[hidden].iter().filter(|row| matches!(row, Row::Stage(_))).count();
    let inside = window.edges(theme, rows.len(), stages, area, buffer);
    for (row, place) in rows[window.rows].iter().zip(inside.rows()) {
        match row {
            Row::Part(name) => put(theme, buffer, place, &clean(name).to_uppercase(), theme.style(Look::Dim)),
            Row::Stage(row) => {
                targets.add(place, Target::Stage(bench.place(&row.key)));
                stage(bench, row, theme, focused, place, buffer);
            }
        }
    }
}

/// What a stage is to the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Where the learner is.
    Current,
    /// It has been passed, and does so still as far as is known.
    Passed,
    /// Its last run did not pass.
    Fails,
    /// Not reached, but it passes already.
    Ahead,
    Locked,
    /// Before the current one, and not passed.
    Open,
}

fn standing(bench: &Workbench, key: &str) -> Standing {
    let fails = bench.results.get(key).is_some_and(|results| results.bad().next().is_some());
    let passes = bench.verdict(key) == Some(StageVerdict::Passed);
    match () {
        // The last stage stays the current one after it has been passed.
        () if key == bench.course.current && !bench.is_completed(key) => Standing::Current,
        () if fails => Standing::Fails,
        () if bench.is_completed(key) => Standing::Passed,
        () if bench.is_locked(key) && passes => Standing::Ahead,
        () if bench.is_locked(key) => Standing::Locked,
        () => Standing::Open,
    }
}

fn stage(bench: &Workbench, row: &StageRow, theme: &Theme, focused: bool, area: Rect, buffer: &mut Buffer) {
    let key = &row.key;
    let fails = bench.results.get(key).is_some_and(|results| results.bad().next().is_some());
    let passes = bench.verdict(key) == Some(StageVerdict::Passed);
    let old = progress::old(bench, key).is_some();
    let (sign, look, more) = match standing(bench, key) {
        Standing::Current if fails && !old => (Sign::Current, Look::Bad, ""),
        Standing::Current if passes && !old => (Sign::Current, Look::Good, "passes"),
        Standing::Current => (Sign::Current, Look::Strong, ""),
        Standing::Fails if old => (Sign::Failed, Look::Dim, ""),
        Standing::Fails => (Sign::Failed, Look::Bad, ""),
        Standing::Passed => (Sign::Passed, Look::Good, ""),
        Standing::Ahead if old => (Sign::Passed, Look::Dim, "ahead"),
        Standing::Ahead => (Sign::Passed, Look::Good, "ahead"),
        Standing::Locked => (Sign::Locked, Look::Dim, ""),
        Standing::Open => (Sign::Open, Look::Text, ""),
    };
    let text = format!("{} {}", theme.sign(sign), clean(key));
    let room = usize::from(area.width);
    let mut pieces = vec![(Cow::Owned(text), theme.style(look))];
    // What the key does not say, where there is room for it: why it has this sign, then what the stage is called.
    let mut used = width(&pieces[0].0);
    if !more.is_empty() && used + 2 + more.len() <= room {
        pieces.push((format!("  {more}").into(), theme.style(Look::Dim)));
        used += 2 + more.len();
    }
    let title = clean(&row.title);
    let from = TITLES.max(used + 2);
    if from + width(&title) <= room {
        pieces.push((" ".repeat(from - used).into(), theme.style(Look::Dim)));
        pieces.push((title.into(), theme.style(Look::Dim)));
    }
    paint::put(buffer, area, theme, &pieces);
    if *key == bench.shown {
        let look = if focused { Look::Cursor } else { Look::Match };
        buffer.set_style(area, theme.style(look));
    }
    if let Some(search) = &bench.stages_search {
        let look = if *key == bench.shown { Look::Found } else { Look::Match };
        let row: String = pieces.iter().map(|(text, _)| text.as_ref()).collect();
        for found in search.highlights([row.as_str()].into_iter(), look) {
            highlight(buffer, area, theme, &row, &found);
        }
    }
}
