//! However the app ends, or stops for a while: the terminal is as it was before, and nothing that a run started lives.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::*;

/// Two processes that never answer, one of them in a session of its own: a run of it goes on until it is ended.
const NEVER_READY: &str = "setsid sleep 1000 &\nsleep 1000";

fn idle() -> (Home, Terminal) {
    started(|start| start)
}

fn started(with: impl FnOnce(Start) -> Start) -> (Home, Terminal) {
    let home = Home::with_project(NEVER_READY);
    let terminal = with(Start::in_project(&home)).go();
    terminal.shows(&["http-api", "watching", "quit"]);
    terminal.assert_taken();
    (home, terminal)
}

/// With a run in flight.
fn running(with: impl FnOnce(Start) -> Start) -> (Home, Terminal) {
    let (home, mut terminal) = started(with);
    terminal.press("r");
    wait_for_the_run(&home);
    (home, terminal)
}

#[track_caller]
fn wait_for_the_run(home: &Home) {
    eventually("the program is started", || match home.named("sleep") {
        2 => Ok(()),
        other => Err(format!("{other} of 2 sleep")),
    });
}

#[test]
fn q_quits() {
    let (home, mut terminal) = idle();
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn q_asks_while_tests_run() {
    let (home, mut terminal) = running(|start| start);
    terminal.press("q");
    terminal.shows(&["Tests are running. Quit and end them?"]);
    terminal.press("x");
    terminal.hides(&["Quit and end them?"]);
    assert_eq!(home.named("sleep"), 2, "the run went on");
    terminal.press("q");
    terminal.shows(&["Quit and end them?"]);
    terminal.press(ENTER);
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn ctrl_c_cancels_the_run_then_quits() {
    let (home, mut terminal) = running(|start| start);
    terminal.press(CTRL_C);
    terminal.shows(&["Cancelled. ctrl-c again quits."]);
    terminal.press(CTRL_C);
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn two_ctrl_c_at_once_quit() {
    let (home, mut terminal) = running(|start| start);
    terminal.press(&CTRL_C.repeat(2));
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn signals_end_it() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        let (home, mut terminal) = running(|start| start);
        terminal.signal(signal);
        terminal.exits(0);
        home.assert_nothing_runs();
    }
}

#[test]
fn a_signal_ends_it_when_nothing_runs() {
    let (home, mut terminal) = idle();
    terminal.signal(Signal::SIGTERM);
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_the_loop_gives_the_terminal_back() {
    let (home, mut terminal) = running(|start| start.env("LSFR_PANIC", "1"));
    terminal.press("\x1bl");
    terminal.exits(101);
    let told: String = terminal.text().split_whitespace().collect();
    for part in ["thisisabuginlsfr:plantedintheloop", "lsfr/crash-", "attachthatfile"] {
        assert!(told.contains(part), "{part} is not in\n{}", terminal.text());
    }
    let crashes = home.crashes();
    let [crash] = &crashes[..] else { panic!("{crashes:?}") };
    let parts =
        ["lsfr, the app", "TERM=xterm-256color 120x36", "planted in the loop", "event_loop.rs:", "planted_panic"];
    for part in parts {
        assert!(crash.contains(part), "{part} is not in\n{crash}");
    }
    // Nothing of the learner's: neither their files, nor what is in their environment.
    for part in ["sleep 1000", "LSFR_PANIC", "kv-store"] {
        assert!(!crash.contains(part), "{part} is in\n{crash}");
    }
    home.assert_all_ends();
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_the_loop_leaves_no_folder_of_a_try() {
    let home = Home::new();
    let mut terminal = Start::new(&home, home.path()).arg("try").env("LSFR_PANIC", "1").go();
    terminal.shows(&["This server comes with lsfr and has a bug"]);
    eventually("a server runs", || if home.named("lsfr") > 1 { Ok(()) } else { Err("none".to_owned()) });
    terminal.press("\x1bl");
    terminal.exits(101);
    home.assert_all_ends();
    // What it has written down is all that is left.
    assert_eq!(home.crashes().len(), 1);
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["lsfr"]);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_a_task_is_told_and_the_app_lives_on() {
    let (home, mut terminal) = running(|start| start.env("LSFR_PANIC", "1"));
    terminal.press("\x1bt");
    terminal.shows(&["lsfr has a bug"]);
    terminal.assert_taken();
    assert!(home.crashes()[0].contains("planted in a task"), "{:?}", home.crashes());
    terminal.still_takes_keys();
    terminal.press("Q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn an_editor_that_fails_is_told_and_the_keys_work() {
    for (editor, told) in [("/nonexistent", "could not be started"), ("false", "ended with exit status: 1")] {
        let (home, mut terminal) = started(|start| start.env("EDITOR", editor));
        terminal.press("e");
        terminal.shows(&["The editor", told]);
        terminal.assert_taken();
        terminal.still_takes_keys();
        terminal.press("q");
        terminal.exits(0);
        home.assert_nothing_runs();
    }
}

/// One key of its terminal for the editor's own use, as vi takes it.
const EDITOR: &str = "\
    was=$(stty -g)
    stty raw -echo
    printf 'an editor, on %s' \"$1\"
    key=$(dd bs=1 count=1 2>/dev/null)
    stty \"$was\"
    echo \"$key\" >> \"$HOME/keys\"";

#[test]
fn an_editor_gets_its_keys_and_the_terminal_as_it_was() {
    let home = Home::with_project(NEVER_READY);
    let editor = home.script("an editor", EDITOR);
    // VISUAL comes first, and is words as a shell has them.
    let visual = format!("'{}'", editor.display());
    let mut terminal = Start::in_project(&home).env("VISUAL", visual).env("EDITOR", "false").go();
    terminal.shows(&["http-api", "watching"]);
    for (key, edited) in [("E", "run.sh"), ("e", ".")] {
        terminal.press(key);
        terminal.until("the editor", |screen| {
            screen.contents().contains(&format!("an editor, on {edited}")) && !screen.alternate_screen()
        });
        assert!(!terminal.state().parser.screen().bracketed_paste());
        // One that means something to the app.
        terminal.press("q");
        terminal.until("the app", vt100::Screen::alternate_screen);
        terminal.shows(&["http-api"]);
        terminal.assert_taken();
    }
    assert_eq!(fs::read_to_string(home.path().join("keys")).unwrap(), "q\nq\n");
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn ctrl_c_in_an_editor_is_the_editors() {
    let home = Home::with_project(NEVER_READY);
    let editor = home.script("editor", "trap 'echo got it; read key; exit 0' INT\necho editing\nread key");
    let mut terminal = Start::in_project(&home).env("EDITOR", editor).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("e");
    terminal.shows(&["editing"]);
    terminal.press(CTRL_C);
    terminal.shows(&["got it"]);
    terminal.press(ENTER);
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.shows(&["http-api"]);
    terminal.press("q");
    terminal.exits(0);
}

/// An editor stops all of its job for ctrl-z, and a shell takes the terminal only if all of it has stopped.
#[test]
fn an_editor_that_is_suspended_suspends_lsfr() {
    let home = Home::with_project(NEVER_READY);
    let editor = home.script("editor", "echo editing\nread key\nkill -TSTP 0\nread key");
    let mut terminal = Start::in_project(&home).env("EDITOR", editor).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press("e");
    terminal.shows(&["editing"]);
    terminal.press("\n");
    terminal.stops();
    kill(Pid::from_raw(-terminal.pid().as_raw()), Signal::SIGCONT).unwrap();
    terminal.press("\n");
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.shows(&["http-api"]);
    terminal.assert_taken();
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn ctrl_z_gives_the_terminal_back_until_it_goes_on() {
    let (home, mut terminal) = running(|start| start);
    terminal.press(CTRL_Z);
    terminal.stops();
    terminal.assert_intact();
    // All but lsfr itself.
    eventually("the run is ended", || match alive(home.path()) {
        left if left.len() <= 1 => Ok(()),
        left => Err(format!("{left:?}")),
    });
    terminal.signal(Signal::SIGCONT);
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.shows(&["http-api", "watching"]);
    terminal.assert_taken();
    terminal.press("q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn a_run_that_was_to_come_next_does_not_hold_ctrl_z() {
    let (home, mut terminal) = running(|start| start);
    // The second must begin when the first has ended.
    terminal.press(&format!("r{CTRL_Z}"));
    terminal.stops();
    terminal.assert_intact();
    terminal.signal(Signal::SIGCONT);
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.press("r");
    wait_for_the_run(&home);
    terminal.press("Q");
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn ctrl_z_stops_what_started_lsfr_too() {
    let home = Home::with_project(NEVER_READY);
    let wrapper = home.script("wrapper", &format!("'{LSFR}'\nexit 7"));
    let mut terminal = Start::of(wrapper, &home, &home.project()).go();
    terminal.shows(&["http-api", "watching"]);
    terminal.press(CTRL_Z);
    terminal.stops();
    terminal.assert_intact();
    kill(Pid::from_raw(-terminal.pid().as_raw()), Signal::SIGCONT).unwrap();
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.shows(&["http-api"]);
    terminal.press("q");
    terminal.exits(7);
}

#[test]
fn stopped_from_outside_it_takes_the_terminal_again() {
    let (_home, mut terminal) = idle();
    terminal.signal(Signal::SIGTSTP);
    terminal.stops();
    terminal.assert_intact();
    terminal.signal(Signal::SIGCONT);
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.shows(&["http-api"]);
    terminal.assert_taken();

    // This signal lets nobody clean up; a shell then sets the terminal up for itself.
    terminal.signal(Signal::SIGSTOP);
    let tty = terminal.master.as_ref().unwrap().tty_name().unwrap();
    let sane = std::process::Command::new("stty").arg("-F").arg(&tty).arg("sane").status().unwrap();
    assert!(sane.success());
    terminal.signal(Signal::SIGCONT);
    eventually("the terminal is raw again", || {
        let flags = terminal.master.as_ref().unwrap().get_termios().unwrap().local_flags;
        if flags.is_empty() || !format!("{flags:?}").contains("ICANON") { Ok(()) } else { Err(format!("{flags:?}")) }
    });
    terminal.press("?");
    terminal.shows(&["Search:"]);
    terminal.press(CTRL_C);
    terminal.exits(0);
}

#[test]
fn a_signal_ends_the_editor_too() {
    let (home, mut terminal) = started(|start| start.env("EDITOR", "sh -c 'echo editing; exec sleep 1000'"));
    terminal.press("r");
    wait_for_the_run(&home);
    terminal.press("e");
    terminal.shows(&["editing"]);
    terminal.signal(Signal::SIGTERM);
    terminal.exits(0);
    home.assert_nothing_runs();
}

#[test]
fn without_its_window_it_ends() {
    let (home, mut terminal) = running(|start| start);
    terminal.hang_up();
    terminal.ends_alone();
    home.assert_all_ends();

    let (home, mut terminal) = idle();
    terminal.hang_up();
    terminal.ends_alone();
    home.assert_all_ends();
}

#[test]
fn without_its_window_it_ends_in_an_editor() {
    let (home, mut terminal) = started(|start| start.env("EDITOR", "sh -c 'echo editing; exec sleep 1000'"));
    terminal.press("e");
    terminal.shows(&["editing"]);
    terminal.hang_up();
    terminal.ends_alone();
    home.assert_all_ends();
}

#[test]
fn without_its_window_it_ends_while_it_is_suspended() {
    let (home, mut terminal) = idle();
    terminal.press(CTRL_Z);
    terminal.stops();
    terminal.hang_up();
    terminal.ends_alone();
    home.assert_all_ends();
}
