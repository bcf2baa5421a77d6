//! What the service knows of those that are connected.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::queue::{JobId, Time};
use super::service::Answer;

/// What the service knows of a connection.
pub(super) struct Connected {
    pub(super) uses: Arc<str>,
    pub(super) watches: BTreeSet<Arc<str>>,
    /// Only with a bug is a tube in here more than once.
    pub(super) watch_count: usize,
    pub(super) reserved: BTreeSet<JobId>,
    pub(super) waits: Option<Wait>,
    pub(super) puts: bool,
    pub(super) works: bool,
    /// Only for `warned-wait-on`.
    pub(super) warned: bool,
    pub(super) _end: oneshot::Sender<()>,
}

pub(super) struct Wait {
    pub(super) until: Option<Time>,
    pub(super) answer: Option<Answer>,
    /// There was no job for it at once: only for `wait-not-counted` and `waits-on-elsewhere`.
    pub(super) waited: bool,
}
