//! Expressions, from the comma down to names and numbers.

use super::super::Mistake;
use super::super::bug::Bug;
use super::super::lexer::Kind;
use super::super::scope::{Place, Symbol};
use super::super::tree::{Binary, Expr, What};
use super::super::types::{CHAR, INT, Type, UNSIGNED_LONG};
use super::Parser;
use super::convert::{as_value, is_shift, number};

/// How tightly an operator of two operands binds; more is tighter.
fn precedence(mark: &str, bug: Bug) -> Option<u8> {
    Some(match mark {
        "*" | "/" | "%" => 10,
        "<<" | ">>" if bug == Bug::ShiftBindsTighter => 10,
        "+" | "-" => 9,
        "<<" | ">>" => 8,
        "<" | "<=" | ">" | ">=" => 7,
        "==" | "!=" if bug == Bug::EqualityBindsLikeLess => 7,
        "==" | "!=" => 6,
        "&" => 5,
        "^" => 4,
        "|" => 3,
        "&&" => 2,
        "||" => 1,
        _ => return None,
    })
}

fn operator(mark: &str) -> Option<Binary> {
    Some(match mark {
        "*" => Binary::Multiply,
        "/" => Binary::Divide,
        "%" => Binary::Remainder,
        "+" => Binary::Add,
        "-" => Binary::Subtract,
        "<<" => Binary::ShiftLeft,
        ">>" => Binary::ShiftRight,
        "<" => Binary::Less,
        "<=" => Binary::LessEqual,
        ">" => Binary::Greater,
        ">=" => Binary::GreaterEqual,
        "==" => Binary::Equal,
        "!=" => Binary::NotEqual,
        "&" => Binary::And,
        "^" => Binary::Xor,
        "|" => Binary::Or,
        _ => return None,
    })
}

impl Parser {
    pub(super) fn expression(&mut self) -> Result<Expr, Mistake> {
        let mut left = self.assignment()?;
        while self.at_mark(",") {
            let line = self.line();
            self.advance();
            let right = self.assignment()?;
            let right = if matches!(right.kind, Type::Array(..)) { self.value(right)? } else { right };
            let kind = right.kind.clone();
            left = Expr { what: What::Comma(Box::new(left), Box::new(right)), kind, line };
        }
        Ok(left)
    }

    pub(super) fn assignment(&mut self) -> Result<Expr, Mistake> {
        let target = self.conditional()?;
        let Kind::Mark(mark) = *self.peek() else { return Ok(target) };
        if mark == "=" {
            self.advance();
            self.assignable(&target)?;
            let value = self.assignment()?;
            let value = match (self.bug, &value.kind) {
                (Bug::AssignmentGivesRightValue, Type::Integer(_)) => value,
                _ => self.converted(value, &target.kind)?,
            };
            return self.assign(target, value);
        }
        let assigns = !["==", "!=", "<=", ">="].contains(&mark);
        let Some(op) = mark.strip_suffix('=').filter(|_| assigns).and_then(operator) else { return Ok(target) };
        self.advance();
        let value = match self.bug {
            Bug::CompoundTakesFirstTerm => self.binary_from(10)?,
            _ => self.assignment()?,
        };
        self.update(target, op, value, false)
    }

    /// An assignment of a value that was converted.
    pub(super) fn assign(&self, target: Expr, value: Expr) -> Result<Expr, Mistake> {
        let (kind, line) = (target.kind.clone(), target.line);
        let what = match kind {
            Type::Struct(_) => What::Copy(Box::new(target), Box::new(value), self.size(&kind, line)?),
            _ => What::Assign(Box::new(target), Box::new(value)),
        };
        Ok(Expr { what, kind, line })
    }

