//! A hint, and the kinds of failure that it is for.

use serde::{Deserialize, Serialize};

/// A sentence for whoever fails, given when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub text: String,
    /// The kinds of failure that it helps with; none means all.
    pub kinds: Vec<FailureKind>,
}

/// What kind of failure it was: what was seen first of it, whatever waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    Refused,
    Reset,
    Closed,
    HalfAnswer,
    TimedOut,
    Garbage,
    TooLarge,
    TooManyRedirects,
    ForeignRedirect,
    NotImplemented,
    WrongStatus,
    WrongHeader,
    WrongBody,
    WrongLine,
    Unexpected,
    Early,
    Late,
    WrongExit,
    WrongOutput,
    NotCompiled,
    NotRefused,
    ProgramFailed,
    WrongValue,
    NoRole,
    TooFew,
    Breach,
    Violation,
}

impl FailureKind {
    pub const ALL: [FailureKind; 27] = [
        Self::Refused,
        Self::Reset,
        Self::Closed,
        Self::HalfAnswer,
        Self::TimedOut,
        Self::Garbage,
        Self::TooLarge,
        Self::TooManyRedirects,
        Self::ForeignRedirect,
        Self::NotImplemented,
        Self::WrongStatus,
        Self::WrongHeader,
        Self::WrongBody,
        Self::WrongLine,
        Self::Unexpected,
        Self::Early,
        Self::Late,
        Self::WrongExit,
        Self::WrongOutput,
        Self::NotCompiled,
        Self::NotRefused,
        Self::ProgramFailed,
        Self::WrongValue,
        Self::NoRole,
        Self::TooFew,
        Self::Breach,
        Self::Violation,
    ];

    /// All of their words, in the same order.
    pub const WORDS: &'static [&'static str] = &{
        let mut words = [""; Self::ALL.len()];
        let mut at = 0;
        while at < words.len() {
            words[at] = Self::ALL[at].word();
            at += 1;
        }
        words
    };

    /// What `for` of a hint takes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::HalfAnswer => "half_answer",
            Self::TimedOut => "timed_out",
            Self::Garbage => "garbage",
            Self::TooLarge => "too_large",
            Self::TooManyRedirects => "too_many_redirects",
            Self::ForeignRedirect => "foreign_redirect",
            Self::NotImplemented => "not_implemented",
            Self::WrongStatus => "wrong_status",
            Self::WrongHeader => "wrong_header",
            Self::WrongBody => "wrong_body",
            Self::WrongLine => "wrong_line",
            Self::Unexpected => "unexpected",
            Self::Early => "early",
            Self::Late => "late",
            Self::WrongExit => "wrong_exit",
            Self::WrongOutput => "wrong_output",
            Self::NotCompiled => "not_compiled",
            Self::NotRefused => "not_refused",
            Self::ProgramFailed => "program_failed",
            Self::WrongValue => "wrong_value",
            Self::NoRole => "no_role",
            Self::TooFew => "too_few",
            Self::Breach => "breach",
            Self::Violation => "violation",
        }
    }

    pub const fn doc(self) -> &'static str {
        match self {
            Self::Refused => "Nothing listens on the port.",
            Self::Reset => "The connection was reset.",
            Self::Closed => "The connection was closed before an answer, or where more had to come.",
            Self::HalfAnswer => "The connection was closed in the middle of an answer.",
            Self::TimedOut => "No answer, or no end of it, came in time; a program did not end in time.",
            Self::Garbage => "What came is not HTTP.",
            Self::TooLarge => "The answer is larger than lsfr reads.",
            Self::TooManyRedirects => "Nodes redirect in a circle.",
            Self::ForeignRedirect => "A redirect leads to an address that is no node's.",
            Self::NotImplemented => {
                "An answer has status 501, where another was expected: the program cannot do this yet."
            }
            Self::WrongStatus => "An answer has another status.",
            Self::WrongHeader => "An answer has another header, or lacks it.",
            Self::WrongBody => "The body of an answer differs, its JSON or YAML too.",
            Self::WrongLine => "A line that came on a connection differs.",
            Self::Unexpected => "Something came where nothing was to come.",
            Self::Early => "It came too early.",
            Self::Late => "It came, but too late.",
            Self::WrongExit => "A program ended with another status.",
            Self::WrongOutput => "A program wrote something else, to its output or to a file.",
            Self::NotCompiled => "The compiler made no program of one that is right.",
            Self::NotRefused => "The compiler took a program that is wrong, or did not say what is wrong in it.",
            Self::ProgramFailed => "The program ended by itself, or could not be started or stopped.",
            Self::WrongValue => "A value that was saved, or that a step needs, is wrong or not there.",
            Self::NoRole => "No node took the role in time.",
            Self::TooFew => "Too few requests succeeded for the test to mean anything.",
            Self::Breach => "What `monitor` watches did not hold: two leaders in a term, or a term that went back.",
            Self::Violation => "What clients saw cannot have happened.",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
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
        for (kind, word) in FailureKind::ALL.into_iter().zip(FailureKind::WORDS) {
            assert_eq!(serde_json::to_value(kind).unwrap(), *word);
            assert_eq!(FailureKind::from_word(word), Some(kind));
        }
    }
}
