//! Steps that talk to the program or run it, and what they keep of its answer.

use crate::yaml::{Entry, Node, Value};

use super::super::argument;
use super::super::expr::Expression;
use super::super::template::{Data, Template};
use super::super::verbs;
use super::super::{Command, Expect, ExpectCommand, Http, Need};
use super::fields::Fields;
use super::{Decoder, Names};

/// What `save` of an `http` step and of `find` can see of the answer.
pub(crate) const OF_AN_ANSWER: [&str; 6] = ["status", "headers", "body", "json", "node", "latency"];
const OF_A_COMMAND: [&str; 3] = ["exit", "stdout", "stderr"];

impl Decoder<'_> {
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

    pub(super) fn http(&mut self, value: &Node, fields: &Fields<'_>, names: &mut Names) -> Option<Http> {
        let mut seen = names.clone();
        seen.insert("node".to_owned());
        let (method, path) = self.request(value, &seen)?;
        let to = fields.get("to").and_then(|node| self.selector(node, names));
        let body = fields.get("body").and_then(|node| self.data(node, &seen));
        let headers = fields.get("headers").map(|node| self.text_map(node, &seen)).unwrap_or_default();
        let (follow, never_unsettled) = (self.flag(fields, "follow"), self.never_unsettled(fields));
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
            follow: follow?,
            never_unsettled: never_unsettled?,
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

    pub(super) fn text_map(&mut self, node: &Node, names: &Names) -> Vec<(String, Template)> {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each name and its text");
            return Vec::new();
        };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.template(&entry.value, names)?))).collect()
    }

    /// `save`: expressions over an answer. The names it makes are known to the steps after it.
    pub(super) fn save(
        &mut self,
        fields: &Fields<'_>,
        seen: &[&str],
        names: &mut Names,
    ) -> Vec<(String, Expression)> {
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

    pub(super) fn check_name(&mut self, entry: &Entry) {
        if !super::is_name(&entry.key) {
            self.error(entry.key_at, super::not_a_name(&entry.key), "choose a name such as `key`");
        }
    }

    pub(super) fn command(
        &mut self,
        file: Option<&Node>,
        args: Option<&Node>,
        fields: &Fields<'_>,
        names: &mut Names,
    ) -> Option<Command> {
        let args = match args.map(|node| (node, &node.value)) {
            None => Vec::new(),
            Some((_, Value::List(items))) => items.iter().filter_map(|item| self.argument(item, names)).collect(),
            Some((node, _)) => return self.wrong(node, "a list of arguments", "write `[main.c, -o, main]`"),
        };
        let file = file.map(|node| self.template(node, names));
        let stdin = fields.get("stdin").and_then(|node| self.data(node, names));
        let files = fields.get("files").map(|node| self.values(node, names)).unwrap_or_default();
        let timeout = self.duration_field(fields, "timeout");
        let memory = self.memory(fields);
        let expect =
            fields.get("expect").map_or(Some(ExpectCommand::default()), |node| self.expect_command(node, names));
        let save = self.save(fields, &OF_A_COMMAND, names);
        let file = match file {
            Some(file) => Some(file?),
            None => None,
        };
        Some(Command { file, args, stdin, files, timeout, memory, expect: expect?, save })
    }

    /// An argument of a program, which may lead to no file but the test's own.
    fn argument(&mut self, node: &Node, names: &Names) -> Option<Template> {
        let argument = self.template(node, names)?;
        if let Err(why) = argument::check_written(&argument) {
            let message = format!("`{}` leads out of the test's folder: {why}", argument.source());
            self.error(
                node.at,
                message,
                "name a file by `$(folder)/…`; text of any kind can go in by `stdin` or `files`",
            );
        }
        Some(argument)
    }

    fn values(&mut self, node: &Node, names: &Names) -> Vec<(String, Data)> {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each name and its value");
            return Vec::new();
        };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.data(&entry.value, names)?))).collect()
    }
}