    /// `target op= value`, and `++` and `--`, which may give what was there before.
    fn update(&mut self, target: Expr, op: Binary, value: Expr, old: bool) -> Result<Expr, Mistake> {
        self.assignable(&target)?;
        let (kind, line) = (target.kind.clone(), target.line);
        let value = self.value(value)?;
        let (width, value) = match (&kind, value.kind.integer()) {
            (Type::Integer(integer), Some(other)) => {
                let width = match self.bug {
                    Bug::CompoundInOwnType => *integer,
                    _ if is_shift(op) => integer.promoted(),
                    _ => integer.common(other),
                };
                let to = if is_shift(op) { other.promoted() } else { width };
                (width, self.cast(value, Type::Integer(to))?)
            }
            (Type::Pointer(_), Some(_)) if matches!(op, Binary::Add | Binary::Subtract) => {
                let moved = match &kind {
                    Type::Pointer(rows) if self.bug == Bug::RowsStepByElement => match &**rows {
                        Type::Array(of, _) => Type::Pointer(of.clone()),
                        _ => kind.clone(),
                    },
                    _ => kind.clone(),
                };
                (UNSIGNED_LONG, self.in_bytes(&moved, value, line)?)
            }
            _ => {
                let (left, right) = (self.describe(&kind), self.describe(&value.kind));
                return self.wrong_at(line, format!("this operator does not take {left} and {right}"));
            }
        };
        let old = old && self.bug != Bug::PostfixGivesNew;
        let what = What::Update { target: Box::new(target), op, value: Box::new(value), width, old };
        Ok(Expr { what, kind, line })
    }

    pub(super) fn conditional(&mut self) -> Result<Expr, Mistake> {
        let condition = self.binary_from(1)?;
        if !self.at_mark("?") {
            return Ok(condition);
        }
        let line = self.line();
        self.advance();
        let condition = self.condition(condition)?;
        let yes = self.expression()?;
        self.expect(":")?;
        let no = self.conditional()?;
        if yes.kind == Type::Void && no.kind == Type::Void {
            let what = What::Conditional(Box::new(condition), Box::new(yes), Box::new(no));
            return Ok(Expr { what, kind: Type::Void, line });
        }
        let (yes, no) = (self.value(yes)?, self.value(no)?);
        let kind = match (&yes.kind, &no.kind) {
            (Type::Integer(one), Type::Integer(two)) => Type::Integer(one.common(*two)),
            // A pointer beside 0, or beside a pointer to anything.
            (Type::Pointer(to), Type::Pointer(_)) if **to == Type::Void => no.kind.clone(),
            (Type::Integer(_), Type::Pointer(_)) if self.bug != Bug::ChoiceWithNullIsInt => no.kind.clone(),
            (one, _) => one.clone(),
        };
        let (yes, no) = (self.converted(yes, &kind)?, self.converted(no, &kind)?);
        Ok(Expr { what: What::Conditional(Box::new(condition), Box::new(yes), Box::new(no)), kind, line })
    }

    /// Binary operators that bind at least this tightly.
    fn binary_from(&mut self, least: u8) -> Result<Expr, Mistake> {
        let mut left = self.cast_or_unary()?;
        while let Kind::Mark(mark) = *self.peek()
            && let Some(binds) = precedence(mark, self.bug).filter(|binds| *binds >= least)
        {
            let line = self.line();
            self.advance();
            let groups_right = mark == "-" && self.bug == Bug::MinusGroupsRight;
            let right = self.binary_from(if groups_right { binds } else { binds + 1 })?;
            left = match (mark, operator(mark)) {
                ("&&", _) => {
                    let (left, right) = (Box::new(self.condition(left)?), Box::new(self.condition(right)?));
                    Expr { what: What::And(left, right), kind: Type::Integer(INT), line }
                }
                (_, Some(op)) => self.binary(op, left, right, line)?,
                _ => {
                    let (left, right) = (Box::new(self.condition(left)?), Box::new(self.condition(right)?));
                    Expr { what: What::Or(left, right), kind: Type::Integer(INT), line }
                }
            };
        }
        Ok(left)
    }

    fn cast_or_unary(&mut self) -> Result<Expr, Mistake> {
        if self.at_mark("(") && self.is_type(self.peek_after()) {
            self.advance();
            let kind = self.type_name()?;
            let operand = self.cast_or_unary()?;
            return self.cast(operand, kind);
        }
        self.unary()
    }

