//! The mutants: each known-bad program fails the test that is named for it, and the card still says what it said
//! before.
//!
//! A recorded card is what a learner with that bug sees, as far as it is the same each time: which promise broke, at
//! which step, expected against actual, what led there and the first hint. A change to a test, a hint or a report shows
//! here for every bug it touches. How reliably each is caught is measured by `.ci/prove`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use lsfr::challenge::{self, Mutant, Origin};
use lsfr::report::card::Card;
use lsfr::report::card_text::{plain, render};
use lsfr::report::trail::Row;
use regex::Regex;
use serde_json::{Value as Json, json};

/// Mutants that run at once, beside the other tests. They wait more than they compute; with more of them verdicts are put
/// off, because nodes wait for a processor.
const AT_ONCE: usize = 2;
/// Where nodes race each other one seed in twenty may miss a bug, as `.ci/prove` measures.
const JUDGED: usize = 5;
/// Runs of a mutant, with those that a busy machine left without a verdict.
const RUNS: u64 = 10;
/// The most lines that a card may have at 100 columns.
const LINES: usize = 60;

/// A test for each stage, so that a change of one does not hide those of another.
macro_rules! stages {
    ($($challenge:literal { $($test:ident $stage:literal)* })*) => {
        const STAGES: &[(&str, &[&str])] = &[$(($challenge, &[$($stage),*])),*];
        $($(#[test]
        fn $test() {
            insta::assert_snapshot!(stringify!($test), cards($challenge, $stage));
        })*)*
    };
}

stages! {
    "kv-store" {
        http_api "http-api"
        persistence "persistence"
        crash_recovery "crash-recovery"
        conditional_writes "conditional-writes"
        cluster_info "cluster-info"
        leader_election "leader-election"
        failover "failover"
        quorum "quorum"
        flaky_network "flaky-network"
        log_replication "log-replication"
        catch_up "catch-up"
        durability "durability"
        linearizable_reads "linearizable-reads"
        fault_tolerance "fault-tolerance"
        exactly_once "exactly-once"
        log_compaction "log-compaction"
        snapshot_transfer "snapshot-transfer"
        add_members "add-members"
        remove_members "remove-members"
        sharding "sharding"
        group_join "group-join"
        group_leave "group-leave"
        local_transactions "local-transactions"
        cross_group_transactions "cross-group-transactions"
        transaction_recovery "transaction-recovery"
    }
    "message-queue" {
        queue_put_and_reserve "put-and-reserve"
        queue_errors "errors"
        queue_blocking_reserve "blocking-reserve"
        queue_priorities "priorities"
        queue_time_to_run "time-to-run"
        queue_delays "delays"
        queue_tubes "tubes"
        queue_bury_and_kick "bury-and-kick"
        queue_statistics "statistics"
        queue_crash_recovery "crash-recovery"
        queue_replication "replication"
        queue_guarantees "guarantees"
    }
    "compiler" {
        compiler_integers "integers"
        compiler_operators "operators"
        compiler_comparison_and_logic "comparison-and-logic"
        compiler_variables "variables"
        compiler_conditionals "conditionals"
        compiler_blocks "blocks"
        compiler_loops "loops"
        compiler_functions "functions"
        compiler_globals "globals"
        compiler_types "types"
        compiler_pointers "pointers"
        compiler_arrays "arrays"
        compiler_strings "strings"
        compiler_structs "structs"
        compiler_several_files "several-files"
        compiler_a_real_program "a-real-program"
    }
}

#[test]
fn every_seeded_bug_is_a_mutant_of_its_stage_and_every_mutant_is_run_here() {
    for (challenge, run) in STAGES {
        let listed: BTreeSet<(String, String)> =
            mutants(challenge).into_iter().map(|mutant| (mutant.bug, mutant.stage)).collect();
        let seeded = reference::bugs(challenge).iter();
        let seeded: BTreeSet<(String, String)> =
            seeded.map(|bug| (bug.name.to_owned(), bug.stage.to_owned())).collect();
        assert_eq!(listed, seeded);
        let run: BTreeSet<&str> = run.iter().copied().collect();
        let stages: BTreeSet<&str> = listed.iter().map(|(_, stage)| stage.as_str()).collect();
        assert_eq!(run, stages);
    }
}

fn mutants(challenge: &str) -> Vec<Mutant> {
    let challenge = challenge::load(&Origin::BuiltIn(challenge.to_owned())).unwrap();
    challenge.mutants().unwrap()
}

