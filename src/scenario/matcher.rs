//! Expected values: structure, never a sentence to parse.
//!
//! A scalar means equal, a map is a subset unless all its keys are operators, a list must match item by item.
//! A matcher is read once with its expressions, [resolved](Matcher::resolve) for one check, and then compared
//! with an answer by pure code that reports every place where the two differ.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::expr::{EvalError, Scope};
use super::template::Data;
use crate::facts::{Expected, Mismatch};
use crate::text::size;

/// What is expected of a value. `T` is [`Data`] as written, [`Json`] once resolved.
#[derive(Debug, Clone)]
pub enum Matcher<T> {
    Equals(T),
    /// Each of these keys must be there and match; others are ignored.
    Subset(Vec<(String, Matcher<T>)>),
    /// The same number of items, each matching.
    Items(Vec<Matcher<T>>),
    /// Every operator holds.
    All(Vec<Operator<T>>),
}

#[derive(Debug, Clone)]
pub enum Operator<T> {
    Equals(T),
    Not(Matcher<T>),
    Compare(Comparison, T),
    OneOf(Vec<Matcher<T>>),
    /// An item of a list that an expression gives.
    Among(T),
    Matches(T),
    Contains(T),
    StartsWith(T),
    Length(Box<Matcher<T>>),
    Exists(bool),
    Unordered(Vec<Matcher<T>>),
    Line(T),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Gt,
    Gte,
    Lt,
    Lte,
}

impl Matcher<Data> {
    /// Evaluates the expressions in it.
    pub fn resolve(&self, scope: &Scope) -> Result<Matcher<Json>, EvalError> {
        Ok(match self {
            Matcher::Equals(data) => Matcher::Equals(data.json(scope)?),
            Matcher::Subset(entries) => Matcher::Subset(
                entries
                    .iter()
                    .map(|(key, value)| Ok::<_, EvalError>((key.clone(), value.resolve(scope)?)))
                    .collect::<Result<_, _>>()?,
            ),
            Matcher::Items(items) => Matcher::Items(resolve_all(items, scope)?),
            Matcher::All(operators) => {
                Matcher::All(operators.iter().map(|operator| operator.resolve(scope)).collect::<Result<_, _>>()?)
            }
        })
    }

    /// The names that the expectation at a place below this one needs. The place is told as a [`Mismatch`] tells it,
    /// without the path of this one: `.peers[0]`.
    pub fn names_at(&self, place: &str) -> Vec<String> {
        let below = |key: &str| Some(place.strip_prefix('.')?.strip_prefix(key)?).filter(|rest| is_place(rest));
        match self {
            Matcher::Subset(entries) => {
                let inner = entries.iter().find_map(|(key, value)| Some((value, below(key)?)));
                inner.map_or_else(|| self.names(), |(value, rest)| value.names_at(rest))
            }
            Matcher::Items(items) => {
                let number = place.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let inner = number.and_then(|(at, rest)| Some((items.get(at.parse::<usize>().ok()?)?, rest)));
                inner.map_or_else(|| self.names(), |(item, rest)| item.names_at(rest))
            }
            Matcher::Equals(_) | Matcher::All(_) => self.names(),
        }
    }

    pub fn names(&self) -> Vec<String> {
        match self {
            Matcher::Equals(data) => data.names(),
            Matcher::Subset(entries) => entries.iter().flat_map(|(_, value)| value.names()).collect(),
            Matcher::Items(items) => items.iter().flat_map(Matcher::names).collect(),
            Matcher::All(operators) => operators.iter().flat_map(Operator::names).collect(),
        }
    }
}

/// Whether a key ends here: `.peers` is no place of `.peer`.
fn is_place(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['.', '['])
}

fn resolve_all(items: &[Matcher<Data>], scope: &Scope) -> Result<Vec<Matcher<Json>>, EvalError> {
    items.iter().map(|item| item.resolve(scope)).collect()
}

/// Bytes that a pattern may take when it is compiled.
pub(super) const MOST_PATTERN: usize = 1 << 20;
/// The same, times the bytes of the text that is searched: the worst-case time grows with both, and signals are not
/// handled meanwhile.
const MOST_LOOKED_AT: usize = 64 << 30;

/// How large a pattern may be for a search in this text.
fn most(text: &str) -> usize {
    (MOST_LOOKED_AT / text.len().max(1)).min(MOST_PATTERN)
}

