//! What requests and conversations have in common, in steps and in challenge.yaml.

use super::{Field, Shape, field, required};

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
    field("bytes", Shape::Text, "What is sent, byte for byte; no line end is added. This or `hex` is required."),
    field("hex", Shape::Text, "The same as hexadecimal digits, two for each byte: for bytes that are no text."),
    field("pieces", Shape::Count, "In how many pieces it is written; 1 if left out."),
    field("pause", Shape::Duration, "Between two pieces; 5ms if left out."),
];

/// An item of `receive` that is not a line.
pub const RECEIVED: &[Field] = &[
    required("bytes", Shape::Count, "That many bytes, whatever they are; 16 MB at most."),
    field("text", Shape::Matcher, "The bytes as text."),
    field("hex", Shape::Matcher, "The bytes as hexadecimal digits, in small letters."),
    field("yaml", Shape::Matcher, "The bytes read as YAML; a map is a subset."),
];

/// A single question on a connection, for a role of challenge.yaml.
pub const TALK: &[Field] =
    &[required("send", Shape::Sent, "What is said."), required("receive", Shape::Received, "What must come.")];

pub(super) const NEVER: Field = field(
    "never",
    Shape::Word(&["unsettled"]),
    "`unsettled`: here the contract allows no answer by which a node says that it does not lead (the statuses and lines of challenge.yaml's `unsettled`), even while a cluster elects.",
);