    fn unary(&mut self) -> Result<Expr, Mistake> {
        let line = self.line();
        if self.take_keyword("sizeof") {
            return self.size_of(line);
        }
        let Kind::Mark(mark) = *self.peek() else { return self.postfix() };
        match mark {
            "++" | "--" => {
                self.advance();
                let target = self.unary()?;
                let op = if mark == "++" { Binary::Add } else { Binary::Subtract };
                self.update(target, op, number(1, INT, line), false)
            }
            "+" | "-" | "~" => {
                self.advance();
                let operand = self.cast_or_unary()?;
                if mark == "+" && self.bug == Bug::PlusKeepsType {
                    return Ok(as_value(operand));
                }
                let operand = self.promoted(operand)?;
                match mark {
                    "-" => self.binary(Binary::Subtract, number(0, INT, line), operand, line),
                    "~" => self.binary(Binary::Xor, operand, number(-1, INT, line), line),
                    _ if self.bug == Bug::SignKeepsPlace => Ok(operand),
                    _ => Ok(as_value(operand)),
                }
            }
            "!" => {
                self.advance();
                let operand = self.cast_or_unary()?;
                let operand = self.condition(operand)?;
                Ok(Expr { what: What::Not(Box::new(operand)), kind: Type::Integer(INT), line })
            }
            "*" => {
                self.advance();
                let operand = self.cast_or_unary()?;
                self.follow(operand, line)
            }
            "&" => {
                self.advance();
                let operand = self.cast_or_unary()?;
                if !Self::is_place(&operand) && !matches!(operand.what, What::Text(_)) {
                    return self.wrong_at(line, "this has no address");
                }
                let kind = match operand.kind.clone() {
                    Type::Array(of, _) if self.bug == Bug::AddressOfArrayIsElement => Type::Pointer(of),
                    kind => Type::pointer(kind),
                };
                Ok(Expr { what: What::Address(Box::new(operand)), kind, line })
            }
            _ => self.postfix(),
        }
    }

    fn size_of(&mut self, line: usize) -> Result<Expr, Mistake> {
        let kind = if self.at_mark("(") && self.is_type(self.peek_after()) {
            self.advance();
            self.type_name()?
        } else {
            let operand = self.unary()?;
            let kind = operand.kind.clone();
            if self.bug == Bug::SizeofEvaluates {
                let size = number(self.size(&kind, line)? as i64, UNSIGNED_LONG, line);
                let kind = size.kind.clone();
                return Ok(Expr { what: What::Comma(Box::new(operand), Box::new(size)), kind, line });
            }
            kind
        };
        let size = self.size(&kind, line)?;
        let is_array = matches!(kind, Type::Array(..));
        let size = if self.bug == Bug::SizeofArrayIsPointer && is_array { 8 } else { size };
        let kind = if self.bug == Bug::SizeofIsInt { INT } else { UNSIGNED_LONG };
        Ok(number(size as i64, kind, line))
    }

    /// What a pointer points to.
    fn follow(&mut self, pointer: Expr, line: usize) -> Result<Expr, Mistake> {
        let pointer = self.value(pointer)?;
        let Type::Pointer(to) = pointer.kind.clone() else {
            return self.wrong_at(line, format!("{} is not a pointer", self.describe(&pointer.kind)));
        };
        Ok(Expr { what: What::Follow(Box::new(pointer)), kind: *to, line })
    }

    fn postfix(&mut self) -> Result<Expr, Mistake> {
        let mut expr = self.primary()?;
        loop {
            let line = self.line();
            let Kind::Mark(mark) = *self.peek() else { return Ok(expr) };
            expr = match mark {
                "(" => {
                    self.advance();
                    self.call(expr, line)?
                }
                "[" => {
                    self.advance();
                    let index = self.expression()?;
                    self.expect("]")?;
                    let place = self.binary(Binary::Add, expr, index, line)?;
                    self.follow(place, line)?
                }
                "." => {
                    self.advance();
                    if self.bug == Bug::DotFollowsPointers && matches!(expr.kind, Type::Pointer(_)) {
                        expr = self.follow(expr, line)?;
                    }
                    self.member(expr, line)?
                }
                "->" => {
                    self.advance();
                    let whole = self.follow(expr, line)?;
                    self.member(whole, line)?
                }
                "++" | "--" => {
                    self.advance();
                    let op = if mark == "++" { Binary::Add } else { Binary::Subtract };
                    self.update(expr, op, number(1, INT, line), true)?
                }
                _ => return Ok(expr),
            };
        }
    }

