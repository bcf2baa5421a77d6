//! An operation as a line: which fields each kind has, and which it must not have.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::steps::StepLine;
use super::value;
use crate::{Action, Operation, Outcome, Text, seconds};

/// An [`Operation`] as a line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationLine {
    client: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<Text>,
    /// Of a register or queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Text>,
    op: Op,
    /// Some(None) is a null: an absent key, or no message.
    #[serde(default, with = "value", skip_serializing_if = "Option::is_none")]
    value: Option<Option<Text>>,
    #[serde(default, with = "value", skip_serializing_if = "Option::is_none")]
    from: Option<Option<Text>>,
    #[serde(default, with = "value", skip_serializing_if = "Option::is_none")]
    to: Option<Option<Text>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepLine>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    balances: Option<BTreeMap<Text, i64>>,
    #[serde(with = "seconds")]
    called: Duration,
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    returned: Option<Duration>,
    outcome: OutcomeWord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Read,
    Write,
    Cas,
    Delete,
    Put,
    Take,
    Ack,
    Txn,
    Transfer,
    Balances,
}

impl Op {
    fn word(self) -> &'static str {
        match self {
            Op::Read => "read",
            Op::Write => "write",
            Op::Cas => "cas",
            Op::Delete => "delete",
            Op::Put => "put",
            Op::Take => "take",
            Op::Ack => "ack",
            Op::Txn => "txn",
            Op::Transfer => "transfer",
            Op::Balances => "balances",
        }
    }

    /// Done on one key, which the line names.
    fn has_key(self) -> bool {
        !matches!(self, Op::Txn | Op::Transfer | Op::Balances)
    }
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Ok,
    No,
    Unmet,
    Unknown,
}

impl Serialize for Operation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (mut steps, mut amount, mut balances) = (None, None, None);
        // An operation without an answer read nothing.
        let answered = self.outcome == Outcome::Ok;
        let (op, value, from, to) = match &self.action {
            Action::Transaction { steps: done } => {
                steps = Some(done.iter().map(|step| StepLine::of(step, answered)).collect());
                (Op::Txn, None, None, None)
            }
            Action::Transfer { from, to, amount: moved } => {
                amount = Some(*moved);
                (Op::Transfer, None, Some(Some(from.clone())), Some(Some(to.clone())))
            }
            Action::Balances { balances: told } => {
                balances = answered.then(|| told.clone());
                (Op::Balances, None, None, None)
            }
            Action::Read { .. } if self.outcome != Outcome::Ok => (Op::Read, None, None, None),
            Action::Take { .. } if self.outcome != Outcome::Ok => (Op::Take, None, None, None),
            Action::Read { value } => (Op::Read, Some(value.clone()), None, None),
            Action::Take { value } => (Op::Take, Some(value.clone()), None, None),
            Action::Write { value } => (Op::Write, Some(Some(value.clone())), None, None),
            Action::Put { value } => (Op::Put, Some(Some(value.clone())), None, None),
            Action::Ack { value } => (Op::Ack, Some(Some(value.clone())), None, None),
            Action::Delete => (Op::Delete, None, None, None),
            Action::CompareAndSet { from, to } => (Op::Cas, None, Some(from.clone()), Some(to.clone())),
        };
        let outcome = match self.outcome {
            Outcome::Ok => OutcomeWord::Ok,
            Outcome::No => OutcomeWord::No,
            Outcome::Unmet => OutcomeWord::Unmet,
            Outcome::Unknown => OutcomeWord::Unknown,
        };
        OperationLine {
            client: self.client,
            node: self.node.clone(),
            key: op.has_key().then(|| self.key.clone()),
            op,
            value,
            from,
            to,
            steps,
            amount,
            balances,
            called: self.called,
            returned: self.returned,
            outcome,
            note: self.note.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OperationLine::deserialize(deserializer)?.operation().map_err(serde::de::Error::custom)
    }
}

