//! The rules of types: what can be converted to what, and what operators make of their operands.

use super::super::Mistake;
use super::super::bug::Bug;
use super::super::tree::{Binary, Expr, What};
use super::super::types::{INT, Integer, LONG, Type, UNSIGNED, UNSIGNED_LONG};
use super::Parser;

pub(super) fn number(value: i64, kind: Integer, line: usize) -> Expr {
    Expr { what: What::Number(value), kind: Type::Integer(kind), line }
}

fn convert(expr: Expr, kind: Type) -> Expr {
    if expr.kind == kind {
        return expr;
    }
    let line = expr.line;
    Expr { what: What::Convert(Box::new(expr)), kind, line }
}

/// The same value, and no place any more.
pub(super) fn as_value(expr: Expr) -> Expr {
    let (kind, line) = (expr.kind.clone(), expr.line);
    Expr { what: What::Convert(Box::new(expr)), kind, line }
}

/// Whether it is a number zero, which every pointer can be compared with and set to.
fn is_null(expr: &Expr) -> bool {
    match &expr.what {
        What::Number(value) => *value == 0,
        What::Convert(inner) => is_null(inner),
        _ => false,
    }
}

impl Parser {
    /// The expression as a value: an array is the address of its first element. Void is not a value.
    pub(super) fn value(&self, expr: Expr) -> Result<Expr, Mistake> {
        let line = expr.line;
        match expr.kind.clone() {
            Type::Array(of, _) => Ok(Expr { what: What::Address(Box::new(expr)), kind: Type::Pointer(of), line }),
            Type::Void => self.wrong_at(line, "this has no value: it is void"),
            Type::Function(_) => self.wrong_at(line, "a function can only be called"),
            _ => Ok(expr),
        }
    }

    /// A value that is true or false.
    pub(super) fn condition(&self, expr: Expr) -> Result<Expr, Mistake> {
        let expr = self.value(expr)?;
        if expr.kind.is_scalar() {
            return Ok(expr);
        }
        self.wrong_at(expr.line, format!("{} is neither true nor false", self.describe(&expr.kind)))
    }

    /// The value, converted as an assignment converts it.
    pub(super) fn converted(&self, expr: Expr, to: &Type) -> Result<Expr, Mistake> {
        let expr = self.value(expr)?;
        let fits = match (&expr.kind, to) {
            (Type::Integer(_), Type::Integer(_)) | (Type::Pointer(_), Type::Pointer(_)) => true,
            (Type::Integer(_), Type::Pointer(_)) => is_null(&expr),
            (from, to) => from == to,
        };
        if fits {
            return Ok(convert(expr, to.clone()));
        }
        let (from, to) = (self.describe(&expr.kind), self.describe(to));
        self.wrong_at(expr.line, format!("{from} cannot become {to}"))
    }

    /// `(type) value`
    pub(super) fn cast(&self, expr: Expr, to: Type) -> Result<Expr, Mistake> {
        let line = expr.line;
        if to == Type::Void {
            return Ok(Expr { what: What::Convert(Box::new(expr)), kind: Type::Void, line });
        }
        let expr = self.value(expr)?;
        if !expr.kind.is_scalar() || !to.is_scalar() {
            let (from, to) = (self.describe(&expr.kind), self.describe(&to));
            return self.wrong_at(line, format!("{from} cannot become {to}"));
        }
        if self.bug == Bug::CastsChangeNothing {
            let nothing = Box::new(number(0, INT, line));
            return Ok(Expr { what: What::Comma(nothing, Box::new(expr)), kind: to, line });
        }
        Ok(as_value(convert(expr, to)))
    }

    /// An integer, widened to int at least.
    pub(super) fn promoted(&self, expr: Expr) -> Result<Expr, Mistake> {
        let expr = self.value(expr)?;
        match expr.kind.integer() {
            Some(Integer { size: 2, signed: false }) if self.bug == Bug::UnsignedShortIsUnsigned => {
                Ok(convert(expr, Type::Integer(UNSIGNED)))
            }
            Some(integer) => Ok(convert(expr, Type::Integer(integer.promoted()))),
            None => self.wrong_at(expr.line, format!("{} is not a number", self.describe(&expr.kind))),
        }
    }

