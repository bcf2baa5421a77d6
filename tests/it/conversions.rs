//! Makes the cases of the compiler challenge that hold whole tables: each operator with variables on either side, and the
//! matrix of conversions: operator, side, width and sign, wherever two types meet. `LSFR_BLESS=1 cargo test conversions`
//! writes them.
//!
//! What each line must give is computed here by the rules of C, in 128 bits, from nothing that compiles C; gcc, clang
//! and tcc agree (`compiler.rs`). A line ends the program with its own number when it finds something else. Values are
//! chosen so that as many wrong ideas of the common type as possible show (`best`).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[derive(Clone, Copy, PartialEq)]
struct Type {
    word: &'static str,
    /// Begins the names of its variables.
    short: &'static str,
    bits: u32,
    signed: bool,
    /// Those of its variables, `s1` to `s3`.
    values: [i128; 3],
}

const fn ty(word: &'static str, short: &'static str, bits: u32, signed: bool, values: [i128; 3]) -> Type {
    Type { word, short, bits, signed, values }
}

/// Plain `char` is not among them: whether it has a sign is not tested.
const TYPES: [Type; 7] = [
    ty("unsigned char", "uc", 8, false, [200, 255, 3]),
    ty("short", "s", 16, true, [-3, -32768, 30000]),
    ty("unsigned short", "us", 16, false, [65535, 40000, 5]),
    INT,
    UNSIGNED,
    LONG,
    UNSIGNED_LONG,
];
const INT: Type = ty("int", "i", 32, true, [-7, 2147483647, 65537]);
const UNSIGNED: Type = ty("unsigned", "u", 32, false, [4294967295, 4000000000, 6]);
const LONG: Type = ty("long", "l", 64, true, [-5000000000, 4294967297, -1]);
const UNSIGNED_LONG: Type = ty("unsigned long", "ul", 64, false, [18446744073709551615, 4294967298, 9]);

impl Type {
    /// The lowest bits of a value, as this type reads them.
    fn wrap(self, value: i128) -> i128 {
        let low = value.rem_euclid(1 << self.bits);
        if self.signed && low >> (self.bits - 1) == 1 { low - (1 << self.bits) } else { low }
    }

    fn promoted(self) -> Type {
        if self.bits < 32 { INT } else { self }
    }

    /// The usual arithmetic conversions.
    fn common(self, other: Type) -> Type {
        let (one, two) = (self.promoted(), other.promoted());
        match one.bits.cmp(&two.bits) {
            std::cmp::Ordering::Greater => one,
            std::cmp::Ordering::Less => two,
            std::cmp::Ordering::Equal if one.signed => two,
            std::cmp::Ordering::Equal => one,
        }
    }

    fn variable(self, number: usize) -> String {
        format!("{}{}", self.short, number + 1)
    }
}

/// What a value is compared with: wide enough that a missing or wrong extension shows.
fn literal(value: i128) -> String {
    if value > i128::from(i64::MAX) { format!("{value}UL") } else { format!("{value}L") }
}

/// `left op right`, both of this type, without a limit to its size. None where C leaves the result open.
fn exact(op: &str, left: i128, right: i128, of: Type) -> Option<i128> {
    Some(match op {
        "+" => left + right,
        "-" => left - right,
        // Of two unsigned longs it has 128 bits, one too many, of which only the lower half counts.
        "*" => left.wrapping_mul(right),
        "/" if right != 0 => left / right,
        "%" if right != 0 => left % right,
        "&" => left & right,
        "|" => left | right,
        "^" => left ^ right,
        "<<" if left >= 0 && (0..i128::from(of.bits)).contains(&right) => left << right,
        ">>" if left >= 0 && (0..i128::from(of.bits)).contains(&right) => left >> right,
        "<" => i128::from(left < right),
        "<=" => i128::from(left <= right),
        ">" => i128::from(left > right),
        ">=" => i128::from(left >= right),
        "==" => i128::from(left == right),
        "!=" => i128::from(left != right),
        "? :" => left,
        ": ?" => right,
        _ => return None,
    })
}

