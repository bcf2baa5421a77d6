//! What moves the cursor through the logs, and which lines are around it.

use std::ops::Bound;

use super::super::scroll::Scroll;
use super::index::{Index, Place};
use super::pane::{LogPane, Origin, Paused};
use super::quoted::Quoted;
use super::view::{Found, Line, View, Way};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Move {
    Scroll(Scroll),
    ToggleFollow,
    /// A search begins here; it ends, and the reader is back where it began.
    BeginSearch,
    AbandonSearch,
    /// The nearest line that the search finds: from where it began, after the cursor, before it.
    FindHere,
    FindNext,
    FindPrevious,
    Mark,
    NextMark,
    /// In microseconds since the run's start.
    Jump(u64),
    /// `looked_in`: how many blocks there were when it was looked for in vain.
    JumpToLine {
        quoted: Box<Quoted>,
        looked_in: Option<usize>,
    },
    Back,
}

impl Origin {
    /// The line that the cursor was on: while it followed, the last one.
    fn line(self, view: &mut View) -> Option<Place> {
        let line = match self.cursor.filter(|_| self.paused.is_some()) {
            Some(cursor) => view.nearest(cursor),
            None => view.backward(Bound::Unbounded, 1).pop(),
        };
        line.map(|line| line.place)
    }
}

/// A move that cannot be made yet.
struct Waits;

/// The pane as far as moves matter: its rows, and how many of them a line takes.
pub(super) struct Room<'a> {
    pub(super) height: usize,
    pub(super) rows_of: &'a dyn Fn(&Line) -> usize,
}

impl Room<'_> {
    fn rows(&self, lines: &[Line]) -> usize {
        lines.iter().map(self.rows_of).sum()
    }
}

/// A line in the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) line: Line,
    pub(super) rows: usize,
    /// Of its rows, how many are above the upper edge.
    pub(super) hidden: usize,
    /// The reader is on it.
    pub(super) current: bool,
}

impl LogPane {
    /// Makes the moves that were asked for since the last frame.
    pub(super) fn resolve(&mut self, view: &mut View, room: &Room) {
        while let Some(mut next) = self.moves.pop_front() {
            let made = self.make(&mut next, view, room);
            // It waits for what is still being read or counted, unless the reader goes elsewhere meanwhile.
            if made.is_err() && self.moves.is_empty() {
                self.moves.push_back(next);
                return;
            }
        }
    }

    fn make(&mut self, next: &mut Move, view: &mut View, room: &Room) -> Result<(), Waits> {
        let height = room.height;
        match next {
            Move::Scroll(scroll) => self.make_scroll(*scroll, view, room),
            Move::ToggleFollow if self.paused.is_some() => self.paused = None,
            Move::ToggleFollow => {
                if let Some(last) = self.current(view) {
                    self.go(last, height.saturating_sub(1), view);
                }
            }
            Move::BeginSearch => self.searched_from = Some(self.origin()),
            Move::AbandonSearch => {
                if let Some(origin) = self.searched_from.take() {
                    self.return_to(origin);
                }
            }
            Move::FindHere | Move::FindNext | Move::FindPrevious => return self.find(next, view, room),
            Move::Mark => {
                if let Some(place) = self.current(view)
                    && !self.marks.remove(&place)
                {
                    self.marks.insert(place);
                }
            }
            Move::NextMark => self.go_to_next_mark(view, room),
            Move::Jump(at) => return self.jump(*at, view, room),
            Move::JumpToLine { quoted, looked_in } => return self.jump_to_quoted(quoted, looked_in, view, room),
            Move::Back => {
                if let Some(origin) = self.came_from.pop() {
                    self.return_to(origin);
                }
            }
        }
        Ok(())
    }

    /// The line that the cursor is on: the last one while following.
    pub(super) fn current(&self, view: &mut View) -> Option<Place> {
        self.origin().line(view)
    }

    fn origin(&self) -> Origin {
        Origin { paused: self.paused, cursor: self.cursor, row: self.row }
    }

    fn return_to(&mut self, Origin { paused, cursor, row }: Origin) {
        (self.paused, self.cursor, self.row) = (paused, cursor, row);
    }

    fn go(&mut self, place: Place, row: usize, view: &View) {
        self.paused.get_or_insert(Paused { last: view.index.blocks.last().map(|block| block.place()) });
        (self.cursor, self.row) = (Some(place), row);
    }

