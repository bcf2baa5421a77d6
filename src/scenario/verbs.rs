//! The table of verbs: every key the language has, what it takes, what may stand beside it, and a line on it.
//!
//! Decoding, "did you mean", the JSON Schema and the reference page all come from here.

mod load;

pub use load::{CHECK, MAX_CLIENTS, MIX, NEMESIS, OPERATION, UNTIL, WORKLOAD};

/// What a key's value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text, expressions allowed.
    Text,
    /// Text as it is, without expressions.
    Plain,
    /// A name: letters, digits and `_`.
    Name,
    /// `METHOD /path`, expressions allowed in the path.
    Request,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words, at least one of them and none twice.
    Words(&'static [&'static str]),
    /// A whole number, or an expression that gives one.
    Count,
    /// A whole number from the first to the second.
    Range(i64, i64),
    /// `300ms`, `2s`, `1m`.
    Duration,
    Flag,
    /// Anything: text, numbers, lists, maps, expressions.
    Any,
    /// A list of texts.
    Texts,
    /// A list, or an expression that gives one.
    List,
    /// One text, or a list of them.
    Hints,
    /// One pattern for files of the stage's folder, or a list of them.
    Files,
    Selector,
    /// A list of selectors, or an expression that gives a list of lists of names.
    Groups,
    /// A selector, or a map of these fields.
    SelectorOr(&'static [Field]),
    Steps,
    /// The tests of a stage.
    Tests,
    /// A map of names to expressions, written without `$( )`.
    Expressions,
    /// A map of names to values.
    Values,
    /// A map of names to texts.
    TextMap,
    /// A map of these fields.
    Map(&'static [Field]),
    /// A map of these fields, or a list of such maps.
    Many(&'static [Field]),
    /// The word, or a map of these fields.
    WordOr(&'static str, &'static [Field]),
    Need,
    Matcher,
    /// A list of matchers.
    Choices,
    /// The same, or an expression that gives a list of values.
    ChoicesOrList,
    /// A map of names to matchers.
    Matchers,
    /// What is sent on a connection.
    Sent,
    /// What comes on a connection.
    Received,
    /// `{}`
    Empty,
}

/// A key that may stand beside a verb or inside its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    pub doc: &'static str,
}

/// A verb, which makes a step.
#[derive(Debug)]
pub struct Verb {
    pub name: &'static str,
    pub group: &'static str,
    pub takes: Shape,
    pub beside: &'static [Field],
    pub doc: &'static str,
    pub example: &'static str,
}

pub(crate) const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

pub(crate) const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

/// As many nodes as one machine can be asked to run.
pub const MAX_NODES: i64 = 16;

/// Words that choose nodes, beside their names and roles.
pub const SELECTED: [&str; 4] = ["all", "majority", "minority", "random"];

pub const METHODS: &[&str] = &["GET", "PUT", "DELETE", "POST", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

pub const HINT: Field =
    field("hint", Shape::Hints, "Hints for whoever fails here, the mildest first; given one at a time.");

const STEPS: Field = required("steps", Shape::Steps, "The steps.");

/// `expect` and `unanswered` of an `http` step.
pub const EXPECT: &[Field] = &[
    field("status", Shape::Matcher, "The status code."),
    field("headers", Shape::Matchers, "Headers by name, in any case. A header sent twice is joined by `, `."),
    field("body", Shape::Matcher, "The whole body as text, byte for byte."),
    field("json", Shape::Matcher, "The body read as JSON; a map is a subset."),
    field(
        "error",
        Shape::Matcher,
        "Instead of an answer: `refused`, `reset`, `closed`, `half_answer`, `timed_out` or `garbage`. Without it there must be an answer.",
    ),
];

/// `send` as a map.
pub const SENT: &[Field] = &[
    required("bytes", Shape::Text, "What is sent, byte for byte; no line end is added."),
    field("pieces", Shape::Count, "In how many pieces it is written; 1 if left out."),
    field("pause", Shape::Duration, "Between two pieces; 5ms if left out."),
];

/// An item of `receive` that is no line.
pub const RECEIVED: &[Field] = &[
    required("bytes", Shape::Count, "So many bytes, whatever they are; 16 MB at most."),
    field("text", Shape::Matcher, "The bytes as text."),
    field("yaml", Shape::Matcher, "The bytes read as YAML; a map is a subset."),
];

/// What a conversation means to a queue.
pub const RECORD: &[Field] = &[
    required("history", Shape::Name, "The history that it belongs to, which `check` judges."),
    field("put", Shape::Text, "A message was given to the queue. No message is put twice."),
    field("take", Shape::Text, "A message was got from it; the expression may use what this step saved."),
    field("ack", Shape::Text, "A message was deleted for good."),
];

pub const TOOK: &[Field] = &[
    field(
        "since",
        Shape::Plain,
        "An expression for the beginning: `sent` or `came`, saved by an earlier step. This step's own `sent` if left out.",
    ),
    field("at_least", Shape::Duration, "The last byte came no earlier."),
    field("at_most", Shape::Duration, "The last byte came no later."),
];

/// What a connection is asked, where that is all: a role of challenge.yaml.
pub const TALK: &[Field] =
    &[required("send", Shape::Sent, "What is said."), required("receive", Shape::Received, "What must come.")];

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

pub const NEED: &[Field] = &[
    field("exactly", Shape::Count, "As many answers fit, and no more."),
    field("at_least", Shape::Count, "As many answers fit, or more."),
];

pub const EXCEPT: &[Field] = &[
    field("except", Shape::Selector, "All nodes but these."),
    field("random", Shape::Count, "As many nodes, drawn from the seed."),
];

const RESTART: &[Field] = &[
    required("nodes", Shape::Selector, "Which nodes."),
    field("signal", Shape::Word(&["term", "kill"]), "`term` (the default) asks and waits; `kill` does not ask."),
];

pub const CUT: &[Field] = &[
    required("from", Shape::Selector, "Nodes whose bytes are held."),
    required("to", Shape::Selector, "Nodes that the bytes were for."),
];

pub const HEAL: &[Field] = &[
    required("from", Shape::Selector, "Nodes whose bytes go on."),
    required("to", Shape::Selector, "Nodes that the bytes are for."),
];

pub const SLOW: &[Field] = &[
    required("nodes", Shape::Selector, "The nodes whose links are slow, both ways."),
    field("delay", Shape::Duration, "From the arrival of bytes at a link to their departure."),
    field("jitter", Shape::Duration, "The delay differs by at most this, either way. Bytes keep their order."),
    field("rate", Shape::Range(1, 1 << 40), "Bytes a second, on each connection."),
    field(
        "loss",
        Shape::Range(0, 90),
        "Percent of the pieces sent. Nothing is missing in the end: a lost piece comes 200 ms late, twice that if it is lost again, and so on, as TCP does it.",
    ),
];

pub const ROUNDS: &[Field] = &[required(
    "at_least",
    Shape::Count,
    "As many rounds pass, or more. A round that fails is told, and the next begins.",
)];

const CHOSEN: Field = field(
    "save",
    Shape::Expressions,
    "Names for later: expressions over `nodes` (those selected) and `groups` (the sides, as lists; of halves the smaller first).",
);

const LINKS: &[Field] = &[CHOSEN, HINT];

pub const EVENTUALLY: &[Field] =
    &[field("within", Shape::Duration, "The deadline; `defaults.within` if left out."), STEPS, HINT];

pub const CONSISTENTLY: &[Field] = &[required("for", Shape::Duration, "How long it must hold."), STEPS, HINT];

pub const WHILE: &[Field] =
    &[field("after", Shape::Count, "Begins when so many copies have ended; at once if left out."), STEPS];

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
    field("args", Shape::Texts, "Its arguments."),
    COMMAND[0],
    COMMAND[1],
    COMMAND[2],
    COMMAND[3],
    COMMAND[4],
    COMMAND[5],
    HINT,
];

/// Keys of the file itself.
pub const FILE: &[Field] = &[
    field("cluster", Shape::Range(1, MAX_NODES), "How many nodes: n1, n2 and so on; 1 if left out."),
    field("defaults", Shape::Map(DEFAULTS), "Times for steps that name none."),
    required("tests", Shape::Tests, "The tests, in order."),
];

pub const DEFAULTS: &[Field] = &[
    field("timeout", Shape::Duration, "For one request; 5s if left out. With more than one in flight at least 10s."),
    field("within", Shape::Duration, "For `eventually` and `find`; 3s if left out."),
];

pub const TEST: &[Field] = &[
    required("name", Shape::Plain, "A claim: \"Acknowledged writes survive kill -9\"."),
    required("proves", Shape::Plain, "The heading of guide.md that promises it, as a slug."),
    STEPS,
    HINT,
];

const ALONE: &[Field] = &[HINT];

pub const VERBS: &[Verb] = &[
    Verb {
        name: "start",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Starts nodes that are down, and waits until their ports accept.",
        example: "- start: n1",
    },
    Verb {
        name: "stop",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Sends SIGTERM and waits up to 15 s for the nodes to end.",
        example: "- stop: n1",
    },
    Verb {
        name: "kill",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Sends SIGKILL to every process of the nodes.",
        example: "- kill: $(old)",
    },
    Verb {
        name: "restart",
        group: "nodes",
        takes: Shape::SelectorOr(RESTART),
        beside: ALONE,
        doc: "Stops (or kills) nodes and starts them again.",
        example: "- restart: { nodes: n1, signal: kill }",
    },
    Verb {
        name: "pause",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Stops every process of the nodes with SIGSTOP; sockets stay open.",
        example: "- pause: n1",
    },
    Verb {
        name: "resume",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Lets paused nodes go on.",
        example: "- resume: n1",
    },
    Verb {
        name: "crash_all",
        group: "nodes",
        takes: Shape::Empty,
        beside: ALONE,
        doc: "Kills all nodes as if at one instant: all are paused before the first is killed.",
        example: "- crash_all: {}",
    },
    Verb {
        name: "partition",
        group: "network",
        takes: Shape::Groups,
        beside: LINKS,
        doc: "Cuts nodes of different groups from each other, both ways. Bytes on the way are held, not lost; sockets stay open, and new connections hang. A node in no group keeps its links.",
        example: "- partition: [[n1, n2], [n3, n4, n5]]",
    },
    Verb {
        name: "isolate",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts each of these nodes from all others, both ways.",
        example: "- isolate: leader\n  save: { old: \"nodes[0]\" }",
    },
    Verb {
        name: "halves",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts the cluster in two. These nodes are in the smaller part, which is filled up with nodes drawn from the seed.",
        example: "- halves: leader\n  save: { small: \"groups[0]\", large: \"groups[1]\" }",
    },
    Verb {
        name: "bridge",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts the cluster in two, drawn from the seed, but for this one node, which keeps its links to both parts.",
        example: "- bridge: random",
    },
    Verb {
        name: "ring",
        group: "network",
        takes: Shape::Empty,
        beside: LINKS,
        doc: "Leaves each node its links to a majority, its neighbours in a ring drawn from the seed; no two nodes see the same majority.",
        example: "- ring: {}",
    },
    Verb {
        name: "cut",
        group: "network",
        takes: Shape::Map(CUT),
        beside: LINKS,
        doc: "Cuts one way only: a request that goes the open way arrives, and its answer is held.",
        example: "- cut: { from: $(deaf), to: { except: $(deaf) } }",
    },
    Verb {
        name: "slow",
        group: "network",
        takes: Shape::Map(SLOW),
        beside: LINKS,
        doc: "Makes the links of nodes slow, both ways.",
        example: "- slow: { nodes: all, delay: 50ms, jitter: 40ms, loss: 10 }",
    },
    Verb {
        name: "reset",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Resets every connection between these nodes and others. Bytes that were held on them are gone.",
        example: "- reset: $(behind)",
    },
    Verb {
        name: "heal",
        group: "network",
        takes: Shape::SelectorOr(HEAL),
        beside: LINKS,
        doc: "Ends what was done to the links of these nodes, or to one way only. What was held is delivered, in order.",
        example: "- heal: all",
    },
    Verb {
        name: "http",
        group: "talk",
        takes: Shape::Request,
        beside: &[
            field(
                "to",
                Shape::Selector,
                "Which nodes are asked; `all` if left out, which is n1 where there is one node.",
            ),
            field("body", Shape::Text, "The request's body, sent as `text/plain; charset=utf-8`."),
            field("headers", Shape::TextMap, "More headers."),
            field("follow", Shape::Flag, "Whether redirects to nodes are followed, at most 5."),
            field("timeout", Shape::Duration, "For the whole answer."),
            field("need", Shape::Need, "How many of the answers must fit; `all` if left out."),
            field("expect", Shape::Map(EXPECT), "What the answer must be."),
            field(
                "save",
                Shape::Expressions,
                "Names for later: expressions over `status`, `headers`, `body`, `json`, `node` and `latency` (seconds) of the first answer that fits, in order of node names.",
            ),
            HINT,
        ],
        doc: "Sends a request and looks at the answer.",
        example: "- http: GET /kv/$(key)\n  expect: { status: 404, body: { line: key not found } }",
    },
    Verb {
        name: "tcp",
        group: "talk",
        takes: Shape::Text,
        beside: &[
            field(
                "to",
                Shape::Selector,
                "The one node to which the connection is opened, if it is not open; left out where there is one node.",
            ),
            field(
                "send",
                Shape::Sent,
                "What is said: a line, a list of lines written at once, or a map. `\\r\\n` ends each line.",
            ),
            field(
                "receive",
                Shape::Received,
                "What must come then, in order: a line, a map of `bytes`, or a list of them.",
            ),
            field("silent", Shape::Duration, "Afterwards nothing comes for this time."),
            field("closed", Shape::Flag, "Afterwards the node closes the connection."),
            field(
                "close",
                Shape::Word(&["write", "all", "reset"]),
                "At last lsfr closes it: `write` says no more and still listens, `reset` is rude (RST).",
            ),
            field(
                "record",
                Shape::Map(RECORD),
                "Notes what this step was to a queue: done where it passes, perhaps done where no answer came, not done where another came.",
            ),
            field("timeout", Shape::Duration, "For all that must come; `defaults.timeout` if left out."),
            field("took", Shape::Map(TOOK), "When the last of it must have come."),
            field(
                "save",
                Shape::Expressions,
                "Names for later: expressions over the first `line` and its `words`, all `lines`, the last `body` (bytes as text) and `yaml`, `node`, and the times `sent` (of the first byte) and `came` (of the last), in seconds of the run.",
            ),
            HINT,
        ],
        doc: "Talks on a connection of this name, which is opened when it is first named, and stays open until the test or its node ends.",
        example: "- tcp: worker\n  send: reserve\n  receive: [\"RESERVED 1 5\", hello]",
    },
    Verb {
        name: "exec",
        group: "talk",
        takes: Shape::Texts,
        beside: COMMAND,
        doc: "Runs run.sh with these arguments, in the challenge directory, to its end. `folder` is the test's own folder.",
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
    Verb {
        name: "eventually",
        group: "time",
        takes: Shape::Map(EVENTUALLY),
        beside: ALONE,
        doc: "Repeats its steps until they pass, or the deadline does.",
        example: "- eventually:\n    within: 3s\n    steps:\n      - http: GET /ready\n        expect: { status: 200 }",
    },
    Verb {
        name: "consistently",
        group: "time",
        takes: Shape::Map(CONSISTENTLY),
        beside: ALONE,
        doc: "Repeats its steps for a time; they must pass every time.",
        example: "- consistently:\n    for: 2s\n    steps:\n      - http: GET /kv/$(key)\n        expect: { status: 404 }",
    },
    Verb {
        name: "wait",
        group: "time",
        takes: Shape::Duration,
        beside: &[required("because", Shape::Plain, "Why nothing better than waiting will do."), HINT],
        doc: "Does nothing for a time.",
        example: "- wait: 300ms\n  because: the lease must run out",
    },
    Verb {
        name: "repeat",
        group: "flow",
        takes: Shape::Count,
        beside: &[
            field("as", Shape::Name, "The name of the round's number, from 0; `i` if left out."),
            field("need", Shape::Map(ROUNDS), "How many rounds must pass; all if left out."),
            STEPS,
            HINT,
        ],
        doc: "Runs its steps so many times.",
        example: "- repeat: 4\n  steps:\n    - restart: n1",
    },
    Verb {
        name: "each",
        group: "flow",
        takes: Shape::List,
        beside: &[field("as", Shape::Name, "The name of the item; `item` if left out."), STEPS, HINT],
        doc: "Runs its steps for each item of a list.",
        example: "- each: $(writes)\n  as: write\n  steps:\n    - http: GET /kv/$(write.key)",
    },
    Verb {
        name: "find",
        group: "flow",
        takes: Shape::Name,
        beside: &[
            field("within", Shape::Duration, "The deadline; `defaults.within` if left out."),
            field("save", Shape::Expressions, "Names for later, over its answer as in `http`."),
            HINT,
        ],
        doc: "Waits until a node has this role of challenge.yaml.",
        example: "- find: leader\n  save: { old: node, term: json.term }",
    },
    Verb {
        name: "set",
        group: "flow",
        takes: Shape::Values,
        beside: ALONE,
        doc: "Gives names to values.",
        example: "- set: { key: $(random_key()), value: $(random_text(100)) }",
    },
    Verb {
        name: "compare",
        group: "flow",
        takes: Shape::Any,
        beside: &[required("is", Shape::Matcher, "What the value must be."), HINT],
        doc: "Looks at a value that was made of what was saved: whether any answer came twice, say.",
        example: "- set: { ids: [4, 5] }\n- compare: $(ids | unique | list)\n  is: $(ids)",
    },
    Verb {
        name: "use",
        group: "flow",
        takes: Shape::Name,
        beside: ALONE,
        doc: "Runs steps of the pack's shared.yaml, which see and set the names of whoever uses them.",
        example: "- use: fill",
    },
    Verb {
        name: "concurrently",
        group: "many at once",
        takes: Shape::Count,
        beside: &[
            field("as", Shape::Name, "The name of the copy's number, from 0; `i` if left out."),
            field("in_flight", Shape::Count, "How many run at once; 32 if left out, 64 at most."),
            field("for", Shape::Duration, "No copy starts after this time once `at_least` have passed."),
            STEPS,
            field("while", Shape::Map(WHILE), "Steps run once beside the copies."),
            field(
                "unanswered",
                Shape::WordOr("allowed", EXPECT),
                "A copy that is refused, reset, closed or timed out is left out; with a map, so is one whose answer matches it. A wrong answer still fails.",
            ),
            field(
                "keep",
                Shape::Name,
                "The name for the list of copies that passed, each with its number and what it saved.",
            ),
            field("at_least", Shape::Count, "Fewer copies that passed fail the step; 1 if left out."),
            HINT,
        ],
        doc: "Runs many copies of its steps at once.",
        example: "- concurrently: 200\n  in_flight: 32\n  steps:\n    - set: { key: $(random_key()) }\n    - http: PUT /kv/$(key)\n      body: $(key)\n      expect: { status: 200 }\n      save: { key: key }\n  keep: writes",
    },
    load::WORKLOAD_VERB,
    load::AWAIT,
    load::CHECK_VERB,
];

pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// Operators of a matcher.
pub const OPERATORS: &[Field] = &[
    field("equals", Shape::Any, "the same value; numbers by value, texts byte for byte"),
    field("not", Shape::Matcher, "anything that does not match this"),
    field("gt", Shape::Any, "more than"),
    field("gte", Shape::Any, "at least"),
    field("lt", Shape::Any, "less than"),
    field("lte", Shape::Any, "at most"),
    field("one_of", Shape::ChoicesOrList, "matches one of the list"),
    field("matches", Shape::Text, "text in which the regular expression is found"),
    field("contains", Shape::Any, "text that contains the text, or a list that contains the value"),
    field("starts_with", Shape::Text, "text that starts with the text"),
    field("length", Shape::Matcher, "bytes of a text, items of a list or map: a number or a matcher"),
    field("exists", Shape::Flag, "`true`: there is a value; `false`: there is none"),
    field("unordered", Shape::Choices, "a list that matches the items in any order"),
    field("line", Shape::Text, "the text, with or without a final newline"),
];

/// A function that expressions can call.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    /// How it is written, with its arguments.
    pub call: &'static str,
    pub doc: &'static str,
}

const fn function(name: &'static str, call: &'static str, doc: &'static str) -> Function {
    Function { name, call, doc }
}

pub const FUNCTIONS: &[Function] = &[
    function("random_key", "random_key()", "12 small letters and digits, drawn from the seed."),
    function("random_text", "random_text(length)", "As many letters and digits, drawn from the seed; at most 16 MB."),
    function("random_int", "random_int(low, high)", "A whole number from `low` to `high`, both included."),
    function("random_choice", "random_choice(list)", "One item of the list."),
    function("random_of", "random_of(list, n)", "A list of `n` items of the list, in its order."),
    function("bytes", "bytes(text)", "How many bytes the text has in UTF-8; `length` counts characters."),
    function("range", "range(n)", "The numbers from 0 to `n - 1`; `range(from, to)` starts elsewhere."),
];
