//! Values that are known before the program runs: lengths of arrays, cases, initialisers of variables that are kept.

use super::super::Mistake;
use super::super::bug::Bug;
use super::super::emit::string_label;
use super::super::tree::{Binary, Expr, What};
use super::super::types::{Integer, LONG};
use super::Parser;

/// A number, or the address of a label and bytes beyond it.
pub(super) type Constant = (Option<String>, i64);

impl Parser {
    /// An integer constant expression.
    pub(super) fn constant(&mut self) -> Result<i64, Mistake> {
        let line = self.line();
        let expr = self.conditional()?;
        if expr.kind.integer().is_none() {
            return self.wrong_at(line, "a whole number was expected here");
        }
        match self.evaluate(&expr) {
            Some((None, value)) => Ok(value),
            _ => self.wrong_at(line, "this value is not known before the program runs"),
        }
    }

    pub(super) fn evaluate(&self, expr: &Expr) -> Option<Constant> {
        let number = |expr: &Expr| match self.evaluate(expr)? {
            (None, value) => Some(value),
            _ => None,
        };
        Some(match &expr.what {
            What::Number(value) => (None, *value),
            What::Address(of) => self.address(of)?,
            What::Convert(inner) if self.bug == Bug::ConstantsComputedInLong => self.evaluate(inner)?,
            What::Convert(inner) => match (self.evaluate(inner)?, expr.kind.integer()) {
                ((None, value), Some(integer)) => (None, integer.wrap(value)),
                ((Some(_), _), Some(integer)) if integer.size < 8 => return None,
                (constant, _) => constant,
            },
            What::Not(inner) => (None, i64::from(number(inner)? == 0)),
            What::And(left, right) if self.bug == Bug::SkippedConstantsComputed => {
                let (left, right) = (number(left)?, number(right)?);
                (None, i64::from(left != 0 && right != 0))
            }
            What::Or(left, right) if self.bug == Bug::SkippedConstantsComputed => {
                let (left, right) = (number(left)?, number(right)?);
                (None, i64::from(left != 0 || right != 0))
            }
            What::And(left, right) => (None, i64::from(number(left)? != 0 && number(right)? != 0)),
            What::Or(left, right) => (None, i64::from(number(left)? != 0 || number(right)? != 0)),
            What::Conditional(condition, yes, no) => self.evaluate(if number(condition)? != 0 { yes } else { no })?,
            What::Binary(op, left, right) if self.bug == Bug::ConstantsComputedInLong => {
                (None, compute(*op, number(left)?, number(right)?, LONG)?)
            }
            What::Binary(op @ (Binary::Add | Binary::Subtract), left, right) => {
                match (self.evaluate(left)?, self.evaluate(right)?) {
                    ((None, left), (None, right)) => (None, compute(*op, left, right, expr.kind.register())?),
                    ((Some(label), left), (None, right)) => {
                        (Some(label), compute(*op, left, right, expr.kind.register())?)
                    }
                    ((None, left), (Some(label), right)) if *op == Binary::Add => (Some(label), left + right),
                    _ => return None,
                }
            }
            // Comparisons are computed in the type of what is compared.
            What::Binary(op, left, right) => {
                (None, compute(*op, number(left)?, number(right)?, left.kind.register())?)
            }
            _ => return None,
        })
    }

    /// The address of something that stays where it is.
    fn address(&self, expr: &Expr) -> Option<Constant> {
        match &expr.what {
            What::Global(label) => Some((Some(label.clone()), 0)),
            What::Text(at) => Some((Some(string_label(*at)), 0)),
            What::Member(whole, offset) => {
                let (label, beyond) = self.address(whole)?;
                let offset = if self.bug == Bug::MemberAddressesLoseOffset { 0 } else { *offset as i64 };
                Some((label, beyond + offset))
            }
            What::Follow(pointer) => self.evaluate(pointer),
            _ => None,
        }
    }
}

/// None for a division by zero.
fn compute(op: Binary, left: i64, right: i64, width: Integer) -> Option<i64> {
    let (unsigned_left, unsigned_right) = (left as u64, right as u64);
    let value = match op {
        Binary::Multiply => left.wrapping_mul(right),
        Binary::Divide if width.signed => left.checked_div(right)?,
        Binary::Divide => unsigned_left.checked_div(unsigned_right)? as i64,
        Binary::Remainder if width.signed => left.checked_rem(right)?,
        Binary::Remainder => unsigned_left.checked_rem(unsigned_right)? as i64,
        Binary::Add => left.wrapping_add(right),
        Binary::Subtract => left.wrapping_sub(right),
        Binary::ShiftLeft => left.wrapping_shl(right as u32),
        Binary::ShiftRight if width.signed => left.wrapping_shr(right as u32),
        Binary::ShiftRight => unsigned_left.wrapping_shr(right as u32) as i64,
        Binary::And => left & right,
        Binary::Xor => left ^ right,
        Binary::Or => left | right,
        Binary::Equal => return Some(i64::from(left == right)),
        Binary::NotEqual => return Some(i64::from(left != right)),
        Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
            let order = if width.signed { left.cmp(&right) } else { unsigned_left.cmp(&unsigned_right) };
            let holds = match op {
                Binary::Less => order.is_lt(),
                Binary::LessEqual => order.is_le(),
                Binary::Greater => order.is_gt(),
                _ => order.is_ge(),
            };
            return Some(i64::from(holds));
        }
    };
    Some(width.wrap(value))
}
