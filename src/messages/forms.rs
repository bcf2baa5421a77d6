//! A text as messages carry it: as it is, or in base64, wherever it begins in what was encoded.

use std::ops::Range;

use memchr::memmem::Finder;

/// Shorter parts of base64 are the same by chance.
const SHORTEST: usize = 8;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Finds a text in messages.
#[derive(Debug)]
pub struct Forms(Vec<Finder<'static>>);

impl Forms {
    /// None for a text that messages may write in other ways: one that JSON escapes, say.
    pub fn of(text: &str) -> Option<Forms> {
        let plain = |c: char| c.is_ascii_alphanumeric() || " -_.:".contains(c);
        if text.is_empty() || !text.chars().all(plain) {
            return None;
        }
        let encoded = (0..3).map(|offset| base64(text.as_bytes(), offset)).filter(|form| form.len() >= SHORTEST);
        let forms = [text.as_bytes().to_vec()].into_iter().chain(encoded);
        Some(Forms(forms.map(|form| Finder::new(&form).into_owned()).collect()))
    }

    pub fn is_in(&self, message: &[u8]) -> bool {
        self.0.iter().any(|form| form.find(message).is_some())
    }

    /// Where it is, in no order.
    pub fn places<'a>(&'a self, message: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        self.0.iter().flat_map(move |form| {
            let length = form.needle().len();
            form.find_iter(message).map(move |at| at..at + length)
        })
    }
}

/// The letters of base64 that these bytes alone decide, with so many others before them in a group of three.
fn base64(bytes: &[u8], offset: usize) -> Vec<u8> {
    let bit = |at: usize| {
        let (byte, bit) = (at / 8, at % 8);
        let byte = byte.checked_sub(offset).and_then(|byte| bytes.get(byte)).copied().unwrap_or(0);
        usize::from(byte >> (7 - bit) & 1)
    };
    let letter = |at: usize| (0..6).fold(0, |value, next| value << 1 | bit(6 * at + next));
    let first = (offset * 8).div_ceil(6);
    let end = (offset + bytes.len()) * 8 / 6;
    (first..end).map(|at| ALPHABET[letter(at)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_as_it_is_and_in_base64_wherever_it_begins() {
        let forms = Forms::of("u4NB6KODDbAx").unwrap();
        assert!(forms.is_in(br#"{"body":"u4NB6KODDbAx"}"#));
        // `printf 'u4NB6KODDbAx' | base64`, and with `a` and `ab` before it and `z` behind.
        for encoded in ["dTROQjZLT0REYkF4", "YXU0TkI2S09ERGJBeHo=", "YWJ1NE5CNktPRERiQXh6"] {
            assert!(forms.is_in(format!("x {encoded} y").as_bytes()), "{encoded}");
        }
        assert!(!forms.is_in(b"u4NB6KODDbA") && !forms.is_in(b"dTROQjZLT0REYkF5"));
        assert_eq!(forms.places(b"--u4NB6KODDbAx").collect::<Vec<_>>(), vec![2..14]);
    }

    #[test]
    fn what_is_written_in_other_ways_is_not_looked_for() {
        assert!(Forms::of("a \"quoted\" one").is_none() && Forms::of("zwölf").is_none() && Forms::of("").is_none());
        // In base64 it would be found by chance.
        assert!(!Forms::of("abc").unwrap().is_in(b"YWJj"));
    }
}
