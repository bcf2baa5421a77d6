//! Expected against actual, as a few short lines whatever the size of the values.
//!
//! Texts are cut to a window around the first character that differs, the same stretch of both, so that one caret
//! points at it. Differences that the eye misses (a final newline, CRLF, case, blanks at an end) are also named in
//! words. JSON is compared by path. Nothing here prints a control character: each invisible character is a visible
//! escape.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::visible::{backward, columns, cut, escape, forward, show};
use crate::facts::{Expected, Mismatch};

/// One place where an answer is not what was expected, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `status`, `body`, `headers.etag`, `json.peers[0]`.
    pub path: String,
    pub expected: String,
    pub actual: String,
    /// Columns from the start of both values to the first character that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caret: Option<usize>,
    /// Anything else worth knowing, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Columns shown on each side of the first difference: with labels before it, a line of a card fits 80.
const AROUND: usize = 26;
/// At most this many differences are shown of one JSON value.
const MOST: usize = 6;

/// The differences of one mismatch: one, or one for each path inside a JSON value.
pub fn differences(mismatch: &Mismatch) -> Vec<Difference> {
    let path = &*mismatch.path.to_string();
    match (&mismatch.expected, &mismatch.actual) {
        (Expected::Value(expected), Some(actual)) => {
            let mut found = Vec::new();
            walk(path, expected, actual, &mut found);
            if found.is_empty() {
                // The walk found them equal, but the matcher refused them: show both rather than nothing.
                found.push(values(path, Some(expected), Some(actual)));
            }
            fold(path, found)
        }
        (Expected::Value(expected), None) => vec![values(path, Some(expected), None)],
        (Expected::Words(words), actual) => vec![Difference {
            path: path.to_owned(),
            expected: cut(&escape(words)),
            actual: actual.as_ref().map_or_else(|| NOTHING.to_owned(), show),
            ..Difference::default()
        }],
    }
}

const NOTHING: &str = "nothing";

fn fold(path: &str, mut found: Vec<Difference>) -> Vec<Difference> {
    let more = found.len().saturating_sub(MOST);
    if more > 0 {
        found.truncate(MOST);
        if let Some(last) = found.last_mut() {
            last.notes.push(format!("{more} more {} in {path}.", plural(more, "difference", "differences")));
        }
    }
    found
}

fn walk(path: &str, expected: &Json, actual: &Json, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Json::Object(wanted), Json::Object(given)) => {
            for (key, expected) in wanted {
                let path = format!("{path}.{key}");
                match given.get(key) {
                    Some(actual) => walk(&path, expected, actual, found),
                    None => found.push(values(&path, Some(expected), None)),
                }
            }
            for (key, actual) in given.iter().filter(|(key, _)| !wanted.contains_key(*key)) {
                found.push(values(&format!("{path}.{key}"), None, Some(actual)));
            }
        }
        (Json::Array(wanted), Json::Array(given)) => {
            if let Some(items) = other_items(path, wanted, given) {
                return found.push(items);
            }
            for (at, (expected, actual)) in wanted.iter().zip(given).enumerate() {
                walk(&format!("{path}[{at}]"), expected, actual, found);
            }
            for (at, expected) in wanted.iter().enumerate().skip(given.len()) {
                found.push(values(&format!("{path}[{at}]"), Some(expected), None));
            }
            for (at, actual) in given.iter().enumerate().skip(wanted.len()) {
                found.push(values(&format!("{path}[{at}]"), None, Some(actual)));
            }
        }
        (Json::String(expected), Json::String(actual)) if expected != actual => {
            found.push(Difference { path: path.to_owned(), ..text(expected, actual) });
        }
        _ if same(expected, actual) => {}
        _ => found.push(values(path, Some(expected), Some(actual))),
    }
}

