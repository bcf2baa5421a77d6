//! The history view: what clients did around a failed `check`, to move through. A lane for each client, faults above, the
//! chosen operation's details below.
//!
//! The history is read from its file when the view is opened, and dropped with it. At first only one key is shown: the
//! one that is wrong.
//!
//! | file | what it does |
//! |---|---|
//! | `lanes` | which operations are shown, in which lanes |
//! | `axis` | which column of the picture a time is in, and what is left out |
//! | `sheet` | where in the picture each operation stands |
//! | `labels` | an operation in words |

mod axis;
pub mod labels;
mod lanes;
mod sheet;

use std::path::{Path, PathBuf};
use std::time::Duration;

use history::{History, Operation, Text};
use ratatui::layout::Rect;

use super::scroll::Scroll;
use crate::report::card::Card;
pub use lanes::Lanes;
pub use sheet::{Bar, Sheet};

/// How much of an operation is written in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zoom {
    /// The whole history in the pane: nothing is left out.
    Whole,
    /// `w 9`
    Short,
    /// `write 9`
    Words,
}

/// The history of a failure, as far as it has been read.
#[derive(Debug)]
pub struct HistoryPane {
    /// The failure that it was opened from.
    card: Card,
    file: PathBuf,
    /// Where it opens, if not at what is wrong.
    moment: Option<Duration>,
    state: State,
}

#[derive(Debug)]
pub enum State {
    Reading,
    /// With the reason, in a sentence.
    Unreadable(String),
    Read(Box<Reader>),
}

/// A reader of a history: what is shown of it, and where the reader is.
#[derive(Debug)]
pub struct Reader {
    history: History,
    /// Places of the operations that prove that something is wrong, in the order of their calls.
    marked: Vec<usize>,
    culprit: Option<usize>,
    sentence: String,
    next: Option<String>,
    /// In order of name.
    keys: Vec<Text>,
    /// The key that is shown, or all of them.
    only: Option<usize>,
    zoom: Zoom,
    /// The reader has chosen that.
    zoomed: bool,
    lanes: Lanes,
    /// The place of an operation that is shown.
    chosen: usize,
    sheet: Option<Sheet>,
    /// The first column and the first lane on the screen.
    left: usize,
    top: usize,
    drawn: Drawn,
}

/// Where the last frame had the lanes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Drawn {
    /// Bars alone, without the names of the lanes.
    pub bars: Rect,
    /// Rows from a lane to the next.
    pub pitch: usize,
}

/// Where the history of a failed `check` is, relative to the challenge directory.
pub fn file_of(card: &Card) -> Option<String> {
    // Older runs did not name it.
    let usual = || card.explanation.as_ref().map(|_| format!("{}/history.jsonl", card.records));
    card.history_file.clone().or_else(usual)
}

