//! A map and a set.

use std::collections::{BTreeMap, BTreeSet};

use super::super::*;
use super::{ALL_CRASHES, FEW, Simulated, Trial, is_found, passes, player, shrunk, walk};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    None,
    // A map's.
    DeleteForgotten,
    DeleteTakesAll,
    ClearKeepsOne,
    SecondPutIgnored,
    EmptiesBlanks,
    LongCut,
    RefusedPutWrites,
    RefusedDeleteDeletes,
    IfMatchIgnored,
    IfMatchTakesOld,
    IfMatchTakesOthers,
    IfMatchMakes,
    IfNoneMatchReplaces,
    IfNoneMatchAfterDelete,
    VersionOfValue,
    VersionPerKey,
    VersionFromStart,
    VersionMovesOnGet,
    LastWriteLost,
    DeleteLost,
    ClearLost,
    ConditionLost,
    // A set's.
    CountsTwice,
    CountForgetsRemove,
    RemoveAlwaysOk,
    AddAlwaysOk,
    ContainsAfterClear,
    AddLost,
}

const OF_A_MAP: &[Bug] = &[
    Bug::DeleteForgotten,
    Bug::DeleteTakesAll,
    Bug::ClearKeepsOne,
    Bug::SecondPutIgnored,
    Bug::EmptiesBlanks,
    Bug::LongCut,
    Bug::RefusedPutWrites,
    Bug::RefusedDeleteDeletes,
    Bug::IfMatchIgnored,
    Bug::IfMatchTakesOld,
    Bug::IfMatchTakesOthers,
    Bug::IfMatchMakes,
    Bug::IfNoneMatchReplaces,
    Bug::IfNoneMatchAfterDelete,
    Bug::VersionOfValue,
    Bug::VersionPerKey,
    Bug::VersionFromStart,
    Bug::VersionMovesOnGet,
    Bug::LastWriteLost,
    Bug::DeleteLost,
    Bug::ClearLost,
    Bug::ConditionLost,
];

const OF_A_SET: &[Bug] = &[
    Bug::CountsTwice,
    Bug::CountForgetsRemove,
    Bug::RemoveAlwaysOk,
    Bug::AddAlwaysOk,
    Bug::ContainsAfterClear,
    Bug::AddLost,
];

#[derive(Debug, Clone)]
struct Held {
    value: String,
    version: String,
}

struct Store {
    bug: Bug,
    memory: BTreeMap<Key, Held>,
    disk: BTreeMap<Key, Held>,
    gone: BTreeSet<Key>,
    old: BTreeMap<Key, BTreeSet<String>>,
    given: u64,
    adds: usize,
}

impl Store {
    fn new(bug: Bug) -> Self {
        Self {
            bug,
            memory: BTreeMap::new(),
            disk: BTreeMap::new(),
            gone: BTreeSet::new(),
            old: BTreeMap::new(),
            given: 0,
            adds: 0,
        }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == bug
    }

    /// Writes what became of a key to the disk, as a log does: what is lost stays lost.
    fn keep(&mut self, key: Key, lost: bool) {
        if lost {
            return;
        }
        match self.memory.get(&key) {
            Some(held) => self.disk.insert(key, held.clone()),
            None => self.disk.remove(&key),
        };
    }

    fn write(&mut self, key: Key, value: &str, lost: bool) -> String {
        self.given += 1;
        let version = match self.bug {
            Bug::VersionOfValue => format!("\"{value}\""),
            Bug::VersionPerKey => format!("\"{}\"", self.old.get(&key).map_or(0, BTreeSet::len) % 3),
            _ => format!("\"{}\"", self.given),
        };
        let value = match self.bug {
            Bug::EmptiesBlanks => value.trim().to_owned(),
            Bug::LongCut => value.chars().take(4096).collect(),
            _ => value.to_owned(),
        };
        let ignored = self.has(Bug::SecondPutIgnored) && self.memory.contains_key(&key);
        if !ignored {
            self.memory.insert(key, Held { value, version: version.clone() });
        }
        self.gone.remove(&key);
        self.old.entry(key).or_default().insert(version.clone());
        self.keep(key, lost);
        version
    }

