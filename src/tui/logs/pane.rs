//! Where the reader of the logs is: the cursor, what is hidden, what is looked for. Keys change it without the store;
//! the next frame, which has the store, carries out what they asked for.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Bound;
use std::path::PathBuf;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line as Title;

use super::super::find::Way;
use super::super::scroll::Scroll;
use super::super::theme::Theme;
use super::index::{Index, Place};
use super::moves::{Move, Room};
use super::pattern::Pattern;
use super::quoted::Quoted;
use super::store::LogStore;
use super::title::Onward;
use super::view::{Line, View};
use super::{draw, title};

pub(super) const SIDEWAYS: usize = 8;

#[derive(Debug, Default)]
pub struct LogPane {
    /// None while it follows; then the cursor is on the last line.
    pub(super) paused: Option<Paused>,
    pub(super) cursor: Option<Place>,
    /// The row of the pane that the cursor's line is on, if there are enough lines.
    pub(super) row: usize,
    /// Columns of text that are beyond the left edge.
    pub(super) left: usize,
    /// Columns that it still has to move, as far as there is text.
    pub(super) further: usize,
    pub(super) columns: bool,
    /// Of the nodes, the first that has a column on the screen, and how many have one: as of the last frame.
    pub(super) first_column: usize,
    pub(super) beside: usize,
    pub(super) wrap: bool,
    pub(super) node: Option<String>,
    pub(super) filter: Option<Pattern>,
    pub(super) search: Option<Pattern>,
    /// Where the reader was when it began: each letter that is typed searches again from there.
    pub(super) searched_from: Option<Origin>,
    pub(super) marks: BTreeSet<Place>,
    /// Where the last jump went.
    pub(super) target: Option<Place>,
    /// Where jumps began.
    pub(super) came_from: Vec<Origin>,
    pub(super) moves: VecDeque<Move>,
    /// As of the last frame.
    pub(super) nodes: Vec<String>,
}

/// A line in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paused {
    /// The last block at that moment: lines of later ones are new.
    pub(super) last: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) paused: Option<Paused>,
    pub(super) cursor: Option<Place>,
    pub(super) row: usize,
}

impl LogPane {
    /// For another store: back to its end. Columns, wrapping, the text filter and the search stay.
    pub fn reset(&mut self) {
        *self = LogPane {
            columns: self.columns,
            wrap: self.wrap,
            filter: self.filter.take(),
            search: self.search.take(),
            ..LogPane::default()
        };
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        self.moves.push_back(Move::Scroll(scroll));
    }

    /// To the column before, where not all fit; else to what is beyond the left edge of the text.
    pub fn left(&mut self) {
        if self.has_more_columns() {
            self.first_column = self.first_column.saturating_sub(1);
        } else {
            self.left = self.left.saturating_sub(SIDEWAYS);
        }
    }

    pub fn right(&mut self) {
        if self.has_more_columns() {
            self.first_column = (self.first_column + 1).min(self.nodes.len() - self.beside);
        } else if !self.wrap {
            self.further += SIDEWAYS;
        }
    }

    /// Shows long lines whole, in several rows, or cuts them at the edge.
    pub fn toggle_wrap(&mut self) {
        self.wrap = !self.wrap;
    }

    pub fn is_in_columns(&self) -> bool {
        self.columns
    }

    pub fn toggle_follow(&mut self) {
        self.moves.push_back(Move::ToggleFollow);
    }

    /// All nodes, then each alone, then all again.
    pub fn next_node(&mut self) {
        self.target = None;
        self.node = match &self.node {
            None => self.nodes.first().cloned(),
            Some(node) => {
                let at = self.nodes.iter().position(|known| known == node);
                at.and_then(|at| self.nodes.get(at + 1)).cloned()
            }
        };
    }

    /// Shows only lines with the pattern; an empty one ends that.
    pub fn filter_text(&mut self, pattern: &str) {
        self.filter = Pattern::new(pattern);
        self.target = None;
    }

    pub fn clear_filter(&mut self) {
        self.node = None;
        self.filter = None;
    }

    pub fn is_filtering(&self) -> bool {
        self.node.is_some() || self.filter.is_some()
    }

    /// Begins a search where the reader is.
    pub fn begin_search(&mut self) {
        self.search = None;
        self.moves.push_back(Move::BeginSearch);
    }

    /// Goes to the nearest line with the pattern, from where the search began on first. An empty one ends the search.
    pub fn search(&mut self, pattern: &str) {
        self.search = Pattern::new(pattern);
        self.moves.push_back(Move::FindHere);
    }

    /// To the next line that it finds, or the one before.
    pub fn search_step(&mut self, way: Way) {
        self.moves.push_back(match way {
            Way::Next => Move::FindNext,
            Way::Previous => Move::FindPrevious,
        });
    }

