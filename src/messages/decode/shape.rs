//! The shape of a JSON value: its keys, what kinds of values they have, and which of its arrays are empty; whether
//! something is true; and what it says that it is. Messages of one shape are told together: an append with entries never
//! folds into those without, nor a vote into a refusal.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::hash::Hash;

/// Places in bytes where JSON is looked for.
const TRIES: usize = 256;

/// Whether bytes are a JSON object or array, whole and alone, and if so its shape. Text around it may be whitespace.
pub(super) fn of(bytes: &[u8]) -> Option<u64> {
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(begins, Some(b'{' | b'[')) {
        return None;
    }
    let mut hash = Hash::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    Shape(&mut hash).deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(hash.value())
}

/// The shape of the JSON objects within bytes that are none themselves, such as several behind lengths in one body. One
/// and three of a shape are the same message, as in an array. None where there is no such object.
pub(super) fn within(bytes: &[u8]) -> Option<u64> {
    let mut shapes: Vec<u64> = Vec::new();
    let mut at = 0;
    for _ in 0..TRIES {
        let Some(begin) = memchr::memchr(b'{', &bytes[at..]) else { break };
        at += begin;
        let mut values = serde_json::Deserializer::from_slice(&bytes[at..]).into_iter::<serde::de::IgnoredAny>();
        let length = values.next().and_then(Result::ok).map(|_| values.byte_offset());
        let shape = length.and_then(|length| of(&bytes[at..at + length]));
        shapes.extend(shape.filter(|shape| !shapes.contains(shape)));
        at += length.unwrap_or(1);
    }
    let mut hash = Hash::default();
    shapes.iter().for_each(|shape| hash.add(&shape.to_le_bytes()));
    (!shapes.is_empty()).then(|| hash.value())
}

/// Members by whose text a message says what it is.
const TAGS: [&str; 6] = ["type", "kind", "op", "cmd", "command", "method"];

/// Adds the shape of the next value to a hash.
struct Shape<'a>(&'a mut Hash);

/// The same of a member that says what a message is: its text counts.
struct Tag<'a>(&'a mut Hash);

/// Of an array the first value stands for all: one entry and three are the same message.
struct Unseen;

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, holds: bool) -> Result<(), E> {
        self.0.add(if holds { b"y" } else { b"b" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.0.add(b"n");
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.0.add(b"n");
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.0.add(b"n");
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.0.add(b"s");
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.add(b"0");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        self.0.add(b"[");
        if values.next_element_seed(Shape(self.0))?.is_some() {
            while values.next_element_seed(Unseen)?.is_some() {}
        }
        self.0.add(b"]");
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.0.add(b"{");
        while let Some(is_tag) = entries.next_key_seed(Key(self.0))? {
            if is_tag {
                entries.next_value_seed(Tag(self.0))?;
            } else {
                entries.next_value_seed(Shape(self.0))?;
            }
        }
        self.0.add(b"}");
        Ok(())
    }
}

/// Adds a key to a hash, with its end; whether it is that of a tag.
struct Key<'a>(&'a mut Hash);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        self.0.add(key.as_bytes());
        self.0.add(b":");
        Ok(TAGS.contains(&key))
    }
}

impl<'de> DeserializeSeed<'de> for Tag<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match serde::Deserialize::deserialize(deserializer)? {
            Value::String(text) => self.0.add(text.as_bytes()),
            other => Shape(self.0).deserialize(other).map_err(D::Error::custom)?,
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Unseen {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        serde::Deserialize::deserialize(deserializer).map(|_: serde::de::IgnoredAny| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(json: &str) -> Option<u64> {
        of(json.as_bytes())
    }

    #[test]
    fn values_do_not_matter_and_keys_and_empty_arrays_do() {
        let append = shape(r#"{"term":1,"entries":[]}"#);
        assert!(append.is_some());
        assert_eq!(append, shape(" {\"term\": 22, \"entries\": [ ]}\n"));
        assert_ne!(append, shape(r#"{"term":1,"entries":[{"a":1}]}"#));
        assert_ne!(append, shape(r#"{"term":1,"log":[]}"#));
        assert_ne!(append, shape(r#"{"term":null,"entries":[]}"#), "whom one votes for is not nobody");
        assert_eq!(shape(r#"{"e":[{"a":1}]}"#), shape(r#"{"e":[{"a":1},{"a":2},{"a":3}]}"#));
        assert_ne!(shape(r#"[["a"]]"#), shape(r#"["a"]"#));
        assert_ne!(shape(r#"{"granted":true}"#), shape(r#"{"granted":false}"#));
        assert_ne!(shape(r#"{"type":"vote"}"#), shape(r#"{"type":"append"}"#));
        assert_eq!(shape(r#"{"key":"vote"}"#), shape(r#"{"key":"append"}"#));
        assert_ne!(shape(r#"{"op":{"put":1}}"#), shape(r#"{"op":{"get":1}}"#));
    }

    #[test]
    fn what_is_no_whole_object_or_array_has_no_shape() {
        for text in ["", "7", "\"a\"", "null", "{", "{\"a\":1", "{\"a\":1}}", "{} {}", "{a:1}", "[1,]", "x{}"] {
            assert_eq!(shape(text), None, "{text}");
        }
        assert_eq!(of(b"{\"a\":\"\xff\"}"), None);
    }

    #[test]
    fn json_among_other_bytes_has_a_shape_too() {
        let vote = within(b"\x0a\0\0\0{\"vote\":1}\xff");
        assert!(vote.is_some());
        assert_eq!(vote, within(b"\x0b\0\0\0{\"vote\":22}"));
        assert_ne!(vote, within(b"\x0c\0\0\0{\"append\":1}"));
        assert_eq!(vote, within(b"{\"vote\":1}\x0a\0{\"vote\":2}"));
        assert_ne!(vote, within(b"{\"vote\":1}\x0c\0{\"append\":1}"));
        assert_eq!(within(b"{\"vote\":"), None);
        assert_eq!(within(&[b'{'; 100_000]), None);
    }
}
