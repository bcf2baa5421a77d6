//! A run as text for people: a line for each test as it ends, its card below it where it failed, a summary.
//!
//! On a terminal the last line is alive and shows the running test and its step. It is rewritten with blanks and
//! carriage returns alone, because `NO_COLOR` drops every escape sequence, erasing ones included.

use std::io::Write;
use std::time::{Duration, Instant};

use super::Reporter;
use super::card::{Card, Subject};
use super::card_text::{BAD, DIM, GOOD, STRONG, UNSURE, paint};
use super::phrases::{AGAIN, progress};
use super::run_state::RunState;
use super::seen_before::SeenBefore;
use super::text_end::Tally;
use super::times::time;
use crate::facts::{Event, LeftUp, NodeAddress, Stamped, Verdict};
use crate::text::{clean, cut, pad, width, wrap};
use crate::tty;

/// Lines of prose longer than this are hard to read.
const WIDEST: usize = 100;
/// The width where there is no terminal to ask.
const USUAL: usize = 80;
/// The live line changes at most this often.
const REDRAW: Duration = Duration::from_millis(50);

/// Writes a run to a terminal, a pipe or a file.
pub struct Text<W> {
    out: W,
    terminal: bool,
    pub(super) live: Option<Live>,
    /// Columns that the live line takes on the screen now.
    drawn: usize,
    names: usize,
    pub(super) stage: Tally,
    pub(super) stages: Vec<Tally>,
    /// Tests that did not run, reported once it is known how many they are.
    not_run: Option<NotRun>,
    pub(super) folder: String,
    pub(super) current: Option<String>,
    /// The command moves on by itself when all passes.
    pub(super) moves_on: bool,
    /// The first failure is shown in full at the end, where whoever looks at the screen sees it. With a program that
    /// fails everything, the others would bury it.
    pub(super) first: Option<Card>,
    /// The failure that came last.
    latest: Option<Card>,
    pub(super) more: usize,
    /// Over several runs, the kinds of failure that were already shown in full: each kind is shown once.
    seen_before: Option<SeenBefore>,
    /// The failures of this run that were not shown in full for that reason.
    pub(super) new: Vec<Card>,
    pub(super) known: usize,
    /// The reader has gone (`lsfr test | head`): the run goes on without it.
    gone: bool,
}

pub(super) struct Live {
    test: String,
    step: String,
    since: Instant,
    drawn: Option<Instant>,
}

/// Tests in a row that did not run for the same reason.
struct NotRun {
    first: String,
    tests: usize,
    reason: String,
}

impl Text<anstream::Stdout> {
    /// Writes to standard output, in colour where that is wanted. `current` is the stage that the learner is at;
    /// without one there is no project to go on with, and the end of the report names no command.
    pub fn stdout(current: Option<String>, moves_on: bool) -> Self {
        Self { current, moves_on, ..Self::new(anstream::stdout(), tty::rewrites()) }
    }

    /// The same for one of several runs. The report that follows them all names the commands.
    pub fn one_of_several(seen_before: SeenBefore) -> Self {
        Self { seen_before: Some(seen_before), ..Self::stdout(None, false) }
    }
}

impl<W: Write> Text<W> {
    /// Writes to `out`, with a live line if that is a terminal. Styles are written as escape sequences.
    pub fn new(out: W, terminal: bool) -> Self {
        Self {
            out,
            terminal,
            live: None,
            drawn: 0,
            names: 0,
            stage: Tally::default(),
            stages: Vec::new(),
            folder: String::new(),
            current: None,
            moves_on: false,
            not_run: None,
            first: None,
            latest: None,
            more: 0,
            seen_before: None,
            new: Vec::new(),
            known: 0,
            gone: false,
        }
    }

    pub(super) fn columns(&self) -> usize {
        let asked = if self.terminal { tty::size().ok() } else { None };
        asked.map_or(USUAL, |(columns, _)| usize::from(columns)).min(WIDEST)
    }