impl OperationLine {
    /// No field is of another kind of operation.
    fn only_its_own(&self) -> Result<(), String> {
        if !matches!(self.op, Op::Cas | Op::Transfer) && (self.from.is_some() || self.to.is_some()) {
            return Err("`from` and `to` belong to a cas".to_owned());
        }
        let belongs = [
            ("steps", self.steps.is_some(), Op::Txn),
            ("amount", self.amount.is_some(), Op::Transfer),
            ("balances", self.balances.is_some(), Op::Balances),
        ];
        if let Some((field, _, owner)) = belongs.into_iter().find(|(_, there, owner)| *there && *owner != self.op) {
            return Err(format!("`{field}` belongs to a {}", owner.word()));
        }
        Ok(())
    }

    fn operation(self) -> Result<Operation, String> {
        self.only_its_own()?;
        let Self { client, node, key, op, value, from, to, steps, amount, balances, called, returned, outcome, note } =
            self;
        let outcome = match outcome {
            OutcomeWord::Ok => Outcome::Ok,
            OutcomeWord::No => Outcome::No,
            OutcomeWord::Unmet if op == Op::Cas => Outcome::Unmet,
            OutcomeWord::Unmet => return Err("only a cas can be `unmet`: it alone has a condition".to_owned()),
            OutcomeWord::Unknown => Outcome::Unknown,
        };
        let key = match key {
            Some(_) if !op.has_key() => return Err(format!("a {} has no `key` of its own", op.word())),
            None if op.has_key() => return Err("missing field `key`".to_owned()),
            key => key.unwrap_or_else(|| "".into()),
        };
        let answered = |what: &str| match (&value, outcome) {
            (Some(value), _) => Ok(value.clone()),
            (None, Outcome::Ok) => Err(format!("a {what} that is ok needs `value`: what came back, or null")),
            (None, _) => Ok(None),
        };
        let given = |what: &str| value.clone().flatten().ok_or(format!("a {what} needs `value`, a text"));
        let none = |what: &str| match value {
            Some(_) => Err(format!("a {what} has no `value`")),
            None => Ok(()),
        };
        let action = match op {
            Op::Read => Action::Read { value: answered("read")? },
            Op::Take => Action::Take { value: answered("take")? },
            Op::Write => Action::Write { value: given("write")? },
            Op::Put => Action::Put { value: given("put")? },
            Op::Ack => Action::Ack { value: given("ack")? },
            Op::Delete => {
                none("delete")?;
                Action::Delete
            }
            Op::Txn => {
                none("txn")?;
                let steps = steps.ok_or("a txn needs `steps`: what it did, in order")?;
                Action::Transaction { steps: StepLine::steps(steps, outcome)? }
            }
            Op::Transfer => {
                none("transfer")?;
                match (from.flatten(), to.flatten(), amount) {
                    (Some(from), Some(to), Some(amount)) => Action::Transfer { from, to, amount },
                    _ => return Err("a transfer needs `from`, `to` and `amount`".to_owned()),
                }
            }
            Op::Balances => {
                none("balances")?;
                match balances {
                    None if outcome == Outcome::Ok => {
                        return Err("a balances that is ok needs `balances`: what each account held".to_owned());
                    }
                    balances => Action::Balances { balances: balances.unwrap_or_default() },
                }
            }
            Op::Cas => {
                none("cas")?;
                match (from, to) {
                    (Some(from), Some(to)) => Action::CompareAndSet { from, to },
                    _ => return Err("a cas needs `from` and `to`; null is an absent key".to_owned()),
                }
            }
        };
        match returned {
            None if outcome != Outcome::Unknown => {
                return Err(
                    "only an operation whose outcome is `unknown` can lack `returned`: give the time at which \
                            its client knew the outcome"
                        .to_owned(),
                );
            }
            Some(returned) if returned < called => return Err("it returned before it was called".to_owned()),
            _ => {}
        }
        Ok(Operation { client, node, key, action, called, returned, outcome, note })
    }
}
