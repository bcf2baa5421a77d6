//! What went wrong where no circle is needed to see it.

use super::observed::Observed;
use super::story::story;
use super::wrong::Wrong;
use crate::explain::Story;
use crate::phrases::{self, shown, transaction};
use crate::{Action, History, List, Step, Text};

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
        Wrong::Aborted { reader, append } => {
            let (reads, element, writer) = teller.words(*reader, *append);
            let sentence = format!("{reads} with {element}, which {writer} appended, and {writer} was not done.");
            teller.told(*reader, Some(*append), "aborted read (G1a)", sentence)
        }
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

    /// Two lists, by the first element in which they differ.
    fn orders(&self, readers: [u32; 2]) -> (Text, Story) {
        let [one, other] =
            readers.map(|reader| self.observed.access(reader).told.map(List::elements).unwrap_or_default());
        let common = one.iter().zip(&other).take_while(|(first, second)| first == second).count();
        let after = match common.checked_sub(1).and_then(|last| one.get(last)) {
            Some(last) => format!("after `{}`", shown(last)),
            None => "as the first".to_owned(),
        };
        let at = |elements: &[&Text]| {
            elements.get(common).map_or("nothing".to_owned(), |found| format!("`{}`", shown(found)))
        };
        let places = readers.map(|reader| self.place(reader));
        let sentence = format!(
            "{} with {} {after}, and {} read it with {} there: a list that only grows cannot have been both.",
            self.reads(readers[0]),
            at(&one),
            transaction(places[1]),
            at(&other)
        );
        let last = places.into_iter().max_by_key(|place| self.history.operations[*place].returned);
        let last = last.unwrap_or(places[0]);
        (self.key(readers[0]), story(self.history, "incompatible order", places.to_vec(), last, sentence))
    }
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
