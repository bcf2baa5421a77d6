//! The queue as one of several nodes: a journal that a majority agrees on replaces the log.
//!
//! The node that leads decides, at once and in memory, and sends answers once the journal has the changes that they
//! report. A node that begins to lead reads the whole journal and rebuilds the queue; one that stops leading forgets
//! its queue and ends its connections, because what it had decided may never have happened.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::super::kv_store::{Journal, Standing as Place};
use super::bug::Bug;
use super::change::Change;
use super::command::Command;
use super::keeper::Standing;
use super::queue::{Queue, State, Time};
use super::service::Event;

/// Only for `deletes-answered-early`: how long an answer waits for the majority.
const PATIENCE: Duration = Duration::from_millis(150);

/// What the tasks around the journal report to the service.
pub(super) enum News {
    Standing(Place),
    /// This node leads in this term, and these are all changes before it.
    Ready {
        term: u64,
        changes: Vec<Bytes>,
    },
    Committed {
        term: u64,
        number: u64,
    },
}

/// What becomes of the service.
#[derive(Default)]
pub(super) struct Turn {
    /// It no longer leads.
    pub(super) lost: bool,
    /// It leads, from this queue.
    pub(super) leads: Option<Queue>,
    /// What was said meanwhile.
    pub(super) held: Vec<Event>,
}

struct Proposal {
    term: u64,
    /// Its place in the journal.
    place: u64,
    /// Its number among those that the service decided.
    number: u64,
    change: Bytes,
}

pub(super) struct Cluster {
    addresses: BTreeMap<Arc<str>, SocketAddr>,
    standing: Place,
    /// The term in which this node leads and serves.
    serves: Option<u64>,
    held: Vec<Event>,
    /// Changes in the journal, with those that are on their way to it.
    length: u64,
    committed: u64,
    /// Only for `deletes-answered-early`.
    early: Option<(u64, Instant)>,
    proposals: mpsc::UnboundedSender<Proposal>,
    bug: Bug,
}

impl Cluster {
    /// Starts the tasks that follow the journal, which end with `events`.
    pub(super) fn start(
        journal: &Arc<Journal>,
        addresses: BTreeMap<Arc<str>, SocketAddr>,
        events: Sender<Event>,
        bug: Bug,
    ) -> Cluster {
        let (proposals, queue) = mpsc::unbounded_channel();
        tokio::spawn(propose(Arc::clone(journal), queue, events.clone()));
        tokio::spawn(follow(Arc::clone(journal), events));
        Cluster {
            addresses,
            standing: journal.standing(),
            serves: None,
            held: Vec::new(),
            length: 0,
            committed: 0,
            early: None,
            proposals,
            bug,
        }
    }

