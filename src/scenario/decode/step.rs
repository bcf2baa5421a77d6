//! Steps: one verb each, with the keys that verb allows beside it.

use std::sync::Arc;
use std::time::Duration;

use crate::text::did_you_mean;
use crate::yaml::{Entry, Node, Value};

use super::super::template::{Data, Template};
use super::super::verbs::{self, Field, Verb};
use super::super::{
    Action, Beside, Command, Concurrently, Expect, ExpectCommand, Http, Need, NodeVerb, Place, Selector, Step,
};
use super::fields::{Fields, list};
use super::{Decoder, Names};

/// What `save` of an `http` step and of `find` can see of the answer.
pub(crate) const OF_AN_ANSWER: [&str; 6] = ["status", "headers", "body", "json", "node", "latency"];
const OF_A_COMMAND: [&str; 3] = ["exit", "stdout", "stderr"];
/// Connections to one node at a time.
const MAX_IN_FLIGHT: i64 = 64;

impl Decoder<'_> {
    /// Steps in order; what they set and save is added to `names`.
    pub(super) fn steps(&mut self, node: &Node, path: &str, names: &mut Names) -> Option<Vec<Step>> {
        let Value::List(items) = &node.value else {
            return self.wrong(node, "a list of steps", "write one `- verb: …` for each step");
        };
        if items.is_empty() {
            self.error(node.at, "there are no steps", "steps that do nothing would pass whatever the program does");
        }
        let path = |at: usize| if path.is_empty() { format!("steps[{at}]") } else { format!("{path}.steps[{at}]") };
        Some(items.iter().enumerate().filter_map(|(at, item)| self.step(item, path(at), names)).collect())
    }

    fn step(&mut self, node: &Node, path: String, names: &mut Names) -> Option<Step> {
        let Value::Map(entries) = &node.value else {
            return self.wrong(node, "a step", "write one verb and what belongs to it, as in `- http: GET /kv/a`");
        };
        let named: Vec<&Entry> = entries.iter().filter(|entry| verbs::verb(&entry.key).is_some()).collect();
        // `run` of files and `repeat` of steps never meet in one step: no verb is also another's field.
        let (entry, verb) = match &named[..] {
            [entry] => (*entry, verbs::verb(&entry.key)?),
            [] => return self.no_verb(node, entries),
            [first, second, ..] => {
                let message = format!("this step has two verbs, `{}` and `{}`", first.key, second.key);
                self.error(second.key_at, message, "make two steps of it");
                return None;
            }
        };
        let fields = self.siblings(node, entries, verb);
        if !self.has_value(entry) {
            return None;
        }
        let mut hints = self.hints(fields.get("hint"));
        let inner = format!("{path}.{}", verb.name);
        let action = self.action(verb, &entry.value, &fields, &inner, &path, names, &mut hints)?;
        Some(Step { place: Place { source: self.source.clone(), at: entry.key_at, path }, hints, action })
    }

    fn no_verb<T>(&mut self, node: &Node, entries: &[Entry]) -> Option<T> {
        let all = || verbs::VERBS.iter().map(|verb| verb.name);
        let near = entries.iter().find_map(|entry| Some((entry, did_you_mean(&entry.key, all())?)));
        match near {
            Some((entry, near)) => {
                self.error(
                    entry.key_at,
                    format!("there is no verb `{}`", entry.key),
                    format!("did you mean `{near}`?"),
                );
            }
            None => {
                let at = entries.first().map_or(node.at, |entry| entry.key_at);
                self.error(at, "this step has no verb", format!("the verbs are {}", list(all())));
            }
        }
        None
    }

    fn siblings<'a>(&mut self, node: &Node, entries: &'a [Entry], verb: &Verb) -> Fields<'a> {
        let what = format!("`{}`", verb.name);
        let known = |name: &str| verb.beside.iter().any(|field| field.name == name);
        let mut fields = Vec::new();
        for entry in entries.iter().filter(|entry| entry.key != verb.name) {
            if known(&entry.key) {
                if self.has_value(entry) {
                    fields.push(entry);
                }
                continue;
            }
            let names = || verb.beside.iter().map(|field| field.name);
            let help = did_you_mean(&entry.key, names()).map_or_else(
                || format!("{what} can have {} beside it", list(names())),
                |near| format!("did you mean `{near}`?"),
            );
            self.error(entry.key_at, format!("{what} takes no `{}`", entry.key), help);
        }
        for field in verb.beside.iter().filter(|field| field.required) {
            if !entries.iter().any(|entry| entry.key == field.name) {
                self.error(node.at, format!("{what} has no `{}`", field.name), field.doc);
            }
        }
        Fields::new(fields)
    }

    #[expect(clippy::too_many_arguments, reason = "one match over all verbs stands in one place")]
    fn action(
        &mut self,
        verb: &Verb,
        value: &Node,
        fields: &Fields<'_>,
        inner: &str,
        path: &str,
        names: &mut Names,
        hints: &mut Vec<String>,
    ) -> Option<Action> {
        Some(match verb.name {
            "start" => self.nodes(NodeVerb::Start, value, names)?,
            "stop" => self.nodes(NodeVerb::Stop, value, names)?,
            "kill" => self.nodes(NodeVerb::Kill, value, names)?,
            "pause" => self.nodes(NodeVerb::Pause, value, names)?,
            "resume" => self.nodes(NodeVerb::Resume, value, names)?,
            "restart" => self.restart(value, names)?,
            "crash_all" => match &value.value {
                Value::Map(entries) if entries.is_empty() => Action::CrashAll,
                _ => return self.wrong(value, "`{}`", "it takes nothing: write `crash_all: {}`"),
            },
            "http" => Action::Http(Box::new(self.http(value, fields, names)?)),
            "exec" => Action::Command(Box::new(self.command(None, Some(value), fields, names)?)),
            "run" => {
                let args = fields.get("args");
                Action::Command(Box::new(self.command(Some(value), args, fields, names)?))
            }
            "eventually" => {
                let (times, steps) = self.timed(value, verbs::EVENTUALLY, "within", inner, names, hints)?;
                Action::Eventually { within: times, steps }
            }
            "consistently" => {
                let (time, steps) = self.timed(value, verbs::CONSISTENTLY, "for", inner, names, hints)?;
                Action::Consistently { during: time?, steps }
            }
            "wait" => {
                let (time, because) = (self.duration(value), self.plain_text(fields.get("because")?));
                Action::Wait { time: time?, because: because? }
            }
            "repeat" => {
                let times = self.count(value, names);
                let (name, steps) = self.rounds(fields, "i", path, names)?;
                Action::Repeat { times: times?, name, steps }
            }
            "each" => {
                let items = match &value.value {
                    Value::List(_) => self.data(value, names),
                    Value::Text(text) if text.starts_with("$(") => self.data(value, names),
                    _ => self.wrong(value, "a list", "write `[a, b]`, or an expression `$(…)` that gives a list"),
                };
                let (name, steps) = self.rounds(fields, "item", path, names)?;
                Action::Each { items: items?, name, steps }
            }
            "find" => self.find(value, fields, names)?,
            "set" => Action::Set(self.set(value, names)?),
            "use" => self.shared(value, names)?,
            "concurrently" => Action::Concurrently(Box::new(self.concurrently(value, fields, inner, path, names)?)),
            other => unreachable!("`{other}` is in the table of verbs and not decoded"),
        })
    }

    fn nodes(&mut self, verb: NodeVerb, value: &Node, names: &Names) -> Option<Action> {
        Some(Action::Nodes { verb, nodes: self.selector(value, names)? })
    }

    fn restart(&mut self, value: &Node, names: &Names) -> Option<Action> {
        let table = match verbs::verb("restart")?.takes {
            verbs::Shape::SelectorOr(table) => table,
            _ => return None,
        };
        if value.get("nodes").is_none() && value.get("signal").is_none() {
            return self.nodes(NodeVerb::Restart { kill: false }, value, names);
        }
        let fields = self.fields(value, table, "`restart`")?;
        let kill = match fields.get("signal").map(|node| (node, node.as_text())) {
            None | Some((_, Some("term"))) => false,
            Some((_, Some("kill"))) => true,
            Some((node, _)) => return self.wrong(node, "a signal that `restart` sends", "write `term` or `kill`"),
        };
        self.nodes(NodeVerb::Restart { kill }, fields.get("nodes")?, names)
    }

    pub(super) fn selector(&mut self, node: &Node, names: &Names) -> Option<Selector> {
        match &node.value {
            Value::Text(text) => {
                if !text.contains("$(") {
                    self.node_name(node, text);
                }
                Some(Selector::Named(self.template(node, names)?))
            }
            Value::List(items) if !items.is_empty() => {
                let items = items.iter().filter_map(|item| {
                    if let Value::Text(text) = &item.value
                        && !text.contains("$(")
                    {
                        self.node_name(item, text);
                    }
                    self.template(item, names)
                });
                Some(Selector::List(items.collect()))
            }
            Value::Map(entries) => match &entries[..] {
                [entry] if entry.key == "except" => {
                    Some(Selector::Except(Box::new(self.selector(&entry.value, names)?)))
                }
                [entry] if entry.key == "random" => Some(Selector::Random(self.count(&entry.value, names)?)),
                _ => self.wrong(
                    node,
                    "a choice of nodes",
                    "write `n1`, `[n1, n2]`, `all`, `random`, `{ except: n1 }` or `{ random: 2 }`",
                ),
            },
            _ => self.wrong(node, "a choice of nodes", "write `n1`, `[n1, n2]`, `all` or `{ except: n1 }`"),
        }
    }

    fn node_name(&mut self, node: &Node, text: &str) {
        let numbered = (1..=self.nodes).map(|number| format!("n{number}"));
        let words = verbs::SELECTED.map(String::from);
        let roles = self.around.roles.iter().flat_map(|role| [role.clone(), format!("{role}s")]);
        let known: Vec<String> = numbered.chain(words).chain(roles).collect();
        if !known.iter().any(|name| name == text) {
            let help = format!("here there are {}", list(known.iter().map(String::as_str)));
            self.error(node.at, format!("no node is called `{text}`"), help);
        }
    }

    /// `METHOD /path`. The path is none if only it is wrong, so that the rest of the step is still read.
    pub(crate) fn request(&mut self, value: &Node, names: &Names) -> Option<(String, Option<Template>)> {
        let line = value.as_text().unwrap_or_default();
        let Some((method, path)) =
            line.split_once(' ').filter(|(method, path)| verbs::METHODS.contains(method) && path.starts_with('/'))
        else {
            return self.wrong(value, "a method and a path", "write `GET /path`, the path from its `/`");
        };
        let path = Node { value: Value::Text(path.to_owned()), at: value.at };
        Some((method.to_owned(), self.template(&path, names)))
    }

    fn http(&mut self, value: &Node, fields: &Fields<'_>, names: &mut Names) -> Option<Http> {
        let mut seen = names.clone();
        seen.insert("node".to_owned());
        let (method, path) = self.request(value, &seen)?;
        let to = fields.get("to").and_then(|node| self.selector(node, names));
        let body = fields.get("body").and_then(|node| self.data(node, &seen));
        let headers = fields.get("headers").map(|node| self.text_map(node, &seen)).unwrap_or_default();
        let follow = match fields.get("follow").map(|node| (node, &node.value)) {
            None => false,
            Some((_, Value::Bool(follow))) => *follow,
            Some((node, _)) => return self.wrong(node, "true or false", "write `follow: true`"),
        };
        let timeout = self.duration_field(fields, "timeout");
        let need = fields.get("need").map_or(Some(Need::All), |node| self.need(node, names));
        let expect =
            fields.get("expect").map_or(Some(Expect::default()), |node| self.expect(node, &seen, "`expect`"));
        let save = self.save(fields, &OF_AN_ANSWER, names);
        Some(Http {
            method: method.to_owned(),
            path: path?,
            to,
            body,
            headers,
            follow,
            timeout,
            need: need?,
            expect: expect?,
            save,
        })
    }

    fn need(&mut self, node: &Node, names: &Names) -> Option<Need> {
        match (&node.value, node.entries()) {
            (Value::Text(word), _) if word == "all" => Some(Need::All),
            (Value::Text(word), _) if word == "any" => Some(Need::Any),
            (Value::Text(word), _) if word == "none" => Some(Need::None),
            (_, [entry]) if entry.key == "exactly" => Some(Need::Exactly(self.count(&entry.value, names)?)),
            (_, [entry]) if entry.key == "at_least" => Some(Need::AtLeast(self.count(&entry.value, names)?)),
            _ => self.wrong(
                node,
                "a number of answers",
                "write `all`, `any`, `none`, `{ exactly: 1 }` or `{ at_least: 3 }`",
            ),
        }
    }

    fn text_map(&mut self, node: &Node, names: &Names) -> Vec<(String, super::Template)> {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each name and its text");
            return Vec::new();
        };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.template(&entry.value, names)?))).collect()
    }

    /// `save`: expressions over an answer. The names it makes are known to the steps after it.
    fn save(&mut self, fields: &Fields<'_>, seen: &[&str], names: &mut Names) -> Vec<(String, super::Expression)> {
        let Some(node) = fields.get("save") else { return Vec::new() };
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write a name and what to keep, as in `{ term: json.term }`");
            return Vec::new();
        };
        let mut inside = names.clone();
        inside.extend(seen.iter().map(|name| (*name).to_owned()));
        let mut saved = Vec::new();
        for entry in entries {
            self.check_name(entry);
            names.insert(entry.key.clone());
            if self.has_value(entry)
                && let Some(expression) = self.expression(&entry.value, &inside)
            {
                saved.push((entry.key.clone(), expression));
            }
        }
        saved
    }

    fn check_name(&mut self, entry: &Entry) {
        if !super::is_name(&entry.key) {
            self.error(entry.key_at, super::not_a_name(&entry.key), "choose a name such as `key`");
        }
    }

    fn command(
        &mut self,
        file: Option<&Node>,
        args: Option<&Node>,
        fields: &Fields<'_>,
        names: &mut Names,
    ) -> Option<Command> {
        let args = match args.map(|node| (node, &node.value)) {
            None => Vec::new(),
            Some((_, Value::List(items))) => items.iter().filter_map(|item| self.template(item, names)).collect(),
            Some((node, _)) => return self.wrong(node, "a list of arguments", "write `[main.c, -o, main]`"),
        };
        let file = file.map(|node| self.template(node, names));
        let stdin = fields.get("stdin").and_then(|node| self.data(node, names));
        let files = fields.get("files").map(|node| self.values(node, names)).unwrap_or_default();
        let timeout = self.duration_field(fields, "timeout");
        let expect =
            fields.get("expect").map_or(Some(ExpectCommand::default()), |node| self.expect_command(node, names));
        let save = self.save(fields, &OF_A_COMMAND, names);
        let file = match file {
            Some(file) => Some(file?),
            None => None,
        };
        Some(Command { file, args, stdin, files, timeout, expect: expect?, save })
    }

    fn values(&mut self, node: &Node, names: &Names) -> Vec<(String, Data)> {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each name and its value");
            return Vec::new();
        };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.data(&entry.value, names)?))).collect()
    }

    /// The map of `eventually` and `consistently`: a time and steps. Their hint may stand in it, too.
    fn timed(
        &mut self,
        value: &Node,
        table: &[Field],
        time: &str,
        inner: &str,
        names: &mut Names,
        hints: &mut Vec<String>,
    ) -> Option<(Option<Duration>, Vec<Step>)> {
        let fields =
            self.fields(value, table, &format!("`{}`", if time == "for" { "consistently" } else { "eventually" }))?;
        hints.extend(self.hints(fields.get("hint")));
        let time = self.duration_field(&fields, time);
        let steps = self.steps(fields.get("steps")?, inner, names)?;
        Some((time, steps))
    }

    /// `as` and `steps` of `repeat` and `each`. The round's name ends with it; what its steps saved stays.
    fn rounds(
        &mut self,
        fields: &Fields<'_>,
        default: &str,
        path: &str,
        names: &mut Names,
    ) -> Option<(String, Vec<Step>)> {
        let name = fields.get("as").map_or(Some(default.to_owned()), |node| self.name(node));
        let fresh = name.as_ref().is_some_and(|name| names.insert(name.clone()));
        let steps = fields.get("steps").and_then(|node| self.steps(node, path, names));
        if fresh && let Some(name) = &name {
            names.remove(name);
        }
        Some((name?, steps?))
    }

    fn find(&mut self, value: &Node, fields: &Fields<'_>, names: &mut Names) -> Option<Action> {
        let role = self.name(value)?;
        if !self.around.roles.contains(&role) {
            let roles = || self.around.roles.iter().map(String::as_str);
            let help = match did_you_mean(&role, roles()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.around.roles.is_empty() => "challenge.yaml has no `roles`".to_owned(),
                None => format!("challenge.yaml has {}", list(roles())),
            };
            self.error(value.at, format!("no role is called `{role}`"), help);
        }
        let within = self.duration_field(fields, "within");
        let save = self.save(fields, &OF_AN_ANSWER, names);
        Some(Action::Find { role, within, save })
    }

    fn set(&mut self, value: &Node, names: &mut Names) -> Option<Vec<(String, Data)>> {
        let Value::Map(entries) = &value.value else {
            return self.wrong(value, "a map", "write each name and its value, as in `{ key: $(random_key()) }`");
        };
        let mut values = Vec::new();
        for entry in entries {
            self.check_name(entry);
            // A later value may use an earlier name of the same step.
            if let Some(data) = self.data(&entry.value, names) {
                values.push((entry.key.clone(), data));
            }
            names.insert(entry.key.clone());
        }
        Some(values)
    }

    fn shared(&mut self, value: &Node, names: &mut Names) -> Option<Action> {
        let name = self.name(value)?;
        let Some(shared) = self.around.shared.get(&name) else {
            let known = || self.around.shared.keys().map(String::as_str);
            let help = match did_you_mean(&name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.around.shared.is_empty() => "the pack has no shared.yaml".to_owned(),
                None => format!("shared.yaml has {}", list(known())),
            };
            self.error(value.at, format!("shared.yaml has no `{name}`"), help);
            return None;
        };
        if self.using.contains(&name) {
            self.error(value.at, format!("`{name}` uses itself"), "shared steps cannot go in a circle");
            return None;
        }
        self.using.push(name.clone());
        let source = std::mem::replace(&mut self.source, Arc::clone(&shared.source));
        let steps = self.steps(&shared.steps, &name, names);
        self.source = source;
        self.using.pop();
        Some(Action::Use { name, steps: steps? })
    }

    fn concurrently(
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
