//! The failure card: everything there is to say about one failure, as data. It is built once; the terminal, JSON,
//! JUnit, the records and the app show the same one.

use std::collections::BTreeMap;
use std::time::Duration;

use history::Explanation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

pub use super::card_blocked::Subject;
use super::cause::{self, explain};
use super::cluster_now::ClusterNow;
use super::cluster_state::NodeNow;
use super::curl::{Request, command_line, word};
use super::diff::{Difference, differences, plural};
use super::happened::happened;
use super::history::{history, never};
use super::program::{self, Source};
use super::times::{clock, time};
use super::trail::{Row, Trail};
use super::visible;
use crate::facts::{
    Answered, Conversation, Excerpt, Failure, FailureKind, Hop, Mismatch, Operation, Place, Ran, Violation, What,
};
use crate::last_words::last_words;
use crate::seconds;
use crate::text::clean;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
// A card of another version has what it has.
#[serde(default)]
pub struct Card {
    #[serde(skip_serializing_if = "is_of_a_test")]
    pub subject: Subject,
    pub stage: String,
    /// Empty where it is no test's, as is what the test proves.
    pub test: String,
    /// The requirement's heading in the guide, and its slug.
    pub requirement: String,
    pub proves: String,
    /// Of which kind the failure is; none of a card of another version.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// Why this failure is not judged; none where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<String>,
    /// When the test ended, since the run began.
    #[serde(with = "seconds")]
    pub at: Duration,
    /// What happened, in sentences, where expected and actual do not say it all.
    pub told: Vec<String>,
    /// What clients did, where that is what cannot be. A page shows it as a picture.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// The source of a small program that went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Source>,
    /// What was run, in order, the last of which went wrong; to be pasted in the challenge directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// How the node in question was started, to be pasted in the challenge directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// The redirects that led to the answer, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<Hop>,
    /// Why there was no answer to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<String>,
    pub differences: Vec<Difference>,
    /// More of the answer that helps: its body, where a redirect points.
    #[serde(default)]
    pub shown: Vec<Shown>,
    /// Where several nodes were asked: what each answered.
    #[serde(default)]
    pub answers: Vec<NodeAnswer>,
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

/// A part of a card that another version may have written in other ways: without it the rest is still worth showing.
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
    /// The node whose answer it is, where the one that was asked redirected there.
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
    /// When the test began, and when it had failed.
    pub began: Duration,
    pub at: Duration,
    pub seed: u64,
    pub folder: &'a str,
    pub not_judged: Option<&'a str>,
    pub trail: &'a Trail,
}

/// A node's lines between two times of the run; told nothing of by nodes that have no log.
pub type ReadLogs<'a> = dyn FnMut(&str, Duration, Duration) -> Vec<(Duration, String)> + 'a;

/// What a node printed about an event may be stamped a little before or after it.
const MARGIN: Duration = Duration::from_millis(100);

impl Card {
    pub fn new(failure: &Failure, scene: &Scene, logs: &mut ReadLogs) -> Self {
        let mut card = Card {
            subject: Subject::Test,
            stage: scene.stage.to_owned(),
            test: scene.test.to_owned(),
            requirement: failure.requirement.clone(),
            proves: failure.proves.clone(),
            kind: Some(failure.what.kind()),
            not_judged: scene.not_judged.map(str::to_owned),
            at: scene.at,
            told: Vec::new(),
            program: None,
            commands: Vec::new(),
            explanation: None,
            start: None,
            request: None,
            hops: Vec::new(),
            no_answer: None,
            differences: Vec::new(),
            shown: Vec::new(),
            answers: Vec::new(),
            history: None,
            likely: None,
            next: None,
            led_here: Vec::new(),
            cluster: None,
            said: Vec::new(),
            hints: failure.hints.clone(),
            hints_given: 1,
            step: failure.step.clone(),
            again: again(scene),
            records: scene.folder.to_owned(),
            history_file: None,
            timeline: None,
        };
        let mut failed = Vec::new();
        card.tell(&failure.what, scene.trail, &mut failed);

        let node = card.request.as_ref().map(|request| request.node.clone()).or_else(|| failed_node(&failure.what));
        // What a history shows took all nodes.
        let node = node.filter(|_| card.explanation.is_none());
        card.start = node.as_ref().and_then(|node| start(&failure.commands, node, scene.folder));
        // A history is judged long after what is wrong in it: what came after that did not lead to it.
        let moment = moment(&failure.what);
        let told = scene.trail.tell_until(&failed, conversation(&failure.what), moment);
        card.led_here = told.rows;
        let then = moment.or_else(|| failed.iter().map(|operation| operation.called + operation.took).max());
        card.cluster = then.and_then(|then| scene.trail.cluster_at(then)).or_else(|| scene.trail.cluster().now());
        if card.said.is_empty()
            && let Some(from) = told.from
        {
            let mut nodes = scene.trail.nodes();
            // The node in question first.
            nodes.sort_by_key(|name| Some(name) != node.as_ref());
            // Nothing from before the test: that was another's.
            let (from, to) = (from.saturating_sub(MARGIN).max(scene.began), moment.unwrap_or(scene.at) + MARGIN);
            card.said = said(&nodes, |name| logs(name, from, to));
        }
        card
    }

