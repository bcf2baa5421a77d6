//! Steps: one verb each, with the keys that verb allows beside it.

use std::sync::Arc;
use std::time::Duration;

use crate::text::did_you_mean;
use crate::yaml::{Entry, Node, Value};

use super::super::hint::Hint;
use super::super::template::Data;
use super::super::verbs::{self, Field, Verb};
use super::super::{Action, NodeVerb, Place, Step};
use super::fields::{Fields, list};
use super::talk::OF_AN_ANSWER;
use super::tcp::OF_A_TALK;
use super::{Decoder, Names};

impl Decoder<'_> {
    /// Steps in order; what they set and save is added to `names`.
    pub(super) fn steps(&mut self, node: &Node, path: &str, names: &mut Names) -> Option<Vec<Step>> {
        let Value::List(items) = &node.value else {
            return self.wrong(node, "a list of steps", "write one `- verb: …` for each step");
        };
        if items.is_empty() {
            self.error(node.at, "there are no steps", "steps that do nothing would pass whatever the program does");
        }
        self.deeper(node, |decoder| decoder.each_step(items, path, names))
    }

    fn each_step(&mut self, items: &[Node], path: &str, names: &mut Names) -> Option<Vec<Step>> {
        let path = |at: usize| if path.is_empty() { format!("steps[{at}]") } else { format!("{path}.steps[{at}]") };
        let mut steps = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if !self.may_read(item, names) {
                return None;
            }
            steps.extend(self.step(item, path(at), names));
        }
        Some(steps)
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
        let all = || verbs::verbs().map(|verb| verb.name);
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
        hints: &mut Vec<Hint>,
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
            "partition" | "isolate" | "halves" | "bridge" | "ring" | "cut" | "slow" | "reset" | "heal" => {
                Action::Network(Box::new(self.network(verb.name, value, fields, names)?))
            }
            "http" => Action::Http(Box::new(self.http(value, fields, names)?)),
            "tcp" => Action::Tcp(Box::new(self.tcp(value, fields, names)?)),
            "exec" => Action::Command(Box::new(self.command(None, Some(value), fields, names)?)),
            "run" => {
                let args = fields.get("args");
                Action::Command(Box::new(self.command(Some(value), args, fields, names)?))
            }
            "cases" => Action::Cases(Box::new(self.cases(value, fields)?)),
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
                let at_least = match fields.get("need") {
                    Some(node) => {
                        let need = self.fields(node, verbs::ROUNDS, "`need`")?;
                        Some(self.count(need.get("at_least")?, names)?)
                    }
                    None => None,
                };
                let (name, steps) = self.rounds(fields, "i", path, names)?;
                Action::Repeat { times: times?, name, at_least, steps }
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
            "compare" => {
                let (value, is) = (self.data(value, names), self.matcher(fields.get("is")?, names));
                Action::Compare { value: value?, is: is? }
            }
            "use" => self.shared(value, names)?,
            "concurrently" => {
                self.repeated += 1;
                let many = self.concurrently(value, fields, inner, path, names);
                self.repeated -= 1;
                Action::Concurrently(Box::new(many?))
            }
            "workload" => Action::Workload(Box::new(self.workload(value, names)?)),
            "await" => {
                let name = self.name(value)?;
                self.known_workload(value, &name);
                Action::Await(name)
            }
            "check" => Action::Check(Box::new(self.check(value, names)?)),
            other => unreachable!("`{other}` is in the table of verbs and not decoded"),
        })
    }

    /// The map of `eventually` and `consistently`: a time and steps. Their hint may stand in it, too.
    fn timed(
        &mut self,
        value: &Node,
        table: &[Field],
        time: &str,
        inner: &str,
        names: &mut Names,
        hints: &mut Vec<Hint>,
    ) -> Option<(Option<Duration>, Vec<Step>)> {
        let fields =
            self.fields(value, table, &format!("`{}`", if time == "for" { "consistently" } else { "eventually" }))?;
        hints.extend(self.hints(fields.get("hint")));
        let time = self.duration_field(&fields, time);
        self.repeated += 1;
        let steps = fields.get("steps").and_then(|node| self.steps(node, inner, names));
        self.repeated -= 1;
        Some((time, steps?))
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
        self.known_role(value, &role);
        let within = self.duration_field(fields, "within");
        // What it said over HTTP or TCP, as the pack has it.
        let seen: Vec<&str> = OF_AN_ANSWER.into_iter().chain(OF_A_TALK).collect();
        let save = self.save(fields, &seen, names);
        Some(Action::Find { role, within, save })
    }

    pub(super) fn known_role(&mut self, node: &Node, role: &str) {
        if self.around.roles.contains(role) {
            return;
        }
        let roles = || self.around.roles.iter().map(String::as_str);
        let help = match did_you_mean(role, roles()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.around.roles.is_empty() => "challenge.yaml has no `roles`".to_owned(),
            None => format!("challenge.yaml has {}", list(roles())),
        };
        self.error(node.at, format!("no role is called `{role}`"), help);
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
}
