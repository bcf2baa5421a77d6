//! The steps of a transaction in a line: `{"append":"a","value":3}`, `{"get":"a","value":[3,7]}`.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{List, Outcome, Step, Text, exact};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    append: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    get: Option<Text>,
    #[serde(default, deserialize_with = "held", skip_serializing_if = "Option::is_none")]
    value: Option<Held>,
}

/// Null counts as present: an empty list.
fn held<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Held>, D::Error> {
    Held::deserialize(deserializer).map(Some)
}

#[derive(Serialize)]
#[serde(untagged)]
enum Held {
    Element(Text),
    Elements(Vec<Text>),
}

impl StepLine {
    pub(super) fn of(step: &Step, answered: bool) -> Self {
        match step {
            Step::Append { key, element } => {
                Self { append: Some(key.clone()), get: None, value: Some(Held::Element(element.clone())) }
            }
            Step::Get { key, list } => {
                let elements = || Held::Elements(list.elements().into_iter().cloned().collect());
                Self { append: None, get: Some(key.clone()), value: answered.then(elements) }
            }
        }
    }

    pub(super) fn steps(lines: Vec<Self>, outcome: Outcome) -> Result<Vec<Step>, String> {
        lines.into_iter().map(|line| line.step(outcome)).collect()
    }

    fn step(self, outcome: Outcome) -> Result<Step, String> {
        match (self.append, self.get, self.value) {
            (Some(key), None, Some(Held::Element(element))) => Ok(Step::Append { key, element }),
            (Some(_), None, _) => Err("an append needs `value`: the one element that it adds".to_owned()),
            (None, Some(key), Some(Held::Elements(elements))) => {
                Ok(Step::Get { key, list: elements.into_iter().collect() })
            }
            (None, Some(_), Some(Held::Element(_))) => Err("the `value` of a get is a list".to_owned()),
            (None, Some(_), None) if outcome == Outcome::Ok => {
                Err("a get of a txn that is ok needs `value`: the list that came back, or null".to_owned())
            }
            (None, Some(key), None) => Ok(Step::Get { key, list: List::default() }),
            _ => Err("a step has either `append` or `get`, a key".to_owned()),
        }
    }
}

/// A text, or a number or a boolean as its JSON.
struct Element(Text);

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(HeldVisitor)? {
            Held::Element(element) => Ok(Element(element)),
            Held::Elements(_) => Err(D::Error::custom("an element is a text, a number, true or false")),
        }
    }
}

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HeldVisitor)
    }
}

struct HeldVisitor;

impl<'de> Visitor<'de> for HeldVisitor {
    type Value = Held;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an element (a text, a number, true or false), or a list of such elements")
    }

    fn visit_unit<E: Error>(self) -> Result<Held, E> {
        Ok(Held::Elements(Vec::new()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Held, E> {
        Ok(Held::Element(text.into()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Held, E> {
        Ok(Held::Element(value.to_string().into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Held, E> {
        Ok(Held::Element(value.to_string().into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Held, E> {
        Ok(Held::Element(value.to_string().into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Held, E> {
        Ok(Held::Element(value.to_string().into()))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut elements: A) -> Result<Held, A::Error> {
        let mut held = Vec::with_capacity(elements.size_hint().unwrap_or_default());
        while let Some(Element(element)) = elements.next_element()? {
            held.push(element);
        }
        Ok(Held::Elements(held))
    }
}

/// A step's value as it is written.
#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// Gives steps their numbers digit by digit. A JSON parser has read whole numbers of up to 19 digits so; only for
/// others is the line looked at again.
pub(super) fn as_written(written: Option<&RawValue>, steps: &mut [Step]) -> Result<(), String> {
    let Some(written) = written.filter(|json| has_rounded_numbers(json.get())) else { return Ok(()) };
    let said = |error: serde_json::Error| error.to_string();
    let lines: Vec<Written<'_>> = serde_json::from_str(written.get()).map_err(said)?;
    for (line, step) in lines.iter().zip(steps) {
        match (step, line.value) {
            (Step::Append { element, .. }, Some(value)) => *element = text(value)?,
            (Step::Get { list, .. }, Some(value)) if value.get().starts_with('[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(value.get()).map_err(said)?;
                *list = elements.into_iter().map(text).collect::<Result<_, _>>()?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// A number with a point, an exponent, a sign, or more than 18 digits: or a text with such characters, which does no harm.
fn has_rounded_numbers(json: &str) -> bool {
    let mut digits = 0;
    json.bytes().any(|byte| {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        digits > 18 || matches!(byte, b'.' | b'E' | b'-' | b'+')
    }) || json.as_bytes().windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1] == b'e')
}

fn text(json: &RawValue) -> Result<Text, String> {
    match exact::value(json.get()) {
        Some(number) => Ok(number),
        None => {
            serde_json::from_str::<Element>(json.get()).map(|Element(text)| text).map_err(|error| error.to_string())
        }
    }
}
