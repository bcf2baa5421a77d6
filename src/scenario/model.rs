//! What a pack says of a model: how each operation is sent, and what its answers mean.

use std::collections::{BTreeMap, BTreeSet};

use model::{Doing, ModelKind, OperationKind, Outcome, Stat, Takes, Values};

use super::expr::Expression;
use super::template::{Data, Template};
use super::{Expect, Received};

/// The models of a pack, by name.
pub type Models = BTreeMap<String, Model>;

#[derive(Debug)]
pub struct Model {
    pub kind: &'static ModelKind,
    pub values: Values,
    /// A version that no key ever has, as requests name it.
    pub no_version: Option<String>,
    /// The number of a job that there never is.
    pub no_job: Option<String>,
    pub operations: BTreeMap<&'static str, Operation>,
}

#[derive(Debug)]
pub struct Operation {
    pub kind: &'static OperationKind,
    pub form: Form,
    /// What was read, in an answer that is ok.
    pub value: Option<Expression>,
    /// The key's version, in the same.
    pub version: Option<Expression>,
    /// The job's number, in the same.
    pub job: Option<Expression>,
    /// What else it tells.
    pub stats: BTreeMap<Stat, Expression>,
    /// Answers that leave open whether it is done. It is asked again.
    pub undecided: Vec<Expect<Data>>,
    /// Of a transaction.
    pub steps: Option<Steps>,
}

/// What the steps of a transaction are.
#[derive(Debug)]
pub struct Steps {
    /// How each is written. A check that the key is not there is one of a version that is none.
    pub texts: BTreeMap<Doing, Template>,
    /// A list with what the key of each holds afterwards.
    pub values: Expression,
    /// The same of versions.
    pub versions: Option<Expression>,
}

/// How an operation is sent, and how each outcome is answered. Its texts see what its kind takes.
#[derive(Debug)]
pub enum Form {
    Http {
        method: String,
        path: Template,
        headers: Vec<(String, Template)>,
        body: Option<Template>,
        answers: Vec<(Outcome, Expect<Data>)>,
    },
    /// Lines, answered by a line, after which others or bytes may follow. The first line of each differs.
    Lines { say: Vec<Template>, answers: Vec<(Outcome, Vec<Received>)> },
    /// The connection is closed.
    Close { reset: bool },
}

impl Form {
    /// The outcomes that have an answer of their own.
    pub fn outcomes(&self) -> BTreeSet<Outcome> {
        match self {
            Form::Http { answers, .. } => answers.iter().map(|(outcome, _)| *outcome).collect(),
            Form::Lines { answers, .. } => answers.iter().map(|(outcome, _)| *outcome).collect(),
            Form::Close { .. } => [Outcome::Ok].into(),
        }
    }
}

impl Operation {
    /// Whether it is sent with a name, under which it happens once.
    pub fn is_named(&self) -> bool {
        let names = |template: &Template| template.names().iter().any(|name| name == Takes::Id.word());
        match &self.form {
            Form::Http { path, headers, body, .. } => {
                names(path) || headers.iter().any(|(_, value)| names(value)) || body.as_ref().is_some_and(names)
            }
            Form::Lines { say, .. } => say.iter().any(names),
            Form::Close { .. } => false,
        }
    }
}

impl Model {
    /// The operations that are sent with a name.
    pub fn named(&self) -> BTreeSet<&'static str> {
        self.operations
            .values()
            .filter(|operation| operation.is_named())
            .map(|operation| operation.kind.word)
            .collect()
    }

    /// The outcomes that operations have an answer of their own for.
    pub fn told(&self) -> BTreeSet<(&'static str, Outcome)> {
        let of = |operation: &Operation| {
            let word = operation.kind.word;
            operation.form.outcomes().into_iter().map(move |outcome| (word, outcome))
        };
        self.operations.values().flat_map(of).collect()
    }
}

/// Whether any of these operations names a version. Only then are versions looked at.
pub fn names_versions<'k>(mut kinds: impl Iterator<Item = &'k OperationKind>) -> bool {
    kinds.any(OperationKind::names_version)
}
