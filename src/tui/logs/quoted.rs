//! The line of a log that a failure quotes.

use super::index::{Block, Index, Place};
use super::lines::Lines;
use crate::text::clean;

/// A line, by the log that it is in and its text. Which of its file it is, nobody kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The node, or what the log of the build is called.
    pub log: String,
    pub text: String,
}

impl Index {
    /// The first line of that log with that text, as far as the log has been read.
    pub(super) fn quoted(&self, quoted: &Quoted) -> Option<Place> {
        let text = clean(&quoted.text);
        let (source, node) = (1..).zip(&self.nodes).find(|(_, node)| node.name == quoted.log)?;
        let mut of_log = self.blocks.iter().filter(|block| block.source == source);
        let in_block = |block: &Block| {
            let lines = Lines::read(&node.file, block);
            let found = lines.iter().find(|line| line.text() == text)?;
            Some(Place { offset: found.offset, ..block.place() })
        };
        of_log.find_map(in_block)
    }
}
