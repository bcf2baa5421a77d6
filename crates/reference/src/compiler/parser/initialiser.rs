//! What stands after `=` in a declaration: a value, a list in braces, or a string for an array of characters.

use super::super::Mistake;
use super::super::bug::Bug;
use super::super::lexer::Kind;
use super::super::tree::{Datum, Expr, Stmt, What};
use super::super::types::{CHAR, INT, Type};
use super::Parser;

/// A part of a variable: where it begins in it, its type, and its value.
type Part = (u64, Type, Expr);

impl Parser {
    /// The initialiser of a variable of a block, if there is one.
    pub(super) fn initialise(
        &mut self,
        name: &str,
        kind: &Type,
        line: usize,
        first: bool,
        out: &mut Vec<Stmt>,
    ) -> Result<(), Mistake> {
        if !self.take("=") {
            return Ok(());
        }
        let (mut kind, mut parts) = (kind.clone(), Vec::new());
        let braces = self.at_mark("{");
        self.initialiser(&mut kind, 0, &mut parts)?;
        if !first && self.bug == Bug::LaterInitialisersIgnored {
            return Ok(());
        }
        if (braces || matches!(kind, Type::Array(..)))
            && self.bug != Bug::RestOfArrayNotZeroed
            && let What::Local(local) = self.variable(name, line)?.what
        {
            out.push(Stmt::Zero { local, size: self.size(&kind, line)? });
        }
        for (offset, kind, value) in parts {
            let whole = Box::new(self.variable(name, line)?);
            let target = Expr { what: What::Member(whole, offset), kind, line };
            out.push(Stmt::Expr(self.assign(target, value)?));
        }
        Ok(())
    }

    /// The initialiser of a variable that has its value before the program starts.
    pub(super) fn constant_initialiser(
        &mut self,
        kind: &mut Type,
        line: usize,
    ) -> Result<Vec<(u64, Datum)>, Mistake> {
        let mut parts = Vec::new();
        self.initialiser(kind, 0, &mut parts)?;
        let mut data = Vec::new();
        for (offset, kind, value) in parts {
            let Some(constant) = self.evaluate(&value) else {
                return self.wrong_at(value.line.max(line), "this value is not known before the program runs");
            };
            let size = self.size(&kind, line)?;
            data.push(match constant {
                (None, value) => {
                    let value = if self.bug == Bug::SignOfInitialiserLost { value.wrapping_abs() } else { value };
                    (offset, Datum::Number(value, size))
                }
                (Some(label), beyond) => (offset, Datum::Address(label, beyond)),
            });
        }
        Ok(data)
    }

    /// Reads an initialiser into its parts. An array without a length gets one.
    pub(super) fn initialiser(&mut self, kind: &mut Type, offset: u64, parts: &mut Vec<Part>) -> Result<(), Mistake> {
        let line = self.line();
        match kind {
            Type::Array(of, length) => {
                if **of == Type::Integer(CHAR) || of.integer().is_some_and(|integer| integer.size == 1) {
                    let braces = self.at_mark("{") && matches!(self.peek_after(), Kind::Text(_));
                    if braces {
                        self.advance();
                    }
                    if matches!(self.peek(), Kind::Text(_)) {
                        let mut bytes = self.text();
                        if self.bug == Bug::ArraysEndAtZero
                            && let Some(zero) = bytes.iter().position(|byte| *byte == 0)
                        {
                            bytes[zero..].fill(0);
                        }
                        string(&bytes, of, length, offset, line, parts);
                        return if braces { self.expect("}") } else { Ok(()) };
                    }
                }
                if !self.take("{") {
                    return self.wrong("an array is initialised with a list in braces");
                }
                let size = self.size(of, line)?;
                let mut count = 0;
                while !self.take("}") {
                    if length.is_some_and(|length| count >= length) {
                        return self.wrong("there are more values than elements");
                    }
                    self.initialiser(of, offset + count * size, parts)?;
                    count += 1;
                    if !self.take(",") {
                        self.expect("}")?;
                        break;
                    }
                }
                length.get_or_insert(count);
                Ok(())
            }
            Type::Struct(at) if self.at_mark("{") => {
                let Some(members) = self.structs.0[*at].members.clone() else {
                    return self.wrong("this struct is not defined");
                };
                self.advance();
                let mut members = members.into_iter();
                while !self.take("}") {
                    let Some(mut member) = members.next() else {
                        return self.wrong("there are more values than members");
                    };
                    self.initialiser(&mut member.kind, offset + member.offset, parts)?;
                    if !self.take(",") {
                        self.expect("}")?;
                        break;
                    }
                }
                Ok(())
            }
            kind => {
                let braces = self.take("{");
                let value = self.assignment()?;
                let value = self.converted(value, kind)?;
                parts.push((offset, kind.clone(), value));
                if braces {
                    self.take(",");
                    self.expect("}")?;
                }
                Ok(())
            }
        }
    }

    /// A string, and those right after it.
    pub(super) fn text(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut first = true;
        while let Kind::Text(more) = self.peek() {
            if first || self.bug != Bug::AdjacentStringsFirstOnly {
                bytes.extend(more.clone());
            }
            first = false;
            self.advance();
        }
        bytes
    }
}

/// A string as the characters of an array; its final zero is left out where there is no room for it.
fn string(bytes: &[u8], of: &Type, length: &mut Option<u64>, offset: u64, line: usize, parts: &mut Vec<Part>) {
    let room = *length.get_or_insert(bytes.len() as u64 + 1);
    for (at, byte) in bytes.iter().chain(&[0]).enumerate().take(room as usize) {
        let value = of.integer().map_or(0, |integer| integer.wrap(i64::from(*byte)));
        let value = Expr { what: What::Number(value), kind: Type::Integer(INT), line };
        let value = Expr { what: What::Convert(Box::new(value)), kind: of.clone(), line };
        parts.push((offset + at as u64, of.clone(), value));
    }
}
