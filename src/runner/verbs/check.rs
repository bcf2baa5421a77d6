//! `check`: the history of a workload is judged; one that cannot be judged fails with the reason.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use history::{Action, Explanation, History, Judgement, Limits, Object, Outcome, Text, Verdict, timeline};

use crate::scenario::expr::Scope;
use crate::scenario::load::Kind;
use crate::scenario::verbs::check::{Check, is_for_recorded};
use crate::scenario::verbs::workload::object;

use super::super::doubt::BUSY;
use super::super::steps::{Interpreter, count};
use super::super::stop::Stop;
use super::workload::Load;
use crate::facts::{
    self, Answered, Cause, Event, Excerpt, Finding, HistoryVerdict, Load as Told, LoadEvent, Violation,
};

impl Interpreter<'_> {
    pub(super) async fn check(&self, check: &Check, scope: &Scope) -> Result<(), Stop> {
        let min_ok = count(&check.min_ok, scope)?;
        if is_for_recorded(check.with) {
            return self.check_recorded(check, min_ok).await;
        }
        let load = self.await_load(&check.history).await?;
        let history = load.history().await;
        let undecided = |sentence: String, latency, starved| {
            Stop::failed(Finding::Undecided { sentence, latency, history: load.shown.clone(), starved })
        };
        if let Some(sentence) = too_little(&history, min_ok, &load.plan.mix) {
            let latency = load.crew.lock().await.latency();
            self.judged(&load, check, HistoryVerdict::Unknown, &sentence, Instant::now());
            return Err(undecided(sentence, latency, load.starved.load(Ordering::Relaxed)));
        }
        let began = Instant::now();
        let limits = Limits { time: check.within, ..Limits::default() };
        let with = check.with;
        let (history, judgement) = tokio::task::spawn_blocking(move || {
            let judgement = with.judge(&history, &limits);
            (history, judgement)
        })
        .await
        .map_err(|error| Stop::fault(format!("the checker failed: {error}")))?;
        let counts = judgement.counts;
        match &judgement.verdict {
            Verdict::Ok => {
                let text = format!("{} operations on {} keys are {}", counts.operations, counts.keys, with.name());
                self.judged(&load, check, HistoryVerdict::Ok, &text, began);
                Ok(())
            }
            Verdict::Unknown { reason } => {
                let latency = load.crew.lock().await.latency();
                self.judged(&load, check, HistoryVerdict::Unknown, reason, began);
                // Checking is lsfr's own work, and others may have left it too little of the machine.
                let busy = self.run.time.others().is_some_and(|share| share >= BUSY);
                Err(undecided(reason.clone(), latency, busy))
            }
            Verdict::Violation(explanation) => {
                let explanation = explanation.as_ref().clone();
                self.judged(&load, check, HistoryVerdict::Violation, &explanation.sentence, began);
                let timeline = self.timeline(&load, history, judgement).await;
                let culprit = explanation.operations.get(explanation.culprit);
                let (request, lost_headers) = match culprit {
                    Some(culprit) => self.request(&load, culprit).await.unzip(),
                    None => (None, None),
                };
                let crew = load.crew.lock().await;
                let asked = explanation.operations.iter().map(|operation| crew.asked(operation)).collect();
                drop(crew);
                let breaks = check.refused.clone().filter(|_| happened_though_refused(&explanation));
                Err(Stop::failed(Finding::Violation(Box::new(Violation {
                    with: with.name().to_owned(),
                    explanation,
                    asked,
                    breaks,
                    request,
                    lost_headers: lost_headers.unwrap_or_default(),
                    operations: counts.operations,
                    history: load.shown.clone(),
                    timeline,
                }))))
            }
        }
    }

    fn judged(&self, load: &Load, check: &Check, verdict: HistoryVerdict, text: &str, began: Instant) {
        let with = check.with.name().to_owned();
        let what = LoadEvent::Judged { with, verdict, text: text.to_owned(), took: began.elapsed() };
        self.run.emit(Event::Load(Told { name: load.name.clone(), what }));
    }

    /// Writes the page that shows the whole history; its name, if it could be written. Without the page, the sentence
    /// stands by itself.
    async fn timeline(&self, load: &Load, history: History, judgement: Judgement) -> Option<String> {
        let (file, shown) = timeline_beside(load);
        let name = format!("{}, seed {}", load.name, self.run.seed);
        let written =
            tokio::task::spawn_blocking(move || std::fs::write(file, timeline::page(&history, &judgement, &name)));
        let written = written.await.map_err(std::io::Error::other).and_then(|written| written);
        written.inspect_err(|error| self.run.disk.note(error)).is_ok().then_some(shown)
    }

    /// The request of an operation, so that it can be repeated by hand, and the names of the headers that it lacks.
    async fn request(&self, load: &Load, operation: &history::Operation) -> Option<(facts::Operation, Vec<String>)> {
        let sent = load.crew.lock().await.request(operation)?;
        let node = operation.node.as_deref()?.to_owned();
        let took = operation.returned.unwrap_or(operation.called).saturating_sub(operation.called);
        let request = facts::Operation {
            // It belongs to a workload, whose requests are not in the stream.
            id: None,
            address: self.cluster?.address(&node).to_string(),
            node,
            method: sent.method,
            path: sent.path,
            headers: sent.headers,
            body: sent.body.map(|body| Excerpt::new(body.as_bytes())),
            hops: Vec::new(),
            called: operation.called,
            took,
            // A history keeps what an answer meant, not the answer.
            result: Answered::NoAnswer { cause: Cause::Closed, detail: String::new(), part: None, starved: false },
        };
        Some((request, sent.lost))
    }
}

