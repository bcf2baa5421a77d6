//! Makes the failure cards of a run out of its events.

use super::card::{Card, ReadLogs, Scene};
use super::describe::Describe;
use super::run_state::RunState;
use crate::facts::{Event, Stamped, Verdict};

/// The card of an event that reports a failure; `state` must have taken that event last. `logs` is asked for what nodes
/// printed.
pub(super) fn card(stamped: &Stamped, state: &RunState, words: &dyn Describe, logs: &mut ReadLogs) -> Option<Card> {
    let at = stamped.at;
    match &stamped.event {
        Event::NotStarted(event) => Some(Card::not_started(event, at, state, words)),
        Event::TestEnded { stage, test, verdict, .. } => {
            let (failure, not_judged) = match verdict {
                Verdict::Failed(failure) => (failure, None),
                Verdict::NotJudged { reason, failure } => (failure, Some(reason.as_str())),
                Verdict::Passed | Verdict::NotRun { .. } => return None,
            };
            Some(Card::new(failure, &Scene { stage, test, at, not_judged, state, words }, logs))
        }
        _ => None,
    }
}

/// The cards of events, in order.
#[cfg(test)]
pub(crate) fn cards<'e>(
    events: impl IntoIterator<Item = &'e Stamped>,
    words: &dyn Describe,
    logs: &mut ReadLogs,
) -> Vec<Card> {
    let mut state = RunState::default();
    let next = |stamped| {
        state.event(stamped);
        card(stamped, &state, words, logs)
    };
    events.into_iter().filter_map(next).collect()
}
