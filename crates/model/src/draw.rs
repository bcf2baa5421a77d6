//! Draws the steps of a walk.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::{OperationKind, Takes};
use super::operation::{Asked, FAR, Holding, Key, Outcome, Right, Span, Subject, Text, Token, Worker};
use super::player::Player;
use super::transaction::{Doing, Part};
use super::walk::{Act, Operation, Step, Symbol, Which};

/// One of so many steps is a crash, where there are crashes.
const CRASHES: u64 = 15;
/// The same of several nodes: an election takes the time of hundreds of operations, and what it loses shows in them.
const CRASHES_OF_NODES: u64 = 30;
/// The same after what changes all keys, which is rare.
const CRASHES_AFTER_ALL: u64 = 3;
/// After so many of four crashes all keys are looked at: the next write may cover up that one was lost.
const LOOKED: u64 = 3;
/// One of so many operations repeats an earlier one, where they have names; after a crash so many do.
const REPEATS: u64 = 5;
const AGAIN_AFTER_CRASH: u8 = 5;
/// A transaction has at most so many parts.
const MOST_PARTS: u64 = 8;
/// Bytes of a long value.
const LONG: usize = 5000;
/// After one of so many changes its key is looked at.
const LOOKED_AT: u64 = 4;
/// After one of so many transactions that are done all keys are looked at that it writes, and after each that is not: another write
/// may cover up that some of it was done.
const LOOKED_AT_DONE: u64 = 2;
/// Of many keys only so many are looked at.
const MOST_LOOKS: Key = 8;
/// Of how many of the last values one may be written again.
const RECENT: usize = 3;
/// How many of the last versions are named again.
const OLD: usize = 8;

/// With so many jobs no more are put: they would only stand behind the others.
const MOST_JOBS: usize = 12;
/// With so many operations some rest, for so many steps.
const MANY: usize = 9;
const STRETCH: usize = 30;
/// So often another operation is drawn for one that is of no use.
const AGAIN: usize = 12;
/// Near and far, around what is urgent, and such as stand in another order as texts.
const PRIORITIES: [u32; 8] = [0, 1, 2, 9, 10, 1000, 1024, u32::MAX];
/// A worker goes away only if no more states than this are possible then: what is open cannot be judged.
const FEW_STATES: usize = 16;

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

/// Which numbers of a job differ from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vary {
    pub priority: bool,
    pub delay: bool,
}

/// The nodes of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nodes {
    pub many: u8,
    /// With so many down at once the others serve; none: a crash is one of the whole store.
    pub may_be_down: u8,
}

impl Nodes {
    pub const ONE: Nodes = Nodes { many: 1, may_be_down: 0 };
}

/// What a walk is drawn from.
#[derive(Debug, Clone)]
pub struct Plan {
    /// There must be an operation in it.
    pub mix: Mix,
    /// Keys, or tubes. There must be one.
    pub keys: Key,
    /// There must be one.
    pub workers: Worker,
    pub values: Values,
    pub vary: Vary,
    pub crashes: Crashes,
    pub nodes: Nodes,
    /// The operations that have a name, and are repeated under it.
    pub named: BTreeSet<&'static str>,
}

/// Draws a walk. The numbers come from the caller: `below(n)` gives one from 0 to n - 1.
#[derive(Debug)]
pub struct Drawer {
    plan: Plan,
    /// Those of the mix that are drawn now.
    awake: Mix,
    drawn: usize,
    /// The last operation changed all keys.
    changed_all: bool,
    /// What to look at next, the last first.
    looks: Vec<Look>,
    /// Values that have been drawn.
    made: Vec<Text>,
    /// The one tube that pauses are about: the others have none.
    paused: Option<Key>,
    /// Operations that have a name, for each name.
    named: Vec<Operation>,
    /// So many of these are repeated next.
    again: u8,
    /// Nodes that are down.
    down: u8,
    /// What a cluster may leave open for ever is drawn, too.
    enough: bool,
}

#[derive(Debug, Clone, Copy)]
enum Look {
    Key(Key),
    Job(Symbol),
    /// At the next job that this worker is given.
    Next(Worker),
}

impl Drawer {
    pub fn new(plan: Plan) -> Self {
        Self {
            awake: plan.mix.clone(),
            plan,
            drawn: 0,
            changed_all: false,
            looks: Vec::new(),
            made: Vec::new(),
            paused: None,
            named: Vec::new(),
            again: 0,
            down: 0,
            enough: false,
        }
    }

