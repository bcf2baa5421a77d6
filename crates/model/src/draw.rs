//! Draws the steps of a walk.

use super::kind::{OperationKind, Takes};
use super::operation::{Key, Text};
use super::player::Player;
use super::walk::{Act, Operation, Step, Symbol};

/// One of so many steps is a crash, where there are crashes.
const CRASHES: u64 = 15;
/// The same after what changes all keys, which is rare.
const CRASHES_AFTER_ALL: u64 = 3;
/// After so many of four crashes all keys are looked at: the next write may cover up that one was lost.
const LOOKED: u64 = 3;
/// Bytes of a long value.
const LONG: usize = 5000;
/// After one of so many changes its key is looked at.
const LOOKED_AT: u64 = 4;
/// Of many keys only so many are looked at.
const MOST_LOOKS: Key = 8;
/// Of how many of the last values one may be written again.
const RECENT: usize = 3;
/// How many of the last versions are named again.
const OLD: usize = 8;

/// Operations with their weights, none of which is 0.
pub type Mix = Vec<(&'static OperationKind, u32)>;

/// What values a store takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Values {
    /// Letters and digits.
    #[default]
    Words,
    /// Anything: long ones, lines, blanks at the edges, letters of several bytes.
    Text,
}

/// What happens to the store besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crashes {
    pub kill: bool,
    pub restart: bool,
}

/// Draws a walk. The numbers come from the caller: `below(n)` gives one from 0 to n - 1.
#[derive(Debug)]
pub struct Drawer {
    mix: Mix,
    keys: Key,
    values: Values,
    crashes: Crashes,
    drawn: usize,
    /// The last operation changed all keys.
    changed_all: bool,
    /// Keys to look at next, the last first.
    looks: Vec<Key>,
    /// Values that have been drawn.
    made: Vec<Text>,
}

impl Drawer {
    /// There must be an operation in the mix, and a key.
    pub fn new(mix: Mix, keys: Key, values: Values, crashes: Crashes) -> Self {
        Self { mix, keys, values, crashes, drawn: 0, changed_all: false, looks: Vec::new(), made: Vec::new() }
    }

    /// The next step after those that the player has followed.
    pub fn next(&mut self, player: &Player, below: &mut dyn FnMut(u64) -> u64) -> Step {
        let number = self.drawn;
        self.drawn += 1;
        let odds = if self.changed_all { CRASHES_AFTER_ALL } else { CRASHES };
        let crash = if number > 0 && below(odds) == 0 { self.crash(below) } else { None };
        if crash.is_some() {
            self.looks = if below(4) < LOOKED { (0..self.keys.min(MOST_LOOKS)).collect() } else { Vec::new() };
        }
        let act = match crash {
            Some(Act::Kill) if below(2) == 0 => Act::KillWithin(self.operation(player, below)),
            Some(crash) => crash,
            None => Act::Ask(self.look(below).unwrap_or_else(|| self.operation(player, below))),
        };
        let step = Step { number, act };
        let changed = step.operation().filter(|operation| operation.kind.changes);
        self.changed_all = changed.is_some_and(|operation| operation.key.is_none());
        if let Some(key) = changed.and_then(|operation| operation.key)
            && below(LOOKED_AT) == 0
        {
            self.looks.push(key);
        }
        step
    }

    fn look(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Option<Operation> {
        let key = self.looks.pop()?;
        let looks = |kind: &OperationKind| !kind.changes && kind.takes == [Takes::Key];
        let kinds: Vec<_> = self.mix.iter().map(|(kind, _)| *kind).filter(|kind| looks(kind)).collect();
        let many = kinds.len() as u64;
        let kind = (many > 0).then(|| kinds[below(many) as usize])?;
        Some(Operation { kind, key: Some(key), value: None, version: None })
    }

    fn crash(&self, below: &mut dyn FnMut(u64) -> u64) -> Option<Act> {
        match self.crashes {
            Crashes { kill: true, restart: true } => Some(if below(3) == 0 { Act::Restart } else { Act::Kill }),
            Crashes { kill: true, restart: false } => Some(Act::Kill),
            Crashes { kill: false, restart: true } => Some(Act::Restart),
            Crashes { kill: false, restart: false } => None,
        }
    }

    fn operation(&mut self, player: &Player, below: &mut dyn FnMut(u64) -> u64) -> Operation {
        let kind = self.kind(below);
        let key = kind.takes(Takes::Key).then(|| below(u64::from(self.keys)) as Key);
        let value = kind.takes(Takes::Value).then(|| self.value(below));
        let version = key.filter(|_| kind.takes(Takes::Version)).map(|key| version(player, key, below));
        Operation { kind, key, value, version }
    }

    fn kind(&self, below: &mut dyn FnMut(u64) -> u64) -> &'static OperationKind {
        let all: u64 = self.mix.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut drawn = below(all.max(1));
        for (kind, weight) in &self.mix {
            match drawn.checked_sub(u64::from(*weight)) {
                Some(left) => drawn = left,
                None => return kind,
            }
        }
        self.mix[0].0
    }

    fn value(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Text {
        // An equal value is another write all the same.
        let last = self.made.len().min(RECENT);
        if last > 0 && below(5) == 0 {
            return self.made[self.made.len() - 1 - below(last as u64) as usize].clone();
        }
        let word = format!("v{}", self.made.len() + 1);
        let value: Text = match (self.values, below(10)) {
            (Values::Text, 0 | 1) => format!("{word} {}", "x".repeat(LONG)).into(),
            (Values::Text, 2 | 3) => format!(" {word}\n\tä\u{1F980}\n").into(),
            _ => word.into(),
        };
        self.made.push(value.clone());
        value
    }
}

/// The version that the key has, or one that it had, or another key has, or none ever had.
fn version(player: &Player, key: Key, below: &mut dyn FnMut(u64) -> u64) -> Symbol {
    let current = player.model.version(key);
    let last = |wanted: &Text| player.given().rev().find(|(_, _, version)| *version == wanted);
    let drawn = below(8);
    if let (0..5, Some((number, ..))) = (drawn, current.as_ref().and_then(last)) {
        return Symbol::Of(number);
    }
    let of_key = drawn < 7;
    if !of_key && below(2) == 0 {
        return Symbol::Never;
    }
    let of = player.given().rev().filter(|(_, of, _)| (*of == key) == of_key);
    let old: Vec<usize> = of.take(OLD).map(|(number, ..)| number).collect();
    match old.len() as u64 {
        0 => Symbol::Never,
        many => Symbol::Of(old[below(many) as usize]),
    }
}
