//! As much of EDN (Clojure's notation for data) as histories need: no more than is written is decided, so that numbers
//! keep their digits, and what is tagged is what the tag stands before.

use crate::Text;
use crate::file::BrokenLine;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edn {
    Nil,
    /// A number, a truth value, a symbol or a character, as it is written.
    Word(Text),
    Text(Text),
    /// Without its colon.
    Keyword(Text),
    /// A list, a vector or a set.
    Sequence(Vec<Edn>),
    Map(Vec<(Edn, Edn)>),
}

impl Edn {
    /// What a map has under a keyword.
    pub(super) fn get(&self, keyword: &str) -> Option<&Edn> {
        let Edn::Map(pairs) = self else { return None };
        pairs.iter().find(|(key, _)| key.keyword() == Some(keyword)).map(|(_, value)| value)
    }

    pub(super) fn keyword(&self) -> Option<&str> {
        if let Edn::Keyword(keyword) = self { Some(keyword) } else { None }
    }

    pub(super) fn sequence(&self) -> Option<&[Edn]> {
        if let Edn::Sequence(values) = self { Some(values) } else { None }
    }

    /// A value as a text, if it is a plain one.
    pub(super) fn plain(&self) -> Option<Text> {
        match self {
            Edn::Word(text) | Edn::Text(text) | Edn::Keyword(text) => Some(text.clone()),
            Edn::Nil | Edn::Sequence(_) | Edn::Map(_) => None,
        }
    }
}

/// All values of a text, each with its line.
pub(super) fn read(text: &str) -> Result<Vec<(usize, Edn)>, BrokenLine> {
    let mut reader = Reader { rest: text, line: 1 };
    let mut values = Vec::new();
    loop {
        reader.skip_blanks();
        let line = reader.line;
        match reader.value(0)? {
            Item::Value(value) => values.push((line, value)),
            Item::Discarded => {}
            Item::End => return Ok(values),
            Item::Close(close) => return Err(reader.broken(format!("there is nothing that this `{close}` ends"))),
        }
    }
}

/// Deeper than this nothing is written by hand or by a tool.
const DEEPEST: usize = 64;

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

enum Item {
    Value(Edn),
    /// `#_` stood before it.
    Discarded,
    Close(char),
    End,
}

impl<'a> Reader<'a> {
    fn broken(&self, message: impl Into<String>) -> BrokenLine {
        BrokenLine { line: self.line, message: message.into() }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
        taken
    }

    /// A comma is a blank.
    fn skip_blanks(&mut self) {
        loop {
            let blanks =
                self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
            self.take(blanks);
            if !self.rest.starts_with(';') {
                return;
            }
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
    }

    fn value(&mut self, depth: usize) -> Result<Item, BrokenLine> {
        self.skip_blanks();
        let Some(first) = self.rest.chars().next() else { return Ok(Item::End) };
        if depth > DEEPEST {
            return Err(self.broken("values are nested too deep"));
        }
        let value = match first {
            ')' | ']' | '}' => {
                self.take(1);
                return Ok(Item::Close(first));
            }
            '(' => Edn::Sequence(self.until(')', 1, depth)?),
            '[' => Edn::Sequence(self.until(']', 1, depth)?),
            '{' => Edn::Map(self.map(depth)?),
            '"' => Edn::Text(self.text()?),
            '#' => return self.dispatch(depth),
            '\\' => {
                let more = self.rest[1..].char_indices().skip(1).find(|(_, c)| ends_word(*c));
                let end = more.map_or(self.rest.len(), |(at, _)| at + 1);
                Edn::Word(self.take(end).into())
            }
            _ => match self.word() {
                "nil" => Edn::Nil,
                word => match word.strip_prefix(':') {
                    Some(keyword) => Edn::Keyword(keyword.into()),
                    // `10N` and `1.5M` are numbers of any length.
                    None if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                        Edn::Word(word.trim_end_matches(['N', 'M']).into())
                    }
                    None => Edn::Word(word.into()),
                },
            },
        };
        Ok(Item::Value(value))
    }

    /// A word begins with any character that did not begin something else.
    fn word(&mut self) -> &'a str {
        let end = self.rest.char_indices().skip(1).find(|(_, c)| ends_word(*c));
        self.take(end.map_or(self.rest.len(), |(at, _)| at))
    }

    fn dispatch(&mut self, depth: usize) -> Result<Item, BrokenLine> {
        if self.rest.starts_with("#{") {
            return Ok(Item::Value(Edn::Sequence(self.until('}', 2, depth)?)));
        }
        let discard = self.rest.starts_with("#_");
        if discard {
            self.take(2);
        } else {
            self.word();
        }
        loop {
            match self.value(depth + 1)? {
                Item::Value(_) if discard => return Ok(Item::Discarded),
                Item::Discarded => {}
                Item::End | Item::Close(_) => return Err(self.broken("a `#` stands before nothing")),
                tagged @ Item::Value(_) => return Ok(tagged),
            }
        }
    }

    fn until(&mut self, close: char, open: usize, depth: usize) -> Result<Vec<Edn>, BrokenLine> {
        let begin = self.line;
        self.take(open);
        let mut values = Vec::new();
        loop {
            match self.value(depth + 1)? {
                Item::Value(value) => values.push(value),
                Item::Discarded => {}
                Item::Close(found) if found == close => return Ok(values),
                Item::Close(found) => return Err(self.broken(format!("`{found}` stands where `{close}` is missing"))),
                Item::End => {
                    return Err(BrokenLine {
                        line: begin,
                        message: format!("what begins here does not end: no `{close}`"),
                    });
                }
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Edn, Edn)>, BrokenLine> {
        let mut values = self.until('}', 1, depth)?.into_iter();
        let mut pairs = Vec::with_capacity(values.len() / 2);
        while let Some(key) = values.next() {
            let value = values.next().ok_or_else(|| self.broken("a map has a key without a value"))?;
            pairs.push((key, value));
        }
        Ok(pairs)
    }

    fn text(&mut self) -> Result<Text, BrokenLine> {
        let begin = self.line;
        self.take(1);
        let mut text = String::new();
        loop {
            let Some(c) = self.rest.chars().next() else {
                return Err(BrokenLine { line: begin, message: "the text that begins here does not end".to_owned() });
            };
            self.take(c.len_utf8());
            match c {
                '"' => return Ok(text.into()),
                '\\' => {
                    let escaped = self.rest.chars().next().unwrap_or('\\');
                    self.take(self.rest.chars().next().map_or(0, char::len_utf8));
                    text.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    });
                }
                c => text.push(c),
            }
        }
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | ';')
}
