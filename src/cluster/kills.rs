//! Whether a node was killed while something was under way: whatever it said then may have been cut anywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Kills and starts of a node, counted: odd while it is being killed or dead of that. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct Kills(Arc<AtomicU64>);

/// A moment in that count.
#[derive(Debug, Clone, Copy)]
pub struct Seen(u64);

impl Kills {
    /// To be taken before something is asked of the node.
    pub fn now(&self) -> Seen {
        Seen(self.0.load(Ordering::SeqCst))
    }

    /// Whether the node has been killed since, or was dead already.
    pub fn happened_since(&self, seen: Seen) -> bool {
        let now = self.0.load(Ordering::SeqCst);
        now != seen.0 || now % 2 == 1
    }

    /// Comes before the signal.
    pub(crate) fn begin(&self) {
        self.0.fetch_or(1, Ordering::SeqCst);
    }

    /// Comes before a start.
    pub(crate) fn end(&self) {
        let _ =
            self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| (count % 2 == 1).then_some(count + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_before_during_or_across_a_kill_is_told_from_the_rest() {
        let kills = Kills::default();
        kills.end();
        let before = kills.now();
        assert!(!kills.happened_since(before));
        kills.begin();
        let during = kills.now();
        assert!(kills.happened_since(before) && kills.happened_since(during));
        // A second signal is no second death.
        kills.begin();
        kills.end();
        let after = kills.now();
        assert!(kills.happened_since(before) && kills.happened_since(during));
        assert!(!kills.happened_since(after));
    }
}
