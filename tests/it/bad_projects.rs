//! Projects and packs with mistakes in them: each is named with its place, and nothing is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::{Project, run, stages_of, tests_of};

const COMMANDS: [&[&str]; 6] = [&["test"], &["next"], &["status"], &["guide"], &["logs"], &["hint"]];

#[test]
fn a_broken_lsfr_yaml_is_shown_and_stays() {
    let project = Project::reference();
    for (yaml, wanted) in [
        ("", vec!["lsfr.yaml", "challenge: NAME"]),
        ("challenge kv-store\n", vec!["lsfr.yaml:1:1", "challenge kv-store", "it begins with a line such as"]),
        ("stages:\n  current: http-api\n", vec!["does not name its challenge"]),
        ("challenge: kv-store\nstages: [a]\n", vec!["lsfr.yaml:2:9", "2 | stages: [a]", "^^^", "`current: STAGE`"]),
        ("challenge: kv-store\nstages: {completed: [3]}\n", vec!["lsfr.yaml:2:", "where text is expected"]),
        ("challenge: kv-store\n\tstages:\n", vec!["lsfr.yaml:2:", "not valid YAML"]),
        ("<<<<<<< HEAD\nchallenge: kv-store\n=======\n", vec!["not valid YAML"]),
        // Names that are not there.
        ("challenge: kv-stor\n", vec!["lsfr.yaml: there is no challenge `kv-stor`", "did you mean `kv-store`?"]),
        ("challenge: x\npath: ../pack\n", vec!["lsfr.yaml: the pack", "is not there", "challenge.yaml"]),
        (
            "challenge: kv-store\nstages: {current: persistance}\n",
            vec!["lsfr.yaml: kv-store has no stage `persistance`. Did you mean `persistence`?"],
        ),
        (
            "challenge: kv-store\nstages: {completed: [zebra]}\n",
            vec![
                "lsfr.yaml: kv-store has no stage `zebra`. Its stages are http-api, persistence, crash-recovery, conditional-writes, cluster-info",
            ],
        ),
    ] {
        project.write("lsfr.yaml", yaml);
        for command in COMMANDS {
            let said = run(&project.dir, command).exits(2).says(&wanted);
            assert_eq!(said.out, "", "{command:?}");
            assert!(said.err.starts_with("lsfr: "), "{}", said.err);
        }
        assert_eq!(project.read("lsfr.yaml"), yaml);
    }
    assert_eq!(project.runs(), Vec::<PathBuf>::new());
    fs::write(project.dir.join("lsfr.yaml"), b"challenge: \xff\n").unwrap();
    project.lsfr(["status"]).exits(2).says(&["lsfr.yaml cannot be read", "UTF-8"]);
    fs::remove_file(project.dir.join("lsfr.yaml")).unwrap();
    fs::create_dir(project.dir.join("lsfr.yaml")).unwrap();
    project.lsfr(["status"]).exits(2).says(&["lsfr.yaml cannot be read"]);
}

#[test]
fn a_stage_that_is_not_there_is_asked_about() {
    let project = Project::reference();
    let near = "kv-store has no stage `crash-recover`. Did you mean `crash-recovery`?";
    for command in ["test", "next", "guide"] {
        project.lsfr([command, "crash-recover"]).exits(2).says(&[near]);
    }
    project
        .lsfr(["test", "zebra"])
        .exits(2)
        .says(&["Its stages are http-api, persistence, crash-recovery, conditional-writes, cluster-info"]);
    assert_eq!(project.runs(), Vec::<PathBuf>::new());
}