    pub(super) fn binary(&self, op: Binary, left: Expr, right: Expr, line: usize) -> Result<Expr, Mistake> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        match (&left.kind, &right.kind) {
            (Type::Integer(_), Type::Integer(_))
                if self.bug == Bug::ProductsWithZeroDropped
                    && matches!(op, Binary::Multiply | Binary::And)
                    && matches!(right.what, What::Number(0)) =>
            {
                Ok(right)
            }
            (Type::Integer(_), Type::Integer(_)) => self.arithmetic(op, left, right, line),
            _ => self.with_pointers(op, left, right, line),
        }
    }

    fn arithmetic(&self, op: Binary, left: Expr, right: Expr, line: usize) -> Result<Expr, Mistake> {
        let (left, right) = (self.promoted(left)?, self.promoted(right)?);
        let mut width = left.kind.register().common(right.kind.register());
        if is_shift(op) || self.bug == Bug::LeftOperandDecides {
            // The result is of the left operand's type alone.
            width = left.kind.register();
        }
        let result = Type::Integer(if is_comparison(op) { INT } else { width });
        let left = convert(left, Type::Integer(width));
        let right = if is_shift(op) { right } else { convert(right, Type::Integer(width)) };
        Ok(Expr { what: What::Binary(op, Box::new(left), Box::new(right)), kind: result, line })
    }

    fn with_pointers(&self, op: Binary, left: Expr, right: Expr, line: usize) -> Result<Expr, Mistake> {
        match (op, &left.kind, &right.kind) {
            (Binary::Add, Type::Pointer(_), Type::Integer(_))
            | (Binary::Subtract, Type::Pointer(_), Type::Integer(_)) => self.moved(op, left, right, line),
            (Binary::Add, Type::Integer(_), Type::Pointer(_)) => self.moved(op, right, left, line),
            (Binary::Add, Type::Pointer(_), Type::Pointer(_)) if self.bug == Bug::PointersAddUp => {
                let kind = left.kind.clone();
                Ok(Expr { what: What::Binary(op, Box::new(left), Box::new(right)), kind, line })
            }
            (Binary::Subtract, Type::Pointer(one), Type::Pointer(two)) if one == two => {
                let size = self.size(one, line)?;
                let (left, right) = (convert(left, Type::Integer(LONG)), convert(right, Type::Integer(LONG)));
                let what = What::Binary(op, Box::new(left), Box::new(right));
                let bytes = Expr { what, kind: Type::Integer(LONG), line };
                if self.bug == Bug::DifferenceInBytes {
                    return Ok(bytes);
                }
                self.arithmetic(Binary::Divide, bytes, number(size as i64, LONG, line), line)
            }
            _ if is_comparison(op) && self.comparable(&left, &right) => {
                let address = Type::Integer(UNSIGNED_LONG);
                let (left, right) = (convert(left, address.clone()), convert(right, address));
                let what = What::Binary(op, Box::new(left), Box::new(right));
                Ok(Expr { what, kind: Type::Integer(INT), line })
            }
            _ => {
                let (left, right) = (self.describe(&left.kind), self.describe(&right.kind));
                self.wrong_at(line, format!("this operator does not take {left} and {right}"))
            }
        }
    }

    fn comparable(&self, left: &Expr, right: &Expr) -> bool {
        let pointer = |expr: &Expr| matches!(expr.kind, Type::Pointer(_));
        (pointer(left) || is_null(left)) && (pointer(right) || is_null(right))
    }

    /// A pointer moved by this many elements.
    fn moved(&self, op: Binary, pointer: Expr, by: Expr, line: usize) -> Result<Expr, Mistake> {
        let kind = pointer.kind.clone();
        let by = self.in_bytes(&kind, by, line)?;
        Ok(Expr { what: What::Binary(op, Box::new(pointer), Box::new(by)), kind, line })
    }

    /// The size in bytes of this many elements of what a pointer points to.
    pub(super) fn in_bytes(&self, pointer: &Type, count: Expr, line: usize) -> Result<Expr, Mistake> {
        let size = match pointer {
            Type::Pointer(to) => self.size(to, line)?,
            _ => 1,
        };
        let size = if self.bug == Bug::PointersStepOneByte { 1 } else { size };
        let count = match self.bug {
            Bug::IndicesWithoutSign if count.kind == Type::Integer(INT) => convert(count, Type::Integer(UNSIGNED)),
            _ => count,
        };
        let count = convert(count, Type::Integer(LONG));
        let size = number(size as i64, LONG, line);
        Ok(Expr {
            what: What::Binary(Binary::Multiply, Box::new(count), Box::new(size)),
            kind: Type::Integer(LONG),
            line,
        })
    }

    /// Whether something can be assigned to it.
    pub(super) fn is_place(expr: &Expr) -> bool {
        match &expr.what {
            What::Local(_) | What::Global(_) | What::Follow(_) => true,
            What::Member(whole, _) => Self::is_place(whole),
            _ => false,
        }
    }

    pub(super) fn assignable(&self, expr: &Expr) -> Result<(), Mistake> {
        if !Self::is_place(expr) {
            return self.wrong_at(expr.line, "nothing can be assigned to this");
        }
        match expr.kind {
            Type::Array(..) => self.wrong_at(expr.line, "an array cannot be assigned to as a whole"),
            Type::Function(_) | Type::Void => self.wrong_at(expr.line, "nothing can be assigned to this"),
            _ => Ok(()),
        }
    }
}

pub(super) fn is_shift(op: Binary) -> bool {
    matches!(op, Binary::ShiftLeft | Binary::ShiftRight)
}

pub(super) fn is_comparison(op: Binary) -> bool {
    use Binary::*;
    matches!(op, Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual)
}
