//! What was asked of several nodes or of many copies, and what came instead of answers.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::operation::Cause;

/// How many of the nodes that were asked must answer as expected. Written as tests write it: `exactly 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Need {
    All,
    None,
    Exactly(u64),
    AtLeast(u64),
}

const EXACTLY: &str = "exactly ";
const AT_LEAST: &str = "at least ";

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Need::All => f.write_str("all"),
            Need::None => f.write_str("none"),
            Need::Exactly(count) => write!(f, "{EXACTLY}{count}"),
            Need::AtLeast(count) => write!(f, "{AT_LEAST}{count}"),
        }
    }
}

impl From<Need> for String {
    fn from(need: Need) -> Self {
        need.to_string()
    }
}

impl TryFrom<String> for Need {
    type Error = Unread;

    fn try_from(text: String) -> Result<Self, Unread> {
        let count = |before: &str| text.strip_prefix(before)?.parse().ok();
        match text.as_str() {
            "all" => Some(Need::All),
            "none" => Some(Need::None),
            _ => count(EXACTLY).map(Need::Exactly).or_else(|| count(AT_LEAST).map(Need::AtLeast)),
        }
        .ok_or(Unread(text))
    }
}

/// What came instead of an answer. Written in a word or two: `timed out`, `503`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Unanswered {
    Cause(Cause),
    /// It timed out, and the program was not granted that time. A record does not tell this from any other timeout.
    Starved,
    /// An answer that counts as no answer.
    Status(u16),
}

/// When an answer was asked for and had come that only says that the cluster has no leader now, or another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub called: Duration,
    pub came: Duration,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = match self {
            Unanswered::Status(status) => return write!(f, "{status}"),
            Unanswered::Cause(cause) => *cause,
            Unanswered::Starved => Cause::TimedOut,
        };
        f.write_str(&cause.word().replace('_', " "))
    }
}

impl From<Unanswered> for String {
    fn from(how: Unanswered) -> Self {
        how.to_string()
    }
}

impl TryFrom<String> for Unanswered {
    type Error = Unread;

    fn try_from(text: String) -> Result<Self, Unread> {
        if let Ok(status) = text.parse() {
            return Ok(Unanswered::Status(status));
        }
        let cause = serde_json::from_value(text.replace(' ', "_").into());
        cause.map(Unanswered::Cause).map_err(|_| Unread(text))
    }
}

/// A word of a record that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known here")]
pub struct Unread(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for need in [Need::All, Need::None, Need::Exactly(1), Need::AtLeast(3)] {
            assert_eq!(Need::try_from(need.to_string()), Ok(need));
        }
        for how in [Unanswered::Cause(Cause::HalfAnswer), Unanswered::Status(503)] {
            assert_eq!(Unanswered::try_from(how.to_string()), Ok(how));
        }
        assert_eq!(Unanswered::Starved.to_string(), "timed out");
        assert!(Need::try_from("most".to_owned()).is_err() && Unanswered::try_from("most".to_owned()).is_err());
    }
}
