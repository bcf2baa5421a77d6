//! Requests that have a name: how each ended, which is what every repeat of it is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::operation::{Answer, Asked, Key, Outcome, Right, Text, Token};

/// What was told under each name, by the step that asked it first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Once(Arc<BTreeMap<usize, Arc<Decided>>>);

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Decided {
    right: Right,
    /// Its only key, or those of its results.
    keys: Arc<[Key]>,
}

impl Once {
    /// What a repeat is told; none if nothing was decided yet. Of versions that nobody has seen `new` says what they may be.
    pub(super) fn told(&self, asked: &Asked, new: impl Fn(Key) -> Token) -> Option<Right> {
        let decided = self.0.get(&asked.id?)?;
        let (mut right, keys) = (decided.right.clone(), &decided.keys);
        let open = |token: &mut Token, key: Option<&Key>| {
            if let Some(key) = key.filter(|_| token.is_open()) {
                *token = new(*key);
            }
        };
        open(&mut right.version, keys.first());
        right.results.iter_mut().zip(&**keys).for_each(|(seen, key)| open(&mut seen.version, Some(key)));
        Some(right)
    }

    pub(super) fn decide(&mut self, asked: &Asked, right: &Right) {
        let Some(id) = asked.id else { return };
        let decided = Decided { right: right.clone(), keys: asked.keys().collect() };
        Arc::make_mut(&mut self.0).insert(id, Arc::new(decided));
    }

    /// The answer told the versions that were open.
    pub(super) fn learn(&mut self, asked: &Asked, answer: &Answer) {
        let Some(id) = asked.id.filter(|_| answer.outcome == Outcome::Ok) else { return };
        let Some(decided) = self.open(id) else { return };
        decided.right.version.bind(answer.version.as_ref());
        for (seen, told) in decided.right.results.iter_mut().zip(&answer.results) {
            seen.version.bind(told.version.as_ref());
        }
    }

    /// Somebody saw the version that a key was given by the request of this name.
    pub(super) fn saw(&mut self, id: usize, key: Key, version: &Text) {
        let Some(decided) = self.open(id) else { return };
        if decided.keys.first() == Some(&key) {
            decided.right.version.bind(Some(version));
        }
        // Before the write another may have been told.
        let mut told = decided.right.results.iter_mut().zip(&*decided.keys).rev();
        if let Some((seen, _)) = told.find(|(seen, of)| **of == key && seen.version.is_open()) {
            seen.version.bind(Some(version));
        }
    }

    /// A request of which not every version has been seen.
    fn open(&mut self, id: usize) -> Option<&mut Decided> {
        let right = &self.0.get(&id)?.right;
        let is_open = right.version.is_open() || right.results.iter().any(|seen| seen.version.is_open());
        let decided = is_open.then(|| Arc::make_mut(&mut self.0).get_mut(&id))??;
        Some(Arc::make_mut(decided))
    }
}
