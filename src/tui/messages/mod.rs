//! The view of messages: what nodes said to each other, as a picture with time going down. A column for each node, clients
//! at the left; what was done to nodes and what they say of themselves at the right.
//!
//! The index of a record, and what lsfr did in the run, are held while the view is open. What a message says is read when
//! it is on the screen. Whatever takes longer is an [`Order`], carried out behind the screen.
//!
//! | file | what it does |
//! |---|---|
//! | `loaded` | what is read of a run |
//! | `query` | which messages are wanted |
//! | `arrange` | the rows of the picture, folded |
//! | `work` | orders, and what comes of them |
//! | `reader` | where the reader is, what is unfolded, what a search found |
//! | `told` | what there is to say of a row |

mod arrange;
#[cfg(test)]
pub(in crate::tui) mod examples;
mod loaded;
mod query;
mod reader;
mod told;
mod work;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use arrange::Arranged;
pub use loaded::Loaded;
pub use query::Query;
pub use reader::Reader;
pub use told::{Drawn, End, Stroke, Told};
use work::Orders;
pub use work::{Order, Outcome, Rows, Wanted};

use super::effect::Effect;

/// A row of the picture. Numbers are places in [`Arranged`], or in what a row of it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// An exchange, or several that are alike.
    Row(u32),
    /// One exchange of several.
    Part(u32, u32),
    /// One message of an exchange: the question, or the answer.
    Message(u32, u32, bool),
    /// What a cut had held back is handed over.
    Arrival(u32),
    Note(u32),
    /// A request of a client, or several that are alike.
    Asks(u32),
    Ask(u32, u32),
    Line(u32),
    /// Between two rows nothing begins for a while.
    Gap(Gap),
}

/// A stretch of time, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gap {
    middle: u32,
    length: u32,
}

impl Gap {
    /// None between moments that follow each other closely.
    fn between(before: Duration, after: Duration) -> Option<Gap> {
        let length = after.saturating_sub(before);
        let millis = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        (length >= LONG).then(|| Gap { middle: millis(before + length / 2), length: millis(length) })
    }

    /// A moment within it: after the row before it, and before the row after it.
    fn at(self) -> Duration {
        Duration::from_millis(self.middle.into())
    }

    fn length(self) -> Duration {
        Duration::from_millis(self.length.into())
    }
}

/// A gap of this length is told.
const LONG: Duration = Duration::from_secs(1);

/// While a run goes on, it is read again so soon after the last time; later, the longer that took.
const AGAIN: Duration = Duration::from_millis(500);
const SHARE: u32 = 4;

/// Where the view opens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    pub moment: Duration,
    /// What was wrong with the answer of that moment, if a failure led here.
    pub failure: Option<String>,
}

/// The view of one run.
#[derive(Debug)]
pub struct MessagesPane {
    run: PathBuf,
    state: State,
    /// What the reader asks for; what is shown may still be another.
    query: Query,
    orders: Orders,
    pending: Option<Pending>,
    /// The run goes on, and is to be read again then.
    live: Option<Instant>,
    /// Where it opens, once it has been read; without that, at its end.
    opens_at: Option<Opening>,
}

#[derive(Debug)]
pub enum State {
    Reading,
    /// Why there is nothing to show, in a sentence.
    Nothing(String),
    Read(Box<Reader>),
}

/// An order that has not been answered.
#[derive(Debug, Clone, Copy)]
struct Pending {
    begun: Instant,
    rows: bool,
    /// So many of so many are done.
    done: Option<(usize, usize)>,
}

pub const NO_MESSAGES: &str = "No messages are recorded of this run. One node alone talks to nobody; and runs of older \
                           versions of lsfr have no record of what nodes said to each other.";
const NONE_YET: &str = "No node has said anything yet.";

impl MessagesPane {
    /// Opens on a run.
    pub fn open(run: PathBuf, opens_at: Option<Opening>, live: bool, now: Instant) -> (Self, Effect) {
        let mut pane = Self {
            run,
            state: State::Reading,
            query: Query::default(),
            orders: Orders::default(),
            pending: None,
            live: live.then_some(now),
            opens_at,
        };
        let effect = pane.ask_rows(true, now);
        (pane, effect)
    }

    pub fn run(&self) -> &Path {
        &self.run
    }

    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    pub fn query(&self) -> &Query {
        &self.query
    }

    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    pub fn reader(&self) -> Option<&Reader> {
        match &self.state {
            State::Read(reader) => Some(reader),
            _ => None,
        }
    }

    pub fn reader_mut(&mut self) -> Option<&mut Reader> {
        match &mut self.state {
            State::Read(reader) => Some(reader),
            _ => None,
        }
    }

