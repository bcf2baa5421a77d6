//! Runs written, read back, interrupted, and removed when there are too many.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Local, TimeZone};

use super::Reporter;
use super::card::Card;
use super::journal;
use super::records::{RUNS, RecordsError, RunFolder, events_path, latest, list, load};
use super::rest::Rest;
use super::retention::{Limits, guard, prune};
use super::run_state::RunState;
use crate::facts::{Event, Outcome, RunStarted, StageVerdict, Stamped, TestVerdict, Verdict};
use crate::machine::Disk;

fn time(second: i64) -> DateTime<Local> {
    Local.timestamp_opt(1_795_000_000 + second, 0).unwrap()
}

fn tell(run: &mut RunFolder, event: Event) {
    run.event(&Stamped { at: Duration::from_millis(7), event }, &RunState::default());
}

fn begin(project: &Path, stage: &str, second: i64) -> RunFolder {
    let mut run = RunFolder::create(project, stage, time(second)).unwrap();
    let folder = run.relative().to_owned();
    let started = RunStarted {
        version: "0.1.0".into(),
        challenge: "kv-store".into(),
        stages: vec![stage.into()],
        seed: u64::MAX,
        folder,
        time: "2026-11-23T12:03:01+01:00".into(),
        faults: None,
    };
    tell(&mut run, Event::RunStarted(started));
    tell(&mut run, Event::StageStarted { stage: stage.into(), title: "T".into(), tests: vec!["A".into()] });
    fs::create_dir_all(run.path().join("data/n1")).unwrap();
    fs::write(run.path().join("data/n1/log"), "x").unwrap();
    run
}

/// Begins a run and ends it; returns its folder.
fn whole(project: &Path, stage: &str, second: i64, passed: bool) -> PathBuf {
    let mut run = begin(project, stage, second);
    let (stage_verdict, outcome) = match passed {
        true => (StageVerdict::Passed, Outcome::Passed),
        false => (StageVerdict::Failed, Outcome::Failed),
    };
    if passed {
        let took = Duration::from_millis(41);
        tell(&mut run, Event::TestEnded { stage: stage.into(), test: "A".into(), verdict: Verdict::Passed, took });
    } else {
        run.card(&Card::example(stage, "A", &["a hint"]));
    }
    tell(&mut run, Event::StageEnded { stage: stage.into(), verdict: stage_verdict, took: Duration::ZERO });
    tell(&mut run, Event::RunEnded { outcome, took: Duration::from_secs(1) });
    assert_eq!(run.finish(), None);
    run.path().to_owned()
}

#[test]
fn a_run_is_read_back_as_it_was() {
    let project = tempfile::tempdir().unwrap();
    let path = whole(project.path(), "persistence", 0, false);
    let run = latest(project.path()).unwrap();
    assert_eq!(run.folder, path);
    assert!(!run.live);
    assert_eq!((run.record.seed, &run.record.outcome), (u64::MAX, &Outcome::Failed));
    assert_eq!(run.record.results[0].verdict, Some(StageVerdict::Failed));
    assert_eq!(run.record.cards[0].test, "A");
    assert_eq!(run.record.failed_stages().collect::<Vec<_>>(), ["persistence"]);
    assert_eq!(run.events().unwrap().count(), 4);
    assert!(path.join("data/n1/log").exists(), "the data of a failed run is kept");
}

#[test]
fn a_card_is_kept_with_what_became_of_the_other_tests() {
    let project = tempfile::tempdir().unwrap();
    let mut run = RunFolder::create(project.path(), "persistence", time(0)).unwrap();
    let mut state = RunState::default();
    let mut tell = |run: &mut RunFolder, event| {
        let stamped = Stamped { at: Duration::from_millis(7), event };
        state.event(&stamped);
        run.event(&stamped, &state);
    };
    let tests = ["A", "B", "C"].map(str::to_owned).to_vec();
    let stage = || "persistence".to_owned();
    let passed = |test: &str| Event::TestEnded {
        stage: stage(),
        test: test.into(),
        verdict: Verdict::Passed,
        took: Duration::ZERO,
    };
    tell(&mut run, Event::StageStarted { stage: stage(), title: "T".into(), tests });
    run.card(&Card::example("persistence", "A", &[]));
    tell(&mut run, passed("B"));
    assert_eq!(load(run.path()).unwrap().record.cards[0].rest, None, "the stage goes on");
    // It was interrupted before the third.
    tell(&mut run, Event::RunEnded { outcome: Outcome::Interrupted, took: Duration::ZERO });
    let rest = load(run.path()).unwrap().record.cards[0].rest.clone();
    assert_eq!(rest, Some(Rest { passed: 1, not_run: 1, ..Rest::default() }));
}

