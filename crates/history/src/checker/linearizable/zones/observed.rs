//! Values that were set more than once: an operation that sees one needs a source of it that nothing certainly undid.
//!
//! A block that has to come before the reader, and after the source, undid it. So a source is of use if it returned after
//! the last call of every block that has to come before the reader, and was called before the reader returned.

use std::collections::HashMap;

use super::super::register::Kind;
use super::super::settled::{Settled, Source};
use super::blocks::Blocks;
use super::{End, Steps, UNMARKED, Wrong};

pub(super) fn check(settled: &Settled, blocks: &Blocks) -> Result<(), Wrong> {
    let seen = |value: u32| settled.sources[value as usize] == Source::Several;
    if !settled.ops.iter().any(|op| op.must && op.kind.observes().is_some_and(seen)) {
        return Ok(());
    }
    let undoing = undoing(settled, blocks);
    let sources = sources(settled);
    for (at, op) in settled.ops.iter().enumerate().filter(|(_, op)| op.must) {
        let Some(value) = op.kind.observes().filter(|value| seen(*value)) else { continue };
        // If it begins a chain, it comes before the whole chain.
        let until = blocks.of_op(at).map_or(End { time: op.ret, op: None }, |block| block.f);
        let last = sources.get(&value).and_then(|sources| sources.until(until.time).without(UNMARKED));
        let Some(last) = last else {
            // Set by nobody before it was seen.
            return Err(Wrong(until.op.into_iter().chain([at as u32]).collect()));
        };
        let Some((undone, since)) = undoing.before(op.call, value) else { continue };
        if last.time < undone.time {
            return Err(Wrong([since.op, undone.op, until.op, Some(at as u32)].into_iter().flatten().collect()));
        }
    }
    Ok(())
}

/// The last call of all blocks that had returned before a time.
struct Undoing {
    steps: Steps,
    /// By the operation that is called last in a block, the return that makes the block come first.
    since: HashMap<Option<u32>, End>,
}

impl Undoing {
    /// The last call of a block that comes before an operation called at `time` and that leaves another value than
    /// `value`; and the return that says so.
    fn before(&self, time: u64, value: u32) -> Option<(End, End)> {
        let undone = self.steps.before(time).without(value)?;
        Some((undone, self.since.get(&undone.op).copied().unwrap_or(End::INITIAL)))
    }
}

fn undoing(settled: &Settled, blocks: &Blocks) -> Undoing {
    // A lone read or write of a value undoes all other values, but not its own.
    let mut marks = vec![UNMARKED; blocks.blocks.len()];
    for (at, op) in settled.ops.iter().enumerate() {
        if let Kind::Read(value) | Kind::Write(value) = op.kind
            && !settled.is_unique(value)
            && let Some(mark) = marks.get_mut(blocks.number(at) as usize)
        {
            *mark = value;
        }
    }
    let ends = blocks.blocks.iter().zip(&marks).map(|(block, mark)| (block.f.time, block.s, *mark));
    Undoing {
        steps: Steps::of(ends.collect()),
        since: blocks.blocks.iter().map(|block| (block.s.op, block.f)).collect(),
    }
}

/// For each value that was set more than once, its sources' returns by their calls.
fn sources(settled: &Settled) -> HashMap<u32, Steps> {
    let mut ends: HashMap<u32, Vec<(u64, End, u32)>> = HashMap::new();
    if !settled.is_unique(settled.initial) {
        ends.entry(settled.initial).or_default().push((0, End::INITIAL, UNMARKED));
    }
    for (at, op) in settled.ops.iter().enumerate() {
        if let Some(value) = op.kind.sets().filter(|value| !settled.is_unique(*value)) {
            ends.entry(value).or_default().push((op.call, End { time: op.ret, op: Some(at as u32) }, UNMARKED));
        }
    }
    ends.into_iter().map(|(value, ends)| (value, Steps::of(ends))).collect()
}
