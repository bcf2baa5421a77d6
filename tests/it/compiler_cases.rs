//! `cases`, `exec` and `run` against compilers and programs that misbehave in every way that a learner's may.

use std::fs;
use std::path::Path;

use crate::support::{Said, run};

/// A compiler that writes this as the program.
fn makes(program: &str) -> String {
    format!("for last; do :; done\ncat >\"$last\" <<'END'\n{program}\nEND\nchmod +x \"$last\"\n")
}

/// A pack of one stage with these steps and cases, a project for it, and what `lsfr test` says.
struct Bench {
    temp: tempfile::TempDir,
}

impl Bench {
    fn new(steps: &str, cases: &[(&str, &str)]) -> Bench {
        let temp = tempfile::tempdir().unwrap();
        let pack = temp.path().join("pack");
        let write = |name: &str, text: &str| {
            let path = pack.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "challenge.yaml",
            "format: 1\nkey: small\nname: Small\nsummary: A small one.\nprogram: compiler\nparts:\n  - name: One\n    stages:\n      - { key: one, title: One, minutes: 5 }\n",
        );
        write("overview.md", "You build it.\n");
        write("mutants.yaml", "- { bug: none, stage: one, test: It works }\n");
        write("stages/one/guide.md", "# One\n\n## It\n\nIt works.\n");
        let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
        write(
            "stages/one/tests.yaml",
            &format!("tests:\n  - name: It works\n    proves: it\n    hint: Look.\n    steps:\n{steps}"),
        );
        for (name, text) in cases {
            write(&format!("stages/one/cases/{name}"), text);
        }
        run(temp.path(), ["new", "./pack", "mine"]).exits(0);
        Bench { temp }
    }

    fn dir(&self) -> std::path::PathBuf {
        self.temp.path().join("mine")
    }

    fn check(&self) -> Said {
        run(self.temp.path(), ["check", "./pack"])
    }

    /// With this run.sh.
    fn test(&self, run_sh: &str) -> Said {
        write_run_sh(&self.dir(), &format!("#!/bin/sh\n{run_sh}"));
        run(&self.dir(), ["test"])
    }
}

