//! A walk at random in words: what it came to, and its few steps as lines of what led to the failure.

use super::cause;
use super::diff::plural;
use super::trail::Row;
use super::visible::quote_short;
use crate::facts::{
    Answered, Excerpt, Held, Holding, JobState, Operation, Possible, PossibleVersion, Shown, Walk, WalkAct,
    WalkOutcome, WalkStep,
};
use crate::text::{clean, cut};

/// Headers of requests that are part of what an operation is, as they are sent.
const CONDITIONS: [&str; 2] = ["if-match", "if-none-match"];
/// The header that names a request.
const NAME: &str = "idempotency-key";
/// Of what a server says on a connection, so many columns stand in a row: what it was asked needs room, too.
const HEARD: usize = 36;

/// What the walk was, which of its steps are shown, and what the model holds.
pub(super) fn told(walk: &Walk) -> Vec<String> {
    let steps = walk.steps.len() + walk.left_out;
    let went = format!("Operation {} of a random walk went wrong", walk.operations);
    let walked = match walk.shown {
        Shown::Shrunk { .. } if steps == 1 => format!("{went}. Alone, in an empty folder, it does too."),
        Shown::Shrunk { .. } => format!(
            "{went}. These {steps} steps are enough to see it, from an empty folder, and none of them can be left out."
        ),
        Shown::ShrunkInTime { .. } => {
            format!("{went}. {steps} steps show it, from an empty folder; there was no time to look for fewer.")
        }
        Shown::Slice { .. } => format!(
            "{went}, and did not when the steps were done again in an empty folder. What led here are the {steps} \
             steps of the walk that have to do with it."
        ),
        Shown::OfCluster => format!(
            "{went}. These are the {steps} steps of the walk that have to do with it: a slice of it, since a walk on a \
             cluster is not done again."
        ),
    };
    // What is read is what is held.
    let reads = |one: &Possible| one.value.is_some() || one.outcome == WalkOutcome::Absent;
    let mut words: Vec<String> = Vec::new();
    for word in walk.possible.iter().map(possible) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let several = (words.len() > 1 && !walk.possible.iter().all(reads))
        .then(|| format!("Right would be: {}.", words.join(" or ")));
    [Some(walked), walk.held.as_ref().map(|key| held(key, steps)), several].into_iter().flatten().collect()
}

/// That the command which repeats what was said on a connection leaves something out: what others said, or what was done
/// to the program. None if it is all that happened.
pub(super) fn left_out_by_command(walk: &Walk) -> Option<String> {
    let last = walk.steps.last()?;
    let WalkAct::Said { .. } = last.act else { return None };
    let is_part = |step: &WalkStep| step.by == last.by && !step.killed && matches!(step.act, WalkAct::Said { .. });
    if walk.left_out == 0 && walk.steps.iter().all(is_part) {
        return None;
    }
    Some(match &last.by {
        Some(by) => format!("This is {by}'s part alone. The steps below have the rest."),
        None => "This is not all of it. The steps below have the rest.".to_owned(),
    })
}

/// What the key of the last of so many steps may have held before it.
fn held(held: &Held, steps: usize) -> String {
    let several = held.one_of.len() > 1;
    let word = |holding: &Holding| match holding {
        Holding::Nothing if several => "nothing".to_owned(),
        Holding::Nothing => "absent".to_owned(),
        Holding::Member => "a member".to_owned(),
        Holding::Value { value, version } => {
            let version = version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
            format!("{}{version}", quoted(value))
        }
        Holding::Job { state, by, tube, priority } => job(*state, by.as_deref(), tube, *priority),
    };
    let one_of: Vec<String> = held.one_of.iter().map(word).collect();
    let verb = match &held.one_of[..] {
        [Holding::Nothing | Holding::Member | Holding::Job { .. }] => "should be",
        [Holding::Job { .. }, ..] | [Holding::Nothing, Holding::Job { .. }, ..] => "may be",
        [_] => "should hold",
        [..] => "may hold",
    };
    let of_a_job = held.one_of.iter().any(|one| matches!(one, Holding::Job { .. }));
    let open = if several && !of_a_job { ": a kill has left that open" } else { "" };
    let before = if steps == 1 { "Before it" } else { "Before the last one" };
    format!("{before} {} {verb} {}{open}.", held.key, one_of.join(" or "))
}

fn job(state: JobState, by: Option<&str>, tube: &str, priority: u32) -> String {
    let state = match (state, by) {
        (JobState::Ready, _) => "ready".to_owned(),
        (JobState::Reserved, Some(by)) => format!("reserved by {by}"),
        (JobState::Reserved, None) => "reserved".to_owned(),
        (JobState::Delayed, _) => "delayed".to_owned(),
        (JobState::Buried, _) => "buried".to_owned(),
    };
    let tube = if tube == "default" { String::new() } else { format!(" in {tube}") };
    format!("{state}{tube}, with priority {priority}")
}

