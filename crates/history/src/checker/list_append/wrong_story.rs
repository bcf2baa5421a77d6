//! What went wrong where no circle is needed to see it.

use std::time::Duration;

use super::observed::Observed;
use super::story::story;
use super::writers::{Element, became};
use super::wrong::Wrong;
use crate::explain::Story;
use crate::phrases::{self, clock, decimals, shown, transaction};
use crate::{Action, History, List, Operation, Step, Text};

/// A history in which nobody can tell what was read.
pub(super) fn appended_twice(places: [usize; 2], element: &str) -> String {
    let [one, other] = places.map(transaction);
    let by = if one == other { format!("twice by {one}") } else { format!("by {one} and by {other}") };
    format!(
        "`{}` was appended to the same list {by}: which of the two a read found cannot be told. Append each element \
         once.",
        shown(element)
    )
}

/// What is told of something that is wrong by itself, with the key that it is about.
pub(super) fn wrong(history: &History, observed: &Observed<'_>, wrong: &Wrong) -> (Text, Story) {
    let teller = Teller { history, observed };
    match wrong {
        Wrong::Internal { transaction } => internal(history, *transaction),
        // It is no violation: it is told before, as what cannot be judged.
        Wrong::AppendedTwice { places, append } => {
            let sentence = appended_twice(*places, append);
            ("".into(), story(history, "element appended twice", places.to_vec(), places[1], sentence))
        }
        Wrong::Nowhere { reader, element } => {
            let (reads, element) = (teller.reads(*reader), shown(element));
            teller.told(
                *reader,
                None,
                "element from nowhere",
                format!("{reads} with `{element}`, which nobody ever appended."),
            )
        }
        Wrong::Aborted { reader, append } => teller.aborted(*reader, *append),
        Wrong::Duplicate { reader, append } => {
            let (reads, element, writer) = teller.words(*reader, *append);
            let sentence = format!("{reads} with {element} twice, which {writer} appended once.");
            teller.told(*reader, Some(*append), "duplicate element", sentence)
        }
        Wrong::OwnOrder { reader, appends: [first, second] } => {
            let (reads, element, writer) = teller.words(*reader, *second);
            let before = teller.element(*first);
            let sentence =
                format!("{reads} with {element} and no {before} before it, which {writer} appended first.");
            teller.told(*reader, Some(*second), "appends out of order", sentence)
        }
        Wrong::Intermediate { reader, append } => {
            let (reads, element, writer) = teller.words(*reader, *append);
            let last = teller.element(teller.observed.owner(*append).appends.end - 1);
            let sentence = format!("{reads} up to {element} and without {last}: {writer} appended both in one step.");
            teller.told(*reader, Some(*append), "intermediate read (G1b)", sentence)
        }
        Wrong::Orders { readers } => teller.orders(*readers),
    }
}

/// Readers are accesses.
struct Teller<'a> {
    history: &'a History,
    observed: &'a Observed<'a>,
}

