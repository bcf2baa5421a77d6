//! The list of stages under the headings of their parts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::put;
use crate::text::clean;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::Workbench;

enum Row<'a> {
    Part(&'a str),
    Stage(&'a str),
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
        rows.push(Row::Stage(&stage.key));
    }
    let shown = rows.iter().position(|row| matches!(row, Row::Stage(key) if *key == bench.shown)).unwrap_or(0);
    // In the middle, as far as the ends of the list allow.
    let height = usize::from(area.height);
    let first = shown.saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    for (row, place) in rows.iter().skip(first).zip(area.rows()) {
        match row {
            Row::Part(name) => put(theme, buffer, place, &clean(name).to_uppercase(), theme.style(Look::Dim)),
            Row::Stage(key) => {
                targets.add(place, Target::Stage(bench.place(key)));
                stage(bench, key, theme, focused, place, buffer);
            }
        }
    }
}

fn stage(bench: &Workbench, key: &str, theme: &Theme, focused: bool, area: Rect, buffer: &mut Buffer) {
    let fails = bench.results.get(key).is_some_and(|results| results.bad().next().is_some());
    let (sign, look) = match () {
        () if key == bench.course.current => (Sign::Current, if fails { Look::Bad } else { Look::Strong }),
        () if fails => (Sign::Failed, Look::Bad),
        () if bench.is_completed(key) => (Sign::Passed, Look::Good),
        () if bench.is_locked(key) => (Sign::Locked, Look::Dim),
        () => (Sign::Open, Look::Text),
    };
    let text = format!("{} {}", theme.sign(sign), clean(key));
    put(theme, buffer, area, &text, theme.style(look));
    if key == bench.shown {
        let look = if focused { Look::Cursor } else { Look::Match };
        buffer.set_style(area, theme.style(look));
    }
}
