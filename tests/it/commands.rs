//! Each plain command as a learner meets it, with a correct program and with a broken one.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::support::{Project, Said, all_of, lsfr, run, stages_of, tests_of};

/// A test of a few milliseconds, for commands that only need some run.
const QUICK: &str = "GET of a missing key";

/// The stages of a single node, as a pack of their own, whose end is reached in seconds.
fn one_node(project: &Project) {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/kv-store");
    let challenge = fs::read_to_string(pack.join("challenge.yaml")).unwrap();
    let (first, rest) = challenge.split_once("  - name: One leader").unwrap();
    let models = &rest[rest.find("\nmodels:").unwrap()..rest.find("\noperations:").unwrap()];
    project.write("one-node/challenge.yaml", &format!("{first}{models}"));
    let files = ["http-api", "persistence", "crash-recovery", "conditional-writes"]
        .iter()
        .flat_map(|stage| ["guide.md", "tests.yaml"].map(|file| format!("stages/{stage}/{file}")))
        .chain(["overview.md".to_owned(), "shared.yaml".to_owned()]);
    for file in files {
        project.write(&format!("one-node/{file}"), &fs::read_to_string(pack.join(&file)).unwrap());
    }
}

/// What is said when all tests of a stage have passed.
fn passed(stage: &str) -> String {
    format!("{} tests passed", all_of(stage))
}

#[test]
fn next_walks_through_the_stages_and_says_when_all_are_done() {
    let project = Project::reference();
    one_node(&project);
    let yaml =
        "# mine\nchallenge: kv-store\npath: one-node\nteam: [a, b] # kept\nstages:\n  current: http-api # here\n";
    project.write("lsfr.yaml", yaml);
    project.lsfr(["next"]).exits(0).says(&[&passed("http-api"), "http-api is done.", "Now: persistence"]);
    assert_eq!(
        project.read("lsfr.yaml"),
        "# mine\nchallenge: kv-store\npath: one-node\nteam: [a, b] # kept\nstages:\n  current: persistence # here\n  completed:\n  - http-api\n"
    );
    project.lsfr(["status"]).exits(0).says(&["1 of 4 stages", "✓ http-api", "▸ persistence"]);
    project.lsfr(["n"]).exits(0).says(&["persistence is done.", "Now: crash-recovery"]);
    let end = "Distributed Key-Value Store is complete: every stage passes.";
    project.lsfr(["next"]).exits(0).says(&["16 of 16 tests passed", "Now: conditional-writes"]);
    project.lsfr(["next"]).exits(0).says(&[&passed("conditional-writes"), end, "lsfr test --so-far"]);
    assert!(project.read("lsfr.yaml").starts_with("# mine\n"));
    project.lsfr(["s"]).exits(0).says(&["4 of 4 stages", "every stage is done"]);

    // Nothing changed, so nothing is tested again; and at the end it stays.
    let before = (project.runs().len(), project.read("lsfr.yaml"));
    let again = project.lsfr(["next"]).exits(0).says(&[end]);
    assert_eq!(again.out.lines().count(), 2, "{}", again.out);
    assert_eq!((project.runs().len(), project.read("lsfr.yaml")), before);

    let guide = "one-node/stages/conditional-writes/guide.md";
    project.write(guide, &format!("{}\n", project.read(guide)));
    let why = "conditional-writes is tested first: the pack changed since the last run.";
    project.lsfr(["next"]).exits(0).says(&[why, &passed("conditional-writes"), end]);
    project.write("lsfr.yaml", &format!("build: true\n{}", project.read("lsfr.yaml")).replace("true", "'true'"));
    let why = "conditional-writes is tested first: `build` in lsfr.yaml changed since the last run.";
    project.lsfr(["next"]).exits(0).says(&[why, &passed("conditional-writes"), end]);
    project.assert_nothing_runs();
}

