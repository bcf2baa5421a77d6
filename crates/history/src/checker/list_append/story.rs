//! What went wrong with transactions, told by the fewest that prove it.

use std::time::Duration;

use super::anomaly::Anomaly;
use super::circle::Circle;
use super::observed::{Access, Observed};
use super::relation::{Relation, Why};
use super::versions::UNSEEN;
use super::wrong::Wrong;
use crate::explain::Story;
use crate::phrases::{self, clock, decimals, shown, transaction};
use crate::{Action, History, Step, Text};

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

/// Transactions that must each come before the next, with the key that they are told about.
pub(super) fn circle(history: &History, relation: &Relation<'_>, circle: &Circle) -> (Text, Story) {
    let why = circle.why(relation);
    let mut teller = Teller { history, relation, among: &circle.transactions, readers: Vec::new() };
    let after = circle.transactions.iter().cycle().skip(1);
    let clauses: Vec<String> = circle
        .transactions
        .iter()
        .zip(after)
        .zip(&why)
        .map(|((one, next), why)| teller.clause(*one, *next, *why))
        .collect();
    let goes_round = match clauses.len() {
        2 => "each must come before the other",
        _ => "each must come before the next, and the last before the first",
    };
    let unproven = if circle.is_smallest {
        ""
    } else {
        " Fewer transactions may prove it: the search for them ended after 1 s."
    };
    let sentence = format!("{}: {goes_round}.{unproven}", clauses.join(", "));
    let key = why.iter().find_map(|why| teller.key(*why)).unwrap_or_else(|| "".into());
    let readers = teller.readers;
    let observed = relation.observed;
    let accesses = readers.iter().map(|reader| observed.access(*reader).transaction);
    let places: Vec<usize> = circle
        .transactions
        .iter()
        .copied()
        .chain(accesses)
        .map(|number| observed.transaction(number).place)
        .collect();
    let culprit = culprit(relation, circle, &why);
    (key, story(history, title(relation, &why), places, culprit, sentence))
}

fn title(relation: &Relation<'_>, why: &[Why]) -> &'static str {
    let anomaly = Anomaly::of(why);
    let key_of = |append: u32| relation.observed.owner(append).key;
    match why {
        [Why::NotTold { append }, Why::Time] | [Why::Time, Why::NotTold { append }]
            if relation.versions.positions[*append as usize] == UNSEEN =>
        {
            "lost append (G-single-realtime)"
        }
        [Why::NotTold { append }, Why::Writes { after, .. }]
        | [Why::Writes { after, .. }, Why::NotTold { append }]
            if key_of(*append) == key_of(*after) =>
        {
            "lost update (G-single)"
        }
        _ => anomaly.title(),
    }
}

/// The transaction whose answer shows it: the last that was told something or was not, as far as that closes the circle.
fn culprit(relation: &Relation<'_>, circle: &Circle, why: &[Why]) -> usize {
    let all = &circle.transactions;
    let told = (0..all.len()).filter_map(|at| match why.get(at)? {
        Why::NotTold { .. } => Some(all[at]),
        Why::Told { .. } => Some(all[(at + 1) % all.len()]),
        Why::Writes { .. } | Why::Time => None,
    });
    let transaction = |number: &u32| relation.observed.transaction(*number);
    let last = told.max_by_key(|number| transaction(number).over());
    let last = last.or_else(|| all.iter().copied().max_by_key(|number| transaction(number).called()));
    last.map_or(0, |last| transaction(&last).place)
}

/// Everything else that is wrong.
pub(super) fn wrong(history: &History, observed: &Observed<'_>, wrong: &Wrong) -> (Text, Story) {
    let place = |transaction: u32| observed.transaction(transaction).place;
    let reader = |access: u32| place(observed.access(access).transaction);
    let writer = |append: u32| place(observed.owner(append).transaction);
    let key = |access: u32| observed.keys[observed.access(access).key as usize].clone();
    let read = |access: u32| {
        format!("{} read {} in `{}`", transaction(reader(access)), list(observed.access(access)), shown(&key(access)))
    };
    let element = |append: u32| format!("`{}`", shown(observed.appends[append as usize].element));
    match wrong {
        Wrong::Internal { transaction } => internal(history, *transaction),
        // It is no violation, and was told as what it is before.
        Wrong::AppendedTwice { places, append } => {
            let sentence = appended_twice(*places, append);
            ("".into(), story(history, "element appended twice", places.to_vec(), places[1], sentence))
        }
        Wrong::Nowhere { reader: access, element } => {
            let sentence = format!("{}, and nobody ever appended `{}`.", read(*access), shown(element));
            let place = reader(*access);
            (key(*access), story(history, "element from nowhere", vec![place], place, sentence))
        }
        Wrong::Aborted { reader: access, append } => {
            let by = writer(*append);
            let sentence =
                format!("{}, and {} is of {}, which was not done.", read(*access), element(*append), transaction(by));
            let place = reader(*access);
            (key(*access), story(history, "aborted read (G1a)", vec![by, place], place, sentence))
        }
        Wrong::Duplicate { reader: access, append } => {
            let by = writer(*append);
            let sentence = format!(
                "{}, where {} is twice. {} appended it once.",
                read(*access),
                element(*append),
                transaction(by)
            );
            let place = reader(*access);
            (key(*access), story(history, "duplicate element", vec![by, place], place, sentence))
        }
        Wrong::Orders { readers: [one, other] } => {
            let sentence = format!("{}, {}: neither list is the beginning of the other.", read(*one), read(*other));
            let places = vec![reader(*one), reader(*other)];
            let last = places.iter().copied().max_by_key(|place| history.operations[*place].returned);
            (key(*one), story(history, "incompatible order", places, last.unwrap_or_default(), sentence))
        }
        Wrong::OwnOrder { reader: access, appends: [first, second] } => {
            let by = writer(*first);
            let (place, name) = (reader(*access), transaction(by));
            let sentence =
                format!("{}, and {name} appended {} before {}.", read(*access), element(*first), element(*second));
            (key(*access), story(history, "appends out of order", vec![by, place], place, sentence))
        }
        Wrong::Intermediate { reader: access, append } => {
            let by = writer(*append);
            let last = observed.owner(*append).appends.end - 1;
            let sentence = format!(
                "{}, which ends between {} and {}: {} appended both in one step.",
                read(*access),
                element(*append),
                element(last),
                transaction(by)
            );
            let place = reader(*access);
            (key(*access), story(history, "intermediate read (G1b)", vec![by, place], place, sentence))
        }
    }
}

fn list(access: &Access<'_>) -> String {
    access.told.map_or("nothing".to_owned(), |list| format!("`{}`", phrases::list(list)))
}

/// A transaction that contradicts itself, by its place.
fn internal(history: &History, place: usize) -> (Text, Story) {
    let operation = &history.operations[place];
    let steps = match &operation.action {
        Action::Transaction { steps } => &steps[..],
        _ => &[],
    };
    let sentence = format!(
        "{} did `{}`: what it read is not what it had found and appended itself.",
        transaction(place),
        phrases::steps(steps, true)
    );
    let key = steps.iter().map(Step::key).next().cloned().unwrap_or_else(|| "".into());
    (key, story(history, "contradicts itself (internal)", vec![place], place, sentence))
}

fn story(history: &History, title: &'static str, places: Vec<usize>, culprit: usize, sentence: String) -> Story {
    let since = places.iter().map(|place| history.operations[*place].called).min().unwrap_or_default();
    Story { title, places, culprit, since, sentence }
}

struct Teller<'a> {
    history: &'a History,
    relation: &'a Relation<'a>,
    /// The transactions of the circle.
    among: &'a [u32],
    /// Accesses beside them that a clause rests on.
    readers: Vec<u32>,
}

