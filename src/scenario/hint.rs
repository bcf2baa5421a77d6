//! A hint, and the kinds of failure that it is for.

use serde::{Deserialize, Serialize};

/// A sentence for whoever fails, given when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub text: String,
    /// The kinds of failure that it helps with; none means all.
    pub kinds: Vec<FailureKind>,
}

/// The kinds with their words and what these mean, in one table.
macro_rules! kinds {
    ($($kind:ident $word:literal: $doc:literal;)*) => {
        /// What kind of failure it was: what was seen first of it, whatever waited for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum FailureKind {
            $(#[doc = $doc] #[serde(rename = $word)] $kind,)*
        }

        impl FailureKind {
            pub const ALL: &'static [FailureKind] = &[$(Self::$kind),*];

            /// All of their words, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// What `for` of a hint takes.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }

            pub const fn doc(self) -> &'static str {
                match self {
                    $(Self::$kind => $doc,)*
                }
            }
        }
    };
}

kinds! {
    Refused "refused": "Nothing listens on the port.";
    Reset "reset": "The connection was reset.";
    Closed "closed": "The connection was closed before an answer, or where more had to come.";
    HalfAnswer "half_answer": "The connection was closed in the middle of an answer.";
    TimedOut "timed_out": "No answer, or no end of it, came in time; a program did not end in time.";
    Garbage "garbage": "What came is not HTTP.";
    TooLarge "too_large": "The answer is larger than lsfr reads.";
    TooManyRedirects "too_many_redirects": "Nodes redirect in a circle.";
    ForeignRedirect "foreign_redirect": "A redirect leads to an address that is no node's.";
    NotImplemented "not_implemented": "An answer has status 501, where another was expected: the program cannot do this yet.";
    WrongStatus "wrong_status": "An answer has another status.";
    WrongHeader "wrong_header": "An answer has another header, or lacks it.";
    WrongBody "wrong_body": "The body of an answer differs, its JSON or YAML too.";
    WrongLine "wrong_line": "A line that came on a connection differs.";
    Unexpected "unexpected": "Something came where nothing was to come.";
    Early "early": "It came too early.";
    Late "late": "It came, but too late.";
    WrongExit "wrong_exit": "A program ended with another status.";
    WrongOutput "wrong_output": "A program wrote something else, to its output or to a file.";
    NotCompiled "not_compiled": "The compiler made no program of one that is right.";
    NotRefused "not_refused": "The compiler took a program that is wrong, or did not say what is wrong in it.";
    ProgramFailed "program_failed": "The program ended by itself, or could not be started or stopped.";
    WrongValue "wrong_value": "A value that was saved, or that a step needs, is wrong or not there.";
    NoRole "no_role": "No node took the role in time.";
    TooFew "too_few": "Too few requests succeeded for the test to mean anything.";
    Breach "breach": "What `monitor` watches did not hold: two leaders in a term, or a term that went back.";
    Violation "violation": "What clients saw cannot have happened.";
}

impl FailureKind {
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// The hints for a failure of this kind: those that are for it by name, then those for any, each in their order.
pub fn fitting(hints: impl IntoIterator<Item = Hint>, kind: FailureKind) -> Vec<String> {
    let fit = hints.into_iter().filter(|hint| hint.kinds.is_empty() || hint.kinds.contains(&kind));
    let (any, named): (Vec<Hint>, Vec<Hint>) = fit.partition(|hint| hint.kinds.is_empty());
    named.into_iter().chain(any).map(|hint| hint.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_for_the_kind_come_first_and_those_for_others_not_at_all() {
        let hint = |text: &str, kinds: &[FailureKind]| Hint { text: text.to_owned(), kinds: kinds.to_vec() };
        let hints = [
            hint("any", &[]),
            hint("dead", &[FailureKind::Refused, FailureKind::Reset]),
            hint("status", &[FailureKind::WrongStatus]),
            hint("any more", &[]),
        ];
        assert_eq!(fitting(hints.clone(), FailureKind::Reset), ["dead", "any", "any more"]);
        assert_eq!(fitting(hints.clone(), FailureKind::WrongStatus), ["status", "any", "any more"]);
        assert_eq!(fitting(hints, FailureKind::WrongBody), ["any", "any more"]);
    }

    #[test]
    fn a_word_is_what_json_says() {
        for (kind, word) in FailureKind::ALL.iter().copied().zip(FailureKind::WORDS) {
            assert_eq!(serde_json::to_value(kind).unwrap(), *word);
            assert_eq!(FailureKind::from_word(word), Some(kind));
        }
    }
}