fn possible(possible: &Possible) -> String {
    let outcome = match (possible.outcome, &possible.value) {
        (WalkOutcome::Done, Some(value)) => quoted(value),
        (WalkOutcome::Done, None) => "done".to_owned(),
        (WalkOutcome::Absent, _) => "not there".to_owned(),
        (WalkOutcome::Present, _) => "there already".to_owned(),
        (WalkOutcome::Unmet, _) => "refused".to_owned(),
        (WalkOutcome::Empty, _) => "nothing".to_owned(),
        (WalkOutcome::Soon, _) => "a warning".to_owned(),
    };
    match &possible.version {
        PossibleVersion::Any => outcome,
        PossibleVersion::Is(version) => format!("{outcome}, version {version}"),
        PossibleVersion::New => format!("{outcome}, with a new version"),
    }
}

/// The steps that are shown; the last is what went wrong.
pub(super) fn rows(walk: &Walk) -> Vec<Row> {
    let last = walk.steps.len().saturating_sub(1);
    let earlier = (walk.left_out > 0).then(|| Row {
        text: format!("{} earlier {}", walk.left_out, plural(walk.left_out, "step", "steps")),
        ..Row::default()
    });
    let steps = walk.steps.iter().enumerate().map(|(at, step)| Row { wrong: at == last, ..row(step) });
    earlier.into_iter().chain(steps).collect()
}

fn row(step: &WalkStep) -> Row {
    let (verb, text, outcome, took) = match &step.act {
        WalkAct::Asked(operation) => {
            (operation.method.clone(), asked(operation), answered(operation, step), Some(step.took))
        }
        WalkAct::Said { text, body, heard } => {
            // The first line says what it is; what follows may be long.
            let heard =
                heard.iter().enumerate().map(|(at, one)| if at == 0 { clean(&one.text) } else { quoted(one) });
            let heard: Vec<String> = heard.collect();
            let outcome = if heard.is_empty() { "no answer".to_owned() } else { cut(&heard.join(" "), HEARD) };
            let body = body.as_ref().map(|body| format!(" {}", quoted(body))).unwrap_or_default();
            ("SAY".to_owned(), format!("{}{body}", text.text), outcome, Some(step.took))
        }
        WalkAct::Left => ("CLOSE".to_owned(), "its connection".to_owned(), String::new(), None),
        WalkAct::Killed => ("KILL".to_owned(), "kill -9, then started again".to_owned(), String::new(), None),
        WalkAct::Lost => ("KILL".to_owned(), "kill -9".to_owned(), String::new(), None),
        WalkAct::Returned => ("START".to_owned(), "again".to_owned(), String::new(), Some(step.took)),
        WalkAct::Restarted => ("STOP".to_owned(), "stopped, then started again".to_owned(), String::new(), None),
    };
    let text = step.by.as_ref().map_or(text.clone(), |by| format!("{by}: {text}"));
    let killed = if step.killed { ", KILL" } else { "" };
    let sent = step.before + 1;
    let tries = if step.before > 0 { format!(", sent {sent} times") } else { String::new() };
    let outcome = format!("{outcome}{tries}{killed}");
    // The text has the headers.
    Row { at: Some(step.at), verb, node: step.node.clone(), text, outcome, took, ..Row::default() }
}

fn asked(operation: &Operation) -> String {
    let body = operation.body.as_ref().map(|body| format!(" {}", quoted(body))).unwrap_or_default();
    let with = |of: &[&str]| {
        let headers = operation.headers.iter().filter(|(name, _)| of.contains(&&*name.to_ascii_lowercase()));
        headers.cloned().collect::<Vec<(String, String)>>()
    };
    // Short, since a line has little room, and first, since it says which steps are one request.
    let name: String = with(&[NAME]).iter().map(|(_, value)| format!(" as {value}")).collect();
    let conditions: String = with(&CONDITIONS).iter().map(|(name, value)| format!(" {name}: {value}")).collect();
    format!("{}{name}{body}{conditions}", operation.path)
}

fn answered(operation: &Operation, step: &WalkStep) -> String {
    let answer = match &operation.result {
        Answered::NoAnswer { cause, .. } => return cause::name(*cause).to_owned(),
        Answered::Answer(answer) => answer,
    };
    let value = step.value.as_ref().map(|value| format!(" {}", quoted(value))).unwrap_or_default();
    let version = step.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    format!("{}{value}{version}", answer.status)
}

fn quoted(text: &Excerpt) -> String {
    quote_short(&text.text, text.bytes)
}
