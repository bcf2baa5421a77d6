//! How much memory the values of a test may take, and how much one value takes.
//!
//! A pack is data from anywhere, and a few lines of it can name more than any machine has: a text that doubles in each
//! round, a list of a hundred million items, a value kept by each of many copies. So whatever a pack makes or keeps is
//! charged to one account, and credited again when its last holder is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::value::{Value, ValueKind};

/// How deep a value may be nested: it is walked and dropped by recursion.
pub(super) const DEEPEST: usize = 200;
/// What an item of a list or map takes besides its text.
const ITEM: u64 = 32;

/// The account of a test.
#[derive(Debug)]
pub struct Memory {
    most: u64,
    taken: AtomicU64,
}

/// Why a value is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    #[error("the values of this test take more than {} MB of memory", .0 >> 20)]
    Memory(u64),
    #[error("a value is nested more than {DEEPEST} deep")]
    Depth,
}

/// A charge; dropping it credits the account again.
#[derive(Debug)]
pub struct Charge {
    memory: Arc<Memory>,
    bytes: AtomicU64,
}

impl Memory {
    pub fn new(most: u64) -> Arc<Self> {
        Arc::new(Self { most, taken: AtomicU64::new(0) })
    }

    #[cfg(test)]
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// An account to charge, with nothing on it yet.
    pub fn charge(self: &Arc<Self>) -> Charge {
        Charge { memory: Arc::clone(self), bytes: AtomicU64::new(0) }
    }
}

impl Charge {
    /// Takes this many bytes more, if that many are left.
    pub fn take(&self, bytes: u64) -> Result<(), Excess> {
        let Memory { most, taken } = &*self.memory;
        let fits = |taken: u64| taken.checked_add(bytes).filter(|sum| sum <= most);
        taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).map_err(|_| Excess::Memory(*most))?;
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Charges the size of a value.
    pub fn take_value(&self, value: &Value) -> Result<(), Excess> {
        self.take(size(value, self.memory.most)?)
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.memory.taken.fetch_sub(*self.bytes.get_mut(), Ordering::Relaxed);
    }
}

/// What a value takes when it is written out. Counting ends at `most`, because a list can be too long to count.
fn size(value: &Value, most: u64) -> Result<u64, Excess> {
    fn walk(value: &Value, depth: usize, left: &mut u64, most: u64) -> Result<(), Excess> {
        if depth > DEEPEST {
            return Err(Excess::Depth);
        }
        let own = value.as_str().map(str::len).or_else(|| value.as_bytes().map(<[u8]>::len)).unwrap_or(0);
        *left = left.checked_sub(ITEM + own as u64).ok_or(Excess::Memory(most))?;
        if !matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable) {
            return Ok(());
        }
        let map = value.kind() == ValueKind::Map;
        // A value that claims to be a list but cannot be walked takes no more than itself.
        let Ok(items) = value.try_iter() else { return Ok(()) };
        for item in items {
            if map && let Ok(below) = value.get_item(&item) {
                walk(&below, depth + 1, left, most)?;
            }
            walk(&item, depth + 1, left, most)?;
        }
        Ok(())
    }
    let mut left = most;
    walk(value, 0, &mut left, most)?;
    Ok(most - left)
}

#[cfg(test)]
mod tests {
    use super::super::limits::MEMORY;
    use super::*;

    #[test]
    fn what_is_dropped_is_given_back() {
        let memory = Memory::new(1000);
        let first = memory.charge();
        first.take_value(&Value::from("x".repeat(600))).unwrap();
        let second = memory.charge();
        assert_eq!(second.take_value(&Value::from("y".repeat(600))), Err(Excess::Memory(1000)));
        drop(first);
        second.take_value(&Value::from("y".repeat(600))).unwrap();
    }

    #[test]
    fn lists_and_maps_take_what_is_in_them() {
        let sized = |value: &Value| size(value, MEMORY).unwrap();
        assert_eq!(sized(&Value::from(7)), ITEM);
        assert_eq!(sized(&Value::from(vec!["ab", "c"])), 3 * ITEM + 3);
        assert_eq!(sized(&Value::from_pairs([("key", "value")])), 3 * ITEM + 8);
    }

    #[test]
    fn counting_ends_where_a_list_does_not_or_goes_too_deep() {
        let endless = Value::make_iterable(|| std::iter::repeat(1));
        assert_eq!(size(&endless, MEMORY), Err(Excess::Memory(MEMORY)));
        let deep = (0..=DEEPEST).fold(Value::from(1), |inner, _| Value::from(vec![inner]));
        assert_eq!(size(&deep, MEMORY), Err(Excess::Depth));
    }
}
