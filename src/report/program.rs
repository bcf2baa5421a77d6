//! A failure card's part about a program that was run to its end: the source that was compiled, and the commands.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::curl::{command_line, word};
use super::diff::plural;
use super::visible::quote_short;
use crate::facts::{Case, Expected, Mismatch, Ran, Spot};
use crate::scenario::{readings, returned};
use crate::text::cut;

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

/// What of the program came out wrong: the expression with its value, or what it wrote.
fn wrong(case: &Case) -> Option<String> {
    let line = case.line.and_then(|at| Some((at, case.lines.iter().find(|(number, _)| *number == at)?.1.trim())));
    if case.refused {
        let (at, text) = line?;
        let exit = case.mismatches.iter().any(|mismatch| mismatch.path == Spot::Exit);
        let did = if exit { "refuse" } else { "name" };
        return Some(format!("The compiler must {did} line {at}: `{}`.", cut(text, LONGEST)));
    }
    case.compiled.as_ref()?;
    let Mismatch { path, expected: Expected::Value(expected), actual: Some(actual), .. } = case.mismatches.first()?
    else {
        return None;
    };
    match (path, line, &case.returns) {
        (Spot::Exit, Some((at, text)), _) => Some(match returned::compared(text) {
            Some((expression, must)) => format!("At line {at} `{expression}` must be {must}, and is not."),
            None => format!("Line {at} must not be reached: `{}`.", cut(text, LONGEST)),
        }),
        (Spot::Exit, None, Some(returns)) => Some(format!(
            "`{}` must be {expected}; the program ended with {}.{}",
            cut(returns, LONGEST),
            ended_with(actual),
            read_as(returns, actual)
        )),
        (Spot::Exit, None, None) => {
            Some(format!("main must return {expected}; the program ended with {}.", ended_with(actual)))
        }
        (Spot::Other(_), _, _) => Some(wrote(expected.as_str()?, actual.as_str()?)),
        _ => None,
    }
}

/// How the expression must be read to give that status, where only one reading does; with a blank before it.
fn read_as(expression: &str, actual: &Json) -> String {
    let status = actual.as_u64().and_then(|status| u8::try_from(status).ok());
    let read = status.and_then(|status| Some((readings::only_one(expression, status)?, status)));
    read.map(|(read, status)| format!(" Of all ways to set parentheses, only `{read}` gives {status}."))
        .unwrap_or_default()
}

/// An exit status, or the signal that ended it.
fn ended_with(actual: &Json) -> String {
    actual.as_str().map_or_else(|| actual.to_string(), str::to_owned)
}

/// The first line of a program's output that is wrong.
fn wrote(expected: &str, actual: &str) -> String {
    let at = expected.lines().zip(actual.lines()).take_while(|(expected, actual)| expected == actual).count();
    let (must, is) = (expected.lines().nth(at), actual.lines().nth(at));
    let several = expected.lines().count() > 1;
    let line = if several {
        format!("Line {} that the program prints", at + 1)
    } else {
        "What the program prints".to_owned()
    };
    match (must, is) {
        (Some(must), Some(is)) => {
            format!("{line} must be {}, and is {}.", quote_short(must, must.len()), quote_short(is, is.len()))
        }
        (Some(must), None) => format!("{line} must be {}, and does not come.", quote_short(must, must.len())),
        (None, Some(is)) => {
            format!("After all that it should print, the program prints {}.", quote_short(is, is.len()))
        }
        (None, None) => "The program ends its lines in another way than expected.".to_owned(),
    }
}

/// Columns of an expression or a line that a sentence quotes.
const LONGEST: usize = 120;

/// This many of the other programs are named.
const NAMED: usize = 5;

/// What went wrong, and with how many programs, in sentences.
pub fn told(of: usize, first: &Case, others: &[(String, String)], not_tried: usize) -> Vec<String> {
    let name = &first.name;
    let mut told: Vec<String> = wrong(first).into_iter().collect();
    told.push(match (of, others.len()) {
        (1, _) => format!("The program {name} went wrong."),
        (_, 0) => format!("1 of {of} programs went wrong: {name}."),
        (_, others) => format!("{} of {of} programs went wrong. The first is {name}.", others + 1),
    });
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
