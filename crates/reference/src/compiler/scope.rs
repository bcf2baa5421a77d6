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
pub(super) struct Scopes {
    /// The innermost last.
    open: Vec<Scope>,
    /// Functions and variables of files. Wherever a name of these is declared, also in a block, it means the same one, and
    /// what was said of it counts even where the name is not seen.
    linked: HashMap<String, Symbol>,
}

impl Scopes {
    /// The scope of a file.
    pub(super) fn new() -> Scopes {
        Scopes { open: vec![Scope::default()], linked: HashMap::new() }
    }

    pub(super) fn open(&mut self) {
        self.open.push(Scope::default());
    }

    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    fn innermost(&mut self) -> &mut Scope {
        // The scope of the file is never closed.
        self.open.last_mut().expect("a file has a scope")
    }

    pub(super) fn find(&self, name: &str) -> Option<&Symbol> {
        self.open.iter().rev().find_map(|scope| scope.names.get(name))
    }

    pub(super) fn find_here(&self, name: &str) -> Option<&Symbol> {
        self.open.last()?.names.get(name)
    }

    /// The function or variable of a file that has this name, seen from here or not.
    pub(super) fn linked(&self, name: &str) -> Option<&Symbol> {
        self.linked.get(name)
    }

    /// Whether the name already means something of this block alone: a parameter, or a variable that is not `extern`.
    pub(super) fn is_own_here(&self, name: &str) -> bool {
        let linked = self.linked(name).map(|linked| &linked.place);
        self.find_here(name).is_some_and(|here| linked != Some(&here.place))
    }

    pub(super) fn declare(&mut self, name: &str, symbol: Symbol) {
        self.innermost().names.insert(name.to_owned(), symbol);
    }

    /// Declares a function or variable of a file, in the file or in a block.
    pub(super) fn declare_linked(&mut self, name: &str, symbol: Symbol) {
        self.linked.insert(name.to_owned(), symbol.clone());
        self.declare(name, symbol);
    }

    pub(super) fn find_tag(&self, tag: &str) -> Option<usize> {
        self.open.iter().rev().find_map(|scope| scope.tags.get(tag)).copied()
    }

    pub(super) fn find_tag_here(&self, tag: &str) -> Option<usize> {
        self.open.last()?.tags.get(tag).copied()
    }

    pub(super) fn declare_tag(&mut self, tag: &str, at: usize) {
        self.innermost().tags.insert(tag.to_owned(), at);
    }
}
