//! The message queue: beanstalkd's protocol in front, a log or a journal that nodes agree on behind.
//!
//! | module | holds |
//! |---|---|
//! | `server` | the life of the process: recover, listen, serve, stop |
//! | `connection`, `command` | bytes of one client; what a line says |
//! | `service` | the thread that owns the queue: who gets which answer, and when |
//! | `queue` | jobs, tubes, and the times at which something happens to them |
//! | `stats` | numbers and lists, as YAML |
//! | `change` | what outlives a crash |
//! | `keeper`, `log`, `cluster` | what makes changes last: a file, or a majority |
//! | `bug` | the seeded bugs |

mod bug;
mod change;
mod cluster;
mod command;
mod connection;
mod keeper;
mod log;
mod queue;
mod server;
mod service;
mod stats;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

pub(super) use bug::BUGS;
use bug::Bug;

/// A correct message queue, or one with a seeded bug.
#[derive(Parser)]
#[command(name = "lsfr __reference message-queue")]
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
    peers: Vec<(Arc<str>, SocketAddr)>,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = parse_bug)]
    bug: Option<Bug>,
}

/// This node, and how it reaches the others.
struct Peers {
    id: Arc<str>,
    peers: BTreeMap<Arc<str>, SocketAddr>,
}

fn parse_peer(peer: &str) -> Result<(Arc<str>, SocketAddr), String> {
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

/// Runs the queue until SIGTERM. `args` are the flags alone.
pub(super) fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let name = OsString::from("lsfr __reference message-queue");
    let args = match Args::try_parse_from(std::iter::once(name).chain(args)) {
        Ok(args) => args,
        Err(error) => {
            // Nothing can be done about an output that is closed.
            let _: std::io::Result<()> = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // Two threads: what is slow is done by the service's own.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let peers: BTreeMap<Arc<str>, SocketAddr> = args.peers.into_iter().collect();
    let peers = args.id.filter(|_| !peers.is_empty()).map(|id| Peers { id: id.into(), peers });
    let bug = args.bug.unwrap_or(Bug::None);
    let ended = runtime.block_on(server::run(args.port, &args.working_dir, peers, bug));
    // Connections that wait are not waited for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
