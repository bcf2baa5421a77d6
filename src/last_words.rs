//! Which of the last lines of a program are worth showing: those at the end, and a panic from its first line.
//!
//! What matters in a panic is at its beginning, before a stack of forty lines; in a Python traceback, also in its last
//! line. So both are kept, and the middle is left out.

use std::ops::Range;

/// How the first line of a panic or a traceback begins, and what else is in it.
const FIRST: &[(&str, &str)] = &[
    // Rust
    ("thread '", "panicked at"),
    // Go; its HTTP server catches those of handlers, and puts the date in front
    ("panic: ", ""),
    ("fatal error: ", ""),
    ("", "http: panic serving"),
    // Python, and its threads; Java
    ("Traceback (most recent call last)", ""),
    ("Exception in thread ", ""),
    // C++
    ("terminate called", ""),
    // Sanitizers: `==123==ERROR: AddressSanitizer: …`
    ("==", "==ERROR: "),
];

/// A panic is shown whole up to this many lines.
const WHOLE: usize = 6;
/// Lines between two panics that belong to the first: Rust's note, Python's "During handling of the above exception".
const BETWEEN: usize = 2;

/// The lines to show, in order: `most` at the end, and before them the beginning of the last panic, if there is one. If
/// panics follow each other directly, it is the first of them, which caused the others.
pub(crate) fn last_words<T: AsRef<str>>(lines: &[T], most: usize) -> Vec<Range<usize>> {
    let end = lines.len().saturating_sub(most)..lines.len();
    let Some(panic) = last_panic(lines).filter(|panic| panic.start < end.start) else { return vec![end] };
    let mut shown = match panic.len() {
        0..=WHOLE => vec![panic],
        _ => vec![panic.start..panic.start + WHOLE / 2, panic.end - WHOLE / 2..panic.end],
    };
    shown.push(end);
    shown.dedup_by(|later, earlier| {
        // Showing a single line takes no more room than saying that it was left out.
        let joined = later.start <= earlier.end + 1;
        if joined {
            earlier.end = earlier.end.max(later.end);
        }
        joined
    });
    shown
}

/// The same as text, with one line in place of those that are left out in between.
pub(crate) fn last_words_marked<T: AsRef<str>>(lines: &[T], most: usize) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    let mut before: Option<usize> = None;
    for range in last_words(lines, most) {
        if let Some(before) = before {
            shown.push(format!("… {} more lines", range.start - before));
        }
        before = Some(range.end);
        shown.extend(lines[range].iter().map(|line| line.as_ref().to_owned()));
    }
    shown
}

/// The lines of the first panic in the last group of panics that follow each other closely.
fn last_panic<T: AsRef<str>>(lines: &[T]) -> Option<Range<usize>> {
    let mut first: Option<Range<usize>> = None;
    let mut previous_end = 0;
    for at in (0..lines.len()).filter(|at| begins(lines, *at)) {
        let panic = at..end_of(lines, at);
        if first.is_none() || at > previous_end + BETWEEN {
            first = Some(panic.clone());
        }
        previous_end = panic.end;
    }
    first
}

/// Whether a panic begins here: as the table says, or with a line of its own above a stack of `at …` (Node.js, Java).
fn begins<T: AsRef<str>>(lines: &[T], at: usize) -> bool {
    let line = lines[at].as_ref();
    let known = FIRST.iter().any(|(start, within)| line.starts_with(start) && line.contains(within));
    let stack = lines
        .get(at + 1)
        .is_some_and(|next| is_within(next.as_ref()) && next.as_ref().trim_start().starts_with("at "));
    known || stack && !is_within(line)
}

/// The end of the panic: after the lines that are indented below its first, and the one that follows them (Python's
/// exception, Rust's message).
fn end_of<T: AsRef<str>>(lines: &[T], first: usize) -> usize {
    let mut at = first + 1;
    while at < lines.len() {
        if !is_within(lines[at].as_ref()) && !begins(lines, at) {
            return at + 1;
        }
        at += 1;
    }
    at
}

