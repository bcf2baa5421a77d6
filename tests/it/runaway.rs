//! Packs that ask for something endless, or far too large: each run ends soon after a signal and, without one, by
//! itself, naming the line that is at fault.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::support::{Said, alive, eventually, lsfr, run};

/// A pack of one test with these steps, and a project for it whose program does nothing.
struct Bench {
    temp: tempfile::TempDir,
}

impl Bench {
    fn new(steps: &str) -> Bench {
        Bench::with(steps, "")
    }

    fn with(steps: &str, shared: &str) -> Bench {
        let bench = Bench { temp: tempfile::tempdir().unwrap() };
        let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
        for (name, text) in [
            (
                "challenge.yaml",
                "format: 1\nkey: small\nname: Small\nsummary: A small one.\nprogram: compiler\nparts:\n  - name: One\n    stages:\n      - { key: one, title: One, minutes: 5 }\n",
            ),
            ("overview.md", "You build it.\n"),
            ("mutants.yaml", "- { bug: none, stage: one, test: It works }\n"),
            ("stages/one/guide.md", "# One\n\n## It\n\nIt works.\n"),
            (
                "stages/one/tests.yaml",
                &format!("tests:\n  - name: It works\n    proves: it\n    hint: Look.\n    steps:\n{steps}"),
            ),
            ("shared.yaml", shared),
        ] {
            if text.is_empty() {
                continue;
            }
            let path = bench.temp.path().join("pack").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        bench
    }

    fn project(&self) -> PathBuf {
        let dir = self.temp.path().join("mine");
        if !dir.exists() {
            run(self.temp.path(), ["new", "./pack", "mine"]).exits(0);
            self.run_sh("exit 0");
        }
        dir
    }

    fn run_sh(&self, body: &str) {
        let path = self.temp.path().join("mine/run.sh");
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn test(&self) -> Said {
        run(&self.project(), ["test"])
    }
}

/// Ends with its test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends this signal while the steps after the first run, and returns the exit code.
#[track_caller]
fn interrupted(steps: &str, signal: Signal) -> Option<i32> {
    let bench = Bench::new(&format!("- exec: []\n{steps}"));
    let project = bench.project();
    bench.run_sh("exit 0");
    let told = project.join("told");
    let mut lsfr = lsfr(&project);
    lsfr.args(["test", "--format", "json"]).stdout(fs::File::create(&told).unwrap()).stderr(Stdio::null());
    let mut running = Running(lsfr.spawn().unwrap());
    eventually("the loop begins", || {
        let steps = fs::read_to_string(&told).unwrap().matches(r#""event":"step_started""#).count();
        if steps > 1 { Ok(()) } else { Err(format!("{steps} steps")) }
    });
    kill(Pid::from_raw(running.0.id().try_into().unwrap()), signal).unwrap();
    let mut ended = None;
    eventually("the run ends after a signal", || {
        ended = running.0.try_wait().unwrap();
        ended.map(drop).ok_or_else(|| format!("it goes on with\n{steps}"))
    });
    assert_eq!(alive(&bench.temp.path().canonicalize().unwrap()), []);
    ended.unwrap().code()
}

/// Steps that take no time, in every loop there is.
const ENDLESS: [&str; 8] = [
    "- repeat: 1000000000\n  steps: [{ set: { a: 1 } }]",
    "- each: $([0] * 100000000)\n  steps: [{ set: { a: 1 } }]",
    "- repeat: 1000000000\n  need: { at_least: 1 }\n  steps: [{ compare: 1, is: 2 }]",
    "- concurrently: 1000000000\n  in_flight: 64\n  steps: [{ set: { a: 1 } }]",
    "- concurrently: 64\n  in_flight: 64\n  steps: [{ repeat: 1000000000, steps: [{ set: { a: 1 } }] }]",
    "- eventually:\n    within: 60m\n    steps: [{ repeat: 1000000000, steps: [{ set: { a: 1 } }] }]",
    "- eventually:\n    within: 60m\n    steps: [{ compare: 1, is: 2 }]",
    "- consistently:\n    for: 60m\n    steps: [{ repeat: 1000, steps: [{ set: { a: 1 } }] }]",
];

#[test]
fn every_loop_hears_a_signal() {
    for steps in ENDLESS {
        assert_eq!(interrupted(steps, Signal::SIGINT), Some(130), "{steps}");
    }
    assert_eq!(interrupted(ENDLESS[0], Signal::SIGTERM), Some(130));
}

#[test]
fn shared_steps_that_use_each_other_are_checked_at_once() {
    let uses = |name: &str| format!("  - use: {name}\n").repeat(10);
    let shared: String = (1..30).map(|n| format!("s{n}:\n{}", uses(&format!("s{}", n - 1)))).collect();
    let bench = Bench::with("- use: s29", &format!("s0:\n  - set: {{ a: 1 }}\n{shared}"));
    run(bench.temp.path(), ["check", "./pack"]).exits(2).says(&["more than 24 deep in others", "shared.yaml:"]);
    let bench =
        Bench::with("- use: s9", &format!("s0:\n  - set: {{ a: 1 }}\n{}", &shared[..shared.find("s10:").unwrap()]));
    run(bench.temp.path(), ["check", "./pack"]).exits(2).says(&["more than 10000 steps", "shared.yaml:"]);
}

#[test]
fn too_many_steps_are_the_packs_mistake() {
    let steps = "- eventually:\n    within: 60m\n    steps:\n      - repeat: 1000000000\n        steps:\n          - set: { a: 1 }";
    let said = Bench::new(steps).test().exits(2);
    said.says(&[
        "The challenge's tests have a mistake",
        "more than 1000000 steps",
        "in stages/one/tests.yaml:11: set a",
    ]);
}

#[test]
fn values_that_fill_the_memory_are_the_packs_mistake() {
    for steps in [
        // Kept by each of many copies.
        "- concurrently: 100000\n  in_flight: 64\n  keep: all\n  steps:\n    - set: { a: \"$('x' * 1900000)\" }",
        // Doubled in each round.
        "- set: { a: x }\n- repeat: 100\n  steps:\n      - set: { a: \"$(a)$(a)\" }",
        // Many at once, in one value and in many.
        "- set: { a: \"$('x' * 4000000)\" }\n- each: [1, 2, 3, 4, 5, 6, 7, 8]\n  as: b\n  steps:\n      - set: { c: [$(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a), $(a)] }",
        // A list that is longer than it looks.
        "- set: { a: 1 }\n- eventually:\n    within: 1s\n    steps:\n      - compare: \"$([0] * 100000000)\"\n        is: 1",
    ] {
        Bench::new(steps).test().exits(2).says(&["take more than 256 MB of memory", "in stages/one/tests.yaml:"]);
    }
    let deeper = "- set: { a: 1 }\n- repeat: 1000\n  steps:\n    - set: { a: \"$([a])\" }";
    Bench::new(deeper).test().exits(2).says(&["nested more than 200 deep", "in stages/one/tests.yaml:9"]);
}

#[test]
fn no_argument_leads_out_of_the_tests_folder() {
    let refused = ["exec: [-o/home/me/.bashrc]", "exec: [\"--working-dir=..\"]", "run: a\n  args: [~/x]"];
    for step in refused {
        let bench = Bench::new(&format!("- {step}"));
        run(bench.temp.path(), ["check", "./pack"])
            .exits(2)
            .says(&["leads out of the test's folder", "stages/one/tests.yaml:"]);
    }
    let later = [
        "- set: { p: /etc }\n- exec: [\"$(p)/passwd\"]",
        "- set: { p: .. }\n- exec: [\"$(folder)/$(p)/x\"]",
        "- exec: [-orun.sh]",
        "- exec: [-o, run.sh]",
        "- exec: [.lsfr/x]",
        "- exec: [.]",
        "- exec: [\"$(folder)-2/x\"]",
    ];
    for steps in later {
        let said = Bench::new(steps).test().exits(2);
        said.says(&["leads out of the test's folder", "stages/one/tests.yaml:"]);
    }
    let fine = "- exec: [\"1/2\", \"(4+2)/3\", -1/2, build, \"-o$(folder)/x\", \"--out=$(folder)/x\"]";
    let bench = Bench::new(fine);
    bench.project();
    // A word may be a command, whatever the learner's folders are called.
    fs::create_dir(bench.temp.path().join("mine/build")).unwrap();
    bench.test().exits(0);
}

#[test]
fn no_link_leads_out_of_the_tests_folder() {
    let link = "- exec: [\"$(folder)/x\"]\n  files: { main.c: x }\n";
    let steps = [
        format!("{link}- exec: [\"$(folder)/x/y\"]"),
        format!("{link}- run: main.c\n  args: [x/y]\n  files: {{ main.c: x }}"),
        // The link points to nothing yet: writing to it would create a file there.
        format!("{link}- exec: []\n  files: {{ x: gone }}"),
    ];
    for (at, steps) in steps.iter().enumerate() {
        let bench = Bench::new(steps);
        let outside = bench.temp.path().join("outside");
        if at < 2 {
            fs::create_dir(&outside).unwrap();
        }
        bench.project();
        bench.run_sh(&format!(
            "[ $# = 0 ] || ln -s {} \"$1\"\nchmod +x .lsfr/runs/*/scratch/*/main.c",
            outside.display()
        ));
        bench.test().exits(1).says(&["is a link to"]);
        assert!(at < 2 || !outside.exists(), "{steps}");
    }
}

#[test]
fn a_comparison_of_megabytes_takes_a_few_lines() {
    let compare = "- compare: $(a)b\n  is: $(a)c";
    let set = "- set: { a: \"$('a' * 5000000)\" }";
    let said = Bench::new(&format!("{set}\n{compare}")).test().exits(1);
    assert!(said.out.len() < 5000, "{} bytes", said.out.len());
    said.says(&["…aaa", "aab\" (5000003 bytes)", "aac\" (5000003 bytes)", "All of it is in .lsfr/runs/"]);
    // However many attempts there are, it is kept once, and recorded in few words.
    let bench = Bench::new(&format!(
        "{set}\n- eventually:\n    within: 1s\n    steps:\n    {}",
        compare.replace('\n', "\n    ")
    ));
    bench.test().says(&["All of it is in .lsfr/runs/"]);
    let runs = fs::read_dir(bench.project().join(".lsfr/runs")).unwrap().flatten();
    let runs: Vec<PathBuf> = runs.map(|run| run.path()).filter(|path| path.is_dir()).collect();
    let [run] = &runs[..] else { panic!("{runs:?}") };
    let bodies = fs::read_dir(run.join("bodies")).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    assert_eq!(bodies.collect::<Vec<u64>>(), [5_000_003; 2]);
    assert!(fs::metadata(run.join("events.jsonl")).unwrap().len() < 100_000);
    // As a program's output, too.
    let steps = "- exec: []\n  stdin: \"$('a' * 5000000)\"\n  expect: { stdout: \"$('a' * 5000000)c\" }";
    let bench = Bench::new(steps);
    bench.project();
    bench.run_sh("exec cat");
    let said = bench.test().exits(1).says(&["cut short: 5000000 of 5000001 bytes"]);
    assert!(said.out.len() < 5000, "{} bytes", said.out.len());
}

/// What changes how a terminal, or an editor, shows the text around it.
#[track_caller]
fn assert_clean(what: &str, text: &str) {
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(bad), "{what}: {text:?}");
}

#[test]
fn no_text_of_a_pack_reaches_a_terminal_or_a_file_as_it_is() {
    const EVIL: &str = "\\e[2J\\e]0;t\\a\\u202Egpj\\x9b1m";
    let bench = Bench::new("- set: { a: 1 }");
    let edit = |name: &str, from: &str, to: &str| {
        let path = bench.temp.path().join("pack").join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    let raw = "\u{1b}[2J\u{1b}]0;t\u{7}\u{202e}gpj\u{9b}1m";
    edit("challenge.yaml", "name: Small", &format!("name: \"Small {EVIL}\""));
    edit("challenge.yaml", "summary: A small one.", &format!("summary: \"A {EVIL}\""));
    edit("challenge.yaml", "title: One", &format!("title: \"One {EVIL}\""));
    edit("challenge.yaml", "- name: One", &format!("- name: \"Part {EVIL}\""));
    edit("overview.md", "You", &format!("{raw}&#27;[1mYou"));
    edit("stages/one/guide.md", "works.", &format!("works.{raw}&#27;[1m&#8238;"));
    edit("stages/one/guide.md", "## It", "## It&#27;&#8238;");
    edit("stages/one/tests.yaml", "name: It works", &format!("name: \"It works{EVIL}\""));
    edit("stages/one/tests.yaml", "hint: Look.", &format!("hint: \"Look.{EVIL}\""));
    edit("stages/one/tests.yaml", "- set: { a: 1 }", &format!("- compare: \"{EVIL}\"\n        is: \"{EVIL}x\""));
    edit("mutants.yaml", "It works", &format!("\"It works{EVIL}\""));
    let said = |what: &str, said: &Said| {
        assert_clean(what, &said.out);
        assert_clean(what, &said.err);
    };
    said("check", &run(bench.temp.path(), ["check", "./pack"]).exits(0));
    said("new", &run(bench.temp.path(), ["new", "./pack", "mine"]).exits(0));
    let project = bench.project();
    bench.run_sh("exit 0");
    for file in ["README.md", "lsfr.yaml"] {
        assert_clean(file, &fs::read_to_string(project.join(file)).unwrap());
    }
    for args in [
        &["test"][..],
        &["test", "--format", "json"],
        &["test", "--junit", "junit.xml"],
        &["status"],
        &["status", "--format", "json"],
        &["guide"],
        &["guide", "--raw"],
        &["guide", "--format", "json"],
        &["hint"],
        &["replay"],
    ] {
        said(&args.join(" "), &run(&project, args));
    }
    assert_clean("junit.xml", &fs::read_to_string(project.join("junit.xml")).unwrap());
    edit("stages/one/tests.yaml", "compare:", &format!("\"comp{EVIL}\":"));
    for format in ["text", "json"] {
        said("check", &run(bench.temp.path(), ["check", "./pack", "--format", format]).exits(2));
    }
    said("status", &run(&project, ["test"]).exits(2));
}
