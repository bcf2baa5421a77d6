//! A search in the guide: from where the reader is, round and round.

use super::layout::Place;
use super::{GuidePane, Reveal};
use crate::tui::find::{Search, Way};

/// A search that is open.
#[derive(Debug)]
pub(super) struct Searching {
    pub(super) search: Search,
    /// Where the reader was when it began: each letter that is typed searches again from there.
    from: Standing,
}

/// Where a reader stands, to the row as long as the width is the same: a place alone cannot tell a row from a blank
/// one before it.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    pub(super) place: Place,
    pub(super) row: usize,
    pub(super) columns: usize,
}

impl GuidePane {
    /// Begins a search where the reader is.
    pub fn begin_search(&mut self) {
        self.searching = Some(Searching { search: Search::new(""), from: self.standing() });
    }

    /// Searches for a text, from where the reader was when the search began.
    pub fn search(&mut self, typed: &str) {
        let from = self.searching.take().map_or_else(|| self.standing(), |searching| searching.from);
        let mut search = Search::new(typed);
        if let Some(layout) = &self.layout {
            search.run(&layout.text);
            search.go_on_from(layout.row(&from.place));
        }
        self.searching = Some(Searching { search, from });
        self.reveal = Some(Reveal::Match);
    }

    /// To the next match, or the one before.
    pub fn search_step(&mut self, way: Way) {
        if self.searching.as_mut().is_some_and(|searching| searching.search.step(way)) {
            self.reveal = Some(Reveal::Match);
        }
    }

    pub fn is_searching(&self) -> bool {
        self.searching.is_some()
    }

    /// Ends the search; the reader stays where it has led.
    pub fn clear_search(&mut self) {
        self.searching = None;
    }

    /// Ends the search where it began.
    pub fn abandon_search(&mut self) {
        if let Some(searching) = self.searching.take() {
            self.go_back(&searching.from);
        }
    }

    /// `2 of 7`, or `no match`; none without a search, or before anything is typed.
    pub fn search_status(&self) -> Option<String> {
        self.searching.as_ref()?.search.status()
    }

    pub(super) fn reveal_match(&mut self) {
        let Some(searching) = &self.searching else { return };
        match searching.search.rows() {
            Some(rows) => self.bring(rows),
            None => self.go_back(&searching.from.clone()),
        }
    }

    pub fn standing(&self) -> Standing {
        let columns = self.layout.as_ref().map_or(0, |layout| layout.columns);
        Standing { place: self.place.clone(), row: self.wanted, columns }
    }

    /// Returns to where the reader stood. It takes the place of whatever was to come into view.
    pub fn go_back(&mut self, to: &Standing) {
        self.return_to(to.place.clone());
        self.reveal = Some(Reveal::Row { row: to.row, columns: to.columns });
        self.reveal_row(to.row, to.columns);
    }

    /// A row, if rows are still as wide as they were.
    pub(super) fn reveal_row(&mut self, row: usize, columns: usize) {
        if self.layout.as_ref().is_some_and(|layout| layout.columns == columns) {
            self.wanted = row;
            self.settle();
        }
    }
}
