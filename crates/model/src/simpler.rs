//! What may stand in a step's place that is simpler.

use super::kind::Takes;
use super::operation::FAR;
use super::walk::{Act, Operation, Step};

/// A part of operations that may be simpler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Value,
    Number(Takes),
    Worker,
}

impl Part {
    pub(crate) const ALL: [Part; 7] = [
        Part::Value,
        Part::Number(Takes::Priority),
        Part::Number(Takes::Delay),
        Part::Number(Takes::Count),
        Part::Worker,
        Part::Number(Takes::TimeToRun),
        Part::Number(Takes::Seconds),
    ];

    /// The operation of a step with this as simple as can be; none if it is.
    fn simplest(self, operation: &Operation, step: usize) -> Option<Operation> {
        match self {
            // All that have one name must stay one request.
            Part::Value => {
                let value = operation.value.as_ref().filter(|_| operation.id.is_none())?;
                let plain = format!("w{step}");
                let is_plain =
                    value.len() <= plain.len() && value.chars().all(|letter| letter.is_ascii_alphanumeric());
                (!is_plain).then(|| Operation { value: Some(plain.into()), ..operation.clone() })
            }
            Part::Number(part) => {
                let simplest = match part {
                    Takes::Count => 1,
                    Takes::TimeToRun | Takes::Seconds => FAR,
                    _ => 0,
                };
                operation.numbers.get(&part).filter(|number| **number != simplest)?;
                let mut operation = operation.clone();
                operation.numbers.insert(part, simplest);
                Some(operation)
            }
            Part::Worker => (operation.by > 0).then(|| Operation { by: 0, ..operation.clone() }),
        }
    }
}

/// The steps with a part as simple as can be in all of them; none if it is.
pub(crate) fn all_simpler(steps: &[Step], part: Part) -> Option<Vec<Step>> {
    let simpler = |step: &Step| {
        let operation = part.simplest(step.operation()?, step.number)?;
        Some(Step { number: step.number, act: with(&step.act, operation) })
    };
    let simplest: Vec<Step> = steps.iter().map(|step| simpler(step).unwrap_or_else(|| step.clone())).collect();
    (simplest != steps).then_some(simplest)
}

/// What may stand in the place of a step, the simplest first.
pub(crate) fn simpler(step: &Step, last: bool) -> Vec<Act> {
    let mut ways = Vec::new();
    if let Act::KillWithin(operation) = &step.act {
        if !last {
            ways.push(Act::Kill);
        }
        ways.push(Act::Ask(operation.clone()));
    }
    let Some(operation) = step.operation() else { return ways };
    let parts = Part::ALL.iter().filter_map(|part| part.simplest(operation, step.number));
    ways.extend(parts.map(|operation| with(&step.act, operation)));
    ways
}

/// The same with another operation.
fn with(act: &Act, operation: Operation) -> Act {
    match act {
        Act::KillWithin(_) => Act::KillWithin(operation),
        _ => Act::Ask(operation),
    }
}