/// A compiled pattern, or why it is not one.
pub(super) fn compiled(pattern: &Json, most: usize) -> Result<regex::Regex, String> {
    let text = pattern.as_str().ok_or("a pattern is a text")?;
    regex::RegexBuilder::new(text).size_limit(most).build().map_err(|error| error.to_string())
}

impl Operator<Data> {
    fn resolve(&self, scope: &Scope) -> Result<Operator<Json>, EvalError> {
        Ok(match self {
            Operator::Equals(data) => Operator::Equals(data.json(scope)?),
            Operator::Not(matcher) => Operator::Not(matcher.resolve(scope)?),
            Operator::Compare(comparison, data) => Operator::Compare(*comparison, data.json(scope)?),
            Operator::OneOf(choices) => Operator::OneOf(resolve_all(choices, scope)?),
            Operator::Among(data) => Operator::Among(data.json(scope)?),
            Operator::Matches(data) => {
                let pattern = data.json(scope)?;
                compiled(&pattern, MOST_PATTERN)
                    .map_err(|reason| EvalError::Failed { expression: pattern.to_string(), reason })?;
                Operator::Matches(pattern)
            }
            Operator::Contains(data) => Operator::Contains(data.json(scope)?),
            Operator::StartsWith(data) => Operator::StartsWith(data.json(scope)?),
            Operator::Length(matcher) => Operator::Length(Box::new(matcher.resolve(scope)?)),
            Operator::Exists(wanted) => Operator::Exists(*wanted),
            Operator::Unordered(items) => Operator::Unordered(resolve_all(items, scope)?),
            Operator::Line(data) => Operator::Line(data.json(scope)?),
        })
    }

    fn names(&self) -> Vec<String> {
        match self {
            Operator::Equals(data)
            | Operator::Compare(_, data)
            | Operator::Among(data)
            | Operator::Matches(data)
            | Operator::Contains(data)
            | Operator::StartsWith(data)
            | Operator::Line(data) => data.names(),
            Operator::Not(matcher) => matcher.names(),
            Operator::Length(matcher) => matcher.names(),
            Operator::OneOf(items) | Operator::Unordered(items) => items.iter().flat_map(Matcher::names).collect(),
            Operator::Exists(_) => Vec::new(),
        }
    }
}

impl Matcher<Json> {
    /// Every place below `path` where `actual` is not what is expected; none means that it matches.
    pub fn check(&self, path: &str, actual: Option<&Json>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        self.compare(path, actual, &mut found);
        found
    }

    fn fits(&self, actual: Option<&Json>) -> bool {
        self.check("", actual).is_empty()
    }

    fn compare(&self, path: &str, actual: Option<&Json>, found: &mut Vec<Mismatch>) {
        let mut differs =
            |expected| found.push(Mismatch { path: path.into(), expected, actual: actual.cloned(), source: None });
        match self {
            Matcher::Equals(wanted) => {
                if !actual.is_some_and(|actual| equal(wanted, actual)) {
                    differs(Expected::Value(wanted.clone()));
                }
            }
            Matcher::Subset(entries) => match actual {
                Some(Json::Object(map)) => {
                    for (key, matcher) in entries {
                        matcher.compare(&format!("{path}.{key}"), map.get(key), found);
                    }
                }
                _ => differs(Expected::Words(self.describe())),
            },
            Matcher::Items(items) => match actual {
                Some(Json::Array(list)) if list.len() == items.len() => {
                    for (at, (matcher, item)) in items.iter().zip(list).enumerate() {
                        matcher.compare(&format!("{path}[{at}]"), Some(item), found);
                    }
                }
                _ => differs(Expected::Words(self.describe())),
            },
            Matcher::All(operators) => {
                for operator in operators {
                    if !operator.holds(actual) {
                        differs(operator.expected(actual));
                    }
                }
            }
        }
    }

    /// What is expected of a number of bytes, in the words and units in which a report says how many there are.
    pub fn describe_sizes(&self) -> String {
        let sized = |operator: &Operator<Json>| match operator {
            Operator::Compare(comparison, bytes) => {
                let bytes = bytes.as_u64().map_or_else(|| bytes.to_string(), size);
                format!("{} {bytes}", comparison.words())
            }
            other => other.describe(),
        };
        match self {
            Matcher::All(operators) => operators.iter().map(sized).collect::<Vec<_>>().join(" and "),
            other => other.describe(),
        }
    }

