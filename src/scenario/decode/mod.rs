//! Reads a stage's `tests.yaml` into [`Tests`], and reports every mistake in it at once.
//!
//! A decoder walks the positioned tree by the table of [verbs](super::verbs), whose rows read what belongs to a single
//! verb. It follows the names that steps set, so that an undefined one is found before anything runs.

mod answer;
mod awaited;
mod cluster;
mod expect;
mod fields;
mod hints;
mod limits;
mod models;
mod operations;
mod selector;
mod step;
mod talk;

pub(crate) use answer::OF_AN_ANSWER;
pub(crate) use fields::{Fields, list};
pub(super) use limits::{DEPTH, STEPS};
pub use models::KnownModel;
pub(crate) use models::known_models;
pub(crate) use step::Undecoded;
pub(crate) use talk::OF_A_TALK;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::text::{clean, clean_lines, did_you_mean};
use crate::yaml::{self, Diagnostic, Node, Source, Span, Value};

use super::case::CaseFiles;
use super::expr::Expression;
use super::load::Kind;
use super::template::{Data, Template};
use super::{Defaults, Test, Tests, verbs};

/// Pack files are read whole and shown in errors; nothing honest is larger.
pub const MAX_FILE: usize = 256 << 10;

/// What a file of tests may refer to beyond itself.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// Roles of challenge.yaml.
    pub roles: BTreeSet<String>,
    /// Steps of the pack's shared.yaml, by name.
    pub shared: BTreeMap<String, Shared>,
    /// Operations of challenge.yaml.
    pub operations: BTreeSet<Kind>,
    /// Models of challenge.yaml.
    pub models: BTreeMap<String, KnownModel>,
}

/// Steps that `use` names. They are read again at each use, because they see the names in scope there.
#[derive(Debug)]
pub struct Shared {
    pub source: Arc<Source>,
    pub steps: Node,
}

/// Reads a stage's tests. `cases` are the programs in its folder.
pub fn tests(source: &Arc<Source>, around: &Surroundings, cases: &CaseFiles) -> Result<Tests, Vec<Diagnostic>> {
    if source.text.len() > MAX_FILE {
        let problem = format!("the file has {} bytes; at most {MAX_FILE} are read", source.text.len());
        return Err(vec![Diagnostic::new(source, Span::default(), problem).help("split the stage")]);
    }
    let tree = yaml::parse(source).map_err(|error| vec![error])?;
    let mut decoder = Decoder { cases, ..Decoder::new(source, around) };
    let tests = decoder.file(&tree);
    let errors = decoder.finish();
    match tests {
        Some(tests) if errors.is_empty() => Ok(tests),
        _ => Err(errors),
    }
}

/// Reads shared.yaml: a map of names to steps.
pub fn shared(source: &Arc<Source>) -> Result<BTreeMap<String, Shared>, Vec<Diagnostic>> {
    let tree = yaml::parse(source).map_err(|error| vec![error])?;
    let (Value::Map(entries), mut errors) = (&tree.value, Vec::new()) else {
        return Err(vec![
            Diagnostic::new(source, tree.at, format!("this is {}, not a map of names to steps", tree.kind()))
                .help("write `name:` and its steps below it"),
        ]);
    };
    let mut shared = BTreeMap::new();
    for entry in entries {
        if !is_name(&entry.key) {
            errors.push(Diagnostic::new(source, entry.key_at, not_a_name(&entry.key)));
        }
        shared.insert(entry.key.clone(), Shared { source: source.clone(), steps: entry.value.clone() });
    }
    if errors.is_empty() { Ok(shared) } else { Err(errors) }
}

pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

pub(crate) fn not_a_name(text: &str) -> String {
    format!("`{text}` is not a name: a letter, then letters, digits and `_`")
}

static NO_CASES: CaseFiles = CaseFiles::new();

/// Names in force at a step. What steps set is added while they are read, in order.
pub(crate) type Names = BTreeSet<String>;

