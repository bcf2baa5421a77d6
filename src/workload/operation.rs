//! The operations of a pack, made ready: what is sent for each, and what its answers mean.

use bytes::Bytes;
use history::{Action, Text};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request};
use serde_json::Value as Json;

use super::Sent;
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
    /// Done. Of a read: what was read, and the version to compare with.
    Done {
        value: Option<Text>,
        version: Option<Text>,
    },
    No,
    Unmet,
    /// Nothing: it may have been done.
    Open,
}

/// What is new in a request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filling<'a> {
    pub(super) key: &'a str,
    pub(super) value: Option<&'a str>,
    pub(super) version: Option<&'a str>,
}

/// A request on its way; a redirect gives it another path.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) path: String,
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
        })
    }

    /// The request. An error is the pack's.
    pub(super) fn request(&self, filling: Filling<'_>) -> Result<Outgoing, String> {
        let scope = filling.scope();
        let text = |template: &Template| template.text(&scope).map_err(|error| error.to_string());
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
        Ok(Outgoing { method: self.method.clone(), path: text(&self.path)?, headers, body })
    }

    pub(super) fn meaning(&self, answer: Answer<'_>) -> Meaning {
        let fits = |expects: &[Expect<Json>]| expects.iter().any(|expect| answer.fits(expect));
        if fits(&self.absent) {
            return Meaning::Done { value: None, version: None };
        }
        if fits(&self.ok) {
            let Some(seen) = &self.value else { return Meaning::Done { value: None, version: None } };
            // An answer without a value says nothing.
            let Some(value) = seen.of(answer) else { return Meaning::Open };
            return Meaning::Done {
                value: Some(value),
                version: self.version.as_ref().and_then(|seen| seen.of(answer)),
            };
        }
        if fits(&self.unmet) {
            return Meaning::Unmet;
        }
        if fits(&self.no) { Meaning::No } else { Meaning::Open }
    }
}

impl Seen {
    fn new(expression: &Expression) -> Self {
        Self { expression: expression.clone(), names: expression.names() }
    }

    fn of(&self, answer: Answer<'_>) -> Option<Text> {
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
        Some(self.expression.eval(&scope).ok()?.to_string().into())
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
        Action::Put { .. } | Action::Take { .. } | Action::Ack { .. } => return None,
        Action::Transaction { .. } | Action::Transfer { .. } | Action::Balances { .. } => return None,
    };
    let compiled = operations.iter().find(|compiled| compiled.kind == kind)?;
    // A history does not hold versions, and no report shows the headers that carry them.
    let scope = Filling { key: &operation.key, value: value.as_deref(), version: None }.scope();
    let body = compiled.body.as_ref().and_then(|body| body.text(&scope).ok());
    Some(Sent { method: compiled.method.to_string(), path: compiled.path.text(&scope).ok()?, body })
}