/// Items are missing from a list, or there are others in it: comparing place by place would find all that come after them
/// in the wrong place.
fn other_items(path: &str, wanted: &[Json], given: &[Json]) -> Option<Difference> {
    const MOST_COMPARED: usize = 200;
    let simple = |value: &Json| !value.is_array() && !value.is_object();
    let few = wanted.len().max(given.len()) <= MOST_COMPARED && wanted.iter().chain(given).all(simple);
    // As far as both go they are the same: then place by place tells best.
    let begins_alike = wanted.iter().zip(given).all(|(wanted, given)| same(wanted, given));
    if wanted.len() == given.len() || begins_alike || !few {
        return None;
    }
    let without = |all: &[Json], others: &[Json]| -> Vec<Json> {
        let mut others: Vec<&Json> = others.iter().collect();
        let mut is_new = |value: &&Json| {
            let found = others.iter().position(|other| same(other, value));
            found.map(|at| others.swap_remove(at)).is_none()
        };
        all.iter().filter(|value| is_new(value)).cloned().collect()
    };
    let (missing, added) = (without(wanted, given), without(given, wanted));
    // Mostly others: then the lists have little to do with each other.
    if missing.len() + added.len() > given.len().max(wanted.len()) {
        return None;
    }
    let count = |items: &[Json]| format!("{} {}", items.len(), plural(items.len(), "item", "items"));
    let listed = |items: &[Json]| cut(&items.iter().map(show).collect::<Vec<_>>().join(", "));
    let note = |items: &[Json], one: &str| (!items.is_empty()).then(|| format!("{one}: {}.", listed(items)));
    Some(Difference {
        path: path.to_owned(),
        expected: count(wanted),
        actual: count(given),
        caret: None,
        notes: note(&missing, "Missing").into_iter().chain(note(&added, "Not expected")).collect(),
    })
}

/// 3 and 3.0 are the same number, as they are for the matchers.
fn same(expected: &Json, actual: &Json) -> bool {
    expected == actual || (expected.is_number() && actual.is_number() && expected.as_f64() == actual.as_f64())
}