#[test]
fn next_looks_behind_links_and_says_why_it_tests_again() {
    let project = Project::reference();
    let server = project.read("run.sh");
    project.write("../elsewhere/server.sh", &server);
    std::os::unix::fs::symlink("../elsewhere", project.dir.join("src")).unwrap();
    project.run_sh("#!/bin/sh\n. src/server.sh\n");
    let never = "http-api is tested first: no run of this stage is recorded.";
    project.write("lsfr.yaml", "challenge: kv-store\nbuild: 'false'\n");
    project.lsfr(["next"]).exits(1).says(&[never]);
    project.write("lsfr.yaml", "challenge: kv-store\n");
    let failed = "http-api is tested first: the last run of this stage did not pass.";
    project.lsfr(["next"]).exits(0).says(&[failed, &passed("http-api"), "http-api is done."]);

    project.write("lsfr.yaml", "challenge: kv-store\nstages: {current: http-api}\n");
    project.write("../elsewhere/server.sh", "exit 3\n");
    let changed = "http-api is tested first: src/server.sh changed since the last run.";
    project.lsfr(["next"]).exits(1).says(&[changed, "ended with exit status 3"]);
    project.assert_nothing_runs();
}

#[test]
fn next_tests_again_what_changed_and_refuses_what_fails() {
    let project = Project::reference();
    project.lsfr(["test"]).exits(0).says(&["Passed in", "lsfr next"]);
    let moved = project.lsfr(["next"]).exits(0).says(&["http-api is done."]);
    assert!(!moved.out.contains("tests passed"), "{}", moved.out);

    project.write("lsfr.yaml", "challenge: kv-store\nstages: {current: http-api}\n");
    project.write("server.txt", "a change");
    project.lsfr(["next"]).exits(0).says(&[&passed("http-api"), "Now: persistence"]);

    let yaml = project.read("lsfr.yaml");
    project.run_sh("#!/bin/sh\nexit 3\n");
    project.lsfr(["next"]).exits(1).says(&["ended with exit status 3", "Failed in"]);
    project.lsfr(["next", "crash-recovery"]).exits(1).says(&["ended with exit status 3"]);
    assert_eq!(project.read("lsfr.yaml"), yaml);
    project.assert_nothing_runs();
}

#[test]
fn next_with_a_stage_tests_all_up_to_it() {
    let project = Project::reference();
    let said = project.lsfr(["next", "persistence"]).exits(0);
    let said = said.says(&[&passed("http-api"), &passed("persistence"), "http-api is done.", "Now: persistence"]);
    assert!(!said.out.contains("persistence is done"), "{}", said.out);
    assert_eq!(
        project.read("lsfr.yaml"),
        "challenge: kv-store\nstages:\n  current: persistence\n  completed: [http-api]\n"
    );
}

#[test]
fn a_failure_can_be_looked_at_again() {
    let project = Project::buggy("missing-key-empty");
    for (command, wanted) in [("hint", "nothing has been tested yet"), ("logs", "nothing has been run")] {
        project.lsfr([command]).exits(2).says(&[wanted, "`lsfr test` comes first"]);
    }
    project.lsfr(["replay"]).exits(2).says(&["nothing has been run here yet: `lsfr test` does"]);

    let ran = project.lsfr(["t", "--only", QUICK, "--seed", "7"]).exits(1).says(&[
        "✗ GET of a missing key is 404",
        "http-api › Put and get",
        "curl -i http://127.0.0.1:",
        "status expected 404 actual 200",
        "What led here",
        "Hint 1 of 2",
        "Again lsfr test http-api --only \"GET of a missing key is 404\" --seed 7",
        "Records .lsfr/runs/",
    ]);
    assert_eq!(ran.err, "");
    project.lsfr(["s"]).exits(0).says(&["failed, first at \"GET of a missing key is 404\"", "lsfr hint"]);

    project.lsfr(["hint"]).exits(0).says(&["http-api › GET of a missing key is 404", "Hint 2 of 2", "the last one"]);
    project.lsfr(["hint"]).exits(0).says(&["Hint 2 of 2"]);
    project.lsfr(["replay"]).exits(1).says(&["status expected 404 actual 200", "Hint 2 of 2", "Failed in"]);
    let name = project.runs()[0].file_name().unwrap().to_str().unwrap().to_owned();
    project.lsfr(["replay", &name]).exits(1).says(&["seed 7"]);
    project.lsfr(["replay", "2020"]).exits(2).says(&["there is no run 2020. The last ones are", &name]);

    project.lsfr(["logs"]).exits(0).says(&["▏ listening on", "** ▏ START n1", "TEST GET of a missing key is 404"]);
    project.lsfr(["logs", "n1"]).exits(0).says(&["▏ listening on"]);
    project.lsfr(["logs", "n7"]).exits(2).says(&["the last run had no node n7; it had n1"]);

    project
        .lsfr(["test", "--only", "Case tells"])
        .exits(0)
        .says(&["What was asked for passed", "lsfr test http-api"]);
    project.lsfr(["hint"]).exits(2).says(&["no test failed in the last run"]);
    project.assert_nothing_runs();
}

