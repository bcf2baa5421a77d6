//! From a path to what it names.

use std::sync::Arc;

use super::bug::Bug;
use super::groups::ASKS;
use super::replicated::MESSAGES;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `/kv/{key}`
    Key(Arc<str>),
    /// `/kv/`
    EmptyKey,
    /// `/kv/` and something that cannot be a key.
    InvalidKey,
    /// `/clear`
    Clear,
    /// `/cluster/info`
    ClusterInfo,
    /// `/cluster/members`
    Members,
    /// `/cluster/members/{id}`
    Member(Arc<str>),
    /// `/cluster/locate/{key}`
    Locate(Arc<str>),
    /// `/txn`
    Transaction,
    /// `/cluster/groups`
    Groups,
    /// `/cluster/groups/{group}`
    Group(Arc<str>),
    /// Where nodes of other groups ask.
    Asks,
    /// Where peers send what they have to say.
    Messages,
    Unknown,
}

/// What `path` names, as it stands in the request line, without the query.
pub(super) fn route(path: &str, bug: Bug) -> Route {
    if path == "/clear" {
        return Route::Clear;
    }
    if path == "/cluster/info" {
        return Route::ClusterInfo;
    }
    if path == "/cluster/members" {
        return Route::Members;
    }
    if let Some(id) = path.strip_prefix("/cluster/members/").and_then(percent_decode).filter(|id| !id.is_empty()) {
        return Route::Member(id.into());
    }
    if path == "/txn" {
        return Route::Transaction;
    }
    if path == "/cluster/groups" {
        return Route::Groups;
    }
    if let Some(group) = path.strip_prefix("/cluster/groups/").and_then(percent_decode).filter(|id| !id.is_empty()) {
        return Route::Group(group.into());
    }
    if path == ASKS {
        return Route::Asks;
    }
    if let Some(key) = path.strip_prefix("/cluster/locate/").and_then(percent_decode).filter(|key| is_key(key)) {
        return Route::Locate(key.into());
    }
    if path == MESSAGES {
        return Route::Messages;
    }
    match path.strip_prefix("/kv/") {
        None => Route::Unknown,
        Some("") if bug == Bug::EmptyKey404 => Route::Unknown,
        Some("") => Route::EmptyKey,
        Some(key) => key_route(key, bug),
    }
}

fn key_route(encoded: &str, bug: Bug) -> Route {
    let Some(mut key) = percent_decode(encoded).filter(|key| is_key(key)) else {
        return Route::InvalidKey;
    };
    if bug == Bug::WordKeysOnly && !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Route::Unknown;
    }
    if bug == Bug::KeysCaseFolded {
        key.make_ascii_lowercase();
    }
    if bug == Bug::KeyCutAt100 {
        key.truncate(100);
    }
    Route::Key(key.into())
}

/// 1 to 200 of `[A-Za-z0-9:_.-]`. Not `.` or `..`: clients take those for steps in the path.
pub(super) fn is_key(key: &str) -> bool {
    (1..=200).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_.-".contains(&byte))
        && key != "."
        && key != ".."
}

/// `None` for a `%` without two hex digits, or bytes that are not text.
fn percent_decode(encoded: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (&[high, low], after) = rest.split_first_chunk::<2>()?;
            let (high, low) = (char::from(high).to_digit(16)?, char::from(low).to_digit(16)?);
            decoded.push((high * 16 + low) as u8);
            rest = after;
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Route) {
        assert_eq!(route(path, Bug::None), expected, "{path}");
    }

    #[test]
    fn paths_name_what_they_should() {
        check("/clear", Route::Clear);
        check("/kv/", Route::EmptyKey);
        check("/kv/a:b_C.-9", Route::Key("a:b_C.-9".into()));
        check("/cluster/members", Route::Members);
        check("/cluster/members/n4", Route::Member("n4".into()));
        check("/cluster/members/", Route::Unknown);
        check("/cluster/locate/a%3Ab", Route::Locate("a:b".into()));
        check("/cluster/locate/", Route::Unknown);
        check("/cluster/groups", Route::Groups);
        check("/cluster/groups/g3", Route::Group("g3".into()));
        check(&format!("/kv/{}", "k".repeat(200)), Route::Key("k".repeat(200).into()));
        for path in ["/", "", "/kv", "/clear/", "/kvx", "/KV/a", "*"] {
            check(path, Route::Unknown);
        }
        let long = format!("/kv/{}", "k".repeat(201));
        for path in ["/kv/a/b", "/kv/a%20b", "/kv/.", "/kv/..", "/kv/a+b", &long] {
            check(path, Route::InvalidKey);
        }
    }

    #[test]
    fn an_encoded_key_is_the_key() {
        check("/kv/a%3Ab%3a", Route::Key("a:b:".into()));
        check("/kv/%41", Route::Key("A".into()));
        for path in ["/kv/%", "/kv/%4", "/kv/%zz", "/kv/%+1", "/kv/%00", "/kv/%ff", "/kv/%2F"] {
            check(path, Route::InvalidKey);
        }
    }
}
