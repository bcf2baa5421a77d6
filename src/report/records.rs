//! The folder of a run, `.lsfr/runs/<time>-<stage>/`: its events as they come, its verdicts and cards, and reading
//! all that back, also from a run that was interrupted or written by another version.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Local};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Reporter;
use super::card::Card;
use super::journal::{self, Entry};
use super::retention::{self, Limits};
use super::run_state::RunState;
use super::write::write_atomically;
use crate::facts::{Event, Operation, Outcome, StageVerdict, Stamped, TestVerdict, Verdict};
use crate::machine::Disk;
use crate::seconds;

/// Where runs are kept, relative to the challenge directory.
pub const RUNS: &str = ".lsfr/runs";

pub(super) const LOCK: &str = "lock";
const RECORD: &str = "run.json";
const EVENTS: &str = "events.jsonl";
/// Raised when an older reader would misread what is written.
const FORMAT: u32 = 1;

/// The events of the run in this folder, a line each.
pub fn events_path(folder: &Path) -> PathBuf {
    folder.join(EVENTS)
}

#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    #[error("A folder for the records of this run could not be made in {}: {error}. {}", runs.display(), remedy(runs))]
    Create { runs: PathBuf, error: io::Error },
    #[error("{} is a link. lsfr removes old runs there, so it must be a folder of its own: remove the link.", path.display())]
    Link { path: PathBuf },
    #[error("The record {} could not be read: {error}.", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("The record {} is broken: {error}. The run can be made again with `lsfr test`.", path.display())]
    Broken { path: PathBuf, error: serde_json::Error },
}

/// What to do about a folder that could not be made.
fn remedy(runs: &Path) -> String {
    match runs.ancestors().find(|path| path.exists()) {
        Some(file) if !file.is_dir() => format!("{} is in the way: move it elsewhere.", file.display()),
        _ => "Check that the disk has room and that this directory is yours to write to.".to_owned(),
    }
}

