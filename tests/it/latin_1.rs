//! A challenge directory whose path is not UTF-8: a path is just bytes.

#![cfg(target_os = "linux")]

use crate::support::{LSFR, Project};

/// Paths in arguments are absolute in one of these stages, and relative in the other.
#[test]
fn a_right_compiler_passes() {
    let project = Project::in_latin_1("compiler");
    project.run_sh("#!/bin/sh\nexec gcc -w \"$@\"\n");
    project.write("lsfr.yaml", "challenge: compiler\nbuild: test -x run.sh\nstages:\n  current: operators\n");
    project.lsfr(["test", "--so-far"]).exits(0).says(&["✓ integers", "✓ operators"]);
    project.assert_nothing_runs();
}

#[test]
fn a_wrong_compiler_is_told_with_a_command_that_can_be_given_again() {
    let project = Project::in_latin_1("compiler");
    project.run_sh("#!/bin/sh\nexit 3\n");
    let test = "Any number from 0 to 255 will do";
    let said = project.lsfr(["test", "--only", test]).exits(1).says(&["exit expected 0 actual 3"]);
    said.says(&["./run.sh .lsfr/runs/"]);
}

#[test]
fn a_right_server_passes_and_keeps_its_data() {
    let project = Project::in_latin_1("kv-store");
    project.run_sh(&format!("#!/bin/sh\nexec '{LSFR}' __reference kv-store \"$@\"\n"));
    project.lsfr(["test", "persistence"]).exits(0).says(&["Passed"]);
    project.lsfr(["logs"]).exits(0).says(&["START n1", "STOP n1"]);
    project.lsfr(["replay"]).exits(0).says(&["Passed"]);
    project.assert_nothing_runs();
}
