//! What went wrong with a queue.

use super::Missing;
use crate::explain::Story;
use crate::explain::clauses::{Clauses, Tense};
use crate::{Action, History, Outcome, Text};

/// A message was delivered that nobody had put.
pub(super) fn invented(history: &History, queue: &Text, places: &[usize], take: usize) -> Story {
    let of_message = same_message(history, places, take);
    let refused = of_message.iter().copied().find(|place| {
        matches!(history.operations[*place].action, Action::Put { .. })
            && history.operations[*place].outcome == Outcome::No
    });
    let later = of_message.iter().copied().find(|place| {
        matches!(history.operations[*place].action, Action::Put { .. })
            && history.operations[*place].outcome != Outcome::No
    });
    let told: Vec<usize> = refused.into_iter().chain(later).chain([take]).collect();
    let clauses = Clauses::new(history, queue, &told);
    let said = clauses.said(take, Tense::Past);
    let (title, sentence) = match (refused, later) {
        (_, Some(put)) => (
            "message before it was put",
            format!("{said}, before anybody had put it: it was sent at {}.", clauses.called(put)),
        ),
        (Some(put), None) => {
            let who = if clauses.who(put) == clauses.who(take) { "it".to_owned() } else { clauses.who(put) };
            let before = history.operations[put].returned <= history.operations[take].returned;
            let refused =
                if before { format!("though {who} had refused it") } else { format!("and {who} refused it") };
            ("refused, yet done", format!("{said}, {refused} at {}.", clauses.returned(put)))
        }
        (None, None) => ("message from nowhere", format!("{said}, and nobody ever put it.")),
    };
    Story { title, since: history.operations[take].called, places: told, culprit: take, sentence }
}

/// A message was delivered after its deletion was acknowledged.
pub(super) fn back(history: &History, queue: &Text, places: &[usize], take: usize) -> Story {
    let called = history.operations[take].called;
    let of_message = same_message(history, places, take);
    let puts =
        of_message.iter().copied().filter(|place| matches!(history.operations[*place].action, Action::Put { .. }));
    let puts: Vec<usize> = puts.filter(|place| history.operations[*place].outcome != Outcome::No).collect();
    let mut deletions: Vec<usize> = of_message
        .iter()
        .copied()
        .filter(|place| {
            let operation = &history.operations[*place];
            matches!(operation.action, Action::Ack { .. })
                && operation.outcome == Outcome::Ok
                && operation.returned.is_some_and(|at| at < called)
        })
        .collect();
    deletions.sort_by_key(|place| history.operations[*place].returned);
    let since = deletions.last().map_or(called, |last| history.operations[*last].called);
    let told: Vec<usize> = puts.iter().chain(&deletions).copied().chain([take]).collect();
    let clauses = Clauses::new(history, queue, &told);
    let said = clauses.said(take, Tense::Past);
    let sentence = match &deletions[..] {
        [deletion] => format!("{said}, after {}.", clauses.said(*deletion, Tense::Perfect(Some(take)))),
        _ => format!(
            "{said}, after {} deletions of it had been acknowledged. It was put {} times.",
            deletions.len(),
            puts.len()
        ),
    };
    Story { title: "deleted message returned", since, places: told, culprit: take, sentence }
}

/// Messages are gone.
pub(super) fn lost(history: &History, queue: &Text, places: &[usize], missing: &Missing) -> Story {
    let put = missing.first;
    let told: Vec<usize> = [put].into_iter().chain(missing.taken).chain(missing.empty).collect();
    let clauses = Clauses::new(history, queue, &told);
    let said = clauses.said(put, Tense::Past);
    let empty = missing.empty.map_or(String::new(), |empty| {
        format!(" {} had no more messages at {}.", clauses.key(), clauses.returned(empty))
    });
    let deletes = places.iter().any(|place| matches!(history.operations[*place].action, Action::Ack { .. }));
    let mut sentence = match missing.taken {
        Some(take) if deletes => {
            let (who, at) = (clauses.who(take), clauses.returned(take));
            format!("{said}. {who} delivered it at {at}, nobody deleted it, and it did not come back.{empty}")
        }
        Some(take) => format!(
            "{said}. It was sent more often than it was delivered, {} for the last time.{empty}",
            clauses.returned(take)
        ),
        None => format!("{said}, and it was never delivered.{empty}"),
    };
    match missing.count {
        0 | 1 => {}
        count => sentence += &format!(" {count} messages are lost in all."),
    }
    Story { title: "lost message", since: history.operations[put].called, places: told, culprit: put, sentence }
}

/// The operations on the message of a take.
fn same_message(history: &History, places: &[usize], take: usize) -> Vec<usize> {
    let Action::Take { value: Some(message) } = &history.operations[take].action else { return vec![take] };
    let same = |place: &usize| match &history.operations[*place].action {
        Action::Put { value } | Action::Ack { value } | Action::Take { value: Some(value) } => value == message,
        _ => false,
    };
    places.iter().copied().filter(same).collect()
}