/// The cards of a stage's mutants, in the order of the pack.
fn cards(challenge: &str, stage: &str) -> String {
    let mutants: Vec<Mutant> = mutants(challenge).into_iter().filter(|mutant| mutant.stage == stage).collect();
    let next = Mutex::new(mutants.iter().enumerate());
    let told = Mutex::new(vec![Ok(String::new()); mutants.len()]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let taken = next.lock().unwrap().next();
                    let Some((at, mutant)) = taken else { return };
                    let told_of_it = card_of(challenge, mutant);
                    told.lock().unwrap()[at] = told_of_it;
                }
            });
        }
    });
    let told = told.into_inner().unwrap();
    let missed: String = told.iter().filter_map(|told| told.as_ref().err()).map(String::as_str).collect();
    // Never part of the record: what is not caught has no card.
    assert!(missed.is_empty(), "{missed}");
    told.into_iter().filter_map(Result::ok).collect::<Vec<_>>().join("\n")
}

/// What a learner with this bug sees, or why there is no card of it.
fn card_of(challenge: &str, mutant: &Mutant) -> Result<String, String> {
    let (mut judged, mut said) = (0, format!("{} was not caught\n", mutant.bug));
    for seed in 1..=RUNS {
        match run(challenge, mutant, seed) {
            Ran::Failed(card) => return Ok(card),
            Ran::Passed(how) => {
                judged += 1;
                writeln!(said, "  seed {seed}: {how}").unwrap();
            }
            Ran::NotJudged => writeln!(said, "  seed {seed}: not judged").unwrap(),
        }
        if judged == JUDGED {
            break;
        }
    }
    Err(said)
}

enum Ran {
    /// The card, as it is recorded.
    Failed(String),
    /// Or anything else that is no verdict on the machine: what was printed.
    Passed(String),
    NotJudged,
}

/// The card of a failure: one that was not judged catches nothing.
fn caught(events: &[Json]) -> Option<&Json> {
    events.iter().find(|event| event["event"] == "card" && event.get("not_judged").is_none())
}

#[test]
fn what_was_not_judged_is_no_catch() {
    let busy = json!({ "event": "card", "test": "a", "not_judged": "the machine was too busy" });
    let failed = json!({ "event": "card", "test": "b" });
    assert_eq!(caught(&[json!({ "event": "test_started" }), busy.clone()]), None);
    assert_eq!(caught(&[busy, failed.clone()]), Some(&failed));
}

