//! `lsfr try`: two failures to look at from all sides, with a line below the panes that says what there is to see and
//! which key shows it. What it says follows what is on the screen; nothing is covered by it.

use super::action::{Action, Pane};
use super::layers::Layer;
use super::ui::Ui;
use super::workbench::Workbench;

/// What is run, one after the other: a bug is planted in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tour {
    /// One server that forgets its deletes: every stage up to this one.
    pub stage: String,
    /// A cluster that tells an old value: this test of this stage alone.
    pub cluster: (String, String),
    /// Repeats the random choices of an earlier one.
    pub seed: Option<u64>,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Server,
    Cluster,
}

/// A stretch of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Words(&'static str),
    Key(Action),
    /// A command to type in a shell.
    Command(&'static str),
}

use Piece::{Command, Key, Words};

/// What there is to see now, and what to press.
pub fn says(ui: &Ui) -> Vec<Piece> {
    let (Some(tour), Some(bench)) = (&ui.app.tour, ui.app.bench()) else { return Vec::new() };
    let failed = bench.chosen_card().is_some();
    match (tour.act, ui.layers.top()) {
        (_, Some(Layer::Help(_) | Layer::Prompt(_) | Layer::Quit(_) | Layer::Note(_) | Layer::Passed(_))) => {
            Vec::new()
        }
        (Act::Server, top) => server(bench, top, failed),
        (Act::Cluster, top) => cluster(bench, top, failed),
    }
}

fn server(bench: &Workbench, top: Option<&Layer>, failed: bool) -> Vec<Piece> {
    match top {
        Some(Layer::Card(pane)) if pane.card().hints_given < pane.card().hints.len() => vec![
            Words("What was expected, what came instead, and what led there. "),
            Key(Action::Hint),
            Words(" gives the next hint, "),
            Key(Action::Moment),
            Words(" shows the moment in the logs. "),
            Key(Action::Next),
            Words(" goes on to a cluster."),
        ],
        Some(_) => vec![
            Words("Hints come one at a time: a question first, the answer last. "),
            Key(Action::Moment),
            Words(" shows the moment in the logs; "),
            Key(Action::Next),
            Words(" goes on to a cluster of five that tells an old value."),
        ],
        None if bench.run.is_some() => vec![Words(
            "This server comes with lsfr and has a bug. lsfr asks it to store and delete keys, kills it in the middle, \
             starts it again, and looks at what is left.",
        )],
        None if failed && bench.focus == Pane::Logs => vec![
            Words("What the server printed, and what lsfr did to it, by one clock. "),
            Key(Action::Next),
            Words(" goes on to a cluster of five that tells an old value."),
        ],
        None if failed => vec![
            Words("A key that was deleted is back after a crash. The other stages pass. "),
            Key(Action::Open),
            Words(" opens the failure."),
        ],
        None => vec![Key(Action::Run), Words(" runs the tests again.")],
    }
}

fn cluster(bench: &Workbench, top: Option<&Layer>, failed: bool) -> Vec<Piece> {
    match top {
        Some(Layer::Card(_)) => vec![
            Words("These answers cannot all be right, whatever the order. "),
            Key(Action::History),
            Words(" shows what each client did, "),
            Key(Action::Cluster),
            Words(" the nodes and links at that moment."),
        ],
        Some(Layer::History(_)) => vec![
            Words("A line for each client. The marked operations prove it; "),
            Key(Action::NextMark),
            Words(" goes from one to the next. "),
            Key(Action::Cluster),
            Words(" shows the nodes and links at that moment."),
        ],
        Some(Layer::Cluster(_)) if failed && bench.run.is_none() => vec![
            Words("A lane for each node. "),
            Key(Action::Left),
            Words(" and "),
            Key(Action::Right),
            Words(" go through time. "),
            Key(Action::Quit),
            Words(" ends the tour; "),
            Command("lsfr new kv-store"),
            Words(" begins your own."),
        ],
        Some(Layer::Cluster(_)) if bench.run.is_some() => vec![Words(
            "The five nodes now: who leads, and which links are cut or slow. The links are slowed in a moment.",
        )],
        None if bench.run.is_some() => vec![
            Words("Five servers, one of which leads. Twenty clients read and write while the links are slow. "),
            Key(Action::Cluster),
            Words(" shows the nodes and links now."),
        ],
        None if failed && bench.focus != Pane::Logs => vec![
            Words("A client was told something that was no longer true. "),
            Key(Action::Open),
            Words(" opens the failure."),
        ],
        _ => vec![
            Words("That was the tour. "),
            Key(Action::Quit),
            Words(" leaves, and nothing stays behind. "),
            Command("lsfr new kv-store"),
            Words(" begins your own, in any language."),
        ],
    }
}
