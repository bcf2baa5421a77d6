//! Walking over the lines that the filters let through, reading only those blocks that a step ends in.

use std::ops::Bound;

use super::events;
use super::index::{Block, Index, OWN, OwnText, Place, UNKNOWN};
use super::lines::{Lines, Raw};

pub(super) struct View<'a> {
    pub(super) index: &'a Index,
    /// The nodes whose lines are shown alone, with lsfr's own about them and about no node.
    only: Option<&'a [String]>,
    /// A line of lsfr's own that is shown whatever the filters say: what somebody came to see.
    pinned: Option<Place>,
    /// The block that was read last, without the lines that do not match: steps are mostly small.
    loaded: Option<(usize, Lines)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) raw: Raw<'static>,
}

/// The result of a search that may not know everything yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    At(Place),
    Nothing,
    /// A block in the way was not counted yet.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Backward,
}

impl Way {
    fn is_ahead(self, from: Bound<Place>, place: Place) -> bool {
        match (from, self) {
            (Bound::Unbounded, _) => true,
            (Bound::Included(from), Way::Forward) => place >= from,
            (Bound::Excluded(from), Way::Forward) => place > from,
            (Bound::Included(from), Way::Backward) => place <= from,
            (Bound::Excluded(from), Way::Backward) => place < from,
        }
    }
}

