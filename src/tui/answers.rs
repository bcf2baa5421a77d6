//! What a terminal answers, as distinct from what is typed.
//!
//! A program that has ended, the prompt of a shell or an editor, may have asked the terminal something; the answer
//! comes to whoever reads then. It is a string of letters after ESC and `]`, `P`, `X`, `^` or `_` (OSC, DCS, SOS, PM or
//! APC), and crossterm, which knows none of these, makes keys of it: alt-] and each letter. Its pace gives it away:
//! nobody types one of those keys and the next one in the same moment.

use std::time::{Duration, Instant};

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};

/// How long what may be the beginning of an answer is held back. An answer comes at once; if it is cut within its first
/// two characters, the rest follows within moments. A person who presses esc waits this long for its effect.
const MOMENT: Duration = Duration::from_millis(30);
/// How far apart the pieces of an answer may come. After an answer that lacks its end, what is typed is lost for this
/// long.
const GAP: Duration = Duration::from_millis(100);

/// Lets through what was typed. Only [`Answers::expire`] looks at a clock: what has already arrived belongs together,
/// however late somebody looks at it.
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
    /// What introduces a string, as crossterm reports it: one key, or two if they came apart.
    Introduced(Vec<Input>),
    /// In a string. Its end may be cut in two as well: an esc came last.
    Inside { escape: bool },
}

impl Answers {
    /// Takes what came next, and returns what is to be acted on now.
    pub(super) fn take(&mut self, input: Input, now: Instant) -> Vec<Input> {
        // Reported by a signal, in the middle of anything.
        if matches!(input, Input::Resize(..)) {
            return vec![input];
        }
        let part = Part::of(&input);
        let mut typed = Vec::new();
        self.state = match (std::mem::take(&mut self.state), part) {
            (State::Escape(escape), Part::Text(Some(Meaning::Introducer))) => State::Introduced(vec![escape, input]),
            (State::Introduced(_), Part::Text(_)) => State::Inside { escape: false },
            (State::Introduced(_), Part::Escape) => State::Inside { escape: true },
            (State::Inside { escape: true }, Part::Text(Some(Meaning::Introducer))) => {
                State::Inside { escape: false }
            }
            (State::Introduced(_) | State::Inside { .. }, Part::End)
            | (State::Inside { escape: true }, Part::Text(Some(Meaning::End))) => State::Typing,
            (State::Inside { escape: false }, Part::Text(_)) => State::Inside { escape: false },
            (State::Inside { .. }, Part::Escape) => State::Inside { escape: true },
            (before, part) => {
                typed.extend(before.held());
                match part {
                    Part::Escape => State::Escape(input),
                    Part::Introducer => State::Introduced(vec![input]),
                    Part::Text(_) | Part::End | Part::Other => {
                        typed.push(input);
                        State::Typing
                    }
                }
            }
        };
        self.until = match self.state {
            State::Typing => None,
            State::Escape(_) | State::Introduced(_) => Some(now + MOMENT),
            State::Inside { .. } => Some(now + GAP),
        };
        typed
    }

    /// When to [`expire`](Self::expire), if nothing comes before.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Nothing has come in time: returns what has been typed after all.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Input> {
        if self.until.is_none_or(|until| now < until) {
            return Vec::new();
        }
        std::mem::take(self).state.held()
    }
}

impl State {
    fn held(self) -> Vec<Input> {
        match self {
            State::Escape(escape) => vec![escape],
            State::Introduced(held) => held,
            State::Typing | State::Inside { .. } => Vec::new(),
        }
    }
}

/// What an input can be in an answer.
#[derive(Debug, Clone, Copy)]
enum Part {
    Escape,
    /// ESC and what makes a string of what follows.
    Introducer,
    /// BEL, or ESC and a backslash.
    End,
    /// Part of a string. After an ESC that came alone it may mean something.
    Text(Option<Meaning>),
    /// Not part of a string: another sequence, a mouse, a key that people end things with.
    Other,
}

#[derive(Debug, Clone, Copy)]
enum Meaning {
    Introducer,
    End,
}

