//! The operations of transactions, and what they do to keys and values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::bug::Bug;
use super::super::map::Entry;

/// One operation. A transaction has them in an order, and later ones see what earlier ones did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Op {
    Get {
        key: Arc<str>,
    },
    Put {
        key: Arc<str>,
        value: Arc<str>,
    },
    /// To the end of the value. A key that is missing is empty.
    Append {
        key: Arc<str>,
        value: Arc<str>,
    },
    Delete {
        key: Arc<str>,
    },
    /// The key has this version; `None`: it must not be there.
    Check {
        key: Arc<str>,
        version: Option<u64>,
    },
}

/// What a key has after an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Seen {
    /// `None` for both where it is missing.
    pub(in super::super) value: Option<Arc<str>>,
    pub(in super::super) version: Option<u64>,
}

/// One for each operation.
pub(in super::super) type Results = Arc<[Seen]>;

/// What a transaction would do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Effects {
    pub(super) results: Results,
    /// Of each key that is written, what it has in the end.
    pub(super) writes: BTreeMap<Arc<str>, Seen>,
}

/// A check does not hold. What it has is empty except with a bug: what stays written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CheckFailed(pub(super) BTreeMap<Arc<str>, Seen>);

impl Op {
    pub(in super::super) fn key(&self) -> &Arc<str> {
        match self {
            Op::Get { key } | Op::Delete { key } | Op::Check { key, .. } => key,
            Op::Put { key, .. } | Op::Append { key, .. } => key,
        }
    }

    pub(super) fn writes(&self) -> bool {
        !matches!(self, Op::Get { .. } | Op::Check { .. })
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let value = match self {
            Op::Put { value, .. } | Op::Append { value, .. } => value.len(),
            _ => 0,
        };
        self.key().len() + value + 40
    }
}

/// Keys that are written, and those that are only read.
pub(super) fn keys(ops: &[Op]) -> (BTreeSet<Arc<str>>, BTreeSet<Arc<str>>) {
    let written: BTreeSet<Arc<str>> = ops.iter().filter(|op| op.writes()).map(|op| op.key().clone()).collect();
    let read = ops.iter().map(|op| op.key().clone()).filter(|key| !written.contains(key)).collect();
    (written, read)
}

/// Works out what the operations do, and changes nothing. `get` says what a key has, `version` which one it gets.
pub(super) fn run<'a>(
    ops: &[Op],
    get: impl Fn(&str) -> Option<&'a Entry>,
    version: impl Fn(&str) -> u64,
    bug: Bug,
) -> Result<Effects, CheckFailed> {
    let mut writes: BTreeMap<Arc<str>, Seen> = BTreeMap::new();
    let mut results = Vec::with_capacity(ops.len());
    for op in ops {
        let key = op.key();
        let stored = || get(key).map_or_else(Seen::default, Seen::of);
        let before = match bug {
            Bug::ReadsSeeNoWrites => stored(),
            _ => writes.get(key).cloned().unwrap_or_else(stored),
        };
        let version = match before.version {
            Some(old) if bug == Bug::TransactionsKeepEtags => old,
            _ => version(key),
        };
        let written = |value: Arc<str>| Seen { value: Some(value), version: Some(version) };
        let after = match op {
            Op::Get { .. } => before,
            Op::Check { .. } if bug == Bug::ChecksIgnored => before,
            Op::Check { version, .. } if before.version != *version => {
                return Err(CheckFailed(if bug == Bug::EarlierWritesStay { writes } else { BTreeMap::new() }));
            }
            Op::Check { .. } => before,
            Op::Put { value, .. } => written(value.clone()),
            Op::Append { value, .. } => match &before.value {
                Some(old) if bug != Bug::AppendReplaces => written(format!("{old}{value}").into()),
                _ => written(value.clone()),
            },
            Op::Delete { .. } => Seen::default(),
        };
        if op.writes() {
            writes.insert(key.clone(), after.clone());
        }
        results.push(after);
    }
    Ok(Effects { results: results.into(), writes })
}

impl Seen {
    fn of(entry: &Entry) -> Seen {
        let value = String::from_utf8_lossy(&entry.value);
        Seen { value: Some(value.into()), version: Some(entry.version) }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn seen(value: &str, version: u64) -> Seen {
        Seen { value: Some(value.into()), version: Some(version) }
    }

    #[test]
    fn later_operations_see_what_earlier_ones_did_and_a_failed_check_undoes_all() {
        let entry = Entry { value: Bytes::from_static(b"old"), version: 3 };
        let run = |ops: &[Op]| run(ops, |key| (key == "a").then_some(&entry), |_| 9, Bug::None);
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let mut ops = vec![
            Op::Check { key: a.clone(), version: Some(3) },
            Op::Check { key: b.clone(), version: None },
            Op::Append { key: a.clone(), value: "er".into() },
            Op::Get { key: a.clone() },
            Op::Append { key: b.clone(), value: "new".into() },
            Op::Delete { key: a.clone() },
            Op::Get { key: a.clone() },
            Op::Put { key: a.clone(), value: "last".into() },
        ];
        let effects = run(&ops).unwrap();
        let missing = Seen::default();
        let expected = [
            seen("old", 3),
            missing.clone(),
            seen("older", 9),
            seen("older", 9),
            seen("new", 9),
            missing.clone(),
            missing,
            seen("last", 9),
        ];
        assert_eq!(effects.results[..], expected);
        assert_eq!(effects.writes, [(a.clone(), seen("last", 9)), (b.clone(), seen("new", 9))].into());
        for (key, version) in [(&a, Some(2)), (&a, None), (&b, Some(3))] {
            ops[1] = Op::Check { key: key.clone(), version };
            assert_eq!(run(&ops), Err(CheckFailed(BTreeMap::new())));
        }
    }
}
