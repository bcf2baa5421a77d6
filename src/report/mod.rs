//! Reports what a run does: on a terminal, as JSON lines, as JUnit, into the run's folder. [`Reports`] is the one place
//! that hands the events on, and builds each failure card once for all of them.

mod alike;
pub mod card;
mod card_blocked;
mod card_context;
pub mod card_page;
mod card_rows;
#[cfg(test)]
mod card_tests;
pub mod card_text;
mod card_told;
mod carried;
pub mod cause;
pub mod cluster_now;
pub mod cluster_state;
pub(crate) mod collect;
pub mod condition;
mod contrast;
mod conversation;
mod copies;
pub mod curl;
mod cut_off;
pub mod describe;
pub mod diff;
pub mod exchange;
mod exchange_words;
mod fact;
mod fit;
pub mod fold;
mod given;
#[cfg(test)]
mod golden_tests;
mod happened;
mod headers;
pub mod hints;
mod history;
pub mod journal;
pub mod json;
pub mod junit;
pub mod messages;
mod own_deeds;
pub mod own_lines;
mod own_requests;
mod own_wrong;
mod passed_on;
pub mod phrases;
pub mod places;
mod printed;
pub mod program;
pub mod records;
#[cfg(test)]
mod records_tests;
mod reissued;
pub mod repeated;
pub mod replay;
pub mod rest;
mod retention;
pub mod run_state;
pub mod schedule;
#[cfg(test)]
pub(crate) mod scrambled;
pub mod seen_before;
mod sent;
pub mod story;
mod stray;
mod tagged;
pub mod text;
mod text_end;
pub mod timeline;
pub mod timeline_page;
pub mod times;
pub mod trail;
mod visible;
mod walk;
pub mod walks;
pub(crate) mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use self::card::{Card, LogOf};
use self::carried::Carried;
use self::describe::{Describe, English};
use self::hints::Hints;
use self::passed_on::PassedOn;
use self::run_state::RunState;
use crate::facts::{Event, Finding, Stamped, Verdict};

/// Receives every event of a run in order, and each card after the `TestEnded` that it belongs to. A reporter that
/// fails never stops a run.
pub trait Reporter: Send {
    /// `state` has already taken this event.
    fn event(&mut self, stamped: &Stamped, state: &RunState);

    fn card(&mut self, card: &Card);

    /// Some time has passed; anything alive on a screen can be redrawn. Called some ten times a second.
    fn tick(&mut self) {}

    /// The run has ended and its nodes are gone. Returns a sentence about what could not be shown or written.
    fn finish(&mut self) -> Option<String> {
        None
    }
}

/// What a node printed between two times of the run.
pub type NodeLogs = dyn FnMut(LogOf, Duration, Duration) -> Vec<(Duration, String)> + Send;

/// All reporters of a run.
pub struct Reports {
    state: RunState,
    logs: Box<NodeLogs>,
    hints: Hints,
    /// The challenge directory, where the places are that a card names.
    project: Option<PathBuf>,
    reporters: Vec<Box<dyn Reporter>>,
}

impl Reports {
    pub fn new(logs: Box<NodeLogs>, hints: Hints, reporters: Vec<Box<dyn Reporter>>) -> Self {
        Self { state: RunState::default(), logs, hints, project: None, reporters }
    }

    /// Names places of this directory on the cards.
    pub fn in_project(self, dir: &Path) -> Self {
        Self { project: Some(dir.to_owned()), ..self }
    }

    pub fn event(&mut self, stamped: &Stamped) {
        self.state.event(stamped);
        for reporter in &mut self.reporters {
            reporter.event(stamped, &self.state);
        }
        if let Event::TestEnded { stage, test, verdict: Verdict::Passed, .. } = &stamped.event {
            self.hints.passed(stage, test);
        }
        if let Some(mut card) = collect::card(stamped, &self.state, &English, &mut *self.logs) {
            card.hints_given = self.hints.shown(&card);
            card.place = self.project.as_ref().and_then(|project| card.places(project));
            card.carried = self.carried(stamped);
            for reporter in &mut self.reporters {
                reporter.card(&card);
            }
        }
    }

    /// Where the values went that the failure of this event is about.
    fn carried(&self, stamped: &Stamped) -> Option<String> {
        let Event::TestEnded { verdict: Verdict::Failed(failure) | Verdict::NotJudged { failure, .. }, .. } =
            &stamped.event
        else {
            return None;
        };
        let project = self.project.as_ref()?;
        match failure.what.finding() {
            Finding::Violation(violation) => {
                PassedOn::of(violation, &self.state, project).map(|passed_on| English.passed_on(&passed_on))
            }
            _ => Carried::of(failure, &self.state, &project.join(self.state.folder()))
                .map(|carried| English.carried(&carried)),
        }
    }

    /// An event of an earlier run, with the card as it was recorded then.
    pub fn recorded(&mut self, stamped: &Stamped, card: Option<&Card>) {
        let card = card.map(|card| Card { hints_given: self.hints.shown(card), ..card.clone() });
        self.state.event(stamped);
        for reporter in &mut self.reporters {
            reporter.event(stamped, &self.state);
            if let Some(card) = &card {
                reporter.card(card);
            }
        }
    }

    pub fn tick(&mut self) {
        for reporter in &mut self.reporters {
            reporter.tick();
        }
    }

    /// After the last event, when no node is alive any more. Returns what could not be written, in sentences.
    pub fn finish(mut self) -> Vec<String> {
        self.reporters.iter_mut().filter_map(|reporter| reporter.finish()).chain(self.hints.save()).collect()
    }
}
