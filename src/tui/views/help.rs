//! The help over the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::Window;
use super::{boxed, put};
use crate::text::{pad, wrap};
use crate::tui::action::Entry;
use crate::tui::app::App;
use crate::tui::help::Help;
use crate::tui::theme::Look;

/// Columns of its text.
const WIDEST: usize = 76;

enum Row {
    Heading(&'static str),
    /// Its keys, and its help; in further rows, the rest of that.
    Entry(usize, String, String),
}

pub(super) fn draw(help: &Help, app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let entries = help.entries(&app.keymap);
    let keys = |entry: &Entry| -> String {
        app.keymap.keys(entry.action).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    let widest = entries.iter().map(|entry| keys(entry).len()).max().unwrap_or(0).max(10);
    // Two columns before the keys, two behind them; around all, the frame and a blank.
    let used = widest + 4;
    let room = usize::from(area.width).saturating_sub(4).min(WIDEST).saturating_sub(used).max(20);
    let mut rows = Vec::new();
    let mut group = None;
    for (number, entry) in entries.iter().enumerate() {
        if !help.searches() && group != Some(entry.group) {
            group = Some(entry.group);
            rows.push(Row::Heading(entry.group.title()));
        }
        for (at, line) in wrap(entry.help, room, 0).into_iter().enumerate() {
            rows.push(Row::Entry(number, if at == 0 { keys(entry) } else { String::new() }, line));
        }
    }
    let inner = boxed("Keys", WIDEST as u16, (rows.len() as u16 + 4).max(12), theme, area, buffer);
    let mut lines = inner.rows();
    let Some(top) = lines.next() else { return };
    put(theme, buffer, top, "Search: ", theme.style(Look::Key));
    let field = Rect { x: top.x + 8, width: top.width.saturating_sub(8), ..top };
    help.input.render(theme, field, buffer);
    lines.next();
    let height = usize::from(inner.height).saturating_sub(2);
    let is_chosen = |row: &Row| matches!(row, Row::Entry(number, ..) if *number == help.cursor);
    let start = rows.iter().position(is_chosen).unwrap_or(0);
    let end = rows.iter().rposition(is_chosen).map_or(start + 1, |last| last + 1);
    let list = Rect { y: top.y + 2, height: inner.height.saturating_sub(2), ..inner };
    let window = Window::around(start..end, rows.len(), height);
    let begun = |hidden: std::ops::Range<usize>| {
        rows[hidden].iter().filter(|row| matches!(row, Row::Entry(_, keys, _) if !keys.is_empty())).count()
    };
    if rows.is_empty()
        && let Some(line) = lines.next()
    {
        return put(theme, buffer, line, "No key does that.", theme.style(Look::Dim));
    }
    let inside = window.edges(theme, rows.len(), begun, list, buffer);
    for (row, line) in rows[window.rows].iter().zip(inside.rows()) {
        match row {
            Row::Heading(name) => put(theme, buffer, line, name, theme.style(Look::Heading)),
            Row::Entry(number, keys, text) => {
                put(theme, buffer, line, &format!("  {}", pad(keys, widest)), theme.style(Look::Key));
                let used = used as u16;
                let rest = Rect { x: line.x + used, width: line.width.saturating_sub(used), ..line };
                put(theme, buffer, rest, text, theme.style(Look::Text));
                if *number == help.cursor {
                    buffer.set_style(line, theme.style(Look::Cursor));
                }
            }
        }
    }
}
