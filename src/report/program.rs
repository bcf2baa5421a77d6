//! A failure card's part about a program that was run to its end: the source that was compiled, and the commands.

use serde::{Deserialize, Serialize};

use super::curl::{command_line, word};
use super::diff::plural;
use crate::facts::{Case, Ran};

/// The source of a small program that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// A path that can be opened from the challenge directory.
    pub file: String,
    /// The line that a compiler must find wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    pub lines: Vec<(usize, String)>,
    /// How many more lines there are.
    #[serde(default)]
    pub more: usize,
}

impl Source {
    pub fn from_case(case: &Case) -> Self {
        Self { file: case.file.clone(), line: case.line, lines: case.lines.clone(), more: case.more }
    }
}

/// The command that does the same again, to be pasted in the challenge directory.
pub fn command(ran: &Ran) -> String {
    let stdin = ran.stdin.as_ref().map(|path| format!(" <{}", word(path))).unwrap_or_default();
    format!("{}{stdin}", command_line(&ran.command))
}

/// The same, followed by what prints its exit status.
pub fn command_with_status(ran: &Ran) -> String {
    format!("{}; echo $?", command(ran))
}

/// This many of the other programs are named.
const NAMED: usize = 5;

/// What went wrong, and with how many programs, in sentences.
pub fn told(of: usize, first: &Case, others: &[(String, String)], not_tried: usize) -> Vec<String> {
    let name = &first.name;
    let mut told = vec![match (of, others.len()) {
        (1, _) => format!("The program {name} went wrong."),
        (_, 0) => format!("1 of {of} programs went wrong: {name}."),
        (_, others) => format!("{} of {of} programs went wrong. The first is {name}.", others + 1),
    }];
    told.push(first.about.clone());
    if !others.is_empty() {
        let mut list: Vec<String> = others
            .iter()
            .take(NAMED)
            .map(|(name, what)| format!("{name} ({})", what.trim_end_matches('.')))
            .collect();
        if others.len() > NAMED {
            list.push(format!("{} more", others.len() - NAMED));
        }
        told.push(format!("The others: {}.", list.join(", ")));
    }
    if not_tried > 0 {
        told.push(format!("{not_tried} {} not tried.", plural(not_tried, "program was", "programs were")));
    }
    told
}
