//! What is done behind the screen for the view: reading, arranging, searching. Each order has a number; one that is no
//! longer wanted, since another was given or the view was closed, ends early and says nothing.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::arrange::{Arranged, arrange};
use super::{Item, Loaded, Query};
use crate::report::messages::searched;
use crate::tui::logs::Pattern;

/// Of this many things, one is the moment to look whether the work is still wanted, and to say how far it is.
pub(super) const STEP: usize = 512;

/// An order for the view.
#[derive(Debug, Clone)]
pub struct Order {
    pub run: PathBuf,
    pub number: u64,
    pub what: Wanted,
    wanted: Weak<AtomicU64>,
}

impl PartialEq for Order {
    fn eq(&self, other: &Order) -> bool {
        (&self.run, self.number) == (&other.run, other.number)
    }
}

#[derive(Debug, Clone)]
pub enum Wanted {
    /// The rows, of what has been read already or of what is on the disk now.
    Rows { loaded: Option<Arc<Loaded>>, query: Query },
    /// Which rows have a text in them.
    Found { loaded: Arc<Loaded>, arranged: Arc<Arranged>, text: String },
}

/// What came of an order. Errors are sentences.
#[derive(Debug)]
pub enum Outcome {
    Rows(Result<Option<Rows>, String>),
    Found(Result<Vec<Item>, String>),
    /// It goes on: so many of so many are done.
    Progress(usize, usize),
}

#[derive(Debug)]
pub struct Rows {
    pub loaded: Arc<Loaded>,
    pub arranged: Arc<Arranged>,
    pub query: Query,
}

/// Numbers orders, and says which is the last.
#[derive(Debug, Default)]
pub(super) struct Orders {
    last: Arc<AtomicU64>,
}

impl Orders {
    pub(super) fn give(&self, run: PathBuf, what: Wanted) -> Order {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        Order { run, number, what, wanted: Arc::downgrade(&self.last) }
    }

    pub(super) fn is_last(&self, number: u64) -> bool {
        self.last.load(Ordering::Relaxed) == number
    }
}

/// What work asks whether it is still wanted.
pub(super) struct Ticket<'a> {
    order: &'a Order,
    told: &'a dyn Fn(Outcome),
}

impl Ticket<'_> {
    pub(super) fn goes_on(&self, done: usize, all: usize) -> bool {
        if !done.is_multiple_of(STEP) {
            return true;
        }
        if done > 0 {
            (self.told)(Outcome::Progress(done, all));
        }
        self.order.is_wanted()
    }
}

impl Order {
    fn is_wanted(&self) -> bool {
        self.wanted.upgrade().is_some_and(|last| last.load(Ordering::Relaxed) == self.number)
    }

    /// Carries it out; `told` hears how far it is. None: it is no longer wanted.
    pub fn carry_out(&self, told: &dyn Fn(Outcome)) -> Option<Outcome> {
        let ticket = Ticket { order: self, told };
        let outcome = match &self.what {
            Wanted::Rows { loaded, query } => Outcome::Rows(self.rows(loaded.clone(), query, &ticket).transpose()?),
            Wanted::Found { loaded, arranged, text } => {
                Outcome::Found(found(loaded, arranged, text, &ticket).transpose()?)
            }
        };
        self.is_wanted().then_some(outcome)
    }

    /// `Ok(None)`: it is no longer wanted. `Ok(Some(None))`: no message is recorded.
    fn rows(
        &self,
        loaded: Option<Arc<Loaded>>,
        query: &Query,
        ticket: &Ticket,
    ) -> Result<Option<Option<Rows>>, String> {
        let loaded = match loaded {
            Some(loaded) => loaded,
            None => match Loaded::read(&self.run)? {
                Some(loaded) => Arc::new(loaded),
                None => return Ok(Some(None)),
            },
        };
        let arranged = arrange(&self.run, &loaded, query, ticket)?;
        Ok(arranged.map(|arranged| Some(Rows { loaded, arranged: Arc::new(arranged), query: query.clone() })))
    }
}

/// The folded rows in which the text is, in order.
fn found(loaded: &Loaded, arranged: &Arranged, text: &str, ticket: &Ticket) -> Result<Option<Vec<Item>>, String> {
    let Some(pattern) = Pattern::new(text) else { return Ok(Some(Vec::new())) };
    let mut found = Vec::new();
    let own = |place: &u32| pattern.is_in(&loaded.own[*place as usize].text);
    for (at, item) in arranged.items.iter().enumerate() {
        if !ticket.goes_on(at, arranged.items.len()) {
            return Ok(None);
        }
        let is_in = match item {
            Item::Row(row) => {
                let mut any = false;
                for exchange in &arranged.rows[*row as usize].exchanges {
                    any = pattern.is_in(&searched(&loaded.record, *exchange).map_err(|error| error.to_string())?);
                    if any || !ticket.order.is_wanted() {
                        break;
                    }
                }
                any
            }
            Item::Asks(run) => arranged.asks[*run as usize].iter().any(own),
            Item::Note(note) => pattern.is_in(&arranged.notes[*note as usize].text),
            Item::Line(line) => pattern.is_in(&arranged.lines[*line as usize].text),
            // They belong to rows that have been looked through.
            Item::Arrival(_) | Item::Part(..) | Item::Message(..) | Item::Ask(..) | Item::Gap(_) => false,
        };
        if is_in {
            found.push(*item);
        }
    }
    Ok(Some(found))
}
