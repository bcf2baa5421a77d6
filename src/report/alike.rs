//! What failures of one cause share, in a line.

use super::cause;
use super::diff::{Difference, differences};
use crate::facts::{Alike, FailureKind, Mismatch};

impl Alike {
    /// `requests are answered 501`; `value` shortens nothing, since only short values are shared.
    pub fn words(&self) -> String {
        match self {
            Alike::NotImplemented => "requests are answered 501".to_owned(),
            Alike::NoAnswer { cause } => format!("requests get no answer: {}", cause::name(*cause)),
            Alike::NoRole { role } => format!("no node becomes {role}"),
            Alike::NotEnded { .. } => "a program does not end in time".to_owned(),
            Alike::Differs { of, path, expected, actual } => {
                let mismatch =
                    Mismatch { path: path.clone(), expected: expected.clone(), actual: actual.clone(), source: None };
                let found = differences(&mismatch);
                let Some(Difference { path, expected, actual, .. }) = found.first() else { return path.to_string() };
                match of {
                    FailureKind::WrongStatus => format!("requests are answered {actual}, not {expected}"),
                    FailureKind::NotCompiled => format!("the compiler's {path} is {actual}, not {expected}"),
                    _ => format!("{path} is {actual}, not {expected}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::{Cause, Expected, Spot};

    #[test]
    fn each_cause_is_told_in_a_line() {
        let differs = |of, path: &str, expected: serde_json::Value, actual: Option<serde_json::Value>| {
            Alike::Differs { of, path: Spot::from(path), expected: Expected::Value(expected), actual }.words()
        };
        assert_eq!(Alike::NotImplemented.words(), "requests are answered 501");
        assert_eq!(Alike::NoAnswer { cause: Cause::Closed }.words(), "requests get no answer: closed");
        assert_eq!(Alike::NoRole { role: "leader".into() }.words(), "no node becomes leader");
        assert_eq!(
            differs(FailureKind::WrongStatus, "status", json!(200), Some(json!(404))),
            "requests are answered 404, not 200"
        );
        assert_eq!(
            differs(FailureKind::NotCompiled, "exit", json!(0), Some(json!(1))),
            "the compiler's exit is 1, not 0"
        );
        assert_eq!(
            differs(FailureKind::WrongBody, "json.role", json!("leader"), None),
            "json.role is nothing, not \"leader\""
        );
    }
}
