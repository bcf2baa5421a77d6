//! Types as they are written: the words before a name, and the stars, brackets and parentheses around it.

use super::super::Mistake;
use super::super::lexer::Kind;
use super::super::types::{Integer, Signature, Type};
use super::Parser;

/// The words that begin a declaration.
pub(super) struct Specifiers {
    pub(super) base: Type,
    pub(super) is_static: bool,
    pub(super) is_extern: bool,
}

/// One name that a declaration declares.
pub(super) struct Declarator {
    pub(super) kind: Type,
    /// None where a type stands alone, as in `sizeof(int *)`.
    pub(super) name: Option<String>,
    pub(super) line: usize,
    /// Of a function.
    pub(super) parameters: Vec<Parameter>,
}

pub(super) struct Parameter {
    pub(super) kind: Type,
    pub(super) name: Option<String>,
    pub(super) line: usize,
}

impl Parser {
    /// Whether a declaration or a type begins here.
    pub(super) fn at_type(&self) -> bool {
        self.is_type(self.peek())
    }

    pub(super) fn is_type(&self, token: &Kind) -> bool {
        let words =
            ["void", "char", "short", "int", "long", "signed", "unsigned", "struct", "const", "static", "extern"];
        matches!(token, Kind::Keyword(word) if words.contains(word))
    }

    pub(super) fn specifiers(&mut self) -> Result<Specifiers, Mistake> {
        let line = self.line();
        let (mut is_static, mut is_extern) = (false, false);
        let mut words: Vec<&str> = Vec::new();
        let mut of_struct = None;
        loop {
            match *self.peek() {
                Kind::Keyword("const") => {}
                Kind::Keyword("static") => is_static = true,
                Kind::Keyword("extern") => is_extern = true,
                Kind::Keyword("struct") if of_struct.is_none() => {
                    of_struct = Some(self.structure()?);
                    continue;
                }
                Kind::Keyword(word @ ("void" | "char" | "short" | "int" | "long" | "signed" | "unsigned")) => {
                    words.push(word);
                }
                _ => break,
            }
            self.advance();
        }
        if is_static && is_extern {
            return self.wrong_at(line, "`static` and `extern` contradict each other");
        }
        let base = match of_struct {
            Some(of_struct) if words.is_empty() => of_struct,
            Some(_) => return self.wrong_at(line, "this names two types"),
            None => match basic(&mut words) {
                Some(base) => base,
                None if words.is_empty() => {
                    return self.wrong(format!("a type was expected before {}", self.shown()));
                }
                None => return self.wrong_at(line, format!("`{}` is not a type", words.join(" "))),
            },
        };
        Ok(Specifiers { base, is_static, is_extern })
    }

    /// `struct tag`, with its members or without, or members without a tag.
    fn structure(&mut self) -> Result<Type, Mistake> {
        self.advance();
        let line = self.line();
        let tag = if self.at_mark("{") { None } else { Some(self.expect_name()?) };
        // A definition, or a tag before a lone `;`, is of this block; a use is of any block around it.
        let declares = self.at_mark("{") || self.at_mark(";");
        let known = tag.as_ref().and_then(|tag| match declares {
            true => self.scopes.find_tag_here(tag),
            false => self.scopes.find_tag(tag),
        });
        let at = known.unwrap_or_else(|| {
            let at = self.structs.declare(tag.clone());
            if let Some(tag) = &tag {
                self.scopes.declare_tag(tag, at);
            }
            at
        });
        if self.take("{") {
            if self.structs.0[at].members.is_some() {
                return self.wrong_at(line, format!("{} is defined twice", self.structs.0[at].describe()));
            }
            let members = self.members()?;
            self.structs.define(at, members, self.bug);
        }
        Ok(Type::Struct(at))
    }

    /// What follows `{` of a struct.
    fn members(&mut self) -> Result<Vec<(String, Type)>, Mistake> {
        let mut members: Vec<(String, Type)> = Vec::new();
        while !self.take("}") {
            let Specifiers { base, .. } = self.specifiers()?;
            loop {
                let member = self.declarator(base.clone())?;
                let Some(name) = member.name else { return self.wrong("this member has no name") };
                self.size(&member.kind, member.line)?;
                if members.iter().any(|(other, _)| *other == name) {
                    return self.wrong_at(member.line, format!("two members are called `{name}`"));
                }
                members.push((name, member.kind));
                if !self.take(",") {
                    break;
                }
            }
            self.expect(";")?;
        }
        Ok(members)
    }

