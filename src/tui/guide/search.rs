//! A search in the guide: from where the reader is, round and round.

use super::layout::{Layout, Place};
use super::text::Match;
use super::{GuidePane, Reveal};
use crate::tui::find::Pattern;

#[derive(Debug)]
pub(super) struct Search {
    pattern: Option<Pattern>,
    /// Where the reader was when it began: each letter that is typed searches again from there.
    from: Place,
    pub(super) matches: Vec<Match>,
    pub(super) current: usize,
}

impl Search {
    /// A layout of another width has the same matches in other places.
    pub(super) fn run(&mut self, layout: &Layout) {
        self.matches = self.pattern.as_ref().map_or_else(Vec::new, |pattern| layout.text.find(pattern));
        self.current = self.current.min(self.matches.len().saturating_sub(1));
    }
}

impl GuidePane {
    /// Searches for a text, from where the reader was when the search began.
    pub fn search(&mut self, typed: &str) {
        let from = self.search.take().map_or_else(|| self.place.clone(), |search| search.from);
        let mut search = Search { pattern: Pattern::new(typed), from, matches: Vec::new(), current: 0 };
        if let Some(layout) = &self.layout {
            search.run(layout);
            let from = layout.row(&search.from);
            search.current = search.matches.iter().position(|found| found[0].0 >= from).unwrap_or(0);
        }
        self.search = Some(search);
        self.reveal = Some(Reveal::Match);
    }

    pub fn search_next(&mut self) {
        self.step(|current, all| (current + 1) % all);
    }

    pub fn search_prev(&mut self) {
        self.step(|current, all| (current + all - 1) % all);
    }

    fn step(&mut self, to: impl Fn(usize, usize) -> usize) {
        if let Some(search) = &mut self.search
            && !search.matches.is_empty()
        {
            search.current = to(search.current, search.matches.len());
            self.reveal = Some(Reveal::Match);
        }
    }

    pub fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Ends the search; the reader stays where it has led.
    pub fn clear_search(&mut self) {
        self.search = None;
    }

    /// `2 of 7`, or `no match`; none without a search, or before anything is typed.
    pub fn search_status(&self) -> Option<String> {
        let search = self.search.as_ref().filter(|search| search.pattern.is_some())?;
        Some(match search.matches.len() {
            0 => "no match".to_owned(),
            all => format!("{} of {all}", search.current + 1),
        })
    }

    pub(super) fn reveal_match(&mut self) {
        let Some((layout, search)) = self.layout.as_ref().zip(self.search.as_ref()) else { return };
        let rows = match search.matches.get(search.current) {
            Some(found) => found[0].0..found[found.len() - 1].0 + 1,
            None => {
                let from = layout.row(&search.from);
                return self.go_to(from);
            }
        };
        self.bring(rows);
    }
}
