//! What a terminal can be told beside its cells: how far a run is, for its tab or the task bar, and that it has ended;
//! and which terminals know links.
//!
//! The first two are OSC 9, which terminals understand in two ways: ConEmu and those that follow it take `9;4;…` for progress,
//! iTerm2 and those that follow it take any text for a notification. A terminal that knows only the second would
//! show each step of the progress as a message, so nothing is sent to one that is not known.

use crate::text::{clean, shortened};

/// A longer notification is cut by whoever shows it, at a place of their own choice.
const LONGEST: usize = 120;
pub(super) const NO_PROGRESS: &[u8] = b"\x1b]9;4;0;\x1b\\";
const BELL: &[u8] = b"\x07";

/// What the terminal understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Abilities {
    pub progress: bool,
    pub notifications: bool,
    /// Links with an address of their own, as in [`super::hyperlinks`].
    pub hyperlinks: bool,
}

/// How far the run in flight is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskProgress {
    /// Nothing runs.
    None,
    /// Nobody knows how long it takes: it builds, say.
    Unknown,
    /// Percent. `bad`: a test has failed already.
    Part { percent: u8, bad: bool },
}

impl Abilities {
    /// By what terminals say of themselves in the environment.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        // Inside of these, the variables are those of whichever terminal was there first.
        let multiplexed = ["TMUX", "STY", "ZELLIJ"].into_iter().any(|name| set(name).is_some())
            || term.starts_with("screen")
            || term.starts_with("tmux");
        if multiplexed || term == "dumb" {
            return Self::default();
        }
        let version = set("TERM_PROGRAM_VERSION").unwrap_or_default();
        let hyperlinks = has_hyperlinks(&term, &version, &set);
        let both = |progress, notifications| Self { progress, notifications, hyperlinks };
        match set("TERM_PROGRAM").as_deref() {
            Some("ghostty") => both(at_least(&version, (1, 2)), true),
            Some("iTerm.app") => both(has_progress(set("TERM_FEATURES")), true),
            // Its stable releases are older than its progress, and would show a message for each step.
            Some("WezTerm") => both(date(&version) >= 20_250_209, true),
            // Others, VS Code for one, inherit the variables of the terminal that they were started from.
            Some(_) => both(false, false),
            None if term == "xterm-kitty" || term.starts_with("foot") => both(false, true),
            None if term == "xterm-ghostty" => both(true, true),
            None => both(of_family(&set), false),
        }
    }
}

/// Terminals that show a text as a link to an address (OSC 8). The others pass over it, as far as they are known; one that
/// is not may print it.
fn has_hyperlinks(term: &str, version: &str, set: &impl Fn(&str) -> Option<String>) -> bool {
    match set("TERM_PROGRAM").as_deref() {
        Some("ghostty" | "WezTerm") => true,
        Some("iTerm.app") => at_least(version, (3, 1)),
        Some("vscode") => at_least(version, (1, 72)),
        Some(_) => false,
        None if term == "xterm-kitty" || term == "xterm-ghostty" || term.starts_with("foot") => true,
        None => {
            let number = |name: &str| set(name).and_then(|version| version.parse::<u32>().ok());
            set("WT_SESSION").is_some()
                || term.starts_with("alacritty")
                // 20.12
                || number("KONSOLE_VERSION").is_some_and(|version| version >= 201_200)
                // 0.50.1: the one before crashed.
                || number("VTE_VERSION").is_some_and(|version| version >= 5001)
        }
    }
}

/// Terminals that have no name but a variable of their own.
fn of_family(set: &impl Fn(&str) -> Option<String>) -> bool {
    let vte = set("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    set("WT_SESSION").is_some()
        || set("ConEmuANSI").as_deref() == Some("ON")
        // 0.80
        || vte.is_some_and(|version| version >= 8000)
}

/// Whether `1.2.3` is of this version or a later one.
fn at_least(version: &str, least: (u32, u32)) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= least
}

