//! `models` of challenge.yaml: how the operations of a model are sent and answered.

use std::collections::BTreeMap;

use model::{Doing, MODELS, ModelKind, OperationKind, Outcome, Stat, Takes, Values};

use crate::text::did_you_mean;
use crate::yaml::{Entry, Node, Value};

use super::super::expr::Expression;
use super::super::model::{Form, Model, Models, Operation, Steps, names_versions};
use super::super::template::Data;
use super::super::{Expect, Received, verbs};
use super::answer::OF_AN_ANSWER;
use super::fields::{Fields, list};
use super::talk::OF_A_TALK;
use super::{Decoder, Names};

/// What tests know of a model that challenge.yaml names.
#[derive(Debug)]
pub struct KnownModel {
    pub kind: &'static ModelKind,
    /// The operations that it has, also those that are wrong in themselves.
    pub operations: Vec<&'static OperationKind>,
    /// Those that say which answers decide nothing.
    pub undecided: Vec<&'static OperationKind>,
}

/// The models that a map of them names.
pub(crate) fn known_models(node: &Node) -> BTreeMap<String, KnownModel> {
    let known = |entry: &Entry| {
        let kind = model::model(entry.value.get("model")?.as_text()?)?;
        let operations = || entry.value.get("operations").into_iter().flat_map(Node::entries);
        let undecided = operations().filter(|entry| entry.value.get("undecided").is_some());
        let kind_of = |entry: &Entry| kind.operation(&entry.key);
        let (operations, undecided) =
            (operations().filter_map(kind_of).collect(), undecided.filter_map(kind_of).collect());
        Some((entry.key.clone(), KnownModel { kind, operations, undecided }))
    };
    node.entries().iter().filter_map(known).collect()
}

