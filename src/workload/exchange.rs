//! One operation: sent to the client's node, followed through redirects, asked of another node where one refuses.
//!
//! A hop that was refused or redirected has certainly done nothing, so the operation may go on elsewhere and is still
//! one. From the first hop on that may have had an effect it goes no further.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::connection::{Connection, NoAnswer, Reply};
use super::operation::{Compiled, Meaning, Outgoing};
use crate::cluster::Kills;
use crate::scenario::answer::{Answer, Location, MAX_HOPS};

/// A client's connections, one to each node that it has talked to.
pub(super) struct Speaker {
    shared: Arc<Shared>,
    home: usize,
    open: HashMap<usize, Connection>,
    /// A node that closed a connection where its answer was awaited. If it takes the next one, it had not ended: it is
    /// one that closes after each answer.
    suspect: Option<usize>,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The node that answered, or that was asked last.
    pub(super) node: usize,
    pub(super) meaning: Meaning,
    /// What came, where that says more than the meaning.
    pub(super) note: Option<String>,
    /// Something that no node may answer, as a sentence.
    pub(super) wrong: Option<String>,
    /// All nodes that were asked, in order.
    pub(super) asked: Vec<Asked>,
}

/// A node that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) node: usize,
    pub(super) at: Instant,
    /// A status, or what came instead.
    pub(super) answer: String,
}

impl Speaker {
    pub(super) fn new(shared: Arc<Shared>, home: usize) -> Self {
        Self { shared, home, open: HashMap::new(), suspect: None }
    }

    pub(super) fn move_to(&mut self, home: usize) {
        self.home = home;
    }

    /// Does one operation. An error is lsfr's or the pack's.
    pub(super) async fn ask(&mut self, operation: &Compiled, outgoing: Outgoing) -> Result<Told, String> {
        let mut asked = Vec::new();
        let told = self.follow(operation, outgoing, &mut asked).await?;
        Ok(Told { asked, ..told })
    }

    async fn follow(
        &mut self,
        operation: &Compiled,
        mut outgoing: Outgoing,
        asked: &mut Vec<Asked>,
    ) -> Result<Told, String> {
        let shared = self.shared.clone();
        let deadline = Instant::now() + shared.timeout;
        let nodes = shared.directory.len();
        let (mut node, mut hops, mut refusals) = (self.home, 0, 0);
        loop {
            let told = |meaning, note: Option<String>| Told { node, meaning, note, wrong: None, asked: Vec::new() };
            let at = Instant::now();
            let hop = self.hop(node, &outgoing, deadline).await?;
            let answer = match &hop {
                Ok(reply) => reply.status.to_string(),
                Err(NoAnswer::Open { why, .. } | NoAnswer::NotSent(why)) => why.clone(),
            };
            asked.push(Asked { node, at, answer });
            let reply = match hop {
                Ok(reply) => reply,
                Err(NoAnswer::Open { why, .. }) => return Ok(told(Meaning::Open, Some(why))),
                // A client that was redirected goes back to its node the next time; one whose node is down tries the
                // others.
                Err(NoAnswer::NotSent(why)) => {
                    refusals += 1;
                    if hops > 0 || refusals == nodes || Instant::now() >= deadline {
                        return Ok(told(Meaning::No, Some(why)));
                    }
                    node = (node + 1) % nodes;
                    continue;
                }
            };
            let answer = Answer { status: reply.status, headers: &reply.headers, body: &reply.body };
            let address = shared.directory.address(node).to_string();
            let Some(location) = answer.redirect(&address, &outgoing.path) else {
                let meaning = operation.meaning(answer, &outgoing);
                let note = match &meaning {
                    Meaning::Done(_) => None,
                    _ => Some(reply.status.to_string()),
                };
                return Ok(told(meaning, note));
            };
            hops += 1;
            let target = match location {
                Location::Path(path) => Some((node, path)),
                Location::Address(port, path) => shared.directory.behind(port).map(|node| (node, path)),
                Location::Elsewhere => None,
            };
            let Some((next, path)) = target else {
                let to = reply.headers.get("location").map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
                let wrong = format!(
                    "{} redirected {} {} to `{}`, which is not the address of a node.",
                    shared.directory.name(node),
                    outgoing.method,
                    outgoing.path,
                    to.unwrap_or_default()
                );
                let note = Some("redirected to an address that belongs to no node".to_owned());
                return Ok(Told { wrong: Some(wrong), ..told(Meaning::No, note) });
            };
            if hops > MAX_HOPS {
                return Ok(told(Meaning::No, Some("redirected in a circle".to_owned())));
            }
            (node, outgoing.path) = (next, path);
        }
    }

    /// One request to one node. The outer error is lsfr's.
    async fn hop(
        &mut self,
        node: usize,
        outgoing: &Outgoing,
        deadline: Instant,
    ) -> Result<Result<Reply, NoAnswer>, String> {
        let address = self.shared.directory.address(node);
        let request = outgoing.to(&address.to_string())?;
        let connection = match timeout_at(deadline, self.connection(node)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(no_answer)) => return Ok(Err(no_answer)),
            Err(_) => {
                return Ok(Err(NoAnswer::NotSent(format!("no connection in {}", seconds(self.shared.timeout)))));
            }
        };
        let kills = self.shared.kills.get(node);
        let asked = kills.map(Kills::now);
        let is_cut = |reply: &Reply| {
            let killed = kills.zip(asked).is_some_and(|(kills, asked)| kills.happened_since(asked));
            killed && !reply.is_measured
        };
        Ok(match timeout_at(deadline, connection.send(request)).await {
            // An answer that ends with its connection, and a kill, which ends that, too.
            Ok(Ok((reply, _))) if is_cut(&reply) => {
                Err(NoAnswer::Open { why: "killed while it answered".to_owned(), stale: false })
            }
            Ok(Ok((reply, connection))) => {
                if let Some(connection) = connection.filter(|_| !self.shared.closers.closes(node)) {
                    self.open.insert(node, connection);
                }
                Ok(reply)
            }
            Ok(Err(no_answer)) => {
                if matches!(no_answer, NoAnswer::Open { stale: true, .. }) {
                    self.suspect = Some(node);
                }
                Err(no_answer)
            }
            Err(_) => {
                Err(NoAnswer::Open { why: format!("no answer in {}", seconds(self.shared.timeout)), stale: false })
            }
        })
    }

    /// A connection on which a request can be sent: the kept one, or a new one.
    async fn connection(&mut self, node: usize) -> Result<Connection, NoAnswer> {
        if let Some(mut kept) = self.open.remove(&node)
            && kept.is_open().await
        {
            return Ok(kept);
        }
        // The semaphore is never closed.
        let _turn = self.shared.handshakes[node].acquire().await;
        let opened = Connection::open(self.shared.directory.address(node)).await;
        if self.suspect.take_if(|suspect| *suspect == node).is_some() && opened.is_ok() {
            self.shared.closers.found(node);
        }
        opened
    }
}

/// `5 s`, `1.5 s`
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
