//! The signs that stand for states, and the strokes that pictures are made of: each of them as ASCII, too.

use std::time::Duration;

use super::Theme;

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
    /// Where a node went down. What was wrong has the sign of a failure.
    Stopped,
    /// It is not there.
    Nobody,
    Slow,
    Watching,
    /// Before a line that is marked or pointed at.
    Mark,
    Bar,
    /// A line across a pane: its left end, itself, where a wall hangs from it, its right end.
    RuleLeft,
    Rule,
    RuleTee,
    RuleRight,
    /// Between things side by side.
    Wall,
    /// From lsfr to a node, and from a node to lsfr.
    Sent,
    Received,
    Ellipsis,
    /// More is below, or above.
    Down,
    Up,
    /// Something that opens, and the same when it is open.
    Folded,
    Unfolded,
    /// A fault was in force, for as long as this line.
    Fault,
    /// Where that began or ended.
    Edge,
    /// An operation that proves something.
    Proof,
    /// Of a bar: what went well, what did not, and what is still to come.
    Done,
    Lost,
    Remaining,
    /// Before what did not fit into the line above.
    Continued,
    /// Before an address that a key would open.
    Leads,
    /// The lane of a node that runs; that has lost some links; that leads; that leads and has lost some links; whose
    /// links are slow; that is paused.
    Lane,
    LanePart,
    LaneLeads,
    LaneLeadsPart,
    LaneSlow,
    LanePaused,
    /// The edge of a stretch of time that a picture leaves out.
    Break,
    /// On the axis of a picture: from here on it is the time that stands above.
    Tick,
}

/// How an operation of a history ended, as far as its client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    NotDone,
    Unknown,
}

impl Theme {
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
                Sign::Stopped => "!",
                Sign::Nobody => "-",
                Sign::Slow => "~",
                Sign::Watching => "o",
                Sign::Mark | Sign::Bar => "|",
                Sign::Ellipsis => "~",
                Sign::Down => "v",
                Sign::Fault => "/",
                Sign::Edge => ":",
                Sign::Proof => "#",
                Sign::Rule | Sign::Remaining | Sign::Lane => "-",
                Sign::LanePart => "_",
                Sign::LaneLeads | Sign::LaneLeadsPart => "=",
                Sign::LaneSlow => "~",
                Sign::LanePaused => "\"",
                Sign::Wall => "|",
                Sign::RuleLeft | Sign::RuleTee | Sign::RuleRight => "+",
                Sign::Sent | Sign::Folded | Sign::Continued | Sign::Leads => ">",
                Sign::Received => "<",
                Sign::Up => "^",
                Sign::Unfolded => "v",
                Sign::Done => "=",
                Sign::Lost => "x",
                Sign::Break => "\\",
                Sign::Tick => "+",
            };
        }
        match sign {
            Sign::Passed => "✓",
            Sign::Failed => "✗",
            Sign::Unjudged => "?",
            Sign::Open => "·",
            Sign::Current => "▸",
            Sign::Locked => "⊘",
            Sign::Running | Sign::Watching => "●",
            Sign::Paused => "‖",
            Sign::Stopped => "■",
            Sign::Nobody => "○",
            Sign::Slow => "≈",
            Sign::Mark => "▌",
            Sign::Bar => "▏",
            Sign::Ellipsis => "…",
            Sign::Down => "▼",
            Sign::Fault => "░",
            Sign::Edge => "┊",
            Sign::Proof => "◆",
            Sign::Rule | Sign::Remaining | Sign::Lane => "─",
            Sign::LanePart => "╌",
            Sign::LaneLeads => "━",
            Sign::LaneLeadsPart => "╍",
            Sign::LaneSlow => "▒",
            Sign::LanePaused => "‖",
            Sign::Wall => "│",
            Sign::RuleLeft => "├",
            Sign::RuleTee => "┬",
            Sign::RuleRight => "┤",
            Sign::Sent | Sign::Leads => "→",
            Sign::Received => "←",
            Sign::Up => "▲",
            Sign::Folded => "▸",
            Sign::Unfolded => "▾",
            Sign::Done => "━",
            // The colour tells it from what is done.
            Sign::Lost if self.has_colour() => "━",
            Sign::Lost => "╳",
            Sign::Continued => "↳",
            Sign::Break => "╱",
            Sign::Tick => "┴",
        }
    }

    /// What an operation of a history is drawn with: its beginning, its line, its end. `heavy`: it matters. How it ended
    /// can be told without colours.
    pub fn bar(&self, heavy: bool, end: End) -> [&'static str; 3] {
        match (self.ascii, heavy, end) {
            (true, false, End::Done) => ["|", "-", "|"],
            (true, false, End::NotDone) => ["|", "-", "!"],
            (true, false, End::Unknown) => ["|", ".", "?"],
            (true, true, End::Done) => ["[", "=", "]"],
            (true, true, End::NotDone) => ["[", "=", "!"],
            (true, true, End::Unknown) => ["[", ":", "?"],
            (false, false, End::Done) => ["├", "─", "┤"],
            (false, false, End::NotDone) => ["├", "─", "⊘"],
            (false, false, End::Unknown) => ["├", "╌", "?"],
            (false, true, End::Done) => ["┣", "━", "┫"],
            (false, true, End::NotDone) => ["┣", "━", "⊘"],
            (false, true, End::Unknown) => ["┣", "╍", "?"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_ascii_and_every_state_has_its_own_sign() {
        let states = [
            Sign::Passed,
            Sign::Failed,
            Sign::Unjudged,
            Sign::Open,
            Sign::Current,
            Sign::Locked,
            Sign::Running,
            Sign::Stopped,
        ];
        for theme in [Theme::DARK, Theme { ascii: true, ..Theme::DARK }] {
            let signs: std::collections::BTreeSet<_> = states.iter().map(|state| theme.sign(*state)).collect();
            assert_eq!(signs.len(), states.len());
            assert!(!theme.ascii || signs.iter().all(|sign| sign.is_ascii()));
        }
    }

    #[test]
    fn the_ends_of_operations_differ_without_colour() {
        for theme in [Theme::NONE, Theme { ascii: true, ..Theme::NONE }] {
            let ends = [End::Done, End::NotDone, End::Unknown];
            let all = ends.iter().flat_map(|end| [false, true].map(|heavy| theme.bar(heavy, *end)));
            let bars: std::collections::BTreeSet<_> = all.collect();
            assert_eq!(bars.len(), 6);
            let last: std::collections::BTreeSet<_> = ends.iter().map(|end| theme.bar(false, *end)[2]).collect();
            assert_eq!(last.len(), 3);
        }
    }
}