/// `left op right`, computed in this type. None where a signed result does not fit.
fn within(of: Type, op: &str, left: i128, right: i128) -> Option<i128> {
    // The count of a shift is not converted.
    let count = matches!(op, "<<" | ">>");
    let value = exact(op, of.wrap(left), if count { right } else { of.wrap(right) }, of)?;
    let fits = !of.signed || of.wrap(value) == value;
    fits.then(|| of.wrap(value))
}

/// The type in which C computes this.
fn computed_in(op: &str, left: Type, right: Type) -> Type {
    if matches!(op, "<<" | ">>") { left.promoted() } else { left.common(right) }
}

/// The two values for which most wrong ideas of the type give another result, which then becomes `to`.
fn best(op: &str, left: Type, right: Type, to: Option<Type>) -> Option<(usize, usize, i128)> {
    let of = computed_in(op, left, right);
    let end = |value: i128| to.map_or(value, |to| to.wrap(value));
    let wrong = [left, right, INT, UNSIGNED, LONG, UNSIGNED_LONG];
    let mut found: Option<(usize, usize, usize, i128)> = None;
    for (one, a) in left.values.into_iter().enumerate() {
        for (two, b) in right.values.into_iter().enumerate() {
            let Some(value) = within(of, op, a, b).map(end) else { continue };
            let shows = wrong.iter().filter(|of| within(**of, op, a, b).map(end) != Some(value)).count();
            if found.is_none_or(|(most, ..)| shows > most) {
                found = Some((shows, one, two, value));
            }
        }
    }
    found.map(|(_, one, two, value)| (one, two, value))
}

/// A file that is being written.
struct File {
    text: String,
    lines: usize,
}

impl File {
    fn new(about: &str) -> File {
        let mut file = File { text: String::new(), lines: 0 };
        file.line(&format!("// {about}"));
        file.line("// Each line looks at one value, and ends the program with its own number if it is wrong.");
        file.line("// exit: line");
        file
    }

    fn line(&mut self, text: &str) {
        writeln!(self.text, "{text}").unwrap();
        self.lines += 1;
    }

    fn main(&mut self) {
        self.line("int main(void) {");
        for one in TYPES {
            let values = (0..3).map(|at| format!("{} = {}", one.variable(at), plain(one.values[at])));
            self.line(&format!("    {} {};", one.word, values.collect::<Vec<_>>().join(", ")));
        }
    }

    /// Some steps, and a condition that must not hold.
    fn check(&mut self, before: &str, wrong: &str) {
        let number = self.lines + 1;
        assert!(number <= 255, "an exit status has 8 bits");
        self.line(&format!("    {before}if ({wrong}) return {number};"));
    }

    /// The same with a new variable `x`.
    fn check_new(&mut self, of: Type, value: &str, wrong: &str) {
        let number = self.lines + 1;
        assert!(number <= 255, "an exit status has 8 bits");
        self.line(&format!("    {{ {} x = {value}; if ({wrong}) return {number}; }}", of.word));
    }

    fn end(mut self) -> String {
        self.line("    return 0;");
        self.line("}");
        self.text
    }
}

/// As an initialiser: a number that fits into no signed type says so.
fn plain(value: i128) -> String {
    if value > i128::from(i64::MAX) { format!("{value}UL") } else { value.to_string() }
}

fn pairs() -> impl Iterator<Item = (Type, Type)> {
    TYPES.into_iter().flat_map(|left| TYPES.into_iter().map(move |right| (left, right)))
}

fn operators(about: &str, ops: &[&str]) -> String {
    let mut file = File::new(about);
    file.main();
    for op in ops {
        for (left, right) in pairs() {
            let Some((a, b, value)) = best(op, left, right, None) else { continue };
            let (a, b) = (left.variable(a), right.variable(b));
            let text = match *op {
                "? :" => format!("(1 ? {a} : {b})"),
                ": ?" => format!("(0 ? {a} : {b})"),
                op => format!("({a} {op} {b})"),
            };
            file.check("", &format!("{text} != {}", literal(value)));
        }
    }
    file.end()
}

