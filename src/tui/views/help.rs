//! The help over the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{boxed, put};
use crate::text::pad;
use crate::tui::action::Entry;
use crate::tui::app::App;
use crate::tui::help::Help;
use crate::tui::theme::Look;

enum Row {
    Heading(&'static str),
    Entry(usize, &'static Entry),
}

pub(super) fn draw(help: &Help, app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let entries = help.entries(&app.keymap);
    let keys = |entry: &Entry| -> String {
        app.keymap.keys(entry.action).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    let widest = entries.iter().map(|entry| keys(entry).len()).max().unwrap_or(0).max(10);
    let mut rows = Vec::new();
    let mut group = None;
    for (number, entry) in entries.iter().enumerate() {
        if !help.searches() && group != Some(entry.group) {
            group = Some(entry.group);
            rows.push(Row::Heading(entry.group.title()));
        }
        rows.push(Row::Entry(number, entry));
    }
    let inner = boxed("Keys", 76, (rows.len() as u16 + 4).max(12), theme, area, buffer);
    let mut lines = inner.rows();
    let Some(top) = lines.next() else { return };
    put(theme, buffer, top, "Search: ", theme.style(Look::Key));
    let field = Rect { x: top.x + 8, width: top.width.saturating_sub(8), ..top };
    help.input.render(theme, field, buffer);
    lines.next();
    let height = usize::from(inner.height).saturating_sub(2);
    let at = rows.iter().position(|row| matches!(row, Row::Entry(number, _) if *number == help.cursor)).unwrap_or(0);
    let first = (at + 2).saturating_sub(height).min(rows.len().saturating_sub(height));
    if rows.is_empty()
        && let Some(line) = lines.next()
    {
        return put(theme, buffer, line, "No key does that.", theme.style(Look::Dim));
    }
    for (row, line) in rows.iter().skip(first).zip(lines) {
        match row {
            Row::Heading(name) => put(theme, buffer, line, name, theme.style(Look::Heading)),
            Row::Entry(number, entry) => {
                put(theme, buffer, line, &format!("  {}", pad(&keys(entry), widest)), theme.style(Look::Key));
                let used = (widest + 4) as u16;
                let rest = Rect { x: line.x + used, width: line.width.saturating_sub(used), ..line };
                put(theme, buffer, rest, entry.help, theme.style(Look::Text));
                if *number == help.cursor {
                    buffer.set_style(line, theme.style(Look::Cursor));
                }
            }
        }
    }
}
