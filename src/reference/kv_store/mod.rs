//! The key-value store: HTTP in front, a log behind. A node alone adds snapshots, a node with peers Raft.
//!
//! | module | holds |
//! |---|---|
//! | `server` | the life of the process: recover, listen, serve, stop |
//! | `api`, `route`, `value`, `conditions` | which request gets which answer |
//! | `store` | what the API may ask: read, write, close |
//! | `replicated`, `raft` | the store of a cluster, and the algorithm in it |
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
mod value;
mod writer;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

pub(super) use bug::BUGS;
use bug::Bug;
pub(super) use crc32::crc32;
pub(super) use journal::{Journal, Standing};
use raft::NodeId;
use replicated::AddressBook;

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
    /// This node's name in its cluster
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// This node's way to each of the others, as in n2=127.0.0.1:24112,n3=127.0.0.1:24113
    #[arg(long, value_name = "NAME=ADDRESS,…", value_delimiter = ',', value_parser = parse_peer, requires = "id")]
    peers: Vec<(NodeId, SocketAddr)>,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = parse_bug)]
    bug: Option<Bug>,
}

impl Args {
    /// `None` for a node alone.
    fn address_book(&self) -> Option<AddressBook> {
        let id = self.id.as_deref().filter(|_| !self.peers.is_empty())?;
        let others = self.peers.iter().filter(|(peer, _)| **peer != *id);
        Some(AddressBook { id: id.into(), peers: others.cloned().collect() })
    }
}

fn parse_peer(peer: &str) -> Result<(NodeId, SocketAddr), String> {
    let parsed = peer.split_once('=').and_then(|(id, address)| Some((id, address.parse().ok()?)));
    match parsed {
        Some((id, address)) if !id.is_empty() => Ok((id.into(), address)),
        _ => Err("it is not like n2=127.0.0.1:24112".to_owned()),
    }
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
    match runtime.block_on(server::run(args.port, &args.working_dir, args.address_book(), bug)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
