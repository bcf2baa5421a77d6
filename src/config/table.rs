//! Every setting, in the order in which they are shown.

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The name of a theme, or a map of a base and looks.
    Theme,
    Flag,
    /// A command in one line.
    Command,
    /// A map of panes to percent.
    Shares,
    /// A map of actions to keys.
    Keys,
}

#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) doc: &'static str,
}

pub(super) const TABLE: [Setting; 5] = [
    Setting {
        name: "theme",
        shape: Shape::Theme,
        doc: "The colours: auto (by the terminal's background), dark, light, ansi (the terminal's sixteen colours) or \
              none. Or one of your own: `base`, which is one of these, and `looks`, which says what differs. For one \
              run, LSFR_THEME and NO_COLOR come before this.",
    },
    Setting {
        name: "mouse",
        shape: Shape::Flag,
        doc: "Whether the app takes the mouse when it opens. Without it, the terminal selects text.",
    },
    Setting {
        name: "editor",
        shape: Shape::Command,
        doc: "The command of your editor. If it is not set, VISUAL and then EDITOR say it.",
    },
    Setting {
        name: "layout",
        shape: Shape::Shares,
        doc: "How much of the screen a pane takes, in percent: stages and tests of its width, logs of its height. The \
              guide has the rest. A pane that is not set has a size that suits the terminal.",
    },
    Setting {
        name: "keys",
        shape: Shape::Keys,
        doc: "What a key does: an action takes one key, a list of them, or [] for none. Keys are written as r, R, F5, \
              enter, ctrl-u, alt-x, shift-tab, space.",
    },
];

/// Keys of a theme that is a map.
pub(super) const THEME: [(&str, &str); 2] = [
    ("base", "The theme that it starts from: auto, dark, light, ansi or none."),
    ("looks", "A name and how it is drawn: a colour, attributes such as bold, or both."),
];

/// What a pane's share may be, in percent.
pub(super) const SHARE: std::ops::RangeInclusive<u8> = 10..=70;

/// Stages and tests may have this much of the width between them.
pub(super) const BOTH: u8 = 80;
