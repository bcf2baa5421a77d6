//! What moves the cursor through the logs, and which lines are around it.

use std::ops::Bound;

use super::super::scroll::Scroll;
use super::index::Place;
use super::pane::{LogPane, Origin, Paused};
use super::view::{Found, Line, View, Way};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Scroll(Scroll),
    ToggleFollow,
    /// The nearest line that the search finds: the one under the cursor, one after it, one before it.
    FindHere,
    FindNext,
    FindPrevious,
    Mark,
    NextMark,
    /// In microseconds since the run's start.
    Jump(u64),
    Back,
}

/// A move that cannot be made yet.
struct Waits;

impl LogPane {
    /// Makes the moves that were asked for since the last frame.
    pub(super) fn resolve(&mut self, view: &mut View, height: usize) {
        while let Some(next) = self.moves.pop_front() {
            let made = self.make(next, view, height);
            // It waits for what is still being read or counted, unless the reader goes elsewhere meanwhile.
            if made.is_err() && self.moves.is_empty() {
                self.moves.push_back(next);
                return;
            }
        }
    }

    fn make(&mut self, next: Move, view: &mut View, height: usize) -> Result<(), Waits> {
        match next {
            Move::Scroll(scroll) => self.make_scroll(scroll, view, height),
            Move::ToggleFollow if self.paused.is_some() => self.paused = None,
            Move::ToggleFollow => {
                if let Some(last) = self.current(view) {
                    self.go(last, height.saturating_sub(1), view);
                }
            }
            Move::FindHere | Move::FindNext | Move::FindPrevious => return self.find(next, view, height),
            Move::Mark => {
                if let Some(place) = self.current(view)
                    && !self.marks.remove(&place)
                {
                    self.marks.insert(place);
                }
            }
            Move::NextMark => self.go_to_next_mark(view, height),
            Move::Jump(at) => {
                let start = Place { at, source: 0, offset: 0 };
                let there = view.forward(Bound::Included(start), 1).pop();
                let unread = there.is_none() && !view.index.settled;
                if unread || view.is_unknown_between(start, there.as_ref().map(|line| line.place)) {
                    return Err(Waits);
                }
                if let Some(line) = there.or_else(|| view.backward(Bound::Unbounded, 1).pop()) {
                    let (paused, cursor, row) = (self.paused, self.cursor, self.row);
                    self.came_from.push(Origin { paused, cursor, row });
                    self.go(line.place, height / 2, view);
                }
            }
            Move::Back => {
                if let Some(Origin { paused, cursor, row }) = self.came_from.pop() {
                    (self.paused, self.cursor, self.row) = (paused, cursor, row);
                }
            }
        }
        Ok(())
    }

    /// The line that the cursor is on: the last one while following.
    pub(super) fn current(&self, view: &mut View) -> Option<Place> {
        let line = match self.cursor.filter(|_| self.paused.is_some()) {
            Some(cursor) => view.nearest(cursor),
            None => view.backward(Bound::Unbounded, 1).pop(),
        };
        line.map(|line| line.place)
    }

    fn go(&mut self, place: Place, row: usize, view: &View) {
        self.paused.get_or_insert(Paused { last: view.index.blocks.last().map(|block| block.place()) });
        (self.cursor, self.row) = (Some(place), row);
    }

    fn make_scroll(&mut self, scroll: Scroll, view: &mut View, height: usize) {
        let half = (height / 2).max(1);
        // A row of the previous page stays, so that the eye finds its place.
        let page = height.saturating_sub(1).max(1);
        match scroll {
            // The cursor moves in the pane first; by pages, the lines move below the cursor.
            Scroll::Up(rows) => self.up(rows, self.row.saturating_sub(rows), view),
            Scroll::Down(rows) => self.down(rows, (self.row + rows).min(height.saturating_sub(1)), view),
            Scroll::HalfUp => self.up(half, self.row, view),
            Scroll::HalfDown => self.down(half, self.row, view),
            Scroll::PageUp => self.up(page, self.row, view),
            Scroll::PageDown => self.down(page, self.row, view),
            Scroll::Top => {
                let first = view.forward(Bound::Unbounded, 1).pop();
                if let Some(first) = first.filter(|first| self.current(view) != Some(first.place)) {
                    self.go(first.place, 0, view);
                }
            }
            Scroll::Bottom => self.paused = None,
        }
    }

    /// Ends following only where there is something above.
    fn up(&mut self, lines: usize, row: usize, view: &mut View) {
        if let Some(current) = self.current(view)
            && let Some(line) = view.backward(Bound::Excluded(current), lines).pop()
        {
            self.go(line.place, row, view);
        }
    }

    fn down(&mut self, lines: usize, row: usize, view: &mut View) {
        if self.paused.is_some()
            && let Some(current) = self.current(view)
            && let Some(line) = view.forward(Bound::Excluded(current), lines).pop()
        {
            self.go(line.place, row, view);
        }
    }

    fn find(&mut self, next: Move, view: &mut View, height: usize) -> Result<(), Waits> {
        let Some(current) = self.current(view) else {
            // Nothing is visible, or not yet.
            return if view.is_filtering_still() || !view.index.settled { Err(Waits) } else { Ok(()) };
        };
        let attempts = match next {
            Move::FindHere => [(Bound::Included(current), Way::Forward), (Bound::Excluded(current), Way::Backward)],
            Move::FindPrevious => [(Bound::Excluded(current), Way::Backward), (Bound::Unbounded, Way::Backward)],
            _ => [(Bound::Excluded(current), Way::Forward), (Bound::Unbounded, Way::Forward)],
        };
        for (from, way) in attempts {
            match view.find(from, way) {
                Found::At(place) => {
                    self.show(place, view, height);
                    return Ok(());
                }
                Found::Unknown => return Err(Waits),
                Found::Nothing => {}
            }
        }
        Ok(())
    }

    fn go_to_next_mark(&mut self, view: &mut View, height: usize) {
        let Some(current) = self.current(view) else {
            return;
        };
        let behind = self.marks.range((Bound::Excluded(current), Bound::Unbounded));
        let around = behind.chain(self.marks.range(..=current));
        // A filter may hide some.
        let next = around.copied().find(|mark| view.nearest(*mark).is_some_and(|line| line.place == *mark));
        if let Some(next) = next {
            self.show(next, view, height);
        }
    }

    /// Goes to a line: where it is on the screen already, only the cursor moves.
    fn show(&mut self, place: Place, view: &mut View, height: usize) {
        let rows = self.window(view, height);
        let row = rows.iter().position(|line| line.place == place).unwrap_or(height / 2);
        self.go(place, row, view);
    }

    /// The lines around the cursor, with the cursor on its row as far as there are enough on both sides.
    pub(super) fn window(&mut self, view: &mut View, height: usize) -> Vec<Line> {
        let Some(last_row) = height.checked_sub(1) else {
            return Vec::new();
        };
        if self.paused.is_none() {
            let mut lines = view.backward(Bound::Unbounded, height);
            lines.reverse();
            self.cursor = lines.last().map(|line| line.place);
            self.row = lines.len().saturating_sub(1);
            return lines;
        }
        let Some(current) = self.cursor.and_then(|cursor| view.nearest(cursor)) else {
            return Vec::new();
        };
        let from = Bound::Excluded(current.place);
        let row = self.row.min(last_row);
        let mut below = view.forward(from, last_row - row);
        let mut lines = view.backward(from, last_row - below.len());
        if lines.len() < row {
            below = view.forward(from, last_row - lines.len());
        }
        lines.reverse();
        self.row = lines.len();
        lines.push(current);
        lines.append(&mut below);
        lines
    }
}
