//! Which names mean what, from the innermost block outwards.

use std::collections::HashMap;

use super::types::Type;

#[derive(Debug, Clone)]
pub(super) struct Symbol {
    pub(super) kind: Type,
    pub(super) place: Place,
    /// Whether it has a body or an initialiser; nothing can have two.
    pub(super) defined: bool,
    pub(super) exported: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// Below the frame pointer.
    Local(u64),
    /// A variable with this label.
    Label(String),
    Function,
}

#[derive(Debug, Default)]
struct Scope {
    names: HashMap<String, Symbol>,
    /// Structs by tag: a name space of their own.
    tags: HashMap<String, usize>,
}

#[derive(Debug)]
pub(super) struct Scopes(Vec<Scope>);

impl Scopes {
    /// The scope of a file.
    pub(super) fn new() -> Scopes {
        Scopes(vec![Scope::default()])
    }

    pub(super) fn open(&mut self) {
        self.0.push(Scope::default());
    }

    pub(super) fn close(&mut self) {
        self.0.pop();
    }

    fn innermost(&mut self) -> &mut Scope {
        // The scope of the file is never closed.
        self.0.last_mut().expect("a file has a scope")
    }

    pub(super) fn find(&self, name: &str) -> Option<&Symbol> {
        self.0.iter().rev().find_map(|scope| scope.names.get(name))
    }

    pub(super) fn find_here(&self, name: &str) -> Option<&Symbol> {
        self.0.last()?.names.get(name)
    }

    /// The symbol of this name in the scope of the file.
    pub(super) fn of_file(&self, name: &str) -> Option<&Symbol> {
        self.0[0].names.get(name)
    }

    pub(super) fn declare(&mut self, name: &str, symbol: Symbol) {
        self.innermost().names.insert(name.to_owned(), symbol);
    }

    pub(super) fn declare_in_file(&mut self, name: &str, symbol: Symbol) {
        self.0[0].names.insert(name.to_owned(), symbol);
    }

    pub(super) fn find_tag(&self, tag: &str) -> Option<usize> {
        self.0.iter().rev().find_map(|scope| scope.tags.get(tag)).copied()
    }

    pub(super) fn find_tag_here(&self, tag: &str) -> Option<usize> {
        self.0.last()?.tags.get(tag).copied()
    }

    pub(super) fn declare_tag(&mut self, tag: &str, at: usize) {
        self.innermost().tags.insert(tag.to_owned(), at);
    }
}
