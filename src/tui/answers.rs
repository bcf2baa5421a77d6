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
        said: Vec<Said>,
    }

    impl Test {
        fn new() -> Test {
            Test { answers: Answers::default(), now: Instant::now(), said: Vec::new() }
        }

        /// What of it is typed.
        fn take(&mut self, inputs: impl IntoIterator<Item = Input>) -> Vec<Input> {
            let heard: Vec<_> = inputs.into_iter().flat_map(|input| self.answers.take(input, self.now)).collect();
            self.typed(heard)
        }

        fn after(&mut self, time: Duration) -> Vec<Input> {
            self.now += time;
            let heard = self.answers.expire(self.now);
            self.typed(heard)
        }

        fn typed(&mut self, heard: Vec<Heard>) -> Vec<Input> {
            let typed = |heard| match heard {
                Heard::Typed(input) => Some(input),
                Heard::Said(said) => {
                    self.said.push(said);
                    None
                }
            };
            heard.into_iter().filter_map(typed).collect()
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
    fn the_terminals_colours_are_heard_wherever_the_answer_is_cut() {
        let (text, background) = (Rgb::hex(0x839496), Rgb::hex(0x002b36));
        let answers = [
            "\x1b]10;rgb:8383/9494/9696\x1b\\\x1b]11;rgb:0000/2b2b/3636\x1b\\",
            "\x1b]10;rgb:83/94/96\x07\x1b]11;rgb:00/2b/36\x07",
            "\x1b]10;rgba:8383/9494/9696/ffff\x07\x1b]11;#002b36\x07",
        ];
        for answer in answers {
            for (cut, _) in answer.char_indices() {
                let (before, after) = answer.split_at(cut);
                let mut test = Test::new();
                let mut typed = test.take(read(before));
                typed.extend(test.after(MOMENT / 2));
                typed.extend(test.take(read(after)));
                assert_eq!(typed, [], "{answer:?} cut at {cut}");
                assert_eq!(test.said, [Said::Text(text), Said::Background(background)], "{answer:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn other_answers_say_nothing() {
        let more =
            ["\x1b]11;?\x07", "\x1bP11;rgb:0/0/0\x1b\\", "\x1b]12;rgb:0/0/0\x07", "\x1b]11;rgb:0/0\x07", "\x1b]\x07"];
        for answer in ANSWERS[2..].iter().chain(&more) {
            let mut test = Test::new();
            assert_eq!(test.take(read(answer)), [], "{answer:?}");
            assert_eq!(test.said, [], "{answer:?}");
        }
        // However long it is.
        let mut test = Test::new();
        assert_eq!(test.take(read(&format!("\x1b]11;{}\x07", "rgb:0/0/0".repeat(1000)))), []);
        assert_eq!(test.said, []);
    }

    /// What a terminal says to `ESC [ > c`, and to `ESC [ ? 4 m`: crossterm drops what is before the numbers.
    #[test]
    fn the_rest_of_an_unknown_sequence_is_no_key() {
        for rest in ["41;354;0c", "1;4000;21c", "4;1m", "65;6800;1c"] {
            let mut test = Test::new();
            assert_eq!(test.take(read(rest)), [], "{rest}");
            assert_eq!(test.take([letter('c')]), [letter('c')], "{rest}");
        }
        // Nor is all of it, if it comes apart after the esc.
        for (before, after) in [("\x1b", "[>41;354;0c"), ("\x1b", "[?997;1n"), ("\x1b", "[A")] {
            let mut test = Test::new();
            assert_eq!(test.take(read(before)), []);
            assert_eq!(test.take(read(after)), [], "{after}");
            assert_eq!(test.take([letter('c')]), [letter('c')], "{after}");
        }
    }

    #[test]
    fn digits_are_keys() {
        for typed in ["4z", "2/", "10", "1;", "12q", "3"] {
            let mut test = Test::new();
            let mut heard = test.take(read(typed));
            heard.extend(test.after(MOMENT));
            assert_eq!(heard, read(typed), "{typed}");
        }
        // Slowly, even that is typed.
        let mut test = Test::new();
        let slowly: Vec<_> = read("1;2c")
            .into_iter()
            .flat_map(|input| {
                let mut heard = test.take([input]);
                heard.extend(test.after(MOMENT));
                heard
            })
            .collect();
        assert_eq!(slowly, read("1;2c"));
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
