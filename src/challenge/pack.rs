//! Reads challenge.yaml, with overview.md and shared.yaml beside it, and mutants.yaml.
//!
//! Where something is wrong, everything else is kept, so that a check can go on and find the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::scenario::decode::{self, Decoder, KnownModel, Names, OF_A_TALK, OF_AN_ANSWER, Surroundings};
use crate::scenario::load::{Kind, Operations};
use crate::scenario::model::Models;
use crate::scenario::verbs::{self, Field, Shape, field, required};
use crate::text::clean_document;
use crate::yaml::{self, Diagnostic, Node, Source, Span, Value};

use super::files::Files;
use super::{
    Ask, Challenge, Clients, Monitor, Mutant, Origin, Part, Program, Role, StageEntry, Unsettled, asked, embed,
    near_or_all,
};

pub(super) const SHARED: &str = "shared.yaml";
pub(super) const MUTANTS: &str = "mutants.yaml";
pub(super) const CHALLENGE: &str = "challenge.yaml";
pub(super) const OVERVIEW: &str = "overview.md";

const FORMAT: i64 = 1;
const MINUTES: std::ops::RangeInclusive<i64> = 1..=240;

const FIELDS: &[Field] = &[
    required("format", Shape::Range(FORMAT, FORMAT), "write `format: 1`, the form of pack that this lsfr reads"),
    required("key", Shape::Plain, "write the challenge's name in small letters, digits and `-`"),
    required("name", Shape::Plain, "write the challenge's name for people"),
    required("summary", Shape::Plain, "say in one sentence what is built"),
    field("built", Shape::Plain, "what the learner has when all stages have passed, in one sentence"),
    required("program", Shape::Word(&["server", "compiler"]), "write `program: server` or `program: compiler`"),
    field("clients", Shape::Word(&["http", "lines"]), "what clients speak to a server: `http`, or `lines` over TCP"),
    required("parts", Shape::List, "list the parts, each with a `name` and its `stages`"),
    field("roles", Shape::Values, "how nodes are told apart, by name"),
    field("monitor", Shape::Values, "what must hold of every node's answers at all times"),
    field("unsettled", Shape::Values, "how a cluster may answer that has not settled on a leader"),
    field("operations", Shape::Values, "what the operations of workloads are, by name"),
    field("models", Shape::Values, "what walks are judged by, by name"),
];

const PART: &[Field] = &[
    required("name", Shape::Plain, "write the heading of these stages"),
    required("stages", Shape::List, "list the stages as `- { key: …, title: …, minutes: … }`"),
];

const STAGE: &[Field] = &[
    required("key", Shape::Plain, "write the name of its folder in stages/"),
    required("title", Shape::Plain, "write its name for people"),
    required(
        "minutes",
        Shape::Range(*MINUTES.start(), *MINUTES.end()),
        "write how long it takes, as in `minutes: 40`",
    ),
];

const ROLE: &[Field] = &[
    field("http", Shape::Request, "what each node is asked, as in `http: GET /cluster/info`"),
    field("where", Shape::Map(verbs::EXPECT), "what a node with the role answers to `http`"),
    field("tcp", Shape::Map(verbs::TALK), "what is said to each node, and what one with the role answers"),
    field("highest", Shape::Plain, "an expression; of several that match, the node with its largest value is meant"),
];

const MUTANT: &[Field] = &[
    required("bug", Shape::Plain, "write the name that `--bug` is given"),
    required("stage", Shape::Plain, "write the key of the stage that finds it out"),
    required("test", Shape::Plain, "write the name of the test that fails"),
];

