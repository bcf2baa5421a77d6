//! What can be seen without a search: P. B. Gibbons and E. Korach, "Testing shared memories" (SIAM Journal on Computing
//! 26, 1997), extended to compare-and-sets and to values that were set more than once.
//!
//! A value that is set once is there for one stretch of any order that explains the history, and a compare-and-set
//! joins the stretches of two values. So the operations on such a chain of values stand together, as one *block*, and
//! so does each operation that belongs to no chain. A block has to come before another if one of its operations
//! returned before one of the other's was called: with `f` its first return and `s` its last call, before every block
//! whose `s` is after its `f`. If two have to come before each other, nothing explains the history; and if no two do,
//! there can be no longer circle either, and the blocks can be put in order. That takes O(n log n).
//!
//! Where a value that was set more than once is seen (an absent key, mostly), or a compare-and-set says what was *not*
//! there, this is no longer the whole truth. Then the consequences of the blocks are looked at as well. A violation
//! found that way is certain, but only the search can say that there is none.

mod blocks;
mod observed;
mod unmet;

use super::settled::Settled;
use blocks::Blocks;

/// What was found.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing can be wrong.
    Fine,
    /// Operations (places in [`Settled::ops`]) that cannot all have happened, whatever the others did.
    Wrong(Vec<u32>),
    /// Nothing is wrong, as far as can be seen from here.
    Open,
}

pub(super) fn look(settled: &Settled) -> Found {
    match wrong(settled) {
        Err(Wrong(operations)) => Found::Wrong(operations),
        Ok(()) => {
            let exact = !settled.has_unmet
                && settled
                    .ops
                    .iter()
                    .all(|op| op.must && op.kind.observes().is_none_or(|value| settled.is_unique(value)));
            if exact { Found::Fine } else { Found::Open }
        }
    }
}

/// Operations that cannot have happened.
struct Wrong(Vec<u32>);

fn wrong(settled: &Settled) -> Result<(), Wrong> {
    if let Some(reader) = settled.from_nowhere {
        return Err(Wrong(vec![reader]));
    }
    let blocks = Blocks::of(settled)?;
    blocks.in_order()?;
    observed::check(settled, &blocks)?;
    unmet::check(settled, &blocks)
}

/// A time, and the operation whose call or return it is; none for the initial value.
#[derive(Debug, Clone, Copy)]
struct End {
    time: u64,
    op: Option<u32>,
}

impl End {
    const INITIAL: End = End { time: 0, op: None };

    fn sooner(self, other: End) -> End {
        if other.time < self.time { other } else { self }
    }

    fn later(self, other: End) -> End {
        if other.time > self.time { other } else { self }
    }
}

/// The latest end of those seen so far, and the latest of those with another mark: asked for with a mark to leave out,
/// it knows the latest of the rest.
#[derive(Debug, Clone, Copy, Default)]
struct Latest {
    first: Option<(End, u32)>,
    /// Its mark differs from the first one's.
    second: Option<(End, u32)>,
}

/// A mark that is never left out.
const UNMARKED: u32 = u32::MAX;

impl Latest {
    fn add(&mut self, end: End, mark: u32) {
        match self.first {
            Some((first, marked)) if end.time <= first.time => {
                if marked != mark && self.second.is_none_or(|(second, _)| end.time > second.time) {
                    self.second = Some((end, mark));
                }
            }
            Some((_, marked)) if marked == mark => self.first = Some((end, mark)),
            first => (self.first, self.second) = (Some((end, mark)), first),
        }
    }

    fn without(&self, mark: u32) -> Option<End> {
        match self.first {
            Some((_, marked)) if marked == mark && mark != UNMARKED => self.second.map(|(end, _)| end),
            first => first.map(|(end, _)| end),
        }
    }
}

/// For each time, the latest of the ends that were added with a time before it.
#[derive(Debug, Default)]
struct Steps {
    steps: Vec<(u64, Latest)>,
}

impl Steps {
    /// `ends`: since when each counts, the end, its mark.
    fn of(mut ends: Vec<(u64, End, u32)>) -> Self {
        ends.sort_unstable_by_key(|(since, _, _)| *since);
        let mut latest = Latest::default();
        let steps = ends.into_iter().map(|(since, end, mark)| {
            latest.add(end, mark);
            (since, latest)
        });
        Self { steps: steps.collect() }
    }

    fn before(&self, time: u64) -> Latest {
        let count = self.steps.partition_point(|(since, _)| *since < time);
        count.checked_sub(1).map(|last| self.steps[last].1).unwrap_or_default()
    }

    fn until(&self, time: u64) -> Latest {
        self.before(time.saturating_add(1))
    }
}
