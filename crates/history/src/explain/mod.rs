//! From "this cannot have happened" to the few operations that show why, and a sentence.

mod clauses;
mod faults;
mod few;
mod queue_story;
mod register_story;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use super::queue::Missing;
use super::register::Register;
use super::verdict::Explanation;
use super::{History, Text, words};

/// An explanation takes at least this long if it needs it, whatever is left of the time for judging: a violation that
/// is known and cannot be shown helps nobody.
const AT_LEAST: Duration = Duration::from_secs(2);

/// Explains a register that is known to be wrong. `witness`: operations (places in [`Register::ops`]) that prove it.
pub(super) fn register(
    history: &History,
    key: &Text,
    register: &Register,
    witness: Option<Vec<u32>>,
    deadline: Instant,
) -> Explanation {
    let deadline = deadline.max(Instant::now() + AT_LEAST);
    let few = few::operations(register, witness, deadline);
    explanation(history, key, register_story::story(history, key, few))
}

/// Explains a delivery of a message that nobody had put. `places`: the queue's operations.
pub(super) fn invented(history: &History, queue: &Text, places: &[usize], take: usize) -> Explanation {
    explanation(history, queue, queue_story::invented(history, queue, places, take))
}

/// Explains a delivery after the deletion.
pub(super) fn back(history: &History, queue: &Text, places: &[usize], take: usize) -> Explanation {
    explanation(history, queue, queue_story::back(history, queue, places, take))
}

/// Explains that messages are gone.
pub(super) fn lost(history: &History, queue: &Text, places: &[usize], missing: &Missing) -> Explanation {
    explanation(history, queue, queue_story::lost(history, queue, places, missing))
}

/// What happened, and which operations tell it.
struct Story {
    title: &'static str,
    /// Places of operations, in any order.
    places: Vec<usize>,
    /// The one of them that shows that something is wrong.
    culprit: usize,
    /// From when on faults matter.
    since: Duration,
    sentence: String,
}

fn explanation(history: &History, key: &Text, story: Story) -> Explanation {
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
        sentence: words::capital_of_words(&sentence) + &faults::sentences(&faults, until),
        culprit: places.iter().position(|place| *place == culprit).unwrap_or(0),
        operations,
        places,
        faults,
    }
}