    /// What is expected, in words for a report.
    pub fn describe(&self) -> String {
        match self {
            Matcher::Equals(value) => value.to_string(),
            Matcher::Subset(entries) => {
                let entries = entries.iter().map(|(key, matcher)| format!("{key}: {}", matcher.describe()));
                format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
            }
            Matcher::Items(items) => format!("[{}]", describe_all(items, ", ")),
            Matcher::All(operators) => operators.iter().map(Operator::describe).collect::<Vec<_>>().join(" and "),
        }
    }
}

fn describe_all(items: &[Matcher<Json>], between: &str) -> String {
    items.iter().map(Matcher::describe).collect::<Vec<_>>().join(between)
}

/// The items of a list that an expression gave; anything else counts as a list of one.
fn items(list: &Json) -> &[Json] {
    list.as_array().map_or(std::slice::from_ref(list), Vec::as_slice)
}

/// The first few: such a list can hold hundreds.
fn describe_some(items: &[Json]) -> String {
    const SHOWN: usize = 4;
    let mut words: Vec<String> = items.iter().take(SHOWN).map(Json::to_string).collect();
    match items.len().saturating_sub(SHOWN) {
        0 if words.is_empty() => words.push("nothing at all".to_owned()),
        0 => {}
        more => words.push(format!("{more} more")),
    }
    words.join(" or ")
}

impl Operator<Json> {
    fn holds(&self, actual: Option<&Json>) -> bool {
        let text = actual.and_then(Json::as_str);
        match self {
            Operator::Equals(wanted) => actual.is_some_and(|actual| equal(wanted, actual)),
            Operator::Not(matcher) => !matcher.fits(actual),
            Operator::Compare(comparison, wanted) => {
                actual.and_then(|actual| order(actual, wanted)).is_some_and(|order| comparison.accepts(order))
            }
            Operator::OneOf(choices) => choices.iter().any(|choice| choice.fits(actual)),
            Operator::Among(list) => {
                actual.is_some_and(|actual| items(list).iter().any(|wanted| equal(wanted, actual)))
            }
            Operator::Matches(pattern) => {
                text.is_some_and(|text| compiled(pattern, most(text)).is_ok_and(|regex| regex.is_match(text)))
            }
            Operator::Contains(wanted) => match actual {
                Some(Json::String(text)) => wanted.as_str().is_some_and(|wanted| text.contains(wanted)),
                Some(Json::Array(items)) => items.iter().any(|item| equal(wanted, item)),
                _ => false,
            },
            Operator::StartsWith(wanted) => {
                text.zip(wanted.as_str()).is_some_and(|(text, wanted)| text.starts_with(wanted))
            }
            Operator::Length(matcher) => {
                let length = match actual {
                    Some(Json::String(text)) => Some(text.len()),
                    Some(Json::Array(items)) => Some(items.len()),
                    Some(Json::Object(map)) => Some(map.len()),
                    _ => None,
                };
                length.is_some_and(|length| matcher.fits(Some(&Json::from(length))))
            }
            Operator::Exists(wanted) => actual.is_some() == *wanted,
            Operator::Unordered(items) => {
                matches!(actual, Some(Json::Array(list)) if list.len() == items.len() && pairs_up(items, list))
            }
            Operator::Line(wanted) => {
                let without_end = |text: &str| text.strip_suffix('\n').map_or(text.len(), str::len);
                text.zip(wanted.as_str())
                    .is_some_and(|(text, wanted)| text[..without_end(text)] == wanted[..without_end(wanted)])
            }
        }
    }

    /// For a report: the value itself, if there is one to compare with.
    fn expected(&self, actual: Option<&Json>) -> Expected {
        match self {
            Operator::Equals(value) | Operator::Line(value) => Expected::Value(value.clone()),
            Operator::Matches(pattern)
                if let Some(text) = actual.and_then(Json::as_str)
                    && compiled(pattern, most(text)).is_err() =>
            {
                let bytes = text.len();
                Expected::Words(format!("a shorter text: {pattern} is too large to be looked for in {bytes} bytes"))
            }
            other => Expected::Words(other.describe()),
        }
    }

