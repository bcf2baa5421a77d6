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
        Some(Tagged { first: given.next()?, last: given.next_back() })
    }
}

/// The ETag of an `If-Match` that was answered 412.
fn refused_for(operation: &Operation) -> Option<String> {
    let Answered::Answer(answer) = &operation.result else { return None };
    let tag = operation.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("if-match"));
    tag.filter(|_| answer.status == 412).map(|(_, tag)| tag.clone())
}
