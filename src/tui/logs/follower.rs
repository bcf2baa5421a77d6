//! Turns what a node's log gains into blocks: which lines came at which moment.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cluster::{MARK, log_path, times_path};

use super::index::{BLOCK_BYTES, BLOCK_LINES, Block};

/// This much is looked through in one step: the indexer has other nodes to follow, and a reader is waiting.
const STEP: u64 = 2 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Follower {
    source: u16,
    log: Arc<File>,
    times: Samples,
    /// The log ends here: what comes after it has no time yet.
    limit: u64,
    /// Line ends have been looked for up to here.
    scanned: u64,
    /// Where the line that is not ended yet begins.
    line_start: u64,
    /// The first bytes of that line: enough to tell whether it is one of lsfr's.
    head: Vec<u8>,
    open: Option<Block>,
}

impl Follower {
    pub(super) fn open(run_dir: &Path, node: &str, source: u16) -> io::Result<Follower> {
        Ok(Follower::new(source, Arc::new(File::open(log_path(run_dir, node))?), times_path(run_dir, node)))
    }

    fn new(source: u16, log: Arc<File>, times: PathBuf) -> Follower {
        Follower {
            source,
            log,
            times: Samples { path: times, ..Samples::default() },
            limit: 0,
            scanned: 0,
            line_start: 0,
            head: Vec::new(),
            open: None,
        }
    }

    pub(super) fn file(&self) -> Arc<File> {
        self.log.clone()
    }

    /// Looks how much is there. While the node runs, bytes without a sample wait for one; at the end none will come.
    /// Returns its source if it begins again because the log was cut: lines that came from it may be gone.
    pub(super) fn look(&mut self, ended: bool) -> Option<u16> {
        // The samples first: a file is never shorter than they say, unless somebody cut it.
        self.times.read();
        let cut = self.times.cut.take().is_some_and(|left| left < self.scanned);
        if cut {
            // Rare, and a log that can be opened can be opened twice.
            *self = Follower::new(self.source, self.log.clone(), std::mem::take(&mut self.times.path));
            self.times.read();
        }
        let length = self.log.metadata().map_or(0, |metadata| metadata.len());
        self.limit = if ended { length } else { length.min(self.times.last.map_or(0, |last| last.0)) };
        cut.then_some(self.source)
    }

    /// When the next bytes came, if there are any to look through.
    pub(super) fn next_at(&self) -> Option<u64> {
        (self.scanned < self.limit).then(|| self.times.of(self.scanned))
    }

    pub(super) fn step(&mut self, buffer: &mut Vec<u8>, blocks: &mut Vec<Block>) {
        buffer.resize(self.limit.saturating_sub(self.scanned).min(STEP) as usize, 0);
        match self.log.read_at(buffer, self.scanned) {
            Ok(0) => self.limit = self.scanned,
            Ok(got) => self.take(&buffer[..got], blocks),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A file that cannot be read has no more lines.
            Err(_) => self.limit = self.scanned,
        }
        self.close(blocks);
    }

    /// The run has ended: a line without an end counts as one now.
    pub(super) fn finish(&mut self, blocks: &mut Vec<Block>) {
        if self.line_start < self.scanned {
            self.line(self.scanned, &[], blocks);
        }
        self.close(blocks);
    }

    fn take(&mut self, bytes: &[u8], blocks: &mut Vec<Block>) {
        let base = self.scanned;
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            self.line(base + end as u64 + 1, &bytes[from..end], blocks);
            from = end + 1;
        }
        let room = MARK.len() - self.head.len();
        let rest = &bytes[from..];
        self.head.extend_from_slice(&rest[..rest.len().min(room)]);
        self.scanned = base + bytes.len() as u64;
    }

    /// A line that ends before `end`; `rest` is the part of it that came with its end.
    fn line(&mut self, end: u64, rest: &[u8], blocks: &mut Vec<Block>) {
        let start = std::mem::replace(&mut self.line_start, end);
        let own = if self.head.is_empty() {
            rest.starts_with(MARK.as_bytes())
        } else {
            let room = MARK.len() - self.head.len();
            self.head.extend_from_slice(&rest[..rest.len().min(room)]);
            self.head == MARK.as_bytes()
        };
        self.head.clear();
        let at = self.times.drop_to(start);
        if own {
            // The app has it from the run's events.
            return self.close(blocks);
        }
        if let Some(open) = &mut self.open {
            let len = end - open.start;
            if open.at == at && open.lines < BLOCK_LINES && len <= BLOCK_BYTES {
                open.lines += 1;
                // At most BLOCK_BYTES.
                open.len = len as u32;
                return;
            }
        }
        self.close(blocks);
        self.open = Some(Block::new(self.source, at, start, end - start, 1));
    }

    fn close(&mut self, blocks: &mut Vec<Block>) {
        blocks.extend(self.open.take());
    }
}

/// How many bytes of the log were there at which time, as far as that is still needed.
#[derive(Debug, Default)]
struct Samples {
    path: PathBuf,
    file: Option<File>,
    read: u64,
    /// The beginning of a line whose end was not written yet.
    partial: Vec<u8>,
    waiting: VecDeque<(u64, u64)>,
    last: Option<(u64, u64)>,
    /// The shortest that the log was cut to.
    cut: Option<u64>,
}

impl Samples {
    fn read(&mut self) {
        if self.file.is_none() {
            self.file = File::open(&self.path).ok();
        }
        let mut chunk = [0; 16 * 1024];
        while let Some(Ok(got @ 1..)) = self.file.as_ref().map(|file| file.read_at(&mut chunk, self.read)) {
            self.read += got as u64;
            for piece in chunk[..got].split_inclusive(|byte| *byte == b'\n') {
                self.partial.extend_from_slice(piece);
                if piece.ends_with(b"\n") {
                    self.line();
                }
            }
        }
    }

    /// Both numbers rise. Fewer bytes than before are there when the log was cut; an earlier time is damage.
    fn line(&mut self) {
        let line = std::mem::take(&mut self.partial);
        let pair = str::from_utf8(&line).ok().and_then(|line| line.trim_end().split_once(' '));
        let Some((Ok(length), Ok(at))) = pair.map(|(length, at)| (length.parse(), at.parse())) else {
            return;
        };
        match self.last {
            Some(last) if last.1 > at || last.0 == length => return,
            Some(last) if last.0 > length => {
                self.cut = Some(self.cut.map_or(length, |cut| cut.min(length)));
                // What is left keeps its times.
                let kept = self.waiting.partition_point(|sample| sample.0 < length);
                self.waiting.truncate(kept + 1);
                if let Some(sample) = self.waiting.get_mut(kept) {
                    sample.0 = length;
                }
            }
            _ => self.waiting.push_back((length, at)),
        }
        self.last = Some((length, at));
    }

    /// When the byte at `offset` came. What no sample covers came with the last one.
    fn of(&self, offset: u64) -> u64 {
        let next = self.waiting.partition_point(|sample| sample.0 <= offset);
        self.waiting.get(next).copied().or(self.last).map_or(0, |sample| sample.1)
    }

    /// The same; samples before it are no longer needed.
    fn drop_to(&mut self, offset: u64) -> u64 {
        while self.waiting.front().is_some_and(|sample| sample.0 <= offset) {
            self.waiting.pop_front();
        }
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
        self.of(offset)
    }
}
