//! When copies of the same steps failed, and what came of the others, in words.

use super::times::clock;
use crate::facts::{Others, Spread};

/// `What failed ended from +1.610 to +1.690. In between: 3 right. Later: 503 ×98.`
pub(super) fn told(spread: &Spread) -> String {
    let Spread { from, to, before, between, after } = spread;
    let (from, to) = (clock(*from), clock(*to));
    let ended = if from == to {
        format!("What failed ended at {from}.")
    } else {
        format!("What failed ended from {from} to {to}.")
    };
    let parts = [("Earlier", before), ("In between", between), ("Later", after)];
    let parts = parts.into_iter().filter(|(_, others)| !others.is_empty());
    let parts = parts.map(|(when, others)| format!(" {when}: {}.", counted(others)));
    ended + &parts.collect::<String>()
}

fn counted(others: &Others) -> String {
    let right = (others.right > 0).then(|| format!("{} right", others.right));
    let unanswered = others.unanswered.iter().map(|(how, count)| format!("{how} ×{count}"));
    right.into_iter().chain(unanswered).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::facts::Unanswered;

    #[test]
    fn what_came_before_between_and_after_is_counted() {
        let refused = Others { right: 0, unanswered: vec![(Unanswered::Status(503), 98)] };
        let spread = Spread {
            from: Duration::from_millis(1610),
            to: Duration::from_millis(1690),
            before: Others::default(),
            between: Others { right: 3, unanswered: vec![(Unanswered::Status(503), 2)] },
            after: refused.clone(),
        };
        assert_eq!(
            told(&spread),
            "What failed ended from +1.610 to +1.690. In between: 3 right, 503 ×2. Later: 503 ×98."
        );
        let one = Spread { to: spread.from, between: Others::default(), ..spread };
        assert_eq!(told(&one), "What failed ended at +1.610. Later: 503 ×98.");
    }
}
