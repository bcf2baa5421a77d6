//! Counting what fits the filter and the search, a few blocks at a time and the newest first: that is where the reader
//! usually is.

use std::fs::File;
use std::sync::{Arc, Mutex};

use super::events;
use super::index::{Block, Index, OWN, OwnText};
use super::lines::Lines;
use super::paths::Paths;
use super::pattern::Pattern;
use super::store::lock;

/// One round reads at most 4 MB, so that whoever waits for the thread waits only milliseconds.
const ROUND: usize = 64;

enum Content {
    File(Arc<File>),
    Own(Arc<str>),
    Event { file: Arc<File>, offset: u64, len: u32 },
}

/// False when there was nothing to count.
pub(super) fn round(shared: &Mutex<Index>) -> bool {
    let (work, filter, search, paths, changed) = {
        let index = lock(shared);
        (pick(&index), index.filter.clone(), index.search.clone(), index.paths.clone(), index.changed)
    };
    if work.is_empty() {
        return false;
    }
    // Read and matched without the lock: frames are drawn meanwhile.
    let counted: Vec<(Block, u16, u16)> = work
        .into_iter()
        .map(|(block, content)| {
            let (fits, found) = count(&block, &content, filter.as_ref(), search.as_ref(), &paths);
            (block, fits, found)
        })
        .collect();
    let mut index = lock(shared);
    if index.filter != filter || index.search != search || index.changed != changed {
        // Another was asked for in the meantime, or a line that was counted says something else now.
        return true;
    }
    for (counted, fits, found) in counted {
        if let Ok(place) = index.blocks.binary_search_by_key(&counted.place(), Block::place) {
            let block = &mut index.blocks[place];
            (block.fits, block.found) = (fits, found);
        }
    }
    true
}

fn pick(index: &Index) -> Vec<(Block, Content)> {
    if index.filter.is_none() && index.search.is_none() {
        return Vec::new();
    }
    let unknown = index.blocks.iter().rev().filter(|block| index.is_unknown(block));
    let content = |block: &Block| match block.source {
        OWN => match index.own_at(block.place())?.text.clone() {
            OwnText::Kept(text) => Some(Content::Own(text)),
            OwnText::Event { offset, len } => Some(Content::Event { file: index.events.clone()?, offset, len }),
        },
        source => Some(Content::File(index.node(source)?.file.clone())),
    };
    unknown.filter_map(|block| Some((*block, content(block)?))).take(ROUND).collect()
}

fn count(
    block: &Block,
    content: &Content,
    filter: Option<&Pattern>,
    search: Option<&Pattern>,
    paths: &Paths,
) -> (u16, u16) {
    let mut lines = match content {
        Content::File(file) => Lines::read(file, block),
        Content::Own(text) => Lines::own(block.start, text),
        Content::Event { file, offset, len } => Lines::own(block.start, &events::text_at(file, *offset, *len)),
    };
    if let Some(filter) = filter {
        lines.keep(|line| filter.fits(line, paths));
    }
    let count = |lines: &Lines| u16::try_from(lines.iter().count()).unwrap_or(u16::MAX);
    let fits = count(&lines);
    lines.keep(|line| search.is_some_and(|search| search.fits(line, paths)));
    (fits, count(&lines))
}
