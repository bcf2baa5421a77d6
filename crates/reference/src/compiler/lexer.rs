//! From the bytes of a file to tokens, each with the line it stands on.

use super::Mistake;
use super::bug::Bug;
use super::types::{INT, Integer, LONG, UNSIGNED, UNSIGNED_LONG};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Name(String),
    Keyword(&'static str),
    Number(i64, Integer),
    /// The bytes between the quotes, without the final zero.
    Text(Vec<u8>),
    Mark(&'static str),
    End,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
}

const KEYWORDS: &[&str] = &[
    "break", "case", "char", "const", "continue", "default", "do", "else", "extern", "for", "if", "int", "long",
    "return", "short", "signed", "sizeof", "static", "struct", "switch", "unsigned", "void", "while",
];

/// Longer marks come before marks that are their prefixes.
const MARKS: &[&str] = &[
    "...", "<<=", ">>=", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
    "^=", "++", "--", "->", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", "?", ":", ";", ",", ".",
    "(", ")", "[", "]", "{", "}",
];

/// The tokens of a file; the last is [`Kind::End`].
pub(super) fn tokens(text: &[u8], bug: Bug) -> Result<Vec<Token>, Mistake> {
    let mut lexer = Lexer { text, at: 0, line: 1, bug };
    let mut tokens = Vec::new();
    loop {
        lexer.skip()?;
        let line = lexer.line;
        let kind = lexer.token()?;
        let end = kind == Kind::End;
        tokens.push(Token { kind, line });
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
    bug: Bug,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, mark: &str) -> bool {
        self.text[self.at..].starts_with(mark.as_bytes())
    }

    fn wrong<T>(&self, message: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake::new(self.line, message))
    }

    /// Blanks and comments.
    fn skip(&mut self) -> Result<(), Mistake> {
        while self.at < self.text.len() {
            if self.starts("//") {
                while self.at < self.text.len() && self.peek(0) != b'\n' {
                    self.at += 1;
                }
            } else if self.starts("/*") {
                self.comment()?;
            } else if self.peek(0).is_ascii_whitespace() {
                self.line += usize::from(self.peek(0) == b'\n');
                self.at += 1;
            } else {
                break;
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Mistake> {
        let end = if self.bug == Bug::CommentEndsAtStar { "*" } else { "*/" };
        self.at += if self.bug == Bug::SlashClosesComment { 1 } else { 2 };
        while !self.starts(end) {
            if self.at >= self.text.len() {
                return self.wrong("this comment has no end");
            }
            if self.bug != Bug::LinesInCommentsUncounted {
                self.line += usize::from(self.peek(0) == b'\n');
            }
            self.at += 1;
        }
        self.at += end.len();
        // What follows a lone star belongs to the comment, whichever way it ended.
        if self.bug == Bug::CommentEndsAtStar && self.peek(0) == b'/' {
            self.at += 1;
        }
        Ok(())
    }

    fn token(&mut self) -> Result<Kind, Mistake> {
        let first = self.peek(0);
        if self.at >= self.text.len() {
            return Ok(Kind::End);
        }
        if first.is_ascii_digit() {
            return self.number();
        }
        if is_letter(first) {
            return Ok(self.word());
        }
        match first {
            b'\'' => self.character(),
            b'"' => self.string(),
            _ => match MARKS.iter().find(|mark| self.starts(mark)) {
                Some(mark) => {
                    self.at += mark.len();
                    Ok(Kind::Mark(mark))
                }
                None => self.wrong(format!("`{}` means nothing in C", char::from(first).escape_default())),
            },
        }
    }

    fn word(&mut self) -> Kind {
        let start = self.at;
        while is_letter(self.peek(0)) || self.peek(0).is_ascii_digit() {
            self.at += 1;
        }
        let word = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        match KEYWORDS.iter().find(|keyword| **keyword == word) {
            Some(keyword) => Kind::Keyword(keyword),
            None if self.bug == Bug::NamesCutAt8 => Kind::Name(word.chars().take(8).collect()),
            None => Kind::Name(word),
        }
    }

    fn number(&mut self) -> Result<Kind, Mistake> {
        let radix = match (self.peek(0), self.peek(1).to_ascii_lowercase()) {
            (b'0', b'x') => {
                self.at += 2;
                16
            }
            (b'0', _) if self.bug != Bug::OctalReadAsDecimal => 8,
            _ => 10,
        };
        let start = self.at;
        while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
            self.at += 1;
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at]).to_ascii_lowercase();
        let digits = text.trim_end_matches(['u', 'l']);
        let suffix = &text[digits.len()..];
        let known = ["", "u", "l", "ul", "lu", "ll", "ull", "llu"].contains(&suffix);
        let digits = match self.bug {
            Bug::LettersEndNumbers => digits.trim_end_matches(|c: char| !c.is_digit(radix)),
            _ => digits,
        };
        let Some(value) = u64::from_str_radix(digits, radix).ok().filter(|_| known) else {
            return self.wrong(format!("`{text}` is not a number"));
        };
        let (unsigned, long) = (suffix.contains('u'), suffix.contains('l'));
        let types = [INT, UNSIGNED, LONG, UNSIGNED_LONG];
        let fits = |kind: &Integer| {
            // A decimal number without `u` is never unsigned.
            let sign = if unsigned { !kind.signed } else { kind.signed || radix != 10 };
            sign && (!long || kind.size == 8) && value <= kind.most()
        };
        let kind = types.into_iter().find(fits).unwrap_or(UNSIGNED_LONG);
        let kind = if self.bug == Bug::LongHexadecimalsSigned && !unsigned && kind.size == 8 { LONG } else { kind };
        Ok(Kind::Number(value as i64, kind))
    }

    fn character(&mut self) -> Result<Kind, Mistake> {
        self.at += 1;
        if matches!(self.peek(0), b'\'' | b'\n' | 0) {
            return self.wrong("a character is missing between these quotes");
        }
        let value = self.one_character(Bug::None)?;
        if self.peek(0) != b'\'' {
            return self.wrong("this character has no closing quote");
        }
        self.at += 1;
        Ok(Kind::Number(i64::from(value as i8), INT))
    }

    fn string(&mut self) -> Result<Kind, Mistake> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.peek(0) {
                b'"' => break,
                b'\n' | 0 => return self.wrong("this string has no closing quote"),
                _ => bytes.push(self.one_character(self.bug)?),
            }
        }
        self.at += 1;
        Ok(Kind::Text(bytes))
    }

    /// A character of a constant or a string, or the one that an escape stands for. `bug`: of strings alone.
    fn one_character(&mut self, bug: Bug) -> Result<u8, Mistake> {
        let first = self.peek(0);
        self.at += 1;
        if first != b'\\' {
            return Ok(first);
        }
        let escape = self.peek(0);
        self.at += 1;
        Ok(match escape {
            b'n' => b'\n',
            b't' if bug == Bug::TabIsLetter => b't',
            b't' => b'\t',
            b'r' => b'\r',
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'v' => 11,
            b'\\' | b'\'' | b'"' | b'?' => escape,
            b'x' => self.digits(16, usize::MAX)?,
            b'0'..=b'7' => {
                self.at -= 1;
                let most = if bug == Bug::OctalEscapeOfOneDigit { 1 } else { 3 };
                self.digits(8, most)?
            }
            _ => return self.wrong(format!("`\\{}` is not an escape sequence", char::from(escape).escape_default())),
        })
    }

    fn digits(&mut self, radix: u32, most: usize) -> Result<u8, Mistake> {
        let (mut value, mut count) = (0u32, 0);
        while let Some(digit) = char::from(self.peek(0)).to_digit(radix).filter(|_| count < most) {
            value = value * radix + digit;
            count += 1;
            self.at += 1;
            if value > 255 {
                return self.wrong("this escape is larger than a character");
            }
        }
        if count == 0 { self.wrong("this escape has no digits") } else { Ok(value as u8) }
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}
