//! The facts of a running test, as they are kept until its outcome is known. None of them has words yet.

use std::time::Duration;

use super::exchange::Exchange;
use super::headers::{Header, telling};
use crate::facts::{Answered, Cause, Given, Item, Links, Load, NodeEventKind, Operation, OperationId, Speech, Verb};
use crate::text::beginning;

/// Bytes that are kept of an answer's body.
const BODY: usize = 60;
/// A longer body of a request is not kept.
const SENT: usize = 200;

/// A fact of a test.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When it was reported.
    pub at: Duration,
    /// When what it reports began: a start is reported once the node is ready, but its first lines were printed before
    /// that.
    pub began: Duration,
    pub fact: Fact,
    /// The nodes it belongs to: for a request that was redirected, all that were asked.
    pub nodes: Vec<String>,
    /// This is what failed.
    pub wrong: bool,
}

#[derive(Debug, Clone)]
pub enum Fact {
    Request(Asked),
    Spoken {
        connection: String,
        what: Speech,
        about: Vec<Item>,
        changes: bool,
        given: Vec<Given>,
    },
    /// What was said on a connection, with what came.
    Exchange(Exchange),
    Node(NodeEventKind),
    Links(Links),
    /// What a node says of itself.
    Says(String),
    /// What nodes last said; nodes that said the same are listed together.
    SaidLast(Vec<(Vec<String>, String)>),
    Silent,
    AnswersAgain,
    Note(String),
    Load(Load),
}

/// A request, with its redirects from the first node that was asked to the answer of the last.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: Option<OperationId>,
    pub method: String,
    pub path: String,
    /// How the nodes answered that redirected it, in order.
    pub redirected: Vec<u16>,
    pub answered: Result<u16, Cause>,
    /// Its headers that say what it asks for.
    pub headers: Vec<Header>,
    /// What the request's If-Match names.
    pub needs: Option<String>,
    /// The answer's.
    pub etag: Option<String>,
    /// The beginning of the answer's body, and how long all of it is.
    pub body: String,
    pub bytes: usize,
    /// The body of the request, where it is short.
    pub sent: Option<String>,
    pub took: Duration,
}

impl Asked {
    pub(super) fn is_write(&self) -> bool {
        writes(&self.method)
    }

    /// The name that makes a repeat of it known as one.
    pub(super) fn name(&self) -> Option<&str> {
        let name = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
        name.map(|(_, name)| name.as_str())
    }

    /// What was read or written: the path without its query, which says how.
    pub(super) fn item(&self) -> &str {
        without_query(&self.path)
    }

    /// The path without its last part: what several keys, members or groups have in common.
    pub(super) fn place(&self) -> &str {
        let path = self.item();
        path.rsplit_once('/').map_or(path, |(place, _)| place)
    }
}

/// Whether a request with this method may change something.
pub(super) fn writes(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD")
}

pub(super) fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// What facts must have in common to share a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Request,
    Spoken,
    /// Something that was done to nodes or links, or that a node did.
    Deed(Verb),
    Says,
    Silent,
    AnswersAgain,
    Note,
    Load,
}

impl Fact {
    pub(super) fn sort(&self) -> Sort {
        match self {
            Fact::Request(_) => Sort::Request,
            Fact::Spoken { .. } | Fact::Exchange(_) => Sort::Spoken,
            Fact::Node(what) => Sort::Deed(Verb::from_event(what)),
            Fact::Links(links) => Sort::Deed(links.verb),
            Fact::Says(_) | Fact::SaidLast(_) => Sort::Says,
            Fact::Silent => Sort::Silent,
            Fact::AnswersAgain => Sort::AnswersAgain,
            Fact::Note(_) => Sort::Note,
            Fact::Load(_) => Sort::Load,
        }
    }
}

impl Entry {
    pub(super) fn new(at: Duration, fact: Fact, nodes: Vec<String>) -> Self {
        Self { at, began: at, fact, nodes, wrong: false }
    }

    pub(super) fn from_operation(operation: &Operation) -> Self {
        let first = operation.hops.first();
        let called = first.map_or(operation.called, |hop| hop.called);
        let nodes = operation.hops.iter().map(|hop| &hop.node).chain([&operation.node]).cloned().collect();
        let body = match &operation.result {
            Answered::Answer(answer) => Some(&answer.body),
            Answered::NoAnswer { .. } => None,
        };
        let etag = match &operation.result {
            Answered::Answer(answer) => answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("etag")),
            Answered::NoAnswer { .. } => None,
        };
        let needs = operation.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("if-match"));
        let asked = Asked {
            id: operation.id,
            method: operation.method.clone(),
            path: first.map_or(&operation.path, |hop| &hop.path).clone(),
            answered: match &operation.result {
                Answered::Answer(answer) => Ok(answer.status),
                Answered::NoAnswer { cause, .. } => Err(*cause),
            },
            headers: telling(operation),
            needs: needs.map(|(_, tag)| tag.clone()),
            etag: etag.map(|(_, tag)| tag.clone()),
            redirected: operation.hops.iter().map(|hop| hop.status).collect(),
            body: body.map(|body| beginning(body.text.as_bytes(), BODY)).unwrap_or_default(),
            bytes: body.map_or(0, |body| body.bytes),
            sent: operation.body.as_ref().filter(|sent| sent.bytes <= SENT).map(|sent| sent.text.clone()),
            took: (operation.called + operation.took).saturating_sub(called),
        };
        Self::new(called, Fact::Request(asked), nodes)
    }

    pub(super) fn request(&self) -> Option<&Asked> {
        match &self.fact {
            Fact::Request(asked) => Some(asked),
            _ => None,
        }
    }

    pub(super) fn is_request(&self) -> bool {
        self.request().is_some()
    }

    /// The connection on which it was said or heard, if it was.
    pub(super) fn connection(&self) -> Option<&str> {
        match &self.fact {
            Fact::Spoken { connection, .. } => Some(connection),
            Fact::Exchange(exchange) => Some(&exchange.connection),
            _ => None,
        }
    }

    pub(super) fn exchange(&self) -> Option<&Exchange> {
        match &self.fact {
            Fact::Exchange(exchange) => Some(exchange),
            _ => None,
        }
    }

    /// The items that it is about, where it is part of a conversation.
    pub(super) fn about(&self) -> &[Item] {
        match &self.fact {
            Fact::Spoken { about, .. } => about,
            Fact::Exchange(exchange) => &exchange.about,
            _ => &[],
        }
    }

    pub(super) fn is_spoken(&self) -> bool {
        self.connection().is_some()
    }

    /// It was done to nodes or links, or it is the state that they are in since.
    pub(super) fn is_deed(&self) -> bool {
        matches!(self.fact.sort(), Sort::Deed(_) | Sort::Silent | Sort::AnswersAgain)
    }

    pub(super) fn end(&self) -> Duration {
        self.began + self.request().map(|asked| asked.took).unwrap_or_default()
    }
}
