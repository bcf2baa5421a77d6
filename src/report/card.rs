//! The failure card: everything there is to say about one failure, as data. It is built once; the terminal, JSON,
//! JUnit, the records and the app show the same one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use history::Explanation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

pub use super::card_blocked::Subject;
use super::cluster_now::ClusterNow;
use super::cluster_state::{ClusterState, NodeNow};
use super::curl::{Request, command_line, word};
use super::cut_off::CutOff;
use super::describe::Describe;
use super::diff::Difference;
use super::exchange::Answering;
use super::places::SourcePlace;
use super::program::Source;
use super::rest::Rest;
use super::run_state::RunState;
use super::sent::SentRow;
use super::trail::{Failing, Row, Trail};
use crate::cluster::BUILD_LOG;
use crate::facts::{Alike, Answered, Failure, FailureKind, Finding, Hop, Operation, Place, Source as Origin, Walk};
use crate::last_words::last_words;
use crate::seconds;
use crate::text::clean;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
// A card of another version may lack fields.
#[serde(default)]
pub struct Card {
    #[serde(skip_serializing_if = "is_of_a_test")]
    pub subject: Subject,
    pub stage: String,
    /// Empty where the card is not about a test; then what the test proves is empty too.
    pub test: String,
    /// The requirement's heading in the guide, and its slug.
    pub requirement: String,
    pub proves: String,
    /// What kind the failure is of; none in a card of another version.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// What it shares with other failures of the same cause; none where it is a story of its own.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub alike: Option<Alike>,
    /// Why this failure is not judged; none where it is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<String>,
    /// When the test ended, since the run began.
    #[serde(with = "seconds")]
    pub at: Duration,
    /// How long that took which failed, where the card is about a build.
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub took: Option<Duration>,
    /// What the output of a build or a start that failed says, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// The first place in the project that the output names.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub place: Option<SourcePlace>,
    /// What happened, in sentences, where expected and actual do not say everything.
    pub told: Vec<String>,
    /// What clients did, where that is what is impossible. A page shows it as a picture.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// For operations in it that one node alone did not do: all nodes that were asked, and what each answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Shown>,
    /// The source of a small program that went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Source>,
    /// The commands that were run, in order, of which the last went wrong; they can be pasted in the challenge
    /// directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// How the node in question was started, as a command that can be pasted in the challenge directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// The redirects that led to the answer, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<Hop>,
    /// Why there was no answer to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<String>,
    pub differences: Vec<Difference>,
    /// How the same request was answered before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<String>,
    /// Which nodes sent what should have come, and whom, or the values by which a history is impossible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<String>,
    /// What else of the answer helps: its body, or where a redirect points.
    #[serde(default)]
    pub shown: Vec<Shown>,
    /// Where several nodes were asked: what each answered.
    #[serde(default)]
    pub answers: Vec<NodeAnswer>,
    /// What nodes sent each other, where that is what is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentRow>,
    /// How the answer changed while it was waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    pub led_here: Vec<Row>,
    /// How the nodes and links were, where there are several nodes.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterNow>,
    pub said: Vec<Said>,
    /// Nodes that printed something then as well, and have no room here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said_too: Vec<String>,
    /// What became of the stage's other tests in the same run; none before the stage has ended.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
    pub hints: Vec<String>,
    /// How many of them the learner has been given.
    pub hints_given: usize,
    /// The step that failed, and where it stands in the pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Place>,
    /// The command that runs this again with the same random choices.
    pub again: String,
    /// The run's folder, relative to the challenge directory.
    pub records: String,
    /// The history that was judged, relative to the challenge directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_file: Option<String>,
    /// A page to look at in a browser, in that folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<String>,
}

fn is_of_a_test(subject: &Subject) -> bool {
    *subject == Subject::Test
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A part of a card that another version may have written differently: without it the rest is still worth showing.
fn known<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Json::deserialize(deserializer)?).ok())
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub name: String,
    pub value: String,
}

