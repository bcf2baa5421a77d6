//! Steps on the links between nodes.

use crate::yaml::{Node, Value};

use super::super::{Groups, LinkChange, Network, Selector, Slow, verbs};
use super::fields::Fields;
use super::{Decoder, Names};

/// What `save` sees of what was chosen.
const CHOSEN: [&str; 2] = ["groups", "nodes"];

impl Decoder<'_> {
    pub(super) fn network(
        &mut self,
        verb: &str,
        value: &Node,
        fields: &Fields<'_>,
        names: &mut Names,
    ) -> Option<Network> {
        if self.nodes == 1 {
            self.error(
                value.at,
                "a node alone has no links",
                "give the file a `cluster:` of more nodes, as in `cluster: 5`",
            );
        }
        let change = match verb {
            "partition" => LinkChange::Partition(self.groups(value, names)?),
            "isolate" => LinkChange::Isolate(self.selector(value, names)?),
            "halves" => LinkChange::Halves(self.selector(value, names)?),
            "bridge" => LinkChange::Bridge(self.selector(value, names)?),
            "ring" => match &value.value {
                Value::Map(entries) if entries.is_empty() => LinkChange::Ring,
                _ => return self.wrong(value, "`{}`", "it takes nothing: write `ring: {}`"),
            },
            "cut" => {
                let (from, to) = self.way(value, verbs::CUT, "`cut`", names)?;
                LinkChange::Cut { from, to }
            }
            "slow" => {
                let fields = self.fields(value, verbs::SLOW, "`slow`")?;
                let slow = self.slow(value, &fields);
                LinkChange::Slow { nodes: self.selector(fields.get("nodes")?, names)?, slow: slow? }
            }
            "reset" => LinkChange::Reset(self.selector(value, names)?),
            "heal" if value.get("from").is_some() || value.get("to").is_some() => {
                let (from, to) = self.way(value, verbs::HEAL, "`heal`", names)?;
                LinkChange::HealWay { from, to }
            }
            "heal" => LinkChange::Heal(self.selector(value, names)?),
            other => unreachable!("`{other}` is no verb of the network"),
        };
        let save = self.save(fields, &CHOSEN, names);
        Some(Network { change, save })
    }

    fn way(
        &mut self,
        value: &Node,
        table: &'static [verbs::Field],
        what: &str,
        names: &Names,
    ) -> Option<(Selector, Selector)> {
        let fields = self.fields(value, table, what)?;
        let from = fields.get("from").and_then(|node| self.selector(node, names));
        let to = fields.get("to").and_then(|node| self.selector(node, names));
        Some((from?, to?))
    }

    fn groups(&mut self, value: &Node, names: &Names) -> Option<Groups> {
        const HELP: &str = "write at least two groups, as in `[[n1, n2], [n3, n4, n5]]`";
        match &value.value {
            Value::List(items) if items.len() >= 2 => {
                let groups = items.iter().filter_map(|item| self.selector(item, names));
                Some(Groups::Written(groups.collect()))
            }
            Value::Text(text) if text.starts_with("$(") => Some(Groups::Given(self.template(value, names)?)),
            _ => self.wrong(value, "a list of groups", HELP),
        }
    }

    fn slow(&mut self, value: &Node, fields: &Fields<'_>) -> Option<Slow> {
        let delay = self.duration_field(fields, "delay").unwrap_or_default();
        let jitter = self.duration_field(fields, "jitter").unwrap_or_default();
        let rate = self.range(fields, "rate", 1, 1 << 40);
        let loss = self.range(fields, "loss", 0, 90).and_then(|loss| u8::try_from(loss).ok()).unwrap_or_default();
        let slow = Slow { delay, jitter, rate, loss };
        if slow == Slow::default() {
            self.error(value.at, "nothing is made slow", "give a `delay`, a `jitter`, a `rate` or a `loss`");
            return None;
        }
        if jitter > delay {
            self.error(
                value.at,
                "the jitter is more than the delay",
                "bytes cannot leave before they come: give a longer `delay`",
            );
            return None;
        }
        Some(slow)
    }

    fn range(&mut self, fields: &Fields<'_>, name: &str, low: i64, high: i64) -> Option<u64> {
        let node = fields.get(name)?;
        match node.value {
            Value::Int(number) if (low..=high).contains(&number) => u64::try_from(number).ok(),
            _ => self.wrong(node, &format!("a whole number from {low} to {high}"), "write it without a unit"),
        }
    }
}