    fn jump(&mut self, at: u64, view: &mut View, room: &Room) -> Result<(), Waits> {
        if !view.index.told {
            return Err(Waits);
        }
        let place = match view.index.happened(at) {
            Some(place) => Some(place),
            None => {
                let start = Place { at, source: 0, offset: 0 };
                let there = view.forward(Bound::Included(start), 1).pop();
                let unread = there.is_none() && !view.index.settled;
                if unread || view.is_unknown_between(start, there.as_ref().map(|line| line.place)) {
                    return Err(Waits);
                }
                there.or_else(|| view.backward(Bound::Unbounded, 1).pop()).map(|line| line.place)
            }
        };
        if let Some(place) = place {
            self.arrive(place, room.height / 2, view);
        }
        Ok(())
    }

    fn jump_to_quoted(
        &mut self,
        quoted: &Quoted,
        looked_in: &mut Option<usize>,
        view: &mut View,
        room: &Room,
    ) -> Result<(), Waits> {
        let blocks = view.index.blocks.len();
        // The log of a run that has just ended may not have been read to its end.
        if *looked_in == Some(blocks) {
            return Err(Waits);
        }
        let Some(place) = view.index.quoted(quoted) else {
            *looked_in = Some(blocks);
            return Err(Waits);
        };
        self.arrive(place, room.height / 4, view);
        Ok(())
    }

    /// Where a jump has led.
    fn arrive(&mut self, place: Place, row: usize, view: &mut View) {
        self.came_from.push(self.origin());
        self.target = Some(place);
        view.pin(place);
        self.go(place, row, view);
    }

    /// Before columns are placed: what a jump goes to must be in one of them.
    pub(super) fn bring_target(&mut self, index: &Index) {
        if let Some(Move::Jump(at)) = self.moves.back()
            && let Some(own) = index.happened(*at).and_then(|place| index.own_at(place))
            && let Some(node) = index.one_node(own).map(str::to_owned)
        {
            self.bring_column(&node);
        }
    }

    fn make_scroll(&mut self, scroll: Scroll, view: &mut View, room: &Room) {
        let half = (room.height / 2).max(1);
        // A row of the previous page stays, so that the eye finds its place.
        let page = room.height.saturating_sub(1).max(1);
        match scroll {
            // The cursor moves in the pane first; by pages, the lines move below the cursor.
            Scroll::Up(lines) => self.up(lines, view, |moved| room.rows(moved)),
            Scroll::Down(lines) => self.down(lines, view, |moved| room.rows(moved)),
            Scroll::HalfUp | Scroll::PageUp => {
                let rows = if scroll == Scroll::HalfUp { half } else { page };
                let lines = self.lines_in(rows, Way::Backward, view, room);
                self.up(lines, view, |_| 0);
            }
            Scroll::HalfDown | Scroll::PageDown => {
                let rows = if scroll == Scroll::HalfDown { half } else { page };
                let lines = self.lines_in(rows, Way::Forward, view, room);
                self.down(lines, view, |_| 0);
            }
            Scroll::Top => {
                let first = view.forward(Bound::Unbounded, 1).pop();
                if let Some(first) = first.filter(|first| self.current(view) != Some(first.place)) {
                    self.go(first.place, 0, view);
                }
            }
            Scroll::Bottom => self.paused = None,
        }
    }

    /// How many lines in a direction take this many rows: at least one.
    fn lines_in(&self, rows: usize, way: Way, view: &mut View, room: &Room) -> usize {
        let Some(current) = self.current(view) else { return 1 };
        let lines = match way {
            Way::Forward => view.forward(Bound::Excluded(current), rows),
            Way::Backward => view.backward(Bound::Excluded(current), rows),
        };
        fitting(&lines, rows, room).max(1)
    }

    /// Ends following only where there is something above. `rows`: what the cursor moves in the pane.
    fn up(&mut self, lines: usize, view: &mut View, rows: impl Fn(&[Line]) -> usize) {
        let Some(current) = self.current(view) else { return };
        let moved = view.backward(Bound::Excluded(current), lines);
        if let Some(line) = moved.last() {
            self.go(line.place, self.row.saturating_sub(rows(&moved)), view);
        }
    }

