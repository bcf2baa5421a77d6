//! The answers that gave an ETag by which a request was refused that names it: the program knows the ETag, and compares
//! with another one.

use std::time::Duration;

use super::fact::{Asked, Entry};
use crate::facts::{Answered, Operation};

/// An answer that gave the ETag.
#[derive(Debug, Clone)]
pub struct Given {
    pub node: String,
    pub method: String,
    pub at: Duration,
}

/// The first and the last answer that gave it, since the path was written.
#[derive(Debug, Clone)]
pub struct Tagged {
    pub first: Given,
    /// None if it is the first.
    pub last: Option<Given>,
    /// The last request of that kind that was done because its ETag fitted.
    pub fitted: Option<Fitted>,
}

/// A request that named an ETag by which it was not refused.
#[derive(Debug, Clone)]
pub struct Fitted {
    pub asked: Asked,
    pub at: Duration,
    pub node: String,
    /// The first thing that was done to nodes or links after that.
    pub before: Option<Entry>,
}

impl Fitted {
    fn of(method: &str, entries: &[&Entry], until: Duration) -> Option<Fitted> {
        let fits = |entry: &&Entry| {
            let asked = entry.request().filter(|asked| asked.method == method && asked.needs.is_some());
            entry.end() <= until && asked.is_some_and(|asked| matches!(asked.answered, Ok(200..300)))
        };
        let place = entries.iter().rposition(fits)?;
        let entry = entries[place];
        let before = entries[place..].iter().find(|entry| entry.is_deed()).map(|entry| Entry::clone(entry));
        Some(Fitted { asked: entry.request()?.clone(), at: entry.at, node: entry.nodes.last()?.clone(), before })
    }
}

impl Tagged {
    /// `entries` are those of the test in order, up to the one request that failed.
    pub(super) fn of(failed: &[&Operation], entries: &[&Entry]) -> Option<Tagged> {
        let [failed] = failed else { return None };
        let tag = refused_for(failed)?;
        let failed = Entry::from_operation(failed);
        let item = failed.request()?.item();
        let on_it = |entry: &&Entry| {
            let asked = entry.request().filter(|asked| asked.item() == item)?;
            (!entry.wrong && entry.end() <= failed.at).then(|| (entry.nodes.last().cloned(), asked.clone(), entry.at))
        };
        let asked: Vec<(Option<String>, Asked, Duration)> = entries.iter().filter_map(on_it).collect();
        // From the last write on, every answer with an ETag gave this one.
        let written = asked.iter().rposition(|(_, asked, _)| asked.is_write()).unwrap_or(0);
        let since = &asked[written..];
        if since.iter().any(|(_, asked, _)| asked.etag.as_ref().is_some_and(|other| *other != tag)) {
            return None;
        }
        let gave = since.iter().filter(|(_, asked, _)| asked.etag.is_some());
        let mut given = gave.filter_map(|(node, asked, at)| {
            Some(Given { node: node.clone()?, method: asked.method.clone(), at: *at })
        });
        let fitted = Fitted::of(&failed.request()?.method, entries, failed.at);
        Some(Tagged { first: given.next()?, last: given.next_back(), fitted })
    }
}

/// The ETag of an `If-Match` that was answered 412.
fn refused_for(operation: &Operation) -> Option<String> {
    let Answered::Answer(answer) = &operation.result else { return None };
    let tag = operation.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("if-match"));
    tag.filter(|_| answer.status == 412).map(|(_, tag)| tag.clone())
}
