//! The list of tests as it is read: what failed before any test first, tests that failed alike together, and those that
//! were not tried counted. The cursor stands on an entry, not on a row: a run that goes on may change the list under it.

use super::results::{StageResults, State};
use super::scroll::Scroll;
use super::workbench::TestView;
use crate::facts::Alike;
use crate::report::card::{Card, Subject};
use crate::text::clean;

/// Fewer tests than this are shown each by itself, however alike: their names say more than the fold would save.
const FOLD: usize = 3;

#[derive(Debug, Clone, PartialEq)]
pub enum Entry<'a> {
    /// What no test got past: a build, a start, or the run itself.
    Cause { card: &'a Card },
    /// Tests that failed alike. If it is open, they follow it.
    Group { alike: &'a Alike, card: &'a Card, tests: Vec<TestView<'a>>, open: bool },
    /// `inside`: of a group, or of those that wait.
    Test { test: TestView<'a>, card: Option<&'a Card>, inside: bool },
    /// Tests that were not tried.
    Waiting { tests: Vec<TestView<'a>>, cause: Option<&'a Card>, open: bool },
}

/// What an entry is, while the list around it changes.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Cause,
    Group(Alike),
    Test(String),
    Waiting,
}

/// Where the reader is in a stage's list, and what is open in it.
#[derive(Debug, Clone, Default)]
pub struct Cursor {
    /// None until the reader has moved: then it is on what to look at first.
    chosen: Option<Key>,
    open: Vec<Key>,
}

impl<'a> Entry<'a> {
    fn key(&self) -> Key {
        match self {
            Entry::Cause { .. } => Key::Cause,
            Entry::Group { alike, .. } => Key::Group((*alike).clone()),
            Entry::Test { test, .. } => Key::Test(test.name.to_owned()),
            Entry::Waiting { .. } => Key::Waiting,
        }
    }

    /// The card that explains it.
    pub fn card(&self) -> Option<&'a Card> {
        match self {
            Entry::Cause { card } | Entry::Group { card, .. } => Some(card),
            Entry::Test { card, .. } => *card,
            Entry::Waiting { cause, .. } => *cause,
        }
    }

    /// The test that it stands for: of a group, the first.
    pub fn test(&self) -> Option<TestView<'a>> {
        match self {
            Entry::Test { test, .. } => Some(*test),
            Entry::Group { tests, .. } => tests.first().copied(),
            Entry::Cause { .. } | Entry::Waiting { .. } => None,
        }
    }

    /// Something went wrong here: no passed test, and none that only waits.
    pub fn is_bad(&self) -> bool {
        match self {
            Entry::Cause { .. } | Entry::Group { .. } => true,
            Entry::Test { test, .. } => matches!(test.state, State::Failed(_) | State::NotJudged(_)),
            Entry::Waiting { .. } => false,
        }
    }

    /// It opens, or closes.
    pub fn folds(&self) -> bool {
        matches!(self, Entry::Group { .. } | Entry::Waiting { .. })
    }

    /// What a search in the list reads: names, also those that are folded away, and what is told below them.
    pub fn texts(&self) -> Vec<String> {
        let folded = |tests: &[TestView], open: bool| {
            let tests = if open { &[] } else { tests };
            tests.iter().map(|test| clean(test.name)).collect::<Vec<_>>()
        };
        match self {
            Entry::Cause { card } => {
                let place = card.place.as_ref().map(ToString::to_string);
                let told = [card.not_judged.as_deref(), said_of(card), place.as_deref()];
                let told = told.into_iter().flatten().map(clean);
                [name_of(card)].into_iter().chain(told).collect()
            }
            Entry::Group { alike, card, tests, open } => {
                [clean(&alike.words()), card.summary()].into_iter().chain(folded(tests, *open)).collect()
            }
            Entry::Test { test, card, inside } => {
                let told = match (test.state, card) {
                    _ if *inside => None,
                    (State::Failed(_), Some(card)) => Some(card.summary()),
                    (State::NotJudged(reason), _) | (State::NotRun(reason), None) => Some(clean(reason)),
                    _ => None,
                };
                [clean(test.name)].into_iter().chain(told).collect()
            }
            Entry::Waiting { tests, cause, open } => {
                let told = match (tests.first().map(|test| test.state), cause) {
                    (Some(State::NotRun(reason)), None) => Some(clean(reason)),
                    _ => None,
                };
                told.into_iter().chain(folded(tests, *open)).collect()
            }
        }
    }

    pub fn is_running(&self) -> bool {
        matches!(self, Entry::Test { test, .. } if *test.state == State::Running)
    }

    /// How many tests it stands for.
    pub fn count(&self) -> usize {
        match self {
            Entry::Cause { .. } => 0,
            // Those of an open one are entries of their own.
            Entry::Group { open: true, .. } | Entry::Waiting { open: true, .. } => 0,
            Entry::Group { tests, .. } | Entry::Waiting { tests, .. } => tests.len(),
            Entry::Test { .. } => 1,
        }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Entry::Cause { .. } => false,
            Entry::Group { tests, .. } | Entry::Waiting { tests, .. } => tests.iter().any(|test| test.name == name),
            Entry::Test { test, .. } => test.name == name,
        }
    }
}

/// What held back all tests: the command of the build, the program that did not start, or what it is called.
pub fn name_of(cause: &Card) -> String {
    let what = match cause.subject {
        Subject::Build => cause.commands.first().map(|command| clean(command)),
        Subject::Start => cause.start.as_ref().and_then(|start| start.split(' ').next()).map(clean),
        _ => None,
    };
    what.unwrap_or_else(|| cause.title().to_owned())
}

