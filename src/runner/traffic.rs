//! Sums for whoever watches a long load: the bytes that were sent to nodes, and what these take on the disk.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(super) struct Traffic {
    sent: AtomicU64,
    /// What the largest folder of a node took when it was last measured; 0 if none was.
    folder: AtomicU64,
}

impl Traffic {
    pub(super) fn sending(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn measured(&self, bytes: u64) {
        self.folder.store(bytes, Ordering::Relaxed);
    }

    /// What was measured since the last call.
    pub(super) fn folder(&self) -> Option<u64> {
        Some(self.folder.swap(0, Ordering::Relaxed)).filter(|bytes| *bytes > 0)
    }
}
