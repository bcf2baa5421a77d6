//! Text and data of a scenario that may hold `$(expressions)`.
//!
//! lsfr finds the expressions itself, because YAML and the usual template marks do not go together: `{{ }}` is
//! a map to YAML. The text around an expression stays byte for byte.

use minijinja::value::{Serde, Value};
use serde_json::Value as Json;

use super::expr::{EvalError, Expression, Scope};

/// Text with expressions in it.
#[derive(Debug, Clone)]
pub struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Expression(Expression),
}

/// A stretch of a template: plain text, or an expression as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Expression(&'a str),
}

impl Template {
    /// Reads `source`; an error names the expression that does not compile.
    pub fn parse(source: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = source;
        while let Some(at) = rest.find('$') {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            if let Some(after) = from.strip_prefix("$$(") {
                text.push_str("$(");
                rest = after;
            } else if let Some(inner) = from.strip_prefix("$(") {
                let length = closing(inner).ok_or_else(|| format!("`$({}` has no closing `)`", first_line(inner)))?;
                let expression = Expression::compile(&inner[..length])
                    .map_err(|reason| format!("`$({})` does not compile: {reason}", &inner[..length]))?;
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Expression(expression));
                rest = &inner[length + 1..];
            } else {
                text.push('$');
                rest = &from[1..];
            }
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self { source: source.to_owned(), parts })
    }

    pub fn literal(text: &str) -> Self {
        Self { source: text.to_owned(), parts: vec![Part::Text(text.to_owned())] }
    }

    /// Its text and its expressions, in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.parts.iter().map(|part| match part {
            Part::Text(text) => Piece::Text(text),
            Part::Expression(expression) => Piece::Expression(expression.text().trim()),
        })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn names(&self) -> Vec<String> {
        let expressions = self.parts.iter().filter_map(|part| match part {
            Part::Expression(expression) => Some(expression.names()),
            Part::Text(_) => None,
        });
        expressions.flatten().collect()
    }

    /// Its value: a single expression with no text around it keeps its type, anything else is text.
    pub fn value(&self, scope: &Scope) -> Result<Value, EvalError> {
        match &self.parts[..] {
            [Part::Expression(expression)] => expression.eval(scope),
            _ => self.text(scope).map(Value::from),
        }
    }

    pub fn text(&self, scope: &Scope) -> Result<String, EvalError> {
        let made = scope.made();
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Expression(expression) => {
                    let value = expression.eval(scope)?;
                    // Measured before it is written out: a list may stand for far more items than it holds.
                    made.take_value(&value)?;
                    match value.as_str() {
                        Some(value) => text.push_str(value),
                        None => text.push_str(&value.to_string()),
                    }
                }
            }
        }
        Ok(text)
    }
}

/// The length of an expression up to its closing parenthesis, quotes and nesting respected.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None => match c {
                '\'' | '"' => quote = Some(c),
                '(' => depth += 1,
                ')' if depth == 0 => return Some(at),
                ')' => depth -= 1,
                _ => {}
            },
        }
    }
    None
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// Any value a scenario can write, with expressions in its texts.
#[derive(Debug, Clone)]
pub enum Data {
    Plain(Json),
    Text(Template),
    List(Vec<Data>),
    Map(Vec<(String, Data)>),
}

impl Data {
    pub fn value(&self, scope: &Scope) -> Result<Value, EvalError> {
        match self {
            Data::Text(template) => template.value(scope),
            other => Ok(Value::from(Serde(other.json(scope)?))),
        }
    }

    pub fn json(&self, scope: &Scope) -> Result<Json, EvalError> {
        Ok(match self {
            Data::Plain(value) => value.clone(),
            Data::Text(template) => match &template.parts[..] {
                [Part::Expression(expression)] => {
                    let value = expression.eval(scope)?;
                    scope.made().take_value(&value)?;
                    to_json(&value)
                }
                _ => Json::String(template.text(scope)?),
            },
            Data::List(items) => Json::Array(items.iter().map(|item| item.json(scope)).collect::<Result<_, _>>()?),
            Data::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Ok((key.clone(), value.json(scope)?)));
                Json::Object(entries.collect::<Result<_, EvalError>>()?)
            }
        })
    }

    pub fn names(&self) -> Vec<String> {
        match self {
            Data::Plain(_) => Vec::new(),
            Data::Text(template) => template.names(),
            Data::List(items) => items.iter().flat_map(Data::names).collect(),
            Data::Map(entries) => entries.iter().flat_map(|(_, value)| value.names()).collect(),
        }
    }
}

/// The value of an expression as JSON. What JSON cannot express (a function, for instance) becomes its text.
pub fn to_json(value: &Value) -> Json {
    serde_json::to_value(value).unwrap_or_else(|_| Json::String(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::draw::Draw;
    use super::*;
    use proptest::prelude::*;

    fn text(source: &str) -> String {
        let mut scope = Scope::new(Draw::new("t"));
        scope.set("key", "wal:1");
        scope.set("n", 2);
        Template::parse(source).unwrap().text(&scope).unwrap()
    }

    #[test]
    fn text_around_expressions_stays_as_it_is() {
        assert_eq!(text("/kv/$(key)?n=$(n + 1)&p=$5"), "/kv/wal:1?n=3&p=$5");
        assert_eq!(text("$$(key) $(')' ~ \"(\" ~ (n))$"), "$(key) )(2$");
        assert_eq!(text(""), "");
        assert!(Template::parse("a $(key").unwrap_err().contains("no closing"));
        assert!(Template::parse("a $(1 +) b").unwrap_err().contains("does not compile"));
    }

    #[test]
    fn an_expression_alone_keeps_its_type() {
        let scope = Scope::new(Draw::new("t"));
        let json = |source: &str| Data::Text(Template::parse(source).unwrap()).json(&scope).unwrap();
        assert_eq!(json("$(1 + 1)"), 2);
        assert_eq!(json("$(1 + 1) "), "2 ");
        assert_eq!(json("$([1, 2])"), serde_json::json!([1, 2]));
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_plain_text_is_kept(source in "\\PC*") {
            if let Ok(template) = Template::parse(&source) && template.names().is_empty() && !source.contains("$(") {
                let shown = template.text(&Scope::new(Draw::new("t"))).unwrap();
                prop_assert_eq!(shown, source);
            }
        }
    }
}
