//! How copies of the same steps failed, when, and what came of the others, in words.

use super::card_told::listed;
use super::happened::answer;
use super::times::clock;
use crate::facts::{Finding, Mismatch, Operation, Others, Spread};
use crate::text::clean;

/// Copies that went wrong in other ways: `Others failed otherwise. n1 and n5, asked GET /kv/b, got status 404 instead of
/// 200.`
pub(super) fn others(others: &[Finding]) -> Option<String> {
    let each = others.iter().flat_map(|other| alike(&other.wrong_answers()));
    let all: Vec<String> = each.collect();
    (!all.is_empty()).then(|| format!("Others failed otherwise. {}", all.join(" ")))
}

/// Answers of several nodes to one request, those that are alike in one sentence.
fn alike(answers: &[(&Operation, &[Mismatch])]) -> Vec<String> {
    let mut all: Vec<(String, String, Vec<String>)> = Vec::new();
    for (operation, mismatches) in answers {
        let path = operation.hops.first().map_or(&operation.path, |hop| &hop.path);
        let asked = clean(&format!("{} {path}", operation.method));
        let got = clean(&answer(operation, mismatches));
        let node = operation.asked().to_owned();
        match all.iter_mut().find(|(other, came, _)| (other, came) == (&asked, &got)) {
            Some((.., nodes)) => nodes.push(node),
            None => all.push((asked, got, vec![node])),
        }
    }
    all.into_iter().map(|(asked, got, nodes)| format!("{}, asked {asked}, {got}.", listed(&nodes))).collect()
}

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
