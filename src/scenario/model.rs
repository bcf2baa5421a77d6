//! What a pack says of a model: how each operation is sent, and what its answers mean.

use std::collections::{BTreeMap, BTreeSet};

use model::{ModelKind, OperationKind, Outcome, Stat, Takes, Values};

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

impl Model {
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
    kinds.any(|kind| kind.takes(Takes::Version))
}
