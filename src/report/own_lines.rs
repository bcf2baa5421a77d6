//! What lsfr did, as lines between those that nodes print: for `lsfr logs`, and for the app's log view.

use std::time::Duration;

use super::phrases::{links_words, load_words, node_words};
use super::times::clock;
use crate::facts::{Event, Stamped, Verdict};
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
        // What held it back has been told, and a line for each test would push that out of sight.
        Event::TestEnded { verdict: Verdict::NotRun { .. }, .. } => Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failed_build_printed_is_not_pushed_out_by_the_tests_that_wait_for_it() {
        let ended = |verdict| {
            let event = Event::TestEnded { stage: "s".into(), test: "t".into(), verdict, took: Duration::ZERO };
            own_lines(&Stamped { at: Duration::ZERO, event }).into_iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(ended(Verdict::NotRun { reason: "the build failed".into() }), [""; 0]);
        assert_eq!(ended(Verdict::Passed), ["TEST passed"]);
    }
}
