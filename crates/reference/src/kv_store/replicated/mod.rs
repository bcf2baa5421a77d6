//! The store of a cluster: what `store` asks when there are peers.
//!
//! Raft itself is in `raft`, without files and sockets. Here is what it needs around it:
//!
//! | module | holds |
//! |---|---|
//! | `node` | the loop that feeds Raft and does what it says; who waits for what |
//! | `disk`, `ballot`, `snapshot_file` | the thread that writes; term and vote, and a snapshot, in their files |
//! | `compactor` | when a snapshot is due; makes it beside the running node |
//! | `mistakes` | what some bugs do with those files instead |
//! | `transport`, `wire` | a line to each peer; messages as bytes |

mod ballot;
mod compactor;
mod disk;
mod mistakes;
mod node;
mod snapshot_file;
mod transport;
mod wire;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::super::start::AddressBook;
use super::bug::Bug;
use super::error::{StorageError, Trying};
use super::log::Replayed;
use super::map::Outcome;
pub(super) use super::raft::Change;
use super::raft::{Members, NodeId, RoleName, Status};
use super::record::{Command, Condition};
use super::storage::SharedMap;
use compactor::Compactor;
use disk::Disk;
use node::{Changed, Event, Node};
pub(super) use transport::PATH as MESSAGES;
pub(super) use transport::{Connection, post};

/// How long a client's request may wait for the cluster. Below the 3 s in which it wants an answer.
const PATIENCE: Duration = Duration::from_millis(2500);

/// How long a change of the members may take: a new node has 10 s to catch up, and a client waits for 12.
const PATIENCE_WITH_CHANGES: Duration = Duration::from_millis(11_500);

/// The longest request that `long-message-refused` takes.
const LONGEST: usize = 1_000_000;

/// After this time some bugs try again.
const IMPATIENCE: Duration = Duration::from_millis(100);

/// Why a request was not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nothing happened: ask the leader, at this address.
    Redirect(SocketAddr),
    /// Nothing happened: no leader is known.
    NoLeader,
    /// Nothing happened: the key is on its way from one group to another.
    Moving,
    /// Nothing happened: a transaction holds the key.
    Locked,
    /// It may have happened, or may yet.
    Unknown,
    /// Nothing happened: the members are being changed.
    UnderWay,
    /// Nothing happened: there would be no member left.
    LastMember,
    /// Nothing happened: the new member has not caught up in time.
    NotCaughtUp,
}

/// `GET /cluster/info`.
#[derive(Debug, Serialize)]
struct Info<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    role: &'static str,
    term: Term,
    leader: Option<&'a str>,
    peers: Vec<Cow<'a, str>>,
}

/// `GET /cluster/members`.
#[derive(Debug, Serialize)]
struct MemberList {
    members: Members,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Term {
    Number(u64),
    /// Only for `term-is-text`.
    Text(String),
}

pub(super) struct Replicated {
    book: Arc<AddressBook>,
    events: mpsc::UnboundedSender<Event>,
    status: watch::Receiver<Status>,
    disk: Disk,
    failed: watch::Receiver<bool>,
    bug: Bug,
}

impl Replicated {
    /// Recovers the log in `folder` and joins the cluster. `map` shows what is applied.
    pub(super) fn open(
        folder: &Path,
        book: AddressBook,
        map: SharedMap,
        bug: Bug,
    ) -> Result<(Replicated, Replayed), StorageError> {
        let book = Arc::new(book);
        let (events, inbox) = mpsc::unbounded_channel();
        let mut found = disk::recover(folder, bug)?;
        mistakes::forget_prepared(&mut found.stored.entries, bug);
        mistakes::close_gap(&mut found.stored, &book.members, bug);
        let (failure, failed) = watch::channel(false);
        let compactor = Compactor::new(folder, events.clone(), failure.clone(), bug);
        let (disk, queue) = Disk::start(found.files, events.clone(), failure).trying("start a thread for", folder)?;
        let compactor = compactor.load(found.stored.snapshot.as_ref(), &found.again, &map)?;
        let (node, status) = Node::new(&book, found.stored, map, queue, compactor, bug);
        tokio::spawn(node.run(inbox));
        Ok((Replicated { book, events, status, disk, failed, bug }, found.replayed))
    }

