//! Declarations: functions and variables of a file, and variables of a block.

use super::super::Mistake;
use super::super::bug::Bug;
use super::super::scope::{Place, Symbol};
use super::super::tree::{Function, Global, Stmt};
use super::super::types::Type;
use super::declarator::{Declarator, Specifiers};
use super::{InFunction, Parser};

impl Parser {
    /// Outside of every function.
    pub(super) fn declaration_of_file(&mut self) -> Result<(), Mistake> {
        let specifiers = self.specifiers()?;
        // `struct tag { … };` declares no name.
        if self.take(";") {
            return Ok(());
        }
        loop {
            let declarator = self.declarator(specifiers.base.clone())?;
            let Some(name) = declarator.name.clone() else {
                return self.wrong(format!("a name was expected before {}", self.shown()));
            };
            if matches!(declarator.kind, Type::Function(_)) {
                self.declare_function(&name, &declarator, &specifiers, self.at_mark("{"))?;
                if self.at_mark("{") {
                    return self.function(name, declarator);
                }
            } else {
                self.variable_of_file(&name, declarator, &specifiers)?;
            }
            if !self.take(",") {
                return self.expect(";");
            }
        }
    }

    fn declare_function(
        &mut self,
        name: &str,
        declarator: &Declarator,
        specifiers: &Specifiers,
        defines: bool,
    ) -> Result<(), Mistake> {
        if self.scopes.is_own_here(name) {
            return self.wrong_at(declarator.line, format!("`{name}` is declared twice in this block"));
        }
        let known = self.scopes.linked(name);
        if let Some(known) = known.filter(|_| !self.compares_nothing()) {
            if !known.kind.agrees_with(&declarator.kind) && self.bug != Bug::PrototypesNotCompared {
                return self.wrong_at(declarator.line, format!("`{name}` was declared otherwise before"));
            }
            if defines && known.defined {
                return self.wrong_at(declarator.line, format!("`{name}` is defined twice"));
            }
        }
        let exported = known.filter(|_| self.bug != Bug::LastDeclarationExports);
        let exported = exported.map_or(!specifiers.is_static, |known| known.exported);
        let defined = defines || known.is_some_and(|known| known.defined);
        let kind = known.map_or(&declarator.kind, |known| &known.kind).composed_with(&declarator.kind);
        self.scopes.declare_linked(name, Symbol { kind, place: Place::Function, defined, exported });
        Ok(())
    }

    fn function(&mut self, name: String, declarator: Declarator) -> Result<(), Mistake> {
        let Type::Function(signature) = declarator.kind else { return self.wrong("this is not a function") };
        if matches!(signature.result, Type::Struct(_)) {
            return self.wrong_at(declarator.line, "structs are returned by pointer alone");
        }
        let exported = self.scopes.linked(&name).is_some_and(|symbol| symbol.exported);
        self.function =
            Some(InFunction { result: signature.result, frame: 0, loops: 0, switches: Vec::new(), breakable: 0 });
        self.scopes.open();
        let mut parameters = Vec::new();
        for parameter in declarator.parameters {
            let Some(name) = &parameter.name else {
                return self.wrong_at(parameter.line, "this parameter has no name");
            };
            self.size(&parameter.kind, parameter.line)?;
            if matches!(parameter.kind, Type::Struct(_)) {
                return self.wrong_at(parameter.line, "structs are passed by pointer alone");
            }
            let local = self.place(8, 8);
            let kind = match parameter.kind.integer() {
                Some(integer) if self.bug == Bug::NarrowParametersAreInt => Type::Integer(integer.promoted()),
                _ => parameter.kind.clone(),
            };
            self.scopes.declare(name, Symbol { kind, place: Place::Local(local), defined: true, exported: false });
            parameters.push((local, parameter.kind));
        }
        // The parameters belong to the outermost block.
        self.expect("{")?;
        let mut body = Vec::new();
        while !self.take("}") {
            self.block_item(&mut body)?;
        }
        self.scopes.close();
        let frame = self.function.take().map_or(0, |function| function.frame);
        self.file.functions.push(Function { name, exported, parameters, frame, body });
        Ok(())
    }

    fn variable_of_file(
        &mut self,
        name: &str,
        declarator: Declarator,
        specifiers: &Specifiers,
    ) -> Result<(), Mistake> {
        let Declarator { line, .. } = declarator;
        let known = self.scopes.linked(name).cloned();
        let kind = self.agreeing(name, declarator)?;
        let has_value = self.take("=");
        let defined = known.as_ref().is_some_and(|known| known.defined);
        if has_value && defined && self.bug != Bug::SecondDefinitionAccepted {
            return self.wrong_at(line, format!("`{name}` is defined twice"));
        }
        let exported = known.as_ref().map_or(!specifiers.is_static, |known| known.exported);
        let place = Place::Label(name.to_owned());
        let mut symbol = Symbol { kind, place, defined: has_value || defined, exported };
        // Its own initialiser may take its address.
        self.scopes.declare_linked(name, symbol.clone());
        if has_value {
            let data = self.constant_initialiser(&mut symbol.kind, line)?;
            let (size, align) = (self.size(&symbol.kind, line)?, self.structs.align(&symbol.kind));
            self.scopes.declare_linked(name, symbol);
            if !defined {
                self.file.globals.push(Global { label: name.to_owned(), exported, size, align, data });
            }
        } else if !specifiers.is_extern {
            if symbol.kind == Type::Void {
                return self.wrong_at(line, "a variable cannot be void");
            }
            self.tentative.push(name.to_owned());
        }
        Ok(())
    }

