//! From tokens to the tree of a file. Names are looked up and types checked on the way: in C everything is declared
//! before it is used.

mod constant;
mod convert;
mod declaration;
mod declarator;
mod expression;
mod initialiser;
mod statement;

use super::Mistake;
use super::bug::Bug;
use super::lexer::{Kind, Token};
use super::scope::Scopes;
use super::tree::File;
use super::types::{Integer, Structs, Type};

/// Names that an earlier file left behind, which only a bug does.
pub(super) type Leftover = Option<Scopes>;

/// Reads a whole file.
pub(super) fn file(tokens: Vec<Token>, bug: Bug, leftover: &mut Leftover) -> Result<File, Mistake> {
    let mut parser = Parser {
        tokens,
        at: 0,
        bug,
        structs: Structs::default(),
        scopes: Scopes::new(),
        file: File::default(),
        tentative: Vec::new(),
        labels: 0,
        function: None,
    };
    if let Some(scopes) = leftover.take() {
        parser.scopes = scopes;
    }
    while parser.peek() != &Kind::End {
        parser.declaration_of_file()?;
    }
    parser.define_tentative()?;
    if bug == Bug::NamesLeakIntoNextFile {
        *leftover = Some(parser.scopes);
    }
    Ok(parser.file)
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    bug: Bug,
    structs: Structs,
    scopes: Scopes,
    file: File,
    /// Variables of the file declared without an initialiser: zero, if none comes.
    tentative: Vec<String>,
    /// How many numbered labels there are: cases, variables of functions that are kept.
    labels: usize,
    function: Option<InFunction>,
}

/// What a function's statements need to know of it.
struct InFunction {
    result: Type,
    /// Bytes of the variables so far.
    frame: u64,
    loops: usize,
    /// The switches around a statement, the innermost last.
    switches: Vec<Cases>,
    /// Loops and switches together: what `break` can leave.
    breakable: usize,
}

struct Cases {
    /// Values are compared in this type.
    width: Integer,
    cases: Vec<(i64, usize)>,
    default: Option<usize>,
}

impl Parser {
    fn peek(&self) -> &Kind {
        &self.tokens[self.at].kind
    }

    fn peek_after(&self) -> &Kind {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind
    }

    fn line(&self) -> usize {
        self.tokens[self.at].line
    }

    fn advance(&mut self) -> Kind {
        let kind = self.tokens[self.at].kind.clone();
        // The end stays the end.
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        kind
    }

    fn at_mark(&self, mark: &str) -> bool {
        matches!(self.peek(), Kind::Mark(found) if *found == mark)
    }

    fn take(&mut self, mark: &str) -> bool {
        let found = self.at_mark(mark);
        if found {
            self.advance();
        }
        found
    }

    fn take_keyword(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Kind::Keyword(found) if *found == word);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, mark: &str) -> Result<(), Mistake> {
        if self.take(mark) {
            return Ok(());
        }
        self.wrong(format!("`{mark}` was expected before {}", self.shown()))
    }

    fn expect_name(&mut self) -> Result<String, Mistake> {
        match self.peek().clone() {
            Kind::Name(name) => {
                self.advance();
                Ok(name)
            }
            _ => self.wrong(format!("a name was expected before {}", self.shown())),
        }
    }

    /// The next token, for messages.
    fn shown(&self) -> String {
        match self.peek() {
            Kind::Name(name) => format!("`{name}`"),
            Kind::Keyword(word) | Kind::Mark(word) => format!("`{word}`"),
            Kind::Number(value, _) => format!("`{value}`"),
            Kind::Text(_) => "a string".to_owned(),
            Kind::End => "the end of the file".to_owned(),
        }
    }

    fn wrong<T>(&self, message: impl Into<String>) -> Result<T, Mistake> {
        self.wrong_at(self.line(), message)
    }

    fn wrong_at<T>(&self, line: usize, message: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake::new(line, message))
    }

    fn describe(&self, kind: &Type) -> String {
        kind.describe(&self.structs)
    }

    /// The size of an object of this type; a mistake if there can be none.
    fn size(&self, kind: &Type, line: usize) -> Result<u64, Mistake> {
        match self.structs.size(kind) {
            Some(size) if size <= 1 << 31 => Ok(size),
            Some(_) => self.wrong_at(line, "this object is too large"),
            None => self.wrong_at(line, format!("there is no object of type {}", self.describe(kind))),
        }
    }

    /// Room for a variable of the function, as its distance below the frame pointer.
    fn place(&mut self, size: u64, align: u64) -> u64 {
        let Some(function) = &mut self.function else { return 0 };
        // Of 8 bytes at least: a push and a pop of a parameter must not touch another.
        function.frame = (function.frame + size).next_multiple_of(align);
        function.frame
    }

    fn next_label(&mut self) -> usize {
        self.labels += 1;
        self.labels
    }
}
