//! What a program that failed has printed: from its first error on, as far as one can be told, else its end.
//!
//! The end of a long build says that it failed; what to fix is where it first went wrong.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::log_reader::printed;
use crate::facts::Output;
use crate::text::clean;

impl Output {
    /// At most this many lines of a file, from byte `from` on, without lsfr's own.
    pub(crate) fn read(path: &Path, from: u64, most: usize) -> io::Result<Self> {
        Self::of(printed(path, from)?, most)
    }

    fn of(lines: impl Iterator<Item = io::Result<String>>, most: usize) -> io::Result<Self> {
        let mut output = Self::default();
        let mut last = VecDeque::new();
        for line in lines {
            let line = line?;
            output.from_error = output.from_error || tells_an_error(&clean(&line));
            if !output.from_error {
                last.push_back(line);
                if last.len() > most {
                    last.pop_front();
                    output.earlier += 1;
                }
            } else if output.lines.len() < most {
                output.lines.push(line);
            } else {
                output.later += 1;
            }
        }
        if output.from_error {
            output.earlier += last.len();
        } else {
            output.lines = last.into();
        }
        Ok(output)
    }
}

/// Whether a compiler, a build tool or a runtime reports an error in this line.
fn tells_an_error(line: &str) -> bool {
    // Each is a fixed pattern, tried by the tests below.
    static ERROR: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let kinds = [
            // rustc, cargo, zig, swift; node and deno.
            r"^error(\[\w+\])?: ",
            r"^(Uncaught )?\w*Error: ",
            // What node prints above its error: the place, then the source.
            r"^(file://)?/.+\.[cm]?[jt]sx?:\d+$",
            // gcc, clang, javac, ghc, kotlinc; msbuild and tsc name the number first.
            r": (fatal )?error( [A-Z]+\d+)?: ",
            r" - error TS\d+: ",
            r": undefined reference to ",
            r"^e: ",
            // go, and others that name a place alone.
            r"^\S+\.go:\d+:\d+: ",
            // python and ocaml name the place before the error.
            r"^Traceback \(most recent call last\)",
            r#"^\s*File ".*", line \d+"#,
            // What ends with an error that nobody caught.
            r"^thread '.*' .*panicked at ",
            r"^(panic|fatal error): ",
            r"^Exception in thread ",
            r"^Unhandled exception",
            // make, cmake, npm, maven; a shell.
            r"^\S*make(\[\d+\])?: \*\*\* ",
            r"^CMake Error",
            r"^npm (ERR!|error) ",
            r"^\[ERROR\] ",
            r"^\S+: (line )?\d+: .*: (command )?not found$",
        ];
        Regex::new(&kinds.join("|")).ok()
    });
    ERROR.as_ref().is_some_and(|error| error.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, most: usize) -> Output {
        Output::of(text.lines().map(|line| Ok(line.to_owned())), most).unwrap()
    }

    #[test]
    fn the_first_error_of_each_tool_is_found() {
        for line in [
            "error[E0425]: cannot find value `x` in this scope",
            "error: could not find `Cargo.toml` in `/tmp`",
            "\u{1b}[1;31merror\u{1b}[0m: unexpected token",
            "main.c:3:5: error: expected ';' before 'return'",
            "main.c:1:10: fatal error: nothing.h: No such file or directory",
            "/usr/bin/ld: main.c:(.text+0x10): undefined reference to `put'",
            "./main.go:3:5: undefined: x",
            "cmd/store/main.go:12:2: imported and not used: \"os\"",
            "Main.java:3: error: ';' expected",
            "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
            "src/a.ts:3:5 - error TS2304: Cannot find name 'x'.",
            "Traceback (most recent call last):",
            "  File \"server.py\", line 3",
            "SyntaxError: missing ) after argument list",
            "/home/me/store/server.mjs:3",
            "thread 'main' (4121) panicked at src/main.rs:3:5:",
            "panic: runtime error: index out of range",
            "make: *** No rule to make target 'all'.  Stop.",
            "make[1]: *** [Makefile:3: main.o] Error 1",
            "sh: 1: gcc: not found",
        ] {
            let output = of(&format!("Compiling store v0.1.0\n0 errors, 1 warning\n{line}\nafter it"), 2);
            assert_eq!(output.lines, [line, "after it"]);
            assert_eq!((output.earlier, output.later), (2, 0));
        }
    }

    #[test]
    fn what_is_no_error_is_passed_over() {
        for line in [
            "warning: unused variable: `error`",
            "main.c:3:5: warning: unused variable 'error' [-Wunused-variable]",
            "cc -Wall -Werror -o error error.c",
            "   Compiling thiserror v2.0.1",
            "test error::tests::is_told ... ok",
            "[INFO] Tests run: 3, Errors: 0",
        ] {
            assert!(!tells_an_error(line), "{line}");
        }
    }

    #[test]
    fn it_is_cut_after_the_first_error_and_before_the_end() {
        let many: String = (1..=9).map(|number| format!("a.c:{number}: error: no\n")).collect();
        let output = of(&format!("cc a.c\n{many}"), 3);
        assert_eq!(output.lines, ["a.c:1: error: no", "a.c:2: error: no", "a.c:3: error: no"]);
        assert_eq!((output.earlier, output.later), (1, 6));

        let output = of("one\ntwo\nthree\n", 2);
        assert_eq!(output.lines, ["two", "three"]);
        assert_eq!((output.earlier, output.later), (1, 0));
        assert_eq!(of("", 2), Output::default());
    }
}
