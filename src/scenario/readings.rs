//! How an expression of numbers can be read: with every way to set parentheses that its operators allow. A compiler that got
//! precedence wrong computes the value of one of them.

/// More operators than this make thousands of readings.
const MOST: usize = 6;

/// The only reading of an expression that gives this exit status, with its parentheses; none if several do, if the text is
/// not made of numbers, binary operators and parentheses alone, or if what C would give is not sure.
pub fn only_one(expression: &str, status: u8) -> Option<String> {
    let tokens = tokens(expression)?;
    if !(2..=MOST).contains(&operators(&tokens)) {
        return None;
    }
    let all = readings(&tokens)?;
    // What overflows, or divides by zero, may give anything.
    let all: Vec<(i32, String)> = all.into_iter().map(|(value, text)| Some((value?, text))).collect::<Option<_>>()?;
    let mut fitting = all.into_iter().filter(|(value, _)| value.to_le_bytes()[0] == status);
    let (only, None) = (fitting.next()?.1, fitting.next()) else { return None };
    // Nobody asks for those around all of it.
    only.strip_prefix('(')?.strip_suffix(')').map(str::to_owned)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(i32),
    Operator(&'static str),
    /// What is in parentheses.
    Group(Vec<Token>),
}

const OPERATORS: [&str; 10] = ["<<", ">>", "*", "/", "%", "+", "-", "&", "^", "|"];

fn operators(tokens: &[Token]) -> usize {
    let count = |token: &Token| match token {
        Token::Number(_) => 0,
        Token::Operator(_) => 1,
        Token::Group(inside) => operators(inside),
    };
    tokens.iter().map(count).sum()
}

/// Operands and operators in turn, from the first operand to the last.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut open: Vec<Vec<Token>> = vec![Vec::new()];
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let tokens = open.last_mut()?;
        let operand_next = tokens.len() % 2 == 0;
        if let Some(inside) = rest.strip_prefix('(').filter(|_| operand_next) {
            open.push(Vec::new());
            rest = inside;
        } else if let Some(after) = rest.strip_prefix(')') {
            let group = open.pop().filter(|group| group.len() % 2 == 1)?;
            let outside = open.last_mut().filter(|tokens| tokens.len() % 2 == 0)?;
            outside.push(Token::Group(group));
            rest = after;
        } else if operand_next {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            // A leading zero is octal, and a letter behind it a suffix, or a name.
            let digits = &rest[..end];
            let odd = digits.len() > 1 && digits.starts_with('0') || rest[end..].starts_with(char::is_alphanumeric);
            tokens.push(Token::Number(digits.parse().ok().filter(|_| !odd)?));
            rest = &rest[end..];
        } else {
            let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(operator))?;
            tokens.push(Token::Operator(operator));
            rest = &rest[operator.len()..];
            // `&&`, `+=` and others are none of these.
            if rest.starts_with(['&', '|', '=', '<', '>', '+', '-']) {
                return None;
            }
        }
        rest = rest.trim_start();
    }
    let [all] = &open[..] else { return None };
    (all.len() % 2 == 1).then(|| all.clone())
}

/// Each reading with its value, which is none where C leaves it open; none if there are too many.
fn readings(tokens: &[Token]) -> Option<Vec<(Option<i32>, String)>> {
    const READINGS: usize = 1000;
    if let [one] = tokens {
        return match one {
            Token::Number(number) => Some(vec![(Some(*number), number.to_string())]),
            Token::Group(inside) => Some(
                readings(inside)?
                    .into_iter()
                    // What is read has its own already, except for a number.
                    .map(|(value, text)| (value, if inside.len() == 1 { format!("({text})") } else { text }))
                    .collect(),
            ),
            Token::Operator(_) => None,
        };
    }
    let mut all = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Operator(operator) = token else { continue };
        for (left, left_text) in readings(&tokens[..at])? {
            for (right, right_text) in readings(&tokens[at + 1..])? {
                let value = left.zip(right).and_then(|(left, right)| computed(left, operator, right));
                all.push((value, format!("({left_text} {operator} {right_text})")));
            }
        }
        if all.len() > READINGS {
            return None;
        }
    }
    Some(all)
}

/// None where C leaves open what it gives.
fn computed(left: i32, operator: &str, right: i32) -> Option<i32> {
    let count = || u32::try_from(right).ok().filter(|count| *count < 32 && left >= 0);
    match operator {
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "<<" => i32::try_from(i64::from(left) << count()?).ok(),
        ">>" => Some(left >> count()?),
        "&" => Some(left & right),
        "^" => Some(left ^ right),
        "|" => Some(left | right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reading_that_gives_a_status_is_told_if_it_is_the_only_one() {
        let only = |expression, status| only_one(expression, status);
        assert_eq!(only("9 | 5 ^ 7 & 3", 11).as_deref(), Some("9 | ((5 ^ 7) & 3)"));
        assert_eq!(only("1 << 2 + 1", 5).as_deref(), Some("(1 << 2) + 1"));
        assert_eq!(only("10 - 3 - 2", 9).as_deref(), Some("10 - (3 - 2)"));
        assert_eq!(only("1 - 3 - 2", 252).as_deref(), Some("(1 - 3) - 2"), "a status is a byte");
        assert_eq!(only("(12 & 1 << 3) + (5 & 3 + 1)", 10).as_deref(), Some("(12 & (1 << 3)) + ((5 & 3) + 1)"));
    }

    #[test]
    fn what_is_not_sure_is_not_told() {
        for (expression, status) in [
            ("1 | 6 ^ 7 & 3", 1),
            ("1 + 2 + 3", 6),
            ("10 - 3 - 2", 77),
            ("8 / 4 - 4 + 1", 1),
            ("2147483647 + 1 - 1", 0),
            ("a + 2 * 3", 7),
            ("-1 + 2 * 3", 5),
            ("1 && 2 + 3", 1),
            ("010 + 2 * 3", 14),
            ("1 + (2 * 3", 9),
            ("1 + 2)", 3),
            ("1 +", 1),
            ("", 0),
            ("7", 7),
        ] {
            assert_eq!(only_one(expression, status), None, "{expression}");
        }
    }
}
