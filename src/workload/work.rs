//! What a client does next, what it has learnt, and what of it goes into the history: by what its keys are.
//!
//! To lists is only appended. A read of one is a transaction of one step in the history, and a compare-and-set, which
//! sends the list that was read with one element more, one of two steps: it found that list, and appended the element.

use std::collections::{BTreeMap, HashMap};

use history::{Action, List, Object, Step, Text};

use super::Shared;
use super::choice::Choices;
use super::operation::{Filling, Held, Meaning, Outgoing, Part};
use crate::scenario::load::Kind;

/// Steps of a transaction on lists, at most.
const STEPS: u64 = 4;
/// The most that is moved at once.
const AMOUNT: u64 = 5;

/// One operation that is about to be done.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) kind: Kind,
    /// Of its key, where it has one.
    place: Option<usize>,
    pub(super) key: Text,
    pub(super) action: Action,
    pub(super) outgoing: Outgoing,
}

impl Task {
    /// A request of one key. An error is the pack's.
    fn of_key(shared: &Shared, kind: Kind, filling: Filling<'_>, action: Action) -> Result<Task, String> {
        let outgoing = shared.operation(kind)?.request(filling)?;
        // The keys of lists are in the steps.
        let key = if shared.of == Object::Lists { Text::default() } else { filling.key.into() };
        Ok(Task { kind, place: None, key, action, outgoing })
    }

    fn of_parts(shared: &Shared, kind: Kind, parts: &[Part<'_>], action: Action) -> Result<Task, String> {
        let outgoing = shared.operation(kind)?.transaction(parts)?;
        Ok(Task { kind, place: None, key: Text::default(), action, outgoing })
    }

    /// Reads one key.
    pub(super) fn read(shared: &Shared, key: &Text) -> Result<Task, String> {
        let filling = Filling { key, ..Filling::default() };
        let action = match shared.of {
            Object::Lists => {
                Action::Transaction { steps: vec![Step::Get { key: key.clone(), list: List::default() }] }
            }
            _ => Action::Read { value: None },
        };
        Self::of_key(shared, Kind::Read, filling, action)
    }

    pub(super) fn write(shared: &Shared, key: &Text, value: Text) -> Result<Task, String> {
        let filling = Filling { key, value: Some(&value), version: None };
        Self::of_key(shared, Kind::Write, filling, Action::Write { value: value.clone() })
    }

    pub(super) fn transaction(shared: &Shared, steps: Vec<Step>) -> Result<Task, String> {
        let action = Action::Transaction { steps };
        Self::of_parts(shared, Kind::Transaction, &parts(&action), action.clone())
    }

    /// Reads all accounts.
    pub(super) fn balances(shared: &Shared) -> Result<Task, String> {
        let balances = shared.keys.last().into_iter().map(|account| (account, 0)).collect();
        let action = Action::Balances { balances };
        Self::of_parts(shared, Kind::Balances, &parts(&action), action.clone())
    }

    fn at(self, place: usize) -> Task {
        Task { place: Some(place), ..self }
    }
}

/// What is sent for the steps of a transaction that needs no more than is in the history.
pub(super) fn parts(action: &Action) -> Vec<Part<'_>> {
    match action {
        Action::Transaction { steps } => {
            let parts = steps.iter().map(|step| match step {
                Step::Get { key, .. } => Part::Get { key },
                Step::Append { key, element } => Part::Append { key, element },
            });
            parts.collect()
        }
        Action::Balances { balances } => balances.keys().map(|key| Part::Get { key }).collect(),
        _ => Vec::new(),
    }
}

/// What one client has learnt, and what follows from it.
#[derive(Debug)]
pub(super) enum Work {
    Keys(OnKeys),
    Accounts(OnAccounts),
}

/// Single keys, or lists.
#[derive(Debug)]
pub(super) struct OnKeys {
    lane: u32,
    /// Values that it has made.
    values: u64,
    reads: HashMap<usize, Read>,
    /// What must come next, whatever is drawn.
    next: Option<(Kind, usize)>,
    reads_at_all: bool,
}

