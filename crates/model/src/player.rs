//! Follows a walk: says what each step sends, and judges what came.

use std::collections::BTreeMap;

use super::beliefs::{GaveUp, Judged, Model};
use super::operation::{Answer, Asked, Key, Text};
use super::walk::{Operation, Symbol};

/// A walk under way, or a part of one that is done again.
pub struct Player {
    pub model: Box<dyn Model>,
    /// The versions that steps were given, with the keys that had them.
    given: BTreeMap<usize, (Key, Text)>,
    /// A version that no key ever has.
    never: Text,
}

impl Player {
    pub fn new(model: Box<dyn Model>, never: Text) -> Self {
        Self { model, given: BTreeMap::new(), never }
    }

    pub fn asked(&self, operation: &Operation) -> Asked {
        let version = |symbol| match symbol {
            Symbol::Of(number) => self.given.get(&number).map_or(&self.never, |(_, version)| version).clone(),
            Symbol::Never => self.never.clone(),
        };
        Asked {
            word: operation.kind.word,
            key: operation.key,
            value: operation.value.clone(),
            version: operation.version.map(version),
        }
    }

    /// `number` is that of the step.
    pub fn answered(&mut self, number: usize, asked: &Asked, answer: &Answer) -> Judged {
        let judged = self.model.answered(asked, answer);
        if let (Judged::Possible, Some(key), Some(version)) = (&judged, asked.key, &answer.version) {
            self.given.insert(number, (key, version.clone()));
        }
        judged
    }

    pub fn unanswered(&mut self, asked: &Asked) -> Result<(), GaveUp> {
        self.model.unanswered(asked)
    }

    /// The steps that were given a version, with the keys that had it, in order.
    pub(crate) fn given(&self) -> impl DoubleEndedIterator<Item = (usize, Key, &Text)> {
        self.given.iter().map(|(number, (key, version))| (*number, *key, version))
    }
}
