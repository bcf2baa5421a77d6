//! What a learner does, all of it by keyboard.

use std::fs;
use std::process::Stdio;

use super::*;
use crate::support::{Said, stages_of};

/// From the picker to the logs of a crash. `check` looks at each screen that is different.
#[track_caller]
fn walk(with: impl FnOnce(Start) -> Start, check: impl Fn(&Terminal)) {
    let home = Home::new();
    let mut terminal = with(Start::new(&home, home.path())).go();
    terminal.shows(&["Choose a challenge", "kv-store"]);
    assert!(terminal.reversed().contains("kv-store"), "{}", terminal.reversed());
    check(&terminal);
    terminal.press(ENTER);
    terminal.shows(&["http-api", "Store and retrieve data", "watching"]);
    check(&terminal);

    // The first save runs the tests. One of them fails, and explains itself.
    home.run_sh("exec LSFR --bug second-put-ignored \"$@\"");
    terminal.shows(&["✗ A second PUT", &passed_but(4), " r run "]);
    check(&terminal);
    terminal.press(ENTER);
    terminal.shows(&["Failure", "expected \"short\"", "What led here"]);
    check(&terminal);
    terminal.press("h");
    terminal.shows(&["Hint 2 of 2"]);
    check(&terminal);
    terminal.press("l");
    terminal.shows(&["Logs", "FAILED A second PUT replaces the value"]);
    check(&terminal);

    // The next save mends it.
    home.run_sh("exec LSFR \"$@\"");
    let all = stages_of("kv-store");
    terminal.shows(&["Stage passed", &format!("1 of {all} stages"), "n goes on to"]);
    check(&terminal);
    terminal.press("n");
    terminal.shows(&["http-api is done. Now: persistence.", &format!("2/{all} persistence")]);
    terminal.press("r");
    terminal.shows(&["Stage passed", &format!("2 of {all} stages")]);
    terminal.press("n");
    terminal.shows(&["Now: crash-recovery.", &format!("3/{all} crash-recovery")]);
    // Escape, and a key at once, would be one key held with alt.
    terminal.press(ESC);
    terminal.hides(&["Now: crash-recovery."]);

    // One test alone, which kills the server; its logs go on across that.
    terminal.press("3");
    terminal.until("the cursor on a test", |screen| {
        cells(screen)
            .filter(|cell| cell.inverse())
            .map(vt100::Cell::contents)
            .collect::<String>()
            .contains("Acknowledged writes")
    });
    check(&terminal);
    terminal.press("o");
    terminal.shows(&["✓ ", "1/16", " r run "]);
    terminal.press("4z");
    terminal.shows(&["→ GET /kv/"]);
    check(&terminal);
    terminal.press("/KILL");
    terminal.shows(&["Search the logs: KILL"]);
    terminal.press(ENTER);
    terminal.shows(&["KILL n1", "next match"]);
    check(&terminal);
    terminal.press(ESC);
    terminal.hides(&["next match"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn a_learners_path_at_80_by_24() {
    walk(|start| start.size(80, 24), |_| {});
}

#[test]
fn a_learners_path_at_200_by_60() {
    walk(|start| start.size(200, 60), |_| {});
}

#[test]
fn a_learners_path_without_colour() {
    walk(Start::plain, |_| {});
}

#[test]
fn a_learners_path_on_a_light_background() {
    walk(
        |start| start.env("LSFR_THEME", "light"),
        |terminal| {
            // Yellow, the whites and the bright colours cannot be read on white.
            let faint = [3, 7, 10, 11, 12, 13, 14, 15].map(vt100::Color::Idx);
            let state = terminal.state();
            let screen = state.parser.screen();
            let bad = cells(screen).find(|cell| {
                cell.bgcolor() == vt100::Color::Default && faint.contains(&cell.fgcolor()) && cell.contents() != " "
            });
            assert!(bad.is_none(), "{bad:?} cannot be read in\n{}", screen.contents());
        },
    );
}

#[test]
fn a_bigger_terminal_brings_the_screen() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut terminal = Start::in_project(&home).size(20, 5).go();
    terminal.shows(&["lsfr needs 60x16"]);
    terminal.resize(120, 36);
    terminal.shows(&["http-api", "Stages", "Guide", "Tests", "Logs", "watching"]);
    terminal.resize(80, 24);
    terminal.hides(&["Stages"]);
    terminal.shows(&["Guide", "Tests", "Logs"]);
    terminal.resize(10, 3);
    terminal.resize(60, 16);
    terminal.shows(&["http-api"]);
    terminal.press("q");
    terminal.exits(0);
}

#[test]
fn a_terminal_without_a_size_has_the_usual_one_or_what_the_environment_says() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut usual = Start::in_project(&home).size(80, 24).sizeless().go();
    usual.shows(&["http-api", "Guide", "Tests", "Logs", "watching"]);
    usual.press("q");
    usual.exits(0);
    let told = Start::in_project(&home).size(120, 36).sizeless();
    let mut told = told.env("COLUMNS", "120").env("LINES", "36").go();
    told.shows(&["http-api", "Stages", "Guide", "Tests", "Logs", "watching"]);
    // It learns its size.
    told.resize(200, 60);
    told.until("all of it is drawn on", |screen| screen.contents().lines().count() == 60);
    told.press("q");
    told.exits(0);
}

#[test]
fn a_terminal_that_cannot_draw_gets_plain_lines() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let plain = |args: &[&str]| {
        let start = Start::in_project(&home).env("TERM", "dumb").env("CI", "true").size(120, 200);
        let mut terminal = args.iter().fold(start, |start, arg| start.arg(arg)).go();
        terminal.exits(if args.is_empty() { 2 } else { 0 });
        assert!(!terminal.state().escapes, "{args:?}: {}", terminal.text());
        terminal.text()
    };
    let text = plain(&[]);
    assert!(text.contains("TERM=dumb") && text.contains("`lsfr test`"), "{text}");
    for args in [&["test"][..], &["guide"], &["status"], &["list"], &["logs"], &["--help"]] {
        plain(args);
    }
}

