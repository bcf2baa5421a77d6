//! Nodes of a failed test that are left up, looked at and ended.

use std::net::{SocketAddr, TcpStream};

use super::*;

/// The address on the screen at which a node listens.
#[track_caller]
fn address(terminal: &Terminal) -> SocketAddr {
    let text = terminal.text();
    let at = text.find("127.0.0.1:").expect("an address");
    let end = text[at..].find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit()).unwrap();
    text[at..at + end].parse().unwrap()
}

#[test]
fn a_failed_test_runs_again_and_its_nodes_are_there_until_the_key_is_pressed_again() {
    let home = Home::with_project("exec LSFR --bug second-put-ignored \"$@\"");
    let mut terminal = Start::in_project(&home).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("r");
    terminal.shows(&["✗ A second PUT", &passed_but(4), " r run "]);
    terminal.press("3");
    terminal.press("C");
    terminal.shows(&["Left up for a look by hand", "curl", "C ends them."]);
    let node = address(&terminal);
    assert!(TcpStream::connect(node).is_ok());
    terminal.press(ESC);
    terminal.hides(&["Left up for a look by hand"]);
    terminal.shows(&["nodes left up", &node.to_string()]);
    terminal.press("C");
    terminal.hides(&["nodes left up"]);
    terminal.shows(&[" r run "]);
    assert!(TcpStream::connect(node).is_err());

    // A save ends them, too.
    terminal.press("C");
    terminal.shows(&["Left up for a look by hand"]);
    terminal.press(ESC);
    terminal.hides(&["Left up for a look by hand"]);
    home.run_sh("exec LSFR \"$@\"");
    terminal.shows(&["1 fixed by this run", " r run "]);
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn the_end_of_lsfr_ends_them_however_it_comes() {
    let home = Home::with_project("exec LSFR --bug second-put-ignored \"$@\"");
    let looking = || {
        let mut terminal = Start::in_project(&home).go();
        terminal.shows(&["http-api", "watching"]);
        // Before the first test has failed.
        terminal.press("rC");
        terminal.shows(&["Left up for a look by hand", "C ends them."]);
        assert!(TcpStream::connect(address(&terminal)).is_ok());
        terminal
    };
    let mut quit = looking();
    quit.press("q");
    quit.exits(0);
    home.assert_nothing_runs();
    let mut ended = looking();
    ended.signal(Signal::SIGTERM);
    ended.exits(0);
    home.assert_nothing_runs();
    let mut killed = looking();
    killed.signal(Signal::SIGKILL);
    assert!(killed.ended().signal().is_some());
    home.assert_all_ends();
}
