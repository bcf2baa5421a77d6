//! When copies of the same steps failed, and what came of the others.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::asked::Unanswered;
use super::failure::{Finding, What};
use super::mismatch::Mismatch;
use super::operation::{Answered, Cause, Operation};
use super::spot::Spot;
use crate::seconds;

/// This many are kept beside the first.
const OTHERS: usize = 3;

/// Of copies that failed beside the `first`, those that went wrong in another way than it and than each other.
pub fn in_other_ways(first: &What, rest: impl Iterator<Item = What>) -> Vec<Finding> {
    let mut others: Vec<Finding> = Vec::new();
    for finding in rest.map(What::into_finding) {
        let is_new = {
            let how = ways(&finding);
            !how.is_empty() && ways(first.finding()) != how && others.iter().all(|other| ways(other) != how)
        };
        if is_new {
            others.push(finding);
        }
        if others.len() == OTHERS {
            break;
        }
    }
    others
}

/// What was asked for, without the name of the key; what came; and where that differs from what was expected.
#[derive(PartialEq, Eq)]
struct Way<'a> {
    method: &'a str,
    place: &'a str,
    came: Result<u16, Cause>,
    differs: Option<&'a Spot>,
}

fn ways(finding: &Finding) -> Vec<Way<'_>> {
    let mut ways = Vec::new();
    for (operation, mismatches) in finding.wrong_answers() {
        let way = way(operation, mismatches);
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

fn way<'a>(operation: &'a Operation, mismatches: &'a [Mismatch]) -> Way<'a> {
    let path = operation.path.split_once('?').map_or(&*operation.path, |(path, _)| path);
    Way {
        method: &operation.method,
        place: path.rsplit_once('/').map_or(path, |(place, _)| place),
        came: match &operation.result {
            Answered::Answer(answer) => Ok(answer.status),
            Answered::NoAnswer { cause, .. } => Err(*cause),
        },
        differs: mismatches.first().map(|mismatch| &mismatch.path),
    }
}

/// When the first and the last copy ended that failed, since the run began, and what came of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    #[serde(with = "seconds")]
    pub from: Duration,
    #[serde(with = "seconds")]
    pub to: Duration,
    pub before: Others,
    pub between: Others,
    pub after: Others,
}

/// Copies that did not fail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    #[serde(default)]
    pub right: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<(Unanswered, usize)>,
}

/// How a copy ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyEnd {
    Right,
    Unanswered(Unanswered),
    Failed,
}

impl Others {
    pub fn is_empty(&self) -> bool {
        self.right == 0 && self.unanswered.is_empty()
    }

    fn count(&mut self, end: CopyEnd) {
        match end {
            CopyEnd::Right => self.right += 1,
            CopyEnd::Failed => {}
            CopyEnd::Unanswered(how) => match self.unanswered.iter_mut().find(|(other, _)| *other == how) {
                Some((_, count)) => *count += 1,
                None => self.unanswered.push((how, 1)),
            },
        }
    }
}

impl Spread {
    /// `ends` are in order of time. None if no copy failed, or all did.
    pub fn of(ends: &[(Duration, CopyEnd)]) -> Option<Spread> {
        let is_failed = |(_, end): &(Duration, CopyEnd)| *end == CopyEnd::Failed;
        let (first, last) = (ends.iter().position(is_failed)?, ends.iter().rposition(is_failed)?);
        let others = |ends: &[(Duration, CopyEnd)]| {
            let mut others = Others::default();
            ends.iter().for_each(|(_, end)| others.count(*end));
            others
        };
        let spread = Spread {
            from: ends[first].0,
            to: ends[last].0,
            before: others(&ends[..first]),
            between: others(&ends[first..last]),
            after: others(&ends[last..]),
        };
        let all_failed = spread.before.is_empty() && spread.between.is_empty() && spread.after.is_empty();
        (!all_failed).then_some(spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Excerpt, Expected};

    #[test]
    fn others_that_failed_are_kept_once_for_each_way() {
        let wrong = |path: &str, status: u16, spot: &str| {
            let answer = Answer { status, headers: Vec::new(), body: Excerpt::new(b""), unsettled: false };
            let operation = Operation { path: path.into(), ..Operation::example("GET", Answered::Answer(answer)) };
            let expected = Expected::Value(serde_json::json!(1));
            let mismatch = Mismatch { path: spot.into(), expected, actual: None, source: None };
            What::Found(Finding::Answer { operation: Box::new(operation), mismatches: vec![mismatch] })
        };
        let kept = |first: What, rest: Vec<What>| -> Vec<String> {
            let kept = in_other_ways(&first, rest.into_iter());
            kept.iter().flat_map(Finding::requests).map(|operation| operation.path.clone()).collect()
        };
        let first = || wrong("/kv/a", 200, "status");
        let same = wrong("/kv/b?read=local", 200, "status");
        let gone = || wrong("/kv/c", 404, "status");
        assert_eq!(kept(first(), vec![same, gone(), gone()]), ["/kv/c"]);
        assert_eq!(kept(first(), vec![wrong("/kv/d", 200, "body"), wrong("/x/d", 200, "status")]), ["/kv/d", "/x/d"]);
        let value = What::Found(Finding::Value { sentence: String::new() });
        assert_eq!(kept(first(), vec![value]), [""; 0]);
        let many = (500..520).map(|status| wrong("/kv/e", status, "status")).collect();
        assert_eq!(kept(first(), many).len(), OTHERS);
    }

    #[test]
    fn others_are_counted_by_when_they_ended() {
        let refused = CopyEnd::Unanswered(Unanswered::Status(503));
        let ends = [CopyEnd::Right, CopyEnd::Failed, CopyEnd::Right, CopyEnd::Failed, refused, refused];
        let at = |ends: &[CopyEnd]| -> Vec<(Duration, CopyEnd)> {
            ends.iter().enumerate().map(|(at, end)| (Duration::from_secs(at as u64), *end)).collect()
        };
        let right = Others { right: 1, unanswered: Vec::new() };
        let spread = Spread {
            from: Duration::from_secs(1),
            to: Duration::from_secs(3),
            before: right.clone(),
            between: right,
            after: Others { right: 0, unanswered: vec![(Unanswered::Status(503), 2)] },
        };
        assert_eq!(Spread::of(&at(&ends)), Some(spread));
        assert_eq!(Spread::of(&at(&[CopyEnd::Failed, CopyEnd::Failed])), None);
        assert_eq!(Spread::of(&at(&[refused])), None);
    }
}
