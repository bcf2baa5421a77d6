//! A moment of a run, which every view of that run can be sent to: its logs, its cluster, its history.

use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The folder of the run.
    pub run: PathBuf,
    /// Since the run began.
    pub at: Duration,
}
