//! A kill at the moment at which a node writes: a file in its folder grows.
//!
//! A large write shows in the size of its file before it is done. Whoever looks all the time sees it in the middle, and a
//! process that gets its SIGKILL then does not finish it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tokio::task::spawn_blocking;

use super::process::Process;
use super::wire::Order;
use super::{Cluster, NodeError, killed, running, tree};

/// How long a kill waits for a write.
const PATIENCE: Duration = Duration::from_secs(1);

impl Cluster {
    /// Kills a node when it writes, or after a second. The way through its guard takes longer than a write: every process
    /// that there is gets its signal at once, and the guard kills what is left.
    pub async fn kill_as_it_writes(&self, node: &str) -> Result<(), NodeError> {
        let slot = self.slot(node);
        let mut life = slot.life.lock().await;
        let life = running(&slot.node, &mut life)?;
        let processes: Vec<Process> =
            tree::members(life.shared.guard).into_iter().map(|member| member.process).collect();
        let folder = slot.node.data.clone();
        slot.node.kills.begin();
        let signalled = spawn_blocking(move || {
            wait(&folder, PATIENCE);
            processes.into_iter().for_each(|process| process.signal(Signal::SIGKILL));
        });
        // If it could not run, the guard kills them all.
        let _ = signalled.await;
        life.send(Order::Kill).await;
        killed(&slot.node, life).await
    }
}

type Sizes = HashMap<PathBuf, u64>;

/// Blocks until a file below the folder is larger than it was, or new and not empty; or until this time has passed.
fn wait(folder: &Path, patience: Duration) {
    let end = Instant::now() + patience;
    let before = sizes(folder);
    while !grew(&before, &sizes(folder)) && Instant::now() < end {
        // A sleep would last longer than many a write.
        thread::yield_now();
    }
}

fn grew(before: &Sizes, now: &Sizes) -> bool {
    now.iter().any(|(path, size)| *size > before.get(path).copied().unwrap_or(0))
}

/// All files below a folder, as far as they can be seen: the program makes and removes some meanwhile. Links are not
/// followed.
fn sizes(folder: &Path) -> Sizes {
    let mut found = Sizes::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(file) if file.is_dir() => folders.push(entry.path()),
                Ok(file) => {
                    found.insert(entry.path(), file.len());
                }
                Err(_) => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_is_seen_and_one_that_shrinks_is_not() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("inside").join("log");
        fs::create_dir(temp.path().join("inside")).unwrap();
        fs::write(&file, "four").unwrap();
        let before = sizes(temp.path());
        assert_eq!(before, Sizes::from([(file.clone(), 4)]));
        assert!(!grew(&before, &before));
        for (text, grows) in [("one", false), ("five5", true)] {
            fs::write(&file, text).unwrap();
            assert_eq!(grew(&before, &sizes(temp.path())), grows, "{text}");
        }
        fs::remove_file(&file).unwrap();
        fs::write(temp.path().join("new"), "").unwrap();
        assert!(!grew(&before, &sizes(temp.path())));
        fs::write(temp.path().join("new"), "1").unwrap();
        assert!(grew(&before, &sizes(temp.path())));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let temp = tempfile::tempdir().unwrap();
        wait(temp.path(), Duration::from_millis(1));
        wait(&temp.path().join("none"), Duration::from_millis(1));
    }
}
