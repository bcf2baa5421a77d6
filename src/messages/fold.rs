//! Rows of messages: a request and its answer are one, what a node sends again and again is one, too, and so is what
//! several say alike to one. All of it by the index alone.

use std::collections::HashMap;
use std::time::Duration;

use super::index::Kind;
use super::message::Fate;
use super::read::Entry;
use crate::network::Hold;

/// A sender's run of messages that are alike ends with a gap of this length.
const GAP: Duration = Duration::from_secs(1);
/// What comes this soon again goes on whatever else its sender says: heartbeats do.
const SOON: Duration = Duration::from_millis(400);
/// Fewer are told one by one.
const FEW: usize = 3;
/// Unless they went to several within this time, or came from several.
const AT_ONCE: Duration = Duration::from_millis(5);

/// A message, or an HTTP exchange: places among the entries of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    pub message: usize,
    /// The last answer, if the message is a request that was answered. Interim ones stand by themselves.
    pub answer: Option<usize>,
}

impl Exchange {
    /// Whether any of it was under way then.
    pub fn touches(&self, entries: &[Entry], from: Duration, to: Duration) -> bool {
        let within = |at: usize| {
            let entry = &entries[at];
            entry.began <= to && entry.ended.unwrap_or(entry.began) >= from
        };
        within(self.message) || self.answer.is_some_and(within)
    }
}

/// One exchange, or a run of them that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// In order of time; at least one.
    pub exchanges: Vec<Exchange>,
}

impl Row {
    pub fn first(&self) -> Exchange {
        self.exchanges[0]
    }

    pub fn is_folded(&self) -> bool {
        self.exchanges.len() > 1
    }

    /// Those that sent it, in the order of the first message of each. Several only if there is one receiver.
    pub fn senders<'a>(&self, entries: &'a [Entry]) -> Vec<&'a str> {
        self.distinct(|exchange| &*entries[exchange.message].from)
    }

    /// Those that it was sent to, in the order of the first message to each. Several only if there is one sender.
    pub fn receivers<'a>(&self, entries: &'a [Entry]) -> Vec<&'a str> {
        self.distinct(|exchange| &*entries[exchange.message].to)
    }

    fn distinct<'a>(&self, end: impl Fn(&Exchange) -> &'a str) -> Vec<&'a str> {
        let mut ends = Vec::new();
        for end in self.exchanges.iter().map(end) {
            if !ends.contains(&end) {
                ends.push(end);
            }
        }
        ends
    }

    /// How long it usually is from one to the next between the same two.
    pub fn interval(&self, entries: &[Entry]) -> Option<Duration> {
        let mut last: HashMap<(&str, &str), Duration> = HashMap::new();
        let mut intervals = Vec::new();
        for exchange in &self.exchanges {
            let entry = &entries[exchange.message];
            if let Some(before) = last.insert((&entry.from, &entry.to), entry.began) {
                intervals.push(entry.began.saturating_sub(before));
            }
        }
        intervals.sort_unstable();
        intervals.get(intervals.len() / 2).copied()
    }
}

/// Answers joined to their requests; everything else by itself. In order of time.
pub fn exchanges(entries: &[Entry]) -> Vec<Exchange> {
    let mut asked: HashMap<(u32, u32), usize> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let (Kind::HttpRequest, Some(exchange)) = (entry.kind, entry.exchange) {
            asked.insert(exchange, at);
        }
    }
    let mut answers: HashMap<usize, usize> = HashMap::new();
    let mut joined = vec![false; entries.len()];
    for (at, entry) in entries.iter().enumerate() {
        if entry.kind == Kind::HttpAnswer
            && let Some(request) = entry.exchange.and_then(|exchange| asked.get(&exchange))
        {
            joined[at] = true;
            if let Some(interim) = answers.insert(*request, at) {
                joined[interim] = false;
            }
        }
    }
    let alone = (0..entries.len()).filter(|at| !joined[*at]);
    alone.map(|message| Exchange { message, answer: answers.get(&message).copied() }).collect()
}

/// What makes exchanges alike, beside their sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Likeness {
    message: (Kind, u32, Option<Fate>, Option<Hold>),
    answer: Option<(u32, Option<Fate>, Option<Hold>)>,
}

impl Likeness {
    fn of(exchange: Exchange, entries: &[Entry]) -> Likeness {
        let message = &entries[exchange.message];
        Likeness {
            message: (message.kind, message.alike, message.fate, message.held),
            answer: exchange.answer.map(|at| (entries[at].alike, entries[at].fate, entries[at].held)),
        }
    }