/// One node's answer where several were asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeAnswer {
    pub node: String,
    /// The node that answered, where the one that was asked redirected to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirected_to: Option<String>,
    pub fits: bool,
    /// In a few words where there is no difference to show: `refused`.
    pub text: String,
    pub differences: Vec<Difference>,
}

/// What a node printed around the failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub node: String,
    pub lines: Vec<SaidLine>,
    /// How many lines of the same time are left out before these.
    #[serde(default)]
    pub earlier: usize,
    /// How many are left out after them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub later: usize,
    /// The first of the lines tells an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_error: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidLine {
    /// How many lines are left out before this one, after the one above it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub at: Option<Duration>,
    pub text: String,
}

/// Where and when a failure happened: what the stream says besides the failure itself.
#[derive(Debug)]
pub struct Scene<'a> {
    pub stage: &'a str,
    pub test: &'a str,
    /// When the test had failed.
    pub at: Duration,
    pub not_judged: Option<&'a str>,
    pub state: &'a RunState,
    pub words: &'a dyn Describe,
}

/// Which log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogOf<'a> {
    pub node: &'a str,
    /// That of the fresh nodes on which parts of a walk were done again.
    pub again: bool,
}

/// A node's lines between two times of the run; nothing for nodes without a log.
pub type ReadLogs<'a> = dyn FnMut(LogOf, Duration, Duration) -> Vec<(Duration, String)> + 'a;

/// What a node prints of the last step of a walk comes this soon. Then the next part of the walk may be tried.
const AFTER_WALK: Duration = Duration::from_millis(20);
/// What a node printed about an event may be stamped a little before or after it.
const MARGIN: Duration = Duration::from_millis(100);

