//! What a card says about a failure: the sentences, the request, the differences.

use history::Explanation;
use serde_json::Value as Json;

use super::card::{Card, NodeAnswer, Said, SaidLine, Shown};
use super::cause::{self, explain};
use super::cluster_state::{ClusterState, NodeNow};
use super::copies;
use super::curl::Request;
use super::describe::{Describe, English};
use super::diff::{Difference, differences, plural};
use super::exchange_words;
use super::happened::happened;
use super::history::{history, never};
use super::program;
use super::times::{clock, time};
use super::visible;
use super::walk;
use crate::facts::{
    Answered, Asked, Excerpt, Finding, Mismatch, Need, Operation, Ran, ShortWalk, Source, Spot, Violation, What,
};
use crate::text::{clean, size};

impl Card {
    /// The parts that say what went wrong.
    pub(super) fn of_failure(what: &What, cluster: &ClusterState) -> Self {
        let mut card = Card::default();
        card.tell(what, cluster);
        card
    }

    /// The part of the chain that is around the finding, and the finding itself.
    fn tell(&mut self, what: &What, cluster: &ClusterState) {
        let (lead, inner) = match what {
            What::Found(finding) => return self.found(finding, cluster),
            What::Walked { walk, last } => {
                self.told.extend(walk::told(walk));
                self.led_here = walk::rows(walk);
                return self.tell(last, cluster);
            }
            What::NotInTime { within, attempts, last, seen, .. } => {
                let attempts = format!("{attempts} {}", plural(*attempts as usize, "attempt", "attempts"));
                self.history = history(seen, never(last.finding()));
                let lead =
                    format!("What was expected did not come within {} ({attempts}). The last attempt", time(*within));
                (lead, last)
            }
            What::DidNotHold { held, wanted, last } => {
                (format!("It held for {} of {}. The next attempt", time(*held), time(*wanted)), last)
            }
            What::Copies { failed, of, copy, first, in_turn, spread, others } => {
                let how = if *in_turn { ", one after the other," } else { " at once" };
                let lead = format!("{failed} of {of}{how} failed. The first of them ({copy})");
                self.lead(&lead, first, cluster);
                // Beside what else is told of the first.
                self.told.extend(copies::others(others));
                self.told.extend(spread.as_ref().map(copies::told));
                return;
            }
            What::Rounds { failed, of, allowed, last } => {
                let allowed = if *allowed == 0 { "none may".to_owned() } else { format!("only {allowed} may") };
                (format!("{failed} of {of} rounds failed, and {allowed}. The last of these"), last)
            }
        };
        self.lead(&lead, inner, cluster);
    }

    /// What is around the failure, as the beginning of its first sentence.
    fn lead(&mut self, lead: &str, inner: &What, cluster: &ClusterState) {
        if let What::Found(finding) = inner
            && let Some(happened) = happened(finding)
        {
            self.told.push(format!("{lead} {happened}."));
            return self.found(finding, cluster);
        }
        let at = self.told.len();
        self.tell(inner, cluster);
        match self.told.get_mut(at) {
            Some(sentence) => *sentence = format!("{lead}: {sentence}"),
            None => self.told.push(format!("{lead} failed.")),
        }
    }

