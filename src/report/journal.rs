//! `.lsfr/journal.jsonl`: a line for each run that came to its end. Folders of runs are removed when there are many;
//! how long a stage took is asked when most of its runs have gone.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::{Deserialize, Serialize};

use super::records::{self, Record, StageResult};
use crate::facts::{StageVerdict, TestVerdict};
use crate::seconds;

const JOURNAL: &str = ".lsfr/journal.jsonl";

/// A run in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of its folder, there or not.
    pub run: String,
    pub challenge: String,
    /// Local time, as in [`Record::time`].
    pub time: String,
    #[serde(with = "seconds")]
    pub took: Duration,
    pub stages: Vec<StageEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageEntry {
    pub stage: String,
    /// None if the run ended in the middle of it.
    pub verdict: Option<StageVerdict>,
    pub passed: usize,
    pub tests: usize,
}

impl Entry {
    pub(super) fn of(folder: &Path, record: &Record) -> Option<Self> {
        let stage = |result: &StageResult| StageEntry {
            stage: result.stage.clone(),
            verdict: result.verdict,
            passed: result.tests.iter().filter(|test| test.verdict == TestVerdict::Passed).count(),
            tests: result.tests.len(),
        };
        Some(Self {
            run: folder.file_name()?.to_str()?.to_owned(),
            challenge: record.challenge.clone(),
            time: record.time.clone(),
            took: record.took,
            stages: record.results.iter().map(stage).collect(),
        })
    }

    fn began(&self) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&self.time).ok()
    }

    fn ended(&self) -> Option<DateTime<FixedOffset>> {
        self.began()?.checked_add_signed(TimeDelta::from_std(self.took).ok()?)
    }

    fn verdict(&self, stage: &str) -> Option<StageVerdict> {
        self.stages.iter().find(|entry| entry.stage == stage)?.verdict
    }
}

/// Adds a run, whose folder is `.lsfr/runs/NAME`.
pub(super) fn add(project: &Path, entry: &Entry) -> io::Result<()> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    let path = project.join(JOURNAL);
    // A line that was cut short by a crash must not take the next one with it.
    if !ends_a_line(&path)? {
        line.insert(0, b'\n');
    }
    OpenOptions::new().create(true).append(true).open(path)?.write_all(&line)
}

fn ends_a_line(path: &Path) -> io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// All runs of a challenge in this directory that are known of, the oldest first: those of the journal, and those whose
/// folder is still there. Lines that cannot be read are left out.
pub fn read(project: &Path, challenge: &str) -> Vec<Entry> {
    let text = fs::read(project.join(JOURNAL)).unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n');
    let mut entries: Vec<Entry> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let known: BTreeSet<String> = entries.iter().map(|entry| entry.run.clone()).collect();
    let folders = records::list(project).into_iter().filter_map(|folder| records::load(&folder).ok());
    let recorded = folders.filter(|run| !run.live).filter_map(|run| Entry::of(&run.folder, &run.record));
    entries.extend(recorded.filter(|entry| !known.contains(&entry.run)));
    entries.retain(|entry| entry.challenge == challenge);
    // By the time itself: an offset changes twice a year.
    entries.sort_by_key(Entry::began);
    entries
}

/// What it took to pass a stage for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Runs in which the stage came to a verdict, up to the one that passed.
    pub runs: usize,
    /// From the beginning of the first to the end of the last, whatever the learner did in between.
    pub time: Duration,
}

/// None as long as the stage has not passed, or where times cannot be told.
pub fn effort(entries: &[Entry], stage: &str) -> Option<Effort> {
    let of_stage: Vec<&Entry> = entries.iter().filter(|entry| entry.verdict(stage).is_some()).collect();
    let pass = of_stage.iter().position(|entry| entry.verdict(stage) == Some(StageVerdict::Passed))?;
    let time = of_stage[pass].ended()?.signed_duration_since(of_stage[0].began()?).to_std().ok()?;
    Some(Effort { runs: pass + 1, time })
}

/// What a whole challenge took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    pub first: DateTime<FixedOffset>,
    pub last: DateTime<FixedOffset>,
    /// All of them, also those that were interrupted.
    pub runs: usize,
    /// How long the runs took, together.
    pub testing: Duration,
    /// Tests in the last passed run of each stage. None if such a run of one of the stages is not known.
    pub tests: Option<usize>,
}