    fn remove(&mut self, key: Key) -> bool {
        let was = if self.has(Bug::DeleteForgotten) {
            self.memory.contains_key(&key)
        } else {
            self.memory.remove(&key).is_some()
        };
        if self.has(Bug::DeleteTakesAll) {
            self.memory.clear();
        }
        if was {
            self.gone.insert(key);
        }
        if self.has(Bug::DeleteTakesAll) {
            self.disk.clear();
        }
        self.keep(key, self.has(Bug::DeleteLost));
        was
    }

    fn is_met(&self, key: Key, asked: &Asked) -> bool {
        let version = asked.version.as_deref().unwrap_or_default();
        let old = |key: &Key| self.old.get(key).is_some_and(|old| old.contains(version));
        match (self.memory.get(&key), self.bug) {
            (Some(_), Bug::IfMatchIgnored) => true,
            (None, Bug::IfMatchMakes) => true,
            (Some(_), Bug::IfMatchTakesOld) => old(&key),
            (Some(_), Bug::IfMatchTakesOthers) => self.old.keys().any(old),
            (Some(held), _) => held.version == version,
            (None, _) => false,
        }
    }

    fn clear(&mut self) {
        let kept = self.memory.iter().next().map(|(key, held)| (*key, held.clone()));
        if !self.has(Bug::ContainsAfterClear) {
            self.memory.clear();
        }
        self.memory.extend(kept.filter(|_| self.has(Bug::ClearKeepsOne)));
        self.adds = 0;
        if !self.has(Bug::ClearLost) {
            self.disk = self.memory.clone();
        }
    }
}

impl Simulated for Store {
    fn crash(&mut self) {
        self.memory = self.disk.clone();
        if self.has(Bug::VersionFromStart) {
            self.given = 0;
        }
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let key = asked.key.unwrap_or_default();
        let value = asked.value.as_deref().unwrap_or_default();
        let plain = Answer::of;
        let written = |version: String| Answer { version: Some(version.into()), ..plain(Outcome::Ok) };
        let done = |done: bool| plain(if done { Outcome::Ok } else { Outcome::Absent });
        match asked.word {
            "get" => {
                let moved = format!("\"moved{}\"", self.given);
                let moves = self.has(Bug::VersionMovesOnGet);
                match self.memory.get_mut(&key) {
                    Some(held) => {
                        if moves {
                            held.version = moved;
                            self.given += 1;
                        }
                        let (value, version) = (Some(held.value.as_str().into()), Some(held.version.as_str().into()));
                        Answer { value, version, ..plain(Outcome::Ok) }
                    }
                    None => plain(Outcome::Absent),
                }
            }
            "put" => written(self.write(key, value, self.has(Bug::LastWriteLost))),
            "delete" => {
                self.remove(key);
                plain(Outcome::Ok)
            }
            "put_if_absent" => {
                let free = match self.bug {
                    Bug::IfNoneMatchReplaces => true,
                    Bug::IfNoneMatchAfterDelete => !self.memory.contains_key(&key) && !self.gone.contains(&key),
                    _ => !self.memory.contains_key(&key),
                };
                if free { written(self.write(key, value, false)) } else { plain(Outcome::Unmet) }
            }
            "put_if_version" if self.is_met(key, asked) => {
                written(self.write(key, value, self.has(Bug::ConditionLost)))
            }
            "put_if_version" => {
                if self.has(Bug::RefusedPutWrites) && self.memory.contains_key(&key) {
                    self.write(key, value, false);
                }
                plain(Outcome::Unmet)
            }
            "delete_if_version" if self.is_met(key, asked) => done(self.remove(key)),
            "delete_if_version" => {
                if self.has(Bug::RefusedDeleteDeletes) {
                    self.remove(key);
                }
                plain(Outcome::Unmet)
            }
            "clear" => {
                self.clear();
                plain(Outcome::Ok)
            }
            "add" => {
                let new = !self.memory.contains_key(&key);
                self.adds += 1;
                self.write(key, "", self.has(Bug::AddLost));
                plain(if new || self.has(Bug::AddAlwaysOk) { Outcome::Ok } else { Outcome::Present })
            }
            "remove" => {
                let was = self.remove(key);
                if was && !self.has(Bug::CountForgetsRemove) {
                    self.adds = self.adds.saturating_sub(1);
                }
                done(was || self.has(Bug::RemoveAlwaysOk))
            }
            "contains" => done(self.memory.contains_key(&key)),
            "count" => {
                let counted = matches!(self.bug, Bug::CountsTwice | Bug::CountForgetsRemove);
                let count = if counted { self.adds } else { self.memory.len() };
                Answer { value: Some(count.to_string().into()), ..plain(Outcome::Ok) }
            }
            other => panic!("{other}"),
        }
    }
}

