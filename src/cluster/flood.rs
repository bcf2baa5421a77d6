//! A program that prints more than anybody will read is stopped before it fills the disk, however fast the disk is.
//! What it printed is cut to the limit once none of its processes can print any more.
//!
//! The files are only looked at. A pipe in front of them would slow nodes down and kill them when the guard dies, and a
//! system limit on file sizes would also hit the files that the program keeps its data in.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::guard::{kill_tree, report};
use super::limits::{OverLimit, What};
use super::tree;
use super::wire::{Launch, Report};

/// Faster than any disk takes it, memory included.
const BYTES_PER_NANOSECOND: u64 = 8;
/// The longest pause between two looks: a program may begin to print at any moment, but each wake-up of a thread costs
/// something.
const LONGEST: Duration = Duration::from_millis(50);
const SHORTEST: Duration = Duration::from_millis(1);

/// A longer line is cut in its middle.
const LINE: u64 = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Flood {
    files: Vec<File>,
    limit: u64,
    told: AtomicBool,
}

impl Flood {
    pub(crate) fn open(launch: &Launch) -> Flood {
        let paths = [Some(&launch.log), launch.output.as_ref()];
        // One that cannot be opened fails the start, which says so.
        let open = |path| OpenOptions::new().read(true).write(true).open(path).ok();
        Flood {
            files: paths.into_iter().flatten().filter_map(open).collect(),
            limit: launch.limits.log,
            told: AtomicBool::new(false),
        }
    }

    /// Looks for as long as the program lives; the less room is left, the more often.
    pub(crate) fn watch(&self, program: i32) {
        while self.longest() <= self.limit {
            thread::sleep(pause(self.limit - self.longest().min(self.limit)));
        }
        // Nothing is printed while this is reported.
        tree::signal_all(process::id() as i32, Signal::SIGSTOP);
        self.tell();
        kill_tree(program);
    }

    /// The program has ended. One that printed too much in less time than there is between two looks is reported here.
    pub(crate) fn end(&self) {
        if self.longest() > self.limit {
            self.tell();
            for file in self.files.iter().filter(|file| length(file) > self.limit) {
                // If the disk fails, more than the limit is left.
                let _ = cut(file, self.limit);
            }
        }
    }

    fn tell(&self) {
        if !self.told.swap(true, Ordering::Relaxed) {
            let (what, used, limit) = (What::Log, self.longest(), self.limit);
            report(&Report::OverLimit(OverLimit { what, used, limit }));
        }
    }

    fn longest(&self) -> u64 {
        self.files.iter().map(length).max().unwrap_or(0)
    }
}

fn length(file: &File) -> u64 {
    file.metadata().map_or(0, |metadata| metadata.len())
}

fn pause(left: u64) -> Duration {
    Duration::from_nanos(left / BYTES_PER_NANOSECOND).clamp(SHORTEST, LONGEST)
}

/// Cuts a file after the last line that ends within the limit.
fn cut(file: &File, limit: u64) -> io::Result<()> {
    let from = limit.saturating_sub(LINE);
    let mut last = vec![0; (limit - from) as usize];
    file.read_exact_at(&mut last, from)?;
    file.set_len(memchr::memrchr(b'\n', &last).map_or(limit, |end| from + end as u64 + 1))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use super::*;

    #[test]
    fn what_is_left_decides_how_soon_it_looks_again() {
        assert_eq!(pause(500_000_000), LONGEST);
        assert_eq!(pause(80_000_000), Duration::from_millis(10));
        assert_eq!(pause(0), SHORTEST);
    }

    #[test]
    fn a_log_is_cut_behind_a_line_within_its_limit() {
        let left = |text: &str, limit| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            cut(&file, limit).unwrap();
            let mut left = String::new();
            file.rewind().unwrap();
            file.read_to_string(&mut left).unwrap();
            left
        };
        assert_eq!(left("one\ntwo\nthree\n", 8), "one\ntwo\n");
        assert_eq!(left("one\ntwo\nthree\n", 12), "one\ntwo\n");
        assert_eq!(left("one long line", 8), "one long");
        let long = format!("one\n{}", "x".repeat(100_000));
        assert_eq!(left(&long, 90_000).len(), 90_000);
    }
}
