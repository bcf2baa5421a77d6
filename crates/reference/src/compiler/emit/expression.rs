//! Expressions: each leaves its value in `%rax`. The value of an array or a struct is its address.

use super::super::bug::Bug;
use super::super::tree::{Binary, Expr, What};
use super::super::types::{Integer, Type};
use super::{Emitter, REGISTERS, string_label};

impl Emitter {
    pub(super) fn expression(&mut self, expr: &Expr) {
        match &expr.what {
            What::Number(value) => self.op(&format!("movq ${value}, %rax")),
            What::Text(_) | What::Local(_) | What::Global(_) | What::Function(_) | What::Member(..) => {
                self.address(expr);
                self.load(&expr.kind);
            }
            What::Follow(pointer) => {
                self.expression(pointer);
                match self.bug {
                    Bug::PointersReadEightBytes if expr.kind.is_scalar() => self.op("movq (%rax), %rax"),
                    _ => self.load(&expr.kind),
                }
            }
            What::Address(of) => self.address(of),
            What::Not(inner) => {
                self.expression(inner);
                self.test();
                self.flag("sete");
            }
            What::Binary(op, left, right) => {
                self.expression(right);
                self.push();
                self.expression(left);
                self.pop("%rcx");
                if self.bug == Bug::VariablesSubtractedBackwards && *op == Binary::Subtract && is_variable(right) {
                    self.op("xchgq %rax, %rcx");
                }
                self.binary(*op, left.kind.register());
                if self.bug == Bug::LongCutTo32 && left.kind.integer().is_some_and(|integer| integer.size == 8) {
                    self.op("movslq %eax, %rax");
                }
            }
            What::And(left, right) => self.both(left, right, true),
            What::Or(left, right) => self.both(left, right, false),
            What::Conditional(condition, yes, no) => {
                if self.bug == Bug::ConditionalEvaluatesBoth {
                    self.expression(yes);
                    self.expression(no);
                }
                let (otherwise, end) = (self.fresh(), self.fresh());
                self.expression(condition);
                self.test();
                self.op(&format!("je {otherwise}"));
                self.expression(yes);
                self.op(&format!("jmp {end}"));
                self.label(&otherwise);
                self.expression(no);
                self.label(&end);
            }
            What::Assign(target, value) => {
                self.places(target, value);
                self.store(target);
            }
            What::Copy(target, value, size) => {
                self.places(target, value);
                self.copy(*size);
            }
            What::Update { target, op, value, width, old } => self.update(target, *op, value, *width, *old),
            What::Convert(inner) => {
                self.expression(inner);
                if let Some(integer) = expr.kind.integer() {
                    self.convert(integer);
                }
            }
            What::Call(name, arguments) => self.call(name, arguments, &expr.kind),
            What::Comma(left, right) => {
                self.expression(left);
                self.expression(right);
            }
        }
    }

    /// The address of something that has one.
    fn address(&mut self, expr: &Expr) {
        match &expr.what {
            What::Local(local) => {
                let place = self.local(*local);
                self.op(&format!("leaq {place}, %rax"));
            }
            What::Global(label) => self.op(&format!("leaq {label}(%rip), %rax")),
            What::Text(at) => self.op(&format!("leaq {}(%rip), %rax", string_label(*at))),
            What::Follow(pointer) => self.expression(pointer),
            What::Member(whole, offset) => {
                self.address(whole);
                self.op(&format!("addq ${offset}, %rax"));
            }
            // A struct that is the value of an assignment or a conditional.
            _ => self.expression(expr),
        }
    }

    /// The value at the address in `%rax`.
    fn load(&mut self, kind: &Type) {
        if kind.is_scalar() {
            self.op(match (kind.register().size, kind.register().signed) {
                (1, true) => "movsbq (%rax), %rax",
                (1, false) => "movzbl (%rax), %eax",
                (2, true) => "movswq (%rax), %rax",
                (2, false) => "movzwl (%rax), %eax",
                (4, true) => "movslq (%rax), %rax",
                (4, false) => "movl (%rax), %eax",
                _ => "movq (%rax), %rax",
            });
        }
    }