    fn write(&mut self, text: &str) {
        if !self.gone {
            self.gone = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).is_err();
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.erase();
        self.write(&format!("{line}\n"));
    }

    fn erase(&mut self) {
        if self.drawn > 0 {
            let blanks = " ".repeat(self.drawn);
            self.write(&format!("\r{blanks}\r"));
            self.drawn = 0;
        }
    }

    fn draw(&mut self) {
        let now = Instant::now();
        let due = |live: &Live| live.drawn.is_none_or(|drawn| now - drawn >= REDRAW);
        if !self.terminal || !self.live.as_ref().is_some_and(due) {
            return;
        }
        let columns = self.columns();
        let Some(live) = &mut self.live else { return };
        live.drawn = Some(now);
        let seconds = now.duration_since(live.since).as_secs();
        let seconds = if seconds > 0 { format!("  {seconds} s") } else { String::new() };
        let text = format!("  ● {}  {}", live.test, live.step);
        // The last column stays free: a full line would move the cursor to the next.
        let text = cut(text.trim_end(), columns.saturating_sub(1 + seconds.len())) + &seconds;
        self.erase();
        self.drawn = width(&text);
        self.write(&paint(DIM, &text));
    }

    fn test_ended(&mut self, test: &str, verdict: &Verdict, took: Duration) {
        self.live = None;
        let (mark, style, count) = match verdict {
            Verdict::Passed => ("✓", GOOD, &mut self.stage.passed),
            Verdict::Failed(_) => ("✗", BAD, &mut self.stage.failed),
            Verdict::NotRun { .. } => ("·", DIM, &mut self.stage.not_run),
            Verdict::NotJudged { .. } => ("?", UNSURE, &mut self.stage.not_judged),
        };
        *count += 1;
        let name = clean(test);
        if let Verdict::NotRun { reason } = verdict {
            match &mut self.not_run {
                Some(group) if group.reason == *reason => group.tests += 1,
                _ => {
                    self.not_run();
                    self.not_run = Some(NotRun { first: name, tests: 1, reason: reason.clone() });
                }
            }
            return;
        }
        self.not_run();
        let names = self.names.min(self.columns().saturating_sub(14));
        let took = format!("{:>8}", time(took));
        self.line(&format!("  {} {}  {}", paint(style, mark), pad(&name, names), paint(DIM, &took)));
    }

    /// Reports the tests that were held back. If a program does not start, that is nearly all of them, and a line for
    /// each would push the one failure that matters out of sight.
    pub(super) fn not_run(&mut self) {
        let Some(NotRun { first, tests, reason }) = self.not_run.take() else { return };
        let what = match tests {
            1 => first,
            tests if tests == self.stage.tests() => format!("all {tests} tests"),
            tests => format!("{tests} more tests"),
        };
        self.line(&format!("  {} {what}", paint(DIM, "·")));
        for line in wrap(&format!("not tried: {}", clean(&reason)), self.columns().saturating_sub(4).max(20), 0) {
            self.line(&format!("    {}", paint(DIM, &line)));
        }
    }

    /// Where the nodes of a failed test can be asked by hand.
    fn left_up(&mut self, left: &LeftUp) {
        self.line(&format!("    {}", paint(STRONG, "Left up for a look by hand:")));
        for NodeAddress { node, address } in &left.nodes {
            self.line(&format!("      {}  {address}", clean(node)));
        }
        let request = self.latest.as_ref().and_then(|card| card.request.as_ref());
        if let Some(curl) = request.map(|request| format!("      {}", clean(&request.curl))) {
            self.line(&curl);
        }
    }
}

