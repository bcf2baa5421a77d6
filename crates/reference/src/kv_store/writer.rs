//! The one thread that writes. It takes all the changes that wait, logs them with one write and one sync, and
//! then tells everyone who waited: under load the price of a sync is shared by many (group commit).

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::bug::Bug;
use super::error::StorageError;
use super::map::{Map, Outcome};
use super::record::Command;
use super::storage::Storage;

/// A batch ends at this many bytes, so that nobody waits for the sync of a hundred large values.
const BATCH: usize = 4 << 20;

/// The change may or may not have happened: the writer stopped before it could say.
#[derive(Debug)]
pub(super) struct Stopped;

enum Message {
    Write(Command, oneshot::Sender<Outcome>),
    Stop,
}

pub(super) struct Writer {
    queue: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
    failed: Arc<Notify>,
}

impl Writer {
    /// Starts the thread. `late` is a map to put in place of the shown one after a while: only for
    /// `serves-before-replay`.
    pub(super) fn start(storage: Storage, late: Option<Map>, bug: Bug) -> io::Result<Writer> {
        let (queue, messages) = mpsc::channel();
        let failed = Arc::new(Notify::new());
        let tell = failed.clone();
        let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || {
            if let Some(map) = late {
                thread::sleep(Duration::from_millis(300));
                *storage.map().write() = map;
            }
            if let Err(error) = run(storage, &messages, bug) {
                eprintln!("{error}");
                tell.notify_one();
            }
        })?;
        Ok(Writer { queue, thread: Mutex::new(Some(thread)), failed })
    }

    /// Returns the outcome of the command once it is durable and in the map. A caller that goes away does not undo it.
    pub(super) async fn write(&self, command: Command) -> Result<Outcome, Stopped> {
        let (done, answer) = oneshot::channel();
        self.queue.send(Message::Write(command, done)).map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }

    /// Returns when the log cannot be written any more.
    pub(super) async fn failed(&self) {
        self.failed.notified().await;
    }

    /// Writes what waits and ends the thread. Blocks until then.
    pub(super) fn stop(&self) {
        // An error means that the thread has ended already.
        let _ = self.queue.send(Message::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            eprintln!("the writer panicked");
        }
    }
}

/// The first error ends it: after a failed write or sync nobody can say what is on the disk, and only a new
/// start, which reads it, finds out.
fn run(mut storage: Storage, messages: &Receiver<Message>, bug: Bug) -> Result<(), StorageError> {
    let mut waiting = Vec::new();
    loop {
        let mut commands = Vec::new();
        let go_on = collect(messages, &mut commands, &mut waiting, bug);
        let outcomes = storage.commit(commands)?;
        for (done, outcome) in waiting.drain(..).zip(outcomes) {
            // An error means that the client has gone.
            let _: Result<(), Outcome> = done.send(outcome);
        }
        if !go_on {
            return storage.finish();
        }
        storage.compact_if_due()?;
    }
}

/// Waits for a change and takes those queued after it. Returns false when the thread must end.
fn collect(
    messages: &Receiver<Message>,
    commands: &mut Vec<Command>,
    waiting: &mut Vec<oneshot::Sender<Outcome>>,
    bug: Bug,
) -> bool {
    let mut size = 0;
    let mut message = if bug == Bug::AcknowledgedBeforeFlush {
        match messages.recv_timeout(Duration::from_millis(50)) {
            // An empty batch: time to flush what was buffered before.
            Err(RecvTimeoutError::Timeout) => return true,
            message => message.ok(),
        }
    } else {
        messages.recv().ok()
    };
    loop {
        match message {
            None | Some(Message::Stop) => return false,
            Some(Message::Write(command, done)) => {
                size += command.size();
                commands.push(command);
                waiting.push(done);
            }
        }
        // Of several records written together all are answered at once. These bugs want a kill right after an answer
        // to find the next record half-written.
        let alone = matches!(bug, Bug::TornRecordStopsStart | Bug::TornTailKept);
        if size >= BATCH || alone {
            return true;
        }
        match messages.try_recv() {
            Ok(next) => message = Some(next),
            Err(_) => return true,
        }
    }
}