impl Part {
    fn of(input: &Input) -> Part {
        let Input::Key(KeyEvent { code, modifiers, .. }) = input else { return Part::Other };
        // Capitals come with shift.
        let modifiers = *modifiers - KeyModifiers::SHIFT;
        let meaning = match code {
            KeyCode::Char(']' | 'P' | 'X' | '^' | '_') => Some(Meaning::Introducer),
            KeyCode::Char('\\') => Some(Meaning::End),
            _ => None,
        };
        match (code, meaning) {
            (KeyCode::Esc, _) if modifiers.is_empty() => Part::Escape,
            (KeyCode::Char('g'), _) if modifiers == KeyModifiers::CONTROL => Part::End,
            (_, Some(Meaning::Introducer)) if modifiers == KeyModifiers::ALT => Part::Introducer,
            (_, Some(Meaning::End)) if modifiers == KeyModifiers::ALT => Part::End,
            (KeyCode::Char(_) | KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace, _) if modifiers.is_empty() => {
                Part::Text(meaning)
            }
            _ => Part::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What terminals do answer: to OSC 11 and 4, XTVERSION, DECRQSS, DA3, kitty's graphics, a title.
    const ANSWERS: [&str; 9] = [
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
        "\x1b]4;1;rgb:cccc/6666/6666\x1b\\",
        "\x1bP>|tmux 3.3a\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1bP!|00000000\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b]lq R \\ \u{e9} title\x1b\\",
        "\x1b^r\x1b\\\x1bXr\x07",
    ];

    /// As crossterm reports the bytes of one read, as far as answers contain them.
    fn read(piece: &str) -> Vec<Input> {
        let mut inputs = Vec::new();
        let mut characters = piece.chars();
        while let Some(c) = characters.next() {
            let (c, alt) = match (c, characters.clone().next()) {
                ('\x1b', Some(next)) => {
                    characters.next();
                    (next, KeyModifiers::ALT)
                }
                _ => (c, KeyModifiers::NONE),
            };
            let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            inputs.push(match c {
                '\x1b' => key(KeyCode::Esc, KeyModifiers::NONE),
                '\x07' => key(KeyCode::Char('g'), KeyModifiers::CONTROL),
                c => key(KeyCode::Char(c), alt | shift),
            });
        }
        inputs
    }

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
        Input::Key(KeyEvent::new(code, modifiers))
    }

    fn letter(c: char) -> Input {
        key(KeyCode::Char(c), KeyModifiers::NONE)
    }

    fn alt(c: char) -> Input {
        key(KeyCode::Char(c), KeyModifiers::ALT)
    }

    /// Answers, and a clock that only the test moves.
    struct Test {
        answers: Answers,
        now: Instant,
    }

    impl Test {
        fn new() -> Test {
            Test { answers: Answers::default(), now: Instant::now() }
        }

        fn take(&mut self, inputs: impl IntoIterator<Item = Input>) -> Vec<Input> {
            inputs.into_iter().flat_map(|input| self.answers.take(input, self.now)).collect()
        }

        fn after(&mut self, time: Duration) -> Vec<Input> {
            self.now += time;
            self.answers.expire(self.now)
        }
    }

    #[test]
    fn an_answer_is_no_key_wherever_it_is_cut() {
        for answer in ANSWERS {
            for (cut, _) in answer.char_indices() {
                let (before, after) = answer.split_at(cut);
                let mut test = Test::new();
                let mut typed = test.take(read(before));
                typed.extend(test.after(MOMENT / 2));
                typed.extend(test.take(read(after)));
                assert_eq!(typed, [], "{answer:?} cut at {cut}");
                assert_eq!(test.take([letter('q')]), [letter('q')], "{answer:?} cut at {cut}");
                assert_eq!(test.answers.until(), None);
            }
        }
    }

    #[test]
    fn the_pieces_of_an_answer_may_be_late() {
        let mut test = Test::new();
        assert_eq!(test.take(read("\x1b]11;rg")), []);
        assert_eq!(test.after(GAP - Duration::from_millis(1)), []);
        assert_eq!(test.take(read("b:0000\x1b")), []);
        assert_eq!(test.after(GAP - Duration::from_millis(1)), []);
        assert_eq!(test.take(read("\\q")), [letter('q')]);
    }

    /// However long nobody looked: it is there in one piece.
    #[test]
    fn what_is_there_already_belongs_together() {
        let mut test = Test::new();
        for input in read(ANSWERS[0]) {
            assert_eq!(test.take([input]), []);
            test.now += Duration::from_secs(1);
        }
    }

    #[test]
    fn a_key_of_those_that_is_typed_is_a_key() {
        for typed in [alt(']'), alt('_'), key(KeyCode::Esc, KeyModifiers::NONE)] {
            let mut test = Test::new();
            assert_eq!(test.take([typed.clone()]), []);
            assert_eq!(test.answers.until(), Some(test.now + MOMENT));
            assert_eq!(test.after(MOMENT), std::slice::from_ref(&typed));
            assert_eq!(test.take([letter('q')]), [letter('q')]);
            // Held down, as it repeats.
            assert_eq!(test.take([typed.clone()]), []);
            assert_eq!(test.take([alt('x')]), [typed, alt('x')]);
        }
        let mut test = Test::new();
        let escape = key(KeyCode::Esc, KeyModifiers::NONE);
        assert_eq!(test.take([escape.clone(), escape.clone(), letter('q')]), [escape.clone(), escape, letter('q')]);
        assert_eq!(test.take([alt(']'), alt(']'), alt(']')]), [alt(']'), alt(']')]);
    }

    #[test]
    fn keys_that_come_apart_like_an_introducer_are_keys() {
        let mut test = Test::new();
        let escape = key(KeyCode::Esc, KeyModifiers::NONE);
        assert_eq!(test.take([escape.clone(), letter(']')]), []);
        assert_eq!(test.after(MOMENT), [escape, letter(']')]);
    }

    #[test]
    fn an_answer_without_its_end_is_over_soon() {
        let mut test = Test::new();
        assert_eq!(test.take(read("\x1b]11;rgb:")), []);
        assert_eq!(test.after(GAP), []);
        assert_eq!(test.take([letter('q')]), [letter('q')]);
        // ctrl-c gets out of anything, and an arrow is not part of a string.
        for typed in [key(KeyCode::Char('c'), KeyModifiers::CONTROL), key(KeyCode::Up, KeyModifiers::NONE)] {
            assert_eq!(test.take(read("\x1b]11;rgb:")), []);
            assert_eq!(test.take([typed.clone(), letter('q')]), [typed, letter('q')]);
        }
    }

    #[test]
    fn what_is_no_key_passes() {
        let mut test = Test::new();
        assert_eq!(test.take(read("\x1b]11;")), []);
        assert_eq!(test.take([Input::Resize(80, 24)]), [Input::Resize(80, 24)]);
        assert_eq!(test.take(read("rgb\x07")), []);
        let pasted = Input::Paste("\x1b]11;rgb\x07".to_owned());
        assert_eq!(test.take([pasted.clone()]), [pasted]);
    }
}
