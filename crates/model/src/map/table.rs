//! The operations of a map.

use super::super::kind::{OperationKind, Takes};
use super::super::operation::Outcome;

pub(crate) const OPERATIONS: &[OperationKind] = &[
    OperationKind {
        word: "get",
        takes: &[Takes::Key],
        reads: true,
        tells_version: true,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: &[Outcome::Absent],
        doc: "Reads a key.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "put",
        takes: &[Takes::Key, Takes::Value, Takes::Id],
        changes: true,
        tells_version: true,
        doc: "Sets a key.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "delete",
        takes: &[Takes::Key, Takes::Id],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        doc: "Removes a key.",
        ..OperationKind::PLAIN
    },
    OperationKind { word: "clear", of_all: true, changes: true, doc: "Removes all keys.", ..OperationKind::PLAIN },
    OperationKind {
        word: "put_if_absent",
        takes: &[Takes::Key, Takes::Value, Takes::Id],
        changes: true,
        tells_version: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Sets a key that is not there.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "put_if_version",
        takes: &[Takes::Key, Takes::Value, Takes::Version, Takes::Id],
        changes: true,
        tells_version: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Sets a key that has this version.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "delete_if_version",
        takes: &[Takes::Key, Takes::Version, Takes::Id],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Removes a key that has this version.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "transact",
        takes: &[Takes::Steps, Takes::Id],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Does several things as one, and tells of each what its key holds after it; nothing of it, unless all its checks hold.",
        ..OperationKind::PLAIN
    },
];