/// Runs the test that is named for a mutant.
fn run(challenge: &str, mutant: &Mutant, seed: u64) -> Ran {
    let project = tempfile::tempdir().unwrap();
    let lsfr = env!("CARGO_BIN_EXE_lsfr");
    let run_sh = project.path().join("run.sh");
    fs::write(&run_sh, format!("#!/bin/sh\nexec '{lsfr}' __reference {challenge} --bug {} \"$@\"\n", mutant.bug))
        .unwrap();
    fs::set_permissions(&run_sh, fs::Permissions::from_mode(0o755)).unwrap();
    let config = format!("challenge: {challenge}\nstages:\n  current: {}\n", mutant.stage);
    fs::write(project.path().join("lsfr.yaml"), config).unwrap();
    let output = Command::new(lsfr)
        .args(["test", &mutant.stage, "--only", &mutant.test, "--seed", &seed.to_string(), "--format", "json"])
        .current_dir(project.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let events: Vec<Json> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named = |name: &'static str| events.iter().filter(move |event| event["event"] == name);
    let Some(card) = caught(&events) else {
        if named("card").next().is_some() {
            return Ran::NotJudged;
        }
        return Ran::Passed(format!("{} {}", output.status, String::from_utf8_lossy(&output.stderr)));
    };
    let concurrent =
        named("step_started").any(|step| step["text"].as_str().is_some_and(|text| text.contains("at once")));
    let card: Card = serde_json::from_value(card.clone()).unwrap();
    let page = plain(&render(&card, 100));
    assert!(page.lines().count() <= LINES, "the card of {} is long:\n{page}", mutant.bug);
    if card.cluster.is_some() || card.explanation.is_some() || challenge == "message-queue" {
        return Ran::Failed(brief(&mutant.bug, &card));
    }
    Ran::Failed(Mask::new(concurrent).card(&mutant.bug, &card))
}

/// Of nodes and connections that talk at once: who leads, and which of them is asked, or fails, first is chance.
fn brief(bug: &str, card: &Card) -> String {
    let hint = card.hints.last().map(|hint| format!("  last hint    {hint}\n")).unwrap_or_default();
    format!("{bug}\n  test         {}\n  requirement  {}\n{hint}", card.test, card.requirement)
}

/// What differs from run to run, or from one random draw of the pack to another, and what replaces it.
struct Mask {
    values: Vec<(Regex, &'static str)>,
    /// Requests ran at the same time: which of them fails, and after how many, is not the same each time.
    concurrent: bool,
}

impl Mask {
    fn new(concurrent: bool) -> Self {
        let mut values = vec![
            // `$(random_text(…))`, of which a card shows a part.
            (r"…?[0-9A-Za-z]{20,}…?|…[0-9A-Za-z]{8,}|[0-9A-Za-z]{8,}…", "TEXT"),
            // A moment in an ETag, which looks like a key that was moved.
            (r"\b[0-9]{6,}\.[0-9]+\b", "NUMBER"),
            // `$(random_key())`.
            (r"\b[0-9a-z]{12}\b", "KEY"),
            (r"\b[0-9.]+ (ms|s)\b", "TIME"),
            // The value that memory-large-frames.c computes from memory that is not its own.
            (r"-?\b[0-9]+ 255\b", "NUMBER 255"),
            // What a program gives that reads what was never written.
            (r"\(The program ended with exit status [0-9]+, not", "(The program ended with exit status N, not"),
            // The moment of an earlier answer.
            (r"\+[0-9]+\.[0-9]{3}\b", "+TIME"),
            // A moment in an ETag, as it is.
            (r"\b[0-9]{9,}\b", "NUMBER"),
            (r"\bpid [0-9]+\b", "PID"),
            // Where a run is recorded.
            (r"(/[^ ]*)?\.lsfr/runs/[^/]*", "RUN"),
        ];
        if concurrent {
            values.push((r"\b[0-9]+\b", "N"));
        }
        let values = values.into_iter().map(|(regex, name)| (Regex::new(regex).unwrap(), name)).collect();
        Mask { values, concurrent }
    }

    fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (regex, name) in &self.values {
            text = regex.replace_all(&text, *name).into_owned();
        }
        text
    }

    fn card(&self, bug: &str, card: &Card) -> String {
        let mut out = format!("{bug}\n");
        let mut line = |label: &str, text: &str| writeln!(out, "  {label:<12} {text}").unwrap();
        line("test", &card.test);
        line("requirement", &card.requirement);
        if let Some(step) = &card.step {
            line("step", &format!("{}  {}", step.path, step.text));
        }
        // When the copies ended that failed, and how many others did meanwhile, is chance.
        for told in card.told.iter().filter(|told| !(self.concurrent && told.starts_with("What failed ended"))) {
            line("told", &self.text(told));
        }
        if let Some(no_answer) = &card.no_answer {
            line("no answer", &self.text(no_answer));
        }
        if let Some(source) = &card.program {
            for (number, text) in source.lines.iter().filter(|(number, _)| source.line == Some(*number)) {
                line("line", &format!("{number} {}", text.trim()));
            }
        }
        for command in &card.commands {
            line("command", &self.text(command));
        }
        for difference in &card.differences {
            // A status is one of a few, and says much.
            let mask = |text: &str| if difference.path == "status" { text.to_owned() } else { self.text(text) };
            line(&difference.path, &format!("expected {}", mask(&difference.expected)));
            line("", &format!("actual   {}", mask(&difference.actual)));
            for note in &difference.notes {
                line("", &self.text(note));
            }
        }
        if let Some(likely) = &card.likely {
            line("likely", &self.text(likely));
        }
        line("led here", &self.led_here(&card.led_here).join(", "));
        if let Some((number, hint)) = card.hint() {
            line(&format!("hint {number} of {}", card.hints.len()), hint);
        }
        out
    }

    fn led_here(&self, rows: &[Row]) -> Vec<String> {
        let is_fault = |row: &&Row| ["START", "STOP", "KILL"].contains(&row.verb.as_str());
        if !self.concurrent {
            return rows.iter().map(|row| self.row(row)).collect();
        }
        // How many of the earlier ones a card has room for depends on what came between.
        let from = rows.iter().rposition(|row| ["STOP", "KILL"].contains(&row.verb.as_str())).unwrap_or(0);
        rows[from..].iter().filter(|row| is_fault(row) || row.wrong).map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &Row) -> String {
        let words = match row.verb.as_str() {
            // A line that counts others.
            "" => vec![row.text.as_str()],
            // How long it took is not the same each time; whether it came is.
            "START" if !row.wrong => vec!["START"],
            "START" | "STOP" => vec![row.verb.as_str(), row.text.as_str()],
            verb => vec![verb, row.outcome.as_str()],
        };
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        format!("{}{}", words.join(" "), if row.wrong { " ✗" } else { "" })
    }
}
