//! The app as a job of a shell, which has the terminal whenever the job does not.

use super::*;

/// A program that is never ready, so that a run goes on.
const NEVER_READY: &str = "sleep 1000";

/// A bash in a project that does this, with jobs and signals as in an interactive shell. LSFR is lsfr's binary.
fn bash(home: &Home, script: &str) -> Terminal {
    let script = script.replace("LSFR", &format!("'{LSFR}'"));
    Start::of("bash", home, &home.project()).arg("-c").arg(&script).go()
}

/// How lsfr ended, once the shell has ended.
#[track_caller]
fn status(home: &Home, terminal: &mut Terminal) -> String {
    terminal.exits(0);
    home.assert_nothing_runs();
    fs::read_to_string(home.path().join("status")).unwrap()
}

#[track_caller]
fn refused(script: &str) {
    let home = Home::with_project(NEVER_READY);
    let mut terminal = bash(&home, script);
    assert_eq!(status(&home, &mut terminal), "2\n");
    let text = terminal.text();
    assert!(text.contains("start it without `&`"), "{text}");
    assert!(!terminal.was_taken());
}

#[test]
fn in_the_background_it_says_how_to_start_it() {
    refused("set -m; LSFR & wait $!; echo $? > ../status");
}

/// In a script it makes a job of itself, which no shell brings to the foreground.
#[test]
fn under_timeout_it_says_how_to_start_it() {
    refused("timeout 1000 LSFR; echo $? > ../status");
}

#[test]
fn killed_while_it_is_suspended_it_ends() {
    let home = Home::with_project(NEVER_READY);
    // A shell around it knows how it ended: `wait` of a bash may still tell of the stop then.
    let job = "trap : TERM; LSFR; echo $? > ../ended; mv ../ended ../status";
    let script = format!(
        "set -m; sh -c \"{}\"; kill %1; until [ -e ../status ]; do sleep 0.01; done",
        job.replace('$', "\\$")
    );
    let mut terminal = bash(&home, &script);
    terminal.shows(&["http-api", "watching"]);
    terminal.press(CTRL_Z);
    assert_eq!(status(&home, &mut terminal), "0\n");
}

/// A plain command, and its program: both stop, and both go on.
#[test]
fn tests_stop_for_ctrl_z_with_what_they_run_and_go_on() {
    let home = Home::with_project(NEVER_READY);
    let wait = "until [ -e ../go ]; do sleep 0.01; done; ";
    let script = format!("set -m; LSFR test; echo suspended; {wait}fg; echo $? > ../status");
    let mut terminal = bash(&home, &script);
    let state = |name: &str, wanted: fn(char) -> bool| {
        eventually(&format!("{name} is so"), || match home.states(name)[..] {
            [state] if wanted(state) => Ok(()),
            ref states => Err(format!("{states:?}")),
        });
    };
    state("sleep", |state| state == 'S');
    terminal.press(CTRL_Z);
    terminal.shows(&["suspended"]);
    state("lsfr", |state| state == 'T');
    state("sleep", |state| state == 'T');
    fs::write(home.path().join("go"), "").unwrap();
    state("sleep", |state| state == 'S');
    terminal.press(CTRL_C);
    assert_eq!(status(&home, &mut terminal), "130\n");
    assert!(terminal.text().contains("Interrupted"), "{}", terminal.text());
}

/// Stopped by a signal that it cannot handle, it leaves the terminal as the app needs it, and its run goes on.
#[test]
fn killed_while_it_is_stopped_from_outside_it_ends() {
    let home = Home::with_project(NEVER_READY);
    let mut terminal =
        bash(&home, "was=$(stty -g); set -m; LSFR; stty $was; kill %1; wait -f %1; echo $? > ../status");
    terminal.shows(&["http-api", "watching"]);
    terminal.press("r");
    eventually("the program is started", || match home.named("sleep") {
        1 => Ok(()),
        other => Err(format!("{other} of 1 sleep")),
    });
    home.signal("lsfr", Signal::SIGSTOP);
    assert_eq!(status(&home, &mut terminal), "0\n");
}

#[test]
fn sent_to_the_background_it_stops_until_it_is_in_the_foreground() {
    let home = Home::with_project(NEVER_READY);
    // `bg` has it run before the shell goes on.
    let script = "set -m; LSFR; bg; until jobs | grep -q Stopped; do :; done; fg; echo $? > ../status";
    let mut terminal = bash(&home, script);
    terminal.shows(&["http-api", "watching"]);
    terminal.press(CTRL_Z);
    terminal.until("the screen from before", |screen| !screen.alternate_screen());
    terminal.until("the app", vt100::Screen::alternate_screen);
    terminal.shows(&["http-api", "watching"]);
    terminal.press("q");
    assert_eq!(status(&home, &mut terminal), "0\n");
}
