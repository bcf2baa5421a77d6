//! A failure in place of the panes, or beside the tests.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};

use super::{framed, indented, position, title};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::card::CardPane;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;

pub(super) fn draw(pane: &mut CardPane, app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let status = pane.search_status().unwrap_or_else(|| position(pane.status()));
    let inner = framed(title("Failure", &status, true, theme), true, theme, area, buffer);
    pane.render(theme, &app.keymap.shown(Action::Hint), inner, buffer);
}

/// Beside the tests. `old`: a run in flight has not said yet whether it is one still.
pub(super) fn preview(
    pane: &mut CardPane,
    old: bool,
    theme: &Theme,
    keymap: &Keymap,
    area: Rect,
    buffer: &mut Buffer,
) {
    let inside = indented(area.inner(Margin::new(1, 1)));
    pane.render(theme, &keymap.shown(Action::Hint), inside, buffer);
    // After its content, which knows how much of it is seen.
    let status = position(pane.status());
    let more = if old { format!("of an earlier run  {status}").trim_end().to_owned() } else { status };
    framed(title("Failure", &more, false, theme), false, theme, area, buffer);
}
