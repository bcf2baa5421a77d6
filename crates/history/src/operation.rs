//! What one client did once, and how it ended.

use std::time::Duration;

use super::Text;

/// One operation of one client, from its call to its return. Redirects and repeats of the same request belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The logical client. It does one operation at a time; after one whose outcome is unknown, whoever goes on is a new
    /// client, since the old operation may still be under way.
    pub client: u32,
    /// The node that gave the answer; where there was none, the one that was asked last. None: not known.
    pub node: Option<Text>,
    /// The register or queue.
    pub key: Text,
    pub action: Action,
    /// Before the first byte of the request was sent.
    pub called: Duration,
    /// After the last byte of the answer, or when the client gave up. None: it still waited when the history ended.
    /// Whatever is here, an operation whose outcome is unknown stays open to the end of the history.
    pub returned: Option<Duration>,
    pub outcome: Outcome,
    /// What came back, for people: `503`, `no answer in 5 s`.
    pub note: Option<String>,
}

/// What was asked for. In a value, None is an absent key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// `value` is what the client was told, and means something only when the outcome is [`Outcome::Ok`].
    Read { value: Option<Text> },
    /// Checkers are fast and sure where no value is written to a key twice.
    Write { value: Text },
    /// Sets the key to `to` if it holds `from`. With `from: None` it creates the key if there is none, with `to: None` it
    /// deletes it.
    CompareAndSet { from: Option<Text>, to: Option<Text> },
    /// Done whether the key was there or not.
    Delete,
    /// Adds a message to a queue.
    Put { value: Text },
    /// Takes a message; `value` is the message, or None where there was none. As in a read, it means something only
    /// when the outcome is [`Outcome::Ok`].
    Take { value: Option<Text> },
    /// Deletes a message that was taken, for good. In a queue where these occur, a message that was taken and not
    /// deleted comes back; where they never do, to take it is to remove it.
    Ack { value: Text },
}

impl Action {
    /// Of a queue, not of a register.
    pub fn is_of_queue(&self) -> bool {
        matches!(self, Action::Put { .. } | Action::Take { .. } | Action::Ack { .. })
    }
}

/// How an operation ended, as far as its client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done.
    Ok,
    /// Certainly not done, now or later: refused before a byte was sent, or an answer that says so.
    No,
    /// A compare-and-set that was answered with "the key does not hold `from`" (412 in HTTP). More than
    /// [`Outcome::No`]: some time between call and return that was so.
    Unmet,
    /// It may have been done, may be done later, or never: no answer, a reset, a 503.
    Unknown,
}