    fn describe(&self) -> String {
        match self {
            Operator::Equals(value) | Operator::Line(value) => value.to_string(),
            Operator::Not(matcher) => format!("not {}", matcher.describe()),
            Operator::Compare(comparison, value) => format!("{} {value}", comparison.words()),
            Operator::OneOf(choices) => describe_all(choices, " or "),
            Operator::Among(list) => describe_some(items(list)),
            Operator::Matches(pattern) => format!("text that matches {pattern}"),
            Operator::Contains(value) => format!("something that contains {value}"),
            Operator::StartsWith(value) => format!("text that starts with {value}"),
            Operator::Length(matcher) => format!("length {}", matcher.describe()),
            Operator::Exists(true) => "a value".to_owned(),
            Operator::Exists(false) => "no value".to_owned(),
            Operator::Unordered(items) => format!("[{}] in any order", describe_all(items, ", ")),
        }
    }
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Comparison::Gt => order.is_gt(),
            Comparison::Gte => order.is_ge(),
            Comparison::Lt => order.is_lt(),
            Comparison::Lte => order.is_le(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Comparison::Gt => "more than",
            Comparison::Gte => "at least",
            Comparison::Lt => "less than",
            Comparison::Lte => "at most",
        }
    }
}

/// Equality in which 3 and 3.0 are the same number, at any depth.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(_), Json::Number(_)) => order(a, b) == Some(Ordering::Equal),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

fn order(a: &Json, b: &Json) -> Option<Ordering> {
    match (a, b) {
        (Json::String(a), Json::String(b)) => Some(a.cmp(b)),
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        _ => None,
    }
}