    /// When it failed, since the run began: the last event that was wrong, or else the test's end.
    pub fn moment(&self) -> Duration {
        let wrong = self.led_here.iter().rev().filter(|row| row.wrong);
        wrong.filter_map(|row| row.at).next().unwrap_or(self.at)
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

    fn tell<'a>(&mut self, what: &'a What, trail: &Trail, failed: &mut Vec<&'a Operation>) {
        match what {
            What::Answer { operation, mismatches } => {
                failed.push(operation);
                self.answer(operation, mismatches, trail.cluster().node_now(&operation.node));
            }
            What::Conversation(talk) => self.conversation(talk, trail.cluster().node_now(&talk.node)),
            What::Answers { need, fitted, others, .. } => self.answers(need, fitted, others, trail, failed),
            What::NotInTime { within, attempts, last, seen, .. } => {
                let attempts = format!("{attempts} {}", plural(*attempts as usize, "attempt", "attempts"));
                let lead =
                    format!("What was expected did not come within {} ({attempts}). The last attempt", time(*within));
                self.history = history(seen, never(last));
                self.tell_how(&lead, last, trail, failed);
            }
            What::DidNotHold { held, wanted, last } => {
                let lead = format!("It held for {} of {}. The next attempt", time(*held), time(*wanted));
                self.tell_how(&lead, last, trail, failed);
            }
            What::Copies { failed: count, of, copy, first } => {
                let lead = format!("{count} of {of} at once failed. The first of them ({copy})");
                self.tell_how(&lead, first, trail, failed);
            }
            What::TooFew { passed, wanted, unanswered, .. } => {
                self.told.push(format!(
                    "Only {passed} {} answered; with fewer than {wanted} this test proves nothing.",
                    plural(*passed, "request was", "requests were")
                ));
                if !unanswered.is_empty() {
                    let kinds: Vec<String> = unanswered.iter().map(|(kind, n)| format!("{kind} ×{n}")).collect();
                    self.told.push(format!("Without an answer: {}.", kinds.join(", ")));
                }
                self.next = Some(
                    "Requests may go unanswered around a kill, but not most of them. See when each began to fail, and \
                     what the program did then."
                        .to_owned(),
                );
            }
            What::Node { node, sentence, said, .. } => {
                self.told.push(sentence.clone());
                if !said.is_empty() {
                    self.said = vec![Said { node: node.clone(), lines: plain(said), earlier: 0, later: 0 }];
                }
            }
            What::NoRole { role, within, seen, .. } => {
                self.told.push(format!("No node was {role} within {}.", time(*within)));
                self.history = history(seen, Some(format!("never a {role}")));
            }
            What::Command { ran, mismatches } => {
                self.ended("The program", ran, mismatches);
            }
            What::Cases { of, first, others, not_tried } => {
                self.told.extend(program::told(*of, first, others, *not_tried));
                self.program = Some(Source::of(first));
                self.commands.extend(first.compiled.as_ref().map(program::command));
                let who = if first.compiled.is_some() { "The program" } else { "The compiler" };
                self.ended(who, &first.ran, &first.mismatches);
            }
            What::Rounds { failed: count, of, allowed, last } => {
                let allowed = if *allowed == 0 { "none may".to_owned() } else { format!("only {allowed} may") };
                let lead = format!("{count} of {of} rounds failed, and {allowed}. The last of these");
                self.tell_how(&lead, last, trail, failed);
            }
            What::Breach { sentence, proof } => {
                self.told.push(sentence.clone());
                self.request = proof.last().map(Request::of);
                failed.extend(proof);
                self.answers.extend(proof.iter().map(said_so));
            }
            What::Violation(violation) => self.violation(violation),
            What::Undecided { sentence, latency, history, .. } => {
                self.told.push(sentence.clone());
                self.told.push(format!("How long operations took: {latency}."));
                self.history_file = Some(history.clone());
                self.next = Some(format!(
                    "See in {history} what each operation was told, and from when on hardly any succeeds."
                ));
            }
            What::Value { sentence } => self.told.push(sentence.clone()),
        }
    }

