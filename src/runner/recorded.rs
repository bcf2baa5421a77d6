//! `record`: what conversations meant to a queue, as a history, and the judgement of that history.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::sync::{Arc, Mutex, PoisonError};

use history::{Action, History, Limits, Outcome, Verdict, timeline};
use tokio::time::Instant;

use crate::scenario::expr::Scope;
use crate::scenario::memory::Charge;
use crate::scenario::verbs::check::Check;
use crate::scenario::verbs::tcp::{RecordKind, Tcp};

use super::steps::{Frame, Interpreter};
use super::stop::Stop;
use crate::facts::{Cause, Event, Finding, HistoryVerdict, Load as Told, LoadEvent, Unanswered, Violation, What};

/// The histories of one test, by name, and how much of the test's memory their values take.
#[derive(Debug, Default)]
pub(super) struct Recorded(Mutex<BTreeMap<String, Vec<history::Operation>>>, Mutex<Vec<Charge>>);

/// What an operation takes besides its value.
const OPERATION: usize = 100;

impl Recorded {
    fn add(&self, name: &str, operation: history::Operation, charge: Charge) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default().push(operation);
        self.1.lock().unwrap_or_else(PoisonError::into_inner).push(charge);
    }

    fn operations(&self, name: &str) -> Vec<history::Operation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned().unwrap_or_default()
    }

    /// A number for the next operation: each has a client of its own, since copies of steps run side by side.
    fn next(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(|all| all.len() as u32).sum()
    }
}

impl Interpreter<'_> {
    /// A `tcp` step, and what it meant to a queue.
    pub(super) async fn tcp_recorded(&self, tcp: &Tcp, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let Some(record) = &tcp.record else { return self.tcp(tcp, scope, frame).await };
        // What is given or deleted is known beforehand; what is received, only once it has come.
        let before = match record.kind {
            RecordKind::Take => None,
            RecordKind::Put | RecordKind::Ack => Some(record.value.text(scope)?),
        };
        let called = self.run.since_start(Instant::now());
        let result = self.tcp(tcp, scope, frame).await;
        let outcome = outcome(&result);
        let value = match before {
            Some(value) => Some(value),
            None if outcome == Outcome::Ok => Some(record.value.text(scope)?),
            None => None,
        };
        let charge = scope.charge(OPERATION + value.as_ref().map_or(0, String::len))?;
        let action = match (record.kind, value) {
            (RecordKind::Put, Some(value)) => Action::Put { value: value.into() },
            (RecordKind::Ack, Some(value)) => Action::Ack { value: value.into() },
            (_, value) => Action::Take { value: value.map(Into::into) },
        };
        let returned = (outcome != Outcome::Unknown).then(|| self.run.since_start(Instant::now()));
        let operation = history::Operation {
            client: self.recorded.next(),
            node: None,
            key: record.history.as_str().into(),
            action,
            called,
            returned,
            outcome,
            note: None,
        };
        self.recorded.add(&record.history, operation, charge);
        result
    }

    pub(super) async fn check_recorded(&self, check: &Check, min_ok: u64) -> Result<(), Stop> {
        let operations = self.recorded.operations(&check.history);
        let history = History { operations, drained: check.drained, ..History::default() };
        let (file, shown) = self.run.history_file();
        let page = file.with_extension("html");
        let name = format!("{}, seed {}", check.history, self.run.seed);
        let began = Instant::now();
        let disk = Arc::clone(&self.run.disk);
        let (with, limits) = (check.with, Limits { time: check.within, ..Limits::default() });
        let judged = tokio::task::spawn_blocking(move || {
            let note = |error: &std::io::Error| disk.note(error);
            // The verdict stands even without the files.
            let _ = File::create(file).and_then(|file| history.write(BufWriter::new(file))).inspect_err(note);
            let judgement = with.judge(&history, &limits);
            let written = matches!(judgement.verdict, Verdict::Violation(_))
                && std::fs::write(page, timeline::page(&history, &judgement, &name)).inspect_err(note).is_ok();
            (judgement, written)
        });
        let (judgement, written) =
            judged.await.map_err(|error| Stop::fault(format!("the checker failed: {error}")))?;
        let counts = judgement.counts;
        let tell = |verdict: HistoryVerdict, text: &str| {
            let with = check.with.name().to_owned();
            let what = LoadEvent::Judged { with, verdict, text: text.to_owned(), took: began.elapsed() };
            self.run.emit(Event::Load(Told { name: check.history.clone(), what }));
        };
        let unsure = match &judgement.verdict {
            Verdict::Violation(explanation) => {
                tell(HistoryVerdict::Violation, &explanation.sentence);
                let timeline = shown.strip_suffix(".jsonl").map(|name| format!("{name}.html"));
                return Err(Stop::failed(Finding::Violation(Box::new(Violation {
                    with: check.with.name().to_owned(),
                    explanation: explanation.as_ref().clone(),
                    asked: Vec::new(),
                    breaks: None,
                    request: None,
                    lost_headers: Vec::new(),
                    operations: counts.operations,
                    history: shown,
                    timeline: timeline.filter(|_| written),
                }))));
            }
            Verdict::Unknown { reason } => reason.clone(),
            Verdict::Ok if (counts.ok as u64) < min_ok => {
                let ok = counts.ok;
                format!(
                    "Could not decide: only {ok} operations succeeded, and with fewer than {min_ok} nothing is proven."
                )
            }
            Verdict::Ok => {
                tell(HistoryVerdict::Ok, &format!("{} operations on a queue are right", counts.operations));
                return Ok(());
            }
        };
        tell(HistoryVerdict::Unknown, &unsure);
        Err(Stop::failed(Finding::Value { sentence: unsure }))
    }
}

/// Whether it was done, as far as anyone can know.
fn outcome(result: &Result<(), Stop>) -> Outcome {
    match result {
        Ok(()) => Outcome::Ok,
        Err(Stop::Unanswered(Unanswered::Cause(Cause::Refused), _)) => Outcome::No,
        Err(Stop::Failed(failed)) => match &failed.what {
            // The answer that came does not say that it was done.
            What::Found(Finding::Conversation(talk))
                if talk.cause.is_none() || talk.cause == Some(Cause::Refused) =>
            {
                Outcome::No
            }
            _ => Outcome::Unknown,
        },
        Err(_) => Outcome::Unknown,
    }
}
