//! The order of all lines of a run: blocks, sorted by the moment when their bytes were first seen.
//!
//! A block takes 32 bytes. However slowly nodes print, there are no more blocks than samples (100 a second for each
//! node) and full blocks together: some megabytes for ten million lines, or for five minutes of drops.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use super::paths::Paths;
use super::pattern::Pattern;
use crate::report::own_lines::{Change, Kind, OwnLine};

/// The source of lsfr's own lines. Nodes are counted from 1, in the order in which their files were found.
pub(super) const OWN: u16 = 0;

/// A block has at most this many lines and bytes, so that reaching one of its lines costs one small read. Only a single
/// longer line makes a larger block.
pub(super) const BLOCK_LINES: u16 = 256;
pub(super) const BLOCK_BYTES: u64 = 64 * 1024;

/// Not counted yet.
pub(super) const UNKNOWN: u16 = u16::MAX;

/// Where a line is among all others. It stays the same whatever else comes, before it or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Microseconds since the run's start.
    pub(super) at: u64,
    pub(super) source: u16,
    /// Where the line begins in its node's file; the number of a line of lsfr's own.
    pub(super) offset: u64,
}

/// Lines of one source that came at one moment and stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) at: u64,
    pub(super) start: u64,
    /// In bytes, with the line ends. Only a single line can exceed 4 GiB, and only its beginning is shown.
    pub(super) len: u32,
    pub(super) lines: u16,
    pub(super) source: u16,
    /// How many lines the filter lets through, and how many of those the search finds.
    pub(super) fits: u16,
    pub(super) found: u16,
}

impl Block {
    pub(super) fn new(source: u16, at: u64, start: u64, len: u64, lines: u16) -> Block {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        Block { at, start, len, lines, source, fits: UNKNOWN, found: UNKNOWN }
    }

    /// That of its first line.
    pub(super) fn place(&self) -> Place {
        Place { at: self.at, source: self.source, offset: self.start }
    }
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) file: Arc<File>,
}

/// A line of lsfr's own.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) at: u64,
    pub(super) about: About,
    pub(super) kind: Kind,
    pub(super) text: OwnText,
    /// This is what failed.
    pub(super) wrong: bool,
    /// How often it happened, and when last.
    pub(super) times: u32,
    pub(super) until: u64,
}

/// The nodes that a line is about, as numbers of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    None,
    One(u16),
    Some(Box<[u16]>),
}

/// Requests may be many, and are read again when they are shown; all else is kept.
#[derive(Debug, Clone)]
pub(super) enum OwnText {
    Kept(Arc<str>),
    /// In the file of the run's events.
    Event {
        offset: u64,
        len: u32,
    },
}

impl Own {
    /// `event`: where the event that it was made of is in its file.
    pub(super) fn new(line: OwnLine, about: About, (offset, len): (u64, u32)) -> Own {
        let OwnLine { at, kind, text, wrong, .. } = line;
        let asked = matches!(kind, Kind::Request | Kind::Sent | Kind::Received);
        // What is wrong is found when its test ends: that event says something else.
        let text = if asked && !wrong { OwnText::Event { offset, len } } else { OwnText::Kept(text.into()) };
        let at = micros(at);
        Own { at, about, kind, text, wrong, times: 1, until: at }
    }
}

pub(super) fn micros(at: Duration) -> u64 {
    u64::try_from(at.as_micros()).unwrap_or(u64::MAX)
}

/// In microseconds: what a card says of a moment may have been rounded.
const SAME_MOMENT: u64 = 1000;

