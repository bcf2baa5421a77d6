//! The one place that knows serde_yaml and saphyr: a YAML tree that remembers where everything stands.
//!
//! serde_yaml reads the values, and runs first because it has limits on depth and repetition. saphyr's parser
//! then walks the same text for the position of every key and value, and the two are joined into one tree.
//! Decoders walk that tree and collect every mistake as a [`Diagnostic`], which shows the line it is about.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, Span as EventSpan};

/// A file's text and the name to show for it.
#[derive(Debug)]
pub struct Source {
    pub name: PathBuf,
    pub text: String,
}

impl Source {
    pub fn new(name: impl Into<PathBuf>, text: impl Into<String>) -> Arc<Self> {
        let (name, text) = (name.into(), text.into());
        Arc::new(Self { name, text })
    }
}

/// A stretch of a source: line and column count from 1, in characters; offsets are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The span of these bytes of `text`.
    pub fn of(text: &str, bytes: std::ops::Range<usize>) -> Self {
        let before = &text[..bytes.start];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line..].chars().count() + 1,
            start: bytes.start,
            end: bytes.end,
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub value: Value,
    pub at: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One `key: value` of a map. Keys that are numbers or booleans are kept as they print.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_at: Span,
    pub value: Node,
}

impl Node {
    /// The value's kind in the words of an error message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a map; of anything else, none.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A mistake in a file: where it is, what is wrong, and what to do.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    pub source: Arc<Source>,
    pub at: Span,
    pub message: String,
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn new(source: &Arc<Source>, at: Span, message: impl Into<String>) -> Self {
        Self { source: source.clone(), at, message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::error::Error for Diagnostic {}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.source.name.display();
        write!(f, "{}", self.message)?;
        if self.source.name.as_os_str().is_empty() {
            // What was asked for is wrong, not a file.
        } else if self.at.line == 0 {
            write!(f, "\n  --> {name}")?;
        } else {
            let line = self.source.text.lines().nth(self.at.line - 1).unwrap_or("");
            let number = self.at.line.to_string();
            let margin = " ".repeat(number.len());
            writeln!(f, "\n{margin}--> {name}:{}:{}", self.at.line, self.at.column)?;
            let (line, pad, carets) = window(line, self.at);
            writeln!(f, "{margin} |")?;
            writeln!(f, "{number} | {line}")?;
            write!(f, "{margin} | {}{}", " ".repeat(pad), "^".repeat(carets))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n   = {help}")?;
        }
        Ok(())
    }
}

/// The part of a line to show, at most 100 columns around the mistake, the caret's indent and its length.
fn window(line: &str, at: Span) -> (String, usize, usize) {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    const SHOWN: usize = 100;
    let chars: Vec<char> = line.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let column = (at.column.max(1) - 1).min(chars.len());
    let first = if column > SHOWN - 20 { column - 40 } else { 0 };
    let shown: String = chars[first..].iter().take(SHOWN).collect();
    let pad = chars[first..column].iter().map(|c| c.width().unwrap_or(0)).sum();
    // A span of several lines is marked up to the end of its first.
    let marked: String = chars[column..].iter().take(at.end.saturating_sub(at.start).max(1)).collect();
    let room = shown.width().saturating_sub(pad).max(1);
    (shown, pad, marked.width().clamp(1, room))
}

/// Reads one document. An empty file is [`Value::Null`].
pub fn parse(source: &Arc<Source>) -> Result<Node, Diagnostic> {
    let values: serde_yaml::Value =
        serde_yaml::from_str(&source.text).map_err(|error| syntax_error(source, &error))?;
    let mut joiner =
        Joiner { source, events: Parser::new_from_str(&source.text), offsets: byte_offsets(&source.text) };
    joiner.document(values)
}

/// A program's answer read as YAML, without positions; an error in a few words.
pub fn answer(text: &str) -> Result<serde_json::Value, String> {
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn syntax_error(source: &Arc<Source>, error: &serde_yaml::Error) -> Diagnostic {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let at = error.location().map_or(Span::default(), |place| Span {
        line: place.line(),
        column: place.column(),
        start: place.index(),
        end: place.index(),
    });
    let help = if message.contains("more than one document") {
        "keep one document in the file: remove the `---` between them"
    } else if message.contains("duplicate") {
        "each key may stand once in a map"
    } else {
        "check the indentation, and put quotes around text that holds `: `, ` #`, or starts with one of `[]{}&*!|>'\"%@`"
    };
    Diagnostic::new(source, at, format!("this is not valid YAML: {message}")).help(help)
}

/// Where each character starts, so that saphyr's character indexes become byte offsets.
fn byte_offsets(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

struct Joiner<'a> {
    source: &'a Arc<Source>,
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    offsets: Vec<usize>,
}

impl Joiner<'_> {
    fn document(&mut self, value: serde_yaml::Value) -> Result<Node, Diagnostic> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, at) => return Ok(Node { value: Value::Null, at: self.span(at) }),
                (event, at) => {
                    let event = event.into();
                    return self.node(value, event, at);
                }
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'_>, EventSpan), Diagnostic> {
        match self.events.next_event() {
            Some(Ok((event, at))) => Ok((event, at)),
            Some(Err(error)) => {
                let at = self.span(EventSpan::empty(*error.marker()));
                Err(Diagnostic::new(self.source, at, format!("this is not valid YAML: {}", error.info())))
            }
            None => Ok((Event::StreamEnd, EventSpan::empty(Marker::new(0, 1, 0)))),
        }
    }

    fn span(&self, at: EventSpan) -> Span {
        let byte = |marker: Marker| self.offsets[marker.index().min(self.offsets.len() - 1)];
        let (start, end) = (byte(at.start), byte(at.end));
        Span { line: at.start.line(), column: at.start.col() + 1, start, end: end.max(start) }
    }

    fn unsupported(&self, at: EventSpan, what: &str) -> Diagnostic {
        Diagnostic::new(self.source, self.span(at), format!("{what} are not supported here"))
            .help("write the value out where it is used")
    }

    /// Joins a value with the event that starts it and the events below it.
    fn node(&mut self, value: serde_yaml::Value, event: Owned, at: EventSpan) -> Result<Node, Diagnostic> {
        let span = self.span(at);
        let value = match (value, event) {
            (_, Owned::Alias) => return Err(self.unsupported(at, "aliases")),
            (serde_yaml::Value::Tagged(_), _) => return Err(self.unsupported(at, "tags")),
            (serde_yaml::Value::Sequence(items), Owned::List) => {
                let mut nodes = Vec::with_capacity(items.len());
                for item in items {
                    let (event, at) = self.next_owned()?;
                    nodes.push(self.node(item, event, at)?);
                }
                let end = self.end(Owned::ListEnd, at)?;
                return Ok(Node { value: Value::List(nodes), at: Span { end, ..span } });
            }
            (serde_yaml::Value::Mapping(items), Owned::Map) => {
                let mut entries = Vec::with_capacity(items.len());
                for (key, value) in items {
                    let (event, key_at) = self.next_owned()?;
                    if event == Owned::Alias {
                        return Err(self.unsupported(key_at, "aliases"));
                    }
                    let key_span = self.span(key_at);
                    let key = key_text(key).ok_or_else(|| {
                        Diagnostic::new(self.source, key_span, "a key must be a word")
                            .help("quote it if it is meant as text")
                    })?;
                    let (event, at) = self.next_owned()?;
                    let value = self.node(value, event, at)?;
                    entries.push(Entry { key, key_at: key_span, value });
                }
                let end = self.end(Owned::MapEnd, at)?;
                return Ok(Node { value: Value::Map(entries), at: Span { end, ..span } });
            }
            (serde_yaml::Value::Null, Owned::Scalar) => Value::Null,
            (serde_yaml::Value::Bool(value), Owned::Scalar) => Value::Bool(value),
            (serde_yaml::Value::String(text), Owned::Scalar) => Value::Text(text),
            (serde_yaml::Value::Number(number), Owned::Scalar) => {
                number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
            }
            _ => return Err(self.out_of_step(at)),
        };
        Ok(Node { value, at: span })
    }

    fn next_owned(&mut self) -> Result<(Owned, EventSpan), Diagnostic> {
        let (event, at) = self.next()?;
        Ok((event.into(), at))
    }

    fn end(&mut self, wanted: Owned, start: EventSpan) -> Result<usize, Diagnostic> {
        let (event, at) = self.next_owned()?;
        if event == wanted { Ok(self.span(at).end) } else { Err(self.out_of_step(start)) }
    }

    /// The two parsers read the text differently: rare shapes such as merge keys or an anchor on nothing.
    fn out_of_step(&self, at: EventSpan) -> Diagnostic {
        Diagnostic::new(self.source, self.span(at), "this YAML can be read in more than one way")
            .help("write it more plainly: quote the text, or use one key a line")
    }
}

