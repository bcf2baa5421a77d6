//! `lsfr test --watch`: runs, and runs again at each save; a save in the middle of a run ends that run.

use std::io::Write;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anstyle::Style;
use serde_json::json;
use tokio::sync::watch;

use crate::facts::Outcome;
use crate::session::Session;
use crate::text::clean;
use crate::watch::{How, OwnWrites, WatchEvent, Watcher};

use super::args::Format;
use super::execute::Engine;
use super::{Exit, Result};

/// What the watcher has reported, shared with its thread.
struct Changes {
    own: Mutex<OwnWrites>,
    /// Counts saves that are worth a run; the last one's files.
    saved: watch::Sender<(u64, Vec<PathBuf>)>,
}

/// Runs `round` now and after each save, until a signal.
pub(super) fn run(
    session: &Session,
    engine: &Engine,
    format: Format,
    mut round: impl FnMut(Pin<Box<dyn Future<Output = ()> + Send>>) -> Result<Outcome>,
) -> Result {
    let (saved, mut saves) = watch::channel((0, Vec::new()));
    let changes = Arc::new(Changes { own: Mutex::default(), saved });
    let told = Arc::clone(&changes);
    let _watcher = Watcher::start(&session.project.dir, move |event| told.event(event, format));
    loop {
        saves.mark_unchanged();
        let (interrupt, mut saved) = (engine.interrupt.wait(), saves.clone());
        changes.own().began();
        let outcome = round(Box::pin(async move {
            tokio::select! {
                () = interrupt => {}
                Ok(()) = saved.changed() => {}
                else => std::future::pending().await,
            }
        }))?;
        changes.own().ended(Instant::now());
        let ended = engine.runtime.block_on(async {
            if outcome == Outcome::Interrupted && saves.has_changed().unwrap_or(false) {
                return false;
            }
            if outcome != Outcome::Interrupted {
                say(format, "waiting", "Waiting for a save. ctrl-c ends.");
            }
            tokio::select! {
                biased;
                () = engine.interrupt.wait() => true,
                changed = saves.changed() => changed.is_err(),
            }
        });
        if ended {
            return Ok(Exit::Interrupted);
        }
        let files: Vec<String> =
            saves.borrow().1.iter().take(3).map(|file| clean(&file.display().to_string())).collect();
        say(format, "saved", &format!("{} changed.", files.join(", ")));
    }
}

impl Changes {
    fn own(&self) -> MutexGuard<'_, OwnWrites> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event(&self, event: WatchEvent, format: Format) {
        match event {
            WatchEvent::Changed { files } => {
                let files = self.own().changed(&files, Instant::now());
                if !files.is_empty() {
                    self.saved.send_modify(|(count, last)| {
                        *count += 1;
                        *last = files;
                    });
                }
            }
            WatchEvent::Watching { how: How::Polling(reason), files } => {
                say(format, "watching", &format!("Looking at {files} files again and again: {reason}."));
            }
            WatchEvent::Watching { .. } => {}
            WatchEvent::Problem(problem) => say(format, "problem", &problem),
        }
    }
}

/// What is said between runs is not a verdict, so it does not matter whether anybody reads it.
fn say(format: Format, event: &str, text: &str) {
    let mut out = anstream::stdout();
    let dim = Style::new().dimmed();
    let _ = match format {
        Format::Text => writeln!(out, "{dim}— {}{dim:#}", clean(text)),
        Format::Json => writeln!(out, "{}", json!({ "event": event, "message": text })),
    };
}
