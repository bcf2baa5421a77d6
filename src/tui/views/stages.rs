//! The list of stages under the headings of their parts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::Window;
use super::put;
use crate::facts::StageVerdict;
use crate::text::{clean, width};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::Workbench;

enum Row<'a> {
    Part(&'a str),
    Stage(&'a str),
}

pub(super) fn draw(bench: &Workbench, theme: &Theme, focused: bool, area: Rect, buffer: &mut Buffer) {
    let mut rows = Vec::new();
    let mut part = None;
    for stage in &bench.course.stages {
        if part != Some(&stage.part) {
            part = Some(&stage.part);
            rows.push(Row::Part(&stage.part));
        }
        rows.push(Row::Stage(&stage.key));
    }
    let shown = rows.iter().position(|row| matches!(row, Row::Stage(key) if *key == bench.shown)).unwrap_or(0);
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
            Row::Stage(key) => stage(bench, key, theme, focused, place, buffer),
        }
    }
}

/// Its last run passed.
fn passes(bench: &Workbench, key: &str) -> bool {
    bench.verdict(key) == Some(StageVerdict::Passed)
}

fn stage(bench: &Workbench, key: &str, theme: &Theme, focused: bool, area: Rect, buffer: &mut Buffer) {
    let fails = bench.results.get(key).is_some_and(|results| results.bad().next().is_some());
    let (sign, look) = match () {
        () if key == bench.course.current => (Sign::Current, if fails { Look::Bad } else { Look::Strong }),
        () if fails => (Sign::Failed, Look::Bad),
        () if bench.is_completed(key) => (Sign::Passed, Look::Good),
        () if passes(bench, key) => (Sign::Passed, Look::Dim),
        () if bench.is_locked(key) => (Sign::Locked, Look::Dim),
        () => (Sign::Open, Look::Text),
    };
    let text = format!("{} {}", theme.sign(sign), clean(key));
    put(theme, buffer, area, &text, theme.style(look));
    // It passes, and its turn has not come.
    let note = " ahead";
    if sign == Sign::Passed && look == Look::Dim && width(&text) + note.len() <= usize::from(area.width) {
        let x = area.x + width(&text) as u16;
        put(theme, buffer, Rect { x, width: area.right() - x, ..area }, note, theme.style(Look::Dim));
    }
    if key == bench.shown {
        let look = if focused { Look::Cursor } else { Look::Match };
        buffer.set_style(area, theme.style(look));
    }
}
