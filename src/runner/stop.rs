//! Why steps end early.

use std::fmt;

use crate::scenario::expr::EvalError;
use crate::scenario::hint::Hint;
use crate::scenario::{Place, Step};

use crate::text::{clean_lines, shortened};

use super::doubt::Doubt;
use super::verbs;
use crate::facts::{self, Finding, Refused, Unanswered, What};

/// A message longer than this is cut: nobody reads more.
const MOST: usize = 1000;

/// Steps that did not run to their end.
#[derive(Debug)]
pub(super) enum Stop {
    /// A promise is broken.
    Failed(Box<Failed>),
    /// There was no answer, where that is allowed.
    Unanswered(Unanswered, Option<Refused>),
    /// The pack is at fault: the message, and the step once it is known.
    Pack(Box<PackFault>),
    /// lsfr is at fault: the message, and the step once it is known.
    Fault(Box<OwnFault>),
}

#[derive(Debug)]
pub(super) struct PackFault {
    pub(super) message: String,
    pub(super) place: Option<facts::Place>,
}

#[derive(Debug)]
pub(super) struct OwnFault {
    message: String,
    place: Option<facts::Place>,
}

impl fmt::Display for OwnFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.place {
            Some(place) => write!(f, "\n  in {}:{}", place.file, place.line),
            None => Ok(()),
        }
    }
}

#[derive(Debug)]
pub(super) struct Failed {
    pub(super) what: What,
    /// The innermost step, once it is known.
    pub(super) place: Option<facts::Place>,
    /// Hints from the innermost step outwards.
    pub(super) hints: Vec<Hint>,
    /// The time of a step around it was up before its own was: it tells less than an attempt that came to its end.
    pub(super) cut: bool,
    /// Why it proves nothing, if that is known at once.
    pub(super) doubt: Option<Doubt>,
}

impl Failed {
    /// A failure at no step, with an empty finding that the caller replaces.
    pub(super) fn nowhere() -> Self {
        Self {
            what: Finding::Value { sentence: String::new() }.into(),
            place: None,
            hints: Vec::new(),
            cut: false,
            doubt: None,
        }
    }
}

impl Stop {
    pub(super) fn failed(what: impl Into<What>) -> Self {
        Stop::Failed(Box::new(Failed { what: what.into(), ..Failed::nowhere() }))
    }

    /// What went wrong, where it proves nothing.
    pub(super) fn not_judged(what: impl Into<What>, doubt: Doubt) -> Self {
        Stop::Failed(Box::new(Failed { what: what.into(), doubt: Some(doubt), ..Failed::nowhere() }))
    }

    pub(super) fn cut(mut self, cut: bool) -> Self {
        if let Stop::Failed(failed) = &mut self {
            failed.cut = cut;
        }
        self
    }

    pub(super) fn fault(message: impl Into<String>) -> Self {
        Stop::Fault(Box::new(OwnFault { message: message.into(), place: None }))
    }

    pub(super) fn pack(message: impl Into<String>) -> Self {
        // It may quote a value, which can be of any length.
        let message = shortened(&clean_lines(&message.into()), MOST);
        Stop::Pack(Box::new(PackFault { message, place: None }))
    }

    /// The conversation that failed, if it was one.
    pub(super) fn conversation(&mut self) -> Option<&mut facts::Conversation> {
        match self {
            Stop::Failed(failed) => match &mut failed.what {
                What::Found(Finding::Conversation(talk)) => Some(talk),
                _ => None,
            },
            Stop::Unanswered(..) | Stop::Pack(_) | Stop::Fault(_) => None,
        }
    }

    /// Adds the step that this happened in. Called from the inside out.
    pub(super) fn at(mut self, step: &Step) -> Self {
        match &mut self {
            Stop::Failed(failed) => {
                failed.place.get_or_insert_with(|| Self::place_of(step));
                failed.hints.extend(step.hints.iter().cloned());
            }
            Stop::Pack(fault) => {
                fault.place.get_or_insert_with(|| Self::place_of(step));
            }
            Stop::Fault(fault) => {
                fault.place.get_or_insert_with(|| Self::place_of(step));
            }
            Stop::Unanswered(..) => {}
        }
        self
    }

    /// Adds the place of a mistake in the pack that came to light outside its steps.
    pub(super) fn at_place(mut self, place: &Place) -> Self {
        if let Stop::Pack(fault) = &mut self {
            fault.place.get_or_insert_with(|| self::place(place, String::new()));
        }
        self
    }

    pub(super) fn place_of(step: &Step) -> facts::Place {
        place(&step.place, verbs::describe(step))
    }

    /// An expression that cannot be evaluated: the program's failure if an answer lacks something, otherwise the
    /// pack's.
    pub(super) fn undefined(error: EvalError, of: &str) -> Self {
        match error {
            EvalError::Undefined(name) => Stop::failed(Finding::Value { sentence: format!("{of} has no `{name}`.") }),
            failed @ (EvalError::Failed { .. } | EvalError::TooMuch(_)) => Stop::pack(failed.to_string()),
        }
    }
}

impl From<EvalError> for Stop {
    fn from(error: EvalError) -> Self {
        Stop::undefined(error, "What was saved")
    }
}

fn place(place: &Place, text: String) -> facts::Place {
    facts::Place {
        file: place.source.name.display().to_string(),
        line: place.at.line,
        path: place.path.clone(),
        text,
    }
}
