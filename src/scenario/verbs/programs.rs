//! `exec` and `run`: programs that are run to their end.

use std::time::Duration;

use super::{Action, Field, HINT, Shape, Verb, field};
use crate::scenario::argument;
use crate::scenario::decode::{Decoder, Fields, Names, Undecoded};
use crate::scenario::expr::Expression;
use crate::scenario::matcher::Matcher;
use crate::scenario::template::{Data, Template};
use crate::yaml::{Node, Value};

/// A program run to its end: `run.sh` (`exec`), or a file that it made (`run`).
#[derive(Debug)]
pub struct Command {
    /// The file to run, by its name in the test's folder; none means run.sh.
    pub file: Option<Template>,
    pub args: Vec<Template>,
    pub stdin: Option<Data>,
    /// Files written into the test's folder before it starts: name and content.
    pub files: Vec<(String, Data)>,
    pub timeout: Option<Duration>,
    /// Bytes of resident memory.
    pub memory: Option<u64>,
    pub expect: ExpectCommand,
    pub save: Vec<(String, Expression)>,
}

#[derive(Debug, Default)]
pub struct ExpectCommand {
    pub exit: Option<Matcher<Data>>,
    pub stdout: Option<Matcher<Data>>,
    pub stderr: Option<Matcher<Data>>,
    pub files: Vec<(String, Matcher<Data>)>,
}

const OF_A_COMMAND: [&str; 3] = ["exit", "stdout", "stderr"];

const EXPECT_COMMAND: &[Field] = &[
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
pub(super) const MOST_MEMORY: i64 = 2000;

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
        decode: |decoder, step, names| command(decoder, step, None, Some(step.value), names),
    },
    Verb {
        name: "run",
        group: "talk",
        takes: Shape::Text,
        beside: RUN,
        doc: "Runs a file that the program made in the test's folder.",
        example: "- run: main\n  expect: { exit: 42 }",
        decode: |decoder, step, names| command(decoder, step, Some(step.value), step.fields.get("args"), names),
    },
];

fn command(
    decoder: &mut Decoder<'_>,
    step: &Undecoded<'_>,
    file: Option<&Node>,
    args: Option<&Node>,
    names: &mut Names,
) -> Option<Action> {
    let args = match args.map(|node| (node, &node.value)) {
        None => Vec::new(),
        Some((_, Value::List(items))) => items.iter().filter_map(|item| argument(decoder, item, names)).collect(),
        Some((node, _)) => return decoder.wrong(node, "a list of arguments", "write `[main.c, -o, main]`"),
    };
    let file = file.map(|node| decoder.template(node, names));
    let stdin = step.fields.get("stdin").and_then(|node| decoder.data(node, names));
    let files = step.fields.get("files").map(|node| values(decoder, node, names)).unwrap_or_default();
    let timeout = decoder.duration_field(&step.fields, "timeout");
    let memory = memory(decoder, &step.fields);
    let expect =
        step.fields.get("expect").map_or(Some(ExpectCommand::default()), |node| expect(decoder, node, names));
    let save = decoder.save(&step.fields, &OF_A_COMMAND, names);
    let file = match file {
        Some(file) => Some(file?),
        None => None,
    };
    Some(Action::Command(Box::new(Command { file, args, stdin, files, timeout, memory, expect: expect?, save })))
}

/// An argument of a program, which may lead only to the test's own files.
fn argument(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Option<Template> {
    let argument = decoder.template(node, names)?;
    if let Err(why) = argument::check_written(&argument) {
        let message = format!("`{}` leads out of the test's folder: {why}", argument.source());
        decoder.error(
            node.at,
            message,
            "name a file by `$(folder)/…`; text of any kind can go in by `stdin` or `files`",
        );
    }
    Some(argument)
}

fn values(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Vec<(String, Data)> {
    let Value::Map(entries) = &node.value else {
        decoder.wrong::<()>(node, "a map", "write each name and its value");
        return Vec::new();
    };
    entries.iter().filter_map(|entry| Some((entry.key.clone(), decoder.data(&entry.value, names)?))).collect()
}

fn expect(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Option<ExpectCommand> {
    let fields = decoder.fields(node, EXPECT_COMMAND, "`expect`")?;
    let mut matcher = |name: &str| fields.get(name).and_then(|node| decoder.matcher(node, names));
    let (exit, stdout, stderr) = (matcher("exit"), matcher("stdout"), matcher("stderr"));
    let files = fields.get("files").map(|node| decoder.matchers(node, names)).unwrap_or_default();
    Some(ExpectCommand { exit, stdout, stderr, files })
}

/// `memory`, in megabytes, as bytes.
pub(super) fn memory(decoder: &mut Decoder<'_>, fields: &Fields<'_>) -> Option<u64> {
    let node = fields.get("memory")?;
    match node.value {
        Value::Int(megabytes) if (1..=MOST_MEMORY).contains(&megabytes) => Some(megabytes as u64 * 1_000_000),
        _ => {
            let message = format!("a program has 1 to {} MB", MOST_MEMORY);
            decoder.error(node.at, message, "write the number of megabytes, as in `memory: 100`");
            None
        }
    }
}
