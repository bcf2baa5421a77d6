//! Moving through something longer than its pane.

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    Up(usize),
    Down(usize),
    HalfUp,
    HalfDown,
    PageUp,
    PageDown,
    Top,
    Bottom,
}

impl Scroll {
    /// Where a cursor is after it that was at `at` of `total` in a list, of which a pane shows so many.
    pub fn cursor(self, at: usize, total: usize, shown: usize) -> usize {
        let page = shown.max(1);
        let to = match self {
            Scroll::Up(rows) => at.saturating_sub(rows),
            Scroll::Down(rows) => at.saturating_add(rows),
            Scroll::HalfUp => at.saturating_sub(page.div_ceil(2)),
            Scroll::HalfDown => at.saturating_add(page.div_ceil(2)),
            Scroll::PageUp => at.saturating_sub(page),
            Scroll::PageDown => at.saturating_add(page),
            Scroll::Top => 0,
            Scroll::Bottom => usize::MAX,
        };
        to.min(total.saturating_sub(1))
    }

    /// The first row to show after it, of `total` rows in a pane of `height`.
    pub fn apply(self, first: usize, total: usize, height: usize) -> usize {
        let last = total.saturating_sub(height);
        let half = (height / 2).max(1);
        // A row of the previous page stays, so that the eye finds its place.
        let page = height.saturating_sub(1).max(1);
        let moved = match self {
            Scroll::Up(rows) => first.saturating_sub(rows),
            Scroll::Down(rows) => first.saturating_add(rows),
            Scroll::HalfUp => first.saturating_sub(half),
            Scroll::HalfDown => first + half,
            Scroll::PageUp => first.saturating_sub(page),
            Scroll::PageDown => first + page,
            Scroll::Top => 0,
            Scroll::Bottom => last,
        };
        moved.min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_move_leaves_what_there_is() {
        assert_eq!(Scroll::Down(3).apply(0, 100, 10), 3);
        assert_eq!(Scroll::PageDown.apply(0, 100, 10), 9);
        assert_eq!(Scroll::HalfUp.apply(7, 100, 10), 2);
        assert_eq!(Scroll::Bottom.apply(0, 100, 10), 90);
        assert_eq!(Scroll::PageDown.apply(85, 100, 10), 90);
        assert_eq!(Scroll::Up(9).apply(4, 100, 10), 0);
        assert_eq!(Scroll::Down(1).apply(0, 3, 10), 0);
        assert_eq!(Scroll::PageDown.apply(0, 5, 0), 1);
    }
}
