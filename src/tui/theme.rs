//! How things look, by what they mean: in the sixteen colours of the terminal, whichever they are, or in none.
//!
//! No view names a colour or a symbol of its own. Nothing is conveyed by colour alone: each state has a symbol, and
//! without colour what stands out does so by weight, underline or reversal.

use std::time::Duration;

use ratatui::style::{Color, Modifier, Style};

/// What a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Text,
    /// Less important than what is around it.
    Dim,
    Strong,
    /// The name of the pane with the focus, and its frame.
    Focus,
    /// The frame and name of any other pane.
    Frame,
    /// A key that can be pressed.
    Key,
    /// What the cursor is on.
    Cursor,
    /// What a search has found; [`Look::Found`] is the one that it is at.
    Match,
    Found,
    Good,
    Bad,
    /// Not judged, skipped, cut short.
    Unsure,
    /// In progress.
    Busy,
    /// What lsfr did, among what nodes printed.
    Own,
    Hint,
    Heading,
    Code,
    Link,
    Quote,
    /// A number of its own for each node, from 0.
    Node(usize),
}

/// A sign that stands for a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Passed,
    Failed,
    Unjudged,
    /// Not run, or open.
    Open,
    Current,
    Locked,
    Running,
    /// It exists, and stands still.
    Paused,
    /// It is not there.
    Nobody,
    Slow,
    Watching,
    /// Before a line that is marked or pointed at.
    Mark,
    Bar,
    Ellipsis,
    Down,
    /// A fault was in force, for as long as this line.
    Fault,
    /// Where that began or ended.
    Edge,
    /// An operation that proves something.
    Proof,
    /// The lane of a node that runs; that has lost some links; that leads; that leads and has lost some links; whose
    /// links are slow; that is paused.
    Lane,
    LanePart,
    LaneLeads,
    LaneLeadsPart,
    LaneSlow,
    LanePaused,
    /// Between things side by side.
    Wall,
    /// A line across a pane: its left end, itself, where a wall hangs from it, its right end.
    RuleLeft,
    Rule,
    RuleTee,
    RuleRight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    pub colour: bool,
    /// The terminal's background is light.
    pub light: bool,
    /// Nothing but ASCII.
    pub ascii: bool,
}

impl Theme {
    pub const DARK: Theme = Theme { colour: true, light: false, ascii: false };