impl<W: Write + Send> Reporter for Text<W> {
    fn event(&mut self, stamped: &Stamped, state: &RunState) {
        if matches!(stamped.event, Event::StageEnded { .. } | Event::RunEnded { .. }) {
            self.first.iter_mut().chain(&mut self.new).for_each(|card| card.note_rest(state));
        }
        match &stamped.event {
            Event::RunStarted(run) => {
                self.folder = clean(&run.folder);
                let line = format!("{}  {}", clean(&run.challenge), paint(DIM, &format!("seed {}", run.seed)));
                self.line(&line);
            }
            Event::BuildStarted { command } => {
                self.live = Some(Live::new("build".into(), clean(command)));
                self.draw();
            }
            Event::BuildEnded { passed, took, status, .. } => {
                self.live = None;
                if *passed {
                    self.line(&format!("{} build  {}", paint(GOOD, "✓"), paint(DIM, &time(*took))));
                } else {
                    self.line(&format!("{} build  {}  {}", paint(BAD, "✗"), clean(status), paint(DIM, &time(*took))));
                }
            }
            Event::StageStarted { stage, title, tests } => {
                let columns = self.columns();
                self.names = tests.iter().map(|test| width(&clean(test))).max().unwrap_or(0);
                self.stage = Tally { stage: clean(stage), ..Tally::default() };
                self.line("");
                let head = format!("{}  {}", paint(STRONG, &clean(stage)), cut(&clean(title), columns));
                self.line(&head);
            }
            // Its card says the rest.
            Event::NotStarted(event) => {
                self.live = None;
                let what = Subject::from_blocked(&event.why).title().unwrap_or_default();
                let (mark, style) = if event.not_judged.is_some() { ("?", UNSURE) } else { ("✗", BAD) };
                self.line(&format!("  {} {what}", paint(style, mark)));
            }
            Event::TestStarted { test, .. } => {
                self.live = Some(Live::new(clean(test), String::new()));
                self.draw();
            }
            Event::StepStarted { text } => {
                if let Some(live) = &mut self.live {
                    live.step = clean(text);
                    self.draw();
                }
            }
            Event::TestAgain { .. } => {
                if let Some(live) = &mut self.live {
                    live.step = AGAIN.to_owned();
                    self.draw();
                }
            }
            event @ (Event::Load(_) | Event::Copies { .. } | Event::Walking(_)) => {
                if let (Some(live), Some(text)) = (&mut self.live, progress(event)) {
                    live.step = clean(&text);
                    self.draw();
                }
            }
            Event::TestEnded { test, verdict, took, .. } => self.test_ended(test, verdict, *took),
            Event::LeftUp(left) => self.left_up(left),
            Event::StageEnded { verdict, took, .. } => {
                self.not_run();
                let mut tally = std::mem::take(&mut self.stage);
                (tally.verdict, tally.took) = (Some(*verdict), *took);
                self.line(&format!("  {}", tally.words()));
                self.stages.push(tally);
            }
            Event::RunEnded { outcome, took } => self.summary(outcome, *took),
            Event::Node { .. }
            | Event::Operation(_)
            | Event::Spoken(_)
            | Event::Links(_)
            | Event::Says { .. }
            | Event::Silent { .. }
            | Event::AnswersAgain { .. }
            | Event::UnderWay { .. }
            | Event::AnotherCluster
            | Event::Note { .. } => {}
        }
    }

    fn card(&mut self, card: &Card) {
        let summary = card.summary();
        for line in wrap(&clean(&summary), self.columns().saturating_sub(4).max(20), 2) {
            self.line(&format!("    {}", paint(DIM, &line)));
        }
        self.latest = Some(card.clone());
        if let Some(seen_before) = &self.seen_before {
            if seen_before.add(card) {
                self.known += 1;
            } else {
                self.new.push(card.clone());
            }
            return;
        }
        match self.first {
            None => self.first = Some(card.clone()),
            // What failed is shown before what could not be judged.
            Some(ref mut first) => {
                self.more += 1;
                if first.not_judged.is_some() && card.not_judged.is_none() {
                    *first = card.clone();
                }
            }
        }
    }

    fn tick(&mut self) {
        self.draw();
    }

    fn finish(&mut self) -> Option<String> {
        self.erase();
        None
    }
}

