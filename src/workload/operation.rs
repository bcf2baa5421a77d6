//! The operations of a pack, made ready: what is sent for each, and what its answers mean.

use bytes::Bytes;
use history::{Action, Text};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request};
use serde_json::Value as Json;

use super::Sent;
use super::work::parts;
use crate::scenario::Expect;
use crate::scenario::answer::Answer;
use crate::scenario::draw::Draw;
use crate::scenario::expr::{Expression, Scope};
use crate::scenario::load::{self, Kind};
use crate::scenario::template::{Data, Template};

/// One kind of operation.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) kind: Kind,
    method: Method,
    path: Template,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Template>,
    ok: Vec<Expect<Json>>,
    no: Vec<Expect<Json>>,
    unmet: Vec<Expect<Json>>,
    absent: Vec<Expect<Json>>,
    value: Option<Seen>,
    version: Option<Seen>,
    steps: Option<Steps>,
}

/// The steps of a transaction.
#[derive(Debug)]
struct Steps {
    get: Template,
    append: Template,
    check: Option<Template>,
    put: Option<Template>,
    values: Seen,
    versions: Option<Seen>,
}

/// An expression over an answer, and the names that it needs of it.
#[derive(Debug)]
struct Seen {
    expression: Expression,
    names: Vec<String>,
}

/// What an answer says of the operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Done. Of a read one, of a transaction one for each step, of anything else none.
    Done(Vec<Held>),
    No,
    Unmet,
    /// Nothing: it may have been done.
    Open,
}

/// What a key holds, and the version to compare with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) value: Option<Text>,
    pub(super) version: Option<Text>,
}

/// What is new in a request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filling<'a> {
    pub(super) key: &'a str,
    pub(super) value: Option<&'a str>,
    pub(super) version: Option<&'a str>,
}

/// One step of a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    Get { key: &'a str },
    Append { key: &'a str, element: &'a str },
    Check { key: &'a str, version: Option<&'a str> },
    Put { key: &'a str, value: &'a str },
}

/// A request on its way; a redirect gives it another path.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) path: String,
    /// Of a transaction: how many.
    steps: usize,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
}

impl Filling<'_> {
    fn scope(&self) -> Scope {
        let mut scope = Scope::new(Draw::new(""));
        scope.set("key", self.key);
        if let Some(value) = self.value {
            scope.set("value", value);
        }
        if let Some(version) = self.version {
            scope.set("version", version);
        }
        scope
    }
}

impl Compiled {
    pub(super) fn new(kind: Kind, operation: &load::Operation) -> Result<Self, String> {
        let nothing = Scope::new(Draw::new(""));
        let resolve = |expects: &[Expect<Data>]| -> Result<Vec<Expect<Json>>, String> {
            expects.iter().map(|expect| expect.resolve(&nothing).map_err(|error| error.to_string())).collect()
        };
        let load::Request::Http { method, path, headers, body } = &operation.request;
        let header = |(name, value): &(String, Template)| {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not the name of a header"))?;
            Ok((name, value.clone()))
        };
        Ok(Self {
            kind,
            method: Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?,
            path: path.clone(),
            headers: headers.iter().map(header).collect::<Result<_, String>>()?,
            body: body.clone(),
            ok: resolve(&operation.ok)?,
            no: resolve(&operation.no)?,
            unmet: resolve(&operation.unmet)?,
            absent: resolve(&operation.absent)?,
            value: operation.value.as_ref().map(Seen::new),
            version: operation.version.as_ref().map(Seen::new),
            steps: operation.steps.as_ref().map(Steps::new),
        })
    }

    /// The request. An error is the pack's.
    pub(super) fn request(&self, filling: Filling<'_>) -> Result<Outgoing, String> {
        self.filled(&filling.scope())
    }