/// What a client last read of a key: a compare-and-set must name it.
#[derive(Debug, Clone)]
struct Read {
    key: Text,
    value: Option<Text>,
    version: Text,
}

#[derive(Debug, Default)]
pub(super) struct OnAccounts {
    /// What it read last, with versions; none after it has moved money.
    read: BTreeMap<Text, (i64, Option<Text>)>,
    /// A transfer comes as soon as they are read.
    due: bool,
}

impl Work {
    pub(super) fn new(shared: &Shared, lane: u32, mix: &[(Kind, u32)]) -> Self {
        match shared.of {
            Object::Accounts => Work::Accounts(OnAccounts::default()),
            _ => Work::Keys(OnKeys {
                lane,
                values: 0,
                reads: HashMap::new(),
                next: None,
                reads_at_all: mix.iter().any(|(kind, _)| *kind == Kind::Read),
            }),
        }
    }

    /// An error is the pack's.
    pub(super) fn next(&mut self, choices: &mut Choices, shared: &Shared) -> Result<Task, String> {
        match self {
            Work::Keys(work) => work.next(choices, shared),
            Work::Accounts(work) => work.next(choices, shared),
        }
    }

    pub(super) fn learn(&mut self, task: &Task, meaning: &Meaning) {
        match self {
            Work::Keys(work) => work.learn(task, meaning),
            Work::Accounts(work) => work.learn(task, meaning),
        }
    }
}

impl OnKeys {
    fn next(&mut self, choices: &mut Choices, shared: &Shared) -> Result<Task, String> {
        let drawn = choices.next();
        let (mut kind, place) = self.next.take().unwrap_or(drawn);
        if kind == Kind::Transaction {
            return self.transaction(choices, shared, place);
        }
        let key = shared.keys.take(place);
        let known = self.reads.get(&place).filter(|read| read.key == key).cloned();
        if kind == Kind::CompareAndSet && known.is_none() {
            // It is read now, and set the next time.
            kind = Kind::Read;
            self.next = Some((Kind::CompareAndSet, place));
        }
        let task = match (kind, known) {
            (Kind::CompareAndSet, Some(read)) => self.compare_and_set(shared, read),
            (Kind::Write, _) => Task::write(shared, &key, self.value()),
            (Kind::Delete, _) => {
                let filling = Filling { key: &key, ..Filling::default() };
                Task::of_key(shared, kind, filling, Action::Delete)
            }
            _ => Task::read(shared, &key),
        };
        Ok(task?.at(place))
    }

    fn compare_and_set(&mut self, shared: &Shared, read: Read) -> Result<Task, String> {
        let Read { key, value: from, version } = read;
        let own = self.value();
        let (value, action) = if shared.of == Object::Lists {
            let found = from.unwrap_or_default();
            let get = Step::Get { key: key.clone(), list: shared.recorder.list(&key, &found) };
            let append = Step::Append { key: key.clone(), element: own.clone() };
            (Text::from(format!("{found}{own},")), Action::Transaction { steps: vec![get, append] })
        } else {
            (own.clone(), Action::CompareAndSet { from, to: Some(own) })
        };
        let filling = Filling { key: &key, value: Some(&value), version: Some(&version) };
        Task::of_key(shared, Kind::CompareAndSet, filling, action)
    }

    /// One to four steps; the first is on the key at `place`. Now and then two of them append to the same list, which
    /// nobody may find with only the first.
    fn transaction(&mut self, choices: &mut Choices, shared: &Shared, place: usize) -> Result<Task, String> {
        let count = 1 + choices.below(STEPS);
        let mut steps = Vec::new();
        for number in 0..count {
            let place = if number == 0 { place } else { choices.place() };
            let key = shared.keys.take(place);
            steps.push(match choices.below(2) {
                0 => Step::Get { key, list: List::default() },
                _ => Step::Append { key, element: self.value() },
            });
        }
        Task::transaction(shared, steps)
    }

