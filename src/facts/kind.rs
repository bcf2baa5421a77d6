//! What kind a failure is of: for hints, and to tell failures of different runs apart.

use serde::{Deserialize, Serialize};

use super::FailureKind as Kind;
use super::conversation::Conversation;
use super::failure::{Case, Finding, Ran, What};
use super::mismatch::Mismatch;
use super::operation::{Answered, Cause, Operation};
use super::spot::Spot;

/// The kinds with their words and what these mean, in one table.
macro_rules! kinds {
    ($($kind:ident $word:literal: $doc:literal;)*) => {
        /// What kind of failure it was: what was found first, whatever waited for it.
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
    Closed "closed": "The connection was closed before an answer, or where more should have come.";
    HalfAnswer "half_answer": "The connection was closed in the middle of an answer.";
    TimedOut "timed_out": "No answer, or no end of it, came in time; a program did not end in time.";
    Garbage "garbage": "What came is not HTTP.";
    TooLarge "too_large": "The answer is larger than lsfr reads.";
    TooManyRedirects "too_many_redirects": "Nodes redirect in a circle.";
    ForeignRedirect "foreign_redirect": "A redirect leads to an address that belongs to no node.";
    NotImplemented "not_implemented": "An answer has status 501, where another was expected: the program cannot do this yet.";
    WrongStatus "wrong_status": "An answer has another status.";
    WrongHeader "wrong_header": "An answer has another header, or lacks it.";
    WrongBody "wrong_body": "The body of an answer differs, its JSON or YAML too.";
    WrongLine "wrong_line": "A line that came on a connection differs.";
    Unexpected "unexpected": "Something came where nothing should have come.";
    Early "early": "It came too early.";
    Late "late": "It came, but too late.";
    WrongExit "wrong_exit": "A program ended with another status.";
    WrongOutput "wrong_output": "A program wrote something else, to its output or to a file.";
    NotCompiled "not_compiled": "The compiler made no program of one that is right.";
    NotRefused "not_refused": "The compiler took a program that is wrong, or did not say what is wrong in it.";
    DiskUsage "disk_usage": "The folder of a node takes more on the disk than it may.";
    Traffic "traffic": "Nodes sent each other more than they may, or less.";
    UnknownFraming "unknown_framing": "Messages between nodes had to be counted, and lsfr cannot tell where one ends.";
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

impl What {
    pub fn kind(&self) -> Kind {
        self.finding().kind()
    }
}

impl Finding {
    pub fn kind(&self) -> Kind {
        match self {
            Finding::Answer { operation, mismatches } => answer(operation, mismatches),
            Finding::Conversation(talk) => conversation(talk),
            Finding::Answers { others, .. } => match others.first() {
                Some((operation, mismatches)) => answer(operation, mismatches),
                // All of them matched, which is more than is allowed.
                None => Kind::Unexpected,
            },
            Finding::TooFew { .. } | Finding::Undecided { .. } | Finding::ShortWalk(_) => Kind::TooFew,
            Finding::Node { .. } => Kind::ProgramFailed,
            Finding::DiskUsage { .. } => Kind::DiskUsage,
            Finding::Traffic(traffic) if traffic.mismatches.is_empty() => Kind::UnknownFraming,
            Finding::Traffic(_) => Kind::Traffic,
            Finding::NoRole { .. } => Kind::NoRole,
            Finding::Command { ran, mismatches } => command(ran, mismatches),
            Finding::Cases { first, .. } => case(first),
            Finding::Breach { .. } => Kind::Breach,
            Finding::Violation(_) => Kind::Violation,
            Finding::Value { .. } | Finding::Compared { .. } => Kind::WrongValue,
        }
    }
}

impl From<Cause> for Kind {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Refused => Kind::Refused,
            Cause::Reset => Kind::Reset,
            Cause::Closed => Kind::Closed,
            Cause::HalfAnswer => Kind::HalfAnswer,
            // A request that lsfr could not send ends the run, and one that was given up is not judged: both are nobody's
            // failure.
            Cause::TimedOut | Cause::Local | Cause::Abandoned => Kind::TimedOut,
            Cause::Garbage => Kind::Garbage,
            Cause::TooLarge => Kind::TooLarge,
            Cause::TooManyRedirects => Kind::TooManyRedirects,
            Cause::ForeignRedirect => Kind::ForeignRedirect,
        }
    }
}

fn answer(operation: &Operation, mismatches: &[Mismatch]) -> Kind {
    match (&operation.result, first(mismatches)) {
        (Answered::NoAnswer { cause, .. }, _) => (*cause).into(),
        (Answered::Answer(answer), Some(Spot::Status)) if answer.status == 501 => Kind::NotImplemented,
        (Answered::Answer(_), Some(Spot::Status)) => Kind::WrongStatus,
        // An answer where the connection should have failed, or one that matches where none may.
        (Answered::Answer(_), Some(Spot::Error) | None) => Kind::Unexpected,
        (Answered::Answer(_), Some(Spot::Header(_))) => Kind::WrongHeader,
        (Answered::Answer(_), Some(_)) => Kind::WrongBody,
    }
}

