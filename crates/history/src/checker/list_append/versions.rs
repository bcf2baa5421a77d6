//! In which order elements were appended, from the lists that were told: lists only grow, so the longest shows all orders,
//! and every other must be its beginning.

use std::ops::Range;

use super::observed::{Access, Observed};
use super::writers::Element;
use super::wrong::Wrong;
use crate::{List, Outcome};

/// The place of an append that nobody saw.
pub(super) const UNSEEN: u32 = u32::MAX;

/// What is known of the order of appends.
pub(super) struct Versions {
    /// By key.
    pub(super) keys: Vec<Key>,
    /// By append: its place in its list. Those that were done and that nobody saw come after all that were seen.
    pub(super) positions: Vec<u32>,
    /// By transaction: it was done. Of those without a clear answer, some append was seen.
    pub(super) done: Vec<bool>,
}

pub(super) struct Key {
    /// The access that was told the longest list, if any was told.
    pub(super) longest: Option<u32>,
    /// The appends of that list.
    pub(super) order: Vec<u32>,
}

impl Versions {
    /// The order of all appends; or a list that no order explains.
    pub(super) fn new(observed: &Observed<'_>) -> Result<Self, Wrong> {
        let (keys, parted) = longest(observed);
        if let Some(&first) = parted.first() {
            return Err(aborted(observed, &keys, &parted).unwrap_or_else(|| orders(observed, &keys, first)));
        }
        let mut versions = Versions {
            keys,
            positions: vec![UNSEEN; observed.appends.len()],
            done: observed.transactions.iter().map(|transaction| transaction.answered).collect(),
        };
        for key in 0..versions.keys.len() {
            versions.place(observed, key as u32)?;
        }
        for (number, access) in observed.accesses.iter().enumerate() {
            versions.access(observed, number as u32, access)?;
        }
        Ok(versions)
    }

    /// The appends of an access that were seen, and that were not, come before and after everything else as these
    /// two: the first place, and the last, which may be [`UNSEEN`]. None without appends.
    pub(super) fn ends(&self, access: &Access<'_>) -> Option<(u32, u32)> {
        let Range { start, end } = access.appends;
        let places = self.positions.get(start as usize..end as usize)?;
        Some((*places.first()?, *places.last()?))
    }

    /// Gives the elements of the longest list of a key their places.
    fn place(&mut self, observed: &Observed<'_>, key: u32) -> Result<(), Wrong> {
        let Some(reader) = self.keys[key as usize].longest else { return Ok(()) };
        let list = observed.access(reader).told;
        let elements = list.map(List::elements).unwrap_or_default();
        let mut order = Vec::with_capacity(elements.len());
        for (position, element) in elements.into_iter().enumerate() {
            let Some(&append) = observed.append_of.get(&(key, element)) else {
                return Err(Wrong::Nowhere { reader, element: element.clone() });
            };
            if is_aborted(observed, append) {
                return Err(read_aborted(observed, reader, append));
            }
            if self.positions[append as usize] != UNSEEN {
                return Err(Wrong::Duplicate { reader, append });
            }
            self.positions[append as usize] = position as u32;
            self.done[observed.owner(append).transaction as usize] = true;
            order.push(append);
        }
        self.keys[key as usize].order = order;
        Ok(())
    }

    /// What a transaction did to one key, against the order.
    fn access(&self, observed: &Observed<'_>, number: u32, access: &Access<'_>) -> Result<(), Wrong> {
        let Range { start, end } = access.appends;
        let own = &self.positions[start as usize..end as usize];
        if let Some(at) = own.windows(2).position(|pair| pair[1] < pair[0]) {
            let key = &self.keys[access.key as usize];
            let reader = key.longest.unwrap_or(number);
            return Err(Wrong::OwnOrder { reader, appends: [start + at as u32, start + at as u32 + 1] });
        }
        let Some(found) = access.found else { return Ok(()) };
        if own.iter().any(|position| *position < found) {
            return Err(Wrong::Internal { transaction: observed.transaction(access.transaction).place });
        }
        let last = found.checked_sub(1).and_then(|last| self.keys[access.key as usize].order.get(last as usize));
        if let Some(&append) = last
            && observed.owner(append).appends.end != append + 1
        {
            return Err(Wrong::Intermediate { reader: number, append });
        }
        Ok(())
    }
}

/// Of each key the longest list that was told, and who was told one that is no beginning of it.
fn longest(observed: &Observed<'_>) -> (Vec<Key>, Vec<u32>) {
    let mut keys: Vec<Key> = observed.keys.iter().map(|_| Key { longest: None, order: Vec::new() }).collect();
    let told = || (0..).zip(&observed.accesses).filter_map(|(number, access)| Some((number, access, access.told?)));
    for (number, access, list) in told() {
        let longest = &mut keys[access.key as usize].longest;
        let length = longest.and_then(|longest: u32| observed.access(longest).told).map(List::len);
        if length.is_none_or(|length| list.len() > length) {
            *longest = Some(number);
        }
    }
    let beginnings: Vec<Vec<&List>> = keys.iter().map(|key| beginnings(observed, key)).collect();
    let is_parted = |access: &Access<'_>, list: &List| {
        let known = list.len().checked_sub(1).map(|last| beginnings[access.key as usize][last]);
        known.is_some_and(|known| known != list)
    };
    let parted = told().filter(|(_, access, list)| is_parted(access, list)).map(|(number, ..)| number).collect();
    (keys, parted)
}

/// A reader against the longest list of its key.
fn orders(observed: &Observed<'_>, keys: &[Key], reader: u32) -> Wrong {
    let other = keys[observed.access(reader).key as usize].longest.unwrap_or(reader);
    Wrong::Orders { readers: [reader, other] }
}

/// What was not done and was read all the same explains more than that two lists do not fit: looked for in those that part
/// from the longest ones, and in these.
fn aborted(observed: &Observed<'_>, keys: &[Key], parted: &[u32]) -> Option<Wrong> {
    let readers = parted.iter().copied().chain(keys.iter().filter_map(|key| key.longest));
    readers.into_iter().find_map(|reader| {
        let access = observed.access(reader);
        let appends = access.told?.elements().into_iter();
        let mut appends = appends.filter_map(|element| observed.append_of.get(&(access.key, &**element)).copied());
        let append = appends.find(|append| is_aborted(observed, *append))?;
        Some(read_aborted(observed, reader, append))
    })
}

fn is_aborted(observed: &Observed<'_>, append: u32) -> bool {
    let writer = observed.owner(append).transaction;
    observed.transaction(writer).operation.outcome == Outcome::No
}

/// By the first who was told it: that shows best whether it was under way then.
fn read_aborted(observed: &Observed<'_>, reader: u32, append: u32) -> Wrong {
    let element = Element { key: observed.access(reader).key, text: observed.appends[append as usize].element };
    Wrong::Aborted { reader: element.first_reader(observed).unwrap_or(reader), append }
}

/// All beginnings of the longest list of a key, the shortest first.
fn beginnings<'a>(observed: &Observed<'a>, key: &Key) -> Vec<&'a List> {
    let longest = key.longest.and_then(|longest| observed.access(longest).told);
    longest.map(List::beginnings).unwrap_or_default()
}
