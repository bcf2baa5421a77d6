//! What happens to nodes and links, in words: a verb in capitals, and what there is to say of it.

use super::cause;
use super::diff::plural;
use super::times::time;
use super::visible::quote_short;
use crate::facts::{
    Closing, Event, Links, Load, LoadEvent, NodeEventKind, Signalled, Speech, Verb, Walking, signalled_words,
};
use crate::text::size;

/// Shown instead of a step while a test that cannot be judged waits to be tried again.
pub const AGAIN: &str = "too busy to tell; tried again when the machine is quieter";

/// What was done to the links: a verb in capitals, and the rest.
pub(super) fn links_words(links: &Links) -> (Verb, String) {
    let text = &links.text;
    let rest = text.strip_prefix(links.verb.word()).map_or(text.as_str(), str::trim_start);
    (links.verb, rest.to_owned())
}

/// What was said on a connection: the sign of its direction, and the words, escaped.
pub(super) fn speech_words(what: &Speech) -> (char, String) {
    match what {
        Speech::Sent { text } => ('→', quote_short(&text.text, text.bytes)),
        Speech::Received { text } => ('←', quote_short(&text.text, text.bytes)),
        Speech::Opened => ('·', "opened".to_owned()),
        Speech::Ended { cause } => ('←', cause::name(*cause).to_owned()),
        Speech::Closed { how: Closing::Write } => ('→', "closed for writing".to_owned()),
        Speech::Closed { how: Closing::Reset } => ('→', "reset".to_owned()),
        Speech::Closed { how: Closing::All } => ('→', "closed".to_owned()),
        Speech::Silence { time: waited } => ('·', format!("nothing for {}", time(*waited))),
    }
}

/// What happened to a node: a verb in capitals, and what there is to say of it.
pub(super) fn node_words(what: &NodeEventKind) -> (Verb, String) {
    let text = match what {
        NodeEventKind::Started { .. } => "not ready yet".to_owned(),
        NodeEventKind::Ready { after } => format!("ready after {}", time(*after)),
        // The failure says why, in full.
        NodeEventKind::StartFailed { .. } => "failed".to_owned(),
        NodeEventKind::Stopping => "still running".to_owned(),
        NodeEventKind::Stopped { status, signalled } => match &signalled[..] {
            // Nobody else can have got it.
            [] | [Signalled { alone: true, .. }] => status.to_string(),
            some => format!("{status}; SIGTERM to {}", signalled_words(some)),
        },
        NodeEventKind::Killed => String::new(),
        NodeEventKind::Paused => String::new(),
        NodeEventKind::Resumed => String::new(),
        NodeEventKind::MainExited { status } => format!("run.sh ended ({status}); what it started is still running"),
        NodeEventKind::Exited { status } => format!("ended by itself: {status}"),
        NodeEventKind::OverLimit { sentence } => sentence.clone(),
        NodeEventKind::GuardLost => "the process of lsfr that guards it was killed from outside".to_owned(),
    };
    (Verb::from_event(what), text)
}

/// What a workload does: a verb in capitals, and the rest. Nothing for mere progress.
pub(super) fn load_words(load: &Load) -> Option<(&'static str, String)> {
    let name = &load.name;
    Some(match &load.what {
        LoadEvent::Began { text } => ("LOAD", format!("{name}: {text}")),
        LoadEvent::Progress { .. } => return None,
        LoadEvent::Fault { number, text, lasts, aimed_at, .. } => {
            let aimed = aimed_at.as_ref().map(|role| format!(", the {role} among them")).unwrap_or_default();
            ("FAULT", format!("{number}: {text} for {}{aimed}", time(*lasts)))
        }
        LoadEvent::Settling { within } => ("LOAD", format!("{name}: all healed, reads for up to {}", time(*within))),
        LoadEvent::Ended { ok, no, unknown, faults, latency, .. } => {
            ("LOAD", format!("{name} ended: {}; {latency}", sums(*ok, *no, *unknown, *faults)))
        }
        LoadEvent::Judged { with, verdict, text, took } => {
            ("CHECK", format!("{name}, {with}: {} after {}. {text}", verdict.word(), time(*took)))
        }
    })
}

/// How a workload is doing, or copies of steps, in a line that is rewritten.
pub fn progress(event: &Event) -> Option<String> {
    match event {
        Event::Load(load) => match &load.what {
            LoadEvent::Progress { ok, no, unknown, faults } => {
                Some(format!("{}: {}", load.name, sums(*ok, *no, *unknown, *faults)))
            }
            LoadEvent::Settling { .. } => load_words(load).map(|(_, text)| text),
            _ => None,
        },
        Event::Copies { ended, of, sent, folder } => {
            let sent = if *sent > 0 { format!(", {} sent", size(*sent)) } else { String::new() };
            let folder = folder.map(|bytes| format!(", largest folder {}", size(bytes))).unwrap_or_default();
            Some(format!("{ended} of {of}{sent}{folder}"))
        }
        Event::Walking(Walking::Operations { done, of }) => Some(format!("{done} of {of} operations")),
        Event::Walking(Walking::Shrinking { left, of }) => Some(format!("shrinking: {left} of {of} operations")),
        _ => None,
    }
}

fn sums(ok: u64, no: u64, unknown: u64, faults: u32) -> String {
    let faults = match faults {
        0 => String::new(),
        faults => format!(", {faults} {}", plural(faults as usize, "fault", "faults")),
    };
    format!("{ok} done, {no} not done, {unknown} open{faults}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_load_tells_how_far_it_is_what_it_sent_and_what_the_largest_folder_takes() {
        let told = |ended, sent, folder| progress(&Event::Copies { ended, of: 2000, sent, folder }).unwrap();
        assert_eq!(told(17, 0, None), "17 of 2000");
        assert_eq!(told(640, 41_943_040, None), "640 of 2000, 41.9 MB sent");
        assert_eq!(told(641, 42_008_576, Some(23_100)), "641 of 2000, 42.0 MB sent, largest folder 23.1 KB");
        assert_eq!(progress(&Event::AnotherCluster), None);
    }
}