    fn is_held_by_a_cut(&self) -> bool {
        self.message.3 == Some(Hold::Cut) || self.answer.is_some_and(|(_, _, held)| held == Some(Hold::Cut))
    }
}

/// A run that may go on.
struct Run {
    last: Duration,
    exchanges: Vec<Exchange>,
}

/// Folds repeats, interleaved with others or not. A sender's run of them ends with a gap, a shorter one if it sends
/// something else meanwhile, and at a break: `breaks` are the times of what was done and what nodes became, in order.
/// Runs of several senders to one receiver are one row if they begin and end at about the same time. Rows are in order
/// of their first messages.
pub fn fold(entries: &[Entry], exchanges: &[Exchange], breaks: &[Duration]) -> Vec<Row> {
    let mut open: HashMap<(&str, Likeness), Run> = HashMap::new();
    let mut said_last: HashMap<&str, Likeness> = HashMap::new();
    let mut rows = Vec::new();
    for exchange in exchanges {
        let entry = &entries[exchange.message];
        let likeness = Likeness::of(*exchange, entries);
        let nothing_else = said_last.insert(&entry.from, likeness) == Some(likeness);
        let goes_on = |run: &Run| {
            let next = breaks.get(breaks.partition_point(|at| *at <= run.last));
            entry.began.saturating_sub(run.last) < if nothing_else { GAP } else { SOON }
                && next.is_none_or(|at| *at > entry.began)
        };
        match open.get_mut(&(&*entry.from, likeness)) {
            Some(run) if goes_on(run) => {
                run.exchanges.push(*exchange);
                run.last = entry.began;
            }
            _ => {
                let run = Run { last: entry.began, exchanges: vec![*exchange] };
                if let Some(ended) = open.insert((&entry.from, likeness), run) {
                    close(ended, entries, &mut rows);
                }
            }
        }
    }
    for (_, run) in open {
        close(run, entries, &mut rows);
    }
    rows.sort_by_key(|row| row.first().message);
    gather(rows, entries, breaks)
}

/// Puts together what several say alike to one: the votes of an election, what followers answer. What a cut held stays
/// apart, since each sender's may be handed over at another time.
fn gather(rows: Vec<Row>, entries: &[Entry], breaks: &[Duration]) -> Vec<Row> {
    let began = |row: &Row| entries[row.first().message].began;
    let ended = |row: &Row| row.exchanges.last().map_or(began(row), |last| entries[last.message].began);
    let mut gathered: Vec<Row> = Vec::with_capacity(rows.len());
    let mut open: HashMap<(&str, Likeness), usize> = HashMap::new();
    for row in rows {
        let likeness = Likeness::of(row.first(), entries);
        let receiver = match row.receivers(entries)[..] {
            [one] if !likeness.is_held_by_a_cut() => one,
            _ => {
                gathered.push(row);
                continue;
            }
        };
        let is_parted = |from: Duration, to: Duration| {
            breaks.get(breaks.partition_point(|at| *at <= from)).is_some_and(|at| *at <= to)
        };
        let fits = |with: &Row| {
            let (begin, end) = (began(with), ended(with));
            began(&row).saturating_sub(begin) <= AT_ONCE
                && ended(&row).abs_diff(end) < SOON
                && !is_parted(begin, began(&row))
                && !is_parted(end.min(ended(&row)), end.max(ended(&row)))
                && !with.senders(entries).contains(&&*entries[row.first().message].from)
        };
        match open.get(&(receiver, likeness)).filter(|place| fits(&gathered[**place])) {
            Some(place) => gathered[*place].exchanges.extend(row.exchanges),
            None => {
                open.insert((receiver, likeness), gathered.len());
                gathered.push(row);
            }
        }
    }
    for row in &mut gathered {
        row.exchanges.sort_by_key(|exchange| exchange.message);
    }
    gathered
}

fn close(run: Run, entries: &[Entry], rows: &mut Vec<Row>) {
    let all = Row { exchanges: run.exchanges };
    let took = run.last.saturating_sub(entries[all.first().message].began);
    if all.exchanges.len() >= FEW || took <= AT_ONCE && all.receivers(entries).len() > 1 {
        rows.push(all);
    } else {
        rows.extend(all.exchanges.into_iter().map(|exchange| Row { exchanges: vec![exchange] }));
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
