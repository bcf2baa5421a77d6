//! A search in a list. The cursor is the list's own, and what there is to find may change while it is open.

use super::search::Highlight;
use super::text::Text;
use super::{JOINT, Pattern, Way};
use crate::tui::entries::Cursor;
use crate::tui::guide::Standing;
use crate::tui::theme::Look;

#[derive(Debug)]
pub struct ListSearch {
    pattern: Option<Pattern>,
    before: Before,
}

/// Where the reader was before a search began in a list, and in the guide, which follows the list.
#[derive(Debug, Clone)]
pub struct Before {
    pub stage: String,
    /// In the tests of that stage.
    pub cursor: Cursor,
    pub guide: Standing,
    pub mark: Option<String>,
}

impl ListSearch {
    pub fn new(before: Before) -> Self {
        Self { pattern: None, before }
    }

    pub fn before(&self) -> &Before {
        &self.before
    }

    pub fn set(&mut self, typed: &str) {
        self.pattern = Pattern::new(typed);
    }

    /// Which of the items match. Each is a few texts.
    pub fn found(&self, items: impl Iterator<Item = Vec<String>>) -> Vec<usize> {
        let Some(pattern) = &self.pattern else { return Vec::new() };
        let matches = |part: &String| {
            let mut text = Text::default();
            text.push(part, 0, 0);
            !text.find(pattern).is_empty()
        };
        items.enumerate().filter(|(_, texts)| texts.iter().any(matches)).map(|(at, _)| at).collect()
    }

    /// `2 of 7`, `7 found` where the cursor is on none of them, or `no match`; none before anything is typed.
    pub fn status(&self, found: &[usize], cursor: usize) -> Option<String> {
        self.pattern.as_ref()?;
        Some(match (found.binary_search(&cursor), found.len()) {
            (_, 0) => "no match".to_owned(),
            (Ok(at), all) => format!("{} of {all}", at + 1),
            (Err(_), all) => format!("{all} found"),
        })
    }

    /// For each row of an item as it is drawn, what was found in it.
    pub fn highlights<'a>(&self, rows: impl ExactSizeIterator<Item = &'a str>, look: Look) -> Vec<Vec<Highlight>> {
        let mut highlights = vec![Vec::new(); rows.len()];
        let Some(pattern) = &self.pattern else { return highlights };
        let mut text = Text::default();
        for (at, row) in rows.enumerate() {
            text.push(row, at, 0);
            text.end(JOINT, at, row.len());
        }
        for (row, bytes) in text.find(pattern).into_iter().flatten() {
            highlights[row].push((bytes, look));
        }
        highlights
    }
}

/// Of items that were found, the one at a place, or else the next one, round and round.
pub fn nearest(found: &[usize], from: usize) -> Option<usize> {
    found.iter().copied().find(|at| *at >= from).or(found.first().copied())
}

/// The one after a place, or before it.
pub fn step(found: &[usize], from: usize, way: Way) -> Option<usize> {
    match way {
        Way::Next => nearest(found, from + 1),
        Way::Previous => found.iter().copied().rfind(|at| *at < from).or(found.last().copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_round() {
        let found = [2, 5];
        assert_eq!([0, 2, 3, 6].map(|from| nearest(&found, from)), [2, 2, 5, 2].map(Some));
        assert_eq!([0, 2, 5].map(|from| step(&found, from, Way::Next)), [2, 5, 2].map(Some));
        assert_eq!([0, 2, 3, 6].map(|from| step(&found, from, Way::Previous)), [5, 5, 2, 5].map(Some));
        assert_eq!((nearest(&[], 0), step(&[], 0, Way::Previous)), (None, None));
    }

    #[test]
    fn it_says_how_many_and_shows_them_across_rows() {
        let before =
            Before { stage: String::new(), cursor: Cursor::default(), guide: Standing::default(), mark: None };
        let mut search = ListSearch::new(before);
        assert_eq!(search.status(&[], 0), None);
        search.set("two words");
        let items = [vec!["one".to_owned()], vec!["a".to_owned(), "Two  words".to_owned()]];
        assert_eq!(search.found(items.into_iter()), [1]);
        assert_eq!(search.status(&[1], 1).as_deref(), Some("1 of 1"));
        assert_eq!(search.status(&[1], 0).as_deref(), Some("1 found"));
        assert_eq!(search.status(&[], 0).as_deref(), Some("no match"));
        let rows = search.highlights(["- two", "  words two"].into_iter(), Look::Match);
        assert_eq!(rows, [vec![(2..5, Look::Match)], vec![(2..7, Look::Match)]]);
    }
}