    /// The request of a transaction.
    pub(super) fn transaction(&self, parts: &[Part<'_>]) -> Result<Outgoing, String> {
        let scope = self.steps_scope(parts)?;
        Ok(Outgoing { steps: parts.len(), ..self.filled(&scope)? })
    }

    /// What the texts of a transaction see.
    fn steps_scope(&self, parts: &[Part<'_>]) -> Result<Scope, String> {
        let steps = self.steps.as_ref().ok_or("the pack does not say what the steps of a transaction are")?;
        let texts: Vec<String> = parts.iter().map(|part| steps.text(*part)).collect::<Result<_, String>>()?;
        let mut scope = Scope::new(Draw::new(""));
        scope.set("steps", texts.join(","));
        Ok(scope)
    }

    fn filled(&self, scope: &Scope) -> Result<Outgoing, String> {
        let text = |template: &Template| template.text(scope).map_err(|error| error.to_string());
        let mut headers = Vec::with_capacity(self.headers.len() + 1);
        for (name, value) in &self.headers {
            let value = text(value)?;
            let value = HeaderValue::from_str(&value).map_err(|_| format!("`{value}` cannot be sent in a header"))?;
            headers.push((name.clone(), value));
        }
        let body = self.body.as_ref().map(text).transpose()?.map(Bytes::from);
        if body.is_some() && !headers.iter().any(|(name, _)| *name == CONTENT_TYPE) {
            headers.push((CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")));
        }
        Ok(Outgoing { method: self.method.clone(), path: text(&self.path)?, steps: 0, headers, body })
    }

    /// What an answer to this request means.
    pub(super) fn meaning(&self, answer: Answer<'_>, outgoing: &Outgoing) -> Meaning {
        let fits = |expects: &[Expect<Json>]| expects.iter().any(|expect| answer.fits(expect));
        if fits(&self.absent) {
            return Meaning::Done(vec![Held::default()]);
        }
        if fits(&self.ok) {
            // An answer without what was asked for says nothing.
            return self.held(answer, outgoing.steps).map_or(Meaning::Open, Meaning::Done);
        }
        if fits(&self.unmet) {
            return Meaning::Unmet;
        }
        if fits(&self.no) { Meaning::No } else { Meaning::Open }
    }

    fn held(&self, answer: Answer<'_>, count: usize) -> Option<Vec<Held>> {
        if let Some(steps) = &self.steps {
            let values = steps.values.each_of(answer).filter(|values| values.len() == count)?;
            let versions = steps.versions.as_ref().and_then(|seen| seen.each_of(answer)).unwrap_or_default();
            let versions = versions.into_iter().chain(std::iter::repeat(None));
            return Some(values.into_iter().zip(versions).map(|(value, version)| Held { value, version }).collect());
        }
        let Some(seen) = &self.value else { return Some(Vec::new()) };
        let version = self.version.as_ref().and_then(|seen| seen.of(answer));
        Some(vec![Held { value: Some(seen.of(answer)?), version }])
    }
}

impl Steps {
    fn new(steps: &load::Steps) -> Self {
        Self {
            get: steps.get.clone(),
            append: steps.append.clone(),
            check: steps.check.clone(),
            put: steps.put.clone(),
            values: Seen::new(&steps.values),
            versions: steps.versions.as_ref().map(Seen::new),
        }
    }

    fn text(&self, part: Part<'_>) -> Result<String, String> {
        let missing = |what| move || format!("the pack does not say what a step `{what}` of a transaction is");
        let mut scope = Scope::new(Draw::new(""));
        let template = match part {
            Part::Get { key } => {
                scope.set("key", key);
                &self.get
            }
            Part::Append { key, element } => {
                scope.set("key", key);
                scope.set("value", format!("{element},"));
                &self.append
            }
            Part::Check { key, version } => {
                scope.set("key", key);
                scope.set_json("version", &version.map_or(Json::Null, Json::from));
                self.check.as_ref().ok_or_else(missing("check"))?
            }
            Part::Put { key, value } => {
                scope.set("key", key);
                scope.set("value", value);
                self.put.as_ref().ok_or_else(missing("put"))?
            }
        };
        template.text(&scope).map_err(|error| error.to_string())
    }
}

impl Seen {
    fn new(expression: &Expression) -> Self {
        Self { expression: expression.clone(), names: expression.names() }
    }

    fn of(&self, answer: Answer<'_>) -> Option<Text> {
        Some(self.value(answer)?.to_string().into())
    }

    /// What a list holds, one by one; None of those are absent.
    fn each_of(&self, answer: Answer<'_>) -> Option<Vec<Option<Text>>> {
        let Ok(Json::Array(items)) = serde_json::to_value(self.value(answer)?) else { return None };
        let text = |item| match item {
            Json::Null => None,
            Json::String(text) => Some(text.into()),
            other => Some(other.to_string().into()),
        };
        Some(items.into_iter().map(text).collect())
    }

    fn value(&self, answer: Answer<'_>) -> Option<minijinja::Value> {
        let mut scope = Scope::new(Draw::new(""));
        for name in &self.names {
            match name.as_str() {
                "status" => scope.set("status", answer.status),
                "headers" => scope.set_json("headers", &answer.headers()),
                "body" => scope.set("body", String::from_utf8_lossy(answer.body).into_owned()),
                "json" => scope.set_json("json", &serde_json::from_slice::<Json>(answer.body).ok()?),
                _ => {}
            }
        }
        self.expression.eval(&scope).ok()
    }
}

impl Outgoing {
    /// The request for a node at `host`.
    pub(super) fn to(&self, host: &str) -> Result<Request<http_body_util::Full<Bytes>>, String> {
        let mut request =
            Request::builder().method(self.method.clone()).uri(&self.path).header(hyper::header::HOST, host);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = http_body_util::Full::new(self.body.clone().unwrap_or_default());
        request.body(body).map_err(|error| format!("{} {} cannot be sent: {error}", self.method, self.path))
    }
}

/// The request that was sent for an operation of a history.
pub(super) fn request_of(operations: &[Compiled], operation: &history::Operation) -> Option<Sent> {
    let (kind, value) = match &operation.action {
        Action::Read { .. } => (Kind::Read, None),
        Action::Write { value } => (Kind::Write, Some(value.clone())),
        Action::Delete => (Kind::Delete, None),
        Action::CompareAndSet { to, .. } => (Kind::CompareAndSet, to.clone()),
        Action::Transaction { .. } | Action::Balances { .. } => (Kind::Transaction, None),
        // What was checked and put is not in the history.
        Action::Transfer { .. } => return None,
        Action::Put { .. } | Action::Take { .. } | Action::Ack { .. } => return None,
    };
    let compiled = operations.iter().find(|compiled| compiled.kind == kind)?;
    let scope = match kind {
        Kind::Transaction => compiled.steps_scope(&parts(&operation.action)).ok()?,
        // A history does not hold versions: headers that carry them are left out.
        _ => Filling { key: &operation.key, value: value.as_deref(), version: None }.scope(),
    };
    let body = compiled.body.as_ref().and_then(|body| body.text(&scope).ok());
    let (same, lost): (Vec<_>, Vec<_>) = compiled.headers.iter().partition(|(_, value)| value.names().is_empty());
    let headers =
        same.into_iter().filter_map(|(name, value)| Some((name.to_string(), value.text(&scope).ok()?))).collect();
    let lost = lost.into_iter().map(|(name, _)| name.to_string()).collect();
    Some(Sent { method: compiled.method.to_string(), path: compiled.path.text(&scope).ok()?, headers, lost, body })
}