fn compound(about: &str, ops: &[&str]) -> String {
    let mut file = File::new(about);
    file.main();
    for one in TYPES {
        file.line(&format!("    {} {};", one.word, one.short));
    }
    for op in ops {
        for (left, right) in pairs() {
            let Some((a, b, value)) = best(op, left, right, Some(left)) else { continue };
            let (target, from, b, wanted) = (left.short, left.variable(a), right.variable(b), literal(value));
            let wrong = format!("({target} {op}= {b}) != {wanted} || {target} != {wanted}");
            file.check(&format!("{target} = {from}; "), &wrong);
        }
    }
    file.end()
}

/// A value of `from` that changes most when it becomes `to`, and what it becomes.
fn changed(from: Type, to: Type) -> (usize, i128) {
    let change = |at: usize| (to.wrap(from.values[at]) != from.values[at], from.values[at] < 0);
    let at = (0..3).max_by_key(|at| (change(*at), 3 - at)).unwrap_or(0);
    (at, to.wrap(from.values[at]))
}

fn assignments() -> String {
    let mut file =
        File::new("An assignment and a cast convert to their own type, and so does the initialiser of a variable.");
    file.main();
    for one in TYPES {
        file.line(&format!("    {} {};", one.word, one.short));
    }
    for (to, from) in pairs() {
        let (at, value) = changed(from, to);
        let (target, source, wanted) = (to.short, from.variable(at), literal(value));
        file.check("", &format!("({target} = {source}) != {wanted} || {target} != {wanted}"));
        file.check("", &format!("({}){source} != {wanted}", to.word));
        file.check_new(to, &source, &format!("x != {wanted}"));
    }
    file.end()
}

fn calls() -> String {
    let mut file = File::new("An argument becomes what its parameter is, and a result what the function returns.");
    for one in TYPES {
        let (word, short) = (one.word, one.short);
        let back = if one == UNSIGNED_LONG { one.word } else { LONG.word };
        file.line(&format!("{back} take_{short}({word} x) {{ return x; }}"));
        file.line(&format!(
            "{back} take_{short}_last(int a, int b, int c, int d, int e, int f, int g, {word} x) {{ return x; }}"
        ));
    }
    for (to, from) in pairs() {
        file.line(&format!("{} {}_of_{}({} x) {{ return x; }}", to.word, to.short, from.short, from.word));
    }
    file.main();
    for (to, from) in pairs() {
        let (at, value) = changed(from, to);
        let (source, wanted) = (from.variable(at), literal(value));
        file.check("", &format!("take_{}({source}) != {wanted}", to.short));
        if to != from {
            file.check("", &format!("take_{}_last(1, 2, 3, 4, 5, 6, 7, {source}) != {wanted}", to.short));
        }
        file.check("", &format!("{}_of_{}({source}) != {wanted}", to.short, from.short));
    }
    file.end()
}

fn steps() -> String {
    let mut file =
        File::new("A sign and ~ widen narrow numbers first. A step keeps its variable's type, at both ends of it.");
    file.main();
    for one in TYPES {
        for at in 0..3 {
            let (name, value, of) = (one.variable(at), one.values[at], one.promoted());
            for (sign, result) in [("-", -value), ("+", value), ("~", -1 - value), ("!", i128::from(value == 0))] {
                let of = if sign == "!" { INT } else { of };
                file.check("", &format!("{sign}{name} != {}", literal(of.wrap(result))));
            }
        }
    }
    for one in TYPES {
        let top = (1 << (one.bits - u32::from(one.signed))) - 1;
        // A signed number that leaves int or long is left open by C.
        let over = !one.signed || one.bits < 32;
        let bottom = if one.signed { -1 - top } else { 0 };
        let (highest, lowest) = if over { (top, bottom) } else { (top - 1, bottom + 2) };
        for (step, from, after) in [("++", highest, highest + 1), ("--", lowest, lowest - 1)] {
            let (from, before, after) = (plain(from), literal(from), literal(one.wrap(after)));
            file.check_new(one, &from, &format!("{step}x != {after} || x != {after}"));
            file.check_new(one, &from, &format!("x{step} != {before} || x != {after}"));
        }
    }
    file.end()
}

