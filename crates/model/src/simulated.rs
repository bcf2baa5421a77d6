//! Walks on stores that are simulated: one that is right passes them all, and each bug is found and shrunk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;

/// Numbers from a seed; good enough to walk with (a xorshift).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

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

/// A store of its own make, which knows nothing of the models.
struct Store {
    bug: Bug,
    memory: BTreeMap<Key, Held>,
    disk: BTreeMap<Key, Held>,
    gone: BTreeSet<Key>,
    old: BTreeMap<Key, BTreeSet<String>>,
    given: u64,
    adds: usize,
    starts: u64,
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
            starts: 0,
        }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == bug
    }

    fn crash(&mut self) {
        self.starts += 1;
        self.memory = self.disk.clone();
        if self.has(Bug::VersionFromStart) {
            self.given = 0;
        }
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

    fn answer(&mut self, asked: &Asked) -> Answer {
        let key = asked.key.unwrap_or_default();
        let value = asked.value.as_deref().unwrap_or_default();
        let plain = |outcome| Answer { outcome, value: None, version: None };
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
                        Answer { outcome: Outcome::Ok, value, version }
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

fn setup(kind: &ModelKind) -> Setup {
    let told = match kind.word {
        // A DELETE is 200 whether the key was there or not.
        "map" => vec![
            ("get", Outcome::Absent),
            ("put_if_absent", Outcome::Unmet),
            ("put_if_version", Outcome::Unmet),
            ("delete_if_version", Outcome::Unmet),
        ],
        _ => vec![("add", Outcome::Present), ("remove", Outcome::Absent), ("contains", Outcome::Absent)],
    };
    Setup { versions: true, told: told.into_iter().collect() }
}

fn player(kind: &ModelKind) -> Player {
    Player::new((kind.make)(setup(kind)), Arc::from("\"no-such-version\""))
}

/// Does one step; None if it was wrong.
fn follow(step: &Step, store: &mut Store, player: &mut Player) -> Option<()> {
    let Some(operation) = step.operation() else {
        store.crash();
        return Some(());
    };
    let asked = player.asked(operation);
    // Killed within it: the store did it or did not, and nobody has heard.
    if matches!(step.act, Act::KillWithin(_)) {
        if step.number.is_multiple_of(2) {
            store.answer(&asked);
        }
        store.crash();
        player.unanswered(&asked).unwrap();
        return Some(());
    }
    let answer = store.answer(&asked);
    (player.answered(step.number, &asked, &answer) == Judged::Possible).then_some(())
}

/// The steps up to the first wrong answer, if there is one.
fn walk(kind: &ModelKind, bug: Bug, seed: u64, length: usize) -> Option<Vec<Step>> {
    let mut numbers = Numbers::new(seed);
    let weight = |kind: &OperationKind| if kind.word == "clear" { 1 } else { 3 };
    let mix = kind.operations.iter().map(|operation| (operation, weight(operation))).collect();
    let mut drawer = Drawer::new(mix, 3, Values::Text, Crashes { kill: true, restart: true });
    let (mut store, mut player, mut steps) = (Store::new(bug), player(kind), Vec::new());
    for _ in 0..length {
        let step = drawer.next(&player, &mut |n| numbers.below(n));
        steps.push(step.clone());
        if follow(&step, &mut store, &mut player).is_none() {
            return Some(steps);
        }
    }
    None
}

/// At which of the steps an answer is wrong when they are done again from the beginning.
fn wrong_at(kind: &ModelKind, bug: Bug, steps: &[Step]) -> Option<usize> {
    let (mut store, mut player) = (Store::new(bug), player(kind));
    steps.iter().position(|step| follow(step, &mut store, &mut player).is_none())
}

fn shrunk(kind: &ModelKind, bug: Bug, steps: Vec<Step>) -> Vec<Step> {
    let again = tails(&steps).into_iter().find_map(|tail| Some(tail[..=wrong_at(kind, bug, &tail)?].to_vec()));
    let mut shrinker = Shrinker::new(again.expect("the walk itself goes wrong again"));
    while let Some(candidate) = shrinker.candidate() {
        let wrong = wrong_at(kind, bug, candidate);
        shrinker.tell(wrong);
    }
    shrinker.best().to_vec()
}

#[test]
fn a_right_store_passes_every_walk() {
    for kind in MODELS {
        for seed in 0..300 {
            assert_eq!(walk(kind, Bug::None, seed, 300).map(|steps| steps.last().cloned()), None, "{kind:?} {seed}");
        }
    }
}

/// The bug is found in 19 of 20 walks, and a few steps show it.
fn is_found(kind: &ModelKind, bug: Bug) {
    let walks: Vec<Vec<Step>> = (0..20).filter_map(|seed| walk(kind, bug, seed, 300)).collect();
    assert!(walks.len() >= 19, "{bug:?} was found in {} of 20 walks", walks.len());
    for steps in walks {
        let shrunk = shrunk(kind, bug, steps);
        assert!(shrunk.len() <= 8, "{bug:?} took {} steps: {shrunk:#?}", shrunk.len());
        assert_eq!(wrong_at(kind, bug, &shrunk), Some(shrunk.len() - 1), "{bug:?}");
    }
}

#[test]
fn each_bug_of_a_map_is_found_and_shown_by_a_few_steps() {
    let map = model("map").unwrap();
    OF_A_MAP.iter().for_each(|bug| is_found(map, *bug));
}

#[test]
fn each_bug_of_a_set_is_found_and_shown_by_a_few_steps() {
    let set = model("set").unwrap();
    OF_A_SET.iter().for_each(|bug| is_found(set, *bug));
}

#[test]
fn a_lost_write_is_shown_by_the_write_the_crash_and_the_read() {
    let map = model("map").unwrap();
    let steps = walk(map, Bug::LastWriteLost, 7, 300).unwrap();
    let shrunk = shrunk(map, Bug::LastWriteLost, steps);
    let acts: Vec<&str> = shrunk
        .iter()
        .map(|step| match &step.act {
            Act::Ask(operation) => operation.kind.word,
            Act::Kill | Act::Restart | Act::KillWithin(_) => "crash",
        })
        .collect();
    assert_eq!(acts.len(), 3, "{shrunk:#?}");
    assert_eq!(acts[..2], ["put", "crash"], "{shrunk:#?}");
}

#[test]
fn what_nobody_answered_is_open_until_an_answer_tells() {
    let map = model("map").unwrap();
    let mut player = player(map);
    let put = |value: &str| Asked { word: "put", key: Some(0), value: Some(value.into()), version: None };
    let get = Asked { word: "get", key: Some(0), value: None, version: None };
    let answer = |value: &str, version: &str| Answer {
        outcome: Outcome::Ok,
        value: Some(value.into()),
        version: Some(version.into()),
    };
    let absent = Answer { outcome: Outcome::Absent, value: None, version: None };
    player.unanswered(&put("a")).unwrap();
    player.unanswered(&put("b")).unwrap();
    assert_eq!(player.model.holds(0).len(), 3);
    assert_eq!(player.answered(1, &get, &answer("c", "1")), Judged::Impossible(player.model.rights(&get)));
    assert_eq!(player.answered(2, &get, &answer("b", "1")), Judged::Possible);
    assert_eq!(player.model.holds(0).len(), 1);
    assert!(matches!(player.answered(3, &get, &absent), Judged::Impossible(rights) if rights.len() == 1));
    let same = player.answered(4, &put("b"), &Answer { value: None, ..answer("", "1") });
    assert!(matches!(same, Judged::Impossible(_)), "the key has had this version");
}

#[test]
fn a_walk_with_too_much_that_is_open_is_given_up() {
    let set = model("set").unwrap();
    let mut player = player(set);
    let add = |key| Asked { word: "add", key: Some(key), value: None, version: None };
    let ended = (0..20).map(|key| player.unanswered(&add(key))).find(Result::is_err);
    assert_eq!(ended, Some(Err(GaveUp)));
}
