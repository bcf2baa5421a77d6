//! Random choices that depend on where they are made, never on what ran before.
//!
//! Every draw has a key: seed, stage, test, step, iteration and client. Running one test alone, or the failed tests
//! first, draws the same values, and `--seed` repeats them on any machine: SipHash turns the key into a seed
//! (rand_seeder) and ChaCha8 turns the seed into a stream; both are fixed for good, unlike std's hasher.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use rand_seeder::Seeder;

/// Where draws are made. Draws at the same place are numbered, so that two in one step differ.
#[derive(Debug)]
pub struct Draw {
    key: String,
    made: AtomicU32,
}

impl Draw {
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), made: AtomicU32::new(0) }
    }

    /// The stream of this place's next draw.
    pub fn next(&self) -> Stream {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        Stream(Seeder::from(format!("{}#{number}", self.key)).into_rng())
    }
}

/// One draw's stream of random numbers.
#[derive(Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// A number from 0 to `n - 1`, each equally likely. `n` must not be 0.
    pub fn below(&mut self, n: u64) -> u64 {
        // Rejecting the uneven remainder keeps it fair; at worst every second number is drawn again.
        let fair = u64::MAX - u64::MAX % n;
        loop {
            let number = self.0.next_u64();
            if number < fair {
                return number % n;
            }
        }
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = (high as i128 - low as i128 + 1).clamp(1, u64::MAX as i128) as u64;
        (low as i128 + i128::from(self.below(span))) as i64
    }

    /// `length` letters from `alphabet`, which holds at most 256.
    pub fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let fair = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        let mut bytes = [0; 256];
        while text.len() < length {
            self.0.fill_bytes(&mut bytes);
            let letters = bytes.iter().filter(|&&byte| usize::from(byte) < fair);
            let wanted = length - text.len();
            text.extend(letters.take(wanted).map(|&byte| char::from(alphabet[usize::from(byte) % alphabet.len()])));
        }
        text
    }

    /// `count` of `items`, in their own order.
    pub fn choose<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut left: Vec<usize> = (0..items.len()).collect();
        let mut chosen: Vec<usize> =
            (0..count.min(items.len())).map(|_| left.remove(self.below(left.len() as u64) as usize)).collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|at| items[at].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_draws_the_same_on_every_machine() {
        let draw = Draw::new("8123/http-api/Values come back/steps[0]/0");
        let first = draw.next().text(b"abcdefghijklmnopqrstuvwxyz0123456789", 12);
        let second = draw.next().text(b"abcdefghijklmnopqrstuvwxyz0123456789", 12);
        assert_ne!(first, second);
        // Recorded: a change here changes what every published seed does.
        assert_eq!((first.as_str(), second.as_str()), ("uqujrndqkb82", "82un5t0vb4gr"));
    }

    #[test]
    fn choices_stay_in_range_and_reach_all_of_it() {
        let draw = Draw::new("x");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..300 {
            let n = draw.next().between(-2, 2);
            assert!((-2..=2).contains(&n));
            seen.insert(n);
            assert_eq!(draw.next().choose(&["n1", "n2", "n3"], 2).len(), 2);
        }
        assert_eq!(seen.len(), 5);
        assert_eq!(draw.next().choose(&[1, 2], 5), [1, 2]);
    }
}