/// Before there is an `if`: the first comparison that does not hold ends the chain.
fn chain(about: &str, checks: &[(String, i128)]) -> String {
    let mut file = File::new(about);
    file.line("int main(void) {");
    file.line("    int a = 23, b = 5, c, line = 0;");
    for (at, (text, value)) in checks.iter().enumerate() {
        let number = file.lines + 1;
        let and = if at == 0 { "" } else { "    && " };
        file.line(&format!("    {and}(line = {number}, ({text}) == {value})"));
    }
    file.line("        && (line = 0);");
    file.line("    return line;");
    file.line("}");
    file.text
}

const ALL: [&str; 16] = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", "<=", ">", ">=", "==", "!="];

fn with_variables() -> String {
    let mut checks = Vec::new();
    for op in ALL {
        let value = within(INT, op, 23, 5).unwrap();
        checks.extend([("a", "b"), ("a", "5"), ("23", "b")].map(|(a, b)| (format!("{a} {op} {b}"), value)));
    }
    for (a, b) in [("a", "b"), ("a", "0"), ("0", "b")] {
        let both = i128::from(a != "0" && b != "0");
        checks.extend([(format!("{a} && {b}"), both), (format!("{a} || {b}"), 1)]);
    }
    checks.extend([("-a", -23), ("+a", 23), ("~a", -24), ("!a", 0)].map(|(text, value)| (text.to_owned(), value)));
    chain("Every operator takes variables, on its left, on its right, and on both sides.", &checks)
}

fn compound_with_variables() -> String {
    let mut checks = Vec::new();
    for op in &ALL[..10] {
        let value = within(INT, op, 23, 5).unwrap();
        checks.extend(["b", "5", "b + 0"].map(|b| (format!("c = a, c {op}= {b}, c"), value)));
        checks.push((format!("c = 23, c {op}= b"), value));
    }
    chain("Every operator with an assignment takes variables, too.", &checks)
}

/// All files: stage, name and text.
fn files() -> Vec<(&'static str, &'static str, String)> {
    let types = [
        (
            "arithmetic",
            operators("+, -, * and / compute in the common type of their operands.", &["+", "-", "*", "/"]),
        ),
        ("bits", operators("%, &, | and ^ compute in the common type of their operands.", &["%", "&", "|", "^"])),
        (
            "order",
            operators("<, <=, > and >= compare in the common type of their operands.", &["<", "<=", ">", ">="]),
        ),
        (
            "equal",
            operators(
                "== and != compare in the common type. A shift has the type of its left operand alone.",
                &["==", "!=", "<<", ">>"],
            ),
        ),
        (
            "choice",
            operators("A choice has the common type of both its results, whichever is taken.", &["? :", ": ?"]),
        ),
        (
            "compound",
            compound("+=, -=, *= and /= compute in the common type, and then convert.", &["+", "-", "*", "/"]),
        ),
        (
            "compound-bits",
            compound("%=, &=, |= and ^= compute in the common type, and then convert.", &["%", "&", "|", "^"]),
        ),
        (
            "compound-shift",
            compound("<<= and >>= compute in the widened type of their left operand alone.", &["<<", ">>"]),
        ),
        ("assign", assignments()),
        ("call", calls()),
        ("step", steps()),
    ];
    let types = types.into_iter().map(|(name, text)| ("types", name, text));
    let variables = [("variables", with_variables()), ("compound", compound_with_variables())];
    variables.into_iter().map(|(name, text)| ("variables", name, text)).chain(types).collect()
}

#[test]
fn the_cases_of_operators_and_conversions_are_what_c_says() {
    let stages = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/compiler/stages");
    for (stage, name, text) in files() {
        let prefix = if stage == "types" { "convert" } else { "operator" };
        let path = stages.join(stage).join(format!("cases/{prefix}-{name}.c"));
        if std::env::var_os("LSFR_BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == text, "{} is behind: LSFR_BLESS=1 cargo test conversions writes it", path.display());
    }
}
