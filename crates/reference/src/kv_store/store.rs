//! What the HTTP side sees, whether the node is alone or has peers: read a key, make a change, stop.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::start::AddressBook;
use super::bug::Bug;
use super::error::{StorageError, Trying};
use super::groups::{Grouping, Groups, Whereabouts};
use super::log::Replayed;
use super::map::{Entry, Map, Outcome};
use super::record::{Command, Operation, Record, RequestId};
use super::replicated::{Refused, Replicated};
use super::saved_at_exit::SavedAtExit;
use super::storage::{Recovered, SharedMap, Storage};
use super::transactions::{Lock, Op, TxnStep, Verdict};
use super::writer::{Stopped, Writer};

/// How long a request waits for a transaction that holds its key.
const PATIENCE: Duration = Duration::from_millis(2000);

/// How often it looks whether that is over.
const LOOK: Duration = Duration::from_millis(5);

pub(super) struct Store {
    map: SharedMap,
    keeper: Keeper,
    groups: Option<Groups>,
    bug: Bug,
}

/// What makes changes last.
enum Keeper {
    Log(Writer),
    Cluster(Arc<Replicated>),
    /// Only for seeded bugs.
    File(Box<SavedAtExit>),
}

impl Store {
    /// Loads what `folder` holds, and says on stdout what that was.
    pub(super) fn open(
        folder: &Path,
        cluster: Option<(AddressBook, Option<Grouping>)>,
        bug: Bug,
    ) -> Result<Store, StorageError> {
        if let Some((book, grouping)) = cluster {
            let map = SharedMap::default();
            let shards = grouping.map(|grouping| grouping.shards(bug));
            let group = shards.as_ref().map(|shards| shards.group().clone());
            map.write().shards = shards;
            let (cluster, replayed) = Replicated::open(folder, book.clone(), map.clone(), bug)?;
            tell(&replayed);
            let cluster = Arc::new(cluster);
            let groups = group.map(|group| Groups::start(group, book, map.clone(), cluster.clone(), bug));
            return Ok(Store { map, keeper: Keeper::Cluster(cluster), groups, bug });
        }
        // These are about the snapshots of a cluster.
        let bug = if bug.counts_versions() { Bug::None } else { bug };
        if bug.saves_at_exit() {
            let (file, loaded) = SavedAtExit::open(folder, bug)?;
            say!("loaded {}", count(loaded.len() as u64, "key"));
            let map = SharedMap::default();
            *map.write() = loaded;
            return Ok(Store { map, keeper: Keeper::File(Box::new(file)), groups: None, bug });
        }
        let Recovered { storage, from_snapshot, snapshot, replayed } = Storage::open(folder, bug)?;
        if snapshot > 0 {
            let keys = count(from_snapshot.len() as u64, "key");
            say!("loaded a snapshot of {keys} as of record {snapshot}");
        }
        tell(&replayed);
        let map = storage.map();
        let late = (bug == Bug::ServesBeforeReplay && replayed.records > 0)
            .then(|| std::mem::replace(&mut *map.write(), from_snapshot));
        let writer = Writer::start(storage, late, bug).trying("start a thread for", folder)?;
        Ok(Store { map, keeper: Keeper::Log(writer), groups: None, bug })
    }

    /// What the key has as of the last change that anyone was told of, or a later one.
    pub(super) async fn read(&self, key: &str) -> Result<Option<Entry>, Refused> {
        if let Some(groups) = &self.groups {
            match self.bug {
                Bug::DeadGroupStalls => groups.wait_for_all().await,
                Bug::FrozenGroupStalls => groups.ask_everybody().await,
                _ => {}
            }
        }
        let found = self.look(key);
        let Keeper::Cluster(cluster) = &self.keeper else { return found };
        if self.bug == Bug::Stranger404 && found.is_err() {
            return Ok(self.get(key));
        }
        if self.bug == Bug::Stale404 && cluster.leads() && found == Ok(None) {
            return found;
        }
        if let Err(refused) = found
            && refused != Refused::Locked
        {
            return Err(refused);
        }
        cluster.catch_up().await?;
        // The state has gone on meanwhile: the key may be another group's by now.
        let until = Instant::now() + PATIENCE;
        loop {
            match self.look(key) {
                // What the transaction is going to write may have been answered already.
                Err(Refused::Locked) if Instant::now() < until => sleep(LOOK).await,
                found => return found,
            }
        }
    }

