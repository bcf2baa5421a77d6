//! After the last fault: a write must succeed, and every key be read through every node that clients ask first. Both are part of the history,
//! so it ends with what the nodes agree on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use history::{Object, Step, Text};

use super::exchange::Speaker;
use super::operation::Meaning;
use super::recorder::Call;
use super::work::Task;
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
    last(homes.first().copied().unwrap_or_default()).change(keys.first(), &homes).await?;
    if shared.of != Object::Accounts && shared.operation(Kind::Read).is_err() {
        return Ok(());
    }
    let reads = homes.iter().map(async |node| last(*node).read(&keys).await);
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
    /// Something is written, where the pack says how; accounts stay as they are.
    async fn change(&mut self, key: Option<&Text>, homes: &[usize]) -> Result<(), Unsettled> {
        let kind = match self.shared.of {
            Object::Lists => Kind::Transaction,
            Object::Accounts => return Ok(()),
            Object::Register | Object::Queue => Kind::Write,
        };
        let Some(key) = key.filter(|_| self.shared.operation(kind).is_ok()) else { return Ok(()) };
        let mut value = 0;
        self.until_done(format!("no write of {key} succeeded"), |last| {
            // Through another node each time: one of them leads.
            value += 1;
            last.home = homes[value % homes.len()];
            last.speaker.move_to(last.home);
            let element = Text::from(format!("last-{value}"));
            match kind {
                Kind::Transaction => Task::transaction(last.shared, vec![Step::Append { key: key.clone(), element }]),
                _ => Task::write(last.shared, key, element),
            }
        })
        .await
    }

    /// Everything is read, one key after the other, or all accounts at once.
    async fn read(&mut self, keys: &[Text]) -> Result<(), Unsettled> {
        let through = self.shared.directory.name(self.home).clone();
        if self.shared.of == Object::Accounts {
            let what = format!("the accounts could not be read through {through}");
            return self.until_done(what, |last| Task::balances(last.shared)).await;
        }
        for key in keys {
            let what = format!("{key} could not be read through {through}");
            self.until_done(what, |last| Task::read(last.shared, key)).await?;
        }
        Ok(())
    }

    async fn until_done(
        &mut self,
        what: String,
        mut prepare: impl FnMut(&mut Self) -> Result<Task, String>,
    ) -> Result<(), Unsettled> {
        let began = Instant::now();
        let (mut attempts, mut seen) = (0, Vec::<(Duration, String, u32)>::new());
        loop {
            attempts += 1;
            let at = began.elapsed();
            let task = prepare(self);
            let how = match self.once(task).await {
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
    async fn once(&mut self, task: Result<Task, String>) -> Result<Option<String>, String> {
        let Task { kind, key, action, outgoing, .. } = task?;
        let shared = self.shared.clone();
        let operation = shared.operation(kind)?;
        let node = shared.directory.name(self.home).clone();
        let call = Call { client: self.client, node, key, action, due: Instant::now() };
        shared.recorder.call(self.lane, &call);
        let told = self.speaker.ask(operation, outgoing).await?;
        let node = shared.directory.name(told.node).clone();
        let how = format!("{} {node}", told.note.clone().unwrap_or_default());
        shared.recorder.returned(self.lane, &call, node, told.clone());
        if let Some(sentence) = told.wrong {
            shared.recorder.is_wrong(sentence);
        }
        if told.meaning == Meaning::Open {
            self.client = shared.recorder.newcomer();
        }
        Ok((!matches!(told.meaning, Meaning::Done(_))).then_some(how))
    }
}
