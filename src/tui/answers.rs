//! What a terminal answers, as distinct from what is typed.
//!
//! lsfr asks the terminal for its colours; and a program that has ended, the prompt of a shell or an editor, may have
//! asked something, whose answer comes to whoever reads then. An answer is a string of letters after ESC and `]`, `P`,
//! `X`, `^` or `_` (OSC, DCS, SOS, PM or APC), and crossterm, which knows none of these, makes keys of it: alt-] and
//! each letter. Its pace gives it away: nobody types one of those keys and the next one in the same moment.
//!
//! Of a sequence that crossterm does not know, `ESC [ > 41 ; 354 ; 0 c`, it drops the beginning and makes keys of the
//! rest. Numbers with a semicolon and a letter, all in one moment, are such a rest. One after `ESC [ ?` it waits for,
//! and takes keys for it, until a `u` or a `c`; [`super::question`] sees to it that a `c` comes.

use std::time::{Duration, Instant};

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};

use super::theme::colour::Rgb;

/// How long what may be the beginning of an answer is held back. An answer comes at once; if it is cut within its first
/// two characters, the rest follows within moments. A person who presses esc or a digit waits this long for its effect.
const MOMENT: Duration = Duration::from_millis(20);
/// How far apart the pieces of an answer may come. After an answer that lacks its end, what is typed is lost for this
/// long.
const GAP: Duration = Duration::from_millis(100);
/// No answer that means anything here has more letters.
const LONGEST: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Heard {
    Typed(Input),
    Said(Said),
}

/// What the terminal said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// The colour of its text, and of its background.
    Text(Rgb),
    Background(Rgb),
}

impl Said {
    /// `11;rgb:1e1e/1e1e/2e2e`, without what is around it.
    fn read(text: &str) -> Option<Said> {
        let (what, colour) = text.split_once(';')?;
        let colour = Rgb::parse(colour)?;
        match what {
            "10" => Some(Said::Text(colour)),
            "11" => Some(Said::Background(colour)),
            _ => None,
        }
    }
}

/// Tells apart what was typed and what was said. Only [`Answers::expire`] looks at a clock: what has already arrived
/// belongs together, however late somebody looks at it.
#[derive(Debug, Default)]
pub(super) struct Answers {
    state: State,
    /// When the state ends if nothing comes.
    until: Option<Instant>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Typing,
    /// An esc, which may have been separated from what it introduces.
    Escape(Input),
    /// What introduces an answer, as crossterm reports it: one key, or two if they came apart.
    Introduced(Kind, Vec<Input>),
    /// In a string, with what it says if that can matter. Its end may be cut in two as well: an esc came last.
    Inside { said: Option<String>, escape: bool },
    /// In a sequence that came apart.
    Sequence,
    /// Numbers, which may be the rest of a sequence.
    Numbers(Vec<Input>),
}

/// What an answer begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// OSC, which colours are told in.
    Command,
    String,
    Sequence,
}

impl Kind {
    /// What an esc and this letter introduce. Crossterm knows sequences, unless they come apart.
    fn of(letter: char) -> Option<Kind> {
        match letter {
            ']' => Some(Kind::Command),
            'P' | 'X' | '^' | '_' => Some(Kind::String),
            '[' => Some(Kind::Sequence),
            _ => None,
        }
    }

    /// What follows it: this letter, or none that matters.
    fn followed(self, letter: Option<char>) -> State {
        match (self, letter) {
            (Kind::Sequence, Some(letter)) if ends_sequence(letter) => State::Typing,
            (Kind::Sequence, _) => State::Sequence,
            (Kind::Command, _) => State::Inside { said: Some(letter.into_iter().collect()), escape: false },
            (Kind::String, _) => State::Inside { said: None, escape: false },
        }
    }
}

fn ends_sequence(letter: char) -> bool {
    matches!(letter, '@'..='~')
}

impl Answers {
    /// Takes what came next, and returns what is to be acted on now.
    pub(super) fn take(&mut self, input: Input, now: Instant) -> Vec<Heard> {
        // Reported by a signal, in the middle of anything.
        if matches!(input, Input::Resize(..)) {
            return vec![Heard::Typed(input)];
        }
        let mut heard = Vec::new();
        self.state = std::mem::take(&mut self.state).then(input, &mut heard);
        self.until = match self.state {
            State::Typing => None,
            State::Escape(_) | State::Introduced(..) | State::Numbers(_) => Some(now + MOMENT),
            State::Inside { .. } | State::Sequence => Some(now + GAP),
        };
        heard
    }

