//! The reference page: the whole language in Markdown.

use std::fmt::Write as _;

use history::CHECKERS;

use super::super::limits::{Limits, MEMORY, RUN, TEST};
use super::super::verbs::{self, Field, Shape, Verb};
use super::super::{case, decode, expr, matcher, memory};
use crate::facts::FailureKind;

const HEAD: &str = "\
# The scenario language

This is all that a stage's `tests.yaml` can say. The page is made from lsfr's own table of the language, and so is
`tests.schema.json`, which editors use to complete and check such files.

A file of tests is data. It can do only what is named here: it runs no shell, reads and writes no file outside the
test's own folder, and talks to no address but the nodes'. A step has one verb and the keys that may stand beside it.
An unknown key, a key without a value, a wrong type or an undefined name is an error with its line, before anything
runs.

```yaml
cluster: 3
tests:
  - name: A value that was written comes back from every node
    proves: every-node-answers
    hint: Follow the path of one value from the node that was asked to the others.
    steps:
      - set: { key: $(random_key()) }
      - http: PUT /kv/$(key)
        to: n1
        body: a value
        expect: { status: 200 }
      - eventually:
          within: 3s
          steps:
            - http: GET /kv/$(key)
              to: all
              expect: { status: 200, body: a value }
```
";

const OPERATIONS: &str = "
## Operations of workloads

What clients of a `workload` do is written once in challenge.yaml, under `operations`: `read`, `write`, `compare_and_set` and
`delete`, each a map of the keys below. An answer that is neither `ok` nor `no` nor `unmet`, and no answer at all, leave it
open whether the operation was done; the history records that. A refused connection is `no` by itself, and a redirect to another
node is followed, as part of the same operation. Expressions are written without `$( )` in `value` and `version`.

```yaml
operations:
  read: { http: GET /kv/$(key), ok: { status: 200 }, absent: { status: 404 }, value: body }
  write: { http: PUT /kv/$(key), body: $(value), ok: { status: 200 }, no: { status: 400 } }
```

";

const MODELS_HEAD: &str = "
## Models of walks

A walk at random (`explore`) is judged by a model: a state machine that comes with lsfr. challenge.yaml says under `models`, by a name of
its own for each, which model it is and how its operations are sent. It need not have all of them. Each is a map of the keys below,
for a request (`http`), for a line on a connection (`say`), or for its end (`close`). An outcome without an answer of its own is answered like `ok`. An
answer that fits none of them is wrong, and so is no answer, unless the node was killed meanwhile: then the operation may
have been done or not, until a later answer tells.

```yaml
models:
  store:
    model: map
    operations:
      get: { http: GET /kv/$(key), ok: { status: 200 }, absent: { status: 404 }, value: body }
      put: { http: PUT /kv/$(key), body: $(value), ok: { status: 200 } }
  members:
    model: set
    operations:
      add: { say: ADD $(key), ok: ADDED, present: THERE }
      contains: { say: HAS $(key), ok: 'YES', absent: 'NO' }
```

A walk begins with an empty store, so its test is `fresh`, and it is the first step.

On a cluster an operation may have no answer, or one that does not say whether it is done. So each has `undecided`, and one that changes
something is sent with a name, as in `headers: { Idempotency-Key: $(id) }`: it is asked again, of one node after the other, until it is
decided, and now and then once more later, when it must be told what it was told first. One without a name that stays undecided ends the
walk. If nobody decides an operation in 20 s, the walk is not judged.

";

const NODES: &str = "
## Which nodes

Verbs on nodes, `to` and `nodes` take one of these:

| written | means |
|---|---|
| `n1` | that node |
| `[n1, n2]` | those nodes |
| `all` | every node that is not down on purpose; for `start`, every node that is; for steps of the network, every node |
| `leader` | the one node that has this role of challenge.yaml |
| `followers` | every node that has the role, in the plural |
| `majority`, `minority` | nodes drawn from the seed: the fewest that are more than half of the cluster, or the most that are less |
| `random` | one node, drawn from the seed |
| `$(old)` | the nodes that an expression names: a text or a list of texts |
";

const TALK: &str = "
## What is said and heard

A connection of a `tcp` step has a name, which may hold expressions. It belongs to the test. Stopping or killing its node ends it,
and so does a step that fails; the next step that names it opens another, where there is one node or `to` says to which. Two steps cannot use one connection at the same time: copies that run at
once use names such as `worker$(i)`.