fn write_run_sh(dir: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(dir.join("run.sh"), text).unwrap();
    fs::set_permissions(dir.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
}

const ONE: (&str, &str) =
    ("one.c", "// It prints.\n// stdout: hello\n// stdin: from here\n// args: a 'b c'\n// exit: 3\nint x;\n");

fn one(run_sh: &str) -> Said {
    Bench::new("- cases: cases/*.c\n  timeout: 1s\n  memory: 60", &[ONE]).test(run_sh)
}

#[test]
fn a_program_that_does_as_its_comment_says_passes() {
    one(&makes(
        "#!/bin/sh\nread line\n[ \"$line\" = 'from here' ] && [ \"$2\" = 'b c' ] && [ $# = 2 ] && echo hello\nexit 3",
    ))
    .exits(0);
}

#[test]
fn what_a_program_does_wrong_is_shown() {
    let said = one(&makes("#!/bin/sh\necho hallo\nexit 4")).exits(1);
    said.says(&[
        "The program ended with exit status 4, not 3.",
        "exit expected 3 actual 4",
        "stdout expected \"hello\\n\" actual \"hallo\\n\"",
        "; echo $?",
        "<.lsfr/runs/",
    ]);
    one(&makes("#!/bin/sh\nkill -SEGV $$")).exits(1).says(&["The program was killed by SIGSEGV"]);
    one(&makes("#!/bin/sh\necho oops >&2\nexit 1")).exits(1).says(&["The program said oops"]);
}

#[test]
fn a_program_that_is_none_is_told_so() {
    one("exit 0").exits(1).says(&["program expected a file that can be run", "there is none"]);
    one("for last; do :; done\nprintf '#!/bin/sh\\n' >\"$last\"").exits(1).says(&["it is not executable"]);
    one("for last; do :; done\ntouch \"$last\"").exits(1).says(&["it is not executable"]);
    one("for last; do :; done\nln -s /bin/true \"$last\"").exits(1).says(&["it is not a plain file"]);
    one("for last; do :; done\nmkdir \"$last\"").exits(1).says(&["it is not a plain file"]);
    one("echo no good >&2\nexit 7")
        .exits(1)
        .says(&["The compiler failed: exit status 7.", "The compiler said no good"]);
    one("exit 1").exits(1).says(&["The compiler refused a program that is right."]);
}

#[test]
fn output_that_cannot_run_is_told_by_what_it_is() {
    // A shell would run this, and it would even do the right thing.
    one(&makes("echo hello\nexit 3"))
        .exits(1)
        .says(&["The program cannot be run: it is text, not a program. It begins with `echo hello`."]);
    one("for last; do :; done\n: >\"$last\"\nchmod +x \"$last\"")
        .exits(1)
        .says(&["The program cannot be run: the file is empty."]);
    one(&makes("#!/opt/no-such-thing")).exits(1).says(&["its first line asks for `/opt/no-such-thing`"]);
    if cfg!(target_os = "linux") {
        let copies = "for last; do :; done\ncp made \"$last\"\nchmod +x \"$last\"\n";
        let mut object = b"\x7fELF\x02\x01\x01".to_vec();
        object.resize(64, 0);
        object[16] = 1;
        let program = fs::read("/bin/true").unwrap();
        let loader = program.windows(4).position(|part| part == b"/ld-").expect("a program with a loader");
        let mut unloadable = program;
        unloadable[loader + 1] = b'x';
        for (made, told) in [
            (object.clone(), "The program cannot be run: it is an object file that has not been linked."),
            (unloadable, "The program cannot be run: it asks for the loader /lib"),
        ] {
            let bench = Bench::new("- cases: cases/*.c", &[ONE]);
            fs::write(bench.dir().join("made"), made).unwrap();
            let said = bench.test(copies).exits(1).says(&[told]);
            assert!(!said.out.contains("status 12"), "{}", said.out);
        }
        // `gcc -c` and `as` leave a file like this; it is not the permission that it lacks.
        let bench = Bench::new("- cases: cases/*.c", &[ONE]);
        fs::write(bench.dir().join("made"), object).unwrap();
        bench
            .test("for last; do :; done\ncat made >\"$last\"\n")
            .exits(1)
            .says(&["program expected a file that can be run", "it is an object file that has not been linked"]);
    }
}

#[test]
fn statuses_126_and_127_are_told_of_whose_they_are() {
    for status in [126, 127] {
        one(&makes(&format!("#!/bin/sh\nexit {status}")))
            .exits(1)
            .says(&[&format!("The program ended with exit status {status}, not 3.")]);
    }
    one("exec ./no-such-compiler")
        .exits(1)
        .says(&["run.sh ended with exit status 127: its shell did not find a command.", "no-such-compiler"]);
    one("exec ./lsfr.yaml").exits(1).says(&["run.sh ended with exit status 126: its shell could not run a command."]);
    let refused = ("wrong-7.c", "// It is wrong.\n// refused: 4\nint x;\nint y = z;\n");
    Bench::new("- cases: cases/*.c", &[refused])
        .test("no-such-compiler")
        .exits(1)
        .says(&["run.sh ended with exit status 127: its shell did not find a command."]);
}

#[test]
fn what_goes_on_for_ever_is_ended() {
    let program = makes("#!/bin/sh\nsleep 1000");
    for (run_sh, who) in [("sleep 1000", "The compiler"), (program.as_str(), "The program")] {
        let said = one(run_sh).says(&[&format!("{who} did not end within 1s.")]);
        // On a machine that is busy with other things it is not judged.
        assert!(matches!(said.code, Some(1 | 3)), "{said:?}");
    }
    one(&makes("#!/bin/sh\nexec yes")).exits(1).says(&["The program wrote more than 16 MB, and was stopped."]);
}

#[test]
fn what_uses_too_much_memory_is_ended() {
    let bench = Bench::new("- cases: cases/*.c\n  memory: 60", &[ONE]);
    let said =
        bench.test(&makes("#!/usr/bin/env python3\nimport time\nx = bytearray(200000000)\ntime.sleep(60)")).exits(1);
    said.says(&["The program used", "of memory; the limit is 60 MB"]);
}

#[test]
fn a_run_sh_that_cannot_be_run_is_explained() {
    let bench = Bench::new("- cases: cases/*.c", &[ONE]);
    bench.test("exit 0").exits(1);
    write_run_sh(&bench.dir(), "#!/opt/no-such-thing\n");
    run(&bench.dir(), ["test"]).exits(1).says(&["run.sh asks for `/opt/no-such-thing`"]);
    write_run_sh(&bench.dir(), "\u{feff}#!/bin/sh\nexit 0\n");
    run(&bench.dir(), ["test"]).exits(1).says(&["run.sh starts with a byte order mark"]);
    write_run_sh(&bench.dir(), "exit 0\n");
    run(&bench.dir(), ["test"]).exits(1).says(&["run.sh has no #! line"]);
    fs::remove_file(bench.dir().join("run.sh")).unwrap();
    run(&bench.dir(), ["test"]).exits(1).says(&["there is no run.sh in the challenge directory"]);
}

#[test]
fn a_refusal_has_a_status_a_line_and_leaves_nothing() {
    let wrong = ("wrong-7.c", "// It is wrong.\n// refused: 4\nint x;\nint y = z;\n");
    let bench = Bench::new("- cases: cases/*.c", &[wrong]);
    bench.test("echo \"$1:4: no z\" >&2\nexit 1").exits(0);
    bench.test("echo 'in line 4, z' >&2\nexit 1").exits(0);
    let said = bench.test("echo \"$1:7: no z\" >&2\nexit 1").exits(1);
    said.says(&["▸ 4 int y = z;", "expected text that names line 4", "wrong-7.c:7: no z"]);
    // Numbers in the source's own path do not count.
    bench.test("echo \"$1: no z in run-4x\" >&2\nexit 1").exits(1).says(&["text that names line 4"]);
    bench.test("echo \"$1:4: no z\" >&2\nexit 2").exits(1).says(&["exit expected 1 actual 2"]);
    bench.test("echo \"$1:4: no z\" >&2\nkill -ABRT $$").exits(1).says(&["SIGABRT"]);
    let said = bench.test("for last; do :; done\ntouch \"$last\"\necho \"$1:4: no z\" >&2\nexit 1").exits(1);
    said.says(&["program expected no file actual \"a file was written\""]);
}

#[test]
fn of_several_files_the_wrong_one_is_named() {
    let files =
        [("two/main.c", "// It is wrong.\n// refused: other.c:2\nint x;\n"), ("two/other.c", "int y;\nint z = a;\n")];
    let bench = Bench::new("- cases: cases/two", &files);
    bench.test("[ $# = 4 ] || exit 9\necho \"$2:2: no a\" >&2\nexit 1").exits(0);
    bench
        .test("echo \"$1:2: no a\" >&2\nexit 1")
        .exits(1)
        .says(&["text that names other.c and line 2", "▸ 2 int z = a;"]);
}

#[test]
fn a_pack_with_wrong_cases_is_told_all_of_it() {
    const GOOD: &str = "// Why.\n// exit: 1\nint x;\n";
    // A project can only be made of a pack that is right.
    let bench = Bench::new("- cases: cases/good.c", &[("good.c", GOOD)]);
    bench.check().exits(0);
    let stage = bench.temp.path().join("pack/stages/one");
    fs::write(stage.join("cases/more.c"), GOOD).unwrap();
    bench.check().exits(2).says(&["no test uses cases/more.c"]);
    fs::write(stage.join("cases/more.c"), GOOD.replace("exit", "exti")).unwrap();
    let tests = fs::read_to_string(stage.join("tests.yaml")).unwrap();
    fs::write(stage.join("tests.yaml"), tests.replace("cases/good.c", "[cases/more.c, cases/goo.c]")).unwrap();
    bench.check().exits(2).says(&["did you mean `exit`?", "no program is called `cases/goo.c`", "cases/more.c:2"]);
}

#[test]
fn exec_and_run_say_what_they_ran() {
    let steps = "- exec: [$(folder)/a.c, -o, $(folder)/a]\n  files: { a.c: int }\n  expect: { stderr: { contains: made } }\n- run: a\n  stdin: abc\n  args: [one]\n  expect: { exit: 5, stdout: \"abc one\\n\" }";
    let bench = Bench::new(steps, &[]);
    let program = makes("#!/bin/sh\nread a\necho \"$a $1\"\nexit ${2-5}");
    bench.test(&format!("{program}\necho made >&2")).exits(0);
    bench.test(&program).exits(1).says(&["./run.sh .lsfr/runs/", "stderr expected something that contains \"made\""]);
    let program = makes("#!/bin/sh\ncat\nexit 6");
    let said = bench.test(&format!("{program}\necho made >&2")).exits(1);
    said.says(&["exit expected 5 actual 6", "/a one <.lsfr/runs/", "; echo $?"]);
    bench.test("echo made >&2").exits(1).says(&["scratch/one-1/a cannot be run: it does not exist."]);
    // What the compiler says is kept.
    run(&bench.dir(), ["logs"]).exits(0).says(&["compiler▏ made"]);
    // A link out of the test's folder is not followed.
    let link = "for last; do :; done\nln -s /bin/true \"$last\"\necho made >&2";
    bench.test(link).exits(1).says(&["`a` is a link to /", "outside of the test's folder"]);
}