/// Walks a tree and collects what is wrong with it. It also reads challenge.yaml.
pub(crate) struct Decoder<'a> {
    source: Arc<Source>,
    pub(super) around: &'a Surroundings,
    pub(super) cases: &'a CaseFiles,
    pub(super) nodes: usize,
    /// So many of the file's nodes may be down while the others serve.
    pub(super) minority: usize,
    /// The nodes of the file are in groups.
    grouped: bool,
    /// Shared steps being read, to find those that use themselves.
    using: Vec<String>,
    /// Workloads that the test has named so far, and the position of those that nothing waits for yet.
    workloads: BTreeMap<String, awaited::Begun>,
    /// Histories that `record` has named in this test so far.
    pub(super) recorded: BTreeSet<String>,
    /// Marks that this test has set so far.
    pub(super) marks: BTreeSet<String>,
    /// How many of the enclosing steps run their steps many times at once, or until they pass.
    pub(super) repeated: usize,
    amount: limits::Amount,
    pub(super) errors: Vec<Diagnostic>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(source: &Arc<Source>, around: &'a Surroundings) -> Self {
        Self {
            source: source.clone(),
            around,
            cases: &NO_CASES,
            nodes: 1,
            minority: 0,
            grouped: false,
            using: Vec::new(),
            workloads: BTreeMap::new(),
            recorded: BTreeSet::new(),
            marks: BTreeSet::new(),
            repeated: 0,
            amount: limits::Amount::default(),
            errors: Vec::new(),
        }
    }

    /// The mistakes, in file order.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        let mut errors = self.errors;
        errors.sort_by(|a, b| (&a.source.name, a.at, &a.message).cmp(&(&b.source.name, b.at, &b.message)));
        // Shared steps are read once for each use.
        errors.dedup_by(|a, b| a.source.name == b.source.name && a.at == b.at && a.message == b.message);
        errors
    }

    pub(crate) fn error(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        if self.errors.len() < limits::MISTAKES {
            self.errors.push(Diagnostic::new(&self.source, at, message).help(help));
        }
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn wrong<T>(&mut self, node: &Node, wanted: &str, help: &str) -> Option<T> {
        self.error(node.at, format!("this is {}, not {wanted}", node.kind()), help);
        None
    }

    fn file(&mut self, tree: &Node) -> Option<Tests> {
        let fields = self.fields(tree, verbs::FILE, "a file of tests")?;
        let nodes = self.cluster(fields.get("cluster"));
        (self.nodes, self.grouped) = (nodes.names.len(), !nodes.groups.is_empty());
        self.minority = nodes.minority();
        let mut defaults = Defaults::default();
        if let Some(node) = fields.get("defaults")
            && let Some(times) = self.fields(node, verbs::DEFAULTS, "`defaults`")
        {
            defaults.timeout = self.duration_field(&times, "timeout").unwrap_or(defaults.timeout);
            defaults.within = self.duration_field(&times, "within").unwrap_or(defaults.within);
        }
        let list = fields.get("tests")?;
        let Value::List(items) = &list.value else {
            return self.wrong(list, "a list of tests", "write one `- name:` for each test");
        };
        if items.is_empty() {
            self.error(list.at, "there are no tests", "a stage without a test would pass whatever the program does");
        }
        let mut tests: Vec<Test> = Vec::new();
        for item in items {
            let Some(test) = self.test(item) else { continue };
            if tests.iter().any(|other| other.name == test.name) {
                self.error(test.name_at, "two tests have this name", "`--only` needs to tell them apart: rename one");
            }
            tests.push(test);
        }
        Some(Tests { nodes, defaults, tests })
    }

    fn test(&mut self, node: &Node) -> Option<Test> {
        let fields = self.fields(node, verbs::TEST, "a test")?;
        // Names that the run itself provides: its seed, its nodes and who of them counts, and the test's own folder.
        let mut names: Names = ["seed", "nodes", "members", "folder"].map(String::from).into();
        if self.grouped {
            names.insert("groups".to_owned());
        }
        self.workloads.clear();
        self.recorded.clear();
        self.marks.clear();
        let hints = self.hints(fields.get("hint"));
        let name = fields.get("name").and_then(|node| self.plain_line(node));
        let proves = fields.get("proves").and_then(|node| self.plain_text(node));
        let (timed, fresh) = (self.flag(&fields, "timed"), self.flag(&fields, "fresh"));
        let steps = fields.get("steps").and_then(|node| self.steps(node, "", &mut names));
        self.all_awaited();
        if let (Some(steps), Some(fresh)) = (&steps, fresh) {
            self.begins_empty(steps, fresh);
        }
        let at = |name: &str| fields.get(name).map_or(node.at, |node| node.at);
        Some(Test {
            name: name?,
            name_at: at("name"),
            proves: proves?,
            proves_at: at("proves"),
            timed: timed?,
            fresh: fresh?,
            hints,
            steps: steps?,
        })
    }

    /// The model of a walk begins with an empty store, and so must the node.
    fn begins_empty(&mut self, steps: &[super::Step], fresh: bool) {
        let is_walk = |step: &super::Step| matches!(step.action, super::Action::Explore(_));
        fn every<'s>(steps: &'s [super::Step], found: &mut Vec<&'s super::Step>) {
            for step in steps {
                found.push(step);
                step.action.inside().into_iter().for_each(|steps| every(steps, found));
            }
        }
        let mut all = Vec::new();
        every(steps, &mut all);
        for (at, walk) in all.into_iter().enumerate().filter(|(_, step)| is_walk(step)) {
            if !fresh || at > 0 {
                let help = "make a test of it whose first step it is, with `fresh: true`";
                self.error(walk.place.at, "a walk begins with an empty store", help);
            }
        }
    }

    /// Text without expressions on one line: a name, a claim.
    pub(crate) fn plain_line(&mut self, node: &Node) -> Option<String> {
        Some(clean(&self.plain_text(node)?))
    }

    /// Text without expressions, which people read: it is cleaned here, wherever it is shown or written later.
    pub(crate) fn plain_text(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(clean_lines(text.trim_end())),
            Value::Text(_) => self.wrong(node, "text with something in it", "write it out, or remove the key"),
            _ => self.wrong(node, "text", "put quotes around it"),
        }
    }

    /// False if it is left out.
    pub(crate) fn flag(&mut self, fields: &Fields<'_>, name: &str) -> Option<bool> {
        match fields.get(name).map(|node| (node, &node.value)) {
            None => Some(false),
            Some((_, Value::Bool(flag))) => Some(*flag),
            Some((node, _)) => self.wrong(node, "true or false", &format!("write `{name}: true`")),
        }
    }

    /// Whether a step says `never: unsettled`.
    pub(crate) fn never_unsettled(&mut self, fields: &Fields<'_>) -> Option<bool> {
        match fields.get("never").map(|node| (node, node.as_text())) {
            None => Some(false),
            Some((_, Some("unsettled"))) => Some(true),
            Some((node, _)) => self.wrong(node, "a kind of answer", "write `never: unsettled`"),
        }
    }

    pub(crate) fn name(&mut self, node: &Node) -> Option<String> {
        let text = self.plain_text(node)?;
        if is_name(&text) {
            return Some(text);
        }
        self.error(node.at, not_a_name(&text), "choose a name such as `key`");
        None
    }

    pub(crate) fn duration(&mut self, node: &Node) -> Option<Duration> {
        let time = node.as_text().and_then(parse_duration);
        if time.is_none() {
            self.error(node.at, "this is not a time", "write a number and a unit: `300ms`, `2s` or `1m`");
        }
        time
    }

    pub(crate) fn duration_field(&mut self, fields: &Fields<'_>, name: &str) -> Option<Duration> {
        fields.get(name).and_then(|node| self.duration(node))
    }

    /// Text that may hold expressions; numbers and booleans count as their printed form.
    pub(crate) fn template(&mut self, node: &Node, names: &Names) -> Option<Template> {
        match &node.value {
            Value::Text(text) => {
                let template = match Template::parse(text) {
                    Ok(template) => template,
                    Err(problem) => {
                        self.error(node.at, problem, "for a plain `$(`, write `$$(`");
                        return None;
                    }
                };
                self.defined(node.at, template.names(), names);
                Some(template)
            }
            Value::Int(number) => Some(Template::literal(&number.to_string())),
            Value::Float(number) => Some(Template::literal(&number.to_string())),
            Value::Bool(value) => Some(Template::literal(&value.to_string())),
            _ => self.wrong(node, "text", "put quotes around it"),
        }
    }

    pub(crate) fn data(&mut self, node: &Node, names: &Names) -> Option<Data> {
        Some(match &node.value {
            Value::Null => Data::Plain(serde_json::Value::Null),
            Value::Bool(value) => Data::Plain((*value).into()),
            Value::Int(number) => Data::Plain((*number).into()),
            Value::Float(number) => Data::Plain((*number).into()),
            Value::Text(text) if !text.contains("$(") => Data::Plain(text.clone().into()),
            Value::Text(_) => Data::Text(self.template(node, names)?),
            Value::List(items) => Data::List(items.iter().filter_map(|item| self.data(item, names)).collect()),
            Value::Map(entries) => Data::Map(
                entries
                    .iter()
                    .filter_map(|entry| Some((entry.key.clone(), self.data(&entry.value, names)?)))
                    .collect(),
            ),
        })
    }

    /// A whole number, or an expression for one.
    pub(crate) fn count(&mut self, node: &Node, names: &Names) -> Option<Data> {
        match &node.value {
            Value::Int(number) if *number >= 0 => Some(Data::Plain((*number).into())),
            Value::Text(text) if text.starts_with("$(") => self.data(node, names),
            _ => self.wrong(node, "a whole number", "write a number, or an expression `$(…)` that gives one"),
        }
    }

    /// An expression written without `$( )`, as in `save`.
    pub(crate) fn expression(&mut self, node: &Node, names: &Names) -> Option<Expression> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            _ => return self.wrong(node, "an expression", "write what to keep, as in `json.term`"),
        };
        let text = text.strip_prefix("$(").and_then(|inner| inner.strip_suffix(')')).unwrap_or(&text);
        match Expression::compile(text) {
            Ok(expression) => {
                self.defined(node.at, expression.names(), names);
                Some(expression)
            }
            Err(problem) => {
                self.error(
                    node.at,
                    format!("`{text}` does not compile: {problem}"),
                    "write an expression, as in `json.term`",
                );
                None
            }
        }
    }

    fn defined(&mut self, at: Span, needed: Vec<String>, names: &Names) {
        for name in needed {
            if !names.contains(&name) {
                let help = match did_you_mean(&name, names.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        let known = list(names.iter().map(String::as_str));
                        format!("`set` or `save` it before this step; known here: {known}")
                    }
                };
                self.error(at, format!("nothing is called `{name}` here"), help);
            }
        }
    }
}

/// `300ms`, `2s`, `1m`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..unit].parse().ok()?;
    let seconds = match &text[unit..] {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        _ => return None,
    };
    (seconds <= 3600.0).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
pub(super) mod tests;
