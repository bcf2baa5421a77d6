//! Tests of the log reader.

use std::fs;

use super::*;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A run folder with a log for n1; `samples` are (bytes, milliseconds).
fn run_with(log: &[u8], samples: &[(u64, u64)]) -> tempfile::TempDir {
    let run = tempfile::tempdir().unwrap();
    fs::create_dir(run.path().join("logs")).unwrap();
    fs::write(log_path(run.path(), "n1"), log).unwrap();
    let times: String = samples.iter().map(|(length, millis)| format!("{length} {}\n", millis * 1000)).collect();
    fs::write(times_path(run.path(), "n1"), times).unwrap();
    run
}

fn texts(lines: &[LogLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn each_line_has_the_time_at_which_it_was_first_seen() {
    let run = run_with(b"one\ntwo\n--- lsfr: KILL n1\nhalf", &[(4, 10), (8, 20), (31, 30)]);
    let lines: Vec<LogLine> = LogReader::open(run.path(), "n1").unwrap().collect::<io::Result<_>>().unwrap();
    assert_eq!(texts(&lines), ["one", "two", "KILL n1", "half"]);
    let times: Vec<Duration> = lines.iter().map(|line| line.at).collect();
    assert_eq!(times, [ms(10), ms(20), ms(30), ms(30)]);
    let own: Vec<bool> = lines.iter().map(|line| line.own).collect();
    assert_eq!(own, [false, false, true, false]);
}

#[test]
fn a_window_holds_the_lines_that_begin_in_it() {
    // "bbbb" begins at 20 ms and ends at 30 ms.
    let run = run_with(b"aa\nbbbb\ncc\ndd\n", &[(3, 10), (5, 20), (8, 30), (11, 40), (14, 50)]);
    let window = |from, to, max| {
        let lines = read_window(run.path(), "n1", ms(from), ms(to), max).unwrap();
        texts(&lines).join(" ")
    };
    assert_eq!(window(0, 100, 10), "aa bbbb cc dd");
    assert_eq!(window(15, 25, 10), "bbbb");
    assert_eq!(window(25, 40, 10), "cc");
    assert_eq!(window(40, 40, 10), "cc");
    assert_eq!(window(0, 100, 2), "cc dd");
    assert_eq!(window(0, 40, 1), "cc");
    assert_eq!(window(60, 100, 10), "");
    assert_eq!(window(0, 5, 10), "");
    assert_eq!(window(0, 100, 0), "");
}

#[test]
fn a_log_that_is_added_to_another_keeps_its_times() {
    let (run, one, other) =
        (tempfile::tempdir().unwrap(), run_with(b"a\nb\n", &[(2, 10), (4, 20)]), run_with(b"c\n", &[(2, 30)]));
    crate::cluster::add_log(one.path(), run.path(), "n1").unwrap();
    crate::cluster::add_log(other.path(), run.path(), "n1").unwrap();
    let lines: Vec<LogLine> = LogReader::open(run.path(), "n1").unwrap().collect::<io::Result<_>>().unwrap();
    let lines: Vec<_> = lines.into_iter().map(|line| (line.text, line.at)).collect();
    assert_eq!(lines, [("a".to_owned(), ms(10)), ("b".to_owned(), ms(20)), ("c".to_owned(), ms(30))]);
}

#[test]
fn narrowing_agrees_with_reading_everything() {
    // Lines of all lengths around the size of a chunk, read backwards.
    let lengths = [0, 1, 65_535, 65_536, 65_537, 3, 0, 0, 131_072, 10];
    let mut log = Vec::new();
    for length in lengths {
        log.extend(std::iter::repeat_n(b'x', length));
        log.push(b'\n');
    }
    let run = run_with(&log, &[(log.len() as u64, 1)]);
    let all: Vec<LogLine> = LogReader::open(run.path(), "n1").unwrap().collect::<io::Result<_>>().unwrap();
    assert_eq!(all.len(), lengths.len());
    for max in 1..12 {
        let last = read_window(run.path(), "n1", ms(0), ms(9), max).unwrap();
        assert_eq!(last, all[all.len().saturating_sub(max)..], "max {max}");
    }
}

#[test]
fn long_lines_are_cut_and_odd_bytes_replaced() {
    let mut log = vec![b'y'; LINE_BYTES + 5];
    log.extend(b"\nbad \xff byte\r\n");
    let run = run_with(&log, &[]);
    let lines = read_window(run.path(), "n1", ms(0), ms(0), 5).unwrap();
    assert!(lines[0].text.ends_with("yy … [line cut, it has 16389 bytes]"));
    assert_eq!(lines[1].text, "bad \u{fffd} byte");
}

#[test]
fn a_torn_index_loses_its_torn_line_only() {
    let index = LogIndex::parse("4 1000\n8 2000\n3 500\nx y\n12 30");
    assert_eq!(index.entries, [(4, ms(1)), (8, ms(2))]);
    assert_eq!(index.timed(), 8);
}

#[test]
fn a_log_that_was_cut_keeps_the_times_of_what_is_left() {
    let index = LogIndex::parse("4 1000\n8 2000\n12 3000\n16 4000\n6 5000\n9 6000\n");
    assert_eq!(index.entries, [(4, ms(1)), (6, ms(2)), (9, ms(6))]);
    let index = LogIndex::parse("4 1000\n8 2000\n0 3000\n5 4000\n");
    assert_eq!(index.entries, [(0, ms(1)), (5, ms(4))]);

    let run = run_with(b"one\ntwo\n--- lsfr: cut\n", &[(4, 10), (900, 20), (8, 30), (22, 40)]);
    let lines: Vec<LogLine> = LogReader::open(run.path(), "n1").unwrap().collect::<io::Result<_>>().unwrap();
    assert_eq!(texts(&lines), ["one", "two", "cut"]);
    let times: Vec<Duration> = lines.iter().map(|line| line.at).collect();
    assert_eq!(times, [ms(10), ms(20), ms(40)]);
    let window = read_window(run.path(), "n1", ms(15), ms(35), 9).unwrap();
    assert_eq!(texts(&window), ["two"]);
}

#[test]
fn no_log_is_an_empty_window() {
    let run = tempfile::tempdir().unwrap();
    assert_eq!(read_window(run.path(), "n9", ms(0), ms(9), 5).unwrap(), []);
    assert_eq!(LogReader::open(run.path(), "n9").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn last_lines_leave_out_what_lsfr_wrote() {
    let run = run_with(b"old\n--- lsfr: START n1\na\nb\nc\n", &[]);
    let path = log_path(run.path(), "n1");
    assert_eq!(last_lines(&path, 4, 2).unwrap(), ["b", "c"]);
    assert_eq!(last_lines(&path, 4, 9).unwrap(), ["a", "b", "c"]);
    assert!(last_lines(&path, 99, 9).unwrap().is_empty());
}