/// A challenge as far as it could be read, and every mistake found on the way. There is none if challenge.yaml
/// cannot be read at all.
pub(super) fn read(origin: &Origin) -> (Option<Challenge>, Vec<Diagnostic>) {
    let files = match open(origin) {
        Ok(files) => files,
        Err(error) => return (None, vec![error]),
    };
    let mut errors = Vec::new();
    let overview = required_file(&files, OVERVIEW, "say in it what the challenge is about");
    let shared = shared(&files).unwrap_or_else(|found| {
        errors.extend(found);
        BTreeMap::new()
    });
    let source = match required_file(&files, CHALLENGE, "a pack is a folder with a challenge.yaml at its top") {
        Ok(source) => source,
        Err(error) => {
            errors.insert(0, error);
            errors.extend(overview.err());
            return (None, errors);
        }
    };
    let overview = overview.map(|source| clean_document(&source.text)).unwrap_or_else(|error| {
        errors.push(error);
        String::new()
    });
    let tree = match yaml::parse(&source) {
        Ok(tree) => tree,
        Err(error) => {
            errors.insert(0, error);
            return (None, errors);
        }
    };
    let mut decoder = Decoder::new(&source, &NOTHING_AROUND);
    let header = decoder.challenge(&tree);
    errors.splice(0..0, decoder.finish());
    let challenge = header.map(|header| Challenge {
        origin: origin.clone(),
        key: header.key,
        name: header.name,
        summary: header.summary,
        built: header.built,
        program: header.program,
        clients: header.clients,
        parts: header.parts,
        roles: header.roles,
        monitor: header.monitor,
        unsettled: header.unsettled,
        operations: Arc::new(header.operations),
        models: Arc::new(header.models),
        overview,
        files,
        source,
        around: Surroundings {
            roles: header.role_names,
            shared,
            operations: header.operation_names,
            models: header.known_models,
        },
    });
    (challenge, errors)
}

/// challenge.yaml itself has no surroundings.
static NOTHING_AROUND: Surroundings = Surroundings {
    roles: BTreeSet::new(),
    shared: BTreeMap::new(),
    operations: BTreeSet::new(),
    models: BTreeMap::new(),
};

fn open(origin: &Origin) -> Result<Files, Diagnostic> {
    match origin {
        Origin::BuiltIn(key) => {
            let keys = || embed::packs(embed::FILES);
            if keys().any(|known| known == key) {
                return Ok(Files::Embedded { table: embed::FILES, key: key.clone() });
            }
            let help = near_or_all(key, keys(), "the challenges are");
            Err(asked(format!("there is no challenge `{key}`")).help(help))
        }
        Origin::Folder(root) if root.is_dir() => Ok(Files::Folder(root.clone())),
        Origin::Folder(root) => {
            let what = if root.exists() { "is not a folder" } else { "is not there" };
            let help = "give the folder that holds the pack's challenge.yaml";
            Err(asked(format!("the pack {} {what}", root.display())).help(help))
        }
    }
}

fn required_file(files: &Files, path: &str, help: &str) -> Result<Arc<Source>, Diagnostic> {
    files.read(path)?.ok_or_else(|| files.problem(path, format!("the pack has no {path}")).help(help))
}

fn shared(files: &Files) -> Result<BTreeMap<String, decode::Shared>, Vec<Diagnostic>> {
    match files.read(SHARED).map_err(|error| vec![error])? {
        Some(source) => decode::shared(&source),
        None => Ok(BTreeMap::new()),
    }
}

/// The contents of challenge.yaml. Where something is wrong it holds a placeholder, and an error was reported.
struct Header {
    key: String,
    name: String,
    summary: String,
    built: Option<String>,
    program: Program,
    clients: Clients,
    parts: Vec<Part>,
    roles: BTreeMap<String, Role>,
    monitor: Option<Monitor>,
    unsettled: Unsettled,
    operations: Operations,
    models: Models,
    /// Includes roles, models and operations that are wrong in themselves: tests that use them are not.
    role_names: BTreeSet<String>,
    operation_names: BTreeSet<Kind>,
    known_models: BTreeMap<String, KnownModel>,
}

