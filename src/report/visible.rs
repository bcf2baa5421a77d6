//! Values as one line in which everything is visible: characters without a width are escaped.

use serde_json::Value as Json;
use unicode_width::UnicodeWidthChar;

/// Columns for a value that is shown by itself.
const SHOWN: usize = 160;
/// Columns for one that stands among others.
const SHORT: usize = 72;

/// A value for one line: texts quoted with visible escapes, anything else as JSON, its beginning if it is long.
pub(super) fn show(value: &Json) -> String {
    match value {
        Json::String(text) => quote(text),
        other => cut(&escape(&other.to_string())),
    }
}

/// A text in quotes with visible escapes; of a long one the beginning, and its length.
pub(super) fn quote(text: &str) -> String {
    quote_beginning(text, text.len())
}

/// The same for a line among others, which has less room.
pub(super) fn quote_short(text: &str, bytes: usize) -> String {
    let (shown, whole) = forward(text, SHORT);
    if whole && text.len() >= bytes { format!("\"{shown}\"") } else { format!("\"{shown}…\" ({bytes} bytes)") }
}

/// The same, where `text` may be only the beginning of this many bytes.
pub(super) fn quote_beginning(text: &str, bytes: usize) -> String {
    let (shown, whole) = forward(text, SHOWN);
    if whole && text.len() >= bytes { format!("\"{shown}\"") } else { format!("\"{shown}…\" ({bytes} bytes)") }
}

/// A character as it is shown: itself when it has a width of its own, else an escape.
fn visible(c: char, out: &mut String) -> usize {
    use std::fmt::Write as _;
    let start = out.len();
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0' => out.push_str("\\0"),
        ' ' => out.push(' '),
        // Without a width (control, joining, bidirectional), or blank without being a space: nobody could see which
        // character it is.
        _ => match c.width() {
            Some(width) if width > 0 && !c.is_whitespace() && c != '\u{fffd}' => {
                out.push(c);
                return width;
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        },
    }
    out.len() - start
}

/// The beginning of a text, escaped, at most this many columns wide, and whether that is all of it.
pub(super) fn forward(text: &str, most: usize) -> (String, bool) {
    let (mut out, mut width) = (String::new(), 0);
    for c in text.chars() {
        let start = out.len();
        width += visible(c, &mut out);
        if width > most {
            out.truncate(start);
            return (out, false);
        }
    }
    (out, true)
}

/// The end of a text, escaped, at most this many columns wide, with `…` before it if it is cut.
pub(super) fn backward(text: &str, most: usize) -> String {
    let (mut pieces, mut width) = (Vec::new(), 0);
    for c in text.chars().rev() {
        let mut piece = String::new();
        width += visible(c, &mut piece);
        if width > most {
            pieces.push("…".to_owned());
            break;
        }
        pieces.push(piece);
    }
    pieces.reverse();
    pieces.concat()
}

/// A text with visible escapes for what cannot be seen; quotes and backslashes stay.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.push(c),
            _ => {
                visible(c, &mut out);
            }
        }
    }
    out
}

pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Its beginning, if it is long.
pub(super) fn cut(text: &str) -> String {
    let mut width = 0;
    for (at, c) in text.char_indices() {
        width += c.width().unwrap_or(0);
        if width > SHOWN {
            return format!("{}…", &text[..at]);
        }
    }
    text.to_owned()
}
