//! Where something differs: in an answer, on a connection, or in what a program did.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place with a path, as tests and records write it: `status`, `headers.etag`, `json.peers[0]`, `line 2`, `exit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Spot {
    Status,
    /// What broke the connection, or that nothing broke it.
    Error,
    /// With its name.
    Header(String),
    /// A whole body: `body`, or on a connection `bytes`, with a number where several are expected.
    Body(String),
    /// A place in a body that was parsed: `json.peers[0]`, `yaml.pid`.
    Inside(String),
    /// A line on a connection, with its number where several are expected.
    Line(Option<usize>),
    /// What came where nothing should have come.
    Then,
    /// When it came.
    Seconds,
    /// A program's exit status.
    Exit,
    /// A program's output, one of its files, or a value.
    Other(String),
}

const HEADERS: &str = "headers.";
const LINE: &str = "line ";

impl From<&str> for Spot {
    fn from(path: &str) -> Self {
        let begins = |words: &[&str]| words.iter().any(|word| path.starts_with(word));
        match path {
            "status" => Spot::Status,
            "error" => Spot::Error,
            "then" => Spot::Then,
            "seconds" => Spot::Seconds,
            "exit" => Spot::Exit,
            "line" => Spot::Line(None),
            _ if begins(&["body", "bytes"]) => Spot::Body(path.to_owned()),
            _ if begins(&["json", "yaml"]) => Spot::Inside(path.to_owned()),
            _ => {
                let header = path.strip_prefix(HEADERS).map(|name| Spot::Header(name.to_owned()));
                let line = || Some(Spot::Line(Some(path.strip_prefix(LINE)?.parse().ok()?)));
                header.or_else(line).unwrap_or_else(|| Spot::Other(path.to_owned()))
            }
        }
    }
}

impl From<String> for Spot {
    fn from(path: String) -> Self {
        Spot::from(path.as_str())
    }
}

impl From<Spot> for String {
    fn from(spot: Spot) -> Self {
        spot.to_string()
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spot::Status => f.write_str("status"),
            Spot::Error => f.write_str("error"),
            Spot::Header(name) => write!(f, "{HEADERS}{name}"),
            Spot::Line(None) => f.write_str(LINE.trim_end()),
            Spot::Line(Some(number)) => write!(f, "{LINE}{number}"),
            Spot::Then => f.write_str("then"),
            Spot::Seconds => f.write_str("seconds"),
            Spot::Exit => f.write_str("exit"),
            Spot::Body(path) | Spot::Inside(path) | Spot::Other(path) => f.write_str(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_was_read() {
        for (path, spot) in [
            ("status", Spot::Status),
            ("headers.etag", Spot::Header("etag".into())),
            ("json.peers[0]", Spot::Inside("json.peers[0]".into())),
            ("line 12", Spot::Line(Some(12))),
            ("line", Spot::Line(None)),
            ("line", Spot::Line(None)),
            ("line of text", Spot::Other("line of text".into())),
            ("files.exit", Spot::Other("files.exit".into())),
            ("bytes 2", Spot::Body("bytes 2".into())),
        ] {
            assert_eq!(Spot::from(path), spot);
            assert_eq!(spot.to_string(), path);
        }
    }
}