    /// The type of a variable of a file after one more declaration, which must agree with those before it.
    fn agreeing(&self, name: &str, declarator: Declarator) -> Result<Type, Mistake> {
        match self.scopes.linked(name) {
            Some(known) if !self.compares_nothing() && !known.kind.agrees_with(&declarator.kind) => {
                self.wrong_at(declarator.line, format!("`{name}` was declared otherwise before"))
            }
            Some(known) => Ok(known.kind.composed_with(&declarator.kind)),
            None => Ok(declarator.kind),
        }
    }

    /// `blocks-compare-nothing`, in a block.
    fn compares_nothing(&self) -> bool {
        self.bug == Bug::BlocksCompareNothing && self.function.is_some()
    }

    /// At the end of the file, what has no initialiser is zero.
    pub(super) fn define_tentative(&mut self) -> Result<(), Mistake> {
        for name in std::mem::take(&mut self.tentative) {
            let Some(symbol) = self.scopes.linked(&name).cloned().filter(|symbol| !symbol.defined) else { continue };
            let size = self.size(&symbol.kind, self.line())?;
            let align = self.structs.align(&symbol.kind);
            let exported = symbol.exported;
            self.scopes.declare_linked(&name, Symbol { defined: true, ..symbol });
            self.file.globals.push(Global { label: name, exported, size, align, data: Vec::new() });
        }
        Ok(())
    }

    /// In a block. What it has to do at run time is added to `out`.
    pub(super) fn declaration_of_block(&mut self, out: &mut Vec<Stmt>) -> Result<(), Mistake> {
        let specifiers = self.specifiers()?;
        if self.take(";") {
            return Ok(());
        }
        let mut first = true;
        loop {
            let declarator = self.declarator(specifiers.base.clone())?;
            let Some(name) = declarator.name.clone() else {
                return self.wrong(format!("a name was expected before {}", self.shown()));
            };
            if matches!(declarator.kind, Type::Function(_)) {
                self.declare_function(&name, &declarator, &specifiers, false)?;
            } else if specifiers.is_extern {
                self.elsewhere(&name, declarator)?;
            } else {
                self.variable_of_block(&name, declarator, &specifiers, first, out)?;
            }
            first = false;
            if !self.take(",") {
                return self.expect(";");
            }
        }
    }

    /// `extern int x;` in a block: a variable of a file, seen from here on.
    fn elsewhere(&mut self, name: &str, declarator: Declarator) -> Result<(), Mistake> {
        let seen = self.scopes.find(name).map(|symbol| &symbol.place);
        if self.bug == Bug::ExternMeansNearest && matches!(seen, Some(Place::Local(_))) {
            return Ok(());
        }
        if self.scopes.is_own_here(name) {
            return self.wrong_at(declarator.line, format!("`{name}` is declared twice in this block"));
        }
        let (defined, exported) =
            self.scopes.linked(name).map_or((false, true), |known| (known.defined, known.exported));
        let kind = self.agreeing(name, declarator)?;
        self.scopes.declare_linked(name, Symbol { kind, place: Place::Label(name.to_owned()), defined, exported });
        Ok(())
    }

    fn variable_of_block(
        &mut self,
        name: &str,
        declarator: Declarator,
        specifiers: &Specifiers,
        first: bool,
        out: &mut Vec<Stmt>,
    ) -> Result<(), Mistake> {
        let Declarator { mut kind, line, .. } = declarator;
        if self.scopes.find_here(name).is_some() {
            return self.wrong_at(line, format!("`{name}` is declared twice in this block"));
        }
        let symbol = |kind: &Type, place| Symbol { kind: kind.clone(), place, defined: true, exported: false };
        if specifiers.is_static && self.bug != Bug::StaticLocalIsAutomatic {
            let label = format!("{name}.{}", self.next_label());
            self.scopes.declare(name, symbol(&kind, Place::Label(label.clone())));
            let data = if self.take("=") { self.constant_initialiser(&mut kind, line)? } else { Vec::new() };
            let (size, align) = (self.size(&kind, line)?, self.structs.align(&kind));
            self.scopes.declare(name, symbol(&kind, Place::Label(label.clone())));
            self.file.globals.push(Global { label, exported: false, size, align, data });
            return Ok(());
        }
        if self.bug == Bug::InnerNameSharesOuter
            && let Some(Symbol { place: place @ Place::Local(_), kind: outer, .. }) = self.scopes.find(name)
            && *outer == kind
        {
            let shared = symbol(&kind, place.clone());
            self.scopes.declare(name, shared);
            return self.initialise(name, &kind, line, first, out);
        }
        if self.at_mark("=") && matches!(kind, Type::Array(_, None)) {
            // Its initialiser says how long it is, and is read again once there is room for it.
            let before = self.at;
            self.advance();
            self.initialiser(&mut kind, 0, &mut Vec::new())?;
            self.at = before;
        }
        let (size, align) = (self.size(&kind, line)?, self.structs.align(&kind));
        let local = self.place(size, align);
        self.scopes.declare(name, symbol(&kind, Place::Local(local)));
        self.initialise(name, &kind, line, first, out)
    }
}
