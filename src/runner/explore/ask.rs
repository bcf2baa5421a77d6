//! How an operation of a walk is sent, and what its answer says, by what the pack says of both.

use std::time::Duration;

use bytes::Bytes;
use model::{Answer, Asked, Outcome, Right, Stat, Takes, Text, Token, tube_name};
use serde_json::Value as Json;
use tokio::time::Instant;

use crate::cluster::Deadline;
use crate::facts::{Cause, Conversation, Excerpt, Expected, Finding, Mismatch, Speech, Spot, WalkAct, What};
use crate::scenario::draw::Draw;
use crate::scenario::expr::{Expression, Scope};
use crate::scenario::matcher::Matcher;
use crate::scenario::model::{Form, Operation};
use crate::scenario::template::Data;
use crate::scenario::{self, Expect, Received};
use crate::yaml;

use super::super::connection::{Connection, Ended};
use super::super::http::{Exchange, Request};
use super::super::stop::Stop;
use super::super::verbs::http::Looked;
use super::place::Place;
use super::transaction;

/// What came of an operation.
pub(super) enum Came {
    Http(Box<Exchange>),
    Lines(Box<Talked>),
    /// The connection was closed.
    Left,
}

/// A line that was said, and what was heard.
pub(super) struct Talked {
    node: String,
    address: String,
    /// All that was sent on the connection.
    sent: Excerpt,
    /// The name of the connection, where what is said on it is reported.
    name: String,
    line: String,
    /// What was sent after the line.
    rest: Option<String>,
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

/// What the texts of an operation see.
fn names(operation: &Operation, asked: &Asked) -> Result<Scope, Stop> {
    let mut scope = Scope::new(Draw::new(""));
    if let Some(key) = asked.key {
        let tube = operation.kind.takes(Takes::Tube);
        let (part, name) = if tube { (Takes::Tube, tube_name(key)) } else { (Takes::Key, key_name(key)) };
        scope.set(part.word(), name);
    }
    let texts = [(Takes::Value, &asked.value), (Takes::Version, &asked.version), (Takes::Job, &asked.job)];
    for (part, text) in texts {
        if let Some(text) = text {
            scope.set(part.word(), text.to_string());
        }
    }
    for (part, number) in &asked.numbers {
        scope.set(part.word(), *number);
    }
    if let Some(steps) = &operation.steps {
        scope.set(Takes::Steps.word(), transaction::steps(steps, &asked.parts)?);
    }
    // What is not repeated under its name has one all the same, where the pack sends one.
    scope.set(Takes::Id.word(), format!("walk-{}", asked.id.unwrap_or(asked.number)));
    Ok(scope)
}

pub(super) fn key_name(key: model::Key) -> String {
    format!("k{}", key + 1)
}

impl Place<'_> {
    /// Sends an operation to a node and waits for its answer. An error is the pack's, or lsfr's own.
    pub(super) async fn ask(
        &self,
        node: &str,
        connection: &mut Option<Connection>,
        operation: &Operation,
        asked: &Asked,
    ) -> Result<Came, Stop> {
        let scope = names(operation, asked)?;
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
                let exchange = self.send(node, request).await?;
                Ok(Came::Http(Box::new(exchange)))
            }
            Form::Lines { say, answers } => {
                let lines = say.iter().map(|line| Ok(line.text(&scope)?)).collect::<Result<Vec<String>, Stop>>()?;
                let name = self.connection_name(asked.by);
                Ok(Came::Lines(Box::new(self.talk(connection, name, lines, answers).await?)))
            }
            Form::Close { reset } => {
                if let Some(connection) = connection.take().filter(|_| *reset) {
                    connection.reset();
                }
                Ok(Came::Left)
            }
        }
    }

    async fn talk(
        &self,
        connection: &mut Option<Connection>,
        name: String,
        lines: Vec<String>,
        answers: &[(Outcome, Vec<Received>)],
    ) -> Result<Talked, Stop> {
        let bytes: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let mut lines = lines.into_iter();
        let line = lines.next().unwrap_or_default();
        let rest: Vec<String> = lines.collect();
        let mut talked = Talked {
            node: self.node.clone(),
            address: self.cluster.address(&self.node).to_string(),
            sent: Excerpt::new(b""),
            name,
            line,
            rest: (!rest.is_empty()).then(|| rest.join("\r\n")),
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
            self.spoke(&talked.name, Speech::Sent { text: Excerpt::new(bytes.as_bytes()) });
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
            self.spoke(&talked.name, Speech::Ended { cause: ended.cause });
        }
        Ok(Talked { ended, ..talked })
    }

    fn spoke(&self, name: &str, what: Speech) {
        self.run.spoke(if self.quiet { "" } else { name }, &self.node, Instant::now(), what);
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
                    place.spoke(&self.name, Speech::Received { text: Excerpt::new(&bytes) });
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
        place.spoke(&self.name, Speech::Received { text: Excerpt::new(&line) });
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
            if let Ok(yaml) = yaml::answer(body) {
                scope.set_json("yaml", &yaml);
            }
        }
    }
}

