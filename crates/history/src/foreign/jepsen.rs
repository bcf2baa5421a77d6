//! Jepsen's `history.edn` (github.com/jepsen-io/jepsen): a map for each event, in a vector or one after the other. It has
//! registers, also many by `jepsen.independent`, and transactions that append to lists, as Elle has them.

use super::edn::{self, Edn};
use super::pairs::{Event, Kind, Pairs};
use crate::file::BrokenLine;
use crate::{Action, History, Lists, Outcome, Step, Text};

pub(super) fn read(text: &str) -> Result<History, BrokenLine> {
    let mut values = edn::read(text)?;
    if let [(line, Edn::Sequence(_))] = &values[..] {
        let line = *line;
        if let Some((_, Edn::Sequence(events))) = values.pop() {
            values = events.into_iter().map(|event| (line, event)).collect();
        }
    }
    let mut reader =
        Reader { independent: values.iter().any(|(_, event)| is_independent(event)), ..Reader::default() };
    let mut pairs = Pairs::default();
    for (line, event) in &values {
        let read = reader.event(*line, event).map_err(|message| BrokenLine { line: *line, message })?;
        read.map_or(Ok(()), |event| pairs.add(event))?;
    }
    Ok(pairs.history())
}

/// Its value is a key and a value: a plain read asks for nil, a plain write for one value, a plain cas for two.
fn is_independent(event: &Edn) -> bool {
    let value = event.get("value").and_then(Edn::sequence);
    match (event.get("f").and_then(Edn::keyword), value) {
        (Some("read" | "write"), Some([_, _])) => true,
        (Some("cas"), Some([_, pair])) => pair.sequence().is_some(),
        _ => false,
    }
}

#[derive(Default)]
struct Reader {
    independent: bool,
    lists: Lists,
}

impl Reader {
    /// None for what is no operation of a client.
    fn event(&mut self, line: usize, event: &Edn) -> Result<Option<Event>, String> {
        let kind = event.get("type").and_then(Edn::keyword).and_then(Kind::of);
        let kind = kind.ok_or("an event is a map with :type :invoke, :ok, :fail or :info")?;
        let process = match event.get("process") {
            // Elle's own examples have none: there one thing is done after the other.
            None => 0,
            Some(Edn::Keyword(_)) => return Ok(None),
            Some(process) => process
                .plain()
                .and_then(|process| process.parse().ok())
                .ok_or("a :process is a number or a keyword")?,
        };
        let time = event
            .get("time")
            .map(|time| time.plain().and_then(|time| time.parse().ok()).ok_or("a :time is in nanoseconds"));
        let value = event.get("value").unwrap_or(&Edn::Nil);
        let (key, action) = self.action(event.get("f").and_then(Edn::keyword), value, kind)?;
        let note = event.get("error").and_then(|error| error.plain().or_else(|| error.sequence()?.first()?.plain()));
        let note = note.map(|note| note.to_string());
        Ok(Some(Event { line, process, kind, key, action, time: time.transpose()?, failed: Outcome::No, note }))
    }

    fn action(&mut self, what: Option<&str>, value: &Edn, kind: Kind) -> Result<(Text, Action), String> {
        if matches!(what, None | Some("txn" | "append")) {
            let steps = value.sequence().unwrap_or_default().iter().map(|step| self.step(step));
            return Ok(("".into(), Action::Transaction { steps: steps.collect::<Result<_, _>>()? }));
        }
        let (key, value) = match value.sequence() {
            Some([key, value]) if self.independent => (key.plain().ok_or("a key is a plain value")?, value),
            _ if self.independent && kind != Kind::Info && kind != Kind::Fail => {
                return Err("its :value is no key and value, as those of other events are".to_owned());
            }
            _ => ("register".into(), value),
        };
        // What was asked for is known from the call.
        let told = matches!(kind, Kind::Invoke | Kind::Ok);
        let action = match (what, value.sequence()) {
            (Some("read"), None) => Action::Read { value: value.plain() },
            (Some("write"), None) => match value.plain() {
                Some(value) => Action::Write { value },
                None if told => return Err("a :write needs a value that is not nil".to_owned()),
                None => Action::Delete,
            },
            (Some("cas"), Some([from, to])) => Action::CompareAndSet { from: from.plain(), to: to.plain() },
            (Some("read" | "write" | "cas"), _) if !told => Action::Delete,
            _ => {
                return Err(format!(
                    "what :{} is, lsfr does not know: it reads :read, :write, :cas, and :txn of :append and :r",
                    what.unwrap_or("nil")
                ));
            }
        };
        Ok((key, action))
    }

    fn step(&mut self, step: &Edn) -> Result<Step, String> {
        let Some([what, key, value]) = step.sequence() else {
            return Err("a step of a transaction is what it does, a key and a value".to_owned());
        };
        let key = key.plain().ok_or("a key is a plain value")?;
        match (what.keyword(), value) {
            (Some("append"), value) => {
                Ok(Step::Append { key, element: value.plain().ok_or("an :append needs a plain value")? })
            }
            (Some("r"), Edn::Nil) => Ok(Step::Get { key, list: crate::List::default() }),
            (Some("r"), Edn::Sequence(elements)) => {
                let elements: Option<Vec<Text>> = elements.iter().map(Edn::plain).collect();
                let list = self.lists.list(&key, elements.ok_or("an element of a list is a plain value")?);
                Ok(Step::Get { key, list })
            }
            (Some("w" | "r"), _) => {
                Err("transactions on registers (:w) are not judged: only those on lists (:append) are".to_owned())
            }
            _ => Err("a step is [:append key value] or [:r key list]".to_owned()),
        }
    }
}
