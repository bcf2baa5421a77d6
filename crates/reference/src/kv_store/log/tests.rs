//! The log over starts, cuts and damage.

use super::*;
use bytes::Bytes;

fn put(key: &str, length: usize) -> Command {
    Operation::Put { key: key.into(), value: Bytes::from(vec![b'v'; length]) }.into()
}

fn open(folder: &Path, snapshot: u64) -> Result<(Log, Replayed, Vec<Record>), StorageError> {
    let mut records = Vec::new();
    let (log, replayed) = Log::open(folder, snapshot, Bug::None, |record| records.push(record))?;
    Ok((log, replayed, records))
}

#[test]
fn what_is_appended_is_replayed_in_order_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, replayed, _) = open(folder.path(), 0).unwrap();
    assert_eq!(replayed, Replayed::default());
    log.append(vec![put("a", 1), Operation::Clear.into()]).unwrap();
    log.append(vec![Operation::Delete { key: "a".into() }.into()]).unwrap();
    assert_eq!(log.last(), 3);
    let (log, replayed, records) = open(folder.path(), 0).unwrap();
    assert_eq!(replayed, Replayed { records: 3, dropped: 0 });
    assert_eq!(log.last(), 3);
    let indexes: Vec<u64> = records.iter().map(|record| record.index).collect();
    assert_eq!(indexes, [1, 2, 3]);
    assert_eq!(records[0].command, put("a", 1));
    assert_eq!(records[1].command, Operation::Clear.into());
}

#[test]
fn a_tail_torn_at_any_byte_is_dropped_and_does_not_hide_what_follows() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, ..) = open(folder.path(), 0).unwrap();
    let path = log.path.clone();
    let mut ends = vec![0];
    for length in [3, 40, 1] {
        log.append(vec![put("key", length)]).unwrap();
        ends.push(fs::metadata(&path).unwrap().len());
    }
    drop(log);
    let whole = fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let kept = ends.iter().filter(|end| **end <= length as u64).count() - 1;
        let (mut log, replayed, records) = open(folder.path(), 0).unwrap();
        assert_eq!(records.len(), kept, "cut at {length}");
        assert_eq!(replayed.dropped, length as u64 - ends[kept], "cut at {length}");
        log.append(vec![put("after", 5)]).unwrap();
        drop(log);
        let (_, replayed, records) = open(folder.path(), 0).unwrap();
        assert_eq!(replayed, Replayed { records: kept as u64 + 1, dropped: 0 });
        assert_eq!(records[kept].command, put("after", 5), "cut at {length}");
    }
}

#[test]
fn rotated_segments_are_one_log_and_are_removed_up_to_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, ..) = open(folder.path(), 0).unwrap();
    log.append(vec![put("a", 1), put("b", 1)]).unwrap();
    log.rotate().unwrap();
    log.rotate().unwrap();
    log.append(vec![put("c", 1)]).unwrap();
    drop(log);
    assert_eq!(open(folder.path(), 0).unwrap().1.records, 3);
    assert_eq!(open(folder.path(), 2).unwrap().1.records, 1);

    remove_up_to(folder.path(), 2).unwrap();
    assert_eq!(segments(folder.path()).unwrap().len(), 1);
    assert_eq!(open(folder.path(), 2).unwrap().1.records, 1);
    assert!(matches!(open(folder.path(), 1), Err(StorageError::Gap { expected: 2, found: 3, .. })));
}

#[test]
fn a_segment_that_the_snapshot_covers_is_passed_over_even_with_a_gap_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, ..) = open(folder.path(), 0).unwrap();
    for key in ["a", "b", "c"] {
        log.append(vec![put(key, 1)]).unwrap();
        log.rotate().unwrap();
    }
    log.append(vec![put("d", 1)]).unwrap();
    drop(log);
    fs::remove_file(path_of(folder.path(), 2)).unwrap();
    assert!(matches!(open(folder.path(), 0), Err(StorageError::Gap { .. })));
    let (log, replayed, records) = open(folder.path(), 3).unwrap();
    assert_eq!((log.last(), replayed.records), (4, 1));
    assert_eq!(records[0].command, put("d", 1));
}

#[test]
fn damage_before_the_last_segment_is_told_and_not_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, ..) = open(folder.path(), 0).unwrap();
    log.append(vec![put("a", 30)]).unwrap();
    let first = log.path.clone();
    log.rotate().unwrap();
    log.append(vec![put("b", 1)]).unwrap();
    drop(log);
    cut(&first, 20).unwrap();
    assert!(matches!(open(folder.path(), 0), Err(StorageError::Damaged { offset: 0, .. })));
    assert_eq!(fs::metadata(&first).unwrap().len(), 20);
}

/// Appends entries of this term from the next index on.
fn add(log: &mut Log, term: u64, lengths: &[usize]) {
    for length in lengths {
        log.add(&Record { index: log.last() + 1, term, command: put("key", *length) });
    }
    log.flush().unwrap();
}

#[test]
fn a_tail_cut_off_anywhere_is_gone_for_good_and_another_takes_its_place() {
    for after in 0..=6 {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, ..) = open(folder.path(), 0).unwrap();
        // Two segments of three.
        add(&mut log, 1, &[10, 200, 1]);
        log.rotate().unwrap();
        add(&mut log, 1, &[3, 100_000, 5]);
        log.truncate(after).unwrap();
        assert_eq!(log.last(), after);
        let (_, replayed, records) = open(folder.path(), 0).unwrap();
        assert_eq!(replayed, Replayed { records: after, dropped: 0 });

        add(&mut log, 2, &[7, 8]);
        drop(log);
        let (log, _, both) = open(folder.path(), 0).unwrap();
        assert_eq!(log.last(), after + 2);
        assert_eq!(both[..after as usize], records);
        let terms: Vec<u64> = both.iter().map(|record| record.term).collect();
        assert_eq!(terms, [vec![1; after as usize], vec![2; 2]].concat(), "cut after {after}");
    }
}

#[test]
fn cutting_where_nothing_is_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, ..) = open(folder.path(), 0).unwrap();
    log.truncate(0).unwrap();
    add(&mut log, 1, &[1, 2]);
    log.truncate(2).unwrap();
    log.truncate(9).unwrap();
    assert_eq!(log.last(), 2);
    assert_eq!(open(folder.path(), 0).unwrap().1.records, 2);
}
