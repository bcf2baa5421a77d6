//! What went wrong between transactions that must each come before the next.

use std::time::Duration;

use super::anomaly::Anomaly;
use super::circle::Circle;
use super::relation::{Relation, Why};
use super::versions::UNSEEN;
use crate::explain::Story;
use crate::phrases::{clock, decimals, shown, transaction};
use crate::{History, Text};

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

pub(super) fn story(
    history: &History,
    title: &'static str,
    places: Vec<usize>,
    culprit: usize,
    sentence: String,
) -> Story {
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
