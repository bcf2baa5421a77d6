//! The first row: where the reader is, and what is going on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::text::clean;
use crate::tui::action::Pane;
use crate::tui::app::{App, Screen};
use crate::tui::layout;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::Workbench;
use crate::watch::How;

pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, targets: &mut Targets) {
    let theme = &app.theme;
    let mut left = vec![Span::styled(" lsfr", theme.style(Look::Focus))];
    let mut right: Vec<Span<'static>> = Vec::new();
    match &app.screen {
        Screen::Workbench(bench) => {
            left.extend(place(bench, theme));
            if layout::for_size(app.room(), bench).hides() {
                let from = area.x + columns(&left) as u16;
                left.extend(tabs(bench, theme, Rect { x: from, ..area }, targets));
            }
            right = state(app, bench);
        }
        Screen::Picker(_) => {
            left.push(Span::styled("  learn how systems work by building them", theme.style(Look::Dim)))
        }
        Screen::Opening | Screen::Broken(_) => {}
    }
    let left = Line::from(left);
    // What matters least comes first, and is dropped first.
    while !right.is_empty() && left.width() + 2 + columns(&right) > usize::from(area.width) {
        right.remove(0);
    }
    let right = Line::from(right);
    let from = area.width.saturating_sub(right.width() as u16);
    buffer.set_line(area.x, area.y, &left, area.width);
    buffer.set_line(area.x + from, area.y, &right, area.width - from);
}

fn columns(spans: &[Span]) -> usize {
    spans.iter().map(Span::width).sum()
}

fn place(bench: &Workbench, theme: &Theme) -> Vec<Span<'static>> {
    let (at, of) = (bench.place(&bench.shown) + 1, bench.course.stages.len());
    vec![
        Span::styled(format!("  {}", clean(&bench.course.key)), theme.style(Look::Text)),
        Span::styled(format!("  {at}/{of} "), theme.style(Look::Dim)),
        Span::styled(clean(&bench.shown), theme.style(Look::Strong)),
    ]
}

/// Which pane this is among those that are not on the screen, and the keys of the others.
fn tabs(bench: &Workbench, theme: &Theme, area: Rect, targets: &mut Targets) -> Vec<Span<'static>> {
    let mut spans = vec![Span::raw("  ")];
    for (number, pane) in Pane::ALL.into_iter().enumerate() {
        let from = columns(&spans) as u16;
        spans.push(Span::styled(format!(" {}", number + 1), theme.style(Look::Dim)));
        if pane == bench.focus {
            spans.push(Span::styled(format!(" {}", pane.name()), theme.style(Look::Focus)));
        }
        let width = columns(&spans) as u16 - from;
        targets.add(Rect { x: area.x + from, width, ..area }, Target::Tab(pane));
    }
    spans
}

fn state(app: &App, bench: &Workbench) -> Vec<Span<'static>> {
    let theme = &app.theme;
    let mut spans = Vec::new();
    let ignored = bench.watch.own.ignored();
    if bench.watch.on && ignored.len() > 0 {
        let more = ignored.len().saturating_sub(2);
        let names: Vec<String> = ignored.take(2).map(|path| clean(&path.display().to_string())).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let text = format!("the run writes {}{more}: not watched  ", names.join(", "));
        spans.push(Span::styled(text, theme.style(Look::Unsure)));
    }
    let seed = bench.run.as_ref().and_then(|run| run.seed);
    let seed = seed.or_else(|| bench.results.get(&bench.shown).map(|results| results.seed));
    if let Some(seed) = seed {
        spans.push(Span::styled(format!("seed {seed}  "), theme.style(Look::Dim)));
    }
    spans.push(watching(bench, theme));
    if let Some(took) = bench.elapsed(app.now) {
        let seconds = took.as_secs();
        spans.push(Span::styled(format!("  {:02}:{:02}", seconds / 60, seconds % 60), theme.style(Look::Busy)));
    }
    spans.push(Span::raw(" "));
    spans
}

fn watching(bench: &Workbench, theme: &Theme) -> Span<'static> {
    let sign = theme.sign(Sign::Watching);
    if !bench.watch.on {
        return Span::styled("not watching", theme.style(Look::Dim));
    }
    match &bench.watch.state {
        None if bench.watch.problem.is_some() => {
            Span::styled(format!("{} not watching", theme.sign(Sign::Failed)), theme.style(Look::Bad))
        }
        None => Span::styled(format!("{sign} looking at the files"), theme.style(Look::Dim)),
        // Its sentence has been said; what is left is worth watching.
        Some((files, _)) if bench.watch.problem.is_some() => {
            Span::styled(format!("{sign} watching {files} files, not all"), theme.style(Look::Unsure))
        }
        Some((files, how)) => {
            let word = if *files == 1 { "file" } else { "files" };
            let (how, look) = match how {
                How::Events => (format!("watching {files} {word}"), Look::Good),
                How::Polling(reason) => (format!("polling {files} {word}: {}", clean(reason)), Look::Unsure),
            };
            Span::styled(format!("{sign} {how}"), theme.style(look))
        }
    }
}
