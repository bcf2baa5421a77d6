//! The README.md of a new project: a page for whoever opens the directory for the first time.

use super::scaffold::Scaffold;
use super::starters::{Language, Starter};
use crate::challenge::{Clients, Program};

pub(super) fn readme(plan: &Scaffold, starter: Option<(&Language, &Starter)>) -> String {
    let overview = plan.overview.trim();
    let title = if overview.starts_with("# ") { String::new() } else { format!("# {}\n\n", plan.name) };
    let begin = match (starter, plan.program) {
        (Some((language, starter)), _) => with_starter(language, starter, plan),
        (None, Program::Server) => SERVER_BEGIN.to_owned(),
        (None, Program::Compiler) => COMPILER_BEGIN.to_owned(),
    };
    let started = match plan.program {
        Program::Server => SERVER_STARTED,
        Program::Compiler => COMPILER_STARTED,
    };
    let loop_ = LOOP.replace("FIRST", plan.first_stage);
    format!("{title}{overview}\n\n## How your program is started\n\n{started}\n## Begin\n\n{begin}\n{loop_}")
}

fn with_starter(language: &Language, starter: &Starter, plan: &Scaffold) -> String {
    let build = match starter.build {
        Some(build) => format!(
            "\nlsfr runs `{build}` before it starts the program: the `build:` line of `lsfr.yaml` says so. Run it \
             yourself once before you start `./run.sh` by hand.\n"
        ),
        None => String::new(),
    };
    let (does, by_hand) = match (plan.program, plan.clients) {
        (Program::Server, Clients::Lines) => (
            "It starts, answers every line with `UNKNOWN_COMMAND`, and so fails the first test.",
            "./run.sh --port=8080 --working-dir=/tmp/my-data &\nprintf 'hello\\r\\n' | nc 127.0.0.1 8080\nkill %1",
        ),
        (Program::Server, Clients::Http) => (
            "It starts, answers every request with `501 not implemented`, and so fails the first test.",
            "./run.sh --port=8080 --working-dir=/tmp/my-data &\ncurl -i http://127.0.0.1:8080/\nkill %1",
        ),
        (Program::Compiler, _) => (
            "It reads its arguments, compiles nothing, says so and ends with status 2, and so fails the first test.",
            "echo 'int main(void) { return 42; }' >try.c\n./run.sh try.c -o try\n./try; echo $?",
        ),
    };
    format!(
        "A starter in {} is here. {does}\n\n{}\n{build}\nTo try it by hand:\n\n```sh\n{by_hand}\n```\n",
        language.name, starter.first_steps
    )
}

const SERVER_STARTED: &str = "\
lsfr starts `./run.sh` in this directory, as often as a test needs, with these arguments in this order:

| argument | when | meaning |
|---|---|---|
| `--port=24011` | always | listen on 127.0.0.1 at this port, for everything |
| `--working-dir=PATH` | always | the only directory to write to; it stays when the program is started again |
| `--id=n1` | clusters | the name of this node |
| `--peers=n2=127.0.0.1:24112,n3=…` | clusters | how this node reaches the others |
| `--members=n1,n2,n3` and others | some stages | what their guides say |

The program is ready when its port accepts connections. SIGTERM asks it to finish what it is doing and end within 15 s.
SIGKILL comes without warning. What it prints is kept: `lsfr logs` shows it.

Any language will do. Nothing is assumed about your files, as long as `run.sh` starts the program.
";

const COMPILER_STARTED: &str = "\
lsfr runs `./run.sh source.c -o program` in this directory for each program that it wants compiled; later stages give
several source files. It ends with status 0 when `program` is there and can be run. When the source is wrong, it ends
with status 1, writes no file, and names the line of the mistake on stderr. What it prints otherwise is kept: `lsfr logs`
shows it.

You may emit assembly and let `as`, `ld` or `cc` turn it into a program. The C itself is yours to compile.

Any language will do. Nothing is assumed about your files, as long as `run.sh` starts the compiler.
";

const SERVER_BEGIN: &str = "\
`run.sh` is a shell script that says what is missing and gives up. Write a program that listens on the port it is given,
then replace the end of `run.sh` with the command that starts it. Keep the `exec` before it: it puts your program in the
shell's place, so that signals reach it.

If the program has to be compiled, add the command to `lsfr.yaml`. It runs once before each round of tests:

```yaml
build: make
```
";

const COMPILER_BEGIN: &str = "\
`run.sh` is a shell script that says what is missing and gives up. Write a compiler, then replace the end of `run.sh` with
the command that starts it.

If the compiler itself has to be compiled, add the command to `lsfr.yaml`. It runs once before each round of tests:

```yaml
build: make
```
";

const LOOP: &str = "\
## The loop

1. `lsfr guide` shows what the current stage asks for. The first is `FIRST`.
2. Change your program.
3. `lsfr test` tests it. A failure shows which operation broke which promise, and what led up to it.
4. `lsfr hint` gives a hint for the last failure, one at a time.
5. `lsfr next` moves to the next stage when all tests of this one pass. Nothing else ever moves you on.

`lsfr` alone shows where you are. `lsfr status` lists all stages, `lsfr test STAGE` tests any of them, and
`lsfr test --so-far` tests all up to the current one.

## What is in this directory

| file | what it is |
|---|---|
| `run.sh` | starts your program |
| `lsfr.yaml` | the challenge and how far you are; lsfr changes only `stages` |
| `.lsfr/` | records of the last runs: logs, data, failures; not for git |
| everything else | yours |
";