impl Card {
    pub fn new(failure: &Failure, scene: &Scene, logs: &mut ReadLogs) -> Self {
        let finding = failure.what.finding();
        let nothing = ClusterState::default();
        // The end of the test takes it; one that had ended before belonged to another test.
        let cluster = Some(scene.state.before()).filter(|cluster| !cluster.is_over()).unwrap_or(&nothing);
        let mut card = Card {
            stage: scene.stage.to_owned(),
            test: scene.test.to_owned(),
            requirement: failure.requirement.clone(),
            proves: failure.proves.clone(),
            kind: Some(finding.kind()),
            alike: failure.what.alike(),
            not_judged: scene.not_judged.map(str::to_owned),
            at: scene.at,
            hints: failure.hints.clone(),
            hints_given: 1,
            step: failure.step.clone(),
            again: again(scene),
            records: scene.state.folder().to_owned(),
            ..scene.words.failure(&failure.what, cluster)
        };
        let node = card.request.as_ref().map(|request| request.node.clone());
        let node = node.or_else(|| finding.node().map(str::to_owned));
        let walk = failure.what.walk();
        // All nodes had a part in what a history shows.
        let node = node.filter(|_| card.explanation.is_none());
        let fresh = walk.and_then(|walk| walk.command.as_ref());
        if let (Some(request), Some(left_out)) = (&mut card.request, walk.and_then(super::walk::left_out_by_command))
        {
            request.note.get_or_insert(left_out);
        }
        card.start = match fresh {
            Some(command) => Some(start_command(command, scene.state.folder())),
            None => node.as_ref().and_then(|node| start(&failure.commands, node, scene.state.folder())),
        };
        // A history is judged long after what is wrong in it happened: what came later did not lead to it.
        let moment = moment(finding).or(walk.map(|walk| walk.at));
        let requests = finding.requests();
        let sources = finding.sources();
        let wrong_tag = finding.is_wrong_in_header("etag");
        let failing =
            Failing { requests: &requests, talk: finding.conversation(), sources: &sources, moment, wrong_tag };
        let told = scene.state.trail().tell(failing, scene.words);
        // The steps of a walk are shown instead of all that it did.
        if walk.is_none() {
            card.led_here = told.rows;
            card.contrast = told.contrast;
            match told.contradiction {
                Some(both) => card.told.insert(0, both),
                None => card.told.extend(expected_from(finding).map(|source| scene.words.origin(source))),
            }
            card.told.extend(told.given);
        }
        // A history tells its faults itself, and two leaders in a term are wrong whoever can hear them.
        let answered: Vec<Answering> =
            answered(finding, scene.state.trail()).into_iter().chain(told.answered).collect();
        let answers: Vec<String> = answered.iter().map(|answering| answering.node.clone()).collect();
        if card.explanation.is_none() && !matches!(finding, Finding::Breach { .. }) {
            let cut_off = cut_off(answered, scene.state).map(|cut_off| scene.words.cut_off(&cut_off));
            let after = card.told.len().min(1);
            card.told.splice(after..after, cut_off);
        }
        let then = moment.or_else(|| requests.iter().map(|operation| operation.called + operation.took).max());
        let then = then.and_then(|then| scene.state.cluster_at(then)).unwrap_or(cluster);
        card.cluster = then.now(scene.words);
        if card.said.is_empty()
            && let Some(from) = told.from
        {
            let mut nodes = scene.state.trail().nodes();
            // The node in question first, then those that its request went through or whose answers do not fit each other,
            // then those that ended by themselves or fell silent.
            let asked = |name: &String| requests.iter().any(|operation| operation.went_through(name));
            let unwell = |name: &String| then.node_now(name).is_some_and(NodeNow::is_unwell);
            nodes.sort_by_key(|name| {
                // Of answers that do not fit each other, the first comes first.
                let answer = answers.iter().position(|one| one == name).unwrap_or(answers.len());
                (Some(name) != node.as_ref(), !asked(name), answer, !unwell(name))
            });
            // Nothing from before the test: that was another's.
            let from = from.saturating_sub(MARGIN).max(scene.state.test_began());
            let to = moment.unwrap_or(scene.at) + MARGIN;
            let (again, from, to) = match walk.and_then(steps_done_again) {
                Some((from, to)) => (true, from, to),
                None => (false, from, to),
            };
            let began = scene.state.test_began();
            (card.said, card.said_too) = said(&nodes, |name| {
                let mut lines = logs(LogOf { node: name, again }, from, to);
                // Of several, what the one in question said last tells that it has said nothing since.
                let in_question = Some(name) == node.as_deref() || answers.iter().any(|one| one == name);
                if lines.is_empty() && in_question && nodes.len() > 1 && !again {
                    lines.extend(logs(LogOf { node: name, again }, began, from).pop());
                }
                lines
            });
        }
        card
    }

    /// Takes what this run has said of the other tests of its stage.
    pub fn note_rest(&mut self, state: &RunState) {
        if self.subject == Subject::Test
            && let Some(rest) = state.rest(&self.stage, &self.test)
        {
            self.rest = Some(rest);
        }
    }

    /// When it failed, since the run began: when the wrong answer came, the last event that was wrong, or else the
    /// test's end.
    pub fn moment(&self) -> Duration {
        // A history is judged long after what is wrong in it happened.
        let culprit = self.explanation.as_ref().and_then(|told| told.operations.get(told.culprit));
        if let Some(culprit) = culprit {
            return culprit.returned.unwrap_or(culprit.called);
        }
        let wrong = self.led_here.iter().rev().filter(|row| row.wrong);
        wrong.filter_map(|row| row.at).next().unwrap_or(self.at)
    }

    /// The first error that a build or a start printed, where one was recognised: the log that has it, and its line.
    pub fn first_error(&self) -> Option<(&str, &str)> {
        let said = self.said.first().filter(|said| said.from_error)?;
        let log = match self.subject {
            Subject::Build => BUILD_LOG,
            Subject::Start => &said.node,
            Subject::Test | Subject::Lsfr | Subject::Disk | Subject::Folder | Subject::Pack => return None,
        };
        Some((log, &said.lines.first()?.text))
    }

