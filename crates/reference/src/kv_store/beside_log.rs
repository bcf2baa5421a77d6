//! Answers that are kept beside the log, by one node for itself: what some bugs do with Idempotency-Keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::bug::Bug;
use super::map::Outcome;
use super::record::{Command, RequestId};
use super::replicated::Refused;
use super::store::Store;

/// What a node has noted of requests that had an id. `None` where it refused one.
#[derive(Default)]
pub(super) struct BesideLog(Mutex<HashMap<Arc<str>, Option<Outcome>>>);

impl BesideLog {
    /// The answer to a request that this node takes to be a repeat.
    pub(super) fn repeated(
        &self,
        command: &mut Command,
        store: &Store,
        bug: Bug,
    ) -> Option<Result<Outcome, Refused>> {
        let id = command.id.as_ref()?.id.clone();
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match bug {
            Bug::IdCheckedOnArrival => return store.answered(&id).map(Ok),
            Bug::IdsInLeaderMemory => command.id = None,
            Bug::IdKeptOnArrival | Bug::StoresUnanswered => {}
            _ => return None,
        }
        let found = noted.get(&id).map(|outcome| outcome.clone().ok_or(Refused::Unknown));
        if found.is_none() && bug == Bug::IdKeptOnArrival {
            noted.insert(id, Some(Outcome::Done));
        }
        found
    }

    /// What came of a request.
    pub(super) fn note(&self, id: Option<RequestId>, result: &Result<Outcome, Refused>, bug: Bug) {
        let Some(RequestId { id, .. }) = id else { return };
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (bug, result) {
            (Bug::IdsInLeaderMemory | Bug::IdKeptOnArrival, Ok(outcome)) => {
                noted.insert(id, Some(outcome.clone()));
            }
            (Bug::IdKeptOnArrival, Err(Refused::Redirect(_) | Refused::NoLeader)) => {
                noted.remove(&id);
            }
            (Bug::StoresUnanswered, Err(Refused::Unknown | Refused::NoLeader)) => {
                noted.insert(id, None);
            }
            _ => {}
        }
    }
}