/// Whether the answer is one of these.
pub(super) fn fits<'e>(
    expects: impl IntoIterator<Item = &'e Expect<Data>>,
    answer: scenario::answer::Answer<'_>,
) -> bool {
    let nothing = Scope::new(Draw::new(""));
    expects.into_iter().any(|expect| expect.resolve(&nothing).is_ok_and(|expect| answer.fits(&expect)))
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
            Came::Left => false,
        }
    }

    /// What the answer says; none if it is none of those that the pack names.
    pub(super) fn answer(&self, operation: &Operation) -> Option<Answer> {
        let outcome = match (self, &operation.form) {
            (Came::Http(exchange), Form::Http { answers, .. }) => {
                let answer = exchange.reply.as_ref()?.answer();
                answers.iter().find(|(_, expect)| fits([expect], answer)).map(|(outcome, _)| *outcome)?
            }
            (Came::Lines(talked), _) => talked.outcome?,
            (Came::Left, _) => Outcome::Ok,
            (Came::Http(_), Form::Lines { .. } | Form::Close { .. }) => return None,
        };
        if outcome != Outcome::Ok {
            return Some(Answer::of(outcome));
        }
        let seen = |expression: &Option<Expression>| self.seen(expression.as_ref()?);
        // What it does not tell is no number and no word of any queue.
        let told = |(stat, one): (&Stat, &Expression)| (*stat, self.seen(one).unwrap_or_default());
        Some(Answer {
            outcome,
            value: seen(&operation.value),
            version: seen(&operation.version),
            job: seen(&operation.job),
            stats: operation.stats.iter().map(told).collect(),
            results: operation
                .steps
                .as_ref()
                .map(|steps| transaction::results(steps, &self.names()))
                .unwrap_or_default(),
        })
    }

    /// What expressions over the answer see.
    fn names(&self) -> Scope {
        let mut scope = Scope::new(Draw::new(""));
        match self {
            Came::Http(exchange) => return Looked::names(exchange, &scope),
            Came::Lines(talked) => talked.names(&mut scope),
            Came::Left => {}
        }
        scope
    }

    fn seen(&self, expression: &Expression) -> Option<Text> {
        if matches!(self, Came::Left) {
            return None;
        }
        let value = expression.eval(&self.names()).ok()?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned).into())
    }

    /// What was wrong about it, where these answers would have been right. Nothing can be about a connection's end.
    pub(super) fn wrong(self, operation: &Operation, rights: &[Right]) -> Option<What> {
        let answer = self.answer(operation);
        let right = nearest(rights, answer.as_ref());
        let mismatches = match (&answer, right) {
            _ if self.is_unanswered() => Vec::new(),
            (Some(answer), Some(right)) if answer.outcome == right.outcome => parts(operation, answer, right),
            (_, right) => self.another(operation, right.map(|right| right.outcome)),
        };
        match self {
            Came::Http(exchange) => {
                Some(What::Found(Finding::Answer { operation: Box::new(exchange.operation), mismatches }))
            }
            Came::Lines(talked) => {
                Some(What::Found(Finding::Conversation(Box::new(talked.conversation(mismatches)))))
            }
            Came::Left => None,
        }
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

    /// The node that answered, or should have.
    pub(super) fn node(&self) -> Option<&str> {
        match self {
            Came::Http(exchange) => Some(&exchange.operation.node),
            Came::Lines(talked) => Some(&talked.node),
            Came::Left => None,
        }
    }

    /// What was asked and came, as it is shown.
    pub(super) fn act(&self) -> WalkAct {
        match self {
            Came::Http(exchange) => WalkAct::Asked(Box::new(exchange.operation.clone())),
            Came::Lines(talked) => {
                // A line end after bytes is no line.
                let lines = talked.heard.iter().filter(|line| talked.body.is_none() || !line.is_empty());
                let heard = lines.chain(&talked.body).map(|text| Excerpt::new(text.as_bytes()));
                let body = talked.rest.as_ref().map(|rest| Excerpt::new(rest.as_bytes()));
                WalkAct::Said { text: Excerpt::new(talked.line.as_bytes()), body, heard: heard.collect() }
            }
            Came::Left => WalkAct::Left,
        }
    }
}

impl Talked {
    fn conversation(self, mismatches: Vec<Mismatch>) -> Conversation {
        let cause = self.ended.as_ref().map(|ended| ended.cause);
        Conversation {
            connection: self.name,
            node: self.node,
            address: self.address,
            sent: self.sent,
            when: self.when,
            mismatches,
            about: Vec::new(),
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
    let Some(answer) = answer else { return rights.first() };
    let unlike = |right: &&Right| {
        let parts = [right.job.takes(answer.job.as_ref()), right.value.is_none() || right.value == answer.value];
        (
            right.outcome != answer.outcome,
            parts.iter().filter(|fits| !**fits).count(),
            right.wrong_stats(answer).count(),
        )
    };
    rights.iter().min_by_key(unlike)
}

pub(super) fn token(wanted: &Token, told: bool, new: &str) -> Expected {
    match wanted {
        Token::Is(token) => Expected::Value(Json::from(&**token)),
        Token::Nothing => Expected::Value(Json::Null),
        Token::As(_) => Expected::Words("the same".to_owned()),
        Token::New(_) if !told => Expected::Words("one".to_owned()),
        Token::New(_) | Token::Any => Expected::Words(new.to_owned()),
    }
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
        mismatches.push(Mismatch {
            path: path(&operation.version),
            expected: token(&right.version, answer.version.is_some(), "one that this key has never had"),
            actual: answer.version.as_ref().map(text),
            source: None,
        });
    }
    if !right.job.takes(answer.job.as_ref()) {
        mismatches.push(Mismatch {
            path: path(&operation.job),
            expected: token(&right.job, answer.job.is_some(), "a number that no job has had"),
            actual: answer.job.as_ref().map(text),
            source: None,
        });
    }
    mismatches.extend(transaction::differences(answer, right));
    for (stat, wanted, told) in right.wrong_stats(answer) {
        mismatches.push(Mismatch {
            path: Spot::from(operation.stats.get(&stat).map_or("stats", |one| one.text())),
            expected: Expected::Value(text(wanted)),
            actual: Some(text(told)),
            source: None,
        });
    }
    mismatches
}
