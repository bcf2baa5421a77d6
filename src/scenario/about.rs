//! What a line of a conversation is about: a job or a key, by what a pack's models say of how operations are sent and
//! answered. Nothing is judged by it.

use std::collections::BTreeMap;

use minijinja::value::Value;
use model::Takes;
use regex::Regex;
use serde_json::Value as Json;

use super::Received;
use super::draw::Draw;
use super::expr::{Expression, Scope};
use super::matcher::{MOST_PATTERN, Matcher, Operator, compiled};
use super::model::{Form, Models, Operation};
use super::template::{Data, Piece, Template};
use crate::facts::{Given, Item, ItemKind};

/// What is said of longer values is not kept.
const GIVEN: usize = 60;

/// The lines that models know.
#[derive(Debug, Default)]
pub struct About {
    /// Commands by their first word.
    commands: BTreeMap<String, Command>,
    answers: Vec<Answer>,
}

#[derive(Debug)]
struct Command {
    changes: bool,
    /// Which word of the line names what it is about.
    names: Option<(ItemKind, usize)>,
    /// Which of its words have which names, where a line with a value follows.
    arguments: Vec<(usize, String)>,
}

/// What lines that are sent mean.
#[derive(Debug, Default, PartialEq)]
pub struct Said {
    pub about: Vec<Item>,
    /// One of them may change something.
    pub changes: bool,
    pub given: Vec<Given>,
}

/// An answer that names a job.
#[derive(Debug)]
struct Answer {
    pattern: Regex,
    job: Expression,
}

impl About {
    pub fn new(models: &Models) -> Self {
        let mut about = About::default();
        for operation in models.values().flat_map(|model| model.operations.values()) {
            let Form::Lines { say, answers } = &operation.form else { continue };
            if let Some((word, command)) = say.first().and_then(|line| command(line, operation)) {
                about.commands.insert(word, command);
            }
            let Some(job) = &operation.job else { continue };
            let patterns = answers.iter().filter_map(|(_, received)| pattern(received.first()?));
            for pattern in patterns {
                if about.answers.iter().all(|known| known.pattern.as_str() != pattern.as_str()) {
                    about.answers.push(Answer { pattern, job: job.clone() });
                }
            }
        }
        about
    }

    /// What is sent may be several lines.
    pub fn said(&self, text: &str) -> Said {
        let mut said = Said::default();
        let mut lines = text.lines().filter(|_| !self.commands.is_empty()).peekable();
        while let Some(line) = lines.next() {
            let Some(command) = line.split(' ').next().and_then(|word| self.commands.get(word)) else { continue };
            said.changes |= command.changes;
            said.about.extend(command.names.and_then(|(kind, place)| {
                let name = line.split(' ').nth(place).filter(|name| !name.is_empty())?;
                Some(Item { kind, name: name.to_owned() })
            }));
            if !command.arguments.is_empty() {
                let value = lines.peek().filter(|value| value.len() <= GIVEN);
                said.given.extend(value.and_then(|value| command.given(line, value)));
            }
        }
        said
    }

    /// What an answer names.
    pub fn heard(&self, line: &str) -> Option<Item> {
        let line = line.trim_end_matches(['\r', '\n']);
        let answer = self.answers.iter().find(|answer| answer.pattern.is_match(line))?;
        let mut scope = Scope::new(Draw::new(""));
        scope.set("line", line);
        scope.set("words", Value::from(line.split(' ').map(str::to_owned).collect::<Vec<_>>()));
        let name = answer.job.eval(&scope).ok()?;
        Some(Item { kind: ItemKind::Job, name: name.as_str().map_or_else(|| name.to_string(), str::to_owned) })
    }
}

impl Command {
    /// What it says of the value, if it has all the words that it should have.
    fn given(&self, line: &str, value: &str) -> Option<Given> {
        let words: Vec<&str> = line.split(' ').collect();
        let argument = |(place, name): &(usize, String)| Some((name.clone(), (*words.get(*place)?).to_owned()));
        let arguments = self.arguments.iter().map(argument).collect::<Option<_>>()?;
        Some(Given { value: value.to_owned(), arguments })
    }
}

