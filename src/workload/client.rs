//! One client: an operation, its answer, the next one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::choice::Choices;
use super::exchange::Speaker;
use super::operation::Meaning;
use super::recorder::Call;
use super::work::Work;
use super::{Plan, Shared};

/// After an operation that did not succeed: the first pause, and the longest. A client that gets nothing done asks five
/// times a second, and not five thousand.
const SHORT_PAUSE: Duration = Duration::from_millis(10);
const LONG_PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Client {
    shared: Arc<Shared>,
    speaker: Speaker,
    choices: Choices,
    work: Work,
    home: usize,
    /// Whose operations it records: the same for as long as it lives.
    lane: u32,
    /// Who it is in the history: a new number after an operation without a known end.
    client: u32,
    clients: u32,
    /// From one operation to the next, where the rate is given.
    every: Option<Duration>,
}

impl Client {
    pub(super) fn new(plan: &Plan, shared: Arc<Shared>, speaker: Speaker, number: u32) -> Self {
        let home = plan.homes[number as usize % plan.homes.len()].as_str();
        Self {
            choices: Choices::new(&plan.draw, number, &plan.mix, shared.keys.len()),
            work: Work::new(&shared, number, &plan.mix),
            home: plan.directory.place(home).unwrap_or(0),
            shared,
            speaker,
            lane: number,
            client: number,
            clients: plan.clients,
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
        let shared = self.shared.clone();
        let task = self.work.next(&mut self.choices, &shared)?;
        let operation = shared.operation(task.kind)?;
        let node = shared.directory.name(self.home).clone();
        let call = Call { client: self.client, node, key: task.key.clone(), action: task.action.clone(), due };
        shared.recorder.call(self.lane, &call);
        let told = self.speaker.ask(operation, task.outgoing.clone()).await?;
        let node = shared.directory.name(told.node).clone();
        shared.recorder.returned(self.lane, &call, node, told.clone());
        if let Some(sentence) = told.wrong {
            shared.recorder.is_wrong(sentence);
        }
        self.work.learn(&task, &told.meaning);
        if told.meaning == Meaning::Open {
            self.client = shared.recorder.newcomer();
        }
        Ok(matches!(told.meaning, Meaning::Done(_) | Meaning::Unmet))
    }
}