    fn found(&mut self, finding: &Finding, cluster: &ClusterState) {
        match finding {
            Finding::Answer { operation, mismatches } => {
                self.answer(operation, mismatches, cluster);
            }
            Finding::Conversation(talk) => self.conversation(talk, cluster),
            Finding::Answers { need, fitted, others, .. } => self.answers(*need, fitted, others, cluster),
            Finding::TooFew { passed, wanted, unanswered, .. } => {
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
            Finding::Node { node, sentence, said, .. } => {
                self.told.push(sentence.clone());
                if !said.is_empty() {
                    self.said = vec![Said {
                        node: node.clone(),
                        lines: plain(said),
                        earlier: 0,
                        later: 0,
                        from_error: false,
                    }];
                }
            }
            Finding::DiskUsage { node, bytes, largest, others, mismatches } => {
                self.told.push(format!("The folder of {node} takes {} on the disk.", size(*bytes)));
                let files = largest.iter().map(|file| format!("{} {}", file.path, size(file.bytes)));
                let more = (*others > 0).then(|| format!("{others} more"));
                let files: Vec<String> = files.chain(more).collect();
                if !files.is_empty() {
                    self.told.push(format!("Its files: {}.", files.join(", ")));
                }
                let sized = |difference| Difference { actual: size(*bytes), ..difference };
                self.differences = mismatches.iter().flat_map(differences).map(sized).collect();
            }
            Finding::Traffic(traffic) => self.traffic(traffic),
            Finding::NoRole { role, within, seen, .. } => {
                self.told.push(format!("No node was {role} within {}.", time(*within)));
                self.history = history(seen, Some(format!("never a {role}")));
            }
            Finding::Command { ran, mismatches } => {
                self.ended("The program", ran, mismatches);
            }
            Finding::Cases { of, first, others, not_tried } => {
                self.told.extend(program::told(*of, first, others, *not_tried));
                self.program = Some(program::Source::from_case(first));
                self.commands.extend(first.compiled.as_ref().map(program::command));
                let who = if first.compiled.is_some() { "The program" } else { "The compiler" };
                self.ended(who, &first.ran, &first.mismatches);
            }
            Finding::Breach { sentence, proof } => {
                self.told.push(sentence.clone());
                self.request = proof.last().map(Request::from_operation);
                self.answers.extend(proof.iter().map(said_so));
            }
            Finding::Violation(violation) => self.violation(violation),
            Finding::Undecided { sentence, latency, history, .. } => {
                self.told.push(sentence.clone());
                self.told.push(format!("How long operations took: {latency}."));
                self.history_file = Some(history.clone());
                self.next = Some(format!(
                    "See in {history} how each operation was answered, and when most of them began to fail."
                ));
            }
            Finding::ShortWalk(short) => self.short_walk(short),
            Finding::Value { sentence } => self.told.push(sentence.clone()),
            Finding::Compared { sentence, sources } => {
                // Where several answers do not fit each other, they are what is wrong.
                let several = sources.len() > 1;
                let (first, second) = (Some(sentence.clone()), made_of(sources));
                let told = if several { [second, first] } else { [first, second] };
                self.told.extend(told.into_iter().flatten());
            }
        }
    }

    /// Why is said beside the verdict.
    fn short_walk(&mut self, short: &ShortWalk) {
        let ShortWalk { judged, wanted, took, .. } = short;
        self.told.push(format!(
            "The random walk ended after {}, with {judged} {} judged; with fewer than {wanted} it says nothing about the program.",
            time(*took),
            plural(*judged, "answer", "answers"),
        ));
        if *judged > 0 {
            self.told.push("Those were right.".to_owned());
        }
    }

    fn violation(&mut self, violation: &Violation) {
        self.told.push(violation.explanation.sentence.clone());
        self.told.extend(
            violation
                .breaks
                .as_ref()
                .map(|heading| format!("What was refused has happened: that breaks \"{heading}\".")),
        );
        self.asked = asked(violation);
        self.explanation = Some(violation.explanation.clone());
        self.request = violation.request.as_ref().map(|request| repeated(request, &violation.lost_headers));
        self.history_file = Some(violation.history.clone());
        self.timeline = violation.timeline.clone();
        self.next = Some(next_of(violation));
    }

    /// A program that was run to its end, or that did not end.
    fn ended(&mut self, who: &str, ran: &Ran, mismatches: &[Mismatch]) {
        let differs = |spot: &Spot| mismatches.iter().any(|mismatch| mismatch.path == *spot);
        let command = if differs(&Spot::Exit) { program::command_with_status } else { program::command };
        self.commands.push(command(ran));
        self.no_answer = ran.sentence.clone();
        self.differences = mismatches.iter().flat_map(differences).collect();
        // What is compared is shown by its difference.
        if !ran.said.is_empty() && !differs(&Spot::from("stderr")) {
            self.said =
                vec![Said { node: who.to_owned(), lines: plain(&ran.said), earlier: 0, later: 0, from_error: false }];
        }
    }

    fn answer(&mut self, operation: &Operation, mismatches: &[Mismatch], cluster: &ClusterState) {
        self.request = Some(Request::from_operation(operation));
        self.hops.clone_from(&operation.hops);
        let sourced = mismatches.iter().find_map(|mismatch| Some((&mismatch.path, mismatch.source.as_ref()?)));
        self.told.extend(sourced.and_then(|(path, source)| headline(source, path, operation)));
        let source = sourced.map(|(_, source)| source);
        self.differences = explained(mismatches, source, cluster);
        match &operation.result {
            Answered::NoAnswer { cause, detail, part, .. } => {
                let explained = explain(operation, *cause, detail, *part, cluster.node_now(&operation.node));
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
                if !mismatches.iter().any(|mismatch| matches!(mismatch.path, Spot::Body(_))) {
                    self.shown.extend(body(&answer.body));
                }
            }
        }
    }

    fn answers(
        &mut self,
        need: Need,
        fitted: &[String],
        others: &[(Operation, Vec<Mismatch>)],
        cluster: &ClusterState,
    ) {
        let did = if fitted.is_empty() { "none did".to_owned() } else { format!("{} did", listed(fitted)) };
        let asked = fitted.len() + others.len();
        let nodes = plural(asked, "node", "nodes");
        // In the words that the language has for how many are needed.
        let must = if need == Need::None { "may" } else { "must" };
        self.told.push(format!("Of the {asked} {nodes} asked, {need} {must} answer as expected; {did}."));
        if let Some((operation, _)) = others.first() {
            self.request = Some(Request::from_operation(operation));
        }
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
                Answered::NoAnswer { cause, .. } => match cluster.node_now(&operation.node) {
                    Some(NodeNow::Ended { how, .. }) => {
                        format!("{}; it ended by itself: {}", cause::name(*cause), English.ending(how))
                    }
                    Some(NodeNow::Silent { since }) => {
                        format!("{}; it has been silent since {}", cause::name(*cause), clock(*since))
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
                differences: explained(mismatches, None, cluster),
            });
        }
        self.answers.sort_by(|a, b| a.node.cmp(&b.node));
    }
}

