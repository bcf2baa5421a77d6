//! The one place that knows serde_yaml and saphyr: a YAML tree that remembers the position of everything.
//!
//! saphyr's parser runs first: it has the position of every key and value, takes time in proportion to the text, and
//! its events are counted, so it stops at anything nested too deep. serde_yaml's time also grows with the depth. It
//! reads the values after that, and the two are joined into one tree. Decoders walk that tree and collect every mistake
//! as a [`Diagnostic`], which shows the line it is about.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::text::{boundary, is_invisible, shortened};
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

/// A value and where it is.
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

/// One `key: value` of a map. Keys that are numbers or booleans are kept in their printed form.
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

    /// The entries of a map; none for anything else.
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

/// A message longer than this is cut: it may quote a key as long as the file.
const MOST_SAID: usize = 1000;

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
        Self { source: source.clone(), at, message: shortened(&message.into(), MOST_SAID), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(&help.into(), MOST_SAID));
        self
    }
}

impl std::error::Error for Diagnostic {}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.source.name.display();
        write!(f, "{}", self.message)?;
        if self.source.name.as_os_str().is_empty() {
            // It is the request that is wrong, not a file.
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
    let chars: Vec<char> =
        line.trim_end().chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    let column = (at.column.max(1) - 1).min(chars.len());
    let first = if column > SHOWN - 20 { column - 40 } else { 0 };
    let shown: String = chars[first..].iter().take(SHOWN).collect();
    let pad = chars[first..column].iter().map(|c| c.width().unwrap_or(0)).sum();
    // A span of several lines is marked up to the end of its first.
    let marked: String = chars[column..].iter().take(at.end.saturating_sub(at.start).max(1)).collect();
    let room = shown.width().saturating_sub(pad).max(1);
    (shown, pad, marked.width().clamp(1, room))
}

/// How deep lists and maps may be nested. No honest file comes near it.
const DEEPEST: usize = 64;
/// With at most this many brackets, nesting cannot keep serde_yaml busy for long.
const FEW: usize = 2000;

/// How many bytes after a mistake are read to get a better message.
const BEHIND: usize = 200;

/// Reads one document. An empty file is [`Value::Null`].
pub fn parse(source: &Arc<Source>) -> Result<Node, Diagnostic> {
    let text = &source.text;
    let (events, unread) = events(text);
    let place = Places { source, offsets: byte_offsets(text) };
    let unread = unread.map(|(marker, why)| (place.span(EventSpan::empty(marker)), why));
    if let Some((at, why @ Unread::TooDeep)) = &unread {
        let help = "write it flatter, or check for brackets that are not closed";
        return Err(Diagnostic::new(source, *at, why.to_string()).help(help));
    }
    if let Some((_, at)) = events.iter().find(|(event, _)| *event == Owned::Alias) {
        return Err(place.unsupported(*at, "aliases"));
    }
    // serde_yaml often has a better message for a mistake. It is not given everything after the mistake, because there
    // the depth is not known.
    let end = unread.as_ref().map_or(text.len(), |(at, _)| boundary(text, at.start + BEHIND));
    let values: serde_yaml::Value =
        serde_yaml::from_str(&text[..end]).map_err(|error| syntax_error(source, &error))?;
    if let Some((at, why)) = unread {
        return Err(Diagnostic::new(source, at, format!("this is not valid YAML: {why}")));
    }
    Joiner { place, events: events.into_iter() }.document(values)
}

/// Why the events of a text end before the text does.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("this is nested more than {DEEPEST} deep")]
    TooDeep,
    #[error("{0}")]
    Syntax(String),
}

type Events = Vec<(Owned, EventSpan)>;

/// The events of a text: all of them, or those up to what cannot be read, and why.
fn events(text: &str) -> (Events, Option<(Marker, Unread)>) {
    let mut events = Vec::new();
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, at) = match event {
            Ok(read) => read,
            Err(error) => return (events, Some((*error.marker(), Unread::Syntax(error.info().to_owned())))),
        };
        let event = Owned::from(event);
        match event {
            Owned::List | Owned::Map => depth += 1,
            Owned::ListEnd | Owned::MapEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return (events, Some((at.start, Unread::TooDeep)));
        }
        events.push((event, at));
    }
    (events, None)
}