fn conversation(talk: &Conversation) -> Kind {
    match (talk.cause, first(&talk.mismatches)) {
        (Some(cause), _) => cause.into(),
        (None, Some(Spot::Seconds)) if talk.late => Kind::Late,
        (None, Some(Spot::Seconds)) => Kind::Early,
        (None, Some(Spot::Then)) => Kind::Unexpected,
        (None, Some(Spot::Body(_) | Spot::Inside(_))) => Kind::WrongBody,
        (None, _) => Kind::WrongLine,
    }
}

fn command(ran: &Ran, mismatches: &[Mismatch]) -> Kind {
    match first(mismatches) {
        Some(Spot::Exit) => Kind::WrongExit,
        None if ran.late => Kind::TimedOut,
        None => Kind::ProgramFailed,
        Some(_) => Kind::WrongOutput,
    }
}

fn case(case: &Case) -> Kind {
    match &case.compiled {
        Some(_) => command(&case.ran, &case.mismatches),
        None if case.ran.late => Kind::TimedOut,
        None if case.refused => Kind::NotRefused,
        None => Kind::NotCompiled,
    }
}

/// What differs first: where in an answer, or in what a program did.
fn first(mismatches: &[Mismatch]) -> Option<&Spot> {
    mismatches.first().map(|mismatch| &mismatch.path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::facts::{Answer, Excerpt, Expected};

    #[test]
    fn a_word_is_what_json_says() {
        for (kind, word) in FailureKind::ALL.iter().copied().zip(FailureKind::WORDS) {
            assert_eq!(serde_json::to_value(kind).unwrap(), *word);
            assert_eq!(FailureKind::from_word(word), Some(kind));
        }
    }

    fn differs(path: &str) -> Vec<Mismatch> {
        vec![Mismatch {
            path: path.into(),
            expected: Expected::Words("something else".into()),
            actual: None,
            source: None,
        }]
    }

    fn answered(result: Answered, path: &str) -> What {
        let operation = Operation::example("GET", result);
        let mismatches = if path.is_empty() { Vec::new() } else { differs(path) };
        What::Found(Finding::Answer { operation: Box::new(operation), mismatches })
    }

    fn with_status(status: u16, path: &str) -> What {
        answered(
            Answered::Answer(Answer { status, headers: Vec::new(), body: Excerpt::new(b""), unsettled: false }),
            path,
        )
    }

    fn ok(path: &str) -> What {
        with_status(200, path)
    }

    #[test]
    fn an_answer_is_of_the_kind_of_its_first_difference() {
        assert_eq!(ok("status").kind(), Kind::WrongStatus);
        assert_eq!(with_status(501, "status").kind(), Kind::NotImplemented);
        assert_eq!(ok("headers.etag").kind(), Kind::WrongHeader);
        assert_eq!(ok("json.role").kind(), Kind::WrongBody);
        assert_eq!(ok("error").kind(), Kind::Unexpected);
    }

    #[test]
    fn what_broke_a_connection_has_the_same_word_everywhere() {
        for cause in [Cause::Refused, Cause::Reset, Cause::Closed, Cause::HalfAnswer, Cause::TimedOut, Cause::Garbage]
        {
            let what =
                answered(Answered::NoAnswer { cause, detail: String::new(), part: None, starved: false }, "error");
            assert_eq!(what.kind().word(), cause.word());
        }
    }

    #[test]
    fn what_waited_for_it_or_did_it_often_does_not_change_the_kind() {
        let waited = |last| What::NotInTime {
            within: Duration::ZERO,
            attempts: 2,
            last: Box::new(last),
            seen: vec![],
            starved: false,
        };
        let copies = What::Copies {
            failed: 1,
            of: 4,
            copy: "i = 0".into(),
            first: Box::new(waited(ok("body"))),
            in_turn: false,
            spread: None,
            others: Vec::new(),
        };
        let rounds = What::Rounds { failed: 2, of: 3, allowed: 1, last: Box::new(copies) };
        assert_eq!(rounds.kind(), Kind::WrongBody);
    }

    #[test]
    fn a_compiler_is_told_from_what_it_made() {
        let of = |case| {
            What::Found(Finding::Cases { of: 1, first: Box::new(case), others: Vec::new(), not_tried: 0 }).kind()
        };
        let exit = || Case { mismatches: differs("exit"), ..Case::default() };
        assert_eq!(of(exit()), Kind::NotCompiled);
        assert_eq!(of(Case { refused: true, ..exit() }), Kind::NotRefused);
        assert_eq!(of(Case { compiled: Some(Ran::default()), ..exit() }), Kind::WrongExit);
    }
}
