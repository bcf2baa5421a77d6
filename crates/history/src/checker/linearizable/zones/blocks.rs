//! Operations that stand together, and whether their blocks can be put in order.

use super::super::register::{Kind, Op};
use super::super::settled::{Settled, Source};
use super::{End, Wrong};

const NONE: u32 = u32::MAX;

/// Operations that stand together in any order that explains the history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Its first return.
    pub(super) f: End,
    /// Its last call.
    pub(super) s: End,
}

impl Block {
    fn of(op: &Op, at: u32) -> Self {
        Self { f: End { time: op.ret, op: Some(at) }, s: End { time: op.call, op: Some(at) } }
    }

    fn and(self, op: &Op, at: u32) -> Self {
        let other = Block::of(op, at);
        Self { f: self.f.sooner(other.f), s: self.s.later(other.s) }
    }

    fn witnesses(&self) -> impl Iterator<Item = u32> {
        [self.f.op, self.s.op].into_iter().flatten()
    }
}

#[derive(Debug)]
pub(super) struct Blocks {
    pub(super) blocks: Vec<Block>,
    /// By operation; [`NONE`] for those that may not have been done, or that say what was not there.
    block_of: Vec<u32>,
    /// By value: the operations on it alone, for those that are set once.
    pub(super) of_value: Vec<Option<Block>>,
}

impl Blocks {
    /// An error where the operations of one block contradict each other.
    pub(super) fn of(settled: &Settled) -> Result<Self, Wrong> {
        let readers = Readers::of(settled);
        let next = next(settled)?;
        let mut blocks = Self {
            blocks: Vec::new(),
            block_of: vec![NONE; settled.ops.len()],
            of_value: vec![None; settled.sources.len()],
        };
        let mut chained = vec![false; settled.sources.len()];
        for value in 0..settled.sources.len() as u32 {
            if is_head(settled, value) {
                blocks.chain(settled, &readers, &next, value, &mut chained)?;
            }
        }
        for (at, op) in settled.ops.iter().enumerate() {
            let alone = match op.kind {
                _ if !op.must => false,
                Kind::Unmet(_) => false,
                Kind::Read(value) | Kind::Write(value) => !settled.is_unique(value),
                Kind::Cas { from, to } => !settled.is_unique(from) && !settled.is_unique(to),
            };
            if alone {
                blocks.block_of[at] = blocks.blocks.len() as u32;
                blocks.blocks.push(Block::of(op, at as u32));
            }
        }
        // If no chain from a beginning leads to a value, it was set by a compare-and-set that found a value that came
        // from itself.
        let circle = (0..chained.len()).find(|value| {
            !chained[*value] && matches!(settled.sources[*value], Source::Op(at) if settled.ops[at as usize].must)
        });
        if let Some(first) = circle {
            return Err(Wrong(around(settled, first as u32)));
        }
        Ok(blocks)
    }

    pub(super) fn of_op(&self, at: usize) -> Option<&Block> {
        self.blocks.get(self.block_of[at] as usize)
    }

    /// A number for the block of an operation, or one that no block has.
    pub(super) fn number(&self, at: usize) -> u32 {
        self.block_of[at]
    }

    /// Puts the values that follow one another by compare-and-sets into one block.
    fn chain(
        &mut self,
        settled: &Settled,
        readers: &Readers,
        next: &[u32],
        head: u32,
        chained: &mut [bool],
    ) -> Result<(), Wrong> {
        let number = self.blocks.len() as u32;
        // The operations in their order; those of one rank (readers of a value) in any.
        let mut ranked: Vec<(u32, u32)> = Vec::new();
        let mut block: Option<Block> = None;
        let (mut value, mut rank) = (head, 0);
        loop {
            chained[value as usize] = true;
            let mut own: Option<Block> = match settled.sources[value as usize] {
                Source::Initial => Some(Block { f: End::INITIAL, s: End::INITIAL }),
                _ => None,
            };
            let mut add = |at: u32, rank: u32, first_of_chain: bool| {
                let op = &settled.ops[at as usize];
                own = Some(own.map_or_else(|| Block::of(op, at), |own| own.and(op, at)));
                // A compare-and-set belongs to two values, but only once to the chain.
                if first_of_chain {
                    ranked.push((rank, at));
                    self.block_of[at as usize] = number;
                }
            };
            if let Source::Op(at) = settled.sources[value as usize] {
                add(at, rank, rank == 0);
            }
            for &at in readers.of_value(value) {
                add(at, rank + 1, true);
            }
            let cas = next[value as usize];
            if cas != NONE {
                add(cas, rank + 2, true);
            }
            self.of_value[value as usize] = own;
            block = match (block, own) {
                (Some(one), Some(other)) => Some(Block { f: one.f.sooner(other.f), s: one.s.later(other.s) }),
                (one, other) => one.or(other),
            };
            let Some(Kind::Cas { to, .. }) = settled.ops.get(cas as usize).map(|op| op.kind) else { break };
            if !settled.is_unique(to) || chained[to as usize] {
                break;
            }
            (value, rank) = (to, rank + 2);
        }
        in_turn(settled, &ranked)?;
        self.blocks.extend(block);
        Ok(())
    }

