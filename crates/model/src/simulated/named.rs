//! A map whose requests have names, and which does transactions: alone, and as a cluster that loses nodes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::*;
use super::{FEW, Simulated, Trial, finding, passes};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    None,
    // With names.
    NamesIgnored,
    LastNamesOnly,
    OutcomeForgotten,
    RefusalsNotKept,
    RepeatTellsVersionOfKey,
    RepeatTellsLastAnswer,
    ConditionBeforeName,
    DeleteIgnoresName,
    ClearForgetsNames,
    NamesLostWithNode,
    NameKeptWhenAnswered,
    NameOfItsKey,
    NamesCutShort,
    RefusedOnceAlways,
    // With transactions.
    ChecksIgnored,
    OnlyFirstCheck,
    AbsentIgnored,
    ChecksTakeOld,
    FailedHalfDone,
    LastPartForgotten,
    ResultsInOtherOrder,
    PartsSeeNoEarlier,
    ResultsOfTheEnd,
    AppendReplaces,
    AppendNeedsValue,
    DeleteIgnored,
    TransactionKeepsVersion,
    ResultsWithoutValueOfChecks,
    TransactionIgnoresName,
    RepeatTellsResultsOfNow,
    WritesLostWithNode,
}

const OF_NAMES: &[Bug] = &[
    Bug::NamesIgnored,
    Bug::LastNamesOnly,
    Bug::OutcomeForgotten,
    Bug::RefusalsNotKept,
    Bug::RepeatTellsVersionOfKey,
    Bug::RepeatTellsLastAnswer,
    Bug::ConditionBeforeName,
    Bug::DeleteIgnoresName,
    Bug::ClearForgetsNames,
    Bug::NamesLostWithNode,
    Bug::NameKeptWhenAnswered,
    Bug::NameOfItsKey,
    Bug::NamesCutShort,
    Bug::RefusedOnceAlways,
];

const OF_TRANSACTIONS: &[Bug] = &[
    Bug::ChecksIgnored,
    Bug::OnlyFirstCheck,
    Bug::AbsentIgnored,
    Bug::ChecksTakeOld,
    Bug::FailedHalfDone,
    Bug::LastPartForgotten,
    Bug::ResultsInOtherOrder,
    Bug::PartsSeeNoEarlier,
    Bug::ResultsOfTheEnd,
    Bug::AppendReplaces,
    Bug::AppendNeedsValue,
    Bug::DeleteIgnored,
    Bug::TransactionKeepsVersion,
    Bug::ResultsWithoutValueOfChecks,
    Bug::TransactionIgnoresName,
    Bug::RepeatTellsResultsOfNow,
    Bug::WritesLostWithNode,
];

#[derive(Debug, Clone)]
struct Entry {
    value: String,
    version: u64,
}

type Entries = BTreeMap<Key, Entry>;

struct Store {
    bug: Bug,
    entries: Entries,
    /// What the other nodes have.
    copies: Entries,
    had: BTreeMap<Key, BTreeSet<u64>>,
    names: BTreeMap<usize, (Option<Key>, Answer)>,
    /// Names of the last request only, which no other node has.
    unshared: Option<usize>,
    given: u64,
}

impl Store {
    fn new(bug: Bug) -> Self {
        let (entries, copies) = (Entries::new(), Entries::new());
        Self { bug, entries, copies, had: BTreeMap::new(), names: BTreeMap::new(), unshared: None, given: 0 }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == bug
    }

    fn write(&mut self, key: Key, value: String) -> u64 {
        self.given += 1;
        self.entries.insert(key, Entry { value, version: self.given });
        self.had.entry(key).or_default().insert(self.given);
        self.given
    }

    fn is_met(&self, key: Key, version: Option<&Text>) -> bool {
        let named = version.and_then(|version| version.trim_matches('"').parse::<u64>().ok());
        let (Some(named), Some(entry)) = (named, self.entries.get(&key)) else { return false };
        entry.version == named
            || self.has(Bug::ChecksTakeOld) && self.had.get(&key).is_some_and(|had| had.contains(&named))
    }

    /// What a repeat is told.
    fn told(&self, asked: &Asked) -> Option<Answer> {
        let id = asked.id?;
        let ignored = match self.bug {
            Bug::NamesIgnored => true,
            Bug::DeleteIgnoresName => asked.word.starts_with("delete"),
            Bug::TransactionIgnoresName => asked.word == "transact",
            Bug::ConditionBeforeName => {
                asked.word == "put_if_version" && !self.is_met(asked.key?, asked.version.as_ref())
            }
            _ => false,
        };
        let id = if self.has(Bug::NamesCutShort) { id / 10 * 10 } else { id };
        let (of, answer) = self.names.get(&id).filter(|_| !ignored)?;
        let current = asked.key.and_then(|key| self.entries.get(&key)).map(|entry| version(entry.version));
        Some(match self.bug {
            Bug::OutcomeForgotten => Answer { outcome: Outcome::Ok, ..answer.clone() },
            Bug::RepeatTellsVersionOfKey if answer.version.is_some() => Answer { version: current, ..answer.clone() },
            Bug::RepeatTellsLastAnswer => self.names.values().next_back()?.1.clone(),
            Bug::NameOfItsKey if *of != asked.key => return None,
            Bug::RepeatTellsResultsOfNow if answer.outcome == Outcome::Ok && asked.word == "transact" => Answer {
                results: asked.parts.iter().map(|part| seen(&self.entries, part.key)).collect(),
                ..answer.clone()
            },
            _ => answer.clone(),
        })
    }