/// Whether each matcher can have an item of its own: a matching in a bipartite graph, by augmenting paths.
fn pairs_up(matchers: &[Matcher<Json>], items: &[Json]) -> bool {
    fn place(at: usize, fits: &[Vec<usize>], taken: &mut [Option<usize>], tried: &mut [bool]) -> bool {
        fits[at].iter().any(|&item| {
            if std::mem::replace(&mut tried[item], true) {
                return false;
            }
            let free = taken[item].is_none_or(|other| place(other, fits, taken, tried));
            if free {
                taken[item] = Some(at);
            }
            free
        })
    }
    let fits: Vec<Vec<usize>> = matchers
        .iter()
        .map(|matcher| (0..items.len()).filter(|&item| matcher.fits(Some(&items[item]))).collect())
        .collect();
    let mut taken = vec![None; items.len()];
    (0..matchers.len()).all(|at| place(at, &fits, &mut taken, &mut vec![false; items.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn equals(value: Json) -> Matcher<Json> {
        Matcher::Equals(value)
    }

    fn all(operator: Operator<Json>) -> Matcher<Json> {
        Matcher::All(vec![operator])
    }

    #[test]
    fn bytes_are_expected_in_the_units_in_which_they_are_told() {
        let at_most = all(Operator::Compare(Comparison::Lte, json!(80_400_000)));
        assert_eq!(at_most.describe_sizes(), "at most 80.4 MB");
        assert_eq!(equals(json!(0)).describe_sizes(), "0");
    }

    #[test]
    fn a_map_is_a_subset_and_tells_each_difference() {
        let matcher = Matcher::Subset(vec![
            ("role".into(), equals(json!("leader"))),
            ("term".into(), all(Operator::Compare(Comparison::Gt, json!(3)))),
            ("leader".into(), equals(Json::Null)),
        ]);
        assert_eq!(matcher.check("json", Some(&json!({"role": "leader", "term": 4, "leader": null, "x": 1}))), []);
        let found = matcher.check("json", Some(&json!({"role": "follower", "term": "4"})));
        let paths: Vec<String> = found.iter().map(|mismatch| mismatch.path.to_string()).collect();
        assert_eq!(paths, ["json.role", "json.term", "json.leader"]);
        assert_eq!(found[1].expected, Expected::Words("more than 3".into()));
        assert_eq!(found[2].actual, None);
        assert_eq!(matcher.check("json", Some(&json!([1]))).len(), 1);
    }

    #[test]
    fn what_is_expected_at_a_place_needs_names_of_its_own() {
        use crate::scenario::template::Template;
        let needs = |name: &str| Matcher::Equals(Data::Text(Template::parse(&format!("$({name})")).unwrap()));
        let items = Matcher::Items(vec![needs("first"), needs("second")]);
        let matcher = Matcher::Subset(vec![("peer".into(), needs("one")), ("peers".into(), items)]);
        for (place, names) in [
            (".peer", vec!["one"]),
            (".peers[1]", vec!["second"]),
            // All of what could be meant.
            (".peers", vec!["first", "second"]),
            (".others", vec!["one", "first", "second"]),
            ("", vec!["one", "first", "second"]),
        ] {
            assert_eq!(matcher.names_at(place), names, "{place}");
        }
    }

    #[test]
    fn operators_hold_for_what_they_say_and_nothing_else() {
        let cases = [
            (Operator::Equals(json!(3)), json!(3.0), json!("3")),
            (Operator::Not(equals(json!(1))), json!(2), json!(1)),
            (Operator::Compare(Comparison::Lte, json!(2)), json!(2), json!(3)),
            (Operator::OneOf(vec![equals(json!(200)), equals(json!(404))]), json!(404), json!(500)),
            (Operator::Among(json!([200, "a"])), json!("a"), json!("200")),
            (Operator::Among(json!("a")), json!("a"), json!("b")),
            (Operator::Matches(json!("^\"[!-~]+\"$")), json!("\"a1\""), json!("a1")),
            (Operator::Contains(json!("b")), json!("abc"), json!("ac")),
            (Operator::Contains(json!(2)), json!([1, 2]), json!([1])),
            (Operator::StartsWith(json!("http")), json!("http:"), json!("ftp:")),
            (Operator::Length(Box::new(equals(json!(2)))), json!([1, 2]), json!("abc")),
            (Operator::Line(json!("key not found")), json!("key not found\n"), json!("key not found\n\n")),
            (Operator::Line(json!("key not found\n")), json!("key not found"), json!("key not found ")),
            (Operator::Unordered(vec![equals(json!(1)), equals(json!(2))]), json!([2, 1]), json!([2, 2])),
        ];
        for (operator, good, bad) in cases {
            assert!(operator.holds(Some(&good)), "{operator:?} refuses {good}");
            assert!(!operator.holds(Some(&bad)), "{operator:?} takes {bad}");
            assert!(matches!(operator, Operator::Not(_)) || !operator.holds(None), "{operator:?} takes nothing");
        }
        assert!(all(Operator::Exists(false)).fits(None));
        assert!(!all(Operator::Exists(true)).fits(None));
    }

    #[test]
    fn a_long_value_is_recorded_by_its_beginning() {
        let long = equals(json!("a".repeat(5_000_000))).check("body", Some(&json!(["b".repeat(9_000_000)])));
        let recorded = serde_json::to_string(&long).unwrap();
        assert!(recorded.len() < 10_000 && recorded.contains("… (5000000 bytes)"), "{}", recorded.len());
        assert!(serde_json::from_str::<Vec<Mismatch>>(&recorded).is_ok());
        let short = equals(json!({"a": 1})).check("json", Some(&json!([1])));
        let read: Vec<Mismatch> = serde_json::from_str(&serde_json::to_string(&short).unwrap()).unwrap();
        assert_eq!(read, short);
    }

    #[test]
    fn a_pattern_is_as_large_as_its_text_lets_it_be() {
        let large = json!("^\\w{1,20}$");
        assert!(Operator::Matches(large.clone()).holds(Some(&json!("abc"))));
        let long = json!("a".repeat(1 << 20));
        let found = all(Operator::Matches(large)).check("body", Some(&long));
        assert!(matches!(&found[0].expected, Expected::Words(words) if words.contains("too large")), "{found:?}");
        assert!(Operator::Matches(json!("^a+$")).holds(Some(&long)));
        // All of them would take minutes, and more memory than there is.
        let scope = Scope::new(crate::scenario::draw::Draw::new("t"));
        let much = Matcher::All(vec![Operator::Matches(Data::Plain(json!("(\\w{1000}){1000}")))]);
        assert!(matches!(much.resolve(&scope), Err(EvalError::Failed { .. })));
    }

    #[test]
    fn unordered_finds_the_one_way_to_pair_up() {
        let any = all(Operator::Compare(Comparison::Gte, json!(0)));
        let matcher = all(Operator::Unordered(vec![any.clone(), any, equals(json!(1))]));
        assert!(matcher.fits(Some(&json!([1, 2, 3]))));
        assert!(!matcher.fits(Some(&json!([4, 2, 3]))));
    }
}
