//! What a learner does, all of it by keyboard.

use super::*;

#[test]
fn from_the_picker_to_the_first_failure() {
    let home = Home::new();
    let mut terminal = Start::new(&home, home.path()).go();
    terminal.shows(&["Choose a challenge", "kv-store"]);
    terminal.press("q");
    terminal.exits(0);
}
