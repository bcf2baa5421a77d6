//! A failure in place of the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{framed, position, title};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::card::CardPane;

pub(super) fn draw(pane: &mut CardPane, app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let status = pane.search_status().unwrap_or_else(|| position(pane.status()));
    let inner = framed(title("Failure", &status, true, theme), true, theme, area, buffer);
    pane.render(theme, &app.keymap.shown(Action::Hint), inner, buffer);
}
