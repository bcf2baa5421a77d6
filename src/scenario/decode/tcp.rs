//! Steps that talk over TCP: what is said, what must come, and when.

use std::time::Duration;

use crate::yaml::{Node, Value};

use super::super::verbs;
use super::super::{Close, Received, Record, RecordKind, Sent, Talk, Tcp, Took};
use super::fields::Fields;
use super::{Decoder, Names};

/// What `save` of a `tcp` step can see. What no item gives is missing when it is asked for.
pub(crate) const OF_A_TALK: [&str; 8] = ["line", "words", "lines", "body", "yaml", "node", "sent", "came"];
/// Between two pieces of what is sent.
const PAUSE: Duration = Duration::from_millis(5);

impl Decoder<'_> {
    pub(super) fn tcp(&mut self, value: &Node, fields: &Fields<'_>, names: &mut Names) -> Option<Tcp> {
        let name = self.template(value, names);
        let to = fields.get("to").and_then(|node| self.selector(node, names));
        let talk = self.talk(fields, names);
        let never_unsettled = self.never_unsettled(fields);
        let silent = self.duration_field(fields, "silent");
        let closed = match fields.get("closed").map(|node| (node, &node.value)) {
            None => false,
            Some((_, Value::Bool(true))) => true,
            Some((node, _)) => return self.wrong(node, "`true`", "write `closed: true`, or remove the key"),
        };
        let close = match fields.get("close").map(|node| (node, node.as_text())) {
            None => None,
            Some((_, Some("write"))) => Some(Close::Write),
            Some((_, Some("all"))) => Some(Close::All),
            Some((_, Some("reset"))) => Some(Close::Reset),
            Some((node, _)) => return self.wrong(node, "a way to close", "write `write`, `all` or `reset`"),
        };
        let timeout = self.duration_field(fields, "timeout");
        let took = match fields.get("took") {
            None => None,
            Some(node) => Some(self.took(node, names)?),
        };
        let talk = talk?;
        if took.is_some() && talk.receive.is_empty() && !closed {
            self.error(value.at, "`took` has nothing to wait for", "say what comes in `receive`");
        }
        if talk.send.is_none()
            && talk.receive.is_empty()
            && silent.is_none()
            && !closed
            && close.is_none()
            && to.is_none()
        {
            self.error(value.at, "nothing is said on this connection", "add `send`, `receive`, `silent` or `close`");
        }
        let save = self.save(fields, &OF_A_TALK, names);
        let record = match fields.get("record") {
            None => None,
            Some(node) => Some(self.record(node, names)?),
        };
        Some(Tcp {
            name: name?,
            to,
            talk,
            never_unsettled: never_unsettled?,
            silent,
            closed,
            close,
            timeout,
            took,
            record,
            save,
        })
    }

    /// `send` and `receive`.
    pub(crate) fn talk(&mut self, fields: &Fields<'_>, names: &Names) -> Option<Talk> {
        let send = match fields.get("send") {
            None => None,
            Some(node) => Some(self.sent(node, names)?),
        };
        let mut inside = names.clone();
        inside.insert("node".to_owned());
        let receive = match fields.get("receive") {
            None => Vec::new(),
            Some(node) => match &node.value {
                Value::List(items) if items.is_empty() => {
                    return self.wrong(node, "a list with something in it", "where nothing comes, write `silent`");
                }
                Value::List(items) => items.iter().filter_map(|item| self.received(item, &mut inside)).collect(),
                _ => self.received(node, &mut inside).into_iter().collect(),
            },
        };
        Some(Talk { send, receive })
    }

    fn sent(&mut self, node: &Node, names: &Names) -> Option<Sent> {
        match &node.value {
            Value::Map(_) => {
                let fields = self.fields(node, verbs::SENT, "`send`")?;
                let bytes = self.data(fields.get("bytes")?, names);
                let pieces =
                    fields.get("pieces").map_or(Some(super::Data::Plain(1.into())), |node| self.count(node, names));
                let pause = self.duration_field(&fields, "pause").unwrap_or(PAUSE);
                Some(Sent::Bytes { bytes: bytes?, pieces: pieces?, pause })
            }
            Value::List(items) if items.is_empty() => {
                self.wrong(node, "a list with something in it", "write the lines, or remove the key")
            }
            Value::Null => self.wrong(node, "a line", "put quotes around it"),
            _ => Some(Sent::Lines(self.data(node, names)?)),
        }
    }

    /// One thing that must come. The items after it see what it was.
    fn received(&mut self, node: &Node, names: &mut Names) -> Option<Received> {
        if !node.entries().iter().any(|entry| entry.key == "bytes") {
            let line = self.matcher(node, names)?;
            names.extend(["line", "words", "lines"].map(str::to_owned));
            return Some(Received::Line(line));
        }
        let fields = self.fields(node, verbs::RECEIVED, "an item of `receive`")?;
        let count = self.count(fields.get("bytes")?, names);
        let text = fields.get("text").map(|node| self.matcher(node, names));
        let yaml = fields.get("yaml").map(|node| self.matcher(node, names));
        names.extend(["body", "yaml"].map(str::to_owned));
        let given = |matcher: Option<Option<_>>| match matcher {
            None => Some(None),
            Some(matcher) => matcher.map(Some),
        };
        Some(Received::Bytes { count: count?, text: given(text)?, yaml: given(yaml)? })
    }

    fn record(&mut self, node: &Node, names: &Names) -> Option<Record> {
        let fields = self.fields(node, verbs::RECORD, "`record`")?;
        let history = self.name(fields.get("history")?)?;
        self.recorded.insert(history.clone());
        let kinds = [("put", RecordKind::Put), ("take", RecordKind::Take), ("ack", RecordKind::Ack)];
        let given: Vec<_> = kinds.iter().filter_map(|(name, kind)| Some((*kind, fields.get(name)?))).collect();
        let [(kind, value)] = given[..] else {
            return self.wrong(node, "one of `put`, `take` and `ack`", "write what this step is to the queue");
        };
        Some(Record { history, kind, value: self.template(value, names)? })
    }

    fn took(&mut self, node: &Node, names: &Names) -> Option<Took> {
        let fields = self.fields(node, verbs::TOOK, "`took`")?;
        let since = match fields.get("since") {
            None => None,
            Some(node) => Some(self.expression(node, names)?),
        };
        let (at_least, at_most) = (self.duration_field(&fields, "at_least"), self.duration_field(&fields, "at_most"));
        if at_least.is_none() && at_most.is_none() {
            self.error(node.at, "`took` says no time", "add `at_least` or `at_most`");
        }
        Some(Took { since, at_least, at_most })
    }
}
