//! What is laid over the screen: a stack. Keys go to the top first, and to what is beneath it if it has no use for them.
//!
//! A layer is a state with its own actions; it knows of the app beneath the stack, and of no other layer. What several
//! layers have to agree on (a failure that is replaced, a run that begins) is done by [`super::update`].
//!
//! | file | what it lays over the screen |
//! |---|---|
//! | `card` | a failure |
//! | `cluster` | the nodes and links of the failure beneath it, or of the run in flight |
//! | `history` | what clients did before the failure beneath it |
//! | `messages` | what nodes said to each other |
//! | `left_up` | nodes that a failed test has left up |
//! | `help` | the keys, to be searched |
//! | `notes` | a stage that has passed, and the last one; more than a toast can hold, the question whether to quit |
//! | `prompt` | a line that is being typed |

mod card;
mod cluster;
mod help;
mod history;
mod left_up;
mod messages;
mod notes;
mod prompt;

use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;

use super::action::Action;
use super::app::App;
use super::card::CardPane;
use super::cluster::ClusterPane;
use super::effect::Effect;
use super::finale::Finale;
use super::help::Help;
use super::history::HistoryPane;
use super::messages::MessagesPane;
use super::passed::PassedPane;
use super::scroll::Scroll;
use super::workbench::Workbench;
use crate::report::card::Card;
pub use card::{copied, request_copied};
pub use left_up::LeftUpPane;
pub use notes::{Note, Quit};
pub use prompt::{Prompt, PromptKind, Searched};

#[derive(Debug)]
pub enum Layer {
    Card(Box<CardPane>),
    Cluster(Box<ClusterPane>),
    History(Box<HistoryPane>),
    Messages(Box<MessagesPane>),
    LeftUp(LeftUpPane),
    Passed(Box<PassedPane>),
    Finale(Box<Finale>),
    Note(Note),
    Help(Help),
    Quit(Quit),
    Prompt(Prompt),
}

/// What became of a key or an action that a layer was given.
#[derive(Debug)]
pub enum Reply {
    /// It is for what is beneath.
    Pass,
    Done(Vec<Effect>),
    /// The layer closes.
    Close,
    /// The layer closes, and this is done then.
    Then(Action),
    /// The prompt was typed into, or has to close.
    Typed(Typing),
}

/// How a line that is typed goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    Changed,
    /// It closes, and what it did stays.
    Kept,
    /// It closes, and things are as before.
    Abandoned,
}

/// What a layer can do; by default it leaves everything to what is beneath it.
pub trait Component {
    /// A key before it is looked up in the key map, where something is typed or asked.
    fn key(&mut self, _key: &KeyEvent, _app: &mut App) -> Reply {
        Reply::Pass
    }

    /// Pasted text never triggers commands: it goes where text is typed, or nowhere.
    fn paste(&mut self, _text: &str, _app: &mut App) {}

    /// Whether an action does something here, and if not, why; `None` leaves it to what is beneath.
    fn available(&self, _action: Action) -> Option<Result<(), String>> {
        None
    }

    fn act(&mut self, _action: Action, _app: &mut App) -> Reply {
        Reply::Pass
    }

    fn scroll(&mut self, _by: Scroll, _app: &App) {}

    /// The wheel may mean something else than the keys.
    fn wheel(&mut self, by: Scroll, app: &App) {
        self.scroll(by, app);
    }

    fn click(&mut self, _at: (u16, u16)) {}

    /// The moment of the run that it shows.
    fn moment(&self, _bench: &Workbench, _card: Option<&Card>, _now: Instant) -> Option<Duration> {
        None
    }
}

impl Layer {
    fn part(&self) -> &dyn Component {
        match self {
            Layer::Card(pane) => &**pane,
            Layer::Cluster(pane) => &**pane,
            Layer::History(pane) => &**pane,
            Layer::Messages(pane) => &**pane,
            Layer::LeftUp(left) => left,
            Layer::Passed(passed) => &**passed,
            Layer::Finale(finale) => &**finale,
            Layer::Note(note) => note,
            Layer::Help(help) => help,
            Layer::Quit(quit) => quit,
            Layer::Prompt(prompt) => prompt,
        }
    }

    fn part_mut(&mut self) -> &mut dyn Component {
        match self {
            Layer::Card(pane) => &mut **pane,
            Layer::Cluster(pane) => &mut **pane,
            Layer::History(pane) => &mut **pane,
            Layer::Messages(pane) => &mut **pane,
            Layer::LeftUp(left) => left,
            Layer::Passed(passed) => &mut **passed,
            Layer::Finale(finale) => &mut **finale,
            Layer::Note(note) => note,
            Layer::Help(help) => help,
            Layer::Quit(quit) => quit,
            Layer::Prompt(prompt) => prompt,
        }
    }

