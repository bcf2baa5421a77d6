//! What one node printed around a moment.

use std::time::Duration;

use super::index::{Block, Index};
use super::lines::Lines;
use super::store::LogStore;

/// Lines of one node, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speech {
    /// Printed by then, the latest last.
    pub before: Vec<Spoken>,
    pub after: Vec<Spoken>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// When it was seen, since the run began.
    pub at: Duration,
    /// Cleaned.
    pub text: String,
}

impl LogStore {
    /// What a node printed last up to a moment, and first after it until the `end`, so many lines each at most, whatever
    /// the log view is told to leave out.
    pub fn speech(&self, node: &str, (moment, end): (Duration, Duration), before: usize, after: usize) -> Speech {
        let index = self.index();
        let Some(source) = (1..).zip(&index.nodes).find(|(_, known)| known.name == node).map(|(source, _)| source)
        else {
            return Speech::default();
        };
        let up_to = |moment: Duration| {
            let moment = u64::try_from(moment.as_micros()).unwrap_or(u64::MAX);
            index.blocks.partition_point(|block| block.at <= moment)
        };
        let middle = up_to(moment);
        let is_its = |block: &&Block| block.source == source;
        let mut speech = Speech::default();
        for block in index.blocks[..middle].iter().rev().filter(is_its) {
            let missing = before - speech.before.len();
            if missing == 0 {
                break;
            }
            let lines = lines(&index, block);
            speech.before.extend(lines.into_iter().rev().take(missing));
        }
        speech.before.reverse();
        for block in index.blocks[middle..up_to(end).max(middle)].iter().filter(is_its) {
            let missing = after - speech.after.len();
            if missing == 0 {
                break;
            }
            speech.after.extend(lines(&index, block).into_iter().take(missing));
        }
        speech
    }

    /// A number that changes whenever there may be something new to read.
    pub fn version(&self) -> usize {
        self.index().blocks.len()
    }
}

fn lines(index: &Index, block: &Block) -> Vec<Spoken> {
    let Some(node) = index.node(block.source) else { return Vec::new() };
    let at = Duration::from_micros(block.at);
    Lines::read(&node.file, block).iter().map(|raw| Spoken { at, text: raw.text() }).collect()
}
