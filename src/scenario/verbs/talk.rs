//! Requests, and conversations over TCP.

use super::{Field, HINT, Shape, Verb, field, required};

pub const METHODS: &[&str] = &["GET", "PUT", "DELETE", "POST", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

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
    required("bytes", Shape::Count, "That many bytes, whatever they are; 16 MB at most."),
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

pub const NEED: &[Field] = &[
    field("exactly", Shape::Count, "That many answers fit, and no more."),
    field("at_least", Shape::Count, "That many answers fit, or more."),
];

const NEVER: Field = field(
    "never",
    Shape::Word(&["unsettled"]),
    "`unsettled`: here the contract allows no answer by which a node says that it does not lead (the statuses and lines of challenge.yaml's `unsettled`), even while a cluster elects.",
);

pub(super) const VERBS: &[Verb] = &[
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
            NEVER,
            field("need", Shape::Need, "How many of the answers must fit; `all` if left out."),
            field("expect", Shape::Map(EXPECT), "What the answer must be."),
            field(
                "save",
                Shape::Expressions,
                "Names for later: expressions over `status`, `headers`, `body`, `json`, `node` and `latency` (seconds) of the first answer that fits, in order of node names.",
            ),
            HINT,
        ],
        doc: "Sends a request and checks the answer.",
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
                "Finally lsfr closes it: `write` says no more but still listens, `reset` is rude (RST).",
            ),
            field(
                "record",
                Shape::Map(RECORD),
                "Notes what this step was to a queue: done where it passes, perhaps done where no answer came, not done where another came.",
            ),
            NEVER,
            field("timeout", Shape::Duration, "For all that must come; `defaults.timeout` if left out."),
            field("took", Shape::Map(TOOK), "When the last of it must have arrived."),
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
];
