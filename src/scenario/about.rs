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
use crate::facts::{Item, ItemKind};

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

    /// What is sent may be several lines: what they are about, and whether one of them may change anything.
    pub fn said(&self, text: &str) -> (Vec<Item>, bool) {
        let (mut items, mut changes) = (Vec::new(), false);
        for line in text.lines().filter(|_| !self.commands.is_empty()) {
            let Some(command) = line.split(' ').next().and_then(|word| self.commands.get(word)) else { continue };
            changes |= command.changes;
            items.extend(command.names.and_then(|(kind, place)| {
                let name = line.split(' ').nth(place).filter(|name| !name.is_empty())?;
                Some(Item { kind, name: name.to_owned() })
            }));
        }
        (items, changes)
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

/// The first word of a command, and where in it stands what it is about.
fn command(line: &Template, operation: &Operation) -> Option<(String, Command)> {
    let mut place = 0;
    let mut names = None;
    let mut first = String::new();
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
            Piece::Expression(_) => {}
        }
    }
    (!first.is_empty()).then_some((first, Command { changes: operation.kind.changes, names }))
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
        assert_eq!(about.said("delete 7\r\n"), (vec![job("7")], true));
        assert_eq!(about.said("peek 7\r\npeek-ready\r\n"), (vec![job("7")], false));
        assert_eq!(about.said("release 12 5 0\r\n"), (vec![job("12")], true));
        assert_eq!(about.said("put 0 2 60 3\r\nabc\r\n"), (vec![], true));
        assert_eq!(about.said("reserve-with-timeout 5\r\n"), (vec![], true));
        assert_eq!(about.heard("RESERVED 3 12\r\n"), Some(job("3")));
        assert_eq!(about.heard("INSERTED 44"), Some(job("44")));
        assert_eq!((about.heard("DELETED\r\n"), about.heard("OK 3\r\n")), (None, None));
        assert_eq!(About::default().said("delete 7\r\n"), (vec![], false));
    }
}
