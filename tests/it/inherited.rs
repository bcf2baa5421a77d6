//! lsfr started by something that ignores and blocks signals, which a program inherits.

#![cfg(target_os = "linux")]

use std::process::{Command, Output};

use crate::support::{LSFR, Project, Said};

/// Notes the signals that it was started with, and those of lsfr, whose child its parent is. Then it compiles.
const RUN_SH: &str = "#!/bin/sh
grep '^Sig' /proc/self/status > program
lsfr=$(sed -n 's/^PPid:.//p' /proc/$PPID/status)
grep '^Sig' /proc/$lsfr/status > lsfr
exec gcc -w \"$@\"
";
const IGNORED: &str = "HUP,INT,QUIT,USR1,USR2,PIPE,TERM,CHLD,TSTP,TTIN,TTOU";
const BLOCKED: &str = "INT,TERM,CHLD,USR1,ALRM";
const PIPE: u32 = 13;

/// `lsfr test` as a child of what ignores these and blocks those.
fn run(project: &Project, ignored: &str, blocked: &str) -> Output {
    let mut command = Command::new("env");
    command.arg(format!("--ignore-signal={ignored}")).arg(format!("--block-signal={blocked}"));
    command.args([LSFR, "test"]).current_dir(&project.dir).output().unwrap()
}

/// The usual signals in a set that one of RUN_SH's notes has.
fn signals(project: &Project, note: &str, set: &str) -> Vec<u32> {
    let note = project.read(note);
    let mask = note.lines().find_map(|line| line.strip_prefix(set)).unwrap();
    let mask = u64::from_str_radix(mask.trim().trim_start_matches(':').trim(), 16).unwrap();
    (1..32).filter(|signal| mask >> (signal - 1) & 1 == 1).collect()
}

#[test]
fn every_signal_does_what_it_usually_does() {
    let project = Project::compiler();
    project.run_sh(RUN_SH);
    Said::of(run(&project, IGNORED, BLOCKED)).exits(0).says(&["Passed"]);
    let nothing: &[u32] = &[];
    assert_eq!(signals(&project, "program", "SigIgn"), nothing);
    assert_eq!(signals(&project, "program", "SigBlk"), nothing);
    // Rust's own way: a broken pipe is an error.
    assert_eq!(signals(&project, "lsfr", "SigIgn"), [PIPE]);
    assert_eq!(signals(&project, "lsfr", "SigBlk"), nothing);
    // INT, TERM and HUP, and nothing that only swallows what came ignored.
    let heard = signals(&project, "lsfr", "SigCgt");
    assert!([1, 2, 15].iter().all(|signal| heard.contains(signal)), "{heard:?}");
    assert!([3, 10, 12, 21, 22].iter().all(|signal| !heard.contains(signal)), "{heard:?}");
}

#[test]
fn the_status_of_a_child_is_not_lost_where_sigchld_is_ignored() {
    let project = Project::compiler();
    project.run_sh("#!/bin/sh\nexit 3\n");
    Said::of(run(&project, "CHLD", "CHLD")).exits(1).says(&["exit expected 0 actual 3"]);
}

/// lsfr executes itself again to undo this: its arguments must survive that.
#[test]
fn the_command_line_is_the_same() {
    let of = |command: &mut Command| Said::of(command.output().unwrap()).exits(2);
    let usual = of(Command::new(LSFR).args(["logs", "--no-such-option"]));
    let ignoring = of(Command::new("env").args(["--ignore-signal=CHLD", LSFR, "logs", "--no-such-option"]));
    assert_eq!((usual.out, usual.err), (ignoring.out, ignoring.err));
}
