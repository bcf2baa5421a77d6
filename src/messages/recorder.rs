//! Records what goes through links, beside the tasks that carry it: they leave reports in a channel and never wait, and
//! a thread decodes and writes. Where it cannot keep up, reports are lost, and the record says where.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvError, SyncSender, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::facts::Counted;
use crate::network::{Passage, Report, Tap};

use super::count::{Count, CountId};
use super::segments::{Limits, Segments};
use super::tracker::{Told, Tracker};

/// Reports under way to the thread, and their bytes.
const REPORTS: usize = 4096;
const BYTES: u64 = 16 << 20;
/// While links are busy the thread looks this often: being woken for each report would cost the links time.
const LOOK: Duration = Duration::from_millis(2);
/// What is recorded can be read after this time, however busy they are.
const FLUSH: Duration = Duration::from_millis(100);

/// Records the messages of a run, once it has nodes that can speak to each other. Until then there is no thread and no
/// file.
#[derive(Debug)]
pub struct Recording {
    folder: PathBuf,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    recorder: Option<Arc<Recorder>>,
    test_runs: bool,
}

impl Recording {
    /// In this folder, which exists. Times count from `started`.
    pub fn new(folder: &Path, started: Instant) -> Recording {
        Recording { folder: folder.to_owned(), started, state: Mutex::default() }
    }

    /// What hears the links between these nodes: nothing, if there are none.
    pub fn tap(&self, nodes: &[String]) -> Option<Arc<dyn Tap>> {
        if nodes.len() < 2 {
            return None;
        }
        let mut state = self.state();
        let test_runs = state.test_runs;
        let recorder = state.recorder.get_or_insert_with(|| Arc::new(Recorder::begin(&self.folder, self.started)));
        recorder.mark(Mark::Nodes(nodes.iter().map(|node| node.as_str().into()).collect()));
        if test_runs {
            recorder.mark(Mark::TestBegins);
        }
        Some(Arc::clone(recorder) as Arc<dyn Tap>)
    }

    /// What is recorded from now on is of a test.
    pub fn test_begins(&self) {
        self.test(true, Mark::TestBegins);
    }

    /// What was recorded of a test that passed matters less than the rest.
    pub fn test_ends(&self, passed: bool) {
        self.test(false, Mark::TestEnds { passed });
    }

    fn test(&self, runs: bool, mark: Mark) {
        let mut state = self.state();
        state.test_runs = runs;
        if let Some(recorder) = &state.recorder {
            // What was counted was for the test before.
            recorder.shared.counts().all.clear();
            recorder.mark(mark);
        }
    }

    /// Counts what nodes send each other from now on, up to the end of the test. None if nothing is recorded.
    pub fn begin_count(&self) -> Option<CountId> {
        let recorder = self.state().recorder.clone()?;
        Some(recorder.begin_count(self.started))
    }

    /// What was sent since then. Blocks until all that was reported before has been decoded. None if that count is over,
    /// or nothing can be recorded.
    pub fn counted(&self, count: CountId) -> Option<Counted> {
        let recorder = self.state().recorder.clone()?;
        recorder.counted(count)
    }

