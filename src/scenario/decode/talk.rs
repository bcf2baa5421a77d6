//! What is sent over TCP, and what must come back.

use std::time::Duration;

use crate::yaml::{Node, Value};

use super::super::{Received, Sent, Talk};
use super::super::{hex, verbs};
use super::fields::Fields;
use super::{Decoder, Names};

/// What `save` of a `tcp` step can see. A name that no item provides is missing when it is asked for.
pub(crate) const OF_A_TALK: [&str; 8] = ["line", "words", "lines", "body", "yaml", "node", "sent", "came"];
/// The pause between two pieces of what is sent.
const PAUSE: Duration = Duration::from_millis(5);

impl Decoder<'_> {
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
                _ => self.heard(node, &inside),
            },
        };
        Some(Talk { send, receive })
    }

    /// What must come, one thing or several in order.
    pub(super) fn heard(&mut self, node: &Node, names: &Names) -> Vec<Received> {
        let mut inside = names.clone();
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.received(item, &mut inside)).collect(),
            _ => self.received(node, &mut inside).into_iter().collect(),
        }
    }

    fn sent(&mut self, node: &Node, names: &Names) -> Option<Sent> {
        match &node.value {
            Value::Map(_) => {
                let fields = self.fields(node, verbs::SENT, "`send`")?;
                let (node, as_hex) = match (fields.get("bytes"), fields.get("hex")) {
                    (Some(bytes), None) => (bytes, false),
                    (None, Some(hex)) => (hex, true),
                    _ => return self.wrong(node, "one of `bytes` and `hex`", "write what is sent"),
                };
                if let Some(text) =
                    node.as_text().filter(|text| as_hex && !text.contains("$(") && hex::decode(text).is_none())
                {
                    let message = format!("`{text}` is not made of bytes");
                    self.error(node.at, message, "write two hexadecimal digits for each byte");
                }
                let bytes = self.data(node, names);
                let pieces =
                    fields.get("pieces").map_or(Some(super::Data::Plain(1.into())), |node| self.count(node, names));
                let pause = self.duration_field(&fields, "pause").unwrap_or(PAUSE);
                Some(Sent::Bytes { bytes: bytes?, hex: as_hex, pieces: pieces?, pause })
            }
            Value::List(items) if items.is_empty() => {
                self.wrong(node, "a list with something in it", "write the lines, or remove the key")
            }
            Value::Null => self.wrong(node, "a line", "put quotes around it"),
            _ => Some(Sent::Lines(self.data(node, names)?)),
        }
    }

    /// One thing that must come. The items after it can see what it was.
    fn received(&mut self, node: &Node, names: &mut Names) -> Option<Received> {
        if !node.entries().iter().any(|entry| entry.key == "bytes") {
            let line = self.matcher(node, names)?;
            names.extend(["line", "words", "lines"].map(str::to_owned));
            return Some(Received::Line(line));
        }
        let fields = self.fields(node, verbs::RECEIVED, "an item of `receive`")?;
        let count = self.count(fields.get("bytes")?, names);
        let text = fields.get("text").map(|node| self.matcher(node, names));
        let hex = fields.get("hex").map(|node| self.matcher(node, names));
        let yaml = fields.get("yaml").map(|node| self.matcher(node, names));
        names.extend(["body", "yaml"].map(str::to_owned));
        let given = |matcher: Option<Option<_>>| match matcher {
            None => Some(None),
            Some(matcher) => matcher.map(Some),
        };
        Some(Received::Bytes {
            count: count?,
            text: given(text)?,
            hex: given(hex)?.map(Box::new),
            yaml: given(yaml)?,
        })
    }
}
