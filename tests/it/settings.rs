//! lsfr as a program among others: settings, completions, manual pages, its own log.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{LSFR, Project, Said, lsfr};

/// In a project, with this folder of settings.
fn with_settings(project: &Project, args: &[&str]) -> Said {
    let home = project.temp.path();
    Said::of(lsfr(&project.dir).args(args).env("XDG_CONFIG_HOME", home).env("EDITOR", "ed").output().unwrap())
}

#[test]
fn the_settings_are_shown_with_what_they_mean() {
    let project = Project::new();
    let shown = with_settings(&project, &["config"]).exits(0).says(&["config.yaml is not there", "# editor: ed"]);
    assert!(shown.out.lines().all(|line| line.is_empty() || line.starts_with('#')), "{}", shown.out);

    let folder = project.temp.path().join("lsfr");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("keys.yaml"), "run: F5\n").unwrap();
    with_settings(&project, &["config"]).exits(0).says(&["run: F5", "Settings are in config.yaml now"]);
    fs::write(folder.join("config.yaml"), "editor: hx\nlayout: { logs: 40 }\n").unwrap();
    let shown =
        with_settings(&project, &["config"]).exits(0).says(&["keys.yaml is no longer read", "# Run the tests"]);
    let set: Vec<&str> = shown.out.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(set, ["editor: hx", "layout:", "  logs: 40"]);
    let json = with_settings(&project, &["config", "--format", "json"]).exits(0).json();
    assert_eq!(json[0]["editor"], serde_json::json!(["hx"]));
    assert_eq!(json[0]["keys"]["run"], serde_json::json!(["r"]));

    fs::write(folder.join("config.yaml"), "editr: hx\nmouse: 3\n").unwrap();
    with_settings(&project, &["config"]).exits(2).says(&[
        "config.yaml:1:1",
        "did you mean `editor`?",
        "config.yaml:2:8",
    ]);
    // Whatever they say, commands do not need them.
    with_settings(&project, &["status"]).exits(0);
    let schema = with_settings(&project, &["config", "--schema"]).exits(0).out;
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/config.schema.json");
    assert_eq!(schema, fs::read_to_string(kept).unwrap());
}

/// What `lsfr __complete` says of these words in a directory.
fn completed(dir: &Path, words: &[&str]) -> Vec<String> {
    let said = Said::of(lsfr(dir).arg("__complete").args(words).output().unwrap()).exits(0);
    said.out.lines().map(str::to_owned).collect()
}

#[test]
fn completions_know_stages_tests_and_challenges() {
    let project = Project::new();
    let has = |words: &[&str], wanted: &str| {
        let lines = completed(&project.dir, words);
        assert!(lines.iter().any(|line| line == wanted), "{words:?}: {wanted:?} is not in {lines:#?}");
    };
    has(&["test", ""], "crash-recovery\tSurvive a crash");
    has(&["guide", "q"], "quorum\tLead only a majority");
    has(&["next", ""], "http-api\tStore and retrieve data");
    has(&["new", ""], "kv-store\tDistributed Key-Value Store");
    has(&["test", "crash-recovery", "--only", ""], "Deletes survive kill -9\tcrash-recovery");
    has(&["test", "crash-recovery", "--only", "=", "Del"], "Deletes survive kill -9\tcrash-recovery");
    has(&["test", "crash-recovery", "--only=Del"], "--only=Deletes survive kill -9\tcrash-recovery");
    let here = completed(&project.dir, &["test", "--only", ""]);
    assert!(here.len() > 3 && here[1..].iter().all(|line| line.ends_with("\thttp-api")), "{here:?}");
    let so_far = completed(&project.dir, &["test", "--so-far", "crash-recovery", "--only", ""]);
    assert!(so_far.iter().any(|line| line.ends_with("\thttp-api")), "{so_far:?}");
    // Outside of a project there are none, and no complaint.
    assert_eq!(completed(project.temp.path(), &["test", ""]).first().map(String::as_str), Some("none"));
}