    /// Returns the outcome of the command once it is committed, and applied here.
    pub(super) async fn write(&self, command: Command) -> Result<Outcome, Refused> {
        let again = match self.bug {
            Bug::ReproposesAfterTimeout => true,
            Bug::RetriedConditionUnmet => command.condition != Condition::None,
            _ => false,
        };
        if again {
            return self.write_again_and_again(command).await;
        }
        self.ask(|answer| Event::Write(command, answer)).await
    }

    /// Only for bugs: an attempt that is given up may still be committed.
    async fn write_again_and_again(&self, command: Command) -> Result<Outcome, Refused> {
        let begun = Instant::now();
        loop {
            let attempt = self.ask(|answer| Event::Write(command.clone(), answer));
            match timeout(IMPATIENCE, attempt).await {
                Ok(Err(Refused::Unknown)) | Err(_) if begun.elapsed() < PATIENCE => {}
                Ok(result) => return result,
                Err(_) => return Err(Refused::Unknown),
            }
        }
    }

    /// Returns when what is applied here is at least as new as everything committed when this was called.
    pub(super) async fn catch_up(&self) -> Result<(), Refused> {
        self.ask(Event::Read).await
    }

    /// Returns when the members are changed, and a new one has caught up.
    pub(super) async fn change(&self, change: Change) -> Result<(), Refused> {
        loop {
            let changed = self.ask_for(PATIENCE_WITH_CHANGES, |answer| Event::Change(change.clone(), answer));
            match changed.await? {
                Changed::Done => return Ok(()),
                // Another node may lead by now, and may have changed them.
                Changed::AlreadySo => return self.catch_up().await,
                Changed::TooEarly => self.catch_up().await?,
                Changed::UnderWay => return Err(Refused::UnderWay),
                Changed::LastMember => return Err(Refused::LastMember),
                Changed::GivenUp => return Err(Refused::NotCaughtUp),
            }
        }
    }

    async fn ask<T>(&self, event: impl FnOnce(node::Answer<T>) -> Event) -> Result<T, Refused> {
        let patience = if self.bug == Bug::RedirectsAfterAppend { 2 * PATIENCE } else { PATIENCE };
        self.ask_for(patience, event).await
    }

