//! Compare-and-sets that found a value other than the one they ask for: at some time between call and return another
//! value must have been there.

use std::collections::HashMap;

use super::super::register::Kind;
use super::super::settled::{Settled, Source};
use super::blocks::{Block, Blocks};
use super::{End, Steps, UNMARKED, Wrong};

pub(super) fn check(settled: &Settled, blocks: &Blocks) -> Result<(), Wrong> {
    if !settled.has_unmet {
        return Ok(());
    }
    let changes = Changes::of(settled, blocks);
    let mut arrivals = HashMap::new();
    for (at, op) in settled.ops.iter().enumerate() {
        let Kind::Unmet(value) = op.kind else { continue };
        let window = Window { at: at as u32, call: op.call, ret: op.ret };
        match settled.sources[value as usize] {
            Source::Nowhere => {}
            Source::Several => {
                let arrivals = arrivals.entry(value).or_insert_with(|| arrivals_of(settled, blocks, value));
                set_often(settled, blocks, &changes, arrivals, value, window)?;
            }
            Source::Initial | Source::Op(_) => {
                if let Some(own) = &blocks.of_value[value as usize] {
                    set_once(settled, blocks, &changes, value, own, window)?;
                }
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Window {
    at: u32,
    call: u64,
    ret: u64,
}

/// Of some changes it is known when they ended only because of what followed them: the changes that, by themselves,
/// could have come after `since`.
fn ended(settled: &Settled, blocks: &Blocks, since: u64, window: Window) -> Vec<Option<u32>> {
    let changes = settled
        .ops
        .iter()
        .enumerate()
        .filter(|(_, op)| op.kind.sets().is_some() && op.call <= window.ret && op.ret >= since);
    changes.filter_map(|(at, _)| blocks.of_op(at)).map(|block| block.f.op).collect()
}

fn wrong(ops: impl IntoIterator<Item = Option<u32>>, window: Window) -> Result<(), Wrong> {
    Err(Wrong(ops.into_iter().flatten().chain([window.at]).collect()))
}

/// The value is there for one stretch, which began when one of its operations had returned. It was still there if one
/// was called later, or if nothing can have changed it.
fn set_once(
    settled: &Settled,
    blocks: &Blocks,
    changes: &Changes,
    value: u32,
    own: &Block,
    window: Window,
) -> Result<(), Wrong> {
    if own.f.time >= window.call {
        return Ok(());
    }
    if window.ret < own.s.time {
        return wrong([own.f.op, own.s.op], window);
    }
    // None of the values that a compare-and-set from this one leads to can come before it.
    if changes.from(value, window.ret).is_some() {
        return Ok(());
    }
    let chain = match settled.sources[value as usize] {
        Source::Op(at) => blocks.number(at as usize),
        // The chain of the initial value has no write.
        _ => UNMARKED,
    };
    let before = match settled.sources[value as usize] {
        Source::Op(at) => blocks.of_op(at as usize).map_or(own.s, |block| block.s),
        _ => own.s,
    };
    match changes.by_block.until(window.ret).without(chain) {
        Some(change) if change.time >= before.time => Ok(()),
        _ => {
            let ended = ended(settled, blocks, before.time, window);
            wrong([own.f.op, own.s.op, before.op].into_iter().chain(ended), window)
        }
    }
}

/// The value had been set before the call, and whatever changes it came before that.
fn set_often(
    settled: &Settled,
    blocks: &Blocks,
    changes: &Changes,
    arrivals: &Steps,
    value: u32,
    window: Window,
) -> Result<(), Wrong> {
    let Some(set) = arrivals.before(window.call).without(UNMARKED) else { return Ok(()) };
    let write = changes.by_value.until(window.ret).without(value);
    let cas = changes.from(value, window.ret);
    if write.into_iter().chain(cas).any(|change| change.time >= set.time) {
        return Ok(());
    }
    let last = set.op.and_then(|set| blocks.of_op(set as usize)).and_then(|block| block.s.op);
    wrong([set.op, last].into_iter().chain(ended(settled, blocks, set.time, window)), window)
}

/// When the value had certainly been set: by returns, the last calls of the blocks.
fn arrivals_of(settled: &Settled, blocks: &Blocks, value: u32) -> Steps {
    let mut ends = Vec::new();
    if settled.initial == value {
        ends.push((0, End::INITIAL, UNMARKED));
    }
    for (at, op) in settled.ops.iter().enumerate() {
        if op.must
            && op.kind.sets() == Some(value)
            && let Some(block) = blocks.of_op(at)
        {
            // The operation that set it, though another of its block may be the one that was called last.
            ends.push((op.ret, End { time: block.s.time, op: Some(at as u32) }, UNMARKED));
        }
    }
    Steps::of(ends)
}

/// What can end a value: by calls, the first returns of the blocks. A block whose first return is before another
/// one's last call comes before it.
struct Changes {
    /// Writes, marked by their blocks.
    by_block: Steps,
    /// Writes, marked by their values.
    by_value: Steps,
    /// Compare-and-sets, by what they find.
    cas: HashMap<u32, Steps>,
}

impl Changes {
    fn of(settled: &Settled, blocks: &Blocks) -> Self {
        let (mut by_block, mut by_value) = (Vec::new(), Vec::new());
        let mut cas: HashMap<u32, Vec<(u64, End, u32)>> = HashMap::new();
        for (at, op) in settled.ops.iter().enumerate() {
            // An operation that may never have been done need not come before anything.
            let f = blocks.of_op(at).map_or(u64::MAX, |block| block.f.time);
            let end = End { time: f, op: Some(at as u32) };
            match op.kind {
                Kind::Write(value) => {
                    by_block.push((op.call, end, blocks.number(at)));
                    by_value.push((op.call, end, value));
                }
                Kind::Cas { from, .. } => cas.entry(from).or_default().push((op.call, end, UNMARKED)),
                Kind::Read(_) | Kind::Unmet(_) => {}
            }
        }
        Self {
            by_block: Steps::of(by_block),
            by_value: Steps::of(by_value),
            cas: cas.into_iter().map(|(from, ends)| (from, Steps::of(ends))).collect(),
        }
    }

    fn from(&self, value: u32, until: u64) -> Option<End> {
        self.cas.get(&value)?.until(until).without(UNMARKED)
    }
}