impl Live {
    fn new(test: String, step: String) -> Self {
        Self { test, step, since: Instant::now(), drawn: None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::card_text::plain;
    use super::*;
    use crate::facts::{Failure, FaultCause, Finding, Outcome, Place, RunStarted, StageVerdict, What};

    fn failure() -> Box<Failure> {
        Box::new(Failure {
            requirement: "Recovery".into(),
            proves: "recovery".into(),
            step: None,
            what: What::Found(Finding::Value { sentence: "The answer has no `term`.".into() }),
            hints: vec![],
            commands: Default::default(),
        })
    }

    fn events() -> Vec<Event> {
        let ended = |test: &str, verdict| Event::TestEnded {
            stage: "crash-recovery".into(),
            test: test.into(),
            verdict,
            took: Duration::from_millis(41),
        };
        let stage = |stage: &str, tests: &[&str]| Event::StageStarted {
            stage: stage.into(),
            title: "Recover from a crash".into(),
            tests: tests.iter().map(|test| (*test).to_owned()).collect(),
        };
        let second = Duration::from_millis(1234);
        vec![
            Event::RunStarted(RunStarted {
                version: "0.1.0".into(),
                challenge: "kv-store".into(),
                stages: vec!["persistence".into(), "crash-recovery".into()],
                seed: 8123,
                folder: ".lsfr/runs/20261123-120301-crash-recovery".into(),
                time: "2026-11-23T12:03:01+01:00".into(),
                faults: None,
            }),
            Event::BuildStarted { command: "make".into() },
            Event::BuildEnded { status: "exit status 0".into(), passed: true, took: second, tail: vec![] },
            stage("persistence", &["Values survive a clean stop"]),
            ended("Values survive a clean stop", Verdict::Passed),
            Event::StageEnded { stage: "persistence".into(), verdict: StageVerdict::Passed, took: second },
            stage("crash-recovery", &["Acknowledged writes survive kill -9", "Deletes survive", "Old", "Busy"]),
            Event::TestStarted { stage: "crash-recovery".into(), test: "Deletes survive".into() },
            Event::StepStarted { text: "kill n1\u{1b}[2J".into() },
            ended("Acknowledged writes survive kill -9", Verdict::Passed),
            ended("Deletes survive", Verdict::Failed(failure())),
            ended("Old", Verdict::NotRun { reason: "n1 could not be started.".into() }),
            ended("Busy", Verdict::NotJudged { reason: "the machine was too busy".into(), failure: failure() }),
            Event::StageEnded { stage: "crash-recovery".into(), verdict: StageVerdict::Failed, took: second },
            Event::RunEnded { outcome: Outcome::Failed, took: second * 2 },
        ]
    }

    fn told(events: Vec<Event>, terminal: bool) -> String {
        let mut text = Text::new(Vec::new(), terminal);
        text.current = Some("crash-recovery".into());
        for event in events {
            text.event(&Stamped { at: Duration::ZERO, event }, &RunState::default());
        }
        assert_eq!(text.finish(), None);
        plain(&String::from_utf8(text.out).unwrap())
    }

    #[test]
    fn a_run_is_a_line_for_each_test_and_a_summary() {
        insta::assert_snapshot!(told(events(), false));
    }

    #[test]
    fn a_failure_says_what_became_of_the_stage_once_it_has_ended() {
        let (mut text, mut state) = (Text::new(Vec::new(), false), RunState::default());
        for event in events() {
            let stamped = Stamped { at: Duration::ZERO, event };
            state.event(&stamped);
            text.event(&stamped, &state);
            if let Event::TestEnded { stage, test, verdict: Verdict::Failed(_), .. } = &stamped.event {
                text.card(&Card::example(stage, test, &["a hint"]));
            }
        }
        let told = plain(&String::from_utf8(text.out).unwrap());
        let row = "  Stage   1 other test passed. 1 could not be judged. 1 was not run.";
        assert!(told.contains(row), "{told}");
    }

    #[test]
    fn tests_held_back_for_one_reason_take_one_line() {
        let held = |test: &str, reason: &str| Event::TestEnded {
            stage: "http-api".into(),
            test: test.into(),
            verdict: Verdict::NotRun { reason: reason.into() },
            took: Duration::ZERO,
        };
        let told = told(vec![held("a", "it rains"), held("b", "it rains"), held("c", "it snows")], false);
        assert_eq!(told, "  · 2 more tests\n    not tried: it rains\n");
        let end = Event::RunEnded { outcome: Outcome::Interrupted, took: Duration::ZERO };
        let told = self::told(vec![held("c", "it snows"), end], false);
        assert!(told.starts_with("  · c\n    not tried: it snows\n"), "{told}");
    }

    #[test]
    fn the_end_names_the_next_command() {
        let end = |outcome| told(vec![Event::RunEnded { outcome, took: Duration::from_secs(1) }], false);
        assert!(!end(Outcome::Passed).contains("lsfr next"), "the stage tested is not the current one");
        let passed = |stage: &str| {
            let ended =
                Event::StageEnded { stage: stage.into(), verdict: StageVerdict::Passed, took: Duration::ZERO };
            let started = Event::StageStarted { stage: stage.into(), title: String::new(), tests: vec![] };
            let all = Event::RunEnded { outcome: Outcome::Passed, took: Duration::ZERO };
            told(vec![started, ended, all], false)
        };
        assert!(passed("crash-recovery").contains("lsfr next") && !passed("http-api").contains("lsfr next"));
        let failed = end(Outcome::Failed);
        assert!(failed.contains("lsfr logs") && !failed.contains("lsfr hint"), "there is no hint to ask for");
        assert!(end(Outcome::Interrupted).contains("Interrupted"));
        let fault = end(Outcome::Fault { cause: FaultCause::Own, message: "no port is free".into() });
        assert!(fault.contains("lsfr itself failed") && fault.contains("no port is free"), "{fault}");
        let place = Place { file: "tests.yaml".into(), line: 7, path: "steps[0]".into(), text: "repeat".into() };
        let broken = end(Outcome::BrokenPack { message: "too many steps".into(), place: Some(place) });
        assert!(broken.contains("tests have a mistake") && broken.contains("in tests.yaml:7: repeat"), "{broken}");
        assert!(!broken.contains("lsfr itself"), "{broken}");
    }

    #[test]
    fn the_live_line_leaves_no_trace() {
        let told = told(events(), true);
        assert!(told.contains("● Deletes survive"), "{told}");
        assert!(!told.contains('\u{1b}'));
        // What a terminal shows in the end: after a carriage return, a line is written over what is already there.
        let screen: Vec<String> =
            told.lines().map(|line| line.rsplit_once('\r').map_or(line, |(_, last)| last).to_owned()).collect();
        assert!(!screen.iter().any(|line| line.contains('●')), "{screen:?}");
        assert!(screen.iter().any(|line| line.starts_with("  ✗ Deletes survive")), "{screen:?}");
    }

    #[test]
    fn of_several_runs_each_kind_of_failure_is_shown_once() {
        let seen_before = SeenBefore::default();
        let run = || {
            let mut text = Text { seen_before: Some(seen_before.clone()), ..Text::new(Vec::new(), false) };
            for test in ["Deletes survive", "Puts survive"] {
                text.card(&Card::example("crash-recovery", test, &[]));
            }
            let end = Event::RunEnded { outcome: Outcome::Failed, took: Duration::from_secs(1) };
            text.event(&Stamped { at: Duration::ZERO, event: end }, &RunState::default());
            plain(&String::from_utf8(text.out).unwrap())
        };
        let (first, second) = (run(), run());
        let cards = |told: &str| told.matches("  Again   ").count();
        assert_eq!((cards(&first), cards(&second)), (2, 0), "{first}\n{second}");
        assert!(second.contains("2 failures are of a kind that was shown in full before."), "{second}");
        assert!(!first.contains("of a kind"), "{first}");
    }

    #[test]
    fn a_reader_that_went_away_ends_nothing() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut text = Text::new(Closed, false);
        for event in events() {
            text.event(&Stamped { at: Duration::ZERO, event }, &RunState::default());
        }
        assert!(text.gone);
    }
}
