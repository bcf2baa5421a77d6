//! What can be read of bytes: text among them, JSON among them.

/// Stands for what cannot be read.
const DOT: char = '·';
/// Letters of text among other bytes.
const TEXT: usize = 4;
/// Places in a body where JSON is looked for.
const TRIES: usize = 64;

/// Valid JSON without white space outside of its texts. Numbers stay as they were written.
pub(super) fn compact(json: &str) -> String {
    let (mut within, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let kept = within || !c.is_ascii_whitespace();
            match c {
                _ if escaped => escaped = false,
                '\\' if within => escaped = true,
                '"' => within = !within,
                _ => {}
            }
            kept
        })
        .collect()
}

/// What can be read of bytes, with a dot for each stretch between.
pub(super) fn printable(bytes: &str) -> String {
    runs(bytes, 1)
}

/// The same in a line: where there is text, letters that stand alone are lengths and numbers, as strings(1) has it.
pub(super) fn text_in(bytes: &str) -> String {
    let has_text = bytes.split(is_unreadable).any(|run| run.chars().count() >= TEXT);
    runs(bytes, if has_text { TEXT } else { 1 })
}

/// JSON objects among other bytes, such as several behind their lengths, and what text stands between them. None where
/// there is no such object.
pub(super) fn values_in(bytes: &str) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    let mut between = String::new();
    let (mut rest, mut found) = (bytes, false);
    for _ in 0..TRIES {
        let Some(begin) = rest.find('{') else { break };
        between.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        let Some(length) = values.next().and_then(Result::ok).map(|_| values.byte_offset()) else {
            between.push('{');
            rest = &rest[1..];
            continue;
        };
        told.extend(Some(runs(&std::mem::take(&mut between), TEXT)));
        told.push(compact(&rest[..length]));
        (rest, found) = (&rest[length..], true);
    }
    told.push(runs(&(between + rest), TEXT));
    told.retain(|part| !part.chars().all(|c| c == DOT));
    found.then(|| told.join(&format!(" {DOT} ")))
}

pub(super) fn is_unreadable(c: char) -> bool {
    c.is_control() || c == '\u{fffd}'
}

/// Runs of at least so many letters.
fn runs(bytes: &str, least: usize) -> String {
    let mut runs = String::with_capacity(bytes.len());
    for (number, run) in bytes.split(is_unreadable).enumerate() {
        if number > 0 && !runs.ends_with(DOT) {
            runs.push(DOT);
        }
        if run.chars().count() >= least {
            runs.push_str(run);
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_show_what_can_be_read() {
        assert_eq!(printable("\0\u{1}PING\u{fffd}\n"), "·PING·");
        assert_eq!(printable("X\0vote granted\u{1}9\0 7"), "X·vote granted·9· 7");
        assert_eq!(text_in("X\0vote granted\u{1}9\0 7"), "·vote granted·");
        assert_eq!(text_in("\0W\u{1}"), "·W·");
        assert_eq!(text_in("ok"), "ok");
    }

    #[test]
    fn json_behind_its_length_loses_the_length_and_nothing_else() {
        let values = |bytes| values_in(bytes);
        assert_eq!(values("W\0\0\0{ \"term\": 2 }").as_deref(), Some(r#"{"term":2}"#));
        assert_eq!(
            values("\u{5}\0{\"a\":1}_\0{\"b\":{\"c\":2}}").as_deref(),
            Some(r#"{"a":1} · {"b":{"c":2}}"#),
            "several, the letter between them is a length"
        );
        assert_eq!(values("\0PUT key {\"a\":1}\0").as_deref(), Some(r#"·PUT key  · {"a":1}"#));
        assert_eq!(values("\0{\"a\":1}\u{9}{\"b\":\"cut o").as_deref(), Some(r#"{"a":1} · ·{"b":"cut o"#));
        assert_eq!(values("\0{not json}"), None);
        assert_eq!(values(&"\0{".repeat(10_000)), None);
    }
}