`send` takes a line, a list of lines, or a map. Lines are ended by `\\r\\n` and written at once. `receive` takes what must come, one thing or a list of
them: a line, which is what comes before `\\r\\n` and is compared as described [below](#what-is-expected), or a map with `bytes`. Later
items see the `line`, `words` and `body` of those before them.

A step that only sends does not wait: what comes is read by a later step that only receives. A step that sends and receives is a whole
exchange. Anything that came before it, or comes with its answer and is not in `receive`, is a failure; so is what is left when the test
ends, except after a step that only sent.

| in the map of `send` | value | |
|---|---|---|
";

const NEED: &str = "
## How many answers

When several nodes are asked, `need` says how many of their answers must be as expected: `all` (if left out), `any`,
`none`, or a map of one key:

";

const EXPECTED: &str = "
## What is expected

An expected value is structure. A text, a number, `true`, `false` or `null` must be equal: numbers by value, texts byte
for byte. A list must match item by item. A map is a subset: its keys must be there and match, others are ignored. A map
whose keys are all operators is a comparison, and all of them must hold:

";

const EXPRESSIONS: &str = "
## Expressions

`$(expression)` may stand in any text that is not a name, a hint or a claim. The text around it stays byte for byte, and a
value that is one expression alone keeps its type: a number stays a number. For a plain `$(`, write `$$(`. Inside `{ }`
or `[ ]`, quote a value whose expression holds one of `, [ ] { }`.

Expressions are those of Jinja templates: `json.term + 1`, `writes | length`, `'x' * 100`, `a ~ b`, `key in keys`. Names
come from `set` and `save`, from `as` of rounds and copies, and from the run: `seed`, `nodes` (the names of all) and `folder`
(the test's own) everywhere, and `node` in the path, the body, the headers and the expectations of `http`. An unknown name is found before anything runs; something that is
not in an answer is the tested program's failure. In `save`, expressions are written without `$( )`.

";

const ARGUMENTS: &str = "
## Arguments of programs

What a program is given by `exec`, `run` and `cases` leads to no file but those of the test's folder. A file there is named by
`$(folder)`, which may stand at the beginning of a path (`$(folder)/main.c`, `-o$(folder)/main`, `--out=$(folder)/main`), with names
and `/` after it. Anywhere else, at the beginning of an argument and after any character that is not a letter, a digit,
`_`, `.`, `-`, `%` or closing bracket,

* no path may begin with `/`, `~` or a variable such as `$HOME`;
* no part of a path may be `..`;
* an option may have no `/` or `~` in it, and no `..` at its end: `-o/x`, `-I../x`.

So `1/2` and `(a + b)/2` are let through, and `8 / 2` is not. Such text can go in by `stdin` or `files`, where nothing is refused.

`exec` runs in the learner's directory. So an argument of `exec` may name no file that is there, nor a path into a folder that
is there, nor `.`. And no file of the test's folder may be a link that leads out of it.

What can be found beforehand is refused before anything runs, everything else when the step runs.
";

const CASES: &str = "
## Cases

A case is a small program in the folder `cases` beside `tests.yaml`: a file, or a folder of files that are compiled
together, in folders of their own if need be, with the comment in its `main.c`. The comment at its top says why the case is
there and what must come of it:

```c
// Subtraction groups to the left: (10 - 3) - 2.
// exit: 5
int main(void) {
    return 10 - 3 - 2;
}
```

| key | means |
|---|---|
";

const BESIDE: &str = "
A program must do exactly that. One that is refused ends the compiler with status 1, leaves no program behind, and its line is
among the numbers that the compiler writes to standard error; of several files the mistaken one is named, too. What is
printed or read to the byte, or is long, is kept in a file beside the case instead: `NAME.stdout`, `NAME.stdin`.
";

const TAIL: &str = "
## Waiting

A time is a number and a unit: `300ms`, `2s`, `1m`, an hour at most. Waits are deadlines, never counts. `eventually` tries its
steps again until they pass, and a failure reports the attempts, the last failure and how the answer changed.
`consistently` does so for its whole time. A `wait` must say `because`: a test that sleeps for luck fails by bad luck.

## Random draws

A draw depends on the seed and on where it stands (stage, test, step, round and copy), never on what ran before. So a
test that is run alone draws the same as among the others, and `--seed` repeats a run. Two draws in one step differ.

## Hints

`hint` takes one hint or a list, and may stand on a test and on any step. Whoever fails there gets them one at a time, the
mildest first. A hint is a text, or a map that says for which kinds of failure it is:

```yaml
hint:
  - for: [refused, closed]
    text: Does your program still run when this request comes?
  - PUT answers 200, also for a new key.
```

Hints for the kind of failure that occurred are given first, then those for any kind; those for other kinds are not
given. A failure of a step that waits or repeats has the kind of its last attempt.

";

/// Limits of what tests may do.
fn ends() -> String {
    let one = |of: &Limits| {
        let Limits { steps, events, written, time } = of;
        format!(
            "{steps} steps, {events} events, {} MB that lsfr writes, {} hours",
            written >> 20,
            time.as_secs() / 3600
        )
    };
    format!(
        "\n## Limits\n\nA test that exceeds one of these has a mistake, so the run ends there and names the step. \
         No honest test comes near them.\n\n\
         * A test: {}. Its values take {} MB of memory at most, and are nested {} deep at most.\n\
         * A run: {}.\n\
         * A file of tests: {} steps with those of `use` counted each time, {} deep in each other.\n\
         * An expression: {} operations, or 6 MB of text. A regular expression: {} MB once it is \
         compiled, and the larger it is, the shorter the text that it can be searched for in.\n",
        one(&TEST),
        MEMORY >> 20,
        memory::DEEPEST,
        one(&RUN),
        decode::STEPS,
        decode::DEPTH,
        expr::FUEL,
        matcher::MOST_PATTERN >> 20,
    )
}

pub fn reference_page() -> String {
    let mut page = HEAD.to_owned();
    section(&mut page, "\n## The file\n\n", verbs::FILE);
    section(&mut page, "\n## A test\n\n", verbs::TEST);
    let mut groups: Vec<&str> = verbs::verbs().map(|verb| verb.group).collect();
    groups.dedup();
    for group in groups {
        let _ = write!(page, "\n## Steps: {group}\n");
        verbs::verbs().filter(|verb| verb.group == group).for_each(|of| verb(&mut page, of));
    }
    section(&mut page, OPERATIONS, verbs::OPERATION);
    models(&mut page);
    page.push_str(CASES);
    for (key, doc) in case::KEYS {
        let _ = writeln!(page, "| `{key}` | {} |", cell(doc));
    }
    page.push_str(BESIDE);
    page.push_str(ARGUMENTS);
    page.push_str(NODES);
    for field in verbs::EXCEPT {
        let example = if field.shape == Shape::Count { "2" } else { "n1" };
        let _ = writeln!(page, "| `{{ {}: {example} }}` | {} |", field.name, cell(field.doc));
    }
    page.push_str(TALK);
    nested(&mut page, "", verbs::SENT);
    page.push_str("\n| in an item of `receive` | value | |\n|---|---|---|\n");
    nested(&mut page, "", verbs::RECEIVED);
    section(&mut page, NEED, verbs::NEED);
    section(&mut page, EXPECTED, verbs::OPERATORS);
    page.push_str(EXPRESSIONS);
    page.push_str("| function | gives |\n|---|---|\n");
    for function in verbs::FUNCTIONS {
        let _ = writeln!(page, "| `{}` | {} |", function.call, cell(function.doc));
    }
    page.push_str(TAIL);
    table(&mut page, verbs::HINT_FOR);
    page.push_str("\n| kind of failure | |\n|---|---|\n");
    for kind in FailureKind::ALL {
        let _ = writeln!(page, "| `{}` | {} |", kind.word(), cell(kind.doc()));
    }
    page.push_str(&ends());
    page
}

fn models(page: &mut String) {
    section(page, MODELS_HEAD, verbs::MODEL);
    section(page, "\nAn operation that is a request:\n\n", verbs::ASKED);
    section(page, "\nAn operation that is a line on a connection:\n\n", verbs::SAID);
    section(page, "\nAn operation that ends a connection:\n\n", verbs::LEFT);
    for model in model::MODELS {
        let _ = writeln!(
            page,
            "\nThe model `{}`: {}\n\n| operation | sees | may end in | |\n|---|---|---|---|",
            model.word, model.doc
        );
        for operation in model.operations {
            let words =
                |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            let sees = words(operation.takes.iter().map(|part| part.word()).collect());
            let ends = words(operation.outcomes.iter().map(|outcome| outcome.word()).collect());
            let _ = writeln!(page, "| `{}` | {sees} | {ends} | {} |", operation.word, cell(operation.doc));
        }
        let tell = model.operations.iter().filter(|operation| !operation.stats.is_empty());
        for operation in tell {
            let stats: Vec<_> = operation.stats.iter().map(|stat| format!("`{}`", stat.word())).collect();
            let _ = writeln!(page, "\nThe `stats` of `{}`: {}.", operation.word, stats.join(", "));
        }
    }
}

fn section(page: &mut String, head: &str, fields: &[Field]) {
    page.push_str(head);
    table(page, fields);
}

fn verb(page: &mut String, verb: &Verb) {
    let _ = write!(page, "\n### `{}`\n\n{} It takes {}.\n\n", verb.name, verb.doc, words(verb.takes));
    let inside = inner(verb.takes);
    if !inside.is_empty() {
        table(page, inside);
        page.push('\n');
    }
    // Every verb takes a hint, which has its own section.
    let beside: Vec<Field> = verb.beside.iter().copied().filter(|field| *field != verbs::HINT).collect();
    if !beside.is_empty() {
        page.push_str("Beside it:\n\n");
        table(page, &beside);
        page.push('\n');
    }
    let _ = write!(page, "```yaml\n{}\n```\n", verb.example);
}

fn table(page: &mut String, fields: &[Field]) {
    page.push_str("| key | value | |\n|---|---|---|\n");
    nested(page, "", fields);
}

/// A row for each key, and for each key of the map it takes.
fn nested(page: &mut String, prefix: &str, fields: &[Field]) {
    for field in fields {
        let name = format!("{prefix}{}", field.name);
        let needed = if field.required { "Required. " } else { "" };
        let _ = writeln!(page, "| `{name}` | {} | {needed}{} |", cell(&words(field.shape)), cell(&field.line()));
        nested(page, &format!("{name}."), inner(field.shape));
    }
}

fn inner(shape: Shape) -> &'static [Field] {
    match shape {
        Shape::Map(fields)
        | Shape::Many(fields)
        | Shape::SelectorOr(fields)
        | Shape::RangeOr(_, _, fields)
        | Shape::WordOr(_, fields) => fields,
        _ => &[],
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What a shape is called.
fn words(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Plain => "text without expressions".to_owned(),
        Shape::Name => "a name".to_owned(),
        Shape::Request => "a method and a path".to_owned(),
        Shape::Word(words) => either(words.iter().copied()),
        Shape::Words(words) => format!("a list of {}", either(words.iter().copied())),
        Shape::Count => "a whole number, or an expression for one".to_owned(),
        Shape::Range(low, high) => format!("a whole number from {low} to {high}"),
        Shape::RangeOr(low, high, _) => format!("a whole number from {low} to {high}, or a map of these keys"),
        Shape::Duration => "a time".to_owned(),
        Shape::Flag => "`true` or `false`".to_owned(),
        Shape::Any => "any value".to_owned(),
        Shape::Texts => "a list of texts".to_owned(),
        Shape::List => "a list, or an expression for one".to_owned(),
        Shape::Hints => "[a hint](#hints), or a list of them".to_owned(),
        Shape::FailureKinds => "a kind of failure, or a list of them".to_owned(),
        Shape::Checker => either(CHECKERS.iter().map(|checker| checker.name())),
        Shape::Files => {
            "a path below the stage's folder, in which `*` stands for anything, or a list of them".to_owned()
        }
        Shape::Selector => "[nodes](#which-nodes)".to_owned(),
        Shape::Groups => "a list of [nodes](#which-nodes), or an expression for a list of lists".to_owned(),
        Shape::SelectorOr(_) => "[nodes](#which-nodes), or a map of these keys".to_owned(),
        Shape::Steps => "a list of steps".to_owned(),
        Shape::Tests => "a list of [tests](#a-test)".to_owned(),
        Shape::Expressions => "a map of names to [expressions](#expressions)".to_owned(),
        Shape::Values => "a map of names to values".to_owned(),
        Shape::TextMap => "a map of names to texts".to_owned(),
        Shape::Map(_) => "a map of these keys".to_owned(),
        Shape::Many(_) => "a map of these keys, or a list of such maps".to_owned(),
        Shape::WordOr(word, _) => format!("`{word}`, or a map of these keys"),
        Shape::Need => "[how many answers](#how-many-answers)".to_owned(),
        Shape::Matcher => "[what is expected](#what-is-expected)".to_owned(),
        Shape::Choices => "a list of [what is expected](#what-is-expected)".to_owned(),
        Shape::ChoicesOrList => {
            "a list of [what is expected](#what-is-expected), or an expression for a list of values".to_owned()
        }
        Shape::Matchers => "a map of names to [what is expected](#what-is-expected)".to_owned(),
        Shape::Sent => "[what is said](#what-is-said-and-heard)".to_owned(),
        Shape::Received => "[what is heard](#what-is-said-and-heard)".to_owned(),
        Shape::Empty => "nothing: `{}`".to_owned(),
    }
}

fn either<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}
