//! What a pane does not show: how much is above and below it. It is said in the same words wherever there is more than a
//! pane has room for.
//!
//! A text that does not fit gives up its pane's last row to this, whether the reader is at its end or not: so nothing
//! moves but the text.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{self, Piece};
use super::theme::{Look, Sign, Theme};

/// In fewer rows than this, none is given to saying what is not shown.
pub(super) const LEAST: usize = 5;

/// How many rows, tests or stages are out of sight; none if nothing is. Of something that is in sight in part, a part
/// may be hidden: that counts as zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) above: Option<usize>,
    pub(super) below: Option<usize>,
}

impl Hidden {
    /// Of so many rows of text from the row `first` on, which stand in so many.
    pub(super) fn of_text(first: usize, total: usize, height: usize) -> Self {
        Self::of_counts(first, total.saturating_sub(first + height))
    }

    /// Of things that are whole.
    pub(super) fn of_counts(above: usize, below: usize) -> Self {
        let some = |hidden: usize| (hidden > 0).then_some(hidden);
        Self { above: some(above), below: some(below) }
    }

    /// `▲ 3 more  ▼ 12 more`; nothing where nothing is hidden.
    pub(super) fn pieces(self, theme: &Theme) -> Vec<Piece<'static>> {
        let both = [(Sign::Up, self.above), (Sign::Down, self.below)];
        let both = both.into_iter().filter_map(|(sign, hidden)| Some((sign, hidden?)));
        both.enumerate()
            .flat_map(|(at, (sign, hidden))| {
                let gap = if at == 0 { "" } else { "  " };
                let count = if hidden > 0 { format!("{hidden} more") } else { String::new() };
                [
                    (format!("{gap}{} ", theme.sign(sign)).into(), theme.style(Look::Focus)),
                    (count.into(), theme.style(Look::Dim)),
                ]
            })
            .collect()
    }

    pub(super) fn draw(self, theme: &Theme, row: Rect, buffer: &mut Buffer) {
        paint::put(buffer, row, theme, &self.pieces(theme));
    }
}

/// The rows that a pane has for a text of so many: all, or all but the last.
pub(super) fn rows_for(total: usize, height: u16) -> u16 {
    let tall = usize::from(height);
    if total > tall && tall >= LEAST { height - 1 } else { height }
}

/// Says in the last row of a pane what is not shown of a text, of which it has `shown` rows.
pub(super) fn below_text(first: usize, total: usize, shown: u16, theme: &Theme, pane: Rect, buffer: &mut Buffer) {
    if shown < pane.height {
        let row = Rect { y: pane.bottom() - 1, height: 1, ..pane };
        Hidden::of_text(first, total, usize::from(shown)).draw(theme, row, buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::dump;

    fn said(hidden: Hidden, theme: &Theme) -> String {
        let area = Rect::new(0, 0, 30, 1);
        let mut buffer = Buffer::empty(area);
        hidden.draw(theme, area, &mut buffer);
        dump::text(&buffer)
    }

    #[test]
    fn what_is_hidden_is_counted_and_what_is_not_is_not_mentioned() {
        let theme = Theme::DARK;
        assert_eq!(said(Hidden::of_text(0, 30, 18), &theme), "▼ 12 more");
        assert_eq!(said(Hidden::of_text(3, 33, 18), &theme), "▲ 3 more  ▼ 12 more");
        assert_eq!(said(Hidden::of_text(15, 33, 18), &theme), "▲ 15 more");
        assert_eq!(said(Hidden::of_text(0, 18, 18), &theme), "");
        assert_eq!(said(Hidden::of_counts(3, 12), &Theme { ascii: true, ..theme }), "^ 3 more  v 12 more");
        assert_eq!(said(Hidden { above: Some(0), below: None }, &theme), "▲", "the rest of what is shown in part");
    }

    #[test]
    fn only_a_text_that_does_not_fit_gives_up_a_row() {
        assert_eq!(rows_for(20, 20), 20);
        assert_eq!(rows_for(21, 20), 19);
        assert_eq!(rows_for(21, 4), 4, "in so few rows the text needs them all");
        let area = Rect::new(0, 0, 12, 6);
        for (total, last) in [(6, ""), (7, "▼ 2 more")] {
            let mut buffer = Buffer::empty(area);
            below_text(0, total, rows_for(total, area.height), &Theme::DARK, area, &mut buffer);
            assert_eq!(dump::text(&buffer).lines().last().unwrap_or_default(), last);
        }
    }
}
