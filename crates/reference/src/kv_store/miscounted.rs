//! Wrong ways to count versions, for the bugs in ETags.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::answers::Answers;
use super::bug::Bug;
use super::crc32::crc32;
use super::map::{Entry, Map};

impl Map {
    /// The version of a value that record `index` writes: its number, but for some bugs.
    pub(super) fn version(&mut self, key: &str, value: &[u8], index: u64, bug: Bug) -> u64 {
        match bug {
            Bug::EtagIsChecksum => crc32(&[value]).into(),
            Bug::EtagIsClock => since_epoch().as_secs(),
            Bug::EtagCountsPerKey => self.get(key).map_or(1, |old| old.version + 1),
            Bug::ClearResetsEtags | Bug::EtagCountsFrom1 | Bug::EtagCountsFromLiving => {
                self.counted += 1;
                self.counted
            }
            _ if bug.counts_versions() => {
                self.counted += 1;
                self.counted
            }
            _ => index,
        }
    }

    /// The map as a snapshot as of entry `index` has it.
    pub(super) fn for_snapshot(mut self, index: u64, bug: Bug) -> Map {
        match bug {
            Bug::EtagsNotInSnapshot => self.forget_versions(index),
            Bug::IdsNotInSnapshot => self.answers = Answers::default(),
            Bug::PreparedNotInSnapshot => self.transactions.forget_prepared(),
            Bug::DecisionsNotInSnapshot => self.transactions.forget_committed(),
            // No key is empty: this one is the count.
            _ if bug.counts_versions() => {
                self.put("".into(), Entry { value: Bytes::new(), version: self.counted });
            }
            _ => {}
        }
        self
    }

    /// The map as a snapshot has it that is sent.
    pub(super) fn for_sending(mut self, index: u64, bug: Bug) -> Map {
        match bug {
            Bug::EtagsNotSent => self.forget_versions(index),
            Bug::IdsNotSent => self.answers = Answers::default(),
            _ => {}
        }
        self
    }

    /// The map that a snapshot made.
    pub(super) fn restored(mut self, bug: Bug) -> Map {
        if bug.counts_versions() {
            self.counted = self.get("").map_or(0, |count| count.version);
            self.remove("");
        }
        self
    }

    fn forget_versions(&mut self, index: u64) {
        let entries: Vec<_> = self.iter().map(|(key, entry)| (key.clone(), entry.value.clone())).collect();
        for (key, value) in entries {
            self.put(key, Entry { value, version: index });
        }
    }

    /// A start has loaded it.
    pub(super) fn loaded(&mut self, bug: Bug) {
        match bug {
            Bug::EtagCountsFrom1 => self.counted = 0,
            Bug::EtagCountsFromLiving => {
                self.counted = self.iter().map(|(_, entry)| entry.version).max().unwrap_or(0);
            }
            Bug::EtagsNotStored => {
                let base = since_epoch().as_nanos() as u64;
                let entries: Vec<_> = self.iter().map(|(key, entry)| (key.clone(), entry.clone())).collect();
                for (version, (key, mut entry)) in (base..).zip(entries) {
                    entry.version = version;
                    self.put(key, entry);
                }
            }
            _ => {}
        }
    }
}

fn since_epoch() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
