//! How an operation of a walk is sent, and what its answer says, by what the pack says of both.

use std::time::Duration;

use bytes::Bytes;
use model::{Answer, Asked, Outcome, Right, Text, Version};
use serde_json::Value as Json;
use tokio::time::Instant;

use crate::cluster::Deadline;
use crate::facts::{Cause, Conversation, Excerpt, Expected, Finding, Mismatch, Speech, Spot, WalkAct, What};
use crate::scenario::draw::Draw;
use crate::scenario::expr::{Expression, Scope};
use crate::scenario::matcher::Matcher;
use crate::scenario::model::{Form, Operation};
use crate::scenario::template::Data;
use crate::scenario::{Expect, Received};

use super::super::connection::{Connection, Ended};
use super::super::http::{Exchange, Request};
use super::super::stop::Stop;
use super::super::verbs::http::Looked;
use super::place::Place;

/// What came of an operation.
pub(super) enum Came {
    Http(Box<Exchange>),
    Lines(Box<Talked>),
}

/// A line that was said, and what was heard.
pub(super) struct Talked {
    node: String,
    address: String,
    /// All that was sent on the connection.
    sent: Excerpt,
    line: String,
    heard: Vec<String>,
    body: Option<String>,
    when: Duration,
    /// Which answer of the pack's it was.
    outcome: Option<Outcome>,
    /// What is wrong with it, where it is none of them.
    mismatches: Vec<Mismatch>,
    /// Why no more came.
    ended: Option<Ended>,
}

/// The name of a walk's connection, where what is said on it is reported.
const NAME: &str = "walk";

/// What the texts of an operation see.
fn names(asked: &Asked) -> Scope {
    let mut scope = Scope::new(Draw::new(""));
    if let Some(key) = asked.key {
        scope.set("key", key_name(key));
    }
    for (name, text) in [("value", &asked.value), ("version", &asked.version)] {
        if let Some(text) = text {
            scope.set(name, text.to_string());
        }
    }
    scope
}

pub(super) fn key_name(key: model::Key) -> String {
    format!("k{}", key + 1)
}

impl Place<'_> {
    /// Sends an operation and waits for its answer. An error is the pack's, or lsfr's own.
    pub(super) async fn ask(
        &self,
        connection: &mut Option<Connection>,
        operation: &Operation,
        asked: &Asked,
    ) -> Result<Came, Stop> {
        let scope = names(asked);
        match &operation.form {
            Form::Http { method, path, headers, body, .. } => {
                let headers = headers.iter().map(|(name, value)| Ok((name.clone(), value.text(&scope)?)));
                let request = Request {
                    method: method.clone(),
                    path: path.text(&scope)?,
                    headers: headers.collect::<Result<_, Stop>>()?,
                    body: body.as_ref().map(|body| body.text(&scope)).transpose()?.map(Bytes::from),
                    timeout: self.timeout,
                };
                let exchange = self.send(&request).await?;
                Ok(Came::Http(Box::new(exchange)))
            }
            Form::Lines { say, answers } => {
                let line = say.text(&scope)?;
                Ok(Came::Lines(Box::new(self.talk(connection, line, answers).await?)))
            }
        }
    }

    async fn talk(
        &self,
        connection: &mut Option<Connection>,
        line: String,
        answers: &[(Outcome, Vec<Received>)],
    ) -> Result<Talked, Stop> {
        let mut talked = Talked {
            node: self.node.clone(),
            address: self.cluster.address(&self.node).to_string(),
            sent: Excerpt::new(b""),
            line,
            heard: Vec::new(),
            body: None,
            when: self.run.since_start(Instant::now()),
            outcome: None,
            mismatches: Vec::new(),
            ended: None,
        };
        let deadline = self.run.time.deadline(self.timeout);
        let exchanged = async {
            let open = match connection.take() {
                Some(open) => open,
                None => Connection::open(&self.node, self.cluster.address(&self.node), &deadline).await?,
            };
            let open = connection.insert(open);
            let bytes = format!("{}\r\n", talked.line);
            self.spoke(Speech::Sent { text: Excerpt::new(bytes.as_bytes()) });
            let surplus = open.left();
            open.write(bytes.as_bytes(), &deadline).await?;
            if !surplus.is_empty() {
                talked.mismatches.push(Mismatch {
                    path: Spot::Then,
                    expected: Expected::Words("nothing more".to_owned()),
                    actual: Some(Json::from(String::from_utf8_lossy(&surplus).into_owned())),
                    source: None,
                });
                return Ok(());
            }
            talked.hear(self, open, answers, &deadline).await
        };
        let ended = exchanged.await.err();
        if let Some(open) = connection {
            talked.sent = Excerpt { bytes: open.sent_bytes, ..Excerpt::new(&open.sent) };
        }
        talked.when = self.run.since_start(Instant::now());
        if let Some(ended) = &ended {
            *connection = None;
            if ended.cause == Cause::Local {
                return Err(Stop::fault(format!("lsfr could not talk to {}: {}", self.node, ended.detail)));
            }
            self.spoke(Speech::Ended { cause: ended.cause });
        }
        Ok(Talked { ended, ..talked })
    }

    fn spoke(&self, what: Speech) {
        self.run.spoke(if self.quiet { "" } else { NAME }, &self.node, Instant::now(), what);
    }
}

