//! What is done to nodes and links, or what nodes do of their own accord, in a word.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::node::NodeEventKind;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    Start,
    Stop,
    Kill,
    Pause,
    Resume,
    /// It ended by itself.
    Exit,
    /// It passed a limit, and was killed for it.
    Limit,
    Partition,
    Isolate,
    /// The links of a ring are kept, and all others cut.
    Leave,
    Cut,
    Slow,
    Reset,
    Heal,
    /// Something of which a record of another version says only that it was done to links.
    #[default]
    #[serde(other)]
    Links,
}

impl Verb {
    pub fn from_event(what: &NodeEventKind) -> Self {
        match what {
            NodeEventKind::Started { .. } | NodeEventKind::Ready { .. } | NodeEventKind::StartFailed { .. } => {
                Verb::Start
            }
            NodeEventKind::Stopping | NodeEventKind::Stopped { .. } => Verb::Stop,
            NodeEventKind::Killed | NodeEventKind::GuardLost => Verb::Kill,
            NodeEventKind::Paused => Verb::Pause,
            NodeEventKind::Resumed => Verb::Resume,
            NodeEventKind::MainExited { .. } | NodeEventKind::Exited { .. } => Verb::Exit,
            NodeEventKind::OverLimit { .. } => Verb::Limit,
        }
    }

    /// In lower case, for the middle of a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Start => "start",
            Verb::Stop => "stop",
            Verb::Kill => "kill",
            Verb::Pause => "pause",
            Verb::Resume => "resume",
            Verb::Exit => "exit",
            Verb::Limit => "limit",
            Verb::Partition => "partition",
            Verb::Isolate => "isolate",
            Verb::Leave => "leave",
            Verb::Cut => "cut",
            Verb::Slow => "slow",
            Verb::Reset => "reset",
            Verb::Heal => "heal",
            Verb::Links => "links",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.word().to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_is_shown_and_an_unknown_one_is_of_links() {
        for verb in [Verb::Start, Verb::Limit, Verb::Partition, Verb::Heal] {
            assert_eq!(serde_json::to_value(verb).unwrap(), verb.to_string());
        }
        assert_eq!(serde_json::from_str::<Verb>(r#""TWIST""#).unwrap(), Verb::Links);
    }
}
