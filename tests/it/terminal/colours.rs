//! What the terminal says of its colours, and what it says to others: none of it is a key.

use lsfr::tui::theme::colour::Rgb;

use super::*;

/// Solarized's, as xterm answers.
const LIGHT: &str = "\x1b]10;rgb:6565/7b7b/8383\x07\x1b]11;rgb:fdfd/f6f6/e3e3\x07";
const DARK: &str = "\x1b]10;rgb:8383/9494/9696\x1b\\\x1b]11;rgb:0000/2b2b/3636\x1b\\";
const PAPER: Rgb = Rgb::hex(0xfdf6e3);

fn started(home: &Home) -> Terminal {
    let terminal = Start::in_project(home).env("COLORTERM", "truecolor").go();
    terminal.shows(&["http-api", "watching"]);
    terminal
}

fn project() -> Home {
    Home::with_project("exec LSFR \"$@\"")
}

/// Waits until the app has asked this often.
#[track_caller]
fn asked(terminal: &Terminal, times: usize) {
    drop(terminal.until_state(&format!("{times} questions"), |state| state.parser.callbacks().questions == times));
}

/// All that the app has asked for, in this order.
fn answer(terminal: &mut Terminal, colours: &str) {
    let asked = terminal.state().parser.callbacks().kinds;
    terminal.press(&format!("{}{colours}", if asked > 0 { "\x1b[?62;22c" } else { "" }));
}

/// Waits until text has colours of its own, all of which can be seen on this background.
#[track_caller]
fn lit(terminal: &Terminal, background: Rgb) {
    terminal.until(&format!("colours for {background}"), |screen| {
        let mut colours = cells(screen).filter_map(|cell| match (cell.fgcolor(), cell.bgcolor()) {
            (vt100::Color::Rgb(red, green, blue), vt100::Color::Default) => Some(Rgb(red, green, blue)),
            _ => None,
        });
        let mut some = false;
        colours.all(|colour| {
            some = true;
            colour.contrast(background) > 1.7
        }) && some
    });
}

/// Nothing but the terminal's own sixteen.
fn is_unlit(screen: &vt100::Screen) -> bool {
    cells(screen).all(|cell| match cell.fgcolor() {
        vt100::Color::Default => true,
        vt100::Color::Idx(number) => number < 16,
        vt100::Color::Rgb(..) => false,
    })
}

#[test]
fn the_app_is_drawn_in_colours_for_the_terminals_background() {
    let home = project();
    let mut terminal = started(&home);
    asked(&terminal, 1);
    assert!(is_unlit(terminal.state().parser.screen()));
    // An answer may come in pieces.
    for piece in ["\x1b[?62;2", "2c\x1b]10;rgb:6565/7b", "7b/8383\x07\x1b", "]11;rgb:fdfd/f6f6/e3e3", "\x07"] {
        terminal.press(piece);
    }
    lit(&terminal, PAPER);
    // The window gets the focus: meanwhile it has turned dark.
    terminal.press("\x1b[O\x1b[I");
    asked(&terminal, 2);
    answer(&mut terminal, DARK);
    lit(&terminal, Rgb::hex(0x002b36));
    terminal.press("q");
    terminal.exits(0);
}

#[test]
fn the_next_first_frame_is_in_these_colours() {
    let home = project();
    let mut terminal = started(&home);
    asked(&terminal, 1);
    answer(&mut terminal, LIGHT);
    lit(&terminal, PAPER);
    let file = home.path().join("lsfr/terminals");
    eventually("it is remembered", || if file.exists() { Ok(()) } else { Err("not yet".to_owned()) });
    terminal.press("q");
    terminal.exits(0);

    let mut again = started(&home);
    lit(&again, PAPER);
    asked(&again, 1);
    assert!(!again.state().parser.callbacks().asked_first, "the first frame waited");
    // Another terminal is another matter.
    again.press("q");
    again.exits(0);
    let mut other = Start::in_project(&home).env("COLORTERM", "truecolor").env("TERM_PROGRAM", "other").go();
    other.shows(&["http-api", "watching"]);
    assert!(is_unlit(other.state().parser.screen()));
    other.press("q");
    other.exits(0);
}

