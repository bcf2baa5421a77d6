//! What is possible: every state that explains the answers so far.

use std::collections::BTreeSet;

use super::operation::{Answer, Asked, Holding, Key, Outcome, Right, Text, Version};

/// With more states than this, following them all would take longer than the walk is worth.
pub const MOST_STATES: usize = 256;

/// One state of a store.
pub(crate) trait Machine: Clone + Ord + Send {
    /// Each way in which an operation may end here: the answer, and the state afterwards. There is at least one.
    fn outcomes(&self, asked: &Asked) -> Vec<(Right, Self)>;

    /// An answer told the version that a key has now.
    fn learn(&mut self, _key: Key, _version: &Text) {}

    /// The version that a key has, if it has been seen.
    fn version(&self, _key: Key) -> Option<&Text> {
        None
    }

    fn holds(&self, key: Key) -> Holding;
}

/// What the contract at hand says of a model.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Versions are promised, and looked at.
    pub versions: bool,
    /// The outcomes of operations that have an answer of their own; others are answered like [`Outcome::Ok`].
    pub told: BTreeSet<(&'static str, Outcome)>,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    Possible,
    /// Only these were. Nothing was learnt from it.
    Impossible(Vec<Right>),
    GaveUp(GaveUp),
}

/// More states are possible than are followed: what comes later cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaveUp;

/// A model at work.
pub trait Model: Send {
    fn answered(&mut self, asked: &Asked, answer: &Answer) -> Judged;

    /// It may have been done, or not. What was done without an answer is done now, or never.
    fn unanswered(&mut self, asked: &Asked) -> Result<(), GaveUp>;

    /// The answers that would be right now, each once.
    fn rights(&self, asked: &Asked) -> Vec<Right>;

    /// What a key may hold now, each once.
    fn holds(&self, key: Key) -> Vec<Holding>;

    /// A version that a key may have now.
    fn version(&self, key: Key) -> Option<Text>;
}

/// All states that are possible. There is always one.
pub(crate) struct Beliefs<M> {
    states: BTreeSet<M>,
    setup: Setup,
}

impl<M: Machine> Beliefs<M> {
    pub(crate) fn new(first: M, setup: Setup) -> Self {
        Self { states: [first].into(), setup }
    }

    fn outcomes(&self, asked: &Asked) -> impl Iterator<Item = (Right, M)> {
        self.states.iter().flat_map(|state| state.outcomes(asked)).map(|(right, state)| {
            let told = self.setup.told.contains(&(asked.word, right.outcome));
            let outcome = if told { right.outcome } else { Outcome::Ok };
            (Right { outcome, ..right }, state)
        })
    }

    fn become_all(&mut self, states: BTreeSet<M>) -> Result<(), GaveUp> {
        if states.len() > MOST_STATES {
            return Err(GaveUp);
        }
        self.states = states;
        Ok(())
    }
}

impl<M: Machine> Model for Beliefs<M> {
    fn answered(&mut self, asked: &Asked, answer: &Answer) -> Judged {
        let possible = self.outcomes(asked).filter(|(right, _)| right.is(answer)).map(|(right, mut state)| {
            if let (Some(key), Some(version), false) = (asked.key, &answer.version, right.version == Version::Any) {
                state.learn(key, version);
            }
            state
        });
        let possible: BTreeSet<M> = possible.collect();
        if possible.is_empty() {
            return Judged::Impossible(self.rights(asked));
        }
        match self.become_all(possible) {
            Ok(()) => Judged::Possible,
            Err(gave_up) => Judged::GaveUp(gave_up),
        }
    }

    fn unanswered(&mut self, asked: &Asked) -> Result<(), GaveUp> {
        let done = self.outcomes(asked).map(|(_, state)| state);
        let either = done.chain(self.states.iter().cloned()).collect();
        self.become_all(either)
    }

    fn rights(&self, asked: &Asked) -> Vec<Right> {
        self.outcomes(asked).map(|(right, _)| right).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn holds(&self, key: Key) -> Vec<Holding> {
        self.states.iter().map(|state| state.holds(key)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn version(&self, key: Key) -> Option<Text> {
        self.states.iter().find_map(|state| state.version(key)).cloned()
    }
}