    /// Ends the search; the reader stays where it has led.
    pub fn clear_search(&mut self) {
        self.search = None;
    }

    /// Ends the search where it began.
    pub fn abandon_search(&mut self) {
        self.search = None;
        self.moves.push_back(Move::AbandonSearch);
    }

    pub fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Marks the line under the cursor, or takes its mark away.
    pub fn mark(&mut self) {
        self.moves.push_back(Move::Mark);
    }

    pub fn next_mark(&mut self) {
        self.moves.push_back(Move::NextMark);
    }

    /// Goes to what happened at a moment (since the run's start), in the middle of the pane and with a mark: the answer
    /// that was wrong then, or in the test that failed then; or the request that was made; or else the first line that
    /// came then or after. The first two are shown whatever the filters say.
    pub fn jump_to(&mut self, at: Duration) {
        let at = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
        self.moves.push_back(Move::Jump(at));
    }

    /// Goes to a line of a log: near the upper edge, since what belongs to it follows it.
    pub fn jump_to_line(&mut self, quoted: Quoted) {
        self.moves.push_back(Move::JumpToLine { quoted: quoted.into(), looked_in: None });
    }

    pub fn jump_back(&mut self) {
        self.moves.push_back(Move::Back);
    }

    pub fn can_go_back(&self) -> bool {
        let jumps = self.moves.iter().filter(|next| matches!(next, Move::Jump(_) | Move::JumpToLine { .. })).count();
        let returns = self.moves.iter().filter(|next| matches!(next, Move::Back)).count();
        self.came_from.len() + jumps > returns
    }

    /// The line under the cursor as it is shown.
    pub fn current_text(&self, store: &LogStore) -> Option<String> {
        let index = store.index();
        Some(self.line_at_cursor(&index)?.raw.text())
    }

    /// When the line under the cursor came; none while the end is followed.
    pub fn moment_at_cursor(&self, store: &LogStore) -> Option<Duration> {
        self.paused?;
        Some(Duration::from_micros(self.line_at_cursor(&store.index())?.place.at))
    }

    fn line_at_cursor(&self, index: &Index) -> Option<Line> {
        let only = self.only();
        let mut view = View::new(index, only.as_deref(), self.target);
        match self.cursor.filter(|_| self.paused.is_some()) {
            Some(cursor) => view.nearest(cursor),
            None => view.backward(Bound::Unbounded, 1).pop(),
        }
    }

    /// The line under the cursor in its node's log; for a line of lsfr's own, what the node that it is about printed
    /// next, or last. Reads the log up to there.
    pub fn source_at_cursor(&self, store: &LogStore) -> Option<Source> {
        let (name, offset) = {
            let index = store.index();
            let line = self.line_at_cursor(&index)?;
            let (source, offset) = index.printed_near(line.place)?;
            (index.node(source)?.name.clone(), offset)
        };
        store.source(&name, offset)
    }

    /// The pane's name and state, as of the last frame that was rendered: call this after rendering.
    pub fn title(
        &self,
        store: Option<&LogStore>,
        theme: &Theme,
        focused: bool,
        width: usize,
        onward: &Onward,
    ) -> Title<'static> {
        title::line(self, store, theme, focused, width, onward)
    }

    pub fn render(&mut self, store: Option<&LogStore>, theme: &Theme, area: Rect, buf: &mut Buffer, focused: bool) {
        let area = area.intersection(*buf.area());
        let Some(store) = store else {
            return draw::notice(NOTHING_YET, theme, area, buf);
        };
        store.ask(self.filter.as_ref(), self.search.as_ref());
        let index = store.index();
        self.nodes =
            index.by_name().into_iter().filter_map(|source| Some(index.node(source)?.name.clone())).collect();
        self.bring_target(&index);
        let columns = self.place_columns(area.width);
        let only = self.only();
        let mut view = View::new(&index, only.as_deref(), self.target);
        let sheet = draw::Sheet::new(self, &index, columns.as_deref(), theme, area);
        let room = Room { height: sheet.height(), rows_of: &|line| sheet.rows_of(line) };
        self.resolve(&mut view, &room);
        let lines = self.window(&mut view, &room);
        if lines.is_empty() {
            return draw::notice(empty(self, &view), theme, area, buf);
        }
        sheet.draw(self, &lines, focused, buf);
    }
}

const NOTHING_YET: &str = "Nothing has run yet. Your program's output and lsfr's requests appear here.";

fn empty(pane: &LogPane, view: &View) -> &'static str {
    if !view.index.settled || view.is_filtering_still() {
        "Reading the logs."
    } else if pane.is_filtering() && !view.index.blocks.is_empty() {
        "No line fits the filter. esc ends it."
    } else {
        "This run has printed nothing so far."
    }
}
