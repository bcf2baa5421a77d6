//! Outputs as tools print them. Where nothing else is said, the tool ran on the machine that this was written on; `$P`
//! stands for the project's directory.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::facts::Output;

/// A project with these files, and what an output names in it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn with(files: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        Self(dir)
    }

    fn named(&self, of: Of, output: &str) -> Option<String> {
        let output = output.replace("$P", self.0.path().to_str().unwrap());
        first_place(output.lines(), of, self.0.path()).map(|place| place.to_string())
    }

    fn in_build(&self, output: &str) -> Option<String> {
        self.named(Of::Anything, output)
    }

    fn in_crash(&self, output: &str) -> Option<String> {
        self.named(Of::Crash, output)
    }
}

fn says(output: &str) -> String {
    let lines: Vec<String> = output.lines().map(str::to_owned).collect();
    headline(&lines, true).unwrap()
}

#[test]
fn every_pattern_is_one() {
    assert_eq!(COMPILED.len(), PATTERNS.len());
    assert_eq!(COMPILED[0].1.as_str(), PATTERNS[0].1, "python's, which are followed to the innermost");
}

#[test]
fn what_gcc_clang_and_their_linkers_say() {
    let desk = Desk::with(&["src/store.c", "src/link.c"]);
    let gcc = "src/store.c:5:1: error: expected expression before ‘}’ token\n    5 | }\n      | ^\n\
        src/store.c:3:9: warning: unused variable ‘unused’ [-Wunused-variable]\n";
    assert_eq!(desk.in_build(gcc).unwrap(), "src/store.c:5:1");
    assert_eq!(says(gcc), "error: expected expression before ‘}’ token");
    let coloured = "\u{1b}[01m\u{1b}[Ksrc/store.c:5:1:\u{1b}[m\u{1b}[K \u{1b}[01;31m\u{1b}[Kerror: \u{1b}[m\u{1b}[K\
        expected expression before ‘\u{1b}[01m\u{1b}[K}\u{1b}[m\u{1b}[K’ token";
    assert_eq!(desk.in_build(coloured).unwrap(), "src/store.c:5:1");
    assert_eq!(says(coloured), "error: expected expression before ‘}’ token");
    let linker = "/usr/bin/ld: /tmp/ccXmsuYY.o: in function `main':\n\
        $P/src/link.c:2: undefined reference to `put'\ncollect2: error: ld returned 1 exit status\n";
    assert_eq!(desk.in_build(linker).unwrap(), "src/link.c:2");
}

#[test]
fn what_rustc_says_and_a_panic() {
    let desk = Desk::with(&["src/main.rs", "src/panic.rs"]);
    let rustc = "error[E0308]: mismatched types\n --> src/main.rs:2:5\n  |\n1 | fn get(unused: u8) -> u32 {\n\
        \x20 |                       --- expected `u32` because of return type\n2 |     \"x\"\n";
    assert_eq!(desk.in_build(rustc).unwrap(), "src/main.rs:2:5");
    assert_eq!(says(rustc), "error[E0308]: mismatched types");
    let panic = "thread 'main' (11502) panicked at src/panic.rs:3:26:\n\
        index out of bounds: the len is 0 but the index is 1\n\
        stack backtrace:\n   0: __rustc::rust_begin_unwind\n\
        \x20            at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5\n";
    assert_eq!(desk.in_crash(panic).unwrap(), "src/panic.rs:3:26");
    assert_eq!(says(panic), "index out of bounds: the len is 0 but the index is 1");
}

/// As `go build`, `go vet` and the runtime document it: https://pkg.go.dev/cmd/vet, https://pkg.go.dev/runtime.
#[test]
fn what_go_says_and_a_panic() {
    let desk = Desk::with(&["main.go", "store/store.go"]);
    assert_eq!(desk.in_build("# example/kv\n./main.go:3:5: undefined: x\n").unwrap(), "main.go:3:5");
    assert_eq!(says("./main.go:3:5: undefined: x"), "undefined: x");
    assert_eq!(desk.in_build("vet: ./main.go:7:2: undefined: y").unwrap(), "main.go:7:2");
    let panic = "panic: runtime error: index out of range [3] with length 1\n\ngoroutine 1 [running]:\n\
        runtime.gopanic({0x48})\n\t/usr/local/go/src/runtime/panic.go:792 +0x132\n\
        example/kv/store.Get(...)\n\t$P/store/store.go:12\nmain.main()\n\t$P/main.go:9 +0x1d\nexit status 2\n";
    assert_eq!(desk.in_crash(panic).unwrap(), "store/store.go:12");
    assert_eq!(says(panic), "panic: runtime error: index out of range [3] with length 1");
    // What log.Lshortfile puts before each line is no crash.
    assert_eq!(desk.in_crash("2026/11/28 10:00:00 main.go:23: listening"), None);
}

