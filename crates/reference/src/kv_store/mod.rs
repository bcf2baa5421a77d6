//! The key-value store: HTTP in front, a log behind it. A single node adds snapshots, a node with peers adds Raft.
//!
//! | module | holds |
//! |---|---|
//! | `server` | the life of the process: recover, listen, serve, stop |
//! | `api`, `route`, `value`, `conditions` | which request gets which answer |
//! | `store` | what the API may ask: read, write, close |
//! | `replicated`, `raft` | the store of a cluster, and the algorithm in it |
//! | `transactions` | several operations as one step, in one group or over many |
//! | `groups` | many clusters, each with a part of the keys |
//! | `writer` | the one thread that writes; group commit |
//! | `storage` | log, snapshot and map together: recovery, commit, compaction |
//! | `log`, `snapshot`, `record`, `crc32` | the files and their bytes |
//! | `map`, `answers` | the state machine: values, and what was answered |
//! | `journal` | the cluster as a log for another program's state |
//! | `bug`, `saved_at_exit`, `miscounted`, `beside_log` | the seeded bugs, and what some of them do instead |

mod answers;
mod api;
mod beside_log;
mod bug;
mod conditions;
mod crc32;
mod error;
mod folder;
mod groups;
mod journal;
mod log;
mod map;
mod miscounted;
mod raft;
mod record;
mod replicated;
mod route;
mod saved_at_exit;
mod server;
mod snapshot;
mod storage;
mod store;
mod transactions;
mod value;
mod writer;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use super::start::{self, Pace, ServerFlags};
pub(super) use bug::BUGS;
use bug::Bug;
pub(super) use crc32::crc32;
use groups::{GroupFlags, Grouping};
pub(super) use journal::{Journal, Standing};

/// As late as the guides allow: within 2 s a follower no longer names its dead leader, within 3 s there is a new one,
/// and a leader without a majority has stepped down.
const SLOW: Pace = Pace {
    shortest: Duration::from_millis(1500),
    longest: Duration::from_millis(1800),
    hesitation: Duration::from_millis(900),
    quorum_lost: Duration::from_millis(2500),
};

/// A correct key-value store, or one with a seeded bug.
#[derive(Parser)]
#[command(name = "lsfr __reference kv-store")]
struct Flags {
    #[command(flatten)]
    server: ServerFlags,
    #[command(flatten)]
    groups: GroupFlags,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = |name: &str| start::seeded(name, Bug::named, BUGS))]
    bug: Option<Bug>,
}

/// Runs the store until SIGTERM. `flags` follow the name on the command line.
pub(super) fn main(flags: impl Iterator<Item = OsString>) -> ExitCode {
    let Flags { server, groups, bug } = match start::flags("kv-store", flags) {
        Ok(flags) => flags,
        Err(status) => return status,
    };
    server.late.sleep();
    let grouping = groups.grouping();
    let book = server.address_book(SLOW, grouping.as_ref().and_then(Grouping::members));
    let bug = bug.unwrap_or(Bug::None);
    start::serve(server::run(server.port, &server.working_dir, book.map(|book| (book, grouping)), bug))
}