    /// How much of a slow order is done, in hundredths.
    pub fn progress(&self) -> Option<usize> {
        let (done, all) = self.pending?.done?;
        Some(done * 100 / all.max(1))
    }

    fn give(&mut self, what: Wanted, now: Instant) -> Effect {
        let rows = matches!(what, Wanted::Rows { .. });
        let order = self.orders.give(self.run.clone(), what);
        self.pending = Some(Pending { begun: now, rows, done: None });
        Effect::Messages(Box::new(order))
    }

    fn ask_rows(&mut self, again: bool, now: Instant) -> Effect {
        let loaded = self.reader().filter(|_| !again).map(|reader| reader.loaded().clone());
        self.give(Wanted::Rows { loaded, query: self.query.clone() }, now)
    }

    /// The rows come first: what is searched is what will be shown.
    fn ask_found(&mut self, now: Instant) -> Option<Effect> {
        if self.pending.is_some_and(|pending| pending.rows) {
            return None;
        }
        let reader = self.reader()?;
        let text = reader.search()?.text.clone();
        let (loaded, arranged) = (reader.loaded().clone(), reader.arranged().clone());
        Some(self.give(Wanted::Found { loaded, arranged, text }, now))
    }

    /// Shows only these messages; an empty text shows all.
    pub fn filter(&mut self, typed: &str, now: Instant) -> Option<Effect> {
        self.set_query(Query { filter: typed.to_owned(), ..self.query.clone() }, now)
    }

    /// Shows these lines of logs beside them; an empty text none.
    pub fn print_lines(&mut self, typed: &str, now: Instant) -> Option<Effect> {
        self.set_query(Query { lines: typed.to_owned(), ..self.query.clone() }, now)
    }

    /// Whether there was anything to end: a filter, or lines of logs.
    pub fn clear_query(&mut self, now: Instant) -> Option<Effect> {
        self.set_query(Query::default(), now)
    }

    fn set_query(&mut self, query: Query, now: Instant) -> Option<Effect> {
        if query == self.query {
            return None;
        }
        self.query = query;
        // What is being read for the first time is read for this.
        let first = matches!(self.state, State::Reading);
        Some(self.ask_rows(first, now))
    }

    pub fn begin_search(&mut self) {
        if let Some(reader) = self.reader_mut() {
            reader.begin_search();
        }
    }

    pub fn search_for(&mut self, typed: &str, now: Instant) -> Option<Effect> {
        self.reader_mut()?.search_for(typed);
        self.ask_found(now)
    }

    pub fn is_searching(&self) -> bool {
        self.reader().is_some_and(|reader| reader.search().is_some())
    }

    pub fn end_search(&mut self, back: bool) {
        if let Some(reader) = self.reader_mut() {
            reader.end_search(back);
        }
    }

    /// What an order brought.
    pub fn answered(&mut self, number: u64, outcome: Outcome, now: Instant) -> Option<Effect> {
        if !self.orders.is_last(number) {
            return None;
        }
        if let Outcome::Progress(done, all) = outcome {
            if let Some(pending) = &mut self.pending {
                pending.done = Some((done, all));
            }
            return None;
        }
        let took = self.pending.take().map_or(Duration::ZERO, |pending| now.saturating_duration_since(pending.begun));
        if let Some(again) = &mut self.live {
            *again = now + AGAIN.max(took * SHARE);
        }
        match outcome {
            Outcome::Rows(Ok(Some(rows))) => {
                self.take(rows);
                return self.ask_found(now);
            }
            // What was shown stays: a record is written to while it is read.
            Outcome::Rows(Err(_)) if self.live.is_some() => {}
            Outcome::Rows(Ok(None)) => {
                let why = if self.live.is_some() { NONE_YET } else { NO_MESSAGES };
                self.state = State::Nothing(why.to_owned());
            }
            Outcome::Rows(Err(error)) => self.state = State::Nothing(error),
            Outcome::Found(found) => {
                if let Some(reader) = self.reader_mut() {
                    reader.found(found);
                }
            }
            Outcome::Progress(..) => {}
        }
        None
    }

    fn take(&mut self, rows: Rows) {
        let (opens_at, live) = (self.opens_at.take(), self.live.is_some());
        match self.reader_mut() {
            Some(reader) => reader.replace(rows),
            None => self.state = State::Read(Box::new(Reader::new(rows, opens_at, live))),
        }
    }

    /// While the run goes on, it is read again; once more when it has ended.
    pub fn follow(&mut self, goes_on: bool, now: Instant) -> Option<Effect> {
        let again = self.live?;
        if self.pending.is_some() || goes_on && now < again {
            return None;
        }
        if !goes_on {
            self.live = None;
        }
        Some(self.ask_rows(true, now))
    }
}
