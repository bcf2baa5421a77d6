//! What a program prints ends at a limit, however fast it is and wherever the files are.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use lsfr::cluster::run_to_end::{End, Once, Programs};
use lsfr::cluster::{GrantedTime, Limits, LogReader, NodeState};
use lsfr::facts::{ExitStatus, NodeEventKind};
use tempfile::TempDir;

use super::cluster::{Bench, until};
use super::support::LSFR;

const LIMIT: u64 = 2_000_000;
/// For what lsfr writes after the program's last line.
const ROOM: u64 = 4096;

/// Prints numbered lines as fast as it can, by two processes.
const FLOOD: &str = "cat > flood.py <<'END'
import os
os.fork()
block = b''.join(b'line %07d\\n' % number for number in range(10000))
while True: os.write(1, block)
END
";

/// On a disk, and in memory where the system has such a folder.
fn places() -> Vec<TempDir> {
    let memory = Path::new("/dev/shm").is_dir().then(|| tempfile::tempdir_in("/dev/shm").unwrap());
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    memory.into_iter().chain([disk]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_never_ends_above_its_limit() {
    for place in places() {
        let run = place.path().join("run");
        let run_sh = format!("#!/bin/sh\n{FLOOD}python3 flood.py &\nexec python3 server.py \"$@\"\n");
        let mut bench = Bench::with(&run_sh, |spec| {
            spec.run_dir = run.clone();
            spec.limits.log = LIMIT;
        })
        .await;
        // Each start continues the log, which is full by then.
        for start in 0..3 {
            let sentence = match bench.cluster.start("n1").await {
                Ok(_) => match bench.next(|kind| matches!(kind, NodeEventKind::OverLimit { .. })).await {
                    NodeEventKind::OverLimit { sentence } => sentence,
                    kind => panic!("{kind:?}"),
                },
                // The limit may be passed before the port accepts.
                Err(error) => error.to_string(),
            };
            assert!(sentence.starts_with("n1 printed "), "{sentence}");
            assert!(sentence.contains(" MB in this run; the limit is 2 MB, so lsfr killed it."), "{sentence}");
            bench.assert_empty("a flood");
            let length = fs::metadata(run.join("logs/n1.log")).unwrap().len();
            assert!((LIMIT - ROOM..=LIMIT + ROOM).contains(&length), "{length}");
            let lines: Vec<_> = LogReader::open(&run, "n1").unwrap().map(Result::unwrap).collect();
            let (last, printed) = lines.split_last().unwrap();
            assert!(last.own && last.text == sentence, "{last:?}");
            // The server writes a line and its end apart, and another process may come between the two.
            let whole = |text: &str| {
                let rest = text.strip_prefix("listening").unwrap_or(text);
                rest.is_empty() || rest.len() == "line 0000000".len()
            };
            let cut = printed.iter().find(|line| !line.own && !whole(&line.text));
            assert_eq!(cut.map(|line| &line.text), None, "start {start}");
            assert!(lines.is_sorted_by_key(|line| line.at), "start {start}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ends_before_anybody_looks_is_over_the_limit_all_the_same() {
    let run_sh = "#!/bin/sh\npython3 -c 'print((\"x\" * 99 + \"\\n\") * 30000)' &\nwait\n";
    let bench = Bench::with(run_sh, |spec| spec.limits.log = LIMIT).await;
    let error = bench.cluster.start("n1").await.unwrap_err().to_string();
    assert!(error.contains("the limit is 2 MB, so lsfr killed it"), "{error}");
    let length = fs::metadata(bench.dir.path().join("run/logs/n1.log")).unwrap().len();
    assert!((LIMIT - ROOM..=LIMIT + ROOM).contains(&length), "{length}");
    assert_eq!(bench.cluster.state("n1"), NodeState::Down);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_prints_on_after_a_cut_log_is_read_with_its_times() {
    // A log that is short again, as after a cut.
    let bench = Bench::new("#!/bin/sh\nexec python3 server.py \"$@\"\n").await;
    bench.cluster.start("n1").await.unwrap();
    let run = bench.dir.path().join("run");
    let log = run.join("logs/n1.log");
    let lines = || -> Vec<_> { LogReader::open(&run, "n1").unwrap().map(Result::unwrap).collect() };
    until("it has printed", || lines().iter().any(|line| line.text == "listening")).await;
    bench.cluster.kill("n1").await.unwrap();
    let before = lines();
    let cut = fs::read(&log).unwrap().iter().position(|byte| *byte == b'\n').unwrap() + 1;
    fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(cut as u64).unwrap();
    bench.cluster.sample_logs();
    bench.cluster.start("n1").await.unwrap();
    bench.cluster.shutdown().await;
    let after = lines();
    assert_eq!(after[0], before[0]);
    assert!(after.len() > 1 && after[1..].iter().all(|line| line.at > before.last().unwrap().at), "{after:?}");
}

/// Runs a program whose output is limited; how it ended, and the bytes of both outputs.
async fn run(place: &Path, script: &str) -> (End, u64, u64) {
    let programs = Programs::default();
    let args = ["-c", script].map(OsString::from);
    let time = GrantedTime::begin();
    let once = Once {
        guard: LSFR.as_ref(),
        program: "/usr/bin/env".as_ref(),
        args: &[&["python3".into()], &args[..]].concat(),
        dir: place,
        files: place,
        output: None,
        limits: Limits { log: LIMIT, ..Limits::default() },
        longest_file: None,
        programs: &programs,
        time: &time,
    };
    let finished = once.with_stdin(b"", Duration::from_secs(60)).await.unwrap();
    let length = |path: &Path| fs::metadata(path).unwrap().len();
    (finished.end, length(&finished.stdout), length(&finished.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_outputs_of_a_program_that_is_run_once_are_limited() {
    for place in places() {
        for output in [1, 2] {
            let script = format!("import os\nwhile True: os.write({output}, b'x' * 99 + b'\\n')");
            let (end, stdout, stderr) = run(place.path(), &script).await;
            let End::OverLimit(over) = end else { panic!("{end:?}") };
            let sentence = over.sentence_of_program("It");
            assert!(sentence.ends_with(" MB; the limit is 2 MB, so lsfr killed it."), "{sentence}");
            let (full, other) = if output == 1 { (stdout, stderr) } else { (stderr, stdout) };
            assert!((LIMIT - 100..=LIMIT).contains(&full) && other == 0, "{output}: {full}, {other}");
        }
        let (end, stdout, _) = run(place.path(), "print('x' * 1000)").await;
        assert_eq!((end, stdout), (End::Exited(ExitStatus::Code(0)), 1001));
    }
}
