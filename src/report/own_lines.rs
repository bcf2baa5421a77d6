//! What lsfr did, as lines between those that nodes print: for `lsfr logs`, and for the app's log view.

use std::time::Duration;

use super::phrases::{links_words, load_words, node_words};
use super::times::clock;
use crate::facts::{Event, Stamped};
use crate::text::clean;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLine {
    /// Since the run's start.
    pub at: Duration,
    /// The node that it was done to, if it was done to one.
    pub node: Option<String>,
    /// Cleaned.
    pub text: String,
}

/// The line that an event adds to the logs. Requests add none: a load has thousands.
pub fn own_lines(stamped: &Stamped) -> Vec<OwnLine> {
    let line = |node: Option<&String>, text: String| OwnLine {
        at: stamped.at,
        node: node.cloned(),
        text: clean(text.trim_end()),
    };
    match &stamped.event {
        Event::TestStarted { test, .. } => vec![line(None, format!("TEST {test}"))],
        Event::TestAgain { reason, .. } => vec![line(None, format!("TEST not judged, and tried again: {reason}"))],
        Event::TestEnded { verdict, .. } => vec![line(None, format!("TEST {}", verdict.kind().words()))],
        Event::Node { node, what } => {
            let (verb, text) = node_words(what);
            vec![line(Some(node), format!("{verb} {node}  {text}"))]
        }
        Event::Links(links) => {
            let (verb, text) = links_words(links);
            vec![line(None, format!("{verb} {text}"))]
        }
        Event::Says { node, text, .. } => vec![line(Some(node), format!("SAYS {node}  {text}"))],
        Event::Silent { node, since } => {
            vec![line(Some(node), format!("SILENT {node}  runs, but has answered nothing since {}", clock(*since)))]
        }
        Event::AnswersAgain { node } => vec![line(Some(node), format!("ANSWERS {node}  again"))],
        Event::Load(load) => {
            load_words(load).into_iter().map(|(verb, text)| line(None, format!("{verb} {text}"))).collect()
        }
        Event::Note { text } => vec![line(None, text.clone())],
        Event::BuildStarted { command } => vec![line(None, format!("BUILD {command}"))],
        Event::BuildEnded { status, .. } => vec![line(None, format!("BUILD {status}"))],
        _ => Vec::new(),
    }
}
