//! What can be used in values: the operators of matchers, and the functions of expressions.

use super::{Field, Shape, field};

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
    function("random_key", "random_key()", "12 lower-case letters and digits, drawn from the seed."),
    function(
        "random_text",
        "random_text(length)",
        "That many letters and digits, drawn from the seed; at most 6 MB.",
    ),
    function("random_int", "random_int(low, high)", "A whole number from `low` to `high`, both included."),
    function("random_choice", "random_choice(list)", "One item of the list."),
    function("random_of", "random_of(list, n)", "A list of `n` items of the list, in its order."),
    function("bytes", "bytes(text)", "How many bytes the text has in UTF-8; `length` counts characters."),
    function("range", "range(n)", "The numbers from 0 to `n - 1`; `range(from, to)` starts elsewhere."),
];
