//! Everything that a key can do, in one table: what it is called in keys.yaml, what the help and the footer say about
//! it, and which keys it has unless the learner says otherwise.

use super::scroll::Scroll;

/// A part of the screen that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pane {
    Stages,
    Guide,
    Tests,
    Logs,
}

impl Pane {
    pub const ALL: [Pane; 4] = [Pane::Stages, Pane::Guide, Pane::Tests, Pane::Logs];

    pub fn name(self) -> &'static str {
        match self {
            Pane::Stages => "Stages",
            Pane::Guide => "Guide",
            Pane::Tests => "Tests",
            Pane::Logs => "Logs",
        }
    }
}

/// What the learner asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Run,
    RunSoFar,
    RunTest,
    Cancel,
    Keep,
    Next,
    Open,
    Fold,
    Hint,
    Moment,
    Cluster,
    History,
    Messages,
    LastPass,
    Back,
    Edit,
    EditRunSh,
    Watch,
    Copy,
    CopyAll,
    NextPane,
    PreviousPane,
    Focus(Pane),
    Zoom,
    Larger,
    Smaller,
    UsualSizes,
    PreviousStage,
    NextStage,
    Up,
    Down,
    Left,
    Right,
    HalfUp,
    HalfDown,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Search,
    NextMatch,
    PreviousMatch,
    NextLink,
    Filter,
    Nodes,
    Columns,
    Wrap,
    Follow,
    Mark,
    NextMark,
    Keys,
    ZoomIn,
    ZoomOut,
    FilterMessages,
    Mouse,
    Help,
    Close,
    Interrupt,
    Suspend,
    Redraw,
    Quit,
    QuitNow,
}

/// Where the help lists an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Running,
    Failure,
    Moving,
    Finding,
    Logs,
    History,
    Messages,
    App,
}

impl Group {
    pub const ALL: [Group; 8] = [
        Group::Running,
        Group::Failure,
        Group::Moving,
        Group::Finding,
        Group::Logs,
        Group::History,
        Group::Messages,
        Group::App,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Group::Running => "Running",
            Group::Failure => "A failure",
            Group::Moving => "Moving",
            Group::Finding => "Finding",
            Group::Logs => "Logs",
            Group::History => "A history",
            Group::Messages => "Messages between nodes",
            Group::App => "The app",
        }
    }
}

/// An action's row in the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub action: Action,
    pub group: Group,
    /// In keys.yaml.
    pub name: &'static str,
    /// In the footer.
    pub label: &'static str,
    /// In the help.
    pub help: &'static str,
    /// Unless keys.yaml says otherwise. The first is the one that is shown.
    pub keys: &'static [&'static str],
}

const fn entry(
    action: Action,
    group: Group,
    name: &'static str,
    label: &'static str,
    help: &'static str,
    keys: &'static [&'static str],
) -> Entry {
    Entry { action, group, name, label, help, keys }
}

