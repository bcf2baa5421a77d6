//! The end of a run as text: the failures in full, what came of each stage, and what to do next.

use std::io::Write;
use std::time::Duration;

use super::card_text::{BAD, DIM, GOOD, STRONG, UNSURE, paint, render};
use super::diff::plural;
use super::text::Text;
use super::times::time;
use crate::facts::{FaultCause, Outcome, StageVerdict, pack_mistake};
use crate::text::{clean_lines, pad, width, wrap};

/// What came of the tests of a stage.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) stage: String,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) not_run: usize,
    pub(super) not_judged: usize,
    pub(super) took: Duration,
    pub(super) verdict: Option<StageVerdict>,
}

impl<W: Write> Text<W> {
    /// What came of the run: its failures in full, each stage, and what to do next.
    pub(super) fn summary(&mut self, outcome: &Outcome, took: Duration) {
        self.live = None;
        self.not_run();
        if let Outcome::Fault { cause, message } = outcome {
            return self.fault(*cause, message);
        }
        let stages = std::mem::take(&mut self.stages);
        let hints_left = self.first.as_ref().is_some_and(|card| card.hints.len() > card.hints_given);
        self.line("");
        self.cards();
        self.stages(&stages);
        let of = |verdict: StageVerdict| stages.iter().find(|tally| tally.verdict == Some(verdict));
        let took = time(took);
        let (style, what) = match outcome {
            Outcome::Passed if of(StageVerdict::Partial).is_some() => {
                (GOOD, format!("What was asked for passed, in {took}."))
            }
            Outcome::Passed => (GOOD, format!("Passed in {took}.")),
            Outcome::Failed => (BAD, format!("Failed in {took}.")),
            Outcome::NotJudged => (UNSURE, format!("Not judged, in {took}; why is said above.")),
            Outcome::Interrupted => (UNSURE, format!("Interrupted after {took}.")),
            Outcome::BrokenPack { message, place } => {
                let what = pack_mistake(message, place.as_ref());
                return self.says_nothing(
                    "The challenge's tests have a mistake; this says nothing about your program.",
                    &what,
                );
            }
            // Shown above.
            Outcome::Fault { .. } => return,
        };
        self.line(&paint(style, &what));
        if self.current.is_some() {
            self.commands(&self.next(outcome, &stages, hints_left));
        }
    }

    /// The failures that are shown in full.
    fn cards(&mut self) {
        for card in std::mem::take(&mut self.new) {
            let text = render(&card, self.columns());
            self.line(text.trim_end());
            self.line("");
        }
        if self.known > 0 {
            let (known, are) = (self.known, plural(self.known, "failure is", "failures are"));
            let text = format!("  {known} {are} of a kind that was shown in full before.");
            self.line(&paint(DIM, &text));
            self.line("");
        }
        let Some(card) = self.first.take() else { return };
        let text = render(&card, self.columns());
        self.line(text.trim_end());
        if self.more > 0 {
            let (more, are) = (self.more, plural(self.more, "other failure is", "other failures are"));
            let text = format!("  {more} {are} named above; `lsfr test --only NAME` shows one in full.");
            self.line("");
            self.line(&paint(DIM, &text));
        }
        self.line("");
    }

    /// A line for each stage, where there are several.
    fn stages(&mut self, stages: &[Tally]) {
        if stages.len() < 2 {
            return;
        }
        let names = stages.iter().map(|tally| width(&tally.stage)).max().unwrap_or(0);
        for tally in stages {
            let (mark, style) = tally.mark();
            self.line(&format!("{} {}  {}", paint(style, mark), pad(&tally.stage, names), tally.words()));
        }
        self.line("");
    }

    /// Commands that come next, each with what it does.
    fn next(&self, outcome: &Outcome, stages: &[Tally], hints_left: bool) -> Vec<(String, &'static str)> {
        let of = |verdict: StageVerdict| stages.iter().find(|tally| tally.verdict == Some(verdict));
        match outcome {
            Outcome::Passed => match of(StageVerdict::Partial) {
                Some(tally) => vec![(format!("lsfr test {}", tally.stage), "all tests of the stage")],
                None => {
                    let current = stages.iter().any(|tally| Some(&tally.stage) == self.current.as_ref());
                    let moves = (current && !self.moves_on).then_some("moves on to the next stage");
                    moves.into_iter().map(|does| ("lsfr next".to_owned(), does)).collect()
                }
            },
            Outcome::Failed => {
                let hint = hints_left.then(|| ("lsfr hint".to_owned(), "the next hint"));
                hint.into_iter().chain([("lsfr logs".to_owned(), "what was printed, and when")]).collect()
            }
            Outcome::NotJudged => {
                let stage = of(StageVerdict::NotJudged).map_or_else(String::new, |tally| format!(" {}", tally.stage));
                vec![(format!("lsfr test{stage}"), "again, with less else running")]
            }
            Outcome::Interrupted | Outcome::BrokenPack { .. } | Outcome::Fault { .. } => Vec::new(),
        }
    }

    fn commands(&mut self, next: &[(String, &'static str)]) {
        let commands = next.iter().map(|(command, _)| width(command)).max().unwrap_or(0);
        for (command, does) in next {
            self.line(&format!("  {}  {}", paint(STRONG, &pad(command, commands)), paint(DIM, does)));
        }
    }

    /// A run that could not go on: why, before anything else. No card replaces this, whatever failed before.
    fn fault(&mut self, cause: FaultCause, message: &str) {
        self.line("");
        self.says_nothing(
            match cause {
                FaultCause::Own => "lsfr itself failed; this says nothing about your program.",
                FaultCause::Disk => "The disk is full. What was tested since then says nothing about your program.",
                FaultCause::Folder => "The run's folder was removed; this says nothing about your program.",
            },
            message,
        );
    }

    /// The run ended for a reason that is not the program's.
    fn says_nothing(&mut self, why: &str, message: &str) {
        self.line(&paint(BAD, why));
        for line in wrap(&clean_lines(message), self.columns(), 2) {
            self.line(&line);
        }
        self.line(&format!("{} {}", paint(DIM, "Records"), self.folder.clone()));
    }
}

impl Tally {
    pub(super) fn mark(&self) -> (&'static str, anstyle::Style) {
        match self.verdict {
            Some(StageVerdict::Passed | StageVerdict::Partial) => ("✓", GOOD),
            Some(StageVerdict::Failed) => ("✗", BAD),
            Some(StageVerdict::NotJudged) => ("?", UNSURE),
            None => ("·", DIM),
        }
    }

    pub(super) fn tests(&self) -> usize {
        self.passed + self.failed + self.not_run + self.not_judged
    }

    /// `4 of 5 passed, 1 failed, in 1.2 s`
    pub(super) fn words(&self) -> String {
        let all = self.tests();
        let mut words = format!("{} of {all} {} passed", self.passed, plural(all, "test", "tests"));
        for (count, what) in [(self.failed, "failed"), (self.not_judged, "not judged"), (self.not_run, "not tried")] {
            if count > 0 {
                words += &format!(", {count} {what}");
            }
        }
        format!("{words}, in {}", time(self.took))
    }
}