#[test]
fn the_data_of_a_passed_run_is_removed() {
    let project = tempfile::tempdir().unwrap();
    let path = whole(project.path(), "persistence", 0, true);
    assert!(!path.join("data").exists());
    assert_eq!(load(&path).unwrap().record.results[0].tests[0].verdict, TestVerdict::Passed);
}

#[test]
fn an_interrupted_run_can_be_read() {
    let project = tempfile::tempdir().unwrap();
    let mut run = begin(project.path(), "persistence", 0);
    run.card(&Card::example("persistence", "A", &[]));
    let path = run.path().to_owned();
    assert!(load(&path).unwrap().live);
    drop(run);
    // The last line was being written when the machine went down.
    let mut events = fs::read(path.join("events.jsonl")).unwrap();
    events.extend(b"{\"at\":1.0,\"event\":\"from_a_later_version\"}\n{\"at\":1.0,\"event\":\"note\",\"te");
    fs::write(path.join("events.jsonl"), events).unwrap();
    let run = load(&path).unwrap();
    assert!(!run.live);
    assert_eq!(run.record.outcome, Outcome::Interrupted);
    assert_eq!(run.record.cards.len(), 1);
    assert_eq!(run.events().unwrap().count(), 2);
}

#[test]
fn who_follows_the_events_waits_for_a_tick_at_most() {
    let project = tempfile::tempdir().unwrap();
    let mut run = begin(project.path(), "one", 0);
    let lines = |run: &RunFolder| fs::read_to_string(events_path(run.path())).unwrap().lines().count();
    let before = lines(&run);
    tell(&mut run, Event::StepStarted { text: "GET /kv/a".into() });
    assert_eq!(lines(&run), before, "written in bulk");
    run.tick();
    assert_eq!(lines(&run), before + 1);
}

