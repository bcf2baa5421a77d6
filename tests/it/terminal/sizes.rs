//! Panes of another size, the failure beside the tests, and both after a restart.

use super::*;

/// The row that begins with this.
fn row(screen: &vt100::Screen, begins: &str) -> Option<usize> {
    screen.contents().lines().position(|line| line.trim_start_matches(['├', '┌', '│', ' ']).starts_with(begins))
}

#[test]
fn sizes_and_places_are_kept_over_a_restart() {
    let home = Home::with_project("exec LSFR --bug second-put-ignored \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching", "Store and retrieve data"]);
    terminal.press("r");
    terminal.shows(&[&passed_but(4), " r run "]);
    terminal.press("4");
    terminal.shows(&["follow"]);
    terminal.press("++");
    terminal.until("larger logs", |screen| row(screen, "Logs").is_some_and(|row| row <= 16));
    let logs = row(terminal.state().parser.screen(), "Logs");
    terminal.press("2GG");
    terminal.shows(&["Guide  end"]);
    terminal.hides(&["Store and retrieve data"]);
    terminal.press("q");
    terminal.exits(0);

    let mut again = Start::in_project(&home).go();
    again.shows(&[&passed_but(4), "Guide  end", "watching"]);
    again.until("logs as they were", |screen| row(screen, "Logs") == logs);
    // A run in the shell since then: its failure has the focus, where `o` is offered. The guide stays.
    again.press("q");
    again.exits(0);
    assert_ne!(crate::support::run(&home.project(), ["test"]).code, Some(0));
    let mut third = Start::in_project(&home).go();
    third.shows(&[&passed_but(4), "Guide  end", "o run one"]);
    third.until("logs as they were", |screen| row(screen, "Logs") == logs);
    third.press("q");
    third.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn a_wide_screen_shows_the_failure_beside_the_tests() {
    let home = Home::with_project("exec LSFR --bug second-put-ignored \"$@\"");
    let mut terminal = Start::in_project(&home).size(160, 45).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.hides(&[" Failure "]);
    terminal.press("r");
    terminal.shows(&[&passed_but(4), " r run ", " Failure ", "What led here"]);
    // The next test that failed.
    terminal.press("3");
    terminal.shows(&["o run one"]);
    terminal.press("jjjjjjjjjjjj");
    terminal.until("another failure", |screen| screen.contents().matches("Values have up to 1,000,000").count() > 1);
    terminal.resize(159, 45);
    terminal.hides(&[" Failure "]);
    terminal.resize(160, 45);
    terminal.shows(&[" Failure "]);
    terminal.press("q");
    terminal.exits(0);
}