#[test]
fn a_directory_that_is_no_project_is_told_so() {
    let temp = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let said = run(temp.path(), command).exits(2);
        said.says(&["there is no lsfr.yaml in", "or a directory above it", "`lsfr new <challenge>`"]);
    }
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn a_build_comes_first_and_its_failure_is_shown() {
    let project = Project::new();
    let build = "seq 50; echo 'main.c:3: error: no'; seq 51 70; touch tried; exit 2";
    project.write("lsfr.yaml", &format!("challenge: kv-store\nbuild: {build:?}\n"));
    let tests = tests_of("http-api");
    let told = &[
        "✗ build exit status 2",
        "✗ The build failed http-api",
        &format!("{build} exit status 2"),
        "The build said … 50 earlier lines main.c:3: error: no 51 52",
        "Mend what the build says",
        "Again lsfr test http-api",
        &format!("0 of {tests} tests passed, {tests} not tried"),
    ];
    let said =
        project.lsfr(["test"]).exits(1).says(told).says(&[&format!("all {tests} tests not tried: the build failed")]);
    // It is not the failure of any test: no test is named, nor anything that a test proves.
    for phrase in ["Hint", "PUT", "Put and get", "--only", "lsfr hint"] {
        assert!(!said.out.contains(phrase), "{phrase}: {}", said.out);
    }
    assert!(project.dir.join("tried").exists() && !project.runs()[0].join("data").exists());
    // Its records say the same, even without the events.
    project.lsfr(["replay"]).exits(1).says(told);
    fs::remove_file(project.runs()[0].join("events.jsonl")).unwrap();
    project.lsfr(["replay"]).exits(1).says(&told[1..]);
    project.lsfr(["status"]).exits(0).says(&["http-api not tried: the build failed"]);

    // One entry, however many stages there are.
    let said = project.lsfr(["test", "persistence", "--so-far", "--junit=junit.xml", "--format=json"]).exits(1);
    let lines = said.json();
    let of = |kind: &str| lines.iter().filter(|line| line["event"] == kind).collect::<Vec<_>>();
    assert_eq!((of("not_started").len(), of("card").len()), (1, 1));
    assert_eq!((&of("not_started")[0]["why"]["kind"], &of("card")[0]["subject"]), (&"build".into(), &"build".into()));
    let tests = tests_of("http-api") + tests_of("persistence");
    assert_eq!(of("test_ended").len(), tests);
    assert!(of("test_ended").iter().all(|ended| ended["verdict"]["verdict"] == "not_run"));
    let junit = project.read("junit.xml");
    assert_eq!((junit.matches("<failure").count(), junit.matches("<skipped").count()), (1, tests), "{junit}");
    let again = project.lsfr(["test", "--repeat", "2"]).exits(1);
    again.says(&["\"The build failed\" failed in 2 of 2 runs."]);

    // What is built is what runs. The processes that a build leaves behind are gone before that.
    let reference = fs::read_to_string(Project::reference().dir.join("run.sh")).unwrap();
    project.write("program", &reference);
    project.write("lsfr.yaml", "challenge: kv-store\nbuild: sleep 1000 & cp program run.sh && chmod +x run.sh\n");
    project.lsfr(["test", "--only", "Case tells"]).exits(0).says(&["✓ build", "1 of 1 test passed"]);
    project.assert_nothing_runs();
}

#[test]
fn what_is_in_the_way_of_records_is_named() {
    let project = Project::reference();
    project.write(".lsfr", "not a folder");
    for command in ["test", "next"] {
        let said = project.lsfr([command]).exits(3);
        said.says(&["A folder for the records of this run could not be made in", ".lsfr is in the way: move it"]);
    }
    project.lsfr(["status"]).exits(0).says(&["▸ http-api"]);
    project.lsfr(["logs"]).exits(2);
    assert_eq!(project.read(".lsfr"), "not a folder");
}

