//! The order of all lines of a run: blocks, sorted by the moment when their bytes were first seen.
//!
//! A block takes 32 bytes. However slowly nodes print, there are no more blocks than samples (100 a second for each
//! node) and full blocks together: some megabytes for ten million lines, or for five minutes of drops.

use std::fs::File;
use std::sync::Arc;

use super::pattern::Pattern;

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

#[derive(Debug)]
pub(super) struct OwnLine {
    pub(super) at: u64,
    /// The node that it is about.
    pub(super) node: Option<String>,
    pub(super) text: Arc<str>,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) blocks: Vec<Block>,
    pub(super) nodes: Vec<Node>,
    pub(super) own: Vec<OwnLine>,
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
