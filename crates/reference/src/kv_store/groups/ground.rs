//! What the work on groups stands on: a group's log and state, and a way to the leaders of others. A node has one of files
//! and sockets; the simulation has one for all groups in a thread.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::super::map::Outcome;
use super::super::record::Command;
use super::super::storage::SharedMap;
use super::super::transactions::Running;
use super::GroupId;
use super::slots::Slot;
use super::wire::{Answer, Question};

pub(in super::super) trait Ground: Send + Sync + 'static {
    /// The state of this group, as far as this node has applied its log.
    fn map(&self) -> &SharedMap;

    /// This node's name, or another one that no node of any group has, nor had in an earlier life.
    fn name(&self) -> &str;

    /// The transactions that it sees to.
    fn running(&self) -> &Running;

    /// What others have told this node, while it leads.
    fn heard(&self) -> &Heard;

    /// Makes this an entry of the group's log, and returns what came of it. `None`: this node does not lead, or nobody can
    /// tell.
    fn write(&self, command: Command) -> impl Future<Output = Option<Outcome>> + Send;

    /// Returns when what is applied here is at least as new as everything committed when this was called. False: this node
    /// cannot say.
    fn catch_up(&self) -> impl Future<Output = bool> + Send;

    /// Asks the leader of a group. `None`: there was no answer, and nobody can tell whether the question was heard.
    fn ask(
        &self,
        group: &GroupId,
        question: Question,
        contents: Bytes,
    ) -> impl Future<Output = Option<(Answer, Bytes)>> + Send;
}

/// How long a plan without moves waits for groups that do not say that they have heard of it.
const SILENT: Duration = Duration::from_secs(3);

/// Which plans the groups have heard of, as far as a leader of the keeper knows.
#[derive(Default)]
pub(in super::super) struct Heard(Mutex<Versions>);

#[derive(Default)]
struct Versions {
    groups: HashMap<GroupId, u64>,
    /// The version that is to be settled, and since when it is.
    quiet: Option<(u64, Instant)>,
    /// Only for `moves-end-with-leader`.
    frozen: Vec<(Slot, u64)>,
}

impl Heard {
    pub(super) fn note(&self, group: GroupId, version: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).groups.insert(group, version);
    }

    /// Only for `moves-end-with-leader`: this process has frozen the slot.
    pub(super) fn froze(&self, slot: Slot, number: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).frozen.push((slot, number));
    }

    /// Only for the same.
    pub(super) fn has_frozen(&self, slot: Slot, number: u64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).frozen.contains(&(slot, number))
    }

    /// Whether all of these groups have heard of the version, or have been silent for too long: one that is down must not
    /// hold up the others.
    pub(super) fn everyone<'a>(&self, groups: impl Iterator<Item = &'a GroupId>, version: u64) -> bool {
        let mut versions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = match versions.quiet {
            Some((quiet, since)) if quiet == version => since,
            _ => {
                let now = Instant::now();
                versions.quiet = Some((version, now));
                now
            }
        };
        let mut groups = groups;
        since.elapsed() > SILENT
            || groups.all(|group| versions.groups.get(group).is_some_and(|heard| *heard >= version))
    }
}
