//! A failure beside the last run that passed its test: when that was, and what is different since.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Local};

use super::{Past, as_of};
use crate::report::card::{Card, Subject};
use crate::text::clean;
use crate::tui::action::Action;
use crate::tui::keymap::Keymap;
use crate::watch::OwnWrites;

/// Names of files that say enough.
const NAMED: usize = 3;

/// The last run that passed a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub run: PathBuf,
    pub when: DateTime<chrono::FixedOffset>,
}

/// The run before a failure in which its test passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before<'a> {
    pub passed: &'a Passed,
    /// The files that have changed since, the last one first.
    pub changed: Vec<&'a Path>,
}

impl Past {
    /// None for a failure of a run that this does not know yet: what has changed for it is not known either.
    pub fn before(&self, card: &Card) -> Option<Before<'_>> {
        if card.subject != Subject::Test {
            return None;
        }
        let failed = self.began(Path::new(&card.records))?;
        let passed = self.test(&card.stage, &card.test)?.passed_in.as_ref().filter(|passed| passed.when < failed)?;
        let then = SystemTime::from(passed.when);
        let changed = self.files.iter().take_while(|(_, at)| *at > then).map(|(file, _)| file.as_path()).collect();
        Some(Before { passed, changed })
    }
}

impl Before<'_> {
    /// What runs write themselves is no change of the learner's.
    pub fn without(mut self, own: &OwnWrites) -> Self {
        self.changed.retain(|file| !own.ignored().any(|own| own == file));
        self
    }

    /// `14:02. Since then store.py has changed. p shows its logs.`
    pub fn words(&self, keymap: &Keymap, now: DateTime<Local>) -> String {
        let when = as_of(self.passed.when, now);
        let names: Vec<String> = self.changed.iter().take(NAMED).map(|file| clean(&file.to_string_lossy())).collect();
        let since = match (&names[..], self.changed.len().saturating_sub(NAMED)) {
            ([], _) => format!("{when}, and no file has changed since: it depends on chance, or on time."),
            ([one], _) => format!("{when}. Since then {one} has changed."),
            ([others @ .., last], 0) => format!("{when}. Since then {} and {last} have changed.", others.join(", ")),
            (all, more) => format!("{when}. Since then {} and {more} more files have changed.", all.join(", ")),
        };
        match keymap.shown(Action::LastPass) {
            key if key.is_empty() => since,
            key => format!("{since} {key} shows its logs."),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::TimeZone;

    use super::*;
    use crate::facts::{Outcome, TestVerdict};
    use crate::report::records::{Record, Recorded, StageResult, TestResult};

    fn at(minute: u32) -> DateTime<Local> {
        Local.with_ymd_and_hms(2026, 11, 23, 14, minute, 0).unwrap()
    }

    /// A run at this minute, in which one test went so.
    fn run(minute: u32, verdict: TestVerdict) -> Recorded {
        let mut record = Record::from_json(&serde_json::Value::Null);
        record.time = at(minute).to_rfc3339();
        record.outcome = Outcome::Failed;
        let test = TestResult { test: "lasts".into(), verdict, reason: None, took: Duration::ZERO };
        record.results = vec![StageResult { stage: "first".into(), verdict: None, tests: vec![test] }];
        Recorded { folder: format!("/p/.lsfr/runs/{minute}").into(), record, live: false }
    }

    fn card(minute: u32) -> Card {
        let records = format!(".lsfr/runs/{minute}");
        Card { stage: "first".into(), test: "lasts".into(), records, ..Card::default() }
    }

    /// Runs at these minutes, the newest first, with files that changed at these.
    fn past(runs: &[(u32, TestVerdict)], files: &[(&str, u32)]) -> Past {
        let runs: Vec<Recorded> = runs.iter().map(|(minute, verdict)| run(*minute, *verdict)).collect();
        let files = files.iter().map(|(file, minute)| (PathBuf::from(file), SystemTime::from(at(*minute))));
        Past::of(&runs, |_| true, Vec::new()).with_files(files.collect())
    }

    fn said(past: &Past, minute: u32) -> Option<String> {
        Some(past.before(&card(minute))?.words(&Keymap::default(), at(59)))
    }

    #[test]
    fn what_changed_since_it_passed_is_named() {
        use TestVerdict::{Failed, NotJudged, Passed};
        let runs = [(40, Failed), (35, NotJudged), (30, Failed), (20, Passed), (10, Passed)];
        let files = [("src/a.c", 25), ("src/b.c", 24), ("c.h", 21), ("old.c", 15), ("run.sh", 5)];
        let words = |files: &[(&str, u32)]| said(&past(&runs, files), 40).unwrap();
        assert_eq!(
            words(&files[3..]),
            "14:20, and no file has changed since: it depends on chance, or on time. p shows its logs."
        );
        assert_eq!(words(&files[2..]), "14:20. Since then c.h has changed. p shows its logs.");
        assert_eq!(words(&files), "14:20. Since then src/a.c, src/b.c and c.h have changed. p shows its logs.");
        let many = [("x\u{1b}[31m.c", 39), ("y.c", 38), ("src/a.c", 25), ("src/b.c", 24), ("c.h", 21)];
        assert_eq!(
            words(&many),
            "14:20. Since then x.c, y.c, src/a.c and 2 more files have changed. p shows its logs."
        );
    }

    #[test]
    fn what_runs_write_themselves_is_no_change() {
        use TestVerdict::{Failed, Passed};
        let past = past(&[(40, Failed), (20, Passed)], &[("store.db", 39), ("a.c", 25)]);
        let now = std::time::Instant::now();
        let mut own = OwnWrites::default();
        for _ in 0..2 {
            own.began();
            own.changed(&["store.db".into()], now);
        }
        let before = past.before(&card(40)).unwrap().without(&own);
        assert_eq!(before.changed, [Path::new("a.c")]);
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        use TestVerdict::{Failed, Passed};
        assert_eq!(said(&past(&[(40, Failed)], &[]), 40), None, "it never passed");
        assert_eq!(said(&past(&[(50, Passed), (40, Failed)], &[]), 40), None, "that was later");
        assert_eq!(said(&past(&[(20, Passed)], &[]), 40), None, "the run of the failure has not been read");
        let build = Card { subject: Subject::Build, ..card(40) };
        assert_eq!(past(&[(40, Failed), (20, Passed)], &[]).before(&build), None);
    }
}
