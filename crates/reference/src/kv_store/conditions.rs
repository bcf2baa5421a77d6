//! The headers that say whether and how often a write happens: If-Match, If-None-Match, Idempotency-Key; and ETags, to
//! which the first two refer (RFC 9110, 8.8.3 and 13.1).

use std::time::{SystemTime, UNIX_EPOCH};

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use super::bug::Bug;
use super::groups::INDEX_BITS;
use super::record::{Condition, RequestId};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A header that is not understood. Writing as if it were not there would be the one wrong thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadHeader {
    Condition,
    Id,
}

/// The tag of a version.
pub(super) fn etag(version: u64, bug: Bug) -> String {
    let version = opaque(version);
    match bug {
        Bug::EtagWithoutQuotes => version,
        Bug::EtagIsWeak => format!("W/\"{version}\""),
        _ => format!("\"{version}\""),
    }
}

/// What is between the quotes: the place in the log, and in front of it, for a key that was moved, the move that brought
/// it.
pub(super) fn opaque(version: u64) -> String {
    match version >> INDEX_BITS {
        0 => version.to_string(),
        moved => format!("{moved}.{}", version & ((1 << INDEX_BITS) - 1)),
    }
}

/// The version with this tag; 0, which no value has, for a tag that was never given.
pub(super) fn version(tag: &str) -> u64 {
    let (moved, index) = tag.split_once('.').unwrap_or(("0", tag));
    let version =
        moved.parse().ok().zip(index.parse().ok()).map(|(moved, index): (u64, u64)| moved << INDEX_BITS | index);
    version.filter(|version| opaque(*version) == tag).unwrap_or(0)
}

/// The condition that a write carries: at most one, with one tag.
pub(super) fn condition(headers: &HeaderMap, bug: Bug) -> Result<Condition, BadHeader> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    match (text(IF_MATCH), text(IF_NONE_MATCH)) {
        (None, None) => Ok(Condition::None),
        (Some(tag), None) => {
            let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            let tag = tag.filter(|tag| !tag.contains('"')).ok_or(BadHeader::Condition)?;
            let tag = if bug == Bug::EtagIsNumber { tag.trim_start_matches('0') } else { tag };
            Ok(Condition::Version(version(tag)))
        }
        (None, Some("*")) => Ok(Condition::Missing),
        _ => Err(BadHeader::Condition),
    }
}

/// The name of a request, where the client gave it one.
pub(super) fn request_id(headers: &HeaderMap) -> Result<Option<RequestId>, BadHeader> {
    let Some(id) = headers.get(IDEMPOTENCY_KEY).map(HeaderValue::as_bytes) else { return Ok(None) };
    let letters = id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if !letters || !(1..=64).contains(&id.len()) {
        return Err(BadHeader::Id);
    }
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(Some(RequestId { id: String::from_utf8_lossy(id).into(), at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_condition_is_one_tag_or_that_the_key_is_missing() {
        let rows = [
            (vec![], Ok(Condition::None)),
            (vec![("if-match", "\"17\"")], Ok(Condition::Version(17))),
            (vec![("if-none-match", "*")], Ok(Condition::Missing)),
            // Tags that were never given, though they look like one that was.
            (vec![("if-match", "\"017\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "\"+17\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "\"3.17\"")], Ok(Condition::Version(3 << INDEX_BITS | 17))),
            (vec![("if-match", "\"0.17\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "\"3.017\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "\"99999999.17\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "\"a tag\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "\"\"")], Ok(Condition::Version(0))),
            (vec![("if-match", "17")], Err(BadHeader::Condition)),
            (vec![("if-match", "W/\"17\"")], Err(BadHeader::Condition)),
            (vec![("if-match", "\"17\", \"18\"")], Err(BadHeader::Condition)),
            (vec![("if-match", "*")], Err(BadHeader::Condition)),
            (vec![("if-none-match", "\"17\"")], Err(BadHeader::Condition)),
            (vec![("if-match", "\"17\""), ("if-none-match", "*")], Err(BadHeader::Condition)),
        ];
        for (given, expected) in rows {
            assert_eq!(condition(&headers(&given), Bug::None), expected, "{given:?}");
        }
        assert_eq!(
            condition(&headers(&[("if-match", etag(u64::MAX, Bug::None).leak())]), Bug::None),
            Ok(Condition::Version(u64::MAX))
        );
    }

    #[test]
    fn an_id_has_1_to_64_letters_digits_and_hyphens() {
        assert_eq!(request_id(&headers(&[])), Ok(None));
        let longest = "aZ9-".repeat(16);
        for id in ["1", longest.leak()] {
            let given = request_id(&headers(&[("idempotency-key", id)])).unwrap().unwrap();
            assert_eq!(&*given.id, id);
        }
        for id in ["", "a b", "\"a\"", "a_b", "x".repeat(65).leak()] {
            assert_eq!(request_id(&headers(&[("idempotency-key", id)])), Err(BadHeader::Id), "{id:?}");
        }
    }
}