#[test]
fn a_paste_is_text_or_nothing() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    // Each letter means something: to run, to zoom, to quit.
    terminal.paste("rzq\rQ\x03");
    terminal.press("2/");
    terminal.shows(&["Search the guide:"]);
    terminal.paste("curl\nq");
    terminal.shows(&["Search the guide: curl q"]);
    terminal.press(ESC);
    terminal.hides(&["Search the guide:"]);
    assert!(crate::support::run(&home.project(), ["logs"]).code != Some(0), "nothing has run");
    terminal.press("q");
    terminal.exits(0);
}

/// The terminal answers questions that another program asked: each letter of the answers would mean something to the
/// app as a key.
#[test]
fn what_the_terminal_answers_is_no_key() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1bP>|Q\x1b\\");
    terminal.press("2/");
    terminal.shows(&["Search the guide:"]);
    terminal.press("c\x1b]11;rgb:1e1e/1e1e/2e2e\x07u\x1b_Gi=1;OK\x1b\\rl");
    terminal.shows(&["Search the guide: curl"]);
    terminal.press(ESC);
    terminal.hides(&["Search the guide:"]);
    assert!(crate::support::run(&home.project(), ["logs"]).code != Some(0), "nothing has run");
    terminal.press("q");
    terminal.exits(0);
}

