//! Why a request got no answer, in words: what happened, the likely cause, and what to look at.

use super::cluster_state::NodeNow;
use super::describe::{Describe, English};
use super::diff::plural;
use super::times::{clock, time};
use crate::facts::{Answered, Cause, Operation, Part};

/// The result of a request in a word or two, for a line of a list.
pub fn outcome(result: &Answered) -> String {
    match result {
        Answered::Answer(answer) => answer.status.to_string(),
        Answered::NoAnswer { cause, .. } => name(*cause).to_owned(),
    }
}

pub fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::Refused => "refused",
        Cause::Reset => "reset",
        Cause::Closed => "closed",
        Cause::HalfAnswer => "half an answer",
        Cause::TimedOut => "timed out",
        Cause::Garbage => "not HTTP",
        Cause::TooLarge => "too large",
        Cause::TooManyRedirects => "too many redirects",
        Cause::ForeignRedirect => "redirect elsewhere",
        Cause::Local => "not sent",
        Cause::Abandoned => "no answer yet",
    }
}

/// A missing answer explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    pub happened: String,
    pub likely: Option<String>,
    pub next: String,
}

/// Explains a request without an answer, given what is known of the node.
pub fn explain(
    operation: &Operation,
    cause: Cause,
    detail: &str,
    part: Option<Part>,
    now: Option<&NodeNow>,
) -> Explained {
    let node = &operation.node;
    let mut explained = by_cause(operation, cause, detail, part);
    match now {
        // What the program did explains a broken connection better than the connection does.
        Some(NodeNow::Ended { at, how }) if cause.breaks() || cause == Cause::TimedOut => {
            explained.likely =
                Some(format!("{node} ended by itself at +{:.3}: {}.", at.as_secs_f64(), English.ending(how)));
            explained.next = format!(
                "Look at the last lines {node} printed: `lsfr logs {node}` shows them all, beside what lsfr did."
            );
        }
        Some(NodeNow::Silent { since }) if cause.breaks() || cause == Cause::TimedOut => {
            explained.likely = Some(format!(
                "{node} runs, but has answered nothing at all since {}: every request hangs, not only this one.",
                clock(*since)
            ));
            explained.next = format!(
                "Look for what stops the whole program: a lock that is never released, an endless loop, a queue of \
                 connections that nobody takes from. `lsfr logs {node}` shows what it printed before."
            );
        }
        Some(NodeNow::Paused) if cause == Cause::TimedOut => {
            explained.likely = Some(format!("The test has paused {node} (SIGSTOP), so it answers nothing now."));
        }
        Some(NodeNow::Down) if cause.breaks() || cause == Cause::TimedOut => {
            explained.likely = Some(format!("The test has stopped {node}, so nothing listens there now."));
        }
        _ => {}
    }
    explained
}

/// `42 bytes were promised, 40 came`
fn came(Part { promised, came }: Part) -> String {
    let were = |bytes: u64, one, many| plural(usize::try_from(bytes).unwrap_or(usize::MAX), one, many);
    match promised {
        Some(promised) => {
            format!("{promised} {} promised, {came} came", were(promised, "byte was", "bytes were"))
        }
        None => format!("{came} {} of its body came, but not its end", were(came, "byte", "bytes")),
    }
}

