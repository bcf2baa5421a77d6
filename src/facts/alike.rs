//! What failures that have one cause share, so that they can be told as one.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::FailureKind;
use super::failure::{Case, Finding, Ran, What};
use super::mismatch::{Expected, Mismatch};
use super::operation::{Answered, Cause, Operation};
use super::spot::Spot;

/// Failures for which this is equal went wrong in the same way, whichever test found it and whatever waited for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Alike {
    /// The program says itself that it cannot do this yet, whatever was expected.
    NotImplemented,
    /// There was no answer, or no more of it.
    NoAnswer { cause: Cause },
    /// The same place differs, by the same values.
    Differs { of: FailureKind, path: Spot, expected: Expected, actual: Option<Json> },
    /// A program did not end in time.
    NotEnded { of: FailureKind },
    /// No node took this role.
    NoRole { role: String },
}

/// A value longer than this, as JSON, is one test's own: it is not kept twice.
const MOST: usize = 200;

impl What {
    /// None where a sentence says what went wrong, or where it is a story of its own.
    pub fn alike(&self) -> Option<Alike> {
        let finding = self.finding();
        let kind = finding.kind();
        match finding {
            Finding::Answer { operation, mismatches } => answer(kind, operation, mismatches),
            Finding::Answers { others, .. } => {
                let (operation, mismatches) = others.first()?;
                answer(kind, operation, mismatches)
            }
            Finding::Conversation(talk) => match talk.cause {
                Some(cause) => Some(Alike::NoAnswer { cause }),
                None => differs(kind, &talk.mismatches),
            },
            Finding::NoRole { role, .. } => Some(Alike::NoRole { role: role.clone() }),
            Finding::Command { ran, mismatches } => ended(kind, ran, mismatches),
            Finding::Cases { first, .. } => {
                let Case { ran, mismatches, .. } = &**first;
                ended(kind, ran, mismatches)
            }
            Finding::DiskUsage { mismatches, .. } => differs(kind, mismatches),
            Finding::Traffic(_)
            | Finding::TooFew { .. }
            | Finding::Node { .. }
            | Finding::Breach { .. }
            | Finding::Violation(_)
            | Finding::Undecided { .. }
            | Finding::ShortWalk(_)
            | Finding::Value { .. }
            | Finding::Compared { .. } => None,
        }
    }
}

fn answer(kind: FailureKind, operation: &Operation, mismatches: &[Mismatch]) -> Option<Alike> {
    match (&operation.result, kind) {
        (Answered::NoAnswer { cause, .. }, _) => Some(Alike::NoAnswer { cause: *cause }),
        (Answered::Answer(_), FailureKind::NotImplemented) => Some(Alike::NotImplemented),
        (Answered::Answer(_), _) => differs(kind, mismatches),
    }
}

fn ended(kind: FailureKind, ran: &Ran, mismatches: &[Mismatch]) -> Option<Alike> {
    if ran.late && mismatches.is_empty() { Some(Alike::NotEnded { of: kind }) } else { differs(kind, mismatches) }
}

fn differs(kind: FailureKind, mismatches: &[Mismatch]) -> Option<Alike> {
    let Mismatch { path, expected, actual, .. } = mismatches.first()?;
    let is_short = |value: &Json| value.to_string().len() <= MOST;
    let expects_little = match expected {
        Expected::Value(value) => is_short(value),
        Expected::Words(words) => words.len() <= MOST,
    };
    (expects_little && actual.as_ref().is_none_or(is_short)).then(|| Alike::Differs {
        of: kind,
        path: path.clone(),
        expected: expected.clone(),
        actual: actual.clone(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::operation::{Answer, Excerpt};
    use super::*;

    fn answered(result: Answered, mismatches: Vec<Mismatch>) -> What {
        let operation = Operation::example("PUT", result);
        Finding::Answer { operation: Box::new(operation), mismatches }.into()
    }

    fn status(expected: u16, actual: u16) -> What {
        let answer = Answer { status: actual, headers: Vec::new(), body: Excerpt::new(b""), unsettled: false };
        let path = Spot::Status;
        let differs =
            Mismatch { path, expected: Expected::Value(expected.into()), actual: Some(actual.into()), source: None };
        answered(Answered::Answer(answer), vec![differs])
    }

    fn unanswered(cause: Cause, detail: &str) -> What {
        answered(Answered::NoAnswer { cause, detail: detail.into(), part: None, starved: false }, Vec::new())
    }

    fn waited(last: What) -> What {
        let last = Box::new(last);
        What::NotInTime { within: Duration::ZERO, attempts: 2, last, seen: Vec::new(), starved: false }
    }

    #[test]
    fn the_same_values_at_the_same_place_are_alike() {
        assert_eq!(status(200, 404).alike(), waited(status(200, 404)).alike());
        assert_ne!(status(200, 404).alike(), status(200, 500).alike());
        assert_ne!(status(200, 404).alike(), status(204, 404).alike());
    }

    #[test]
    fn what_a_program_cannot_do_yet_is_alike_whatever_was_expected() {
        assert_eq!(status(200, 501).alike(), Some(Alike::NotImplemented));
        assert_eq!(status(200, 501).alike(), status(404, 501).alike());
    }

    #[test]
    fn the_cause_of_a_missing_answer_counts_and_its_words_do_not() {
        assert_eq!(unanswered(Cause::Closed, "a").alike(), unanswered(Cause::Closed, "b").alike());
        assert_ne!(unanswered(Cause::Closed, "a").alike(), unanswered(Cause::Reset, "a").alike());
    }

    #[test]
    fn what_only_a_sentence_says_is_alike_to_nothing() {
        let value: What = Finding::Value { sentence: "The answer has no `term`.".into() }.into();
        assert_eq!(value.alike(), None);
        let long = Mismatch {
            path: Spot::from("body"),
            expected: Expected::Value("x".repeat(300).into()),
            actual: Some("".into()),
            source: None,
        };
        let answer = Answer { status: 200, headers: Vec::new(), body: Excerpt::new(b""), unsettled: false };
        assert_eq!(answered(Answered::Answer(answer), vec![long]).alike(), None);
    }

    #[test]
    fn it_is_read_back_as_it_was_written() {
        let role = What::from(Finding::NoRole {
            role: "leader".into(),
            within: Duration::ZERO,
            seen: Vec::new(),
            starved: false,
        });
        for what in [status(200, 404), status(200, 501), unanswered(Cause::HalfAnswer, ""), role] {
            let alike = what.alike().unwrap();
            let json = serde_json::to_string(&alike).unwrap();
            assert_eq!(serde_json::from_str::<Alike>(&json).unwrap(), alike, "{json}");
        }
    }
}