fn is_within(line: &str) -> bool {
    line.is_empty() || line.starts_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[&str], most: usize) -> Vec<String> {
        last_words_marked(lines, most)
    }

    /// Lines of a stack.
    fn stack(line: &str, times: usize) -> Vec<String> {
        (0..times).map(|number| line.replace('#', &number.to_string())).collect()
    }

    fn log(parts: &[&[String]]) -> Vec<String> {
        parts.concat()
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn each_languages_panic_is_shown_from_its_first_line() {
        for (first, frame, after) in [
            ("thread 'main' panicked at src/log.rs:41:9:\nrecord is cut short", "  #: rust_begin_unwind", ""),
            (
                "panic: runtime error: index out of range [3]\n\ngoroutine 7 [running]:",
                "\t/src/main.go:#",
                "exit status 2",
            ),
            ("2026/11/28 10:00:00 http: panic serving 127.0.0.1:4: boom", "\t/src/main.go:#", ""),
            ("Traceback (most recent call last):", "  File \"server.py\", line #", "KeyError: 'a'"),
            (
                "Error: no such key\n    at get (/src/server.mjs:3:9)",
                "    at f# (/src/server.mjs)",
                "Node.js v20.1.0",
            ),
            ("java.lang.IllegalStateException: no\n\tat Main.get(Main.java:3)", "\tat Main.f#(Main.java)", ""),
            ("Exception in thread \"main\" java.lang.Error: no", "\tat Main.f#(Main.java)", ""),
            ("terminate called after throwing an instance of 'std::out_of_range'", "  what():  #", "Aborted"),
            ("==123==ERROR: AddressSanitizer: heap-use-after-free", "    ## 0x55 in main", "==123==ABORTING"),
        ] {
            let said = log(&[&stack("GET /kv/# 200", 50), &lines(first), &stack(frame, 40), &lines(after)]);
            let told = last_words_marked(&said, 5);
            assert_eq!(told[0], first.lines().next().unwrap());
            assert_eq!(told.last(), said.last());
            assert!(told.len() <= 5 + WHOLE + 2, "{told:#?}");
        }
    }

    #[test]
    fn a_python_traceback_keeps_its_last_line_too() {
        let said = log(&[
            &lines("Exception in thread Thread-5:\nTraceback (most recent call last):"),
            &stack("  File \"server.py\", line #", 30),
            &lines("KeyError: 'wal:gone'"),
            &stack("GET /kv/# 200", 20),
        ]);
        assert_eq!(
            last_words_marked(&said, 2),
            [
                "Exception in thread Thread-5:",
                "Traceback (most recent call last):",
                "  File \"server.py\", line 0",
                "… 27 more lines",
                "  File \"server.py\", line 28",
                "  File \"server.py\", line 29",
                "KeyError: 'wal:gone'",
                "… 18 more lines",
                "GET /kv/18 200",
                "GET /kv/19 200",
            ]
        );
    }

    #[test]
    fn of_panics_that_come_of_each_other_the_first_is_shown() {
        let poisoned = "thread 'b' panicked at src/main.rs:9:5:\ncalled `unwrap()` on an `Err` value: PoisonError";
        let said = log(&[
            &lines("thread 'a' panicked at src/main.rs:3:5:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1`"),
            &lines(poisoned),
            &lines(poisoned),
        ]);
        assert_eq!(
            last_words_marked(&said, 2)[..2],
            ["thread 'a' panicked at src/main.rs:3:5:", "index out of bounds"]
        );
        // With other lines between them they count as two.
        let said = log(&[&said, &stack("GET /kv/# 200", 9), &lines(poisoned), &stack("GET /kv/# 200", 3)]);
        assert_eq!(last_words_marked(&said, 2)[0], "thread 'b' panicked at src/main.rs:9:5:");
    }

    #[test]
    fn without_a_panic_or_with_all_of_it_in_sight_the_end_is_shown() {
        assert_eq!(shown(&["a", "b", "c"], 2), ["b", "c"]);
        assert_eq!(shown(&["a", "panic: x", "goroutine 1"], 2), ["panic: x", "goroutine 1"]);
        assert_eq!(shown(&["a"], 5), ["a"]);
        assert_eq!(shown(&[], 5), Vec::<String>::new());
        assert_eq!(shown(&["panic: x", "goroutine 1", "b", "c", "d"], 2), ["panic: x", "goroutine 1", "b", "c", "d"]);
    }
}
