//! What the references have in common at their start: flags, and a runtime for servers.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;

use super::SeededBug;

/// The flags of every server.
#[derive(clap::Args)]
pub(super) struct ServerFlags {
    /// Listen on 127.0.0.1 at this port; 0 takes a free one and prints it
    #[arg(long)]
    pub(super) port: u16,
    /// Keep all data in this folder
    #[arg(long, value_name = "PATH")]
    pub(super) working_dir: PathBuf,
    /// This node's name in its cluster
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// This node's way to each of the others, as in n2=127.0.0.1:24112,n3=127.0.0.1:24113
    #[arg(long, value_name = "NAME=ADDRESS,…", value_delimiter = ',', value_parser = parse_peer, requires = "id")]
    peers: Vec<(Arc<str>, SocketAddr)>,
    /// The nodes that the cluster begins with, as in n1,n2,n3; without it all of --peers and this one. A node that has
    /// stored newer members goes by those
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', requires = "peers")]
    members: Vec<Arc<str>>,
    #[command(flatten)]
    pub(super) late: LateStart,
    /// Elect, and step down, as late as the guides allow
    #[arg(long)]
    slow_elections: bool,
}

impl ServerFlags {
    /// `None` for a single node. `slow` is what `--slow-elections` means for this program; `members` are those that a
    /// cluster without `--members` begins with, where those are not all.
    pub(super) fn address_book(&self, slow: Pace, members: Option<&BTreeSet<Arc<str>>>) -> Option<AddressBook> {
        let id = self.id.as_deref().filter(|_| !self.peers.is_empty())?;
        let others = self.peers.iter().filter(|(peer, _)| **peer != *id);
        let pace = if self.slow_elections { slow } else { Pace::USUAL };
        let all = self.peers.iter().map(|(peer, _)| peer.clone()).chain([id.into()]);
        let members = match (self.members.is_empty(), members) {
            (true, Some(members)) => members.clone(),
            (true, None) => all.collect(),
            (false, _) => self.members.iter().cloned().collect(),
        };
        Some(AddressBook { id: id.into(), peers: others.cloned().collect(), members, pace })
    }
}

/// The flag of a program that starts as a large runtime does.
#[derive(clap::Args)]
pub(super) struct LateStart {
    /// Wait this many seconds before starting
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    start_after: u64,
}

impl LateStart {
    /// Comes before anything else: while a runtime loads nothing listens, and no timer runs.
    pub(super) fn sleep(&self) {
        std::thread::sleep(Duration::from_secs(self.start_after));
    }
}

/// This node, and how it reaches every node that it may ever talk to.
#[derive(Clone, Debug)]
pub(super) struct AddressBook {
    pub(super) id: Arc<str>,
    pub(super) peers: BTreeMap<Arc<str>, SocketAddr>,
    /// The configuration that the cluster begins with.
    pub(super) members: BTreeSet<Arc<str>>,
    pub(super) pace: Pace,
}

/// How long nodes of a cluster wait for each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// A follower that hears nothing forgets its leader after a time drawn from between these two.
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
    /// How long it then waits before it asks anyone for a vote.
    pub(super) hesitation: Duration,
    /// A leader that has not heard from a majority for this long steps down.
    pub(super) quorum_lost: Duration,
}

impl Pace {
    pub(super) const USUAL: Pace = Pace {
        shortest: Duration::from_millis(500),
        longest: Duration::from_millis(1000),
        hesitation: Duration::ZERO,
        quorum_lost: Duration::from_secs(1),
    };
}

fn parse_peer(peer: &str) -> Result<(Arc<str>, SocketAddr), String> {
    let parsed = peer.split_once('=').and_then(|(id, address)| Some((id, address.parse().ok()?)));
    match parsed {
        Some((id, address)) if !id.is_empty() => Ok((id.into(), address)),
        _ => Err("it is not like n2=127.0.0.1:24112".to_owned()),
    }
}

/// What `--bug` takes.
pub(super) fn seeded<B>(name: &str, named: fn(&str) -> Option<B>, bugs: &[SeededBug]) -> Result<B, String> {
    named(name).ok_or_else(|| {
        let names: Vec<&str> = bugs.iter().map(|bug| bug.name).collect();
        format!("there is no such bug; there are: {}", names.join(", "))
    })
}

/// Reads the flags of the reference called `name`. If they are wrong, or help is asked for, the message has already
/// been printed, and the error is the status to exit with.
pub(super) fn flags<F: Parser>(name: &str, flags: impl Iterator<Item = OsString>) -> Result<F, ExitCode> {
    let name = OsString::from(format!("lsfr __reference {name}"));
    F::try_parse_from(std::iter::once(name).chain(flags)).map_err(|error| {
        // Nothing can be done about an output that is closed.
        let _: std::io::Result<()> = error.print();
        ExitCode::from(if error.use_stderr() { 2 } else { 0 })
    })
}

/// Runs a server to its end.
pub(super) fn serve<E: Display>(server: impl Future<Output = Result<(), E>>) -> ExitCode {
    // Two threads: requests are short, and what is slow is done by a thread of the server's own.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(server);
    // Idle connections are not waited for.
    runtime.shutdown_background();
    ended_with(ended)
}

pub(super) fn ended_with<E: Display>(ended: Result<(), E>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