    /// `%rax` to the address in `%rcx`.
    fn store(&mut self, target: &Expr) {
        let size = match &target.what {
            What::Follow(_) if self.bug == Bug::PointersWriteEightBytes => 8,
            _ => target.kind.register().size,
        };
        self.op(match size {
            1 => "movb %al, (%rcx)",
            2 => "movw %ax, (%rcx)",
            4 => "movl %eax, (%rcx)",
            _ => "movq %rax, (%rcx)",
        });
    }

    /// What is assigned in `%rax`, and where it goes in `%rcx`.
    fn places(&mut self, target: &Expr, value: &Expr) {
        self.expression(value);
        self.push();
        self.address(target);
        self.op("movq %rax, %rcx");
        self.pop("%rax");
    }

    /// A struct of this size from the address in `%rax` to that in `%rcx`, which is its value.
    fn copy(&mut self, size: u64) {
        let size = match self.bug {
            Bug::StructsCopyEightBytes => size.min(8),
            Bug::StructsCopyWords => size.next_multiple_of(8),
            _ => size,
        };
        self.op("movq %rax, %rsi");
        self.op("movq %rcx, %rdi");
        self.op("movq %rcx, %rax");
        self.op(&format!("movq ${size}, %rcx"));
        self.op("rep movsb");
    }

    /// Makes `%rax` what a value of this type is in a register.
    fn convert(&mut self, to: Integer) {
        match (to.size, to.signed) {
            (1, _) if self.bug == Bug::CharsKeepAllBits => {}
            (1, true) => self.op("movsbq %al, %rax"),
            (1, false) => self.op("movzbl %al, %eax"),
            (2, true) => self.op("movswq %ax, %rax"),
            (2, false) => self.op("movzwl %ax, %eax"),
            (4, true) => self.op("movslq %eax, %rax"),
            (4, false) => self.op("movl %eax, %eax"),
            _ => {}
        }
    }

    /// Compares a condition with 0: it is widened, as every value, so all 64 bits count.
    pub(super) fn test(&mut self) {
        self.op(match self.bug {
            Bug::ConditionsLookAt32Bits => "testl %eax, %eax",
            _ => "testq %rax, %rax",
        });
    }

    fn flag(&mut self, set: &str) {
        self.op(&format!("{set} %al"));
        self.op("movzbl %al, %eax");
    }

    /// `%rax op %rcx`, both of this type.
    fn binary(&mut self, op: Binary, width: Integer) {
        match op {
            Binary::Add => self.op("addq %rcx, %rax"),
            Binary::Subtract => self.op("subq %rcx, %rax"),
            Binary::Multiply => self.op("imulq %rcx, %rax"),
            Binary::And => self.op("andq %rcx, %rax"),
            Binary::Or => self.op("orq %rcx, %rax"),
            Binary::Xor => self.op("xorq %rcx, %rax"),
            Binary::Divide | Binary::Remainder => self.divide(op, width),
            Binary::ShiftLeft => self.op("shlq %cl, %rax"),
            Binary::ShiftRight if width.signed => self.op("sarq %cl, %rax"),
            Binary::ShiftRight if self.bug == Bug::UnsignedShiftKeepsSign => {
                self.convert(Integer { size: width.size, signed: true });
                self.op("sarq %cl, %rax");
            }
            Binary::ShiftRight => self.op("shrq %cl, %rax"),
            _ => return self.compare(op, width.signed || self.bug == Bug::UnsignedComparedSigned),
        }
        self.convert(width);
    }

    fn divide(&mut self, op: Binary, width: Integer) {
        if width.signed {
            self.op("cqto");
            self.op("idivq %rcx");
        } else {
            self.op("xorl %edx, %edx");
            self.op("divq %rcx");
        }
        if self.bug == Bug::DivisionRoundsDown {
            // One less where there is a remainder of the other sign.
            let end = self.fresh();
            self.op("testq %rdx, %rdx");
            self.op(&format!("je {end}"));
            self.op("movq %rdx, %rsi");
            self.op("xorq %rcx, %rsi");
            self.op(&format!("jns {end}"));
            self.op("decq %rax");
            self.op("addq %rcx, %rdx");
            self.label(&end);
        }
        if op == Binary::Remainder {
            self.op("movq %rdx, %rax");
        }
    }