impl Decoder<'_> {
    pub(crate) fn models(&mut self, node: &Node) -> Models {
        let mut models = Models::new();
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(
                node,
                "a map",
                "write each model's name and what it is, as in `store: { model: map, … }`",
            );
            return models;
        };
        for entry in entries {
            if !super::is_name(&entry.key) {
                self.error(entry.key_at, super::not_a_name(&entry.key), "choose a name such as `store`");
            }
            if self.has_value(entry)
                && let Some(model) = self.model(&entry.value, &entry.key)
            {
                models.insert(entry.key.clone(), model);
            }
        }
        models
    }

    fn model(&mut self, node: &Node, name: &str) -> Option<Model> {
        let fields = self.fields(node, verbs::MODEL, &format!("`{name}`"))?;
        let named = fields.get("model")?;
        let words = || MODELS.iter().map(|model| model.word);
        let word = self.plain_text(named)?;
        let Some(kind) = model::model(&word) else {
            let help = near_or_all(&word, "the models are", words());
            self.error(named.at, format!("there is no model `{word}`"), help);
            return None;
        };
        let values = match fields.get("values").map(|node| (node, node.as_text())) {
            None | Some((_, Some("words"))) => Values::Words,
            Some((_, Some("text"))) => Values::Text,
            Some((node, _)) => return self.wrong(node, "what values are", "write `words` or `text`"),
        };
        let no_version = fields.get("no_version").and_then(|node| self.plain_text(node));
        let no_job = fields.get("no_job").and_then(|node| self.plain_text(node));
        let operations = self.model_operations(kind, fields.get("operations")?)?;
        if names_versions(operations.values().map(|operation| operation.kind)) {
            if no_version.is_none() {
                let help = "add one that no key ever has, as in `no_version: '\"none\"'`";
                self.error(node.at, format!("`{name}` has no `no_version`"), help);
            }
            self.all_tell_versions(fields.get("operations")?, &operations);
        }
        if no_job.is_none() && operations.values().any(|operation| operation.kind.takes(Takes::Job)) {
            let help = "add one that no job ever has, as in `no_job: \"0\"`";
            self.error(node.at, format!("`{name}` has no `no_job`"), help);
        }
        Some(Model { kind, values, no_version, no_job, operations })
    }

    /// Where an operation names a version, those that give one must say where it is.
    fn all_tell_versions(&mut self, node: &Node, operations: &BTreeMap<&'static str, Operation>) {
        for (word, operation) in operations {
            if operation.kind.tells_version && operation.version.is_none() {
                let at = node.get(word).map_or(node.at, |node| node.at);
                let help = "say where in its answer the key's version is, as in `version: headers.etag`";
                self.error(at, format!("`{word}` has no `version`, and others name one"), help);
            }
        }
    }

    fn model_operations(
        &mut self,
        kind: &'static ModelKind,
        node: &Node,
    ) -> Option<BTreeMap<&'static str, Operation>> {
        let Value::Map(entries) = &node.value else {
            return self.wrong(node, "a map", "write each operation and what it is, as in `get: { http: … }`");
        };
        let mut operations = BTreeMap::new();
        for entry in entries {
            let Some(operation) = kind.operation(&entry.key) else {
                let words = kind.operations.iter().map(|operation| operation.word);
                let help = near_or_all(&entry.key, "its operations are", words);
                self.error(entry.key_at, format!("a `{}` has no operation `{}`", kind.word, entry.key), help);
                continue;
            };
            if self.has_value(entry)
                && let Some(decoded) = self.model_operation(operation, &entry.value)
            {
                operations.insert(operation.word, decoded);
            }
        }
        Some(operations)
    }

    fn model_operation(&mut self, kind: &'static OperationKind, node: &Node) -> Option<Operation> {
        let what = format!("`{}`", kind.word);
        if kind.leaves {
            let fields = self.fields(node, verbs::LEFT, &what)?;
            let reset = match fields.get("close")?.as_text() {
                Some("all") => false,
                Some("reset") => true,
                _ => return self.wrong(fields.get("close")?, "a way to close", "write `all` or `reset`"),
            };
            let form = Form::Close { reset };
            let (stats, undecided) = (BTreeMap::new(), Vec::new());
            return Some(Operation {
                kind,
                form,
                value: None,
                version: None,
                job: None,
                stats,
                undecided,
                steps: None,
            });
        }
        let said = node.get("say").is_some();
        let fields = self.fields(node, if said { verbs::SAID } else { verbs::ASKED }, &what)?;
        self.outcomes_fit(kind, node, &fields);
        let names: Names = kind.takes.iter().map(|part| part.word().to_owned()).collect();
        let form = if said { self.said(&fields, &names) } else { self.asked(&fields, &names) };
        let seen: Names =
            if said { OF_A_TALK.map(str::to_owned).into() } else { OF_AN_ANSWER.map(str::to_owned).into() };
        let mut expression = |name: &str| fields.get(name).and_then(|node| self.expression(node, &seen));
        let (value, version, job) = (expression("value"), expression("version"), expression("job"));
        let stats = fields.get("stats").map(|node| self.stats(kind, node, &seen)).unwrap_or_default();
        let undecided = fields.get("undecided").map(|node| self.answers(node, "undecided")).unwrap_or_default();
        let steps = match fields.get("steps") {
            Some(node) => Some(self.model_steps(node)?),
            None => None,
        };
        Some(Operation { kind, form: form?, value, version, job, stats, undecided, steps })
    }

    fn model_steps(&mut self, node: &Node) -> Option<Steps> {
        let fields = self.fields(node, verbs::MODEL_STEPS, "`steps`")?;
        let mut texts = BTreeMap::new();
        for doing in Doing::ALL {
            let mut names: Names = [Takes::Key.word().to_owned()].into();
            names.extend(doing.takes_value().then(|| Takes::Value.word().to_owned()));
            names.extend(doing.is_check().then(|| Takes::Version.word().to_owned()));
            if let Some(node) = fields.get(doing.word()) {
                texts.insert(doing, self.template(node, &names)?);
            }
        }
        let seen: Names = OF_AN_ANSWER.map(str::to_owned).into();
        let mut expression = |name: &str| fields.get(name).and_then(|node| self.expression(node, &seen));
        let (values, versions) = (expression("values")?, expression("versions"));
        Some(Steps { texts, values, versions })
    }

    fn stats(&mut self, kind: &'static OperationKind, node: &Node, seen: &Names) -> BTreeMap<Stat, Expression> {
        let mut stats = BTreeMap::new();
        for entry in node.entries() {
            let Some(stat) = kind.stats.iter().find(|stat| stat.word() == entry.key) else {
                let words = kind.stats.iter().map(|stat| stat.word());
                let help = near_or_all(&entry.key, "it tells", words);
                self.error(entry.key_at, format!("`{}` tells no `{}`", kind.word, entry.key), help);
                continue;
            };
            stats.extend(self.expression(&entry.value, seen).map(|expression| (*stat, expression)));
        }
        stats
    }

    /// Reports outcomes and parts of answers that the operation does not have, or lacks.
    fn outcomes_fit(&mut self, kind: &'static OperationKind, node: &Node, fields: &Fields<'_>) {
        let word = kind.word;
        for outcome in Outcome::ALL {
            let at = fields.get(outcome.word());
            if let Some(at) = at.filter(|_| !kind.outcomes.contains(&outcome)) {
                let those = list(kind.outcomes.iter().map(|outcome| outcome.word()));
                self.error(at.at, format!("`{word}` has no `{}`", outcome.word()), format!("it may end in {those}"));
            }
            if at.is_none() && kind.must_tell.contains(&outcome) {
                let help = format!("give it `{}`, or nobody can tell what it answers", outcome.word());
                self.error(node.at, format!("`{word}` has no `{}`", outcome.word()), help);
            }
        }
        match fields.get("steps") {
            None if kind.takes(Takes::Steps) => {
                let help = "give it `steps`, as in `steps: { get: …, put: …, values: …, versions: … }`";
                self.error(node.at, format!("`{word}` does not say what its steps are"), help);
            }
            Some(at) if !kind.takes(Takes::Steps) => {
                self.error(at.at, format!("`{word}` has no steps"), "remove `steps`");
            }
            _ => {}
        }
        match fields.get("value") {
            None if kind.reads => {
                self.error(
                    node.at,
                    format!("`{word}` does not say what was read"),
                    "give it a `value`, as in `value: body`",
                );
            }
            Some(at) if !kind.reads => self.error(at.at, format!("`{word}` reads nothing"), "remove `value`"),
            _ => {}
        }
        if let Some(at) = fields.get("version").filter(|_| !kind.tells_version) {
            self.error(at.at, format!("`{word}` gives no version"), "remove `version`");
        }
        match fields.get("job") {
            None if kind.tells_job => {
                let help = "say where in its answer the job's number is, as in `job: words[1]`";
                self.error(node.at, format!("`{word}` has no `job`"), help);
            }
            Some(at) if !kind.tells_job => self.error(at.at, format!("`{word}` tells of no job"), "remove `job`"),
            _ => {}
        }
        if let Some(at) = fields.get("stats").filter(|_| kind.stats.is_empty()) {
            self.error(at.at, format!("`{word}` tells no such thing"), "remove `stats`");
        }
    }

    fn asked(&mut self, fields: &Fields<'_>, names: &Names) -> Option<Form> {
        let request = fields.get("http").and_then(|node| self.request(node, names));
        let headers = fields.get("headers").map(|node| self.text_map(node, names)).unwrap_or_default();
        let body = match fields.get("body") {
            Some(node) => Some(self.template(node, names)?),
            None => None,
        };
        let mut answers: Vec<(Outcome, Expect<Data>)> = Vec::new();
        for outcome in Outcome::ALL {
            let Some(node) = fields.get(outcome.word()) else { continue };
            answers.extend(self.answers(node, outcome.word()).into_iter().map(|expect| (outcome, expect)));
        }
        let (method, path) = request?;
        Some(Form::Http { method, path: path?, headers, body, answers })
    }

    fn said(&mut self, fields: &Fields<'_>, names: &Names) -> Option<Form> {
        let say = fields.get("say").map(|node| match &node.value {
            Value::List(lines) => lines.iter().map(|line| self.template(line, names)).collect::<Option<Vec<_>>>(),
            _ => self.template(node, names).map(|line| vec![line]),
        });
        let mut answers = Vec::new();
        for outcome in Outcome::ALL {
            let Some(node) = fields.get(outcome.word()) else { continue };
            let heard = self.heard(node, &Names::new());
            if !matches!(heard.first(), Some(Received::Line(_))) {
                self.error(node.at, "this does not begin with a line", "answers are told apart by their first line");
            }
            answers.push((outcome, heard));
        }
        Some(Form::Lines { say: say??, answers })
    }
}