#[test]
fn a_terminal_that_does_not_answer_shows_its_own_colours() {
    let home = project();
    let editor = home.script("editor", "echo editing\nread key\necho \"$key\" > \"$HOME/keys\"");
    let mut terminal = Start::in_project(&home).env("COLORTERM", "truecolor").env("EDITOR", editor).go();
    terminal.shows(&["http-api", "watching"]);
    asked(&terminal, 1);
    // At once: an answer may still come, and is waited for.
    terminal.press("e");
    terminal.shows(&["editing"]);
    terminal.press("\n");
    asked(&terminal, 2);
    terminal.shows(&["http-api"]);
    assert!(is_unlit(terminal.state().parser.screen()));
    terminal.still_takes_keys();
    terminal.press("q");
    terminal.exits(0);
    assert!(!home.path().join("lsfr/terminals").exists());
}

#[test]
fn nobody_asks_for_what_changes_nothing() {
    let home = project();
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "linux"), ("LSFR_THEME", "none")] {
        let mut terminal = Start::in_project(&home).env(name, value).go();
        terminal.shows(&["http-api", "watching"]);
        terminal.press("\x1b[I?");
        terminal.shows(&["Search:"]);
        terminal.press(ESC);
        terminal.hides(&["Search:"]);
        terminal.press("q");
        terminal.exits(0);
        assert_eq!(terminal.state().parser.callbacks().questions, 0, "{name}");
    }
}

/// The terminal's answer to the app comes when the editor is about to start; answers to the editor come when it has
/// ended.
#[test]
fn an_editor_and_the_app_do_not_get_each_others_answers() {
    let home = project();
    let editor = home.script("editor", "echo editing\nread key\necho \"$key\" > \"$HOME/keys\"");
    let mut terminal = Start::in_project(&home).env("COLORTERM", "truecolor").env("EDITOR", editor).go();
    terminal.shows(&["http-api", "watching"]);
    asked(&terminal, 1);
    terminal.press(&format!("e{LIGHT}"));
    terminal.shows(&["editing"]);
    terminal.press("mine\n");
    terminal.until("the app", vt100::Screen::alternate_screen);
    assert_eq!(fs::read_to_string(home.path().join("keys")).unwrap(), "mine\n");
    lit(&terminal, PAPER);

    // What vim and neovim ask: the version of the terminal, its name, and a mode. For the end of this last answer, which
    // crossterm does not know, it waits, and takes keys for it; the first answer to the app ends that.
    terminal.press("\x1b[>41;354;0c\x1bP>|XTerm(354)\x1b\\\x1b[?12;1$y");
    asked(&terminal, 2);
    answer(&mut terminal, LIGHT);
    terminal.press("2/");
    terminal.shows(&["Search the guide:"]);
    terminal.press("c\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\url");
    terminal.shows(&["Search the guide: curl"]);
    terminal.press(ESC);
    terminal.hides(&["Search the guide:"]);
    terminal.press("q");
    terminal.exits(0);
    assert!(crate::support::run(&home.project(), ["logs"]).code != Some(0), "nothing has run");
}

/// Of a shell: while the app is stopped, and when it goes on.
#[test]
fn what_a_shell_asked_is_no_key() {
    let home = project();
    let mut terminal = started(&home);
    asked(&terminal, 1);
    answer(&mut terminal, LIGHT);
    lit(&terminal, PAPER);
    terminal.press(CTRL_Z);
    terminal.stops();
    terminal.signal(Signal::SIGCONT);
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.press("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\\x1b[?997;2n");
    asked(&terminal, 2);
    answer(&mut terminal, LIGHT);
    terminal.still_takes_keys();
    terminal.press("q");
    terminal.exits(0);
    assert!(crate::support::run(&home.project(), ["logs"]).code != Some(0), "nothing has run");
}
