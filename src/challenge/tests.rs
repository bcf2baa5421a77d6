use super::*;
use std::fs;
use std::time::Duration;

/// A pack of one stage.
fn pack() -> tempfile::TempDir {
    let pack = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(pack.path().join(path), text).unwrap();
    fs::create_dir_all(pack.path().join("stages/cluster-info")).unwrap();
    write(
        "challenge.yaml",
        "format: 1\nkey: demo\nname: A Demo\nsummary: Build it.\nprogram: compiler\nparts:\n  - name: One\n    stages:\n      - { key: cluster-info, title: Say who you are, minutes: 30 }\n  - name: Two\n    stages:\n      - { key: later, title: Later, minutes: 5 }\nroles:\n  leader: { http: GET /info, where: { status: 200 }, highest: json.term }\n",
    );
    write("overview.md", "Hello.\n");
    write("shared.yaml", "fill:\n  - kill: n1\n");
    write("stages/cluster-info/guide.md", "# Info\n\n## It tells\n");
    write(
        "stages/cluster-info/tests.yaml",
        "cluster: 3\ntests:\n  - name: It tells who leads\n    proves: it-tells\n    steps:\n      - find: leader\n        within: 2s\n      - use: fill\n",
    );
    write("mutants.yaml", "- { bug: silent, stage: cluster-info, test: It tells who leads }\n");
    pack
}

fn loaded(pack: &tempfile::TempDir) -> Challenge {
    load(&Origin::Folder(pack.path().to_owned())).unwrap()
}

#[test]
fn a_challenge_and_its_stages_load() {
    let pack = pack();
    let challenge = loaded(&pack);
    assert_eq!((challenge.key.as_str(), challenge.name.as_str()), ("demo", "A Demo"));
    assert_eq!((challenge.program, challenge.overview.as_str()), (Program::Compiler, "Hello.\n"));
    let keys: Vec<&str> = challenge.stages().map(|stage| stage.key.as_str()).collect();
    assert_eq!(keys, ["cluster-info", "later"]);
    let leader = &challenge.roles["leader"];
    let Ask::Http { method, path, .. } = &leader.ask else { panic!("{leader:?}") };
    assert_eq!((method.as_str(), path.source()), ("GET", "/info"));
    assert_eq!(leader.highest.as_ref().unwrap().text(), "json.term");
    let stage = challenge.stage("cluster-info").unwrap();
    assert_eq!((stage.title.as_str(), stage.minutes), ("Say who you are", 30));
    assert_eq!(stage.guide.requirement("it-tells").unwrap().title, "It tells");
    assert_eq!((stage.tests.nodes.names.len(), stage.tests.defaults.within), (3, Duration::from_secs(3)));
    let mutant =
        Mutant { bug: "silent".to_owned(), stage: "cluster-info".to_owned(), test: "It tells who leads".to_owned() };
    assert_eq!(challenge.mutants().unwrap(), [mutant]);
}

#[test]
fn guides_and_tests_are_read_when_they_are_asked_for() {
    let pack = pack();
    let challenge = loaded(&pack);
    let tests = pack.path().join("stages/cluster-info/tests.yaml");
    let good = fs::read_to_string(&tests).unwrap();
    fs::write(&tests, good.replace("it-tells", "it-tels")).unwrap();
    let errors = challenge.stage("cluster-info").unwrap_err();
    assert_eq!(errors[0].message, "guide.md has no requirement `it-tels`");
    fs::write(&tests, good.replace("find: leader", "find: leder")).unwrap();
    assert_eq!(challenge.stage("cluster-info").unwrap_err()[0].message, "no role is called `leder`");
    fs::write(&tests, good).unwrap();
    assert!(challenge.stage("cluster-info").is_ok());
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let pack = pack();
    let challenge = loaded(&pack);
    let unknown = challenge.stage("cluster-inof").unwrap_err();
    assert_eq!(unknown[0].to_string(), "demo has no stage `cluster-inof`\n   = did you mean `cluster-info`?");
    let unknown = challenge.stage("x").unwrap_err();
    assert_eq!(unknown[0].help.as_deref(), Some("the stages are `cluster-info` and `later`"));
    let empty = challenge.stage("later").unwrap_err();
    assert_eq!(empty.len(), 2);
    assert_eq!(empty[0].message, "the stage `later` has no guide.md");
    assert_eq!(empty[0].at.line, 12);
    let unknown = load(&Origin::BuiltIn("../demo".to_owned())).unwrap_err();
    assert_eq!(unknown[0].message, "there is no challenge `../demo`");
    fs::remove_file(pack.path().join("mutants.yaml")).unwrap();
    assert_eq!(challenge.mutants().unwrap_err()[0].message, "the pack has no mutants.yaml");
}

#[test]
fn every_mistake_of_challenge_yaml_comes_at_once() {
    let pack = pack();
    fs::write(pack.path().join("challenge.yaml"), "format: 2\nkey: A\nprogram: x\nparts: []\nextra: 1\n").unwrap();
    let errors = load(&Origin::Folder(pack.path().to_owned())).unwrap_err();
    assert_eq!(errors.len(), 7, "{errors:#?}");
    fs::write(pack.path().join("challenge.yaml"), "").unwrap();
    let errors = load(&Origin::Folder(pack.path().to_owned())).unwrap_err();
    assert_eq!(errors[0].message, "this is nothing, not a map");
    fs::write(pack.path().join("challenge.yaml"), "parts: [").unwrap();
    let errors = load(&Origin::Folder(pack.path().to_owned())).unwrap_err();
    assert!(errors[0].message.starts_with("this is not valid YAML"));
}

#[test]
fn every_built_in_challenge_loads_and_every_stage_of_it() {
    for challenge in list().unwrap() {
        for stage in challenge.stages() {
            let loaded = challenge.stage(&stage.key);
            assert!(loaded.is_ok(), "{}/{}: {}", challenge.key, stage.key, loaded.unwrap_err()[0]);
        }
    }
}

#[test]
fn what_is_told_at_the_end_may_be_there_or_not() {
    let pack = pack();
    let challenge = loaded(&pack);
    assert_eq!(challenge.built, None);
    assert_eq!(challenge.stage("cluster-info").unwrap().after, None);
    fs::write(pack.path().join("stages/cluster-info/after.md"), "Real ones do\x1b[2J more.\n").unwrap();
    assert_eq!(challenge.stage("cluster-info").unwrap().after.as_deref(), Some("Real ones do more.\n"));
    let file = pack.path().join("challenge.yaml");
    let text = fs::read_to_string(&file).unwrap().replace("program:", "built: A compiler that tells.\nprogram:");
    fs::write(&file, text).unwrap();
    assert_eq!(loaded(&pack).built.as_deref(), Some("A compiler that tells."));
    for challenge in list().unwrap() {
        assert!(challenge.built.is_some(), "{} says what the learner has", challenge.key);
    }
}
