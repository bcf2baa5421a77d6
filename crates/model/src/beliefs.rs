//! What is possible: every state that explains the answers so far.

use std::collections::BTreeSet;

use super::operation::{Answer, Asked, Holding, Key, Outcome, Right, Subject, Text, Worker};

/// With more states than this, following them all would take longer than the walk is worth.
pub const MOST_STATES: usize = 256;

/// One state of a store.
pub(crate) trait Machine: Clone + Ord + Send {
    /// Each way in which an operation may end here: the answer, and the state afterwards. There is at least one.
    fn outcomes(&self, asked: &Asked) -> Vec<(Right, Self)>;

    /// Each state that is possible if nobody heard how it ended, because the store was killed meanwhile.
    fn interrupted(&self, asked: &Asked) -> Vec<Self> {
        let done = self.outcomes(asked).into_iter().map(|(_, state)| state);
        done.chain([self.clone()]).collect()
    }

    /// Each state that is possible once the store has been ended and started again.
    fn restarted(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    /// Whether no answer may come until somebody else does something.
    fn waits(&self, _asked: &Asked) -> bool {
        false
    }

    /// The answer told what the right one left open. This is the state after it.
    fn learn(&mut self, _asked: &Asked, _answer: &Answer, _right: &Right) {}

    /// The version that a key has, if it has been seen.
    fn version(&self, _key: Key) -> Option<&Text> {
        None
    }

    /// How many jobs this worker has reserved.
    fn reserved(&self, _worker: Worker) -> usize {
        0
    }

    /// The numbers of the jobs that are there, as far as they are known.
    fn jobs(&self) -> Vec<Text> {
        Vec::new()
    }

    /// What is held of it; none if the store has nothing of the kind.
    fn holds(&self, subject: &Subject) -> Option<Holding>;
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

    /// The store has been ended, and started again.
    fn restarted(&mut self) -> Result<(), GaveUp>;

    /// Whether no answer may come until somebody else does something.
    fn waits(&self, asked: &Asked) -> bool;

    /// The answers that would be right now, each once.
    fn rights(&self, asked: &Asked) -> Vec<Right>;

    /// What may be held of it now, each once.
    fn holds(&self, subject: &Subject) -> Vec<Holding>;

    /// A version that a key may have now.
    fn version(&self, key: Key) -> Option<Text>;

    /// The numbers of jobs that may be there now.
    fn jobs(&self) -> BTreeSet<Text>;

    /// How many states may be possible when this worker has gone, and the store has noticed or not. None: more than are
    /// followed.
    fn states_without(&self, worker: Worker) -> Option<usize>;
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
            state.learn(asked, answer, &right);
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
        let either = self.states.iter().flat_map(|state| state.interrupted(asked)).collect();
        self.become_all(either)
    }

    fn restarted(&mut self) -> Result<(), GaveUp> {
        let states = self.states.iter().flat_map(M::restarted).collect();
        self.become_all(states)
    }

    fn waits(&self, asked: &Asked) -> bool {
        self.states.iter().any(|state| state.waits(asked))
    }

    fn rights(&self, asked: &Asked) -> Vec<Right> {
        self.outcomes(asked).map(|(right, _)| right).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn holds(&self, subject: &Subject) -> Vec<Holding> {
        self.states.iter().filter_map(|state| state.holds(subject)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn version(&self, key: Key) -> Option<Text> {
        self.states.iter().find_map(|state| state.version(key)).cloned()
    }

    fn jobs(&self) -> BTreeSet<Text> {
        self.states.iter().flat_map(M::jobs).collect()
    }

    fn states_without(&self, worker: Worker) -> Option<usize> {
        let ways = self.states.iter().map(|state| 1_usize.checked_shl(state.reserved(worker) as u32));
        ways.sum::<Option<usize>>().filter(|states| *states <= MOST_STATES)
    }
}
