//! The compiler challenge: its reference from the first stage to the last, real compilers through every stage, and
//! programs that are not compilers yet through none.

use std::fs;
use std::path::Path;
use std::process::Command;

use lsfr::challenge::{self, Origin};
use lsfr::scenario::case::Wanted;
use lsfr::scenario::{Action, Step};

use crate::support::{LSFR, Project};

/// lsfr.yaml of a project that has reached the last stage.
const AT_THE_LAST: &str = "challenge: compiler\nstages:\n  current: a-real-program\n  completed: []\n";

fn stages() -> Vec<String> {
    let challenge = challenge::load(&Origin::BuiltIn("compiler".to_owned())).unwrap();
    challenge.stages().map(|stage| stage.key.clone()).collect()
}

#[test]
fn the_reference_walks_from_the_first_stage_to_the_last() {
    let project = Project::compiler();
    project.run_sh(&format!("#!/bin/sh\nexec '{LSFR}' __reference compiler \"$@\"\n"));
    for stage in stages() {
        project.lsfr(["status"]).exits(0).says(&[&format!("▸ {stage}")]);
        project.lsfr(["guide"]).exits(0).says(&["What is refused"]);
        project.lsfr(["next"]).exits(0).says(&[&format!("{stage} ")]);
    }
    project.lsfr(["status"]).exits(0).says(&[&format!("{0} of {0} stages", stages().len())]);
    project.assert_nothing_runs();
}

/// What a case asks for must be what C says. Three compilers that nobody here wrote agree on all of them; there is no
/// exception.
#[track_caller]
fn passes_every_stage(compiler: &str) {
    let project = Project::compiler();
    project.run_sh(&format!("#!/bin/sh\nexec {compiler} -w \"$@\"\n"));
    project.write("lsfr.yaml", AT_THE_LAST);
    project.lsfr(["test", "--so-far"]).exits(0).says(&["✓ integers", "✓ several-files", "✓ a-real-program"]);
}

#[test]
fn gcc_passes_every_stage() {
    passes_every_stage("gcc");
}

#[test]
fn clang_passes_every_stage() {
    passes_every_stage("clang");
}

#[test]
fn tcc_passes_every_stage() {
    passes_every_stage("tcc");
}

/// No case can hold these, since tcc takes them otherwise; gcc and the reference are right.
#[test]
fn the_reference_knows_rules_that_tcc_does_not() {
    let hidden_variable =
        "int main(void) { int add = 3, r; { int add(int a, int b); r = add(4, 5); } return add + r; }
        int add(int a, int b) { return a + b; }";
    let hidden_tag = "struct s { int a; };
        int main(void) {
            struct s;
            struct s *p;
            struct s { long a, b; } x = {1, 26};
            p = &x;
            return p->b + sizeof(struct s);
        }";
    let composed = "int list[3]; extern int list[]; int main(void) { extern int list[]; return sizeof list; }";
    let comma = "int main(void) { int a[3]; return sizeof(a, a); }";
    let accepted = [(hidden_variable, 12), (hidden_tag, 42), (composed, 12), (comma, 8)];
    let refused = [
        "int main(void) { int f(int a); int f; return 0; }",
        "int main(void) { int f; int f(int a); return 0; }",
        "int main(void) { extern int f; int f; return 0; }",
        "int main(void) { int f = 1; extern int f; return f; } int f;",
        "int f(int a, int a); int main(void) { return 0; }",
        "struct s { int a; }; int main(void) { struct s; struct s x; return 0; }",
        "void f(void) { extern int a; } int main(void) { return a; } int a;",
        "int main(void) { int a = 1; (int)a = 2; return a; }",
        "int main(void) { int a = 1, *p = &a; (int *)p = 0; return a; }",
        "int main(void) { int a = 1, b = 2; (a, b) = 3; return a; }",
        "struct s { int x; }; int main(void) { struct s a = {1}, b = {2}; (a.x ? a : b).x = 3; return a.x; }",
        "struct s { int x; }; int main(void) { struct s a = {1}; return 1 || a; }",
        "int printf(const char *f, ...); void f(void) {} int main(void) { printf(\"%d\", f()); return 0; }",
        "int main(void) { return 0x; }",
        "int puts(const char *s); int main(void) { puts(\"a\n\"); return 0; }",
    ];
    let project = Project::compiler();
    let wanted = accepted.map(|(text, status)| (text, Some(status))).into_iter();
    for (text, wanted) in wanted.chain(refused.map(|text| (text, None))) {
        project.write("source.c", text);
        for compiler in [&["gcc", "-w"][..], &[LSFR, "__reference", "compiler"]] {
            let mut compile = Command::new(compiler[0]);
            compile.args(&compiler[1..]).args(["source.c", "-o", "program"]).current_dir(&project.dir);
            let compiled = compile.output().unwrap().status.success();
            let status = compiled.then(|| Command::new(project.dir.join("program")).status().unwrap().code());
            assert_eq!(status.flatten(), wanted, "{compiler:?} {text}");
        }
    }
}