    fn keep(&mut self, asked: &Asked, answer: &Answer) {
        let Some(id) = asked.id else { return };
        if self.has(Bug::RefusalsNotKept) && answer.outcome == Outcome::Unmet {
            return;
        }
        match self.bug {
            Bug::NamesCutShort => self.names.insert(id / 10 * 10, (asked.key, answer.clone())),
            // One name is kept for each key.
            Bug::NameOfItsKey => {
                self.names.retain(|_, (of, _)| *of != asked.key);
                self.names.insert(id, (asked.key, answer.clone()))
            }
            _ => self.names.insert(id, (asked.key, answer.clone())),
        };
        if self.has(Bug::LastNamesOnly) && self.names.len() > 20 {
            self.names.pop_first();
        }
        self.unshared = Some(id);
    }

    fn done(&mut self, asked: &Asked) -> Answer {
        let key = asked.key.unwrap_or_default();
        let value = asked.value.as_deref().unwrap_or_default().to_owned();
        let there = self.entries.contains_key(&key);
        let is_met = self.is_met(key, asked.version.as_ref());
        let plain = Answer::of;
        match asked.word {
            "get" => match self.entries.get(&key) {
                Some(entry) => {
                    let value = Some(entry.value.as_str().into());
                    Answer { value, version: Some(version(entry.version)), ..plain(Outcome::Ok) }
                }
                None => plain(Outcome::Absent),
            },
            "put_if_absent" if there => plain(Outcome::Unmet),
            "put_if_version" | "delete_if_version" if !is_met => plain(Outcome::Unmet),
            "put" | "put_if_absent" | "put_if_version" => {
                Answer { version: Some(version(self.write(key, value))), ..plain(Outcome::Ok) }
            }
            "delete" | "delete_if_version" => {
                self.entries.remove(&key);
                plain(Outcome::Ok)
            }
            "clear" => {
                self.entries.clear();
                if self.has(Bug::ClearForgetsNames) {
                    self.names.clear();
                }
                plain(Outcome::Ok)
            }
            "transact" => self.transact(&asked.parts),
            other => panic!("{other}"),
        }
    }

    fn holds(&self, part: &Part<Text>, checked: usize) -> bool {
        match part.doing {
            _ if self.has(Bug::ChecksIgnored) || self.has(Bug::OnlyFirstCheck) && checked > 0 => true,
            Doing::Check => self.is_met(part.key, part.version.as_ref()),
            Doing::Absent => self.has(Bug::AbsentIgnored) || !self.entries.contains_key(&part.key),
            _ => true,
        }
    }

    fn transact(&mut self, parts: &[Part<Text>]) -> Answer {
        let before = self.entries.clone();
        let (mut results, mut checked) = (Vec::new(), 0);
        let last = parts.len() - 1;
        for (place, part) in parts.iter().enumerate() {
            let added = part.value.as_deref().unwrap_or_default();
            match part.doing {
                Doing::Check | Doing::Absent => {
                    if !self.holds(part, checked) {
                        if !self.has(Bug::FailedHalfDone) {
                            self.entries = before;
                        }
                        return Answer::of(Outcome::Unmet);
                    }
                    checked += 1;
                }
                _ if self.has(Bug::LastPartForgotten) && place == last && last > 0 => {}
                Doing::Get => {}
                Doing::Delete if self.has(Bug::DeleteIgnored) => {}
                Doing::Delete => {
                    self.entries.remove(&part.key);
                }
                Doing::Append if self.has(Bug::AppendNeedsValue) && !self.entries.contains_key(&part.key) => {}
                Doing::Append if !self.has(Bug::AppendReplaces) => {
                    let from = if self.has(Bug::PartsSeeNoEarlier) { &before } else { &self.entries };
                    let old = from.get(&part.key).map(|entry| entry.value.clone()).unwrap_or_default();
                    self.write(part.key, old + added);
                }
                Doing::Put | Doing::Append => {
                    self.write(part.key, added.to_owned());
                }
            }
            if let (true, Some(old), Some(entry)) =
                (self.has(Bug::TransactionKeepsVersion), before.get(&part.key), self.entries.get_mut(&part.key))
            {
                entry.version = old.version;
            }
            let unseen = self.has(Bug::PartsSeeNoEarlier) && part.doing == Doing::Get;
            results.push(seen(if unseen { &before } else { &self.entries }, part.key));
        }
        match self.bug {
            Bug::ResultsInOtherOrder => {
                let mut order: Vec<usize> = (0..parts.len()).collect();
                order.sort_by_key(|at| parts[*at].key);
                results = order.into_iter().map(|at| results[at].clone()).collect();
            }
            Bug::ResultsOfTheEnd => results = parts.iter().map(|part| seen(&self.entries, part.key)).collect(),
            Bug::ResultsWithoutValueOfChecks => {
                let checks = results.iter_mut().zip(parts).filter(|(_, part)| part.doing == Doing::Check);
                checks.for_each(|(seen, _)| *seen = Seen::default());
            }
            _ => {}
        }
        Answer { results, ..Answer::of(Outcome::Ok) }
    }
}

