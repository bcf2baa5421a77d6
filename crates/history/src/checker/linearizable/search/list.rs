//! Calls and returns in order of time, as a linked list in arrays: taking an operation out and putting it back takes
//! constant time.

use super::super::register::{OPEN, Op};

/// A call or a return.
pub(super) type Entry = u32;

#[derive(Debug)]
pub(super) struct List {
    /// The last is the sentinel, before the first and after the last entry.
    next: Vec<Entry>,
    previous: Vec<Entry>,
    /// By entry: twice the operation's number, plus one if the entry is a return.
    what: Vec<u32>,
    /// By operation: its call and its return.
    entries: Vec<(Entry, Entry)>,
}

impl List {
    /// No entry.
    pub(super) const END: Entry = Entry::MAX;

    /// `ops` are in the order of their calls.
    pub(super) fn of(ops: &[Op]) -> Self {
        let mut what: Vec<(u64, bool, u32)> = Vec::with_capacity(2 * ops.len());
        for (at, op) in ops.iter().enumerate() {
            what.push((op.call, false, at as u32));
            if op.ret != OPEN {
                what.push((op.ret, true, at as u32));
            }
        }
        // At equal times calls come first: neither of the two operations comes before the other.
        what.sort_unstable();
        let count = what.len() as u32;
        let mut entries = vec![(Self::END, Self::END); ops.len()];
        for (entry, &(_, is_return, op)) in what.iter().enumerate() {
            let of_op = &mut entries[op as usize];
            *(if is_return { &mut of_op.1 } else { &mut of_op.0 }) = entry as u32;
        }
        Self {
            next: (1..=count).chain([0]).collect(),
            previous: [count].into_iter().chain(0..count).collect(),
            what: what.into_iter().map(|(_, is_return, op)| 2 * op + u32::from(is_return)).collect(),
            entries,
        }
    }

    pub(super) fn first(&self) -> Entry {
        self.next[self.what.len()]
    }

    pub(super) fn after_call(&self, op: u32) -> Entry {
        self.next[self.entries[op as usize].0 as usize]
    }

    /// The operations that are called from this entry on, as far as the first return.
    pub(super) fn calls_before_return(&self, from: Entry) -> impl Iterator<Item = u32> {
        let mut at = from;
        std::iter::from_fn(move || {
            let what = *self.what.get(at as usize)?;
            if what % 2 == 1 {
                return None;
            }
            at = self.next[at as usize];
            Some(what / 2)
        })
    }

    /// The operation that returns first.
    pub(super) fn first_return(&self) -> Option<u32> {
        let mut at = self.first();
        loop {
            let what = *self.what.get(at as usize)?;
            if what % 2 == 1 {
                return Some(what / 2);
            }
            at = self.next[at as usize];
        }
    }

    pub(super) fn lift(&mut self, op: u32) {
        let (call, ret) = self.entries[op as usize];
        self.unlink(call);
        if ret != Self::END {
            self.unlink(ret);
        }
    }

    /// Puts back what was taken out last.
    pub(super) fn unlift(&mut self, op: u32) {
        let (call, ret) = self.entries[op as usize];
        if ret != Self::END {
            self.link(ret);
        }
        self.link(call);
    }

    fn unlink(&mut self, entry: Entry) {
        let (previous, next) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[previous as usize] = next;
        self.previous[next as usize] = previous;
    }

    fn link(&mut self, entry: Entry) {
        let (previous, next) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[previous as usize] = entry;
        self.previous[next as usize] = entry;
    }
}
