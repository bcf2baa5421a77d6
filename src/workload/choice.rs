//! What a client does next. The choices of a client depend only on the seed and its number, whatever was answered,
//! except for what an answer makes necessary: a read after an operation whose outcome nobody knows.

use std::sync::atomic::{AtomicU64, Ordering};

use history::Text;

use super::KeySet;
use crate::scenario::draw::{Draw, Stream};
use crate::scenario::load::Kind;

/// The keys of a workload. Some are replaced as they are used.
#[derive(Debug)]
pub(super) struct Keys {
    names: Names,
    /// Operations so far on each place.
    used: Vec<AtomicU64>,
}

#[derive(Debug)]
enum Names {
    /// `tag` is what all begin with: another workload has other keys.
    Drawn {
        tag: String,
        fresh_after: Option<u64>,
    },
    Given(Vec<Text>),
}

impl Keys {
    pub(super) fn new(draw: &str, keys: &KeySet) -> Self {
        let (names, count) = match keys {
            KeySet::Drawn { count, fresh_after } => {
                let tag = Draw::new(format!("{draw}/keys")).next().text(b"abcdefghijklmnopqrstuvwxyz", 5);
                (Names::Drawn { tag, fresh_after: fresh_after.map(u64::from) }, *count as usize)
            }
            KeySet::Given(names) => (Names::Given(names.clone()), names.len()),
        };
        Self { names, used: (0..count).map(|_| AtomicU64::new(0)).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.used.len()
    }

    /// The key at a place, for one more operation.
    pub(super) fn take(&self, place: usize) -> Text {
        self.name(place, self.used[place].fetch_add(1, Ordering::Relaxed))
    }

    /// The keys that were used last.
    pub(super) fn last(&self) -> Vec<Text> {
        let last = |place: &AtomicU64| place.load(Ordering::Relaxed).saturating_sub(1);
        self.used.iter().enumerate().map(|(place, used)| self.name(place, last(used))).collect()
    }

    fn name(&self, place: usize, operation: u64) -> Text {
        match &self.names {
            Names::Given(names) => names[place].clone(),
            Names::Drawn { tag, fresh_after: None } => format!("{tag}-{}", place + 1).into(),
            Names::Drawn { tag, fresh_after: Some(most) } => {
                format!("{tag}-{}.{}", place + 1, operation / most + 1).into()
            }
        }
    }
}

/// The choices of one client.
#[derive(Debug)]
pub(super) struct Choices {
    stream: Stream,
    mix: Vec<(Kind, u32)>,
    weights: u64,
    keys: usize,
}

impl Choices {
    pub(super) fn new(draw: &str, client: u32, mix: &[(Kind, u32)], keys: usize) -> Self {
        Self {
            stream: Draw::new(format!("{draw}/client{client}")).next(),
            mix: mix.to_vec(),
            weights: mix.iter().map(|(_, weight)| u64::from(*weight)).sum::<u64>().max(1),
            keys,
        }
    }

    /// A kind and the place of a key.
    pub(super) fn next(&mut self) -> (Kind, usize) {
        let (mut at, place) = (self.stream.below(self.weights), self.stream.below(self.keys as u64) as usize);
        for (kind, weight) in &self.mix {
            match at.checked_sub(u64::from(*weight)) {
                None => return (*kind, place),
                Some(rest) => at = rest,
            }
        }
        // The weights add up to `weights`, unless there are none.
        (Kind::Read, place)
    }

    /// The place of a key.
    pub(super) fn place(&mut self) -> usize {
        self.below(self.keys as u64) as usize
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.stream.below(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_chooses_the_same_for_the_same_seed_and_by_weight() {
        let mix = [(Kind::Read, 3), (Kind::Write, 1)];
        let mut client = Choices::new("8123/stage/test/steps[0]", 4, &mix, 5);
        let mut again = Choices::new("8123/stage/test/steps[0]", 4, &mix, 5);
        let mut other = Choices::new("8123/stage/test/steps[0]", 5, &mix, 5);
        let chosen: Vec<(Kind, usize)> = (0..1000).map(|_| client.next()).collect();
        assert_eq!(chosen, (0..1000).map(|_| again.next()).collect::<Vec<_>>());
        assert_ne!(chosen, (0..1000).map(|_| other.next()).collect::<Vec<_>>());
        let reads = chosen.iter().filter(|(kind, _)| *kind == Kind::Read).count();
        assert!((650..850).contains(&reads), "{reads}");
        assert!((0..5).all(|place| chosen.iter().any(|(_, chosen)| *chosen == place)));
    }

    #[test]
    fn keys_are_drawn_and_replaced_when_they_were_used_enough() {
        let drawn = |draw| Keys::new(draw, &KeySet::Drawn { count: 2, fresh_after: None });
        let keys = Keys::new("1", &KeySet::Drawn { count: 2, fresh_after: Some(3) });
        let names: Vec<Text> = (0..4).map(|_| keys.take(0)).collect();
        assert_eq!(names[0], names[2]);
        assert_ne!(names[2], names[3]);
        assert_eq!(keys.last()[0], names[3]);
        assert_eq!(drawn("1").take(1), drawn("1").take(1));
        assert_ne!(drawn("1").take(1), drawn("2").take(1));
        let given = Keys::new("1", &KeySet::Given(vec!["a".into(), "b".into()]));
        assert_eq!(
            (given.take(1), given.take(1), given.last()),
            ("b".into(), "b".into(), vec!["a".into(), "b".into()])
        );
    }
}