    fn member(&mut self, whole: Expr, line: usize) -> Result<Expr, Mistake> {
        let name = self.expect_name()?;
        let Type::Struct(at) = whole.kind else {
            return self.wrong_at(line, format!("{} has no members", self.describe(&whole.kind)));
        };
        if self.structs.0[at].members.is_none() {
            return self.wrong_at(line, format!("{} is not defined", self.structs.0[at].describe()));
        }
        let Some(member) = self.structs.member(at, &name) else {
            return self.wrong_at(line, format!("{} has no member `{name}`", self.structs.0[at].describe()));
        };
        let kind = member.kind.clone();
        Ok(Expr { what: What::Member(Box::new(whole), member.offset), kind, line })
    }

    fn call(&mut self, function: Expr, line: usize) -> Result<Expr, Mistake> {
        let (What::Function(name), Type::Function(signature)) = (function.what, &function.kind) else {
            return self.wrong_at(line, format!("{} cannot be called", self.describe(&function.kind)));
        };
        let arguments = self.arguments(&signature.parameters)?;
        let (given, wanted) = (arguments.len(), signature.parameters.len());
        let too_many = given > wanted && !signature.variadic && self.bug != Bug::TooManyArgumentsAccepted;
        if !signature.unknown && (given < wanted || too_many) {
            return self.wrong_at(line, format!("`{name}` takes {wanted} arguments, and {given} are given"));
        }
        Ok(Expr { what: What::Call(name, arguments), kind: signature.result.clone(), line })
    }

    /// What follows `(` of a call, each argument converted to the type of its parameter.
    fn arguments(&mut self, parameters: &[Type]) -> Result<Vec<Expr>, Mistake> {
        let mut arguments = Vec::new();
        if self.take(")") {
            return Ok(arguments);
        }
        loop {
            let argument = self.assignment()?;
            arguments.push(match parameters.get(arguments.len()) {
                Some(Type::Integer(integer)) if self.bug == Bug::NarrowParametersAreInt => {
                    self.converted(argument, &Type::Integer(integer.promoted()))?
                }
                Some(kind) => self.converted(argument, kind)?,
                // Beyond the named parameters narrow numbers are widened.
                None if argument.kind.integer().is_some() => self.promoted(argument)?,
                None => self.value(argument)?,
            });
            if !self.take(",") {
                self.expect(")")?;
                return Ok(arguments);
            }
            if self.bug == Bug::CommaEndsArguments && self.take(")") {
                return Ok(arguments);
            }
        }
    }

    fn primary(&mut self) -> Result<Expr, Mistake> {
        let line = self.line();
        match self.peek().clone() {
            Kind::Number(value, kind) => {
                self.advance();
                Ok(number(value, kind, line))
            }
            Kind::Text(_) => {
                let bytes = self.text();
                let kind = Type::Array(Box::new(Type::Integer(CHAR)), Some(bytes.len() as u64 + 1));
                self.file.strings.push(bytes);
                Ok(Expr { what: What::Text(self.file.strings.len() - 1), kind, line })
            }
            Kind::Name(name) => {
                self.advance();
                self.variable(&name, line)
            }
            _ if self.take("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            _ => self.wrong(format!("a value was expected before {}", self.shown())),
        }
    }

    pub(super) fn variable(&mut self, name: &str, line: usize) -> Result<Expr, Mistake> {
        if self.scopes.find(name).is_none() && self.bug == Bug::UndeclaredIsNewVariable {
            let (local, kind) = (self.place(4, 4), Type::Integer(INT));
            self.scopes.declare(name, Symbol { kind, place: Place::Local(local), defined: true, exported: false });
        }
        let Some(symbol) = self.scopes.find(name) else {
            return self.wrong_at(line, format!("nothing is called `{name}` here"));
        };
        let what = match &symbol.place {
            Place::Local(local) => What::Local(*local),
            Place::Label(label) => What::Global(label.clone()),
            Place::Function => What::Function(name.to_owned()),
        };
        Ok(Expr { what, kind: symbol.kind.clone(), line })
    }
}