/// The first word of a command, and where in it stands what it is about.
fn command(line: &Template, operation: &Operation) -> Option<(String, Command)> {
    let mut place = 0;
    let mut names = None;
    let mut first = String::new();
    let mut arguments = Vec::new();
    for piece in line.pieces() {
        match piece {
            Piece::Text(text) => {
                if first.is_empty() {
                    text.split(' ').next()?.clone_into(&mut first);
                }
                place += text.matches(' ').count();
            }
            Piece::Expression(name) if name == Takes::Job.word() => names = Some((ItemKind::Job, place)),
            Piece::Expression(name) if name == Takes::Key.word() => names = Some((ItemKind::Key, place)),
            Piece::Expression(name) if is_number(name) => arguments.push((place, name.to_owned())),
            Piece::Expression(_) => {}
        }
    }
    let gives = matches!(&operation.form, Form::Lines { say, .. } if say.len() == 2 && is_value(&say[1]));
    if !gives {
        arguments.clear();
    }
    (!first.is_empty()).then_some((first, Command { changes: operation.kind.changes, names, arguments }))
}

/// Whether it is the name of a number that says how a value is to be kept.
fn is_number(name: &str) -> bool {
    [Takes::Priority, Takes::Delay, Takes::TimeToRun].iter().any(|takes| takes.word() == name)
}

fn is_value(line: &Template) -> bool {
    matches!(line.pieces().collect::<Vec<_>>()[..], [Piece::Expression(name)] if name == Takes::Value.word())
}

fn pattern(received: &Received) -> Option<Regex> {
    let Received::Line(Matcher::All(operators)) = received else { return None };
    let [Operator::Matches(Data::Plain(pattern @ Json::String(_)))] = &operators[..] else {
        let [Operator::Matches(Data::Text(text))] = &operators[..] else { return None };
        return compiled(&Json::from(text.source()), MOST_PATTERN).ok();
    };
    compiled(pattern, MOST_PATTERN).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::{self, Origin};

    #[test]
    fn a_packs_models_say_which_job_a_line_is_about() {
        let pack = challenge::load(&Origin::BuiltIn("message-queue".into())).unwrap();
        let about = About::new(&pack.models);
        let job = |name: &str| Item { kind: ItemKind::Job, name: name.into() };
        let said = |text: &str| {
            let Said { about, changes, .. } = about.said(text);
            (about, changes)
        };
        assert_eq!(said("delete 7\r\n"), (vec![job("7")], true));
        assert_eq!(said("peek 7\r\npeek-ready\r\n"), (vec![job("7")], false));
        assert_eq!(said("release 12 5 0\r\n"), (vec![job("12")], true));
        assert_eq!(said("put 0 2 60 3\r\nabc\r\n"), (vec![], true));
        assert_eq!(said("reserve-with-timeout 5\r\n"), (vec![], true));
        assert_eq!(about.heard("RESERVED 3 12\r\n"), Some(job("3")));
        assert_eq!(about.heard("INSERTED 44"), Some(job("44")));
        assert_eq!((about.heard("DELETED\r\n"), about.heard("OK 3\r\n")), (None, None));
        assert_eq!(About::default().said("delete 7\r\n"), Said::default());
    }

    #[test]
    fn the_numbers_of_a_command_have_the_names_of_the_model() {
        let pack = challenge::load(&Origin::BuiltIn("message-queue".into())).unwrap();
        let about = About::new(&pack.models);
        let given = |text: &str| -> Vec<String> {
            let one = |given: &Given| {
                let arguments = given.arguments.iter().map(|(name, value)| format!(" {name} {value}"));
                format!("{}:{}", given.value, arguments.collect::<String>())
            };
            about.said(text).given.iter().map(one).collect()
        };
        assert_eq!(
            given("put 9 1 60 3\r\nabc\r\nput 0 2 5 2\r\nde\r\n"),
            ["abc: priority 9 delay 1 ttr 60", "de: priority 0 delay 2 ttr 5"]
        );
        assert!(given("put 9 1\r\nabc\r\n").is_empty(), "it lacks a word");
        assert!(given("put 9 1 60 3\r\n").is_empty(), "the value does not come");
        assert!(given("release 12 5 0\r\nreserve\r\n").is_empty(), "that gives no value");
    }
}
