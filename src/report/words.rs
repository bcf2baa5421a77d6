//! What happens to nodes and links, in words: a verb in capitals, and what there is to say of it.

use super::cause;
use super::times::time;
use super::visible::quote_short;
use crate::runner::event::{Links, NodeEventKind, Speech};

/// What was done to the links: a verb in capitals, and the rest.
pub(super) fn links_words(links: &Links) -> (String, String) {
    let (verb, rest) = links.text.split_once(' ').unwrap_or((&links.text, ""));
    (verb.to_uppercase(), rest.to_owned())
}

/// What was said on a connection: the sign of its direction, and the words, escaped.
pub(super) fn speech_words(what: &Speech) -> (char, String) {
    match what {
        Speech::Sent { text } => ('→', quote_short(&text.text, text.bytes)),
        Speech::Received { text } => ('←', quote_short(&text.text, text.bytes)),
        Speech::Opened => ('·', "opened".to_owned()),
        Speech::Ended { cause } => ('←', cause::name(*cause).to_owned()),
        Speech::Closed { how } if how == "write" => ('→', "said its last word".to_owned()),
        Speech::Closed { how } if how == "reset" => ('→', "reset".to_owned()),
        Speech::Closed { .. } => ('→', "closed".to_owned()),
        Speech::Silence { time: waited } => ('·', format!("nothing for {}", time(*waited))),
    }
}

/// What happened to a node: a verb in capitals, and what there is to say of it.
pub(super) fn node_words(what: &NodeEventKind) -> (&'static str, String) {
    match what {
        NodeEventKind::Started { .. } => ("START", "not ready yet".to_owned()),
        NodeEventKind::Ready { after } => ("START", format!("ready after {}", time(*after))),
        // The failure says why, at length.
        NodeEventKind::StartFailed { .. } => ("START", "failed".to_owned()),
        NodeEventKind::Stopping => ("STOP", "still running".to_owned()),
        NodeEventKind::Stopped { status } => ("STOP", status.to_string()),
        NodeEventKind::Killed => ("KILL", String::new()),
        NodeEventKind::Paused => ("PAUSE", String::new()),
        NodeEventKind::Resumed => ("RESUME", String::new()),
        NodeEventKind::MainExited { status } => ("EXIT", format!("run.sh ended ({status}); what it started runs on")),
        NodeEventKind::Exited { status } => ("EXIT", format!("ended by itself: {status}")),
        NodeEventKind::OverLimit { sentence } => ("LIMIT", sentence.clone()),
        NodeEventKind::GuardLost => ("KILL", "lsfr's guard of it was killed from outside".to_owned()),
    }
}
