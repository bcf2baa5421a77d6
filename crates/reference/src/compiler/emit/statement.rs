//! Statements.

use super::super::bug::Bug;
use super::super::tree::{Loop, Stmt, Switch};
use super::Emitter;

impl Emitter {
    pub(super) fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(expr) => self.expression(expr),
            Stmt::Zero { local, size } => {
                let place = self.local(*local);
                self.op(&format!("leaq {place}, %rdi"));
                self.op("xorl %eax, %eax");
                self.op(&format!("movq ${size}, %rcx"));
                self.op("rep stosb");
            }
            Stmt::Return(value) => {
                if let Some(value) = value {
                    self.expression(value);
                }
                let returns = self.returns.clone();
                self.op(&format!("jmp {returns}"));
            }
            Stmt::If(condition, yes, no) => {
                let (otherwise, end) = (self.fresh(), self.fresh());
                self.expression(condition);
                if self.bug == Bug::IfTestsForOne {
                    self.op("cmpq $1, %rax");
                    self.op(&format!("jne {otherwise}"));
                } else {
                    self.test_in(Bug::IfsLookAt8Bits);
                    self.op(&format!("je {otherwise}"));
                }
                self.statement(yes);
                self.op(&format!("jmp {end}"));
                self.label(&otherwise);
                if let Some(no) = no {
                    self.statement(no);
                }
                self.label(&end);
            }
            Stmt::Loop(all) => self.loop_(all),
            Stmt::Switch(switch) => self.switch(switch),
            Stmt::Case(number) => {
                if self.bug == Bug::CasesEndThemselves
                    && let Some(end) = self.breaks.last().cloned()
                {
                    self.op(&format!("jmp {end}"));
                }
                self.label(&case_label(*number));
            }
            Stmt::Break => self.jump(self.breaks.last().cloned()),
            Stmt::Continue => self.jump(self.continues.last().cloned()),
            Stmt::Block(items) => items.iter().for_each(|item| self.statement(item)),
        }
    }

    fn jump(&mut self, label: Option<String>) {
        if let Some(label) = label {
            self.op(&format!("jmp {label}"));
        }
    }

    fn loop_(&mut self, all: &Loop) {
        let (again, next, end) = (self.fresh(), self.fresh(), self.fresh());
        all.before.iter().for_each(|statement| self.statement(statement));
        self.label(&again);
        if !all.after {
            self.leave_unless(all, &end);
        }
        self.breaks.push(end.clone());
        let restarts = all.after && self.bug == Bug::ContinueRestartsDo;
        self.continues.push(if restarts { again.clone() } else { next.clone() });
        self.statement(&all.body);
        self.breaks.pop();
        self.continues.pop();
        if self.bug != Bug::ContinueSkipsStep {
            self.label(&next);
        }
        if let Some(step) = &all.step {
            self.expression(step);
        }
        if self.bug == Bug::ContinueSkipsStep {
            self.label(&next);
        }
        if all.after {
            self.leave_unless(all, &end);
        }
        self.op(&format!("jmp {again}"));
        self.label(&end);
    }

    /// The test of a statement's condition, which sees 8 bits with this bug.
    fn test_in(&mut self, narrow: Bug) {
        if self.bug == narrow {
            self.op("testb %al, %al");
        } else {
            self.test();
        }
    }

    fn leave_unless(&mut self, all: &Loop, end: &str) {
        if let Some(condition) = &all.condition {
            self.expression(condition);
            self.test_in(Bug::LoopsLookAt8Bits);
            self.op(&format!("je {end}"));
        }
    }

    fn switch(&mut self, switch: &Switch) {
        let end = self.fresh();
        self.expression(&switch.value);
        let in_place = switch.default.filter(|_| self.bug == Bug::DefaultTakenInItsPlace);
        for (value, label) in switch.cases.iter().filter(|(_, label)| in_place.is_none_or(|place| *label < place)) {
            self.op(&format!("movq ${value}, %rcx"));
            self.op(if self.bug == Bug::SwitchLooksAt32Bits { "cmpl %ecx, %eax" } else { "cmpq %rcx, %rax" });
            self.op(&format!("je {}", case_label(*label)));
        }
        self.jump(Some(switch.default.map_or_else(|| end.clone(), case_label)));
        self.breaks.push(end.clone());
        self.statement(&switch.body);
        self.breaks.pop();
        self.label(&end);
    }
}

fn case_label(number: usize) -> String {
    format!(".Lcase{number}")
}
