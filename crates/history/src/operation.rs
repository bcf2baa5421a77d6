//! What one client did once, and how it ended.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{List, Text, phrases};

/// One operation of one client, from its call to its return. Redirects and repeats of the same request belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The logical client. It does one operation at a time. After an operation whose outcome is unknown, the work is
    /// continued by a new client, since the old operation may still be under way.
    pub client: u32,
    /// The node that gave the answer or, without an answer, the one that was asked last. None if not known.
    pub node: Option<Text>,
    /// The register or queue. Empty for what is done on several keys at once: see [`Operation::keys`].
    pub key: Text,
    /// What was asked for, and what came back.
    pub action: Action,
    /// Before the first byte of the request was sent.
    pub called: Duration,
    /// After the last byte of the answer, or when the client gave up. None if it still waited when the history ended.
    /// Whatever the value, an operation whose outcome is unknown stays open to the end of the history.
    pub returned: Option<Duration>,
    /// How it ended, as far as the client knows.
    pub outcome: Outcome,
    /// What came back, for people: `503`, `no answer in 5 s`.
    pub note: Option<String>,
}

/// What was asked for. In a value, None is an absent key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// Asks what the key holds.
    Read {
        /// What the client was told. It means something only when the outcome is [`Outcome::Ok`].
        value: Option<Text>,
    },
    /// Sets the key.
    Write {
        /// The new value. Checkers are fast and sure if no value is written to a key twice.
        value: Text,
    },
    /// Sets the key to `to` if it holds `from`.
    CompareAndSet {
        /// None: creates the key if there is none.
        from: Option<Text>,
        /// None: deletes the key.
        to: Option<Text>,
    },
    /// Done whether the key was there or not.
    Delete,
    /// Adds a message to a queue.
    Put {
        /// The message.
        value: Text,
    },
    /// Takes a message.
    Take {
        /// The message, or None if there was none. As in a read, it means something only when the outcome is
        /// [`Outcome::Ok`].
        value: Option<Text>,
    },
    /// Deletes a message that was taken, for good. In a queue where these occur, a message that was taken and not
    /// deleted comes back; where they never do, taking a message removes it.
    Ack {
        /// The message.
        value: Text,
    },
    /// Does several things to lists as one step, or nothing. One read by itself is a transaction of one step.
    Transaction {
        /// What it does, in this order; later steps see what earlier ones did.
        steps: Vec<Step>,
    },
    /// Moves money from one account to another as one step, or does nothing.
    Transfer {
        /// The account that has less afterwards.
        from: Text,
        /// The one that has more.
        to: Text,
        /// How much.
        amount: i64,
    },
    /// Asks what all accounts hold, as one step.
    Balances {
        /// What the client was told. It means something only when the outcome is [`Outcome::Ok`].
        balances: BTreeMap<Text, i64>,
    },
}

/// One of several things that a transaction does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Adds an element to the end of a list.
    Append {
        /// The list.
        key: Text,
        /// No element is appended twice to one list: that is how it is known which transaction appended it.
        element: Text,
    },
    /// Asks what a list holds.
    Get {
        /// The list.
        key: Text,
        /// What the client was told; a key that is absent is an empty list. It means something only when the outcome
        /// of the transaction is [`Outcome::Ok`].
        list: List,
    },
}

impl Step {
    /// The list that it is done on.
    pub fn key(&self) -> &Text {
        match self {
            Step::Append { key, .. } | Step::Get { key, .. } => key,
        }
    }
}

/// What operations are done on. A key is one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// Holds one value, or none.
    Register,
    /// Holds messages until they are taken, or deleted.
    Queue,
    /// Lists, which transactions read and append to.
    Lists,
    /// The accounts of a bank.
    Accounts,
}

impl Object {
    pub(crate) const ALL: [Object; 4] = [Object::Register, Object::Queue, Object::Lists, Object::Accounts];
}

impl Action {
    /// What it is done on.
    pub fn object(&self) -> Object {
        match self {
            Action::Read { .. } | Action::Write { .. } | Action::CompareAndSet { .. } | Action::Delete => {
                Object::Register
            }
            Action::Put { .. } | Action::Take { .. } | Action::Ack { .. } => Object::Queue,
            Action::Transaction { .. } => Object::Lists,
            Action::Transfer { .. } | Action::Balances { .. } => Object::Accounts,
        }
    }
}

impl Operation {
    /// The steps of a transaction in short: `a+3 b=[1 2]` appended 3 to a, and found 1 and 2 in b; `b?` found what is not
    /// known. Texts from outside are safe to print. Empty for anything else.
    pub fn steps_in_short(&self) -> String {
        match &self.action {
            Action::Transaction { steps } => phrases::steps(steps, self.outcome == Outcome::Ok),
            _ => String::new(),
        }
    }

    /// The keys that it was done on: one register or queue, or each list or account once.
    pub fn keys(&self) -> Vec<&Text> {
        match &self.action {
            Action::Transaction { steps } => {
                let mut keys: Vec<&Text> = steps.iter().map(Step::key).collect();
                keys.sort_unstable();
                keys.dedup();
                keys
            }
            Action::Transfer { from, to, .. } => vec![from, to],
            Action::Balances { balances } => balances.keys().collect(),
            _ => vec![&self.key],
        }
    }
}

/// How an operation ended, as far as its client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done.
    Ok,
    /// Certainly not done, now or later: refused before a byte was sent, or an answer that says so.
    No,
    /// A compare-and-set that was answered with "the key does not hold `from`" (412 in HTTP). This says more than
    /// [`Outcome::No`]: at some time between call and return that was so.
    Unmet,
    /// It may have been done, may be done later, or may never be done: no answer, a reset, a 503.
    Unknown,
}
