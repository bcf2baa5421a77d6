//! Statements.

use super::super::Mistake;
use super::super::bug::Bug;
use super::super::lexer::Kind;
use super::super::tree::{Expr, Loop, Stmt, Switch, What};
use super::super::types::{INT, Type};
use super::{Cases, InFunction, Parser};

impl Parser {
    /// A declaration or a statement.
    pub(super) fn block_item(&mut self, out: &mut Vec<Stmt>) -> Result<(), Mistake> {
        if self.at_type() {
            return self.declaration_of_block(out);
        }
        let line = self.line();
        let statement = self.statement().map_err(|mistake| match self.bug {
            Bug::MistakesAtStatement => Mistake { line, ..mistake },
            _ => mistake,
        })?;
        out.push(statement);
        Ok(())
    }

    fn statement(&mut self) -> Result<Stmt, Mistake> {
        let line = self.line();
        if self.take(";") {
            return Ok(Stmt::Block(Vec::new()));
        }
        if self.take("{") {
            return self.block();
        }
        let Kind::Keyword(word) = *self.peek() else {
            let expr = self.expression()?;
            self.expect(";")?;
            if self.bug == Bug::PlainStatementsDropped && matches!(expr.what, What::Binary(..) | What::Not(_)) {
                return Ok(Stmt::Block(Vec::new()));
            }
            return Ok(Stmt::Expr(expr));
        };
        match word {
            "if" => {
                self.advance();
                self.if_statement()
            }
            "while" => {
                self.advance();
                let condition = Some(self.in_parentheses()?);
                let body = self.body_of_loop()?;
                Ok(Stmt::Loop(Box::new(Loop { before: Vec::new(), condition, step: None, body, after: false })))
            }
            "do" => {
                self.advance();
                let body = self.body_of_loop()?;
                if !self.take_keyword("while") {
                    return self.wrong(format!("`while` was expected before {}", self.shown()));
                }
                let condition = Some(self.in_parentheses()?);
                self.expect(";")?;
                let after = self.bug != Bug::DoTestsFirst;
                Ok(Stmt::Loop(Box::new(Loop { before: Vec::new(), condition, step: None, body, after })))
            }
            "for" => {
                self.advance();
                self.scopes.open();
                let all = self.for_statement();
                self.scopes.close();
                all
            }
            "switch" => {
                self.advance();
                self.switch()
            }
            "case" | "default" => {
                self.advance();
                self.case(word == "default", line)
            }
            "break" | "continue" => {
                self.advance();
                self.expect(";")?;
                self.jump(word, line)
            }
            "return" => {
                self.advance();
                self.return_statement(line)
            }
            // `sizeof` can begin an expression.
            "sizeof" => {
                let expr = self.expression()?;
                self.expect(";")?;
                Ok(Stmt::Expr(expr))
            }
            _ => self.wrong(format!("a statement was expected before {}", self.shown())),
        }
    }

    /// What follows `{`.
    fn block(&mut self) -> Result<Stmt, Mistake> {
        self.scopes.open();
        let mut items = Vec::new();
        while !self.take("}") {
            self.block_item(&mut items)?;
        }
        if self.bug != Bug::ScopesNeverEnd {
            self.scopes.close();
        }
        Ok(Stmt::Block(items))
    }

    fn in_parentheses(&mut self) -> Result<Expr, Mistake> {
        self.expect("(")?;
        let expr = self.expression()?;
        self.expect(")")?;
        let condition = self.condition(expr)?;
        Ok(if self.bug == Bug::NegatedOrByParts { negated_by_parts(condition) } else { condition })
    }

    fn if_statement(&mut self) -> Result<Stmt, Mistake> {
        let condition = self.in_parentheses()?;
        let mut yes = self.statement()?;
        let no = if self.take_keyword("else") { Some(Box::new(self.statement()?)) } else { None };
        if self.bug == Bug::ElseOfOutermostIf
            && no.is_none()
            && let Stmt::If(inner, inner_yes, inner_no @ Some(_)) = yes
        {
            yes = Stmt::If(inner, inner_yes, None);
            return Ok(Stmt::If(condition, Box::new(yes), inner_no));
        }
        Ok(Stmt::If(condition, Box::new(yes), no))
    }

    fn body_of_loop(&mut self) -> Result<Stmt, Mistake> {
        let hidden = match &mut self.function {
            Some(function) if self.bug == Bug::LoopsHideCases => std::mem::take(&mut function.switches),
            _ => Vec::new(),
        };
        let body = self.inside(|function| (&mut function.loops, &mut function.breakable), Self::statement);
        if let Some(function) = &mut self.function {
            function.switches.extend(hidden);
        }
        body
    }

