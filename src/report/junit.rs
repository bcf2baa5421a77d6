//! `--junit FILE`: the run as JUnit XML, a suite for each stage, written whole when the run has ended.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Reporter;
use super::card::Card;
use super::card_text::{plain, render};
use super::run_state::RunState;
use super::write::{check_replaceable, write_atomically};
use crate::facts::{Blocked, Event, RunStarted, Stamped, Verdict};
use crate::text::clean_lines;

/// Columns of a card in the file.
const COLUMNS: usize = 100;

pub struct Junit {
    file: PathBuf,
    run: Option<RunStarted>,
    took: Duration,
    stages: Vec<Stage>,
}

struct Stage {
    name: String,
    took: Duration,
    tests: Vec<Test>,
}

struct Test {
    name: String,
    took: Duration,
    status: TestCaseStatus,
    card: Option<Card>,
}

impl Junit {
    /// Nothing is written before the run has ended. A file that could not be written then is refused now, in a
    /// sentence: nobody wants to wait for a whole run to learn that.
    pub fn new(file: PathBuf) -> Result<Self, String> {
        match check_replaceable(&file) {
            Ok(()) => Ok(Self { file, run: None, took: Duration::ZERO, stages: Vec::new() }),
            Err(error) => Err(unwritable(&file, &error)),
        }
    }

    fn report(&self) -> Report {
        let mut report = Report::new("lsfr");
        report.set_time(self.took);
        let started = self.run.as_ref().and_then(|run| DateTime::<FixedOffset>::parse_from_rfc3339(&run.time).ok());
        if let Some(started) = started {
            report.set_timestamp(started);
        }
        for stage in &self.stages {
            let mut suite = TestSuite::new(shown(&stage.name));
            suite.set_time(stage.took);
            if let Some(run) = &self.run {
                suite.add_property(("seed", run.seed.to_string().as_str()));
            }
            for test in &stage.tests {
                let mut status = test.status.clone();
                if let Some(card) = &test.card {
                    let page = shown(&plain(&render(card, COLUMNS)));
                    status.set_message(shown(&card.summary())).set_description(page);
                }
                let mut case = TestCase::new(shown(&test.name), status);
                case.set_classname(shown(&stage.name)).set_time(test.took);
                suite.add_test_case(case);
            }
            report.add_test_suite(suite);
        }
        report
    }
}

/// Text as XML can hold it. XML 1.0 has no way to write most control characters, nor U+FFFE and U+FFFF, not even as
/// `&#xFFFE;`: no parser reads a file with one of them. The writer escapes the rest, but drops these or lets them
/// through.
fn shown(text: &str) -> String {
    clean_lines(text)
}

impl Reporter for Junit {
    fn event(&mut self, stamped: &Stamped, state: &RunState) {
        if matches!(stamped.event, Event::StageEnded { .. } | Event::RunEnded { .. }) {
            let tests = self.stages.iter_mut().flat_map(|stage| &mut stage.tests);
            tests.filter_map(|test| test.card.as_mut()).for_each(|card| card.note_rest(state));
        }
        match &stamped.event {
            Event::RunStarted(run) => self.run = Some(run.clone()),
            Event::StageStarted { stage, .. } => {
                self.stages.push(Stage { name: stage.clone(), took: Duration::ZERO, tests: Vec::new() });
            }
            // An entry of its own: no test failed because of it.
            Event::NotStarted(event) => {
                let name = match event.why {
                    Blocked::Build { .. } => "build",
                    Blocked::Start { .. } => "start",
                };
                let kind = if event.not_judged.is_some() { NonSuccessKind::Error } else { NonSuccessKind::Failure };
                let status = TestCaseStatus::non_success(kind);
                if let Some(stage) = self.stages.last_mut() {
                    stage.tests.push(Test { name: name.to_owned(), took: Duration::ZERO, status, card: None });
                }
            }
            Event::TestEnded { test, verdict, took, .. } => {
                let status = match verdict {
                    Verdict::Passed => TestCaseStatus::success(),
                    Verdict::Failed(_) => TestCaseStatus::non_success(NonSuccessKind::Failure),
                    Verdict::NotJudged { .. } => TestCaseStatus::non_success(NonSuccessKind::Error),
                    Verdict::NotRun { reason } => {
                        let mut status = TestCaseStatus::skipped();
                        status.set_message(shown(reason));
                        status
                    }
                };
                if let Some(stage) = self.stages.last_mut() {
                    stage.tests.push(Test { name: test.clone(), took: *took, status, card: None });
                }
            }
            Event::StageEnded { took, .. } => {
                if let Some(stage) = self.stages.last_mut() {
                    stage.took = *took;
                }
            }
            Event::RunEnded { took, .. } => self.took = *took,
            _ => {}
        }
    }

    fn card(&mut self, card: &Card) {
        if let Some(test) = self.stages.last_mut().and_then(|stage| stage.tests.last_mut()) {
            test.card = Some(card.clone());
        }
    }

    fn finish(&mut self) -> Option<String> {
        let written = self
            .report()
            .to_string()
            .map_err(io::Error::other)
            .and_then(|xml| write_atomically(&self.file, xml.as_bytes()));
        written.err().map(|error| unwritable(&self.file, &error))
    }
}

