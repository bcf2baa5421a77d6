//! Whether an ETag that should not have come was there before.

use super::fact::{Asked, Entry, Fact};
use super::tagged::Given;

/// What is known of the ETag from earlier answers of the test.
#[derive(Debug, Clone)]
pub enum Reissued {
    /// The same key had it.
    Before(Given),
    /// Nothing had it.
    Never,
}

impl Reissued {
    /// `entries` are those of the test in order, up to the one request that failed, whose answer had a wrong ETag. None
    /// if it had no ETag, if another key alone had it, or if something may have had it unknown to us: `dropped` entries
    /// are gone, and the requests of workloads are none.
    pub(super) fn of(failed: &[Entry], entries: &[&Entry], dropped: usize) -> Option<Reissued> {
        let [failed] = failed else { return None };
        let (asked, tag) = failed.request().and_then(|asked| Some((asked, asked.etag.as_ref()?)))?;
        let has_it = |other: &Asked| other.etag.as_ref() == Some(tag) && other.id != asked.id;
        let gave = |entry: &&&Entry| !entry.wrong && entry.end() <= failed.at && entry.request().is_some_and(has_it);
        let mut gave = entries.iter().filter(gave).peekable();
        if gave.peek().is_none() {
            let is_load = |entry: &&Entry| matches!(entry.fact, Fact::Load(_));
            return (dropped == 0 && !entries.iter().any(is_load)).then_some(Reissued::Never);
        }
        let same = gave.find(|entry| entry.request().is_some_and(|before| before.item() == asked.item()))?;
        let method = same.request()?.method.clone();
        Some(Reissued::Before(Given { node: same.nodes.last()?.clone(), method, at: same.at }))
    }
}