#[test]
fn a_record_of_another_version_gives_what_it_can() {
    let project = tempfile::tempdir().unwrap();
    let path = whole(project.path(), "persistence", 0, false);
    let text = fs::read_to_string(path.join("run.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["format"] = 9.into();
    json["outcome"] = "exploded".into();
    json["new"] = true.into();
    json["cards"].as_array_mut().unwrap().push("not a card".into());
    fs::write(path.join("run.json"), json.to_string()).unwrap();
    let record = load(&path).unwrap().record;
    assert_eq!((record.format, record.seed, record.cards.len()), (9, u64::MAX, 1));
    assert_eq!(record.outcome, Outcome::Interrupted);

    fs::write(path.join("run.json"), "{").unwrap();
    assert!(matches!(load(&path), Err(RecordsError::Broken { .. })));
    assert!(latest(project.path()).is_none());
}

#[test]
fn two_runs_in_one_second_have_two_folders() {
    let project = tempfile::tempdir().unwrap();
    let names: Vec<String> =
        (0..3).map(|_| begin(project.path(), "../odd stage", 0)).map(|run| run.relative().to_owned()).collect();
    assert!(names[0].ends_with("-..-odd-stage"), "{names:?}");
    assert_eq!(names[1], format!("{}-2", names[0]));
    assert_eq!(names[2], format!("{}-3", names[0]));
    let listed: Vec<PathBuf> = list(project.path());
    assert_eq!(listed[0], project.path().join(&names[2]));
}

#[test]
fn old_runs_go_but_the_last_failure_of_each_stage_stays() {
    let project = tempfile::tempdir().unwrap();
    let older_failure = whole(project.path(), "persistence", 0, false);
    let failure = whole(project.path(), "persistence", 1, false);
    let other = whole(project.path(), "http-api", 2, false);
    let live = begin(project.path(), "http-api", 3);
    let stopped = begin(project.path(), "http-api", 4).path().to_owned();
    for second in 5..40 {
        whole(project.path(), "persistence", second, true);
    }
    assert_eq!(list(project.path()).len(), Limits::USUAL.runs);
    assert!(!older_failure.exists() && !stopped.exists());
    assert!(failure.exists() && other.exists() && live.path().exists());
}

#[test]
fn runs_that_are_too_large_go_but_never_the_newest() {
    let project = tempfile::tempdir().unwrap();
    let runs: Vec<PathBuf> = (0..3).map(|second| whole(project.path(), "persistence", second, true)).collect();
    for run in &runs {
        fs::write(run.join("history.jsonl"), vec![b'x'; 100_000]).unwrap();
    }
    let folder = project.path().join(RUNS);
    let _guard = guard(&folder).unwrap();
    prune(&folder, Limits { runs: 20, bytes: 250_000 });
    assert_eq!(list(project.path()), [runs[2].clone(), runs[1].clone()]);
    prune(&folder, Limits { runs: 20, bytes: 10 });
    assert_eq!(list(project.path()), [runs[2].clone()]);
}

#[test]
fn nothing_else_is_touched() {
    let project = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("precious"), "x").unwrap();
    let first = whole(project.path(), "persistence", 0, true);
    let folder = project.path().join(RUNS);
    std::os::unix::fs::symlink(outside.path(), first.join("link")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.join("20200101-000000-persistence")).unwrap();
    fs::create_dir(folder.join("my-notes")).unwrap();
    fs::write(folder.join("20200101-000000-a-file"), "x").unwrap();
    whole(project.path(), "persistence", 1, true);
    let _guard = guard(&folder).unwrap();
    prune(&folder, Limits { runs: 0, bytes: 0 });
    assert!(!first.exists());
    assert_eq!(list(project.path()).len(), 1);
    assert!(outside.path().join("precious").exists());
    assert!(folder.join("20200101-000000-persistence").is_symlink());
    assert!(folder.join("my-notes").exists() && folder.join("20200101-000000-a-file").exists());
}

#[test]
fn records_are_not_made_behind_a_link() {
    let project = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), project.path().join(".lsfr")).unwrap();
    let Err(error) = RunFolder::create(project.path(), "persistence", time(0)) else { panic!("made") };
    assert!(matches!(error, RecordsError::Link { .. }), "{error}");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_for_the_events_is_known_at_once() {
    let project = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::measured(project.path(), |_| Ok(u64::MAX)));
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut run = begin(project.path(), "persistence", 0).on(Arc::clone(&disk)).with_events(full);
    assert_eq!(disk.was_full(), None);
    tell(&mut run, Event::Note { text: "one more".into() });
    assert!(disk.was_full().is_some());
    assert!(run.finish().unwrap().contains("are incomplete"));
}

#[test]
fn a_run_is_in_the_journal_after_its_folder_has_gone() {
    let project = tempfile::tempdir().unwrap();
    let first = whole(project.path(), "persistence", 0, false);
    let second = whole(project.path(), "persistence", 60, true);
    let interrupted = begin(project.path(), "persistence", 120);
    fs::remove_dir_all(&first).unwrap();
    let entries = journal::read(project.path(), "kv-store");
    let names: Vec<_> = entries.iter().map(|entry| entry.run.as_str()).collect();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(names, [name(&first), name(&second)], "each once, and none that still runs");
    assert_eq!(entries[1].stages[0].passed, 1);
    assert_eq!(entries[1].took, Duration::from_secs(1));
    drop(interrupted);
    assert_eq!(journal::read(project.path(), "kv-store").len(), 3, "one that never ended is known by its folder");
    assert!(journal::read(project.path(), "queue").is_empty());
}
