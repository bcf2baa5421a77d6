//! What transactions appended and were told, as numbers: transactions, keys, and what each transaction did to each key.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use super::wrong::Wrong;
use crate::{Action, History, List, Operation, Outcome, Step, Text};

/// Everything that the checker looks at.
#[derive(Default)]
pub(super) struct Observed<'a> {
    pub(super) transactions: Vec<Transaction<'a>>,
    /// By transaction.
    pub(super) accesses: Vec<Access<'a>>,
    /// By access.
    pub(super) appends: Vec<Append<'a>>,
    pub(super) keys: Vec<&'a Text>,
    /// Which append added an element to a key.
    pub(super) append_of: HashMap<(u32, &'a str), u32>,
}

pub(super) struct Transaction<'a> {
    /// In [`History::operations`].
    pub(super) place: usize,
    pub(super) operation: &'a Operation,
    /// It was answered and did what it says. What may have been done is none of these.
    pub(super) answered: bool,
    accesses: Range<u32>,
}

/// All that a transaction did to one key.
pub(super) struct Access<'a> {
    pub(super) transaction: u32,
    pub(super) key: u32,
    /// The last list that it was told, which has what it had appended itself by then at the end.
    pub(super) told: Option<&'a List>,
    /// How long the list was before its own appends, if it was told.
    pub(super) found: Option<u32>,
    pub(super) appends: Range<u32>,
}

pub(super) struct Append<'a> {
    pub(super) access: u32,
    pub(super) element: &'a Text,
}

impl Transaction<'_> {
    /// When it was certainly over. None: it may have been done at any time after its call.
    pub(super) fn over(&self) -> Option<Duration> {
        self.operation.returned.filter(|_| self.answered)
    }

    pub(super) fn called(&self) -> Duration {
        self.operation.called
    }
}

impl<'a> Observed<'a> {
    /// The transactions of a history; or what is wrong with one of them already by itself.
    pub(super) fn new(history: &'a History) -> Result<Self, Wrong> {
        let mut reader = Reader::default();
        for (place, operation) in history.operations.iter().enumerate() {
            if let Action::Transaction { steps } = &operation.action {
                reader.transaction(place, operation, steps)?;
            }
        }
        Ok(reader.observed)
    }

    pub(super) fn transaction(&self, number: u32) -> &Transaction<'a> {
        &self.transactions[number as usize]
    }

    pub(super) fn access(&self, number: u32) -> &Access<'a> {
        &self.accesses[number as usize]
    }

    pub(super) fn accesses_of(&self, transaction: u32) -> &[Access<'a>] {
        let Range { start, end } = self.transaction(transaction).accesses;
        &self.accesses[start as usize..end as usize]
    }

    /// The access that an append belongs to.
    pub(super) fn owner(&self, append: u32) -> &Access<'a> {
        self.access(self.appends[append as usize].access)
    }
}

#[derive(Default)]
struct Reader<'a> {
    observed: Observed<'a>,
    numbers: HashMap<&'a str, u32>,
    /// Of the transaction that is read.
    touched: Vec<Touched<'a>>,
}

/// What a transaction has done to a key so far.
struct Touched<'a> {
    key: u32,
    told: Option<&'a List>,
    found: Option<List>,
    own: Vec<&'a Text>,
}

impl<'a> Reader<'a> {
    fn transaction(&mut self, place: usize, operation: &'a Operation, steps: &'a [Step]) -> Result<(), Wrong> {
        let number = self.observed.transactions.len() as u32;
        let answered = operation.outcome == Outcome::Ok;
        self.touched.clear();
        let mut consistent = true;
        for step in steps {
            let key = self.key(step.key());
            let touched = self.touched(key);
            match step {
                Step::Append { element, .. } => touched.own.push(element),
                Step::Get { list, .. } if answered => consistent &= touched.told(list),
                Step::Get { .. } => {}
            }
        }
        let observed = &mut self.observed;
        let first = observed.accesses.len() as u32;
        for touched in self.touched.drain(..) {
            let access = observed.accesses.len() as u32;
            let appends = observed.appends.len() as u32;
            for element in touched.own {
                let append = observed.appends.len() as u32;
                if let Some(before) = observed.append_of.insert((touched.key, element), append) {
                    // That it was this transaction itself is not written down yet.
                    let before = observed.accesses.get(observed.appends[before as usize].access as usize);
                    let before = before.and_then(|access| observed.transactions.get(access.transaction as usize));
                    let places = [before.map_or(place, |transaction| transaction.place), place];
                    return Err(Wrong::AppendedTwice { places, append: element.clone() });
                }
                observed.appends.push(Append { access, element });
            }
            observed.accesses.push(Access {
                transaction: number,
                key: touched.key,
                told: touched.told,
                found: touched.found.map(|list| list.len() as u32),
                appends: appends..observed.appends.len() as u32,
            });
        }
        let accesses = first..observed.accesses.len() as u32;
        observed.transactions.push(Transaction { place, operation, answered, accesses });
        if consistent { Ok(()) } else { Err(Wrong::Internal { transaction: place }) }
    }

    fn key(&mut self, key: &'a Text) -> u32 {
        let keys = &mut self.observed.keys;
        *self.numbers.entry(key).or_insert_with(|| {
            keys.push(key);
            keys.len() as u32 - 1
        })
    }

    fn touched(&mut self, key: u32) -> &mut Touched<'a> {
        let at = self.touched.iter().position(|touched| touched.key == key).unwrap_or_else(|| {
            self.touched.push(Touched { key, told: None, found: None, own: Vec::new() });
            self.touched.len() - 1
        });
        &mut self.touched[at]
    }
}

impl<'a> Touched<'a> {
    /// It was told a list: whether that is what it found before, with its own appends at the end.
    fn told(&mut self, list: &'a List) -> bool {
        self.told = Some(list);
        let Some(length) = list.len().checked_sub(self.own.len()) else { return false };
        let ends_with_own = list.backwards().zip(self.own.iter().rev()).all(|(there, own)| there == *own);
        let found = list.beginning(length);
        let as_before = self.found.as_ref().is_none_or(|before| *before == found);
        self.found = Some(found);
        ends_with_own && as_before
    }
}
