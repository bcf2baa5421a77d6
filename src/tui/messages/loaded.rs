//! What the view reads of a run: the index of its messages, and what lsfr did meanwhile. Read as a whole, behind the
//! screen, and never changed: while a run goes on, it is read again.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::mem;
use std::path::Path;
use std::time::Duration;

use history::{History, Operation};

use crate::facts::Event;
use crate::messages::fold::{self, Exchange};
use crate::messages::{Kind, Record};
use crate::report::messages::{Usual, nodes, usual};
use crate::report::own_lines::{self, Ask, Asked, Came, Kind as OwnKind, OwnLine};
use crate::report::records;
use crate::report::replay;
use crate::report::run_state::RunState;
use crate::report::timeline::Timelines;
use crate::text::clean;
use crate::tui::history::labels;

/// A run as the view needs it.
#[derive(Debug)]
pub struct Loaded {
    pub record: Record,
    pub exchanges: Vec<Exchange>,
    /// Those that said something, in their order.
    pub nodes: Vec<String>,
    /// The group that each of them said last it is in; empty where there are no groups.
    pub groups: Vec<String>,
    /// What most requests are.
    pub usual: Option<Usual>,
    /// What lsfr did and asked, in order of time.
    pub own: Vec<OwnLine>,
    /// The nodes' states.
    pub timelines: Timelines,
    /// When runs of messages that are alike end: something was done, a node became something else, an answer is wrong.
    pub breaks: Vec<Duration>,
    /// The path of what was answered wrong, if requests change what is there: `/kv/a`.
    pub subject: Option<String>,
    /// Bytes went by that lsfr had no time to record.
    pub missed: bool,
    /// The record was too large: earlier messages are no longer kept.
    pub forgotten: bool,
}

impl Loaded {
    /// None if no message of the run is recorded.
    pub fn read(run: &Path) -> Result<Option<Loaded>, String> {
        // The events first: what they tell of has been said by then.
        let events: Vec<_> = match records::load(run).and_then(|recorded| recorded.events()) {
            Ok(events) => events.collect(),
            Err(error) => return Err(error.to_string()),
        };
        let Some(record) = Record::open(run).map_err(|error| error.to_string())? else { return Ok(None) };
        let (mut state, mut timelines) = (RunState::default(), Timelines::default());
        let mut groups: HashMap<String, String> = HashMap::new();
        for stamped in &events {
            if let Event::Says { node, group, .. } = &stamped.event {
                groups.insert(node.clone(), clean(group));
            }
            state.event(stamped);
            timelines.event(stamped, state.cluster());
        }
        let mut own = own_lines::all(events.into_iter());
        own.extend(of_clients(run));
        own.sort_by_key(|line| line.at);
        let entries = record.entries();
        let nodes: Vec<String> = nodes(entries).into_iter().map(str::to_owned).collect();
        Ok(Some(Loaded {
            exchanges: fold::exchanges(entries),
            groups: nodes.iter().map(|node| groups.remove(node).unwrap_or_default()).collect(),
            nodes,
            usual: usual(&record).map_err(|error| error.to_string())?,
            subject: subject(&own),
            breaks: own.iter().filter(|line| line.parts_messages()).map(|line| line.at).collect(),
            missed: entries.iter().any(|entry| entry.kind == Kind::Unrecorded),
            forgotten: entries.iter().map(|entry| entry.id.0).min().is_some_and(|first| first > 0),
            own,
            timelines,
            record,
        }))
    }

    /// Whether a request has the path of what was answered wrong.
    pub fn is_on_subject(&self, line: &OwnLine) -> bool {
        self.subject.is_some() && item(line) == self.subject.as_deref()
    }

    /// The last moment that it knows of.
    pub fn end(&self) -> Duration {
        let message = self.record.entries().last().map(|entry| entry.began);
        message.max(self.own.last().map(|line| line.at)).unwrap_or_default()
    }
}

fn subject(own: &[OwnLine]) -> Option<String> {
    let subject = own.iter().rev().filter(|line| line.wrong).find_map(item)?;
    let is_write = |line: &OwnLine| line.asked.as_ref().is_some_and(|asked| asked.ask.is_write());
    own.iter().any(|line| item(line) == Some(subject) && is_write(line)).then(|| subject.to_owned())
}

fn item(line: &OwnLine) -> Option<&str> {
    line.asked.as_ref()?.ask.item()
}

/// What the clients of workloads did, as lines. The events leave it out; a history is there once it has been judged.
fn of_clients(run: &Path) -> Vec<OwnLine> {
    let read = |files: replay::HistoryFiles| {
        let file = File::open(run.join(files.history)).ok()?;
        History::read(BufReader::new(file)).ok()
    };
    let line = |operation: Operation| OwnLine {
        at: operation.called,
        nodes: operation.node.as_deref().map(clean).into_iter().collect(),
        kind: OwnKind::Request,
        text: format!("{}  {}", labels::did(&operation), labels::outcome(operation.outcome)),
        wrong: false,
        asked: Some(Asked {
            ask: Ask::Operation(mem::discriminant(&operation.action)),
            came: Came::Operation(operation.outcome),
        }),
    };
    replay::histories(run).into_iter().filter_map(read).flat_map(|history| history.operations).map(line).collect()
}
