//! What makes changes last: a log if the server is alone, a majority if it has peers.

use std::io;

use bytes::Bytes;

use super::change::Change;
use super::cluster::Cluster;
use super::command::Command;
use super::log::Log;
use super::service::Event;

pub(super) enum Keeper {
    Alone(Log),
    Cluster(Cluster),
}

/// What becomes of a command here.
pub(super) enum Standing {
    Serve,
    /// It belongs elsewhere.
    Say(Bytes),
    /// This node leads, and does not know yet what was decided before it did.
    Later,
}

impl Keeper {
    pub(super) fn standing(&self, command: &Command) -> Standing {
        match self {
            Keeper::Alone(_) => Standing::Serve,
            Keeper::Cluster(cluster) => cluster.standing(command),
        }
    }

    /// Whether this node gives out jobs.
    pub(super) fn serves(&self) -> bool {
        match self {
            Keeper::Alone(_) => true,
            Keeper::Cluster(cluster) => cluster.serves(),
        }
    }

    pub(super) fn hold(&mut self, event: Event) {
        if let Keeper::Cluster(cluster) = self {
            cluster.hold(event);
        }
    }

    /// Takes the change with this number. It lasts once [`Keeper::safe`] has come to it.
    pub(super) fn add(&mut self, change: Change, number: u64) {
        match self {
            Keeper::Alone(log) => log.add(&change),
            Keeper::Cluster(cluster) => cluster.propose(&change, number),
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Keeper::Alone(log) => log.flush(),
            Keeper::Cluster(_) => Ok(()),
        }
    }

    /// The newest change that is durable, given how many were decided. After a flush these are all that a log was
    /// given.
    pub(super) fn safe(&self, decided: u64) -> u64 {
        match self {
            Keeper::Alone(_) => decided,
            Keeper::Cluster(cluster) => cluster.committed(),
        }
    }
}
