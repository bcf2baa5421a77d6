//! Code in tokens, for the few languages that guides quote: shell, console sessions, HTTP, JSON and C.
//!
//! A token only says how a stretch of code is to look. Nothing is refused: what a scanner does not know is text. Each
//! scanner reads its source once, and its tokens put together are the source.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Text,
    /// A word of the language itself: `return`, `true`, an HTTP method, a command's option.
    Keyword,
    /// A command, a key, a header, a function that is called.
    Name,
    String,
    /// A number, a status, the value of a variable.
    Number,
    Comment,
    /// The `$` before a command.
    Prompt,
}

/// What a block's info string names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Other,
    Shell,
    /// Commands after a prompt, and what they print.
    Console,
    Http,
    Json,
    C,
}

impl Language {
    /// By the first word of an info string.
    pub fn of(info: &str) -> Self {
        let name = info.split([' ', ',', '{']).next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "sh" | "bash" | "zsh" | "shell" => Self::Shell,
            "console" | "shell-session" | "sh-session" | "shellsession" => Self::Console,
            "http" => Self::Http,
            "json" | "jsonl" => Self::Json,
            "c" | "h" => Self::C,
            _ => Self::Other,
        }
    }
}

/// The stretches of a source, in order and without gaps. No two neighbours are the same kind of token.
pub(super) fn tokens(language: Language, source: &str) -> Vec<(Token, Range<usize>)> {
    let mut scanner = Scanner { source, at: 0, tokens: Vec::new() };
    match language {
        Language::Other => scanner.take(Token::Text, source.len()),
        Language::Shell => shell(&mut scanner),
        Language::Console => console(&mut scanner),
        Language::Http => http(&mut scanner, Message::Request),
        Language::Json => json(&mut scanner),
        Language::C => c(&mut scanner),
    }
    scanner.tokens
}

/// The commands of a console session, without their prompts.
pub(super) fn commands(session: &str) -> Vec<&str> {
    let commands = parts(session).into_iter().filter(|(part, _)| *part == Part::Command);
    commands.map(|(_, range)| session[range].trim_end_matches('\n')).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Prompt,
    Command,
    Output,
}

const PROMPT: &str = "$ ";

/// A command goes on where its line ends with a backslash.
fn parts(session: &str) -> Vec<(Part, Range<usize>)> {
    let mut parts: Vec<(Part, Range<usize>)> = Vec::new();
    let mut goes_on = false;
    let mut start = 0;
    for line in session.split_inclusive('\n') {
        let end = start + line.len();
        let is_command = line.starts_with(PROMPT);
        match parts.last_mut() {
            Some((Part::Command, range)) if goes_on => range.end = end,
            Some((Part::Output, range)) if !is_command => range.end = end,
            _ if is_command => {
                parts.push((Part::Prompt, start..start + PROMPT.len()));
                parts.push((Part::Command, start + PROMPT.len()..end));
            }
            _ => parts.push((Part::Output, start..end)),
        }
        goes_on = (goes_on || is_command) && line.trim_end_matches('\n').ends_with('\\');
        start = end;
    }
    parts
}