    /// When to [`expire`](Self::expire), if nothing comes before.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Nothing has come in time: returns what has been typed after all.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Heard> {
        if self.until.is_none_or(|until| now < until) {
            return Vec::new();
        }
        std::mem::take(self).state.held().map(Heard::Typed).collect()
    }
}

impl State {
    fn then(self, input: Input, heard: &mut Vec<Heard>) -> State {
        let part = Part::of(&input);
        match (self, part) {
            (State::Escape(escape), Part::Text(Some(letter))) if Kind::of(letter).is_some() => {
                Kind::of(letter).map_or(State::Typing, |kind| State::Introduced(kind, vec![escape, input]))
            }
            (State::Introduced(kind, _), Part::Text(letter)) => kind.followed(letter),
            (State::Introduced(..), Part::Escape) => State::Inside { said: None, escape: true },
            (State::Introduced(..), Part::End) => State::Typing,
            (State::Inside { said, .. }, Part::End)
            | (State::Inside { said, escape: true }, Part::Text(Some('\\'))) => {
                heard.extend(said.and_then(|said| Said::read(&said)).map(Heard::Said));
                State::Typing
            }
            // The one before has no end.
            (State::Inside { escape: true, .. }, Part::Text(Some(letter))) if Kind::of(letter).is_some() => {
                Kind::of(letter).map_or(State::Typing, |kind| kind.followed(None))
            }
            (State::Inside { said, escape: false }, Part::Text(letter)) => {
                let said = said.map(|said| said.chars().chain(letter).take(LONGEST).collect());
                State::Inside { said, escape: false }
            }
            (State::Inside { said, .. }, Part::Escape) => State::Inside { said, escape: true },
            (State::Sequence, Part::Text(Some(letter))) if ends_sequence(letter) => State::Typing,
            (State::Sequence, Part::Text(_)) => State::Sequence,
            (State::Numbers(mut held), Part::Text(Some('0'..='9' | ';'))) => {
                held.push(input);
                State::Numbers(held)
            }
            (State::Numbers(held), Part::Text(Some(letter))) if ends_sequence(letter) && held.iter().any(divides) => {
                State::Typing
            }
            (before, part) => {
                heard.extend(before.held().map(Heard::Typed));
                match part {
                    Part::Escape => State::Escape(input),
                    Part::Introducer(kind) => State::Introduced(kind, vec![input]),
                    Part::Text(Some('0'..='9')) => State::Numbers(vec![input]),
                    Part::Text(_) | Part::End | Part::Other => {
                        heard.push(Heard::Typed(input));
                        State::Typing
                    }
                }
            }
        }
    }

    fn held(self) -> impl Iterator<Item = Input> {
        let held = match self {
            State::Escape(escape) => vec![escape],
            State::Introduced(_, held) | State::Numbers(held) => held,
            State::Typing | State::Inside { .. } | State::Sequence => Vec::new(),
        };
        held.into_iter()
    }
}

/// Between the numbers of a sequence.
fn divides(input: &Input) -> bool {
    matches!(input, Input::Key(KeyEvent { code: KeyCode::Char(';'), .. }))
}

/// What an input can be in an answer.
#[derive(Debug, Clone, Copy)]
enum Part {
    Escape,
    /// ESC and what makes an answer of what follows.
    Introducer(Kind),
    /// BEL, or ESC and a backslash.
    End,
    /// Part of a string: this letter, or one that is none.
    Text(Option<char>),
    /// Not part of a string: another sequence, a mouse, a key that people end things with.
    Other,
}

impl Part {
    fn of(input: &Input) -> Part {
        let Input::Key(KeyEvent { code, modifiers, .. }) = input else { return Part::Other };
        // Capitals come with shift.
        let modifiers = *modifiers - KeyModifiers::SHIFT;
        match code {
            KeyCode::Esc if modifiers.is_empty() => Part::Escape,
            KeyCode::Char('g') if modifiers == KeyModifiers::CONTROL => Part::End,
            KeyCode::Char('\\') if modifiers == KeyModifiers::ALT => Part::End,
            KeyCode::Char(letter) if modifiers == KeyModifiers::ALT => {
                Kind::of(*letter).map_or(Part::Other, Part::Introducer)
            }
            KeyCode::Char(letter) if modifiers.is_empty() => Part::Text(Some(*letter)),
            KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace if modifiers.is_empty() => Part::Text(None),
            _ => Part::Other,
        }
    }
}

#[cfg(test)]
mod tests;
