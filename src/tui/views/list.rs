//! A list that is longer than its pane: which of its rows are shown, and how much is above and below them.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::more::{Hidden, LEAST};
use crate::tui::theme::Theme;

/// The rows that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) rows: Range<usize>,
    /// Something is above, or below, and a row says so.
    above: bool,
    below: bool,
}

impl Window {
    /// Of `total` rows in a pane of `height`, with those of `look_at` in sight, and a row of what follows them.
    pub(super) fn around(look_at: Range<usize>, total: usize, height: usize) -> Self {
        if total <= height {
            return Self { rows: 0..total, above: false, below: false };
        }
        if height < LEAST {
            let first = look_at.end.saturating_sub(height).min(look_at.start).min(total - height);
            return Self { rows: first..first + height, above: false, below: false };
        }
        let sure = height - 2;
        let first = (look_at.end + 1).saturating_sub(sure).min(look_at.start).min(total - sure);
        // Saying that one row is above takes as much room as showing it.
        let above = first > 1;
        let first = if above { first } else { 0 };
        let room = height - usize::from(above);
        let first = first.min(total - room);
        let below = first + room < total;
        Self { rows: first..first + room - usize::from(below), above, below }
    }

    /// Says at the edges of the pane what is not shown; returns the rows that remain. `count`: how many things begin in
    /// some rows.
    pub(super) fn edges(
        &self,
        theme: &Theme,
        total: usize,
        count: impl Fn(Range<usize>) -> usize,
        area: Rect,
        buffer: &mut Buffer,
    ) -> Rect {
        let mut say = |y: u16, hidden: Hidden| hidden.draw(theme, Rect { y, height: 1, ..area }, buffer);
        if self.above {
            say(area.y, Hidden { above: Some(count(0..self.rows.start)), below: None });
        }
        if self.below {
            say(area.bottom() - 1, Hidden { above: None, below: Some(count(self.rows.end..total)) });
        }
        let (above, below) = (u16::from(self.above), u16::from(self.below));
        Rect { y: area.y + above, height: area.height - above - below, ..area }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_shown_whole_and_a_single_row_is_never_hidden_by_its_number() {
        assert_eq!(Window::around(3..4, 6, 6), Window { rows: 0..6, above: false, below: false });
        assert_eq!(Window::around(0..1, 9, 6), Window { rows: 0..5, above: false, below: true });
        assert_eq!(Window::around(8..9, 9, 6), Window { rows: 4..9, above: true, below: false });
        assert_eq!(Window::around(4..5, 9, 6), Window { rows: 2..6, above: true, below: true });
    }

    proptest! {
        #[test]
        fn what_is_looked_at_is_shown_and_every_row_is_used(
            start in 0usize..60, length in 1usize..4, more in 0usize..60, height in 1usize..40,
        ) {
            let total = start + length + more;
            let window = Window::around(start..start + length, total, height);
            let said = usize::from(window.above) + usize::from(window.below);
            prop_assert_eq!(window.rows.len() + said, total.min(height));
            prop_assert!(window.rows.end <= total);
            prop_assert!(window.rows.contains(&start), "{:?}", window);
            prop_assert_eq!(window.above, window.rows.start > 0 && height >= LEAST);
            prop_assert_eq!(window.below, window.rows.end < total && height >= LEAST);
            if length + 3 <= height {
                prop_assert!(window.rows.end >= start + length, "{:?}", window);
            }
        }
    }
}
