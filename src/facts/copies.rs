//! When copies of the same steps failed, and what came of the others.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::asked::Unanswered;
use crate::seconds;

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