fn values(path: &str, expected: Option<&Json>, actual: Option<&Json>) -> Difference {
    let kinds = expected.map(kind).zip(actual.map(kind)).filter(|(expected, actual)| expected != actual);
    let notes = kinds.map(|(expected, actual)| format!("Expected {expected}, but this is {actual}."));
    let show = |value: Option<&Json>| value.map_or_else(|| NOTHING.to_owned(), show);
    Difference {
        path: path.to_owned(),
        expected: show(expected),
        actual: show(actual),
        caret: None,
        notes: notes.into_iter().collect(),
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// How two texts differ.
pub fn text(expected: &str, actual: &str) -> Difference {
    let mut same = expected.bytes().zip(actual.bytes()).take_while(|(a, b)| a == b).count();
    // Both hold the same bytes up to here, so a boundary of one is a boundary of the other.
    while !expected.is_char_boundary(same) || !actual.is_char_boundary(same) {
        same -= 1;
    }
    let short = |text: &str| forward(text, 2 * AROUND).1;
    let whole = short(expected) && short(actual);
    let before = if whole { forward(&expected[..same], usize::MAX).0 } else { backward(&expected[..same], AROUND) };
    let caret = 1 + columns(&before);
    let side = |text: &str| {
        let (after, all) = forward(&text[same..], if whole { usize::MAX } else { AROUND });
        format!("\"{before}{after}{}\"", if all { "" } else { "…" })
    };

    let mut notes = Vec::new();
    notes.extend(in_words(expected, actual));
    let lines = expected[..same].bytes().filter(|byte| *byte == b'\n').count();
    if same > 0 && (!whole || lines > 0) {
        let equal = format!("The first {same} {} equal", plural(same, "byte is", "bytes are"));
        if lines > 0 {
            let column = 1 + expected[..same].rsplit('\n').next().map_or(0, |line| line.chars().count());
            notes.push(format!("{equal}; they differ at line {}, column {column}.", lines + 1));
        } else {
            notes.push(format!("{equal}."));
        }
    }
    if !whole && expected.len() != actual.len() && !actual.is_empty() {
        notes.push(format!("Expected {} bytes, got {}.", expected.len(), actual.len()));
    }
    if actual.contains('\u{fffd}') && !expected.contains('\u{fffd}') {
        notes.push("The answer holds bytes that are not UTF-8; each is shown as \\u{fffd}.".to_owned());
    }
    // Where nothing is alike, there is no first difference to find.
    let caret = (same > 0 || !whole).then_some(caret);
    Difference { path: String::new(), expected: side(expected), actual: side(actual), caret, notes }
}

/// The usual reasons why a text is almost right, by name.
fn in_words(expected: &str, actual: &str) -> Option<String> {
    if actual.is_empty() {
        return Some(match expected.len() {
            1 => "The answer is empty; 1 byte was expected.".to_owned(),
            bytes => format!("The answer is empty; {bytes} bytes were expected."),
        });
    }
    if expected.strip_suffix('\n') == Some(actual) {
        return Some("The final newline is missing.".to_owned());
    }
    if expected.strip_suffix("\r\n") == Some(actual) {
        return Some("The final \\r\\n is missing.".to_owned());
    }
    if expected.is_empty() {
        let more = actual.len();
        return Some(format!("Nothing should be there, but {more} {}.", plural(more, "byte is", "bytes are")));
    }
    if actual.strip_suffix('\n') == Some(expected) || actual.strip_suffix("\r\n") == Some(expected) {
        return Some("There is one newline too many at the end.".to_owned());
    }
    if expected.contains('\n') && actual.contains('\n') && expected != actual {
        let lf = |text: &str| text.replace("\r\n", "\n");
        if lf(expected) == lf(actual) {
            let crlf = |text: &str| text.matches("\r\n").count();
            return Some(if crlf(actual) > crlf(expected) {
                "Lines end in CRLF (\\r\\n) where LF (\\n) was expected; nothing else differs.".to_owned()
            } else {
                "Lines end in LF (\\n) where CRLF (\\r\\n) was expected; nothing else differs.".to_owned()
            });
        }
    }
    if expected.trim() == actual.trim() {
        return Some(if actual.len() < expected.len() {
            "Blanks at the start or the end were trimmed; nothing else differs.".to_owned()
        } else {
            "There are extra blanks at the start or the end; nothing else differs.".to_owned()
        });
    }
    if let Some(rest) = expected.strip_prefix(actual) {
        return Some(format!(
            "The answer is cut short: {} of {} bytes, {} missing.",
            actual.len(),
            expected.len(),
            rest.len()
        ));
    }
    if let Some(rest) = actual.strip_prefix(expected) {
        let more = rest.len();
        return Some(format!("All of it is there, then {more} {} too many.", plural(more, "byte", "bytes")));
    }
    if expected.to_lowercase() == actual.to_lowercase() {
        return Some("Only upper and lower case differ.".to_owned());
    }
    if actual.starts_with('"') && serde_json::from_str::<String>(actual).is_ok_and(|inner| inner == expected) {
        return Some(
            "The value came as a JSON text, with quotes and escapes; the bytes themselves were expected.".into(),
        );
    }
    if !expected.is_ascii() {
        if expected.bytes().map(char::from).eq(actual.chars()) {
            return Some("The UTF-8 bytes were read as Latin-1 and then encoded again.".to_owned());
        }
        if expected.chars().map(|c| if c.is_ascii() { c } else { '?' }).eq(actual.chars()) {
            return Some("Each character outside ASCII became a question mark.".to_owned());
        }
    }
    None
}

/// Singular or plural, for this many.
pub fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// As a card shows it, which also checks where the caret points.
    fn picture(difference: &Difference) -> String {
        let mut lines = vec![difference.expected.clone(), difference.actual.clone()];
        lines.extend(difference.caret.map(|caret| format!("{}^", " ".repeat(caret))));
        lines.extend(difference.notes.clone());
        lines.join("\n")
    }

    fn of(expected: &str, actual: &str) -> String {
        picture(&text(expected, actual))
    }

    #[test]
    fn short_texts_are_shown_whole_with_a_caret() {
        insta::assert_snapshot!(of("the quick fox", "the quirk fox"), @r#"
        "the quick fox"
        "the quirk fox"
                ^
        "#);
        // Wide characters take two columns; the caret counts them.
        insta::assert_snapshot!(of("日本語x", "日本語y"), @r#"
        "日本語x"
        "日本語y"
               ^
        "#);
    }

    #[test]
    fn one_wrong_character_in_a_megabyte_takes_a_few_lines() {
        let expected = "abcdefghi\n".repeat(100_000);
        let mut actual = expected.clone();
        actual.replace_range(523_114..523_115, "X");
        insta::assert_snapshot!(of(&expected, &actual), @r#"
        "…abcdefghi\nabcdefghi\nabcdefghi\nabcdefghi\nabcdefgh…"
        "…abcdefghi\nabcdefghi\nabcdXfghi\nabcdefghi\nabcdefgh…"
                                    ^
        The first 523114 bytes are equal; they differ at line 52312, column 5.
        "#);
    }

    #[test]
    fn what_the_eye_misses_is_named() {
        let cases = [
            ("key not found\n", "key not found", "final newline is missing"),
            ("abc", "abc\n", "one newline too many"),
            ("a\nb\n", "a\r\nb\r\n", "CRLF (\\r\\n) where LF"),
            ("a\r\nb\r\n", "a\nb\n", "LF (\\n) where CRLF"),
            ("  a b ", "a b", "were trimmed"),
            ("a b", " a b", "extra blanks"),
            ("Key", "key", "Only upper and lower case"),
            ("abcdef", "abc", "cut short: 3 of 6 bytes, 3 missing"),
            ("abc", "abcabc", "then 3 bytes too many"),
            ("abc", "", "is empty; 3 bytes"),
            ("a\"b", "\"a\\\"b\"", "as a JSON text"),
            ("héllo", "hÃ©llo", "read as Latin-1"),
            ("héllo", "h?llo", "question mark"),
            ("héllo", "h\u{fffd}llo", "not UTF-8"),
        ];
        for (expected, actual, words) in cases {
            let picture = of(expected, actual);
            assert!(picture.contains(words), "{expected:?} {actual:?}: {picture}");
        }
    }

    #[test]
    fn nothing_invisible_is_printed() {
        let found = text("e\u{301}\0\u{1b}[31m", "é\u{200d}\u{202e}\u{a0}");
        assert_eq!(found.expected, r#""e\u{301}\0\u{1b}[31m""#);
        assert_eq!(found.actual, r#""é\u{200d}\u{202e}\u{a0}""#);
        let words = Mismatch {
            path: "body".into(),
            expected: Expected::Words("text that matches \u{7}".into()),
            actual: Some(json!({"a": "\u{9b}31m"})),
            source: None,
        };
        let found = &differences(&words)[0];
        assert!(!format!("{}{}", found.expected, found.actual).chars().any(char::is_control), "{found:?}");
    }

    #[test]
    fn a_difference_in_the_middle_of_a_character_starts_before_it() {
        // é and è share their first byte.
        insta::assert_snapshot!(of("caf\u{e9}", "caf\u{e8}"), @r#"
        "café"
        "cafè"
            ^
        "#);
    }

    #[test]
    fn json_differs_by_path() {
        let mismatch = Mismatch {
            path: "json".into(),
            expected: Expected::Value(json!({"role": "leader", "term": 3, "peers": ["n2", "n3"], "leader": null})),
            actual: Some(json!({"role": "follower", "term": "3", "peers": ["n2"], "leader": null, "x": 1})),
            source: None,
        };
        let found: Vec<String> = differences(&mismatch)
            .iter()
            .map(|d| format!("{}: {} / {} {}", d.path, d.expected, d.actual, d.notes.join(" ")))
            .collect();
        assert_eq!(
            found,
            [
                r#"json.role: "leader" / "follower" "#,
                r#"json.term: 3 / "3" Expected a number, but this is text."#,
                r#"json.peers[1]: "n3" / nothing "#,
                "json.x: nothing / 1 ",
            ]
        );
    }

    #[test]
    fn many_differences_are_counted_not_listed() {
        let list: Vec<u32> = (0..100).collect();
        let mismatch = Mismatch {
            path: "json".into(),
            expected: Expected::Value(json!(list)),
            actual: Some(json!([])),
            source: None,
        };
        let found = differences(&mismatch);
        assert_eq!(found.len(), MOST);
        assert_eq!(found[MOST - 1].notes, ["94 more differences in json."]);
    }

    #[test]
    fn items_that_are_missing_from_a_list_do_not_move_all_others() {
        let differ = |expected: Json, actual: Json| {
            let expected = Expected::Value(expected);
            differences(&Mismatch { path: "json".into(), expected, actual: Some(actual), source: None })
        };
        let found = differ(serde_json::json!([1, 2, 3, 3, "x"]), serde_json::json!([2, 3, "x", 4]));
        let [items] = &found[..] else { panic!("{found:?}") };
        assert_eq!((&*items.expected, &*items.actual), ("5 items", "4 items"));
        assert_eq!(items.notes, ["Missing: 1, 3.", "Not expected: 4."]);
        let others = differ(serde_json::json!([1, 2, 3]), serde_json::json!([7, 8]));
        assert_eq!(others[0].path, "json[0]", "these lists have nothing in common");
    }
}
