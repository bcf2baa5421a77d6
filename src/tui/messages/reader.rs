//! Where the reader of messages is: the chosen row, what is unfolded, what a search found.

mod sought;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::arrange::Arranged;
use super::told::{self, Told};
use super::work::Rows;
use super::{Gap, Item, Loaded, Opening, Query};
use crate::messages::MessageId;
use crate::messages::fold::Exchange;
use crate::report::own_lines::Kind;
use crate::tui::scroll::Scroll;
use sought::Sought;

/// What is said of so many rows is kept: those on the screen, and some more.
const KEPT: usize = 600;
/// A failure's moment is when its answer was asked for first, or when it came: the request that was answered wrong
/// stands at most this far from it.
const NEAR: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Reader {
    loaded: Arc<Loaded>,
    arranged: Arc<Arranged>,
    query: Query,
    /// As they are shown, some of them unfolded.
    items: Vec<Item>,
    unfolded: Vec<Unfolded>,
    chosen: usize,
    /// The first row on the screen.
    top: usize,
    /// A row below the chosen one that is to be in sight with it, if there is room for both.
    with: Option<usize>,
    /// Where the reader went last by himself, while rows are arranged anew: a filter may hide what was there.
    anchor: Option<Duration>,
    /// The chosen row is the last one, whatever comes.
    follows: bool,
    /// The first node that has a column, where not all have room.
    first_node: usize,
    search: Option<Sought>,
    /// What was wrong with an answer, and when that was.
    failure: Option<(Duration, String)>,
    told: HashMap<Item, Told>,
    /// The chosen message is shown whole, from this line on.
    opened: Option<usize>,
    drawn: Drawn,
}

/// As of the last frame.
#[derive(Debug, Clone, Copy, Default)]
struct Drawn {
    rows: usize,
    y: u16,
    /// Lines of the message that is shown whole, and how many are in sight.
    lines: usize,
    tall: usize,
    /// Nodes that have no column.
    beyond: usize,
}

/// What is unfolded, by what stays the same when rows are arranged anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unfolded {
    /// A row, by its first message; and of it one exchange.
    Row(MessageId),
    Exchange(MessageId, MessageId),
    Asks(u32),
}

impl Reader {
    pub(super) fn new(rows: Rows, opening: Option<Opening>, live: bool) -> Self {
        let Rows { loaded, arranged, query } = rows;
        let mut reader = Self {
            items: Vec::new(),
            loaded,
            arranged,
            query,
            unfolded: Vec::new(),
            chosen: 0,
            top: 0,
            with: None,
            anchor: None,
            follows: false,
            first_node: 0,
            search: None,
            failure: None,
            told: HashMap::new(),
            opened: None,
            drawn: Drawn::default(),
        };
        reader.items = reader.parted(reader.arranged.items.iter().copied());
        match opening {
            Some(Opening { moment, failure }) => {
                reader.go_to(moment);
                if let Some(failure) = failure {
                    reader.go_to_failure(moment, failure);
                    reader.with = reader.test_failed_after(moment);
                }
                reader.follows = moment >= reader.loaded.end();
            }
            None => reader.choose(usize::MAX),
        }
        reader.follows &= live;
        reader
    }

    /// The same run read again, or other rows of it. The reader stays where he is in time.
    pub(super) fn replace(&mut self, rows: Rows) {
        let (at, above) = (self.anchor.or(self.moment()), self.chosen.saturating_sub(self.top));
        let same = self.items.get(self.chosen).and_then(|item| self.identity(*item));
        let unfolded = std::mem::take(&mut self.unfolded);
        let Rows { loaded, arranged, query } = rows;
        (self.loaded, self.arranged, self.query) = (loaded, arranged, query);
        self.items = self.parted(self.arranged.items.iter().copied());
        self.with = None;
        self.told.clear();
        for one in unfolded {
            self.unfold_again(one);
        }
        if let Some(search) = &mut self.search {
            (search.found, search.goes) = (None, false);
        }
        if self.follows {
            return self.choose(usize::MAX);
        }
        let Some(at) = at else { return self.choose(0) };
        self.go_to(at);
        self.anchor = Some(at);
        if self.items.is_empty() {
            return;
        }
        let of_moment = self.items[self.chosen..].iter().take_while(|item| self.at(**item) == at);
        let same = of_moment.enumerate().find(|(_, item)| same.is_some() && self.identity(**item) == same);
        self.chosen += same.map_or(0, |(further, _)| further);
        self.top = self.chosen.saturating_sub(above);
    }

    pub fn loaded(&self) -> &Arc<Loaded> {
        &self.loaded
    }

    pub fn arranged(&self) -> &Arc<Arranged> {
        &self.arranged
    }