/// `20250209-182623-44866cc1` as a number.
fn date(version: &str) -> u32 {
    version.split('-').next().and_then(|date| date.parse().ok()).unwrap_or(0)
}

/// iTerm2 lists what it can do, each as a capital with small letters and digits after it: `P` is progress.
fn has_progress(features: Option<String>) -> bool {
    let features = features.unwrap_or_default();
    let mut after = features.split('P').skip(1);
    after.any(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// What to send for this; nothing to a terminal that would not understand it.
pub(super) fn progress(able: Abilities, progress: TaskProgress) -> Vec<u8> {
    if !able.progress {
        return Vec::new();
    }
    match progress {
        TaskProgress::None => NO_PROGRESS.to_vec(),
        TaskProgress::Unknown => b"\x1b]9;4;3;\x1b\\".to_vec(),
        TaskProgress::Part { percent, bad } => {
            let state = if bad { 2 } else { 1 };
            format!("\x1b]9;4;{state};{}\x1b\\", percent.min(100)).into_bytes()
        }
    }
}

/// Says it where the reader is, or rings.
pub(super) fn notification(able: Abilities, text: &str) -> Vec<u8> {
    if !able.notifications {
        return BELL.to_vec();
    }
    // A text that began with a number and `;` would be a command of ConEmu's. This one never does.
    let text = shortened(&clean(text), LONGEST);
    format!("\x1b]9;lsfr: {text}\x1b\\").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn able(variables: &[(&str, &str)]) -> (bool, bool) {
        let able = Abilities::from_environment(|name| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
        });
        (able.progress, able.notifications)
    }

    #[test]
    fn only_terminals_that_are_known_are_told() {
        assert_eq!(able(&[]), (false, false));
        assert_eq!(able(&[("TERM", "xterm-256color")]), (false, false));
        assert_eq!(able(&[("TERM_PROGRAM", "ghostty"), ("TERM_PROGRAM_VERSION", "1.2.0")]), (true, true));
        assert_eq!(able(&[("TERM_PROGRAM", "ghostty"), ("TERM_PROGRAM_VERSION", "1.1.3")]), (false, true));
        assert_eq!(able(&[("TERM_PROGRAM", "iTerm.app"), ("TERM_PROGRAM_VERSION", "3.5.10")]), (false, true));
        let features = ("TERM_FEATURES", "T3LrMSc7UUw9Ts3BFGsSyHNoSxP");
        assert_eq!(able(&[("TERM_PROGRAM", "iTerm.app"), features]), (true, true));
        assert_eq!(able(&[("TERM_PROGRAM", "iTerm.app"), ("TERM_FEATURES", "T3LrMPo")]), (false, true));
        assert_eq!(
            able(&[("TERM_PROGRAM", "WezTerm"), ("TERM_PROGRAM_VERSION", "20240203-110809-5046fc22")]),
            (false, true)
        );
        assert_eq!(
            able(&[("TERM_PROGRAM", "WezTerm"), ("TERM_PROGRAM_VERSION", "20250209-182623-44866cc1")]),
            (true, true)
        );
        assert_eq!(able(&[("WT_SESSION", "6f7c")]), (true, false));
        assert_eq!(able(&[("ConEmuANSI", "ON")]), (true, false));
        assert_eq!(able(&[("ConEmuANSI", "OFF")]), (false, false));
        assert_eq!(able(&[("VTE_VERSION", "8002")]), (true, false));
        assert_eq!(able(&[("VTE_VERSION", "7402")]), (false, false));
        assert_eq!(able(&[("TERM", "xterm-kitty")]), (false, true));
        assert_eq!(able(&[("TERM", "foot-extra")]), (false, true));
    }

    #[test]
    fn what_was_inherited_says_nothing() {
        let ghostty = [("TERM_PROGRAM", "ghostty"), ("TERM_PROGRAM_VERSION", "1.2.0")];
        assert_eq!(able(&[&ghostty[..], &[("TMUX", "/tmp/tmux-0/default,1,0")]].concat()), (false, false));
        assert_eq!(able(&[&ghostty[..], &[("TERM", "screen-256color")]].concat()), (false, false));
        assert_eq!(able(&[("TERM_PROGRAM", "vscode"), ("VTE_VERSION", "8002"), ("WT_SESSION", "x")]), (false, false));
    }

    #[test]
    fn terminals_with_hyperlinks_are_known_by_their_versions() {
        let has = |variables: &[(&str, &str)]| {
            let variable =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            Abilities::from_environment(variable).hyperlinks
        };
        let program = |name, version| has(&[("TERM_PROGRAM", name), ("TERM_PROGRAM_VERSION", version)]);
        for (name, first, before) in [("iTerm.app", "3.1", "3.0.15"), ("vscode", "1.72.0", "1.71.9")] {
            assert_eq!((program(name, first), program(name, before)), (true, false), "{name}");
        }
        assert!(program("ghostty", "1.0.0") && program("WezTerm", "20240203-110809-5046fc22"));
        assert!(!program("Apple_Terminal", "455.1") && !program("vscode", ""));
        for known in [("TERM", "xterm-kitty"), ("TERM", "foot"), ("TERM", "alacritty"), ("WT_SESSION", "6f7c")] {
            assert!(has(&[known]), "{known:?}");
        }
        assert!(has(&[("VTE_VERSION", "5001")]) && !has(&[("VTE_VERSION", "5000")]));
        assert!(has(&[("KONSOLE_VERSION", "201200")]) && !has(&[("KONSOLE_VERSION", "200800")]));
        for unknown in [&[][..], &[("TERM", "xterm-256color")], &[("TERM", "linux")]] {
            assert!(!has(unknown), "{unknown:?}");
        }
        // Whatever it was that they were started in.
        for inside in [("TMUX", "/tmp/tmux-0/default,1,0"), ("STY", "1.pts"), ("TERM", "dumb")] {
            assert!(!has(&[inside, ("VTE_VERSION", "8002"), ("WT_SESSION", "6f7c")]), "{inside:?}");
        }
    }

    const ALL: Abilities = Abilities { progress: true, notifications: true, hyperlinks: true };

    #[test]
    fn the_bytes_of_progress() {
        let sent = |told| String::from_utf8(progress(ALL, told)).unwrap();
        assert_eq!(sent(TaskProgress::None), "\x1b]9;4;0;\x1b\\");
        assert_eq!(sent(TaskProgress::Unknown), "\x1b]9;4;3;\x1b\\");
        assert_eq!(sent(TaskProgress::Part { percent: 40, bad: false }), "\x1b]9;4;1;40\x1b\\");
        assert_eq!(sent(TaskProgress::Part { percent: 250, bad: true }), "\x1b]9;4;2;100\x1b\\");
        assert_eq!(progress(Abilities::default(), TaskProgress::None), b"");
    }

    #[test]
    fn the_bytes_of_a_notification() {
        let sent = |text: &str| String::from_utf8(notification(ALL, text)).unwrap();
        assert_eq!(sent("✓ persistence 5/5"), "\x1b]9;lsfr: ✓ persistence 5/5\x1b\\");
        assert_eq!(sent("4;1;50"), "\x1b]9;lsfr: 4;1;50\x1b\\", "a text is never a command");
        let hostile = sent("a\x1b]0;title\x07b\u{9c}c\nd\x1b\\");
        let inside = hostile.strip_prefix("\x1b]9;").and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
        assert!(!inside.contains(|c: char| c.is_control()), "{inside:?}");
        assert!(sent(&"x".repeat(4000)).len() < 200);
        assert_eq!(notification(Abilities::default(), "✓"), b"\x07");
    }
}
