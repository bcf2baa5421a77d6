//! Messages that take more room than the footer has.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{boxed, put};
use crate::text::{clean, clean_lines, wrap};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::layers::Passed;
use crate::tui::theme::{Look, Sign, Theme};

pub(super) fn message(theme: &Theme, area: Rect, buffer: &mut Buffer, text: &str) {
    put(
        theme,
        buffer,
        Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area },
        text,
        theme.style(Look::Dim),
    );
}

/// A project that cannot be opened: what is wrong with it, and nothing else.
pub(super) fn broken(text: &str, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let inner = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(1),
    };
    let mut lines = inner.rows();
    if let Some(line) = lines.next() {
        put(theme, buffer, line, "This challenge cannot be opened", theme.style(Look::Bad));
    }
    lines.next();
    for (text, line) in clean_lines(text).lines().zip(lines) {
        put(theme, buffer, line, text, theme.style(Look::Text));
    }
}

pub(super) fn note(title: &str, text: &str, app: &App, area: Rect, buffer: &mut Buffer) {
    let text = clean_lines(text);
    // Prose is read in short lines; a diagnostic points into its lines with carets, and gets all the width there is.
    let widest = if text.contains("\n  ") { 110 } else { 72 };
    let columns = usize::from(area.width).saturating_sub(8).clamp(20, widest);
    let lines: Vec<String> = text
        .lines()
        .flat_map(|line| if line.chars().count() <= columns { vec![line.to_owned()] } else { wrap(line, columns, 0) })
        .collect();
    let mut lines = lines;
    let room = usize::from(area.height).saturating_sub(2).max(1);
    if lines.len() > room {
        lines.truncate(room);
        lines[room - 1] = app.theme.sign(Sign::Ellipsis).to_owned();
    }
    let inner = boxed(title, columns as u16, lines.len() as u16, &app.theme, area, buffer);
    for (text, line) in lines.iter().zip(inner.rows()) {
        put(&app.theme, buffer, line, text, app.theme.style(Look::Text));
    }
}

pub(super) fn quit(app: &App, area: Rect, buffer: &mut Buffer) {
    let text = format!(
        "Tests are running. Quit and end them? {} or enter quits, any other key stays.",
        app.keymap.shown(Action::Quit)
    );
    note("Quit", &text, app, area, buffer);
}

/// A stage has been passed.
pub(super) fn passed(passed: &Passed, app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let columns = usize::from(area.width).saturating_sub(8).clamp(20, 72);
    let key = app.keymap.shown(Action::Next);
    let next = match &passed.next {
        Some(next) => format!("{key} moves on to: {}", clean(next)),
        None => format!("{key} completes the challenge. That was the last stage."),
    };
    let head =
        format!("{} Stage {} of {}: {}.", theme.sign(Sign::Passed), passed.done, passed.of, clean(&passed.title));
    // The box, its head and its foot come first; the list of what is now true gets what is left.
    let room = usize::from(area.height).saturating_sub(9).max(1);
    let mut truths: Vec<String> =
        passed.truths.iter().flat_map(|truth| wrap(&format!("  {}", clean(truth)), columns, 4)).collect();
    if truths.len() > room {
        let hidden = truths.len() - room + 1;
        truths.truncate(room - 1);
        truths.push(format!("  and {hidden} more"));
    }
    let foot = wrap("Nothing moves until you say so: look around, clean up, run it again.", columns, 0);
    let mut lines = vec![(head, Look::Good), (String::new(), Look::Text)];
    lines.push(("Now true of your program:".to_owned(), Look::Strong));
    lines.extend(truths.into_iter().map(|truth| (truth, Look::Text)));
    lines.push((String::new(), Look::Text));
    lines.push((next, Look::Key));
    lines.extend(foot.into_iter().map(|line| (line, Look::Dim)));
    let inner = boxed("Stage passed", columns as u16, lines.len() as u16, theme, area, buffer);
    for ((text, look), line) in lines.iter().zip(inner.rows()) {
        put(theme, buffer, line, text, theme.style(*look));
    }
}
