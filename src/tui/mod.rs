//! The full-screen app.
//!
//! One enum of everything that can happen ([`event::Event`]), one pure decision ([`update`]), effects that only the
//! loop performs ([`effect::Effect`]). The state is [`app::App`]; views are functions of it and an area. What a node
//! prints is never an event: the log view reads its file, as much of it as is on the screen.

pub mod action;
mod answers;
pub mod app;
pub mod card;
mod cluster;
#[cfg(test)]
mod dump;
mod editor;
pub mod effect;
mod effect_runner;
pub mod entries;
pub mod event;
mod event_loop;
pub mod finale;
pub mod find;
mod fuzzy;
pub mod guide;
pub mod help;
pub mod history;
mod hyperlinks;
pub mod input;
pub mod keymap;
pub mod layers;
pub mod layout;
mod listener;
pub mod logs;
mod memory;
pub mod messages;
pub mod moment;
mod more;
pub mod osc;
mod paint;
pub mod passed;
pub mod picker;
pub mod progress;
mod question;
pub mod remembered;
pub mod results;
pub mod scroll;
mod signals;
pub mod targets;
mod terminal;
pub mod theme;
pub mod tour;
pub mod ui;
pub mod update;
pub mod views;
pub mod workbench;

use std::io::IsTerminal;
use std::time::Instant;

use tokio::sync::mpsc;

use crate::challenge;
use crate::project::starter_languages;
use crate::session::{Session, SessionError};
use crate::tty;
use app::{App, Screen};
use effect_runner::EffectRunner;
use event::{Done, Event};
use event_loop::{Colours, Loop};
use keymap::Keymap;
use layout::Shares;
use memory::Memory;
use picker::{Choice, Picker};
use signals::Signals;
use theme::Themes;
pub use tour::{Act, Tour};
use ui::Ui;

/// Why the app could not begin, or ended early.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("the app needs a terminal, and there is none here; `lsfr test` runs the tests without one")]
    NoTerminal,
    #[error(
        "the app draws on its terminal, and this one (TERM=dumb) shows plain lines only; `lsfr test` runs the tests \
         here, and `lsfr guide` shows what they ask for"
    )]
    Dumb,
    #[error(
        "the app needs the terminal, and as a job in the background it cannot have it: start it without `&`, and \
         under `timeout` with --foreground; `lsfr test` runs the tests in the background, too"
    )]
    Background,
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] std::io::Error),
}

/// What the learner has set.
#[derive(Debug, Clone)]
pub struct Settings {
    pub themes: Themes,
    pub keymap: Keymap,
    /// The app has the mouse from the beginning.
    pub mouse: bool,
    /// The editor's command, in words; empty if VISUAL and EDITOR decide.
    pub editor: Vec<String>,
    pub shares: Shares,
    /// What the learner should know of their settings.
    pub notes: Vec<String>,
}

/// What the app opens on.
#[derive(Debug)]
pub enum Start {
    /// The challenge directory that the current directory is in, or the picker.
    Here,
    /// A project that is gone afterwards, with what to show of it.
    ThrowAway { session: Box<Session>, tour: Tour },
}

/// Whether there is a terminal to draw on and to read keys from.
pub fn has_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !tty::is_dumb()
}

/// Runs the app until the learner leaves it. Nothing that it started is alive then, and the terminal is as it was.
pub fn run(runtime: &tokio::runtime::Runtime, start: Start, settings: Settings) -> Result<(), AppError> {
    if !has_terminal() {
        return Err(if tty::is_dumb() { AppError::Dumb } else { AppError::NoTerminal });
    }
    if !tty::soon_in_foreground() {
        return Err(AppError::Background);
    }
    let variable = |name: &str| std::env::var(name).ok();
    let memory = Memory::new(variable);
    let colours = Colours { themes: settings.themes, ground: memory.recall(), memory };
    let (sender, events) = mpsc::unbounded_channel();
    let mut desk = EffectRunner::new(sender.clone(), settings.editor);
    let size = tty::size()?;
    let mut app = App::new(colours.themes.on(colours.ground), settings.keymap, size, Instant::now());
    app.mouse = settings.mouse;
    app.shares = settings.shares;
    let faint = colours.themes.faint(colours.ground).into_iter().map(|faint| faint.to_string());
    let notes: Vec<String> = settings.notes.into_iter().chain(faint).collect();
    if !notes.is_empty() {
        app.say(notes.join("\n"));
    }
    let first = match start {
        Start::Here => match Session::open() {
            Err(SessionError::NoProject(_)) => {
                app.screen = Screen::Picker(Box::new(picker()?));
                None
            }
            opened => Some(desk.open(opened)),
        },
        Start::ThrowAway { session, tour } => {
            app.tour = Some(tour);
            Some(desk.open(Ok(*session)))
        }
    };
    // Whatever is wrong with the terminal or the project is said before the screen is taken.
    if let Some(Done::Opened(Err(message))) = &first {
        return Err(SessionError::Usage(message.clone()).into());
    }
    runtime.block_on(async {
        let signals = Signals::listen()?;
        let told = sender.clone();
        terminal::guard_panics(move |message| drop(told.send(Event::Panicked(message))));
        let screen = terminal::Screen::take(app.mouse, osc::Abilities::from_environment(variable))?;
        Loop::new(Ui::new(app), desk, screen, events, signals, colours).run(first).await
    })?;
    Ok(())
}

fn picker() -> Result<Picker, SessionError> {
    let challenges = challenge::list().map_err(SessionError::from)?;
    let choice = |challenge: &challenge::Challenge| Choice {
        key: challenge.key.clone(),
        name: challenge.name.clone(),
        summary: challenge.summary.clone(),
        overview: challenge.overview.clone(),
        stages: challenge.stages().count(),
    };
    let languages = starter_languages().map(str::to_owned).collect();
    Ok(Picker::new(challenges.iter().map(choice).collect(), languages))
}
