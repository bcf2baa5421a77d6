//! What the records of earlier runs say of each test: how it went, when, and how long it takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset};

use crate::facts::TestVerdict;
use crate::report::journal::Entry;
use crate::report::records::Recorded;
use crate::tui::progress::Passed;

/// Runs that say how long a test takes. More would only remember a machine, or a program, that is no more.
const LAST: usize = 5;

#[derive(Debug, Clone, Default)]
pub struct Past {
    /// By stage and test.
    tests: BTreeMap<String, BTreeMap<String, Earlier>>,
    /// The tests of a stage in the order of its last run as a whole.
    order: BTreeMap<String, Vec<String>>,
    /// All runs of the challenge in a few words, the oldest first.
    pub journal: Vec<Entry>,
    /// When each run that is still recorded began, by the name of its folder.
    pub(super) runs: BTreeMap<String, DateTime<FixedOffset>>,
    /// The files of the project and when they changed, the last one first.
    pub(super) files: Vec<(PathBuf, SystemTime)>,
}

/// A test in the runs that are still recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Earlier {
    /// The run that said something of it last.
    pub when: Option<DateTime<FixedOffset>>,
    /// That run tested the program as it is now.
    pub current: bool,
    /// None if it was never judged.
    passed: Option<bool>,
    /// The last run that it passed in.
    pub(super) passed_in: Option<Passed>,
    /// Of the last few runs that judged it, the newest first.
    took: Vec<Duration>,
}

impl Past {
    /// `runs`: the newest first. `is_current`: whether a run tested the program as it is now.
    pub fn of(runs: &[Recorded], is_current: impl Fn(&Recorded) -> bool, journal: Vec<Entry>) -> Self {
        let mut past = Self { journal, ..Self::default() };
        for run in runs.iter().filter(|run| !run.live) {
            let when = DateTime::parse_from_rfc3339(&run.record.time).ok();
            let current = is_current(run);
            let name = run.folder.file_name().and_then(|name| name.to_str());
            past.runs.extend(name.map(str::to_owned).zip(when));
            for stage in &run.record.results {
                let tests = past.tests.entry(stage.stage.clone()).or_default();
                for result in &stage.tests {
                    let new = || Earlier { when, current, ..Earlier::default() };
                    let earlier = tests.entry(result.test.clone()).or_insert_with(new);
                    earlier.add(result.verdict, result.took);
                    if result.verdict == TestVerdict::Passed && earlier.passed_in.is_none() {
                        earlier.passed_in = when.map(|when| Passed { run: run.folder.clone(), when });
                    }
                }
                if stage.verdict.is_some() && stage.tests.len() > 1 {
                    let names = || stage.tests.iter().map(|test| test.test.clone()).collect();
                    past.order.entry(stage.stage.clone()).or_insert_with(names);
                }
            }
        }
        past
    }

    /// With the files of the project, and when each changed last.
    pub fn with_files(self, mut files: Vec<(PathBuf, SystemTime)>) -> Self {
        files.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        Self { files, ..self }
    }

    pub fn test(&self, stage: &str, test: &str) -> Option<&Earlier> {
        self.tests.get(stage)?.get(test)
    }

    /// When a run that is still recorded began.
    pub fn began(&self, run: &Path) -> Option<DateTime<FixedOffset>> {
        self.runs.get(run.file_name()?.to_str()?).copied()
    }

    pub(super) fn tests_of(&self, stage: &str) -> Option<&[String]> {
        self.order.get(stage).map(Vec::as_slice)
    }

    /// How long a test takes: the median of its last runs.
    pub fn usual(&self, stage: &str, test: &str) -> Option<Duration> {
        median(&self.test(stage, test)?.took)
    }

    pub(super) fn verdicts(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        self.tests.iter().flat_map(|(stage, tests)| {
            tests.iter().filter_map(move |(test, earlier)| Some((stage.as_str(), test.as_str(), earlier.passed?)))
        })
    }

    pub(super) fn is_of_another_program(&mut self) {
        for earlier in self.tests.values_mut().flat_map(BTreeMap::values_mut) {
            earlier.current = false;
        }
    }
}

impl Earlier {
    /// An earlier run than all before.
    fn add(&mut self, verdict: TestVerdict, took: Duration) {
        let passed = match verdict {
            TestVerdict::Passed => true,
            TestVerdict::Failed => false,
            TestVerdict::NotRun | TestVerdict::NotJudged => return,
        };
        self.passed.get_or_insert(passed);
        if self.took.len() < LAST {
            self.took.push(took);
        }
    }
}

/// Of an even number, the lower of the two in the middle.
fn median(all: &[Duration]) -> Option<Duration> {
    let mut sorted = all.to_vec();
    sorted.sort();
    sorted.get(all.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_few_is_one_of_them() {
        let all = |seconds: &[u64]| seconds.iter().map(|s| Duration::from_secs(*s)).collect::<Vec<_>>();
        assert_eq!(median(&[]), None);
        assert_eq!(median(&all(&[7])), Some(Duration::from_secs(7)));
        assert_eq!(median(&all(&[9, 1])), Some(Duration::from_secs(1)));
        assert_eq!(median(&all(&[1, 90, 2, 3, 2])), Some(Duration::from_secs(2)), "one that hung counts for little");
    }
}