/// `run.json`: what a run was, and how it came out.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub format: u32,
    /// lsfr's.
    pub version: String,
    pub challenge: String,
    pub stages: Vec<String>,
    pub seed: u64,
    pub time: String,
    /// "interrupted" until the run has ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    #[serde(with = "seconds")]
    pub took: Duration,
    pub results: Vec<StageResult>,
    pub cards: Vec<Card>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageResult {
    pub stage: String,
    /// None while the run goes on, and for good if it was interrupted.
    pub verdict: Option<StageVerdict>,
    #[serde(default)]
    pub tests: Vec<TestResult>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestResult {
    pub test: String,
    pub verdict: TestVerdict,
    /// Why it was not run or not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, with = "seconds")]
    pub took: Duration,
}

impl Record {
    fn empty() -> Self {
        Self {
            format: FORMAT,
            version: String::new(),
            challenge: String::new(),
            stages: Vec::new(),
            seed: 0,
            time: String::new(),
            outcome: Outcome::Interrupted,
            took: Duration::ZERO,
            results: Vec::new(),
            cards: Vec::new(),
        }
    }

    /// As much as can be understood: a field or card of another version is left out rather than refused.
    pub(crate) fn from_json(json: &Json) -> Self {
        fn field<T: DeserializeOwned>(json: &Json, name: &str) -> Option<T> {
            json.get(name).and_then(|value| T::deserialize(value).ok())
        }
        fn items<T: DeserializeOwned>(json: &Json, name: &str) -> Vec<T> {
            let items = json.get(name).and_then(Json::as_array).into_iter().flatten();
            items.filter_map(|value| T::deserialize(value).ok()).collect()
        }
        Self {
            format: field(json, "format").unwrap_or(FORMAT),
            version: field(json, "version").unwrap_or_default(),
            challenge: field(json, "challenge").unwrap_or_default(),
            stages: field(json, "stages").unwrap_or_default(),
            seed: field(json, "seed").unwrap_or_default(),
            time: field(json, "time").unwrap_or_default(),
            outcome: Outcome::deserialize(json).unwrap_or(Outcome::Interrupted),
            took: field(json, "took").and_then(|took| Duration::try_from_secs_f64(took).ok()).unwrap_or_default(),
            results: items(json, "results"),
            cards: items(json, "cards"),
        }
    }

    /// The stages in which a test failed, even if the run did not end.
    pub fn failed_stages(&self) -> impl Iterator<Item = &str> {
        self.cards.iter().filter(|card| card.not_judged.is_none()).map(|card| card.stage.as_str())
    }
}

/// The records of the run that goes on.
pub struct RunFolder {
    path: PathBuf,
    relative: String,
    /// Held for as long as the run lives; the system releases it however lsfr ends.
    _lock: File,
    events: BufWriter<File>,
    record: Record,
    /// The first thing that could not be written.
    error: Option<io::Error>,
    /// What to notify of a full disk.
    disk: Option<Arc<Disk>>,
}

impl RunFolder {
    /// Makes a folder that no other run has, after removing old ones.
    pub fn create(project: &Path, stage: &str, now: DateTime<Local>) -> Result<Self, RecordsError> {
        let runs = project.join(RUNS);
        for path in [project.join(".lsfr"), runs.clone()] {
            if path.is_symlink() {
                return Err(RecordsError::Link { path });
            }
        }
        Self::make(&runs, stage, now).map_err(|error| RecordsError::Create { runs, error })
    }

    fn make(runs: &Path, stage: &str, now: DateTime<Local>) -> io::Result<Self> {
        fs::create_dir_all(runs)?;
        // A folder that has just been made has no lock of its own yet: nobody may remove old runs meanwhile.
        let _guard = retention::guard(runs)?;
        // This run counts as one of those that may be kept.
        retention::prune(runs, Limits { runs: Limits::USUAL.runs - 1, ..Limits::USUAL });
        let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let base = format!("{}-{}", now.format("%Y%m%d-%H%M%S"), stage.chars().map(safe).collect::<String>());
        let mut name = base.clone();
        let mut number = 1;
        while let Err(error) = fs::create_dir(runs.join(&name)) {
            if error.kind() != io::ErrorKind::AlreadyExists {
                return Err(error);
            }
            number += 1;
            name = format!("{base}-{number}");
        }
        let path = runs.join(&name);
        let lock = File::create_new(path.join(LOCK))?;
        // On a file system without locks the run goes on; its folder is the newest, which is kept anyway.
        let _ = lock.try_lock();
        let events = BufWriter::new(File::create_new(path.join(EVENTS))?);
        let relative = format!("{RUNS}/{name}");
        Ok(Self { path, relative, _lock: lock, events, record: Record::empty(), error: None, disk: None })
    }

    /// Notifies this disk when there is no more room for the records.
    pub fn on(self, disk: Arc<Disk>) -> Self {
        Self { disk: Some(disk), ..self }
    }

    /// With events that go elsewhere.
    #[cfg(test)]
    pub(super) fn with_events(self, events: File) -> Self {
        Self { events: BufWriter::new(events), ..self }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Relative to the challenge directory, as in [`RunStarted::folder`](crate::facts::RunStarted).
    pub fn relative(&self) -> &str {
        &self.relative
    }

    fn keep(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            if let Some(disk) = &self.disk {
                disk.note(&error);
            }
            self.error.get_or_insert(error);
        }
    }

    fn write_event(&mut self, stamped: &Stamped) -> io::Result<()> {
        serde_json::to_writer(&mut self.events, stamped)?;
        self.events.write_all(b"\n")?;
        // Loads make thousands of requests; everything else is on disk at once, in case lsfr is killed.
        if matches!(stamped.event, Event::Operation(Operation { .. }) | Event::Spoken(_) | Event::StepStarted { .. })
        {
            return Ok(());
        }
        self.events.flush()
    }

    fn write_record(&mut self) {
        let written = serde_json::to_vec_pretty(&self.record)
            .map_err(io::Error::other)
            .and_then(|bytes| write_atomically(&self.path.join(RECORD), &bytes));
        self.keep(written);
    }
}

impl RunFolder {
    /// In the journal, which outlives this folder.
    fn note(&self) -> io::Result<()> {
        let project = self.path.ancestors().nth(3);
        match project.zip(Entry::of(&self.path, &self.record)) {
            Some((project, entry)) => journal::add(project, &entry),
            None => Ok(()),
        }
    }
}

impl Reporter for RunFolder {
    fn event(&mut self, stamped: &Stamped, state: &RunState) {
        let written = self.write_event(stamped);
        self.keep(written);
        match &stamped.event {
            Event::RunStarted(run) => {
                self.record = Record {
                    version: run.version.clone(),
                    challenge: run.challenge.clone(),
                    stages: run.stages.clone(),
                    seed: run.seed,
                    time: run.time.clone(),
                    ..Record::empty()
                };
                self.write_record();
            }
            Event::StageStarted { stage, .. } => {
                let result = StageResult { stage: stage.clone(), verdict: None, tests: Vec::new() };
                self.record.results.push(result);
            }
            Event::TestEnded { test, verdict, took, .. } => {
                let reason = match verdict {
                    Verdict::Passed | Verdict::Failed(_) => None,
                    Verdict::NotRun { reason } | Verdict::NotJudged { reason, .. } => Some(reason.clone()),
                };
                let verdict = verdict.kind();
                if let Some(stage) = self.record.results.last_mut() {
                    stage.tests.push(TestResult { test: test.clone(), verdict, reason, took: *took });
                }
            }
            Event::StageEnded { verdict, .. } => {
                if let Some(stage) = self.record.results.last_mut() {
                    stage.verdict = Some(*verdict);
                }
                self.record.cards.iter_mut().for_each(|card| card.note_rest(state));
                self.write_record();
            }
            Event::RunEnded { outcome, took } => {
                self.record.outcome = outcome.clone();
                self.record.took = *took;
                // The last stage may not have come to its end.
                self.record.cards.iter_mut().for_each(|card| card.note_rest(state));
                self.write_record();
                let noted = self.note();
                self.keep(noted);
            }
            _ => {}
        }
    }

    fn card(&mut self, card: &Card) {
        self.record.cards.push(card.clone());
        self.write_record();
    }

    /// Requests are written in bulk; whoever follows them need not wait for more than this.
    fn tick(&mut self) {
        let flushed = self.events.flush();
        self.keep(flushed);
    }

    /// Removes the data and files of a run that passed, and old runs, since this one may have grown large.
    fn finish(&mut self) -> Option<String> {
        let flushed = self.events.flush();
        self.keep(flushed);
        if self.record.outcome == Outcome::Passed {
            // Whatever a program made unremovable stays until its owner removes it.
            for folder in ["data", "scratch", "programs"] {
                let _ = fs::remove_dir_all(self.path.join(folder));
            }
        }
        if let Some(runs) = self.path.parent()
            && let Ok(_guard) = retention::guard(runs)
        {
            retention::prune(runs, Limits::USUAL);
        }
        let error = self.error.take()?;
        Some(format!("The records of this run in {} are incomplete: {error}.", self.relative))
    }
}

/// A run read back.
#[derive(Debug)]
pub struct Recorded {
    pub folder: PathBuf,
    pub record: Record,
    /// The run still goes on.
    pub live: bool,
}

impl Recorded {
    /// Its events in order; lines that are broken or of an unknown kind are skipped.
    pub fn events(&self) -> Result<impl Iterator<Item = Stamped> + use<>, RecordsError> {
        let path = self.folder.join(EVENTS);
        let file = File::open(&path).map_err(|error| RecordsError::Read { path, error })?;
        let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
        Ok(lines.filter_map(|line| serde_json::from_slice(&line).ok()))
    }
}

/// Reads a run's folder.
pub fn load(folder: &Path) -> Result<Recorded, RecordsError> {
    let path = folder.join(RECORD);
    let bytes = fs::read(&path).map_err(|error| RecordsError::Read { path: path.clone(), error })?;
    let json: Json = serde_json::from_slice(&bytes).map_err(|error| RecordsError::Broken { path, error })?;
    Ok(Recorded { folder: folder.to_owned(), record: Record::from_json(&json), live: retention::is_live(folder) })
}

/// The folders of all runs, the newest first.
pub fn list(project: &Path) -> Vec<PathBuf> {
    let mut runs = retention::runs(&project.join(RUNS));
    runs.reverse();
    runs
}

/// The newest run that can be read.
pub fn latest(project: &Path) -> Option<Recorded> {
    list(project).iter().find_map(|folder| load(folder).ok())
}
