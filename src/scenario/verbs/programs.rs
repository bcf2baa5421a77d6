//! Programs that are run to their end.

use super::{Field, HINT, Shape, Verb, field};

pub const EXPECT_COMMAND: &[Field] = &[
    field("exit", Shape::Matcher, "The exit status."),
    field("stdout", Shape::Matcher, "What it wrote to standard output."),
    field("stderr", Shape::Matcher, "What it wrote to standard error."),
    field(
        "files",
        Shape::Matchers,
        "Files in the test's folder afterwards, by name; `{ exists: false }` for one that must not be there.",
    ),
];

/// Megabytes.
pub const MOST_MEMORY: i64 = 2000;

const COMMAND: &[Field] = &[
    field("stdin", Shape::Text, "What it can read from standard input; nothing if left out."),
    field("files", Shape::Values, "Files written into the test's folder first: name to content."),
    field("timeout", Shape::Duration, "Killed after this time; 10s if left out."),
    field("memory", Shape::Range(1, MOST_MEMORY), "Killed when it uses more megabytes; 2000 if left out."),
    field("expect", Shape::Map(EXPECT_COMMAND), "What it must do; without it, exit with 0."),
    field("save", Shape::Expressions, "Names for later: expressions over `exit`, `stdout`, `stderr`."),
    HINT,
];

const RUN: &[Field] = &[
    field("args", Shape::Texts, "Its [arguments](#arguments-of-programs)."),
    COMMAND[0],
    COMMAND[1],
    COMMAND[2],
    COMMAND[3],
    COMMAND[4],
    COMMAND[5],
    HINT,
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "exec",
        group: "talk",
        takes: Shape::Texts,
        beside: COMMAND,
        doc: "Runs run.sh with these [arguments](#arguments-of-programs), in the challenge directory, to its end. `folder` is the test's own folder.",
        example: "- exec: [$(folder)/main.c, -o, $(folder)/main]\n  files: { main.c: \"int main(void) { return 42; }\" }",
    },
    Verb {
        name: "run",
        group: "talk",
        takes: Shape::Text,
        beside: RUN,
        doc: "Runs a file that the program made in the test's folder.",
        example: "- run: main\n  expect: { exit: 42 }",
    },
    Verb {
        name: "cases",
        group: "talk",
        takes: Shape::Files,
        beside: &[
            field("timeout", Shape::Duration, "For each compilation, and for each program; 10s if left out."),
            field("memory", Shape::Range(1, MOST_MEMORY), "For each of them, in megabytes; 2000 if left out."),
            HINT,
        ],
        doc: "Has each of these programs compiled with `./run.sh SOURCE… -o PROGRAM`, and runs what was made. [Its comment](#cases) says what must come of it.",
        example: "- cases: cases/add-*.c",
    },
];