    fn compare(&mut self, op: Binary, signed: bool) {
        // Numbers of 32 bits are widened: as signed ones they compare the same only once they are narrow again.
        if signed && self.bug == Bug::UnsignedComparedSigned {
            self.op("cmpl %ecx, %eax");
        } else {
            self.op("cmpq %rcx, %rax");
        }
        self.flag(match (op, signed) {
            (Binary::Equal, _) => "sete",
            (Binary::NotEqual, _) => "setne",
            (Binary::LessEqual, _) if self.bug == Bug::LessOrEqualIsLess => "setl",
            (Binary::Less, true) => "setl",
            (Binary::LessEqual, true) => "setle",
            (Binary::Greater, true) => "setg",
            (_, true) => "setge",
            (Binary::Less, false) => "setb",
            (Binary::LessEqual, false) => "setbe",
            (Binary::Greater, false) => "seta",
            (_, false) => "setae",
        });
    }

    /// `&&` and `||`: the right operand only if the left one does not settle it.
    fn both(&mut self, left: &Expr, right: &Expr, and: bool) {
        let (settled, end) = (self.fresh(), self.fresh());
        if !and && self.bug == Bug::OrEvaluatesBoth {
            self.expression(right);
        }
        self.expression(left);
        self.test();
        self.op(&format!("{} {settled}", if and { "je" } else { "jne" }));
        self.expression(right);
        if !and || self.bug != Bug::AndGivesRightValue {
            self.test();
            self.flag("setne");
        }
        self.op(&format!("jmp {end}"));
        self.label(&settled);
        self.op(&format!("movl ${}, %eax", i32::from(!and)));
        self.label(&end);
    }

    fn update(&mut self, target: &Expr, op: Binary, value: &Expr, width: Integer, old: bool) {
        self.expression(value);
        self.push();
        self.address(target);
        self.op("movq %rax, %r8");
        self.load(&target.kind);
        self.op("movq %rax, %r9");
        self.pop("%rcx");
        self.convert(width);
        self.binary(op, width);
        self.convert(target.kind.register());
        self.op("movq %r8, %rcx");
        self.store(target);
        if old {
            self.op("movq %r9, %rax");
        }
    }

    fn call(&mut self, name: &str, arguments: &[Expr], result: &Type) {
        let on_stack = arguments.len().saturating_sub(REGISTERS.len());
        let padding = if self.bug == Bug::CallsUnaligned { 0 } else { (self.depth + on_stack) % 2 };
        if padding == 1 {
            self.op("subq $8, %rsp");
            self.depth += 1;
        }
        if self.bug == Bug::ArgumentsStraightToRegisters && on_stack == 0 {
            for (argument, register) in arguments.iter().zip(REGISTERS) {
                self.expression(argument);
                self.op(&format!("movq %rax, {register}"));
            }
        } else {
            // All arguments are on the stack before the first is moved to its register, which a call among them would
            // overwrite.
            for argument in arguments.iter().rev() {
                self.expression(argument);
                self.push();
            }
            for register in REGISTERS.iter().take(arguments.len()) {
                self.pop(register);
            }
        }
        // A variadic function wants to know how many arguments are floating-point numbers.
        self.op("movl $0, %eax");
        self.op(&format!("call {name}@PLT"));
        let left = on_stack + padding;
        if left > 0 {
            self.op(&format!("addq ${}, %rsp", 8 * left));
            self.depth -= left;
        }
        if let Some(integer) = result.integer()
            && self.bug != Bug::ResultsNotConverted
        {
            // The bits above the result's own can be anything.
            self.convert(integer);
        }
    }
}

fn is_variable(expr: &Expr) -> bool {
    matches!(expr.what, What::Local(_) | What::Global(_))
}
