//! A message in the footer's row, beside its keys or above them: never in their place.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use crate::text::{clean, width, wrap};
use crate::tui::targets::Targets;
use crate::tui::theme::{Look, Theme};
use crate::tui::views::put;

/// Rows that a long message may take above the footer.
const MOST: usize = 3;
/// What is left of a message that does not fit beside any key is not worth a row of its own.
const KEYS: u16 = 24;

/// Draws a message into the footer's row. Returns what is left of it for the keys, of which the last ones take
/// `needed` columns.
pub(in crate::tui::views) fn said(
    text: &str,
    bad: bool,
    theme: &Theme,
    footer: Rect,
    needed: u16,
    buffer: &mut Buffer,
    targets: &mut Targets,
) -> Rect {
    let text = clean(text);
    let style = theme.style(if bad { Look::Bad } else { Look::Strong });
    let columns = u16::try_from(width(&text)).unwrap_or(u16::MAX).saturating_add(2);
    if columns.saturating_add(needed.max(KEYS)) <= footer.width {
        put(theme, buffer, Rect { width: columns, ..footer }, &format!(" {text}"), style);
        return Rect { x: footer.x + columns, width: footer.width - columns, ..footer };
    }
    let mut lines = wrap(&text, usize::from(footer.width).saturating_sub(2).max(1), 0);
    lines.truncate(MOST.min(usize::from(footer.y)));
    let rows = lines.len() as u16;
    let above = Rect { y: footer.y - rows, height: rows, ..footer };
    Clear.render(above, buffer);
    targets.cover(above);
    for (line, row) in lines.iter().zip(above.rows()) {
        put(theme, buffer, row, &format!(" {line}"), style);
    }
    footer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::dump;
    use crate::tui::targets::Target;

    fn row(text: &str, columns: u16) -> (Rect, String) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, 6));
        buffer.set_string(0, 4, "x".repeat(columns.into()), ratatui::style::Style::new());
        let footer = Rect::new(0, 5, columns, 1);
        let mut targets = Targets::default();
        targets.add(Rect::new(0, 4, columns, 1), Target::Entry(0));
        let left = said(text, false, &Theme::DARK, footer, 8, &mut buffer, &mut targets);
        // What it covers cannot be clicked.
        assert_eq!(targets.at((0, 4)).is_none(), left.width == columns);
        (left, dump::text(&buffer))
    }

    #[test]
    fn a_short_message_leaves_the_rest_of_its_row_to_the_keys() {
        let (left, shown) = row("Cancelled.", 40);
        assert_eq!(left, Rect::new(12, 5, 28, 1));
        assert!(shown.ends_with(" Cancelled."), "{shown}");
    }

    #[test]
    fn a_long_message_stands_above_the_keys_and_is_whole() {
        let text = "These tests were ended, and those of the stage before it run first.";
        let (left, shown) = row(text, 40);
        assert_eq!(left, Rect::new(0, 5, 40, 1));
        let rows: Vec<&str> = shown.lines().map(str::trim).collect();
        assert_eq!(rows[3..5].join(" "), text);
        assert!(!shown.contains('x'), "nothing shines through: {shown}");
    }
}