    /// The last hint that was given, and its number.
    pub fn hint(&self) -> Option<(usize, &str)> {
        let number = self.hints_given.min(self.hints.len());
        self.hints.get(number.checked_sub(1)?).map(|hint| (number, hint.as_str()))
    }

    /// The failure in a line, for lists that have no room for more.
    pub fn summary(&self) -> String {
        let difference = |difference: &Difference| {
            format!("{}: expected {}, actual {}", difference.path, difference.expected, difference.actual)
        };
        let file = |source: &Source| source.file.rsplit('/').next().unwrap_or_default().to_owned();
        let request = self.request.as_ref().map(|request| format!("{} {}", request.method, request.path));
        let request = request.or_else(|| self.program.as_ref().map(file));
        let what = self.no_answer.clone().or_else(|| self.differences.first().map(difference));
        let what = what.or_else(|| self.told.first().cloned());
        let parts: Vec<String> = request.into_iter().chain(what).map(|part| clean(&part)).collect();
        parts.join("  ")
    }
}

/// `lsfr test` with the arguments that make the same failure happen again.
fn again(scene: &Scene) -> String {
    command(scene.stage, scene.test, scene.state.seed(), scene.state.faults())
}

/// The same, with all or only these faults.
pub fn command(stage: &str, test: &str, seed: u64, faults: Option<&BTreeSet<u32>>) -> String {
    let faults = faults.map_or(String::new(), |faults| {
        let numbers: Vec<String> = faults.iter().map(u32::to_string).collect();
        format!(" --faults {}", if numbers.is_empty() { "none".to_owned() } else { numbers.join(",") })
    });
    format!("lsfr test {} --only {} --seed {seed}{faults}", word(stage), name(test))
}

/// A test's name in double quotes, as people write them, unless the shell would read something in it.
fn name(test: &str) -> String {
    if test.contains(['"', '$', '`', '\\', '!']) || test.chars().any(char::is_control) {
        word(test)
    } else {
        format!("\"{test}\"")
    }
}

/// The earlier answer that an expectation of a conversation comes from.
fn expected_from(finding: &Finding) -> Option<&Origin> {
    finding.conversation()?.mismatches.iter().find_map(|mismatch| mismatch.source.as_ref())
}

/// When it went wrong, where that is not when it was found.
fn moment(finding: &Finding) -> Option<Duration> {
    match finding {
        Finding::Violation(violation) => {
            violation.explanation.operations.iter().filter_map(|operation| operation.returned).max()
        }
        // They are compared once all is over.
        Finding::Compared { sources, .. } if sources.len() > 1 => sources.last().map(Origin::at),
        _ => None,
    }
}

/// The answers that are wrong, and the earlier ones that they contradict: who gave them, and when.
fn answered(finding: &Finding, trail: &Trail) -> Vec<Answering> {
    let is_answer = |operation: &&&Operation| matches!(operation.result, Answered::Answer(_));
    let requests = finding.requests();
    let requests = requests.iter().filter(is_answer);
    let wrong = requests.map(|operation| Answering {
        node: operation.node.clone(),
        asked: Some(operation.called),
        at: operation.called + operation.took,
    });
    let heard = finding.sources().into_iter().filter_map(|source| match source {
        Origin::Heard { node, at, connection, .. } => {
            Some(Answering { node: node.clone(), asked: trail.last_said(connection, *at), at: *at })
        }
        // When it was asked for is known, and not when it came.
        Origin::Answer { .. } => None,
    });
    heard.chain(wrong).collect()
}

/// The first of them that was given by a node without a majority.
fn cut_off(mut answered: Vec<Answering>, state: &RunState) -> Option<CutOff> {
    answered.sort_by_key(|answering| answering.at);
    answered.iter().find_map(|Answering { node, asked, at }| CutOff::of(state.timeline(), node, *asked, *at))
}

