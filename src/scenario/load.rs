//! What a pack says of the operations of a workload.

use std::collections::BTreeMap;

use history::Object;

use super::Expect;
use super::expr::Expression;
use super::template::{Data, Template};

/// What a client does, whatever a pack calls its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Read,
    Write,
    CompareAndSet,
    Delete,
    /// Reads some lists and appends to some, as one step.
    Transaction,
    /// Moves money between two accounts: a transaction that checks what was read and puts what should be.
    Transfer,
    /// Reads all accounts, as one step.
    Balances,
}

impl Kind {
    pub const ALL: [Kind; 7] = [
        Kind::Read,
        Kind::Write,
        Kind::CompareAndSet,
        Kind::Delete,
        Kind::Transaction,
        Kind::Transfer,
        Kind::Balances,
    ];

    /// Those of which a pack says what is sent.
    pub fn of_packs() -> impl Iterator<Item = Kind> {
        Self::ALL.into_iter().filter(|kind| kind.operation() == *kind)
    }

    /// The operation of a pack that it is done with.
    pub fn operation(self) -> Kind {
        match self {
            Kind::Transfer | Kind::Balances => Kind::Transaction,
            own => own,
        }
    }

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Read => "read",
            Kind::Write => "write",
            Kind::CompareAndSet => "compare_and_set",
            Kind::Delete => "delete",
            Kind::Transaction => "transaction",
            Kind::Transfer => "transfer",
            Kind::Balances => "balances",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What clients that do this work on; reads and compare-and-sets beside transactions are of lists, too.
    pub fn object(self) -> Object {
        match self {
            Kind::Read | Kind::Write | Kind::CompareAndSet | Kind::Delete => Object::Register,
            Kind::Transaction => Object::Lists,
            Kind::Transfer | Kind::Balances => Object::Accounts,
        }
    }

    /// Whether the request holds a new value.
    pub fn sets(self) -> bool {
        matches!(self, Kind::Write | Kind::CompareAndSet)
    }
}

/// The operations of a pack.
pub type Operations = BTreeMap<Kind, Operation>;

/// What is sent for one kind of operation, and what its answers mean. Any other answer leaves it open whether the
/// operation was done.
#[derive(Debug)]
pub struct Operation {
    pub request: Request,
    /// Done.
    pub ok: Vec<Expect<Data>>,
    /// Certainly not done, now or later.
    pub no: Vec<Expect<Data>>,
    /// Certainly not done, because the key did not hold the version that was named.
    pub unmet: Vec<Expect<Data>>,
    /// Done, and the key does not exist.
    pub absent: Vec<Expect<Data>>,
    /// What was read, in an answer that counts as ok.
    pub value: Option<Expression>,
    /// What a compare-and-set must name to be done only if the key is still as it was read.
    pub version: Option<Expression>,
    /// Of a transaction.
    pub steps: Option<Steps>,
}

/// What each step of a transaction is in its request, and what an answer that counts as ok says of them. Each text sees
/// `key`; the body sees all of them as `steps`, with commas between.
#[derive(Debug)]
pub struct Steps {
    pub get: Template,
    /// Sees `value`, too.
    pub append: Template,
    /// Sees `version`: what the answer to a `get` gave.
    pub check: Option<Template>,
    /// Sees `value`, too.
    pub put: Option<Template>,
    /// What each key holds afterwards: a list as long as the transaction.
    pub values: Expression,
    /// The version that each key has then.
    pub versions: Option<Expression>,
}

/// The transport of an operation. Its texts see `key`, `value` (where there is a new one) and `version`; those of a
/// transaction see `steps`.
#[derive(Debug)]
pub enum Request {
    Http { method: String, path: Template, headers: Vec<(String, Template)>, body: Option<Template> },
}
