//! After the last fault: a write must succeed, and every key be read through every node that clients ask first. Both are part of the history,
//! so it ends with what the nodes agree on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use history::{Action, Text};

use super::exchange::Speaker;
use super::operation::{Filling, Meaning};
use super::recorder::Call;
use super::{Plan, Shared};
use crate::cluster::Deadline;
use crate::scenario::load::Kind;
use crate::scenario::verbs::MAX_NODES;

/// Lanes for the clients that read at the end: one for each node that there can be. The first of them also does the
/// writes before.
pub(super) const READERS: u32 = MAX_NODES as u32;
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// What did not succeed in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// `no write of k-1 succeeded`, `k-3 could not be read through n2`
    pub what: String,
    pub attempts: u32,
    /// How the attempts ended: since when, with what, and how often in a row.
    pub seen: Vec<(Duration, String, u32)>,
    /// The program did not have that time.
    pub starved: bool,
}

pub(super) async fn settle(plan: &Plan, shared: &Arc<Shared>, deadline: &Deadline) -> Result<(), Unsettled> {
    let keys = shared.keys.last();
    let homes: Vec<usize> = plan.homes.iter().filter_map(|name| shared.directory.place(name)).collect();
    let last = |home: usize| Last {
        shared,
        speaker: Speaker::new(shared.clone(), home),
        home,
        lane: plan.clients + home as u32,
        client: shared.recorder.newcomer(),
        deadline,
    };
    if let (Some(key), true) = (keys.first(), shared.operation(Kind::Write).is_some()) {
        last(homes.first().copied().unwrap_or_default()).write(key, &homes).await?;
    }
    if shared.operation(Kind::Read).is_none() {
        return Ok(());
    }
    let reads = homes.iter().map(async |node| {
        let mut reader = last(*node);
        for key in &keys {
            reader.read(key).await?;
        }
        Ok(())
    });
    join_all(reads).await.into_iter().collect()
}

/// One of the last clients.
struct Last<'a> {
    shared: &'a Arc<Shared>,
    speaker: Speaker,
    home: usize,
    lane: u32,
    client: u32,
    deadline: &'a Deadline,
}

impl Last<'_> {
    async fn write(&mut self, key: &Text, homes: &[usize]) -> Result<(), Unsettled> {
        let mut value = 0;
        self.until_done(Kind::Write, key, format!("no write of {key} succeeded"), |last| {
            // Through another node each time: one of them leads.
            value += 1;
            last.home = homes[value % homes.len()];
            last.speaker.move_to(last.home);
            Some(format!("last-{value}").into())
        })
        .await
    }

    async fn read(&mut self, key: &Text) -> Result<(), Unsettled> {
        let what = format!("{key} could not be read through {}", self.shared.directory.name(self.home));
        self.until_done(Kind::Read, key, what, |_| None).await
    }

    async fn until_done(
        &mut self,
        kind: Kind,
        key: &Text,
        what: String,
        mut prepare: impl FnMut(&mut Self) -> Option<Text>,
    ) -> Result<(), Unsettled> {
        let began = Instant::now();
        let (mut attempts, mut seen) = (0, Vec::<(Duration, String, u32)>::new());
        loop {
            attempts += 1;
            let at = began.elapsed();
            let value = prepare(self);
            let how = match self.once(kind, key, value).await {
                Ok(None) => return Ok(()),
                Ok(Some(how)) => how,
                Err(sentence) => {
                    self.shared.recorder.is_wrong(sentence.clone());
                    sentence
                }
            };
            match seen.last_mut() {
                Some((_, last, times)) if *last == how => *times += 1,
                _ => seen.push((at, how, 1)),
            }
            if let Some(expired) = self.deadline.passed_after(PAUSE) {
                return Err(Unsettled { what, attempts, seen, starved: expired.is_starved() });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One attempt; how it ended, where it did not succeed.
    async fn once(&mut self, kind: Kind, key: &Text, value: Option<Text>) -> Result<Option<String>, String> {
        let shared = self.shared.clone();
        let operation =
            shared.operation(kind).ok_or_else(|| format!("the pack has no operation `{}`", kind.word()))?;
        let outgoing = operation.request(Filling { key, value: value.as_deref(), version: None })?;
        let action = match value {
            Some(value) => Action::Write { value },
            None => Action::Read { value: None },
        };
        let node = shared.directory.name(self.home).clone();
        let call = Call { client: self.client, node, key: key.clone(), action, due: Instant::now() };
        shared.recorder.call(self.lane, &call);
        let told = self.speaker.ask(operation, outgoing).await?;
        let node = shared.directory.name(told.node).clone();
        let how = format!("{} {node}", told.note.clone().unwrap_or_default());
        shared.recorder.returned(self.lane, &call, node, &told.meaning, told.note);
        if let Some(sentence) = told.wrong {
            shared.recorder.is_wrong(sentence);
        }
        if told.meaning == Meaning::Open {
            self.client = shared.recorder.newcomer();
        }
        Ok((!matches!(told.meaning, Meaning::Done { .. })).then_some(how))
    }
}