/// Two answers that contradict each other, the earlier one first: which of them is the lie, only the program knows.
fn headline(source: &Source, spot: &Spot, operation: &Operation) -> Option<String> {
    let Answered::Answer(answer) = &operation.result else { return None };
    let called = operation.hops.first().map_or(operation.called, |hop| hop.called);
    let path = operation.hops.first().map_or(&operation.path, |hop| &hop.path);
    let later = time(called.saturating_sub(source.at()));
    let Operation { node, method, .. } = operation;
    let what = match spot {
        Spot::Status => "which".to_owned(),
        Spot::Header(name) => format!("and the `{name}` of that answer"),
        Spot::Body(_) => "and the body of that answer".to_owned(),
        spot => format!("and `{spot}` of that answer"),
    };
    let (before, status) = (source_words(source), answer.status);
    Some(format!(
        "{before}; {later} later {node} answered {method} {path} with {status}, {what} does not fit the earlier one."
    ))
}

/// The differences, and for each expectation that no pack wrote down where it comes from, if that has not been `told`.
pub(super) fn explained<'a>(
    mismatches: &'a [Mismatch],
    mut told: Option<&'a Source>,
    cluster: &ClusterState,
) -> Vec<Difference> {
    let mut all = Vec::new();
    for mismatch in mismatches {
        let mut some = differences(mismatch);
        if let Some(first) = some.first_mut() {
            first.notes.extend(down(mismatch, cluster));
            if let Some(source) = &mismatch.source
                && told != Some(source)
            {
                first.notes.push(origin(source));
                told = Some(source);
            }
        }
        all.extend(some);
    }
    all
}

/// That a node is down whose name came where it should not have come.
fn down(mismatch: &Mismatch, cluster: &ClusterState) -> Option<String> {
    let name = mismatch.actual.as_ref()?.as_str()?;
    match cluster.node_now(name)? {
        NodeNow::Down => Some(format!("{name} is down: the test has stopped or killed it.")),
        NodeNow::Ended { at, .. } => Some(format!("{name} is down: it ended by itself at {}.", clock(*at))),
        NodeNow::Starting | NodeNow::Up | NodeNow::Silent { .. } | NodeNow::Paused => None,
    }
}