impl Teller<'_> {
    fn place(&self, number: u32) -> usize {
        self.relation.observed.transaction(number).place
    }

    fn name(&self, number: u32) -> String {
        transaction(self.place(number))
    }

    fn key(&self, why: Why) -> Option<Text> {
        let append = match why {
            Why::Writes { after: append, .. } | Why::Told { append } | Why::NotTold { append } => append,
            Why::Time => return None,
        };
        let observed = self.relation.observed;
        Some(observed.keys[observed.owner(append).key as usize].clone())
    }

    /// Why one comes before the next.
    fn clause(&mut self, one: u32, next: u32, why: Why) -> String {
        self.done(one);
        self.done(next);
        let key = self.key(why).map_or(String::new(), |key| format!("`{}`", shown(&key)));
        let observed = self.relation.observed;
        let element = |append: u32| format!("`{}`", shown(observed.appends[append as usize].element));
        let (first, second) = (self.name(one), self.name(next));
        match why {
            Why::Told { append } => format!("{second} read {key} with {first}'s {}", element(append)),
            Why::NotTold { append } => format!("{first} read {key} without {second}'s {}", element(append)),
            Why::Time => self.time(one, next),
            Why::Writes { before, after } => {
                let (reader, name) = self.reader(before, after);
                self.readers.extend(reader);
                let (before, unseen) = (element(before), self.relation.versions.positions[after as usize] == UNSEEN);
                let how = if unseen { "and without" } else { "before" };
                format!("{name} read {key} with {first}'s {before} {how} {second}'s {}", element(after))
            }
        }
    }

    /// Who was told the order of two appends.
    fn reader(&self, before: u32, after: u32) -> (Option<u32>, String) {
        let reader = self.relation.reader(before, after, self.among);
        let name = reader.map(|reader| self.name(self.relation.observed.access(reader).transaction));
        (reader, name.unwrap_or_else(|| "nobody".to_owned()))
    }

    /// A transaction without a clear answer was done because somebody saw it: who that was is part of the proof.
    fn done(&mut self, number: u32) {
        let observed = self.relation.observed;
        if observed.transaction(number).answered {
            return;
        }
        let positions = &self.relation.versions.positions;
        let accesses = observed.accesses_of(number).iter();
        let seen =
            accesses.flat_map(|access| access.appends.clone()).find(|append| positions[*append as usize] != UNSEEN);
        let reader = seen.and_then(|append| self.relation.reader(append, append, self.among));
        self.readers.extend(reader);
    }

    fn time(&self, one: u32, next: u32) -> String {
        let returned = self.history.operations[self.place(one)].returned.unwrap_or_default();
        let called = self.history.operations[self.place(next)].called;
        let decimals = decimals(&[returned, called] as &[Duration]);
        format!(
            "{} had returned at {} when {} was called at {}",
            self.name(one),
            clock(returned, decimals),
            self.name(next),
            clock(called, decimals)
        )
    }
}