    /// Finds two blocks of which each has to come before the other.
    pub(super) fn in_order(&self) -> Result<(), Wrong> {
        let wrong = |one: &Block, other: &Block| Err(Wrong(one.witnesses().chain(other.witnesses()).collect()));
        let (mut forward, backward): (Vec<Block>, Vec<Block>) =
            self.blocks.iter().partition(|block| block.f.time < block.s.time);
        forward.sort_unstable_by_key(|block| block.f.time);
        for pair in forward.windows(2) {
            if pair[1].f.time < pair[0].s.time {
                return wrong(&pair[0], &pair[1]);
            }
        }
        // Forward blocks do not overlap: of those that begin before a backward one, the last one ends last.
        for block in &backward {
            let before = forward.partition_point(|other| other.f.time < block.s.time);
            if let Some(around) = before.checked_sub(1).map(|last| &forward[last])
                && block.f.time < around.s.time
            {
                return wrong(around, block);
            }
        }
        Ok(())
    }
}

/// A chain begins with this value.
fn is_head(settled: &Settled, value: u32) -> bool {
    match settled.sources[value as usize] {
        Source::Initial => true,
        Source::Nowhere | Source::Several => false,
        Source::Op(at) => {
            let op = &settled.ops[at as usize];
            match op.kind {
                Kind::Cas { from, .. } => op.must && !settled.is_unique(from),
                _ => op.must,
            }
        }
    }
}

/// For each value that is set once, the compare-and-set that found it. If there are two, one of them cannot have.
fn next(settled: &Settled) -> Result<Vec<u32>, Wrong> {
    let mut next = vec![NONE; settled.sources.len()];
    for (at, op) in settled.ops.iter().enumerate() {
        if let Kind::Cas { from, .. } = op.kind
            && op.must
            && settled.is_unique(from)
        {
            let known = std::mem::replace(&mut next[from as usize], at as u32);
            if known != NONE {
                return Err(Wrong(vec![known, at as u32]));
            }
        }
    }
    Ok(next)
}

/// No operation of a chain may have returned before one was called that comes before it in the chain.
fn in_turn(settled: &Settled, ranked: &[(u32, u32)]) -> Result<(), Wrong> {
    let mut returned = End { time: u64::MAX, op: None };
    for group in ranked.chunk_by(|one, other| one.0 == other.0).rev() {
        for &(_, at) in group {
            if returned.time < settled.ops[at as usize].call {
                return Err(Wrong(returned.op.into_iter().chain([at]).collect()));
            }
        }
        for &(_, at) in group {
            returned = returned.sooner(End { time: settled.ops[at as usize].ret, op: Some(at) });
        }
    }
    Ok(())
}

/// The compare-and-sets of a circle that this value is on, or leads from.
fn around(settled: &Settled, first: u32) -> Vec<u32> {
    let mut circle = Vec::new();
    let mut value = first;
    while let Source::Op(at) = settled.sources[value as usize] {
        if circle.contains(&at) {
            circle.drain(..circle.iter().position(|known| *known == at).unwrap_or(0));
            break;
        }
        circle.push(at);
        match settled.ops[at as usize].kind {
            Kind::Cas { from, .. } => value = from,
            _ => break,
        }
    }
    circle
}

/// The reads of each value.
struct Readers {
    starts: Vec<u32>,
    reads: Vec<u32>,
}

impl Readers {
    fn of(settled: &Settled) -> Self {
        let mut starts = vec![0u32; settled.sources.len() + 1];
        for op in &settled.ops {
            if let Kind::Read(value) = op.kind {
                starts[value as usize + 1] += 1;
            }
        }
        for value in 1..starts.len() {
            starts[value] += starts[value - 1];
        }
        let mut reads = vec![0u32; starts[starts.len() - 1] as usize];
        let mut filled = starts.clone();
        for (at, op) in settled.ops.iter().enumerate() {
            if let Kind::Read(value) = op.kind {
                reads[filled[value as usize] as usize] = at as u32;
                filled[value as usize] += 1;
            }
        }
        Self { starts, reads }
    }

    fn of_value(&self, value: u32) -> &[u32] {
        &self.reads[self.starts[value as usize] as usize..self.starts[value as usize + 1] as usize]
    }
}