impl Teller<'_> {
    fn place(&self, access: u32) -> usize {
        self.observed.transaction(self.observed.access(access).transaction).place
    }

    fn key(&self, access: u32) -> Text {
        self.observed.keys[self.observed.access(access).key as usize].clone()
    }

    /// ``T2 read `a` ``
    fn reads(&self, access: u32) -> String {
        format!("{} read `{}`", transaction(self.place(access)), shown(&self.key(access)))
    }

    fn element(&self, append: u32) -> String {
        format!("`{}`", shown(self.observed.appends[append as usize].element))
    }

    /// Who read, an element, and who appended it.
    fn words(&self, reader: u32, append: u32) -> (String, String, String) {
        let writer = self.place(self.observed.appends[append as usize].access);
        (self.reads(reader), self.element(append), transaction(writer))
    }

    /// A reader, and who appended what it read.
    fn told(&self, reader: u32, append: Option<u32>, title: &'static str, sentence: String) -> (Text, Story) {
        let place = self.place(reader);
        let writer = append.map(|append| self.place(self.observed.appends[append as usize].access));
        let places = writer.into_iter().chain([place]).collect();
        (self.key(reader), story(self.history, title, places, place, sentence))
    }

    /// An element that was read and whose transaction was not done: whether that was under way when it was read, and
    /// whether anybody found it later.
    fn aborted(&self, reader: u32, append: u32) -> (Text, Story) {
        let (reads, element, name) = self.words(reader, append);
        let observed = self.observed;
        let (read, writer) = (observed.access(reader).transaction, observed.owner(append).transaction);
        let (read, writer) = (observed.transaction(read).operation, observed.transaction(writer).operation);
        let decimals = decimals_of([read, writer]);
        let at = read.returned.map(|at| format!(" at {}", clock(at, decimals))).unwrap_or_default();
        let when = match writer.returned {
            Some(ended) if ended <= read.called => "had ended before that",
            Some(ended) if read.returned.is_some_and(|read| read < ended) => "was still under way then",
            _ => "ended meanwhile",
        };
        let client = writer.client;
        let written = Element { key: observed.access(reader).key, text: observed.appends[append as usize].element };
        let gone = written.gone(observed, decimals).map(|gone| format!(" {gone}.")).unwrap_or_default();
        let sentence = format!(
            "{reads} with {element}{at}: an aborted read (G1a). {name} of client {client} appended it, {when}, and {}.{gone}",
            became(writer, decimals)
        );
        self.told(reader, Some(append), "aborted read (G1a)", sentence)
    }

    /// Two lists, by the first element in which they differ, and who appended these.
    fn orders(&self, readers: [u32; 2]) -> (Text, Story) {
        let observed = self.observed;
        let [one, other] = readers.map(|reader| observed.access(reader).told.map(List::elements).unwrap_or_default());
        let common = one.iter().zip(&other).take_while(|(first, second)| first == second).count();
        let after = match common.checked_sub(1).and_then(|last| one.get(last)) {
            Some(last) => format!("after `{}`", shown(last)),
            None => "as the first".to_owned(),
        };
        let at = |elements: &[&Text]| {
            elements.get(common).map_or("nothing".to_owned(), |found| format!("`{}`", shown(found)))
        };
        let reads = readers.map(|reader| self.place(reader));
        let mut sentence = format!(
            "{} with {} {after}, and {} read it with {} there: a list that only grows cannot have been both.",
            self.reads(readers[0]),
            at(&one),
            transaction(reads[1]),
            at(&other)
        );
        let key = observed.access(readers[0]).key;
        let differ: Vec<Element> = [&one, &other]
            .into_iter()
            .filter_map(|elements| Some(Element { key, text: elements.get(common)? }))
            .collect();
        let writers = differ.iter().filter_map(|element| element.writer(observed));
        let writers: Vec<usize> = writers.map(|writer| observed.transaction(writer).place).collect();
        let places: Vec<usize> = reads.into_iter().chain(writers).collect();
        let decimals = decimals_of(places.iter().map(|place| &self.history.operations[*place]));
        let appended: Vec<String> = differ.iter().map(|element| element.appended(observed, decimals)).collect();
        let gone = differ.iter().filter_map(|element| element.gone(observed, decimals));
        for told in [appended.join("; ")].into_iter().chain(gone) {
            sentence += &format!(" {told}.");
        }
        let last = reads.into_iter().max_by_key(|place| self.history.operations[*place].returned);
        let last = last.unwrap_or(reads[0]);
        (self.key(readers[0]), story(self.history, "incompatible order", places, last, sentence))
    }
}

/// Enough decimals to tell apart when these returned.
fn decimals_of<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> usize {
    let mut times: Vec<Duration> = operations.into_iter().filter_map(|operation| operation.returned).collect();
    times.sort_unstable();
    times.dedup();
    decimals(&times)
}

/// A transaction that contradicts itself, by its place.
fn internal(history: &History, place: usize) -> (Text, Story) {
    let operation = &history.operations[place];
    let steps = if let Action::Transaction { steps } = &operation.action { &steps[..] } else { &[] };
    let sentence = format!(
        "{} did `{}`: what it read is not what it had found and appended itself.",
        transaction(place),
        phrases::steps(steps, true)
    );
    let key = steps.iter().map(Step::key).next().cloned().unwrap_or_else(|| "".into());
    (key, story(history, "contradicts itself (internal)", vec![place], place, sentence))
}