    pub(super) fn declarator(&mut self, base: Type) -> Result<Declarator, Mistake> {
        let mut kind = base;
        while self.take("*") {
            while self.take_keyword("const") {}
            kind = Type::pointer(kind);
        }
        let line = self.line();
        let name = match self.peek() {
            Kind::Name(_) => Some(self.expect_name()?),
            _ => None,
        };
        if self.take("(") {
            let (parameters, variadic, unknown) = self.parameters()?;
            if matches!(kind, Type::Array(..) | Type::Function(_)) {
                return self.wrong_at(line, "a function cannot return an array or a function");
            }
            let kinds = parameters.iter().map(|parameter| parameter.kind.clone()).collect();
            let signature = Signature { result: kind, parameters: kinds, variadic, unknown };
            return Ok(Declarator { kind: Type::Function(Box::new(signature)), name, line, parameters });
        }
        let kind = self.lengths(kind)?;
        Ok(Declarator { kind, name, line, parameters: Vec::new() })
    }

    /// The brackets after a name. The first length may be left out.
    fn lengths(&mut self, base: Type) -> Result<Type, Mistake> {
        let line = self.line();
        if !self.take("[") {
            return Ok(base);
        }
        let length = if self.at_mark("]") { None } else { Some(self.length()?) };
        self.expect("]")?;
        let of = self.lengths(base)?;
        self.size(&of, line)?;
        Ok(Type::Array(Box::new(of), length))
    }

    fn length(&mut self) -> Result<u64, Mistake> {
        let line = self.line();
        match self.constant()? {
            length @ 1.. => Ok(length as u64),
            length => self.wrong_at(line, format!("an array cannot have {length} elements")),
        }
    }

    fn parameters(&mut self) -> Result<(Vec<Parameter>, bool, bool), Mistake> {
        if self.take(")") {
            return Ok((Vec::new(), false, true));
        }
        if matches!(self.peek(), Kind::Keyword("void")) && self.peek_after() == &Kind::Mark(")") {
            self.advance();
            self.advance();
            return Ok((Vec::new(), false, false));
        }
        let mut parameters: Vec<Parameter> = Vec::new();
        loop {
            if !parameters.is_empty() && self.take("...") {
                self.expect(")")?;
                return Ok((parameters, true, false));
            }
            let Specifiers { base, .. } = self.specifiers()?;
            let Declarator { kind, name, line, .. } = self.declarator(base)?;
            let kind = match kind {
                // An array is passed as a pointer to its first element.
                Type::Array(of, _) => Type::Pointer(of),
                other => other,
            };
            if kind == Type::Void {
                return self.wrong_at(line, "a parameter cannot be void");
            }
            if let Some(name) = &name
                && parameters.iter().any(|other| other.name.as_ref() == Some(name))
            {
                return self.wrong_at(line, format!("two parameters are called `{name}`"));
            }
            parameters.push(Parameter { kind, name, line });
            if !self.take(",") {
                self.expect(")")?;
                return Ok((parameters, false, false));
            }
        }
    }

    /// A type alone, in parentheses that were opened.
    pub(super) fn type_name(&mut self) -> Result<Type, Mistake> {
        let Specifiers { base, .. } = self.specifiers()?;
        let Declarator { kind, name, line, .. } = self.declarator(base)?;
        if let Some(name) = name {
            return self.wrong_at(line, format!("`{name}` has no place in a type"));
        }
        self.expect(")")?;
        Ok(kind)
    }
}

/// The type that these words name together, in any order.
fn basic(words: &mut [&str]) -> Option<Type> {
    words.sort_unstable();
    let integer = |size, signed| Some(Type::Integer(Integer { size, signed }));
    match words {
        ["void"] => Some(Type::Void),
        ["char"] | ["char", "signed"] => integer(1, true),
        ["char", "unsigned"] => integer(1, false),
        ["short"] | ["short", "signed"] | ["int", "short"] | ["int", "short", "signed"] => integer(2, true),
        ["short", "unsigned"] | ["int", "short", "unsigned"] => integer(2, false),
        ["int"] | ["signed"] | ["int", "signed"] => integer(4, true),
        ["unsigned"] | ["int", "unsigned"] => integer(4, false),
        ["long"] | ["int", "long"] | ["long", "signed"] | ["int", "long", "signed"] => integer(8, true),
        ["long", "long"] | ["int", "long", "long"] => integer(8, true),
        ["long", "unsigned"] | ["int", "long", "unsigned"] | ["long", "long", "unsigned"] => integer(8, false),
        _ => None,
    }
}