impl Decoder<'_> {
    fn challenge(&mut self, tree: &Node) -> Option<Header> {
        let fields = self.fields(tree, FIELDS, CHALLENGE)?;
        if let Some(node) = fields.get("format")
            && node.value != Value::Int(FORMAT)
        {
            self.error(node.at, "this lsfr reads packs of format 1", "write `format: 1`, or update lsfr");
        }
        let program = fields.get("program").and_then(|node| match node.as_text() {
            Some("server") => Some(Program::Server),
            Some("compiler") => Some(Program::Compiler),
            _ => self.wrong(node, "a kind of program", "write `server` or `compiler`"),
        });
        let clients = fields.get("clients").and_then(|node| match node.as_text() {
            Some("http") => Some(Clients::Http),
            Some("lines") => Some(Clients::Lines),
            _ => self.wrong(node, "what clients speak", "write `http` or `lines`"),
        });
        let (roles, role_names) = fields.get("roles").map(|node| self.roles(node)).unwrap_or_default();
        let mut text = |name: &str| fields.get(name).and_then(|node| self.plain_line(node)).unwrap_or_default();
        let (name, summary) = (text("name"), text("summary"));
        let built = fields.get("built").and_then(|node| self.plain_line(node));
        let parts = fields.get("parts").map(|node| self.parts(node)).unwrap_or_default();
        let monitor = fields.get("monitor").and_then(|node| self.monitor(node));
        let unsettled = fields.get("unsettled").and_then(|node| self.unsettled(node)).unwrap_or_default();
        let operations = fields.get("operations");
        let named = operations.into_iter().flat_map(Node::entries).filter_map(|entry| Kind::named(&entry.key));
        let operation_names = named.collect();
        let operations = operations.map(|node| self.operations(node)).unwrap_or_default();
        let models = fields.get("models");
        let known_models = models.map(decode::known_models).unwrap_or_default();
        let models = models.map(|node| self.models(node)).unwrap_or_default();
        if let Some(monitor) = &monitor {
            self.known_stages(monitor, &parts);
        }
        Some(Header {
            key: fields.get("key").and_then(|node| self.key(node)).unwrap_or_default(),
            name,
            summary,
            built,
            program: program.unwrap_or(Program::Server),
            clients: clients.unwrap_or_default(),
            parts,
            roles,
            monitor,
            unsettled,
            operations,
            models,
            role_names,
            operation_names,
            known_models,
        })
    }

    /// A stage that is not listed would silently turn the monitor off.
    fn known_stages(&mut self, monitor: &Monitor, parts: &[Part]) {
        let keys = || parts.iter().flat_map(|part| &part.stages).map(|stage| stage.key.as_str());
        let named = [&monitor.from, &monitor.over_restarts_from].into_iter().zip(monitor.stages_at);
        let under_way = monitor.under_way.iter().map(|under_way| (&under_way.from, under_way.from_at));
        for (named, at) in named.chain(under_way) {
            if !keys().any(|key| key == named) {
                self.error(
                    at,
                    format!("no stage has the key `{named}`"),
                    near_or_all(named, keys(), "the stages are"),
                );
            }
        }
    }

    /// Lower-case letters, digits and `-`: it names folders, and appears in commands unquoted.
    fn key(&mut self, node: &Node) -> Option<String> {
        let key = self.plain_text(node)?;
        if is_key(&key) {
            return Some(key);
        }
        let help = "a key is a small letter, then small letters, digits and `-`, as in `http-api`";
        self.error(node.at, format!("`{key}` is not a key"), help);
        None
    }

    fn parts(&mut self, node: &Node) -> Vec<Part> {
        let Some(items) = self.items(node, "a list of parts", "write `- name: …` and its `stages` for each") else {
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        items.iter().filter_map(|item| self.part(item, &mut seen)).collect()
    }

    fn part(&mut self, node: &Node, seen: &mut BTreeSet<String>) -> Option<Part> {
        let fields = self.fields(node, PART, "a part")?;
        let name = fields.get("name").and_then(|node| self.plain_line(node)).unwrap_or_default();
        let stages = fields.get("stages").and_then(|node| {
            self.items(node, "a list of stages", "write one `- { key: …, title: …, minutes: … }` for each")
        });
        let stages = stages.unwrap_or_default().iter().filter_map(|item| self.stage(item, seen));
        Some(Part { stages: stages.collect(), name })
    }

    fn stage(&mut self, node: &Node, seen: &mut BTreeSet<String>) -> Option<StageEntry> {
        let fields = self.fields(node, STAGE, "a stage")?;
        let title = fields.get("title").and_then(|node| self.plain_line(node)).unwrap_or_default();
        let minutes = fields.get("minutes").and_then(|node| match node.value {
            Value::Int(minutes) if MINUTES.contains(&minutes) => u32::try_from(minutes).ok(),
            _ => {
                let message = format!("a stage takes {} to {} minutes", MINUTES.start(), MINUTES.end());
                self.error(node.at, message, "write a whole number; split a stage that takes longer");
                None
            }
        });
        let node = fields.get("key")?;
        let key = self.key(node)?;
        if !seen.insert(key.clone()) {
            self.error(node.at, "two stages have this key", "a stage's key is its folder: rename one");
            return None;
        }
        Some(StageEntry { key, title, minutes: minutes.unwrap_or_default(), at: node.at })
    }

    fn roles(&mut self, node: &Node) -> (BTreeMap<String, Role>, BTreeSet<String>) {
        let mut roles = BTreeMap::new();
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(
                node,
                "a map",
                "write each role's name and how it is recognised, as in `leader: { http: … }`",
            );
            return Default::default();
        };
        for entry in entries {
            if !decode::is_name(&entry.key) {
                self.error(entry.key_at, decode::not_a_name(&entry.key), "choose a name such as `leader`");
            } else if means_nodes(&entry.key) {
                let message = format!("`{}` already means nodes", entry.key);
                self.error(entry.key_at, message, "choose a name such as `leader`");
            }
            if self.has_value(entry)
                && let Some(role) = self.role(&entry.value, &format!("the role `{}`", entry.key))
            {
                roles.insert(entry.key.clone(), role);
            }
        }
        (roles, entries.iter().map(|entry| entry.key.clone()).collect())
    }

    fn role(&mut self, node: &Node, what: &str) -> Option<Role> {
        let fields = self.fields(node, ROLE, what)?;
        let ask = match (fields.get("http"), fields.get("tcp")) {
            (Some(http), None) => {
                let request = self.request(http, &Names::new());
                let Some(node) = fields.get("where") else {
                    self.error(node.at, format!("{what} has no `where`"), "write what a node with the role answers");
                    return None;
                };
                let matches = self.expect(node, &Names::new(), "`where`");
                request
                    .and_then(|(method, path)| Some(Ask::Http { method, path: path?, matches: Box::new(matches?) }))
            }
            (None, Some(tcp)) => {
                if let Some(node) = fields.get("where") {
                    self.error(node.at, "`where` belongs to `http`", "write what must come in `receive`");
                }
                let talk = self.fields(tcp, verbs::TALK, "`tcp`")?;
                self.talk(&talk, &Names::new()).map(Ask::Tcp)
            }
            _ => {
                let help = "write what each node is asked, as in `http: GET /cluster/info`";
                self.error(node.at, format!("{what} needs one of `http` and `tcp`"), help);
                None
            }
        };
        let seen: Names = match &ask {
            Some(Ask::Tcp(_)) => OF_A_TALK.map(str::to_owned).into(),
            _ => OF_AN_ANSWER.map(str::to_owned).into(),
        };
        let highest = match fields.get("highest").map(|node| self.expression(node, &seen)) {
            Some(expression) => Some(expression?),
            None => None,
        };
        Some(Role { ask: ask?, highest })
    }

    /// The items of a list that may not be empty.
    fn mutants(&mut self, tree: &Node) -> Vec<ListedMutant> {
        let Some(items) = self.items(tree, "a list of mutants", "write `- { bug: …, stage: …, test: … }` for each")
        else {
            return Vec::new();
        };
        let mut mutants: Vec<ListedMutant> = Vec::new();
        for item in items {
            let Some(found) = self.mutant(item) else { continue };
            if mutants.iter().any(|other| other.mutant.bug == found.mutant.bug) {
                self.error(
                    found.bug_at,
                    "two mutants have this name",
                    "`--bug` needs to tell them apart: rename one",
                );
            }
            mutants.push(found);
        }
        mutants
    }

    fn mutant(&mut self, node: &Node) -> Option<ListedMutant> {
        let fields = self.fields(node, MUTANT, "a mutant")?;
        let bug = fields.get("bug").and_then(|node| Some((self.key(node)?, node.at)));
        let stage = fields.get("stage").and_then(|node| Some((self.plain_text(node)?, node.at)));
        let test = fields.get("test").and_then(|node| Some((self.plain_line(node)?, node.at)));
        let ((bug, bug_at), (stage, stage_at), (test, test_at)) = (bug?, stage?, test?);
        Some(ListedMutant { mutant: Mutant { bug, stage, test }, bug_at, stage_at, test_at })
    }
}

/// A mutant and where its words are in mutants.yaml.
pub(super) struct ListedMutant {
    pub(super) mutant: Mutant,
    bug_at: Span,
    pub(super) stage_at: Span,
    pub(super) test_at: Span,
}

/// The mutants that could be read, and what is wrong with the others.
pub(super) fn mutants(source: &Arc<Source>) -> (Vec<ListedMutant>, Vec<Diagnostic>) {
    let tree = match yaml::parse(source) {
        Ok(tree) => tree,
        Err(error) => return (Vec::new(), vec![error]),
    };
    let mut decoder = Decoder::new(source, &NOTHING_AROUND);
    let mutants = decoder.mutants(&tree);
    (mutants, decoder.finish())
}

pub(super) fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Whether a selector already reads this word as something other than a role.
fn means_nodes(name: &str) -> bool {
    verbs::SELECTED.contains(&name) || name.strip_prefix('n').is_some_and(|number| number.parse::<u32>().is_ok())
}
