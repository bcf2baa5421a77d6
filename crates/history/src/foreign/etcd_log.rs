//! The logs of Jepsen's etcd test, of which porcupine (github.com/anishathalye/porcupine) keeps a hundred: one register,
//! no times, and an event a line:
//!
//! ```text
//! INFO  jepsen.util - 2    :invoke    :cas    [3 0]
//! INFO  jepsen.util - 2    :fail      :cas    [3 0]
//! ```

use super::edn::{self, Edn};
use super::pairs::{Event, Kind, Pairs};
use crate::file::BrokenLine;
use crate::{Action, History, Outcome};

pub(super) fn read(text: &str) -> Result<History, BrokenLine> {
    let mut pairs = Pairs::default();
    for (at, line) in text.lines().enumerate() {
        let line_number = at + 1;
        if line.trim().is_empty() {
            continue;
        }
        let broken = |message: &str| BrokenLine { line: line_number, message: message.to_owned() };
        let (_, event) = line.split_once(" - ").ok_or_else(|| broken("there is no ` - ` before the process"))?;
        // What nemeses do, and what the log says of itself.
        if !event.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let words = edn::read(event).map_err(|error| BrokenLine { line: line_number, ..error })?;
        let words: Vec<Edn> = words.into_iter().map(|(_, word)| word).collect();
        let [process, kind, what, value] = &words[..] else {
            return Err(broken("an event is a process, what it is of an operation, which, and a value"));
        };
        let process = process.plain().and_then(|process| process.parse().ok());
        let process = process.ok_or_else(|| broken("a process is a number"))?;
        let kind = kind.keyword().and_then(Kind::of);
        let kind = kind.ok_or_else(|| broken("an event is :invoke, :ok, :fail or :info"))?;
        // `:timed-out` stands in place of the value.
        let told = matches!(kind, Kind::Invoke | Kind::Ok);
        let action = match (what.keyword(), value.sequence()) {
            (Some("read"), _) => Action::Read { value: value.plain().filter(|_| told) },
            (Some("write"), _) => {
                Action::Write { value: value.plain().ok_or_else(|| broken("a :write needs a value"))? }
            }
            (Some("cas"), Some([from, to])) => Action::CompareAndSet { from: from.plain(), to: to.plain() },
            (Some("cas"), _) if !told => Action::Delete,
            _ => return Err(broken("an operation is :read, :write, or :cas with two values")),
        };
        // etcd says of a compare-and-set that fails that the register held something else.
        let failed = match (what.keyword(), value.sequence()) {
            (Some("cas"), Some(_)) => Outcome::Unmet,
            _ => Outcome::No,
        };
        let note = value.keyword().map(str::to_owned).filter(|_| !told);
        pairs.add(Event {
            line: line_number,
            process,
            kind,
            key: "register".into(),
            action,
            time: None,
            failed,
            note,
        })?;
    }
    Ok(pairs.history())
}
