//! Reports a recorded run again: from its events or, where those are missing or of another version, from its verdicts
//! and cards.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use super::Reports;
use super::card::{Card, Subject};
use super::records::{Record, Recorded, StageResult, TestResult};
use crate::facts::{
    Blocked, Event, Failure, Finding, NotStarted, Output, RunStarted, StageVerdict, Stamped, TestVerdict, Verdict,
    What,
};

/// A history that a run has left, with its page for a browser where there is one. Names in the run's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryFiles {
    pub history: String,
    pub timeline: Option<String>,
}

/// All histories of a run, in the order in which they were recorded.
pub fn histories(folder: &Path) -> Vec<HistoryFiles> {
    let names = std::iter::once(String::new()).chain((2..).map(|number| format!("-{number}")));
    let of = |number: String| HistoryFiles {
        history: format!("history{number}.jsonl"),
        timeline: Some(format!("timeline{number}.html")).filter(|page| folder.join(page).is_file()),
    };
    names.map(of).take_while(|found| folder.join(&found.history).is_file()).collect()
}

/// Replays it all to the reporters. The run need not have come to its end.
pub fn tell(recorded: &Recorded, reports: &mut Reports) {
    let record = &recorded.record;
    let results = results(record);
    let told = HashSet::new();
    let mut teller =
        Teller { record, results: &results, reports, told, at: Duration::ZERO, began: false, ended: false };
    // Without its events a run still has its verdicts.
    for stamped in recorded.events().into_iter().flatten() {
        teller.event(&stamped);
    }
    teller.rest(recorded.live);
}

struct Teller<'a> {
    record: &'a Record,
    results: &'a [StageResult],
    reports: &'a mut Reports,
    /// Stages and tests that appeared in events.
    told: HashSet<(String, Option<String>)>,
    at: Duration,
    began: bool,
    ended: bool,
}

impl Teller<'_> {
    fn event(&mut self, stamped: &Stamped) {
        self.at = stamped.at;
        match &stamped.event {
            Event::RunStarted(_) => self.began = true,
            _ if !self.began => self.begin(),
            _ => {}
        }
        match &stamped.event {
            Event::StageStarted { stage, .. } => drop(self.told.insert((stage.clone(), None))),
            Event::TestEnded { stage, test, .. } => {
                self.told.insert((stage.clone(), Some(test.clone())));
            }
            Event::StageEnded { stage, .. } => self.tests_of(stage),
            Event::RunEnded { .. } => {
                self.stages();
                self.ended = true;
            }
            _ => {}
        }
        self.reports.event(stamped);
    }

    fn say(&mut self, event: Event, card: Option<&Card>) {
        self.reports.recorded(&Stamped { at: self.at, event }, card);
    }

    fn begin(&mut self) {
        self.began = true;
        let Record { version, challenge, stages, seed, time, cards, .. } = self.record;
        let folder = cards.first().map_or_else(String::new, |card| card.records.clone());
        let started = RunStarted {
            version: version.clone(),
            challenge: challenge.clone(),
            stages: stages.clone(),
            seed: *seed,
            folder,
            time: time.clone(),
            faults: None,
        };
        self.say(Event::RunStarted(started), None);
    }

    /// The tests of a stage for which no event that this version understands has reported an end.
    fn tests_of(&mut self, stage: &str) {
        let record = self.record;
        for result in self.results.iter().filter(|result| result.stage == stage) {
            for test in &result.tests {
                if self.told.insert((stage.to_owned(), Some(test.test.clone()))) {
                    let is_its = |card: &&Card| card.stage == stage && card.test == test.test;
                    let card = record.cards.iter().find(is_its);
                    let verdict = verdict(test, card);
                    let (stage, name) = (stage.to_owned(), test.test.clone());
                    self.say(Event::TestEnded { stage, test: name, verdict, took: test.took }, card);
                }
            }
        }
    }

    /// Stages that appeared in no event.
    fn stages(&mut self) {
        for StageResult { stage, verdict, tests } in self.results {
            if !self.told.insert((stage.clone(), None)) {
                self.tests_of(stage);
                continue;
            }
            let names = tests.iter().map(|test| test.test.clone()).collect();
            self.say(Event::StageStarted { stage: stage.clone(), title: String::new(), tests: names }, None);
            self.not_started(stage);
            self.tests_of(stage);
            let took = tests.iter().map(|test| test.took).sum();
            let verdict = verdict.unwrap_or(StageVerdict::Partial);
            self.say(Event::StageEnded { stage: stage.clone(), verdict, took }, None);
        }
    }

    /// What held back the tests of a stage.
    fn not_started(&mut self, stage: &str) {
        let record = self.record;
        for card in record.cards.iter().filter(|card| card.stage == stage) {
            let said = Output::default();
            let why = match card.subject {
                Subject::Test | Subject::Lsfr | Subject::Disk | Subject::Folder | Subject::Pack => continue,
                Subject::Build => {
                    let (command, status) = (card.commands.concat(), card.no_answer.clone().unwrap_or_default());
                    Blocked::Build { command, status, took: card.took.unwrap_or_default(), said }
                }
                Subject::Start => {
                    let (node, sentence, command) = (String::new(), card.told.join(" "), Vec::new());
                    Blocked::Start { node, sentence, command, said }
                }
            };
            let not_judged = card.not_judged.clone();
            self.say(Event::NotStarted(NotStarted { stage: stage.to_owned(), why, not_judged }), Some(card));
        }
    }

    /// What comes after the last event.
    fn rest(&mut self, live: bool) {
        if !self.began {
            self.begin();
        }
        if self.ended {
            return;
        }
        self.stages();
        // A run that still goes on has no end yet.
        if !live {
            let took = if self.record.took.is_zero() { self.at } else { self.record.took };
            self.say(Event::RunEnded { outcome: self.record.outcome.clone(), took }, None);
        }
    }
}

