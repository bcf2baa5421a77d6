//! From the few operations that show what cannot have happened to its explanation. Each checker decides which
//! operations those are and what is said of them: it makes a [`Story`].

pub(crate) mod clauses;
mod faults;
mod pace;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::verdict::Explanation;
use super::{History, Text, phrases};

/// What happened, and which operations tell it.
pub(crate) struct Story {
    /// In two or three words.
    pub(crate) title: &'static str,
    /// Places of operations, in any order.
    pub(crate) places: Vec<usize>,
    /// The one of them that shows that something is wrong.
    pub(crate) culprit: usize,
    /// From when on faults matter.
    pub(crate) since: Duration,
    pub(crate) sentence: String,
}

/// The story of a key with everything that belongs to it: its operations in order, and the faults that were in force.
pub(crate) fn explanation(history: &History, key: &Text, story: Story) -> Explanation {
    let Story { title, mut places, culprit, since, sentence } = story;
    places.sort_by_key(|place| (history.operations[*place].called, *place));
    places.dedup();
    let operations: Vec<_> = places.iter().map(|place| history.operations[*place].clone()).collect();
    let ends = operations.iter().filter_map(|operation| operation.returned);
    let until = ends.max().unwrap_or(Duration::MAX);
    let faults = faults::in_force(history, &operations, since, until);
    Explanation {
        key: key.clone(),
        title: title.to_owned(),
        sentence: phrases::capital_of_words(&sentence)
            + &pace::sentence(history, culprit)
            + &faults::sentences(&faults, until),
        culprit: places.iter().position(|place| *place == culprit).unwrap_or(0),
        operations,
        places,
        faults,
    }
}