/// Runs every stage and asserts that it fails.
#[track_caller]
fn fails_every_stage(project: &Project) {
    project.write("lsfr.yaml", AT_THE_LAST);
    let said = project.lsfr(["test", "--so-far", "--format", "json"]).exits(1);
    let ended = said.json().into_iter().filter(|event| event["event"] == "stage_ended");
    let failed = ended.filter(|event| event["verdict"] == "failed");
    let failed: Vec<String> = failed.map(|event| event["stage"].as_str().unwrap().to_owned()).collect();
    assert_eq!(failed, stages());
}

#[test]
fn a_new_project_fails_every_stage_and_says_why() {
    let project = Project::compiler();
    let said = project.lsfr(["test"]).exits(1);
    said.says(&[
        "3 of 3 programs went wrong. The first is number-0.",
        "The smallest program there is.",
        "return 0;",
        "./run.sh .lsfr/runs/",
        "exit expected 0 actual 2",
        "run.sh starts no compiler yet",
        "Hint 1 of",
    ]);
    fails_every_stage(&project);
}

#[test]
fn what_takes_everything_or_nothing_passes_no_stage() {
    let project = Project::compiler();
    // Refuses all, and names every line.
    project.run_sh("#!/bin/sh\nseq 1 300 >&2\nexit 1\n");
    fails_every_stage(&project);
    // Takes all: the program ends with 0.
    project.run_sh("#!/bin/sh\nfor last; do :; done\nprintf '#!/bin/sh\\n' >\"$last\"\nchmod +x \"$last\"\n");
    fails_every_stage(&project);
}

#[test]
fn every_starter_fails_the_first_stage_and_says_where_to_begin() {
    for (lang, tool) in [("python", "python3"), ("c", "cc"), ("javascript", "node")] {
        let there = Command::new(tool).arg("--version").output().is_ok();
        if !there {
            // Not every machine has every language; the C compiler is needed for all else here.
            continue;
        }
        let temp = tempfile::tempdir().unwrap();
        crate::support::run(temp.path(), ["new", "compiler", "--lang", lang]).exits(0);
        let said = crate::support::run(&temp.path().join("compiler"), ["test"]).exits(1);
        said.says(&["exit expected 0 actual 2", "nothing is compiled yet", "is where to begin"])
            .says(&["Hint 1 of 3  Nothing is compiled yet."]);
    }
}

fn cases(steps: &[Step], found: &mut (usize, usize)) {
    for step in steps {
        if let Action::Cases(cases) = &step.action {
            for case in &cases.cases {
                match case.wanted {
                    Wanted::Run { .. } => found.0 += 1,
                    Wanted::Refused(_) => found.1 += 1,
                }
            }
        }
        step.action.inside().into_iter().for_each(|steps| cases(steps, found));
    }
}

#[test]
fn every_stage_has_enough_programs_to_run_and_to_refuse() {
    let challenge = challenge::load(&Origin::BuiltIn("compiler".to_owned())).unwrap();
    for key in stages() {
        let stage = challenge.stage(&key).unwrap();
        let mut found = (0, 0);
        stage.tests.tests.iter().for_each(|test| cases(&test.steps, &mut found));
        assert!(found.0 >= 8 && found.1 >= 4, "{key}: {found:?}");
    }
}

/// A case may use what its stage or an earlier one brings, and nothing of a later one.
#[test]
fn no_case_needs_what_comes_later() {
    let brings: &[(&str, &[&str])] = &[
        ("variables", &[" = "]),
        ("conditionals", &["if (", "else", " ? "]),
        ("loops", &["while (", "for (", "do ", "switch (", "case ", "break;", "continue;"]),
        ("functions", &["putchar"]),
        ("globals", &["static ", "extern "]),
        ("types", &["long ", "unsigned ", "char ", "short ", "sizeof", "'"]),
        ("pointers", &["(*", "void *"]),
        ("arrays", &["["]),
        ("strings", &["(\"", "= \"", "{\"", "printf"]),
        ("structs", &["struct ", "->"]),
        ("a-real-program", &["argv", "getchar", "malloc"]),
    ];
    let order = stages();
    let place = |key: &str| order.iter().position(|stage| stage == key).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/compiler/stages");
    for key in &order {
        for entry in fs::read_dir(root.join(key).join("cases")).unwrap().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "c") {
                continue;
            }
            let name = entry.file_name().into_string().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let code = without_comments(&text);
            for (later, words) in brings.iter().filter(|(later, _)| place(later) > place(key)) {
                let used = words.iter().find(|word| code.contains(**word));
                assert!(name.starts_with("refused-") || used.is_none(), "{key}/{name} uses {used:?} of {later}");
            }
        }
    }
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("//").into_iter().chain(rest.find("/*")).min() {
        code.push_str(&rest[..at]);
        let (end, length) = if rest[at..].starts_with("//") { ("\n", 0) } else { ("*/", 2) };
        let from = at + 2;
        rest = rest[from..].find(end).map_or("", |found| &rest[from + found + length..]);
    }
    code + rest
}
