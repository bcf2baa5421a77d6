//! The state machine: what the values are after the records so far. It knows nothing of files or requests.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::bug::Bug;
use super::record::Operation;

/// Keys and values. A clone is cheap: it shares the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    values: HashMap<Arc<str>, Bytes>,
    size: usize,
}

impl Map {
    pub(super) fn get(&self, key: &str) -> Option<&Bytes> {
        self.values.get(key)
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Bytes of all keys and values.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Bytes)> {
        self.values.iter()
    }

    /// Makes the change. The same operations in the same order always give the same map.
    pub(super) fn apply(&mut self, operation: &Operation, bug: Bug) {
        match operation {
            Operation::Put { key, .. } if bug == Bug::SecondPutIgnored && self.values.contains_key(key) => {}
            Operation::Put { key, .. }
                if bug == Bug::HundredKeys && self.len() >= 100 && !self.values.contains_key(key) => {}
            Operation::Put { key, value } => self.put(key.clone(), value.clone()),
            Operation::Delete { key } if bug == Bug::DeletedKeyEmpty => {
                self.put(key.clone(), Bytes::new());
            }
            Operation::Delete { key } => {
                if let Some(value) = self.values.remove(key) {
                    self.size -= key.len() + value.len();
                }
            }
            Operation::Clear if bug == Bug::ClearSkipsSome => {
                // In order, so that it skips the same keys each time.
                let mut keys: Vec<_> = self.values.keys().cloned().collect();
                keys.sort();
                for key in keys.into_iter().step_by(2) {
                    self.apply(&Operation::Delete { key }, bug);
                }
            }
            Operation::Clear => *self = Map::default(),
            Operation::Nothing => {}
        }
    }

    pub(super) fn put(&mut self, key: Arc<str>, value: Bytes) {
        let key_size = key.len();
        self.size += key_size + value.len();
        if let Some(old) = self.values.insert(key, value) {
            self.size -= key_size + old.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, value: &'static str) -> Operation {
        Operation::Put { key: key.into(), value: Bytes::from_static(value.as_bytes()) }
    }

    #[test]
    fn operations_do_what_they_say_and_the_size_follows() {
        let mut map = Map::default();
        for operation in [put("a", "1"), put("bb", "22"), put("a", "333")] {
            map.apply(&operation, Bug::None);
        }
        assert_eq!(map.get("a").map(Bytes::as_ref), Some(&b"333"[..]));
        assert_eq!((map.len(), map.size()), (2, 8));
        map.apply(&Operation::Delete { key: "a".into() }, Bug::None);
        map.apply(&Operation::Delete { key: "never".into() }, Bug::None);
        assert_eq!(map.get("a"), None);
        assert_eq!((map.len(), map.size()), (1, 4));
        map.apply(&Operation::Clear, Bug::None);
        assert_eq!(map, Map::default());
    }
}
