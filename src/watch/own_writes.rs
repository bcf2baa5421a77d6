//! Files that the run itself writes: a database in the challenge directory, say. Each of its writes would start a run,
//! which writes again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a program writes as it ends is seen a little after the run.
const AFTER: Duration = Duration::from_millis(500);

/// A file that changes in this many runs in a row is taken to be the run's own.
const STRANGE: u32 = 2;
/// The same for a file that was changed while nothing ran: it is the learner's, who may well save during one run after
/// another. But a file that this many runs have changed would start runs for ever.
const KNOWN: u32 = 4;

/// Tells the learner's saves from the run's own writes. A file that changes while a run is in flight counts, since it
/// may have been saved in the middle of it. One that changes in the very next run again is the run's own, and does not
/// count until it changes while nothing runs.
#[derive(Debug, Default)]
pub struct OwnWrites {
    run: u64,
    /// Until when changes may be the last run's; none while it is still going.
    until: Option<Option<Instant>>,
    /// The run in which a file changed last, and how many in a row it was.
    changed: BTreeMap<PathBuf, (u64, u32)>,
    /// Changed while nothing ran.
    known: BTreeSet<PathBuf>,
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

    /// Those of the files that the learner changed.
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
        let row = match self.changed.get(file) {
            // Once more in the same run: it was being ended, and went on writing.
            Some((run, row)) if *run == self.run => *row,
            Some((run, row)) if run + 1 == self.run => row + 1,
            _ => 1,
        };
        self.changed.insert(file.clone(), (self.run, row));
        if row >= if self.known.contains(file) { KNOWN } else { STRANGE } {
            self.ignored.insert(file.clone());
        }
        !self.ignored.contains(file)
    }

    fn at_rest(&mut self, file: &PathBuf) -> bool {
        self.changed.remove(file);
        self.ignored.remove(file);
        self.known.insert(file.clone());
        true
    }

    /// The files that are taken to be the run's own.
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
    fn what_changes_while_nothing_runs_is_the_learners() {
        let now = Instant::now();
        let mut own = OwnWrites::default();
        own.began();
        assert!(counts(&mut own, "main.py", now));
        own.began();
        assert!(!counts(&mut own, "main.py", now));
        own.ended(now);
        assert!(counts(&mut own, "main.py", now + AFTER));
        assert_eq!(own.ignored().len(), 0);
        // From now on it may be saved in one run after another.
        for _ in 1..KNOWN {
            own.began();
            assert!(counts(&mut own, "main.py", now));
        }
        own.began();
        assert!(!counts(&mut own, "main.py", now), "but not for ever");
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
