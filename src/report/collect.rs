//! Makes the failure cards of a run out of its events.

use std::time::Duration;

use super::card::{Card, ReadLogs, Scene};
use super::trail::Trail;
use crate::facts::{Event, Stamped, Verdict};

/// Sees every event of a run, in order, and builds a [`Card`] when a test ends badly.
#[derive(Debug, Default)]
pub struct Collector {
    seed: u64,
    folder: String,
    test_began: Duration,
    trail: Trail,
}

impl Collector {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next event. `logs` is asked for what nodes printed only when there is a failure.
    pub fn event(&mut self, stamped: &Stamped, logs: &mut ReadLogs) -> Option<Card> {
        match &stamped.event {
            Event::RunStarted(started) => {
                *self = Self { seed: started.seed, folder: started.folder.clone(), ..Self::default() };
            }
            Event::Node { node, what } => self.trail.node(stamped.at, node, what),
            Event::NotStarted(event) => {
                let card = Card::not_started(event, stamped.at, &self.folder, &self.trail);
                self.trail.new_cluster();
                return Some(card);
            }
            Event::TestStarted { .. } => self.test_began = stamped.at,
            Event::Operation(operation) => self.trail.operation(operation),
            Event::Spoken(spoken) => self.trail.spoken(spoken),
            Event::Links(links) => self.trail.links(stamped.at, links),
            Event::Says { node, text } => self.trail.says(stamped.at, node, text),
            Event::Silent { node, since } => self.trail.silent(stamped.at, node, *since),
            Event::AnswersAgain { node } => self.trail.answers_again(stamped.at, node),
            Event::Note { text } => self.trail.note(stamped.at, text),
            Event::Load(load) => self.trail.load(stamped.at, load),
            Event::StageStarted { .. } | Event::TestAgain { .. } => self.trail.new_cluster(),
            Event::TestEnded { stage, test, verdict, .. } => {
                let (failure, not_judged) = match verdict {
                    Verdict::Failed(failure) => (failure, None),
                    Verdict::NotJudged { reason, failure } => (failure, Some(reason.as_str())),
                    Verdict::Passed | Verdict::NotRun { .. } => {
                        self.trail.clear();
                        return None;
                    }
                };
                let scene = Scene {
                    stage,
                    test,
                    began: self.test_began,
                    at: stamped.at,
                    seed: self.seed,
                    folder: &self.folder,
                    not_judged,
                    trail: &self.trail,
                };
                let card = Card::new(failure, &scene, logs);
                // Here and not when a test starts: what is mended or started between two belongs to the second. After a
                // failure its cluster is new.
                self.trail.new_cluster();
                return Some(card);
            }
            Event::BuildStarted { .. }
            | Event::BuildEnded { .. }
            | Event::StepStarted { .. }
            | Event::StageEnded { .. }
            | Event::RunEnded { .. } => {}
        }
        None
    }
}
