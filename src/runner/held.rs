//! What comes before the tests of a stage and can hold them all back.

use crate::cluster::StartError;

use super::event::Blocked;
use super::stop::Stop;

/// What holds back the tests of a stage.
#[derive(Debug)]
pub(super) struct Held {
    /// In a few words.
    pub(super) reason: &'static str,
    /// False where a slow machine may have caused it.
    pub(super) judged: bool,
}

impl Held {
    pub(super) fn by(why: &Blocked) -> Self {
        let reason = match why {
            Blocked::Build { .. } => "the build failed",
            Blocked::Start { .. } => "the program does not start",
        };
        Self { reason, judged: true }
    }
}

/// Why the nodes are not all up.
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
