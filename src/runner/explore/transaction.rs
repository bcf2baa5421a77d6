//! What a transaction of a walk sends, what its answer tells of each part, and how that differs from what is right.

use model::{Answer, Doing, Part, Right, Seen, Text, Token};
use serde_json::Value as Json;

use crate::facts::{Expected, Mismatch, Spot};
use crate::scenario::draw::Draw;
use crate::scenario::expr::{Expression, Scope};
use crate::scenario::model::Steps;

use super::super::stop::Stop;
use super::ask::{key_name, token};

/// All steps, as the body of the request sees them.
pub(super) fn steps(steps: &Steps, parts: &[Part<Text>]) -> Result<String, Stop> {
    let text = |part: &Part<Text>| {
        let Some(template) = steps.texts.get(&part.doing) else {
            let word = part.doing.word();
            return Err(Stop::pack(format!("the model does not say what a step `{word}` of a transaction is")));
        };
        let mut scope = Scope::new(Draw::new(""));
        scope.set("key", key_name(part.key));
        if let Some(value) = &part.value {
            scope.set("value", value.to_string());
        }
        if part.doing.is_check() {
            scope.set_json("version", &part.version.as_deref().map_or(Json::Null, Json::from));
        }
        Ok(template.text(&scope)?)
    };
    Ok(parts.iter().map(text).collect::<Result<Vec<String>, Stop>>()?.join(","))
}

/// What the answer tells of each part; fewer than there are if it does not.
pub(super) fn results(steps: &Steps, answer: &Scope) -> Vec<Seen> {
    let each = |expression: &Expression| {
        let list = expression.eval(answer).ok().and_then(|list| serde_json::to_value(list).ok());
        let Some(Json::Array(items)) = list else { return Vec::new() };
        let text = |item| match item {
            Json::Null => None,
            Json::String(text) => Some(Text::from(text)),
            other => Some(other.to_string().into()),
        };
        items.into_iter().map(text).collect()
    };
    let values: Vec<Option<Text>> = each(&steps.values);
    let versions = steps.versions.as_ref().map(each).unwrap_or_default().into_iter();
    let versions = versions.chain(std::iter::repeat(None));
    values.into_iter().zip(versions).map(|(value, version)| Seen { value, version }).collect()
}

/// The values that are told, in a line.
pub(super) fn told(results: &[Seen]) -> Option<Text> {
    let values: Vec<&str> = results.iter().map(|seen| seen.value.as_deref().unwrap_or("(none)")).collect();
    (!values.is_empty()).then(|| values.join(", ").into())
}

/// The first part of which something else was told than what is right.
pub(super) fn first_wrong(answer: &Answer, right: &Right) -> Option<usize> {
    let wrong =
        |place: usize| answer.results.get(place).is_none_or(|seen| !right.results[place].is(seen, &answer.results));
    (0..right.results.len()).find(|place| wrong(*place))
}

/// How what is told differs from what is right.
pub(super) fn differences(answer: &Answer, right: &Right) -> Vec<Mismatch> {
    let json = |text: Option<&Text>| text.map_or(Json::Null, |text| Json::from(&**text));
    let mismatch = |path: String, expected, actual| Mismatch {
        path: Spot::from(path),
        expected,
        actual: Some(actual),
        source: None,
    };
    if answer.results.len() != right.results.len() {
        let wanted = Expected::Value(right.results.len().into());
        return vec![mismatch("number of results".to_owned(), wanted, answer.results.len().into())];
    }
    let mut mismatches = Vec::new();
    for (place, (right, seen)) in right.results.iter().zip(&answer.results).enumerate() {
        let number = place + 1;
        if right.value != seen.value {
            let expected = Expected::Value(json(right.value.as_ref()));
            mismatches.push(mismatch(format!("value of result {number}"), expected, json(seen.value.as_ref())));
        }
        if !right.takes_version(seen, &answer.results) {
            let wanted = match &right.version {
                Token::As(first) => Expected::Value(json(answer.results[*first].version.as_ref())),
                Token::Nothing => Expected::Value(Json::Null),
                other => token(other, seen.version.is_some(), "one that this key has never had"),
            };
            mismatches.push(mismatch(format!("version of result {number}"), wanted, json(seen.version.as_ref())));
        }
    }
    mismatches
}

/// The part that a refusal is about: the first check.
pub(super) fn first_check(parts: &[Part<Text>]) -> Option<usize> {
    parts.iter().position(|part| matches!(part.doing, Doing::Check | Doing::Absent))
}
