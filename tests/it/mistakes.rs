//! Mistakes that programs of another make have: the tests of the packs find them, too, and not only those of the references.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use regex::Regex;

use crate::support::run;

/// Where nodes race each other one seed in twenty may miss a mistake.
const JUDGED: usize = 5;
/// Runs of one, with those that a busy machine left without a verdict.
const RUNS: u64 = 10;

struct Mistake {
    program: &'static str,
    bug: &'static str,
    challenge: &'static str,
    stage: &'static str,
    test: &'static str,
}

fn mistakes() -> Vec<Mistake> {
    let row = r#"^- \{ program: (.*), bug: (.*), challenge: (.*), stage: (.*), test: "(.*)" \}$"#;
    let row = Regex::new(row).unwrap();
    let lines = include_str!("../programs/mistakes.yaml").lines().filter(|line| line.starts_with('-'));
    let mistake = |line| {
        let [program, bug, challenge, stage, test] = row.captures(line).expect(line).extract().1;
        Mistake { program, bug, challenge, stage, test }
    };
    lines.map(mistake).collect()
}

/// Whether the test that is named fails with it, and if not, what was printed.
fn is_caught(mistake: &Mistake) -> Result<(), String> {
    let Mistake { program, bug, challenge, stage, test } = mistake;
    let (mut judged, mut said) = (0, format!("{program} --bug {bug} was not caught\n"));
    for seed in 1..=RUNS {
        let temp = tempfile::tempdir().unwrap();
        let program = format!("'{}/tests/programs/{program}'", env!("CARGO_MANIFEST_DIR"));
        let run_sh = temp.path().join("run.sh");
        fs::write(&run_sh, format!("#!/bin/sh\nexec python3 -B {program} --bug {bug} \"$@\"\n")).unwrap();
        fs::set_permissions(&run_sh, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(temp.path().join("lsfr.yaml"), format!("challenge: {challenge}\nstages:\n  current: {stage}\n"))
            .unwrap();
        let ended = run(temp.path(), ["test", stage, "--only", test, "--seed", &seed.to_string()]);
        match ended.code {
            Some(1) => return Ok(()),
            Some(3) => {}
            _ => judged += 1,
        }
        said += &ended.out;
        if judged == JUDGED {
            break;
        }
    }
    Err(said)
}

#[track_caller]
fn are_caught(of: &str) {
    let mut of = mistakes().into_iter().filter(|mistake| mistake.program == of).peekable();
    assert!(of.peek().is_some());
    let missed: String = of.filter_map(|mistake| is_caught(&mistake).err()).collect();
    assert!(missed.is_empty(), "{missed}");
}

#[test]
fn the_mistakes_of_a_cluster_of_threads_are_caught() {
    are_caught("raft_threads.py");
}

#[test]
fn the_mistakes_of_a_queue_on_one_event_loop_are_caught() {
    are_caught("queue_py/queue_server.py");
}

#[test]
fn the_mistakes_of_a_compiler_whose_assembly_is_changed_are_caught() {
    if Command::new("gcc").arg("--version").output().is_err() {
        assert!(env::var_os("LSFR_ALL_PROGRAMS").is_none(), "gcc is not installed, and LSFR_ALL_PROGRAMS is set");
        return eprintln!("gcc is not installed here: its mistakes were not tried");
    }
    are_caught("gcc_mistaken.py");
}

/// One that the program does not know would be caught by nothing.
#[test]
fn each_mistake_is_one_that_its_program_has() {
    for Mistake { program, bug, .. } in mistakes() {
        let path = format!("{}/tests/programs/{program}", env!("CARGO_MANIFEST_DIR"));
        let program = fs::read_to_string(path).unwrap();
        let said = program.lines().filter(|line| line.split_whitespace().next() == Some(bug)).count();
        assert_eq!(said, 1, "{bug}");
    }
}
