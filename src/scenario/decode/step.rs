//! Steps: one verb each, with the keys that verb allows beside it.

use std::sync::Arc;
use std::time::Duration;

use crate::text::did_you_mean;
use crate::yaml::{Entry, Node, Value};

use super::super::hint::Hint;
use super::super::verbs::{self, Field, Verb};
use super::super::{Place, Step};
use super::fields::{Fields, list};
use super::{Decoder, Names};

/// A step whose verb is known but has not been read yet.
pub(crate) struct Undecoded<'a> {
    pub(crate) verb: &'static Verb,
    /// What the verb takes.
    pub(crate) value: &'a Node,
    /// The keys beside it.
    pub(crate) fields: Fields<'a>,
    /// `steps[2]`
    pub(crate) path: String,
    /// A verb may add hints from its own map.
    pub(crate) hints: Vec<Hint>,
}

impl Undecoded<'_> {
    /// The verb in an error's words.
    pub(crate) fn what(&self) -> String {
        format!("`{}`", self.verb.name)
    }

    /// The path of steps in the verb's own map: `steps[2].eventually`.
    pub(crate) fn inside(&self) -> String {
        format!("{}.{}", self.path, self.verb.name)
    }
}

impl Decoder<'_> {
    /// Steps in order; what they set and save is added to `names`.
    pub(crate) fn steps(&mut self, node: &Node, path: &str, names: &mut Names) -> Option<Vec<Step>> {
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
        let hints = self.hints(fields.get("hint"));
        let mut step = Undecoded { verb, value: &entry.value, fields, path, hints };
        let action = (verb.decode)(self, &mut step, names)?;
        let Undecoded { path, hints, .. } = step;
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

    /// The value of a verb that takes nothing.
    pub(crate) fn nothing(&mut self, step: &Undecoded<'_>) -> Option<()> {
        match &step.value.value {
            Value::Map(entries) if entries.is_empty() => Some(()),
            _ => self.wrong(step.value, "`{}`", &format!("it takes nothing: write `{}: {{}}`", step.verb.name)),
        }
    }

    /// Reads steps that run many times at once, or until they pass.
    pub(crate) fn repeatedly<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.repeated += 1;
        let read = read(self);
        self.repeated -= 1;
        read
    }

    /// The map of `eventually` and `consistently`: a time and steps. The map may also hold their hint.
    pub(crate) fn steps_for_a_time(
        &mut self,
        step: &mut Undecoded<'_>,
        table: &[Field],
        time: &str,
        names: &mut Names,
    ) -> Option<(Option<Duration>, Vec<Step>)> {
        let fields = self.fields(step.value, table, &step.what())?;
        step.hints.extend(self.hints(fields.get("hint")));
        let time = self.duration_field(&fields, time);
        let inside = step.inside();
        let steps = self.repeatedly(|decoder| decoder.steps(fields.get("steps")?, &inside, names));
        Some((time, steps?))
    }

    /// `as` and `steps` of `repeat` and `each`. The round's name ends with it; what its steps saved stays.
    pub(crate) fn rounds(
        &mut self,
        step: &Undecoded<'_>,
        default: &str,
        names: &mut Names,
    ) -> Option<(String, Vec<Step>)> {
        let name = step.fields.get("as").map_or(Some(default.to_owned()), |node| self.name(node));
        let fresh = name.as_ref().is_some_and(|name| names.insert(name.clone()));
        let steps = step.fields.get("steps").and_then(|node| self.steps(node, &step.path, names));
        if fresh && let Some(name) = &name {
            names.remove(name);
        }
        Some((name?, steps?))
    }

    pub(crate) fn known_role(&mut self, node: &Node, role: &str) {
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

    /// Steps of the pack's shared.yaml, which are read again at each use.
    pub(crate) fn shared_steps(&mut self, value: &Node, name: &str, names: &mut Names) -> Option<Vec<Step>> {
        let Some(shared) = self.around.shared.get(name) else {
            let known = || self.around.shared.keys().map(String::as_str);
            let help = match did_you_mean(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.around.shared.is_empty() => "the pack has no shared.yaml".to_owned(),
                None => format!("shared.yaml has {}", list(known())),
            };
            self.error(value.at, format!("shared.yaml has no `{name}`"), help);
            return None;
        };
        if self.using.iter().any(|using| using == name) {
            self.error(value.at, format!("`{name}` uses itself"), "shared steps cannot go in a circle");
            return None;
        }
        self.using.push(name.to_owned());
        let source = std::mem::replace(&mut self.source, Arc::clone(&shared.source));
        let steps = self.steps(&shared.steps, name, names);
        self.source = source;
        self.using.pop();
        steps
    }
}