    /// Reads something with both counts one higher.
    fn inside<T>(
        &mut self,
        counts: impl Fn(&mut InFunction) -> (&mut usize, &mut usize),
        read: impl FnOnce(&mut Self) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        if let Some(function) = &mut self.function {
            let (one, two) = counts(function);
            *one += 1;
            *two += 1;
        }
        let result = read(self);
        if let Some(function) = &mut self.function {
            let (one, two) = counts(function);
            *one -= 1;
            *two -= 1;
        }
        result
    }

    fn for_statement(&mut self) -> Result<Stmt, Mistake> {
        self.expect("(")?;
        let mut before = Vec::new();
        if self.at_type() {
            self.declaration_of_block(&mut before)?;
        } else if !self.take(";") {
            before.push(Stmt::Expr(self.expression()?));
            self.expect(";")?;
        }
        let condition = if self.at_mark(";") { None } else { Some(self.expression()?) };
        let condition = condition.map(|expr| self.condition(expr)).transpose()?;
        self.expect(";")?;
        let step = if self.at_mark(")") { None } else { Some(self.expression()?) };
        self.expect(")")?;
        let body = self.body_of_loop()?;
        Ok(Stmt::Loop(Box::new(Loop { before, condition, step, body, after: false })))
    }

    fn switch(&mut self) -> Result<Stmt, Mistake> {
        self.expect("(")?;
        let value = self.expression()?;
        self.expect(")")?;
        let own = value.kind.register();
        let value = self.promoted(value)?;
        let width = if self.bug == Bug::SwitchInOwnType { own } else { value.kind.register() };
        if let Some(function) = &mut self.function {
            function.breakable += 1;
            function.switches.push(Cases { width, cases: Vec::new(), default: None });
        }
        let body = self.statement()?;
        let read = self.function.as_mut().and_then(|function| {
            function.breakable -= 1;
            function.switches.pop()
        });
        let (cases, default) = read.map(|cases| (cases.cases, cases.default)).unwrap_or_default();
        Ok(Stmt::Switch(Box::new(Switch { value, cases, default, body })))
    }

    fn case(&mut self, is_default: bool, line: usize) -> Result<Stmt, Mistake> {
        let value = if is_default { None } else { Some(self.constant()?) };
        self.expect(":")?;
        let label = self.next_label();
        let cases = self.function.as_mut().and_then(|function| function.switches.last_mut());
        let Some(cases) = cases else { return self.wrong_at(line, "this stands outside of every switch") };
        let twice = match value {
            Some(value) => {
                let value = cases.width.wrap(value);
                let twice = cases.cases.iter().any(|(other, _)| *other == value);
                cases.cases.push((value, label));
                twice
            }
            None => cases.default.replace(label).is_some(),
        };
        if twice {
            return self.wrong_at(line, "this switch has two of this case");
        }
        // A label belongs to the statement after it, if there is one.
        let mut labelled = vec![Stmt::Case(label)];
        if !self.at_mark("}") {
            self.block_item(&mut labelled)?;
        }
        Ok(Stmt::Block(labelled))
    }

    fn jump(&mut self, word: &str, line: usize) -> Result<Stmt, Mistake> {
        let allowed = self.function.as_ref().is_some_and(|function| match word {
            "break" => function.breakable > 0,
            _ => function.loops > 0,
        });
        match word {
            _ if !allowed && self.bug == Bug::JumpsOutsideIgnored => Ok(Stmt::Block(Vec::new())),
            _ if !allowed => self.wrong_at(line, format!("there is nothing around this that `{word}` could mean")),
            "break" => Ok(Stmt::Break),
            _ => Ok(Stmt::Continue),
        }
    }

    fn return_statement(&mut self, line: usize) -> Result<Stmt, Mistake> {
        let result = self.function.as_ref().map_or(Type::Integer(INT), |function| function.result.clone());
        if self.take(";") {
            if result != Type::Void {
                return self.wrong_at(line, "this function returns a value");
            }
            return Ok(Stmt::Return(None));
        }
        let value = self.expression()?;
        self.expect(";")?;
        if result == Type::Void {
            return self.wrong_at(line, "this function returns nothing");
        }
        let value = match (self.bug, &value.kind) {
            (Bug::ResultsNotConverted, Type::Integer(_)) => value,
            _ => self.converted(value, &result)?,
        };
        Ok(Stmt::Return(Some(value)))
    }
}

/// `negated-or-by-parts`: `!(a || b)` as `!a || !b`.
fn negated_by_parts(condition: Expr) -> Expr {
    let Expr { what, kind, line } = condition;
    let not = |of: Box<Expr>| Box::new(Expr { what: What::Not(of), kind: Type::Integer(INT), line });
    let what = match what {
        What::Not(inner) => match inner.what {
            What::Or(left, right) => What::Or(not(left), not(right)),
            _ => What::Not(inner),
        },
        what => what,
    };
    Expr { what, kind, line }
}