/// Whether a value was read that only a write has written which was refused.
fn happened_though_refused(explanation: &Explanation) -> bool {
    let was_read = |wanted: &Text| {
        explanation.operations.iter().any(|operation| match &operation.action {
            Action::Read { value: Some(value) } => operation.outcome == Outcome::Ok && value == wanted,
            _ => false,
        })
    };
    explanation.operations.iter().any(|operation| match &operation.action {
        Action::Write { value } | Action::CompareAndSet { to: Some(value), .. } => {
            matches!(operation.outcome, Outcome::No | Outcome::Unmet) && was_read(value)
        }
        _ => false,
    })
}

pub(super) fn describe(check: &Check) -> String {
    format!("check the history of {}: {}", check.history, check.with.name())
}

/// The page of a history, in the folder where the history is.
fn timeline_beside(load: &Load) -> (PathBuf, String) {
    let name = |text: &str| text.replace("history", "timeline").replace(".jsonl", ".html");
    let file = load.file.file_name().map_or_else(String::new, |file| name(&file.to_string_lossy()));
    let shown = match load.shown.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/{}", name(file)),
        None => name(&load.shown),
    };
    (load.file.with_file_name(file), shown)
}

/// Why a history is too little to be judged: a verdict on nothing would let a program pass that does nothing.
fn too_little(history: &History, min_ok: u64, mix: &[(Kind, u32)]) -> Option<String> {
    let of = |wanted: &dyn Fn(Outcome) -> bool| {
        history.operations.iter().filter(|operation| wanted(operation.outcome)).count() as u64
    };
    let done = |outcome| matches!(outcome, Outcome::Ok | Outcome::Unmet);
    let (ok, no, open) =
        (of(&done), of(&|outcome| outcome == Outcome::No), of(&|outcome| outcome == Outcome::Unknown));
    if ok < min_ok {
        return Some(format!(
            "Could not decide: only {ok} operations succeeded, and with fewer than {min_ok} nothing is proven. {no} were \
             certainly not done; for {open} nobody can tell."
        ));
    }
    let of = object(mix);
    let never = mix.iter().map(|(kind, _)| *kind).find(|kind| {
        // Among lists, single reads and compare-and-sets are transactions of the history.
        let kind = if of == Object::Lists { &Kind::Transaction } else { kind };
        let of_kind = |operation: &&history::Operation| kind_of(&operation.action) == Some(*kind);
        !history.operations.iter().filter(of_kind).any(|operation| done(operation.outcome))
    });
    never.map(|kind| {
        format!("Could not decide: {ok} operations succeeded, and not one `{}` is among them.", kind.word())
    })
}

fn kind_of(action: &Action) -> Option<Kind> {
    match action {
        Action::Read { .. } => Some(Kind::Read),
        Action::Write { .. } => Some(Kind::Write),
        Action::CompareAndSet { .. } => Some(Kind::CompareAndSet),
        Action::Delete => Some(Kind::Delete),
        Action::Put { .. } | Action::Take { .. } | Action::Ack { .. } => None,
        Action::Transaction { .. } => Some(Kind::Transaction),
        Action::Transfer { .. } => Some(Kind::Transfer),
        Action::Balances { .. } => Some(Kind::Balances),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn history(outcomes: &[(Action, Outcome)]) -> History {
        let operation = |(at, (action, outcome)): (usize, &(Action, Outcome))| history::Operation {
            client: 0,
            node: None,
            key: "k".into(),
            action: action.clone(),
            called: Duration::from_millis(at as u64),
            returned: None,
            outcome: *outcome,
            note: None,
        };
        History { operations: outcomes.iter().enumerate().map(operation).collect(), ..History::default() }
    }

    #[test]
    fn a_history_of_too_few_or_of_one_kind_alone_is_not_judged() {
        let read = || Action::Read { value: None };
        let write = || Action::Write { value: "1".into() };
        let mix = [(Kind::Read, 5), (Kind::Write, 4)];
        let few = history(&[(write(), Outcome::Ok), (read(), Outcome::Unknown), (write(), Outcome::No)]);
        let told = too_little(&few, 2, &mix).unwrap();
        assert!(told.contains("only 1 operations succeeded") && told.contains("fewer than 2"), "{told}");
        let told = too_little(&few, 1, &mix).unwrap();
        assert!(told.contains("not one `read`"), "{told}");
        assert_eq!(too_little(&few, 1, &mix[1..]), None);
        let set = Action::CompareAndSet { from: None, to: None };
        let unmet = history(&[(set, Outcome::Unmet)]);
        assert_eq!(too_little(&unmet, 1, &[(Kind::CompareAndSet, 1)]), None);
    }
}
