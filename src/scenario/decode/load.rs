//! `workload`, `await` and `check`, and the operations that a workload does.

use history::CHECKERS;

use crate::text::did_you_mean;
use crate::yaml::{Diagnostic, Node, Value};

use super::super::Expect;
use super::super::load::{
    Check, FaultWord, Kind, Nemesis, Operation, Operations, Request, Until, Workload, is_for_recorded,
};
use super::super::template::Data;
use super::super::verbs::{self, Field, Shape};
use super::fields::{Fields, list};
use super::talk::OF_AN_ANSWER;
use super::{Decoder, Names};

const CLIENTS: u32 = 10;
const KEYS: u32 = 5;
/// How long a checker may think.
const JUDGED: std::time::Duration = std::time::Duration::from_secs(20);

impl Decoder<'_> {
    pub(super) fn workload(&mut self, value: &Node, names: &Names) -> Option<Workload> {
        if self.repeated > 0 {
            self.error(
                value.at,
                "a workload cannot start in steps that run many times at once, or until they pass",
                "start it before them",
            );
        }
        let fields = self.fields(value, verbs::WORKLOAD, "`workload`")?;
        let name = fields.get("name").and_then(|node| self.name(node));
        if let (Some(name), Some(node)) = (&name, fields.get("name")) {
            self.workloads.insert(name.clone(), Some((self.source.clone(), node.at)));
        }
        let during = self.duration_field(&fields, "for");
        let mix = fields.get("mix").and_then(|node| self.mix(node));
        let to = match fields.get("to") {
            Some(node) => Some(self.selector(node, names)?),
            None => None,
        };
        let nemesis = match fields.get("while") {
            Some(node) => Some(self.nemesis(node)?),
            None => None,
        };
        let until = match fields.get("until") {
            Some(node) => Some(self.until(node, nemesis.is_some())?),
            None => None,
        };
        let number = |decoder: &mut Self, name: &str| decoder.ranged(&fields, verbs::WORKLOAD, name);
        let (clients, keys) = (number(self, "clients"), number(self, "keys"));
        let (fresh_after, rate) = (number(self, "fresh_after"), number(self, "rate"));
        let timeout = self.duration_field(&fields, "timeout");
        let settle = self.duration_field(&fields, "settle");
        Some(Workload {
            name: name?,
            clients: clients.unwrap_or(CLIENTS),
            keys: keys.unwrap_or(KEYS),
            fresh_after,
            during: during?,
            until,
            mix: mix?,
            to,
            rate,
            timeout,
            nemesis,
            settle,
        })
    }

    fn mix(&mut self, node: &Node) -> Option<Vec<(Kind, u32)>> {
        let fields = self.fields(node, verbs::MIX, "`mix`")?;
        let mut mix = Vec::new();
        for kind in Kind::ALL {
            let Some(at) = fields.get(kind.word()) else { continue };
            if !self.around.operations.contains(&kind) {
                let known = self.around.operations.iter().map(|kind| kind.word());
                let help = match self.around.operations.is_empty() {
                    true => "challenge.yaml has no `operations`".to_owned(),
                    false => format!("the `operations` of challenge.yaml are {}", list(known)),
                };
                self.error(at.at, format!("challenge.yaml does not say what `{}` is", kind.word()), help);
            }
            match self.ranged(&fields, verbs::MIX, kind.word()) {
                Some(0) | None => {}
                Some(weight) => mix.push((kind, weight)),
            }
        }
        if mix.is_empty() {
            self.error(node.at, "nothing is to be done", "give an operation a weight, as in `{ read: 5, write: 4 }`");
            return None;
        }
        Some(mix)
    }

    fn until(&mut self, node: &Node, faults: bool) -> Option<Until> {
        let fields = self.fields(node, verbs::UNTIL, "`until`")?;
        if let (Some(node), false) = (fields.get("faults"), faults) {
            self.error(node.at, "there are no faults to wait for", "say which in `while`, or remove the key");
        }
        let mut number = |name: &str| self.ranged(&fields, verbs::UNTIL, name).map_or(0, u64::from);
        let until = Until { ok: number("ok"), faults: number("faults") };
        if node.entries().is_empty() {
            self.error(node.at, "`until` is empty", "write what is enough, as in `{ ok: 300 }`");
        }
        Some(until)
    }

    fn nemesis(&mut self, node: &Node) -> Option<Nemesis> {
        let fields = self.fields(node, verbs::NEMESIS, "`while`")?;
        let every = self.duration_field(&fields, "every");
        let lasts = self.duration_field(&fields, "lasts");
        if let (Some(every), Some(lasts), Some(node)) = (every, lasts, fields.get("lasts"))
            && lasts > every
        {
            self.error(node.at, "a fault would still last when the next begins", "give a shorter time than `every`");
        }
        if let (Some(node), Some(every)) = (fields.get("every"), every)
            && every.is_zero()
        {
            self.error(node.at, "faults need time between them", "give a longer time, as in `3s`");
        }
        let faults = fields.get("faults").and_then(|node| self.faults(node));
        let aim = match fields.get("aim") {
            Some(node) => {
                let role = self.name(node)?;
                self.known_role(node, &role);
                Some(role)
            }
            None => None,
        };
        let every = every?;
        Some(Nemesis { every, lasts: lasts.unwrap_or(every / 2), faults: faults?, aim })
    }

    fn faults(&mut self, node: &Node) -> Option<Vec<FaultWord>> {
        let words = || FaultWord::ALL.iter().map(|(_, word)| *word);
        let Value::List(items) = &node.value else {
            return self.wrong(node, "a list of faults", "write them as `[partition, kill]`");
        };
        if items.is_empty() {
            self.error(node.at, "this list is empty", format!("the faults are {}", list(words())));
        }
        let mut faults = Vec::new();
        for item in items {
            let Some(text) = item.as_text() else {
                self.wrong::<()>(item, "a fault", &format!("the faults are {}", list(words())));
                continue;
            };
            let Some(fault) = FaultWord::named(text) else {
                let help = did_you_mean(text, words()).map_or_else(
                    || format!("the faults are {}", list(words())),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(item.at, format!("there is no fault `{text}`"), help);
                continue;
            };
            if fault.is_of_links() && self.nodes == 1 {
                self.error(
                    item.at,
                    "a node alone has no links",
                    "give the file a `cluster:` of more nodes, as in `cluster: 5`",
                );
            }
            if faults.contains(&fault) {
                self.error(item.at, format!("`{text}` is there twice"), "each comes once before any comes again");
            }
            faults.push(fault);
        }
        Some(faults)
    }

    pub(super) fn check(&mut self, value: &Node, names: &Names) -> Option<Check> {
        let fields = self.fields(value, verbs::CHECK, "`check`")?;
        let history = fields.get("history").and_then(|node| {
            let name = self.name(node)?;
            if !self.recorded.contains(&name) {
                self.known_workload(node, &name);
            }
            Some(name)
        });
        let with = fields.get("with").and_then(|node| {
            node.as_text().and_then(history::checker).or_else(|| {
                let names = list(CHECKERS.iter().map(|checker| checker.name()));
                self.wrong(node, "a checker", &format!("the checkers are {names}"))
            })
        });
        if let (Some(with), Some(history), Some(node)) = (with, &history, fields.get("with"))
            && self.recorded.contains(history) != is_for_recorded(with)
        {
            self.error(node.at, format!("`{history}` cannot be judged by `{}`", with.name()), which_judges_what());
        }
        let drained = matches!(fields.get("drained").map(|node| &node.value), Some(Value::Bool(true)));
        let min_ok = fields.get("min_ok").map_or(Some(Data::Plain(1.into())), |node| self.count(node, names));
        let within = self.duration_field(&fields, "within").unwrap_or(JUDGED);
        Some(Check { history: history?, with: with?, min_ok: min_ok?, drained, within })
    }

    /// A step that waits for a workload.
    pub(super) fn known_workload(&mut self, node: &Node, name: &str) {
        if let Some(begun) = self.workloads.get_mut(name) {
            *begun = None;
            return;
        }
        let known = || self.workloads.keys().map(String::as_str);
        let help = match did_you_mean(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.workloads.is_empty() => "start one before this step, as in `- workload: { … }`".to_owned(),
            None => format!("this test has {}", list(known())),
        };
        self.error(node.at, format!("no workload is called `{name}` here"), help);
    }

    /// A workload that nothing waits for would be cut short by the end of the test, and what it finds never looked at.
    pub(super) fn all_awaited(&mut self) {
        for (name, begun) in std::mem::take(&mut self.workloads) {
            if let Some((source, at)) = begun {
                let forgotten = Diagnostic::new(&source, at, format!("nothing waits for the workload `{name}`"));
                self.errors.push(forgotten.help("`check` its history, or `await` it"));
            }
        }
    }

    /// A whole number in the range that the table gives its field.
    fn ranged(&mut self, fields: &Fields<'_>, table: &[Field], name: &str) -> Option<u32> {
        let node = fields.get(name)?;
        let shape = table.iter().find(|field| field.name == name)?.shape;
        let Shape::Range(low, high) = shape else { return None };
        match node.value {
            Value::Int(number) if (low..=high).contains(&number) => u32::try_from(number).ok(),
            _ => {
                self.error(
                    node.at,
                    format!("`{name}` is a whole number from {low} to {high}"),
                    "write it without a unit",
                );
                None
            }
        }
    }
}

