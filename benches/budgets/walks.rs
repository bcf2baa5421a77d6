//! Random walks that went wrong: how long it takes until the few steps are found that show it, and how few these are.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use lsfr::facts::{Event, Stamped, Verdict, Walk, What};
use lsfr::report::records;

use super::{LSFR, Result, Row, median};

/// Challenge, stage and bug of the reference. Where a crash is needed, each try restarts the program at least once.
const BUGS: [(&str, &str, &str); 7] = [
    ("kv-store", "persistence", "save-merges"),
    ("kv-store", "crash-recovery", "clear-not-logged"),
    ("kv-store", "crash-recovery", "replay-keeps-first"),
    ("message-queue", "tubes", "pause-ignored"),
    ("message-queue", "bury-and-kick", "buried-by-priority"),
    ("message-queue", "bury-and-kick", "kick-takes-both"),
    ("message-queue", "crash-recovery", "buries-not-logged"),
];
const SEEDS: u64 = 3;

/// From the wrong answer to the card, and the steps on it: each bug with three seeds, each of which walks until it goes wrong.
pub(super) fn shrink() -> Result<Vec<Row>> {
    let (mut seconds, mut most) = (Vec::new(), (0, String::new()));
    for (challenge, stage, bug) in BUGS {
        for seed in 1..=SEEDS {
            let (took, steps) = shrunk(challenge, stage, bug, seed)?;
            seconds.push(took);
            if steps > most.0 {
                most = (steps, format!("{bug}, seed {seed}"));
            }
        }
    }
    let longest = seconds.iter().copied().fold(0.0, f64::max);
    let row = |what, figure, budget, unit, made_of| Row { what, figure, budget, unit, made_of };
    Ok(vec![
        row("shrink a walk that went wrong", median(seconds), 10.0, "s", format!("{longest:.1} s at most")),
        row("  the most steps that are left", most.0 as f64, 8.0, "", most.1),
    ])
}

/// How long it took, and how many steps are left.
fn shrunk(challenge: &str, stage: &str, bug: &str, seed: u64) -> Result<(f64, usize)> {
    let project = tempfile::tempdir()?;
    fs::write(project.path().join("lsfr.yaml"), format!("challenge: {challenge}\n"))?;
    let run_sh = project.path().join("run.sh");
    fs::write(&run_sh, format!("#!/bin/sh\nexec '{LSFR}' __reference {challenge} --bug {bug} \"$@\"\n"))?;
    fs::set_permissions(&run_sh, Permissions::from_mode(0o755))?;
    Command::new(LSFR)
        .args(["test", stage, "--explore", "1m", "--seed", &seed.to_string()])
        .current_dir(project.path())
        .stdin(Stdio::null())
        .output()?;
    let recorded = records::latest(project.path()).ok_or("the walk left no record")?;
    let found = recorded.events()?.find_map(|event| took(&event));
    found.ok_or_else(|| format!("no walk found {bug}, so its time means nothing.").into())
}

/// What an event tells of a walk that went wrong.
fn took(stamped: &Stamped) -> Option<(f64, usize)> {
    let Event::TestEnded { verdict: Verdict::Failed(failure), .. } = &stamped.event else { return None };
    let What::Walked { walk, .. } = &failure.what else { return None };
    let Walk { at, steps, left_out, .. } = &**walk;
    Some((stamped.at.saturating_sub(*at).as_secs_f64(), steps.len() + left_out))
}
