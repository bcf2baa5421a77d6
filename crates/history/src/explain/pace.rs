//! That the operation that shows what is wrong took much longer than others that were answered like it: then the answer did
//! not come the way that it usually does.

use std::mem::discriminant;
use std::time::Duration;

use super::super::{History, Operation};

/// Others this close to it are compared: at other times links may be slow.
const NEAR: Duration = Duration::from_secs(1);
/// Fewer others say nothing about how long it usually takes.
const OTHERS: usize = 10;
/// Much longer is so many times as long as nine in ten of the others, and at least this long.
const TIMES: u32 = 3;
const LONG: Duration = Duration::from_millis(50);

/// A sentence with a blank before it; empty where it took no longer than others.
pub(super) fn sentence(history: &History, culprit: usize) -> String {
    let this = &history.operations[culprit];
    let Some(took) = took(this) else { return String::new() };
    let (from, to) = (this.called.saturating_sub(NEAR), this.called + took + NEAR);
    let alike = |(place, other): &(usize, &Operation)| {
        *place != culprit
            && (from..=to).contains(&other.called)
            && other.outcome == this.outcome
            && discriminant(&other.action) == discriminant(&this.action)
    };
    let others = history.operations.iter().enumerate().filter(alike);
    let mut others: Vec<Duration> = others.filter_map(|(_, other)| self::took(other)).collect();
    others.sort_unstable();
    if others.len() < OTHERS {
        return String::new();
    }
    let most = others[others.len() * 9 / 10];
    if took < LONG || took < most * TIMES {
        return String::new();
    }
    format!(
        " That answer took {} ms; of {} others that were answered like it within a second of it, 9 in 10 took at most \
         {} ms.",
        took.as_millis(),
        others.len(),
        most.as_millis().max(1)
    )
}

fn took(operation: &Operation) -> Option<Duration> {
    operation.returned.map(|returned| returned.saturating_sub(operation.called))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Outcome};

    /// Others are 10 ms apart.
    fn history(last: u64, others: u64, outcome: Outcome) -> History {
        let unmet = |number: u64, took: u64, outcome| Operation {
            client: number as u32,
            node: None,
            key: "x".into(),
            action: Action::CompareAndSet { from: Some("1".into()), to: Some("2".into()) },
            called: Duration::from_millis(10 * number),
            returned: Some(Duration::from_millis(10 * number + took)),
            outcome,
            note: None,
        };
        let others = (1..=others).map(|number| unmet(number, number, outcome));
        History {
            operations: [unmet(0, last, Outcome::Unmet)].into_iter().chain(others).collect(),
            ..History::default()
        }
    }

    #[test]
    fn an_answer_that_took_much_longer_than_those_like_it_says_so() {
        assert_eq!(
            sentence(&history(771, 40, Outcome::Unmet), 0),
            " That answer took 771 ms; of 40 others that were answered like it within a second of it, 9 in 10 took at most \
             37 ms."
        );
        let later = |mut history: History| {
            for other in &mut history.operations[1..] {
                other.called += Duration::from_secs(9);
                other.returned = other.returned.map(|returned| returned + Duration::from_secs(9));
            }
            history
        };
        assert_eq!(sentence(&later(history(771, 40, Outcome::Unmet)), 0), "", "others came much later");
        assert_eq!(sentence(&history(100, 40, Outcome::Unmet), 0), "", "others took long, too");
        assert_eq!(sentence(&history(771, 40, Outcome::Ok), 0), "", "others were answered in another way");
        assert_eq!(sentence(&history(771, 9, Outcome::Unmet), 0), "", "there are too few others");
        assert_eq!(sentence(&history(40, 12, Outcome::Unmet), 0), "", "that is no long time");
    }
}
