//! What is said, heard and done on a connection of a `tcp` step.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::item::Item;
use super::mismatch::Mismatch;
use super::not;
use super::operation::{Cause, Excerpt};
use crate::seconds;

/// Something said, heard or done on a connection of a `tcp` step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    pub connection: String,
    pub node: String,
    /// Since the run began: when it was written, or when the last of it was read.
    #[serde(with = "seconds")]
    pub when: Duration,
    /// What it is about, as far as the pack's models say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Item>,
    /// It may change something.
    #[serde(default, skip_serializing_if = "not")]
    pub changes: bool,
    /// Values that it gives to the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<Given>,
    #[serde(flatten)]
    pub what: Speech,
}

/// A value that a command gives to a program, with what the command says of it, by the names of the pack's models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub value: String,
    pub arguments: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "speech", rename_all = "snake_case")]
pub enum Speech {
    /// By lsfr.
    Sent {
        text: Excerpt,
    },
    /// By the node: a line with its end, or the bytes that were asked for.
    Received {
        text: Excerpt,
    },
    Opened,
    /// By the node, or in a way that shows an error.
    Ended {
        cause: Cause,
    },
    /// By lsfr.
    Closed {
        how: Closing,
    },
    /// Nothing came for this long.
    Silence {
        #[serde(with = "seconds")]
        time: Duration,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    All,
    /// For writing only.
    Write,
    Reset,
}

/// A conversation that went wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conversation {
    pub connection: String,
    pub node: String,
    /// `127.0.0.1:24011`.
    pub address: String,
    /// Everything that lsfr has sent on this connection, so that it can be sent again by hand.
    pub sent: Excerpt,
    /// When it was noticed.
    #[serde(with = "seconds")]
    pub when: Duration,
    /// What came differs.
    pub mismatches: Vec<Mismatch>,
    /// What should have come was about these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Item>,
    /// What happened, where no difference shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Why nothing more came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// A deadline passed.
    pub late: bool,
    /// It did, and the program was not granted that time.
    #[serde(default, skip_serializing_if = "not")]
    pub starved: bool,
    /// As for an HTTP answer: a cluster that has not settled on a leader may say this.
    #[serde(default, skip_serializing_if = "not")]
    pub unsettled: bool,
}