#[test]
fn keys_are_answered_in_a_flood_of_logs() {
    let home = Home::with_project("yes 'all work and no play makes a long line of text' &\nexec LSFR \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("r");
    terminal.shows(&["all work and no play"]);
    for _ in 0..5 {
        terminal.still_takes_keys();
    }
    terminal.press("Q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn the_request_of_a_failure_is_copied() {
    let home = Home::with_project("exec LSFR --bug second-put-ignored \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("r");
    terminal.shows(&[&passed_but(4), " r run "]);
    terminal.press(&format!("{ENTER}y"));
    terminal.shows(&["The request is copied."]);
    // As base64: "curl".
    assert!(terminal.copied().starts_with(b"Y3Vyb"), "{:?}", String::from_utf8_lossy(&terminal.copied()));
    terminal.press("q");
    terminal.exits(0);
}

#[test]
fn try_finds_its_bug_and_is_gone_afterwards() {
    let home = Home::new();
    let mut terminal = Start::new(&home, home.path()).arg("try").go();
    terminal.shows(&["This server comes with lsfr and has a bug"]);
    terminal.shows(&["A key that was deleted is back", " r run "]);
    terminal.press(ENTER);
    terminal.shows(&["Failure", "What led here", "goes on to a cluster"]);
    terminal.press("n");
    terminal.shows(&["Five servers, one of which leads"]);
    terminal.shows(&["A client was told something that was no longer true", " r run "]);
    terminal.press(ENTER);
    terminal.shows(&["Failure", "has what"]);
    terminal.press("t");
    terminal.shows(&["History", "A line for each client"]);
    terminal.press("c");
    terminal.shows(&["Cluster", "A lane for each node"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_ended_try_is_gone_too() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let home = Home::new();
        let mut terminal = Start::new(&home, home.path()).arg("try").go();
        terminal.shows(&["This server comes with lsfr and has a bug"]);
        terminal.signal(signal);
        terminal.exits(0);
        home.assert_nothing_runs();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[test]
fn wrong_keys_are_told_before_the_screen_is_taken() {
    let home = Home::with_project("exec LSFR \"$@\"");
    fs::create_dir(home.path().join("lsfr")).unwrap();
    let wrong = "keys:\n  run: F5\n  runn: x\n  quit: ctrl-alt-nothing\nmouse: maybe\n";
    fs::write(home.path().join("lsfr/config.yaml"), wrong).unwrap();
    let mut terminal = Start::in_project(&home).go();
    terminal.exits(2);
    let text = terminal.text();
    for told in [
        "config.yaml:3:3",
        "there is no action `runn`",
        "config.yaml:4:9",
        "`ctrl-alt-nothing` is not a key",
        "`mouse` is text, where true or false is expected",
    ] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    assert!(!terminal.was_taken());
}

#[test]
fn keys_of_ones_own_work() {
    let home = Home::with_project("exec LSFR \"$@\"");
    fs::create_dir(home.path().join("lsfr")).unwrap();
    let editor = home.script("my editor", "echo editing\nread key");
    let config = format!("keys: {{ quit: ctrl-q }}\nmouse: false\neditor: \"'{}'\"\n", editor.display());
    fs::write(home.path().join("lsfr/config.yaml"), config).unwrap();
    let mut terminal = Start::in_project(&home).size(200, 24).env("VISUAL", "false").go();
    terminal.shows(&["http-api", "watching", "ctrl-q quit"]);
    assert_eq!(terminal.state().parser.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    terminal.press("e");
    // What is typed while it runs is the editor's.
    terminal.shows(&["editing"]);
    terminal.press("\r");
    terminal.shows(&["http-api", "ctrl-q quit"]);
    terminal.press("q\x11");
    terminal.exits(0);
}

#[test]
fn a_keys_yaml_still_works_and_says_where_its_keys_belong() {
    let home = Home::with_project("exec LSFR \"$@\"");
    fs::create_dir(home.path().join("lsfr")).unwrap();
    fs::write(home.path().join("lsfr/keys.yaml"), "quit: ctrl-q\n").unwrap();
    let mut terminal = Start::in_project(&home).size(200, 24).go();
    terminal.shows(&["Settings are in config.yaml now"]);
    terminal.shows(&["http-api", "watching"]);
    terminal.press("q\x11");
    terminal.exits(0);
}

#[test]
fn a_broken_project_is_told_before_the_screen_is_taken() {
    let home = Home::with_project("exec LSFR \"$@\"");
    fs::write(home.project().join("lsfr.yaml"), "challenge: kv-store\nstages:\n  current: [\n").unwrap();
    let mut terminal = Start::in_project(&home).go();
    terminal.exits(2);
    assert!(terminal.text().contains("lsfr.yaml:"), "{}", terminal.text());
    assert!(!terminal.was_taken());
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let piped = crate::support::lsfr(&home.project()).stdin(Stdio::null()).output().unwrap();
    Said::of(piped).exits(2).says(&["needs a terminal", "`lsfr test`"]);
    // Half a terminal is none.
    let half = home.script("half", &format!("'{LSFR}' </dev/null; echo $?; '{LSFR}' | cat; echo done"));
    let mut terminal = Start::of(half, &home, &home.project()).go();
    terminal.exits(0);
    let text = terminal.text();
    assert_eq!(text.matches("lsfr test").count(), 2, "{text}");
    assert!(text.contains("\n2\n"), "{text}");
    assert!(!terminal.was_taken());
}