fn unwritable(file: &Path, error: &io::Error) -> String {
    format!(
        "The JUnit report cannot be written to {}: {error}. Give --junit a file in a folder that exists and can be \
         written to.",
        file.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Failure, Finding, Outcome, StageVerdict, What};

    #[test]
    fn each_verdict_has_its_element() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("junit.xml");
        let mut junit = Junit::new(file.clone()).unwrap();
        let failure = || {
            Box::new(Failure {
                requirement: "Recovery".into(),
                proves: "recovery".into(),
                step: None,
                what: What::Found(Finding::Value { sentence: String::new() }),
                hints: vec![],
                commands: Default::default(),
            })
        };
        let took = Duration::from_millis(41);
        let mut event = |event| junit.event(&Stamped { at: Duration::ZERO, event }, &RunState::default());
        event(Event::RunStarted(RunStarted {
            version: "0.1.0".into(),
            challenge: "kv-store".into(),
            stages: vec!["s".into()],
            seed: 8123,
            folder: String::new(),
            time: "2026-11-23T12:03:01+01:00".into(),
            faults: None,
        }));
        event(Event::StageStarted { stage: "s".into(), title: "S".into(), tests: vec![] });
        let ended = |test: &str, verdict| Event::TestEnded { stage: "s".into(), test: test.into(), verdict, took };
        event(ended("passes", Verdict::Passed));
        event(ended("is not run", Verdict::NotRun { reason: "no build".into() }));
        event(ended("is busy", Verdict::NotJudged { reason: "busy".into(), failure: failure() }));
        event(ended("fails <&>", Verdict::Failed(failure())));
        junit.card(&Card::example("s", "fails <&>\u{1b}", &[]));
        let mut event = |event| junit.event(&Stamped { at: Duration::ZERO, event }, &RunState::default());
        event(Event::StageEnded { stage: "s".into(), verdict: StageVerdict::Failed, took: took * 4 });
        event(Event::RunEnded { outcome: Outcome::Failed, took: took * 5 });
        assert_eq!(junit.finish(), None);
        insta::assert_snapshot!(std::fs::read_to_string(&file).unwrap());
        // Nothing but the report is left behind.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_says_what_became_of_the_other_tests() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("junit.xml");
        let (mut junit, mut state) = (Junit::new(file.clone()).unwrap(), RunState::default());
        let took = Duration::ZERO;
        let ended = |test: &str, verdict| Event::TestEnded { stage: "s".into(), test: test.into(), verdict, took };
        let failure = Failure {
            requirement: String::new(),
            proves: String::new(),
            step: None,
            what: What::Found(Finding::Value { sentence: String::new() }),
            hints: vec![],
            commands: Default::default(),
        };
        for event in [
            Event::StageStarted { stage: "s".into(), title: String::new(), tests: vec!["a".into(), "b".into()] },
            ended("a", Verdict::Failed(Box::new(failure))),
            ended("b", Verdict::Passed),
            Event::StageEnded { stage: "s".into(), verdict: StageVerdict::Failed, took },
        ] {
            let stamped = Stamped { at: Duration::ZERO, event };
            state.event(&stamped);
            junit.event(&stamped, &state);
            if let Event::TestEnded { verdict: Verdict::Failed(_), .. } = &stamped.event {
                junit.card(&Card::example("s", "a", &[]));
            }
        }
        assert_eq!(junit.finish(), None);
        let written = std::fs::read_to_string(&file).unwrap();
        assert!(written.contains("  Stage   The other test passed."), "{written}");
    }

    /// What XML 1.0 calls a Char.
    fn is_in_xml(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn what_xml_cannot_hold_is_shown_in_its_place() {
        let excluded: Vec<char> = ('\0'..=char::MAX).filter(|c| !is_in_xml(*c)).collect();
        assert_eq!(excluded.len(), 29 + 2);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("junit.xml");
        for c in excluded {
            let told = |place: &str| format!("{place} {c}é]]>&\"'");
            let mut junit = Junit::new(file.clone()).unwrap();
            let mut event = |event| junit.event(&Stamped { at: Duration::ZERO, event }, &RunState::default());
            event(Event::StageStarted { stage: told("stage"), title: String::new(), tests: vec![] });
            let (stage, test, took) = (told("stage"), told("test"), Duration::ZERO);
            let verdict = Verdict::NotRun { reason: told("reason") };
            event(Event::TestEnded { stage, test, verdict, took });
            let (stage, test) = (told("stage"), told("second"));
            event(Event::TestEnded { stage, test, verdict: Verdict::NotRun { reason: String::new() }, took });
            let mut card = Card::example("s", &told("card"), &[]);
            card.told = vec![told("summary")];
            junit.card(&card);
            assert_eq!(junit.finish(), None);
            let written = std::fs::read_to_string(&file).unwrap();
            assert!(written.chars().all(is_in_xml), "{c:?}: {written:?}");
            // Nothing is lost, and `]]>`, which XML does not allow in text, is escaped.
            let shown = clean_lines(&c.to_string()).replace('<', "&lt;").replace('>', "&gt;");
            for place in ["stage", "test", "reason", "second", "card", "summary"] {
                let expected = format!("{place} {shown}é]]&gt;&amp;&quot;&apos;");
                assert!(written.contains(&expected), "{expected}: {written}");
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there");
        let file = there.join("junit.xml");
        let refused = |file: &Path| Junit::new(file.to_owned()).err().unwrap();
        assert!(refused(&file).contains("there/junit.xml") && refused(&file).contains("--junit"));
        std::fs::create_dir(&there).unwrap();
        assert!(refused(&there).contains("is a directory"), "{}", refused(&there));
        let mut junit = Junit::new(file).unwrap();
        assert_eq!(std::fs::read_dir(&there).unwrap().count(), 0, "nothing is left of the attempt");
        std::fs::remove_dir(&there).unwrap();
        let told = junit.finish().unwrap();
        assert!(told.contains("there/junit.xml") && told.contains("--junit"), "{told}");
    }
}