    fn down(&mut self, lines: usize, view: &mut View, rows: impl Fn(&[Line]) -> usize) {
        if self.paused.is_some()
            && let Some(current) = self.current(view)
            && let moved = view.forward(Bound::Excluded(current), lines)
            && let Some(line) = moved.last()
        {
            self.go(line.place, self.row + rows(&moved), view);
        }
    }

    fn find(&mut self, next: &Move, view: &mut View, room: &Room) -> Result<(), Waits> {
        let origin = self.searched_from.filter(|_| *next == Move::FindHere);
        let Some(current) = origin.unwrap_or_else(|| self.origin()).line(view) else {
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
                    self.show(place, view, room);
                    return Ok(());
                }
                Found::Unknown => return Err(Waits),
                Found::Nothing => {}
            }
        }
        if let Some(origin) = origin {
            self.return_to(origin);
        }
        Ok(())
    }

    fn go_to_next_mark(&mut self, view: &mut View, room: &Room) {
        let Some(current) = self.current(view) else {
            return;
        };
        let behind = self.marks.range((Bound::Excluded(current), Bound::Unbounded));
        let around = behind.chain(self.marks.range(..=current));
        // A filter may hide some.
        let next = around.copied().find(|mark| view.nearest(*mark).is_some_and(|line| line.place == *mark));
        if let Some(next) = next {
            self.show(next, view, room);
        }
    }

    /// Goes to a line: where it is on the screen already, only the cursor moves.
    fn show(&mut self, place: Place, view: &mut View, room: &Room) {
        let window = self.window(view, room);
        let at = window.iter().position(|placed| placed.line.place == place);
        let above = |at: usize| window[..at].iter().map(|placed| placed.rows - placed.hidden).sum();
        self.go(place, at.map_or(room.height / 2, above), view);
    }

    /// The lines around the cursor, with the cursor on its row as far as there are enough on both sides. No more lines
    /// are measured than there are rows.
    pub(super) fn window(&mut self, view: &mut View, room: &Room) -> Vec<Placed> {
        let height = room.height;
        if height == 0 {
            return Vec::new();
        }
        let current = match self.cursor.filter(|_| self.paused.is_some()) {
            Some(cursor) => view.nearest(cursor),
            None => view.backward(Bound::Unbounded, 1).pop(),
        };
        let Some(current) = current else { return Vec::new() };
        let from = Bound::Excluded(current.place);
        let own = (room.rows_of)(&current).min(height);
        let most = height - own;
        // Following, the last line is at the lower edge.
        let wanted = if self.paused.is_some() { self.row.min(most) } else { most };
        let below = stretch(view.forward(from, most - wanted), most - wanted, room);
        // What is missing below is shown above.
        let taken: usize = below.iter().map(|(_, rows)| rows).sum();
        let rest = most.saturating_sub(taken).max(wanted);
        let above = stretch(view.backward(from, rest), rest, room);
        let has: usize = above.iter().map(|(_, rows)| rows).sum();
        let row = has.min(rest);
        // And the other way round.
        let below = if row < wanted { stretch(view.forward(from, most - row), most - row, room) } else { below };
        self.row = row;
        if self.paused.is_none() {
            self.cursor = Some(current.place);
        }
        let mut hidden = has - row;
        let mut placed = Vec::new();
        for (line, rows) in above.into_iter().rev() {
            placed.push(Placed { line, rows, hidden: std::mem::take(&mut hidden), current: false });
        }
        placed.push(Placed { line: current, rows: own, hidden: 0, current: true });
        placed.extend(below.into_iter().map(|(line, rows)| Placed { line, rows, hidden: 0, current: false }));
        placed
    }
}

/// The lines that it takes to fill this many rows, with the rows of each.
fn stretch(lines: Vec<Line>, rows: usize, room: &Room) -> Vec<(Line, usize)> {
    let mut taken = 0;
    let mut out = Vec::new();
    for line in lines {
        if taken >= rows {
            break;
        }
        let of_line = (room.rows_of)(&line);
        taken += of_line;
        out.push((line, of_line));
    }
    out
}

/// How many of these lines fit into this many rows.
fn fitting(lines: &[Line], rows: usize, room: &Room) -> usize {
    let mut taken = 0;
    lines
        .iter()
        .take_while(|line| {
            taken += (room.rows_of)(line);
            taken <= rows
        })
        .count()
}
