//! What a small C program computes, as far as its text says so plainly: the expression that `main` returns, and the
//! comparison in a line that ends the program. A failure names them.

/// The expression that `main` returns, where it returns in one place.
pub fn by_main(source: &str) -> Option<String> {
    let code: Vec<&str> = source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let main = code.split_once("main(")?.1;
    let (_, body) = main.split_once('{')?;
    let mut depth = 1;
    let end = body.find(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    })?;
    let mut returned = body[..end].split("return").skip(1);
    let (expression, None) = (returned.next()?, returned.next()) else { return None };
    let expression = expression.split_once(';')?.0;
    let words: Vec<&str> = expression.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Of a line such as `if (f(x) != 253L) return 77;` both sides: the expression, and what it must be.
pub fn compared(line: &str) -> Option<(&str, &str)> {
    let condition = line.trim().strip_prefix("if (")?;
    let (condition, number) = condition.rsplit_once(") return ")?;
    number.strip_suffix(';')?.parse::<u32>().ok()?;
    condition.rsplit_once(" != ").filter(|(expression, _)| !expression.contains("!=") && !expression.contains("||"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_returns_one_expression_or_nobody_can_say_which() {
        let program = "// why\nint f(int n) { return n; }\nint main(void) {\n  int a = 2; // return 3\n  return a *\n f(a);\n}\n";
        assert_eq!(by_main(program).as_deref(), Some("a * f(a)"));
        assert_eq!(by_main("int main(void) { if (x) return 1; return 2; }"), None);
        assert_eq!(
            by_main("int main(void) { { x; } return (3); } int g(void) { return 1; }").as_deref(),
            Some("(3)")
        );
        assert_eq!(by_main("int f(void) { return 1; }"), None);
    }

    #[test]
    fn a_line_that_ends_the_program_says_what_must_be() {
        assert_eq!(compared("    if (take_uc(s1) != 253L) return 77;"), Some(("take_uc(s1)", "253L")));
        assert_eq!(compared("if ((uc1 + s2) != -32568L) return 13;"), Some(("(uc1 + s2)", "-32568L")));
        for other in ["return 145;", "if (us = 65536) return 139;", "if (a != 1 || b != 2) return 7;"] {
            assert_eq!(compared(other), None, "{other}");
        }
    }
}
