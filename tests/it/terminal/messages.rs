//! What the nodes of a real run said to each other, from the failure to its messages and back.

use super::*;

#[test]
fn a_failure_leads_to_its_messages_and_these_to_the_logs_and_back() {
    let home = Home::loaded("follower-serves-get");
    let mut terminal = Start::new(&home, &home.path().join("loaded")).go();
    terminal.shows(&["Every answer is right", " r run "]);
    // While it runs, its end is followed.
    terminal.press("r");
    terminal.shows(&["x cancel", "LOAD clients"]);
    terminal.press("M");
    terminal.shows(&["Messages"]);
    terminal.shows(&["exchanges", "n1", "n2", "n3"]);
    terminal.press(ESC);
    terminal.hides(&["Messages"]);
    terminal.shows(&["✗ Answers are right", "0/1", " r run "]);

    terminal.press("3");
    terminal.press(ENTER);
    terminal.shows(&["Failure", " M messages"]);
    terminal.press("M");
    // What was wrong with the answer stands below the messages around it.
    terminal.shows(&["Messages", "exchanges", "clients", " enter whole", " answer"]);
    // A message of a node to another, whole, whoever leads.
    terminal.press("fappend");
    terminal.press(ENTER);
    terminal.shows(&["only append"]);
    terminal.press("g");
    terminal.press(ENTER);
    terminal.shows(&["POST /raft/messages HTTP/1.1", "handed over", " enter less"]);
    terminal.resize(80, 24);
    terminal.shows(&["Messages", "handed over"]);
    terminal.resize(120, 36);
    terminal.press("l");
    terminal.shows(&["Logs", "Tests"]);
    terminal.hides(&["Messages"]);
    // From a line of the logs it comes back to that moment.
    terminal.press("M");
    terminal.shows(&["Messages", "exchanges"]);
    terminal.press(ESC);
    terminal.hides(&["Messages"]);
    terminal.shows(&["Logs", "Tests"]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}
