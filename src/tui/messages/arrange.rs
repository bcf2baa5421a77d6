//! The rows of the picture in order of time: folded messages, what clients asked, what lsfr did, lines of logs.
//!
//! All but a filter by text needs the index alone. It is done behind the screen, again for each other filter.

use std::collections::HashMap;
use std::mem;
use std::path::Path;
use std::time::Duration;

use history::Action;

use super::query::{Filter, Query};
use super::work::{STEP, Ticket};
use super::{Item, Loaded};
use crate::cluster::LogReader;
use crate::messages::fold::{self, Exchange, Row};
use crate::messages::{Entry, Fate};
use crate::network::Hold;
use crate::report::messages::searched;
use crate::report::own_lines::{Ask, Came, Kind, OwnLine};
use crate::text::clean;
use crate::tui::logs::Pattern;

/// More lines of logs than this would bury the messages.
const MOST_LINES: usize = 10_000;
/// Requests of clients that are alike and come without such a gap share a row.
const GAP: Duration = Duration::from_secs(1);
/// Fewer are told one by one.
const FEW: usize = 3;
/// What is handed over from one node to another within this time shares a row: a cut holds back much.
const AT_ONCE: Duration = Duration::from_millis(100);

/// What is shown of a run.
#[derive(Debug, Default)]
pub struct Arranged {
    pub rows: Vec<Row>,
    /// Requests of clients, as places in `Loaded::own`; those of a run share a row.
    pub asks: Vec<Vec<u32>>,
    pub notes: Vec<Note>,
    /// What cuts held back, as it was handed over; what came at once from one node to the same ones shares a row.
    pub arrivals: Vec<Vec<Arrival>>,
    pub lines: Vec<PrintedLine>,
    /// How many exchanges the rows stand for.
    pub exchanges: usize,
    /// More lines of logs matched than are shown.
    pub more_lines: bool,
    /// Folded, in order of time.
    pub items: Vec<Item>,
}

/// What was done, or what several nodes say of themselves alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub at: Duration,
    pub nodes: Vec<String>,
    pub kind: Kind,
    pub text: String,
    pub wrong: bool,
}

/// Of a row: what was asked, or what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub at: Duration,
    pub row: u32,
    pub answer: bool,
}

impl Arrival {
    /// Whom it is from and whom to; `row` is its row.
    pub(super) fn ends<'a>(&self, row: &Row, entries: &'a [Entry]) -> [Vec<&'a str>; 2] {
        let [asked, answers] = [row.senders(entries), row.receivers(entries)];
        if self.answer { [answers, asked] } else { [asked, answers] }
    }
}

/// What a node printed, cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedLine {
    pub at: Duration,
    pub node: String,
    pub text: String,
}

/// None: something else is wanted meanwhile. The error is a sentence.
pub(super) fn arrange(
    run: &Path,
    loaded: &Loaded,
    query: &Query,
    ticket: &Ticket,
) -> Result<Option<Arranged>, String> {
    let filter = Filter::new(&query.filter, loaded);
    let Some(exchanges) = exchanges(loaded, &filter, ticket)? else { return Ok(None) };
    let rows = fold::fold(loaded.record.entries(), &exchanges, &loaded.breaks);
    let (lines, more_lines) = match Pattern::new(&query.lines) {
        Some(pattern) => match printed(run, loaded, &filter, &pattern, ticket) {
            Some(printed) => printed,
            None => return Ok(None),
        },
        None => (Vec::new(), false),
    };
    let mut arranged = Arranged {
        rows,
        asks: asks(loaded, &filter),
        lines,
        exchanges: exchanges.len(),
        more_lines,
        ..Arranged::default()
    };
    arranged.items = items(loaded, &filter, &mut arranged);
    Ok(Some(arranged))
}

