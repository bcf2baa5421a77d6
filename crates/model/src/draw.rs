//! Draws the steps of a walk.

use std::collections::BTreeMap;

use super::kind::{OperationKind, Takes};
use super::operation::{Asked, Key, Outcome, Right, Span, Subject, Text, Token, Worker};
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
/// Seconds after which something is due: no walk is as long.
const FAR: u32 = 1000;

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
        }
    }

    /// The next step after those that the player has followed; `now` is the moment, in milliseconds since the walk began.
    pub fn next(&mut self, player: &Player, now: u64, below: &mut dyn FnMut(u64) -> u64) -> Step {
        self.rest(below);
        let number = self.drawn;
        self.drawn += 1;
        let odds = if self.changed_all { CRASHES_AFTER_ALL } else { CRASHES };
        let crash = if number > 0 && below(odds) == 0 { self.crash(below) } else { None };
        if crash.is_some() {
            self.looks = if below(4) < LOOKED { self.all_looks(player) } else { Vec::new() };
        }
        let act = match crash {
            Some(Act::Kill) if below(2) == 0 => Act::KillWithin(self.operation(player, now, below)),
            Some(crash) => crash,
            None => Act::Ask(self.look(below).unwrap_or_else(|| self.operation(player, now, below))),
        };
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
        let look = changed.and_then(|operation| {
            let key = operation.key.filter(|_| operation.kind.takes(Takes::Key));
            key.map(Look::Key).or(operation.job.map(Look::Job))
        });
        if let Some(look) = look
            && below(LOOKED_AT) == 0
        {
            self.looks.push(look);
        }
        step
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
        let by = self.worker(below);
        Some(match look {
            Look::Key(key) => Operation { by, key: Some(key), ..Operation::of(kind) },
            Look::Job(job) => Operation { by, job: Some(job), ..Operation::of(kind) },
            Look::Next(by) => Operation { by, ..Operation::of(kind) },
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
            Token::Any | Token::New(_) => false,
        };
        (0..self.plan.workers).find(|by| {
            let asked = player.asked(self.drawn, &Operation { by: *by, ..Operation::of(kind) }, Span::at(now));
            player.model.rights(&asked).iter().any(is_of_tube)
        })
    }

    fn crash(&self, below: &mut dyn FnMut(u64) -> u64) -> Option<Act> {
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
            let of_use = if kind.leaves {
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
        let operation = Operation { kind, by, key, value, version, job: None, numbers };
        if kind.takes(Takes::Job) { self.on_a_job(operation, player, now, below) } else { operation }
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

    fn value(&mut self, below: &mut dyn FnMut(u64) -> u64) -> Text {
        // An equal value is another write all the same.
        let last = self.made.len().min(RECENT);
        if last > 0 && below(5) == 0 {
            return self.made[self.made.len() - 1 - below(last as u64) as usize].clone();
        }
        let word = format!("v{}", self.made.len() + 1);
        let value: Text = match (self.plan.values, below(10)) {
            (Values::Text, 0 | 1) => format!("{word} {}", "x".repeat(LONG)).into(),
            (Values::Text, 2 | 3) => format!(" {word}\n\tä\u{1F980}\n").into(),
            _ => word.into(),
        };
        self.made.push(value.clone());
        value
    }
}

fn is_done(player: &Player, asked: &Asked) -> bool {
    player.model.rights(asked).iter().any(|right| right.outcome == Outcome::Ok)
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
