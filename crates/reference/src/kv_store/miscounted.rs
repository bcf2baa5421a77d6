//! Wrong ways to count versions, for the bugs in ETags.

use std::time::{SystemTime, UNIX_EPOCH};

use super::bug::Bug;
use super::crc32::crc32;
use super::map::Map;

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
            _ => index,
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
