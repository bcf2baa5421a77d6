//! From the tree of a file to assembly for x86-64, as the GNU assembler and clang read it.
//!
//! A stack machine: every expression leaves its value in `%rax`, widened to 64 bits as its type says, and keeps what it
//! needs meanwhile on the stack. Nothing is optimised, so that mistakes are easy to see.

mod expression;
mod statement;

use std::fmt::Write;

use super::bug::Bug;
use super::tree::{Datum, File, Function, Global};

const REGISTERS: [&str; 6] = ["%rdi", "%rsi", "%rdx", "%rcx", "%r8", "%r9"];

/// The label of a string.
pub(super) fn string_label(at: usize) -> String {
    format!(".Ltext{at}")
}

/// The assembly of a file.
pub(super) fn file(file: &File, bug: Bug) -> String {
    let mut emitter = Emitter {
        out: String::new(),
        bug,
        depth: 0,
        labels: 0,
        breaks: Vec::new(),
        continues: Vec::new(),
        returns: String::new(),
        frame: String::new(),
        frame_size: 0,
    };
    for function in &file.functions {
        emitter.function(function);
    }
    for global in &file.globals {
        emitter.global(global);
    }
    emitter.strings(&file.strings);
    emitter.line(".section .note.GNU-stack,\"\",@progbits");
    emitter.out
}

struct Emitter {
    out: String,
    bug: Bug,
    /// How many values are on the stack: a call needs an even number of them.
    depth: usize,
    labels: usize,
    /// Where `break` and `continue` jump to, the innermost last.
    breaks: Vec<String>,
    continues: Vec<String>,
    returns: String,
    /// With [`Bug::VariablesAreStatic`]: the label of the function's variables.
    frame: String,
    frame_size: u64,
}

impl Emitter {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn op(&mut self, text: &str) {
        self.out.push('\t');
        self.line(text);
    }

    fn label(&mut self, label: &str) {
        self.line(&format!("{label}:"));
    }

    fn fresh(&mut self) -> String {
        self.labels += 1;
        format!(".L{}", self.labels)
    }

    fn push(&mut self) {
        self.op("pushq %rax");
        self.depth += 1;
    }

    fn pop(&mut self, register: &str) {
        self.op(&format!("popq {register}"));
        self.depth -= 1;
    }

    /// A variable of the function, as an operand.
    fn local(&self, local: u64) -> String {
        match self.bug {
            Bug::VariablesAreStatic => format!("{}+{}(%rip)", self.frame, self.frame_size - local),
            _ => format!("-{local}(%rbp)"),
        }
    }

    fn function(&mut self, function: &Function) {
        self.line(".text");
        self.export(&function.name, function.exported);
        self.label(&function.name);
        self.frame = format!(".Lframe.{}", function.name);
        self.frame_size = function.frame;
        self.returns = self.fresh();
        self.op("pushq %rbp");
        self.op("movq %rsp, %rbp");
        let most = if self.bug == Bug::FramesOf1024AtMost { 1024 } else { u64::MAX };
        let frame = function.frame.min(most).next_multiple_of(16);
        self.op(&format!("subq ${frame}, %rsp"));
        if self.bug == Bug::StructsCopyEightBytes {
            // Whatever is not copied must be the same each time.
            for local in (8..=frame).step_by(8) {
                self.op(&format!("movq $0, -{local}(%rbp)"));
            }
        }
        for (at, (local, _)) in function.parameters.iter().enumerate() {
            let place = self.local(*local);
            match REGISTERS.get(at) {
                Some(register) => self.op(&format!("movq {register}, {place}")),
                None if self.bug == Bug::SeventhArgumentLost => self.op(&format!("movq $0, {place}")),
                None => {
                    // Above the saved frame pointer and the address to return to.
                    self.op(&format!("movq {}(%rbp), %rax", 16 + 8 * (at - REGISTERS.len())));
                    self.op(&format!("movq %rax, {place}"));
                }
            }
        }
        for statement in &function.body {
            self.statement(statement);
        }
        if function.name == "main" {
            self.op("movl $0, %eax");
        }
        let returns = self.returns.clone();
        self.label(&returns);
        self.op("leave");
        self.op("ret");
        if self.bug == Bug::VariablesAreStatic {
            let (label, size) = (self.frame.clone(), function.frame);
            self.global(&Global { label, exported: false, size, align: 16, data: Vec::new() });
        }
    }

    fn export(&mut self, label: &str, exported: bool) {
        if exported || self.bug == Bug::StaticIsExported {
            self.op(&format!(".globl {label}"));
        }
    }

    fn global(&mut self, global: &Global) {
        self.line(if global.data.is_empty() { ".bss" } else { ".data" });
        self.export(&global.label, global.exported);
        self.op(&format!(".balign {}", global.align));
        self.label(&global.label);
        let mut at = 0;
        for (offset, datum) in &global.data {
            self.zeros(offset - at);
            at = *offset;
            match datum {
                Datum::Number(value, size) => {
                    let directive = [".byte", ".short", ".long", ".quad"][size.ilog2() as usize];
                    let bits = u64::MAX >> (64 - 8 * size);
                    self.op(&format!("{directive} {}", *value as u64 & bits));
                    at += size;
                }
                Datum::Address(label, beyond) => {
                    self.op(&format!(".quad {label}{beyond:+}"));
                    at += 8;
                }
            }
        }
        self.zeros(global.size - at);
    }

    fn zeros(&mut self, bytes: u64) {
        if bytes > 0 {
            self.op(&format!(".zero {bytes}"));
        }
    }

    fn strings(&mut self, strings: &[Vec<u8>]) {
        self.line(".section .rodata");
        for (at, bytes) in strings.iter().enumerate() {
            self.label(&string_label(at));
            let mut list = String::from(".byte ");
            let end = if self.bug == Bug::StringsWithoutEnd { &[][..] } else { &[0][..] };
            for byte in bytes.iter().chain(end) {
                // Writing to a String cannot fail.
                let _ = write!(list, "{byte},");
            }
            if list.ends_with(',') {
                self.op(list.trim_end_matches(','));
            }
        }
        if self.bug == Bug::StringsWithoutEnd {
            // So that reading beyond a string runs into the other strings, and into the same ones each time.
            self.op(".byte 0");
        }
    }
}