/// What the joiner needs of an event, without borrowing the parser.
#[derive(Debug, PartialEq)]
enum Owned {
    Scalar,
    List,
    ListEnd,
    Map,
    MapEnd,
    Alias,
    Other,
}

impl From<Event<'_>> for Owned {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Scalar(..) => Owned::Scalar,
            Event::SequenceStart(..) => Owned::List,
            Event::SequenceEnd => Owned::ListEnd,
            Event::MappingStart(..) => Owned::Map,
            Event::MappingEnd => Owned::MapEnd,
            Event::Alias(_) => Owned::Alias,
            _ => Owned::Other,
        }
    }
}

fn key_text(key: serde_yaml::Value) -> Option<String> {
    match key {
        serde_yaml::Value::String(text) => Some(text),
        serde_yaml::Value::Bool(value) => Some(value.to_string()),
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, Diagnostic> {
        parse(&Source::new("tests.yaml", text))
    }

    #[test]
    fn every_key_and_value_knows_its_place() {
        let text = "# é\nsteps:\n  - http: GET /kv/ключ\n    to: { except: n1 }\n";
        let tree = read(text).unwrap();
        let step = match &tree.get("steps").unwrap().value {
            Value::List(items) => &items[0],
            other => panic!("{other:?}"),
        };
        let http = step.entry("http").unwrap();
        assert_eq!((http.key_at.line, http.key_at.column), (3, 5));
        assert_eq!(&text[http.value.at.start..http.value.at.end], "GET /kv/ключ");
        let except = step.get("to").unwrap().entry("except").unwrap();
        assert_eq!((except.key_at.line, except.key_at.column), (4, 11));
        assert_eq!(&text[except.value.at.start..except.value.at.end], "n1");
    }

    #[test]
    fn values_keep_their_kinds() {
        let tree = read("a: 1\nb: 1.5\nc: no\nd: true\ne: ~\nf: '7'\n200: x\n").unwrap();
        let value = |key: &str| tree.get(key).unwrap().value.clone();
        assert_eq!(value("a"), Value::Int(1));
        assert_eq!(value("b"), Value::Float(1.5));
        assert_eq!(value("c"), Value::Text("no".into()));
        assert_eq!(value("d"), Value::Bool(true));
        assert_eq!(value("e"), Value::Null);
        assert_eq!(value("f"), Value::Text("7".into()));
        assert_eq!(value("200"), Value::Text("x".into()));
        assert_eq!(read("# nothing here\n").unwrap().value, Value::Null);
    }

    #[test]
    fn mistakes_show_their_line() {
        let shown = read("name: x\nsteps:\n  - a: [1, 2\nb: c\n").unwrap_err().to_string();
        assert!(shown.contains("tests.yaml:"), "{shown}");
        let shown = read("a: 1\na: 2\n").unwrap_err().to_string();
        assert!(shown.contains("duplicate"), "{shown}");
        let shown = read("a: &x 1\nb: *x\n").unwrap_err().to_string();
        assert!(shown.contains("aliases are not supported") && shown.contains("2 | b: *x"), "{shown}");
        assert!(read(&"[".repeat(5000)).is_err());
    }

    #[test]
    fn the_caret_stands_under_the_mistake() {
        let source = Source::new("t.yaml", "ключ: one\n");
        let tree = parse(&source).unwrap();
        let shown = Diagnostic::new(&source, tree.get("ключ").unwrap().at, "wrong").help("right").to_string();
        assert_eq!(shown, "wrong\n --> t.yaml:1:7\n  |\n1 | ключ: one\n  |       ^^^\n   = right");
    }
}