    async fn ask_for<T>(
        &self,
        patience: Duration,
        event: impl FnOnce(node::Answer<T>) -> Event,
    ) -> Result<T, Refused> {
        if self.bug == Bug::LeaderLooksItselfUp && self.leads() {
            return Err(Refused::NoLeader);
        }
        let (answer, answered) = oneshot::channel();
        self.events.send(event(answer)).map_err(|_| Refused::Unknown)?;
        match timeout(patience, answered).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(leader))) => Err(self.elsewhere(leader)),
            // Too late, or the node stopped leading before it could say.
            Err(_) | Ok(Err(_)) => Err(Refused::Unknown),
        }
    }

    fn elsewhere(&self, leader: Option<NodeId>) -> Refused {
        let address = leader.and_then(|leader| match self.bug {
            Bug::LocationOfAnother => {
                self.book.peers.iter().find(|(peer, _)| **peer != leader).map(|(_, found)| found)
            }
            _ => self.book.peers.get(&leader),
        });
        address.map_or(Refused::NoLeader, |address| Refused::Redirect(*address))
    }

    /// What this node is at this instant, as JSON. `instead` of the leader is only for `leader-of-first-group`.
    pub(super) fn info(&self, group: Option<&str>, instead: Option<Option<NodeId>>) -> Bytes {
        let status = self.status.borrow().clone();
        let others = status.members.iter().filter(|member| **member != self.book.id);
        let mut peers: Vec<Cow<'_, str>> = others.map(|peer| Cow::Borrowed(&**peer)).collect();
        let mut leader = instead.as_ref().unwrap_or(&status.leader).as_deref();
        match (self.bug, status.role) {
            (Bug::PeersWithItself, _) => {
                peers.push(Cow::Borrowed(&self.book.id));
                peers.sort();
            }
            (Bug::PeersWithAddresses, _) => {
                peers = self.book.peers.iter().map(|(peer, address)| format!("{peer}={address}").into()).collect();
            }
            (Bug::PeersFromFlags, _) => {
                peers = self.book.peers.keys().map(|peer| Cow::Borrowed(&**peer)).collect();
            }
            (Bug::PeersUnsorted, _) => peers.rotate_left(1),
            (Bug::LeaderEmptyString, _) => leader = leader.or(Some("")),
            (Bug::LeaderNamesNobody, RoleName::Leader) => leader = None,
            (Bug::CandidateNamesItself, RoleName::Candidate) => leader = Some(&self.book.id),
            _ => {}
        }
        let info = Info {
            id: &self.book.id,
            group,
            role: match status.role {
                RoleName::Follower => "follower",
                RoleName::Candidate => "candidate",
                RoleName::Leader => "leader",
            },
            term: match self.bug {
                Bug::TermIsText => Term::Text(status.term.to_string()),
                _ => Term::Number(status.term),
            },
            leader,
            peers,
        };
        // Strings and numbers: nothing in it can fail to become JSON.
        serde_json::to_vec(&info).unwrap_or_default().into()
    }

    /// The members, as far as this node knows, as JSON.
    pub(super) fn members(&self) -> Bytes {
        let members = self.status.borrow().members.clone();
        // A list of strings: nothing in it can fail to become JSON.
        serde_json::to_vec(&MemberList { members }).unwrap_or_default().into()
    }

    /// Whether there is such a node, member or not.
    pub(super) fn knows(&self, id: &str) -> bool {
        *self.book.id == *id || self.book.peers.contains_key(id)
    }

    /// Whether this node is no member, as far as it knows.
    pub(super) fn is_outside(&self) -> bool {
        !self.status.borrow().members.contains(&self.book.id)
    }

    /// Where this node stands, now and from now on.
    pub(super) fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Whether this node leads, as far as it knows.
    pub(super) fn leads(&self) -> bool {
        self.status.borrow().role == RoleName::Leader
    }

    /// Whether `info` names a leader.
    pub(super) fn is_led(&self) -> bool {
        self.status.borrow().leader.is_some()
    }

    /// Returns when every peer has answered, or refused. Only for `stuck-on-silent-peer`.
    pub(super) async fn ask_all(&self) {
        for address in self.book.peers.values() {
            transport::ask(*address).await;
        }
    }

    /// Takes what a peer sent in one request; false if it is not that.
    pub(super) fn receive(&self, body: &[u8]) -> bool {
        if self.bug == Bug::LongMessageRefused && body.len() > LONGEST {
            return false;
        }
        let Some(messages) = wire::decode(body) else { return false };
        for message in messages {
            // An error means that this node is stopping.
            let _ = self.events.send(Event::Message(message));
        }
        true
    }

    /// Returns when nothing can be written any more.
    pub(super) async fn failed(&self) {
        let mut failed = self.failed.clone();
        // An error means that the disk's thread has ended, which it does when the node stops.
        if failed.wait_for(|failed| *failed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Stops answering: whoever still waits hears that the outcome is unknown. Without its port this node would hear no
    /// acknowledgement anyway.
    pub(super) fn stop(&self) {
        let _ = self.events.send(Event::Stop);
    }

    /// Ends the node, and returns when what it had to write is written. Blocks.
    pub(super) fn close(&self) {
        self.stop();
        self.disk.join();
    }
}
