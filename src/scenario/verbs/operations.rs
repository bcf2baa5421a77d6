//! What an operation of a workload is: `operations` of challenge.yaml.

use super::{EXPECT, Field, Shape, field, required};

/// One operation of challenge.yaml.
pub const OPERATION: &[Field] = &[
    required("http", Shape::Request, "The request. Its path sees `key`, and so do headers and body."),
    field("headers", Shape::TextMap, "More headers; `version` is the one that the key's last read gave."),
    field("body", Shape::Text, "The request's body, sent as `text/plain; charset=utf-8`; `value` is the new value."),
    required("ok", Shape::Many(EXPECT), "Answers that say it is done."),
    field("no", Shape::Many(EXPECT), "Answers that say it is not done, and never will be."),
    field("unmet", Shape::Many(EXPECT), "Of `compare_and_set`: not done, because the key has another version."),
    field("absent", Shape::Many(EXPECT), "Of `read`: done, and there is no such key."),
    field("value", Shape::Plain, "Of `read`: an expression over an answer that is ok, for what was read."),
    field("version", Shape::Plain, "Of `read`: an expression for what a `compare_and_set` must name."),
    field(
        "steps",
        Shape::Map(OPERATION_STEPS),
        "Of `transaction`: what is sent for each of its steps. The body sees all of them as `steps`, with commas between.",
    ),
];

/// The steps of a transaction. Lists hold their elements with commas behind them; accounts hold whole numbers.
pub const OPERATION_STEPS: &[Field] = &[
    required("get", Shape::Text, "Reads `key`."),
    required("append", Shape::Text, "Appends `value`, which ends with a comma, to `key`."),
    field("check", Shape::Text, "Stops all unless `key` has `version`, which is none if there was no such key."),
    field("put", Shape::Text, "Sets `key` to `value`."),
    required(
        "values",
        Shape::Plain,
        "An expression over an answer that is ok: a list with what the key of each step holds afterwards.",
    ),
    field("versions", Shape::Plain, "The same for the versions that these keys have then, for `check`."),
];
