//! Why one transaction must come before another, looked at for these two alone: the whole relation, not only its
//! neighbours.

use super::observed::{Access, Observed};
use super::versions::{UNSEEN, Versions};

/// Why one comes before another, the clearest first. Appends are by their numbers in [`Observed::appends`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// ww: its append comes before one of the other.
    Writes { before: u32, after: u32 },
    /// wr: the other was told its append.
    Told { append: u32 },
    /// rw: it was not told an append of the other.
    NotTold { append: u32 },
    /// It had returned when the other was called.
    Time,
}

/// What the transactions of a history are to each other.
#[derive(Clone, Copy)]
pub(super) struct Relation<'a> {
    pub(super) observed: &'a Observed<'a>,
    pub(super) versions: &'a Versions,
    pub(super) real_time: bool,
}

impl Relation<'_> {
    /// Why one transaction that was done must come before another one.
    pub(super) fn why(&self, one: u32, other: u32) -> Option<Why> {
        let mut why = self.is_over_before(one, other).then_some(Why::Time);
        for first in self.observed.accesses_of(one) {
            for second in self.observed.accesses_of(other).iter().filter(|second| second.key == first.key) {
                let found = self.on_key(first, second);
                why = why.into_iter().chain(found).min();
            }
        }
        why
    }

    fn is_over_before(&self, one: u32, other: u32) -> bool {
        let over = self.observed.transaction(one).over();
        self.real_time && over.is_some_and(|over| over < self.observed.transaction(other).called())
    }

    fn on_key(&self, first: &Access<'_>, second: &Access<'_>) -> Option<Why> {
        let (own, others) = (self.versions.ends(first), self.versions.ends(second));
        if let (Some((begin, _)), Some((_, end))) = (own, others)
            && begin < end
        {
            return Some(Why::Writes { before: first.appends.start, after: second.appends.end - 1 });
        }
        let position = |append: &u32| self.versions.positions[*append as usize];
        if let (Some((begin, _)), Some(found)) = (own, second.found)
            && begin < found
        {
            return first.appends.clone().rfind(|append| position(append) < found).map(|append| Why::Told { append });
        }
        if let (Some(found), Some((_, end))) = (first.found, others)
            && found <= end
        {
            return second
                .appends
                .clone()
                .find(|append| position(append) >= found)
                .map(|append| Why::NotTold { append });
        }
        None
    }

    /// The access that was told the element of an append, and the element of this other one too, if anybody was told
    /// that: one of these transactions if possible, or else the first to return.
    pub(super) fn reader(&self, append: u32, and: u32, among: &[u32]) -> Option<u32> {
        let key = self.observed.owner(append).key;
        let end = [append, and].map(|append| self.versions.positions[append as usize]);
        let end = end.into_iter().filter(|position| *position != UNSEEN).max()?;
        let readers = (0..)
            .zip(&self.observed.accesses)
            .filter(|(_, access)| access.key == key && access.told.is_some_and(|list| list.len() > end as usize));
        let reader = readers.min_by_key(|(_, access)| {
            let returned = self.observed.transaction(access.transaction).over();
            (!among.contains(&access.transaction), returned)
        });
        reader.map(|(number, _)| number)
    }
}
