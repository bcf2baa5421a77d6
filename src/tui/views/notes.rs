//! Messages that take more room than the footer has, and what is laid over the screen to be read.

mod finale;
mod passed;
mod said;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub(super) use self::finale::draw as finale;
pub(super) use self::passed::draw as passed;
pub(super) use self::said::said;
use super::{boxed, put};
use crate::facts::NodeAddress;
use crate::report::describe::English;
use crate::text::{clean_lines, width, wrap, wrap_evenly};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::layers::LeftUpPane;
use crate::tui::theme::{Look, Sign, Theme};

pub(super) fn message(theme: &Theme, area: Rect, buffer: &mut Buffer, text: &str) {
    let room = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    for (line, y) in wrap(text, room.width.into(), 0).iter().zip(room.top()..room.bottom()) {
        put(theme, buffer, Rect { y, height: 1, ..room }, line, theme.style(Look::Dim));
    }
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
    for (text, line) in broken_up(&clean_lines(text), usize::from(inner.width)).iter().zip(lines) {
        put(theme, buffer, line, text, theme.style(Look::Text));
    }
}

pub(super) fn note(title: &str, text: &str, app: &App, area: Rect, buffer: &mut Buffer) {
    let text = clean_lines(text);
    // Prose is read in short lines; a diagnostic points into its lines with carets, and gets all the width there is.
    let widest = if text.contains("\n  ") { 110 } else { 72 };
    let columns = usize::from(area.width).saturating_sub(8).clamp(20, widest);
    let mut lines = broken_up(&text, columns);
    let room = usize::from(area.height).saturating_sub(2).max(1);
    if lines.len() > room {
        lines.truncate(room);
        lines[room - 1] = app.theme.sign(Sign::Ellipsis).to_owned();
    }
    let widest = lines.iter().map(|line| width(line)).chain([width(title) + 4]).max().unwrap_or(0);
    let inner = boxed(title, widest.min(columns) as u16, lines.len() as u16, &app.theme, area, buffer);
    for (text, line) in lines.iter().zip(inner.rows()) {
        put(&app.theme, buffer, line, text, app.theme.style(Look::Text));
    }
}

/// Lines that fit stay as they are: a diagnostic points into them with carets.
fn broken_up(text: &str, columns: usize) -> Vec<String> {
    let lines = text.lines();
    lines
        .flat_map(|line| if width(line) <= columns { vec![line.to_owned()] } else { wrap_evenly(line, columns) })
        .collect()
}

/// Where the nodes are that were left up, and how each is now.
pub(super) fn left_up(pane: &LeftUpPane, app: &App, area: Rect, buffer: &mut Buffer) {
    let now = app.bench().map(|bench| bench.cluster.shown(&English).nodes).unwrap_or_default();
    let mut text = format!("\"{}\" has failed. Its nodes are as it left them:\n\n", pane.left.test);
    for NodeAddress { node, address } in &pane.left.nodes {
        let known = now.iter().find(|line| line.node == *node);
        let is = known.map(|line| [line.state_words(), line.says.clone()]).unwrap_or_default();
        let is = is.iter().filter(|words| !words.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        text.push_str(format!("  {node}  {address}  {is}").trim_end());
        text.push('\n');
    }
    if let Some(curl) = &pane.curl {
        text.push_str(&format!("\n  {curl}\n"));
    }
    let key = app.keymap.shown(Action::Keep);
    text.push_str(&format!("\n{key} ends them. So do the next run, and the end of lsfr."));
    note("Left up for a look by hand", &text, app, area, buffer);
}

pub(super) fn quit(app: &App, area: Rect, buffer: &mut Buffer) {
    let text = format!(
        "Tests are running. Quit and end them? {} or enter quits, any other key stays.",
        app.keymap.shown(Action::Quit)
    );
    note("Quit", &text, app, area, buffer);
}
