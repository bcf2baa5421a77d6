//! What comes before the tests of a stage and can hold them all back.

use crate::cluster::StartError;

use super::stop::Stop;
use crate::facts::{Blocked, NotStarted};

/// What holds back the tests of a stage.
#[derive(Debug)]
pub(super) struct Held {
    /// In a few words.
    pub(super) reason: &'static str,
    /// Why a busy machine may have caused it, if it may.
    pub(super) not_judged: Option<String>,
    /// The event to report once it is known that there is no second attempt.
    pub(super) untold: Option<Box<NotStarted>>,
}

impl Held {
    pub(super) fn by(why: &Blocked) -> Self {
        let reason = match why {
            Blocked::Build { .. } => "the build failed",
            Blocked::Start { .. } => "the program does not start",
        };
        Self { reason, not_judged: None, untold: None }
    }
}

/// Why not all nodes are up.
#[derive(Debug)]
pub(super) enum Unready {
    /// A node, and why it did not start.
    NotStarted(String, Box<StartError>),
    Stop(Stop),
}

impl From<Stop> for Unready {
    fn from(stop: Stop) -> Self {
        Unready::Stop(stop)
    }
}