#[test]
fn each_line_of_json_is_one_object() {
    let project = Project::buggy("missing-key-empty");
    let events = |said: &Said| -> BTreeSet<String> {
        said.json().iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect()
    };
    let ran = project.lsfr(["test", "--only", QUICK, "--format", "json"]).exits(1);
    let told = events(&ran);
    for event in ["run_started", "stage_started", "test_ended", "operation", "card", "run_ended"] {
        assert!(told.contains(event), "{event} is not in {told:?}");
    }
    assert_eq!(events(&project.lsfr(["replay", "--format=json"]).exits(1)), told);
    for command in ["status", "hint", "guide"] {
        let said = project.lsfr([command, "--format=json"]).exits(0);
        assert_eq!(events(&said).first().map(String::as_str), Some(command));
        assert_eq!((said.out.lines().count(), said.err.as_str()), (1, ""));
    }
    assert!(project.lsfr(["logs", "--format=json"]).exits(0).json().iter().all(|line| line["text"].is_string()));
    assert_eq!(project.lsfr(["list", "--format=json"]).exits(0).json()[0]["stages"][0], "http-api");

    // Mistakes too.
    let wrong = project.lsfr(["test", "http", "--format=json"]).exits(2);
    assert_eq!((&wrong.json()[0]["event"], &wrong.json()[0]["kind"]), (&"error".into(), &"usage".into()));
    let repeated = project.lsfr(["test", "--only", "Case tells", "--repeat=2", "--seed=5", "--format=json"]).exits(0);
    let last = repeated.json().pop().unwrap();
    assert_eq!((&last["event"], &last["passed"]), (&"repeated".into(), &2.into()));
    let moved = Project::reference().lsfr(["next", "--format=json"]).exits(0).json().pop().unwrap();
    assert_eq!((&moved["event"], &moved["to"]), (&"moved".into(), &"persistence".into()));
}

#[test]
fn only_takes_an_unmistakable_part_of_a_name() {
    let project = Project::reference();
    project.lsfr(["test", "--only", "case TELLS"]).exits(0).says(&["✓ Case tells keys apart", "1 of 1 test passed"]);
    // A whole name is meant even where others contain it; and passing part of a stage does not count as passing it.
    project.lsfr(["next"]).exits(0).says(&[&passed("http-api")]);
    project.lsfr(["test", "http-api", "--only", "400"]).exits(2).says(&[
        "\"400\" fits several tests:",
        "An empty key is 400",
        "An empty value is 400",
    ]);
    let near = project.lsfr(["test", "http-api", "--only", "Case tels keys apart"]).exits(2);
    near.says(&["no test is called \"Case tels keys apart\". Did you mean \"Case tells keys apart\"?"]);
    project.lsfr(["test", "--only", "zebra"]).exits(2).says(&["The tests are:", "Values survive a restart"]);
    let here = project.lsfr(["test", "--only", "Case tells"]).exits(2);
    here.says(&["no test is called \"Case tells\"", "The tests are:"]);
}

