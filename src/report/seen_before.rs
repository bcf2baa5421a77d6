//! Which failures of several runs are of the same kind: a test that fails fifty times in the same way is shown in full
//! once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::card::Card;
use crate::facts::FailureKind;

/// The kinds of failure that were shown so far. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct SeenBefore {
    kinds: Arc<Mutex<BTreeSet<Kind>>>,
}

/// The same test failed at the same step in the same way.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    stage: String,
    test: String,
    step: Option<String>,
    kind: Option<FailureKind>,
    judged: bool,
}

impl SeenBefore {
    /// Whether a failure of this kind was shown before; from now on it counts as shown.
    pub fn add(&self, card: &Card) -> bool {
        let kind = Kind {
            stage: card.stage.clone(),
            test: card.test.clone(),
            step: card.step.as_ref().map(|step| step.path.clone()),
            kind: card.kind,
            judged: card.not_judged.is_none(),
        };
        !self.kinds.lock().unwrap_or_else(PoisonError::into_inner).insert(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Place;

    #[test]
    fn a_failure_is_known_by_its_test_its_step_and_its_kind() {
        let seen = SeenBefore::default();
        let step = |path: &str| Place { file: "tests.yaml".into(), line: 3, path: path.into(), text: String::new() };
        let card = |test: &str, path: &str, kind| Card {
            step: Some(step(path)),
            kind: Some(kind),
            ..Card::example("s", test, &[])
        };
        let cards = [
            card("a", "steps[0]", FailureKind::Refused),
            card("a", "steps[0]", FailureKind::WrongStatus),
            card("a", "steps[1]", FailureKind::Refused),
            card("b", "steps[0]", FailureKind::Refused),
        ];
        assert!(cards.iter().all(|card| !seen.add(card)));
        assert!(cards.iter().all(|card| seen.clone().add(card)));
        let unjudged = Card { not_judged: Some("busy".into()), ..cards[0].clone() };
        assert!(!seen.add(&unjudged), "that it failed is still to be told");
    }
}