struct Scanner<'a> {
    /// Up to where it may be read.
    source: &'a str,
    at: usize,
    tokens: Vec<(Token, Range<usize>)>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// How far on the first character is that is not like this.
    fn run(&self, like: impl Fn(char) -> bool) -> usize {
        self.rest().find(|c| !like(c)).unwrap_or(self.rest().len())
    }

    /// Up to the end of the line, without it.
    fn line(&self) -> usize {
        self.run(|c| c != '\n')
    }

    /// The bytes of this many characters.
    fn chars(&self, count: usize) -> usize {
        self.rest().char_indices().nth(count).map_or(self.rest().len(), |(at, _)| at)
    }

    fn take(&mut self, token: Token, bytes: usize) {
        if bytes == 0 {
            return;
        }
        let end = self.at + bytes;
        match self.tokens.last_mut() {
            Some((last, range)) if *last == token => range.end = end,
            _ => self.tokens.push((token, self.at..end)),
        }
        self.at = end;
    }

    /// What stands between two of the first character. A backslash takes the next character with it where it `escapes`;
    /// a newline ends the string where it does not `span` lines.
    fn quoted(&self, escapes: bool, spans: bool) -> usize {
        let mut chars = self.rest().char_indices();
        let Some((_, quote)) = chars.next() else { return 0 };
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if escapes => drop(chars.next()),
                '\n' if !spans => return at,
                c if c == quote => return at + c.len_utf8(),
                _ => {}
            }
        }
        self.rest().len()
    }

    /// The first character after blanks, from `bytes` on.
    fn after(&self, bytes: usize) -> Option<char> {
        self.rest()[bytes..].chars().find(|c| !matches!(c, ' ' | '\t'))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn shell(s: &mut Scanner) {
    // The next word is a command.
    let mut command = true;
    while let Some(c) = s.peek() {
        match c {
            '\\' => s.take(Token::Text, s.chars(2)),
            '#' => s.take(Token::Comment, s.line()),
            '<' | '>' => s.take(Token::Text, s.run(|c| matches!(c, '<' | '>' | '&'))),
            ' ' | '\t' => s.take(Token::Text, s.run(|c| matches!(c, ' ' | '\t'))),
            ')' => s.take(Token::Text, 1),
            '\n' | ';' | '|' | '&' | '(' => {
                s.take(Token::Text, 1);
                command = true;
            }
            _ => command = shell_word(s, command),
        }
    }
}

/// Whether a command comes next.
fn shell_word(s: &mut Scanner, command: bool) -> bool {
    let name = s.run(is_word);
    let assigns = command && name > 0 && s.rest()[name..].starts_with('=');
    let mut token = match s.peek() {
        _ if assigns => Token::Text,
        _ if command => Token::Name,
        Some('-') => Token::Keyword,
        _ => Token::Text,
    };
    while let Some(c) = s.peek() {
        match c {
            '\'' => s.take(Token::String, s.quoted(false, true)),
            '"' => s.take(Token::String, s.quoted(true, true)),
            '\\' => s.take(token, s.chars(2)),
            '$' if s.rest().starts_with("$(") => {
                s.take(Token::Text, 2);
                return true;
            }
            '$' => s.take(Token::Number, variable(s.rest())),
            '=' if token == Token::Keyword => {
                token = Token::Text;
                s.take(token, 1);
            }
            ' ' | '\t' | '\n' | ';' | '|' | '&' | '(' | ')' | '<' | '>' => break,
            _ => s.take(token, s.chars(1)),
        }
    }
    assigns
}

/// The bytes of `$name`, `${name}` or `$?`.
fn variable(text: &str) -> usize {
    let name = &text[1..];
    match name.chars().next() {
        Some('{') => name.find(['}', '\n']).map_or(text.len(), |at| at + 2),
        Some(c) if is_word(c) => 1 + name.find(|c| !is_word(c)).unwrap_or(name.len()),
        Some(c @ ('?' | '!' | '$' | '#' | '@' | '*')) => 1 + c.len_utf8(),
        _ => 1,
    }
}

fn console(s: &mut Scanner) {
    let session = s.source;
    for (part, range) in parts(session) {
        s.source = &session[..range.end];
        match part {
            Part::Prompt => s.take(Token::Prompt, range.len()),
            Part::Command => shell(s),
            Part::Output => http(s, Message::Answer),
        }
    }
}

/// What may open an HTTP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    /// A request line, a status line, or headers alone.
    Request,
    /// A status line. All else is what a program printed.
    Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Headers,
    Body,
}

