//! What lsfr and a guard say to each other: one JSON value per line, orders down the guard's stdin, reports up its
//! stdout. The end of the orders is itself an order: kill everything.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use super::limits::{Limits, OverLimit};
use crate::facts::{ExitStatus, Signalled};

/// The first line: what to start. It comes through the pipe and not as arguments, because `pkill -f lsfr` reads
/// arguments, and the paths of a run contain that word.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Launch {
    pub(crate) program: OsString,
    pub(crate) args: Vec<OsString>,
    pub(crate) dir: OsString,
    /// Appended to; becomes the program's stdout and stderr.
    pub(crate) log: OsString,
    /// Another file that the program prints to: its stdout.
    pub(crate) output: Option<OsString>,
    /// The program's stdin, which is empty without it.
    pub(crate) input: Option<OsString>,
    pub(crate) limits: Limits,
    /// The system stops it when any file that it writes has this many bytes.
    pub(crate) longest_file: Option<u64>,
    /// Where the program listens, if it is a node.
    pub(crate) port: Option<u16>,
}

/// Every order but `Kill` is answered with [`Report::Done`], in order; `Kill` with [`Report::Empty`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    Term,
    Kill,
    Pause,
    Resume,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Report {
    Started {
        pid: i32,
    },
    /// The operating system would not start the program.
    NotStarted {
        errno: Option<i32>,
        message: String,
    },
    /// run.sh ended; other processes of the tree live on.
    MainExited(ExitStatus),
    Done,
    /// SIGTERM is on its way to a process.
    Signalled(Signalled),
    OverLimit(OverLimit),
    /// The tree has no process left. The guard's last word.
    Empty {
        status: ExitStatus,
    },
}