fn version(number: u64) -> Text {
    format!("\"{number}\"").into()
}

fn seen(entries: &Entries, key: Key) -> Seen {
    let entry = entries.get(&key);
    Seen { value: entry.map(|entry| entry.value.as_str().into()), version: entry.map(|entry| version(entry.version)) }
}

impl Simulated for Store {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let told = self.told(asked);
        if let Some(told) = told {
            if self.has(Bug::RefusedOnceAlways) && told.outcome == Outcome::Ok && asked.word == "put_if_absent" {
                return Answer::of(Outcome::Unmet);
            }
            return told;
        }
        let answer = self.done(asked);
        let alone = asked.word == "get" || asked.word == "transact";
        if !(self.has(Bug::WritesLostWithNode) && alone) {
            self.copies = self.entries.clone();
        }
        self.keep(asked, &answer);
        answer
    }

    fn crash(&mut self) {
        if self.has(Bug::NamesLostWithNode) {
            self.names.clear();
        }
    }

    fn lose(&mut self) {
        if self.has(Bug::NamesLostWithNode) {
            self.names.clear();
        }
        if self.has(Bug::NameKeptWhenAnswered)
            && let Some(id) = self.unshared.take()
        {
            self.names.remove(&id);
        }
        self.entries = self.copies.clone();
    }
}

const THREE: Nodes = Nodes { many: 3, may_be_down: 1 };

fn of(bug: Bug, nodes: Nodes, weight: fn(&OperationKind) -> u32) -> Trial {
    Trial {
        kind: model("map").unwrap(),
        weight,
        keys: 3,
        workers: 1,
        most: FEW,
        // Of several nodes so many steps have as many crashes.
        length: if nodes.may_be_down > 0 { 600 } else { 300 },
        noticed: true,
        crashes: Crashes { kill: true, restart: false },
        nodes,
        named: true,
        make: Box::new(move || Box::new(Store::new(bug)) as Box<dyn Simulated>),
    }
}

fn single(kind: &OperationKind) -> u32 {
    match kind.word {
        "clear" => 1,
        "transact" => 0,
        _ => 4,
    }
}

fn transactions(kind: &OperationKind) -> u32 {
    match kind.word {
        "clear" => 1,
        "transact" => 16,
        _ => 4,
    }
}

#[test]
fn a_right_store_passes_every_walk() {
    passes("map with names and transactions, killed", &of(Bug::None, Nodes::ONE, transactions), 5);
    // On a cluster everything is decided.
    passes("map with names on five nodes", &of(Bug::None, Nodes { many: 5, may_be_down: 2 }, single), 0);
    passes("map with names and transactions on three nodes", &of(Bug::None, THREE, transactions), 0);
}

/// Each is found in 19 of 20 walks. On a cluster nothing is done again, so none is shown by fewer steps.
fn are_found(bugs: &[Bug], weight: fn(&OperationKind) -> u32) {
    let found = bugs.iter().map(|bug| (bug, finding(&of(*bug, THREE, weight)).len()));
    let missed: Vec<_> = found.filter(|(_, walks)| *walks < 19).collect();
    assert!(missed.is_empty(), "found in so many of 20 walks: {missed:?}");
}

#[test]
fn each_bug_of_names_is_found() {
    are_found(OF_NAMES, single);
}

#[test]
fn each_bug_of_transactions_is_found() {
    are_found(OF_TRANSACTIONS, transactions);
}

#[test]
fn what_a_transaction_has_only_read_may_be_seen_before_it_is_repeated() {
    let mut player = super::player(model("map").unwrap());
    let named = |word, number, id| Asked { word, number, id: Some(id), ..Asked::default() };
    let put = Asked { key: Some(0), value: Some("a".into()), ..named("put", 0, 0) };
    let parts = vec![Part { doing: Doing::Get, key: 0, value: None, version: None }];
    let read = Asked { parts: parts.clone(), ..named("transact", 1, 1) };
    player.unanswered(&put).unwrap();
    player.unanswered(&read).unwrap();
    let (value, version) = (Some(Text::from("a")), Some(Text::from("1")));
    let get = Asked { word: "get", number: 2, key: Some(0), ..Asked::default() };
    let answer = Answer { value: value.clone(), version: version.clone(), ..Answer::of(Outcome::Ok) };
    assert_eq!(player.answered(&get, &answer), Judged::Possible);
    let again = Asked { parts, ..named("transact", 3, 1) };
    let told = |version| Answer { results: vec![Seen { value: value.clone(), version }], ..Answer::of(Outcome::Ok) };
    assert!(matches!(player.answered(&again, &told(None)), Judged::Impossible(_)));
    assert_eq!(player.answered(&again, &told(version)), Judged::Possible);
}
