//! `concurrently`: many copies of the same steps.

use crate::yaml::{Node, Value};

use super::super::template::Data;
use super::super::verbs;
use super::super::{Beside, Concurrently, Expect};
use super::fields::Fields;
use super::{Decoder, Names};

/// Connections to one node at a time.
const MAX_IN_FLIGHT: i64 = 64;

impl Decoder<'_> {
    pub(super) fn concurrently(
        &mut self,
        value: &Node,
        fields: &Fields<'_>,
        inner: &str,
        path: &str,
        names: &mut Names,
    ) -> Option<Concurrently> {
        let copies = self.count(value, names);
        let in_flight = fields.get("in_flight").map_or(Some(Data::Plain(32.into())), |node| {
            if matches!(node.value, Value::Int(number) if !(1..=MAX_IN_FLIGHT).contains(&number)) {
                self.error(
                    node.at,
                    format!("1 to {MAX_IN_FLIGHT} can be in flight"),
                    "more would test the listen backlog, not the program",
                );
            }
            self.count(node, names)
        });
        let during = self.duration_field(fields, "for");
        let name = fields.get("as").map_or(Some("i".to_owned()), |node| self.name(node));
        // Copies have names of their own: what one saves is not seen by the others, nor afterwards.
        let mut inside = names.clone();
        inside.extend(name.clone());
        let steps = fields.get("steps").and_then(|node| self.steps(node, path, &mut inside));
        let beside = match fields.get("while") {
            Some(node) => Some(self.beside(node, inner, names)?),
            None => None,
        };
        let unanswered = match fields.get("unanswered") {
            None => None,
            Some(node) if node.as_text() == Some("allowed") => Some(Expect::default()),
            Some(node) if matches!(node.value, Value::Map(_)) => Some(self.expect(node, names, "`unanswered`")?),
            Some(node) => {
                return self.wrong(node, "`allowed` or a map", "write `allowed`, or what else counts as no answer");
            }
        };
        let keep = match fields.get("keep") {
            Some(node) => Some(self.name(node)?),
            None => None,
        };
        let at_least = fields.get("at_least").map_or(Some(Data::Plain(1.into())), |node| self.count(node, names));
        names.extend(keep.clone());
        Some(Concurrently {
            copies: copies?,
            name: name?,
            in_flight: in_flight?,
            during,
            steps: steps?,
            beside,
            unanswered,
            keep,
            at_least: at_least?,
        })
    }

    fn beside(&mut self, node: &Node, inner: &str, names: &mut Names) -> Option<Beside> {
        let fields = self.fields(node, verbs::WHILE, "`while`")?;
        let after = fields.get("after").map_or(Some(Data::Plain(0.into())), |node| self.count(node, names));
        let steps = self.steps(fields.get("steps")?, &format!("{inner}.while"), names);
        Some(Beside { after: after?, steps: steps? })
    }
}
