//! What a file of tests claims, read from the tree itself, so that a mistake in one step does not hide the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::verbs::{self, Shape, shared};
use crate::text::{clean, clean_lines};
use crate::yaml::{Node, Span, Value};

/// A test: what it says of itself, on which lines, and what is in its steps.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) at: Span,
    pub(super) name: Option<(String, Span)>,
    pub(super) proves: Option<(String, Span)>,
    pub(super) walk: Walk,
}

/// What steps contain, at any depth.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) hinted: bool,
    /// Shared steps that they name.
    pub(super) uses: BTreeSet<String>,
    /// Headings of the guide that they name.
    pub(super) headings: Vec<(String, Span)>,
}

pub(super) fn of_tests(tree: &Node) -> Vec<Claim> {
    let tests = tree.get("tests").map(items).unwrap_or_default();
    tests.iter().map(claim).collect()
}

fn claim(node: &Node) -> Claim {
    let text =
        |key: &str| node.get(key).and_then(|node| Some((clean(&clean_lines(node.as_text()?.trim_end())), node.at)));
    let mut walk = Walk::default();
    walk.map(node);
    Claim { at: node.at, name: text("name"), proves: text("proves"), walk }
}

/// The shared steps of a pack, by name.
pub(super) fn shared(tree: &Node) -> BTreeMap<&str, Walk> {
    let entries = tree.entries().iter();
    entries
        .map(|entry| {
            let mut walk = Walk::default();
            walk.steps(&entry.value);
            (entry.key.as_str(), walk)
        })
        .collect()
}

/// All shared steps that these names lead to, directly or through others.
pub(super) fn reached<'a>(
    uses: impl IntoIterator<Item = &'a String>,
    shared: &'a BTreeMap<&str, Walk>,
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = uses.into_iter().collect();
    while let Some(name) = open.pop() {
        // A name that is not shared at all is for the decoder to report.
        if let Some((name, walk)) = shared.get_key_value(name.as_str())
            && found.insert(*name)
        {
            open.extend(&walk.uses);
        }
    }
    found
}

impl Walk {
    /// A test, a step, or a map inside a step.
    fn map(&mut self, node: &Node) {
        for entry in node.entries() {
            match entry.key.as_str() {
                "hint" => self.hinted = true,
                shared::USE => self.uses.extend(entry.value.as_text().map(str::to_owned)),
                "steps" => self.steps(&entry.value),
                "check" => {
                    let refused = entry.value.get("refused");
                    self.headings.extend(refused.and_then(|node| Some((node.as_text()?.to_owned(), node.at))));
                }
                key if has_steps_inside(key) => self.map(&entry.value),
                _ => {}
            }
        }
    }

    fn steps(&mut self, node: &Node) {
        for step in items(node) {
            self.map(step);
        }
    }
}

/// Whether this key takes a map that contains steps, as `eventually` and `while` do.
fn has_steps_inside(key: &str) -> bool {
    let shapes = verbs::verbs().flat_map(|verb| {
        let beside = verb.beside.iter().map(|field| (field.name, field.shape));
        beside.chain([(verb.name, verb.takes)])
    });
    shapes.filter(|(name, _)| *name == key).any(|(_, shape)| match shape {
        Shape::Map(fields) => fields.iter().any(|field| field.shape == Shape::Steps),
        _ => false,
    })
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}