/// Which checkers are for which histories.
fn which_judges_what() -> String {
    let those = |recorded: bool| CHECKERS.iter().filter(move |checker| is_for_recorded(**checker) == recorded);
    let names = |recorded| list(those(recorded).map(|checker| checker.name()));
    let s = if those(true).count() == 1 { "s" } else { "" };
    format!("{} judge{s} what was recorded, {} what a workload did", names(true), names(false))
}

/// `operations` of challenge.yaml.
impl Decoder<'_> {
    pub(crate) fn operations(&mut self, node: &Node) -> Operations {
        let mut operations = Operations::new();
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each operation's name and what it is, as in `read: { http: … }`");
            return operations;
        };
        for entry in entries {
            let words = || Kind::ALL.into_iter().map(Kind::word);
            let Some(kind) = Kind::named(&entry.key) else {
                let help = did_you_mean(&entry.key, words()).map_or_else(
                    || format!("the operations are {}", list(words())),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(entry.key_at, format!("no operation is called `{}`", entry.key), help);
                continue;
            };
            if self.has_value(entry)
                && let Some(operation) = self.operation(kind, &entry.value)
            {
                operations.insert(kind, operation);
            }
        }
        if let (Some(node), Some(read)) = (node.get(Kind::CompareAndSet.word()), operations.get(&Kind::Read))
            && read.version.is_none()
        {
            self.error(
                node.at,
                "`read` gives no `version` to compare",
                "give `read` one, as in `version: headers.etag`",
            );
        }
        if let (Some(node), None) = (node.get(Kind::CompareAndSet.word()), node.get(Kind::Read.word())) {
            self.error(node.at, "what is compared must have been read", "say what `read` is, and its `version`");
        }
        operations
    }

    fn operation(&mut self, kind: Kind, node: &Node) -> Option<Operation> {
        let what = format!("`{}`", kind.word());
        let fields = self.fields(node, verbs::OPERATION, &what)?;
        for (name, of) in
            [("unmet", Kind::CompareAndSet), ("absent", Kind::Read), ("value", Kind::Read), ("version", Kind::Read)]
        {
            if let Some(node) = fields.get(name).filter(|_| kind != of) {
                self.error(node.at, format!("{what} has no `{name}`"), format!("`{}` has", of.word()));
            }
        }
        let mut names: Names = ["key".to_owned()].into();
        if kind.sets() {
            names.insert("value".to_owned());
        }
        if kind == Kind::CompareAndSet {
            names.insert("version".to_owned());
        }
        let request = fields.get("http").and_then(|node| self.request(node, &names));
        let headers = fields.get("headers").map(|node| self.text_map(node, &names)).unwrap_or_default();
        let body = match fields.get("body") {
            Some(node) => Some(self.template(node, &names)?),
            None => None,
        };
        let mut answers = |name: &str| fields.get(name).map(|node| self.answers(node, name)).unwrap_or_default();
        let (ok, no, unmet, absent) = (answers("ok"), answers("no"), answers("unmet"), answers("absent"));
        let seen: Names = OF_AN_ANSWER.map(str::to_owned).into();
        let mut expression = |name: &str| fields.get(name).and_then(|node| self.expression(node, &seen));
        let (value, version) = (expression("value"), expression("version"));
        if kind == Kind::Read && fields.get("value").is_none() {
            self.error(node.at, "`read` does not say what was read", "give it a `value`, as in `value: body`");
        }
        if kind == Kind::CompareAndSet && fields.get("unmet").is_none() {
            self.error(
                node.at,
                "`compare_and_set` does not say when it was not met",
                "give it `unmet`, as in `unmet: { status: 412 }`",
            );
        }
        let (method, path) = request?;
        let request = Request::Http { method, path: path?, headers, body };
        Some(Operation { request, ok, no, unmet, absent, value, version })
    }

    /// One expectation, or a list of them.
    fn answers(&mut self, node: &Node, name: &str) -> Vec<Expect<Data>> {
        let what = format!("`{name}`");
        let nodes: Vec<&Node> = match &node.value {
            Value::List(items) if items.is_empty() => {
                self.error(node.at, "this list is empty", "write an answer, as in `{ status: 200 }`");
                Vec::new()
            }
            Value::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut answers = Vec::new();
        for node in nodes {
            let Some(expect) = self.expect(node, &Names::new(), &what) else { continue };
            if expect.error.is_some() {
                self.error(
                    node.at,
                    "without an answer nobody knows",
                    "a refused connection is `no` by itself; anything else may have been done",
                );
            }
            answers.push(expect);
        }
        answers
    }
}