/// Everything random that one run drew: what was asked for in each test. Copies of a step are one: how many of them get
/// their turn while others run depends on the disk.
fn drawn(project: &Project, test: Option<&str>) -> BTreeSet<(String, String)> {
    let mut now = String::new();
    let mut drawn = BTreeSet::new();
    for event in project.events() {
        match event["event"].as_str().unwrap() {
            "test_started" => now = event["test"].as_str().unwrap().to_owned(),
            "operation" if test.is_none_or(|test| now == test) => {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let path = text(&event["path"]);
                let path = path.trim_end_matches(|c: char| c.is_ascii_digit());
                drawn.insert((now.clone(), format!("{} {path}", text(&event["method"]))));
            }
            _ => {}
        }
    }
    drawn
}

#[test]
fn a_seed_repeats_what_was_drawn() {
    let project = Project::reference();
    let test = "Case tells keys apart";
    let keys = |args: &[&str]| {
        run(&project.dir, ["test"].iter().chain(args)).exits(0);
        drawn(&project, Some(test))
    };
    let alone = keys(&["--only", test, "--seed", "11"]);
    assert!(alone.len() >= 2, "{alone:?}");
    assert_eq!(keys(&["--seed", "11"]), alone, "in the company of all others");
    let all = drawn(&project, None);
    assert_ne!(keys(&["--only", test, "--seed", "12"]), alone);
    keys(&["--seed", "11"]);
    assert_eq!(drawn(&project, None), all);
}

#[test]
fn a_run_is_repeated_with_other_seeds() {
    let project = Project::reference();
    let said = project.lsfr(["test", "--only", QUICK, "--repeat", "3", "--seed", "40"]).exits(0);
    said.says(&["— run 1 of 3", "seed 40", "— run 3 of 3", "seed 42", "Passed 3 of 3 runs (100%)."]);
    assert_eq!(project.runs().len(), 3);
    let project = Project::buggy("missing-key-empty");
    let said = project.lsfr(["test", "--only", QUICK, "--repeat", "2", "--seed", "40"]).exits(1);
    let said = said.says(&["Passed 0 of 2 runs (0%).", "Failed with the seeds 40, 41. `--seed` repeats one."]);
    // The same failure twice is shown in full once; as JSON it is reported each time.
    assert_eq!(said.out.matches("What led here").count(), 1, "{}", said.out);
    said.says(&["1 failure is of a kind that was shown in full before."]);
    let said = project.lsfr(["test", "--only", QUICK, "--repeat=2", "--seed=40", "--format=json"]).exits(1);
    let cards: Vec<Value> = said.json().into_iter().filter(|event| event["event"] == "card").collect();
    assert_eq!(cards.iter().map(|card| &card["kind"]).collect::<Vec<_>>(), ["wrong_status", "wrong_status"]);
    for (times, wrong) in [("0", "0 is not in 1..=10000"), ("many", "invalid digit")] {
        project.lsfr(["test", "--repeat", times]).exits(2).says(&[wrong]);
    }
}