fn http(s: &mut Scanner, opens: Message) {
    let all = s.source;
    let mut within = if opens == Message::Request { Within::Headers } else { Within::Body };
    while !s.rest().is_empty() {
        let line = &s.rest()[..s.line()];
        s.source = &all[..s.at + line.len()];
        if line.starts_with("HTTP/") {
            status_line(s);
            within = Within::Headers;
        } else if opens == Message::Request && is_request_line(line) {
            request_line(s);
            within = Within::Headers;
        } else if line.trim().is_empty() {
            within = Within::Body;
        } else if within == Within::Headers {
            header(s);
        } else if line.starts_with(['{', '[']) {
            json(s);
        }
        s.take(Token::Text, s.rest().len());
        s.source = all;
        s.take(Token::Text, s.chars(1));
    }
}

fn status_line(s: &mut Scanner) {
    s.take(Token::Text, s.run(|c| c != ' '));
    s.take(Token::Text, s.run(|c| c == ' '));
    s.take(Token::Number, s.run(|c| c.is_ascii_digit()));
}

fn is_request_line(line: &str) -> bool {
    let (method, rest) = line.split_once(' ').unwrap_or_default();
    !method.is_empty() && method.chars().all(|c| c.is_ascii_uppercase()) && rest.starts_with(['/', '*', 'h'])
}

fn request_line(s: &mut Scanner) {
    s.take(Token::Keyword, s.run(|c| c != ' '));
    s.take(Token::Text, s.run(|c| c == ' '));
    s.take(Token::Name, s.run(|c| c != ' '));
}

fn header(s: &mut Scanner) {
    let name = s.run(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if name > 0 && s.rest()[name..].starts_with(':') {
        s.take(Token::Name, name);
    }
}

fn json(s: &mut Scanner) {
    while let Some(c) = s.peek() {
        match c {
            '"' => {
                let bytes = s.quoted(true, false);
                s.take(if s.after(bytes) == Some(':') { Token::Name } else { Token::String }, bytes);
            }
            '-' | '0'..='9' => s.take(Token::Number, s.run(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))),
            c if is_word(c) => {
                let bytes = s.run(is_word);
                let literal = matches!(&s.rest()[..bytes], "true" | "false" | "null");
                s.take(if literal { Token::Keyword } else { Token::Text }, bytes);
            }
            _ => s.take(Token::Text, s.chars(1)),
        }
    }
}

const C_KEYWORDS: [&str; 33] = [
    "auto", "bool", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "return", "short", "signed",
    "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "while",
];

fn c(s: &mut Scanner) {
    // Nothing but blanks stands before it in its line.
    let mut opens_line = true;
    while let Some(c) = s.peek() {
        let opened = opens_line;
        opens_line = c == '\n' || opened && matches!(c, ' ' | '\t');
        match c {
            '/' if s.rest().starts_with("//") => s.take(Token::Comment, s.line()),
            '/' if s.rest().starts_with("/*") => {
                let end = s.rest()[2..].find("*/").map_or(s.rest().len(), |at| at + 4);
                s.take(Token::Comment, end);
            }
            '"' | '\'' => s.take(Token::String, s.quoted(true, false)),
            '#' if opened => directive(s),
            '0'..='9' => s.take(Token::Number, s.run(|c| is_word(c) || c == '.')),
            c if is_word(c) => {
                let bytes = s.run(is_word);
                let token = match &s.rest()[..bytes] {
                    word if C_KEYWORDS.contains(&word) => Token::Keyword,
                    _ if s.after(bytes) == Some('(') => Token::Name,
                    _ => Token::Text,
                };
                s.take(token, bytes);
            }
            _ => s.take(Token::Text, s.chars(1)),
        }
    }
}

/// `#include <stdio.h>`; what follows other directives is C again.
fn directive(s: &mut Scanner) {
    s.take(Token::Keyword, 1);
    s.take(Token::Keyword, s.run(|c| matches!(c, ' ' | '\t')));
    let word = s.run(is_word);
    let include = &s.rest()[..word] == "include";
    s.take(Token::Keyword, word);
    if include {
        s.take(Token::Text, s.run(|c| matches!(c, ' ' | '\t')));
        s.take(Token::String, s.line());
    }
}

#[cfg(test)]
mod tests;
