//! What is clicked, and what the terminal is told of links and of progress.

use super::*;

#[test]
fn tests_footer_and_tabs_are_clicked() {
    let home = Home::with_project("exec LSFR --bug second-put-ignored \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.click(" r run ");
    terminal.shows(&[&passed_but(4), "✗ A second PUT", " r run "]);
    // Chosen first, then opened.
    terminal.click("GET of a missing key");
    terminal.until("the cursor on a test", |screen| {
        cells(screen).filter(|cell| cell.inverse()).map(vt100::Cell::contents).collect::<String>().contains("missing")
    });
    terminal.click("A second PUT");
    terminal.until("the cursor on the failure", |screen| {
        cells(screen).filter(|cell| cell.inverse()).map(vt100::Cell::contents).collect::<String>().contains("second")
    });
    terminal.click("A second PUT");
    terminal.shows(&["Failure", "What led here"]);
    terminal.click("esc back");
    terminal.hides(&["What led here"]);
    terminal.click("? help");
    terminal.shows(&["Search:"]);
    terminal.press(ESC);
    terminal.hides(&["Search:"]);

    // Where one pane has the screen, the others are numbers.
    terminal.resize(70, 18);
    terminal.shows(&[" 3 Tests"]);
    terminal.click("4 ");
    terminal.shows(&[" 4 Logs"]);
    terminal.click("2 ");
    terminal.shows(&[" 2 Guide"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

/// The end of the guide, where its links are, on the screen.
fn at_links(start: Start) -> Terminal {
    let mut terminal = start.go();
    // The guide may come after the watch, and has no end before.
    terminal.shows(&["Store and retrieve data", "watching"]);
    terminal.press("2G");
    terminal.shows(&["HTTP on MDN", "Linearizability"]);
    terminal
}

#[test]
fn a_link_of_the_guide_is_clicked() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut terminal = at_links(Start::in_project(&home));
    terminal.click("Linearizability");
    terminal.shows(&["No browser is here to open https://jepsen.io/consistency/models/linearizable"]);
    // To a terminal that is not known nothing is said of links.
    assert_eq!(terminal.state().parser.callbacks().links, Vec::<String>::new());
    terminal.press("q");
    terminal.exits(0);
}

#[test]
fn a_terminal_that_is_known_has_the_links() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let kitty = |start: Start| start.env("TERM", "xterm-kitty");
    let mut terminal = at_links(kitty(Start::in_project(&home)));
    let told = |terminal: &Terminal| terminal.state().parser.callbacks().links.clone();
    let jepsen = "https://jepsen.io/consistency/models/linearizable";
    drop(terminal.until_state("a link", |state| state.parser.callbacks().links.iter().any(|link| link == jepsen)));
    // Where nothing of it changes, it is not written again; scrolled away and back, it is.
    let before = told(&terminal).len();
    terminal.press("3");
    terminal.shows(&["o run one"]);
    assert_eq!(told(&terminal).len(), before);
    terminal.press("2gG");
    drop(terminal.until_state("links again", |state| state.parser.callbacks().links.len() > before));
    terminal.press("q");
    terminal.exits(0);

    // What is drawn without colour is plain, also once the next frame has come.
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut plain = at_links(kitty(Start::in_project(&home)).plain());
    plain.press("3");
    plain.shows(&["o run one"]);
    assert_eq!(told(&plain), Vec::<String>::new());
    plain.press("q");
    plain.exits(0);
}

#[test]
fn progress_is_told_again_after_an_editor() {
    let home = Home::with_project("sleep 1000");
    let editor = home.script("editor", "exit 0");
    let start = Start::in_project(&home).env("VISUAL", editor);
    let mut terminal = start.env("TERM_PROGRAM", "ghostty").env("TERM_PROGRAM_VERSION", "1.2.0").go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("r");
    terminal.shows(&["x cancel"]);
    let tells = |state: &State| state.parser.callbacks().progress.iter().any(|told| told != "0");
    drop(terminal.until_state("progress", tells));
    terminal.press("e");
    // Taken away for the editor, and told as before when that has ended.
    drop(terminal.until_state("progress as before", |state| {
        let told = &state.parser.callbacks().progress;
        told.windows(3).any(|three| three[0] != "0" && three[1] == "0" && three[2] == three[0])
    }));
    terminal.press("Q");
    terminal.exits(0);
    home.assert_nothing_runs();
}
