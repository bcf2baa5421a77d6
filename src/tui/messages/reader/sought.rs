//! A search through the rows: what it has found, and going from one to the next.

use std::time::Duration;

use super::Reader;
use crate::tui::find::Way;
use crate::tui::logs::Pattern;
use crate::tui::messages::Item;

/// A search, and what it found.
#[derive(Debug)]
pub struct Sought {
    pub text: String,
    pub pattern: Option<Pattern>,
    /// Rows as they are when folded, in order; none before it has been looked for.
    pub(super) found: Option<Vec<Item>>,
    failed: Option<String>,
    /// Where the reader was when it began.
    began: (usize, usize),
    /// The reader goes there once something is found.
    pub(super) goes: bool,
}

impl Reader {
    pub fn search(&self) -> Option<&Sought> {
        self.search.as_ref()
    }

    pub(in crate::tui::messages) fn begin_search(&mut self) {
        let began = (self.chosen, self.top);
        let (text, pattern) = (String::new(), None);
        self.search = Some(Sought { text, pattern, found: None, failed: None, began, goes: false });
    }

    pub(in crate::tui::messages) fn search_for(&mut self, typed: &str) {
        if let Some(search) = &mut self.search {
            (search.text, search.pattern) = (typed.to_owned(), Pattern::new(typed));
            (search.found, search.failed, search.goes) = (None, None, true);
        }
    }

    pub(in crate::tui::messages) fn found(&mut self, found: Result<Vec<Item>, String>) {
        let Some(search) = &mut self.search else { return };
        match found {
            Ok(found) => search.found = Some(found),
            Err(error) => search.failed = Some(error),
        }
        if std::mem::take(&mut search.goes) {
            let began = search.began;
            // Each letter that is typed searches again from there.
            (self.chosen, self.top) = (began.0.min(self.items.len().saturating_sub(1)), began.1);
            self.step_from(Way::Next, true);
        }
    }

    /// To the next row that was found, or the one before, round and round.
    pub fn search_step(&mut self, way: Way) {
        self.step_from(way, false);
    }

    fn step_from(&mut self, way: Way, here: bool) {
        let Some(found) = self.search.as_ref().and_then(|search| search.found.as_ref()) else { return };
        let order = |place: usize, item: Item| (self.at(item), place);
        let chosen = self.item().map_or((Duration::ZERO, 0), |item| order(self.chosen, item));
        let at = |hit: &Item| self.place_of(*hit).map(|place| order(place, *hit));
        // In order of time: only those of one moment have to be told apart by their places.
        let before = found.partition_point(|hit| self.at(*hit) < chosen.0);
        let next = match way {
            Way::Next => {
                let ahead = |hit: &&Item| at(hit).is_some_and(|hit| if here { hit >= chosen } else { hit > chosen });
                found[before..].iter().find(ahead).or(found.first())
            }
            Way::Previous => {
                let after = found.partition_point(|hit| self.at(*hit) <= chosen.0);
                let behind = |hit: &&Item| at(hit).is_some_and(|hit| hit < chosen);
                found[..after].iter().rev().find(behind).or(found.last())
            }
        };
        if let Some(place) = next.and_then(|hit| self.place_of(*hit)) {
            self.choose(place);
            self.follows = false;
        }
    }

    /// Where a row is, or what it has been unfolded into.
    fn place_of(&self, folded: Item) -> Option<usize> {
        let at = self.at(folded);
        let from = self.items.partition_point(|item| self.at(*item) < at);
        let is_it = |item: &Item| match (folded, *item) {
            (Item::Row(row), Item::Part(of, _) | Item::Message(of, ..)) => row == of,
            (Item::Asks(run), Item::Ask(of, _)) => run == of,
            (folded, item) => folded == item,
        };
        let of_moment = self.items[from..].iter().take_while(|item| self.at(**item) == at);
        of_moment.enumerate().find(|(_, item)| is_it(item)).map(|(further, _)| from + further)
    }

    pub(in crate::tui::messages) fn end_search(&mut self, back: bool) {
        if let Some(search) = self.search.take().filter(|_| back) {
            self.choose(search.began.0);
            self.top = search.began.1;
        }
    }

    /// `2 of 7`, `7 found`, `no match`, why it could not be looked for; none before that is known.
    pub fn search_status(&self) -> Option<String> {
        let search = self.search.as_ref()?;
        search.pattern.as_ref()?;
        if let Some(failed) = &search.failed {
            return Some(failed.clone());
        }
        let found = search.found.as_ref()?;
        let chosen = self.moment()?;
        let from = found.partition_point(|hit| self.at(*hit) < chosen);
        let of_moment = found[from..].iter().take_while(|hit| self.at(**hit) == chosen);
        let here = of_moment.enumerate().find(|(_, hit)| self.place_of(**hit) == Some(self.chosen));
        Some(match (found.len(), here) {
            (0, _) => "no match".to_owned(),
            (all, Some((further, _))) => format!("{} of {all}", from + further + 1),
            (all, None) => format!("{all} found"),
        })
    }
}