    /// Something is typed or asked: what the background brings goes beneath it.
    fn is_modal(&self) -> bool {
        matches!(self, Layer::Help(_) | Layer::Quit(_) | Layer::Prompt(_))
    }

    /// It takes the place of the panes, rather than lying over them.
    pub fn covers(&self) -> bool {
        matches!(self, Layer::Card(_) | Layer::Cluster(_) | Layer::History(_) | Layer::Messages(_) | Layer::Finale(_))
    }

    pub fn moment(&self, bench: &Workbench, card: Option<&Card>, now: Instant) -> Option<Duration> {
        self.part().moment(bench, card, now)
    }
}

#[derive(Debug, Default)]
pub struct Layers(Vec<Layer>);

impl Layers {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn top(&self) -> Option<&Layer> {
        self.0.last()
    }

    /// From the bottom to the top.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Layer> + ExactSizeIterator {
        self.0.iter()
    }

    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Layer> {
        self.0.iter_mut()
    }

    /// The failure that is open, here or beneath what is on top.
    pub fn card(&self) -> Option<&CardPane> {
        self.iter().rev().find_map(|layer| match layer {
            Layer::Card(pane) => Some(&**pane),
            _ => None,
        })
    }

    pub fn card_mut(&mut self) -> Option<&mut CardPane> {
        self.iter_mut().rev().find_map(|layer| match layer {
            Layer::Card(pane) => Some(&mut **pane),
            _ => None,
        })
    }

    pub fn history(&self) -> Option<&HistoryPane> {
        self.iter().rev().find_map(|layer| match layer {
            Layer::History(pane) => Some(&**pane),
            _ => None,
        })
    }

    pub fn messages(&self) -> Option<&MessagesPane> {
        self.iter().rev().find_map(|layer| match layer {
            Layer::Messages(pane) => Some(&**pane),
            _ => None,
        })
    }

    pub fn messages_mut(&mut self) -> Option<&mut MessagesPane> {
        self.iter_mut().rev().find_map(|layer| match layer {
            Layer::Messages(pane) => Some(&mut **pane),
            _ => None,
        })
    }

    /// Lays it on top.
    pub fn push(&mut self, layer: Layer) {
        self.0.push(layer);
    }

    /// Lays what the background brings on top, or beneath what is being typed or asked.
    pub fn show(&mut self, layer: Layer) {
        let at = self.0.iter().position(Layer::is_modal).unwrap_or(self.0.len());
        self.0.insert(at, layer);
    }

    pub fn pop(&mut self) -> Option<Layer> {
        self.0.pop()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn retain(&mut self, keep: impl FnMut(&Layer) -> bool) {
        self.0.retain(keep);
    }

    /// Closes what lies above the topmost layer of this kind, or that layer itself if it is on top; false if there is
    /// none.
    pub fn back_to(&mut self, is: impl Fn(&Layer) -> bool) -> bool {
        let Some(at) = self.0.iter().rposition(is) else { return false };
        let on_top = at + 1 == self.0.len();
        self.0.truncate(if on_top { at } else { at + 1 });
        true
    }

    pub fn key(&mut self, key: &KeyEvent, app: &mut App) -> Reply {
        self.ask(|layer| layer.key(key, app))
    }

    pub fn act(&mut self, action: Action, app: &mut App) -> Reply {
        self.ask(|layer| layer.act(action, app))
    }

    /// Asks from the top to the bottom, until a layer has a use for it; what lies above a layer that closes goes with
    /// it.
    fn ask(&mut self, mut ask: impl FnMut(&mut dyn Component) -> Reply) -> Reply {
        for at in (0..self.0.len()).rev() {
            match ask(self.0[at].part_mut()) {
                Reply::Pass => {}
                Reply::Close => {
                    self.0.truncate(at);
                    return Reply::Done(Vec::new());
                }
                Reply::Then(action) => {
                    self.0.truncate(at);
                    return Reply::Then(action);
                }
                done @ (Reply::Done(_) | Reply::Typed(_)) => return done,
            }
        }
        Reply::Pass
    }

    pub fn available(&self, action: Action) -> Option<Result<(), String>> {
        self.iter().rev().find_map(|layer| layer.part().available(action))
    }

    pub fn paste(&mut self, text: &str, app: &mut App) {
        if let Some(top) = self.0.last_mut() {
            top.part_mut().paste(text, app);
        }
    }

    /// False if nothing is laid over the screen.
    pub fn scroll(&mut self, by: Scroll, app: &App) -> bool {
        self.0.last_mut().map(|top| top.part_mut().scroll(by, app)).is_some()
    }

    pub fn wheel(&mut self, by: Scroll, app: &App) -> bool {
        self.0.last_mut().map(|top| top.part_mut().wheel(by, app)).is_some()
    }

    pub fn click(&mut self, at: (u16, u16)) -> bool {
        self.0.last_mut().map(|top| top.part_mut().click(at)).is_some()
    }
}
