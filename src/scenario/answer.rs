//! An HTTP answer as the language sees it: compared with what was expected, and followed where it redirects.

use std::collections::BTreeMap;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue, TRANSFER_ENCODING};
use serde_json::Value as Json;

use super::Expect;
use super::expr::{EvalError, Scope};
use super::matcher::Matcher;
use super::template::Data;
use crate::facts::{Expected, Mismatch, Spot};
use crate::text::beginning;

/// More redirects than this are taken for a loop.
pub const MAX_HOPS: usize = 5;

/// As many headers as clients accept: more than a hundred are rare but not an error.
pub const MAX_HEADERS: usize = 1000;

/// How much of a body a mismatch shows.
const SHOWN: usize = 2048;

#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    pub status: u16,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// Whether an answer says itself where it ends. One with neither a length nor chunks ends with its connection, as HTTP/1.0
/// has it.
pub fn tells_its_end(length: Option<u64>, headers: &HeaderMap) -> bool {
    let chunked =
        |coding: &HeaderValue| coding.as_bytes().to_ascii_lowercase().windows(7).any(|word| word == b"chunked");
    length.is_some() || headers.get_all(TRANSFER_ENCODING).iter().any(chunked)
}

/// Where a redirect points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Another path of the same node.
    Path(String),
    /// A port of this machine, and a path.
    Address(u16, String),
    Elsewhere,
}

impl Expect<Data> {
    /// Evaluates the expressions in it.
    pub fn resolve(&self, scope: &Scope) -> Result<Expect<Json>, EvalError> {
        let one =
            |matcher: &Option<Matcher<Data>>| matcher.as_ref().map(|matcher| matcher.resolve(scope)).transpose();
        let headers = self.headers.iter().map(|(name, matcher)| Ok((name.clone(), matcher.resolve(scope)?)));
        Ok(Expect {
            status: one(&self.status)?,
            headers: headers.collect::<Result<_, EvalError>>()?,
            body: one(&self.body)?,
            json: one(&self.json)?,
            error: one(&self.error)?,
        })
    }
}

impl Expect<Data> {
    /// The names that the expectation at a place needs.
    pub fn names_at(&self, place: &Spot) -> Vec<String> {
        let (matcher, below) = match place {
            Spot::Status => (self.status.as_ref(), String::new()),
            Spot::Error => (self.error.as_ref(), String::new()),
            Spot::Header(name) => {
                (self.headers.iter().find(|(other, _)| other == name).map(|(_, matcher)| matcher), String::new())
            }
            Spot::Body(_) => (self.body.as_ref(), String::new()),
            Spot::Inside(path) => (self.json.as_ref(), path.trim_start_matches("json").to_owned()),
            _ => (None, String::new()),
        };
        matcher.map_or_else(Vec::new, |matcher| matcher.names_at(&below))
    }
}

impl Answer<'_> {
    /// Every difference from what was expected; none means that it matches.
    pub fn compare(&self, expect: &Expect<Json>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        if let Some(status) = &expect.status {
            found.extend(status.check("status", Some(&Json::from(self.status))));
        }
        if !expect.headers.is_empty() {
            let have = self.headers();
            for (name, matcher) in &expect.headers {
                found.extend(matcher.check(&format!("headers.{name}"), have.get(name.to_ascii_lowercase())));
            }
        }
        if let Some(body) = &expect.body {
            match std::str::from_utf8(self.body) {
                // A correct value of a megabyte need not be copied to find that out.
                Ok(text) if matches!(body, Matcher::Equals(Json::String(wanted)) if wanted == text) => {}
                Ok(text) => found.extend(body.check("body", Some(&Json::from(text)))),
                Err(error) => found.push(Mismatch {
                    path: "body".into(),
                    expected: Expected::Words(format!("UTF-8 text; byte {} is not", error.valid_up_to())),
                    actual: Some(Json::from(beginning(self.body, SHOWN))),
                    source: None,
                }),
            }
        }
        if let Some(json) = &expect.json {
            match serde_json::from_slice::<Json>(self.body) {
                Ok(value) => found.extend(json.check("json", Some(&value))),
                Err(error) => found.push(Mismatch {
                    path: "json".into(),
                    expected: Expected::Words(format!("JSON; this cannot be read: {error}")),
                    actual: Some(Json::from(beginning(self.body, SHOWN))),
                    source: None,
                }),
            }
        }
        found
    }

    pub fn fits(&self, expect: &Expect<Json>) -> bool {
        self.compare(expect).is_empty()
    }

    /// Headers by lower-case name; the values of one that was sent several times are joined.
    pub fn headers(&self) -> Json {
        let mut joined: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in self.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            joined
                .entry(name.as_str().to_owned())
                .and_modify(|all| {
                    all.push_str(", ");
                    all.push_str(&value);
                })
                .or_insert_with(|| value.clone().into_owned());
        }
        Json::Object(joined.into_iter().map(|(name, value)| (name, Json::from(value))).collect())
    }

    /// Where it redirects to, if it does. It came from `address`, which was asked for `path`.
    pub fn redirect(&self, address: &str, path: &str) -> Option<Location> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = self.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let base = Url::parse(&format!("http://{address}{path}")).ok()?;
        let Ok(target) = base.join(location) else { return Some(Location::Elsewhere) };
        let query = target.query().map(|query| format!("?{query}")).unwrap_or_default();
        let path = format!("{}{query}", target.path());
        if location.starts_with('/') && !location.starts_with("//") {
            return Some(Location::Path(path));
        }
        match (target.scheme(), target.host_str(), target.port_or_known_default()) {
            ("http", Some("127.0.0.1" | "localhost"), Some(port)) => Some(Location::Address(port, path)),
            _ => Some(Location::Elsewhere),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(status: u16, to: &str) -> Option<Location> {
        let mut headers = HeaderMap::new();
        headers.insert("location", to.parse().unwrap());
        Answer { status, headers: &headers, body: b"" }.redirect("127.0.0.1:24011", "/kv/a?read=local")
    }

    #[test]
    fn a_redirect_is_to_a_path_a_port_of_this_machine_or_elsewhere() {
        let address = |port, path: &str| Some(Location::Address(port, path.to_owned()));
        assert_eq!(location(307, "http://127.0.0.1:24012/kv/a?x=1"), address(24012, "/kv/a?x=1"));
        assert_eq!(location(302, "http://localhost/kv/a"), address(80, "/kv/a"));
        assert_eq!(location(307, "/kv/b"), Some(Location::Path("/kv/b".to_owned())));
        assert_eq!(location(308, "//127.0.0.1:24012/kv/a"), address(24012, "/kv/a"));
        for elsewhere in ["https://127.0.0.1:24012/kv/a", "http://192.0.2.1:24012/", "http://[bad"] {
            assert_eq!(location(307, elsewhere), Some(Location::Elsewhere), "{elsewhere}");
        }
        assert_eq!(location(200, "http://127.0.0.1:24012/kv/a"), None);
        let without = Answer { status: 307, headers: &HeaderMap::new(), body: b"" };
        assert_eq!(without.redirect("127.0.0.1:24011", "/kv/a"), address(24011, "/kv/a"));
    }
}
