//! A node's log while the run lasts: one file that its programs and lsfr append to, and an index of how much of it was
//! there at which time.
//!
//! The program writes straight into the file, so it is never slowed by a reader, and its lines carry no time. A
//! follower therefore looks at the file's size every 10 ms and notes (bytes, time) beside it, in `<node>.times`, from
//! which [`super::log_reader`] later works out when each line came.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;

use super::log_reader::LogIndex;

const SAMPLE_EVERY: Duration = Duration::from_millis(10);

/// What the build's output is called among the logs of the nodes.
pub const BUILD_LOG: &str = "build";
/// What lsfr's own lines in a log begin with.
pub(crate) const MARK: &str = "--- lsfr: ";

pub fn log_path(run_dir: &Path, node: &str) -> PathBuf {
    run_dir.join("logs").join(format!("{node}.log"))
}

pub(crate) fn times_path(run_dir: &Path, node: &str) -> PathBuf {
    run_dir.join("logs").join(format!("{node}.times"))
}

/// Adds what a node's log in one run folder has, with its times, to that in another.
pub fn add_log(from: &Path, to: &Path, node: &str) -> io::Result<()> {
    let path = log_path(to, node);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut log = append_to(&path)?;
    let before = log.metadata()?.len();
    io::copy(&mut File::open(log_path(from, node))?, &mut log)?;
    let times = fs::read_to_string(times_path(from, node))?;
    let later = |line: &str| {
        let (length, micros) = line.split_once(' ')?;
        Some(format!("{} {micros}\n", before + length.parse::<u64>().ok()?))
    };
    append_to(&times_path(to, node))?.write_all(times.lines().filter_map(later).collect::<String>().as_bytes())
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).read(true).create(true).open(path)
}

#[derive(Debug)]
pub(crate) struct NodeLog {
    pub(crate) path: PathBuf,
    file: File,
    started_at: Instant,
    index: Mutex<IndexFile>,
}

#[derive(Debug)]
struct IndexFile {
    file: File,
    /// Up to here the log's bytes have a time.
    timed: u64,
}

impl NodeLog {
    /// Goes on with the log of an earlier cluster of the same run, where there is one.
    pub(crate) fn open(run_dir: &Path, node: &str, started_at: Instant) -> io::Result<NodeLog> {
        let path = log_path(run_dir, node);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let log = NodeLog {
            file: append_to(&path)?,
            path,
            started_at,
            index: Mutex::new(IndexFile {
                file: append_to(&times_path(run_dir, node))?,
                timed: LogIndex::load(run_dir, node)?.timed(),
            }),
        };
        log.sample();
        Ok(log)
    }

    pub(crate) fn len(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    /// Gives everything that was written since the last sample this moment as its time.
    pub(crate) fn sample(&self) {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let length = self.len();
        // The file is shorter if the guard has cut the log of a program that printed too much. Earlier entries for more
        // bytes are void then; whoever reads the index learns that from an entry with fewer bytes than the one before
        // it.
        if length != index.timed {
            index.timed = length;
            let micros = self.started_at.elapsed().as_micros();
            // A lost line of the index costs some lines their exact time, nothing else.
            let _ = index.file.write_all(format!("{length} {micros}\n").as_bytes());
        }
    }

    /// Adds what a program printed elsewhere, below the command line; only the command line if there would be more than
    /// `limit` bytes.
    pub(crate) fn add(&self, command: &str, said: &str, limit: u64) -> io::Result<()> {
        let full = self.len() + said.len() as u64 > limit;
        let said = if full && !said.is_empty() { "[not kept: the log is full]" } else { said };
        let end = if said.is_empty() || said.ends_with('\n') { "" } else { "\n" };
        let written = (&self.file).write_all(format!("$ {command}\n{said}{end}").as_bytes());
        self.sample();
        written
    }

    /// Appends a line of lsfr's own. What the node wrote before it gets a time before it.
    pub(crate) fn mark(&self, text: &str) {
        self.sample();
        let length = self.len();
        let mut last = [b'\n'];
        if length > 0 {
            let _ = self.file.read_exact_at(&mut last, length - 1);
        }
        // A killed program leaves half a line; ours begins on a line of its own.
        let line_end = if last == *b"\n" { "" } else { "\n" };
        // One write, so that it lands in one piece among the program's.
        let _ = (&self.file).write_all(format!("{line_end}{MARK}{text}\n").as_bytes());
        self.sample();
    }
}

/// Samples until the logs are gone. Only stat calls: a node that prints a gigabyte costs no more than a silent one.
pub(crate) async fn follow(logs: Vec<Weak<NodeLog>>) {
    let mut timer = tokio::time::interval(SAMPLE_EVERY);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        let living: Vec<Arc<NodeLog>> = logs.iter().filter_map(Weak::upgrade).collect();
        if living.is_empty() {
            return;
        }
        living.iter().for_each(|log| log.sample());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_takes_no_output_of_programs() {
        let run = tempfile::tempdir().unwrap();
        let log = NodeLog::open(run.path(), "n1", Instant::now()).unwrap();
        for said in ["one\n", "two", "three"] {
            log.add("./run.sh", said, 30).unwrap();
        }
        let kept = fs::read_to_string(&log.path).unwrap();
        assert_eq!(kept, "$ ./run.sh\none\n$ ./run.sh\ntwo\n$ ./run.sh\n[not kept: the log is full]\n");
    }

    #[test]
    fn an_index_follows_a_log_that_was_cut() {
        let run = tempfile::tempdir().unwrap();
        let log = NodeLog::open(run.path(), "n1", Instant::now()).unwrap();
        log.add("./run.sh", "one", 100).unwrap();
        log.file.set_len(11).unwrap();
        log.mark("LIMIT n1");
        assert_eq!(LogIndex::load(run.path(), "n1").unwrap().timed(), log.len());
        let lengths: Vec<String> = fs::read_to_string(times_path(run.path(), "n1"))
            .unwrap()
            .lines()
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(lengths, ["15", "11", "30"]);
    }
}