/// What is said of it.
pub fn said_of(cause: &Card) -> Option<&str> {
    cause.headline.as_ref().or_else(|| cause.told.first()).or(cause.no_answer.as_ref()).map(String::as_str)
}

/// A test with what is known of its failure.
#[derive(Clone, Copy)]
struct Known<'a> {
    test: TestView<'a>,
    card: Option<&'a Card>,
    alike: Option<&'a Alike>,
    waits: bool,
}

impl<'a> Known<'a> {
    fn entry(self, inside: bool) -> Entry<'a> {
        Entry::Test { test: self.test, card: self.card, inside }
    }
}

/// The entries of a stage. `cause`: what held back its tests. `ended`: no run goes on in which an open test may still
/// get its turn.
pub fn entries<'a>(
    tests: Vec<TestView<'a>>,
    results: Option<&'a StageResults>,
    cause: Option<&'a Card>,
    ended: bool,
    cursor: &Cursor,
) -> Vec<Entry<'a>> {
    let known = |test: TestView<'a>| {
        let waits = match test.state {
            State::NotRun(_) => true,
            State::Open => cause.is_some() && ended,
            _ => false,
        };
        let bad = matches!(test.state, State::Failed(_) | State::NotJudged(_));
        let card = if waits { cause } else { results.filter(|_| bad)?.card(test.name) };
        Some(Known { test, card, alike: card.and_then(|card| card.alike.as_ref()), waits })
    };
    let known: Vec<Known> = tests
        .into_iter()
        .map(|test| known(test).unwrap_or(Known { test, card: None, alike: None, waits: false }))
        .collect();
    let (waiting, tried): (Vec<Known>, Vec<Known>) = known.into_iter().partition(|known| known.waits);
    let mut list: Vec<Entry> = cause.map(|card| Entry::Cause { card }).into_iter().collect();
    let mut told: Vec<&Alike> = Vec::new();
    for known in &tried {
        let failed = matches!(known.test.state, State::Failed(_));
        let (Some(alike), Some(card), true) = (known.alike, known.card, failed) else {
            list.push(known.entry(false));
            continue;
        };
        if told.contains(&alike) {
            continue;
        }
        let shares = |other: &&Known| other.alike == Some(alike) && matches!(other.test.state, State::Failed(_));
        let same: Vec<Known> = tried.iter().filter(shares).copied().collect();
        if same.len() < FOLD {
            list.push(known.entry(false));
            continue;
        }
        told.push(alike);
        let open = cursor.open.contains(&Key::Group(alike.clone()));
        list.push(Entry::Group { alike, card, tests: same.iter().map(|known| known.test).collect(), open });
        list.extend(same.into_iter().filter(|_| open).map(|known| known.entry(true)));
    }
    if let [alone] = &waiting[..] {
        list.push(alone.entry(false));
    } else if !waiting.is_empty() {
        let open = cursor.open.contains(&Key::Waiting);
        list.push(Entry::Waiting { tests: waiting.iter().map(|known| known.test).collect(), cause, open });
        list.extend(waiting.into_iter().filter(|_| open).map(|known| known.entry(true)));
    }
    list
}

impl Cursor {
    /// On the test of this name, or on what to look at first if there is none.
    pub fn on(test: String) -> Self {
        Self { chosen: Some(Key::Test(test)), open: Vec::new() }
    }

    /// The test that the reader has put it on.
    pub fn test(&self) -> Option<&str> {
        match &self.chosen {
            Some(Key::Test(name)) => Some(name),
            _ => None,
        }
    }

    /// Which of the entries it is on.
    pub fn at(&self, entries: &[Entry]) -> usize {
        let first = || entries.iter().position(Entry::is_bad).unwrap_or(0);
        let Some(chosen) = &self.chosen else { return first() };
        let same = entries.iter().rposition(|entry| entry.key() == *chosen);
        // A test may have joined a group meanwhile, or those that wait.
        let around = || match chosen {
            Key::Test(name) => entries.iter().position(|entry| entry.has(name)),
            Key::Cause | Key::Group(_) | Key::Waiting => None,
        };
        same.or_else(around).unwrap_or_else(first)
    }

    /// Moves in a pane of so many rows.
    pub fn scroll(&mut self, entries: &[Entry], by: Scroll, height: usize) {
        self.choose(entries, by.cursor(self.at(entries), entries.len(), height));
    }

    pub fn choose(&mut self, entries: &[Entry], at: usize) {
        self.chosen = entries.get(at).map(Entry::key);
    }

    /// Goes to what to look at first, unless it is on a failure already.
    pub fn look_at_failure(&mut self, entries: &[Entry]) {
        if !entries.get(self.at(entries)).is_some_and(Entry::is_bad) {
            self.chosen = None;
        }
    }

    /// Opens or closes the entry that it is on, or the one that it is inside. Whether there was one.
    pub fn toggle(&mut self, entries: &[Entry]) -> bool {
        let at = self.at(entries);
        let folds = |entry: &&Entry| matches!(entry, Entry::Group { .. } | Entry::Waiting { .. });
        let fold = match entries.get(at) {
            Some(Entry::Test { inside: true, .. }) => entries[..at].iter().rev().find(folds),
            other => other.filter(|entry| folds(entry)),
        };
        let Some(key) = fold.map(Entry::key) else { return false };
        match self.open.iter().position(|open| *open == key) {
            Some(open) => drop(self.open.remove(open)),
            None => self.open.push(key.clone()),
        }
        self.chosen = Some(key);
        true
    }
}

#[cfg(test)]
mod tests;