/// The lines of a block with their places.
fn ordered<'l>(block: &Block, lines: &'l Lines, way: Way) -> Box<dyn Iterator<Item = (Place, Raw<'l>)> + 'l> {
    let first = block.place();
    let lines = lines.iter().map(move |raw| (Place { offset: raw.offset, ..first }, raw));
    match way {
        Way::Forward => Box::new(lines),
        Way::Backward => Box::new(lines.rev()),
    }
}

/// What a search finds, and how far the reader is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    /// From 1, if the cursor is on one.
    pub(super) nth: Option<u64>,
    pub(super) total: u64,
    pub(super) counting: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(index: &'a Index, only: Option<&'a [String]>, pinned: Option<Place>) -> View<'a> {
        View { index, only, pinned: pinned.filter(|pinned| pinned.source == OWN), loaded: None }
    }

    pub(super) fn pin(&mut self, place: Place) {
        self.pinned = (place.source == OWN).then_some(place);
        self.loaded = None;
    }

    fn is_pinned(&self, block: &Block) -> bool {
        self.pinned == Some(block.place())
    }

    fn is_of_interest(&self, block: &Block) -> bool {
        let Some(only) = self.only else {
            return true;
        };
        if block.source != OWN {
            return self.index.node(block.source).is_some_and(|node| only.contains(&node.name));
        }
        self.index.own_at(block.place()).is_some_and(|own| self.index.is_about(own, only))
    }

    /// How many of a block's lines are visible. What has not been counted yet is not.
    fn visible(&self, block: &Block) -> u16 {
        match (&self.index.filter, block.fits) {
            _ if self.is_pinned(block) => block.lines,
            _ if !self.is_of_interest(block) => 0,
            (None, _) => block.lines,
            (Some(_), UNKNOWN) => 0,
            (Some(_), fits) => fits,
        }
    }

    fn is_unknown(&self, block: &Block) -> bool {
        self.index.is_unknown(block) && self.is_of_interest(block)
    }

    /// The block that a line is in, if it is in any.
    fn around(&self, place: Place) -> usize {
        self.index.blocks.partition_point(|block| block.place() <= place).saturating_sub(1)
    }

    fn lines(&mut self, number: usize) -> &Lines {
        if self.loaded.as_ref().is_none_or(|(loaded, _)| *loaded != number) {
            self.loaded = Some((number, self.read(number)));
        }
        // It was put there a line above, if it was not there before.
        &self.loaded.get_or_insert_with(Default::default).1
    }

    fn read(&self, number: usize) -> Lines {
        let index = self.index;
        let block = &index.blocks[number];
        let mut lines = match (index.node(block.source), index.own_at(block.place())) {
            (Some(node), _) => Lines::read(&node.file, block),
            (None, Some(own)) => match (&own.text, &index.events) {
                (OwnText::Kept(text), _) => Lines::own(block.start, text),
                (OwnText::Event { offset, len }, Some(file)) => {
                    Lines::own(block.start, &events::text_at(file, *offset, *len))
                }
                (OwnText::Event { .. }, None) => Lines::default(),
            },
            (None, None) => Lines::default(),
        };
        let filters = block.fits != block.lines && !self.is_pinned(block);
        if let Some(filter) = index.filter.as_ref().filter(|_| filters) {
            lines.keep(|line| filter.fits(line, &index.paths));
        }
        lines
    }

    /// Lines after `from`, up to `count`, the nearest first.
    pub(super) fn forward(&mut self, from: Bound<Place>, count: usize) -> Vec<Line> {
        self.walk(Way::Forward, from, count)
    }

    /// Lines before `from`, up to `count`, the nearest first.
    pub(super) fn backward(&mut self, from: Bound<Place>, count: usize) -> Vec<Line> {
        self.walk(Way::Backward, from, count)
    }

    fn walk(&mut self, way: Way, from: Bound<Place>, count: usize) -> Vec<Line> {
        let mut out = Vec::new();
        for number in self.numbers(way, from) {
            if out.len() >= count {
                break;
            }
            let block = self.index.blocks[number];
            if self.visible(&block) == 0 {
                continue;
            }
            let missing = count - out.len();
            let lines = ordered(&block, self.lines(number), way).filter(|(place, _)| way.is_ahead(from, *place));
            out.extend(lines.take(missing).map(|(place, raw)| Line { place, raw: raw.into_owned() }));
        }
        out
    }

    /// The blocks that the lines ahead may be in, in order.
    fn numbers(&self, way: Way, from: Bound<Place>) -> Box<dyn Iterator<Item = usize>> {
        let count = self.index.blocks.len();
        let around = match from {
            Bound::Included(place) | Bound::Excluded(place) => Some(self.around(place)),
            Bound::Unbounded => None,
        };
        match way {
            Way::Forward => Box::new(around.unwrap_or(0)..count),
            Way::Backward => Box::new((0..around.map_or(count, |around| (around + 1).min(count))).rev()),
        }
    }

    /// The line at a place; if none is visible there, the next one, or else the last.
    pub(super) fn nearest(&mut self, place: Place) -> Option<Line> {
        self.forward(Bound::Included(place), 1).pop().or_else(|| self.backward(Bound::Excluded(place), 1).pop())
    }

    /// The next line that the search finds, in a direction from a place.
    pub(super) fn find(&mut self, from: Bound<Place>, way: Way) -> Found {
        let Index { search: Some(search), paths, .. } = self.index else {
            return Found::Nothing;
        };
        for number in self.numbers(way, from) {
            let block = self.index.blocks[number];
            if self.is_unknown(&block) {
                return Found::Unknown;
            }
            if block.found == 0 || self.visible(&block) == 0 {
                continue;
            }
            let found = ordered(&block, self.lines(number), way).find(|(place, raw)| {
                way.is_ahead(from, *place) && search.fits(raw.bytes.as_deref().unwrap_or_default(), paths)
            });
            if let Some((place, _)) = found {
                return Found::At(place);
            }
        }
        Found::Nothing
    }

    pub(super) fn tally(&mut self, cursor: Option<Place>) -> Tally {
        let Index { search: Some(search), paths, .. } = self.index else {
            return Tally::default();
        };
        let mut tally = Tally::default();
        let mut before = 0;
        for block in &self.index.blocks {
            if self.is_unknown(block) {
                tally.counting = true;
            } else if self.visible(block) > 0 {
                let found = u64::from(block.found);
                tally.total += found;
                before += if cursor.is_some_and(|cursor| block.place() <= cursor) { found } else { 0 };
            }
        }
        let Some(cursor) = cursor.filter(|_| tally.total > 0) else {
            return tally;
        };
        let number = self.around(cursor);
        let block = self.index.blocks[number];
        if self.is_unknown(&block) || self.visible(&block) == 0 {
            return tally;
        }
        let lines = ordered(&block, self.lines(number), Way::Forward);
        let found = lines.filter(|(_, raw)| search.fits(raw.bytes.as_deref().unwrap_or_default(), paths));
        let places: Vec<Place> = found.map(|(place, _)| place).collect();
        if let Ok(place) = places.binary_search(&cursor) {
            tally.nth = Some(before + place as u64 + 1 - u64::from(block.found));
        }
        tally
    }

    /// Visible lines in blocks after a place.
    pub(super) fn lines_behind(&self, place: Option<Place>) -> u64 {
        let first = place.map_or(0, |place| self.index.blocks.partition_point(|block| block.place() <= place));
        self.index.blocks[first..].iter().map(|block| u64::from(self.visible(block))).sum()
    }

    /// Whether the filter may let through lines between two places (or to the end) that are not counted yet.
    pub(super) fn is_unknown_between(&self, from: Place, to: Option<Place>) -> bool {
        let blocks = &self.index.blocks;
        let end = to.map_or(blocks.len(), |to| self.around(to));
        let start = self.around(from).min(end);
        self.index.filter.is_some() && blocks[start..end].iter().any(|block| self.is_unknown(block))
    }

    /// Whether the filter may let through lines that are not counted yet.
    pub(super) fn is_filtering_still(&self) -> bool {
        self.is_unknown_between(Place { at: 0, source: OWN, offset: 0 }, None)
    }
}