#[test]
fn a_directory_that_cannot_be_written_is_told_so() {
    let project = Project::reference();
    let mode = |mode| fs::set_permissions(&project.dir, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    // The superuser is not held back by permissions, so then there is nothing to report.
    let held_back = fs::write(project.dir.join("probe"), "").is_err();
    let said = project.lsfr(["test", "--only", "Case tells"]);
    let made = run(&project.dir, ["new", "kv-store", "inner"]);
    mode(0o755);
    if held_back {
        said.exits(3).says(&["could not be made", "this directory is yours to write to"]);
        made.exits(2).says(&["inner could not be made, so nothing was kept"]);
    } else {
        said.exits(0);
        made.exits(0);
    }
    // Nobody can make a folder here.
    let said = run(Path::new("/proc"), ["new", "kv-store"]).exits(2);
    said.says(&["kv-store could not be made, so nothing was kept"]);
}

#[test]
fn all_mistakes_of_a_pack_are_told_at_once() {
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/kv-store");
    let temp = tempfile::tempdir().unwrap();
    let sound = format!("✓ kv-store is sound {} stages,", stages_of("kv-store"));
    run(temp.path(), [Path::new("check"), &builtin]).exits(0).says(&[&sound]);
    run(temp.path(), ["check", "nowhere"]).exits(2).says(&["there is no folder nowhere"]);
    run(temp.path(), ["check", "."]).exits(2).says(&["challenge.yaml"]);

    let pack = temp.path().join("pack");
    fs::create_dir_all(pack.join("stages/ask")).unwrap();
    fs::create_dir_all(pack.join("stages/unlisted")).unwrap();
    let write = |name: &str, text: &str| fs::write(pack.join(name), text).unwrap();
    write(
        "challenge.yaml",
        "format: 1\nkey: Tiny Pack\nname: Tiny\nsummary: Answer.\nprogam: server\nparts:\n  - name: One\n    stages:\n      - { key: ask, title: Ask, minutes: soon }\n      - { key: ask, title: Again, minutes: 20 }\n      - { key: later, title: Later, minutes: 20 }\n",
    );
    write("overview.md", "");
    write("mutants.yaml", "- { bug: one, stage: asks, test: It answers }\n- { bug: two, stage: ask, tests: It }\n");
    write(
        "stages/ask/guide.md",
        "# Ask\n\nSee [this](#nowhere).\n\n## It answers\n\nIt does.\n\n## It stays\n\nSo.\n",
    );
    write(
        "stages/ask/tests.yaml",
        "tests:\n  - name: It answers\n    proves: it-answer\n    steps:\n      - htp: GET /a\n      - http: GET /$(key\n        expct: { status: 200 }\n      - kill: n1\n        pause: n1\n  - name: It answers\n    proves: it-answers\n    steps: none\n",
    );
    let said = run(temp.path(), ["check", "pack"]).exits(2).says(&[
        "challenge.yaml:2:6",
        "challenge.yaml:5:1",
        "did you mean `program`?",
        "challenge.yaml:9:",
        "challenge.yaml:10:",
        "mutants.yaml:2:27",
        "guide.md:3:",
        "tests.yaml:3:",
        "did you mean `it-answers`?",
        "tests.yaml:5:9",
        "did you mean `http`?",
        "tests.yaml:7:9",
        "did you mean `expect`?",
        "tests.yaml:12:",
        "errors in pack",
    ]);
    // Each with the line itself and a mark below what is wrong in it.
    said.says(&["5 | - htp: GET /a", "| ^^^"]);
    let lines = run(temp.path(), ["check", "pack", "--format=json"]).exits(2).json();
    assert!(lines.len() >= 12, "{lines:?}");
    assert!(lines.iter().all(|line| line["event"] == "error" && line["message"].is_string()), "{lines:?}");

    // Mistakes that depend on the list of stages are reported once there is one.
    write(
        "challenge.yaml",
        "format: 1\nkey: tiny\nname: Tiny\nsummary: Answer.\nprogram: server\nparts:\n  - name: One\n    stages:\n      - { key: ask, title: Ask, minutes: 20 }\n",
    );
    let said = run(temp.path(), ["check", "pack"]).exits(2);
    said.says(&["mutants.yaml:1:22", "challenge.yaml lists no stage `asks`", "stages/unlisted", "tests.yaml:5:9"]);
}