/// What is known of each test, even if only from its card.
fn results(record: &Record) -> Vec<StageResult> {
    let mut results = record.results.clone();
    for card in &record.cards {
        let at = results.iter().position(|result| result.stage == card.stage).unwrap_or_else(|| {
            results.push(StageResult { stage: card.stage.clone(), verdict: None, tests: Vec::new() });
            results.len() - 1
        });
        let tests = &mut results[at].tests;
        if card.subject == Subject::Test && !tests.iter().any(|test| test.test == card.test) {
            let verdict = if card.not_judged.is_some() { TestVerdict::NotJudged } else { TestVerdict::Failed };
            tests.push(TestResult {
                test: card.test.clone(),
                verdict,
                reason: card.not_judged.clone(),
                took: Duration::ZERO,
            });
        }
    }
    results
}

fn verdict(test: &TestResult, card: Option<&Card>) -> Verdict {
    let reason = || test.reason.clone().unwrap_or_default();
    match test.verdict {
        TestVerdict::Passed => Verdict::Passed,
        TestVerdict::Failed => Verdict::Failed(Box::new(failure(card))),
        TestVerdict::NotJudged => Verdict::NotJudged { reason: reason(), failure: Box::new(failure(card)) },
        TestVerdict::NotRun => Verdict::NotRun { reason: reason() },
    }
}

/// As much of a failure as its card contains.
fn failure(card: Option<&Card>) -> Failure {
    let told = card.map(|card| card.told.join(" ")).filter(|told| !told.is_empty());
    Failure {
        requirement: card.map_or_else(String::new, |card| card.requirement.clone()),
        proves: card.map_or_else(String::new, |card| card.proves.clone()),
        step: card.and_then(|card| card.step.clone()),
        what: What::Found(Finding::Value {
            sentence: told.unwrap_or_else(|| "The failure was recorded by another version of lsfr.".to_owned()),
        }),
        hints: card.map_or_else(Vec::new, |card| card.hints.clone()),
        commands: std::collections::BTreeMap::new(),
    }
}