/// When the steps that are shown of a walk were done, if that was on a fresh node.
fn steps_done_again(walk: &Walk) -> Option<(Duration, Duration)> {
    let (first, last) = (walk.steps.first()?, walk.steps.last()?);
    walk.command.as_ref().map(|_| (first.at, last.at + last.took + AFTER_WALK))
}

/// The command that started a node. Its paths are absolute; those below the run's folder are shown relative to the
/// challenge directory, where the command will be pasted.
fn start(commands: &BTreeMap<String, Vec<String>>, node: &str, folder: &str) -> Option<String> {
    commands.get(node).map(|command| start_command(command, folder))
}

pub(super) fn start_command(command: &[String], folder: &str) -> String {
    let shorten = |argument: &String| {
        let (option, path) = argument.split_once('=').unwrap_or(("", argument));
        match path.find(&format!("/{folder}/")) {
            Some(at) if path.starts_with('/') && !option.is_empty() => format!("{option}={}", &path[at + 1..]),
            Some(at) if path.starts_with('/') => path[at + 1..].to_owned(),
            _ => argument.clone(),
        }
    };
    command_line(&command.iter().map(shorten).collect::<Vec<_>>())
}

/// The last lines of the first nodes that printed something, and a panic from its first line: more when there are few
/// nodes. Then the names of the others that did.
fn said(nodes: &[String], mut read: impl FnMut(&str) -> Vec<(Duration, String)>) -> (Vec<Said>, Vec<String>) {
    // Nodes, lines of the first, and lines of each other.
    let (heard, first, other) = match nodes.len() {
        0..=1 => (1, 10, 0),
        2..=5 => (5, 5, 5),
        _ => (3, 5, 3),
    };
    let (mut all, mut others) = (Vec::new(), Vec::new());
    for node in nodes {
        let mut lines = read(node);
        lines.retain(|(_, text)| !text.trim().is_empty());
        if lines.is_empty() {
            continue;
        }
        if all.len() == heard {
            others.push(node.clone());
            continue;
        }
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let shown = last_words(&texts, if all.is_empty() { first } else { other });
        let earlier = shown.first().map_or(0, |first| first.start);
        let (mut kept, mut before): (Vec<SaidLine>, usize) = (Vec::new(), earlier);
        for range in shown {
            let mut left_out = range.start - std::mem::replace(&mut before, range.end);
            kept.extend(lines[range].iter().map(|(at, text)| SaidLine {
                left_out: std::mem::take(&mut left_out),
                at: Some(*at),
                text: text.clone(),
            }));
        }
        all.push(Said { node: node.clone(), lines: kept, earlier, later: 0, from_error: false });
    }
    others.sort();
    (all, others)
}

#[cfg(test)]
use {
    super::describe::English,
    crate::facts::{Event, RunStarted, Stamped},
};

impl Card {
    /// Whether it is the failure of this test, or of what held it back.
    pub fn is_of(&self, stage: &str, test: &str) -> bool {
        self.stage == stage && self.test == test
    }
}

#[cfg(test)]
impl Card {
    /// A card for tests of what is done with cards.
    pub(crate) fn example(stage: &str, test: &str, hints: &[&str]) -> Self {
        let failure = Failure {
            requirement: "Recovery".into(),
            proves: "recovery".into(),
            step: None,
            what: Finding::Value { sentence: "The answer has no `term`.".into() }.into(),
            hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
            commands: BTreeMap::new(),
        };
        let started = Event::RunStarted(RunStarted {
            version: String::new(),
            challenge: String::new(),
            stages: Vec::new(),
            seed: 8123,
            folder: ".lsfr/runs/20261123-120301-crash-recovery".into(),
            time: String::new(),
            faults: None,
        });
        let state = RunState::replayed(&[Stamped { at: Duration::ZERO, event: started }]);
        let scene = Scene { stage, test, at: Duration::ZERO, not_judged: None, state: &state, words: &English };
        Card::new(&failure, &scene, &mut |_, _, _| Vec::new())
    }
}
