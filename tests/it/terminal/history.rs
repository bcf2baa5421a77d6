//! What clients did around an impossible answer, from a real run of a server with a bug.

use super::*;

#[test]
fn the_history_of_what_cannot_be_is_opened_and_moved_through() {
    let home = Home::loaded("follower-serves-get");
    let mut terminal = Start::new(&home, &home.path().join("loaded")).go();
    terminal.shows(&["Every answer is right", " r run "]);
    terminal.press("r");
    terminal.shows(&["✗ Answers are right", "0/1", " r run "]);
    terminal.press("3");
    terminal.press(ENTER);
    terminal.shows(&["Failure", " t history"]);
    terminal.press("t");
    terminal.shows(&["History", "┣", "✗ cannot be", " ' next proof", "answered by n"]);
    assert!(terminal.reversed().contains('✗'), "{}\n{}", terminal.reversed(), terminal.text_now());

    // From the impossible answer to what proves it, and through the whole history.
    let culprit = terminal.reversed();
    terminal.press("'");
    terminal.until("another operation", |screen| {
        let chosen: String = cells(screen).filter(|cell| cell.inverse()).map(vt100::Cell::contents).collect();
        !chosen.is_empty() && chosen != culprit
    });
    terminal.press("K");
    terminal.shows(&["2 keys"]);
    terminal.press("--");
    terminal.hides(&["├ "]);
    // What there is no room for is counted, however long the sentences are.
    terminal.resize(60, 16);
    terminal.shows(&["History", "2 keys", "▸ c", "more: a larger window has them"]);
    terminal.resize(120, 36);
    terminal.press("++G");
    terminal.shows(&["outcome"]);
    terminal.press(ESC);
    terminal.shows(&["Failure"]);
    terminal.press("t");
    terminal.shows(&["History", "✗ cannot be"]);
    terminal.press("l");
    terminal.shows(&["LOAD clients", "Tests"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}