fn near_or_all<'a>(word: &str, all: &str, words: impl Iterator<Item = &'a str> + Clone) -> String {
    did_you_mean(word, words.clone())
        .map_or_else(|| format!("{all} {}", list(words)), |near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::decode::Surroundings;
    use crate::yaml::{self, Source};

    fn read(text: &str) -> (Models, Vec<String>) {
        let (source, around) = (Source::new("challenge.yaml", text), Surroundings::default());
        let mut decoder = Decoder::new(&source, &around);
        let models = decoder.models(&yaml::parse(&source).unwrap());
        let problems = decoder.finish();
        (
            models,
            problems
                .iter()
                .map(|problem| format!("{}:{} {}", problem.at.line, problem.at.column, problem.message))
                .collect(),
        )
    }

    /// The same, of the problems only what they say.
    fn messages(text: &str) -> (Models, Vec<String>) {
        let (models, problems) = read(text);
        (models, problems.iter().map(|problem| problem.split_once(' ').unwrap().1.to_owned()).collect())
    }

    #[test]
    fn a_model_is_asked_by_requests_or_by_lines() {
        let (models, problems) = read(
            "store:\n  model: map\n  operations:\n    get: { http: GET /kv/$(key), ok: { status: 200 }, absent: { status: 404 }, value: body }\n    put: { http: PUT /kv/$(key), body: $(value), ok: [{ status: 200 }, { status: 201 }] }\nmembers:\n  model: set\n  operations:\n    add: { say: ADD $(key), ok: ADDED, present: THERE }\n    count: { say: COUNT, ok: { matches: '^[0-9]+$' }, value: line }\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        assert!(matches!(&models["store"].operations["put"].form, Form::Http { answers, .. } if answers.len() == 2));
        assert!(models["members"].told().contains(&("add", Outcome::Present)));
        assert!(!models["store"].told().contains(&("delete", Outcome::Absent)));
    }

    #[test]
    fn an_operation_of_a_queue_may_be_several_lines_and_tell_several_things() {
        let of =
            |operations: &str| messages(&format!("q: {{ model: queue, no_job: '0', operations: {operations} }}"));
        let (models, problems) = of(
            "{ put: { say: [put $(priority) $(bytes(value)), $(value)], ok: { matches: '^OK' }, job: 'words[1]' }, stats_job: { say: stats $(job), ok: { matches: '^OK' }, absent: NO, stats: { state: yaml.state } }, disconnect: { close: reset } }",
        );
        assert_eq!(problems, [""; 0]);
        let operations = &models["q"].operations;
        assert!(matches!(&operations["put"].form, Form::Lines { say, .. } if say.len() == 2));
        assert!(operations["stats_job"].stats.contains_key(&Stat::State));
        assert!(matches!(operations["disconnect"].form, Form::Close { reset: true }));

        assert_eq!(of("{ put: { say: put, ok: OK } }").1, ["`put` has no `job`"]);
        assert_eq!(of("{ delete: { say: d, ok: D, absent: N, job: line } }").1, ["`delete` tells of no job"]);
        assert_eq!(of("{ disconnect: { close: slowly } }").1, ["this is text, not a way to close"]);
        let unknown = "{ stats: { say: stats, ok: OK, stats: { redy: line } } }";
        assert_eq!(of(unknown).1, ["`stats` tells no `redy`"]);
        let nameless = messages("q: { model: queue, operations: { delete: { say: d $(job), ok: D, absent: N } } }").1;
        assert_eq!(nameless, ["`q` has no `no_job`"]);
    }

    #[test]
    fn a_request_has_a_name_where_a_text_names_it() {
        let of = |operations: &str| messages(&format!("s: {{ model: map, operations: {operations} }}"));
        let put = "{ put: { http: PUT /$(key), headers: { Id: $(id) }, ok: { status: 200 }, undecided: { status: 503 } }, delete: { http: DELETE /$(key), ok: { status: 200 } } }";
        let (models, problems) = of(put);
        assert_eq!(problems, [""; 0]);
        assert_eq!(models["s"].named(), ["put"].into());
        assert_eq!(models["s"].operations["put"].undecided.len(), 1);
        let clear = "{ clear: { http: DELETE /$(id), ok: { status: 200 } } }";
        assert_eq!(of(clear).1, ["nothing is called `id` here"]);
    }

    #[test]
    fn a_transaction_has_steps_and_tells_of_each() {
        let of = |fields: &str| {
            let text = format!(
                "s: {{ model: map, no_version: none, operations: {{ transact: {{ http: POST /t, body: $(steps), ok: {{ status: 200 }}, unmet: {{ status: 412 }}, {fields} }} }} }}"
            );
            messages(&text)
        };
        let (models, problems) =
            of("steps: { get: $(key), check: '$(key) $(version)', values: json, versions: json }");
        assert_eq!(problems, [""; 0]);
        let steps = models["s"].operations["transact"].steps.as_ref().unwrap();
        let words: Vec<Doing> = steps.texts.keys().copied().collect();
        assert_eq!(words, [Doing::Get, Doing::Check, Doing::Absent]);
        assert_eq!(of("undecided: { status: 409 }").1, ["`transact` does not say what its steps are"]);
        let unknown = "steps: { get: $(value), values: json, versions: json }";
        assert_eq!(of(unknown).1, ["nothing is called `value` here"]);
        let get = messages("s: { model: map, operations: { put: { http: PUT /, ok: { status: 200 }, steps: { get: g, values: json, versions: json } } } }").1;
        assert_eq!(get, ["`put` has no steps"]);
    }

    #[test]
    fn a_model_says_what_is_wrong_with_it() {
        let of = |operations: &str| read(&format!("store:\n  model: map\n  operations:\n    {operations}\n")).1;
        assert_eq!(read("store: { model: mpa, operations: {} }").1, ["1:17 there is no model `mpa`"]);
        assert_eq!(of("gett: { http: GET / }"), ["4:5 a `map` has no operation `gett`"]);
        assert_eq!(
            of("get: { http: GET /$(value), ok: { status: 200 }, absent: { status: 404 }, value: body }"),
            ["4:18 nothing is called `value` here"]
        );
        assert_eq!(
            of("get: { http: GET /$(key), ok: { status: 200 }, value: body }"),
            ["4:10 `get` has no `absent`"]
        );
        assert_eq!(
            of("put: { http: PUT /$(key), ok: { status: 200 }, unmet: { status: 412 } }"),
            ["4:59 `put` has no `unmet`"]
        );
        assert_eq!(of("put: { http: PUT /$(key), ok: { status: 200 }, value: body }"), ["4:59 `put` reads nothing"]);
        assert_eq!(
            of("delete_if_version: { http: DELETE /$(key), ok: { status: 200 }, unmet: { status: 412 } }"),
            ["2:3 `store` has no `no_version`"]
        );
        let set =
            read("s:\n  model: set\n  operations:\n    count: { say: COUNT, ok: { bytes: 3 }, value: body }\n").1;
        assert_eq!(set, ["4:30 this does not begin with a line"]);
    }
}