    /// What the environment says: `NO_COLOR`, `LSFR_THEME` (`light` or `dark`), the background in `COLORFGBG`, and
    /// whether the locale is UTF-8.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Theme {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let light = match set("LSFR_THEME").as_deref() {
            Some("light") => true,
            Some("dark") => false,
            // `15;0`: foreground and background as numbers of the palette. 7 and 15 are the whites.
            _ => set("COLORFGBG").is_some_and(|pair| matches!(pair.rsplit(';').next(), Some("7" | "15"))),
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let lower = locale.to_lowercase();
        // Without a locale, most of today's terminals are UTF-8; a locale that names another encoding is believed.
        let ascii = !locale.is_empty() && !lower.contains("utf-8") && !lower.contains("utf8");
        let colour = set("NO_COLOR").is_none() && set("TERM").as_deref() != Some("dumb");
        Theme { colour, light, ascii }
    }

    pub fn style(&self, look: Look) -> Style {
        let plain = Style::new();
        if !self.colour {
            return match look {
                Look::Strong | Look::Focus | Look::Key | Look::Heading | Look::Bad | Look::Busy => plain.bold(),
                Look::Cursor | Look::Found => plain.reversed(),
                Look::Match | Look::Link => plain.underlined(),
                Look::Dim | Look::Frame | Look::Quote => plain.dim(),
                _ => plain,
            };
        }
        // Yellow and the bright colours cannot be read on white, blue hardly on black.
        let (accent, warm) = if self.light { (Color::Blue, Color::Magenta) } else { (Color::Cyan, Color::Yellow) };
        match look {
            Look::Text => plain,
            Look::Dim | Look::Quote => plain.fg(Color::DarkGray),
            Look::Frame => plain.fg(Color::DarkGray),
            Look::Strong => plain.bold(),
            Look::Focus => plain.fg(accent).bold(),
            Look::Key => plain.fg(accent).bold(),
            // In one colour, whatever the text had before.
            Look::Cursor => plain.fg(Color::Reset).bg(Color::Reset).add_modifier(Modifier::REVERSED),
            Look::Match => plain.fg(Color::Black).bg(Color::Gray),
            Look::Found => plain.fg(Color::Black).bg(Color::Yellow),
            Look::Good => plain.fg(Color::Green),
            Look::Bad => plain.fg(Color::Red).bold(),
            Look::Unsure => plain.fg(warm),
            Look::Busy => plain.fg(accent),
            Look::Own => plain.fg(accent),
            Look::Hint => plain.fg(warm),
            Look::Heading => plain.fg(accent).bold(),
            Look::Code => plain.fg(warm),
            Look::Link => plain.fg(accent).underlined(),
            Look::Node(number) => {
                let dark = [Color::Green, Color::Yellow, Color::Magenta, Color::LightBlue, Color::LightRed];
                let light = [Color::Green, Color::Magenta, Color::Blue, Color::Red, Color::Cyan];
                plain.fg(if self.light { light } else { dark }[number % 5])
            }
        }
    }

    /// What is shown before something in progress, this long after it began: it moves.
    pub fn spinner(&self, since: Duration) -> &'static str {
        let frames: &[&str] = if self.ascii {
            &["|", "/", "-", "\\"]
        } else {
            &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
        };
        frames[(since.as_millis() / 100) as usize % frames.len()]
    }

    pub fn sign(&self, sign: Sign) -> &'static str {
        if self.ascii {
            return match sign {
                Sign::Passed => "+",
                Sign::Failed => "x",
                Sign::Unjudged => "?",
                Sign::Open => ".",
                Sign::Current => ">",
                Sign::Locked => "-",
                Sign::Running => "*",
                Sign::Paused => "=",
                Sign::Nobody => "-",
                Sign::Slow => "~",
                Sign::Watching => "o",
                Sign::Mark | Sign::Bar => "|",
                Sign::Ellipsis => "~",
                Sign::Down => "v",
                Sign::Fault => "/",
                Sign::Edge => ":",
                Sign::Proof => "#",
                Sign::Lane | Sign::Rule => "-",
                Sign::LanePart => "_",
                Sign::LaneLeads | Sign::LaneLeadsPart => "=",
                Sign::LaneSlow => "~",
                Sign::LanePaused => "\"",
                Sign::Wall => "|",
                Sign::RuleLeft | Sign::RuleTee | Sign::RuleRight => "+",
            };
        }
        match sign {
            Sign::Passed => "✓",
            Sign::Failed => "✗",
            Sign::Unjudged => "?",
            Sign::Open => "·",
            Sign::Current => "▸",
            Sign::Locked => "⌂",
            Sign::Running | Sign::Watching => "●",
            Sign::Paused => "‖",
            Sign::Nobody => "○",
            Sign::Slow => "≈",
            Sign::Mark => "▌",
            Sign::Bar => "▏",
            Sign::Ellipsis => "…",
            Sign::Down => "▼",
            Sign::Fault => "░",
            Sign::Edge => "┊",
            Sign::Proof => "◆",
            Sign::Lane | Sign::Rule => "─",
            Sign::LanePart => "╌",
            Sign::LaneLeads => "━",
            Sign::LaneLeadsPart => "╍",
            Sign::LaneSlow => "▒",
            Sign::LanePaused => "‖",
            Sign::Wall => "│",
            Sign::RuleLeft => "├",
            Sign::RuleTee => "┬",
            Sign::RuleRight => "┤",
        }
    }

    /// What an operation of a history is drawn with: its beginning, its line, its end. `heavy`: it matters. `open`:
    /// nobody knows how it ended.
    pub fn bar(&self, heavy: bool, open: bool) -> [&'static str; 3] {
        match (self.ascii, heavy, open) {
            (true, false, false) => ["|", "-", "|"],
            (true, false, true) => ["|", ".", "?"],
            (true, true, false) => ["[", "=", "]"],
            (true, true, true) => ["[", ":", "?"],
            (false, false, false) => ["├", "─", "┤"],
            (false, false, true) => ["├", "╌", "?"],
            (false, true, false) => ["┣", "━", "┫"],
            (false, true, true) => ["┣", "╍", "?"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(variables: &[(&str, &str)]) -> Theme {
        Theme::from_environment(|name| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_chooses() {
        assert_eq!(theme(&[]), Theme::DARK);
        assert_eq!(theme(&[("NO_COLOR", "")]), Theme::DARK);
        assert!(!theme(&[("NO_COLOR", "1")]).colour);
        assert!(theme(&[("COLORFGBG", "0;15")]).light);
        assert!(!theme(&[("COLORFGBG", "15;0")]).light);
        assert!(!theme(&[("COLORFGBG", "0;15"), ("LSFR_THEME", "dark")]).light);
        assert!(theme(&[("LANG", "C")]).ascii);
        assert!(!theme(&[("LC_ALL", "en_GB.UTF-8"), ("LANG", "C")]).ascii);
    }

    #[test]
    fn without_colour_nothing_has_one_and_what_must_stand_out_does() {
        let theme = Theme { colour: false, ..Theme::DARK };
        for look in [Look::Text, Look::Bad, Look::Cursor, Look::Found, Look::Match, Look::Node(3), Look::Key] {
            let style = theme.style(look);
            assert_eq!((style.fg, style.bg), (None, None), "{look:?}");
        }
        assert_ne!(theme.style(Look::Cursor), Style::new());
        assert_ne!(theme.style(Look::Found), theme.style(Look::Match));
    }

    #[test]
    fn ascii_is_ascii_and_every_state_has_its_own_sign() {
        let states =
            [Sign::Passed, Sign::Failed, Sign::Unjudged, Sign::Open, Sign::Current, Sign::Locked, Sign::Running];
        for theme in [Theme::DARK, Theme { ascii: true, ..Theme::DARK }] {
            let signs: std::collections::BTreeSet<_> = states.iter().map(|state| theme.sign(*state)).collect();
            assert_eq!(signs.len(), states.len());
            assert!(!theme.ascii || signs.iter().all(|sign| sign.is_ascii()));
        }
    }
}