impl Talked {
    /// Reads an answer: its first line says which of them it is.
    async fn hear(
        &mut self,
        place: &Place<'_>,
        open: &mut Connection,
        answers: &[(Outcome, Vec<Received>)],
        deadline: &Deadline,
    ) -> Result<(), Ended> {
        let first = self.line(place, open, deadline).await?;
        let named = answers.iter().find(|(_, items)| match items.first() {
            Some(Received::Line(matcher)) => check(matcher, "line", &first).is_empty(),
            _ => false,
        });
        let Some((outcome, items)) = named else { return Ok(()) };
        for (at, item) in items.iter().enumerate().skip(1) {
            match item {
                Received::Line(matcher) => {
                    let line = self.line(place, open, deadline).await?;
                    self.mismatches.extend(check(matcher, &format!("line {}", at + 1), &line));
                }
                Received::Bytes { count, .. } => {
                    let mut scope = Scope::new(Draw::new(""));
                    self.names(&mut scope);
                    let wanted = count.json(&scope).ok();
                    let wanted = wanted.and_then(|wanted| wanted.as_u64().or_else(|| wanted.as_str()?.parse().ok()));
                    let bytes = open.bytes(wanted.unwrap_or_default() as usize, deadline).await?;
                    place.spoke(Speech::Received { text: Excerpt::new(&bytes) });
                    self.body = Some(String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
        if self.mismatches.is_empty() {
            self.outcome = Some(*outcome);
        }
        Ok(())
    }

    async fn line(&mut self, place: &Place<'_>, open: &mut Connection, deadline: &Deadline) -> Result<String, Ended> {
        let line = open.line(deadline).await?;
        place.spoke(Speech::Received { text: Excerpt::new(&line) });
        let text = String::from_utf8_lossy(&line);
        let text = text.strip_suffix("\r\n").unwrap_or(&text).to_owned();
        self.heard.push(text.clone());
        Ok(text)
    }

    fn names(&self, scope: &mut Scope) {
        if let Some(line) = self.heard.first() {
            scope.set("line", line.clone());
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            scope.set("words", minijinja::Value::from(words));
            scope.set("lines", minijinja::Value::from(self.heard.clone()));
        }
        if let Some(body) = &self.body {
            scope.set("body", body.clone());
        }
    }
}

fn check(matcher: &Matcher<Data>, path: &str, line: &str) -> Vec<Mismatch> {
    match matcher.resolve(&Scope::new(Draw::new(""))) {
        Ok(matcher) => matcher.check(path, Some(&Json::from(line))),
        Err(_) => Vec::new(),
    }
}

impl Came {
    /// Whether there was no answer, or only a part of one.
    pub(super) fn is_unanswered(&self) -> bool {
        match self {
            Came::Http(exchange) => exchange.reply.is_none(),
            Came::Lines(talked) => talked.ended.is_some(),
        }
    }

    /// What the answer says; none if it is none of those that the pack names.
    pub(super) fn answer(&self, operation: &Operation) -> Option<Answer> {
        let outcome = match (self, &operation.form) {
            (Came::Http(exchange), Form::Http { answers, .. }) => {
                let answer = exchange.reply.as_ref()?.answer();
                let nothing = Scope::new(Draw::new(""));
                let fits = |expect: &Expect<Data>| expect.resolve(&nothing).is_ok_and(|expect| answer.fits(&expect));
                answers.iter().find(|(_, expect)| fits(expect)).map(|(outcome, _)| *outcome)?
            }
            (Came::Lines(talked), _) => talked.outcome?,
            (Came::Http(_), Form::Lines { .. }) => return None,
        };
        let seen = |expression: &Option<Expression>| {
            let told = outcome == Outcome::Ok;
            expression.as_ref().filter(|_| told).and_then(|expression| self.seen(expression))
        };
        Some(Answer { outcome, value: seen(&operation.value), version: seen(&operation.version) })
    }

    fn seen(&self, expression: &Expression) -> Option<Text> {
        let scope = match self {
            Came::Http(exchange) => Looked::names(exchange, &Scope::new(Draw::new(""))),
            Came::Lines(talked) => {
                let mut scope = Scope::new(Draw::new(""));
                talked.names(&mut scope);
                scope
            }
        };
        let value = expression.eval(&scope).ok()?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned).into())
    }

    /// What was wrong about it, where these answers would have been right.
    pub(super) fn wrong(self, operation: &Operation, rights: &[Right]) -> What {
        let answer = self.answer(operation);
        let right = nearest(rights, answer.as_ref());
        let mismatches = match (&answer, right) {
            _ if self.is_unanswered() => Vec::new(),
            (Some(answer), Some(right)) if answer.outcome == right.outcome => parts(operation, answer, right),
            (_, right) => self.another(operation, right.map(|right| right.outcome)),
        };
        What::Found(match self {
            Came::Http(exchange) => Finding::Answer { operation: Box::new(exchange.operation), mismatches },
            Came::Lines(talked) => Finding::Conversation(Box::new(talked.conversation(mismatches))),
        })
    }

    /// How it differs from the answer for this outcome.
    fn another(&self, operation: &Operation, outcome: Option<Outcome>) -> Vec<Mismatch> {
        match (self, &operation.form) {
            (Came::Http(exchange), Form::Http { answers, .. }) => {
                let (Some(reply), Some(outcome)) = (&exchange.reply, outcome) else { return Vec::new() };
                let wanted = answers.iter().find(|(one, _)| *one == outcome);
                let wanted = wanted.and_then(|(_, expect)| expect.resolve(&Scope::new(Draw::new(""))).ok());
                wanted.map(|expect| reply.answer().compare(&expect)).unwrap_or_default()
            }
            (Came::Lines(talked), Form::Lines { answers, .. }) => {
                if !talked.mismatches.is_empty() {
                    return talked.mismatches.clone();
                }
                let wanted = answers.iter().find(|(one, _)| Some(*one) == outcome);
                match (wanted.and_then(|(_, items)| items.first()), talked.heard.first()) {
                    (Some(Received::Line(matcher)), Some(line)) => check(matcher, "line", line),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// What was asked and came, as it is shown.
    pub(super) fn act(&self) -> WalkAct {
        match self {
            Came::Http(exchange) => WalkAct::Asked(Box::new(exchange.operation.clone())),
            Came::Lines(talked) => {
                let heard = talked.heard.iter().chain(&talked.body).map(|text| Excerpt::new(text.as_bytes()));
                WalkAct::Said { text: Excerpt::new(talked.line.as_bytes()), heard: heard.collect() }
            }
        }
    }
}

impl Talked {
    fn conversation(self, mismatches: Vec<Mismatch>) -> Conversation {
        let cause = self.ended.as_ref().map(|ended| ended.cause);
        Conversation {
            connection: NAME.to_owned(),
            node: self.node,
            address: self.address,
            sent: self.sent,
            when: self.when,
            mismatches,
            sentence: None,
            cause,
            late: cause == Some(Cause::TimedOut),
            starved: self.ended.is_some_and(|ended| ended.starved),
            unsettled: false,
        }
    }
}

/// The right answer that is most like what came.
fn nearest<'r>(rights: &'r [Right], answer: Option<&Answer>) -> Option<&'r Right> {
    let alike = |right: &&Right| answer.is_some_and(|answer| answer.outcome == right.outcome);
    rights.iter().find(alike).or_else(|| rights.first())
}

/// How an answer of the right kind differs in what it holds.
fn parts(operation: &Operation, answer: &Answer, right: &Right) -> Vec<Mismatch> {
    let path = |expression: &Option<Expression>| Spot::from(expression.as_ref().map_or("value", |one| one.text()));
    let mut mismatches = Vec::new();
    let text = |text: &Text| Json::from(&**text);
    if let Some(value) = &right.value
        && answer.value.as_ref() != Some(value)
    {
        let (expected, actual) = (Expected::Value(text(value)), answer.value.as_ref().map(text));
        mismatches.push(Mismatch { path: path(&operation.value), expected, actual, source: None });
    }
    if !right.version.takes(answer.version.as_ref()) {
        let expected = match &right.version {
            Version::Is(version) => Expected::Value(text(version)),
            Version::New(_) if answer.version.is_none() => Expected::Words("one".to_owned()),
            Version::New(_) | Version::Any => Expected::Words("one that this key has never had".to_owned()),
        };
        mismatches.push(Mismatch {
            path: path(&operation.version),
            expected,
            actual: answer.version.as_ref().map(text),
            source: None,
        });
    }
    mismatches
}