/// A program's answer read as YAML, without positions; an error in a few words.
pub fn answer(text: &str) -> Result<serde_json::Value, String> {
    // Its author did not write a pack, and need not satisfy two parsers: only what could take long is read by both.
    if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > FEW
        && let (_, Some((_, why))) = events(text)
    {
        return Err(why.to_string());
    }
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

/// Where events are in a text.
struct Places<'a> {
    source: &'a Arc<Source>,
    offsets: Vec<usize>,
}

impl Places<'_> {
    fn span(&self, at: EventSpan) -> Span {
        let byte = |marker: Marker| self.offsets[marker.index().min(self.offsets.len() - 1)];
        let (start, end) = (byte(at.start), byte(at.end));
        Span { line: at.start.line(), column: at.start.col() + 1, start, end: end.max(start) }
    }

    fn unsupported(&self, at: EventSpan, what: &str) -> Diagnostic {
        Diagnostic::new(self.source, self.span(at), format!("{what} are not supported here"))
            .help("write the value out where it is used")
    }

    /// The two parsers read the text differently: rare shapes such as merge keys or an anchor on nothing.
    fn out_of_step(&self, at: EventSpan) -> Diagnostic {
        Diagnostic::new(self.source, self.span(at), "this YAML can be read in more than one way")
            .help("write it more plainly: quote the text, or use one key a line")
    }
}

struct Joiner<'a> {
    place: Places<'a>,
    events: std::vec::IntoIter<(Owned, EventSpan)>,
}

impl Joiner<'_> {
    fn document(&mut self, value: serde_yaml::Value) -> Result<Node, Diagnostic> {
        loop {
            match self.next() {
                (Owned::Other, _) => {}
                (Owned::End, at) => return Ok(Node { value: Value::Null, at: self.place.span(at) }),
                (event, at) => return self.node(value, event, at),
            }
        }
    }

    fn next(&mut self) -> (Owned, EventSpan) {
        self.events.next().unwrap_or((Owned::End, EventSpan::empty(Marker::new(0, 1, 0))))
    }

    /// Joins a value with the event that starts it and the events below it.
    fn node(&mut self, value: serde_yaml::Value, event: Owned, at: EventSpan) -> Result<Node, Diagnostic> {
        let span = self.place.span(at);
        let value = match (value, event) {
            (serde_yaml::Value::Tagged(_), _) => return Err(self.place.unsupported(at, "tags")),
            (serde_yaml::Value::Sequence(items), Owned::List) => {
                let mut nodes = Vec::with_capacity(items.len());
                for item in items {
                    let (event, at) = self.next();
                    nodes.push(self.node(item, event, at)?);
                }
                let end = self.end(Owned::ListEnd, at)?;
                return Ok(Node { value: Value::List(nodes), at: Span { end, ..span } });
            }
            (serde_yaml::Value::Mapping(items), Owned::Map) => {
                let mut entries = Vec::with_capacity(items.len());
                for (key, value) in items {
                    let (_, key_at) = self.next();
                    let key_span = self.place.span(key_at);
                    let key = key_text(key).ok_or_else(|| {
                        Diagnostic::new(self.place.source, key_span, "a key must be a word")
                            .help("quote it if it is meant as text")
                    })?;
                    let (event, at) = self.next();
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
            _ => return Err(self.place.out_of_step(at)),
        };
        Ok(Node { value, at: span })
    }

    fn end(&mut self, wanted: Owned, start: EventSpan) -> Result<usize, Diagnostic> {
        let (event, at) = self.next();
        if event == wanted { Ok(self.place.span(at).end) } else { Err(self.place.out_of_step(start)) }
    }
}

/// What the joiner needs to know about an event, without borrowing the parser.
#[derive(Debug, PartialEq)]
enum Owned {
    Scalar,
    List,
    ListEnd,
    Map,
    MapEnd,
    Alias,
    /// The end of the stream.
    End,
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
            Event::StreamEnd => Owned::End,
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
mod tests;
