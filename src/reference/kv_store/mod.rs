//! The key-value store, as far as a node alone goes: HTTP in front, a log and snapshots behind.
//!
//! | module | holds |
//! |---|---|
//! | `server` | the life of the process: recover, listen, serve, stop |
//! | `api`, `route`, `value` | which request gets which answer |
//! | `store` | what the API may ask: get, write, close |
//! | `writer` | the one thread that writes; group commit |
//! | `storage` | log, snapshot and map together: recovery, commit, compaction |
//! | `log`, `snapshot`, `record`, `crc32` | the files and their bytes |
//! | `map` | the state machine |
//! | `bug`, `saved_at_exit` | the seeded bugs, and another store that some of them need |

/// Prints a line for the log. An output that nobody reads any more is no reason to stop serving, which is
/// what `println` would do.
macro_rules! say {
    ($($message:tt)*) => {{
        use std::io::Write;
        let _: std::io::Result<()> = writeln!(std::io::stdout(), $($message)*);
    }};
}

mod api;
mod bug;
mod crc32;
mod error;
mod folder;
mod log;
mod map;
mod record;
mod route;
mod saved_at_exit;
mod server;
mod snapshot;
mod storage;
mod store;
mod value;
mod writer;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

pub(super) use bug::BUGS;
use bug::Bug;

/// A correct key-value store, or one with a seeded bug.
#[derive(Parser)]
#[command(name = "lsfr __reference kv-store")]
struct Args {
    /// Listen on 127.0.0.1 at this port; 0 takes a free one and prints it
    #[arg(long)]
    port: u16,
    /// Keep all data in this folder
    #[arg(long, value_name = "PATH")]
    working_dir: PathBuf,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = parse_bug)]
    bug: Option<Bug>,
}

fn parse_bug(name: &str) -> Result<Bug, String> {
    Bug::named(name).ok_or_else(|| {
        let names: Vec<&str> = BUGS.iter().map(|bug| bug.name).collect();
        format!("there is no such bug; there are: {}", names.join(", "))
    })
}

/// Runs the store until SIGTERM. `args` are the flags alone.
pub(super) fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let name = OsString::from("lsfr __reference kv-store");
    let args = match Args::try_parse_from(std::iter::once(name).chain(args)) {
        Ok(args) => args,
        Err(error) => {
            // Nothing can be done about an output that is closed.
            let _: std::io::Result<()> = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // Two threads: requests are short, and what is slow is done by the writer's own thread.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let bug = args.bug.unwrap_or(Bug::None);
    match runtime.block_on(server::run(args.port, &args.working_dir, bug)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