/// All actions, in the order of the help.
pub const TABLE: &[Entry] = &[
    entry(Action::Run, Group::Running, "run", "run", "Run the tests of this stage", &["r"]),
    entry(Action::RunSoFar, Group::Running, "run-so-far", "run all", "Run every stage up to this one", &["R"]),
    entry(Action::RunTest, Group::Running, "run-test", "run one", "Run the chosen test alone", &["o"]),
    entry(Action::Cancel, Group::Running, "cancel", "cancel", "Cancel the run", &["x"]),
    entry(
        Action::Keep,
        Group::Running,
        "keep",
        "keep nodes",
        "Leave a failed test's nodes up to look at, or end them",
        &["C"],
    ),
    entry(Action::Next, Group::Running, "next", "next stage", "Move on to the next stage", &["n"]),
    entry(Action::Watch, Group::Running, "watch", "watch", "Run at each save, or no more", &["w"]),
    entry(
        Action::Open,
        Group::Failure,
        "open",
        "open",
        "Open what the cursor is on: a stage, a failure, a link",
        &["enter"],
    ),
    entry(
        Action::Fold,
        Group::Failure,
        "fold",
        "fold",
        "Open or close what is told together, tests or messages; elsewhere, a page down",
        &["space"],
    ),
    entry(Action::Hint, Group::Failure, "hint", "hint", "Give one more hint for the failure", &["h"]),
    entry(
        Action::Moment,
        Group::Failure,
        "moment",
        "moment",
        "Show the moment of the failure, or of the chosen operation, in the logs",
        &["l"],
    ),
    entry(
        Action::Cluster,
        Group::Failure,
        "cluster",
        "cluster",
        "Show the nodes and the links between them, now or at the failure",
        &["c"],
    ),
    entry(
        Action::History,
        Group::Failure,
        "history",
        "history",
        "Show what the clients of a workload did, around what cannot be",
        &["t"],
    ),
    entry(Action::LastPass, Group::Failure, "last-pass", "last pass", "Show the last run in which it passed", &["p"]),
    entry(Action::Back, Group::Failure, "back", "back", "Return to where the logs were before", &["backspace"]),
    entry(
        Action::Edit,
        Group::Failure,
        "edit",
        "editor",
        "Open in your editor what a failure names, or the challenge directory",
        &["e"],
    ),
    entry(Action::EditRunSh, Group::Failure, "edit-run-sh", "run.sh", "Open run.sh in your editor", &["E"]),
    entry(
        Action::Copy,
        Group::Failure,
        "copy",
        "copy",
        "Copy the request of the failure, or the line of the log",
        &["y"],
    ),
    entry(Action::CopyAll, Group::Failure, "copy-all", "copy all", "Copy the whole failure card", &["Y"]),
    entry(Action::NextPane, Group::Moving, "next-pane", "pane", "Go to the next pane", &["tab"]),
    entry(Action::PreviousPane, Group::Moving, "previous-pane", "pane", "Go to the pane before", &["shift-tab"]),
    entry(Action::Focus(Pane::Stages), Group::Moving, "stages", "stages", "Go to the stages", &["1"]),
    entry(Action::Focus(Pane::Guide), Group::Moving, "guide", "guide", "Go to the guide", &["2"]),
    entry(Action::Focus(Pane::Tests), Group::Moving, "tests", "tests", "Go to the tests", &["3"]),
    entry(Action::Focus(Pane::Logs), Group::Moving, "logs", "logs", "Go to the logs", &["4"]),
    entry(Action::Zoom, Group::Moving, "zoom", "zoom", "Give the pane the whole screen, or end that", &["z"]),
    entry(Action::Larger, Group::Moving, "larger", "larger", "Make the pane with the focus larger", &["+", "="]),
    entry(Action::Smaller, Group::Moving, "smaller", "smaller", "Make the pane with the focus smaller", &["-"]),
    entry(
        Action::UsualSizes,
        Group::Moving,
        "usual-sizes",
        "usual sizes",
        "Give all panes their usual sizes again",
        &["0"],
    ),
    entry(
        Action::PreviousStage,
        Group::Moving,
        "previous-stage",
        "stage",
        "Show the stage before; in the cluster view, the change before",
        &["["],
    ),
    entry(
        Action::NextStage,
        Group::Moving,
        "next-stage",
        "stage",
        "Show the stage after; in the cluster view, the next change",
        &["]"],
    ),
    entry(Action::Up, Group::Moving, "up", "up", "Up", &["up", "k"]),
    entry(Action::Down, Group::Moving, "down", "down", "Down", &["down", "j"]),
    entry(
        Action::Left,
        Group::Moving,
        "left",
        "left",
        "Left, where lines are longer than the pane; to the operation before",
        &["left"],
    ),
    entry(
        Action::Right,
        Group::Moving,
        "right",
        "right",
        "Right, where lines are longer than the pane; to the operation after",
        &["right"],
    ),
    entry(Action::HalfUp, Group::Moving, "half-up", "half up", "Half a page up", &["ctrl-u"]),
    entry(Action::HalfDown, Group::Moving, "half-down", "half down", "Half a page down", &["ctrl-d"]),
    entry(Action::PageUp, Group::Moving, "page-up", "page up", "A page up", &["pageup"]),
    entry(Action::PageDown, Group::Moving, "page-down", "page down", "A page down", &["pagedown"]),
    entry(Action::Top, Group::Moving, "top", "top", "To the beginning", &["g", "home"]),
    entry(
        Action::Bottom,
        Group::Moving,
        "bottom",
        "end",
        "To the end; logs follow what comes from there",
        &["G", "end"],
    ),
    entry(
        Action::Search,
        Group::Finding,
        "search",
        "search",
        "Search in the guide, logs, tests, stages, a failure or messages",
        &["/"],
    ),
    entry(
        Action::NextMatch,
        Group::Finding,
        "next-match",
        "next match",
        "Next match, while a search is open",
        &["n"],
    ),
    entry(
        Action::PreviousMatch,
        Group::Finding,
        "previous-match",
        "match before",
        "Match before, while a search is open",
        &["N"],
    ),
    entry(
        Action::NextLink,
        Group::Finding,
        "next-link",
        "link",
        "To the guide's next link; the key of `open` opens it",
        &["u"],
    ),
    entry(
        Action::Filter,
        Group::Logs,
        "filter",
        "filter",
        "Show only lines with a text or regular expression; beside messages, show these lines",
        &["&"],
    ),
    entry(Action::Nodes, Group::Logs, "nodes", "nodes", "Show only one node's lines, the next one's, all", &["s"]),
    entry(Action::Columns, Group::Logs, "columns", "columns", "A column for each node, or all in one", &["v"]),
    entry(Action::Wrap, Group::Logs, "wrap", "wrap", "Wrap long lines, or cut them at the pane's edge", &["W"]),
    entry(Action::Follow, Group::Logs, "follow", "follow", "Follow what comes, or stay", &["f"]),
    entry(Action::Mark, Group::Logs, "mark", "mark", "Mark the line, or end its mark", &["b"]),
    entry(
        Action::NextMark,
        Group::Logs,
        "next-mark",
        "next mark",
        "To the next marked line, or operation that proves",
        &["'"],
    ),
    entry(
        Action::Keys,
        Group::History,
        "keys",
        "keys",
        "Show only one key's operations, the next one's, all",
        &["K"],
    ),
    entry(Action::ZoomIn, Group::History, "zoom-in", "closer", "Write more into each operation", &["+", "="]),
    entry(
        Action::ZoomOut,
        Group::History,
        "zoom-out",
        "farther",
        "Show more at once, up to the whole history",
        &["-"],
    ),
    entry(
        Action::Messages,
        Group::Messages,
        "messages",
        "messages",
        "Show what nodes said to each other, at the moment that is looked at",
        &["M"],
    ),
    entry(
        Action::FilterMessages,
        Group::Messages,
        "filter-messages",
        "filter",
        "Show only messages of nodes (`n1`, `n1,n2`), or with a text or regular expression",
        &["f"],
    ),
    entry(Action::Help, Group::App, "help", "help", "What every key does; type to search, enter runs", &["?", ":"]),
    entry(
        Action::Close,
        Group::App,
        "close",
        "close",
        "Close what is open; end a search, a filter, a zoom",
        &["esc"],
    ),
    entry(
        Action::Mouse,
        Group::App,
        "mouse",
        "mouse",
        "Let go of the mouse, so that text can be selected, or take it",
        &["m"],
    ),
    entry(Action::Redraw, Group::App, "redraw", "redraw", "Draw the screen again", &["ctrl-l"]),
    entry(
        Action::Suspend,
        Group::App,
        "suspend",
        "suspend",
        "Go to the shell; `fg` returns. Ends a run",
        &["ctrl-z"],
    ),
    entry(Action::Interrupt, Group::App, "interrupt", "cancel", "Cancel the run; without one, quit", &["ctrl-c"]),
    entry(Action::Quit, Group::App, "quit", "quit", "Quit; asks while a run is in flight", &["q"]),
    entry(Action::QuitNow, Group::App, "quit-now", "quit", "Quit without asking", &["Q"]),
];