#[test]
fn so_far_tests_the_stages_before_and_junit_has_them_all() {
    let project = Project::reference();
    let said = project.lsfr(["test", "persistence", "--so-far", "--junit", "results.xml"]).exits(0);
    said.says(&[&format!("✓ http-api {}", all_of("http-api")), &format!("✓ persistence {}", all_of("persistence"))]);
    let xml = project.read("results.xml");
    assert!(xml.starts_with("<?xml") && xml.trim_end().ends_with("</testsuites>"), "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), tests_of("http-api") + tests_of("persistence"));
    assert_eq!(xml.matches("<failure").count(), 0);

    // A failure that stays a failure wherever the file goes.
    project.run_sh("#!/bin/sh\nexit 3\n");
    project.lsfr(["test", "--junit=results.xml"]).exits(1);
    assert!(project.read("results.xml").contains("<failure"));
    // A path that leads nowhere is reported before anything runs.
    let runs = project.runs().len();
    for wrong in ["no/such/results.xml", "."] {
        let said = project.lsfr(["test", &format!("--junit={wrong}")]).exits(2);
        said.says(&["The JUnit report cannot be written to", wrong]);
    }
    assert_eq!(project.runs().len(), runs);
}

#[test]
fn new_overwrites_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    let made = run(dir, ["new", "kv-store", "mine", "--lang", "python"]).exits(0);
    made.says(&["Distributed Key-Value Store in mine", "server.py", "cd mine", "lsfr guide", "lsfr test"]);
    let names = ["run.sh", "README.md", "lsfr.yaml", ".gitignore", "server.py"];
    let before = names.map(|name| fs::read(dir.join("mine").join(name)).unwrap());
    run(dir, ["new", "kv-store", "mine"]).exits(2).says(&["lsfr.yaml"]);
    assert_eq!(names.map(|name| fs::read(dir.join("mine").join(name)).unwrap()), before);

    // One file in the way keeps all others from being written, and is named.
    fs::create_dir(dir.join("here")).unwrap();
    fs::write(dir.join("here/README.md"), "mine").unwrap();
    run(&dir.join("here"), ["i", "kv-store"]).exits(2).says(&["README.md"]);
    assert_eq!(fs::read_dir(dir.join("here")).unwrap().count(), 1);
    fs::remove_file(dir.join("here/README.md")).unwrap();
    run(&dir.join("here"), ["init", "kv-store"]).exits(0);
    let none = format!("0 of {} stages", stages_of("kv-store"));
    run(&dir.join("here"), ["status"]).exits(0).says(&[&none, "▸ http-api"]);

    run(dir, ["new", "kv-store", "other", "--lang", "cobol"]).exits(2).says(&["cobol", "python"]);
    run(dir, ["new", "kv-stor"]).exits(2).says(&["kv-stor", "did you mean `kv-store`?"]);
    run(dir, ["new", "./nowhere"]).exits(2).says(&["there is no folder ./nowhere"]);
    assert!(!dir.join("other").exists() && !dir.join("kv-stor").exists());
}

#[test]
fn a_starter_boots_and_its_first_failure_is_explained() {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new", "kv-store", "--lang", "python"]).exits(0);
    let dir = temp.path().join("kv-store");
    let said = run(&dir, ["test", "--only", "A stored value"]).exits(1);
    said.says(&[
        "status expected 200 actual 501",
        "Look for `Start here` in it, and begin with PUT.",
        "Again lsfr test http-api",
    ]);
}

