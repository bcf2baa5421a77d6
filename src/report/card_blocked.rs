//! The card of a program that could not be built or started: it belongs to no test, so it has neither a promise nor
//! hints.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::card::{Card, Said, SaidLine, start_command};
use super::curl::word;
use super::describe::Describe;
use super::places::headline;
use super::run_state::RunState;
use super::trail::Failing;
use crate::facts::{Blocked, FaultCause, NotStarted, Outcome, Output, pack_mistake};

/// What a card is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A test that failed, or could not be judged.
    #[default]
    Test,
    /// The program's build.
    Build,
    /// The first start of a node.
    Start,
    /// The run itself, which could not go on: lsfr is at fault.
    Lsfr,
    /// The same, because the disk was full.
    Disk,
    /// The same, because somebody removed the run's folder.
    Folder,
    /// The same, because a test of the challenge has a mistake.
    Pack,
}

impl Subject {
    pub fn from_blocked(why: &Blocked) -> Self {
        match why {
            Blocked::Build { .. } => Subject::Build,
            Blocked::Start { .. } => Subject::Start,
        }
    }

    /// What no test got past, as a sentence; none if the card is about a test.
    pub fn title(self) -> Option<&'static str> {
        match self {
            Subject::Test => None,
            Subject::Build => Some("The build failed"),
            Subject::Start => Some("The program does not start"),
            Subject::Lsfr => Some("lsfr could not go on"),
            Subject::Disk => Some("The disk is full"),
            Subject::Folder => Some("The run's folder was removed"),
            Subject::Pack => Some("The challenge's tests have a mistake"),
        }
    }

    /// It says something about the learner's program.
    pub fn is_of_the_program(self) -> bool {
        matches!(self, Subject::Test | Subject::Build | Subject::Start)
    }
}

impl Card {
    /// `at`: since the run began.
    pub(super) fn not_started(event: &NotStarted, at: Duration, state: &RunState, words: &dyn Describe) -> Self {
        let mut card = Card {
            subject: Subject::from_blocked(&event.why),
            stage: event.stage.clone(),
            not_judged: event.not_judged.clone(),
            at,
            again: format!("lsfr test {}", word(&event.stage)),
            records: state.folder().to_owned(),
            ..words.blocked(&event.why, state.folder())
        };
        // With a single node there is nothing more to say.
        if card.subject == Subject::Start && state.trail().nodes().len() > 1 {
            card.led_here = state.trail().tell(Failing::default(), words).rows;
            card.cluster = state.before().now(words);
        }
        card
    }

    /// The parts that say what no test got past.
    pub(super) fn of_blocked(why: &Blocked, folder: &str) -> Self {
        let mut card = Card::default();
        match why {
            Blocked::Build { command, status, took, said } => {
                card.commands = vec![command.clone()];
                card.took = Some(*took);
                card.headline = headline(&said.lines, said.from_error);
                card.no_answer = Some(status.clone());
                card.next = Some("Mend what the build says: no test can run before it succeeds.".to_owned());
                card.said.extend(printed("The build", said));
            }
            Blocked::Start { node, sentence, command, said } => {
                card.told.push(sentence.clone());
                card.headline = headline(&said.lines, said.from_error);
                card.start = Some(start_command(command, folder));
                card.said.extend(printed(node, said));
                if said.lines.is_empty() {
                    card.told.push(format!("{node} printed nothing."));
                }
            }
        }
        card
    }

    /// The card of a run that could not go on, in the app; nothing of it is recorded besides the outcome. None for any
    /// other outcome.
    pub fn of_outcome(outcome: &Outcome, stage: &str, folder: &str) -> Option<Self> {
        let (subject, told) = match outcome {
            Outcome::Fault { cause, message } => {
                let subject = match cause {
                    FaultCause::Own => Subject::Lsfr,
                    FaultCause::Disk => Subject::Disk,
                    FaultCause::Folder => Subject::Folder,
                };
                (subject, message.clone())
            }
            Outcome::BrokenPack { message, place } => (Subject::Pack, pack_mistake(message, place.as_ref())),
            Outcome::Passed | Outcome::Failed | Outcome::NotJudged | Outcome::Interrupted => return None,
        };
        Some(Card {
            subject,
            stage: stage.to_owned(),
            told: vec![told],
            again: format!("lsfr test {}", word(stage)),
            records: folder.to_owned(),
            ..Card::default()
        })
    }

    /// What it is about, in a few words: a test's name, or what no test got past.
    pub fn title(&self) -> &str {
        self.subject.title().unwrap_or(&self.test)
    }
}

fn printed(by: &str, output: &Output) -> Option<Said> {
    let lines = output.lines.iter().map(|text| SaidLine { left_out: 0, at: None, text: text.clone() });
    (!output.lines.is_empty()).then(|| Said {
        node: by.to_owned(),
        lines: lines.collect(),
        earlier: output.earlier,
        later: output.later,
        from_error: output.from_error,
    })
}