/// Where an action comes before the others that its key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// While a search of the pane with the focus is open.
    Search,
    /// While a history is.
    History,
    /// While what nodes said to each other is.
    Messages,
}

impl Action {
    pub fn within(self) -> Option<Within> {
        match self {
            Action::NextMatch | Action::PreviousMatch => Some(Within::Search),
            Action::ZoomIn | Action::ZoomOut => Some(Within::History),
            Action::FilterMessages => Some(Within::Messages),
            _ => None,
        }
    }

    /// How it moves through what is longer than its pane, if it does.
    pub fn scroll(self) -> Option<Scroll> {
        Some(match self {
            Action::Up => Scroll::Up(1),
            Action::Down => Scroll::Down(1),
            Action::HalfUp => Scroll::HalfUp,
            Action::HalfDown => Scroll::HalfDown,
            Action::PageUp => Scroll::PageUp,
            Action::PageDown => Scroll::PageDown,
            Action::Top => Scroll::Top,
            Action::Bottom => Scroll::Bottom,
            _ => return None,
        })
    }

    pub fn entry(self) -> &'static Entry {
        // Each action has a row, which a test ensures; the first one stands in if none is found.
        TABLE.iter().find(|entry| entry.action == self).unwrap_or(&TABLE[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_action_has_one_row_and_each_name_is_unique() {
        let names: std::collections::BTreeSet<_> = TABLE.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), TABLE.len());
        for (at, entry) in TABLE.iter().enumerate() {
            assert!(!entry.keys.is_empty(), "{}", entry.name);
            assert!(TABLE[at + 1..].iter().all(|other| other.action != entry.action), "{}", entry.name);
            assert_eq!(entry.action.entry().name, entry.name);
        }
    }
}
