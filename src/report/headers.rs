//! The headers of a request that say what it asks for: its name, its condition. Two requests for one path that differ in
//! nothing else differ in these.

use std::collections::BTreeSet;

use super::curl::is_own;
use super::fact::Asked;
use crate::facts::Operation;
use crate::text::{clean, cut, width};

/// These say who asks, and are nobody else's business.
const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];
/// Columns of a value, the most first: as many as leave room for all on their lines.
const VALUE: [usize; 4] = [40, 24, 12, 8];

/// A name and its value.
pub(super) type Header = (String, String);

/// Those that the test has set, without what is sent with every request.
pub(super) fn telling(operation: &Operation) -> Vec<Header> {
    let tells = |(name, _): &&Header| !is_own(name) && !SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    operation.headers.iter().filter(tells).cloned().collect()
}

/// What all of these requests have in common, if they are several.
pub(super) fn shared<'a>(asked: &[&'a Asked]) -> Vec<&'a Header> {
    let [first, others @ ..] = asked else { return Vec::new() };
    let in_all = |header: &&Header| !others.is_empty() && others.iter().all(|other| other.headers.contains(header));
    first.headers.iter().filter(in_all).collect()
}

/// `If-None-Match: *, Idempotency-Key: tq2xpuv…`
pub(super) fn words<'a>(headers: impl IntoIterator<Item = &'a Header>, value: usize) -> String {
    let header = |(name, text): &Header| format!("{}: {}", clean(name), cut(&clean(text), value));
    headers.into_iter().map(header).collect::<Vec<_>>().join(", ")
}

/// Columns for each value, so that all of these rows have room, or as many as can. Values look different
/// that differ within the most columns of a value.
pub(super) fn columns(rows: &[&[Header]], room: usize) -> usize {
    let values: BTreeSet<&str> = rows.iter().flat_map(|row| row.iter()).map(|(_, value)| value.as_str()).collect();
    let differ = |most: &usize| {
        let shown: BTreeSet<String> = values.iter().map(|value| cut(&clean(value), *most)).collect();
        shown.len() == values.len()
    };
    let fit = |most: &usize| rows.iter().all(|row| width(&words(*row, *most)) <= room);
    let able: Vec<usize> = VALUE.into_iter().filter(differ).collect();
    let fitting = able.iter().copied().find(fit);
    fitting.or(able.last().copied()).unwrap_or(VALUE[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answered, Cause};

    fn header(name: &str, value: &str) -> Header {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn what_every_request_has_and_who_asks_are_left_out() {
        let result = Answered::NoAnswer { cause: Cause::Closed, detail: String::new(), part: None, starved: false };
        let headers = vec![
            header("Content-Type", "text/plain"),
            header("If-Match", "\"7\""),
            header("authorization", "Bearer of news"),
        ];
        let operation = Operation { headers, ..Operation::example("PUT", result) };
        assert_eq!(telling(&operation), [header("If-Match", "\"7\"")]);
    }

    #[test]
    fn values_are_cut_to_fit_and_never_to_look_the_same() {
        let (one, other) = ([header("Key", "abcdefghijklmnop")], [header("Key", "zbcdefghijklmnop")]);
        assert_eq!(columns(&[&one, &other], 30), 40);
        assert_eq!(columns(&[&one, &other], 17), 12);
        assert_eq!(words(&one, columns(&[&one, &other], 17)), "Key: abcdefghijk…");
        let like = [header("Key", "abcdefghijklmnoq")];
        assert_eq!(columns(&[&one, &like], 17), 24, "they differ in the last letter");
        assert_eq!(columns(&[&one, &one], 2), 8, "one of them has no room at all");
    }
}