#[test]
fn what_javac_says_and_a_stack() {
    let desk = Desk::with(&["Store.java", "src/kv/Crash.java"]);
    let javac = "Store.java:3: error: ';' expected\n        int x = 1\n                 ^\n1 error\n";
    assert_eq!(desk.in_build(javac).unwrap(), "Store.java:3");
    assert_eq!(says(javac), "error: ';' expected");
    let stack = "Exception in thread \"main\" java.lang.ArrayIndexOutOfBoundsException: Index 3 out of bounds\n\
        \tat java.base/java.util.Objects.checkIndex(Objects.java:385)\n\
        \tat kv.Crash.get(Crash.java:3)\n\tat kv.Crash.main(Crash.java:5)\n";
    assert_eq!(desk.in_crash(stack).unwrap(), "src/kv/Crash.java:3");
}

#[test]
fn a_python_traceback_leads_to_its_innermost_frame_in_the_project() {
    let desk = Desk::with(&["server.py", "store.py", "syntax.py", "broken.py"]);
    let traceback = "Traceback (most recent call last):\n  File \"$P/server.py\", line 6, in <module>\n    handle()\n\
        \x20 File \"$P/server.py\", line 4, in handle\n    return store.get(\"a\")\n           ^^^^^^^^^^^^^^\n\
        \x20 File \"$P/store.py\", line 4, in get\n    return json.loads(\"{\")[key]\n\
        \x20 File \"/usr/lib/python3.11/json/decoder.py\", line 353, in raw_decode\n    obj, end = self.scan_once(s)\n\
        json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n\
        \nDuring handling of the above exception, another exception occurred:\n\n\
        Traceback (most recent call last):\n  File \"$P/server.py\", line 9, in <module>\n";
    assert_eq!(desk.in_crash(traceback).unwrap(), "store.py:4");
    assert_eq!(
        says(traceback),
        "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    );
    let syntax = "Traceback (most recent call last):\n  File \"$P/syntax.py\", line 1, in <module>\n    import broken\n\
        \x20 File \"$P/broken.py\", line 1\n    def get(key:\n           ^\nSyntaxError: '(' was never closed\n";
    assert_eq!(desk.in_crash(syntax).unwrap(), "broken.py:1");
    assert_eq!(says(syntax), "SyntaxError: '(' was never closed");
}

#[test]
fn what_node_says() {
    let desk = Desk::with(&["server.js", "syntax.mjs", "node_modules/lib/index.js"]);
    let thrown = "$P/server.js:3\n  return store.values[key];\n                     ^\n\n\
        TypeError: Cannot read properties of undefined (reading 'a')\n    at get ($P/server.js:3:22)\n\
        \x20   at Module._compile (node:internal/modules/cjs/loader:1521:14)\n\nNode.js v20.20.2\n";
    assert_eq!(desk.in_crash(thrown).unwrap(), "server.js:3");
    assert_eq!(says(&thrown.replace("$P", "/p")), "TypeError: Cannot read properties of undefined (reading 'a')");
    let syntax = "file://$P/syntax.mjs:1\nexport function get(key {\n                        ^\n\n\
        SyntaxError: Unexpected token '{'\n    at compileSourceTextModule (node:internal/modules/esm/utils:346:16)\n";
    assert_eq!(desk.in_crash(syntax).unwrap(), "syntax.mjs:1");
    assert_eq!(says(&syntax.replace("$P", "/p")), "SyntaxError: Unexpected token '{'");
    let rejected = "Error: no\n    at get ($P/node_modules/lib/index.js:1:1)\n    at async file://$P/server.js:5:1\n";
    assert_eq!(desk.in_crash(rejected).unwrap(), "server.js:5:1");
}

#[test]
fn assertions_and_sanitizers() {
    let desk = Desk::with(&["src/abort.c", "src/asan.c"]);
    assert_eq!(desk.in_crash("ab: src/abort.c:3: main: Assertion `0' failed.").unwrap(), "src/abort.c:3");
    let sanitizer = "==11477==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000012\n\
        READ of size 1 at 0x602000000012 thread T0\n    #0 0x55c1a2e98f02 in main $P/src/asan.c:5:12\n\
        \x20   #1 0x7f7b5c4c3249 in __libc_start_call_main csu/../sysdeps/nptl/libc_start_call_main.h:58:16\n";
    assert_eq!(desk.in_crash(sanitizer).unwrap(), "src/asan.c:5:12");
}

#[test]
fn shells_and_make() {
    let desk = Desk::with(&["run.sh", "Makefile"]);
    assert_eq!(desk.in_build("./run.sh: 3: cargoo: not found").unwrap(), "run.sh:3");
    assert_eq!(desk.in_build("./run.sh: line 3: cargoo: command not found").unwrap(), "run.sh:3");
    assert_eq!(desk.in_build("Makefile:2: *** missing separator.  Stop.").unwrap(), "Makefile:2");
}

/// None of these tools is on the machine that this was written on. The formats are documented: tsc and msbuild in
/// "MSBuild and Visual Studio format for diagnostic messages" (learn.microsoft.com), ghc in its user's guide, "Error
/// message formatting", kotlinc and ruby in their sources' message printers, ocaml in its manual, "Error reports".
#[test]
fn what_others_are_documented_to_say() {
    let desk = Desk::with(&["src/a.ts", "src/Main.hs", "server.rb", "src/Main.kt", "bin/main.ml"]);
    for (line, place) in [
        ("src/a.ts(3,5): error TS2304: Cannot find name 'x'.", "src/a.ts:3:5"),
        ("src/a.ts:3:5 - error TS2304: Cannot find name 'x'.", "src/a.ts:3:5"),
        ("src/Main.hs:4:7: error: [GHC-88464]", "src/Main.hs:4:7"),
        ("src/Main.hs:(4,7)-(5,9): error: parse error", "src/Main.hs:4:7"),
        ("server.rb:3:in 'Integer#/': divided by 0 (ZeroDivisionError)", "server.rb:3"),
        ("\tfrom server.rb:9:in '<main>'", "server.rb:9"),
        ("e: file://$P/src/Main.kt:2:9 Unresolved reference: x", "src/Main.kt:2:9"),
        ("File \"bin/main.ml\", line 3, characters 4-5:", "bin/main.ml:3"),
    ] {
        assert_eq!(desk.in_build(line).as_deref(), Some(place), "{line}");
    }
    assert_eq!(says("src/a.ts(3,5): error TS2304: Cannot find name 'x'."), "error TS2304: Cannot find name 'x'.");
    assert_eq!(says("src/a.ts:3:5 - error TS2304: Cannot find name 'x'."), "error TS2304: Cannot find name 'x'.");
}

#[test]
fn only_files_of_the_project_count() {
    let desk = Desk::with(&["main.c", "target/made.rs", ".venv/lib/a.py", "my file.c"]);
    for line in [
        "/usr/include/stdio.h:3:5: error: no",
        "../main.c:3:5: error: no",
        "src/../../main.c:3:5: error: no",
        "target/made.rs:3:5: error: no",
        "  File \"$P/.venv/lib/a.py\", line 3, in f",
        "gone.c:3:5: error: no",
        "12:03:01 connected to 127.0.0.1:24011",
        "main.c:0: error: no",
        "main.c:99999999999: error: no",
        "src:3: error: a folder",
    ] {
        assert_eq!(desk.in_build(line), None, "{line}");
    }
    assert_eq!(desk.in_build("./sub/../main.c:3: error: no").unwrap(), "main.c:3");
    assert_eq!(desk.in_build("my file.c:3:5: error: no").unwrap(), "my file.c:3:5");
    // The first that counts, not the first.
    assert_eq!(desk.in_build("/usr/include/a.h:1:2: error: no\nmain.c:3:5: note: here").unwrap(), "main.c:3:5");
}

#[test]
fn a_project_behind_a_link_is_known_by_either_name() {
    let desk = Desk::with(&["main.c"]);
    let links = tempfile::tempdir().unwrap();
    let link = links.path().join("project");
    std::os::unix::fs::symlink(desk.0.path(), &link).unwrap();
    let real = desk.0.path().canonicalize().unwrap();
    for dir in [&link, &real] {
        let line = format!("{}/main.c:3:5: error: no", dir.display());
        let place = first_place([line.as_str()], Of::Anything, &link).unwrap();
        assert_eq!(place.to_string(), "main.c:3:5");
    }
}

#[test]
fn without_an_error_that_is_recognised_the_last_line_is_told() {
    let lines = ["cc main.c".to_owned(), "it is broken".to_owned(), String::new()];
    assert_eq!(headline(&lines, false).unwrap(), "it is broken");
    assert_eq!(headline(&Output::default().lines, false), None);
}

proptest! {
    /// Whatever is printed is looked through in time, and names nothing outside.
    #[test]
    fn no_output_is_too_odd(output in "([ -~\u{1b}\u{9b}世]{0,40}(main\\.c)?[:( ]{0,2}[0-9]{0,12}[:,)]?[0-9]{0,3}\n?){0,30}") {
        let desk = Desk::with(&["main.c"]);
        for of in [Of::Anything, Of::Crash] {
            let place = first_place(output.split('\n'), of, desk.0.path());
            prop_assert!(place.is_none_or(|place| place.file == "main.c" && place.line > 0));
        }
        let lines: Vec<String> = output.split('\n').map(str::to_owned).collect();
        let told = headline(&lines, true);
        prop_assert!(!told.unwrap_or_default().chars().any(char::is_control));
    }
}