#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) blocks: Vec<Block>,
    pub(super) nodes: Vec<Node>,
    pub(super) own: Vec<Own>,
    /// Of nodes that lines of `own` are about.
    pub(super) names: Vec<String>,
    /// The run's events, where there are any.
    pub(super) events: Option<Arc<File>>,
    /// They have been read to their end at least once.
    pub(super) told: bool,
    /// How many lines of `own` have got another text so far.
    pub(super) changed: u64,
    /// How paths in the run's folder are shown.
    pub(super) paths: Paths,
    /// Lines of `own` that have no block yet: the indexer merges many at once.
    pub(super) unmerged: usize,
    pub(super) filter: Option<Pattern>,
    pub(super) search: Option<Pattern>,
    /// All that was there when the store was opened is in it.
    pub(super) settled: bool,
}

impl Index {
    pub(super) fn merge(&mut self, mut new: Vec<Block>) {
        new.sort_by_key(Block::place);
        let Some(first) = new.first().map(Block::place) else {
            return;
        };
        let from = self.blocks.partition_point(|block| block.place() < first);
        self.blocks.append(&mut new);
        // Two sorted runs, mostly in order already: the stable sort sees that and only merges.
        self.blocks[from..].sort_by_key(Block::place);
    }

    /// These nodes' logs are read again from their beginning.
    pub(super) fn forget(&mut self, sources: &[u16]) {
        self.blocks.retain(|block| !sources.contains(&block.source));
    }

    pub(super) fn merge_own(&mut self) -> bool {
        let from = self.own.len() - self.unmerged;
        self.unmerged = 0;
        let new = self.own[from..].iter().zip(from as u64..);
        let new: Vec<Block> = new.map(|(line, number)| Block::new(OWN, line.at, number, 1, 1)).collect();
        let any = !new.is_empty();
        self.merge(new);
        any
    }

    /// What an event does to the lines of lsfr's own. `event`: where it is in its file.
    pub(super) fn change(&mut self, change: Change, event: (u64, u32)) {
        match change {
            Change::New(line) => {
                let about = self.about(&line.nodes);
                self.own.push(Own::new(line, about, event));
                self.unmerged += 1;
            }
            Change::Completed { line, nodes, text, wrong } => {
                let about = self.about(&nodes);
                if let Some(own) = self.own.get_mut(line) {
                    (own.about, own.text, own.wrong) = (about, OwnText::Kept(text.into()), wrong);
                    self.count_again(line);
                }
            }
            Change::Repeated { line, at } => {
                if let Some(own) = self.own.get_mut(line) {
                    own.times += 1;
                    own.until = own.until.max(micros(at));
                }
            }
            Change::Taken { line } => {
                if let Some(own) = self.own.get_mut(line) {
                    own.times = own.times.saturating_sub(1).max(1);
                }
            }
            Change::Wrong { line } => {
                if let Some(own) = self.own.get_mut(line) {
                    own.wrong = true;
                }
            }
        }
    }

    fn about(&mut self, nodes: &[String]) -> About {
        match nodes {
            [] => About::None,
            [node] => About::One(self.number(node)),
            nodes => About::Some(nodes.iter().map(|node| self.number(node)).collect()),
        }
    }