fn of(kind: &str, bug: Bug) -> Trial {
    let make = Box::new(move || Box::new(Store::new(bug)) as Box<dyn Simulated>);
    let weight = |kind: &OperationKind| match kind.word {
        "clear" => 1,
        "transact" => 0,
        _ => 3,
    };
    Trial {
        kind: model(kind).unwrap(),
        weight,
        keys: 3,
        workers: 1,
        most: FEW,
        length: 300,
        noticed: true,
        crashes: ALL_CRASHES,
        nodes: Nodes::ONE,
        named: false,
        make,
    }
}

#[test]
fn a_right_store_passes_every_walk() {
    for kind in ["map", "set"] {
        passes(&format!("{kind}, killed and restarted"), &of(kind, Bug::None), 0);
        passes(kind, &Trial { crashes: Crashes::default(), ..of(kind, Bug::None) }, 0);
    }
}

#[test]
fn each_bug_of_a_map_is_found_and_shown_by_a_few_steps() {
    OF_A_MAP.iter().for_each(|bug| is_found(bug, &of("map", *bug)));
}

#[test]
fn each_bug_of_a_set_is_found_and_shown_by_a_few_steps() {
    OF_A_SET.iter().for_each(|bug| is_found(bug, &of("set", *bug)));
}

#[test]
fn a_lost_write_is_shown_by_the_write_the_crash_and_the_read() {
    let trial = of("map", Bug::LastWriteLost);
    let (_, steps) = walk(&trial, 7, 300);
    let (shrunk, _) = shrunk(&trial, &steps, &About::default());
    let acts: Vec<&str> = shrunk
        .iter()
        .map(|step| match &step.act {
            Act::Ask(operation) => operation.kind.word,
            _ => "crash",
        })
        .collect();
    assert_eq!(acts.len(), 3, "{shrunk:#?}");
    assert_eq!(acts[..2], ["put", "crash"], "{shrunk:#?}");
}

#[test]
fn what_nobody_answered_is_open_until_an_answer_tells() {
    let map = model("map").unwrap();
    let mut player = player(map);
    let put = |value: &str| Asked { word: "put", key: Some(0), value: Some(value.into()), ..Asked::default() };
    let get = Asked { word: "get", key: Some(0), ..Asked::default() };
    let answer = |value: &str, version: &str| Answer {
        value: Some(value.into()),
        version: Some(version.into()),
        ..Answer::of(Outcome::Ok)
    };
    let absent = Answer::of(Outcome::Absent);
    player.unanswered(&put("a")).unwrap();
    player.unanswered(&put("b")).unwrap();
    assert_eq!(player.model.holds(&Subject::Key(0)).len(), 3);
    assert_eq!(player.answered(&get, &answer("c", "1")), Judged::Impossible(player.model.rights(&get)));
    assert_eq!(player.answered(&get, &answer("b", "1")), Judged::Possible);
    assert_eq!(player.model.holds(&Subject::Key(0)).len(), 1);
    assert!(matches!(player.answered(&get, &absent), Judged::Impossible(rights) if rights.len() == 1));
    let same = player.answered(&put("b"), &Answer { value: None, ..answer("", "1") });
    assert!(matches!(same, Judged::Impossible(_)), "the key has had this version");
}

#[test]
fn a_walk_with_too_much_that_is_open_is_given_up() {
    let set = model("set").unwrap();
    let mut player = player(set);
    let add = |key| Asked { word: "add", key: Some(key), ..Asked::default() };
    let ended = (0..20).map(|key| player.unanswered(&add(key))).find(Result::is_err);
    assert_eq!(ended, Some(Err(GaveUp)));
}