    /// What the key has on this node, if it is this node's group that has the key.
    fn look(&self, key: &str) -> Result<Option<Entry>, Refused> {
        let map = self.map.read();
        let whereabouts = map.whereabouts(key, self.bug);
        if whereabouts == Whereabouts::Here {
            return match map.transactions.lock(key) {
                Some(Lock::Exclusive) if matches!(self.bug, Bug::ReadsPassLocks | Bug::AnsweredTooEarly) => {
                    Ok(map.get(key).cloned())
                }
                Some(Lock::Exclusive) if self.bug == Bug::DirtyReads => Ok(map.transactions.dirty(key)),
                Some(Lock::Exclusive) => Err(Refused::Locked),
                Some(Lock::Shared) | None => Ok(map.get(key).cloned()),
            };
        }
        drop(map);
        Err(self.refused(&whereabouts))
    }

    fn refused(&self, whereabouts: &Whereabouts) -> Refused {
        self.groups.as_ref().map_or(Refused::Moving, |groups| groups.refused(whereabouts))
    }

    /// This node's part in a store of many groups.
    pub(super) fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }

    /// What the key has on this node, which may be old when it has peers.
    pub(super) fn get(&self, key: &str) -> Option<Entry> {
        self.map.read().get(key).cloned()
    }

    /// The same, if it is this node's group that has the key.
    pub(super) fn local(&self, key: &str) -> Result<Option<Entry>, Refused> {
        match self.look(key) {
            // This may be old, or not there yet, like everything that is read here.
            Err(Refused::Moving | Refused::Locked) => Ok(self.get(key)),
            found => found,
        }
    }

    /// What was answered to a request, as far as this node has applied: only for `id-checked-on-arrival`.
    pub(super) fn answered(&self, id: &str) -> Option<Outcome> {
        self.map.read().answers.get(id)
    }

    /// A copy of the whole map: only for `copied-map-loses-writes`.
    pub(super) fn copy(&self) -> Map {
        self.map.read().clone()
    }

    /// Puts a changed copy in place: only for `copied-map-loses-writes`.
    pub(super) fn replace(&self, map: Map) {
        *self.map.write() = map;
    }

    /// Returns the outcome of the command once it is durable.
    pub(super) async fn write(&self, command: Command) -> Result<Outcome, Refused> {
        match &self.keeper {
            Keeper::Log(writer) => writer.write(command).await.map_err(|Stopped| Refused::Unknown),
            Keeper::Cluster(cluster) if self.groups.is_some() => self.write_here(cluster, command).await,
            Keeper::Cluster(cluster) => cluster.write(command).await,
            Keeper::File(file) => {
                if self.bug == Bug::SavedBeforeRequestsEnd {
                    // Widens the window: a signal finds requests in flight.
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                let mut map = self.map.write();
                Ok(map.apply(&Record { index: file.next(), term: 0, command }, self.bug))
            }
        }
    }

    /// The same in a store of many groups.
    async fn write_here(&self, cluster: &Replicated, command: Command) -> Result<Outcome, Refused> {
        let key = command.operation.key().map(Arc::<str>::from);
        let whereabouts = || key.as_ref().map_or(Whereabouts::Here, |key| self.map.read().whereabouts(key, self.bug));
        match whereabouts() {
            Whereabouts::Here => {}
            _ if self.bug == Bug::WritesTakenAnywhere => {}
            elsewhere => return Err(self.refused(&elsewhere)),
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match cluster.write(command.clone()).await? {
                // The log has come to it later than to a move.
                Outcome::NotHere => return Err(self.refused(&whereabouts())),
                Outcome::Locked if Instant::now() >= until => return Err(Refused::Locked),
                Outcome::Locked => {}
                outcome => return Ok(outcome),
            }
            let locked = || key.as_ref().is_some_and(|key| self.map.read().transactions.lock(key).is_some());
            while Instant::now() < until && locked() {
                sleep(LOOK).await;
            }
        }
    }

    /// Does several operations as one step.
    pub(super) async fn transact(&self, ops: &[Op], id: Option<RequestId>) -> Result<Verdict, Refused> {
        match self.bug {
            Bug::OpsOneByOne => self.transact_one_by_one(ops, id).await,
            Bug::ChecksOnArrival => {
                let mut unchecked = ops.to_vec();
                for op in &mut unchecked {
                    let Op::Check { key, version } = op else { continue };
                    if self.get(key).map(|entry| entry.version) != *version {
                        return Ok(Verdict::CheckFailed);
                    }
                    *op = Op::Get { key: key.clone() };
                }
                // Widens the window between the look and the write.
                sleep(Duration::from_millis(3)).await;
                self.transact_as_one(&unchecked, id).await
            }
            Bug::TransactionIdIgnored => self.transact_as_one(ops, None).await,
            _ => self.transact_as_one(ops, id).await,
        }
    }

    /// Only for `ops-one-by-one`.
    async fn transact_one_by_one(&self, ops: &[Op], id: Option<RequestId>) -> Result<Verdict, Refused> {
        let mut results = Vec::new();
        for (at, op) in ops.iter().enumerate() {
            let id = id.clone().map(|id| RequestId { id: format!("{}-{at}", id.id).into(), ..id });
            match self.transact_as_one(std::slice::from_ref(op), id).await? {
                Verdict::Done(one) => results.extend(one.iter().cloned()),
                other => return Ok(other),
            }
            // Widens the window between two operations.
            sleep(Duration::from_millis(3)).await;
        }
        Ok(Verdict::Done(results.into()))
    }

    async fn transact_as_one(&self, ops: &[Op], id: Option<RequestId>) -> Result<Verdict, Refused> {
        let (Some(groups), Keeper::Cluster(cluster)) = (&self.groups, &self.keeper) else {
            let step = TxnStep::Run { ops: ops.to_vec() };
            let outcome = self.write(Command { id, ..Operation::Transaction(step).into() }).await?;
            return Ok(match outcome {
                Outcome::Results(results) => Verdict::Done(results),
                _ => Verdict::CheckFailed,
            });
        };
        // Its group coordinates.
        let Some(first) = ops.first() else { return Err(Refused::Unknown) };
        // In a statement of its own: what is looked up behind `refused` reads the map again, and waits for ever if a
        // writer has come to wait for this reader in between.
        let whereabouts = self.map.read().whereabouts(first.key(), self.bug);
        match whereabouts {
            Whereabouts::Here => {}
            elsewhere => return Err(groups.refused(&elsewhere)),
        }
        if !cluster.leads() {
            // It says who does.
            cluster.catch_up().await?;
        }
        Ok(groups.transact(ops, id).await)
    }

    /// Returns when no change can be made any more, because the log cannot be written.
    pub(super) async fn failed(&self) {
        match &self.keeper {
            Keeper::Log(writer) => writer.failed().await,
            Keeper::Cluster(cluster) => cluster.failed().await,
            Keeper::File(_) => std::future::pending().await,
        }
    }

    /// The cluster that this node is part of.
    pub(super) fn cluster(&self) -> Option<&Replicated> {
        match &self.keeper {
            Keeper::Cluster(cluster) => Some(cluster),
            Keeper::Log(_) | Keeper::File(_) => None,
        }
    }

    /// The server accepts no more connections.
    pub(super) fn stop(&self) {
        if let Some(groups) = &self.groups {
            groups.stop();
        }
        if let Some(cluster) = self.cluster() {
            cluster.stop();
        }
    }

    /// Ends the store: call it when no request is under way. Blocks.
    pub(super) fn close(&self) {
        match &self.keeper {
            Keeper::Log(writer) => writer.stop(),
            Keeper::Cluster(cluster) => cluster.close(),
            Keeper::File(file) => {
                let saved = file.save(&self.map.read());
                if let Err(error) = saved {
                    eprintln!("{error}");
                }
            }
        }
    }
}

fn tell(replayed: &Replayed) {
    say!("replayed {}", count(replayed.records, "record"));
    if replayed.dropped > 0 {
        let bytes = count(replayed.dropped, "byte");
        say!("dropped {bytes} of a record cut short at the end of the log");
    }
}

fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