/// Long because it is a table: for each cause, what happened, what probably led to it, and what to look at.
fn by_cause(operation: &Operation, cause: Cause, detail: &str, part: Option<Part>) -> Explained {
    let Operation { node, address, .. } = operation;
    let took = time(operation.took);
    let logs = format!("`lsfr logs {node}` shows what it printed, beside what lsfr did.");
    let (happened, likely, next) = match cause {
        Cause::Refused => (
            format!("{node} refused the connection: nothing listens on {address}."),
            "Its processes are alive, but the listening socket is closed. A server that stops accepting after an error, or \
             that opens its port again and again, does this.",
            format!(
                "Look for where the listening socket is closed, and for an error in the loop that accepts. {logs}"
            ),
        ),
        Cause::Reset => (
            format!("The connection to {node} was reset after {took}."),
            "The program closed the socket while bytes of the request were still unread, or crashed in the handler.",
            format!("Read the whole body before answering, even when the answer is an error. {logs}"),
        ),
        Cause::Closed => (
            format!("{node} closed the connection after {took} without an answer."),
            "The handler ended early: an uncaught exception or a panic in it is the common reason.",
            format!("Look for an error in the output at that moment. {logs}"),
        ),
        Cause::HalfAnswer => {
            let happened = format!("{node} closed the connection in the middle of its answer, after {took}.");
            match part {
                Some(Part { promised: None, .. }) => (
                    happened,
                    "The handler ended while it was writing: the empty chunk that ends the body is missing.",
                    format!("Look for an error in the output at that moment. {logs}"),
                ),
                _ => (
                    happened,
                    "Content-Length promises more bytes than were sent (it counts bytes, not characters), or the \
                     handler ended while it was writing.",
                    "Compare the Content-Length with the bytes of the body, and flush the answer before closing."
                        .to_owned(),
                ),
            }
        }
        Cause::TimedOut => match part {
            Some(Part { promised: Some(_), .. }) => (
                format!("No complete answer from {node} in {took}."),
                "Its Content-Length promises more bytes than were sent (it counts bytes, not characters), or the \
                 handler waits before it sends the rest.",
                "Compare the Content-Length with the bytes of the body, and flush the answer after writing."
                    .to_owned(),
            ),
            Some(Part { promised: None, .. }) => (
                format!("No complete answer from {node} in {took}."),
                "The answer never says where it ends. Without Content-Length or chunks it ends when the connection \
                 closes; with chunks, an empty chunk ends it.",
                "Send a Content-Length, the empty chunk, or close the connection after the answer.".to_owned(),
            ),
            None => (
                format!("No complete answer from {node} in {took}."),
                "Either the handler waits (for a lock, for the disk, for a request body longer than its \
                 Content-Length), or the head of its answer never ends: an empty line must end it.",
                format!("Make the request by hand with the line above and see how far it gets. {logs}"),
            ),
        },
        Cause::Garbage => (
            format!("What {node} sent is not HTTP."),
            "An answer begins with a line such as `HTTP/1.1 200 OK`, then headers, then an empty line, each line ended \
             by \\r\\n. Bytes left over from the answer before it would also be read as its beginning.",
            "Look at the raw bytes: the line above with `--http0.9 --output -`.".to_owned(),
        ),
        Cause::TooLarge => (
            format!("The answer of {node} is larger than lsfr reads (16 MB)."),
            "The program sends more than was ever stored, or does not stop sending.",
            format!("Look at what it writes after the value. {logs}"),
        ),
        Cause::TooManyRedirects => (
            format!("{node} redirected, and so did each node after it: more redirects than lsfr follows."),
            "Two nodes name each other, or a node names itself, as the leader.",
            "Ask each node which node it takes for the leader, and in which term.".to_owned(),
        ),
        Cause::ForeignRedirect => (
            format!("{node} redirected to an address that belongs to no node."),
            "A Location names the leader by the address that this node's own `--peers` gives for it.",
            "Compare the Location with this node's `--peers`.".to_owned(),
        ),
        Cause::Local => (
            "lsfr could not make the request: this machine has no ports or open files left.".to_owned(),
            "This is not your program's answer. Other programs, or an earlier run, may hold the connections.",
            "Close what else is running, see `ulimit -n`, and run the test again.".to_owned(),
        ),
        Cause::Abandoned => (
            format!("{node} had not answered after {took}, when the test went on without the answer."),
            "What was asked at the same time had failed, or was over.",
            logs,
        ),
    };
    if let (Cause::HalfAnswer | Cause::TimedOut | Cause::Reset, Some(part)) = (cause, part) {
        let happened = format!("{}: {}.", happened.trim_end_matches('.'), came(part));
        return Explained { happened, likely: Some(likely.to_owned()), next };
    }
    let detail = detail.trim().trim_end_matches('.');
    // For these the detail says what lsfr saw (the first bytes, the address); for the others the cause says it all.
    let happened = match cause {
        Cause::Garbage | Cause::ForeignRedirect | Cause::TooManyRedirects | Cause::HalfAnswer | Cause::Local
            if !detail.is_empty() =>
        {
            format!("{} ({detail}).", happened.trim_end_matches('.'))
        }
        _ => happened,
    };
    Explained { happened, likely: Some(likely.to_owned()), next }
}
