//! Correct programs, each odd in its own way: the stages pass all of them.

use std::process::Command;

use super::support::{LSFR, Project};

fn project(program: &str, run_sh: &str) -> Project {
    let project = Project::new();
    project.write("program", program);
    project.run_sh(run_sh);
    project
}

/// Runs every stage for one node with a program started in this way.
fn passes(program: &str, run_sh: &str) {
    let project = project(program, run_sh);
    project.lsfr(["test", "conditional-writes", "--so-far"]).exits(0);
    project.assert_nothing_runs();
}

fn is_here(program: &str) -> bool {
    Command::new(program).arg("version").output().is_ok()
}

#[test]
fn one_request_a_connection_and_one_file_a_key() {
    // run.sh stays, and passes the signal on to what it started in the background.
    let run_sh = "#!/bin/sh\n\
        python3 program \"$@\" &\n\
        server=$!\n\
        trap 'kill -TERM $server' TERM\n\
        wait $server || wait $server\n";
    passes(include_str!("../programs/one_file_a_key.py"), run_sh);
}

/// Of an answer without a length nobody can tell whether a kill has cut it.
#[test]
fn an_answer_that_a_kill_may_have_cut_proves_nothing() {
    let whole = "        self.wfile.write(body)\n";
    let program = include_str!("../programs/one_file_a_key.py");
    assert!(program.contains(whole));
    // Nearly every kill comes between a head and its body.
    let slow = program.replace(whole, &format!("        import time; time.sleep(0.03)\n{whole}"));
    let project = project(&slow, "#!/bin/sh\nexec python3 program \"$@\"\n");
    project.lsfr(["test", "crash-recovery", "--only", "What a GET returned survives kill -9"]).exits(0);
    project.assert_nothing_runs();
}

#[test]
fn slow_chunked_and_closing_connections_as_it_likes() {
    passes(include_str!("../programs/slow_log.py"), "#!/usr/bin/env bash\nexec python3 program \"$@\"\n");
}

#[test]
fn an_event_loop_with_one_fsync_for_many() {
    if !is_here("node") {
        // The others need nothing but Python; this one is for machines that have Node.js.
        return eprintln!("node is not installed here: its server was not tried");
    }
    passes(include_str!("../programs/group_commit.js"), "#!/bin/sh\nexec node program \"$@\"\n");
}

/// Another Raft, in the stages that demand most of what clients see.
#[test]
fn a_cluster_of_threads_with_one_lock_each() {
    let project = project(include_str!("../programs/raft_threads.py"), "#!/bin/sh\nexec python3 program \"$@\"\n");
    for stage in ["conditional-writes", "log-replication", "linearizable-reads", "exactly-once"] {
        project.lsfr(["test", stage]).exits(0);
    }
    project.assert_nothing_runs();
}

/// Another Raft, whose members change by joint consensus and not one by one.
#[test]
fn a_cluster_whose_members_change_by_joint_consensus() {
    let raft = include_str!("../programs/sharded_py/raft_members.py");
    let project = project(raft, "#!/bin/sh\nexec python3 program \"$@\"\n");
    for stage in ["snapshot-transfer", "remove-members"] {
        project.lsfr(["test", stage]).exits(0);
    }
    project.assert_nothing_runs();
}

/// What the log has led to is in a database, which has a log of its own.
#[test]
fn a_cluster_that_keeps_its_state_in_sqlite() {
    let run_sh = "#!/bin/sh\nexport STORE=sqlite\nexec python3 program \"$@\"\n";
    let project = project(include_str!("../programs/sharded_py/raft_members.py"), run_sh);
    project.lsfr(["test", "log-compaction"]).exits(0);
    project.assert_nothing_runs();
}

/// A third one, compiled, that was written from the guides alone.
#[test]
fn a_cluster_in_go() {
    if !is_here("go") {
        assert!(std::env::var_os("LSFR_ALL_PROGRAMS").is_none(), "go is not installed, and LSFR_ALL_PROGRAMS is set");
        return eprintln!("go is not installed here: its server was not tried");
    }
    let project = Project::new();
    let files = [
        ("members.go", include_str!("../programs/sharded_go/members.go")),
        ("groups.go", include_str!("../programs/sharded_go/groups.go")),
        ("moves.go", include_str!("../programs/sharded_go/moves.go")),
        ("transactions.go", include_str!("../programs/sharded_go/transactions.go")),
    ];
    files.iter().for_each(|(name, text)| project.write(name, text));
    project.run_sh("#!/bin/sh\nexec ./store \"$@\"\n");
    let built = Command::new("go")
        .args(["build", "-o", "store"])
        .args(files.map(|(name, _)| name))
        .env("GOCACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/go"))
        .current_dir(&project.dir)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    for stage in ["add-members", "group-join", "cross-group-transactions"] {
        project.lsfr(["test", stage]).exits(0);
    }
    project.assert_nothing_runs();
}

/// Keys on a ring; what belongs to another group is passed on; transactions that hold nothing before they commit.
#[test]
fn six_servers_in_python() {
    let project = Project::new();
    for (name, text) in [
        ("raft_members.py", include_str!("../programs/sharded_py/raft_members.py")),
        ("sharded_store.py", include_str!("../programs/sharded_py/sharded_store.py")),
        ("gateway.py", include_str!("../programs/sharded_py/gateway.py")),
        ("ring.py", include_str!("../programs/sharded_py/ring.py")),
        ("transactions.py", include_str!("../programs/sharded_py/transactions.py")),
    ] {
        project.write(name, text);
    }
    project.run_sh("#!/bin/sh\nexec python3 -B sharded_store.py \"$@\"\n");
    for stage in ["sharding", "transaction-recovery"] {
        project.lsfr(["test", stage]).exits(0);
    }
    project.assert_nothing_runs();
}

/// Its runtime takes 3 s to load, and it elects as late as the guides allow. This stage starts nodes on which a
/// majority depends; `.ci/prove` runs all of them.
#[test]
fn a_cluster_that_starts_and_elects_late() {
    let project = Project::new();
    let program = format!("'{LSFR}' __reference kv-store --start-after 3 --slow-elections");
    project.run_sh(&format!("#!/bin/sh\nexec {program} \"$@\"\n"));
    project.lsfr(["test", "log-replication"]).exits(0);
    project.assert_nothing_runs();
}