/// `n1 answered PUT /kv/a with 200 at +1.436`
fn source_words(source: &Source) -> String {
    match source {
        Source::Answer { node, method, path, status, at, .. } => {
            format!("{node} answered {method} {path} with {status} at {}", clock(*at))
        }
        Source::Heard { node, text, at, said: Some(said), .. } => format!(
            "{node} answered {} with {} at {}",
            exchange_words::lines(said),
            visible::quote_short(&text.text, text.bytes),
            clock(*at)
        ),
        Source::Heard { node, text, at, .. } => {
            format!("{node} said {} at {}", visible::quote_short(&text.text, text.bytes), clock(*at))
        }
    }
}

/// The last of the answers that a value was made of.
fn made_of(sources: &[Source]) -> Option<String> {
    const TOLD: usize = 4;
    let first = sources.len().saturating_sub(TOLD);
    let all: Vec<String> = sources[first..].iter().map(source_words).collect();
    let earlier = if first > 0 { format!("{first} earlier answers; ") } else { String::new() };
    match &all[..] {
        [] => None,
        [one] => Some(format!("The value comes from this answer: {one}.")),
        _ => Some(format!("{earlier}{}.", all.join("; "))),
    }
}

/// The earlier answer that an expectation comes from.
pub(super) fn origin(source: &Source) -> String {
    match source {
        Source::Answer { node, method, path, status, at, .. } => {
            format!("Expected because of {method} {node} {path} at {}, which was answered {status}.", clock(*at))
        }
        Source::Heard { node, text, at, .. } => {
            let said = visible::quote_beginning(&text.text, text.bytes);
            format!("Expected because {node} said {said} at {}.", clock(*at))
        }
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
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [most @ .., before, last] => [most, &[format!("{before} and {last}")]].concat().join(", "),
        few => few.concat(),
    }
}

fn body(body: &Excerpt) -> Option<Shown> {
    let value = || visible::quote_beginning(&body.text, body.bytes);
    (body.bytes > 0).then(|| Shown { name: "body".into(), value: value() })
}

fn plain(lines: &[String]) -> Vec<SaidLine> {
    lines.iter().map(|text| SaidLine { left_out: 0, at: None, text: text.clone() }).collect()
}

/// The request of an operation, as far as its history has it.
fn repeated(request: &Operation, lost: &[String]) -> Request {
    let values = plural(lost.len(), "value", "values");
    let names: Vec<String> = lost.iter().map(|name| as_usual(name)).collect();
    let note = format!("It was sent with {}, too, whose {values} the history does not have.", listed(&names));
    let request = Request::from_operation(request);
    if lost.is_empty() { request } else { Request { note: Some(note), ..request } }
}

/// A header's name as people write it: `If-Match`.
fn as_usual(name: &str) -> String {
    let word = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => String::new(),
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// For each operation that one node alone did not do: who was asked, in order.
fn asked(violation: &Violation) -> Vec<Shown> {
    let operations = violation.explanation.operations.iter().zip(&violation.asked);
    let hop = |asked: &Asked| format!("asked {} at {}: {}", asked.node, clock(asked.at), asked.answer);
    operations
        .filter(|(_, asked)| !asked.is_empty())
        .map(|(operation, asked)| Shown {
            name: format!("client {}", operation.client),
            value: asked.iter().map(hop).collect::<Vec<_>>().join(", then "),
        })
        .collect()
}

/// Whom a violation leads to: the node whose answer settled the matter, and the one whose answer then was wrong.
fn next_of(violation: &Violation) -> String {
    let Explanation { operations, culprit, .. } = &violation.explanation;
    let settled = violation.explanation.settled_by().and_then(|place| operations.get(place));
    let told = |operation: &history::Operation| {
        Some((clean(operation.node.as_deref()?), clock(operation.returned.unwrap_or(operation.called))))
    };
    let wrong = operations.get(*culprit).and_then(told);
    match (settled.and_then(told), wrong) {
        (Some((first, then)), Some((node, at))) if first != node => format!(
            "What had {first} waited for when it answered at {then}, and whom had {node} asked when it answered at {at}? \
             `lsfr logs` has what they said then."
        ),
        (Some((_, then)), Some((node, at))) => format!(
            "{node} gave both answers. What became of what it held between {then} and {at}? `lsfr logs` has what it \
             said then."
        ),
        (None, Some((node, at))) => format!(
            "What did {node} know when it answered at {at}? `lsfr logs` has what it and the others said then."
        ),
        (_, None) => "`lsfr logs` has what the nodes said at those times.".to_owned(),
    }
}