    fn number(&mut self, name: &str) -> u16 {
        let at = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        // A cluster has a handful of nodes.
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// The line has another text, so it may fit where it did not.
    fn count_again(&mut self, line: usize) {
        let Some(own) = self.own.get(line) else { return };
        self.changed += 1;
        let place = Place { at: own.at, source: OWN, offset: line as u64 };
        if let Ok(at) = self.blocks.binary_search_by_key(&place, Block::place) {
            (self.blocks[at].fits, self.blocks[at].found) = (UNKNOWN, UNKNOWN);
        }
    }

    /// The line of lsfr's own at a place.
    pub(super) fn own_at(&self, place: Place) -> Option<&Own> {
        if place.source != OWN {
            return None;
        }
        self.own.get(usize::try_from(place.offset).ok()?)
    }

    /// The one node that a line of lsfr's own is about.
    pub(super) fn one_node(&self, own: &Own) -> Option<&str> {
        match own.about {
            About::One(node) => self.names.get(usize::from(node)).map(String::as_str),
            About::None | About::Some(_) => None,
        }
    }

    /// Whether a line of lsfr's own is about one of these nodes, or about none in particular.
    pub(super) fn is_about(&self, own: &Own, nodes: &[String]) -> bool {
        let one_of = |node: &u16| self.names.get(usize::from(*node)).is_some_and(|name| nodes.contains(name));
        match &own.about {
            About::None => true,
            About::One(node) => one_of(node),
            About::Some(all) => all.iter().any(one_of),
        }
    }

    /// Those that changed are counted again, the others keep their counts.
    pub(super) fn ask(&mut self, filter: Option<&Pattern>, search: Option<&Pattern>) -> bool {
        let filters = self.filter.as_ref() != filter;
        // What a search finds depends on what the filter lets through.
        let searches = filters || self.search.as_ref() != search;
        if filters {
            self.filter = filter.cloned();
        }
        if searches {
            self.search = search.cloned();
            for block in &mut self.blocks {
                block.found = UNKNOWN;
                if filters {
                    block.fits = UNKNOWN;
                }
            }
        }
        searches
    }

    pub(super) fn is_unknown(&self, block: &Block) -> bool {
        (self.filter.is_some() && block.fits == UNKNOWN) || (self.search.is_some() && block.found == UNKNOWN)
    }

    /// What happened at a moment, if anything of lsfr's own did: the answer that was wrong then, or in the test that
    /// failed then; or the request that was made then.
    pub(super) fn happened(&self, at: u64) -> Option<Place> {
        let near = |own: &Own| own.at.abs_diff(at) <= SAME_MOMENT;
        let is_chapter = |own: &Own| own.kind == Kind::Chapter;
        let place =
            |number: usize| self.own.get(number).map(|own| Place { at: own.at, source: OWN, offset: number as u64 });
        let nearest = |fits: &dyn Fn(&Own) -> bool| {
            let all = self.own.iter().enumerate().filter(|(_, own)| near(own) && fits(own));
            all.min_by_key(|(_, own)| own.at.abs_diff(at)).map(|(number, _)| number)
        };
        if let Some(wrong) = nearest(&|own| own.wrong && !is_chapter(own)) {
            return place(wrong);
        }
        if let Some(end) = nearest(&|own| own.wrong && is_chapter(own)) {
            let of_test = self.own[..end].iter().enumerate().rev().take_while(|(_, own)| !is_chapter(own));
            let wrong = of_test.filter(|(_, own)| own.wrong).max_by_key(|(_, own)| own.at);
            return place(wrong.map_or(end, |(number, _)| number));
        }
        place(nearest(&|own| matches!(own.kind, Kind::Request | Kind::Sent | Kind::Received))?)
    }

    /// A line of a log: the one at this place, or what the node that it is about printed next, or last.
    pub(super) fn printed_near(&self, place: Place) -> Option<(u16, u64)> {
        let Some(own) = self.own_at(place) else { return Some((place.source, place.offset)) };
        let node = self.one_node(own);
        let fits = |block: &&Block| {
            let printed = self.node(block.source);
            printed.is_some_and(|printed| node.is_none_or(|node| printed.name == node))
        };
        let at = self.blocks.partition_point(|block| block.place() <= place);
        let (before, after) = self.blocks.split_at(at);
        let block = after.iter().find(fits).or_else(|| before.iter().rfind(fits))?;
        Some((block.source, block.start))
    }

    pub(super) fn node(&self, source: u16) -> Option<&Node> {
        self.nodes.get(usize::from(source).checked_sub(1)?)
    }

    /// Sources of nodes in the order of their names, n10 after n9.
    pub(super) fn by_name(&self) -> Vec<u16> {
        let mut sources: Vec<u16> = (1..).take(self.nodes.len()).collect();
        sources.sort_by_key(|source| self.node(*source).map(|node| (node.name.len(), &node.name)));
        sources
    }
}