impl HistoryPane {
    pub fn new(card: Card, file: PathBuf, moment: Option<Duration>) -> Self {
        Self { card, file, moment, state: State::Reading }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn read(&mut self, read: Result<Box<History>, String>) {
        self.state = match read {
            Ok(history) if history.operations.is_empty() => {
                State::Unreadable("No client did anything: the history is empty.".to_owned())
            }
            Ok(history) => {
                let mut reader = Reader::new(*history, &self.card);
                if let Some(moment) = self.moment {
                    reader.go_to(moment);
                }
                State::Read(Box::new(reader))
            }
            Err(reason) => State::Unreadable(reason),
        };
    }

    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    pub fn reader(&self) -> Option<&Reader> {
        match &self.state {
            State::Read(reader) => Some(reader),
            _ => None,
        }
    }

    pub fn reader_mut(&mut self) -> Option<&mut Reader> {
        match &mut self.state {
            State::Read(reader) => Some(reader),
            _ => None,
        }
    }
}

impl Reader {
    fn new(history: History, card: &Card) -> Self {
        let explanation = card.explanation.as_ref();
        // A file that was changed since may have fewer operations than the explanation names.
        let known = |place: &usize| *place < history.operations.len();
        let places: &[usize] = explanation.map_or(&[], |explanation| &explanation.places);
        let mut marked: Vec<usize> = places.iter().copied().filter(known).collect();
        marked.sort_by_key(|place| history.operations[*place].called);
        let culprit = explanation.and_then(|explanation| explanation.places.get(explanation.culprit).copied());
        let culprit = culprit.filter(known);
        let mut keys: Vec<Text> = history.operations.iter().flat_map(Operation::keys).cloned().collect();
        keys.sort_unstable();
        keys.dedup();
        // What went wrong between several keys is seen on all of them.
        let only = explanation.filter(|explanation| explanation.operations.iter().all(|one| one.keys().len() == 1));
        let only = only.and_then(|explanation| keys.iter().position(|key| *key == explanation.key));
        let latest = || (0..history.operations.len()).max_by_key(|place| history.operations[*place].called);
        let chosen = culprit.or(marked.last().copied()).or_else(latest).unwrap_or(0);
        let told = || card.told.first().cloned().unwrap_or_default();
        let mut reader = Self {
            sentence: explanation.map_or_else(told, |explanation| explanation.sentence.clone()),
            next: card.next.clone(),
            lanes: Lanes::default(),
            history,
            marked,
            culprit,
            keys,
            only,
            zoom: Zoom::Words,
            zoomed: false,
            chosen,
            sheet: None,
            left: 0,
            top: 0,
            drawn: Drawn::default(),
        };
        reader.lay_lanes();
        reader
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    pub fn chosen(&self) -> usize {
        self.chosen
    }

    pub fn chosen_operation(&self) -> &Operation {
        &self.history.operations[self.chosen]
    }

    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    pub fn is_marked(&self, place: usize) -> bool {
        self.marked.contains(&place)
    }

    pub fn is_culprit(&self, place: usize) -> bool {
        self.culprit == Some(place)
    }

    pub fn has_marks(&self) -> bool {
        !self.marked.is_empty()
    }

    /// How many operations prove that something is wrong.
    pub fn marks(&self) -> usize {
        self.marked.len()
    }

    /// Why it is impossible, or why nothing can be said about it.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// What to ask next of the failure.
    pub fn next_question(&self) -> Option<&str> {
        self.next.as_deref()
    }

    pub fn zoom(&self) -> Zoom {
        self.zoom
    }

    /// The key that is shown, its number and how many there are; none while all are.
    pub fn only(&self) -> Option<(&str, usize)> {
        self.only.map(|only| (&*self.keys[only], only + 1))
    }

    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    fn lay_lanes(&mut self) {
        let only = self.only.map(|only| &self.keys[only]);
        let shown = |operation: &Operation| only.is_none_or(|only| operation.keys().contains(&only));
        let marked = |place| self.marked.contains(&place);
        self.lanes = Lanes::new(&self.history, shown, marked);
        self.sheet = None;
        if self.lanes.lane_of(self.chosen).is_none() {
            let at = self.history.operations[self.chosen].called;
            let shown = self.lanes.rows.iter().flatten().copied();
            self.chosen = self.nearest(shown, at).unwrap_or(self.chosen);
        }
    }

    /// Of these operations, the one that was under way then, or came closest to that.
    fn nearest(&self, places: impl Iterator<Item = usize>, at: Duration) -> Option<usize> {
        places.min_by_key(|place| {
            let operation = &self.history.operations[*place];
            let end = operation.returned.unwrap_or(Duration::MAX).max(operation.called);
            let away = operation.called.saturating_sub(at).max(at.saturating_sub(end));
            (away, !self.marked.contains(place), operation.called)
        })
    }

    /// To the operation that is shown and was under way then, or came closest to that.
    fn go_to(&mut self, moment: Duration) {
        let shown = self.lanes.rows.iter().flatten().copied();
        self.chosen = self.nearest(shown, moment).unwrap_or(self.chosen);
    }

    /// The key after this one, then all keys, then the first one.
    pub fn next_key(&mut self) {
        self.only = match self.only {
            Some(only) => Some(only + 1).filter(|next| *next < self.keys.len()),
            None => Some(0),
        };
        self.lay_lanes();
    }

    pub fn zoom_in(&mut self) {
        self.set_zoom(if self.zoom == Zoom::Whole { Zoom::Short } else { Zoom::Words });
    }

    pub fn zoom_out(&mut self) {
        self.set_zoom(if self.zoom == Zoom::Words { Zoom::Short } else { Zoom::Whole });
    }

    fn set_zoom(&mut self, zoom: Zoom) {
        self.zoomed = true;
        if self.zoom != zoom {
            self.zoom = zoom;
            self.sheet = None;
        }
    }

    /// The next of the operations that prove that something is wrong, or the first.
    pub fn next_mark(&mut self) {
        let here = self.marked.iter().position(|place| *place == self.chosen);
        let at = self.chosen_operation().called;
        let after = || self.marked.iter().position(|place| self.history.operations[*place].called > at);
        let next = here.map_or_else(after, |here| Some(here + 1)).filter(|next| *next < self.marked.len());
        let Some(place) = self.marked.get(next.unwrap_or(0)).copied() else { return };
        self.chosen = place;
        if self.lanes.lane_of(place).is_none() {
            let of_it = self.history.operations[place].keys();
            self.only = self.keys.iter().position(|known| of_it.contains(&known));
            self.lay_lanes();
        }
    }

    /// Moves this many operations to the left or right in the same lane.
    pub fn sideways(&mut self, by: isize) {
        let Some((lane, at)) = self.lanes.lane_of(self.chosen) else { return };
        let row = &self.lanes.rows[lane];
        self.chosen = row[at.saturating_add_signed(by).min(row.len() - 1)];
    }

    /// Up and down go from client to client, the rest through time.
    pub fn scroll(&mut self, by: Scroll) {
        match by {
            Scroll::Up(lanes) => self.go_to_lane(-(lanes as isize)),
            Scroll::Down(lanes) => self.go_to_lane(lanes as isize),
            Scroll::HalfUp => self.screens(-1, 2),
            Scroll::HalfDown => self.screens(1, 2),
            Scroll::PageUp => self.screens(-1, 1),
            Scroll::PageDown => self.screens(1, 1),
            Scroll::Top => self.go_to_end(false),
            Scroll::Bottom => self.go_to_end(true),
        }
    }

    fn go_to_lane(&mut self, by: isize) {
        let Some((lane, _)) = self.lanes.lane_of(self.chosen) else { return };
        let to = lane.saturating_add_signed(by).min(self.lanes.rows.len() - 1);
        if to != lane {
            let at = self.chosen_operation().called;
            self.chosen = self.nearest(self.lanes.rows[to].iter().copied(), at).unwrap_or(self.chosen);
        }
    }

    fn go_to_end(&mut self, last: bool) {
        let shown = self.lanes.rows.iter().flatten().copied();
        let called = |place: &usize| self.history.operations[*place].called;
        let end = if last { shown.max_by_key(called) } else { shown.min_by_key(called) };
        self.chosen = end.unwrap_or(self.chosen);
    }

    /// A screen, or a part of it, through time in the same lane: at least one operation.
    fn screens(&mut self, by: isize, parts: usize) {
        let Some((lane, at)) = self.lanes.lane_of(self.chosen) else { return };
        let row = &self.lanes.rows[lane];
        let step = at.saturating_add_signed(by).min(row.len() - 1);
        let far = usize::from(self.drawn.bars.width) / parts;
        let to = self.sheet.as_ref().map_or(step, |sheet| {
            let from = |at: usize| sheet.bars[lane].get(at).map_or(0, |bar| bar.from);
            let goal = from(at).saturating_add_signed(by * far as isize);
            (0..row.len()).min_by_key(|at| from(*at).abs_diff(goal)).unwrap_or(step)
        });
        let to = if by < 0 { to.min(step) } else { to.max(step) };
        self.chosen = row[to];
    }

    /// Chooses the operation at a place of the screen, if there is one.
    pub fn click(&mut self, (column, row): (u16, u16)) {
        let Drawn { bars: area, pitch } = self.drawn;
        let Some(sheet) = self.sheet.as_ref().filter(|_| area.contains((column, row).into())) else { return };
        let (column, row) = (usize::from(column - area.x) + self.left, usize::from(row - area.y));
        if pitch == 0 || row % pitch != 0 {
            return;
        }
        let bars = sheet.bars.get(row / pitch + self.top).map_or(&[][..], |bars| bars);
        // The later one is drawn over the earlier one.
        if let Some(bar) = bars.iter().rev().find(|bar| (bar.from..=bar.to).contains(&column)) {
            self.chosen = bar.place;
        }
    }

    /// Lays the picture out for this many columns, and moves it so that the chosen operation is in sight.
    pub fn lay_out(&mut self, columns: usize) {
        let laid_out = |zoom| Sheet::new(&self.history, &self.lanes, &self.marked, zoom, columns);
        let sheet = match self.sheet.take().filter(|sheet| sheet.room == columns) {
            Some(sheet) => sheet,
            None if self.zoomed => laid_out(self.zoom),
            // Until the reader chooses, all of the proof is in sight, if it can be.
            None => {
                self.zoom = Zoom::Words;
                let words = laid_out(self.zoom);
                let letters = (!words.shows_proof()).then(|| laid_out(Zoom::Short)).filter(Sheet::shows_proof);
                if letters.is_some() {
                    self.zoom = Zoom::Short;
                }
                letters.unwrap_or(words)
            }
        };
        if let Some((lane, at)) = self.lanes.lane_of(self.chosen) {
            let bar = &sheet.bars[lane][at];
            let (from, to) = self.proof_around(&sheet).unwrap_or((bar.from, bar.to));
            // Of what is wider than the pane, the beginning.
            let wide = |from: usize, to: usize| (to + 1 - from).min(columns);
            let is_hidden = |from: usize, to: usize| from < self.left || from + wide(from, to) > self.left + columns;
            if is_hidden(bar.from, bar.to) || is_hidden(from, to) {
                self.left = from.saturating_sub((columns - wide(from, to)) / 2);
            }
        }
        self.left = self.left.min(sheet.columns.saturating_sub(columns));
        self.sheet = Some(sheet);
    }

    /// Where all that proves something stands, if the chosen operation is part of it and there is room for all.
    fn proof_around(&self, sheet: &Sheet) -> Option<(usize, usize)> {
        sheet.proof.filter(|_| self.is_marked(self.chosen) && sheet.shows_proof())
    }

    /// Brings the lane of the chosen operation into sight; there is room for this many lanes.
    pub fn bring_lane(&mut self, lanes: usize) {
        if let Some((lane, _)) = self.lanes.lane_of(self.chosen) {
            self.top = self.top.clamp((lane + 1).saturating_sub(lanes), lane);
        }
        self.top = self.top.min(self.lanes.rows.len().saturating_sub(lanes));
    }

    /// None before the first frame.
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref()
    }

