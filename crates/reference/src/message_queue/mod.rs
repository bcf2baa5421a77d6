//! The message queue: beanstalkd's protocol in front, and behind it a log, or a journal that nodes agree on.
//!
//! | module | holds |
//! |---|---|
//! | `server` | the life of the process: recover, listen, serve, stop |
//! | `connection`, `command` | bytes of one client; what a line says |
//! | `service` | the thread that owns the queue: who gets which answer, and when |
//! | `client` | what is known of a connection |
//! | `queue` | jobs, tubes, and the times at which something happens to them |
//! | `stats` | numbers and lists, as YAML |
//! | `change` | what outlives a crash |
//! | `keeper`, `log`, `cluster` | what makes changes last: a file, or a majority |
//! | `bug` | the seeded bugs |

mod bug;
mod change;
mod client;
mod cluster;
mod command;
mod connection;
mod keeper;
mod log;
mod queue;
mod server;
mod service;
mod stats;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use super::start::{self, Pace, ServerFlags};
pub(super) use bug::BUGS;
use bug::Bug;

/// As late as the guides allow: the next leader serves within 10 s, and one that is cut off answers as such after 3 s.
const SLOW: Pace = Pace {
    shortest: Duration::from_secs(8),
    longest: Duration::from_secs(9),
    hesitation: Duration::ZERO,
    quorum_lost: Duration::from_millis(2500),
};

/// A correct message queue, or one with a seeded bug.
#[derive(Parser)]
#[command(name = "lsfr __reference message-queue")]
struct Flags {
    #[command(flatten)]
    server: ServerFlags,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = |name: &str| start::seeded(name, Bug::named, BUGS))]
    bug: Option<Bug>,
}

/// Runs the queue until SIGTERM. `flags` follow the name on the command line.
pub(super) fn main(flags: impl Iterator<Item = OsString>) -> ExitCode {
    let Flags { server, bug } = match start::flags("message-queue", flags) {
        Ok(flags) => flags,
        Err(status) => return status,
    };
    server.late.sleep();
    start::serve(server::run(
        server.port,
        &server.working_dir,
        server.address_book(SLOW, None),
        bug.unwrap_or(Bug::None),
    ))
}