    /// What is shown.
    pub fn query(&self) -> &Query {
        &self.query
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub fn chosen(&self) -> usize {
        self.chosen
    }

    pub fn item(&self) -> Option<Item> {
        self.items.get(self.chosen).copied()
    }

    pub fn follows(&self) -> bool {
        self.follows
    }

    /// When the chosen row was.
    pub fn moment(&self) -> Option<Duration> {
        self.item().map(|item| self.at(item))
    }

    pub fn exchange(&self, row: u32, part: u32) -> Exchange {
        self.arranged.rows[row as usize].exchanges[part as usize]
    }

    /// When a row of the picture is.
    pub fn at(&self, item: Item) -> Duration {
        let entries = self.loaded.record.entries();
        let own = |place: u32| self.loaded.own[place as usize].at;
        match item {
            Item::Row(row) => entries[self.exchange(row, 0).message].began,
            Item::Part(row, part) => entries[self.exchange(row, part).message].began,
            Item::Message(row, part, answer) => {
                let exchange = self.exchange(row, part);
                let place = exchange.answer.filter(|_| answer).unwrap_or(exchange.message);
                entries[place].began
            }
            Item::Arrival(arrivals) => self.arranged.arrivals[arrivals as usize][0].at,
            Item::Note(note) => self.arranged.notes[note as usize].at,
            Item::Asks(run) => own(self.arranged.asks[run as usize][0]),
            Item::Ask(run, one) => own(self.arranged.asks[run as usize][one as usize]),
            Item::Line(line) => self.arranged.lines[line as usize].at,
            Item::Gap(gap) => gap.at(),
        }
    }

    /// Rows with the gaps between them.
    fn parted(&self, rows: impl Iterator<Item = Item>) -> Vec<Item> {
        let mut parted = Vec::new();
        let mut before: Option<Duration> = None;
        for item in rows.filter(|item| !matches!(item, Item::Gap(_))) {
            let at = self.at(item);
            parted.extend(before.and_then(|before| Gap::between(before, at)).map(Item::Gap));
            parted.push(item);
            before = Some(at);
        }
        parted
    }

    /// What a row is about, whichever number it has.
    fn identity(&self, item: Item) -> Option<(MessageId, bool)> {
        let entries = self.loaded.record.entries();
        let id = |row, part| entries[self.exchange(row, part).message].id;
        match item {
            Item::Row(row) => Some((id(row, 0), false)),
            Item::Part(row, part) => Some((id(row, part), false)),
            Item::Message(row, part, answer) => Some((id(row, part), answer)),
            _ => None,
        }
    }

    /// To the wrong answer that is nearest to this moment; without one, to where the test failed.
    fn go_to_failure(&mut self, moment: Duration, failure: String) {
        let from = self.items.partition_point(|item| self.at(*item) + NEAR < moment);
        let near = self.items[from..].iter().enumerate().take_while(|(_, item)| self.at(**item) <= moment + NEAR);
        let wrong = near.filter(|(_, item)| self.is_wrong(**item));
        let answer =
            wrong.min_by_key(|(_, item)| self.at(**item).abs_diff(moment)).map(|(further, _)| from + further);
        if let Some(place) = answer.or_else(|| self.test_failed_after(moment)) {
            self.choose(place);
            self.failure = self.moment().map(|at| (at, failure));
        }
    }

    /// The row that says that the test failed, after what it failed at.
    fn test_failed_after(&self, moment: Duration) -> Option<usize> {
        let from = self.items.partition_point(|item| self.at(*item) < moment);
        self.items[from..].iter().position(|item| self.says_failed(*item)).map(|further| from + further)
    }

    fn says_failed(&self, item: Item) -> bool {
        let Item::Note(note) = item else { return false };
        let note = &self.arranged.notes[note as usize];
        note.wrong && note.kind == Kind::Chapter
    }

    fn is_wrong(&self, item: Item) -> bool {
        let wrong = |place: u32| self.loaded.own[place as usize].wrong;
        match item {
            Item::Asks(run) => self.arranged.asks[run as usize].iter().any(|place| wrong(*place)),
            Item::Ask(run, one) => wrong(self.arranged.asks[run as usize][one as usize]),
            _ => false,
        }
    }

    /// What was wrong, if a failure led to the chosen row.
    pub fn failure(&self) -> Option<&str> {
        let (at, failure) = self.failure.as_ref()?;
        let item = self.item()?;
        ((self.is_wrong(item) || self.says_failed(item)) && self.at(item) == *at).then_some(failure)
    }

    /// To the first row at a moment or after it; else to the last.
    pub fn go_to(&mut self, moment: Duration) {
        let place = self.items.partition_point(|item| self.at(*item) < moment);
        self.choose(place);
        self.follows = false;
    }

    fn choose(&mut self, place: usize) {
        let last = self.items.len().saturating_sub(1);
        let place = place.min(last);
        self.anchor = None;
        if place != self.chosen {
            self.opened = self.opened.map(|_| 0);
            self.with = None;
        }
        self.chosen = place;
        self.follows = self.chosen == last;
    }

    pub fn scroll(&mut self, by: Scroll) {
        if let Some(from) = self.opened
            && matches!(by, Scroll::HalfUp | Scroll::HalfDown | Scroll::PageUp | Scroll::PageDown)
        {
            self.opened = Some(by.apply(from, self.drawn.lines, self.drawn.tall));
            return;
        }
        self.choose(by.cursor(self.chosen, self.items.len(), self.drawn.rows));
    }

    /// Chooses the row at a place of the screen.
    pub fn click(&mut self, y: u16) {
        let row = usize::from(y.saturating_sub(self.drawn.y));
        if y >= self.drawn.y && row < self.drawn.rows && self.top + row < self.items.len() {
            self.choose(self.top + row);
        }
    }

    pub fn sideways(&mut self, by: isize) {
        self.first_node = self.first_node.saturating_add_signed(by).min(self.drawn.beyond);
    }

    pub fn first_node(&self) -> usize {
        self.first_node
    }

    /// Nodes that have no column in this frame.
    pub fn set_beyond(&mut self, nodes: usize) {
        self.drawn.beyond = nodes;
        self.first_node = self.first_node.min(nodes);
    }

    /// Which rows are in sight where there is room for so many, from this line of the screen on. The chosen row is kept
    /// away from the edges, as far as there is more beyond them.
    pub fn window(&mut self, room: usize, y: u16) -> std::ops::Range<usize> {
        let margin = (room / 4).min(4);
        let most = self.items.len().saturating_sub(room);
        let lowest = (self.with.unwrap_or(0).max(self.chosen + margin) + 1).saturating_sub(room);
        let highest = self.chosen.saturating_sub(margin);
        self.top = self.top.max(lowest).min(highest).min(most);
        (self.drawn.rows, self.drawn.y) = (room, y);
        self.top..(self.top + room).min(self.items.len())
    }

    /// What there is to say of a row.
    pub fn told(&mut self, item: Item) -> &Told {
        if self.told.len() > KEPT {
            self.told.clear();
        }
        if !self.told.contains_key(&item) {
            let told = told::of(self, item);
            self.told.insert(item, told);
        }
        &self.told[&item]
    }

    /// Shows the chosen message whole, or no more. False: there is no more to it than its row.
    pub fn toggle_opened(&mut self) {
        self.opened = if self.opened.is_some() { None } else { Some(0) };
    }

    pub fn opened(&self) -> Option<usize> {
        self.opened
    }

    pub fn close_opened(&mut self) -> bool {
        self.opened.take().is_some()
    }

    pub fn set_opened(&mut self, lines: usize, tall: usize) {
        (self.drawn.lines, self.drawn.tall) = (lines, tall);
        self.opened = self.opened.map(|from| from.min(lines.saturating_sub(tall)));
    }

    // What is unfolded.

    pub fn unfolds(&self, item: Item) -> bool {
        match item {
            Item::Row(row) => {
                let row = &self.arranged.rows[row as usize];
                row.is_folded() || row.first().answer.is_some()
            }
            Item::Asks(run) => self.arranged.asks[run as usize].len() > 1,
            Item::Part(..) | Item::Message(..) | Item::Ask(..) => true,
            Item::Arrival(_) | Item::Note(_) | Item::Line(_) | Item::Gap(_) => false,
        }
    }

    /// Unfolds the chosen row, or folds what it is a part of. False: it does neither.
    pub fn toggle(&mut self) -> bool {
        let Some(item) = self.item().filter(|item| self.unfolds(*item)) else { return false };
        match item {
            Item::Row(row) if self.arranged.rows[row as usize].is_folded() => self.unfold_row(row),
            Item::Row(row) => self.unfold_exchange(row, 0),
            Item::Part(row, part) if self.exchange(row, part).answer.is_some() => self.unfold_exchange(row, part),
            Item::Part(row, _) | Item::Message(row, ..) => self.fold_row(row),
            Item::Asks(run) => self.unfold_asks(run),
            Item::Ask(run, _) => self.fold_asks(run),
            Item::Arrival(_) | Item::Note(_) | Item::Line(_) | Item::Gap(_) => {}
        }
        true
    }

    fn id(&self, row: u32, part: u32) -> MessageId {
        self.loaded.record.entries()[self.exchange(row, part).message].id
    }

    fn unfold_row(&mut self, row: u32) {
        let parts = self.arranged.rows[row as usize].exchanges.len() as u32;
        self.unfolded.push(Unfolded::Row(self.id(row, 0)));
        self.put(
            self.end_of(row),
            |item| *item == Item::Row(row),
            (0..parts).map(|part| Item::Part(row, part)).collect(),
        );
    }

    fn unfold_exchange(&mut self, row: u32, part: u32) {
        self.unfolded.push(Unfolded::Exchange(self.id(row, 0), self.id(row, part)));
        let whole = |item: &Item| *item == Item::Part(row, part) || *item == Item::Row(row);
        self.put(self.end_of(row), whole, vec![Item::Message(row, part, false), Item::Message(row, part, true)]);
    }

    fn fold_row(&mut self, row: u32) {
        let id = self.id(row, 0);
        self.unfolded.retain(|one| !matches!(one, Unfolded::Row(of) | Unfolded::Exchange(of, _) if *of == id));
        let of_row = |item: &Item| matches!(item, Item::Part(of, _) | Item::Message(of, ..) if *of == row);
        self.put(self.end_of(row), of_row, vec![Item::Row(row)]);
    }

    fn unfold_asks(&mut self, run: u32) {
        let all = &self.arranged.asks[run as usize];
        self.unfolded.push(Unfolded::Asks(all[0]));
        let each = (0..all.len() as u32).map(|one| Item::Ask(run, one)).collect();
        let end = self.end_of_asks(run);
        self.put(end, |item| *item == Item::Asks(run), each);
    }

    fn fold_asks(&mut self, run: u32) {
        let first = self.arranged.asks[run as usize][0];
        self.unfolded.retain(|one| *one != Unfolded::Asks(first));
        let end = self.end_of_asks(run);
        self.put(end, |item| matches!(item, Item::Ask(of, _) if *of == run), vec![Item::Asks(run)]);
    }

    /// When the last message of a row came.
    fn end_of(&self, row: u32) -> Duration {
        let parts = 0..self.arranged.rows[row as usize].exchanges.len() as u32;
        let both = |part| [false, true].map(|answer| self.at(Item::Message(row, part, answer)));
        parts.flat_map(both).max().unwrap_or_default()
    }

    fn end_of_asks(&self, run: u32) -> Duration {
        let last = self.arranged.asks[run as usize].len() as u32 - 1;
        self.at(Item::Ask(run, last))
    }

    /// Puts these in place of others, each at its time: the first where the first of the others was, and none of either
    /// after `end`. The first of them is chosen.
    fn put(&mut self, end: Duration, gone: impl Fn(&Item) -> bool, come: Vec<Item>) {
        let Some(begin) = come.first().map(|item| self.at(*item)) else { return };
        let first = self.items.partition_point(|item| self.at(*item) < begin);
        let until = self.items.partition_point(|item| self.at(*item) <= end).max(first);
        let is_gap = |item: &Item| matches!(item, Item::Gap(_));
        let until = until + usize::from(self.items.get(until).is_some_and(is_gap));
        let before = &self.items[first..until];
        let Some(place) = before.iter().position(&gone) else { return };
        let chosen = come[0];
        let mut after = before[..place].to_vec();
        after.extend(come);
        after.extend(before[place..].iter().filter(|item| !gone(item)));
        after.sort_by_key(|item| self.at(*item));
        // Up to the next row, for the gap before that.
        let next = self.items.get(until).copied();
        let mut after = self.parted(after.into_iter().chain(next));
        after.truncate(after.len() - usize::from(next.is_some()));
        let place = after.iter().position(|item| *item == chosen);
        self.items.splice(first..until, after);
        self.choose(first + place.unwrap_or(0));
        self.follows = false;
    }

    fn unfold_again(&mut self, one: Unfolded) {
        let entries = self.loaded.record.entries();
        let row_of = |id: MessageId| {
            let first = |row: &crate::messages::fold::Row| entries[row.first().message].id;
            self.arranged.rows.iter().position(|row| first(row) == id)
        };
        let chosen = (self.chosen, self.follows);
        match one {
            Unfolded::Row(id) => {
                if let Some(row) = row_of(id).filter(|row| self.arranged.rows[*row].is_folded()) {
                    self.unfold_row(row as u32);
                }
            }
            Unfolded::Exchange(id, of) => {
                let Some(row) = row_of(id) else { return };
                let exchanges = &self.arranged.rows[row].exchanges;
                let part = exchanges.iter().position(|exchange| entries[exchange.message].id == of);
                if let Some(part) = part.filter(|part| exchanges[*part].answer.is_some()) {
                    self.unfold_exchange(row as u32, part as u32);
                }
            }
            Unfolded::Asks(first) => {
                let run = self.arranged.asks.iter().position(|run| run[0] == first && run.len() > 1);
                if let Some(run) = run {
                    self.unfold_asks(run as u32);
                }
            }
        }
        (self.chosen, self.follows) = chosen;
    }
}