    /// Blocks until all that was reported before can be read.
    pub fn written(&self) {
        let recorder = self.state().recorder.clone();
        if let Some(recorder) = recorder {
            recorder.written();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes all that was reported. Blocks until that is done; an error has left the record incomplete.
    pub fn finish(&self) -> io::Result<()> {
        let recorder = self.state().recorder.take();
        recorder.map_or(Ok(()), |recorder| recorder.finish())
    }
}

/// What the thread is told beside reports.
#[derive(Debug)]
enum Mark {
    Nodes(Vec<Arc<str>>),
    TestBegins,
    TestEnds { passed: bool },
}

#[derive(Debug)]
enum Entry {
    Report(Report),
    /// Wants to know what was counted.
    Ask(CountId, mpsc::Sender<Counted>),
    /// Wants to read what was reported before.
    Flush(mpsc::Sender<()>),
    Finish,
}

#[derive(Debug)]
struct Recorder {
    entries: SyncSender<Entry>,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<io::Result<()>>>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Bytes under way.
    bytes: AtomicU64,
    /// Reports that were lost.
    missed: AtomicU64,
    marks: Mutex<Vec<Mark>>,
    /// Those of the test that runs.
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: BTreeMap<CountId, Count>,
    next: u64,
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder {
    fn begin(folder: &Path, started: Instant) -> Recorder {
        let (entries, receiver) = mpsc::sync_channel(REPORTS);
        let shared = Arc::<Shared>::default();
        let mut writer = Writer {
            receiver,
            shared: Arc::clone(&shared),
            tracker: Tracker::new(started),
            segments: Segments::new(folder, Limits::USUAL),
            missed: 0,
            error: None,
        };
        let thread = thread::Builder::new().name("messages".to_owned()).spawn(move || writer.run());
        // Without a thread every report is lost, which `finish` tells.
        Recorder { entries, shared, thread: Mutex::new(thread.ok()) }
    }

    fn mark(&self, mark: Mark) {
        self.shared.marks.lock().unwrap_or_else(PoisonError::into_inner).push(mark);
    }

    fn begin_count(&self, started: Instant) -> CountId {
        let mut counts = self.shared.counts();
        let id = CountId(counts.next);
        counts.next += 1;
        // While the counts are locked, no message of this moment or later can be passed over.
        counts.all.insert(id, Count::new(started.elapsed(), self.shared.missed.load(Ordering::Relaxed)));
        id
    }

    fn counted(&self, count: CountId) -> Option<Counted> {
        let (answer, answered) = mpsc::channel();
        self.entries.send(Entry::Ask(count, answer)).ok()?;
        answered.recv().ok()
    }

    fn written(&self) {
        let (answer, answered) = mpsc::channel();
        // Without a thread there is nothing to wait for.
        if self.entries.send(Entry::Flush(answer)).is_ok() {
            let _ = answered.recv();
        }
    }

    fn finish(&self) -> io::Result<()> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return Err(io::Error::other("a thread could not be started")) };
        // If it has gone already, its result says why.
        let _ = self.entries.send(Entry::Finish);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that wrote it ended early")))
    }
}

impl Tap for Recorder {
    fn hear(&self, report: Report) {
        let bytes = bytes(&report);
        let under_way = self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = under_way + bytes <= BYTES;
        if !fits || self.entries.try_send(Entry::Report(report)).is_err() {
            // What was lost is told by the offsets of what comes after it.
            self.shared.bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.shared.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn bytes(report: &Report) -> u64 {
    if let Passage::Came { bytes, .. } = &report.what { bytes.len() as u64 } else { 0 }
}

/// What the thread has.
struct Writer {
    receiver: Receiver<Entry>,
    shared: Arc<Shared>,
    tracker: Tracker,
    segments: Segments,
    /// Lost reports that the record tells of.
    missed: u64,
    /// Nothing more is written after it.
    error: Option<io::Error>,
}

impl Writer {
    fn run(&mut self) -> io::Result<()> {
        // Asleep while nothing is said at all.
        loop {
            match self.receiver.recv() {
                Ok(Entry::Report(report)) => {
                    self.marks();
                    self.report(report);
                }
                Ok(Entry::Ask(count, answer)) => {
                    self.answer(count, &answer);
                    continue;
                }
                Ok(Entry::Flush(answer)) => {
                    self.flushed(&answer);
                    continue;
                }
                Ok(Entry::Finish) | Err(RecvError) => break,
            }
            match self.busy() {
                Ok(()) => {}
                Err(RecvError) => break,
            }
        }
        self.marks();
        let mut told = Vec::new();
        self.tracker.finish(&mut |one| told.push(one));
        self.write(&told);
        self.flush();
        self.error.take().map_or(Ok(()), Err)
    }

    /// Takes reports until none came for a while. An error is the end.
    fn busy(&mut self) -> Result<(), RecvError> {
        let mut idle = 0;
        let mut flushed = Instant::now();
        while idle < 2 {
            self.marks();
            let mut taken = 0;
            loop {
                match self.receiver.try_recv() {
                    Ok(Entry::Report(report)) => self.report(report),
                    Ok(Entry::Ask(count, answer)) => self.answer(count, &answer),
                    Ok(Entry::Flush(answer)) => self.flushed(&answer),
                    Ok(Entry::Finish) | Err(TryRecvError::Disconnected) => return Err(RecvError),
                    Err(TryRecvError::Empty) => break,
                }
                taken += 1;
            }
            idle = if taken == 0 { idle + 1 } else { 0 };
            if idle == 1 || flushed.elapsed() > FLUSH {
                self.flush();
                flushed = Instant::now();
            }
            thread::sleep(LOOK);
        }
        if self.missed > 0 {
            let mut told = Vec::new();
            self.tracker.sweep(&mut |one| told.push(one));
            self.write(&told);
            self.flush();
        }
        Ok(())
    }

    fn marks(&mut self) {
        let marks = std::mem::take(&mut *self.shared.marks.lock().unwrap_or_else(PoisonError::into_inner));
        for mark in marks {
            match mark {
                _ if self.error.is_some() => {}
                Mark::Nodes(nodes) => {
                    let added = self.segments.add_nodes(&nodes);
                    self.keep(added);
                }
                Mark::TestBegins => self.segments.test_begins(),
                Mark::TestEnds { passed } => self.segments.test_ends(passed),
            }
        }
        let missed = self.shared.missed.load(Ordering::Relaxed);
        if missed > self.missed && self.error.is_none() {
            let written = self.segments.missed(missed - self.missed);
            self.keep(written);
            self.missed = missed;
        }
    }

    fn report(&mut self, report: Report) {
        self.shared.bytes.fetch_sub(bytes(&report), Ordering::Relaxed);
        let mut told = Vec::new();
        self.tracker.hear(report, &mut |one| told.push(one));
        self.write(&told);
    }

    /// Tells what was counted; nothing of a count that is over.
    fn answer(&self, id: CountId, answer: &mpsc::Sender<Counted>) {
        let Some(mut count) = self.shared.counts().all.get(&id).cloned() else { return };
        self.tracker.count_undecided(&mut count);
        // Whoever asked may not wait for it any more.
        let _ = answer.send(count.counted(self.shared.missed.load(Ordering::Relaxed)));
    }

    fn flushed(&mut self, answer: &mpsc::Sender<()>) {
        self.flush();
        // Whoever asked may not wait for it any more.
        let _ = answer.send(());
    }

    fn write(&mut self, told: &[Told]) {
        for one in told {
            if let Told::Message(message, alike) = one {
                self.shared.counts().all.values_mut().for_each(|count| count.add(message, *alike));
            }
            if self.error.is_none() {
                let written = self.segments.write(one);
                self.keep(written);
            }
        }
    }

    fn flush(&mut self) {
        if self.error.is_none() {
            let flushed = self.segments.flush();
            self.keep(flushed);
        }
    }

    fn keep(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.error.get_or_insert(error);
        }
    }
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
