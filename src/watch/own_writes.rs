//! Files that the run itself writes: a database in the challenge directory, say. Each of its writes would start a run,
//! which writes again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a program writes at its end is seen a little after the run.
const AFTER: Duration = Duration::from_millis(500);

/// Tells the learner's saves from the run's own writes. A file that changes while a run is in flight counts, since it
/// may have been saved in the middle of it. One that changes in the very next run again is the run's own, and does not
/// count until it changes while nothing runs.
#[derive(Debug, Default)]
pub struct OwnWrites {
    run: u64,
    /// Until when changes may be the last run's; none while it goes on.
    until: Option<Option<Instant>>,
    /// The run in which a file changed last.
    changed: BTreeMap<PathBuf, u64>,
    ignored: BTreeSet<PathBuf>,
}

impl OwnWrites {
    pub fn began(&mut self) {
        self.run += 1;
        self.until = Some(None);
    }

    pub fn ended(&mut self, now: Instant) {
        self.until = Some(Some(now + AFTER));
    }

    /// Those of the files that changed for the learner's sake.
    pub fn changed(&mut self, files: &[PathBuf], now: Instant) -> Vec<PathBuf> {
        let in_flight = match self.until {
            None => false,
            Some(until) => until.is_none_or(|until| now < until),
        };
        files
            .iter()
            .filter(|file| if in_flight { self.in_flight(file) } else { self.at_rest(file) })
            .cloned()
            .collect()
    }

    fn in_flight(&mut self, file: &PathBuf) -> bool {
        let last = self.changed.insert(file.clone(), self.run);
        if last == Some(self.run) || last.is_some_and(|last| last + 1 == self.run) {
            self.ignored.insert(file.clone());
        }
        !self.ignored.contains(file)
    }

    fn at_rest(&mut self, file: &PathBuf) -> bool {
        self.changed.remove(file);
        self.ignored.remove(file);
        true
    }

    /// The files that are held to be the run's.
    pub fn ignored(&self) -> impl ExactSizeIterator<Item = &PathBuf> {
        self.ignored.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(own: &mut OwnWrites, file: &str, now: Instant) -> bool {
        !own.changed(&[PathBuf::from(file)], now).is_empty()
    }

    #[test]
    fn what_each_run_writes_is_its_own_from_the_second_time() {
        let now = Instant::now();
        let mut own = OwnWrites::default();
        own.began();
        assert!(counts(&mut own, "data.db", now));
        own.began();
        assert!(!counts(&mut own, "data.db", now));
        own.ended(now);
        // Written at the end of the run, and seen a moment later.
        assert!(!counts(&mut own, "data.db", now + Duration::from_millis(100)));
        assert_eq!(own.ignored().collect::<Vec<_>>(), [&PathBuf::from("data.db")]);
        own.began();
        own.began();
        own.began();
        assert!(!counts(&mut own, "data.db", now), "it stays the run's");
    }

    #[test]
    fn what_changes_while_nothing_runs_is_the_learners_again() {
        let now = Instant::now();
        let mut own = OwnWrites::default();
        assert!(counts(&mut own, "main.py", now), "before the first run");
        own.began();
        assert!(counts(&mut own, "main.py", now));
        own.began();
        assert!(!counts(&mut own, "main.py", now));
        own.ended(now);
        assert!(counts(&mut own, "main.py", now + AFTER));
        assert_eq!(own.ignored().len(), 0);
        own.began();
        assert!(counts(&mut own, "main.py", now), "and has both of its chances again");
    }

    #[test]
    fn a_file_saved_now_and_then_during_runs_is_the_learners() {
        let now = Instant::now();
        let mut own = OwnWrites::default();
        for _ in 0..5 {
            own.began();
            assert!(counts(&mut own, "main.py", now));
            own.began();
            own.ended(now);
        }
    }
}
