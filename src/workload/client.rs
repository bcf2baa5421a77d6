//! One client: an operation, its answer, the next one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use history::{Action, Text};

use super::choice::Choices;
use super::exchange::Speaker;
use super::operation::{Filling, Meaning};
use super::recorder::Call;
use super::{Plan, Shared};
use crate::scenario::load::Kind;

/// After an operation that did not succeed: the first pause, and the longest. A client that gets nothing done asks five
/// times a second, and not five thousand.
const SHORT_PAUSE: Duration = Duration::from_millis(10);
const LONG_PAUSE: Duration = Duration::from_millis(200);

/// What a client last read of a key: a compare-and-set must name it.
#[derive(Debug, Clone)]
struct Read {
    key: Text,
    value: Option<Text>,
    version: Text,
}

pub(super) struct Client {
    shared: Arc<Shared>,
    speaker: Speaker,
    choices: Choices,
    home: usize,
    /// Whose operations it records: the same for as long as it lives.
    lane: u32,
    /// Who it is in the history: a new number after an operation without a known end.
    client: u32,
    clients: u32,
    /// Values that it has made.
    values: u64,
    reads: HashMap<usize, Read>,
    /// What must come next, whatever is drawn.
    next: Option<(Kind, usize)>,
    reads_at_all: bool,
    /// From one operation to the next, where the rate is given.
    every: Option<Duration>,
}

impl Client {
    pub(super) fn new(plan: &Plan, shared: Arc<Shared>, speaker: Speaker, number: u32) -> Self {
        let home = plan.homes[number as usize % plan.homes.len()].as_str();
        Self {
            choices: Choices::new(&plan.draw, number, &plan.mix, shared.keys.len()),
            home: plan.directory.place(home).unwrap_or(0),
            shared,
            speaker,
            lane: number,
            client: number,
            clients: plan.clients,
            values: 0,
            reads: HashMap::new(),
            next: None,
            reads_at_all: plan.mix.iter().any(|(kind, _)| *kind == Kind::Read),
            every: plan.rate.map(|rate| Duration::from_secs_f64(f64::from(plan.clients) / f64::from(rate))),
        }
    }

    /// Works until all are stopped. `begin`: when the first operation of the first client is due.
    pub(super) async fn run(mut self, begin: tokio::time::Instant) {
        let mut stopped = self.shared.stopped.subscribe();
        let mut failures = 0;
        // Clients take turns within one interval.
        let mut due = begin + self.every.map_or(Duration::ZERO, |every| every * self.lane / self.clients.max(1));
        while !*stopped.borrow_and_update() {
            if self.every.is_some() {
                tokio::select! {
                    () = tokio::time::sleep_until(due) => {}
                    _ = stopped.changed() => return,
                }
            } else {
                due = tokio::time::Instant::now();
            }
            match self.once(due.into_std()).await {
                Ok(true) => failures = 0,
                Ok(false) => failures += 1,
                Err(sentence) => {
                    self.shared.recorder.is_wrong(sentence);
                    return;
                }
            }
            match self.every {
                Some(every) => due += every,
                None if failures > 0 => {
                    let pause = (SHORT_PAUSE * 2_u32.saturating_pow((failures - 1).min(8))).min(LONG_PAUSE);
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = stopped.changed() => return,
                    }
                }
                None => {}
            }
        }
    }

    /// One operation; true if it succeeded.
    async fn once(&mut self, due: Instant) -> Result<bool, String> {
        let drawn = self.choices.next();
        let (mut kind, place) = self.next.take().unwrap_or(drawn);
        let key = self.shared.keys.take(place);
        let known = self.reads.get(&place).filter(|read| read.key == key).cloned();
        if kind == Kind::CompareAndSet && known.is_none() {
            // It is read now, and set the next time.
            kind = Kind::Read;
            self.next = Some((Kind::CompareAndSet, place));
        }
        let shared = self.shared.clone();
        let operation =
            shared.operation(kind).ok_or_else(|| format!("the pack has no operation `{}`", kind.word()))?;
        let value = kind.sets().then(|| self.value());
        let version =
            (kind == Kind::CompareAndSet).then(|| known.as_ref().map(|read| read.version.clone())).flatten();
        let filling = Filling { key: &key, value: value.as_deref(), version: version.as_deref() };
        let outgoing = operation.request(filling)?;
        let action = match (kind, value) {
            (Kind::Write, Some(value)) => Action::Write { value },
            (Kind::CompareAndSet, to) => Action::CompareAndSet { from: known.and_then(|read| read.value), to },
            (Kind::Delete, _) => Action::Delete,
            _ => Action::Read { value: None },
        };
        let call = Call { client: self.client, node: shared.directory.name(self.home).clone(), key, action, due };
        shared.recorder.call(self.lane, &call);
        let told = self.speaker.ask(operation, outgoing).await?;
        let node = shared.directory.name(told.node).clone();
        shared.recorder.returned(self.lane, &call, node, &told.meaning, told.note);
        if let Some(sentence) = told.wrong {
            shared.recorder.is_wrong(sentence);
        }
        if kind != Kind::Read {
            self.reads.remove(&place);
        }
        match told.meaning {
            Meaning::Done { value, version } => {
                if kind == Kind::Read {
                    match version {
                        Some(version) => {
                            self.reads.insert(place, Read { key: call.key, value, version });
                        }
                        // There is nothing to compare with.
                        None => {
                            self.reads.remove(&place);
                            self.next = None;
                        }
                    }
                }
                Ok(true)
            }
            Meaning::Unmet => Ok(true),
            Meaning::No => {
                self.next = None;
                Ok(false)
            }
            Meaning::Open => {
                // The operation may still be under way. A read shows what became of it, sooner than another write.
                self.client = shared.recorder.newcomer();
                self.next = self.reads_at_all.then_some((Kind::Read, place));
                Ok(false)
            }
        }
    }

    /// A value that nobody else writes.
    fn value(&mut self) -> Text {
        self.values += 1;
        format!("{}-{}", self.lane + 1, self.values).into()
    }
}