    /// A failure, behind the beginning of a sentence that says of what.
    fn tell_how<'a>(&mut self, lead: &str, what: &'a What, trail: &Trail, failed: &mut Vec<&'a Operation>) {
        if let Some(happened) = happened(what) {
            self.told.push(format!("{lead} {happened}."));
            return self.tell(what, trail, failed);
        }
        let at = self.told.len();
        self.tell(what, trail, failed);
        match self.told.get_mut(at) {
            Some(sentence) => *sentence = format!("{lead}: {sentence}"),
            None => self.told.push(format!("{lead} failed.")),
        }
    }

    fn violation(&mut self, violation: &Violation) {
        self.told.push(violation.explanation.sentence.clone());
        self.explanation = Some(violation.explanation.clone());
        self.request = violation.request.as_ref().map(Request::of);
        self.history_file = Some(violation.history.clone());
        self.timeline = violation.timeline.clone();
        self.next = Some(format!(
            "No order of the {} operations explains these answers. `lsfr logs` has what the nodes said at those times.",
            violation.operations
        ));
    }

    /// A program that was run to its end, or did not come to it.
    fn ended(&mut self, who: &str, ran: &Ran, mismatches: &[Mismatch]) {
        let differs = |path: &str| mismatches.iter().any(|mismatch| mismatch.path == path);
        let command = if differs("exit") { program::command_with_status } else { program::command };
        self.commands.push(command(ran));
        self.no_answer = ran.sentence.clone();
        self.differences = mismatches.iter().flat_map(differences).collect();
        // What is compared is shown by its difference.
        if !ran.said.is_empty() && !differs("stderr") {
            self.said = vec![Said { node: who.to_owned(), lines: plain(&ran.said), earlier: 0, later: 0 }];
        }
    }

    fn answer(&mut self, operation: &Operation, mismatches: &[Mismatch], now: Option<&NodeNow>) {
        self.request = Some(Request::of(operation));
        self.hops.clone_from(&operation.hops);
        self.differences = mismatches.iter().flat_map(differences).collect();
        match &operation.result {
            Answered::NoAnswer { cause, detail, part, .. } => {
                let explained = explain(operation, *cause, detail, *part, now);
                self.no_answer = Some(explained.happened);
                self.likely = explained.likely;
                self.next = Some(explained.next);
            }
            Answered::Answer(answer) => {
                if (300..400).contains(&answer.status)
                    && let Some((_, to)) =
                        answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"))
                {
                    self.shown
                        .push(Shown { name: "location".into(), value: visible::show(&Json::from(to.as_str())) });
                }
                // A body that is compared whole is shown by its difference.
                if !mismatches.iter().any(|mismatch| mismatch.path == "body") {
                    self.shown.extend(body(&answer.body));
                }
            }
        }
    }

    fn answers<'a>(
        &mut self,
        need: &str,
        fitted: &[String],
        others: &'a [(Operation, Vec<Mismatch>)],
        trail: &Trail,
        failed: &mut Vec<&'a Operation>,
    ) {
        let did = if fitted.is_empty() { "none did".to_owned() } else { format!("{} did", listed(fitted)) };
        let asked = fitted.len() + others.len();
        let nodes = plural(asked, "node", "nodes");
        // As the language says how many are needed.
        let must = if need == "none" { "may" } else { "must" };
        self.told.push(format!("Of the {asked} {nodes} asked, {need} {must} answer as expected; {did}."));
        if let Some((operation, _)) = others.first() {
            self.request = Some(Request::of(operation));
        }
        failed.extend(others.iter().map(|(operation, _)| operation));
        for node in fitted {
            self.answers.push(NodeAnswer {
                node: node.clone(),
                redirected_to: None,
                fits: true,
                text: "fits".to_owned(),
                differences: Vec::new(),
            });
        }
        for (operation, mismatches) in others {
            let text = match &operation.result {
                Answered::Answer(_) => String::new(),
                Answered::NoAnswer { cause, .. } => match trail.cluster().node_now(&operation.node) {
                    Some(NodeNow::Ended { how, .. }) => format!("{}; it ended by itself: {how}", cause::name(*cause)),
                    Some(NodeNow::Silent { since }) => {
                        format!("{}; it is silent since {}", cause::name(*cause), clock(*since))
                    }
                    _ => cause::name(*cause).to_owned(),
                },
            };
            let node = operation.asked().to_owned();
            let redirected_to = (node != operation.node).then(|| operation.node.clone());
            self.answers.push(NodeAnswer {
                node,
                redirected_to,
                fits: false,
                text,
                differences: mismatches.iter().flat_map(differences).collect(),
            });
        }
        self.answers.sort_by(|a, b| a.node.cmp(&b.node));
    }
}

