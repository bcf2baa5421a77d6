//! The nodes and their messages below the clients of `timeline.html`, once a run has ended and its records are whole.

use std::fs::{self, File};
use std::io::BufReader;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use history::timeline::{Cluster, Fate as Arrived, Message, NodeState, State, with_cluster};
use history::{History, Operation};

use super::card::Card;
use super::messages::{message_words, nodes};
use super::own_lines::{self, Kind, OwnLine};
use super::records::{self, Recorded};
use super::run_state::RunState;
use super::timeline::{Lane, Timeline, Timelines};
use super::{replay, write};
use crate::facts::{NodeStatus, Stamped};
use crate::messages::{Entry, Fate, Record};
use crate::text::shortened;

/// Messages on a page: more of them would take a browser too long.
const MOST: usize = 20_000;
/// Bytes of a message's words.
const WORDS: usize = 120;

/// Adds them to each timeline of a run that has none yet. The error is a sentence.
pub fn add_clusters(folder: &Path) -> Result<(), String> {
    let pages: Vec<_> =
        replay::histories(folder).into_iter().filter_map(|files| Some((files.history, files.timeline?))).collect();
    if pages.is_empty() {
        return Ok(());
    }
    let Some(record) = Record::open(folder).map_err(|error| error.to_string())? else { return Ok(()) };
    let recorded = records::load(folder).map_err(|error| error.to_string())?;
    let events: Vec<Stamped> = recorded.events().map_err(|error| error.to_string())?.collect();
    let (mut state, mut timelines) = (RunState::default(), Timelines::default());
    for stamped in &events {
        state.event(stamped);
        timelines.event(stamped, state.cluster());
    }
    let own = own_lines::without_requests(events.into_iter());
    for (history, page) in pages {
        let Some(during) = during(&folder.join(&history))? else { continue };
        let cluster = cluster(&record, &timelines, &own, during, wrong_at(&recorded, &history))?;
        let page = folder.join(page);
        let text = fs::read_to_string(&page).map_err(|error| error.to_string())?;
        if let Some(text) = with_cluster(&text, &cluster) {
            write::write_atomically(&page, text.as_bytes()).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// From the first call to the last return. None of a history without operations.
fn during(history: &Path) -> Result<Option<(Duration, Duration)>, String> {
    let file = File::open(history).map_err(|error| error.to_string())?;
    let history = History::read(BufReader::new(file)).map_err(|error| error.to_string())?;
    let end = |operation: &Operation| operation.returned.unwrap_or(operation.called);
    let from = history.operations.iter().map(|operation| operation.called).min();
    Ok(from.zip(history.operations.iter().map(end).max()))
}

/// When what was found to be wrong in a history was answered; none if nothing was.
fn wrong_at(recorded: &Recorded, history: &str) -> Option<Duration> {
    let is_of = |card: &&Card| card.history_file.as_deref().is_some_and(|file| Path::new(file).ends_with(history));
    let explanation = recorded.record.cards.iter().find(is_of)?.explanation.as_ref()?;
    let culprit = explanation.operations.get(explanation.culprit)?;
    Some(culprit.returned.unwrap_or(culprit.called))
}

/// Which of so many messages are shown, of which some had begun when what is wrong was answered: three quarters of those
/// that there is room for came before that. Where nothing was found to be wrong, the last ones.
fn kept(all: usize, begun: Option<usize>) -> Range<usize> {
    let last = begun.map_or(all, |begun| (begun + MOST / 4).max(MOST).min(all));
    last.saturating_sub(MOST)..last
}

fn cluster(
    record: &Record,
    timelines: &Timelines,
    own: &[OwnLine],
    (from, to): (Duration, Duration),
    wrong_at: Option<Duration>,
) -> Result<Cluster, String> {
    let entries = record.entries();
    let names = nodes(entries);
    let touches = |entry: &&Entry| entry.began <= to && entry.ended.unwrap_or(entry.began) >= from;
    let during: Vec<&Entry> = entries.iter().filter(touches).collect();
    let kept = kept(during.len(), wrong_at.map(|at| during.partition_point(|entry| entry.began <= at)));
    let left_out = during.len() - kept.len();
    let messages = during[kept].iter().map(|entry| message(record, entry, &names)).collect::<Result<_, _>>()?;
    let is_deed = |line: &&OwnLine| line.kind == Kind::Deed && (from..=to).contains(&line.at);
    Ok(Cluster {
        states: timelines.at(to).map(|timeline| states(timeline, &names)).unwrap_or_default(),
        nodes: names.into_iter().map(str::to_owned).collect(),
        deeds: own.iter().filter(is_deed).map(|line| (line.at, line.text.clone())).collect(),
        messages,
        left_out,
    })
}

fn message(record: &Record, entry: &Entry, names: &[&str]) -> Result<Message, String> {
    let words = message_words(record, entry).map_err(|error| error.to_string())?;
    let place = |node: &str| names.iter().position(|known| *known == node).unwrap_or_default();
    let fate = match (entry.fate, entry.held) {
        (Some(Fate::HandedOver | Fate::CutShort), None) => Arrived::Arrived,
        (Some(Fate::HandedOver | Fate::CutShort), Some(_)) => Arrived::Held,
        (Some(Fate::Lost { .. }), _) => Arrived::Lost,
        (Some(Fate::Undelivered) | None, _) => Arrived::Open,
    };
    Ok(Message {
        from: place(&entry.from),
        to: place(&entry.to),
        sent: entry.began,
        arrived: entry.ended,
        words: shortened(&words.what(), WORDS),
        fate,
    })
}

/// What the nodes were through a test.
fn states(timeline: &Timeline, names: &[&str]) -> Vec<NodeState> {
    let of_lane = |lane: &Lane| {
        let node = names.iter().position(|name| *name == &*lane.node);
        let next = lane.stretches.iter().skip(1).map(|stretch| Some(stretch.from)).chain([timeline.ended()]);
        let state = |(stretch, to): (&super::timeline::Stretch, Option<Duration>)| {
            let state = match stretch.is.status {
                NodeStatus::Up | NodeStatus::Silent if stretch.is.leads => State::Leads,
                NodeStatus::Up | NodeStatus::Silent => State::Up,
                NodeStatus::Paused => State::Paused,
                NodeStatus::Starting | NodeStatus::Down | NodeStatus::Ended => return None,
            };
            Some(NodeState { node: node?, from: stretch.from, to, state })
        };
        lane.stretches.iter().zip(next).filter_map(state).collect::<Vec<_>>()
    };
    timeline.lanes().iter().flat_map(of_lane).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_around_what_is_wrong_are_kept() {
        assert_eq!(kept(100, Some(50)), 0..100);
        assert_eq!(kept(0, None), 0..0);
        // Most of them before, where there are as many.
        assert_eq!(kept(100_000, Some(50_000)), 35_000..55_000);
        assert_eq!(kept(100_000, Some(3)), 0..MOST);
        assert_eq!(kept(100_000, Some(99_999)), 80_000..100_000);
        assert_eq!(kept(100_000, None), 80_000..100_000);
    }
}