impl Whole {
    pub fn of<'a>(entries: &[Entry], stages: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let passed = |stage: &str| {
            let all = entries.iter().rev().flat_map(|entry| &entry.stages);
            let mut passed = all.filter(|entry| entry.stage == stage && entry.verdict == Some(StageVerdict::Passed));
            passed.next().map(|entry| entry.passed)
        };
        Some(Self {
            first: entries.iter().find_map(Entry::began)?,
            last: entries.iter().rev().find_map(Entry::ended)?,
            runs: entries.len(),
            testing: entries.iter().map(|entry| entry.took).sum(),
            tests: stages.into_iter().map(passed).sum(),
        })
    }

    /// Days of the calendar, the first and the last included.
    pub fn days(&self) -> i64 {
        (self.last.date_naive() - self.first.date_naive()).num_days() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(time: &str, took: u64, stages: &[(&str, Option<StageVerdict>, usize)]) -> Entry {
        let stage = |(stage, verdict, passed): &(&str, Option<StageVerdict>, usize)| StageEntry {
            stage: (*stage).to_owned(),
            verdict: *verdict,
            passed: *passed,
            tests: 5,
        };
        Entry {
            run: time.to_owned(),
            challenge: "kv".into(),
            time: time.to_owned(),
            took: Duration::from_secs(took),
            stages: stages.iter().map(stage).collect(),
        }
    }

    const PASSED: Option<StageVerdict> = Some(StageVerdict::Passed);
    const FAILED: Option<StageVerdict> = Some(StageVerdict::Failed);

    #[test]
    fn effort_ends_with_the_first_pass() {
        let entries = [
            entry("2026-11-20T10:00:00.000+01:00", 10, &[("a", FAILED, 2)]),
            entry("2026-11-20T10:05:00.000+01:00", 10, &[("a", None, 1)]),
            entry("2026-11-20T10:20:00.000+01:00", 10, &[("a", FAILED, 4), ("b", None, 0)]),
            entry("2026-11-20T10:30:00.000+01:00", 30, &[("a", PASSED, 5)]),
            entry("2026-11-21T10:00:00.000+01:00", 10, &[("a", PASSED, 5), ("b", FAILED, 1)]),
        ];
        assert_eq!(effort(&entries, "a"), Some(Effort { runs: 3, time: Duration::from_secs(30 * 60 + 30) }));
        assert_eq!(effort(&entries, "b"), None, "it has not passed");
        assert_eq!(effort(&entries, "c"), None, "it has not run");
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let unreadable = Entry { time: "yesterday".into(), ..entry("", 10, &[("a", PASSED, 5)]) };
        assert_eq!(effort(&[unreadable], "a"), None);
        assert_eq!(Whole::of(&[], ["a"]), None);
        let a = entry("2026-11-20T23:59:50.000+01:00", 20, &[("a", PASSED, 5)]);
        let whole = Whole::of(std::slice::from_ref(&a), ["a", "b"]).unwrap();
        assert_eq!((whole.runs, whole.days(), whole.tests), (1, 2, None), "no run of b is known");
        let b = entry("2026-11-22T10:00:00.000+01:00", 25, &[("a", PASSED, 4), ("b", PASSED, 7)]);
        let whole = Whole::of(&[a, b], ["a", "b"]).unwrap();
        assert_eq!((whole.runs, whole.days(), whole.tests), (2, 3, Some(11)));
        assert_eq!(whole.testing, Duration::from_secs(45));
    }

    #[test]
    fn a_line_cut_short_spoils_no_other() {
        let project = tempfile::tempdir().unwrap();
        fs::create_dir(project.path().join(".lsfr")).unwrap();
        let first = entry("2026-11-20T10:00:00.000+01:00", 1, &[]);
        let second = entry("2026-11-20T11:00:00.000+01:00", 2, &[("a", FAILED, 0)]);
        add(project.path(), &second).unwrap();
        let path = project.path().join(JOURNAL);
        let torn = fs::read(&path).unwrap();
        fs::write(&path, [&torn[..], b"{\"run\":\"x"].concat()).unwrap();
        add(project.path(), &first).unwrap();
        add(project.path(), &Entry { challenge: "other".into(), ..first.clone() }).unwrap();
        assert_eq!(read(project.path(), "kv"), [first, second]);
    }
}