    fn learn(&mut self, task: &Task, meaning: &Meaning) {
        let Some(place) = task.place else { return };
        if task.kind != Kind::Read {
            self.reads.remove(&place);
        }
        match (meaning, task.kind) {
            (Meaning::Done(held), Kind::Read) => {
                let read = held.first().and_then(|held| Some((held.value.clone(), held.version.clone()?)));
                match (read, &task.action) {
                    (Some((value, version)), action) => {
                        let key = key_of(action).unwrap_or(&task.key).clone();
                        self.reads.insert(place, Read { key, value, version });
                    }
                    // There is nothing to compare with.
                    (None, _) => {
                        self.reads.remove(&place);
                        self.next = None;
                    }
                }
            }
            (Meaning::Done(_) | Meaning::Unmet, _) => {}
            (Meaning::No, _) => self.next = None,
            // The operation may still be under way. A read shows what became of it, sooner than another write.
            (Meaning::Open, _) => self.next = self.reads_at_all.then_some((Kind::Read, place)),
        }
    }

    /// A value that nobody else writes.
    fn value(&mut self) -> Text {
        self.values += 1;
        format!("{}-{}", self.lane + 1, self.values).into()
    }
}

/// The list that a transaction begins with.
fn key_of(action: &Action) -> Option<&Text> {
    match action {
        Action::Transaction { steps } => steps.first().map(Step::key),
        _ => None,
    }
}

impl OnAccounts {
    fn next(&mut self, choices: &mut Choices, shared: &Shared) -> Result<Task, String> {
        let (kind, _) = choices.next();
        let due = kind == Kind::Transfer || self.due;
        // A transfer needs balances that nobody has changed since, as far as this client can know.
        self.due = due && self.read.len() < 2;
        let transfer = if due && !self.due { self.transfer(choices, shared)? } else { None };
        transfer.map_or_else(|| Task::balances(shared), Ok)
    }

    /// None if nobody has anything.
    fn transfer(&mut self, choices: &mut Choices, shared: &Shared) -> Result<Option<Task>, String> {
        let read = std::mem::take(&mut self.read);
        let rich: Vec<&Text> =
            read.iter().filter(|(_, (balance, _))| *balance > 0).map(|(account, _)| account).collect();
        let Some(from) = rich.get(choices.below(rich.len().max(1) as u64) as usize).copied() else { return Ok(None) };
        let others: Vec<&Text> = read.keys().filter(|account| *account != from).collect();
        let Some(to) = others.get(choices.below(others.len().max(1) as u64) as usize).copied() else {
            return Ok(None);
        };
        let (had, got) = (&read[from], &read[to]);
        let amount = 1 + choices.below(AMOUNT.min(had.0.unsigned_abs())).cast_signed();
        let (less, more) = ((had.0 - amount).to_string(), (got.0 + amount).to_string());
        let parts = [
            Part::Check { key: from, version: had.1.as_deref() },
            Part::Check { key: to, version: got.1.as_deref() },
            Part::Put { key: from, value: &less },
            Part::Put { key: to, value: &more },
        ];
        let action = Action::Transfer { from: from.clone(), to: to.clone(), amount };
        Task::of_parts(shared, Kind::Transfer, &parts, action).map(Some)
    }

    fn learn(&mut self, task: &Task, meaning: &Meaning) {
        let (Action::Balances { balances }, Meaning::Done(held)) = (&task.action, meaning) else { return };
        self.read = balances
            .keys()
            .zip(held)
            .filter_map(|(account, held)| Some((account.clone(), (balance(held)?, held.version.clone()))))
            .collect();
    }
}

/// What an account holds, if that is a number.
pub(super) fn balance(held: &Held) -> Option<i64> {
    held.value.as_deref()?.trim().parse().ok()
}

/// The elements of a list as they are sent and come: each with a comma behind it.
pub(super) fn split(text: &str) -> impl Iterator<Item = Text> {
    text.split(',').filter(|element| !element.is_empty()).map(Text::from)
}
