//! A stage has just passed for the first time: what is to be told of it.

use super::scroll::Scroll;
use crate::report::journal::Effort;

/// What is told, and where the reader is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassedPane {
    pub stage: String,
    pub title: String,
    /// What the tests proved, in their own words.
    pub truths: Vec<String>,
    /// What it took, once that has been looked up.
    pub effort: Option<Effort>,
    /// What the pack says after the stage, as Markdown.
    pub after: Option<String>,
    /// The title of the stage that comes now; none after the last.
    pub next: Option<String>,
    /// How many stages are passed with this one.
    pub done: usize,
    pub of: usize,
    /// The first row on the screen, how many fit and how many there are, as of the last frame.
    pub(super) first: usize,
    pub(super) height: usize,
    pub(super) rows: usize,
}

impl PassedPane {
    pub fn scroll(&mut self, by: Scroll) {
        self.first = by.apply(self.first, self.rows, self.height);
    }
}
