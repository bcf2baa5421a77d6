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
    /// Its only key, or those of its results, each with whether it had written the key by then.
    keys: Arc<[(Key, bool)]>,
}

impl Once {
    /// What a repeat is told; none if nothing was decided yet. Of versions that nobody has seen `new` says what they may be.
    pub(super) fn told(&self, asked: &Asked, new: impl Fn(Key) -> Token) -> Option<Right> {
        let decided = self.0.get(&asked.id?)?;
        let (mut right, keys) = (decided.right.clone(), &decided.keys);
        // What it only read may have been seen since.
        let open = |token: &mut Token, key: Option<&(Key, bool)>| {
            if let Some((key, written)) = key.filter(|_| token.is_open()) {
                *token = if *written { new(*key) } else { Token::New(Arc::default()) };
            }
        };
        open(&mut right.version, keys.first());
        right.results.iter_mut().zip(&**keys).for_each(|(seen, key)| open(&mut seen.version, Some(key)));
        Some(right)
    }

    pub(super) fn decide(&mut self, asked: &Asked, right: &Right) {
        let Some(id) = asked.id else { return };
        let written = |place: usize, key: Key| {
            asked.parts.is_empty() || asked.parts[..=place].iter().any(|part| part.key == key && part.doing.writes())
        };
        let keys = asked.keys().enumerate().map(|(place, key)| (key, written(place, key))).collect();
        let decided = Decided { right: right.clone(), keys };
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
        if decided.keys.first() == Some(&(key, true)) {
            decided.right.version.bind(Some(version));
        }
        let told = decided.right.results.iter_mut().zip(&*decided.keys);
        told.filter(|(_, of)| **of == (key, true)).for_each(|(seen, _)| seen.version.bind(Some(version)));
    }

    /// A request of which not every version has been seen.
    fn open(&mut self, id: usize) -> Option<&mut Decided> {
        let right = &self.0.get(&id)?.right;
        let is_open = right.version.is_open() || right.results.iter().any(|seen| seen.version.is_open());
        let decided = is_open.then(|| Arc::make_mut(&mut self.0).get_mut(&id))??;
        Some(Arc::make_mut(decided))
    }
}
