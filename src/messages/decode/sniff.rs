//! Which format a stream has, by its first bytes. What is found does not depend on how many more have come.

use super::http::Side;
use super::lines::Prefix;
use super::pending::Pending;
use super::{LONGEST, is_text, shape};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Http(Side),
    Lines,
    Framed(Prefix),
    Http2,
    Bytes,
}

/// None while more bytes must come to tell.
pub(super) fn sniff(pending: &mut Pending) -> Option<Format> {
    let line_end = pending.line_end().filter(|end| *end <= LONGEST);
    let bytes = pending.bytes();
    let first = &bytes[..line_end.unwrap_or(bytes.len().min(LONGEST))];
    if !begins_as_text(first, line_end.is_some()) {
        return framed(bytes);
    }
    match line_end {
        Some(_) => Some(by_line(first)),
        None if bytes.len() > LONGEST => Some(Format::Bytes),
        None => None,
    }
}

fn by_line(line: &[u8]) -> Format {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line == b"PRI * HTTP/2.0" {
        Format::Http2
    } else if is_request_line(line) {
        Format::Http(Side::Requests)
    } else if is_status_line(line) {
        Format::Http(Side::Answers)
    } else {
        Format::Lines
    }
}

fn is_request_line(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let method = words.next().unwrap_or_default();
    let (Some(_), Some(version), None) = (words.next(), words.next(), words.next()) else { return false };
    !method.is_empty() && method.iter().all(u8::is_ascii_uppercase) && matches!(version, b"HTTP/1.1" | b"HTTP/1.0")
}

fn is_status_line(line: &[u8]) -> bool {
    let rest = line.strip_prefix(b"HTTP/1.1 ").or_else(|| line.strip_prefix(b"HTTP/1.0 "));
    rest.and_then(|rest| rest.first_chunk::<3>()).is_some_and(|status| status.iter().all(u8::is_ascii_digit))
}

/// Text so far. The last character may not have come whole, if the line has not ended.
fn begins_as_text(bytes: &[u8], ended: bool) -> bool {
    if ended {
        return is_text(bytes.strip_suffix(b"\r").unwrap_or(bytes));
    }
    // A line end may be under way.
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(_) => is_text(bytes),
        Err(error) if error.error_len().is_none() => is_text(&bytes[..error.valid_up_to()]),
        Err(_) => false,
    }
}

/// JSON behind a length: the first message must be whole to be sure.
fn framed(bytes: &[u8]) -> Option<Format> {
    let mut open = false;
    for prefix in Prefix::ALL {
        match prefix.read(bytes) {
            Ok(Some((json, _))) if shape::of(json).is_some() => return Some(Format::Framed(prefix)),
            Ok(None) => open = true,
            Ok(Some(_)) | Err(_) => {}
        }
    }
    if open { None } else { Some(Format::Bytes) }
}
