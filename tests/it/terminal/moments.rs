//! From a failure to its moment: in the logs, in the cluster, in the history; and to the run in which its test passed.

use super::*;

#[test]
fn a_card_leads_to_its_moment_in_every_view() {
    let home = Home::loaded("follower-serves-get");
    let mut terminal = Start::new(&home, &home.path().join("loaded")).go();
    terminal.shows(&["Every answer is right", " r run "]);
    terminal.press("r");
    terminal.shows(&["✗ Answers are right", "0/1", " r run "]);
    terminal.press("3");
    terminal.press(ENTER);
    terminal.shows(&["Failure", " c cluster"]);
    // The same moment in the cluster view, which has a lane for each node.
    terminal.press("c");
    terminal.shows(&["Cluster  at +", "when \"Answers are right\" failed", "n3"]);
    let heading = |terminal: &Terminal| {
        let text = terminal.text();
        let at = text.find("at +").unwrap();
        text[at + 3..].split(',').next().unwrap().to_owned()
    };
    let wrong = heading(&terminal);
    terminal.press("g");
    terminal.shows(&["in \"Answers are right\""]);
    assert_ne!(heading(&terminal), wrong);
    terminal.press(ESC);
    terminal.shows(&["Failure"]);
    // From the history to the moment of the operation that is chosen, which is the wrong one.
    terminal.press("t");
    terminal.shows(&["History", "cannot be"]);
    terminal.press("c");
    terminal.shows(&["Cluster  at +", "failed"]);
    terminal.press(ESC);
    terminal.shows(&["History"]);
    terminal.press("l");
    terminal.shows(&["Logs", "LOAD clients", "Tests"]);
    terminal.hides(&["History"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn a_failure_stands_beside_the_run_that_passed() {
    let home = Home::with_project("exec LSFR \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("r");
    terminal.shows(&["Stage passed"]);
    terminal.press(ESC);
    home.run_sh("exec LSFR --bug second-put-ignored \"$@\"");
    terminal.shows(&["✗ A second PUT", &passed_but(4), " r run "]);
    terminal.press("3");
    terminal.press(ENTER);
    terminal.shows(&["Failure", "Passed", "Since then run.sh has changed. p shows its logs."]);
    terminal.press("p");
    // Its own end is not that of the failure.
    terminal.shows(&["This is the run that passed. l returns to the failure.", "TEST A second PUT", "passed after"]);
    terminal.press("l");
    terminal.shows(&["FAILED A second PUT"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}
