//! What a model is: `models` of challenge.yaml.

use super::{EXPECT, Field, Shape, field, required};

/// One model of challenge.yaml.
pub const MODEL: &[Field] = &[
    required("model", Shape::Name, "Which model, as in `model: map`."),
    required("operations", Shape::Values, "How each of its operations is sent and answered, by name."),
    field(
        "values",
        Shape::Word(&["words", "text"]),
        "What values may be: `words` of letters and digits (if left out), or `text`, with lines, blanks and letters of any length.",
    ),
    field("no_version", Shape::Plain, "A version that no key ever has, as a request names it."),
    field("no_job", Shape::Plain, "A number that no job ever has."),
];

/// The keys are listed once, below `ok`.
const SAME: Shape = Shape::Many(&[]);

/// The steps of a transaction.
pub const MODEL_STEPS: &[Field] = &[
    required("get", Shape::Text, "Reads `key`."),
    field("put", Shape::Text, "Sets `key` to `value`."),
    field("append", Shape::Text, "Adds `value` to the end of what `key` holds."),
    field("delete", Shape::Text, "Removes `key`."),
    field(
        "check",
        Shape::Text,
        "Stops all unless `key` has `version`; if that is none, unless there is no such key.",
    ),
    required(
        "values",
        Shape::Plain,
        "An expression over an answer that is ok: a list with what the key of each step holds after it.",
    ),
    required("versions", Shape::Plain, "The same for the versions that these keys have then."),
];

/// An operation that is a request.
pub const ASKED: &[Field] = &[
    required("http", Shape::Request, "The request. Its texts see what the operation has, as the tables below say."),
    field("headers", Shape::TextMap, "More headers."),
    field("body", Shape::Text, "The request's body, sent as `text/plain; charset=utf-8`."),
    required("ok", Shape::Many(EXPECT), "Answers that say it is done."),
    field("absent", SAME, "Answers that say that the key is not there, as in `ok`."),
    field("present", SAME, "Answers that say that the key is there already."),
    field("unmet", SAME, "Answers that say that the condition does not hold."),
    field("empty", SAME, "Answers that say that there is nothing to give."),
    field("soon", SAME, "The same, and the client's time with what it holds is nearly over."),
    field(
        "undecided",
        SAME,
        "Answers that leave open whether it is done: on a cluster it is asked again, as it is after no answer.",
    ),
    field(
        "steps",
        Shape::Map(MODEL_STEPS),
        "Of `transact`: what is sent for each of its steps. The body sees all of them as `steps`, with commas between.",
    ),
    field("value", Shape::Plain, "An expression over an answer that is ok, for what was read."),
    field("version", Shape::Plain, "The same for the key's version."),
    field("job", Shape::Plain, "The same for the job's number."),
    field("stats", Shape::Values, "The same for what else is told, by name; what is left out is not looked at."),
];

/// An operation that is a line on a connection.
pub const SAID: &[Field] = &[
    required(
        "say",
        Shape::Texts,
        "The line, or a list of lines. They see what the operation has, as the tables below say.",
    ),
    required("ok", Shape::Received, "What comes when it is done: a line, or a list that begins with one."),
    field("absent", Shape::Received, "What comes when the key is not there."),
    field("present", Shape::Received, "What comes when the key is there already."),
    field("unmet", Shape::Received, "What comes when the condition does not hold."),
    field("empty", Shape::Received, "What comes when there is nothing to give."),
    field("soon", Shape::Received, "The same, where the client's time with what it holds is nearly over."),
    field(
        "value",
        Shape::Plain,
        "An expression over `line`, `words`, `lines`, `body` and `yaml` of an answer that is ok, for what was read.",
    ),
    field("version", Shape::Plain, "The same for the key's version."),
    field("job", Shape::Plain, "The same for the job's number."),
    field("stats", Shape::Values, "The same for what else is told, by name; what is left out is not looked at."),
];

/// An operation that ends a connection.
pub const LEFT: &[Field] =
    &[required("close", Shape::Word(&["all", "reset"]), "How the connection is closed; `reset` is rude (RST).")];