/// Those that the filter lets through.
fn exchanges(loaded: &Loaded, filter: &Filter, ticket: &Ticket) -> Result<Option<Vec<Exchange>>, String> {
    let entries = loaded.record.entries();
    let of_pair = |exchange: &&Exchange| {
        let entry = &entries[exchange.message];
        filter.lets_pair(&entry.from, &entry.to)
    };
    let wanted: Vec<Exchange> = loaded.exchanges.iter().filter(of_pair).copied().collect();
    let Some(pattern) = filter.text() else { return Ok(Some(wanted)) };
    let mut found = Vec::new();
    for (at, exchange) in wanted.iter().enumerate() {
        if !ticket.goes_on(at, wanted.len()) {
            return Ok(None);
        }
        let text = searched(&loaded.record, *exchange).map_err(|error| error.to_string())?;
        if pattern.is_in(&text) {
            found.push(*exchange);
        }
    }
    Ok(Some(found))
}

/// What makes requests of clients alike: what is asked, and what came of it; and that they are about what failed.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Likeness<'l> {
    does: Does<'l>,
    came: Came,
    on_subject: bool,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Does<'l> {
    Method(&'l str),
    Action(mem::Discriminant<Action>),
}

impl<'l> Likeness<'l> {
    /// None of what shares no row with others.
    fn of(loaded: &Loaded, line: &'l OwnLine) -> Option<Likeness<'l>> {
        let asked = line.asked.as_ref().filter(|_| !line.wrong)?;
        let does = match &asked.ask {
            Ask::Http { method, .. } => Does::Method(method),
            Ask::Operation(action) => Does::Action(*action),
        };
        Some(Likeness { does, came: asked.came, on_subject: loaded.is_on_subject(line) })
    }
}

fn asks(loaded: &Loaded, filter: &Filter) -> Vec<Vec<u32>> {
    let mut asks: Vec<Vec<u32>> = Vec::new();
    let mut open: HashMap<Likeness, usize> = HashMap::new();
    for (place, line) in loaded.own.iter().enumerate() {
        if line.kind == Kind::Deed || line.kind == Kind::Chapter {
            open.clear();
        }
        if !line.kind.is_of_clients() || !filter.lets_any(&line.nodes) || !filter.lets_text(&line.text) {
            continue;
        }
        let likeness = Likeness::of(loaded, line);
        let known = likeness.as_ref().and_then(|likeness| open.get(likeness)).copied().filter(|run| {
            let last = asks[*run].last().map_or(Duration::ZERO, |last| loaded.own[*last as usize].at);
            line.at.saturating_sub(last) < GAP
        });
        match known {
            Some(run) => asks[run].push(place as u32),
            None => {
                open.extend(likeness.map(|likeness| (likeness, asks.len())));
                asks.push(vec![place as u32]);
            }
        }
    }
    let few =
        |run: Vec<u32>| if run.len() < FEW { run.into_iter().map(|one| vec![one]).collect() } else { vec![run] };
    asks.into_iter().flat_map(few).collect()
}

/// Lines of the nodes' logs, and whether there are more than are shown. None: something else is wanted.
fn printed(
    run: &Path,
    loaded: &Loaded,
    filter: &Filter,
    pattern: &Pattern,
    ticket: &Ticket,
) -> Option<(Vec<PrintedLine>, bool)> {
    let mut lines = Vec::new();
    for (number, node) in loaded.nodes.iter().enumerate() {
        if !filter.lets_any(std::slice::from_ref(node)) {
            continue;
        }
        // A node without a log has printed nothing.
        let Ok(log) = LogReader::open(run, node) else { continue };
        for (at, line) in log.map_while(Result::ok).enumerate() {
            if at.is_multiple_of(STEP) && !ticket.goes_on(number * STEP, loaded.nodes.len() * STEP) {
                return None;
            }
            let text = clean(&line.text);
            if !line.own && pattern.is_in(&text) {
                if lines.len() == MOST_LINES {
                    return Some((lines, true));
                }
                lines.push(PrintedLine { at: line.at, node: node.clone(), text });
            }
        }
    }
    Some((lines, false))
}

/// All rows in order; what happened at one moment in the order in which it is told.
fn items(loaded: &Loaded, filter: &Filter, arranged: &mut Arranged) -> Vec<Item> {
    let entries = loaded.record.entries();
    arranged.arrivals = arrivals(loaded, &arranged.rows);
    let mut items: Vec<(Duration, Item)> = Vec::with_capacity(arranged.rows.len());
    for (place, line) in loaded.own.iter().enumerate() {
        let is_shown = !line.kind.is_of_clients() && filter.lets_any(&line.nodes) && filter.lets_text(&line.text);
        if is_shown {
            items.push((line.at, Item::Note(place as u32)));
        }
    }
    for (place, run) in arranged.asks.iter().enumerate() {
        items.push((loaded.own[run[0] as usize].at, Item::Asks(place as u32)));
    }
    for (place, row) in arranged.rows.iter().enumerate() {
        items.push((entries[row.first().message].began, Item::Row(place as u32)));
    }
    for (place, arrivals) in arranged.arrivals.iter().enumerate() {
        items.push((arrivals[0].at, Item::Arrival(place as u32)));
    }
    for (place, line) in arranged.lines.iter().enumerate() {
        items.push((line.at, Item::Line(place as u32)));
    }
    items.sort_by_key(|(at, _)| *at);
    notes(loaded, items, arranged)
}

/// All that cuts held back, in order.
fn arrivals(loaded: &Loaded, rows: &[Row]) -> Vec<Vec<Arrival>> {
    let mut all = Vec::new();
    for (row, of) in rows.iter().enumerate() {
        for answer in [false, true] {
            let arrival = |at| Arrival { at, row: row as u32, answer };
            all.extend(delivered(loaded, of, answer).map(arrival));
        }
    }
    all.sort_by_key(|arrival| arrival.at);
    let entries = loaded.record.entries();
    let mut grouped: Vec<Vec<Arrival>> = Vec::new();
    let mut open: HashMap<[Vec<&str>; 2], usize> = HashMap::new();
    for arrival in all {
        let ends = arrival.ends(&rows[arrival.row as usize], entries);
        match open.get(&ends).filter(|group| arrival.at.saturating_sub(grouped[**group][0].at) < AT_ONCE) {
            Some(group) => grouped[*group].push(arrival),
            None => {
                open.insert(ends, grouped.len());
                grouped.push(vec![arrival]);
            }
        }
    }
    grouped
}

/// When what a cut held back was handed over at last.
fn delivered(loaded: &Loaded, row: &Row, answer: bool) -> Option<Duration> {
    let entries = loaded.record.entries();
    let place = |exchange: &Exchange| if answer { exchange.answer } else { Some(exchange.message) };
    let first = &entries[place(&row.first())?];
    if first.held != Some(Hold::Cut) || first.fate != Some(Fate::HandedOver) {
        return None;
    }
    row.exchanges.iter().filter_map(place).filter_map(|at| entries[at].ended).max()
}

/// What several nodes say alike, one right after the other, is one note.
fn notes(loaded: &Loaded, items: Vec<(Duration, Item)>, arranged: &mut Arranged) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    for (_, item) in items {
        let Item::Note(place) = item else {
            kept.push(item);
            continue;
        };
        let line = &loaded.own[place as usize];
        let before = match kept.last() {
            Some(Item::Note(_)) => arranged.notes.last_mut(),
            _ => None,
        };
        if let Some(before) = before
            && line.kind == Kind::Remark
            && (before.kind, &before.text) == (line.kind, &line.text)
        {
            before.nodes.extend(line.nodes.iter().cloned());
            continue;
        }
        kept.push(Item::Note(arranged.notes.len() as u32));
        let OwnLine { at, nodes, kind, text, wrong, .. } = line.clone();
        arranged.notes.push(Note { at, nodes, kind, text, wrong });
    }
    kept
}