    /// Enough was judged. From now on operations are drawn, too, with which a walk on a cluster may have to end: what has no
    /// name cannot be asked again.
    pub fn enough(&mut self) {
        self.enough = true;
    }

    /// The next step after those that the player has followed; `now` is the moment, in milliseconds since the walk began.
    pub fn next(&mut self, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Step {
        self.rest(below);
        let number = self.drawn;
        self.drawn += 1;
        let odds = match (self.changed_all, self.plan.nodes.may_be_down) {
            (true, _) => CRASHES_AFTER_ALL,
            (false, 0) => CRASHES,
            (false, _) => CRASHES_OF_NODES,
        };
        let crash = if number > 0 && below(odds) == 0 { self.crash(below) } else { None };
        if crash.is_some() {
            self.looks = if below(4) < LOOKED { self.all_looks(player) } else { Vec::new() };
        }
        let act = match crash {
            Some(Act::Kill) if below(2) == 0 => Act::KillWithin(self.new_operation(player, now, below)),
            Some(Act::Lose(which)) if below(2) == 0 => self.lose_within(which, player, now, below),
            Some(crash) => crash,
            None => {
                let drawn = self.repeat(player, now, below).or_else(|| self.look(below));
                Act::Ask(drawn.unwrap_or_else(|| self.new_operation(player, now, below)))
            }
        };
        if matches!(act, Act::Kill | Act::KillWithin(_) | Act::Lose(_) | Act::LoseWithin(..)) {
            self.again = AGAIN_AFTER_CRASH;
        }
        let step = Step { number, act };
        let changed = step.operation().filter(|operation| operation.kind.changes);
        if let Some(tube) =
            changed.filter(|operation| operation.kind.takes(Takes::Seconds)).and_then(|pause| pause.key)
        {
            // What a pause holds up, it holds up now: soon the job may be gone.
            self.paused = Some(tube);
            self.looks.extend(self.held_up(player, tube, now).map(Look::Next));
        }
        self.changed_all = changed.is_some_and(|operation| operation.kind.of_all);
        let looks = changed.map(looks).unwrap_or_default();
        let odds = changed.map_or(LOOKED_AT, |operation| looked_at(player, number, operation, now));
        if !looks.is_empty() && below(odds) == 0 {
            self.looks.extend(looks);
        }
        step
    }

    /// One that has not been asked before, with a name if it has one.
    fn new_operation(&mut self, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Operation {
        let mut operation = self.operation(player, now, below);
        operation.via = self.via(below);
        if self.plan.named.contains(operation.kind.word) {
            operation.id = Some(self.drawn - 1);
            self.named.push(operation.clone());
        }
        operation
    }

    /// One that was asked before, under its name: one of the last, or any, or one that would end otherwise if it were new.
    fn repeat(&mut self, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Option<Operation> {
        let all = self.named.len();
        if all == 0 || self.again == 0 && below(REPEATS) > 0 {
            return None;
        }
        self.again = self.again.saturating_sub(1);
        let drawn = below(4);
        let among = if drawn == 0 { all.min(RECENT) } else { all };
        let mut one = || &self.named[all - 1 - below(among as u64) as usize];
        let ends_otherwise = |operation: &&Operation| {
            let again = player.asked(self.drawn, operation, Span::at(now));
            let new = Asked { id: None, ..again.clone() };
            let outcomes = |asked: &Asked| player.model.rights(asked).into_iter().map(|right| right.outcome);
            !outcomes(&again).eq(outcomes(&new))
        };
        let chosen = if drawn > 1 { (0..AGAIN).map(|_| one()).find(ends_otherwise) } else { None };
        let operation = chosen.unwrap_or_else(&mut one).clone();
        Some(Operation { via: self.via(below), ..operation })
    }

    fn via(&self, below: &mut dyn FnMut(u64) -> u64) -> u8 {
        if self.plan.nodes.many > 1 { below(u64::from(self.plan.nodes.many)) as u8 } else { 0 }
    }

    /// Only of what can be asked again will be known whether it was done.
    fn lose_within(&mut self, which: Which, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Act {
        let operation = self.new_operation(player, now, below);
        let again = operation.id.is_some() || !operation.kind.changes;
        if again { Act::LoseWithin(which, operation) } else { Act::Lose(which) }
    }

    /// What happens to one of several nodes.
    fn node_crash(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Act {
        let nodes = self.plan.nodes;
        if self.down >= nodes.may_be_down || self.down > 0 && below(2) == 0 {
            self.down -= 1;
            return Act::Return;
        }
        self.down += 1;
        // To whoever answered last it matters most.
        Act::Lose(if below(3) > 0 { Which::Last } else { Which::One(below(u64::from(nodes.many)) as u8) })
    }

    fn all_looks(&self, player: &Player) -> Vec<Look> {
        let keys = (0..self.plan.keys.min(MOST_LOOKS)).map(Look::Key);
        let jobs = player.jobs().into_iter().take(MOST_LOOKS as usize).map(Look::Job);
        let looks = |look: &Look| !self.lookers(*look).is_empty();
        keys.chain(jobs).filter(looks).collect()
    }

    /// The operations that look at it alone.
    fn lookers(&self, look: Look) -> Vec<&'static OperationKind> {
        let part = match look {
            Look::Key(_) => Takes::Key,
            Look::Job(_) => Takes::Job,
            Look::Next(_) => return self.reserving().into_iter().collect(),
        };
        let looks = |kind: &OperationKind| !kind.changes && kind.takes == [part];
        self.plan.mix.iter().map(|(kind, _)| *kind).filter(|kind| looks(kind)).collect()
    }

    fn look(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Option<Operation> {
        let look = self.looks.pop()?;
        let kinds = self.lookers(look);
        let many = kinds.len() as u64;
        let kind = (many > 0).then(|| kinds[below(many) as usize])?;
        let (by, via) = (self.worker(below), self.via(below));
        Some(match look {
            Look::Key(key) => Operation { by, via, key: Some(key), ..Operation::of(kind) },
            Look::Job(job) => Operation { by, via, job: Some(job), ..Operation::of(kind) },
            Look::Next(by) => Operation { by, via, ..Operation::of(kind) },
        })
    }

    /// The operation that takes whatever job is next, and does not wait for one.
    fn reserving(&self) -> Option<&'static OperationKind> {
        let kinds = self.plan.mix.iter().map(|(kind, _)| *kind);
        let takes_next = |kind: &&OperationKind| kind.changes && kind.tells_job && kind.takes.is_empty();
        kinds.filter(takes_next).find(|kind| kind.outcomes.contains(&Outcome::Empty))
    }

    /// A worker whose next job would be one of this tube.
    fn held_up(&self, player: &Player, tube: Key, now: u64) -> Option<Worker> {
        let kind = self.reserving()?;
        let is_of_tube = |right: &Right| match &right.job {
            Token::Is(job) => {
                player.model.holds(&Subject::Job(job.clone())).iter().any(|holding| holding.is_in(tube))
            }
            Token::Any | Token::New(_) | Token::As(_) | Token::Nothing => false,
        };
        (0..self.plan.workers).find(|by| {
            let asked = player.asked(self.drawn, &Operation { by: *by, ..Operation::of(kind) }, Span::at(now));
            player.model.rights(&asked).iter().any(is_of_tube)
        })
    }

    fn crash(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Option<Act> {
        if self.plan.nodes.may_be_down > 0 {
            return self.plan.crashes.kill.then(|| self.node_crash(below));
        }
        match self.plan.crashes {
            Crashes { kill: true, restart: true } => Some(if below(3) == 0 { Act::Restart } else { Act::Kill }),
            Crashes { kill: true, restart: false } => Some(Act::Kill),
            Crashes { kill: false, restart: true } => Some(Act::Restart),
            Crashes { kill: false, restart: false } => None,
        }
    }

    /// One that is likely to be done, as long as there is one.
    fn operation(&mut self, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Operation {
        let full = player.model.jobs().len() >= MOST_JOBS;
        let mut operation = self.any_operation(player, now, below);
        for _ in 0..AGAIN {
            let asked = player.asked(self.drawn, &operation, Span::at(now));
            let kind = operation.kind;
            let is_named = self.plan.named.contains(kind.word);
            let too_soon = !self.enough && self.plan.nodes.many > 1 && kind.changes && !is_named;
            let of_use = if too_soon {
                false
            } else if kind.leaves {
                player.model.states_without(operation.by).is_some_and(|states| states <= FEW_STATES)
            } else if kind.takes(Takes::Seconds) {
                operation.key.is_some_and(|tube| self.held_up(player, tube, now).is_some()) || below(2) == 0
            } else if kind.tells_job && kind.takes(Takes::Value) {
                !full
            } else if kind.tells_job && !kind.takes(Takes::Job) {
                !player.model.waits(&asked) && (is_done(player, &asked) || below(4) == 0)
            } else {
                true
            };
            if of_use {
                break;
            }
            operation = self.any_operation(player, now, below);
        }
        operation
    }

    fn any_operation(&mut self, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Operation {
        let kind = self.kind(below);
        let keyed = kind.takes(Takes::Key) || kind.takes(Takes::Tube);
        let key = keyed.then(|| self.key(kind, below));
        let value = kind.takes(Takes::Value).then(|| self.value(below));
        let version = key.filter(|_| kind.takes(Takes::Version)).map(|key| version(player, key, below));
        let numbers =
            kind.takes.iter().filter(|part| part.is_number()).map(|part| (*part, self.number(*part, below)));
        let numbers: BTreeMap<Takes, u32> = numbers.collect();
        let by = self.worker(below);
        let parts = if kind.takes(Takes::Steps) { self.parts(player, below) } else { Vec::new() };
        let operation = Operation { by, key, value, version, numbers, parts, ..Operation::of(kind) };
        if kind.takes(Takes::Job) { self.on_a_job(operation, player, now, below) } else { operation }
    }

    /// What a transaction does. No check follows a write of its key.
    fn parts(&mut self, player: &Player, below: &mut dyn FnMut(u64) -> u64) -> Vec<Part<Symbol>> {
        let mut parts: Vec<Part<Symbol>> = Vec::new();
        for _ in 0..=below(MOST_PARTS) {
            let key = below(u64::from(self.plan.keys)) as Key;
            let written = parts.iter().any(|part| part.key == key && part.doing.writes());
            let doing = match below(12) {
                0..5 if !written => check(player, key, below),
                0..7 => Doing::Get,
                7 | 8 => Doing::Put,
                9 | 10 => Doing::Append,
                _ => Doing::Delete,
            };
            let value = match doing {
                Doing::Append => Some(self.new_word()),
                Doing::Put => Some(self.value(below)),
                _ => None,
            };
            let version = (doing == Doing::Check).then(|| version(player, key, below));
            parts.push(Part { doing, key, value, version });
        }
        parts
    }

    /// A pause lasts longer than the walk, and new workers use and watch the first tube.
    fn key(&self, kind: &OperationKind, below: &mut dyn FnMut(u64) -> u64) -> Key {
        let keys = u64::from(self.plan.keys);
        match self.paused {
            Some(tube) if kind.takes(Takes::Seconds) => tube,
            None if kind.takes(Takes::Seconds) && keys > 1 => 1 + below(keys - 1) as Key,
            _ => below(keys) as Key,
        }
    }

    fn worker(&self, below: &mut dyn FnMut(u64) -> u64) -> Worker {
        if self.plan.workers > 1 { below(u64::from(self.plan.workers)) as Worker } else { 0 }
    }

    fn number(&self, part: Takes, below: &mut dyn FnMut(u64) -> u64) -> u32 {
        match part {
            Takes::Priority if self.plan.vary.priority => PRIORITIES[below(PRIORITIES.len() as u64) as usize],
            Takes::Delay if self.plan.vary.delay && below(3) == 0 => FAR + 10 * below(100_000) as u32,
            Takes::TimeToRun | Takes::Seconds => FAR + below(1000) as u32,
            Takes::Count => [1, 1, 2, 3, 100][below(5) as usize],
            _ => 0,
        }
    }

    /// With a job: mostly one for which it would be done, by this worker or another, and now and then one for which not.
    fn on_a_job(
        &self,
        operation: Operation,
        player: &Player,
        now: u64,
        below: &mut dyn FnMut(u64) -> u64,
    ) -> Operation {
        let with = |by: Worker, job| Operation { by, job: Some(job), ..operation.clone() };
        let jobs = player.jobs();
        let search = |done: bool, below: &mut dyn FnMut(u64) -> u64| {
            let tries = if jobs.is_empty() { 0 } else { AGAIN };
            let mut drawn = (0..tries).map(|_| with(self.worker(below), jobs[below(jobs.len() as u64) as usize]));
            drawn.find(|one| is_done(player, &player.asked(self.drawn, one, Span::at(now))) == done)
        };
        let wanted = match below(6) {
            0..4 => Some(true),
            4 => Some(false),
            _ => None,
        };
        if let Some(found) = wanted.and_then(|done| search(done, below)) {
            return found;
        }
        let old: Vec<Symbol> = if below(4) == 0 { player.told().rev().take(OLD).collect() } else { jobs };
        match old.len() as u64 {
            0 => with(operation.by, Symbol::Never),
            many => with(operation.by, old[below(many) as usize]),
        }
    }

    /// Of many operations some rest for a while, except those that are drawn most: what they would undo piles up.
    fn rest(&mut self, below: &mut dyn FnMut(u64) -> u64) {
        if self.plan.mix.len() < MANY || !self.drawn.is_multiple_of(STRETCH) {
            return;
        }
        let most = self.plan.mix.iter().map(|(_, weight)| *weight).max().unwrap_or_default();
        let awake = |(_, weight): &&(&'static OperationKind, u32)| *weight == most || below(3) > 0;
        self.awake = self.plan.mix.iter().filter(awake).copied().collect();
    }

    fn kind(&self, below: &mut dyn FnMut(u64) -> u64) -> &'static OperationKind {
        let all: u64 = self.awake.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut drawn = below(all.max(1));
        for (kind, weight) in &self.awake {
            match drawn.checked_sub(u64::from(*weight)) {
                Some(left) => drawn = left,
                None => return kind,
            }
        }
        self.awake[0].0
    }

    /// A value that is short, and like no other.
    fn new_word(&mut self) -> Text {
        let word: Text = format!("v{}", self.made.len() + 1).into();
        self.made.push(word.clone());
        word
    }

    fn value(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Text {
        // An equal value is another write all the same.
        let last = self.made.len().min(RECENT);
        if last > 0 && below(5) == 0 {
            return self.made[self.made.len() - 1 - below(last as u64) as usize].clone();
        }
        let word = self.new_word();
        let value: Text = match (self.plan.values, below(10)) {
            (Values::Text, 0 | 1) => format!("{word} {}", "x".repeat(LONG)).into(),
            (Values::Text, 2 | 3) => format!(" {word}\n\tä\u{1F980}\n").into(),
            _ => return word,
        };
        if let Some(last) = self.made.last_mut() {
            last.clone_from(&value);
        }
        value
    }
}

/// What a change may have changed.
fn looks(operation: &Operation) -> Vec<Look> {
    let key = operation.key.filter(|_| operation.kind.takes(Takes::Key)).map(Look::Key);
    let written = operation.parts.iter().filter(|part| part.doing.writes()).map(|part| part.key);
    let written: BTreeSet<Key> = written.collect();
    key.or(operation.job.map(Look::Job)).into_iter().chain(written.into_iter().map(Look::Key)).collect()
}

/// After one of so many like this operation, what it may have changed is looked at.
fn looked_at(player: &Player, number: usize, operation: &Operation, now: u64) -> u64 {
    match operation.parts.is_empty() {
        true => LOOKED_AT,
        false if is_done(player, &player.asked(number, operation, Span::at(now))) => LOOKED_AT_DONE,
        false => 1,
    }
}

/// What a check asks for: mostly something that holds.
fn check(player: &Player, key: Key, below: &mut dyn FnMut(u64) -> u64) -> Doing {
    let there = player.model.holds(&Subject::Key(key)) != [Holding::Nothing];
    if there == (below(5) == 0) { Doing::Absent } else { Doing::Check }
}

fn is_done(player: &Player, asked: &Asked) -> bool {
    player.model.rights(asked).iter().any(|right| right.outcome == Outcome::Ok)
}

/// The version that the key has, or one that it had, or another key has, or none ever had.
fn version(player: &Player, key: Key, below: &mut dyn FnMut(u64) -> u64) -> Symbol {
    let current = player.model.version(key);
    let last = |wanted: &Text| player.given().rev().find(|(_, _, version)| *version == wanted);
    let drawn = below(8);
    if let (0..5, Some((symbol, ..))) = (drawn, current.as_ref().and_then(last)) {
        return symbol;
    }
    let of_key = drawn < 7;
    if !of_key && below(2) == 0 {
        return Symbol::Never;
    }
    let of = player.given().rev().filter(|(_, of, _)| (*of == key) == of_key);
    let old: Vec<Symbol> = of.take(OLD).map(|(symbol, ..)| symbol).collect();
    match old.len() as u64 {
        0 => Symbol::Never,
        many => old[below(many) as usize],
    }
}