    pub(super) fn info(&self) -> Info<'_> {
        let leader = self.standing.leader.as_deref().unwrap_or("");
        Info { id: &self.standing.id, role: self.standing.role, term: self.standing.term, leader }
    }

    pub(super) fn serves(&self) -> bool {
        self.serves.is_some()
    }

    pub(super) fn standing(&self, command: &Command) -> Standing {
        let serves = match self.bug {
            Bug::FollowerServes => true,
            Bug::FollowersPeek if matches!(command, Command::Peek(_) | Command::StatsJob(_)) => true,
            _ => self.serves(),
        };
        if serves || matches!(command, Command::Stats | Command::ListTubes) {
            return Standing::Serve;
        }
        if self.standing.leads() {
            return Standing::Later;
        }
        let leader = self.standing.leader.as_ref().and_then(|leader| self.addresses.get_key_value(leader));
        Standing::Say(match leader {
            Some((leader, address)) => format!("NOT_LEADER {leader} {address}\r\n").into(),
            None => Bytes::from_static(b"NO_LEADER\r\n"),
        })
    }

    pub(super) fn hold(&mut self, event: Event) {
        self.held.push(event);
    }

    pub(super) fn propose(&mut self, change: &Change, number: u64) {
        let forgotten = match change {
            Change::Delete { .. } => self.bug == Bug::DeletesNotReplicated,
            Change::Bury { .. } => self.bug == Bug::BuriesNotReplicated,
            _ => false,
        };
        if forgotten {
            return;
        }
        if matches!(change, Change::Delete { .. }) {
            self.early = Some((number, Instant::now()));
        }
        self.length += 1;
        let term = self.serves.unwrap_or_default();
        // An error means that the process is ending.
        let _ = self.proposals.send(Proposal { term, place: self.length, number, change: change.encode() });
    }

    pub(super) fn committed(&self) -> u64 {
        match self.bug {
            Bug::DeletesAnsweredEarly => match self.early {
                Some((number, since)) if since.elapsed() > PATIENCE => self.committed.max(number),
                _ => self.committed,
            },
            Bug::AnswersBeforeMajority | Bug::DeletesNotReplicated | Bug::BuriesNotReplicated => u64::MAX,
            _ => self.committed,
        }
    }

    pub(super) fn take(&mut self, news: News, now: Time) -> Turn {
        match news {
            News::Standing(standing) => {
                let stays = standing.leads() && standing.term == self.standing.term;
                let lost = self.standing.leads() && !stays;
                self.standing = standing;
                if lost {
                    self.serves = self.serves.filter(|_| self.bug == Bug::OldLeaderServesOn);
                    self.held.clear();
                    self.committed = 0;
                    self.early = None;
                }
                Turn { lost: lost && self.bug != Bug::OldLeaderKeepsConnections, ..Turn::default() }
            }
            News::Ready { term, changes } if self.standing.leads() && self.standing.term == term => {
                let mut queue = Queue::new(self.bug);
                for change in changes.iter().filter_map(Change::decode) {
                    queue.apply(&change);
                }
                if self.bug == Bug::DelaysRestartWithLeader {
                    delay_anew(&mut queue, now);
                }
                self.length = changes.len() as u64;
                self.committed = 0;
                self.early = None;
                self.serves = Some(term);
                Turn { leads: Some(queue), held: std::mem::take(&mut self.held), ..Turn::default() }
            }
            News::Committed { term, number } if self.serves == Some(term) => {
                self.committed = self.committed.max(number);
                Turn::default()
            }
            News::Ready { .. } | News::Committed { .. } => Turn::default(),
        }
    }
}

/// What `stats` says of a node.
pub(super) struct Info<'a> {
    pub(super) id: &'a str,
    pub(super) role: &'static str,
    pub(super) term: u64,
    pub(super) leader: &'a str,
}

/// `delays-restart-with-leader`: each delay begins again.
fn delay_anew(queue: &mut Queue, now: Time) {
    let delayed = queue.jobs.iter().filter(|(_, job)| matches!(job.state, State::Delayed { .. }));
    let delayed: Vec<(u64, u32)> = delayed.map(|(id, job)| (*id, job.delay)).collect();
    for (id, delay) in delayed {
        queue.place(id, State::Delayed { until: now + u64::from(delay) * 1000 });
    }
}

/// Tells the service where this node stands, and gives it the journal when it begins to lead.
async fn follow(journal: Arc<Journal>, events: Sender<Event>) {
    let mut changes = journal.changes();
    loop {
        let standing = journal.standing();
        let (leads, term) = (standing.leads(), standing.term);
        if events.send(Event::Cluster(News::Standing(standing))).is_err() {
            return;
        }
        while leads && journal.standing().leads() && journal.standing().term == term {
            if journal.catch_up().await {
                let ready = News::Ready { term, changes: journal.entries() };
                let _ = events.send(Event::Cluster(ready));
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Appends what the service decides, in its order.
async fn propose(journal: Arc<Journal>, mut queue: mpsc::UnboundedReceiver<Proposal>, events: Sender<Event>) {
    while let Some(Proposal { term, place, number, change }) = queue.recv().await {
        let (journal, events) = (Arc::clone(&journal), events.clone());
        let mut appending = Box::pin(async move {
            // If this fails, the node no longer leads, and is told so separately.
            if journal.append(place, change).await {
                let _ = events.send(Event::Cluster(News::Committed { term, number }));
            }
        });
        // The first poll puts it in its place, before the next one is taken.
        let asked = appending.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if asked.is_pending() {
            tokio::spawn(appending);
        }
    }
}
