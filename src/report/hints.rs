//! Which hints have been given: `.lsfr/hints.json`, a count for each failing test. A card gives the first by itself,
//! `lsfr hint` one more each time, and a test that passes starts over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::card::Card;
use super::write::write_atomically;

/// The hints given in one challenge directory.
#[derive(Debug)]
pub struct Hints {
    file: PathBuf,
    /// `stage/test`
    given: BTreeMap<String, usize>,
    /// Tests that passed, and so start over.
    over: BTreeSet<String>,
    changed: bool,
}

impl Hints {
    /// A file that is missing or broken means that none was given: worth a repeated hint, not an error.
    pub fn load(project: &Path) -> Self {
        let file = project.join(".lsfr/hints.json");
        Self { given: read(&file), file, over: BTreeSet::new(), changed: false }
    }

    pub fn given(&self, stage: &str, test: &str) -> usize {
        self.given.get(&key(stage, test)).copied().unwrap_or(0)
    }

    /// A card is shown, together with its first hint. Returns how many of its hints have been given.
    pub fn shown(&mut self, card: &Card) -> usize {
        self.give(card, 1)
    }

    /// Counts the hints that the card shows as given: a run in flight has not written that down yet.
    pub fn as_shown(&mut self, card: &Card) {
        self.give(card, card.hints_given);
    }

    /// The next hint for a failure, with its number from 1; none when all have been given.
    pub fn next<'a>(&mut self, card: &'a Card) -> Option<(usize, &'a str)> {
        let number = self.given(&card.stage, &card.test) + 1;
        let hint = card.hints.get(number - 1)?;
        self.give(card, number);
        Some((number, hint))
    }

    /// At least this many of the card's hints have been given.
    fn give(&mut self, card: &Card, least: usize) -> usize {
        let before = self.given(&card.stage, &card.test);
        let count = before.max(least).min(card.hints.len());
        if count > before {
            self.given.insert(key(&card.stage, &card.test), count);
            self.changed = true;
        }
        count
    }

    pub fn passed(&mut self, stage: &str, test: &str) {
        let key = key(stage, test);
        if self.given.remove(&key).is_some() {
            self.over.insert(key);
            self.changed = true;
        }
    }

    /// Writes the counts if they changed. Returns a sentence if they could not be written.
    pub fn save(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        // Another lsfr may have given hints since this was read: they stay given.
        for (test, given) in read(&self.file) {
            if !self.over.contains(&test) {
                let known = self.given.entry(test).or_default();
                *known = given.max(*known);
            }
        }
        // A map of strings to numbers can always be written as JSON.
        let bytes = serde_json::to_vec_pretty(&self.given).unwrap_or_default();
        let folder = self.file.parent().map_or(Ok(()), fs::create_dir_all);
        let error = folder.and_then(|()| write_atomically(&self.file, &bytes)).err()?;
        Some(format!(
            "Which hints were given could not be written to {}: {error}. They will start over.",
            self.file.display()
        ))
    }
}

fn read(file: &Path) -> BTreeMap<String, usize> {
    fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn key(stage: &str, test: &str) -> String {
    // A stage's key is a folder's name: it holds no slash, so no two tests share a key.
    format!("{stage}/{test}")
}

#[cfg(test)]
mod tests {
    use super::super::card::Card;
    use super::*;

    fn card(hints: &[&str]) -> Card {
        Card::example("crash-recovery", "Deletes survive", hints)
    }

    #[test]
    fn hints_are_given_one_at_a_time_and_remembered() {
        let project = tempfile::tempdir().unwrap();
        let card = card(&["first", "second", "third"]);
        let mut hints = Hints::load(project.path());
        assert_eq!(hints.shown(&card), 1);
        assert_eq!(hints.shown(&card), 1);
        assert_eq!(hints.next(&card), Some((2, "second")));
        assert_eq!(hints.save(), None);

        let mut hints = Hints::load(project.path());
        assert_eq!(hints.shown(&card), 2);
        assert_eq!(hints.next(&card), Some((3, "third")));
        assert_eq!(hints.next(&card), None);
        assert_eq!(hints.given("crash-recovery", "Deletes survive"), 3);
        hints.passed("crash-recovery", "Deletes survive");
        assert_eq!(hints.save(), None);
        assert_eq!(Hints::load(project.path()).given("crash-recovery", "Deletes survive"), 0);
    }

    #[test]
    fn hints_given_elsewhere_in_the_meantime_stay_given() {
        let project = tempfile::tempdir().unwrap();
        let card = card(&["first", "second", "third"]);
        let mut run = Hints::load(project.path());
        run.shown(&card);
        let mut app = Hints::load(project.path());
        app.as_shown(&card);
        assert_eq!(app.next(&card), Some((2, "second")));
        assert_eq!((app.save(), run.save()), (None, None));
        assert_eq!(Hints::load(project.path()).next(&card), Some((3, "third")));
        run.passed("crash-recovery", "Deletes survive");
        assert_eq!(run.save(), None);
        assert_eq!(Hints::load(project.path()).next(&card), Some((1, "first")));
    }

    #[test]
    fn another_failure_of_the_same_test_may_have_fewer_hints() {
        let project = tempfile::tempdir().unwrap();
        let mut hints = Hints::load(project.path());
        let many = card(&["first", "second"]);
        hints.shown(&many);
        hints.next(&many);
        assert_eq!(hints.shown(&card(&["only"])), 1);
        assert_eq!(hints.next(&card(&["only"])), None);
        assert_eq!(hints.shown(&card(&[])), 0);
    }

    #[test]
    fn a_broken_file_starts_over() {
        let project = tempfile::tempdir().unwrap();
        fs::create_dir(project.path().join(".lsfr")).unwrap();
        fs::write(project.path().join(".lsfr/hints.json"), "{\"a/b\": ").unwrap();
        let mut hints = Hints::load(project.path());
        assert_eq!(hints.next(&card(&["first"])), Some((1, "first")));
        assert_eq!(hints.save(), None);
        assert_eq!(Hints::load(project.path()).given("crash-recovery", "Deletes survive"), 1);
    }
}
