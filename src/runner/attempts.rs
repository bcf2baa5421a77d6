//! How an answer changed while something was awaited.

use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::facts::{Answered, Finding, Mismatch, Operation, Ran, Seen, Spot, Traffic, What};
use crate::text::size;

/// Stretches in which the answer stayed the same, the oldest first.
#[derive(Debug)]
pub(super) struct Attempts {
    began: Instant,
    seen: Vec<Seen>,
}

impl Attempts {
    /// More changes than this add nothing: the first and the last ones are kept.
    const MOST: usize = 12;

    pub(super) fn new() -> Self {
        Self { began: Instant::now(), seen: Vec::new() }
    }

    pub(super) fn add(&mut self, what: String) {
        let at = self.began.elapsed();
        match self.seen.last_mut() {
            Some(last) if last.what == what => last.times += 1,
            _ => self.seen.push(Seen { at, what, times: 1 }),
        }
        if self.seen.len() > Self::MOST {
            // The middle is the part that holds nothing new.
            self.seen.remove(Self::MOST / 2);
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn into_seen(self) -> Vec<Seen> {
        self.seen
    }
}

/// A failed attempt in a few words: `503`, `refused`, `200, body differs`.
pub(super) fn brief(what: &What) -> String {
    match what.finding() {
        Finding::Answer { operation, mismatches } => answer(operation, mismatches),
        Finding::Conversation(talk) => match (&talk.mismatches[..], talk.cause, &talk.sentence) {
            ([Mismatch { actual: Some(Json::String(text)), .. }, ..], ..) => {
                text.trim_end().chars().take(40).collect()
            }
            ([mismatch, ..], ..) => format!("{} differs", mismatch.path),
            (_, Some(cause), _) => cause.word().replace('_', " "),
            (.., sentence) => sentence.clone().unwrap_or_default(),
        },
        Finding::Answers { fitted, others, .. } => {
            let mut parts: Vec<String> = Vec::new();
            if !fitted.is_empty() {
                parts.push(format!("{} fits", fitted.join(", ")));
            }
            parts.extend(
                others
                    .iter()
                    .map(|(operation, mismatches)| format!("{} {}", operation.node, answer(operation, mismatches))),
            );
            parts.join("; ")
        }
        Finding::TooFew { passed, wanted, .. } => format!("{passed} of {wanted}"),
        Finding::ShortWalk(short) => format!("{} of {} answers", short.judged, short.wanted),
        Finding::Node { sentence, .. }
        | Finding::Breach { sentence, .. }
        | Finding::Undecided { sentence, .. }
        | Finding::Value { sentence }
        | Finding::Compared { sentence, .. } => sentence.clone(),
        Finding::DiskUsage { node, bytes, .. } => format!("{node} {}", size(*bytes)),
        Finding::Traffic(traffic) => brief_traffic(traffic),
        Finding::Violation(violation) => violation.explanation.title.clone(),
        Finding::NoRole { role, .. } => format!("no {role}"),
        Finding::Command { ran, mismatches } => command(ran, mismatches),
        Finding::Cases { first, .. } => format!("{}: {}", first.name, command(&first.ran, &first.mismatches)),
    }
}

/// `1200 messages`, `8.1 MB`.
fn brief_traffic(traffic: &Traffic) -> String {
    match &traffic.messages {
        Some(counted) if counted.unrecognised.is_empty() => format!("{} messages", counted.all()),
        _ => size(traffic.all_bytes()),
    }
}

/// What went wrong with a program in a few words: `stdout differs`, or a sentence.
pub(super) fn command(ran: &Ran, mismatches: &[Mismatch]) -> String {
    match &ran.sentence {
        Some(sentence) => sentence.clone(),
        None => mismatches.iter().map(|mismatch| format!("{} differs", mismatch.path)).collect::<Vec<_>>().join(", "),
    }
}

fn answer(operation: &Operation, mismatches: &[Mismatch]) -> String {
    match &operation.result {
        Answered::NoAnswer { cause, .. } => cause.word().replace('_', " "),
        Answered::Answer(answer) => match mismatches.first().map(|mismatch| &mismatch.path) {
            Some(Spot::Status) | None => answer.status.to_string(),
            Some(path) => format!("{}, {path} differs", answer.status),
        },
    }
}
