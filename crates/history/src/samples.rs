//! Histories written down for tests.

use std::time::Duration;

use super::{Action, Fault, FaultKind, History, Object, Operation, Outcome, Step};

/// A history, an operation or a fault a line, times in seconds:
///
/// ```text
/// c1 n1 write 7 2.50-2.60        done
/// c2 n3 read 7 3.10-3.20         `-` is an absent key
/// c3 n2 write 9 2.80-?           may have been done
/// c3 n2 cas 5 7 2.80-2.90 unmet  or `no`
/// c4 n1 txn a+3,b=1.2 1-2        appends 3 to a, finds 1 and 2 in b
/// c5 n1 transfer a b 5 1-2       moves 5
/// c5 n1 balances a=5,b=15 1-2
/// fault cut n3: n3 was cut off from n1 and n2 2.90-?
/// initial 5                      of the key x
/// ```
pub(super) fn history(text: &str) -> History {
    let mut history = History::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "initial" => {
                history.initial.insert("x".into(), words[1].into());
            }
            "drained" => history.drained = true,
            "fault" => history.faults.push(fault(&words)),
            _ => history.operations.push(operation(&words)),
        }
    }
    history
}

fn operation(words: &[&str]) -> Operation {
    let value = |word: &str| (word != "-").then(|| word.into());
    let (action, rest) = match (words[2], &words[3..]) {
        ("read", [read, rest @ ..]) => (Action::Read { value: value(read) }, rest),
        ("write", [written, rest @ ..]) => (Action::Write { value: (*written).into() }, rest),
        ("cas", [from, to, rest @ ..]) => (Action::CompareAndSet { from: value(from), to: value(to) }, rest),
        ("delete", rest) => (Action::Delete, rest),
        ("put", [put, rest @ ..]) => (Action::Put { value: (*put).into() }, rest),
        ("take", [taken, rest @ ..]) => (Action::Take { value: value(taken) }, rest),
        ("txn", [steps, rest @ ..]) => (Action::Transaction { steps: steps.split(',').map(step).collect() }, rest),
        ("transfer", [from, to, amount, rest @ ..]) => {
            let (from, to) = ((*from).into(), (*to).into());
            (Action::Transfer { from, to, amount: amount.parse().unwrap() }, rest)
        }
        ("balances", [balances, rest @ ..]) => {
            let pairs = balances.split(',').map(|pair| pair.split_once('=').unwrap());
            let balances = pairs.map(|(account, balance)| (account.into(), balance.parse().unwrap())).collect();
            (Action::Balances { balances }, rest)
        }
        ("ack", [deleted, rest @ ..]) => (Action::Ack { value: (*deleted).into() }, rest),
        other => panic!("no operation: {other:?}"),
    };
    let (called, returned) = times(rest[0]);
    let outcome = match rest.get(1) {
        Some(&"no") => Outcome::No,
        Some(&"unmet") => Outcome::Unmet,
        Some(&"unknown") => Outcome::Unknown,
        None if returned.is_none() => Outcome::Unknown,
        None => Outcome::Ok,
        other => panic!("no outcome: {other:?}"),
    };
    let key = rest.get(2).unwrap_or(match action.object() {
        Object::Register => &"x",
        Object::Queue => &"jobs",
        Object::Lists | Object::Accounts => &"",
    });
    Operation {
        client: words[0][1..].parse().unwrap(),
        node: (words[1] != "-").then(|| words[1].into()),
        key: (*key).into(),
        action,
        called,
        returned,
        outcome,
        note: (outcome == Outcome::No).then(|| "503".to_owned()),
    }
}

fn step(text: &str) -> Step {
    match text.split_once('+') {
        Some((key, element)) => Step::Append { key: key.into(), element: element.into() },
        None => {
            let (key, list) = text.split_once('=').unwrap();
            Step::Get { key: key.into(), list: list.split('.').filter(|element| !element.is_empty()).collect() }
        }
    }
}

fn fault(words: &[&str]) -> Fault {
    let kind = match words[1] {
        "cut" => FaultKind::Cut,
        "slow" => FaultKind::Slow,
        "pause" => FaultKind::Pause,
        "down" => FaultKind::Down,
        _ => FaultKind::Other,
    };
    let (from, to) = times(words[words.len() - 1]);
    let nodes = words[2].trim_end_matches(':').split(',').map(Into::into).collect();
    Fault { kind, what: words[3..words.len() - 1].join(" "), nodes, from, to }
}

fn times(word: &str) -> (Duration, Option<Duration>) {
    let (from, to) = word.split_once('-').unwrap();
    let seconds = |word: &str| Duration::from_secs_f64(word.parse().unwrap());
    (seconds(from), (to != "?").then(|| seconds(to)))
}