/// What a shell offers, one a line, for a line that is typed in the project; none where that shell is not installed.
fn offered(project: &Project, shell: &str, script: &str) -> Option<Vec<String>> {
    let bin = Path::new(LSFR).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let completions = Said::of(lsfr(&project.dir).args(["completions", shell]).output().unwrap()).exits(0).out;
    let file = project.temp.path().join(format!("lsfr.{shell}"));
    fs::write(&file, completions).unwrap();
    let mut command = Command::new(shell);
    command.current_dir(&project.dir).env("PATH", path).env("FILE", &file).arg("-c").arg(script);
    let said = match command.output() {
        Ok(output) => Said::of(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{shell}: {error}"),
    };
    assert_eq!(said.err, "", "{shell}");
    Some(said.out.lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_with_quotes_where_they_are_needed() {
    let project = Project::new();
    let offered = |words: &str| {
        let script = format!(
            r#"source "$FILE"; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _lsfr lsfr "$TYPED" 2>/dev/null; printf '%s\n' "${{COMPREPLY[@]}}""#
        );
        let typed = words.rsplit(' ').next().unwrap().trim_matches('\'').trim_start_matches('"');
        offered(&project, "bash", &script.replace("$TYPED", typed)).expect("bash runs lsfr's own scripts, too")
    };
    assert_eq!(offered("lsfr test crash"), ["crash-recovery"]);
    assert!(offered("lsfr new k").contains(&"kv-store".to_owned()));
    assert_eq!(offered("lsfr test crash-recovery --only Deletes"), [r"Deletes\ survive\ kill\ -9"]);
    assert_eq!(offered("lsfr test crash-recovery --only = Deletes"), [r"Deletes\ survive\ kill\ -9"]);
    assert_eq!(offered(r#"lsfr test crash-recovery --only '"Deletes'"#), ["Deletes survive kill -9"]);
}

#[test]
fn fish_completes_stages_and_tests() {
    let project = Project::new();
    let offered = |line: &str| offered(&project, "fish", &format!("source $FILE; complete -C '{line}'"));
    let Some(stages) = offered("lsfr test crash") else { return };
    assert_eq!(stages, ["crash-recovery\tSurvive a crash"]);
    let tests = offered("lsfr test crash-recovery --only Deletes").unwrap();
    assert_eq!(tests, ["Deletes survive kill -9\tcrash-recovery"]);
}

#[test]
fn zsh_takes_its_completions() {
    let project = Project::new();
    // Without a terminal zsh completes nothing: what it would be given is looked at.
    let script = r#"
        autoload -Uz compinit && compinit -u -d "$FILE.dump"; source "$FILE"
        function _describe { print -rl -- "${(@P)3}" }
        words=(lsfr test crash-recovery --only ""); CURRENT=5; _lsfr"#;
    let Some(tests) = offered(&project, "zsh", script) else { return };
    assert!(tests.contains(&"Deletes survive kill -9:crash-recovery".to_owned()), "{tests:?}");
}

#[test]
fn each_command_has_a_manual_page() {
    let project = Project::new();
    let folder = project.temp.path().join("man/man1");
    project.lsfr(["__man", folder.to_str().unwrap()]).exits(0);
    let page = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let main = page("lsfr.1");
    for part in [".TH lsfr 1", ".SH FILES", "config.yaml", ".SH ENVIRONMENT", "LSFR_THEME", "lsfr\\-test(1)"] {
        assert!(main.contains(part), "{part} is not in\n{main}");
    }
    assert!(page("lsfr-test.1").contains("so\\-far"));
    assert!(!main.contains("__man"), "hidden");
    let refused = project.lsfr(["__man", project.dir.join("run.sh/x").to_str().unwrap()]);
    refused.exits(2).says(&["cannot be written"]);
}

#[test]
fn a_log_says_what_lsfr_did_and_is_not_the_learners_file() {
    let project = Project::new();
    fs::write(project.dir.join("run.sh"), "#!/bin/sh\necho my-own-secret\nexit 3\n").unwrap();
    project.lsfr(["--log", "own.log", "test", "--seed", "7"]).exits(1);
    let log = fs::read_to_string(project.dir.join("own.log")).unwrap();
    for part in ["lsfr test begins: version", "seed 7", "run ended: Ok(Failed)", "lsfr test ended: Failed"] {
        assert!(log.contains(part), "{part} is not in\n{log}");
    }
    assert!(!log.contains("my-own-secret"), "{log}");
    // Added to, by every run.
    project.lsfr(["--log", "own.log", "test", "nothing"]).exits(2);
    let more = fs::read_to_string(project.dir.join("own.log")).unwrap();
    assert!(more.starts_with(&log) && more.contains("has no stage `nothing`"), "{more}");
    project
        .lsfr(["--log", "no/such/own.log", "status"])
        .exits(2)
        .says(&["the log no/such/own.log cannot be written"]);
}