    /// The first column and the first lane on the screen.
    pub fn origin(&self) -> (usize, usize) {
        (self.left, self.top)
    }

    /// The client that a lane belongs to: the one of the proof, or else the one around the chosen operation.
    pub fn client_of(&self, lane: usize) -> Option<u32> {
        let at = self.chosen_operation().called;
        let row = || self.lanes.rows.get(lane).into_iter().flatten().copied();
        let of_proof = self.nearest(row().filter(|place| self.is_marked(*place)), at);
        let place = of_proof.or_else(|| self.nearest(row(), at))?;
        Some(self.history.operations[place].client)
    }

    pub fn drawn(&mut self, drawn: Drawn) {
        self.drawn = drawn;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::update::tests::{history, violation};

    #[test]
    fn all_of_a_proof_is_in_sight_at_first_wherever_it_fits() {
        // Something stands to the left of it.
        let mut history = history();
        let (called, returned) = (Duration::from_secs(1), Some(Duration::from_millis(1300)));
        history.operations.push(Operation { client: 9, called, returned, ..history.operations[0].clone() });
        let mut exact = 0;
        for columns in 10..300 {
            let mut reader = Reader::new(history.clone(), &violation("load", "holds"));
            reader.lay_out(columns);
            let sheet = reader.sheet().unwrap();
            let (from, to) = sheet.proof.unwrap();
            if sheet.shows_proof() {
                exact += usize::from(to + 1 - from == columns);
                assert!(reader.left <= from && to < reader.left + columns, "{from} to {to} from {}", reader.left);
            }
        }
        assert!(exact > 0, "none took all the room there is");
    }
}
