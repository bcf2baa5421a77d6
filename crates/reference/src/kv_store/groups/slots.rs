//! Keys into slots. All nodes must do this alike, for ever.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::crc32::crc32;

/// How many slots there are. Slots move whole: with more of them each is moved sooner, with fewer there is less to move.
pub(in super::super) const SLOTS: u8 = 64;

/// A part of all keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(in super::super) struct Slot(u8);

impl Slot {
    pub(in super::super) fn of(key: &str) -> Slot {
        // Below SLOTS: the cast is exact.
        Slot((crc32(&[key.as_bytes()]) % u32::from(SLOTS)) as u8)
    }

    pub(in super::super) fn all() -> impl Iterator<Item = Slot> {
        (0..SLOTS).map(Slot)
    }

    /// `None` if there is no slot with this number.
    pub(in super::super) fn numbered(number: u8) -> Option<Slot> {
        (number < SLOTS).then_some(Slot(number))
    }

    pub(in super::super) fn number(self) -> u8 {
        self.0
    }

    /// Its place in a list of all slots.
    pub(super) fn at(self) -> usize {
        usize::from(self.0 % SLOTS)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Were this to change, nodes of two versions would look for one key in two places.
    #[test]
    fn keys_have_the_slots_that_they_always_had() {
        let slots = ["a", "b", "user:1", "user:2", "key-0001"].map(|key| Slot::of(key).to_string());
        assert_eq!(slots, ["3", "57", "2", "56", "2"]);
    }

    #[test]
    fn every_slot_gets_its_part_of_numbered_keys() {
        for name in ["key-", "user:", "k"] {
            let mut counts = [0; SLOTS as usize];
            (0..6400).for_each(|number| counts[Slot::of(&format!("{name}{number}")).at()] += 1);
            assert!(counts.iter().all(|count| (50..=150).contains(count)), "{name}: {counts:?}");
        }
    }
}
