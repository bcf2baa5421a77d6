//! What a file says, typed and with every conversion written out: it only remains to emit it.

use super::types::{Integer, Type};

#[derive(Debug)]
pub(super) struct Expr {
    pub(super) what: What,
    pub(super) kind: Type,
    pub(super) line: usize,
}

#[derive(Debug)]
pub(super) enum What {
    Number(i64),
    /// A string of [`File::strings`].
    Text(usize),
    /// A variable at this distance below the frame pointer.
    Local(u64),
    /// A variable, by its label.
    Global(String),
    Function(String),
    Not(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Assign(Box<Expr>, Box<Expr>),
    /// An assignment of a struct of this many bytes.
    Copy(Box<Expr>, Box<Expr>, u64),
    /// `target op= value`, computed in `width`. The result is the previous value if `old`.
    Update {
        target: Box<Expr>,
        op: Binary,
        value: Box<Expr>,
        width: Integer,
        old: bool,
    },
    Address(Box<Expr>),
    Follow(Box<Expr>),
    /// The part of a struct at this offset.
    Member(Box<Expr>, u64),
    /// A conversion to the expression's type.
    Convert(Box<Expr>),
    Call(String, Vec<Expr>),
    Comma(Box<Expr>, Box<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Xor,
    Or,
}

#[derive(Debug)]
pub(super) enum Stmt {
    Expr(Expr),
    /// Zeroes this many bytes of a variable, before its initialiser.
    Zero {
        local: u64,
        size: u64,
    },
    Return(Option<Expr>),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    Loop(Box<Loop>),
    Switch(Box<Switch>),
    /// Where a switch jumps to.
    Case(usize),
    Break,
    Continue,
    Block(Vec<Stmt>),
}

/// All three loops: `before`; while `condition`: `body`, `step`. A do loop tests `after` the body alone.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) before: Vec<Stmt>,
    pub(super) condition: Option<Expr>,
    pub(super) step: Option<Expr>,
    pub(super) body: Stmt,
    pub(super) after: bool,
}

#[derive(Debug)]
pub(super) struct Switch {
    pub(super) value: Expr,
    /// Values and the numbers of their [`Stmt::Case`]s, in the order of the file.
    pub(super) cases: Vec<(i64, usize)>,
    pub(super) default: Option<usize>,
    pub(super) body: Stmt,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) exported: bool,
    /// Where each parameter is kept, and its type.
    pub(super) parameters: Vec<(u64, Type)>,
    /// Bytes of all variables.
    pub(super) frame: u64,
    pub(super) body: Vec<Stmt>,
}

#[derive(Debug)]
pub(super) struct Global {
    pub(super) label: String,
    pub(super) exported: bool,
    pub(super) size: u64,
    pub(super) align: u64,
    /// What is not zero, by offset.
    pub(super) data: Vec<(u64, Datum)>,
}

#[derive(Debug)]
pub(super) enum Datum {
    Number(i64, u64),
    /// The address of a label, and bytes beyond it.
    Address(String, i64),
}

/// A whole source file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) functions: Vec<Function>,
    pub(super) globals: Vec<Global>,
    pub(super) strings: Vec<Vec<u8>>,
}
