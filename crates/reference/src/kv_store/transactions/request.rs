//! Transactions as clients write and read them, in JSON.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::conditions;
use super::ops::{Op, Seen};

/// The most operations in one transaction.
const MOST: usize = 16;

/// Reads `{"ops":[…]}`. `is_key` says what can be a key. `None` for anything else.
pub(in super::super) fn parse(body: &[u8], is_key: impl Fn(&str) -> bool) -> Option<Vec<Op>> {
    let mut body: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let Some(Value::Array(list)) = body.remove("ops") else { return None };
    if !body.is_empty() || !(1..=MOST).contains(&list.len()) {
        return None;
    }
    let mut ops: Vec<Op> = Vec::with_capacity(list.len());
    for one in list {
        let Value::Object(fields) = one else { return None };
        let op = parse_op(fields).filter(|op| is_key(op.key()))?;
        // Checks are about what was there before.
        let written = ops.iter().any(|earlier| earlier.writes() && earlier.key() == op.key());
        if written && matches!(op, Op::Check { .. }) {
            return None;
        }
        ops.push(op);
    }
    Some(ops)
}

fn parse_op(mut fields: Map<String, Value>) -> Option<Op> {
    let mut text = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Some(Arc::<str>::from(text)),
        other => {
            // Put back what was no text: it must not pass for missing.
            fields.extend(other.map(|other| (name.to_owned(), other)));
            None
        }
    };
    let [get, put, append, delete, check] = ["get", "put", "append", "delete", "check"].map(&mut text);
    let (value, etag) = (text("value").filter(|value| !value.is_empty()), text("etag"));
    let missing = fields.remove("etag");
    if !fields.is_empty() {
        return None;
    }
    let op = match (get, put, append, delete, check) {
        (Some(key), None, None, None, None) => Op::Get { key },
        (None, Some(key), None, None, None) => Op::Put { key, value: value.clone()? },
        (None, None, Some(key), None, None) => Op::Append { key, value: value.clone()? },
        (None, None, None, Some(key), None) => Op::Delete { key },
        (None, None, None, None, Some(key)) => match (&etag, &missing) {
            (Some(etag), None) => Op::Check { key, version: Some(conditions::version(etag)) },
            (None, Some(Value::Null)) => Op::Check { key, version: None },
            _ => return None,
        },
        _ => return None,
    };
    let (takes_value, takes_etag) =
        (matches!(op, Op::Put { .. } | Op::Append { .. }), matches!(op, Op::Check { .. }));
    let fits = value.is_some() == takes_value && (etag.is_some() || missing.is_some()) == takes_etag;
    fits.then_some(op)
}

/// The answer to one that was done.
pub(in super::super) fn answer(results: &[Seen]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Answer<'a> {
        results: Vec<Result<'a>>,
    }
    #[derive(Serialize)]
    struct Result<'a> {
        value: Option<&'a str>,
        etag: Option<String>,
    }
    let result = |seen: &'_ Seen| seen.version.map(conditions::opaque);
    let results = results.iter().map(|seen| Result { value: seen.value.as_deref(), etag: result(seen) }).collect();
    // Strings: nothing in it can fail to become JSON.
    serde_json::to_vec(&Answer { results }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(ops: &str) -> Option<Vec<Op>> {
        parse(format!("{{\"ops\":[{ops}]}}").as_bytes(), |key| !key.is_empty() && !key.contains(' '))
    }

    #[test]
    fn every_operation_is_understood() {
        let ops = r#"{"check":"a","etag":"7"},{"check":"b","etag":null},{"get":"a"},{"put":"a","value":"1\n"},
            {"value":"x","append":"b"},{"delete":"c"}"#;
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let expected = vec![
            Op::Check { key: a.clone(), version: Some(7) },
            Op::Check { key: b.clone(), version: None },
            Op::Get { key: a.clone() },
            Op::Put { key: a, value: "1\n".into() },
            Op::Append { key: b, value: "x".into() },
            Op::Delete { key: "c".into() },
        ];
        assert_eq!(parsed(ops), Some(expected));
    }

    #[test]
    fn anything_else_is_refused() {
        let get = r#"{"get":"a"}"#;
        assert!(parsed(&[get; 16].join(",")).is_some());
        let seventeen = [get; 17].join(",");
        let bad = [
            "",
            &seventeen,
            "7",
            "{}",
            r#"{"get":""}"#,
            r#"{"get":"a b"}"#,
            r#"{"get":7}"#,
            r#"{"get":"a","value":"1"}"#,
            r#"{"get":"a","delete":"b"}"#,
            r#"{"put":"a"}"#,
            r#"{"put":"a","value":""}"#,
            r#"{"put":"a","value":7}"#,
            r#"{"put":"a","value":"1","etag":"1"}"#,
            r#"{"check":"a"}"#,
            r#"{"check":"a","etag":7}"#,
            r#"{"increment":"a"}"#,
            r#"{"put":"a","value":"1"},{"check":"a","etag":null}"#,
        ];
        for ops in bad {
            assert_eq!(parsed(ops), None, "{ops}");
        }
        for body in ["", "{}", "[]", r#"{"ops":{}}"#, r#"{"ops":[{"get":"a"}],"more":1}"#] {
            assert_eq!(parse(body.as_bytes(), |_| true), None, "{body}");
        }
    }

    #[test]
    fn an_answer_has_a_result_for_each() {
        let seen = |value: &str, version| Seen { value: Some(value.into()), version: Some(version) };
        let answer = answer(&[seen("a\"\n", 7), Seen::default()]);
        let expected = r#"{"results":[{"value":"a\"\n","etag":"7"},{"value":null,"etag":null}]}"#;
        assert_eq!(String::from_utf8(answer).unwrap(), expected);
    }
}