#[test]
fn a_starter_of_a_challenge_without_http_boots_too() {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new", "message-queue", "--lang", "python"]).exits(0);
    let dir = temp.path().join("message-queue");
    let readme = fs::read_to_string(dir.join("README.md")).unwrap();
    assert!(readme.contains("UNKNOWN_COMMAND") && !readme.contains("curl"), "{readme}");
    let said = run(&dir, ["test", "--only", "A job that was put goes to the worker that asks"]).exits(1);
    said.says(&[
        "actual   \"UNKNOWN_COMMAND\"",
        "printf 'put 0 0 60 20",
        "| nc 127.0.0.1",
        "Look for `Start here` in it, and begin with `put`.",
    ]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_pack_of_ones_own_is_found_again() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/kv-store"), &dir.join("pack"));
    let manifest = dir.join("pack/challenge.yaml");
    let text = fs::read_to_string(&manifest).unwrap().replace("key: kv-store", "key: my-store");
    fs::write(&manifest, text).unwrap();
    run(dir, ["check", "./pack"]).exits(0).says(&["my-store is sound"]);
    run(dir, ["new", "./pack"]).exits(0).says(&["in my-store"]);
    let yaml = fs::read_to_string(dir.join("my-store/lsfr.yaml")).unwrap();
    assert!(yaml.contains("challenge: my-store\n") && yaml.contains("path: "), "{yaml}");
    let below = dir.join("my-store/src");
    fs::create_dir(&below).unwrap();
    run(&below, ["status"]).exits(0).says(&[&format!("0 of {} stages", stages_of("kv-store"))]);
    run(&below, ["guide"]).exits(0).says(&["Put and get"]);
    run(&below, ["test", "--only", QUICK]).exits(1).says(&["run.sh starts no program yet"]);

    let before = fs::read_dir(dir.join("pack")).unwrap().count();
    run(dir, ["new", "./pack", "pack"]).exits(2).says(&["pack"]);
    run(&dir.join("pack"), ["init", "."]).exits(2).says(&["pack"]);
    assert_eq!(fs::read_dir(dir.join("pack")).unwrap().count(), before);

    fs::rename(dir.join("pack"), dir.join("gone")).unwrap();
    run(&below, ["status"]).exits(2).says(&["pack"]);
}

#[test]
fn try_finds_the_planted_bug_and_leaves_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let said = Said::of(lsfr(temp.path()).arg("try").env("TMPDIR", temp.path()).output().unwrap()).exits(0);
    let said = said.says(&["✗ Deletes survive kill -9", "lsfr hint would say now:", "lsfr new kv-store"]);
    assert!(said.out.contains(temp.path().to_str().unwrap()), "the folder is named");
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn there_is_no_colour_without_a_terminal() {
    let project = Project::buggy("missing-key-empty");
    project.lsfr(["test", "--only", QUICK]).exits(1);
    for command in ["status", "list", "guide", "hint", "logs", "replay", "help"] {
        let plain = project.lsfr([command]);
        assert!(!plain.out.contains('\u{1b}') && !plain.err.contains('\u{1b}'), "{command}: {plain:?}");
        let none = Said::of(lsfr(&project.dir).arg(command).env("NO_COLOR", "1").output().unwrap());
        assert_eq!((none.out, none.code), (plain.out, plain.code), "{command}");
    }
}

#[test]
fn a_reader_may_go_away() {
    let project = Project::reference();
    let mut child = lsfr(&project.dir);
    let mut child = child.args(["test", "--so-far"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("kv-store  seed "), "{line}");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
    project.lsfr(["status"]).exits(0).says(&["http-api passed"]);
}

#[test]
fn ctrl_c_ends_a_run_and_leaves_nothing() {
    let project = Project::new();
    project.run_sh("#!/bin/sh\nsleep 1000 &\ntouch started\nsleep 1000\n");
    let mut child = lsfr(&project.dir);
    let mut child = child.args(["test", "--format=json"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !project.dir.join("started").exists() {
        assert!(Instant::now() < deadline, "run.sh was never started");
        thread::sleep(Duration::from_millis(5));
    }
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let last = lines.map(Result::unwrap).last().unwrap();
    assert!(last.contains("run_ended") && last.contains("interrupted"), "{last}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    project.assert_nothing_runs();
    project.lsfr(["status"]).exits(0).says(&["Last run: http-api interrupted"]);
    project.lsfr(["replay"]).exits(130).says(&["Interrupted after"]);
}

#[test]
fn guides_lists_and_completions_are_told() {
    let project = Project::new();
    let guide = project.lsfr(["guide"]).exits(0).says(&["## Put and get", "`404`", "key not found"]);
    // Code is not wrapped: it is there to be pasted.
    let mut prose = guide.out.lines().filter(|line| !line.starts_with("  "));
    assert!(prose.all(|line| line.chars().count() <= 80), "{}", guide.out);
    project.lsfr(["guide", "crash-recovery", "--raw"]).exits(0).says(&["# ", "## "]);
    project.lsfr(["guide", "crash-recover"]).exits(2).says(&["Did you mean `crash-recovery`?"]);
    let [store, compiler] = ["kv-store", "compiler"].map(|key| format!("{} stages", stages_of(key)));
    for alias in ["list", "l", "ls"] {
        project.lsfr([alias]).exits(0).says(&["kv-store", &store, "compiler", &compiler, "lsfr new kv-store"]);
    }
    for shell in ["bash", "zsh", "fish"] {
        project.lsfr(["completions", shell]).exits(0).says(&["lsfr __complete"]);
    }
    project.lsfr(["help"]).exits(0).says(&["lsfr list", "Exit status: 0 passed, 1 a test failed"]);
    project.lsfr(["tset"]).exits(2).says(&["tset", "test"]);
    // The app needs a terminal, inside of a challenge directory and outside.
    for dir in [project.temp.path(), &project.dir] {
        run(dir, [""; 0]).exits(2).says(&["needs a terminal", "`lsfr test`"]);
    }
}