/// An answer that proves something.
fn said_so(operation: &Operation) -> NodeAnswer {
    let body = match &operation.result {
        Answered::Answer(answer) => answer.body.text.trim().to_owned(),
        Answered::NoAnswer { cause, .. } => cause::name(*cause).to_owned(),
    };
    let text = format!("at {}  {body}", clock(operation.called));
    NodeAnswer { node: operation.node.clone(), redirected_to: None, fits: false, text, differences: Vec::new() }
}

/// `n1, n2 and n3`
fn listed(names: &[String]) -> String {
    match names {
        [most @ .., before, last] => [most, &[format!("{before} and {last}")]].concat().join(", "),
        few => few.concat(),
    }
}

/// `lsfr test` with what makes the same failure again.
fn again(scene: &Scene) -> String {
    format!("lsfr test {} --only {} --seed {}", word(scene.stage), name(scene.test), scene.seed)
}

/// A test's name in double quotes, as people write them, unless the shell would read something in it.
fn name(test: &str) -> String {
    if test.contains(['"', '$', '`', '\\', '!']) || test.chars().any(char::is_control) {
        word(test)
    } else {
        format!("\"{test}\"")
    }
}

/// When it went wrong, where that is not when it was found.
fn moment(what: &What) -> Option<Duration> {
    let What::Violation(violation) = what else { return None };
    violation.explanation.operations.iter().filter_map(|operation| operation.returned).max()
}

/// The conversation that failed, whatever waited for it.
fn conversation(what: &What) -> Option<&Conversation> {
    match what {
        What::Conversation(talk) => Some(talk),
        What::NotInTime { last, .. }
        | What::DidNotHold { last, .. }
        | What::Rounds { last, .. }
        | What::Copies { first: last, .. } => conversation(last),
        _ => None,
    }
}

fn failed_node(what: &What) -> Option<String> {
    match what {
        What::Node { node, .. } => Some(node.clone()),
        What::NotInTime { last, .. }
        | What::DidNotHold { last, .. }
        | What::Rounds { last, .. }
        | What::Copies { first: last, .. } => failed_node(last),
        _ => None,
    }
}

/// The command that started a node. Paths in it are absolute; below the run's folder they are shown relative to the
/// challenge directory, where the command is pasted.
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

fn body(body: &Excerpt) -> Option<Shown> {
    let value = || visible::quote_beginning(&body.text, body.bytes);
    (body.bytes > 0).then(|| Shown { name: "body".into(), value: value() })
}

fn plain(lines: &[String]) -> Vec<SaidLine> {
    lines.iter().map(|text| SaidLine { left_out: 0, at: None, text: text.clone() }).collect()
}

/// The last lines of each node that said something, and a panic from its first line: more when there are few nodes.
fn said(nodes: &[String], mut read: impl FnMut(&str) -> Vec<(Duration, String)>) -> Vec<Said> {
    let most = if nodes.len() > 1 { 5 } else { 10 };
    let mut all = Vec::new();
    for node in nodes {
        let mut lines = read(node);
        lines.retain(|(_, text)| !text.trim().is_empty());
        if lines.is_empty() {
            continue;
        }
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let shown = last_words(&texts, most);
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
        all.push(Said { node: node.clone(), lines: kept, earlier, later: 0 });
    }
    all
}

#[cfg(test)]
impl Card {
    /// A card for tests of what becomes of cards.
    pub(crate) fn example(stage: &str, test: &str, hints: &[&str]) -> Self {
        let failure = Failure {
            requirement: "Recovery".into(),
            proves: "recovery".into(),
            step: None,
            what: What::Value { sentence: "The answer has no `term`.".into() },
            hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
            commands: BTreeMap::new(),
        };
        let scene = Scene {
            stage,
            test,
            began: Duration::ZERO,
            at: Duration::ZERO,
            seed: 8123,
            folder: ".lsfr/runs/20261123-120301-crash-recovery",
            not_judged: None,
            trail: &Trail::default(),
        };
        Card::new(&failure, &scene, &mut |_, _, _| Vec::new())
    }
}
