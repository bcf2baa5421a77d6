//! Sequences of events as crossterm makes them of what terminals answer, whole and in pieces.

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
